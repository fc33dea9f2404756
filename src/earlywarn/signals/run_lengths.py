"""How long a CUSUM or EWMA chart runs, on average, before its first signal."""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from earlywarn.errors import ConfigError

__all__ = ["cusum_decision", "cusum_run_length", "ewma_run_length", "ewma_width"]

NODES = 24  # Gauss-Legendre nodes at least; more where the kernel is narrow for its interval
PER_SD = 4  # nodes per standard deviation of the kernel
SETTLED = 1e-7  # relative width of the limits' remaining growth at which they count as constant
LONGEST = 1e7  # run length up to which a threshold is sought
NARROWEST, WIDEST = 0.01, 60.0  # standard deviations between which a threshold is sought
FURTHEST = 100.0  # standard deviations: beyond, a CUSUM never signals, and its integral is too large to solve
FURTHEST_AVERAGE = 10.0  # likewise of an average
LIGHTEST = 0.01  # weight: a lighter average takes hundreds of figures to move, and as many nodes


@lru_cache(maxsize=512)
def cusum_run_length(reference: float, decision: float, *, shift: float = 0.0) -> float:
    """Return the average run length of a two-sided tabular CUSUM chart of independent normal figures.

    Solves the chart's integral equation by Gauss-Legendre quadrature [1]_ and joins the two sides [2]_.

    Parameters
    ----------
    reference : float
        The slack k, in standard deviations, at least 0.
    decision : float
        The threshold h, in standard deviations, above 0.
    shift : float
        How far the mean is from the centre, in standard deviations. 0: the chart is in
        control, and each signal a false one.

    Returns
    -------
    float
        Figures from the start to the first signal, on average.

    Raises
    ------
    ConfigError
        When the reference is negative, or the decision not above nought or above 100.

    References
    ----------
    .. [1] Vance (1986), Average run lengths of CUSUM charts for controlling normal means, JQT 18(3), 189-193.
    .. [2] Van Dobben de Bruyn (1968), Cumulative Sum Tests, Griffin.

    Examples
    --------
    >>> round(cusum_run_length(0.5, 4.0), 1), round(cusum_run_length(0.5, 4.0, shift=1.0), 2)
    (167.7, 8.38)
    """
    if not (reference >= 0 and 0 < decision <= FURTHEST and np.isfinite(reference + shift)):
        message = (
            f"A CUSUM chart needs a reference of at least 0 and a decision above 0 and at most {FURTHEST:g}, "
            f"in standard deviations, but they are {reference!r} and {decision!r}."
        )
        raise ConfigError(message)
    upper, lower = _one_sided(reference - shift, decision), _one_sided(reference + shift, decision)
    return float(1 / (1 / upper + 1 / lower))


