"""Read published sets of statistical neighbours: one row per area, or one row per pair."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import ConfigError, DataError, Fault
from earlywarn.schema import NEIGHBOUR_MODELS
from earlywarn.sources.native.headers import TITLE_ROWS, SheetTable, find_tables, no_table, plain
from earlywarn.sources.native.imported import Imported, skipped_rows
from earlywarn.sources.native.merged import as_table
from earlywarn.sources.native.places import find_places, read_register, with_relations
from earlywarn.sources.native.workbooks import Cell, read_sheets
from earlywarn.sources.native.written import Skipped, is_blank, read_number

__all__ = ["read_neighbours"]

MOST = 20  # neighbours of one area; published sets have ten
NUMBER = ("la num", "la number", "la no", "la code", "lea", "old la code", "number")
NAME = ("la name", "la", "local authority", "local authority name", "authority", "name")
CODE = ("ons code", "new la code", "area code", "gss code")
RANKS = range(1, MOST + 1)
WIDE = {
    "number": NUMBER,
    "name": NAME,
    "code": CODE,
    **{
        f"neighbour {n}": (f"sn{n}", f"sn {n}", f"neighbour {n}", f"statistical neighbour {n}") for n in RANKS
    },
    **{f"close {n}": (f"snp{n}", f"snp {n}", f"closeness {n}") for n in RANKS},
}
LONG = {
    "number": NUMBER,
    "name": NAME,
    "code": CODE,
    "neighbour number": (
        "sn num",
        "sn number",
        "neighbour num",
        "neighbour number",
        "neighbour la number",
        "sn la num",
    ),
    "neighbour name": ("statistical neighbour", "neighbour", "neighbour name", "sn name", "neighbouring la"),
    "neighbour code": ("neighbour code", "neighbour ons code", "sn code"),
    "rank": ("rank", "sn rank", "neighbour rank", "order"),
    "close": ("closeness", "proximity", "snp", "sn proximity", "degree of closeness"),
}
CLOSENESS = ("Extremely close", "Very close", "Close", "Somewhat close", "Not close")  # closest first
SOURCE = "Children's services statistical neighbours (NFER for the DfE)"
LICENCE = "Open Government Licence v3.0"


def read_neighbours(
    *paths: str | Path,
    model: str | None = None,
    known_on: str | dt.date | None = None,
    areas: str | Path | None = None,
) -> Imported:
    r"""Read the statistical neighbours of every area.

    Two layouts are known, and found by their headers in any sheet of a workbook: a row per area with columns
    ``SN1, SN2, ...`` (numbers, codes or names of the neighbours, nearest first) and ``SNP`` or ``SNP1, ...``
    (how close); or a row per pair with the neighbour, its rank and how close it is.

    Parameters
    ----------
    *paths : path
        ``.xlsx``, ``.ods`` or ``.csv``, one model each.
    model : str, optional
        Which published set it is. By default the year in the file's name, in the name of its sheet or in its
        title, if they name one year only.
    known_on : date, optional
        The day the set was published. Known for the models 2021 and 2025; needed for any other.
    areas : path, optional
        A table of areas to look places up in; by default the packaged register of England.

    Returns
    -------
    Imported
        Tables ``areas`` and ``neighbours``: rank 1 for the nearest, and closeness in the publisher's words.
        Left out, and counted with the reason: rows of regions, and of places that are no area.

    Raises
    ------
    ConfigError
        If it is not clear which model a file is, or when it was published.
    DataError
        If a file has no such table; all neighbours that are no area, repeats of a neighbour or a rank, and
        areas that are their own neighbour.

    Notes
    -----
    In the workbooks several columns are headed ``SNP`` alone: each belongs to the ``SN`` before it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     path = Path(home, "sn_april_2021.csv")
    ...     size = path.write_text("LA num,LA Name,SN1,SNP,SN2,SNP\n886,Kent,881,Very close,823,Close\n")
    ...     neighbours = read_neighbours(path).tables["neighbours"]
    >>> neighbours[["neighbour_code", "rank", "closeness", "model"]].to_numpy().tolist()
    [['E10000012', 1, 'Very close', '2021'], ['E06000056', 2, 'Close', '2021']]
    """
    if not paths:
        message = "read_neighbours wants one or more workbooks of statistical neighbours, and was given none."
        raise ConfigError(message)
    register = read_register(areas)
    skipped, faults, found = Skipped(), list[Fault](), list[pd.DataFrame]()
    for path in paths:
        tables, unclear = _tables(Path(path))
        faults += unclear
        for table in tables:
            named, published = _model(table, model, known_on)
            rows, wrong = _rows(table, published, register, skipped)
            found.append(rows.assign(model=named, known_on=published))
            faults += wrong
    rows = pd.concat(found, ignore_index=True) if found else pd.DataFrame()
    faults += list(_twice(rows)) if len(rows) else []
    if faults:
        raise DataError(faults, where="the statistical neighbours")
    neighbours = as_table(rows.sort_values(["model", "area_code", "rank"], ignore_index=True), "neighbours")
    mentioned = sorted({*neighbours["area_code"], *neighbours["neighbour_code"]})
    return Imported(
        kind="neighbours",
        tables={"areas": with_relations(register, mentioned), "neighbours": neighbours},
        skipped=skipped_rows(skipped.rows()),
        notes=[
            f"The model {name} is taken as known from {day:%Y-%m-%d}." for name, day in _models(neighbours)
        ],
        source=SOURCE,
        licence=LICENCE,
    )


def _tables(path: Path) -> tuple[list[SheetTable], list[Fault]]:
    """Find the tables with a row per area, or else, where there are none, those with a row per pair."""
    try:
        sheets = {name: _numbered(rows) for name, rows in read_sheets(path).items()}
    except DataError as refusal:
        return [], list(refusal.faults)
    tables, faults = find_tables(path, sheets, WIDE, ["neighbour 1", "neighbour 2"])
    tables = [table for table in tables if {"number", "name", "code"} & table.columns.keys()]
    if not tables and not faults:
        pairs, faults = find_tables(path, sheets, LONG, ["rank"])
        tables = [table for table in pairs if any(name.startswith("neighbour") for name in table.columns)]
    if not tables and not faults:
        needs = "LA num (or a name) with SN1, SN2 and so on, or an area, its neighbour and the rank"
        faults = [no_table(path, sheets, "statistical neighbours", needs)]
    return tables, faults


def _numbered(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Give each heading ``SNP`` that has no number the number of the ``SN`` before it."""
    numbered = [list(row) for row in rows]
    for row in numbered[:TITLE_ROWS]:
        last = ""
        for place, cell in enumerate(row):
            if found := re.fullmatch(r"sn ?(\d+)", plain(cell)):
                last = found[1]
            elif last and plain(cell) == "snp":
                row[place] = f"SNP{last}"
    return numbered


