"""Open published workbooks safely: ODS, XLSX and CSV come out alike, as rows of text, numbers and days."""

import csv
import datetime as dt
import io
import zipfile
from pathlib import Path

import python_calamine

from earlywarn.errors import DataError, Fault
from earlywarn.sources.native.cell_errors import cell_errors, spell_out_errors
from earlywarn.sources.native.packed import check_packed

__all__ = ["Cell", "read_sheets"]

Cell = str | float | dt.date
LARGEST_FILE = 100 * 2**20  # bytes; the largest of these publications has three million
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
        merged cells the first holds the text. A formula is read as the value that was saved with it, one
        that failed as its error, such as ``#DIV/0!``.

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
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(spell_out_errors(content))) as book:
            sheets = {
                sheet.name: book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
                for sheet in book.sheets_metadata
                if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
            }
    except python_calamine.PasswordError as wrong:
        raise _refused(path, "is locked with a password", SAVE_AS) from wrong
    except (python_calamine.CalamineError, zipfile.BadZipFile) as wrong:
        raise _refused(path, "is not a workbook that can be read, or is damaged", SAVE_AS) from wrong
    cells = {name: [[_cell(value) for value in row] for row in rows] for name, rows in sheets.items()}
    for name, errors in cell_errors(content).items():
        for (row, column), said in errors.items():
            if name in cells and row < len(cells[name]) and column < len(cells[name][row]):
                cells[name][row][column] = said
    return cells


def _content(path: Path) -> bytes:
    if not path.is_file():
        problem = "is a folder, not a file" if path.is_dir() else "does not exist"
        raise _refused(path, problem, "name the file that you mean")
    size = path.stat().st_size
    if size > LARGEST_FILE:
        problem = f"has {size / 2**20:,.0f} MB, and {LARGEST_FILE / 2**20:,.0f} is the most that is read"
        raise _refused(path, problem, "name the file that you mean, or save the sheet you need as .csv")
    content = path.read_bytes()
    if content.startswith(OLE):
        raise _refused(
            path, "is locked with a password, or is a workbook in the form of before 2007", SAVE_AS
        )
    if not content.strip():
        raise _refused(path, "is empty", "name the file that you mean")
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
