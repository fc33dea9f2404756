"""CUSUM charts: small lasting shifts, summed until they show."""

from dataclasses import dataclass

import numpy as np

from earlywarn.errors import ConfigError
from earlywarn.signals.figures import close_up
from earlywarn.signals.run_lengths import cusum_decision, cusum_run_length
from earlywarn.signals.standard_units import TIE, in_standard_units

__all__ = ["Cusum", "cusum"]

REFERENCE = 0.5  # standard deviations: tuned to a shift of one
DECISION = 5.0  # with it an in-control run length of 465 figures


@dataclass(frozen=True, eq=False)
class Cusum:
    """Two-sided CUSUM charts of one series or many.

    Attributes
    ----------
    high, low : ndarray of float
        The sums towards higher and towards lower values, both at least 0, in standard deviations, in the
        shape of the values. NaN where there is no figure, or no variation to measure by.
    signals : ndarray of bool
        Either sum is above ``decision``.
    direction : ndarray of int8
        Where there is a signal, +1 towards higher and -1 towards lower values (the larger sum, should both
        be above); else 0.
    centre, sd : float or ndarray of float
        Of each series, in the values' unit.
    reference, decision : float
        The slack k and the threshold h, in standard deviations.
    in_control_run_length : float
        Figures from start to first false signal, on average, of a series that stays at its centre.
    """

    high: np.ndarray
    low: np.ndarray
    signals: np.ndarray
    direction: np.ndarray
    centre: np.ndarray
    sd: np.ndarray
    reference: float
    decision: float
    in_control_run_length: float


def cusum(
    values: object,
    *,
    axis: int = -1,
    reference: float = REFERENCE,
    decision: float | None = None,
    in_control_run_length: float | None = None,
    centre: object = None,
    sd: object = None,
    baseline: object = None,
) -> Cusum:
    """Draw two-sided tabular CUSUM charts of one series or a whole cube.

    With z = (value - centre) / sd, the sums are high = max(0, high + z - k) and low = max(0, low - z - k),
    both from 0; a signal is a sum above h [1]_ [2]_. They are not set back after a signal.

    Parameters
    ----------
    values : array-like of float
        Figures in the order of time along ``axis``, any shape, any unit. NaN: no figure; the sums wait.
    axis : int
        The axis along which time runs.
    reference : float
        The slack k, in standard deviations: half the shift that matters.
    decision : float, optional
        The threshold h, in standard deviations; 5 unless a run length is wished for.
    in_control_run_length : float, optional
        Choose the threshold for this many figures to the first false signal, on average.
    centre, sd : float or array-like, optional
        Known values, that broadcast to the shape of the series. None: the baseline's mean, and its mean
        moving range, screened once, divided by 1.128.
    baseline : int or array-like of bool, optional
        Take these from the first so many figures, or from those where True; None: from all.

    Returns
    -------
    Cusum
        Its run length holds for independent normal figures whose centre and standard deviation are known.
        Estimated from a few figures they are off, and false signals come sooner or later than it states.

    Raises
    ------
    ConfigError
        For values that are not finite numbers, for both a decision and a run length, or for an argument
        that does not fit.

    References
    ----------
    .. [1] Page (1954), Continuous inspection schemes, Biometrika 41, 100-115.
    .. [2] Montgomery, Introduction to Statistical Quality Control, section 9.1.

    Examples
    --------
    >>> chart = cusum([10, 11, 9, 12, 12, 13, 12], centre=10, sd=1, decision=4)
    >>> chart.high
    array([0. , 0.5, 0. , 1.5, 3. , 5.5, 7. ])
    >>> print(chart.signals.argmax(), round(chart.in_control_run_length))
    5 168
    """
    if decision is not None and in_control_run_length is not None:
        message = "cusum takes a decision or an in_control_run_length, not both: one follows from the other."
        raise ConfigError(message)
    if in_control_run_length is not None:
        decision = cusum_decision(reference, in_control_run_length)
    elif decision is None:
        decision = DECISION
    run_length = cusum_run_length(float(reference), float(decision))
    figures = close_up(values, axis=axis)
    units = in_standard_units(figures, centre=centre, sd=sd, baseline=baseline)
    high, low = _sums(units.z, reference), _sums(-units.z, reference)
    higher, lower = high > decision + TIE, low > decision + TIE
    upwards = higher & ~(lower & (low > high))
    direction = np.where(upwards, 1, np.where(lower, -1, 0)).astype(np.int8)
    return Cusum(
        high=figures.put_back(high, gap=np.nan),
        low=figures.put_back(low, gap=np.nan),
        signals=figures.put_back(direction != 0, gap=False),
        direction=figures.put_back(direction, gap=0),
        centre=figures.each(units.centre),
        sd=figures.each(units.sd),
        reference=float(reference),
        decision=float(decision),
        in_control_run_length=run_length,
    )


def _sums(z: np.ndarray, reference: float) -> np.ndarray:
    """Return max(0, sum + z - reference) after each figure, shape (series, figure)."""
    steps = np.ascontiguousarray(z.T) - reference
    sums = np.empty_like(steps)
    before = np.zeros(len(z))
    for place, step in enumerate(steps):  # each sum needs the one before it
        before = np.maximum(before + step, 0.0)
        sums[place] = before
    return sums.T