def _pairs(table: SheetTable) -> Iterator[tuple[int, tuple[str, ...], float, str]]:
    """Yield row, neighbour in its ways of being named, rank and closeness."""
    if "neighbour 1" not in table.columns:
        named = [name for name in table.columns if name.startswith("neighbour")]
        for row in range(len(table)):
            rank = read_number(table["rank"][row])
            words = tuple(_text(table[name][row]) for name in named)
            yield row, words, np.nan if rank is None else rank, _closeness(table["close"][row])
        return
    for row in range(len(table)):
        for rank in RANKS:
            cell = table[f"neighbour {rank}"][row]
            if not is_blank(cell):
                yield row, (_text(cell),), float(rank), _closeness(table[f"close {rank}"][row])


def _text(cell: Cell) -> str:
    """Return a name or code as text: 886 rather than 886.0."""
    return f"{cell:g}" if isinstance(cell, float) else "" if is_blank(cell) else str(cell)


def _closeness(cell: Cell) -> str:
    """Return how close in the publisher's words, spelt in one way."""
    words = {plain(word): word for word in CLOSENESS}
    return words.get(plain(cell), _text(cell))


def _model(table: SheetTable, model: str | None, known_on: str | dt.date | None) -> tuple[str, pd.Timestamp]:
    """Return which set a table is, and the day it was published."""
    years = [set(re.findall(r"(?<!\d)20\d\d(?!\d)", text)) for text in (table.file, table.sheet, table.title)]
    named = model or next((found.pop() for found in years if len(found) == 1), None)
    if named is None:
        message = (
            f"{table.place} does not say which set of neighbours it is. Say so with model, such as 2021."
        )
        raise ConfigError(message)
    day = known_on or NEIGHBOUR_MODELS.get(named)
    if day is None:
        message = (
            f"{table.place} is taken as the set {named!r}, and we know the days of "
            f"{', '.join(NEIGHBOUR_MODELS)} only. Say with known_on when it was published, "
            "or with model which of those it is."
        )
        raise ConfigError(message)
    try:
        return named, pd.Timestamp(dt.date.fromisoformat(day) if isinstance(day, str) else day)
    except ValueError as wrong:
        message = f"known_on is {day!r}, which is no day. Write it as YYYY-MM-DD."
        raise ConfigError(message) from wrong


