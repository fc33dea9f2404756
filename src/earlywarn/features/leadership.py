"""Who led the service at the last report that said so.

Reports state this systematically to 2018 and only now and then since; silence is not stability.
"""

import numpy as np
import pandas as pd
import xarray as xr

from earlywarn.panel.snapshot import Snapshot
from earlywarn.schedule import DAYS_PER_YEAR

__all__ = ["director_interim", "director_tenure"]

DIRECTOR = "director_of_childrens_services"


def _director(snapshot: Snapshot) -> pd.DataFrame:
    table = snapshot.leadership
    if table.empty:
        return pd.DataFrame({"area_code": [], "in_post_since": pd.to_datetime([]), "interim": []})
    return table[table["role"].eq(DIRECTOR)]


def director_tenure(snapshot: Snapshot) -> xr.DataArray:
    """Return how long the director had been in post when the last report that says so was published.

    Returns
    -------
    DataArray of shape (area,)
        Years; shorter is less settled. NaN where no report has said.
    """
    table = _director(snapshot)
    if table.empty:
        return snapshot.per_area(np.full(len(snapshot.position), np.nan))
    served = (table["known_on"] - table["in_post_since"]).dt.days.to_numpy() / DAYS_PER_YEAR
    return snapshot.per_area(np.append(served, np.nan)[snapshot.last_row(table)])


def director_interim(snapshot: Snapshot) -> xr.DataArray:
    """Say whether the director was interim at the last report that says so.

    Returns
    -------
    DataArray of shape (area,)
        1 interim, **which is worse**; 0 not; NaN where no report has said.
    """
    table = _director(snapshot)
    if table.empty:
        return snapshot.per_area(np.full(len(snapshot.position), np.nan))
    interim = table["interim"].astype(float).to_numpy()
    return snapshot.per_area(np.append(interim, np.nan)[snapshot.last_row(table)])
