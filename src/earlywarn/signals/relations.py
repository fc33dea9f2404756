"""How two figures stand to each other across areas: conversions, and unusual pairs."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from earlywarn.errors import ConfigError
from earlywarn.signals.areas import ROUNDING
from earlywarn.signals.counts import confident, counts_of, finite
from earlywarn.signals.improvement import directions
from earlywarn.signals.intervals import Interval, wilson
from earlywarn.signals.ordered import MAD_TO_SD, median, quantiles

__all__ = ["UnusualPair", "areas_last", "conversion", "unusual_pair"]

Floats = npt.NDArray[np.float64]

LEAST = 10  # areas: a line through fewer says little
MIDDLE = (0.1, 0.9)  # quantiles between which most areas lie
AT_ONCE = 2_000_000  # pairs of areas held in memory together


def conversion(
    later: npt.ArrayLike,
    earlier: npt.ArrayLike,
    *,
    part: bool = False,
    multiplier: float = 100.0,
    confidence: float = 0.95,
) -> Interval:
    """Return how many of a later step there are for each of an earlier one, with an interval.

    The steps of a child's journey (referral, assessment, enquiry, conference, plan, care) are mostly counted
    in the same year, not followed child by child, so that the later may exceed the earlier.

    Parameters
    ----------
    later, earlier : array, any shapes that broadcast
        Numbers of events, at least 0; they need not be whole (a rate times a population is not).
    part : bool
        Whether every one of ``later`` is one of ``earlier``: then Wilson's interval of a proportion [1]_.
        Otherwise both are counts of their own, and the interval is the exact one of the ratio of two Poisson
        counts given their sum [2]_.
    multiplier : float
        What the ratio is per.
    confidence : float
        Share of intervals that hold the truth, between 0 and 1.

    Returns
    -------
    Interval
        ``value, lower, upper``, per ``multiplier``; neither direction is worse by itself. NaN where either
        number is missing or the earlier is 0.

    Raises
    ------
    ConfigError
        If a number is below 0 or a part exceeds its whole (all such faults in one message), the multiplier is
        not above 0, or the confidence is not between 0 and 1.

    References
    ----------
    .. [1] Wilson (1927), JASA 22, 209-212.
    .. [2] Przyborowski & Wilenski (1940), Biometrika 31, 313-323: given ``later + earlier``, ``later`` is
       binomial; the limits are Clopper and Pearson's (1934), as odds.

    Examples
    --------
    Of 200 enquiries 80 led to a conference; if conferences are counted on their own, less is certain.

    >>> [round(float(number), 1) for number in conversion(80, 200, part=True)]
    [40.0, 33.5, 46.9]
    >>> [round(float(number), 1) for number in conversion(80, 200)]
    [40.0, 30.5, 52.1]
    """
    after, before = counts_of(later, earlier, within=part, names=("later", "earlier"))
    if not multiplier > 0:
        message = f"multiplier: expected a number above 0, such as 100 for percentages, found {multiplier!r}"
        raise ConfigError(message)
    tail = (1 - confident(confidence)) / 2
    if part:
        return wilson(after, before, confidence=confidence, multiplier=multiplier)
    known = ~np.isnan(after) & (before > 0)
    some = known & (after > 0)
    low = np.where(known, 0.0, np.nan)
    low[some] = _odds(special.betaincinv(after[some], before[some] + 1, tail))
    high = np.full(known.shape, np.nan)
    high[known] = _odds(special.betaincinv(after[known] + 1, before[known], 1 - tail))
    value = np.divide(after, before, out=np.full(known.shape, np.nan), where=known)
    return Interval(multiplier * value, multiplier * low, multiplier * high)


def _odds(chance: Floats) -> Floats:
    return chance / (1 - chance)


@dataclass(frozen=True)
class UnusualPair:
    """How each area's figure stands to what another figure would suggest.

    Attributes
    ----------
    expected : array, shaped like the figures
        What the line through all areas gives, in the unit of ``y``; NaN where ``x`` is missing.
    score : array, shaped like the figures
        (y - expected) in robust standard deviations of the residuals, **positive is worse**, or higher where
        neither direction is; NaN
        where either figure is missing, there are too few areas, or the residuals do not differ.
    low, high : array, shaped like the figures
        Between these lie four fifths of the areas, moved to this area's ``x``; in the unit of ``y``.
    slope, intercept : array, without the axis of areas
        Of the line.
    """

    expected: Floats
    score: Floats
    low: Floats
    high: Floats
    slope: Floats
    intercept: Floats


def unusual_pair(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    improvement: object = None,
    least: int = LEAST,
    axis: int = -1,
) -> UnusualPair:
    """Return how unusual each area's ``y`` is given its ``x``.

    A line is drawn through the areas by the median of the slopes of all pairs of them (Theil and Sen), so
    that up to 29% of the areas may lie anywhere without moving it far. Its height is the median of ``y -
    slope x``.

    Parameters
    ----------
    x, y : array, shapes that broadcast
        Figures of the same areas, NaN where one is missing.
    improvement : {"lower", "higher"}, None, or array of them
        Which way ``y`` is better; None where neither is, and then a higher one scores above 0. An array is
        broadcast against the figures without their axis of areas.
    least : int
        Areas with both figures that a line wants, at least 3.
    axis : int
        The axis of areas.

    Returns
    -------
    UnusualPair
        NaN throughout for a relation with too few areas, or where ``x`` is the same for all.

    Raises
    ------
    ConfigError
        If the shapes do not fit, ``least`` is below 3, or ``improvement`` is another word.

    References
    ----------
    .. [1] Sen (1968), JASA 63, 1379-1389; Theil (1950), Proc. Kon. Ned. Akad. Wet. A 53, 386-392.
    .. [2] Rousseeuw & Croux (1993), JASA 88, 1273-1283: the spread, 1.4826 times the median absolute
       deviation.

    Examples
    --------
    Ten areas use agency workers for about half of their vacancies; the last uses far more.

    >>> vacancies = np.array([4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 12])
    >>> agency = np.array([2, 4, 4, 6, 5, 7, 9, 9, 11, 10, 30])
    >>> pair = unusual_pair(vacancies, agency)
    >>> float(pair.slope), round(float(pair.expected[-1]), 1), float(pair.score[-1]) > 5
    (0.5, 6.0, True)
    """
    across, along = areas_last(x, y, axis=axis)
    worse = np.where(directions(improvement, across.shape[:-1]) > 0, -1.0, 1.0)
    if least < 3:  # noqa: PLR2004 - two areas always lie on a line
        message = f"A line through areas wants at least 3 of them; least = {least!r}."
        raise ConfigError(message)
    both = ~np.isnan(across) & ~np.isnan(along)
    enough = both.sum(axis=-1) >= least
    slope = np.where(enough, _median_slope(np.where(both, across, np.nan), along), np.nan)
    rise = slope[..., None] * across
    intercept = median(along - rise, axis=-1)
    expected = intercept[..., None] + rise
    residual = along - expected
    low, high = quantiles(residual, MIDDLE, axis=-1)
    spread = MAD_TO_SD * median(np.abs(residual), axis=-1)
    coarse = ROUNDING * np.max(np.abs(along), axis=-1, initial=0.0, where=both)
    told = (spread > coarse)[..., None] & both
    score = np.divide(
        residual * worse[..., None], spread[..., None], out=np.full(residual.shape, np.nan), where=told
    )
    expected, score, low, high = (
        np.moveaxis(numbers, -1, axis)
        for numbers in (expected, score, expected + low[..., None], expected + high[..., None])
    )
    return UnusualPair(expected, score, low, high, slope, intercept)


def areas_last(x: npt.ArrayLike, y: npt.ArrayLike, *, axis: int) -> tuple[Floats, Floats]:
    """Return both arrays with one of their axes last, or say why they do not go together."""
    first, second = finite(x, "x"), finite(y, "y")
    try:
        first, second = np.broadcast_arrays(first, second)
        return np.moveaxis(first, axis, -1), np.moveaxis(second, axis, -1)
    except ValueError as error:
        message = f"x and y: expected one shape, with an axis {axis}: {error}"
        raise ConfigError(message) from error


def _median_slope(x: Floats, y: Floats) -> Floats:
    """Return the median of the slopes between all pairs of areas, shape (...,)."""
    count = x.shape[-1]
    first, second = np.triu_indices(count, k=1)
    rows_x, rows_y = (figures.reshape(math.prod(x.shape[:-1]), count) for figures in (x, y))
    slopes = np.full(len(rows_x), np.nan)
    block = max(1, AT_ONCE // max(len(first), 1))
    for start in range(0, len(rows_x), block):  # blocks of series, for the memory's sake
        some = slice(start, start + block)
        run = rows_x[some][:, second] - rows_x[some][:, first]
        rise = rows_y[some][:, second] - rows_y[some][:, first]
        steep = np.divide(rise, run, out=np.full(run.shape, np.nan), where=(run != 0) & ~np.isnan(run))
        slopes[some] = median(steep, axis=-1)
    return slopes.reshape(x.shape[:-1])
