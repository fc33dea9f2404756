"""The verb that reads published files into a folder of tables."""

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from earlywarn.errors import DataError, Fault
from earlywarn.reports.folder import check_ours, output_folder
from earlywarn.sources.native.folder import add_tables, check_folder, read_partly
from earlywarn.sources.native.imported import SKIPPED_COLUMNS, Imported
from earlywarn.sources.native.kinds import FILE_OPTIONS, KINDS, read_published
from earlywarn.sources.tables import PROVENANCE
from earlywarn.sources.writing import as_csv
from earlywarn.workflow.result import Result

__all__ = ["import_files"]

RECORD = "imports.json"  # a folder with this file holds imports
SKIPPED = "skipped.csv"
REASONS = 6  # why rows were left out, in the summary; the file has them all


WANTED = {  # what a run cannot do without, and the kind that has it
    "areas": "lait",
    "indicators": "lait",
    "observations": "lait",
    "inspections": "ofsted",
}


def import_files(
    kind: str, files: str | Path | Sequence[str | Path], out: str | Path, **options: Any
) -> Result:
    """Read published files as their publishers wrote them, and add what they hold to a folder of tables.

    Parameters
    ----------
    kind : str
        The layout: lait, ees, ofsted, ombudsman, neighbours or wide.
    files : path or sequence of paths
        Of that kind.
    out : path
        A new or empty folder, or one that an earlier import wrote, which is added to.
    **options
        For the reader of the kind: any of ``dictionary, metadata, mapping, where, areas, calendar,
        year_types, year, model, known_on``. None says nothing.

    Returns
    -------
    Result
        Wrote a file for each table, ``skipped.csv`` (what was left out and why), ``imports.json`` (which
        files were read, with their fingerprints and what was taken for granted) and ``provenance.toml``. The
        summary says the same in words, and what a run still wants. Its tables are those that were read.

    Raises
    ------
    DataError
        If a file cannot be read, or says something else than an earlier import of the same row; all faults in
        one, and nothing is written.
    ConfigError
        If there is no such kind, or it takes no such option.
    OutputError
        If the output folder cannot be used.

    Examples
    --------
    >>> import earlywarn as ew
    >>> result = ew.import_files("lait", "bds_long.csv", "data", dictionary="dict.csv")  # doctest: +SKIP
    >>> print(result.summary)  # doctest: +SKIP
    """
    sources = [Path(files)] if isinstance(files, str | Path) else [Path(file) for file in files]
    given = {name: said for name, said in options.items() if said not in (None, {}, (), "")}
    check_ours(out, mark=RECORD)
    read = read_published(kind, sources, **given)
    target = Path(out)
    _not_empty(read)
    old, written = read_partly(target)
    tables, added = add_tables(old, read.tables, where=str(target))
    record = _recorded(target)
    with output_folder(out, mark=RECORD, keep=True) as folder:
        names = [_write(folder, name, tables[name], written.get(name)) for name in read.tables]
        skipped = _skipped(folder, read)
        (folder / SKIPPED).write_bytes(as_csv(skipped))
        entry = _entry(read, sources, given)
        same = ("kind", "files", "options")
        others = [past for past in record if any(past.get(key) != entry[key] for key in same)]
        record = [*others, entry]
        _write_json(folder / RECORD, {"earlywarn": metadata.version("earlywarn"), "imports": record})
        (folder / PROVENANCE).write_text(_provenance(target, record), encoding="utf-8", newline="\n")
        absent = check_folder(folder, called=str(target))
    files_written = [*names, SKIPPED, RECORD, PROVENANCE]
    listed = ["Written:", *(f"  {target / name}" for name in files_written)]
    said = [*_in_words(read, sources, added), *listed, *_next(target, absent)]
    return Result(target, "\n".join(said), dict(read.tables))


def _not_empty(read: Imported) -> None:
    """Refuse files of which nothing could be read, with the reasons."""
    if any(len(table) for name, table in read.tables.items() if name != "areas"):
        return
    remedy = "mend it, or name another file"
    faults = [
        Fault(row["file"], None, None, row["where"], f"{row['why']} ({row['rows']:,} rows)", remedy)
        for row in read.skipped.to_dict("records")
    ]
    nothing = Fault(f"the {read.kind} files", None, None, None, "hold no rows", "name files that do")
    raise DataError(faults or [nothing], where=f"nothing could be read of the {read.kind} files")


