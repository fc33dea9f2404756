"""Change points: where the level of a series moved, which way, how far, and how clearly."""

from dataclasses import dataclass

import numpy as np

from earlywarn.errors import ConfigError
from earlywarn.signals.figures import Figures, close_up, whole_number
from earlywarn.signals.usual import STEP_TO_SD, usual_variation

__all__ = ["ChangePoints", "change_points"]

MIN_SIZE = 3  # figures: two alone are no level
PER_LOG = 3.0  # the penalty of a change, in noise variances, is so many times log(number of figures)


@dataclass(frozen=True, eq=False)
class ChangePoints:
    """Changes of level in one series or many; what is said of a figure has the shape of the values.

    Attributes
    ----------
    changed : ndarray of bool
        The figure is the first of a new level.
    direction : ndarray of int8
        There, +1 to a higher and -1 to a lower level; else 0.
    size : ndarray of float
        There, the new level less the one before it, in the values' unit; else NaN.
    strength : ndarray of float
        There, how many standard errors of their difference the two levels lie apart, above 0; else NaN. The
        place was chosen because the levels differ, so this is no test: below about 4 a change is uncertain.
    level : ndarray of float
        The fitted level at each figure, NaN where there is none.
    count : int or ndarray of int
        Number of changes in each series.
    last : int or ndarray of int
        Position along time of the last one, -1 where there is none.
    noise : float or ndarray of float
        Standard deviation that the changes are measured by, in the values' unit; NaN below two figures.
    times : ndarray or None
        The times that were given.
    axis : int
        The axis along which time runs.
    """

    changed: np.ndarray
    direction: np.ndarray
    size: np.ndarray
    strength: np.ndarray
    level: np.ndarray
    count: np.ndarray
    last: np.ndarray
    noise: np.ndarray
    times: np.ndarray | None
    axis: int

    @property
    def dates(self) -> np.ndarray:
        """The times of the changes, in the order of ``np.nonzero(changed)``; positions without times."""
        positions = np.nonzero(self.changed)[self.axis]
        return positions if self.times is None else self.times[positions]

    @property
    def last_date(self) -> np.ndarray:
        """The time of each series' last change, NaT or NaN where there is none; ``last`` without times."""
        if self.times is None:
            return self.last
        kind = self.times.dtype if self.times.dtype.kind in "mM" else np.dtype(float)
        none = np.array("NaT" if kind.kind in "mM" else np.nan, dtype=kind)
        with_none = np.append(self.times.astype(kind), none)
        found: np.ndarray = with_none[self.last]  # -1, none, is the one appended
        return found


def change_points(
    values: object,
    *,
    axis: int = -1,
    times: object = None,
    max_changes: int | None = None,
    min_size: int = MIN_SIZE,
    penalty: float | None = None,
) -> ChangePoints:
    """Find the changes of level in one series or a whole cube.

    The levels are those that make the least of squared distances from them, in noise variances, plus a
    penalty for each change [1]_ [2]_. That optimum is found exactly, by dynamic programming over all series
    at once: a library would loop over them, and binary segmentation, as quick, may miss two changes that hide
    each other. It looks at nothing but the values given: hand it what was known at the as-of date.

    Parameters
    ----------
    values : array-like of float
        Figures in the order of time along ``axis``, any shape, any unit. NaN: no figure, skipped.
    axis : int
        The axis along which time runs.
    times : array-like, optional
        The time of each position, for ``dates``: dates or numbers.
    max_changes : int, optional
        Allow at most so many changes in a series; None: as many as pay for their penalty.
    min_size : int
        Least number of figures on a level, so a change shows so many figures after it began.
    penalty : float, optional
        Price of a change in noise variances, above 0; None: 3 x log(number of figures of the series).

    Returns
    -------
    ChangePoints
        Noise is the mean moving range, screened once, divided by 1.128, as on a control chart; without
        screening where that is nought. A series that never varies has no changes.

    Raises
    ------
    ConfigError
        For values that are not finite numbers, or an argument that does not fit.

    Notes
    -----
    False changes: of stable, independent, normal series, 8% of those with 13 figures, 5% of those with 30 and
    2% of those with 60 show one. Figures that drift or echo the year before show more. A shift of two
    standard deviations in the last five of 13 figures is found in three of four.

    References
    ----------
    .. [1] Jackson et al. (2005), An algorithm for optimal partitioning of data on an interval, IEEE Signal
       Processing Letters 12(2), 105-108.
    .. [2] Killick, Fearnhead & Eckley (2012), Optimal detection of changepoints with a linear computational
       cost, JASA 107(500), 1590-1598.

    Examples
    --------
    >>> changes = change_points([20, 23, 19, 22, 21, 30, 33, 31, 29, 32], times=range(2015, 2025))
    >>> print(changes.dates, changes.size[changes.changed], changes.strength[changes.changed].round(1))
    [2020] [10.] [5.4]
    """
    figures = close_up(values, axis=axis)
    least = whole_number("min_size", min_size, least=1)
    most = None if max_changes is None else whole_number("max_changes", max_changes, least=0)
    if penalty is not None and not (penalty > 0 and np.isfinite(penalty)):
        message = f"penalty must be above nought, in noise variances, but is {penalty!r}."
        raise ConfigError(message)
    when = _times(times, figures.shape[-1])
    noise = _noise(figures)
    price = PER_LOG * np.log(np.maximum(figures.count, 1)) if penalty is None else penalty
    changed = _partition(_scaled(figures, noise), figures.count, price, least, most)
    return _described(figures, changed, noise, when)


