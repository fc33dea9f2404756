"""Write entries as CSV or XLSX: whole or not at all, and nothing in them runs as a formula."""

import contextlib
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
from openpyxl import Workbook

from earlywarn.errors import OutputError
from earlywarn.intelligence.kinds import Kind
from earlywarn.intelligence.template import build_template, put
from earlywarn.sources.formulas import guarded
from earlywarn.sources.writing import as_csv

__all__ = ["write_entries", "write_template"]


def write_entries(entries: pd.DataFrame, path: str | Path) -> None:
    """Write entries to a file, replacing it in one step.

    Parameters
    ----------
    entries : DataFrame
        In the columns of ``concerns``, already cut to what the reader may see.
    path : path
        Ends in ``.csv``, which a data folder reads as ``concerns.csv``, or in ``.xlsx``. In CSV a text that
        a spreadsheet would run has an apostrophe before it, which ``intel import`` takes away again.

    Raises
    ------
    OutputError
        If the name ends otherwise, or is that of a folder.
    """
    path = Path(path)
    with _whole(path, endings=(".csv", ".xlsx")) as side:
        if path.suffix.lower() == ".csv":
            texts = entries.select_dtypes(object)
            side.write_bytes(as_csv(entries.assign(**{str(name): guarded(texts[name]) for name in texts})))
        else:
            _workbook(entries).save(side)


def write_template(path: str | Path, kinds: Mapping[str, Kind], areas: pd.DataFrame | None = None) -> None:
    """Write the workbook that people fill in; a file that is there already is left alone.

    Parameters
    ----------
    path : path
        Ends in ``.xlsx``.
    kinds, areas
        See ``template.build_template``.

    Raises
    ------
    OutputError
        If the name ends otherwise, or there is such a file: somebody may have filled it in.
    """
    path = Path(path)
    if path.exists():
        message = f"{path} is there already and was left alone. Name another file, or move it away."
        raise OutputError(message)
    with _whole(path, endings=(".xlsx",)) as side:
        build_template(kinds, areas).save(side)


@contextlib.contextmanager
def _whole(path: Path, *, endings: tuple[str, ...]) -> Iterator[Path]:
    """Give a file to write to the side, and put it in place once it is whole."""
    if path.suffix.lower() not in endings or path.is_dir():
        message = f"{path} is no file that can be written. Name one that ends in {' or '.join(endings)}."
        raise OutputError(message)
    path.parent.mkdir(parents=True, exist_ok=True)
    side = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        yield side
        side.replace(path)
    finally:
        side.unlink(missing_ok=True)


def _workbook(entries: pd.DataFrame) -> Workbook:
    book = Workbook()
    page = book.active
    page.title = "Entries"
    for place, name in enumerate(entries.columns, start=1):
        put(page, 1, place, str(name))
        for row, value in enumerate(entries[name].tolist(), start=2):
            if isinstance(value, str):
                put(page, row, place, value)
            elif isinstance(value, pd.Timestamp):
                cell = page.cell(row, place, value.to_pydatetime())
                cell.number_format = "yyyy-mm-dd"
            elif not pd.isna(value):
                page.cell(row, place, value)
    page.freeze_panes = "A2"
    return book
