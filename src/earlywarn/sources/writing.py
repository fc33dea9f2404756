"""Write tables as a canonical folder, so that a sample or a made-up world can be read like any other."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd

from earlywarn.schema import TABLES
from earlywarn.sources.tables import PROVENANCE, Tables

__all__ = ["as_csv", "contents", "write_tables"]

COMPRESSED = ("observations",)  # the one table that is large


def as_csv(table: pd.DataFrame) -> bytes:
    r"""Return a table as CSV: UTF-8, lines end in LF, ISO dates, the shortest digits that read back the same.

    Examples
    --------
    >>> as_csv(pd.DataFrame({"name": ["Kent"], "value": [40.0], "since": pd.to_datetime(["2024-03-31"])}))
    b'name,value,since\nKent,40,2024-03-31\n'
    """
    written = table.copy()
    for column, values in table.items():
        if values.dtype == np.bool_:
            written[column] = np.where(values, "true", "false")
        elif values.dtype == np.float64:
            written[column] = values.map(
                lambda number: "" if np.isnan(number) else repr(number).removesuffix(".0")
            )
    return written.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d").encode()


def contents(tables: Tables) -> dict[str, bytes]:
    """Return the CSV of every table that is required or has rows, by name."""
    frames: dict[str, pd.DataFrame] = {name: getattr(tables, name) for name in TABLES}
    return {name: as_csv(frame) for name, frame in frames.items() if TABLES[name].required or not frame.empty}


def write_tables(tables: Tables, folder: str | Path) -> list[Path]:
    """Write tables into a folder that ``read_tables`` reads back.

    Parameters
    ----------
    tables : Tables
        Whatever they came from.
    folder : path
        Made if need be; files of the same names are replaced.

    Returns
    -------
    list of Path
        The files written. The same tables give the same bytes; the compressed file carries no time.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in contents(tables).items():
        path = folder / (f"{name}.csv.gz" if name in COMPRESSED else f"{name}.csv")
        path.write_bytes(gzip.compress(content, mtime=0) if name in COMPRESSED else content)
        paths.append(path)
    said = {"name": tables.name, "source": tables.source, "licence": tables.licence}
    provenance = folder / PROVENANCE
    lines = [f"{key} = {_quoted(words)}\n" for key, words in said.items()]
    provenance.write_text("".join(lines), encoding="utf-8", newline="\n")
    return [*paths, provenance]


def _quoted(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
