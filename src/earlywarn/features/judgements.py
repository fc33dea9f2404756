"""What inspectors have said before, of the area and of those around it.

Grades are coded 0 inadequate, 1 requires improvement, 2 good, 3 outstanding, so here **lower is worse**.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from earlywarn.features.neighbours import neighbour_values
from earlywarn.panel.labels import grade_codes
from earlywarn.panel.snapshot import Snapshot
from earlywarn.schedule import DAYS_PER_YEAR
from earlywarn.schema import GRADES

__all__ = [
    "decayed_judgement",
    "last_sub_judgement",
    "neighbours_judgement",
    "previous_overall",
    "region_judgement",
    "trajectory",
    "years_since_last",
]

HALF_LIFE = 4.0  # years: a judgement one cycle older, of about three years, counts a little more than half


def _pick(snapshot: Snapshot, numbers: npt.NDArray[np.float64], rows: npt.NDArray[np.int64]) -> xr.DataArray:
    padded = np.append(numbers.astype(float), np.nan)
    return snapshot.per_area(padded[rows])


def _judged(snapshot: Snapshot, column: str = "overall") -> pd.DataFrame:
    table = snapshot.inspections
    if column not in table:
        return pd.DataFrame({"area_code": [], "start_date": pd.to_datetime([]), column: []})
    return table[table[column].isin(GRADES)]


def last_sub_judgement(snapshot: Snapshot, *, of: str = "overall") -> xr.DataArray:
    """Return the last known grade of one judgement.

    Parameters
    ----------
    snapshot : Snapshot
        Uses ``inspections``.
    of : str
        ``overall``, or a sub-judgement: ``leadership``, ``help_and_protection``, ``care``.

    Returns
    -------
    DataArray of shape (area,)
        0 to 3, **lower is worse**; NaN where the area has no such judgement yet.
    """
    table = _judged(snapshot, of)
    return _pick(snapshot, grade_codes(table[of]).to_numpy(), snapshot.last_row(table))


def previous_overall(snapshot: Snapshot) -> xr.DataArray:
    """Return the overall grade before the last one, 0 to 3; NaN where there are not two."""
    table = _judged(snapshot)
    return _pick(snapshot, grade_codes(table["overall"]).to_numpy(), snapshot.last_row(table, back=1))


def trajectory(snapshot: Snapshot) -> xr.DataArray:
    """Return the last overall grade less the one before: negative is a fall. NaN without two."""
    return last_sub_judgement(snapshot) - previous_overall(snapshot)


def years_since_last(snapshot: Snapshot) -> xr.DataArray:
    """Return the years from the start of the last known inspection to the as-of date; NaN without one."""
    table = _judged(snapshot)
    days = (snapshot.as_of - table["start_date"]).dt.days.to_numpy()
    return _pick(snapshot, days / DAYS_PER_YEAR, snapshot.last_row(table))


def decayed_judgement(snapshot: Snapshot) -> xr.DataArray:
    """Return the mean of all past overall grades, each weighing half as much every four years.

    Returns
    -------
    DataArray of shape (area,)
        0 to 3, **lower is worse**; NaN where there is no judgement.
    """
    table = _judged(snapshot)
    codes = snapshot.position.get_indexer(pd.Index(table["area_code"]))
    days = (snapshot.as_of - table["start_date"]).dt.days.to_numpy()
    weight = 0.5 ** (days / DAYS_PER_YEAR / HALF_LIFE)
    size = len(snapshot.position)
    total = np.bincount(codes, weights=weight, minlength=size)
    graded = np.bincount(codes, weights=weight * grade_codes(table["overall"]).to_numpy(), minlength=size)
    return snapshot.per_area(np.divide(graded, total, out=np.full(size, np.nan), where=total > 0))


def neighbours_judgement(snapshot: Snapshot) -> xr.DataArray:
    """Return the mean of the statistical neighbours' last overall grades.

    Returns
    -------
    DataArray of shape (area,)
        0 to 3, **lower is worse**; NaN where no neighbour set, or none of its areas, is known.
    """
    own = last_sub_judgement(snapshot)
    if snapshot.neighbours.sizes["rank"] == 0:
        return snapshot.per_area(np.full(own.size, np.nan))
    peers = neighbour_values(snapshot, own)
    count = (~np.isnan(peers)).sum(axis=0)
    total = np.nansum(peers, axis=0)
    return snapshot.per_area(np.divide(total, count, out=np.full(own.size, np.nan), where=count > 0))


def region_judgement(snapshot: Snapshot) -> xr.DataArray:
    """Return the mean of the last overall grades of the *other* areas of the region.

    Returns
    -------
    DataArray of shape (area,)
        0 to 3, **lower is worse**; NaN where the region is not known or no other area of it was judged.
    """
    own = last_sub_judgement(snapshot).to_numpy()
    if snapshot.areas.empty:
        return snapshot.per_area(np.full(own.size, np.nan))
    named = snapshot.areas["region"]
    regions, names = pd.factorize(named.where(named.ne("")))
    present = snapshot.areas["exists"].to_numpy(dtype=bool)
    counted = ~np.isnan(own) & (regions >= 0) & present
    size = max(len(names), 1)
    total = np.bincount(regions[counted], weights=own[counted], minlength=size)[regions]
    count = np.bincount(regions[counted], minlength=size)[regions].astype(float)
    others, total = count - counted, total - np.where(counted, own, 0.0)
    known = (others > 0) & (regions >= 0)
    return snapshot.per_area(np.divide(total, others, out=np.full(own.size, np.nan), where=known))
