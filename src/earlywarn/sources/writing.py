"""Write tables as a canonical folder, so that a sample or a made-up world can be read like any other."""

import gzip
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from earlywarn.schema import TABLES
from earlywarn.sources.tables import PROVENANCE, Tables

__all__ = ["as_csv", "contents", "write_tables"]

COMPRESSED = ("observations",)  # the one table that is large
AT_ONCE = 200_000  # rows put into words together, so that a large table is not held in memory twice


def as_csv(table: pd.DataFrame) -> bytes:
    r"""Return a table as CSV: UTF-8, lines end in LF, ISO dates, the shortest digits that read back the same.

    Examples
    --------
    >>> as_csv(pd.DataFrame({"name": ["Kent"], "value": [40.0], "since": pd.to_datetime(["2024-03-31"])}))
    b'name,value,since\nKent,40,2024-03-31\n'
    """
    return b"".join(
        _lines(table.iloc[first : first + AT_ONCE], first) for first in range(0, max(len(table), 1), AT_ONCE)
    )


def _lines(part: pd.DataFrame, first: int) -> bytes:
    """Return some rows as CSV, under a header if they are the first."""
    written = pd.DataFrame({column: _texts(values) for column, values in part.items()}, columns=part.columns)
    return written.to_csv(index=False, header=first == 0, lineterminator="\n").encode()


def _texts(values: "pd.Series[Any]") -> Any:
    """Return a column as it is written; each value that occurs is put into words once."""
    if values.dtype == np.bool_:
        return np.where(values, "true", "false")
    if values.dtype == np.float64:
        # by their bits, so that each keeps its sign and its last digit
        code, bits = pd.factorize(values.to_numpy().view(np.int64))
        words = ["" if np.isnan(n) else repr(n).removesuffix(".0") for n in bits.view(np.float64).tolist()]
    elif values.dtype.kind == "M":
        code, dates = pd.factorize(values.to_numpy().astype("datetime64[D]").view(np.int64))
        days = dates.view("datetime64[D]")
        words = np.where(np.isnat(days), "", np.datetime_as_string(days, unit="D")).tolist()
    else:
        return values.to_numpy()
    return np.array(words, dtype=object)[code] if words else np.empty(0, dtype=object)


def contents(tables: Tables) -> dict[str, bytes]:
    """Return the CSV of every table that is required or has rows, by name."""
    frames: dict[str, pd.DataFrame] = {name: getattr(tables, name) for name in TABLES}
    return {name: as_csv(frame) for name, frame in frames.items() if TABLES[name].required or not frame.empty}


def write_tables(
    tables: Tables, folder: str | Path, *, compressed: Collection[str] = COMPRESSED
) -> list[Path]:
    """Write tables into a folder that ``read_tables`` reads back.

    Parameters
    ----------
    tables : Tables
        Whatever they came from.
    folder : path
        Made if need be; files of the same names are replaced.
    compressed : collection of str
        Tables that are written with gzip.

    Returns
    -------
    list of Path
        The files written. The same tables give the same bytes; the compressed file carries no time.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in contents(tables).items():
        path = folder / (f"{name}.csv.gz" if name in compressed else f"{name}.csv")
        path.write_bytes(gzip.compress(content, mtime=0) if name in compressed else content)
        paths.append(path)
    said = {"name": tables.name, "source": tables.source, "licence": tables.licence}
    provenance = folder / PROVENANCE
    lines = [f"{key} = {_quoted(words)}\n" for key, words in said.items()]
    provenance.write_text("".join(lines), encoding="utf-8", newline="\n")
    return [*paths, provenance]


def _quoted(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
