"""Figures that repeat themselves: returns sent again, and counts that pile up on round numbers.

A flag is a reason to ask, not a finding. Both tests state how often they speak where there is nothing.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from earlywarn.signals.areas import MIN_AREAS, Flags, Numbers, binomial_tail, changes_in, panel_of, share_of

__all__ = ["DIGIT_SETS", "Copies", "Heaps", "copies", "heaps"]

OFTEN = 0.1  # where more areas than this stand still, standing still says nothing
TOGETHER = 3  # equal figures of one area and period before they are said to be copied together
FALSE_ALARMS = 0.001  # at most this share of area-periods, or of areas, is flagged by chance
WHOLE = 10  # smaller counts have no last digit to speak of
AT_SOURCE = 0.5  # where more than this share of counts ends in 0 or 5, the publisher rounded them
DIGIT_SETS: tuple[tuple[int, ...], ...] = ((0, 5), *((digit,) for digit in range(10)))
MEMBER = np.array([[digit in pile for digit in range(10)] for pile in DIGIT_SETS])  # shape (pile, digit)


class Copies(NamedTuple):
    """Figures that are those of the period before.

    Attributes
    ----------
    compared, same : arrays of bool, shape (area, ..., period)
        Whether a figure is compared with the one before it, and whether it equals it.
    tail : array, shape (area, period)
        Greatest chance of so many equal figures; 1 where there are fewer than three, or no more than usual.
    flags : array of bool, shape (area, ..., period)
        The equal figures of the areas and periods with too many of them.
    """

    compared: Flags
    same: Flags
    tail: Numbers
    flags: Flags


class Heaps(NamedTuple):
    """Whole numbers whose last digits pile up.

    Attributes
    ----------
    compared : array of bool, shape (area, ..., period)
        The figures whose last digit counts.
    tail : array, shape (area,)
        Greatest chance of so great a pile anywhere; 1 where no figure is compared.
    pile : array of int, shape (area,)
        The position in ``DIGIT_SETS`` of the greatest pile; -1 where it is not too great.
    flags : array of bool, shape (area, ..., period)
        The figures in a pile that is too great.
    """

    compared: Flags
    tail: Numbers
    pile: npt.NDArray[np.int64]
    flags: Flags


def copies(values: npt.ArrayLike, *, false_alarms: float = FALSE_ALARMS) -> Copies:
    r"""Find areas that returned too many figures of the period before, unchanged to the last digit.

    One figure that stands still means nothing; several at once may be an old return sent again. In each
    period the equal figures of an area are counted over all indicators and set against how often all areas'
    figures of the same indicators stood still in that period.

    Parameters
    ----------
    values : array, shape (area, ..., period)
        As published, NaN where there is no figure.
    false_alarms : float
        The share of area-periods that may be flagged where figures stand still by chance alone.

    Returns
    -------
    Copies
        A figure is compared where it and the one of the period before are there, at least five areas have
        both, at most a tenth of those stood still, and it is neither the least nor the greatest of its
        indicator and period (many areas stay at 0 or at 100).

    Notes
    -----
    With :math:`n` figures compared, of which :math:`k` are equal, the chance is that of at least :math:`k`
    successes in :math:`n` trials with the mean :math:`p` of the indicators' shares. Where shares differ this
    is never less than the true chance once :math:`k \ge np + 1` [1]_, so the rate of false alarms is a bound.
    It rests on indicators standing still independently of each other; those that are made of the same counts
    do not quite.

    References
    ----------
    .. [1] Hoeffding (1956), Annals of Mathematical Statistics 27(3), 713-721.

    Examples
    --------
    >>> before = np.arange(60.0).reshape(20, 3)  # 20 areas, 3 indicators
    >>> after = before + 1
    >>> after[7] = before[7]  # but one sends its figures again
    >>> found = copies(np.stack([before, after], axis=2))
    >>> found.flags[:, :, 1].sum(axis=1).tolist()[5:9]
    [0, 0, 3, 0]
    """
    numbers = panel_of("values", values)
    share_of("false_alarms", false_alarms)
    change = changes_in(numbers)
    there = ~np.isnan(change)
    edge = (numbers == _least(numbers)) | (numbers == -_least(-numbers))
    compared = there & ~edge
    count = compared.sum(axis=0)
    usual = (compared & (change == 0)).sum(axis=0) / np.maximum(count, 1)
    compared &= (count >= MIN_AREAS) & (usual <= OFTEN)
    same = compared & (change == 0)
    middle = tuple(range(1, numbers.ndim - 1))
    tried = compared.sum(axis=middle)
    chance = (compared * usual).sum(axis=middle) / np.maximum(tried, 1)
    equal = same.sum(axis=middle)
    many = (equal >= TOGETHER) & (equal >= tried * chance + 1)
    tail = np.where(many, binomial_tail(equal, tried, chance), 1.0)
    flagged = np.expand_dims(tail < false_alarms, middle)
    return Copies(compared, same, tail, same & flagged)


def _least(numbers: Numbers) -> Numbers:
    """Return the least number over the areas, infinity where there is none."""
    least: Numbers = np.min(np.where(np.isnan(numbers), np.inf, numbers), axis=0, initial=np.inf)
    return least


def heaps(counts: npt.ArrayLike, *, false_alarms: float = FALSE_ALARMS) -> Heaps:
    """Find areas whose counts end too often in the same digit, or in 0 and 5.

    Counts that were estimated, or rounded, pile up on round numbers. The last digits of an area are counted
    over all indicators and periods handed in, and set against those of all areas there.

    Parameters
    ----------
    counts : array, shape (area, ..., period)
        Whole numbers; others, those below ten and NaN are left out.
    false_alarms : float
        The share of areas that may be flagged where digits fall by chance alone.

    Returns
    -------
    Heaps
        An indicator and period in which more than half of the areas' counts end in 0 or 5 is left out: it was
        rounded by its publisher. So is one with fewer than five areas.

    Notes
    -----
    As in ``copies``, the chance is a binomial tail with the mean share, a bound where shares differ; the
    eleven piles that are looked at (0 or 5, and each digit) share the rate of false alarms equally.

    Examples
    --------
    >>> counts = np.arange(20 * 31.0).reshape(20, 31) * 7 + 13  # 20 areas, 31 periods
    >>> counts[4] = np.round(counts[4] / 10) * 10
    >>> found = heaps(counts)
    >>> [int(area) for area in np.flatnonzero(found.tail < 0.001)], DIGIT_SETS[found.pile[4]]
    ([4], (0,))
    """
    numbers = panel_of("counts", counts)
    share_of("false_alarms", false_alarms)
    flat = numbers.reshape(len(numbers), -1) if numbers.size else np.empty((len(numbers), 0))
    size = np.abs(flat)
    area, cell = np.nonzero((size >= WHOLE) & (size == np.round(size)))
    digit = np.mod(size[area, cell], 10).astype(np.int64)
    ended = np.bincount(10 * cell + digit, minlength=10 * flat.shape[1]).reshape(-1, 10)
    usual = ended @ MEMBER.T / np.maximum(ended.sum(axis=1, keepdims=True), 1)  # (indicator and period, pile)
    kept = (ended.sum(axis=1) >= MIN_AREAS) & (usual[:, 0] <= AT_SOURCE)
    area, cell, digit = (places[kept[cell]] for places in (area, cell, digit))
    tried = np.bincount(area, minlength=len(flat))
    found = np.bincount(10 * area + digit, minlength=10 * len(flat)).reshape(-1, 10) @ MEMBER.T
    hoped = np.stack(
        [np.bincount(area, weights=share[cell], minlength=len(flat)) for share in usual.T], axis=1
    )
    many = found >= hoped + 1
    chance = hoped / np.maximum(tried, 1)[:, None]
    tails = np.where(many, binomial_tail(found, tried[:, None], chance), 1.0)
    tail = np.minimum(len(DIGIT_SETS) * tails.min(axis=1), 1.0)
    pile = np.where(tail < false_alarms, tails.argmin(axis=1), -1)
    compared, flags = np.zeros(flat.shape, dtype=bool), np.zeros(flat.shape, dtype=bool)
    compared[area, cell] = True
    flags[area, cell] = (pile[area] >= 0) & MEMBER[pile[area], digit]
    return Heaps(compared.reshape(numbers.shape), tail, pile, flags.reshape(numbers.shape))