def _rows(
    table: SheetTable, published: pd.Timestamp, register: pd.DataFrame, skipped: Skipped
) -> tuple[pd.DataFrame, list[Fault]]:
    """Look up the areas and neighbours of one table."""
    pairs = pd.DataFrame(_pairs(table), columns=["row", "neighbour", "rank", "closeness"])
    ways = [
        [_text(cell) for cell in table[name]] for name in ("number", "code", "name") if name in table.columns
    ]
    own, why = _found(ways or [[table.sheet] * len(table)], published, register)
    shown = [next((way[row] for way in reversed(ways) if way[row]), table.sheet) for row in range(len(table))]
    reasons = [f"{name!r} {words}" if words else "" for name, words in zip(shown, why, strict=True)]
    skipped.add_all(table, reasons)
    pairs = pairs[own[pairs["row"]] != ""].reset_index(drop=True)
    ways = [list(way) for way in zip(*pairs["neighbour"], strict=True)]
    theirs, why = _found(ways, published, register) if len(pairs) else (np.empty(0, dtype=object),) * 2
    remedy = "correct it in the file, or give the areas it comes from"
    columns = [f"neighbour {rank:g}" for rank in pairs["rank"]] if "neighbour 1" in table.columns else None
    faults = []
    for at in np.flatnonzero(theirs == "").tolist():
        name = columns[at] if columns else next(way for way in table.columns if way.startswith("neighbour"))
        faults.append(table.fault(pairs["row"][at], name, str(why[at]), remedy))
    unranked = np.flatnonzero(~(pairs["rank"] >= 1) | (pairs["rank"] % 1 != 0)).tolist()
    faults += [
        table.fault(pairs["row"][at], "rank", "is no rank", "write 1 for the nearest, 2 for the next")
        for at in unranked
    ]
    rows = pairs.assign(area_code=own[pairs["row"]], neighbour_code=theirs, file=table.place)
    return rows.assign(line=np.array(table.lines, dtype=np.int64)[rows["row"]]), faults


def _found(
    ways: Sequence[Sequence[str]], published: pd.Timestamp, register: pd.DataFrame
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    """Find areas that existed when the set was published, or else ever: sets list abolished ones too."""
    then = find_places(*ways, end=np.full(len(ways[0]), published.to_datetime64()), register=register)
    ever = find_places(*ways, register=register)
    known = then.area_code != ""
    return np.where(known, then.area_code, ever.area_code), np.where(known, "", ever.why)


def _twice(rows: pd.DataFrame) -> Iterator[Fault]:
    """Report neighbours and ranks that an area has twice, and areas that are their own neighbour."""
    remedy = "keep one of the two, or leave out the second file of this set"
    for column, what in (("neighbour_code", "is a neighbour"), ("rank", "is a rank")):
        again = rows.duplicated(["model", "area_code", column])
        for _, row in rows[again].iterrows():
            problem = f"{what} of {row['area_code']} twice in the set {row['model']}"
            yield Fault(row["file"], int(row["line"]), column, row[column], problem, remedy)
    for _, row in rows[rows["area_code"] == rows["neighbour_code"]].iterrows():
        problem = "is the area itself"
        yield Fault(
            row["file"], int(row["line"]), "neighbour_code", row["area_code"], problem, "name another area"
        )


def _models(neighbours: pd.DataFrame) -> list[tuple[str, pd.Timestamp]]:
    return [(str(name), day) for name, day in neighbours.groupby("model")["known_on"].first().items()]
