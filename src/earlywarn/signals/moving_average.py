"""EWMA charts: a moving average that forgets slowly, against limits of its own."""

from dataclasses import dataclass

import numpy as np

from earlywarn.errors import ConfigError
from earlywarn.signals.figures import close_up
from earlywarn.signals.run_lengths import ewma_run_length, ewma_width
from earlywarn.signals.standard_units import TIE, in_standard_units

__all__ = ["Ewma", "ewma"]

WEIGHT = 0.2  # of the newest figure: tuned to a shift of about one standard deviation
WIDTH = 2.962  # with it an in-control run length of 500 figures under constant limits


@dataclass(frozen=True, eq=False)
class Ewma:
    """EWMA charts of one series or many.

    Attributes
    ----------
    average : ndarray of float
        The exponentially weighted moving average after each figure, in the values' unit and shape. NaN
        where there is no figure.
    lower, upper : ndarray of float
        Its limits, likewise.
    signals : ndarray of bool
        The average is beyond a limit; one exactly on it is not.
    direction : ndarray of int8
        Where there is a signal, +1 above and -1 below; else 0.
    centre, sd : float or ndarray of float
        Of each series, in the values' unit.
    weight, width : float
        Of the newest figure; of the limits, in standard deviations of the average.
    in_control_run_length : float
        Figures from start to first false signal, on average, of a series that stays at its centre.
    """

    average: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    signals: np.ndarray
    direction: np.ndarray
    centre: np.ndarray
    sd: np.ndarray
    weight: float
    width: float
    in_control_run_length: float


def ewma(
    values: object,
    *,
    axis: int = -1,
    weight: float = WEIGHT,
    width: float | None = None,
    in_control_run_length: float | None = None,
    steady: bool = False,
    centre: object = None,
    sd: object = None,
    baseline: object = None,
) -> Ewma:
    """Draw EWMA charts of one series or a whole cube.

    The average is weight x value + (1 - weight) x the average before, from the centre. Its limits are
    centre ± width x sd x sqrt(weight / (2 - weight) x (1 - (1 - weight)^2i)) after the i-th figure [1]_ [2]_.

    Parameters
    ----------
    values : array-like of float
        Figures in the order of time along ``axis``, any shape, any unit. NaN: no figure; the average waits.
    axis : int
        The axis along which time runs.
    weight : float
        Of the newest figure, from 0.01 to 1 (then it is a Shewhart chart).
    width : float, optional
        Of the limits, in standard deviations of the average; 2.962 unless a run length is wished for.
    in_control_run_length : float, optional
        Choose the width for this many figures to the first false signal, on average.
    steady : bool
        Use the limits that are reached in the end, without the last factor, from the first figure on.
    centre, sd : float or array-like, optional
        Known values, that broadcast to the shape of the series. None: the baseline's mean, and its mean
        moving range, screened once, divided by 1.128.
    baseline : int or array-like of bool, optional
        Take these from the first so many figures, or from those where True; None: from all.

    Returns
    -------
    Ewma
        Its run length holds for independent normal figures whose centre and standard deviation are known.
        Estimated from a few figures they are off, and false signals come sooner or later than it states.

    Raises
    ------
    ConfigError
        For values that are not finite numbers, for both a width and a run length, or for an argument that
        does not fit.

    References
    ----------
    .. [1] Roberts (1959), Control chart tests based on geometric moving averages, Technometrics 1, 239-250.
    .. [2] Lucas & Saccucci (1990), Exponentially weighted moving average control schemes,
       Technometrics 32(1), 1-12.

    Examples
    --------
    >>> chart = ewma([10, 12, 9, 13, 14], weight=0.5, width=2.5, centre=10, sd=1)
    >>> chart.average
    array([10.  , 11.  , 10.  , 11.5 , 12.75])
    >>> print(chart.upper.round(2), chart.signals.nonzero()[0])
    [11.25 11.4  11.43 11.44 11.44] [3 4]
    """
    if width is not None and in_control_run_length is not None:
        message = "ewma takes a width or an in_control_run_length, not both: one follows from the other."
        raise ConfigError(message)
    if in_control_run_length is not None:
        width = ewma_width(weight, in_control_run_length, steady=steady)
    elif width is None:
        width = WIDTH
    run_length = ewma_run_length(float(weight), float(width), steady=steady)
    figures = close_up(values, axis=axis)
    units = in_standard_units(figures, centre=centre, sd=sd, baseline=baseline)
    z = _averages(units.z, weight)
    growth = 1.0 if steady else 1 - (1 - weight) ** (2.0 * np.arange(1, z.shape[1] + 1))
    limit = width * np.sqrt(weight / (2 - weight) * growth) * np.ones(z.shape[1])
    direction = (z > limit + TIE).astype(np.int8) - (z < -limit - TIE).astype(np.int8)
    known = ~np.isnan(z)
    centre_, sd_ = units.centre[:, None], units.sd[:, None]
    return Ewma(
        average=figures.put_back(centre_ + sd_ * z, gap=np.nan),
        lower=figures.put_back(np.where(known, centre_ - sd_ * limit, np.nan), gap=np.nan),
        upper=figures.put_back(np.where(known, centre_ + sd_ * limit, np.nan), gap=np.nan),
        signals=figures.put_back(direction != 0, gap=False),
        direction=figures.put_back(direction, gap=0),
        centre=figures.each(units.centre),
        sd=figures.each(units.sd),
        weight=float(weight),
        width=float(width),
        in_control_run_length=run_length,
    )


def _averages(z: np.ndarray, weight: float) -> np.ndarray:
    """Return the moving average after each figure, from 0, shape (series, figure)."""
    averages = np.empty((z.shape[1], len(z)))
    before = np.zeros(len(z))
    for place, value in enumerate(np.ascontiguousarray(z.T)):  # each average needs the one before it
        before = weight * value + (1 - weight) * before
        averages[place] = before
    return averages.T