@lru_cache(maxsize=512)
def ewma_run_length(weight: float, width: float, *, shift: float = 0.0, steady: bool = False) -> float:
    """Return the average run length of a two-sided EWMA chart of independent normal figures.

    Solves the chart's integral equation by Gauss-Legendre quadrature [1]_ [2]_; limits that widen with the
    first figures are followed until they are constant [3]_.

    Parameters
    ----------
    weight : float
        Weight of the newest figure, from 0.01 to 1.
    width : float
        Limits on either side, in standard deviations of the average.
    shift : float
        How far the mean is from the centre, in the figures' standard deviations.
    steady : bool
        The limits are constant from the first figure on.

    Returns
    -------
    float
        Figures from the start to the first signal, on average.

    Raises
    ------
    ConfigError
        When the weight is not from 0.01 to 1, or the width not above nought or above 10.

    References
    ----------
    .. [1] Crowder (1987), A simple method for studying run-length distributions of EWMA charts,
       Technometrics 29(4), 401-407.
    .. [2] Lucas & Saccucci (1990), Exponentially weighted moving average control schemes,
       Technometrics 32(1), 1-12.
    .. [3] Steiner (1999), EWMA control charts with time-varying control limits, JQT 31(1), 75-86.

    Examples
    --------
    >>> round(ewma_run_length(0.5, 3.071, steady=True))
    500
    >>> round(ewma_run_length(0.05, 3.0, steady=True)), round(ewma_run_length(0.05, 3.0))
    (1379, 1347)
    """
    if not (LIGHTEST <= weight <= 1 and 0 < width <= FURTHEST_AVERAGE and np.isfinite(shift)):
        message = (
            f"An EWMA chart needs a weight from {LIGHTEST:g} to 1 and limits wider than 0, by "
            f"{FURTHEST_AVERAGE:g} standard deviations at most, but they are {weight!r} and {width!r}."
        )
        raise ConfigError(message)
    keep = 1 - weight
    constant = width * np.sqrt(weight / (2 - weight))
    nodes, weights = _quadrature(2 * constant / weight)

    def kernel(start: np.ndarray, limit: float) -> np.ndarray:
        """Chances of moving from each start to each node within the limit."""
        z = (limit * nodes - keep * start[:, None]) / weight - shift
        chances: np.ndarray = _density(z) * weights * limit / weight
        return chances

    onward = np.linalg.solve(np.eye(len(nodes)) - kernel(constant * nodes, constant), np.ones(len(nodes)))
    limit = constant
    if not steady and keep > 0:
        growing = int(np.ceil(np.log(SETTLED) / np.log(keep) / 2))
        limits = constant * np.sqrt(1 - keep ** (2.0 * np.arange(1, growing + 1)))
        for before, limit in zip(limits[-2::-1], limits[:0:-1], strict=True):
            onward = 1 + kernel(before * nodes, limit) @ onward
        limit = limits[0]
    return float(1 + (kernel(np.zeros(1), limit) @ onward)[0])


def cusum_decision(reference: float, run_length: float) -> float:
    """Return the decision at which a two-sided CUSUM chart in control runs so long on average.

    Examples
    --------
    >>> round(cusum_decision(0.5, 370.0), 2)
    4.77
    """
    return _threshold(lambda decision: cusum_run_length(float(reference), decision), run_length)


def ewma_width(weight: float, run_length: float, *, steady: bool = False) -> float:
    """Return the width of limits at which an EWMA chart in control runs so long on average.

    Examples
    --------
    >>> round(ewma_width(0.2, 500.0, steady=True), 3)
    2.962
    """
    return _threshold(lambda width: ewma_run_length(float(weight), width, steady=steady), run_length)


def _one_sided(slack: float, decision: float) -> float:
    nodes, weights = _quadrature(decision)
    places = decision * (nodes + 1) / 2
    weights = weights * decision / 2
    starts = np.append(0.0, places)
    to_nought = ndtr(slack - starts)[:, None]
    moves = _density(places - starts[:, None] + slack) * weights
    chances = np.hstack([to_nought, moves])
    return float(np.linalg.solve(np.eye(len(starts)) - chances, np.ones(len(starts)))[0])


def _density(z: np.ndarray) -> np.ndarray:
    """Return the standard normal density."""
    return np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)


def _quadrature(interval: float) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights on [-1, 1], enough for an interval in standard deviations of the kernel."""
    nodes, weights = np.polynomial.legendre.leggauss(max(NODES, int(np.ceil(PER_SD * interval))))
    return nodes, weights


def _threshold(run_length: Callable[[float], float], wanted: float) -> float:
    shortest = run_length(NARROWEST)
    if not shortest < wanted <= LONGEST:
        message = (
            f"in_control_run_length must be above {shortest:,.1f} figures for this chart, and at most "
            f"{LONGEST:,.0f}, but is {wanted!r}."
        )
        raise ConfigError(message)
    low, high = NARROWEST, 2 * NARROWEST
    while run_length(high) < wanted:
        low, high = high, 2 * high
        if high > WIDEST:
            message = (
                f"No threshold up to {WIDEST:g} standard deviations gives an in-control run length of "
                f"{wanted:,} figures. Ask for a shorter one, or a larger reference."
            )
            raise ConfigError(message)
    return float(brentq(lambda threshold: np.log(run_length(threshold) / wanted), low, high, xtol=1e-10))
