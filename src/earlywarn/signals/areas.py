"""Panels of figures as plain arrays: areas along the first axis, periods along the last, checked once."""

import numpy as np
import numpy.typing as npt
from scipy.special import bdtrc

from earlywarn.errors import ConfigError
from earlywarn.signals.counts import numbers

__all__ = [
    "MIN_AREAS",
    "ROUNDING",
    "Flags",
    "Numbers",
    "above_zero",
    "binomial_tail",
    "changes_in",
    "fitted",
    "panel_of",
    "share_of",
]

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

MIN_AREAS = 5  # with fewer, what others did means little
ROUNDING = 1e-9  # of the largest number: a spread below it comes of binary fractions


def panel_of(name: str, values: npt.ArrayLike, like: Numbers | None = None) -> Numbers:
    """Return a float array with areas first and periods last, or say what is wrong with it."""
    array = numbers(values, name)
    least = 2
    if array.ndim < least:
        message = f"{name}: an array of shape (area, ..., period) is wanted, and its shape is {array.shape}."
        raise ConfigError(message)
    if like is not None and array.shape != like.shape:
        message = (
            f"{name}: the shape {like.shape} is wanted, as the others have, and its own is {array.shape}."
        )
        raise ConfigError(message)
    if np.isinf(array).any():
        message = (
            f"{name}: {np.isinf(array).sum():,} of its numbers are infinite. Write NaN where none is known."
        )
        raise ConfigError(message)
    return array


def fitted(name: str, values: npt.ArrayLike, shape: tuple[int, ...], kind: str) -> np.ndarray:
    """Return an array of a kind and shape, stretched where it is one value for all."""
    array = np.asarray(values, dtype=kind)
    if array.ndim and array.shape != shape:
        message = f"{name}: the shape {shape} is wanted, as the others have, and its own is {array.shape}."
        raise ConfigError(message)
    return np.broadcast_to(array, shape)


def changes_in(numbers: Numbers) -> Numbers:
    """Return the change of each figure from the period before, NaN in the first period."""
    first = np.full((*numbers.shape[:-1], min(1, numbers.shape[-1])), np.nan)
    return np.concatenate([first, np.diff(numbers, axis=-1)], axis=-1)


def share_of(name: str, value: float) -> None:
    """Refuse a number that is no share."""
    if not 0 < value < 1:
        message = f"{name}: a number between 0 and 1 is wanted, and {value!r} was given."
        raise ConfigError(message)


def above_zero(name: str, value: float) -> None:
    """Refuse a number that is not positive."""
    if not value > 0:
        message = f"{name}: a number above 0 is wanted, and {value!r} was given."
        raise ConfigError(message)


def binomial_tail(count: np.ndarray, tried: np.ndarray, chance: Numbers) -> Numbers:
    """Return the chance of at least so many among those tried; 1 where none is or nothing was found."""
    found = bdtrc(np.maximum(count - 1, 0), np.maximum(tried, 1), np.clip(chance, 0, 1))
    return np.where((count > 0) & (tried > 0), found, 1.0)
