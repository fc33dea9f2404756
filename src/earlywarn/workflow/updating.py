"""The verb that merges a new release into a folder of tables, as revisions."""

import json
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pandas as pd

from earlywarn.errors import ConfigError, DataError, name_a_few
from earlywarn.reports.folder import check_ours, locked, output_folder, replace
from earlywarn.schema import TABLES, empty_table
from earlywarn.sources.additions import add_rows
from earlywarn.sources.files import open_tables
from earlywarn.sources.native.folder import check_folder, read_partly
from earlywarn.sources.releases import Release, compare_release
from earlywarn.sources.tables import PROVENANCE, Tables, fingerprint, read_tables
from earlywarn.workflow.result import Result

__all__ = ["update"]

ACCOUNT = "updates.json"  # what was merged into a folder, one entry for each release
LATER = ("inspections",)  # a folder of figures may be kept up to date before it has judgements
NAMED = 5  # revisions that the summary names


def update(
    folder: str | Path,
    new: str | Path,
    *,
    out: str | Path | None = None,
    known_on: str | date | None = None,
) -> Result:
    """Merge a new release into a folder of tables; what was known before stays as it was.

    Parameters
    ----------
    folder : path
        The tables that there are, as ``read_tables`` takes them.
    new : path
        The release, as tables too, such as ``earlywarn import`` writes them. It may lack any table but one:
        what it lacks stays as it is.
    out : path, optional
        Where the merged tables go: a new or empty folder, or one that an earlier update wrote. By default
        ``folder`` itself, in one step: it is never half updated.
    known_on : date, optional
        The day on which the release came out. It dates those revised figures that the release itself dates no
        later than the values they replace.

    Returns
    -------
    Result
        With the table ``revisions``. Only rows are added: a figure that differs from what was last known,
        under its own ``known_on``; periods, areas, indicators, inspections, visits and sets of neighbours
        that were not there. All other files stay, and ``updates.json`` gains an entry. If the release brings
        nothing new, nothing is written into ``folder``.

    Raises
    ------
    EarlywarnError
        If anything is wrong with either folder, or the release contradicts what is there; nothing is written.

    Notes
    -----
    Figures that the release has no more are named in the summary and stay.
    """
    folder, new = Path(folder), Path(new)
    day = _day(known_on)
    if out is not None and Path(out).resolve() == folder.resolve():
        out = None
    if out is not None:
        check_ours(out, mark=ACCOUNT)
    if folder.resolve() == new.resolve():
        message = f"{folder} is both the folder to update and the release. Name the release with --with."
        raise ConfigError(message)
    old = read_tables(folder, without=LATER)
    fresh = _read_release(new)
    release = compare_release(old, fresh, known_on=day)
    tables = {"revisions": release.figures.revised}
    if not release.added and out is None:
        return Result(folder, "\n".join(_summary(release, new, old)), tables)
    with _staged(folder, out) as staging:
        written = add_rows(staging, release.added)
        entry = {
            "with": new.resolve().name,
            "source": fresh.source,
            "licence": fresh.licence,
            "known_on": f"{day:%Y-%m-%d}" if day is not None else "",
            "release": fresh.fingerprint,
            "before": old.fingerprint,
            "after": _checked(staging).fingerprint,
        }
        _note(staging / ACCOUNT, release, entry)
    target = Path(out) if out is not None else folder
    files = ["Written:", *(f"  {target / name}" for name in [*written, ACCOUNT])]
    return Result(target, "\n".join([*_summary(release, new, old), *files]), tables)


def _day(known_on: str | date | None) -> pd.Timestamp | None:
    if known_on is None:
        return None
    try:
        return pd.Timestamp(date.fromisoformat(known_on) if isinstance(known_on, str) else known_on)
    except ValueError as wrong:
        message = f"--known-on is {known_on!r}, which is no day. Write it as YYYY-MM-DD."
        raise ConfigError(message) from wrong


