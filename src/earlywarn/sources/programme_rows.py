"""Open what a coordinator hands in, CSV file or sheet of a workbook, as rows of text with their lines."""

import csv
import datetime as dt
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from zipfile import is_zipfile

from earlywarn.errors import DataError, Fault, name_a_few
from earlywarn.sources.native.workbooks import Cell, read_sheets
from earlywarn.sources.programme_tables import INPUT_COLUMNS, REQUIRED_COLUMNS

__all__ = ["WrittenTable", "named_rows", "read_csv_rows", "read_sheet_rows"]

TITLE_ROWS = 30  # of a sheet that are searched for its header
SAVE_AS = "save the table as CSV: UTF-8, commas between the cells, the column names in the first line"
ALSO_CALLED = {"area": "area_code", "id": "override_id"}


@dataclass(frozen=True)
class WrittenTable:
    """The rows of one file as written.

    Parameters
    ----------
    table : str
        Which of the inputs it is.
    place : str
        The file, and the sheet of a workbook.
    called : dict of str to str
        What the file calls each column that it has.
    rows : list of (int, dict of str to str)
        The line on which each row begins, and its cells by our names of the columns.
    faults : list of Fault
        What is wrong with the file as a file.
    fingerprint : str
        SHA-256 of the file.
    """

    table: str
    place: str
    called: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[tuple[int, Mapping[str, str]]] = ()
    faults: Sequence[Fault] = ()
    fingerprint: str = ""

    def fault(self, row: int, column: str, problem: str, remedy: str, *, value: object = None) -> Fault:
        """Report a cell of one row, counted from 0, with what was found there or in its stead."""
        line, cells = self.rows[row]
        found = cells.get(column, "") if value is None else value
        return Fault(self.place, line, self.called.get(column, column), found, problem, remedy)


def read_csv_rows(path: Path, table: str) -> WrittenTable:
    """Read one CSV file of the coordinator's.

    Parameters
    ----------
    path : Path
        UTF-8, with or without a byte-order mark. A file with nothing in it is a table without rows.
    table : str
        A key of ``INPUT_COLUMNS``.
    """
    content, refusal = _content(path)
    if refusal is not None:
        return _refused(path, table, *refusal)
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    records, begins = [], 1
    try:
        for cells in reader:
            records.append((begins, [cell.strip() for cell in cells]))
            begins = reader.line_num + 1
    except csv.Error as wrong:
        return _refused(path, table, reader.line_num, f"cannot be read as CSV ({wrong})", SAVE_AS)
    mark = hashlib.sha256(content).hexdigest()
    if not records:
        return WrittenTable(table, path.name, fingerprint=mark)
    (line, header), *body = records
    if len(header) == 1 and re.search(r"[;\t|]", header[0]):
        return _refused(path, table, line, "has something other than commas between its cells", SAVE_AS)
    return _named(table, path.name, header, body, header_line=line, fingerprint=mark)


def read_sheet_rows(path: Path, table: str, sheet: str, *, mark: str) -> WrittenTable:
    """Read one sheet of a workbook; its header is the first row that holds a certain word.

    Parameters
    ----------
    path : Path
        ``.xlsx`` or ``.ods``.
    table : str
        A key of ``INPUT_COLUMNS``.
    sheet : str
        Its name.
    mark : str
        The word that only the header holds, such as ``Area``.
    """
    try:
        sheets = read_sheets(path)
    except DataError as refusal:
        return WrittenTable(table, path.name, faults=refusal.faults)
    named = {name.strip().casefold(): name for name in sheets}
    if sheet.casefold() not in named:
        if list(sheets) == [path.stem] and not is_zipfile(path):
            remedy = f"name the workbook, with its sheet {sheet!r} filled in, saved as .xlsx or .ods"
            return _refused(path, table, None, "is not a workbook", remedy)
        problem = f"has no sheet {sheet!r}; there are {name_a_few(sheets)}"
        return _refused(path, table, None, problem, f"name the sheet with the overrides {sheet!r} again")
    place = f"{path.name}, sheet {named[sheet.casefold()]}"
    records = [
        (line, [_as_text(cell) for cell in row])
        for line, row in enumerate(sheets[named[sheet.casefold()]], start=1)
    ]
    headers = [
        at for at, (_, row) in enumerate(records[:TITLE_ROWS]) if mark.casefold() in map(str.casefold, row)
    ]
    if not headers:
        fault = Fault(
            place,
            None,
            None,
            None,
            f"has no header: no cell of its first {TITLE_ROWS} rows says {mark!r}",
            "put the row with the column names back",
        )
        return WrittenTable(table, place, faults=[fault])
    line, header = records[headers[0]]
    width = max((at + 1 for at, name in enumerate(header) if name), default=0)
    strays = [
        Fault(
            place,
            at,
            None,
            next(cell for cell in row[width:] if cell),
            "stands beside the table",
            "move it into one of the columns, or take it out",
        )
        for at, row in records[headers[0] + 1 :]
        if any(row[width:])
    ]
    body = [(at, row[:width]) for at, row in records[headers[0] + 1 :]]
    mark_of = hashlib.sha256(path.read_bytes()).hexdigest()
    read = _named(table, place, header[:width], body, header_line=line, fingerprint=mark_of)
    return WrittenTable(table, place, read.called, read.rows, [*read.faults, *strays], mark_of)


