"""How each figure has moved: against its own past, and against how much everyone moved.

Windows are lengths of time, not counts of figures, so that annual and monthly indicators are treated
alike. A *year ago* is the figure that ends nearest to a year before the latest one, within half a year.
"""

import numpy as np
import numpy.typing as npt
import xarray as xr

from earlywarn.features.level import robust_gap
from earlywarn.panel.snapshot import Snapshot
from earlywarn.signals.ordered import median

__all__ = ["change_one_year", "change_three_years", "earlier", "slope", "volatility", "worsening_run"]

TOLERANCE = 0.5  # years either side of the date that we look for
SLOPE_YEARS = 3.0
VOLATILITY_YEARS = 5.0
MIN_POINTS = 3  # figures, before a slope or a spread of changes means anything
SLACK = 0.05  # years: a leap day must not push a figure out of its window


def earlier(snapshot: Snapshot, *, years: float) -> npt.NDArray[np.float64]:
    """Return the figure about so many years before each series' latest one, shape (area, indicator).

    Signed so that higher is worse; NaN where none ends within half a year of that date.
    """
    values, when, _ = snapshot.series
    if values.shape[2] == 0:
        return np.full(values.shape[:2], np.nan)
    distance = np.abs(when - (when[:, :, -1:] - years))
    distance = np.where(np.isnan(distance), np.inf, distance)
    nearest = distance.argmin(axis=2)[:, :, None]
    found = np.take_along_axis(values, nearest, axis=2)[:, :, 0]
    near = np.take_along_axis(distance, nearest, axis=2)[:, :, 0] <= TOLERANCE
    return np.where(near, found, np.nan)


def _change(snapshot: Snapshot, *, years: float) -> xr.DataArray:
    values = snapshot.series.values
    if values.shape[2] == 0:
        return snapshot.per_indicator(np.full(values.shape[:2], np.nan))
    moved = np.where(snapshot.fresh, values[:, :, -1] - earlier(snapshot, years=years), np.nan)
    return robust_gap(snapshot.per_indicator(moved))


def change_one_year(snapshot: Snapshot) -> xr.DataArray:
    """Return the change over about a year, against how much all areas changed.

    Parameters
    ----------
    snapshot : Snapshot
        Uses ``series``, signed so that higher is worse.

    Returns
    -------
    DataArray of shape (area, indicator)
        (Change - median change) in robust standard deviations of the changes; **positive is worse**. NaN
        where the latest figure is too old, or none ends within half a year of a year before it.
    """
    return _change(snapshot, years=1.0)


def change_three_years(snapshot: Snapshot) -> xr.DataArray:
    """Return the change over about three years, against how much all areas changed.

    Returns
    -------
    DataArray of shape (area, indicator)
        As for ``change_one_year``, three years back.
    """
    return _change(snapshot, years=3.0)


def slope(snapshot: Snapshot) -> xr.DataArray:
    """Return the least-squares slope over the last three years, against all areas' slopes.

    Parameters
    ----------
    snapshot : Snapshot
        Uses ``series``, signed so that higher is worse.

    Returns
    -------
    DataArray of shape (area, indicator)
        Robust standard deviations of the slopes across areas; **positive is worse**. NaN with fewer than
        three figures in the window, or where the latest is too old.

    Notes
    -----
    Closed form: sum((t - mean t)(v - mean v)) / sum((t - mean t)^2), for all series at once.
    """
    values, when, _ = snapshot.series
    if values.shape[2] == 0:
        return snapshot.per_indicator(np.full(values.shape[:2], np.nan))
    inside = when >= when[:, :, -1:] - SLOPE_YEARS - SLACK  # NaN compares False
    count = inside.sum(axis=2)
    weight = inside / np.maximum(count, 1)[:, :, None]
    # from the latest figure, so that a series that stands still has a slope of exactly nought
    time, value = np.where(inside, when, 0.0), np.where(inside, values - values[:, :, -1:], 0.0)
    time = np.where(inside, time - (weight * time).sum(axis=2, keepdims=True), 0.0)
    value = np.where(inside, value - (weight * value).sum(axis=2, keepdims=True), 0.0)
    square = (time * time).sum(axis=2)
    enough = (count >= MIN_POINTS) & (square > 0) & snapshot.fresh
    per_year = np.divide((time * value).sum(axis=2), square, out=np.full(square.shape, np.nan), where=enough)
    return robust_gap(snapshot.per_indicator(per_year))


def volatility(snapshot: Snapshot) -> xr.DataArray:
    """Return how restless each series is beside the typical area's.

    Returns
    -------
    DataArray of shape (area, indicator)
        Natural log of (root mean square of successive changes over five years / its median over areas):
        0 is typical, positive is more restless, **which is worse** only as a sign of a weak grip. NaN with
        fewer than three changes, where the latest figure is too old, or where the series stands still: that
        is more often a copied figure than a firm grip, so it does not count towards the median either.
    """
    values, when, _ = snapshot.series
    if values.shape[2] < 2:  # noqa: PLR2004 - one figure has no change
        return snapshot.per_indicator(np.full(values.shape[:2], np.nan))
    steps = np.diff(values, axis=2)
    inside = (when[:, :, :-1] >= when[:, :, -1:] - VOLATILITY_YEARS - SLACK) & ~np.isnan(steps)
    count = inside.sum(axis=2)
    square = np.where(inside, steps, 0.0) ** 2
    restless = np.sqrt(square.sum(axis=2) / np.maximum(count, 1))
    restless = np.where((count >= MIN_POINTS) & snapshot.fresh & (restless > 0), restless, np.nan)
    return snapshot.per_indicator(np.log(restless) - np.log(median(restless)))


def worsening_run(snapshot: Snapshot) -> xr.DataArray:
    """Return how many figures in a row, up to the latest, were each worse than the one before.

    Returns
    -------
    DataArray of shape (area, indicator)
        A count; 0 where the latest figure is no worse than the one before. NaN where there are not two
        figures, where the latest is too old, or where neither direction of the indicator is worse.
    """
    values = snapshot.series.values
    if values.shape[2] < 2:  # noqa: PLR2004 - one figure has no run
        return snapshot.per_indicator(np.full(values.shape[:2], np.nan))
    steps = np.diff(values, axis=2)
    run = np.cumprod((steps > 0)[:, :, ::-1], axis=2).sum(axis=2).astype(float)
    run = np.where(snapshot.fresh & ~np.isnan(steps[:, :, -1]), run, np.nan)
    if snapshot.neutral is not None:
        run = np.where(snapshot.neutral.to_numpy(), np.nan, run)
    return snapshot.per_indicator(run)
