"""Where the latest figure stands to the usual variation of its own series, as a control chart has it."""

import numpy as np
import xarray as xr

from earlywarn.panel.snapshot import Snapshot
from earlywarn.signals.usual import STEP_TO_SD, sign_beyond_rounding

__all__ = ["MIN_FIGURES", "own_gap", "own_side_run"]

MIN_FIGURES = 5  # with fewer, usual variation means little


def own_gap(snapshot: Snapshot) -> xr.DataArray:
    """Return how far the latest figure stands from its own mean, in its own usual variation.

    Parameters
    ----------
    snapshot : Snapshot
        Uses ``series``, signed so that higher is worse.

    Returns
    -------
    DataArray of shape (area, indicator)
        (Latest - mean) / (mean moving range / 1.128): 3 is the limit of an XmR chart; **positive is worse**.
        NaN where the latest figure is too old, with fewer than five figures, or where the series stands
        still.
    """
    values = snapshot.series.values
    if values.shape[2] == 0:
        return snapshot.per_indicator(np.full(values.shape[:2], np.nan))
    usual = snapshot.usual
    shape = values.shape[:2]
    mean, step = usual.mean.reshape(shape), usual.step.reshape(shape)
    enough = _enough(snapshot) & (step > 0)
    gap = np.divide((values[:, :, -1] - mean) * STEP_TO_SD, step, out=np.full(shape, np.nan), where=enough)
    return snapshot.per_indicator(gap)


def own_side_run(snapshot: Snapshot) -> xr.DataArray:
    """Return how many figures in a row, up to the latest, stand on the latest one's side of their mean.

    Returns
    -------
    DataArray of shape (area, indicator)
        A count, above nought on the worse side and below it on the better: **higher is worse**; 0 where the
        latest stands on the mean. NaN as for ``own_gap``, a series that stands still apart.
    """
    values = snapshot.series.values
    if values.shape[2] == 0:
        return snapshot.per_indicator(np.full(values.shape[:2], np.nan))
    usual = snapshot.usual
    mean, size = (part.reshape(*values.shape[:2], 1) for part in (usual.mean, usual.size))
    side = sign_beyond_rounding(values - mean, size)
    latest = side[:, :, -1:]
    length = np.cumprod((side == latest)[:, :, ::-1], axis=2).sum(axis=2)
    return snapshot.per_indicator(np.where(_enough(snapshot), length * latest[:, :, 0], np.nan))


def _enough(snapshot: Snapshot) -> np.ndarray:
    shape = snapshot.series.values.shape[:2]
    return snapshot.fresh & (snapshot.usual.figures.reshape(shape) >= MIN_FIGURES)
