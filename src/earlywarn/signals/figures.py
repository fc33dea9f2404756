"""Series with their gaps closed up, so that every rule looks at successive figures."""

import math
from dataclasses import dataclass

import numpy as np

from earlywarn.errors import ConfigError
from earlywarn.signals.floats import floats

__all__ = ["Figures", "close_up", "per_series", "whole_number"]


@dataclass(frozen=True, eq=False)
class Figures:
    """Many series at once, each with its figures first and NaN after them.

    Attributes
    ----------
    values : ndarray of float, shape (series, figure)
        The figures in order, closed up; NaN behind the last.
    count : ndarray of int, shape (series,)
        How many figures each series has.
    present : ndarray of bool, shape (series, time)
        Where the figures stood in the series as they were given.
    shape : tuple of int
        Shape of the input, with time moved to the end.
    axis : int
        The axis along which time ran.
    """

    values: np.ndarray
    count: np.ndarray
    present: np.ndarray
    shape: tuple[int, ...]
    axis: int

    @property
    def filled(self) -> np.ndarray:
        """Where ``values`` holds a figure, shape (series, figure)."""
        return np.arange(self.values.shape[1]) < self.count[:, None]

    def closed(self, companion: np.ndarray) -> np.ndarray:
        """Close up an array that stands beside the values, (series, time); nought behind the last figure."""
        if self.present.all():
            return companion
        tight = np.zeros(companion.shape, dtype=companion.dtype)
        tight[self.filled] = companion[self.present]
        return tight

    def put_back(self, tight: np.ndarray, *, gap: float | bool) -> np.ndarray:
        """Give each figure's result its place in the input's shape, and ``gap`` where there is no figure."""
        if self.present.all():
            return self.restored(tight)
        wide = np.full(tight.shape, gap, dtype=tight.dtype)
        wide[self.present] = tight[self.filled]
        return self.restored(wide)

    def aligned(self, companion: object) -> np.ndarray:
        """Spread an array-like over the input's shape and lay it out as (series, time)."""
        wide = np.broadcast_to(np.asarray(companion), self.original)
        return np.moveaxis(wide, self.axis, -1).reshape(self.present.shape)

    def restored(self, wide: np.ndarray) -> np.ndarray:
        """Lay (series, time) out in the input's shape."""
        return np.moveaxis(wide.reshape(self.shape), -1, self.axis)

    def each(self, per_series: np.ndarray) -> np.ndarray:
        """Lay one number a series out in the input's shape without time: a scalar for a single series."""
        return per_series.reshape(self.shape[:-1])[()]

    @property
    def original(self) -> tuple[int, ...]:
        """The input's own shape."""
        lead = list(self.shape[:-1])
        lead.insert(self.axis, self.shape[-1])
        return tuple(lead)

    def at_last(self, tight: np.ndarray) -> np.ndarray:
        """Take each series' result at its last figure, nought where it has none, shape (series,)."""
        if not tight.shape[1]:
            return np.zeros(len(tight), dtype=tight.dtype)
        found = np.take_along_axis(tight, np.maximum(self.count - 1, 0)[:, None], axis=1)[:, 0]
        return np.where(self.count > 0, found, 0).astype(tight.dtype)


def close_up(values: object, *, axis: int = -1) -> Figures:
    """Close up the gaps of many series.

    Parameters
    ----------
    values : array-like of float
        Any shape with at least one axis; NaN means that there is no figure.
    axis : int
        The axis along which time runs.

    Raises
    ------
    ConfigError
        When the values are not numbers, have no such axis, or hold an infinity.

    Examples
    --------
    >>> close_up([[3, float("nan"), 5], [1, 2, 4]]).values
    array([[ 3.,  5., nan],
           [ 1.,  2.,  4.]])
    """
    try:
        given = floats(values)
    except (TypeError, ValueError) as error:
        message = f"values must be numbers, NaN where there is no figure: {error}. Convert them first."
        raise ConfigError(message) from error
    if not isinstance(axis, (int, np.integer)) or not -given.ndim <= axis < given.ndim:
        message = f"values of shape {given.shape} have no axis {axis!r}. Name the axis along which time runs."
        raise ConfigError(message)
    infinite = int(np.isinf(given).sum())
    if infinite:
        message = (
            f"values must be finite, or NaN where there is no figure; {infinite:,} are infinite. Mend them."
        )
        raise ConfigError(message)
    wide = np.moveaxis(given, axis, -1)
    flat = wide.reshape(math.prod(wide.shape[:-1]), wide.shape[-1])
    present = ~np.isnan(flat)
    count = present.sum(axis=1)
    tight = flat
    if not present.all():
        tight = np.full(flat.shape, np.nan)
        tight[np.arange(flat.shape[1]) < count[:, None]] = flat[present]
    return Figures(tight, count, present, wide.shape, axis % given.ndim)


def per_series(name: str, given: object, figures: Figures) -> np.ndarray:
    """Spread numbers over the series, shape (series,), or say that they do not fit.

    Examples
    --------
    >>> per_series("target", [5, 6], close_up([[[3, 4], [3, 4]]]))
    array([5., 6.])
    """
    try:
        numbers = floats(given)
    except (TypeError, ValueError) as error:
        message = f"{name} must be a number, or numbers that broadcast to the series: {error}."
        raise ConfigError(message) from error
    if np.isinf(numbers).any():
        message = (
            f"{name} must be finite, or NaN where there is none, but {np.isinf(numbers).sum():,} are not."
        )
        raise ConfigError(message)
    try:
        return np.broadcast_to(numbers, figures.shape[:-1]).reshape(figures.count.shape)
    except ValueError as error:
        message = (
            f"{name} has shape {numbers.shape}, which does not broadcast to the series' {figures.shape[:-1]}."
        )
        raise ConfigError(message) from error


def whole_number(name: str, value: object, *, least: int) -> int:
    """Return a setting that must be a whole number of at least so much.

    Examples
    --------
    >>> whole_number("min_size", 3, least=1)
    3
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or value < least:
        message = f"{name} must be a whole number of at least {least}, but is {value!r}."
        raise ConfigError(message)
    return int(value)