def _read_release(new: Path) -> Tables:
    """Read a release, which may lack any table but one."""
    absent = check_folder(new, called=str(new)) if new.is_dir() else [*TABLES]
    tables, _ = read_partly(new)
    if not absent or not tables:
        return read_tables(new)  # which says what is wrong with a folder that holds none
    texts, _, _ = open_tables(new)
    said = new / PROVENANCE
    provenance = tomllib.loads(said.read_text(encoding="utf-8")) if said.exists() else {}
    return Tables(
        name=new.resolve().name,
        root=str(new),
        fingerprint=fingerprint((name, text.content) for name, text in texts.items()),
        licence=str(provenance.get("licence", "")),
        source=str(provenance.get("source", "")),
        **{name: tables.get(name, empty_table(name)) for name in TABLES},
    )


def _checked(staging: Path) -> Tables:
    """Read the merged tables, which must be as sound together as they were apart."""
    try:
        return read_tables(staging, without=LATER)
    except DataError as wrong:
        raise type(wrong)(wrong.faults, where="the tables with the release merged") from None


@contextmanager
def _staged(folder: Path, out: str | Path | None) -> Iterator[Path]:
    """Yield a copy of a folder that takes its place, or becomes the output, once the block ends well."""
    if out is not None:
        with output_folder(out, mark=ACCOUNT) as staging:
            shutil.copytree(folder, staging, dirs_exist_ok=True, symlinks=True)
            yield staging
        return
    target = folder.resolve()
    staging, previous = (target.with_name(f".{target.name}.{part}") for part in ("staging", "previous"))
    with locked(target):
        shutil.rmtree(staging, ignore_errors=True)  # what a stopped update left
        try:
            shutil.copytree(target, staging, symlinks=True)
            yield staging
            replace(target, staging=staging, previous=previous)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise


def _note(account: Path, release: Release, entry: dict[str, str]) -> None:
    """Add an entry to the account of a folder's updates."""
    try:
        entries = json.loads(account.read_text(encoding="utf-8"))
    except FileNotFoundError:
        entries = []
    except ValueError as wrong:
        message = f"{account.name} is not JSON ({wrong}). Put it right, or move it away."
        raise ConfigError(message) from wrong
    rows = {name: len(added) for name, added in release.added.items()}
    entries.append({**entry, "rows_added": rows, "revised": len(release.figures.revised)})
    account.write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8", newline="\n")


def _summary(release: Release, new: Path, old: Tables) -> Iterator[str]:
    """Say what a release brought, sentence by sentence."""
    figures = release.figures
    others = {name: rows for name, rows in release.added.items() if name != "observations"}
    yield f"The release {new.name} set against {old.name}:"
    revised = len(figures.revised)
    yield f"  Figures: {figures.new:,} new, {revised:,} revised, {figures.unchanged:,} as before."
    if others:
        yield f"  New rows: {', '.join(f'{len(rows):,} of {name}' for name, rows in others.items())}."
    yield from _revised(figures.revised, old)
    if figures.older:
        yield (
            f"  As they once were, before a revision that is there: {figures.older:,}, left out. If the "
            "release is the newer one, say with --known-on when it came out."
        )
    if len(figures.vanished):
        rest = len(figures.vanished) - figures.ended
        which = name_a_few(figures.vanished["indicator"].unique())
        yield (
            f"  Not in the release, and kept: {len(figures.vanished):,} of {which}, "
            f"{figures.ended:,} of them of periods that it does not have, {rest:,} of periods that it has."
        )
    yield from (f"  {remark}" for remark in release.remarks)
    since = release.unchanged_before
    if since is not None:
        yield f"Views as of {since:%Y-%m-%d} and earlier are as they were."
    if not release.added:
        yield "It brings nothing new."


def _revised(revised: pd.DataFrame, old: Tables) -> Iterator[str]:
    """Name the largest revisions."""
    if revised.empty:
        return
    names = dict(zip(old.areas["area_code"], old.areas["name"], strict=True))
    labels = dict(zip(old.indicators["indicator"], old.indicators["label"], strict=True))
    yield "  The largest revisions, by the spread of each indicator:"
    for row in revised.head(NAMED).to_dict("records"):
        what = f"{labels[row['indicator']]}, {names[row['area_code']]}, {row['period_end']:%Y-%m-%d}"
        was, now = _said(row["was"], row["status_was"]), _said(row["value"], row["status"])
        yield f"    {what}: {now}, was {was}"


def _said(value: float, status: str) -> str:
    return status if pd.isna(value) else f"{value:,.10g}"
