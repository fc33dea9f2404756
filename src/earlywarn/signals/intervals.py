"""How far chance alone may have carried a proportion or a rate: confidence intervals that broadcast."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, chdtri

from earlywarn.errors import ConfigError
from earlywarn.signals.counts import confident, counts_of, critical, scaled_by

__all__ = ["Interval", "byar", "byar_bounds", "exact_binomial", "exact_poisson", "wilson"]

EXACT_BELOW = 10  # events; with fewer, Byar's approximation strays from the exact limits


class Interval(NamedTuple):
    """A figure with its lower and upper confidence limits, arrays of one shape and unit."""

    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


def _share(events: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Return events over n, NaN where n is 0 or either is missing."""
    return np.asarray(np.divide(events, n, out=np.full(n.shape, np.nan), where=n > 0))


def _scaled(value: np.ndarray, lower: np.ndarray, upper: np.ndarray, multiplier: float) -> Interval:
    """Return an interval times a multiplier, NaN throughout wherever there is no value."""
    times, gap = scaled_by(multiplier), np.isnan(value)
    bounds = (np.where(gap, np.nan, bound) * times for bound in (lower, upper))
    return Interval(np.asarray(value * times), *bounds)


def wilson(
    events: ArrayLike,
    n: ArrayLike,
    *,
    confidence: float = 0.95,
    correction: bool = False,
    multiplier: float = 1.0,
) -> Interval:
    """Return proportions with Wilson's score interval.

    Parameters
    ----------
    events, n : array_like
        Cases, and out of how many; they broadcast. NaN where missing.
    confidence : float
        The share of such intervals that hold the true proportion.
    correction : bool
        Whether to correct for continuity [2]_, which widens the interval. Published figures do not.
    multiplier : float
        1 for shares, 100 for per cent.

    Returns
    -------
    Interval
        NaN where n is 0 or either is missing.

    Raises
    ------
    ConfigError
        If counts are negative, events pass n, shapes do not fit, or the confidence is not between 0 and 1.

    References
    ----------
    .. [1] Wilson (1927), Journal of the American Statistical Association 22, 209-212.
    .. [2] Newcombe (1998), Statistics in Medicine 17, 857-872, methods 3 and 4.

    Examples
    --------
    >>> interval = wilson([65, 0], [100, 20], multiplier=100)
    >>> interval.lower.round(2), interval.upper.round(2)
    (array([55.25,  0.  ]), array([73.64, 16.11]))
    >>> wilson(8, 5)
    Traceback (most recent call last):
    ...
    earlywarn.errors.ConfigError: events: expected at most n, found 1 above it, '8 of 5'; ...
    """
    z = critical(confidence)
    cases, base = counts_of(events, n, within=True)
    share = _share(cases, base)
    size = np.where(base > 0, base, np.nan)
    rest = 1 - share
    low_term = high_term = z**2 + 4 * size * share * rest
    shift = 0.0
    if correction:
        shift = 1.0
        low_term = z**2 - 2 - 1 / size + 4 * share * (size * rest + 1)
        high_term = z**2 + 2 - 1 / size + 4 * share * (size * rest - 1)
    middle, width = 2 * size * share + z**2, 2 * (size + z**2)
    lower = (middle - shift - z * np.sqrt(np.maximum(low_term, 0))) / width
    upper = (middle + shift + z * np.sqrt(np.maximum(high_term, 0))) / width
    lower = np.where(share == 0, 0.0, np.clip(lower, 0, 1))
    upper = np.where(share == 1, 1.0, np.clip(upper, 0, 1))
    return _scaled(share, lower, upper, multiplier)


def exact_binomial(
    events: ArrayLike, n: ArrayLike, *, confidence: float = 0.95, multiplier: float = 1.0
) -> Interval:
    """Return proportions with the exact interval of Clopper and Pearson, which covers at least what it says.

    Parameters
    ----------
    events, n, confidence, multiplier
        As for `wilson`.

    Returns
    -------
    Interval
        NaN where n is 0 or either is missing.

    Raises
    ------
    ConfigError
        As for `wilson`.

    References
    ----------
    .. [1] Clopper and Pearson (1934), Biometrika 26, 404-413.

    Examples
    --------
    >>> interval = exact_binomial(2, 20)
    >>> round(float(interval.lower), 4), round(float(interval.upper), 4)
    (0.0123, 0.317)
    """
    tail = (1 - confident(confidence)) / 2
    cases, base = counts_of(events, n, within=True)
    rest = base - cases
    some, others = np.where(cases > 0, cases, np.nan), np.where(rest > 0, rest, np.nan)
    lower = np.where(cases > 0, betaincinv(some, rest + 1, tail), 0.0)
    upper = np.where(rest > 0, betaincinv(cases + 1, others, 1 - tail), 1.0)
    return _scaled(_share(cases, base), lower, upper, multiplier)


