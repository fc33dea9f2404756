"""Open the files of a canonical folder as text, and say what is wrong with a file as a file."""

import csv
import gzip
import io
import zlib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from earlywarn.errors import Fault
from earlywarn.schema import DATE_NAMES, TABLES

__all__ = ["TextColumn", "TextTable", "csv_as_text", "open_tables"]

ENDINGS = (".csv", ".csv.gz", ".parquet")
SAVE_AS = "save the table as CSV: UTF-8, commas between the cells, the column names in the first line"
PARALLEL_FROM = 1 << 22  # bytes; a smaller file is read faster by one thread
BOM = b"\xef\xbb\xbf"  # some programs put it before UTF-8 text
HEADER_BYTES = 1 << 16  # more than any header has
HEADER_SHOWN = 60  # characters of an unreadable header that a message prints


@dataclass(frozen=True)
class TextColumn:
    """The cells of one column as written, each different text stored once.

    Parameters
    ----------
    words : ndarray of str, shape (distinct,)
        The texts that occur.
    codes : ndarray of int, shape (rows,)
        Position in ``words`` of each row's text.

    Examples
    --------
    >>> TextColumn(np.array(["good", ""], dtype=object), np.array([0, 1, 0])).at(2)
    'good'
    """

    words: np.ndarray
    codes: np.ndarray

    def at(self, row: int) -> str:
        """Return the text of one row, counted from 0."""
        return str(self.words[self.codes[row]])


@dataclass(frozen=True)
class TextTable:
    """One file, read as text.

    Parameters
    ----------
    file : str
        The file's name.
    columns : dict of str to TextColumn
        By the names that the rest of the program uses.
    written : dict of str to str
        The name in the file of each column that is called otherwise there.
    content : bytes
        What was read, after decompression.
    """

    file: str
    columns: dict[str, TextColumn]
    written: dict[str, str]
    content: bytes

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())).codes)

    @cached_property
    def _lines(self) -> list[int]:
        if self.file.endswith(".parquet"):
            return []
        records = _records(self.content)
        return [line for line, cells in records[1:] if len(cells) == len(records[0][1])]

    def line(self, row: int) -> int:
        """Return the line of the file on which a row (counted from 0) begins; the header is line 1."""
        return self._lines[row] if row < len(self._lines) else row + 2

    def fault(self, row: int | None, column: str | None, problem: str, remedy: str) -> Fault:
        """Report one cell, row (``column=None``) or column (``row=None``) with what was found there."""
        found = self.columns[column].at(row) if row is not None and column in self.columns else None
        name = self.written.get(column, column) if column is not None else None
        return Fault(self.file, None if row is None else self.line(row), name, found, problem, remedy)


def open_tables(folder: Path) -> tuple[dict[str, TextTable], list[Fault], list[Fault]]:
    """Read every table of a folder as text.

    Parameters
    ----------
    folder : Path
        Holds ``areas.csv``, ``areas.csv.gz`` or ``areas.parquet``, and so on; other files are left alone.

    Returns
    -------
    tables : dict of str to TextTable
        Those that could be read at all, by table name.
    missing : list of Fault
        The folder or the required tables that are not there.
    faults : list of Fault
        Everything else that is wrong with the files as files.
    """
    if not folder.is_dir():
        problem = "is a file, not a folder" if folder.exists() else "does not exist"
        wanted = ", ".join(f"{name}.csv" for name, table in TABLES.items() if table.required)
        return {}, [Fault(str(folder), None, None, None, problem, f"name a folder that holds {wanted}")], []
    tables: dict[str, TextTable] = {}
    missing: list[Fault] = []
    faults: list[Fault] = []
    present = sorted(entry.name for entry in folder.iterdir())
    for name, table in TABLES.items():
        files = [name + ending for ending in ENDINGS if name + ending in present]
        if files:
            read, found = _open(folder, files, name)
            faults += found
            if read is not None:
                tables[name] = read
        elif table.required:
            ours = {other + ending for other in TABLES for ending in ENDINGS}
            strange = [file for file in present if file not in ours]
            near = get_close_matches(f"{name}.csv", strange, n=1, cutoff=0.7)
            hint = f"rename {near[0]!r}" if near else f"add it (or {name}.csv.gz, {name}.parquet)"
            missing.append(Fault(f"{name}.csv", None, None, None, "is missing", hint))
    return tables, missing, faults


def _open(folder: Path, files: list[str], name: str) -> tuple[TextTable | None, list[Fault]]:
    path = folder / files[0]
    content, refusal = _content(path)
    if len(files) > 1:
        refusal = ("is there twice, as " + " and ".join(files), "keep one of the files")
    if refusal:
        return None, [_whole(path, *refusal)]
    reader = _parquet_columns if path.suffix == ".parquet" else _csv_columns
    columns, faults = reader(path, content)
    if columns is None:
        return None, faults
    required = [column.name for column in TABLES[name].columns if column.required]
    if not {*required, *DATE_NAMES} & set(columns):
        header = ",".join(columns)[:HEADER_SHOWN]
        faults = [Fault(path.name, 1, None, header, f"has none of the columns of {name}", SAVE_AS)]
        return None, faults
    columns, written, clash = _known_on(path, columns)
    return TextTable(path.name, columns, written, content), faults + clash


def _content(path: Path) -> tuple[bytes, tuple[str, str] | None]:
    """Return what a file holds, decompressed, or else the problem and its remedy."""
    refusal = None
    content = b""
    if path.is_symlink():
        refusal = ("is a symbolic link", "put the file itself into the folder")
    elif not path.is_file():
        refusal = ("is not a file", "put the table's file in its place")
    else:
        try:
            content = path.read_bytes()
            if path.suffix == ".gz":
                content = gzip.decompress(content)
        except PermissionError:
            refusal = ("may not be read", "give yourself permission to read it")
        except (OSError, EOFError, zlib.error):
            refusal = ("is not a whole gzip file", "compress the table again")
    return content, refusal


