"""CSV files that read the same everywhere, and that no spreadsheet runs as a formula."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from earlywarn.sources.formulas import RUNNABLE, unguarded

__all__ = ["Row", "read_csv", "rows_in", "stretches", "write_csv"]

Row = Any  # a named tuple whose fields are the columns

FLOAT = "%.10g"  # ten digits: more than any figure here holds, fewer than machines differ in
LINE_END = re.compile(r"\r\n?")


def write_csv(frame: pd.DataFrame, path: str | Path) -> None:
    r"""Write a table as CSV: UTF-8, lines that end in LF, the same bytes for the same table.

    Numbers have up to ten significant digits, dates are ISO, booleans ``true`` or ``false``, and
    what is not known is empty. Text that a spreadsheet would run as a formula (it begins with one
    of ``= + - @``, a tab or a line end) gets a leading apostrophe, which ``read_csv`` takes off;
    numbers are left alone. Line ends inside text become LF.

    Parameters
    ----------
    frame : DataFrame
        The table. A named index is written as the first columns, an unnamed one is left out.
    path : str or Path
        The file to write; its folder must exist.

    Examples
    --------
    >>> import tempfile
    >>> notes = pd.DataFrame({"note": ["=1+1", "late"], "change": [-0.25, None], "seen": [True, False]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "notes.csv"
    ...     write_csv(notes, path)
    ...     path.read_text()
    "note,change,seen\n'=1+1,-0.25,true\nlate,,false\n"
    """
    named = any(name is not None for name in frame.index.names)
    table = frame.reset_index() if named else frame
    written = {position: written_cells(table.iloc[:, position]) for position in range(table.shape[1])}
    text = pd.DataFrame(written, index=table.index)
    text.columns = table.columns
    text.to_csv(path, index=False, encoding="utf-8", lineterminator="\n", float_format=FLOAT)


def written_cells(column: pd.Series) -> pd.Series:
    """Return one column as it is to stand in the file; floats are left to pandas, which is quick."""
    if pd.api.types.is_datetime64_any_dtype(column):
        whole_days = bool((column.dropna() == column.dropna().dt.normalize()).all())
        dates: pd.Series = column.dt.strftime("%Y-%m-%d" if whole_days else "%Y-%m-%dT%H:%M:%S")
        return dates
    if pd.api.types.is_bool_dtype(column):
        return column.map({True: "true", False: "false"})
    if pd.api.types.is_float_dtype(column):
        return column + 0.0  # no negative zero
    if pd.api.types.is_numeric_dtype(column):
        return column
    return column.astype(object).map(written_cell)


def written_cell(cell: object) -> object:
    """Return one cell of a column of mixed or of text type as it is to stand in the file."""
    if isinstance(cell, str):
        text = LINE_END.sub("\n", cell)
        return f"'{text}" if re.match(RUNNABLE, text) else text
    if isinstance(cell, bool | np.bool_):
        return "true" if cell else "false"
    if cell is None or cell is pd.NA or cell is pd.NaT or cell != cell:  # noqa: PLR0124 (NaN)
        return ""
    if isinstance(cell, float | np.floating):
        return FLOAT % (cell + 0.0)
    if isinstance(cell, pd.Timestamp):
        return cell.isoformat() if cell != cell.normalize() else f"{cell:%Y-%m-%d}"
    return cell


def read_csv(path: str | Path, *, dates: tuple[str, ...] = (), text: tuple[str, ...] = ()) -> pd.DataFrame:
    r"""Read a table that ``write_csv`` wrote.

    Parameters
    ----------
    path : str or Path
        The file.
    dates : tuple of str
        Columns to read as dates; NaT where empty. Those that the file lacks are passed over.
    text : tuple of str
        Columns to read as ``str``, empty text where nothing is written, the guarding apostrophe
        taken off. Others become numbers where all their cells are numbers.

    Examples
    --------
    >>> import io
    >>> read_csv(io.StringIO("note,day\n'=1+1,2025-04-01\n"), dates=("day",), text=("note",))
       note        day
    0  =1+1 2025-04-01
    """
    frame = pd.read_csv(path, dtype=dict.fromkeys(text, str), keep_default_na=False, na_values=[""])
    for column in text:
        if column in frame:
            frame[column] = unguarded(frame[column].fillna("").astype(object))
    for column in dates:
        if column in frame:
            frame[column] = pd.to_datetime(frame[column], format="%Y-%m-%d").astype("datetime64[ns]")
    return frame


def rows_in(frame: pd.DataFrame) -> Iterator[Row]:
    """Yield a table's rows as named tuples.

    Examples
    --------
    >>> [row.note for row in rows_in(pd.DataFrame({"note": ["late"]}))]
    ['late']
    """
    return iter(frame.itertuples(index=False))


def stretches(table: pd.DataFrame, first: str, second: str) -> Iterator[tuple[tuple[str, str], slice]]:
    """Yield each pair of keys with the rows where it stands, of a table that is sorted by them.

    Examples
    --------
    >>> table = pd.DataFrame({"area": ["X", "X", "Y"], "indicator": ["a", "a", "a"]})
    >>> list(stretches(table, "area", "indicator"))
    [(('X', 'a'), slice(0, 2, None)), (('Y', 'a'), slice(2, 3, None))]
    """
    one, other = table[first].to_numpy(object), table[second].to_numpy(object)
    changed = np.flatnonzero((one[1:] != one[:-1]) | (other[1:] != other[:-1])) + 1
    bounds = [0, *changed.tolist(), len(table)] if len(table) else [0]
    for start, stop in pairwise(bounds):
        yield (str(one[start]), str(other[start])), slice(start, stop)
