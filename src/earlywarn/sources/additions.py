"""Add rows to the files of a canonical folder, each in its own form, without touching what is there."""

import csv
import gzip
import io
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from earlywarn.errors import DataError, Fault
from earlywarn.schema import DATE_NAMES, NEIGHBOUR_MODELS, TABLES
from earlywarn.sources.files import ENDINGS
from earlywarn.sources.writing import COMPRESSED, as_csv

__all__ = ["add_rows"]


def add_rows(folder: str | Path, added: Mapping[str, pd.DataFrame]) -> list[str]:
    r"""Add rows to tables of a folder.

    Parameters
    ----------
    folder : path
        As for ``read_tables``; every file in it can be read.
    added : mapping of str to DataFrame
        Rows by table, with the columns of the table.

    Returns
    -------
    list of str
        Names of the files written. A CSV file keeps its bytes, and the rows come after them under its own
        headings (``published_on`` for ``known_on``, say), empty under those that are no column of the table.
        A column of ours that a file lacks is added at its end where the rows need it. A table that has no
        file gets one.

    Raises
    ------
    DataError
        If a Parquet file has columns of types that the rows do not fit.

    Examples
    --------
    >>> import tempfile
    >>> visit = pd.DataFrame({"area_code": ["E2"], "start_date": pd.to_datetime(["2024-07-31"]),
    ...                       "known_on": pd.to_datetime(["2024-09-02"]), "visit_type": "", "theme": ""})
    >>> with tempfile.TemporaryDirectory() as home:
    ...     path = Path(home, "visits.csv")
    ...     size = path.write_text("area_code,start_date,published_on,note\nE1,2024-03-12,2024-05-01,seen")
    ...     names = add_rows(home, {"visits": visit})
    ...     print(path.read_text())
    area_code,start_date,published_on,note
    E1,2024-03-12,2024-05-01,seen
    E2,2024-07-31,2024-09-02,
    """
    folder = Path(folder)
    written = []
    for name, rows in added.items():
        there = [name + ending for ending in ENDINGS if (folder / (name + ending)).exists()]
        file = folder / (there[0] if there else name + (".csv.gz" if name in COMPRESSED else ".csv"))
        if file.suffix == ".parquet":
            content = _parquet(file, name, rows)
        else:
            content = file.read_bytes() if there else b""
            content = gzip.decompress(content) if there and file.suffix == ".gz" else content
            content = _csv(file, name, content, rows) if there else as_csv(rows)
            content = gzip.compress(content, mtime=0) if file.suffix == ".gz" else content
        file.write_bytes(content)
        written.append(file.name)
    return written


def _texts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows as they are written in CSV, cell by cell."""
    return pd.read_csv(io.BytesIO(as_csv(rows)), dtype=str, keep_default_na=False)


def _headed(file: Path, name: str, rows: pd.DataFrame, header: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return rows under the headings of a file, and the further columns that they need."""
    texts = _texts(rows)
    known = next((heading for heading in DATE_NAMES if heading in header), "known_on")
    texts = texts.rename(columns={"known_on": known})
    ours = [str(heading) for heading in texts.columns]
    needed = [heading for heading in ours if heading not in header and _says(file, name, texts, heading)]
    return texts.reindex(columns=pd.Index([*header, *needed]), fill_value=""), needed


def _says(file: Path, name: str, texts: pd.DataFrame, heading: str) -> bool:
    """Tell whether a column that a file lacks says more than its absence does."""
    cells = texts[heading]
    kind = {column.name: column.kind for column in TABLES[name].columns}.get(heading)
    if kind == "yes_no":
        return bool((cells == "true").any())
    if name == "observations" and heading == "status":
        return bool((cells != texts["value"].eq("").map({True: "missing", False: "ok"})).any())
    if name == "neighbours" and heading == "known_on":
        if (cells == texts["model"].map(NEIGHBOUR_MODELS)).all():
            return False
        remedy = "add a column known_on with the day on which each set was published"
        raise DataError([Fault(file.name, 1, heading, None, "is missing", remedy)], where=file.name)
    return bool((cells != "").any())


def _csv(file: Path, name: str, content: bytes, rows: pd.DataFrame) -> bytes:
    text = content.decode("utf-8-sig")
    header = next(record for record in csv.reader(io.StringIO(text, newline="")) if record)
    headed, needed = _headed(file, name, rows, header)
    if needed:
        content = _widened(text, needed)
    end = b"" if content.endswith(b"\n") else b"\n"
    return content + end + headed.to_csv(index=False, header=False, lineterminator="\n").encode()


def _widened(text: str, headings: list[str]) -> bytes:
    """Add empty columns to a CSV text."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    for number, record in enumerate(filter(None, csv.reader(io.StringIO(text, newline="")))):
        writer.writerow([*record, *([""] * len(headings) if number else headings)])
    return written.getvalue().encode()


def _parquet(file: Path, name: str, rows: pd.DataFrame) -> bytes:
    table = pa.parquet.read_table(file)
    headed, needed = _headed(file, name, rows, table.column_names)
    for heading in needed:
        table = table.append_column(heading, pa.nulls(len(table), pa.string()))
    try:
        columns = [_cast(headed[column.name], column.type) for column in table.schema]
    except pa.ArrowException as wrong:
        remedy = "save the table as CSV"
        problem = f"has columns that the new rows do not fit ({wrong})"
        raise DataError([Fault(file.name, None, None, None, problem, remedy)], where=file.name) from wrong
    both = pa.concat_tables([table, pa.table(columns, schema=table.schema)])
    buffer = io.BytesIO()
    pa.parquet.write_table(both, buffer)
    return buffer.getvalue()


def _cast(cells: "pd.Series[str]", kind: pa.DataType) -> pa.Array:
    """Return texts in the type of a column, an empty one as null."""
    array = pa.array([cell or None for cell in cells], pa.string())
    if pa.types.is_dictionary(kind):
        return array.cast(kind.value_type).dictionary_encode().cast(kind)
    if pa.types.is_integer(kind):
        return array.cast(pa.float64()).cast(kind)
    return array.cast(kind)
