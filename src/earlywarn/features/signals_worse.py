"""How much of what is known of an area stands out for the worse."""

import numpy as np
import xarray as xr

from earlywarn.features.control_chart import own_gap
from earlywarn.features.funnel import funnel_gap
from earlywarn.panel.snapshot import Snapshot

__all__ = ["signals_worse"]

OWN_LIMIT = 3.0  # own standard deviations: the limit of an XmR chart
FUNNEL_LIMIT = 3.09  # standard deviations: the 99.8% limit of a funnel


def signals_worse(snapshot: Snapshot) -> xr.DataArray:
    """Return the share of an area's indicators whose latest figure is beyond a limit on the worse side.

    Parameters
    ----------
    snapshot : Snapshot
        As for ``own_gap`` and ``funnel_gap``. Indicators of which neither direction is worse do not count.

    Returns
    -------
    DataArray of shape (area,)
        0 to 1, **higher is worse**: of the indicators that can be judged, those beyond the limits of their
        own past or of the funnel of all areas. NaN where none can.
    """
    own, among = own_gap(snapshot).to_numpy(), funnel_gap(snapshot).to_numpy()
    judged = ~(np.isnan(own) & np.isnan(among))
    if snapshot.neutral is not None:
        judged &= ~snapshot.neutral.to_numpy()
    out = judged & ((own > OWN_LIMIT) | (among > FUNNEL_LIMIT))  # NaN compares False
    count = judged.sum(axis=1)
    return snapshot.per_area(np.where(count > 0, out.sum(axis=1) / np.maximum(count, 1), np.nan))
