"""Quantiles, medians and ranks along one axis, past the gaps."""

from collections.abc import Sequence

import numpy as np

__all__ = ["MAD_TO_SD", "lowest_ranks", "median", "quantiles"]

MAD_TO_SD = (
    1.4826  # scales a median absolute deviation to a normal's standard deviation: Rousseeuw & Croux (1993)
)


def quantiles(values: np.ndarray, cuts: Sequence[float], *, axis: int = 0) -> np.ndarray:
    """Return linear quantiles of the figures that are there.

    Parameters
    ----------
    values : ndarray
        In any unit, NaN where there is no figure.
    cuts : sequence of float
        Between 0 and 1.
    axis : int
        The axis that is taken away.

    Returns
    -------
    ndarray of shape (cut, ...)
        Type 7 of Hyndman and Fan (1996), as numpy's and R's default. NaN where there is no figure at all.

    Examples
    --------
    >>> quantiles(np.array([10.0, np.nan, 20.0, 40.0]), [0.25, 0.5])
    array([15., 20.])
    """
    ordered = np.sort(np.moveaxis(values, axis, 0), axis=0)  # NaN goes last
    if not len(ordered):
        return np.full((len(cuts), *ordered.shape[1:]), np.nan)
    last = np.maximum(np.sum(~np.isnan(ordered), axis=0) - 1, 0)
    result = np.empty((len(cuts), *last.shape))
    for row, cut in enumerate(cuts):
        place = cut * last
        low = np.floor(place).astype(np.intp)
        below = np.take_along_axis(ordered, low[np.newaxis], axis=0)[0]
        above = np.take_along_axis(ordered, np.minimum(low + 1, last)[np.newaxis], axis=0)[0]
        share = place - low
        result[row] = np.where(above == below, below, (1 - share) * below + share * above)
    return result


def median(values: np.ndarray, *, axis: int = 0, keepdims: bool = False) -> np.ndarray:
    """Return the median of the figures that are there; NaN where there is none.

    Examples
    --------
    >>> median(np.array([[10.0, np.nan], [20.0, np.nan], [np.nan, np.nan]]))
    array([15., nan])
    """
    if values.shape[axis] == 0:
        return np.full(np.sum(values, axis=axis, keepdims=keepdims).shape, np.nan)
    ordered = np.sort(values, axis=axis)  # NaN goes last
    count = np.sum(~np.isnan(values), axis=axis, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum((count - 1) // 2, 0), axis=axis)
    high = np.take_along_axis(ordered, np.minimum(count // 2, values.shape[axis] - 1), axis=axis)
    middle = np.where(count > 0, (low + high) / 2, np.nan)
    return middle if keepdims else np.asarray(middle.squeeze(axis))


def lowest_ranks(values: np.ndarray, *, axis: int = 0) -> np.ndarray:
    """Return ranks from 1 for the lowest; figures that tie share the lowest rank, and a gap has none.

    Examples
    --------
    >>> lowest_ranks(np.array([30.0, 10.0, np.nan, 30.0]))
    array([ 2.,  1., nan,  2.])
    """
    front = np.moveaxis(values, axis, 0)
    order = np.argsort(front, axis=0, kind="stable")
    ordered = np.take_along_axis(front, order, axis=0)
    place = np.arange(len(front)).reshape((-1,) + (1,) * (front.ndim - 1))
    first = np.ones(front.shape, dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    rank = np.maximum.accumulate(np.where(first, place, 0), axis=0) + 1.0
    result = np.empty(front.shape)
    np.put_along_axis(result, order, np.where(np.isnan(ordered), np.nan, rank), axis=0)
    return np.moveaxis(result, 0, axis)
