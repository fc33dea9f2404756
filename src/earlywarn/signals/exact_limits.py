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
    positive = np.where(count > 0, count, 1.0)
    known = betainc(positive, n - positive + 1, share) if binomial else gammainc(positive, n * share)
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


def interpolated_limit(p: float, n: np.ndarray, share: np.ndarray, *, binomial: bool) -> np.ndarray:
    r"""Return the ``p`` quantile of a count, as a share of n, smoothed between whole counts.

    Spiegelhalter (2005), appendix A.1.1: with r the smallest count such that P(R <= r) >= p, the limit is
    (r - a) / n, where a = (P(R <= r) - p) / (P(R <= r) - P(R <= r - 1)). That is where a straight line from
    P(R <= r - 1) to P(R <= r) passes p.

    Parameters
    ----------
    p : float
        Between 0 and 1.
    n, share : ndarray of one shape
        As in `two_sided`.
    binomial : bool
        Likewise.

    Returns
    -------
    ndarray
        At least 0, and at most 1 if binomial.
    """
    mean = n * share
    variance = mean * (1 - share) if binomial else mean
    deviation = np.sqrt(variance)
    skewed = (1 - 2 * share if binomial else 1.0) * (ndtri(p) ** 2 - 1) / 6  # Cornish and Fisher (1938)
    count = np.ceil(np.maximum(mean + ndtri(p) * deviation + skewed - 0.5, 0))
    if binomial:
        count = np.minimum(count, np.ceil(n))
    upto = _at_most(count, n, share, binomial=binomial)
    before = _at_most(count - 1, n, share, binomial=binomial)
    wrong = np.flatnonzero((upto < p) | (before >= p))
    while wrong.size:  # the first guess is one out in places, seldom two
        up = upto[wrong] < p
        count[wrong] += np.where(up, 1, -1)
        shifted = np.where(up, count[wrong], count[wrong] - 1)
        fresh = _at_most(shifted, n[wrong], share[wrong], binomial=binomial)
        before[wrong], upto[wrong] = (
            np.where(up, upto[wrong], fresh),
            np.where(up, fresh, before[wrong]),
        )
        wrong = wrong[(upto[wrong] < p) | (before[wrong] >= p)]
    limit = (count - (upto - p) / (upto - before)) / n
    return np.asarray(np.clip(limit, 0, 1 if binomial else None))
