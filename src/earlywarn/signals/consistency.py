"""Figures that cannot both be right: sums, shares and rates that contradict each other beyond rounding."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from earlywarn.errors import ConfigError
from earlywarn.signals.counts import finite, numbers

__all__ = ["Contradiction", "cannot_both_be_right", "printed_step"]

Floats = npt.NDArray[np.float64]

# what publishers round to, coarsest first
STEPS = (
    1e6,
    1e5,
    1e4,
    1000.0,
    500.0,
    100.0,
    50.0,
    10.0,
    5.0,
    1.0,
    0.5,
    0.1,
    0.05,
    0.01,
    0.001,
    1e-4,
    1e-5,
    1e-6,
)
BINARY = 1e-9  # of a number: what binary fractions add and take


def printed_step(values: npt.ArrayLike, *, axis: int = -1) -> Floats:
    """Return to what the figures of one table seem to be rounded.

    Read it off many areas' figures of the same indicator and period, since publishers round some years to 5
    and others to 1. Where there are few figures the step may be taken too coarse, which finds fewer
    contradictions, never more.

    Parameters
    ----------
    values : array
        Figures as printed, NaN where there is none.
    axis : int
        The axis of areas, which is taken away.

    Returns
    -------
    array, without that axis
        The coarsest of 1,000,000, ... 10, 5, 1, 0.5, 0.1, ... 0.000001 of which every figure is a whole
        multiple; 0 where there is no such step (the figures are not rounded), NaN where there is no figure.

    Raises
    ------
    ConfigError
        If the values are not numbers, or are infinite.

    Examples
    --------
    >>> printed_step([[12.5, 40.1], [20, 35], [12.5, 15]]).tolist()
    [0.1, 5.0, 0.5]
    """
    figures = np.moveaxis(finite(values, "values"), axis, -1)
    given = ~np.isnan(figures)
    filled = np.where(given, figures, 0.0)
    step = np.zeros(figures.shape[:-1])
    open_still = given.any(axis=-1)
    for size in STEPS:  # a dozen and a half, whatever the number of figures
        multiples = filled / size
        off = np.abs(multiples - np.round(multiples))
        fits = (off <= np.maximum(BINARY * np.abs(multiples), BINARY)).all(axis=-1) & open_still
        step = np.where(fits, size, step)
        open_still &= ~fits
    step = np.where((filled == 0).all(axis=-1), 1.0, step)  # noughts alone say no more than whole numbers
    return np.where(given.any(axis=-1), step, np.nan)


class Contradiction(NamedTuple):
    """What some figures imply about another, and whether it can be so.

    Attributes
    ----------
    low, high : array
        Between these lies what the parts imply, as far as their rounding leaves it open, in the unit of
        ``printed``.
    gap : array
        By how much the printed figure misses that, its own rounding and the tolerance taken off; 0 where they
        agree. NaN where a figure is missing.
    wrong : array of bool
        Whether they cannot both be right: the gap is above 0. False where a figure is missing.
    """

    low: Floats
    high: Floats
    gap: Floats
    wrong: npt.NDArray[np.bool_]


def cannot_both_be_right(
    parts: Sequence[npt.ArrayLike],
    printed: npt.ArrayLike,
    *,
    whole: Sequence[npt.ArrayLike] = (),
    share: bool = False,
    at_most: bool = False,
    multiplier: float = 1.0,
    parts_step: npt.ArrayLike | Sequence[npt.ArrayLike] = 0.0,
    whole_step: npt.ArrayLike | Sequence[npt.ArrayLike] = 0.0,
    printed_to: npt.ArrayLike = 0.0,
    tolerance: float = 0.0,
) -> Contradiction:
    """Hold figures against each other that are bound by arithmetic.

    The rule is ``multiplier * sum(parts) / sum(whole) = printed`` (or at most ``printed``), where a printed
    number stands for all that round to it. Only what no unrounded figures could bring about is called wrong.

    Parameters
    ----------
    parts : sequence of array
        Figures that are added up, at least 0. Shapes broadcast.
    printed : array or number
        The figure they imply, or what they may not exceed.
    whole : sequence of array
        Figures that are added up and divided by; none for a plain sum.
    share : bool
        Whether the parts are to be counted in the whole besides: vacancies / (vacancies + workers).
    at_most : bool
        Whether ``printed`` is a bound (a part and its whole) instead of an equal.
    multiplier : float
        What the ratio is per, above 0: 100 for a percentage.
    parts_step, whole_step : array or sequence, one for each figure or one for all
        To what they are rounded (see ``printed_step``); 0 for a figure that is exact.
    printed_to : array
        To what ``printed`` is rounded.
    tolerance : float
        A further difference that is let pass, in the unit of ``printed``; for rounding it is not wanted.

    Returns
    -------
    Contradiction
        Of the broadcast shape. Figures below 0 are not held against others: NaN, never wrong.

    Raises
    ------
    ConfigError
        If there are no parts, figures are not finite or their shapes do not fit, a share has no whole, the
        multiplier is not above 0, or a step or the tolerance is below 0.

    Examples
    --------
    A thousand children, 52 referrals and a printed rate of 520.0 agree; with 1,100 children they cannot.

    >>> told = cannot_both_be_right(
    ...     [[52, 52]], [520.0, 520.0], whole=[[1000, 1100]], multiplier=10_000, whole_step=1, printed_to=0.1)
    >>> told.wrong.tolist()
    [False, True]

    Three shares rounded to one decimal may add up to 100.1, not to 100.2.

    >>> cannot_both_be_right([[33.4, 33.4], [33.4, 33.4], [33.3, 33.4]], 100, parts_step=0.1).wrong.tolist()
    [False, True]
    """
    if share and not whole:
        message = "share: expected a whole to count the parts in besides, found none; name what else is in it"
        raise ConfigError(message)
    if not (multiplier > 0 and tolerance >= 0):
        message = (
            "expected a multiplier above 0 and a tolerance of nought or more, "
            f"found {multiplier!r} and {tolerance!r}"
        )
        raise ConfigError(message)
    try:
        np.broadcast_shapes(*(np.shape(figure) for figure in (*parts, *whole, printed)))
    except ValueError as error:
        message = f"parts, whole and printed: expected shapes that fit: {error}"
        raise ConfigError(message) from error
    low, high = _sums("parts", parts, parts_step)
    least, most = _sums("printed", [printed], printed_to)
    if whole:
        under, over = _sums("whole", whole, whole_step)
        nothing = over == 0  # of nought there is no share
        low, high = _ratio(low, over + low * share), _ratio(high, under + high * share)
        low = np.where(nothing, np.nan, low)
    low, high = multiplier * low, multiplier * high
    missed = low - most if at_most else np.maximum(low - most, least - high)
    slack = tolerance + BINARY * np.maximum(np.abs(low), np.abs(most))
    gap = np.where(missed > slack, missed - tolerance, np.where(np.isnan(missed), np.nan, 0.0))
    known = ~np.isnan(missed)
    return Contradiction(np.where(known, low, np.nan), np.where(known, high, np.nan), gap, gap > 0)


def _sums(
    name: str, figures: Sequence[npt.ArrayLike], steps: npt.ArrayLike | Sequence[npt.ArrayLike]
) -> tuple[Floats, Floats]:
    """Return between which numbers the sum of the unrounded figures lies; NaN where one is below nought."""
    given = [finite(figure, name) for figure in figures]
    each = steps if isinstance(steps, Sequence) else [steps] * len(given)
    if not given or len(each) != len(given):
        message = (
            f"{name}: expected at least one figure and a step for each, found {len(given)} and {len(each)}"
        )
        raise ConfigError(message)
    low, high = np.zeros(()), np.zeros(())
    for figure, step in zip(given, each, strict=True):
        half = numbers(step, f"the step of {name}") / 2
        if (half < 0).any():
            message = f"the step of {name}: expected nought or more, found one below"
            raise ConfigError(message)
        known = np.where(figure < 0, np.nan, figure)
        low, high = low + np.maximum(known - half, 0.0), high + known + half
    return low, high


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """Divide; what is divided by nought bounds nothing, and nought divided by nought is nought."""
    known = ~np.isnan(top) & ~np.isnan(bottom)
    told = np.where(known, np.where(top > 0, np.inf, 0.0), np.nan)
    return np.divide(top, bottom, out=told, where=known & (bottom > 0))
