"""Which of many comparisons to believe, when some are bound to stand out by chance."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from earlywarn.errors import ConfigError, name_a_few
from earlywarn.signals.counts import choice, confident, numbers

__all__ = ["Discoveries", "false_discovery"]


class Discoveries(NamedTuple):
    """The least rate at which each comparison stands out, and whether it does at the rate asked."""

    q: np.ndarray
    rejected: np.ndarray


def false_discovery(p: ArrayLike, rate: float = 0.05, *, method: Literal["bh", "by"] = "bh") -> Discoveries:
    """Control the false discovery rate across a whole array at once.

    Parameters
    ----------
    p : array_like of any shape
        Probabilities, NaN where there was no comparison: those count for nothing.
    rate : float
        The share of those called out that may be so by chance alone, on average.
    method : {"bh", "by"}
        Benjamini and Hochberg (1995), for comparisons that are independent or lean the same way, as
        indicators of one area mostly do; or Benjamini and Yekutieli (2001), for any dependence: stricter.

    Returns
    -------
    Discoveries
        ``q`` in the shape of ``p``, NaN where ``p`` is, and ``rejected``, ``q`` at most ``rate``.

    Raises
    ------
    ConfigError
        If a probability is outside 0 to 1, or the rate or the method is not one of those allowed.

    References
    ----------
    .. [1] Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.
    .. [2] Benjamini and Yekutieli (2001), Annals of Statistics 29, 1165-1188.

    Examples
    --------
    >>> found = false_discovery([[0.001, 0.04], [float("nan"), 0.03]])
    >>> found.q
    array([[0.003, 0.04 ],
           [  nan, 0.04 ]])
    >>> found.rejected.sum()
    np.int64(3)
    """
    choice("method", method, ("bh", "by"))
    confident(rate, "rate")
    chance = numbers(p, "p")
    bad = chance[(chance < 0) | (chance > 1)]
    if bad.size:
        few = name_a_few(f"{value:g}" for value in bad)
        message = f"p: expected probabilities from 0 to 1, found {bad.size:,} others, {few}"
        raise ConfigError(message)
    q = np.full(chance.shape, np.nan)
    there = ~np.isnan(chance)
    known = chance[there]
    order = np.argsort(known, kind="stable")
    place = np.arange(1, known.size + 1)
    penalty = np.sum(1 / place) if method == "by" else 1.0
    raised = known[order] * known.size * penalty / place
    least = np.minimum.accumulate(raised[::-1])[::-1]
    found = np.empty(known.size)
    found[order] = np.minimum(least, 1.0)
    q[there] = found
    return Discoveries(q, q <= rate)
