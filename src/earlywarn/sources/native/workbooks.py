"""Open published workbooks safely, and find their tables by the names of their columns.

ODS, XLSX and CSV come out alike: rows of text, numbers and days. A table is found by its header, wherever the
header stands, so that titles and notes above it need not be known. Nothing is guessed: a header that could be
either of two rows is a fault that names both.
"""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import python_calamine

from earlywarn.errors import DataError, Fault, name_a_few
from earlywarn.sources.native.packed import check_packed

__all__ = [
    "TITLE_ROWS",
    "Cell",
    "SheetTable",
    "find_header",
    "find_tables",
    "no_table",
    "plain",
    "read_sheets",
]

Cell = str | float | dt.date
LARGEST_FILE = 100 * 2**20  # bytes; the largest of these publications has three million
TITLE_ROWS = 40  # a header stands among the first rows of a sheet
OLE = b"\xd0\xcf\x11\xe0"  # how a locked workbook begins, and one of before 2007
SAVE_AS = "open it in a spreadsheet program and save it as .ods, .xlsx or .csv, without a password"


def read_sheets(path: str | Path) -> dict[str, list[list[Cell]]]:
    r"""Read every sheet of a workbook, hidden ones too.

    Parameters
    ----------
    path : path
        ``.ods``, ``.xlsx``, ``.xlsm`` (its macros are never run) or ``.csv`` (UTF-8), told by what it holds,
        not by its ending. At most 100 MB, 256 MB once unpacked, and 5 million cells a sheet.

    Returns
    -------
    dict of str to list of rows
        By the sheet's name, in the workbook's order; for a CSV file the one sheet is called as the file. The
        first row is the sheet's first. Text has no blanks around it nor runs of blanks in it, and an empty
        cell is the empty text; numbers are floats; a day, with or without a time, is a `datetime.date`. Of
        merged cells the first holds the text. A formula is read as the value that was saved with it.

    Raises
    ------
    DataError
        If the file is not there, is too large, is locked, is damaged, or is none of these.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     path = Path(home, "received.csv")
    ...     size = path.write_text("A  title\nAuthority,Total\nKent,412\n")
    ...     read_sheets(path)
    {'received': [['A title'], ['Authority', 'Total'], ['Kent', '412']]}
    """
    path = Path(path)
    content = _content(path)
    if not content.startswith(b"PK\x03\x04"):
        return {path.stem: _csv_rows(path, content)}
    check_packed(path.name, content)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            sheets = {
                sheet.name: book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
                for sheet in book.sheets_metadata
                if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
            }
    except python_calamine.PasswordError as wrong:
        raise _refused(path, "is locked with a password", SAVE_AS) from wrong
    except (python_calamine.CalamineError, zipfile.BadZipFile) as wrong:
        raise _refused(path, "is not a workbook that can be read, or is damaged", SAVE_AS) from wrong
    return {name: [[_cell(value) for value in row] for row in rows] for name, rows in sheets.items()}


def _content(path: Path) -> bytes:
    if not path.is_file():
        problem = "is a folder, not a file" if path.is_dir() else "does not exist"
        raise _refused(path, problem, "name the file that was published")
    size = path.stat().st_size
    if size > LARGEST_FILE:
        problem = f"has {size / 2**20:,.0f} MB, and {LARGEST_FILE / 2**20:,.0f} is the most that is read"
        raise _refused(path, problem, "name the file that was published, or save the sheet you need as .csv")
    content = path.read_bytes()
    if content.startswith(OLE):
        raise _refused(
            path, "is locked with a password, or is a workbook in the form of before 2007", SAVE_AS
        )
    if not content.strip():
        raise _refused(path, "is empty", "name the file that was published")
    return content


def _refused(path: Path, problem: str, remedy: str) -> DataError:
    return DataError([Fault(path.name, None, None, None, problem, remedy)], where=path.name)


def _csv_rows(path: Path, content: bytes) -> list[list[Cell]]:
    try:
        text = content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except UnicodeDecodeError as wrong:
        raise _refused(path, "is neither a workbook nor UTF-8 text", SAVE_AS) from wrong
    except csv.Error as wrong:
        raise _refused(path, f"cannot be read as CSV ({wrong})", SAVE_AS) from wrong
    if "\0" in text:
        raise _refused(path, "is neither a workbook nor UTF-8 text", SAVE_AS)
    return [[_cell(value) for value in row] for row in rows]


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else str(value)


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
        several of them, the first in this order counts.
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
        columns = {}
        for name, aliases in wanted.items():
            heading = next((alias for alias in aliases if alias in headings), None)
            if heading:
                columns[name] = [at for at, written in enumerate(headings) if written == heading]
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
