"""Open a published CSV or Parquet file as text, and tell figures from the symbols in their place."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from earlywarn.errors import DataError, Fault
from earlywarn.schema import WITH_VALUE
from earlywarn.sources.files import BOM, HEADER_BYTES, csv_as_text

__all__ = ["SYMBOLS", "Column", "Figures", "Published", "open_published", "read_figures"]

SYMBOLS = {  # what publishers write in place of a figure, and the status that it is kept as
    "": "missing",
    "-": "missing",
    "--": "missing",
    "\N{EN DASH}": "missing",
    "\N{EM DASH}": "missing",
    ".": "missing",
    "..": "missing",
    ":": "unavailable",
    "na": "missing",
    "n/a": "missing",
    "#n/a": "missing",
    "null": "missing",
    "x": "unavailable",
    "z": "not_applicable",
    "u": "unreliable",  # too unreliable to publish
    "c": "suppressed",  # confidential
    "*": "suppressed",
    "low": "rounded",  # to nought
    "k": "rounded",
}
SYMBOLS |= {f"[{mark}]": SYMBOLS[mark] for mark in ("c", "x", "z", "u", "low")}  # as in spreadsheets
NUMBER = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
GROUPED = r"^[+-]?£?\d{1,3}(?:,\d{3})+(?:\.\d*)?%?$|^[+-]?£?(?:\d+\.?\d*|\.\d+)%?$"
AS_CSV = "save it as CSV with commas between the cells, or as Parquet"
WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16
LARGEST = 2**30  # bytes of a file once unpacked; the long table of all measures has fifty million
LARGEST_ROWS = 20_000_000  # of a Parquet file, which can hold them in a few bytes
AS_HEADER = "put the names of the columns in the first line, with commas between them"
RAGGED_SHOWN = 20


@dataclass(frozen=True)
class Column:
    """The cells of one column, each different text stored once.

    Attributes
    ----------
    words : ndarray of str, shape (distinct,)
        The texts that occur, without blanks around them.
    codes : ndarray of int, shape (rows,)
        Position in ``words`` of each row's text.
    """

    words: npt.NDArray[np.object_]
    codes: npt.NDArray[np.int32]

    @property
    def cells(self) -> npt.NDArray[np.object_]:
        """Every row's text, shape (rows,)."""
        return self.words[self.codes]


@dataclass(frozen=True)
class Published:
    """A published file as text.

    Attributes
    ----------
    file : str
        Its name.
    columns : dict of str to Column
        Those that were asked for, under the names in the file.
    header : list of str
        All names, in order; a column without one is not read.
    rows : int
        How many rows there are below the header.
    notes : list of str
        What was taken for granted in reading it.
    """

    file: str
    columns: dict[str, Column]
    header: list[str]
    rows: int
    notes: list[str]


@dataclass(frozen=True)
class Figures:
    """What some texts say as figures.

    Attributes
    ----------
    value : ndarray of float, shape (texts,)
        NaN where there is none.
    status : ndarray of str, shape (texts,)
        One of ``earlywarn.schema.STATUSES``; empty where the text is neither a figure nor a known symbol.
    """

    value: npt.NDArray[np.float64]
    status: npt.NDArray[np.object_]


def open_published(path: str | Path, wanted: Callable[[str], bool] | None = None) -> Published:
    """Read a published CSV or Parquet file as text.

    Parameters
    ----------
    path : path
        ``.csv``, ``.csv.gz`` or ``.parquet``. UTF-8, UTF-16 with its mark, or else Windows-1252, which is
        noted. At most 1 GB once unpacked, and of Parquet 20 million rows.
    wanted : callable, optional
        Tells from its name whether a column is read; by default all are.

    Raises
    ------
    DataError
        If the file is not there, is no such file, is too large, or has rows with more or fewer cells than
        its header.
    """
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST:
            raise _too_large(path)
        content = path.read_bytes()
    except OSError as wrong:
        raise _refused(path, f"cannot be read ({wrong.strerror})", "name a file that is there") from None
    read = _parquet if content.startswith(b"PAR1") else _csv
    return read(path, content, wanted or (lambda _: True))


def read_figures(words: npt.NDArray[np.object_]) -> Figures:
    """Tell the figures among some texts from the symbols that stand in their place.

    Parameters
    ----------
    words : ndarray of str, shape (texts,)
        Such as the different texts of a column. Digits may be grouped by commas, with a pound sign before or
        a percent sign behind.

    Examples
    --------
    >>> found = read_figures(np.array(["12.5", "1,204", "low", "c", "-", "about 3"], dtype=object))
    >>> found.value.tolist()
    [12.5, 1204.0, 0.0, nan, nan, nan]
    >>> found.status.tolist()
    ['ok', 'ok', 'rounded', 'suppressed', 'missing', '']
    """
    texts = pa.array(words, type=pa.string())
    plain = pc.match_substring_regex(texts, NUMBER)
    value = pc.if_else(plain, texts, None).cast(pa.float64()).to_numpy(zero_copy_only=False)
    status = np.where(np.isfinite(value), "ok", "").astype(object)
    rest = np.flatnonzero(status == "")
    grouped = pc.match_substring_regex(texts.take(pa.array(rest)), GROUPED).to_numpy(zero_copy_only=False)
    for place, figure in zip(rest.tolist(), grouped.tolist(), strict=True):
        text = words[place]
        if figure:
            value[place], status[place] = float(text.translate(str.maketrans("", "", "£,%"))), "ok"
        else:
            status[place] = SYMBOLS.get(text.casefold(), "")
            if status[place] == "rounded":
                value[place] = 0.0
    return Figures(np.where(np.isin(status, WITH_VALUE), value, np.nan), status)


