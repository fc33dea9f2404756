"""What a count, a denominator and a level of confidence must be before a statistic is worked from them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from earlywarn.errors import ConfigError, name_a_few
from earlywarn.signals.floats import floats

__all__ = ["along", "choice", "confident", "counts_of", "critical", "finite", "numbers", "scaled_by"]

ROUNDING = 1e-9  # a count worked back from a percentage may pass its denominator by this share of it


def numbers(values: ArrayLike, name: str) -> np.ndarray:
    """Return the values as an array of floats, or say that they are not numbers."""
    try:
        return floats(values)
    except (TypeError, ValueError) as error:
        message = f"{name}: expected numbers, found {values!r:.80}; leave a gap as NaN"
        raise ConfigError(message) from error


def finite(values: ArrayLike, name: str) -> np.ndarray:
    """Return the values as an array of floats, NaN for gaps, or say that some are no finite numbers."""
    found = numbers(values, name)
    infinite = int(np.isinf(found).sum())
    if infinite:
        message = f"{name}: expected finite figures, found {infinite:,} infinite; leave a gap as NaN"
        raise ConfigError(message)
    return found


def along(values: np.ndarray, axis: int, name: str, *, to: int = 0) -> np.ndarray:
    """Return the values with this axis moved to the front (or elsewhere), or say that there is none such."""
    if not isinstance(axis, (int, np.integer)) or not -values.ndim <= axis < values.ndim:
        message = f"axis: expected one of the {values.ndim} axes of {name}, found {axis!r}"
        raise ConfigError(message)
    return np.moveaxis(values, axis, to)


def _refuse(bad: np.ndarray, name: str, values: np.ndarray, wanted: str, remedy: str) -> str:
    """Return one line on the values that will not do, or nothing."""
    if not bad.any():
        return ""
    places = [f"{value:g}" for value in np.broadcast_to(values, bad.shape)[bad]]
    return f"{name}: expected {wanted}, found {len(places):,} others, {name_a_few(places)}; {remedy}"


def counts_of(
    events: ArrayLike, n: ArrayLike, *, within: bool, names: tuple[str, str] = ("events", "n")
) -> tuple[np.ndarray, np.ndarray]:
    """Return counts and denominators, broadcast against each other, that a rate can be worked from.

    Parameters
    ----------
    events, n : array_like
        Counts, and what they are out of or exposed to. Fractions are allowed (a count may have been worked
        back from a rounded percentage); NaN stays NaN.
    within : bool
        Whether events are some *of* n, and so cannot pass it.
    names : tuple of str
        What the caller calls the two.

    Raises
    ------
    ConfigError
        If they are not numbers, do not broadcast, are negative or infinite, or if events pass n. All that is
        wrong stands in one message.
    """
    raw, base = numbers(events, names[0]), numbers(n, names[1])
    try:
        raw, base = np.broadcast_arrays(raw, base)
    except ValueError as error:
        message = f"{names[0]} and {names[1]}: expected shapes that fit, found {raw.shape} and {base.shape}"
        raise ConfigError(message) from error
    remedy = "leave a gap as NaN"
    faults = [
        _refuse((raw < 0) | np.isinf(raw), names[0], raw, "finite counts of nought or more", remedy),
        _refuse((base < 0) | np.isinf(base), names[1], base, "finite numbers of nought or more", remedy),
    ]
    if within:
        over = raw > base * (1 + ROUNDING)
        pairs = [f"{count:g} of {of:g}" for count, of in zip(raw[over], base[over], strict=True)]
        if pairs:
            faults.append(
                f"{names[0]}: expected at most {names[1]}, found {len(pairs):,} above it, "
                f"{name_a_few(pairs)}; correct them, or treat the figure as a rate"
            )
        raw = np.minimum(raw, base)
    if any(faults):
        raise ConfigError("\n".join(filter(None, faults)))
    return raw, base


def confident(confidence: float, name: str = "confidence") -> float:
    """Return a share between 0 and 1, or say that one was wanted."""
    if not isinstance(confidence, (int, float, np.number)) or not 0 < confidence < 1:
        message = f"{name}: expected a share between 0 and 1, such as 0.95, found {confidence!r}"
        raise ConfigError(message)
    return float(confidence)


def critical(confidence: float, name: str = "confidence") -> float:
    """Return the normal quantile that bounds this share of chance, half of the rest on each side.

    Examples
    --------
    >>> round(critical(0.95), 6), round(critical(0.998), 6)
    (1.959964, 3.090232)
    """
    return float(ndtri(0.5 + confident(confidence, name) / 2))


def scaled_by(multiplier: float) -> float:
    """Return a multiplier, or say what one is."""
    if not isinstance(multiplier, (int, float, np.number)) or not 0 < multiplier < np.inf:
        message = f"multiplier: expected a number above nought, such as 100, found {multiplier!r}"
        raise ConfigError(message)
    return float(multiplier)


def choice(name: str, found: object, allowed: Sequence[object]) -> None:
    """Say what is allowed, unless that is what was found."""
    if found not in allowed:
        message = f"{name}: expected one of {', '.join(map(repr, allowed))}, found {found!r}"
        raise ConfigError(message)
