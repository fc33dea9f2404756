"""What an area's figure is held against: England, its region, its statistical neighbours, its own past."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from earlywarn.errors import ConfigError, name_a_few
from earlywarn.signals.counts import choice, finite
from earlywarn.signals.ordered import median

__all__ = ["england_average", "neighbours_average", "own_past", "region_average"]

How = Literal["mean", "median"]


def _average(values: np.ndarray, *, axis: int, how: How, at_least: int = 1) -> np.ndarray:
    """Return the mean or the median of the figures that are there, NaN where they are too few."""
    count = np.sum(~np.isnan(values), axis=axis)
    if how == "median":
        middle = median(values, axis=axis)
    else:
        middle = np.divide(np.nansum(values, axis=axis), np.maximum(count, 1))
    return np.where(count >= max(at_least, 1), middle, np.nan)


def _areas_first(values: ArrayLike, how: How) -> np.ndarray:
    choice("how", how, ("mean", "median"))
    figures = finite(values, "values")
    if not figures.ndim:
        message = "values: expected an array with areas along its first axis, found a single number"
        raise ConfigError(message)
    return figures


def england_average(values: ArrayLike, *, how: How) -> np.ndarray:
    """Return the mean or the median of all areas, each counted once.

    Parameters
    ----------
    values : array_like of shape (area, ...)
        Figures in any unit, NaN where there is none.
    how : {"mean", "median"}
        Which average. The figure that England publishes weighs areas by size: use that where it is known.

    Returns
    -------
    ndarray of shape (...)
        In the same unit; NaN where no area has a figure.

    Examples
    --------
    >>> england_average([10.0, 20.0, 90.0, float("nan")], how="mean")
    array(40.)
    """
    return _average(_areas_first(values, how), axis=0, how=how)


def region_average(
    values: ArrayLike, regions: ArrayLike, *, how: How, own: bool = True, at_least: int = 1
) -> np.ndarray:
    """Return the average of each area's region.

    Parameters
    ----------
    values : array_like of shape (area, ...)
        Figures in any unit, NaN where there is none.
    regions : array_like of int, shape (area,)
        Any code for each area's region; negative where it has none.
    how : {"mean", "median"}
        Which average.
    own : bool
        Whether the area's own figure counts.
    at_least : int
        Figures needed for an average.

    Returns
    -------
    ndarray of shape (area, ...)
        In the same unit; NaN where the area has no region, or too few of the region have a figure.

    Raises
    ------
    ConfigError
        If there is not one code for each area.

    Examples
    --------
    >>> region_average([10.0, 20.0, 90.0, 50.0], [1, 1, 2, 1], how="median", own=False)
    array([35., 30., nan, 15.])
    """
    figures = _areas_first(values, how)
    codes = np.asarray(regions)
    if codes.shape != figures.shape[:1] or codes.dtype.kind not in "iu":
        message = (
            f"regions: expected one whole number for each of {len(figures):,} areas, "
            f"found {codes.dtype} of shape {codes.shape}; use -1 for an area without a region"
        )
        raise ConfigError(message)
    result = np.full(figures.shape, np.nan)
    for code in np.unique(codes[codes >= 0]):
        members = np.flatnonzero(codes == code)
        block = figures[members]
        if own:
            result[members] = _average(block, axis=0, how=how, at_least=at_least)
        else:
            every = np.tile(np.arange(members.size), (members.size, 1))
            others = every[~np.eye(members.size, dtype=bool)].reshape(members.size, members.size - 1)
            result[members] = _average(block[others], axis=1, how=how, at_least=at_least)
    return result


def neighbours_average(values: ArrayLike, positions: ArrayLike, *, how: How, at_least: int = 1) -> np.ndarray:
    """Return the average of each area's statistical neighbours. The area itself is not among them.

    Parameters
    ----------
    values : array_like of shape (area, ...)
        Figures in any unit, NaN where there is none.
    positions : array_like of int, shape (area, rank)
        Where each neighbour stands along ``values``; -1 where there is none. Take the set that was in force
        at the as-of date.
    how : {"mean", "median"}
        Both conventions are in use: the mean of the ten, and the median, which one odd neighbour does not
        move.
    at_least : int
        Neighbours with a figure that are needed for an average.

    Returns
    -------
    ndarray of shape (area, ...)
        In the same unit; NaN where too few neighbours have a figure.

    Raises
    ------
    ConfigError
        If positions are not whole numbers of shape (area, rank), or point past the last area.

    References
    ----------
    .. [1] Benton et al. (2007), Children's Services Statistical Neighbour Benchmarking, NFER.

    Examples
    --------
    >>> positions = [[1, 2, 3], [0, 2, -1], [0, 1, -1], [0, 1, 2]]
    >>> neighbours_average([10.0, 20.0, 90.0, float("nan")], positions, how="mean")
    array([55., 50., 15., 40.])
    """
    figures = _areas_first(values, how)
    places = np.asarray(positions)
    if places.ndim != 2 or len(places) != len(figures) or places.dtype.kind not in "iu":  # noqa: PLR2004
        message = (
            f"positions: expected whole numbers of shape ({len(figures)}, rank), "
            f"found {places.dtype} of shape {places.shape}"
        )
        raise ConfigError(message)
    beyond = places[places >= len(figures)]
    if beyond.size:
        message = (
            f"positions: expected at most {len(figures) - 1}, the last area's, found {beyond.size:,} beyond "
            f"it, {name_a_few(beyond.tolist())}; use -1 where there is no neighbour"
        )
        raise ConfigError(message)
    if not places.shape[1]:
        return np.full(figures.shape, np.nan)
    there = (places >= 0).reshape(places.shape + (1,) * (figures.ndim - 1))
    return _average(np.where(there, figures[places], np.nan), axis=1, how=how, at_least=at_least)


def own_past(values: ArrayLike, *, how: How = "median", at_least: int = 3) -> np.ndarray:
    """Return the average of each series' figures before its newest.

    Parameters
    ----------
    values : array_like of shape (..., period)
        Figures in any unit, oldest first, NaN where there is none.
    how : {"mean", "median"}
        Which average.
    at_least : int
        Earlier figures needed; with fewer, "usual" means little.

    Returns
    -------
    ndarray of shape (...)
        In the same unit; NaN where earlier figures are too few.

    Examples
    --------
    >>> own_past([[10.0, 12.0, float("nan"), 17.0, 30.0], [1.0, 2.0, 3.0, float("nan"), float("nan")]])
    array([12., nan])
    """
    figures = np.moveaxis(_areas_first(values, how), -1, 0)
    there = ~np.isnan(figures)
    later = np.cumsum(there[::-1], axis=0)[::-1]  # figures from here on
    return _average(np.where(there & (later > 1), figures, np.nan), axis=0, how=how, at_least=at_least)
