"""Read a canonical folder of tables, or say everything that is wrong with it."""

import hashlib
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from earlywarn.errors import DataError, Fault, MissingTableError
from earlywarn.schema import TABLES, empty_table
from earlywarn.sources.cells import CheckedTable, read_cells
from earlywarn.sources.files import TextTable, open_tables
from earlywarn.sources.links import check_links, date_neighbours, former_codes

__all__ = ["PROVENANCE", "Tables", "fingerprint", "read_tables"]

PROVENANCE = "provenance.toml"


@dataclass(frozen=True)
class Tables:
    """Tidy tables, each row with the day from which it was known.

    Parameters
    ----------
    name : str
        What the data are called, such as ``england``.
    root : str
        Folder that they were read from; empty if they were made up.
    fingerprint : str
        SHA-256 of what was read, in hexadecimal digits.
    licence, source : str
        From ``provenance.toml``, empty where it does not say.
    areas, indicators, observations, inspections : DataFrame
        The required tables, with the columns of ``earlywarn.schema.TABLES``.
    neighbours, leadership, report_themes, concerns, visits : DataFrame
        The others; without rows, but with all columns, where there is no file.

    Notes
    -----
    Dates are ``datetime64[ns]`` with NaT for an empty cell. Text is ``str``, never NaN: an empty cell is the
    empty string. Numbers are ``float64`` with NaN. Do not write into the frames: they are shared.
    """

    name: str
    root: str
    fingerprint: str
    licence: str
    source: str
    areas: pd.DataFrame
    indicators: pd.DataFrame
    observations: pd.DataFrame
    inspections: pd.DataFrame
    neighbours: pd.DataFrame
    leadership: pd.DataFrame
    report_themes: pd.DataFrame
    concerns: pd.DataFrame
    visits: pd.DataFrame


def fingerprint(contents: Iterable[tuple[str, bytes]]) -> str:
    """Return the SHA-256 of named contents, whatever order they come in.

    A table ``concerns`` is left out: not everyone may know what is in it, nor that it has changed. Those
    entries that inform a run are added to the fingerprint by ``earlywarn.intelligence.informing``.

    Examples
    --------
    >>> one, two = ("areas", b"a,b"), ("visits", b"c")
    >>> fingerprint([one, two]) == fingerprint([two, one]) != fingerprint([one])
    True
    """
    digest = hashlib.sha256()
    for name, content in sorted(named for named in contents if named[0] != "concerns"):
        # with its length, so that no content runs into the next
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def read_tables(folder: str | Path, *, without: Collection[str] = ()) -> Tables:
    """Read and check the tables of a folder.

    Parameters
    ----------
    folder : path
        Holds ``areas``, ``indicators``, ``observations`` and ``inspections``, and any of the optional tables,
        each as ``.csv``, ``.csv.gz`` or ``.parquet``. Other files and other columns are left alone.
    without : collection of str
        Required tables that may be missing all the same; they are then without rows. A run wants them all.

    Raises
    ------
    MissingTableError
        If the folder or a required table is not there; the faults of the others are listed too.
    DataError
        If anything else is wrong. One pass finds all faults of all files.

    Examples
    --------
    >>> read_tables("no/such/folder")
    Traceback (most recent call last):
    ...
    earlywarn.errors.MissingTableError: no/such/folder: 1 fault found; nothing was written.
      no/such/folder: does not exist. To mend it: name a folder that holds areas.csv, ...
    """
    folder = Path(folder)
    texts, missing, faults = open_tables(folder)
    missing = [fault for fault in missing if fault.file.removesuffix(".csv") not in without]
    for name, text in texts.items():
        if name == "neighbours":
            texts[name], undated = date_neighbours(text)
            faults += undated
        faults += _columns_and_rows(texts[name], name)
    tables: dict[str, CheckedTable] = {}
    renamed: dict[str, str] = {}
    for name, text in texts.items():  # areas come first, so that their former codes are known to the rest
        tables[name] = read_cells(text, name, renamed=renamed)
        if name == "areas":
            renamed = former_codes(tables[name])
    check_links(tables, renamed=renamed)
    for table in tables.values():
        faults += table.faults
    provenance, found = _provenance(folder)
    faults = missing + _in_order(faults + found)
    if faults:
        raise (MissingTableError if missing else DataError)(faults, where=str(folder))
    return Tables(
        name=provenance.get("name", folder.resolve().name),
        root=str(folder),
        fingerprint=fingerprint((name, text.content) for name, text in texts.items()),
        licence=provenance.get("licence", ""),
        source=provenance.get("source", ""),
        **{name: tables[name].frame if name in tables else empty_table(name) for name in TABLES},
    )


def _columns_and_rows(text: TextTable, name: str) -> list[Fault]:
    """Report the required columns that are missing, and a required table without rows."""
    table = TABLES[name]
    faults = []
    for column in table.columns:
        if column.required and column.name not in text.columns:
            if name == "neighbours" and column.name == "known_on" and "model" in text.columns:
                continue
            near = get_close_matches(column.name, [c for c in text.columns if c not in table.names], n=1)
            remedy = f"rename {near[0]!r}" if near else f"add it ({column.meaning})"
            if column.name == "known_on" and not near:
                remedy = f"add it, or published_on or observed_on ({column.meaning})"
            faults.append(Fault(text.file, 1, column.name, None, "is missing", remedy))
    if table.required and not len(text):
        faults.append(Fault(text.file, None, None, None, "has no rows", "add the rows below the header"))
    return faults


def _in_order(faults: list[Fault]) -> list[Fault]:
    """Sort by file, in the order of the tables, then by row."""
    order = {name: place for place, name in enumerate(TABLES)}
    return sorted(faults, key=lambda fault: (order.get(fault.file.split(".")[0], len(order)), fault.row or 0))


def _provenance(folder: Path) -> tuple[dict[str, str], list[Fault]]:
    path = folder / PROVENANCE
    if not path.is_file():
        return {}, []
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        remedy = 'write lines such as name = "england"'
        return {}, [Fault(PROVENANCE, None, None, None, f"is not TOML ({wrong})", remedy)]
    return {key: str(value) for key, value in said.items()}, []