def _write(folder: Path, name: str, table: pd.DataFrame, file: str | None) -> str:
    """Write a table under the name that its file has already; a Parquet file is replaced by CSV."""
    content = as_csv(table)
    if file is not None and file.endswith(".parquet"):
        fault = Fault(file, None, None, None, "is Parquet, to which nothing is added", "save it as CSV")
        raise DataError([fault], where=str(folder))
    file = file or f"{name}.csv"
    (folder / file).write_bytes(gzip.compress(content, mtime=0) if file.endswith(".gz") else content)
    return file


def _recorded(target: Path) -> list[dict[str, Any]]:
    """Return what earlier imports into a folder recorded."""
    file = target / RECORD
    if not file.is_file():
        return []
    try:
        return list(json.loads(file.read_text(encoding="utf-8"))["imports"])
    except (ValueError, KeyError, TypeError) as wrong:
        fault = Fault(
            RECORD, None, None, None, f"is not what an import wrote ({wrong})", "name another folder"
        )
        raise DataError([fault], where=str(target)) from None


def _entry(read: Imported, sources: Sequence[Path], given: Mapping[str, Any]) -> dict[str, Any]:
    options = {name: _plain(name, said) for name, said in sorted(given.items())}
    return {
        "kind": read.kind,
        "files": [_fingerprinted(path) for path in sources],
        "options": options,
        "source": read.source,
        "licence": read.licence,
        "rows": {name: len(table) for name, table in read.tables.items()},
        "skipped": int(read.skipped["rows"].sum()),
        "notes": list(read.notes),
    }


def _fingerprinted(path: Path) -> dict[str, str]:
    return {"name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _plain(name: str, said: Any) -> Any:
    """Return an option as it is recorded: a file by its name and fingerprint, without its place."""
    if isinstance(said, Mapping):
        return dict(said)
    return _fingerprinted(Path(said)) if name in FILE_OPTIONS else str(said)


def _skipped(folder: Path, read: Imported) -> pd.DataFrame:
    """Return what all imports left out, those of the same kind and file only as they are now."""
    new = read.skipped.assign(kind=read.kind)[["kind", *SKIPPED_COLUMNS]]
    file = folder / SKIPPED
    if not file.is_file():
        return new
    old = pd.read_csv(file, keep_default_na=False)
    again = (old["kind"] == read.kind) & old["file"].isin(set(new["file"]))
    return pd.concat([old[~again], new], ignore_index=True)


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def _provenance(target: Path, record: Sequence[Mapping[str, Any]]) -> str:
    said = {"name": target.resolve().name}
    for key in ("source", "licence"):
        said[key] = "; ".join(sorted({str(entry[key]).rstrip(".") for entry in record if entry[key]}))
    return "".join(f"{key} = {json.dumps(words, ensure_ascii=False)}\n" for key, words in said.items())


def _in_words(read: Imported, sources: Sequence[Path], added: Mapping[str, int]) -> list[str]:
    held = ", ".join(f"{len(table):,} {name}" for name, table in read.tables.items())
    lines = [f"Read {', '.join(path.name for path in sources)} ({KINDS[read.kind].about}): {held}."]
    fresh = ", ".join(f"{count:,} {name}" for name, count in added.items() if count)
    lines.append(f"Added: {fresh}." if fresh else "All of it was there already.")
    if len(read.skipped):
        reasons: Counter[str] = Counter()
        for row in read.skipped.to_dict("records"):
            reasons[row["why"]] += int(row["rows"])
        lines.append(f"Left out, as listed in {SKIPPED} (rows: reason):")
        lines += [f"  {count:,}: {why}" for why, count in reasons.most_common(REASONS)]
        if len(reasons) > REASONS:
            rest = sum(count for _, count in reasons.most_common()[REASONS:])
            lines.append(f"  {rest:,}: other reasons")
    return lines + [f"Note: {note}" for note in read.notes]


def _next(target: Path, absent: Sequence[str]) -> list[str]:
    """Say what a run still wants, and what to do next."""
    kinds = dict.fromkeys(WANTED[name] for name in absent)
    lines = [
        f"Still wanted for a run: {', '.join(name for name in absent if WANTED[name] == kind)}, "
        f"as from  earlywarn import {kind} FILE... --out {target}"
        for kind in kinds
    ]
    return [*lines, f"{'Then' if absent else 'Next'}:  earlywarn check {target}"]
