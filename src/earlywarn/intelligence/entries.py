"""Entries in canonical form: what a person writes, typed, and the id that follows from it."""

import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from earlywarn.schema import TABLES

__all__ = ["CANONICAL", "WRITTEN", "as_entries", "content", "entry_ids", "in_force", "known_before"]

TABLE = TABLES["concerns"]
CANONICAL = tuple(TABLE.names)
KEPT_BY_LOG = ("entry_id", "version", "known_on", "retracted")
WRITTEN = tuple(name for name in CANONICAL if name not in KEPT_BY_LOG)
ID_DIGITS = 16  # hexadecimal: of a million entries, two share an id with a chance of 1 in 37 million

Rows = pd.DataFrame | Mapping[str, Any] | Sequence[Mapping[str, Any]]


def as_entries(rows: Rows, *, columns: tuple[str, ...] = WRITTEN) -> pd.DataFrame:
    """Return entries with all the columns that a person writes, in order and typed.

    Parameters
    ----------
    rows : DataFrame, mapping or sequence of mappings
        Columns or keys of ``WRITTEN``; what is left out, None or NaN is empty.
    columns : tuple of str
        Of the table ``concerns``; further ones are left out.

    Returns
    -------
    DataFrame of shape (rows, columns)
        Index 0, 1, 2, ... Text is ``str``, ``""`` where empty; ``strength``, ``amount`` and ``exposure`` are
        floats, NaN where empty; dates are ``datetime64[ns]``, NaT where empty.

    Raises
    ------
    ValueError
        If a number or a date cannot be read as one. ``importing`` reads files, with a fault for each cell.

    Examples
    --------
    >>> entry = as_entries({"area_code": "E1", "kind": "savings", "occurred_on": "2024-05-01", "strength": 3})
    >>> entry.loc[0, ["kind", "strength", "note"]].to_dict()
    {'kind': 'savings', 'strength': 3.0, 'note': ''}
    """
    if isinstance(rows, Mapping):
        rows = [rows]
    given = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    count = len(given)
    made: dict[str, Any] = {}
    for name in columns:
        column = TABLE[name]
        values = (
            given[name].reset_index(drop=True) if name in given else pd.Series([None] * count, dtype=object)
        )
        if column.kind == "date":
            made[name] = pd.to_datetime(values).astype("datetime64[ns]")
        elif column.kind == "yes_no":
            made[name] = values.eq(other=True)
        elif column.kind == "text":
            made[name] = values.astype(object).where(values.notna(), "").map(str)
        else:
            made[name] = pd.to_numeric(values).astype(np.float64) + 0.0  # -0 is not kept by every database
    return pd.DataFrame(made, index=pd.RangeIndex(count))


def content(entries: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the columns of entries as plain values, as they are stored and hashed.

    Parameters
    ----------
    entries : DataFrame
        With the dtypes of `as_entries`.

    Returns
    -------
    dict of str to list
        Dates as ISO text, whole numbers as ``int``, empty numbers as None.

    Examples
    --------
    >>> plain = content(as_entries({"kind": "savings", "occurred_on": "2024-05-01", "strength": 3}))
    >>> plain["occurred_on"], plain["strength"], plain["amount"]
    (['2024-05-01'], [3], [None])
    """
    plain: dict[str, list[Any]] = {}
    for name, values in entries.items():
        column = TABLE[str(name)]
        if column.kind == "date":
            plain[str(name)] = np.datetime_as_string(values.to_numpy("datetime64[D]")).tolist()
        elif column.kind == "number":
            plain[str(name)] = [None if np.isnan(number) else number for number in values.tolist()]
        elif column.kind == "whole":
            plain[str(name)] = [None if np.isnan(number) else int(number) for number in values.tolist()]
        else:
            plain[str(name)] = values.tolist()
    return plain


def entry_ids(entries: pd.DataFrame, *, key: bytes) -> list[str]:
    """Name entries after what they say, so that the same entry always has the same name.

    A file that is imported twice, or a command that is given again because nobody knows whether the first
    was heard, therefore logs nothing twice.

    Parameters
    ----------
    entries : DataFrame
        See `as_entries`.
    key : bytes
        The log's secret: without it nobody can find out what an entry says by trying what its id would be.

    Returns
    -------
    list of str
        The first digits of the HMAC-SHA-256 of each entry.

    Examples
    --------
    >>> twice = as_entries([{"kind": "savings"}, {"kind": "savings", "note": "again"}])
    >>> first, second = entry_ids(twice, key=b"secret")
    >>> len(first), first == second, first == entry_ids(twice, key=b"another")[0]
    (16, False, False)
    """
    plain = content(entries[list(WRITTEN)])
    encode = json.JSONEncoder(separators=(",", ":")).encode
    rows = zip(*plain.values(), strict=True)
    return [hmac.digest(key, encode(row).encode(), "sha256").hex()[:ID_DIGITS] for row in rows]


def known_before(versions: pd.DataFrame, as_of: pd.Timestamp | str | None) -> pd.DataFrame:
    """Return the versions that were known at an as-of date: recorded on an earlier day.

    Parameters
    ----------
    versions : DataFrame
        With ``known_on``.
    as_of : date, optional
        Midnight at its start; all versions where None.
    """
    return versions if as_of is None else versions[versions["known_on"] < pd.Timestamp(as_of)]


def in_force(versions: pd.DataFrame) -> pd.DataFrame:
    """Return the last version of each entry, unless it withdraws the entry.

    Parameters
    ----------
    versions : DataFrame
        All versions known at one date, in the columns of ``concerns``.

    Returns
    -------
    DataFrame
        Sorted by area, then the day it occurred, then the id; index 0, 1, 2, ...

    Examples
    --------
    >>> versions = pd.DataFrame({
    ...     "entry_id": ["a", "a", "b"], "version": [1, 2, 1], "retracted": [False, True, False],
    ...     "area_code": "E1", "occurred_on": pd.Timestamp("2024-05-01")})
    >>> in_force(versions)["entry_id"].tolist()
    ['b']
    """
    entry = pd.factorize(versions["entry_id"], sort=True)[0]  # sorting whole numbers is quicker than text
    order = np.lexsort((versions["version"], entry))
    last = order[np.append(entry[order][1:] != entry[order][:-1], [True] * (len(order) > 0)).astype(bool)]
    standing = last[~versions["retracted"].to_numpy(dtype=bool)[last]]
    area = pd.factorize(versions["area_code"], sort=True)[0][standing]
    rows = np.lexsort((entry[standing], versions["occurred_on"].to_numpy()[standing], area))
    sorted_rows: pd.DataFrame = versions.iloc[standing[rows]].reset_index(drop=True)
    return sorted_rows