def _refused(path: Path, problem: str, remedy: str) -> DataError:
    return DataError([Fault(path.name, None, None, None, problem, remedy)], where=path.name)


def _too_large(path: Path) -> DataError:
    return _refused(path, "is larger than any file of this kind", "name the file that was published")


def _parquet(path: Path, content: bytes, wanted: Callable[[str], bool]) -> Published:
    try:
        file = pa.parquet.ParquetFile(pa.BufferReader(content))
        if file.metadata.num_rows > LARGEST_ROWS:
            raise _too_large(path)
        header = file.schema_arrow.names
        names = [name for name in header if wanted(name)]
        table = file.read(columns=names)
    except (pa.ArrowException, OSError):
        raise _refused(path, "is not a Parquet file", AS_CSV) from None
    columns = {name: _column(_texts(table.column(name))) for name in names}
    return Published(path.name, columns, header, table.num_rows, [])


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write a typed column as text: whole numbers without a decimal point, nothing for null or NaN."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), None, column)
    text = pc.fill_null(column.cast(pa.string()), "")
    return text.dictionary_encode()


def _csv(path: Path, content: bytes, wanted: Callable[[str], bool]) -> Published:
    content, notes = _decoded(path, content)
    header = next(csv.reader(io.StringIO(content[:HEADER_BYTES].decode(errors="ignore"), newline="")), [])
    twice = sorted({name for name in header if name and header.count(name) > 1 and wanted(name)})
    if not header or twice:
        problem = f"has two columns called {twice[0]!r}" if twice else "is empty"
        raise _refused(path, problem, "rename one of them" if twice else AS_CSV)
    if len(header) == 1:
        raise _refused(path, f"has one column in its first line, {header[0][:60]!r}", AS_HEADER)
    names = [name for name in header if name and wanted(name)]
    if "" in header:
        notes.append(f"{header.count('')} columns of {path.name} have no heading and were not read.")
    ragged: list[pa.csv.InvalidRow] = []
    try:
        table = csv_as_text(content, names, ragged, only=True)
    except pa.ArrowInvalid as wrong:
        raise _refused(path, f"cannot be read as a table ({wrong})", AS_CSV) from None
    if ragged:
        remedy = _as_wide(header)
        faults = [
            Fault(path.name, row.number, None, row.text[:60], f"has {row.actual_columns} cells", remedy)
            for row in ragged[:RAGGED_SHOWN]
        ]
        more = len(ragged) - len(faults)
        faults += [Fault(path.name, None, None, f"{more:,} more rows", "are like these", remedy)] * bool(more)
        raise DataError(faults, where=path.name)
    columns = {name: _column(table.column(name)) for name in names}
    return Published(path.name, columns, [name for name in header if name], table.num_rows, notes)


def _as_wide(header: list[str]) -> str:
    return f"give it {len(header)} cells like the header, those with a comma in quotation marks"


def _decoded(path: Path, content: bytes) -> tuple[bytes, list[str]]:
    """Return the content as UTF-8 without a byte order mark, and a note where it was not."""
    if path.suffix == ".gz":
        try:
            content = pa.input_stream(pa.BufferReader(content), compression="gzip").read(LARGEST + 1)
        except (OSError, pa.ArrowException):
            raise _refused(path, "is not a whole gzip file", "compress it again") from None
        if len(content) > LARGEST:
            raise _too_large(path)
    if content.startswith(b"PK\x03\x04"):
        raise _refused(path, "is a workbook or an archive", AS_CSV)
    if content.startswith(WIDE_BOMS):
        try:
            return content.decode("utf-16").encode(), [f"{path.name} was read as UTF-16 text."]
        except UnicodeDecodeError:
            raise _refused(path, "is damaged: it begins as UTF-16 text", AS_CSV) from None
    content = content.removeprefix(BOM)
    try:
        content.decode()
    except UnicodeDecodeError:
        note = f"{path.name} is not UTF-8 text and was read as Windows-1252."
        return content.decode("cp1252", errors="replace").encode(), [note]
    return content, []


def _column(chunks: pa.ChunkedArray) -> Column:
    array = chunks.unify_dictionaries().combine_chunks()
    if isinstance(array, pa.ChunkedArray):  # a column without rows
        array = pa.array([], pa.string()).dictionary_encode() if not array.num_chunks else array.chunk(0)
    words = np.array([word.strip() for word in array.dictionary.to_pylist()], dtype=object)
    return Column(words, array.indices.to_numpy(zero_copy_only=False))
