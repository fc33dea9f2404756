"""Figures that moved out of all proportion, and those that were revised far more than is usual.

A flag is a reason to ask, not a finding: much that jumps has truly changed.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from earlywarn.signals.areas import (
    MIN_AREAS,
    ROUNDING,
    Flags,
    Numbers,
    above_zero,
    changes_in,
    panel_of,
)
from earlywarn.signals.ordered import MAD_TO_SD, median

__all__ = ["Jumps", "Revisions", "in_proportion", "jumps", "revisions"]

JUMP = 6.0  # robust standard deviations, of all areas' changes and of the area's own
MIN_CHANGES = 5  # with fewer an area's own volatility is not known
COMES_BACK = 0.5  # of a jump, still there in the next period, below which it counts as undone
REVISION = 5.0  # times the usual size of a revision
MIN_REVISIONS = 10  # with fewer the usual size is not known


class Jumps(NamedTuple):
    """Changes that are out of all proportion.

    Attributes
    ----------
    size : array, shape (area, ..., period)
        Robust standard deviations by which the figure moved beyond the median of all areas' changes, by the
        wider of two measures: all areas' changes and the area's own. Positive is up. NaN where the figure
        or the one before it is not there, or there is too little to compare with.
    flags : array of bool, same shape
    returned : array of bool, same shape
        Flagged, and undone in the next period: more likely an error than a change.
    """

    size: Numbers
    flags: Flags
    returned: Flags


class Revisions(NamedTuple):
    """How far figures were revised since they were first known.

    Attributes
    ----------
    size : array, shape (area, ..., period)
        Last known less first known figure, in usual revisions of the indicator; 0 where it stands as first
        published, NaN where there is no figure or too few of the indicator were ever revised.
    flags : array of bool, same shape
    """

    size: Numbers
    flags: Flags


def jumps(values: npt.ArrayLike, *, threshold: float = JUMP) -> Jumps:
    """Find changes that are out of proportion both to all areas' changes and to the area's own.

    Parameters
    ----------
    values : array, shape (area, ..., period)
        NaN where there is no figure. Hand in amounts of areas of many sizes on a scale on which the changes
        of the great and the small compare.
    threshold : float
        Robust standard deviations that either measure must pass; of normal changes six are passed by two in a
        thousand million, of real ones by about one in a thousand.

    Returns
    -------
    Jumps
        A jump that is undone in the next period, to within half of it, is flagged where it began and not
        where it ended. NaN in ``size`` where fewer than five areas have the change, half of them changed by
        the same, or the area has fewer than five changes.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> values = 50 + rng.normal(size=(30, 8))
    >>> values[3, 5] = 0.0
    >>> found = jumps(values)
    >>> np.argwhere(found.flags).tolist(), bool(found.returned[3, 5])
    ([[3, 5]], True)
    """
    numbers = panel_of("values", values)
    above_zero("threshold", threshold)
    change = changes_in(numbers)
    beyond = change - median(change, axis=0, keepdims=True)
    far = np.abs(beyond)
    spread = MAD_TO_SD * median(far, axis=0, keepdims=True)
    own = MAD_TO_SD * median(far, axis=numbers.ndim - 1, keepdims=True)
    there = ~np.isnan(beyond)
    enough = (there.sum(axis=0) >= MIN_AREAS) & (there.sum(axis=-1, keepdims=True) >= MIN_CHANGES)
    least = ROUNDING * np.abs(numbers).max(axis=0, initial=0, where=~np.isnan(numbers))
    measure = np.maximum(spread, own)
    comparable = there & enough & (spread > least)
    size = np.divide(beyond, measure, out=np.full_like(beyond, np.nan), where=comparable)
    flags = np.abs(size) > threshold
    returned = np.zeros_like(flags)
    left = np.abs(numbers[..., 2:] - numbers[..., :-2])
    returned[..., 1:-1] = flags[..., 1:-1] & (left < COMES_BACK * np.abs(change[..., 1:-1]))
    flags[..., 1:] &= ~returned[..., :-1]
    return Jumps(size, flags, returned & flags)


def revisions(first: npt.ArrayLike, last: npt.ArrayLike, *, threshold: float = REVISION) -> Revisions:
    """Find figures that were revised by much more than is usual for their indicator.

    Parameters
    ----------
    first, last : arrays, shape (area, ..., period)
        The figure as first known and as last known; NaN where there is none.
    threshold : float
        Times the usual revision: 1.4826 times the median size of the indicator's revisions, of all areas and
        periods.

    Returns
    -------
    Revisions
        NaN for an indicator of which fewer than ten figures were ever revised.

    Examples
    --------
    >>> first = np.full((12, 1, 1), 50.0)
    >>> last = first + np.arange(12.0).reshape(12, 1, 1)
    >>> last[11] = 120.0
    >>> found = revisions(first, last)
    >>> np.flatnonzero(found.flags).tolist(), found.size[:2].ravel().round(3).tolist()
    ([11], [0.0, 0.112])
    """
    early = panel_of("first", first)
    late = panel_of("last", last, early)
    above_zero("threshold", threshold)
    change = late - early
    moved = np.where(np.abs(change) > ROUNDING * np.abs(late), np.abs(change), np.nan)
    pooled = _pooled(moved)
    usual = np.expand_dims(MAD_TO_SD * median(pooled), -1)
    enough = np.expand_dims((~np.isnan(pooled)).sum(axis=0) >= MIN_REVISIONS, -1)
    size = np.where(enough, change / usual, np.nan)
    return Revisions(size, np.abs(size) > threshold)


def in_proportion(values: npt.ArrayLike, *, amounts: Flags, like: npt.ArrayLike | None = None) -> Numbers:
    """Put amounts on a scale on which the changes of great and small areas compare.

    Parameters
    ----------
    values : array, shape (area, ..., period)
        NaN where there is no figure.
    amounts : array of bool, shape (...)
        Which indicators grow with the size of an area; the others are left as they are.
    like : array, shape (area, ..., period), optional
        Figures that set the scale; by default the values themselves.

    Returns
    -------
    array, shape (area, ..., period)
        Inverse hyperbolic sine of an amount in units of its indicator's lower quartile: even below it, where
        small numbers swing, and logarithmic above it, where changes are in proportion. NaN where there is
        none.

    Examples
    --------
    >>> values = np.array([[10.0], [10.0], [100.0], [200.0]])
    >>> in_proportion(values, amounts=np.ones((), dtype=bool))[:, 0].round(2).tolist()
    [0.88, 0.88, 3.0, 3.69]
    """
    numbers = panel_of("values", values)
    chosen = np.broadcast_to(np.asarray(amounts, dtype=bool), numbers.shape[1:-1])
    scaled = numbers.copy()
    if not numbers.size:
        return scaled
    size = np.abs((numbers if like is None else panel_of("like", like, numbers))[:, chosen])
    ordered = np.sort(_pooled(size), axis=0)
    quarter = (~np.isnan(ordered)).sum(axis=0) // 4
    unit = np.take_along_axis(ordered, quarter[None], axis=0)[0][:, None]
    scaled[:, chosen] = np.arcsinh(numbers[:, chosen] / np.where(unit > 0, unit, 1.0))
    return scaled


def _pooled(numbers: Numbers) -> Numbers:
    """Put the areas and periods along one axis, shape (area * period, ...)."""
    return np.moveaxis(numbers, -1, 0).reshape(len(numbers) * numbers.shape[-1], *numbers.shape[1:-1])
