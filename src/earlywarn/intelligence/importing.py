"""Import a file that people filled in: good rows in one transaction, the others set aside with reasons."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from earlywarn.errors import Fault
from earlywarn.intelligence.canonical import read_rows
from earlywarn.intelligence.checks import check_signature
from earlywarn.intelligence.entries import WRITTEN
from earlywarn.intelligence.log import Log
from earlywarn.intelligence.reading import read_sheet
from earlywarn.intelligence.rejected import set_aside
from earlywarn.intelligence.vocabulary import REASON

__all__ = ["Imported", "import_file"]


@dataclass(frozen=True)
class Imported:
    """What became of a file.

    Parameters
    ----------
    file : str
        Its name.
    rows : int
        How many it had.
    added, repeated, rejected : int
        How many were logged; were in the log, or higher up in the file, already; cannot be logged.
    rejected_file : Path or None
        Where those that cannot be logged stand with their reasons; None where there are none.
    faults : tuple of Fault
        What is wrong with those rows, in their order.
    personal : tuple of Fault
        Rows that were logged and seem to hold personal data.
    ignored : tuple of str
        Columns of the file that are not known.
    areas_checked : bool
        Whether the areas were held against a table of areas.
    withdrawn : int
        How many rows were withdrawn before, and not logged again; they are not among those repeated.
    """

    file: str
    rows: int
    added: int
    repeated: int
    rejected: int
    rejected_file: Path | None
    faults: tuple[Fault, ...] = ()
    personal: tuple[Fault, ...] = ()
    ignored: tuple[str, ...] = ()
    areas_checked: bool = False
    withdrawn: int = 0


def import_file(
    log: Log,
    path: str | Path,
    *,
    by: str,
    areas: pd.DataFrame | None = None,
    strict: bool = False,
    historic: bool = False,
) -> Imported:
    """Log the good rows of a file, and set the others aside in a file that can be mended and imported.

    Parameters
    ----------
    log : Log
        Where to.
    path : path
        CSV or XLSX, with canonical or the template's names of columns, in any order.
    by : str
        Pseudonym of who imports it; also the contributor of rows that name none.
    areas : DataFrame, optional
        The table ``areas``; areas may then be written by name, and unknown ones are set aside.
    strict : bool
        Set rows aside that seem to hold personal data, rather than warn of them.
    historic : bool
        Keep the column ``known_on``, see ``Log.load``.

    Raises
    ------
    DataError
        If the file is no table, lacks a column, or has ``known_on`` and ``historic`` was not asked for.
    LogError
        If the log cannot be written. Nothing is logged then, and no file of rejected rows is left.
    """
    check_signature(by=by)
    sheet = read_sheet(path)
    today = pd.Timestamp(log.clock().date())
    rows = read_rows(sheet, log.kinds, by=by, today=today, areas=areas, historic=historic)
    personal = rows.personal(areas)
    if strict:
        rows.found += personal
    bad = rows.bad
    good = rows.frame[~bad]
    aside = None
    if bad.any():
        aside = set_aside(Path(path), sheet, bad, rows.reasons(), kinds=log.kinds, areas=areas)
    try:
        added = log.load(good, by=by) if historic else log.add(good[list(WRITTEN)], by=by)
    except BaseException:
        if aside is not None:
            aside.unlink()
        raise
    known = {*rows.written.values(), REASON}
    warned = [] if strict else [flaw._replace(rows=flaw.rows & ~bad) for flaw in personal]
    return Imported(
        file=sheet.file,
        rows=len(bad),
        added=added.count,
        repeated=len(added.new) - added.count - sum(added.withdrawn),
        rejected=int(bad.sum()),
        rejected_file=aside,
        faults=tuple(rows.faults(rows.found)),
        personal=tuple(rows.faults(warned)),
        ignored=tuple(name for name in sheet.cells.columns if name not in known),
        areas_checked=areas is not None,
        withdrawn=sum(added.withdrawn),
    )
