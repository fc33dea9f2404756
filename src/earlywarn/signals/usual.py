"""What is usual for a series: its own mean, and its usual step from one figure to the next."""

from dataclasses import dataclass

import numpy as np

from earlywarn.errors import ConfigError, name_a_few
from earlywarn.signals.figures import Figures, whole_number

__all__ = ["STEP_TO_SD", "Usual", "segments_of", "sign_beyond_rounding", "usual_variation"]

SCREEN = 3.267  # D4: a moving range of two figures above so many means is exceptional (Shewhart; Wheeler)
STEP_TO_SD = 1.128  # d2: the mean moving range of independent normal figures, in standard deviations
ROUNDING = 1e-12  # of the figures' size: a smaller difference is arithmetic, not data
LEAST_BASELINE = 2  # figures: with one there is no step


@dataclass(frozen=True, eq=False)
class Usual:
    """The baseline of each segment of each series; all arrays have shape (series, segment).

    Attributes
    ----------
    mean, step : ndarray of float
        Mean of the baseline's figures, and the mean of their moving ranges after screening. NaN where the
        baseline has no figure (for ``step``: no two successive ones).
    figures : ndarray of int
        How many figures the baseline has.
    size : ndarray of float
        The largest of them without its sign: what rounding is measured by.
    """

    mean: np.ndarray
    step: np.ndarray
    figures: np.ndarray
    size: np.ndarray


def segments_of(rebase: object, figures: Figures) -> np.ndarray:
    """Return the number of each place's segment, from 0, shape (series, time).

    Parameters
    ----------
    rebase : sequence of int, or array-like of bool
        Positions along time at which a new segment starts, for all series; or True at each such place, in
        any shape that broadcasts to the values'.
    figures : Figures
        The series.

    Raises
    ------
    ConfigError
        When a position is not between 1 and the last, or an array of bool does not broadcast.
    """
    places = np.asarray(() if rebase is None else rebase)
    periods = figures.present.shape[1]
    if not places.size:
        return np.zeros(figures.present.shape, dtype=np.intp)
    if places.dtype == bool:
        starts = _aligned("rebase", places, figures)
        segment: np.ndarray = np.cumsum(starts, axis=1) - starts[:, :1]
        return segment
    numbered = places.dtype.kind in "iuf"
    outside = [place for place in places.ravel().tolist() if not (numbered and _is_place(place, periods))]
    if outside:
        message = (
            f"rebase must hold positions from 1 to {periods - 1}, at which a new segment starts, but holds "
            f"{name_a_few(dict.fromkeys(outside))}."
        )
        raise ConfigError(message)
    starts = np.zeros(periods, dtype=np.intp)
    starts[places.ravel().astype(np.intp)] = 1
    return np.broadcast_to(np.cumsum(starts), figures.present.shape)


def _is_place(place: float, periods: int) -> bool:
    return 1 <= place < periods and place == int(place)


def usual_variation(
    figures: Figures, *, segments: np.ndarray | None = None, baseline: object = None, screen: bool = True
) -> Usual:
    """Take the mean and the usual step of each segment from its baseline.

    Parameters
    ----------
    figures : Figures
        The series.
    segments : ndarray of int, shape (series, time), optional
        From ``segments_of``; None: one segment.
    baseline : None, int, or array-like of bool
        All figures of the segment; its first so many; or those where True, in any shape that broadcasts to
        the values'. A moving range counts where both its figures do.
    screen : bool
        Leave out, once, the moving ranges above 3.267 times their mean.

    Raises
    ------
    ConfigError
        When the baseline is none of these.
    """
    first, chosen = _chosen(baseline, figures)
    closed = None if segments is None or not segments.any() else figures.closed(segments)
    steps = np.abs(np.diff(figures.values, axis=1))
    found = []
    for segment in range(1 if closed is None else int(closed.max(initial=0)) + 1):
        inside = figures.filled if closed is None else figures.filled & (closed == segment)
        if first is not None:
            inside = inside & (np.cumsum(inside, axis=1) <= first)
        elif chosen is not None:
            inside = inside & chosen
        found.append(_mean_and_step(figures.values, steps, inside, screen=screen))
    if closed is not None:  # a segment in which no series has a figure yet
        behind = int(segments.max()) + 1 - len(found)  # type: ignore[union-attr]
        nothing = _mean_and_step(figures.values, steps, np.zeros_like(figures.filled), screen=screen)
        found += [nothing] * behind
    return Usual(*(np.stack(column, axis=1) for column in zip(*found, strict=True)))


def sign_beyond_rounding(difference: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return +1, 0 or -1: nought where a difference is within rounding of figures of that size, or NaN."""
    slack = ROUNDING * size
    sign: np.ndarray = (difference > slack).astype(np.int8) - (difference < -slack).astype(np.int8)
    return sign


def _mean_and_step(
    values: np.ndarray, steps: np.ndarray, inside: np.ndarray, *, screen: bool
) -> tuple[np.ndarray, ...]:
    count = inside.sum(axis=1)
    mean = _mean(values, inside)
    pair = inside[:, 1:] & inside[:, :-1]
    step = _mean(steps, pair)
    if screen:
        step = _mean(steps, pair & ~(steps > SCREEN * step[:, None]))
    size = np.max(np.abs(values), axis=1, initial=0.0, where=inside)
    return mean, step, count, size


def _mean(values: np.ndarray, where: np.ndarray) -> np.ndarray:
    total = np.sum(values, axis=1, where=where)
    count = where.sum(axis=1)
    mean: np.ndarray = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return mean


def _chosen(baseline: object, figures: Figures) -> tuple[int | None, np.ndarray | None]:
    if baseline is None:
        return None, None
    places = np.asarray(baseline)
    if places.dtype == bool and places.ndim:
        return None, figures.closed(_aligned("baseline", places, figures))
    return whole_number("baseline", baseline, least=LEAST_BASELINE), None


def _aligned(name: str, places: np.ndarray, figures: Figures) -> np.ndarray:
    try:
        return figures.aligned(places)
    except ValueError as error:
        message = (
            f"{name} has shape {places.shape}, which does not broadcast to the values' {figures.original}."
        )
        raise ConfigError(message) from error
