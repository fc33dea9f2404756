"""How far each area sits from its statistical neighbours."""

import numpy as np
import xarray as xr

from earlywarn.features.level import latest
from earlywarn.panel.snapshot import Snapshot
from earlywarn.signals.ordered import MAD_TO_SD, median

__all__ = ["neighbour_gap", "neighbour_values"]

MIN_NEIGHBOURS = 3  # with fewer published values a spread means little


def neighbour_values(snapshot: Snapshot, own: xr.DataArray) -> np.ndarray:
    """Return the neighbours' values of a labelled array, shape (rank, area, ...), NaN where there is none."""
    positions = snapshot.neighbours.transpose("rank", "area").to_numpy()
    values = own.to_numpy()
    peers = values[positions]
    return np.where((positions >= 0).reshape(positions.shape + (1,) * (values.ndim - 1)), peers, np.nan)


def neighbour_gap(snapshot: Snapshot) -> xr.DataArray:
    """Return each area's gap to the median of its statistical neighbours.

    Parameters
    ----------
    snapshot : Snapshot
        What was known at ``snapshot.as_of``. Uses ``values`` of shape (area, indicator, period), in
        each indicator's own unit and signed so that higher is worse, and ``neighbours`` of shape
        (area, rank): the position of each neighbour along ``area`` [1]_.

    Returns
    -------
    DataArray of shape (area, indicator)
        Robust standard deviations, **positive is worse**. NaN, never imputed here, where the area
        or all but two of its neighbours lack a fresh value, where the neighbours do not differ, or
        where no neighbour set had been published yet.

    References
    ----------
    .. [1] Benton et al. (2007), Children's Services Statistical Neighbour Benchmarking, NFER.
    """
    own = latest(snapshot)
    if snapshot.neighbours.sizes["rank"] == 0:
        return own.copy(data=np.full(own.shape, np.nan))
    peers = neighbour_values(snapshot, own)
    centre = median(peers)
    spread = MAD_TO_SD * median(np.abs(peers - centre))
    comparable = ((~np.isnan(peers)).sum(axis=0) >= MIN_NEIGHBOURS) & (spread > 0)
    gap = np.divide(own.to_numpy() - centre, spread, out=np.full(own.shape, np.nan), where=comparable)
    return own.copy(data=gap)
