"""Quantiles, medians and ranks along one axis, past the gaps."""

from collections.abc import Sequence

import numpy as np

__all__ = ["lowest_ranks", "median", "quantiles"]


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


def median(values: np.ndarray, *, axis: int = 0) -> np.ndarray:
    """Return the median of the figures that are there; NaN where there is none."""
    return np.asarray(quantiles(values, [0.5], axis=axis)[0])


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