def _noise(figures: Figures) -> np.ndarray:
    """Return each series' standard deviation from one figure to the next, shape (series,)."""
    screened, plain = (usual_variation(figures, screen=screen).step[:, 0] for screen in (True, False))
    noise: np.ndarray = np.where(screened == 0, plain, screened) / STEP_TO_SD
    return noise


def _scaled(figures: Figures, noise: np.ndarray) -> np.ndarray:
    """Return distances from the series' mean in noise units; nought behind the last figure."""
    mean = usual_variation(figures).mean
    known = figures.filled & (noise > 0)[:, None]
    off: np.ndarray = np.divide(figures.values - mean, noise[:, None], out=np.zeros(known.shape), where=known)
    return off


def _partition(
    scaled: np.ndarray, count: np.ndarray, price: float | np.ndarray, least: int, most: int | None
) -> np.ndarray:
    """Return where the best levels begin, the first left out, shape (series, figure).

    ``best[:, k, end]`` is the least cost of the figures before ``end`` on k levels; where their number is not
    limited, all share k = 0.
    """
    series, periods = scaled.shape
    layers, step = (1, 0) if most is None else (most + 2, 1)
    total, squared = (np.zeros((series, periods + 1)) for _ in range(2))
    np.cumsum(scaled, axis=1, out=total[:, 1:])
    np.cumsum(scaled**2, axis=1, out=squared[:, 1:])
    best = np.full((series, layers, periods + 1), np.inf)
    best[:, 0, 0] = 0.0
    began = np.zeros(best.shape, dtype=np.intp)
    charge = np.reshape(price, (-1, 1))
    for end in range(least, periods + 1):
        begins = end - least + 1
        spread = squared[:, end, None] - squared[:, :begins]
        spread -= (total[:, end, None] - total[:, :begins]) ** 2 / (end - np.arange(begins))
        costs = best[:, : layers - step, :begins] + spread[:, None, :]
        cheapest = costs.argmin(axis=2)
        began[:, step:, end] = cheapest
        best[:, step:, end] = np.take_along_axis(costs, cheapest[:, :, None], axis=2)[:, :, 0] + charge
    row = np.arange(series)
    place, layer = count, best[row, :, count].argmin(axis=1)
    changed = np.zeros(scaled.shape, dtype=bool)
    for _ in range(periods // least):  # from the last level back to the first
        place = began[row, layer, place]
        changed[row[place > 0], place[place > 0]] = True
        layer = np.maximum(layer - step, 0)
    return changed


def _described(
    figures: Figures, changed: np.ndarray, noise: np.ndarray, times: np.ndarray | None
) -> ChangePoints:
    """Measure the levels between the changes."""
    place = np.arange(changed.shape[1])
    first = np.maximum.accumulate(np.where(changed, place, 0), axis=1)
    after = np.full(changed.shape, changed.shape[1])
    after[:, :-1] = np.minimum.accumulate(np.where(changed, place, place.size)[:, :0:-1], axis=1)[:, ::-1]
    after = np.minimum(after, figures.count[:, None])
    middle = usual_variation(figures).mean
    total = np.zeros((len(changed), place.size + 1))
    np.cumsum(np.where(figures.filled, figures.values - middle, 0.0), axis=1, out=total[:, 1:])
    number = np.maximum(after - first, 1)
    level = (np.take_along_axis(total, after, axis=1) - np.take_along_axis(total, first, axis=1)) / number
    size, error = np.full(changed.shape, np.nan), np.full(changed.shape, np.nan)
    size[:, 1:] = np.diff(level, axis=1)
    error[:, 1:] = noise[:, None] * np.sqrt(1 / number[:, 1:] + 1 / number[:, :-1])
    size[~changed] = np.nan
    wide = figures.put_back(changed, gap=False)
    along = np.moveaxis(wide, figures.axis, -1)
    return ChangePoints(
        changed=wide,
        direction=figures.put_back(np.sign(np.where(changed, size, 0)).astype(np.int8), gap=0),
        size=figures.put_back(size, gap=np.nan),
        strength=figures.put_back(np.abs(size) / error, gap=np.nan),
        level=figures.put_back(np.where(figures.filled, level + middle, np.nan), gap=np.nan),
        count=figures.each(changed.sum(axis=1)),
        last=np.where(along, place, -1).max(axis=-1, initial=-1)[()],
        noise=figures.each(noise),
        times=times,
        axis=figures.axis,
    )


def _times(times: object, periods: int) -> np.ndarray | None:
    if times is None:
        return None
    given = np.asarray(times)
    try:
        given = given.astype("datetime64") if given.dtype.kind == "O" else given
    except (TypeError, ValueError) as error:
        message = f"times must be dates or numbers: {error}."
        raise ConfigError(message) from error
    if given.shape != (periods,) or given.dtype.kind not in "iufM":
        message = (
            f"times must hold a date or number for each of the {periods} positions, but has shape "
            f"{given.shape} and kind {given.dtype}."
        )
        raise ConfigError(message)
    return given
