"""Counts of few people: a reader could work out who they are, so the numbers are not shown."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.intelligence.kinds import Kind

__all__ = ["blanked", "small"]


def small(entries: pd.DataFrame, *, kinds: Mapping[str, Kind], below: int) -> npt.NDArray[np.bool_]:
    """Say of each entry whether its amount or its exposure counts too few people to be shown.

    Only kinds with an exposure, or whose ``people`` is true, count people; a percentage or a caseload is no
    count. Nought is not small: it is about nobody.

    Parameters
    ----------
    entries : DataFrame
        ``kind, amount, exposure``.
    kinds : mapping of str to Kind
        What there is to log; other kinds count nobody.
    below : int
        The least count that is shown.

    Returns
    -------
    array of bool, shape (rows,)

    Examples
    --------
    >>> from earlywarn.intelligence.kinds import read_kinds
    >>> entries = pd.DataFrame({"kind": ["complaints", "complaints", "complaints", "vacancies"],
    ...                         "amount": [3.0, 9.0, 0.0, 3.0], "exposure": [90.0, 90.0, 4.0, np.nan]})
    >>> small(entries, kinds=read_kinds(), below=5).tolist()
    [True, False, True, False]
    """
    counting = [name for name, kind in kinds.items() if kind.people or kind.exposure]
    numbers = entries[["amount", "exposure"]].to_numpy(dtype=np.float64)
    few = ((numbers > 0) & (numbers < below)).any(axis=1)
    return np.asarray(entries["kind"].isin(counting).to_numpy(dtype=np.bool_) & few)


def blanked(entries: pd.DataFrame, rows: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Return entries without the numbers of some rows: both, as one would give a bound on the other.

    Parameters
    ----------
    entries : DataFrame
        ``amount, exposure``.
    rows : array of bool, shape (rows,)
        See `small`.

    Examples
    --------
    >>> blanked(pd.DataFrame({"amount": [3.0, 9.0], "exposure": [90.0, 90.0]}), np.array([True, False]))
       amount  exposure
    0     NaN       NaN
    1     9.0      90.0
    """
    return entries.assign(**{name: entries[name].mask(rows) for name in ("amount", "exposure")})
