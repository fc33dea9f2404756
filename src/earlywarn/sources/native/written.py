"""Read days, numbers and the marks for nothing, as publishers write them in spreadsheets."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from earlywarn.errors import Fault
from earlywarn.sources.native.headers import SheetTable, plain
from earlywarn.sources.native.workbooks import Cell

__all__ = ["AS_DAY", "Skipped", "is_blank", "read_column", "read_day", "read_number"]

T = TypeVar("T")

BLANKS = frozenset(
    ("", "-", "--", "\u2013", "\u2014", ".", "..", "...", "n/a", "na", "null", "#n/a", "[x]", "[z]", ":")
)
BLANK_WORDS = frozenset(
    ("not applicable", "not available", "not judged", "not yet published", "not published")
)
SERIAL = (20_000.0, 80_000.0)  # Excel's numbers of the days from 1954 to 2119
EXCEL_DAY_0 = dt.date(1899, 12, 30)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -./]([a-z]{3,9})\.?[ -./,]+(\d{4}|\d{2})")
DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ t]\d{2}:\d{2}(?::\d{2})?)?")
CENTURY = 2000  # of a year of two digits beside a month's name
NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?%?")
AS_DAY = "write the day as 2024-03-12, 12-Mar-2024 or 12/03/2024 (day first)"


def is_blank(cell: Cell) -> bool:
    """Tell whether a cell says that there is nothing.

    Examples
    --------
    >>> is_blank("-"), is_blank("n/a"), is_blank("Not judged"), is_blank(0.0)
    (True, True, True, False)
    """
    return isinstance(cell, str) and (cell.lower() in BLANKS or plain(cell) in BLANK_WORDS)


def read_day(cell: Cell) -> dt.date | None:
    """Return the day that a cell names; None where it names none.

    Parameters
    ----------
    cell : Cell
        A day; Excel's number of one (20000 to 80000, in the calendar that begins in 1900); or text such as
        ``12-Mar-2024``, ``12th March 2024``, ``12-Mar-24`` (taken as 2024), ``2024-03-12``, ``12-03-2024``
        or ``12/03/2024``: always **the day first**, as in Britain.

    Examples
    --------
    >>> print(read_day("12-Mar-2024"), read_day("05/03/2024"), read_day(45363.0), read_day("03/25/2024"))
    2024-03-12 2024-03-05 2024-03-12 None
    """
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, float) or re.fullmatch(r"\d{5}", cell):
        serial = float(cell)
        return EXCEL_DAY_0 + dt.timedelta(days=int(serial)) if SERIAL[0] <= serial <= SERIAL[1] else None
    try:
        return _written_day(cell.lower())
    except ValueError:  # the 31st of June
        return None


def _written_day(text: str) -> dt.date | None:
    if found := ISO.fullmatch(text):
        return dt.date(int(found[1]), int(found[2]), int(found[3]))
    if found := DAY_FIRST.fullmatch(text):
        return dt.date(int(found[3]), int(found[2]), int(found[1]))
    if (found := NAMED.fullmatch(text)) and found[2][:3] in MONTHS:
        year = int(found[3]) + (CENTURY if len(found[3]) == len("24") else 0)
        return dt.date(year, MONTHS.index(found[2][:3]) + 1, int(found[1]))
    return None


def read_number(cell: Cell) -> float | None:
    """Return the number in a cell; None where there is none.

    Examples
    --------
    >>> read_number(12.0), read_number("1,204"), read_number("64%"), read_number("1,2,3")
    (12.0, 1204.0, 64.0, None)
    """
    if isinstance(cell, float):
        return cell
    if not isinstance(cell, str) or not NUMBER.fullmatch(cell) or not any(map(str.isdigit, cell)):
        return None
    return float(cell.replace(",", "").removesuffix("%"))


def read_column(
    table: SheetTable, name: str, read: Callable[[Cell], T | None], problem: str, remedy: str
) -> tuple[list[T | None], list[Fault]]:
    """Read every cell of a column, and report those that say something that cannot be read.

    Parameters
    ----------
    table : SheetTable
        Where the column is.
    name : str
        Our name of it; one that the sheet does not have is all blank.
    read : callable
        Cell to value, or None.
    problem, remedy : str
        Words of the fault.

    Returns
    -------
    values : list
        None where the cell is blank, and where it has a fault.
    faults : list of Fault
    """
    values = [None if is_blank(cell) else read(cell) for cell in table[name]]
    faults = [
        table.fault(row, name, problem, remedy)
        for row, (cell, value) in enumerate(zip(table[name], values, strict=True))
        if value is None and not is_blank(cell)
    ]
    return values, faults


class Skipped:
    """Counts what a reader leaves out, by file, place and reason.

    Examples
    --------
    >>> skipped = Skipped()
    >>> skipped.add("a.ods", "sheet Visits", "has no date")
    >>> skipped.add("a.ods", "sheet Visits", "has no date")
    >>> skipped.rows()
    [('a.ods', 'sheet Visits', 2, 'has no date')]
    """

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, file: str, where: str, why: str, *, rows: int = 1) -> None:
        """Count rows that are left out."""
        self._counts[file, where, why] += rows

    def add_all(self, table: SheetTable, reasons: Iterable[str]) -> None:
        """Count the rows of a table that have a reason; an empty one is none."""
        for why in reasons:
            if why:
                self.add(table.file, table.sheet, why)

    def rows(self) -> list[tuple[str, str, int, str]]:
        """Return the counts as ``skipped_rows`` takes them."""
        return [(file, where, rows, why) for (file, where, why), rows in self._counts.items()]
