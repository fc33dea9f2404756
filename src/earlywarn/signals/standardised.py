"""Rates that allow for who lives where: direct and indirect standardisation, with confidence limits."""

import numpy as np
from numpy.typing import ArrayLike

from earlywarn.errors import ConfigError
from earlywarn.signals.counts import along, confident, counts_of, numbers, scaled_by
from earlywarn.signals.intervals import EXACT_BELOW, Interval, byar, byar_bounds

__all__ = ["directly_standardised", "expected_events", "indirectly_standardised"]

FEWEST = 10  # events; a directly standardised rate of fewer is not reliable


def _strata_last(
    values: np.ndarray, weights: ArrayLike, axis: int, name: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the values with strata along the last axis, and weights that broadcast against them."""
    moved, found = along(values, axis, "strata", to=-1), numbers(weights, name)
    if found.ndim > 1 and found.ndim == moved.ndim:
        found = np.moveaxis(found, axis, -1)
    if found.shape != moved.shape and found.shape != moved.shape[-1:]:
        message = (
            f"{name}: expected one number for each of {moved.shape[-1]} strata, or the shape of the rest "
            f"({values.shape}), found shape {np.shape(weights)}"
        )
        raise ConfigError(message)
    if np.any(found < 0) or np.any(np.isinf(found)):
        message = f"{name}: expected finite numbers of nought or more, found {weights!r:.80}"
        raise ConfigError(message)
    return moved, found


def directly_standardised(
    events: ArrayLike,
    population: ArrayLike,
    standard: ArrayLike,
    *,
    axis: int = -1,
    confidence: float = 0.95,
    multiplier: float = 1.0,
    fewest: float = FEWEST,
) -> Interval:
    r"""Return the rate that each area would have with the standard population's make-up.

    The rate is the sum of w r over the sum of w, where r is a stratum's rate and w the standard population
    in it. Limits are Dobson's: with O events in all and V the variance of the rate,
    rate + sqrt(V / O) (L - O), where L is a limit of O by Byar's method (exact below ten).

    Parameters
    ----------
    events, population : array_like of shape (..., stratum)
        Counts and people by age band or other stratum. NaN where missing.
    standard : array_like of shape (stratum,), or of the shape of ``events``
        The standard population of each stratum, in any unit: only its proportions count.
    axis : int
        The axis of strata.
    confidence : float
        The share of such intervals that hold the true rate.
    multiplier : float
        1, or 100,000 for a rate per 100,000, and so on.
    fewest : float
        There is no rate with fewer events than this in all, as in England's public health figures [2]_. With
        0, an area without events has the rate 0 and no limits.

    Returns
    -------
    Interval of shape (...)
        NaN where there are too few events, where any stratum is missing (a gap is not nought), or where a
        stratum that weighs has no people.

    Raises
    ------
    ConfigError
        If counts, people or weights are negative, or shapes do not fit.

    References
    ----------
    .. [1] Dobson, Kuulasmaa, Eberle and Scherer (1991), Statistics in Medicine 10, 457-462.
    .. [2] Public Health England (2018), Technical Guide: Confidence Intervals, appendix 4.

    Examples
    --------
    >>> rate = directly_standardised([4, 18], [2_000, 3_000], [60, 40], multiplier=1_000)
    >>> round(float(rate.value), 2), round(float(rate.lower), 2), round(float(rate.upper), 2)
    (3.6, 2.16, 5.59)
    """
    confident(confidence)
    times = scaled_by(multiplier)
    cases, people = counts_of(events, population, within=False, names=("events", "population"))
    if not cases.ndim:
        message = "events: expected an array with an axis of strata, found a single number"
        raise ConfigError(message)
    cases, weights = _strata_last(cases, standard, axis, "standard")
    people = np.moveaxis(people, axis, -1)
    matters = np.broadcast_to(weights > 0, cases.shape)
    each = np.divide(weights, people, out=np.full(cases.shape, np.nan), where=people > 0)
    each = np.where(matters, each, 0.0)
    whole = np.asarray(np.broadcast_to(weights, cases.shape).sum(axis=-1))
    whole = np.where(whole > 0, whole, np.nan)
    total = np.asarray(cases.sum(axis=-1))
    rate = (each * cases).sum(axis=-1) / whole
    per = np.sqrt(
        np.divide((each**2 * cases).sum(axis=-1), total, out=np.full(total.shape, np.nan), where=total > 0)
    )
    lower, upper = byar_bounds(total, confidence=confidence, exact_below=EXACT_BELOW)
    enough = total >= fewest
    return Interval(
        np.where(enough, rate * times, np.nan),
        np.where(enough, (rate + per / whole * (lower - total)) * times, np.nan),
        np.where(enough, (rate + per / whole * (upper - total)) * times, np.nan),
    )


def expected_events(population: ArrayLike, rates: ArrayLike, *, axis: int = -1) -> np.ndarray:
    """Return the events that each area would have at the reference rates of each stratum.

    Parameters
    ----------
    population : array_like of shape (..., stratum)
        People by age band or other stratum. NaN where missing.
    rates : array_like of shape (stratum,), or of the shape of ``population``
        Events per person in the reference population.
    axis : int
        The axis of strata.

    Returns
    -------
    ndarray of shape (...)
        Expected counts; NaN where any stratum is missing.

    Raises
    ------
    ConfigError
        If people or rates are negative, or shapes do not fit.

    Examples
    --------
    >>> expected_events([[1_000, 500], [200, 800]], [0.002, 0.01])
    array([7. , 8.4])
    """
    people, _ = counts_of(population, 1.0, within=False, names=("population", "n"))
    if not people.ndim:
        message = "population: expected an array with an axis of strata, found a single number"
        raise ConfigError(message)
    people, each = _strata_last(people, rates, axis, "rates")
    return np.asarray((people * each).sum(axis=-1))


def indirectly_standardised(
    observed: ArrayLike,
    expected: ArrayLike,
    *,
    reference_rate: ArrayLike = 1.0,
    confidence: float = 0.95,
    multiplier: float = 1.0,
) -> Interval:
    """Return observed over expected events, a ratio or a rate, with Byar's limits (exact below ten events).

    Parameters
    ----------
    observed, expected : array_like
        Counts, and what `expected_events` makes of the reference population's rates; they broadcast.
    reference_rate : array_like
        1 for a standardised ratio. The crude rate of the reference population (all its events over all its
        people) for an indirectly standardised rate.
    confidence : float
        The share of such intervals that hold the true ratio.
    multiplier : float
        100 for a ratio where 100 is as expected, 100,000 for a rate per 100,000, and so on.

    Returns
    -------
    Interval
        NaN where nothing is expected or either is missing.

    Raises
    ------
    ConfigError
        If counts are negative, shapes do not fit, or the confidence is not between 0 and 1.

    References
    ----------
    .. [1] Breslow and Day (1987), Statistical Methods in Cancer Research, volume II, IARC, page 69.

    Examples
    --------
    >>> ratio = indirectly_standardised([9, 100], [7.0, 125.0], multiplier=100)
    >>> ratio.value.round(1), ratio.lower.round(1), ratio.upper.round(1)
    (array([128.6,  80. ]), array([58.8, 65.1]), array([244.1,  97.3]))
    """
    counts, due = counts_of(observed, expected, within=False, names=("observed", "expected"))
    _, crude = counts_of(counts, reference_rate, within=False, names=("observed", "reference_rate"))
    ratio = byar(counts, due, confidence=confidence, multiplier=multiplier)
    return Interval(*(np.asarray(found * crude) for found in ratio))