def _exact_bounds(events: np.ndarray, tail: float) -> tuple[np.ndarray, np.ndarray]:
    """Return exact Poisson limits of a count, from the chi-squared distribution."""
    some = np.where(events > 0, events, np.nan)
    lower = np.where(events > 0, chdtri(2 * some, 1 - tail) / 2, 0.0)
    return np.where(np.isnan(events), np.nan, lower), np.asarray(chdtri(2 * events + 2, tail) / 2)


def byar_bounds(
    events: np.ndarray, *, confidence: float, exact_below: float = EXACT_BELOW
) -> tuple[np.ndarray, np.ndarray]:
    """Return limits of a count by Byar's method, exact where events are fewer than ``exact_below``."""
    z = critical(confidence)
    some = np.where(events > 0, events, np.nan)
    lower = np.maximum(some * (1 - 1 / (9 * some) - z / (3 * np.sqrt(some))) ** 3, 0)
    lower = np.where(events == 0, 0.0, lower)
    more = events + 1
    upper = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
    exact_lower, exact_upper = _exact_bounds(events, (1 - confidence) / 2)
    few = events < exact_below
    return np.where(few, exact_lower, lower), np.where(few, exact_upper, upper)


def byar(
    events: ArrayLike,
    exposure: ArrayLike = 1.0,
    *,
    confidence: float = 0.95,
    multiplier: float = 1.0,
    exact_below: float = EXACT_BELOW,
) -> Interval:
    """Return rates with Byar's interval, and the exact one below ten events.

    Parameters
    ----------
    events : array_like
        Counts. NaN where missing.
    exposure : array_like
        Population, or population times years; it broadcasts against ``events``. Left out, the limits are
        those of the count itself.
    confidence : float
        The share of such intervals that hold the true rate.
    multiplier : float
        1, or 10,000 for a rate per 10,000, and so on.
    exact_below : float
        Below so many events the limits are exact (chi-squared), as England's public health figures are [2]_.
        0 for Byar's throughout, infinity for exact limits throughout.

    Returns
    -------
    Interval
        NaN where the exposure is 0 or either is missing.

    Raises
    ------
    ConfigError
        If counts or exposures are negative, shapes do not fit, or the confidence is not between 0 and 1.

    References
    ----------
    .. [1] Breslow and Day (1987), Statistical Methods in Cancer Research, volume II, IARC, page 69.
    .. [2] Public Health England (2018), Technical Guide: Confidence Intervals, appendices 1 and 2.

    Examples
    --------
    >>> interval = byar([9, 100], [1_000, 5_000], multiplier=1_000)
    >>> interval.value, interval.lower.round(2), interval.upper.round(2)
    (array([ 9., 20.]), array([ 4.12, 16.27]), array([17.08, 24.33]))
    """
    if not isinstance(exact_below, (int, float, np.number)) or np.isnan(exact_below):
        message = f"exact_below: expected a number of events, found {exact_below!r}; use 10, 0 or infinity"
        raise ConfigError(message)
    confident(confidence)
    cases, base = counts_of(events, exposure, within=False, names=("events", "exposure"))
    lower, upper = byar_bounds(cases, confidence=confidence, exact_below=exact_below)
    per = _share(np.ones(base.shape), base)
    return _scaled(cases * per, lower * per, upper * per, multiplier)


def exact_poisson(
    events: ArrayLike, exposure: ArrayLike = 1.0, *, confidence: float = 0.95, multiplier: float = 1.0
) -> Interval:
    """Return rates with the exact Poisson interval of Garwood, which covers at least what it says.

    Parameters
    ----------
    events, exposure, confidence, multiplier
        As for `byar`.

    Returns
    -------
    Interval
        NaN where the exposure is 0 or either is missing.

    Raises
    ------
    ConfigError
        As for `byar`.

    References
    ----------
    .. [1] Garwood (1936), Biometrika 28, 437-442.

    Examples
    --------
    >>> interval = exact_poisson([0, 10])
    >>> interval.lower.round(3), interval.upper.round(3)
    (array([0.   , 4.795]), array([ 3.689, 18.39 ]))
    """
    return byar(events, exposure, confidence=confidence, multiplier=multiplier, exact_below=float("inf"))