def _known_on(
    path: Path, columns: dict[str, TextColumn]
) -> tuple[dict[str, TextColumn], dict[str, str], list[Fault]]:
    """Call the date of publication ``known_on``, whichever of its names the file uses."""
    first, *others = [name for name in DATE_NAMES if name in columns] or ["known_on"]
    problem = f"is a second name for {first}"
    clash = [Fault(path.name, 1, other, None, problem, "keep one of the two columns") for other in others]
    renamed = {"known_on" if name == first else name: column for name, column in columns.items()}
    return renamed, {"known_on": first}, clash


def _whole(path: Path, problem: str, remedy: str) -> Fault:
    return Fault(path.name, None, None, None, problem, remedy)


def _csv_columns(path: Path, content: bytes) -> tuple[dict[str, TextColumn] | None, list[Fault]]:
    if content.startswith(b"PK\x03\x04"):
        return None, [_whole(path, "is a workbook or an archive, not a CSV file", SAVE_AS)]
    try:
        content.decode()
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        byte = content[wrong.start : wrong.start + 1]
        return None, [Fault(path.name, line, None, byte, "is not UTF-8 text", "save the file as UTF-8")]
    if not content.removeprefix(BOM).strip():
        return None, [_whole(path, "is empty", SAVE_AS)]
    if content.count(b'"') % 2:
        odd = [line for line, text in enumerate(content.split(b"\n"), start=1) if text.count(b'"') % 2]
        return None, [Fault(path.name, odd[-1], None, None, "leaves a quotation mark open", "close it")]
    header = _records(content[:HEADER_BYTES])[0][1]
    ragged: list[pa.csv.InvalidRow] = []
    try:
        table = csv_as_text(content, header, ragged)
    except pa.ArrowInvalid:
        return None, [_whole(path, "cannot be read as a table", SAVE_AS)]
    faults = [
        Fault(path.name, 1, name, None, "is the name of two columns", "rename one of them")
        for name in dict.fromkeys(header)
        if header.count(name) > 1
    ]
    if ragged:
        faults += _ragged(path, content)
    return {name: _text(table.column(place)) for place, name in enumerate(header)}, faults


def csv_as_text(
    content: bytes, names: list[str], ragged: list[pa.csv.InvalidRow], *, only: bool = False
) -> pa.Table:
    """Read a CSV file with every cell as text, each word once.

    Parameters
    ----------
    content : bytes
        UTF-8.
    names : list of str
        Its columns, or those that are wanted.
    ragged : list
        Gains the rows that have another number of cells than the header; they are left out.
    only : bool
        Whether to read no other columns.

    Raises
    ------
    pyarrow.ArrowInvalid
        If it is no table.
    """
    return pa.csv.read_csv(
        pa.BufferReader(content),
        read_options=pa.csv.ReadOptions(
            use_threads=len(content) > PARALLEL_FROM, block_size=max(len(content) // 4, PARALLEL_FROM)
        ),
        parse_options=pa.csv.ParseOptions(
            newlines_in_values=True,
            invalid_row_handler=lambda row: ragged.append(row) or "skip",  # type: ignore[func-returns-value]
        ),
        convert_options=pa.csv.ConvertOptions(
            column_types={name: pa.dictionary(pa.int32(), pa.string()) for name in names},
            include_columns=names if only else [],
            strings_can_be_null=False,
        ),
    )


def _records(content: bytes) -> list[tuple[int, list[str]]]:
    """List the records of a CSV file with the line on which each begins; blank lines are none."""
    reader = csv.reader(io.StringIO(content.removeprefix(BOM).decode(errors="ignore"), newline=""))
    records, begins = [], 1
    for cells in reader:
        if cells:
            records.append((begins, cells))
        begins = reader.line_num + 1
    return records


def _ragged(path: Path, content: bytes) -> list[Fault]:
    (_, header), *rest = _records(content)
    remedy = "give each column one cell, in quotation marks if it holds a comma"
    return [
        Fault(path.name, line, None, None, f"has {len(cells)} cells, the header {len(header)}", remedy)
        for line, cells in rest
        if len(cells) != len(header)
    ]


def _text(column: pa.ChunkedArray) -> TextColumn:
    array = column.unify_dictionaries().combine_chunks()
    words = array.dictionary.to_numpy(zero_copy_only=False).astype(object)
    return TextColumn(words, array.indices.to_numpy(zero_copy_only=False))


def _parquet_columns(path: Path, content: bytes) -> tuple[dict[str, TextColumn] | None, list[Fault]]:
    try:
        table = pa.parquet.read_table(pa.BufferReader(content))
    except (pa.ArrowException, OSError):
        return None, [_whole(path, "is not a Parquet file", "save it again, or as CSV")]
    names = enumerate(table.column_names)
    return {name: _text(_as_text(table.column(place))) for place, name in names}, []


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write a typed column as its CSV would read: dates without a time, nothing for null or NaN."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), None, column)
    if pa.types.is_timestamp(column.type):
        days = pc.floor_temporal(column, unit="day")
        if pc.all(pc.equal(days, column)).as_py() in {True, None}:
            column = column.cast(pa.date32())
    try:
        text = column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        text = pa.chunked_array([[None if cell is None else str(cell) for cell in column.to_pylist()]])
    return pc.fill_null(text, "").dictionary_encode()