def named_rows(rows: Sequence[Mapping[str, str]], table: str, place: str) -> WrittenTable:
    """Take cells that were given by column for the rows of a table, counted from 1.

    Parameters
    ----------
    rows : sequence of mapping of str to str
        Cells by their column, as we call it or as people do.
    table : str
        A key of ``INPUT_COLUMNS``.
    place : str
        What to call them in a fault.

    Examples
    --------
    >>> named_rows([{"Area": "Bury", "action": "add", "reason": "seen"}], "overrides", "here").rows
    [(1, {'area_code': 'Bury', 'action': 'add', 'reason': 'seen'})]
    """
    given = [{_canonical(name): str(cell or "").strip() for name, cell in row.items()} for row in rows]
    header = list(dict.fromkeys([*(name for row in given for name in row), *REQUIRED_COLUMNS[table]]))
    body = [(at, [row.get(name, "") for name in header]) for at, row in enumerate(given, start=1)]
    return _named(table, place, header, body, header_line=1, fingerprint="")


def _content(path: Path) -> tuple[bytes, tuple[int | None, str, str] | None]:
    """Return what a CSV file holds, or else the line, the problem and the remedy."""
    try:
        content = path.read_bytes()
    except OSError as error:
        remedy = "put a CSV file that you may read in its place"
        return b"", (None, f"cannot be read: {error.strerror}", remedy)
    if content.startswith(b"PK\x03\x04"):
        return b"", (None, "is a workbook or an archive, not a CSV file", SAVE_AS)
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        return b"", (line, "is not UTF-8 text", "save the file as CSV UTF-8")
    return content, None


def _named(
    table: str,
    place: str,
    header: list[str],
    body: Sequence[tuple[int, list[str]]],
    *,
    header_line: int,
    fingerprint: str,
) -> WrittenTable:
    """Call the columns as we do, and say which are strange, missing or there twice."""
    ours = [_canonical(name) for name in header]
    called = dict(reversed([(name, said) for name, said in zip(ours, header, strict=True) if name]))
    known = list(INPUT_COLUMNS[table])
    faults = []
    for name, said in called.items():
        if ours.count(name) > 1:
            faults.append(
                Fault(place, header_line, said, None, "is the name of two columns", "rename one of them")
            )
        elif name not in known:
            near = get_close_matches(name, known, n=1)
            remedy = f"rename it {near[0]!r}, if that is meant" if near else f"keep to {', '.join(known)}"
            faults.append(Fault(place, header_line, said, None, "is not a column that is read", remedy))
    faults += [
        Fault(place, header_line, name, None, "is missing", "add the column")
        for name in REQUIRED_COLUMNS[table]
        if name not in called
    ]
    rows = []
    for line, cells in body:
        if not any(cells):
            continue
        if len(cells) > len(ours) and any(cells[len(ours) :]):
            problem = f"has {len(cells)} cells, the header {len(ours)}"
            remedy = "give each column one cell, in quotation marks if it holds a comma"
            faults.append(Fault(place, line, None, None, problem, remedy))
            continue
        filled = [*cells, *[""] * len(ours)]
        rows.append((line, {name: cell for name, cell in zip(ours, filled, strict=False) if name in known}))
    return WrittenTable(table, place, called, rows, faults, fingerprint)


def _canonical(name: str) -> str:
    plain = re.sub(r"[\s_]+", "_", name.strip().casefold())
    return ALSO_CALLED.get(plain, plain)


def _as_text(cell: Cell) -> str:
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return f"{cell:.15g}" if isinstance(cell, float) else cell


def _refused(path: Path, table: str, line: int | None, problem: str, remedy: str) -> WrittenTable:
    return WrittenTable(table, path.name, faults=[Fault(path.name, line, None, None, problem, remedy)])
