"""Find the tables of a workbook by the names of their columns, wherever in a sheet their headers stand.

Titles and notes above a header need not be known. Nothing is guessed: a header that could be either of two
rows is a fault that names both.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from earlywarn.errors import Fault, name_a_few
from earlywarn.sources.native.workbooks import Cell

__all__ = ["TITLE_ROWS", "SheetTable", "find_header", "find_tables", "no_table", "plain"]

TITLE_ROWS = 40  # a header stands among the first rows of a sheet
DRESS = re.compile(r"^(?:(?:the|latest|most recent|current) )+| (?:grade|judgement|rating)$")


def plain(cell: Cell) -> str:
    """Return a heading or a name in plain letters, so that spellings of one thing are the same.

    Examples
    --------
    >>> plain("Education & Children\u2019s  Services [note 2]")
    'education and childrens services'
    >>> plain("Uphold rate (%)")
    'uphold rate %'
    """
    text = re.sub(r"\[[^\]]*\]", " ", str(cell).lower()).replace("&", " and ")
    text = re.sub(r"['\u2019\u2018`]", "", text)
    return " ".join(re.sub(r"[^\w%]+", " ", text.replace("_", " ")).split())


@dataclass(frozen=True)
class SheetTable:
    """One table of one sheet, its columns called by the names that the rest of the program uses.

    Attributes
    ----------
    file, sheet : str
        Where it stands.
    columns : dict of str to list of Cell
        The wanted columns that are there, one cell per row that is not empty.
    headings : dict of str to str
        What each is called in the sheet.
    lines : list of int
        Row of the sheet, the first being 1, on which each row of the table stands.
    title : str
        All the text above the header.
    """

    file: str
    sheet: str
    columns: dict[str, list[Cell]]
    headings: dict[str, str]
    lines: list[int]
    title: str

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, name: str) -> list[Cell]:
        """Return a column, empty text where the sheet has no such column."""
        return self.columns.get(name) or [""] * len(self)

    @property
    def place(self) -> str:
        """The file and, in a workbook, the sheet."""
        return self.file if self.sheet == Path(self.file).stem else f"{self.file}, sheet {self.sheet}"

    def fault(self, row: int, name: str, problem: str, remedy: str) -> Fault:
        """Report one cell, with what was found there."""
        found = self[name][row]
        shown = found.isoformat() if isinstance(found, dt.date) else found
        return Fault(self.place, self.lines[row], self.headings.get(name, name), shown, problem, remedy)


def find_header(
    rows: Sequence[Sequence[Cell]], wanted: Mapping[str, Sequence[str]], required: Collection[str]
) -> list[tuple[int, dict[str, list[int]]]]:
    """Return every row that could be the header.

    Parameters
    ----------
    rows : sequence of sequence of Cell
        A sheet; the first 40 are looked at.
    wanted : mapping of str to sequence of str
        Our name of each column and the headings that it goes by, in ``plain`` letters. Where a sheet has
        several of them, the first in this order counts. A heading may say "the", "latest" or "most recent"
        before, and "grade" or "judgement" after.
    required : collection of str
        Our names of the columns that a header must have.

    Returns
    -------
    list of (row, columns)
        The row counted from 0, and for each of our names the positions of the columns under its heading:
        more than one where the same heading is there twice.

    Examples
    --------
    >>> rows = [["Table 1"], ["Authority", "Total", "Total"]]
    >>> find_header(rows, {"area": ["authority"], "n": ["total"]}, ["n"])
    [(1, {'area': [0], 'n': [1, 2]})]
    """
    found = []
    for place, row in enumerate(rows[:TITLE_ROWS]):
        headings = [plain(cell) if isinstance(cell, str) else "" for cell in row]
        undressed = [DRESS.sub("", heading) for heading in headings]
        columns = {}
        for name, aliases in wanted.items():
            for spelt in (headings, undressed):  # as it is written, or else without its dress
                heading = next((alias for alias in aliases if alias in spelt), None)
                if heading:
                    columns[name] = [at for at, written in enumerate(spelt) if written == heading]
                    break
        if all(name in columns for name in required):
            found.append((place, columns))
    return found


def find_tables(
    path: str | Path,
    sheets: Mapping[str, Sequence[Sequence[Cell]]],
    wanted: Mapping[str, Sequence[str]],
    required: Collection[str],
) -> tuple[list[SheetTable], list[Fault]]:
    """Find the table of every sheet that has one.

    Parameters
    ----------
    path : path
        The file that was read.
    sheets : mapping of str to rows
        From ``read_sheets``.
    wanted, required
        As for ``find_header``.

    Returns
    -------
    tables : list of SheetTable
        In the order of the sheets. A sheet without such a header gives none.
    faults : list of Fault
        Sheets in which two rows, or two columns under one heading, could be meant.
    """
    file = Path(path).name
    tables, faults = [], []
    for sheet, rows in sheets.items():
        headers = find_header(rows, wanted, required)
        if not headers:
            continue
        (row, columns), *others = headers
        place = file if sheet == Path(file).stem else f"{file}, sheet {sheet}"
        if others:
            either = " and ".join(str(at + 1) for at, _ in headers)
            remedy = "leave only the table you want in the sheet"
            faults.append(Fault(place, None, None, None, f"could have its header in rows {either}", remedy))
            continue
        twice = {name: at for name, at in columns.items() if len(at) > 1}
        for at in twice.values():
            problem, remedy = f"is the heading of {len(at)} columns", "keep one of them, or rename the others"
            faults.append(Fault(place, row + 1, None, rows[row][at[0]], problem, remedy))
        if not twice:
            tables.append(_table(file, sheet, rows, row, {name: at[0] for name, at in columns.items()}))
    return tables, faults


def _table(
    file: str, sheet: str, rows: Sequence[Sequence[Cell]], header: int, columns: Mapping[str, int]
) -> SheetTable:
    body = [(at + 1, row) for at, row in enumerate(rows) if at > header and any(cell != "" for cell in row)]
    return SheetTable(
        file=file,
        sheet=sheet,
        columns={name: [row[at] if at < len(row) else "" for _, row in body] for name, at in columns.items()},
        headings={name: str(rows[header][at]) for name, at in columns.items()},
        lines=[line for line, _ in body],
        title=" ".join(_texts(rows[:header])),
    )


def _texts(rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    return (cell for row in rows for cell in row if isinstance(cell, str) and cell)


def no_table(path: str | Path, sheets: Collection[str], wanted: str, columns: str) -> Fault:
    """Report a file in which no sheet holds what is wanted.

    Parameters
    ----------
    path : path
        The file.
    sheets : collection of str
        The sheets that were looked at.
    wanted, columns : str
        What was looked for, and the headings that it needs, in words.
    """
    problem = f"has no sheet with {wanted}, whose header needs {columns} (looked at {name_a_few(sheets)})"
    return Fault(Path(path).name, None, None, None, problem, "name the file that was published, as it was")
