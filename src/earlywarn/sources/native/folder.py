"""A folder of tables that imports fill one by one: read as far as it goes, and add to it."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from earlywarn.errors import DataError, Fault, MissingTableError
from earlywarn.schema import TABLES
from earlywarn.sources.cells import read_cells
from earlywarn.sources.files import open_tables
from earlywarn.sources.links import date_neighbours
from earlywarn.sources.tables import read_tables

__all__ = ["add_tables", "check_folder", "read_partly"]

SHORTEST = "publication_lag_days"  # of several files with one indicator, the shortest lag is its lag
SHOWN = 20  # conflicts of one table that a message lists; the rest are counted


def read_partly(folder: Path) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Read the tables that a folder has, whether or not a run could start from them.

    Parameters
    ----------
    folder : Path
        May be empty, or not there.

    Returns
    -------
    tables : dict of str to DataFrame
        By table name.
    files : dict of str to str
        The file that each was read from.

    Raises
    ------
    DataError
        If a table cannot be read; all faults in one.
    """
    if not folder.is_dir():
        return {}, {}
    texts, _, faults = open_tables(folder)
    tables = {}
    for name, text in texts.items():
        dated, undated = date_neighbours(text) if name == "neighbours" else (text, [])
        checked = read_cells(dated, name)
        faults += [*undated, *checked.faults]
        tables[name] = checked.frame
    if faults:
        raise DataError(faults, where=str(folder))
    return tables, {name: text.file for name, text in texts.items()}


def check_folder(folder: Path, *, called: str) -> list[str]:
    """Put the tables of a folder through every check, and return the names of those that a run still wants.

    Parameters
    ----------
    folder : Path
        Where they are.
    called : str
        What the message calls it.

    Raises
    ------
    DataError
        If anything is wrong beyond a table that is not there yet.
    """
    try:
        read_tables(folder)
    except MissingTableError as wrong:
        wanted = {f"{name}.csv": name for name, table in TABLES.items() if table.required}
        absent = [wanted[fault.file] for fault in wrong.faults if _absent(fault) and fault.file in wanted]
        others = [fault for fault in wrong.faults if not _absent(fault)]
        if others:
            raise DataError(others, where=called) from None
        return absent
    except DataError as wrong:
        raise DataError(wrong.faults, where=called) from None
    return []


def _absent(fault: Fault) -> bool:
    return fault.problem == "is missing" and fault.column is None


def add_tables(
    old: Mapping[str, pd.DataFrame], new: Mapping[str, pd.DataFrame], *, where: str = "the folder"
) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    """Add the rows of new tables to those that are there already.

    Parameters
    ----------
    old, new : mapping of str to DataFrame
        Canonical tables by name, as the readers give them.
    where : str
        What a message calls the place of the old ones.

    Returns
    -------
    tables : dict of str to DataFrame
        Every table of either, sorted by key. A row that both have is there once.
    added : dict of str to int
        How many rows of each new table were not there.

    Raises
    ------
    DataError
        If a row is to be added under a key that has other values already; all of them in one.

    Examples
    --------
    >>> from earlywarn.sources.native.register import read_register, with_relations
    >>> one, two = (with_relations(read_register(), [code]) for code in ("E09000001", "E09000005"))
    >>> tables, added = add_tables({"areas": one}, {"areas": pd.concat([one, two])})
    >>> tables["areas"]["name"].tolist(), added
    (['City of London', 'Brent'], {'areas': 1})
    """
    tables, added = dict(old), {}
    faults: list[Fault] = []
    for name, rows in new.items():
        before = old.get(name)
        if before is None or before.empty:
            tables[name], added[name] = rows.reset_index(drop=True), len(rows)
            continue
        both = pd.concat([before, rows[before.columns]], ignore_index=True)
        if name == "indicators":
            both[SHORTEST] = both.groupby("indicator")[SHORTEST].transform("min")
        both = both[~both.duplicated()]
        faults += _conflicts(both, name)
        key = list(TABLES[name].keys[0])
        tables[name] = both.sort_values(key, kind="stable", ignore_index=True)
        added[name] = len(both) - len(before)
    if faults:
        raise DataError(faults, where=where)
    return tables, added


def _conflicts(both: pd.DataFrame, name: str) -> list[Fault]:
    """Report rows that say different things under one key."""
    faults = []
    remedy = "leave one of the two files out"
    if name == "observations":
        remedy += ", or merge the later release by `earlywarn update`"
    for key in TABLES[name].keys:
        again = np.flatnonzero(both.duplicated(list(key)))
        first = both.drop_duplicates(list(key)).set_index(list(key))
        for row in both.iloc[again[:SHOWN]].to_dict("records"):
            there = first.loc[tuple(row[part] for part in key) if len(key) > 1 else row[key[0]]]
            others = [column for column in both.columns if column not in key]
            unlike = [
                f"{column} {_said(there[column])} and {_said(row[column])}"
                for column in others
                if _differ(there[column], row[column])
            ]
            said = ", ".join(_said(row[part]) for part in key)
            problem = f"is there already with another {'; another '.join(unlike)}"
            faults.append(Fault(f"{name}.csv", None, None, said, problem, remedy))
        if len(again) > SHOWN:
            problem = "are there already with other values"
            faults.append(
                Fault(f"{name}.csv", None, None, f"{len(again) - SHOWN:,} more rows", problem, remedy)
            )
    return faults


def _differ(one: object, other: object) -> bool:
    return one != other and not (pd.isna(one) and pd.isna(other))  # type: ignore[call-overload]


def _said(cell: object) -> str:
    if isinstance(cell, pd.Timestamp):
        return f"{cell:%Y-%m-%d}"
    return str(cell) or "(empty)"
