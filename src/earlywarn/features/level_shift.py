"""Whether a series lately moved to another level, and how far."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from earlywarn.panel.snapshot import Snapshot
from earlywarn.signals.changes import change_points

__all__ = ["Shift", "latest_shift", "level_shift"]

Floats = npt.NDArray[np.float64]
LATELY = 3.5  # years before the latest figure in which a level may have begun: three figures make a level
CLEAR = 4.0  # standard errors between two levels below which a change is uncertain (see ``change_points``)
MIN_FIGURES = 6  # two levels of three


class Shift(NamedTuple):
    """The last clear change of level of each series, arrays of shape (area, indicator).

    Attributes
    ----------
    size : array of float
        The new level less the one before it, in the indicator's unit and signed so that higher is worse; 0
        where none is clear and recent, NaN where the series is too short or too old to say.
    noise : array of float
        Standard deviation from one figure to the next.
    first : array of int
        Position, along the figures of ``series``, of the first on the new level; -1 where there is none.
    """

    size: Floats
    noise: Floats
    first: npt.NDArray[np.int64]


def latest_shift(snapshot: Snapshot) -> Shift:
    """Find the last change of level of every series, if it is clear and recent.

    Parameters
    ----------
    snapshot : Snapshot
        Uses ``series``, signed so that higher is worse.
    """
    values, years, _ = snapshot.series
    shape = values.shape[:2]
    if values.shape[2] == 0:
        unknown = np.full(shape, np.nan)
        return Shift(unknown, unknown, np.full(shape, -1))
    found = change_points(values)
    last = found.last[:, :, None]
    there = last >= 0
    size, strength, began = (
        np.take_along_axis(each, np.maximum(last, 0), axis=2) for each in (found.size, found.strength, years)
    )
    recent = there & (strength >= CLEAR) & (began >= years[:, :, -1:] - LATELY)
    enough = snapshot.fresh & ((~np.isnan(values)).sum(axis=2) >= MIN_FIGURES)
    moved = np.where(enough, np.where(recent, size, 0.0)[:, :, 0], np.nan)
    return Shift(moved, found.noise, np.where(recent, last, -1)[:, :, 0])


def level_shift(snapshot: Snapshot) -> xr.DataArray:
    """Return how far each series lately moved to another level.

    Parameters
    ----------
    snapshot : Snapshot
        As for ``latest_shift``.

    Returns
    -------
    DataArray of shape (area, indicator)
        Change of level in standard deviations of the series from one figure to the next; **positive is
        worse**; 0 where no level began in the last three and a half years, or none clearly. NaN with fewer
        than six figures, where the latest is too old, or where the series stands still.
    """
    found = latest_shift(snapshot)
    known = ~np.isnan(found.size) & (found.noise > 0)
    size = np.divide(found.size, found.noise, out=np.full(found.size.shape, np.nan), where=known)
    return snapshot.per_indicator(size)
