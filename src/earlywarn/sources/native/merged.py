"""Make canonical tables of rows: from what several sheets say of the same thing, and where they disagree."""

from collections.abc import Sequence

import pandas as pd

from earlywarn.errors import Fault
from earlywarn.schema import TABLES, empty_table

__all__ = ["as_table", "merge_rows"]


def merge_rows(rows: pd.DataFrame, name: str, key: Sequence[str]) -> tuple[pd.DataFrame, list[Fault]]:
    """Return one canonical row for each key, blanks in one row filled from another.

    Parameters
    ----------
    rows : DataFrame
        Columns of the table and ``file`` and ``row``, where each stands. Columns that are not there, and
        cells that are empty or NaN, say nothing.
    name : str
        The table that the rows belong to.
    key : sequence of str
        Columns that tell one thing from another.

    Returns
    -------
    table : DataFrame
        With the columns of the table in order, their types, sorted by key.
    faults : list of Fault
        One for each cell that differs from the first that is said of the same thing.

    Examples
    --------
    >>> rows = pd.DataFrame({"area_code": ["E1", "E1"], "start_date": pd.to_datetime(["2024-03-12"] * 2)})
    >>> rows = rows.assign(visit_type="focused", theme=["", "Front door"], file="a.ods", row=[4, 9])
    >>> merge_rows(rows, "visits", ["area_code", "start_date", "visit_type"])[0]["theme"].tolist()
    ['Front door']
    """
    if rows.empty:
        return empty_table(name), []
    columns = [column for column in TABLES[name].names if column in rows and column not in key]
    said = rows.reset_index(drop=True)
    said[columns] = said[columns].replace("", None)
    groups = said.groupby(list(key), sort=True, dropna=False)
    faults = []
    for column in columns:
        differs = said[column].notna() & (said[column] != groups[column].transform("first"))
        faults += [_clash(said, row, column, key) for row in said.index[differs]]
    one = groups[columns].first().reset_index()
    return as_table(one, name), faults


def as_table(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return rows with the columns of a canonical table, in its order and types; what is not there is empty.

    Examples
    --------
    >>> as_table(pd.DataFrame({"start_date": ["2024-03-12"]}), "visits").iloc[0].tolist()
    ['', Timestamp('2024-03-12 00:00:00'), NaT, '', '']
    """
    columns = TABLES[name].columns
    blanks = {"text": "", "yes_no": False}
    table = rows.reindex(columns=TABLES[name].names)
    table = table.astype({column.name: object for column in columns if column.kind in blanks})
    for column in columns:
        if column.kind in blanks:
            table[column.name] = table[column.name].where(table[column.name].notna(), blanks[column.kind])
    return table.astype({column.name: column.dtype for column in columns})


def _clash(said: pd.DataFrame, row: int, column: str, key: Sequence[str]) -> Fault:
    """Name the first row about the same thing, which the row contradicts."""
    second = said.loc[row]
    alike = (said[list(key)] == second[list(key)]).all(axis=1) & said[column].notna()
    first = said.loc[said.index[alike][0]]
    what = " ".join(_shown(second[name]) for name in key)
    problem = f"is said of {what}, but {first['file']}, row {first['row']}, says {_shown(first[column])!r}"
    remedy = "leave out the file or the row that is out of date"
    return Fault(
        str(second["file"]), int(str(second["row"])), column, _shown(second[column]), problem, remedy
    )


def _shown(value: object) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)
