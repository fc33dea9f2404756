"""Put risks in order: one rule for ties, an interval for every rank, and bands instead of places.

The same order serves precision at k, the shortlist and the rank intervals, so that an area that
asks why it was the thirteenth gets one answer: the higher risk comes first, and equal risks go by area code.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

__all__ = ["HIGHER", "LOWER", "MIDDLE", "TIE_DECIMALS", "bands", "rank", "rank_intervals"]

TIE_DECIMALS = 12  # risks that agree so far are tied; further digits vary from machine to machine

HIGHER = "higher than most"
MIDDLE = "about the same as most"
LOWER = "lower than most"


def rank(risk: npt.ArrayLike, keys: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Rank areas from the highest risk, 1, to the lowest.

    Parameters
    ----------
    risk : array of shape (n,)
        Any numbers where higher comes first; risks that agree to 12 decimals are tied.
    keys : array of shape (n,)
        What breaks ties, ascending: the area code.

    Returns
    -------
    array of shape (n,)
        Whole numbers from 1, each given once. NaN where the risk is NaN.

    Examples
    --------
    >>> rank([0.2, 0.7, 0.2, np.nan], ["Kent", "Leeds", "Bury", "York"])
    array([ 3.,  1.,  2., nan])
    """
    rounded = np.round(np.asarray(risk, dtype=float), TIE_DECIMALS)
    codes = pd.factorize(np.asarray(keys), sort=True)[0]
    order = np.lexsort((codes, -rounded))  # NaN sorts last
    ranks = np.empty(len(rounded))
    ranks[order] = np.arange(1, len(rounded) + 1)
    return np.where(np.isnan(rounded), np.nan, ranks)


def rank_intervals(
    risk_draws: npt.NDArray[np.float64], *, level: float = 0.95
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the interval of each area's rank over draws of all the risks [1]_.

    Every draw ranks all areas anew. Areas tied in a draw share the best of their places for the
    lower end and the worst for the upper end, so that the code decides nothing here.

    Parameters
    ----------
    risk_draws : array of shape (draws, n)
        Risks of n areas in each draw, in [0, 1].
    level : float
        Share of the draws that the interval holds, in (0, 1).

    Returns
    -------
    low, high : arrays of shape (n,)
        Whole numbers, 1 the highest risk, rounded outwards; ``low <= high``. NaN for an area whose
        risk is NaN in any draw: it is left out and the others are ranked without it.

    References
    ----------
    .. [1] Goldstein & Spiegelhalter (1996), League tables and their limitations, JRSS A 159(3), 385-443.

    Examples
    --------
    The first area leads in both draws; the other two change places:

    >>> low, high = rank_intervals(np.array([[0.9, 0.5, 0.4], [0.9, 0.3, 0.4]]))
    >>> low, high
    (array([1., 2., 2.]), array([1., 3., 3.]))
    """
    draws = np.asarray(risk_draws, dtype=float)
    ranked = np.isfinite(draws).all(axis=0) & (len(draws) > 0)
    low, high = np.full((2, draws.shape[1]), np.nan)
    if ranked.any():
        descending = -np.round(draws[:, ranked], TIE_DECIMALS)
        tail = (1 - level) / 2
        best = rankdata(descending, method="min", axis=1)
        worst = rankdata(descending, method="max", axis=1)
        low[ranked] = np.quantile(best, tail, axis=0, method="lower")
        high[ranked] = np.quantile(worst, 1 - tail, axis=0, method="higher")
    return low, high


def bands(rank_low: npt.ArrayLike, rank_high: npt.ArrayLike) -> npt.NDArray[np.object_]:
    """Name where each area's whole rank interval lies in the list.

    No interval of the higher band overlaps one of the lower band, and areas that cannot be told
    apart from the middle share the middle band. With an odd number of areas the middle place
    belongs to neither half.

    Parameters
    ----------
    rank_low, rank_high : arrays of shape (n,)
        As `rank_intervals` returns them, for the whole list.

    Returns
    -------
    array of str, shape (n,)
        ``"higher than most"`` where the interval lies in the upper half of the list, ``"lower than
        most"`` where it lies in the lower half, else ``"about the same as most"``; None where NaN.

    Examples
    --------
    >>> bands([1, 2, 3, np.nan], [1, 3, 3, np.nan]).tolist()
    ['higher than most', 'about the same as most', 'lower than most', None]
    """
    low, high = np.asarray(rank_low, dtype=float), np.asarray(rank_high, dtype=float)
    ranked = np.isfinite(low) & np.isfinite(high)
    count = int(ranked.sum())
    half = count // 2
    named = np.full(len(low), MIDDLE, dtype=object)
    named[high <= half] = HIGHER
    named[low > count - half] = LOWER
    named[~ranked] = None
    return named
