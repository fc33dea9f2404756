"""The first rule of time: a record is usable if and only if ``known_on < as_of``.

It lives here and nowhere else. One example runs through this file: a caseload figure for the year to
30 September 2022 is published on 28 February 2023 and revised on 15 May 2023. On 28 February it is not
yet known (the as-of date is the midnight at the *start* of that day), from 1 March the first figure
holds, and from 16 May the revised one does.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["is_known", "known", "never", "superseded_on"]

never = np.datetime64("2262-01-01", "ns")  # later than any date in any table


def is_known(known_on: npt.NDArray[np.datetime64], as_of: pd.Timestamp) -> npt.NDArray[np.bool_]:
    """Say of each record whether it was known at the as-of date.

    Examples
    --------
    >>> dates = np.array(["2023-02-28", "2023-05-15"], dtype="datetime64[ns]")
    >>> is_known(dates, pd.Timestamp("2023-02-28"))
    array([False, False])
    >>> is_known(dates, pd.Timestamp("2023-03-01"))
    array([ True, False])
    """
    return np.asarray(known_on < as_of.to_datetime64())


def known(table: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return the rows of a tidy table that were known at the as-of date, in their old order.

    Parameters
    ----------
    table : DataFrame
        With a ``known_on`` column of dates.
    as_of : Timestamp
        The midnight at which we stand.
    """
    return table[is_known(table["known_on"].to_numpy(), as_of)]


def superseded_on(table: pd.DataFrame, key: Sequence[str]) -> npt.NDArray[np.datetime64]:
    """Return the day each record was replaced: the ``known_on`` of the next revision of its key.

    Parameters
    ----------
    table : DataFrame
        With a ``known_on`` column, sorted by ``key`` and then by ``known_on``.
    key : column names
        What makes two rows versions of the same fact.

    Returns
    -------
    array of dates, shape (rows,)
        ``never`` where no revision follows. A row is the one in force at an as-of date when it was
        known and its replacement was not.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "area_code": ["A", "A"],
    ...     "known_on": pd.to_datetime(["2023-02-28", "2023-05-15"]),
    ... })
    >>> superseded_on(table, ["area_code"]).astype("datetime64[D]").astype(str).tolist()
    ['2023-05-15', '2262-01-01']
    """
    replaced = np.full(len(table), never, dtype="datetime64[ns]")
    if len(table) > 1:
        same = np.ones(len(table) - 1, dtype=bool)
        for column in key:
            codes = table[column].to_numpy()
            same &= codes[1:] == codes[:-1]
        later = table["known_on"].to_numpy()[1:].astype("datetime64[ns]")
        replaced[:-1] = np.where(same, later, never)
    return replaced
