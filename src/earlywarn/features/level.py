"""The latest figure, and how far it sits from the rest of the country."""

import numpy as np
import xarray as xr

from earlywarn.panel.snapshot import Snapshot
from earlywarn.signals.areas import MIN_AREAS, ROUNDING
from earlywarn.signals.ordered import MAD_TO_SD, median

__all__ = ["latest", "level", "national_gap", "national_rank", "robust_gap"]


def latest(snapshot: Snapshot) -> xr.DataArray:
    """Return each area's latest figure, while it is fresh enough to count.

    Parameters
    ----------
    snapshot : Snapshot
        Uses ``series`` and ``oldest``: the age limit is one period, the usual publication lag and a
        quarter of slack, or 18 months where the lag is not known.

    Returns
    -------
    DataArray of shape (area, indicator)
        In the indicator's own unit, signed so that **higher is worse**. NaN where the latest figure is
        too old or there is none.
    """
    values = snapshot.series.values
    if values.shape[2] == 0:
        return snapshot.per_indicator(np.full(values.shape[:2], np.nan))
    return snapshot.per_indicator(np.where(snapshot.fresh, values[:, :, -1], np.nan))


def level(snapshot: Snapshot) -> xr.DataArray:
    """Return each area's latest figure as it was published.

    Returns
    -------
    DataArray of shape (area, indicator)
        In the indicator's own unit and with its own sign; NaN as for ``latest``.
    """
    own = latest(snapshot)
    return own if snapshot.sign is None else own * snapshot.sign


def robust_gap(numbers: xr.DataArray) -> xr.DataArray:
    """Return (value - median) / (1.4826 MAD) across areas.

    Parameters
    ----------
    numbers : DataArray of shape (area, indicator)
        Signed so that higher is worse.

    Returns
    -------
    DataArray of shape (area, indicator)
        Robust standard deviations, positive is worse. NaN where the value is missing, where fewer than
        five areas have one, or where half of them or more are equal (no spread to measure by).

    References
    ----------
    .. [1] Rousseeuw & Croux (1993), JASA 88(424), 1273-1283.
    """
    table = numbers.transpose("area", "indicator")
    values = table.to_numpy()
    centre = median(values)
    spread = MAD_TO_SD * median(np.abs(values - centre))
    least = ROUNDING * np.abs(values).max(axis=0, initial=0, where=~np.isnan(values))
    comparable = ((~np.isnan(values)).sum(axis=0) >= MIN_AREAS) & (spread > least)
    gaps = np.divide(values - centre, spread, out=np.full_like(values, np.nan), where=comparable)
    return table.copy(data=gaps)


def national_gap(snapshot: Snapshot) -> xr.DataArray:
    """Return each area's gap to the median of all areas.

    Parameters
    ----------
    snapshot : Snapshot
        As for ``latest``.

    Returns
    -------
    DataArray of shape (area, indicator)
        Robust standard deviations, **positive is worse**; NaN as for ``latest`` and ``robust_gap``.
    """
    return robust_gap(latest(snapshot))


def national_rank(snapshot: Snapshot) -> xr.DataArray:
    """Return where each area stands among all areas, from 0 to 1.

    Returns
    -------
    DataArray of shape (area, indicator)
        Share of the areas with a figure whose figure is better, ties counting half: 1 is **worse** than
        everyone, 0 better. NaN as for ``latest``, and where fewer than five areas have a figure.
    """
    own = latest(snapshot)
    count = own.count("area")
    return ((own.rank("area") - 1) / (count - 1)).where(count >= MIN_AREAS)
