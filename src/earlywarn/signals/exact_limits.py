"""Where counts lie when chance alone decides: exact binomial and Poisson limits and probabilities."""

import numpy as np
from scipy.special import betainc, gammainc, gammaincc, ndtri

__all__ = ["interpolated_limit", "two_sided"]


def _at_most(count: np.ndarray, n: np.ndarray, share: np.ndarray, *, binomial: bool) -> np.ndarray:
    """Return the probability of this count or fewer; real counts and denominators are allowed."""
    if binomial:
        inside = np.clip(count, 0, np.nextafter(n, 0))
        known = betainc(n - inside, inside + 1, 1 - share)
        known = np.where(count >= n, 1.0, known)
    else:
        known = gammaincc(np.maximum(count, 0) + 1, n * share)
    return np.where(count < 0, 0.0, known)


def _at_least(count: np.ndarray, n: np.ndarray, share: np.ndarray, *, binomial: bool) -> np.ndarray:
    """Return the probability of this count or more."""
    if binomial:
        inside = np.clip(count, np.nextafter(0, 1), np.nextafter(n + 1, 0))
        known = np.where(count >= n + 1, 0.0, betainc(inside, n - inside + 1, share))
    else:
        known = gammainc(np.maximum(count, np.nextafter(0, 1)), n * share)
    return np.where(count > 0, known, 1.0)


def two_sided(count: np.ndarray, n: np.ndarray, share: np.ndarray, *, binomial: bool) -> np.ndarray:
    """Return twice the smaller tail probability of each count, at most 1.

    Parameters
    ----------
    count, n, share : ndarray of one shape
        Counts, what they are out of (or exposed to), and the share (or rate) that is expected. No NaN, n > 0.
    binomial : bool
        Whether counts are some of n; else they are Poisson with mean n x share.
    """
    low = _at_most(count, n, share, binomial=binomial)
    high = _at_least(count, n, share, binomial=binomial)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(low, high)))


def interpolated_limit(
    tail: float, n: np.ndarray, share: np.ndarray, *, upper: bool, binomial: bool
) -> np.ndarray:
    """Return a limit of a count, as a share of n, smoothed between whole counts.

    Spiegelhalter (2005), appendix A.1.1: with r the smallest count such that P(R <= r) >= p, the limit is
    (r - a) / n, where a = (P(R <= r) - p) / (P(R <= r) - P(R <= r - 1)). That is where a straight line from
    P(R <= r - 1) to P(R <= r) passes p.

    Parameters
    ----------
    tail : float
        The probability left beyond the limit: p is ``tail``, or 1 - ``tail`` for the upper limit.
    n, share : ndarray of one shape
        As in `two_sided`.
    upper : bool
        Which limit.
    binomial : bool
        As in `two_sided`.

    Returns
    -------
    ndarray
        At least 0, and at most 1 if binomial.
    """

    def over(count: np.ndarray, n: np.ndarray, share: np.ndarray) -> np.ndarray:
        """Return P(R <= count) - p, in the tail that loses no digits."""
        if upper:
            return np.asarray(tail - _at_least(count + 1, n, share, binomial=binomial))
        return np.asarray(_at_most(count, n, share, binomial=binomial) - tail)

    mean = n * share
    step = -ndtri(tail) if upper else ndtri(tail)
    skew = 1 - 2 * share if binomial else 1.0
    guess = mean + step * np.sqrt(mean * (1 - share) if binomial else mean) + skew * (step**2 - 1) / 6
    count = np.ceil(np.maximum(guess - 0.5, 0))  # by the expansion of Cornish and Fisher (1938)
    if binomial:
        count = np.minimum(count, np.ceil(n))
    here, before = over(count, n, share), over(count - 1, n, share)
    wrong = np.flatnonzero((here < 0) | (before >= 0))
    while wrong.size:  # the guess is one out in places, seldom more
        up = here[wrong] < 0
        count[wrong] += np.where(up, 1, -1)
        fresh = over(count[wrong] - ~up, n[wrong], share[wrong])
        here[wrong], before[wrong] = (
            np.where(up, fresh, before[wrong]),
            np.where(up, here[wrong], fresh),
        )
        wrong = wrong[(here[wrong] < 0) | (before[wrong] >= 0)]
    limit = (count - here / (here - before)) / n
    return np.asarray(np.clip(limit, 0, 1 if binomial else None))
