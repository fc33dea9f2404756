"""How many people or cases stand beneath each area's latest figures."""

import numpy as np
import numpy.typing as npt

from earlywarn.panel.denominators import STEPS
from earlywarn.panel.snapshot import Snapshot

__all__ = ["denominators"]

Floats = npt.NDArray[np.float64]
CLOSE_YEARS = 2.0  # a number counted longer before or after the figure says too little of it


def denominators(snapshot: Snapshot) -> Floats:
    """Return what each area's latest figures are a share or a rate of.

    Parameters
    ----------
    snapshot : Snapshot
        Uses ``series``, ``sign`` and ``beneath``: which indicator stands beneath which.

    Returns
    -------
    array, shape (area, indicator)
        People or cases, as near in time to the latest figure as anything known; NaN where none is known
        within two years of it.
    """
    values, years, _ = snapshot.series
    shape = values.shape[:2]
    found = snapshot.beneath
    if found is None or values.shape[2] == 0:
        return np.full(shape, np.nan)
    sign = 1.0 if snapshot.sign is None else snapshot.sign.to_numpy()[:, None]
    below = found.beneath
    number = _nearest(values * sign, years, below)
    counted = np.full(shape, np.nan)
    for _ in range(STEPS):  # each time one step further up from the counts
        of_rate = number / found.scale[below] * counted[:, below]
        counted = np.where(found.counts[below], number, of_rate) * found.share
        counted = np.where(below >= 0, counted, np.nan)
    return np.where(counted > 0, counted, np.nan)


def _nearest(figures: Floats, years: Floats, below: npt.NDArray[np.int64]) -> Floats:
    """Return of the indicators beneath the figure nearest in time to the latest, shape (area, indicator)."""
    distance = np.abs(years[:, below] - years[:, :, -1:])
    distance = np.where(np.isnan(distance), np.inf, distance)
    place = distance.argmin(axis=2)[:, :, None]
    close = np.take_along_axis(distance, place, axis=2)[:, :, 0] <= CLOSE_YEARS
    return np.where(close, np.take_along_axis(figures[:, below], place, axis=2)[:, :, 0], np.nan)
