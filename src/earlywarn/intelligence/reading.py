"""Read a table that people filled in, CSV or XLSX, as text with the row numbers that they know."""

import csv
import io
import warnings
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import DataError, Fault, MissingTableError

__all__ = ["ENTRIES_SHEET", "Sheet", "read_sheet"]

ENTRIES_SHEET = "Entries"  # of the template; in other workbooks the first sheet is read
SEPARATORS = ",;\t"
ENCODINGS = ("utf-8-sig", "utf-16", "cp1252")  # the last is what Excel calls CSV in Western Europe
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
SAVE_AS = "save it as CSV (UTF-8) or XLSX, with the column names in the first row"


@dataclass(frozen=True)
class Sheet:
    """One table as text.

    Parameters
    ----------
    file : str
        The file's name.
    cells : DataFrame of str, shape (rows, columns)
        As written, without spaces around; columns as the first row names them. Empty rows are left out.
    numbers : array of int, shape (rows,)
        The row of the file in which each begins, the header being row 1.
    ragged : array of bool, shape (rows,)
        Rows with more or fewer cells than the header; what is too much stands in the last cell.
    """

    file: str
    cells: pd.DataFrame
    numbers: npt.NDArray[np.int64]
    ragged: npt.NDArray[np.bool_]


def read_sheet(path: str | Path) -> Sheet:
    """Read one CSV or XLSX file.

    Parameters
    ----------
    path : path
        CSV in UTF-8, UTF-16 or Windows-1252, cells parted by comma, semicolon or tab; or a workbook, of
        which the sheet ``Entries``, else the first, is read. A workbook's dates become ISO text.

    Raises
    ------
    MissingTableError
        If there is no such file.
    DataError
        If it is no table: of another kind, damaged, without a header or with one name twice.

    Examples
    --------
    >>> read_sheet("none.csv")
    Traceback (most recent call last):
    ...
    earlywarn.errors.MissingTableError: none.csv: 1 fault found; nothing was written.
      none.csv: is not there. To mend it: name a CSV or XLSX file.
    """
    path = Path(path)
    if not path.is_file():
        fault = Fault(path.name, None, None, None, "is not there", "name a CSV or XLSX file")
        raise MissingTableError([fault], where=str(path))
    content = path.read_bytes()
    rows = (_workbook_rows if content.startswith(b"PK\x03\x04") else _csv_rows)(path, content)
    if not rows:
        raise _unfit(path, "is empty", SAVE_AS)
    (_, header), *rest = rows
    names = [name.strip() for name in header]
    while names and not names[-1]:
        names.pop()
    twice = {name for name in names if names.count(name) > 1}
    if twice or "" in names or not names:
        problem = "has a column without a name" if not twice else f"names the column {min(twice)!r} twice"
        raise _unfit(path, problem, "give every column a name of its own in the first row")
    width = len(names)
    full = [_fitted(cells, width) for _, cells in rest]
    ragged = [any(cell.strip() for cell in cells[width:]) or len(cells) < width for _, cells in rest]
    frame = pd.DataFrame(full, columns=names, dtype=object)
    for name in names:
        frame[name] = frame[name].astype(object).str.strip() if len(frame) else frame[name]
    numbers = np.array([number for number, _ in rest], dtype=np.int64)
    return Sheet(path.name, frame, numbers, np.array(ragged, dtype=bool))


def _unfit(path: Path, problem: str, remedy: str) -> DataError:
    return DataError([Fault(path.name, None, None, None, problem, remedy)], where=str(path))


def _fitted(cells: list[str], width: int) -> list[str]:
    if len(cells) > width:
        return [*cells[: width - 1], ",".join(cells[width - 1 :]).rstrip(",")]
    return cells + [""] * (width - len(cells))


def _csv_rows(path: Path, content: bytes) -> list[tuple[int, list[str]]]:
    text = None
    for encoding in ENCODINGS:
        if encoding == "utf-16" and not content.startswith(UTF_16_MARKS):
            continue
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None or "\0" in text:
        raise _unfit(path, "is neither text nor a workbook", SAVE_AS)
    first = text.lstrip("\r\n").partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows, begins = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        problem = f"cannot be read from row {begins} on ({error})"
        raise _unfit(path, problem, "close every quotation mark, or " + SAVE_AS) from None
    return rows


def _workbook_rows(path: Path, content: bytes) -> list[tuple[int, list[str]]]:
    import openpyxl  # noqa: PLC0415  only where a workbook is read

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what it leaves out when it reads: drop-downs, styles
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            page: Any = book[ENTRIES_SHEET] if ENTRIES_SHEET in book.sheetnames else book.worksheets[0]
            page.reset_dimensions()
            found = list(page.iter_rows(values_only=True))
            book.close()
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, OSError, EOFError, SyntaxError) as error:
        raise _unfit(path, "is not a workbook that can be read", SAVE_AS) from error
    texts = ((number, [_text(cell) for cell in cells]) for number, cells in enumerate(found, start=1))
    rows = [(number, cells) for number, cells in texts if any(cells)]
    width = len(rows[0][1]) if rows else 0
    return [(number, cells + [""] * (width - len(cells))) for number, cells in rows]


def _text(cell: object) -> str:
    """Write a typed cell as CSV would read.

    Examples
    --------
    >>> [_text(cell) for cell in (None, 3.0, 2.5, datetime(2024, 5, 1), True, " note ")]
    ['', '3', '2.5', '2024-05-01', 'true', 'note']
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return repr(cell).removesuffix(".0")
    if isinstance(cell, datetime) and cell.hour == cell.minute == cell.second == 0:
        cell = cell.date()
    return cell.isoformat() if isinstance(cell, date) else str(cell)
