"""Complaints as rates with their exposure, and as a control chart of the area's own past.

Each entry counts one period that ends on the day it occurred. Where one period is logged stage by stage, its
complaints are added up and its children are the same children, so the largest exposure stands for the period.
An example: 12 complaints at stage 1 and 3 at stage 2 in a quarter with 500 children in touch are 15 in 500,
30 per 1,000.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from earlywarn.features.facts import told_once
from earlywarn.panel.snapshot import Snapshot
from earlywarn.schedule import DAYS_PER_YEAR

__all__ = ["complaints_rate", "complaints_signal", "upheld_share"]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

RECEIVED, UPHELD = "complaints", "complaints_upheld"
YEAR = DAYS_PER_YEAR  # days
PER_CHILDREN = 1_000
FEWEST = 6  # earlier points, before limits mean anything


class Points(NamedTuple):
    """Complaints by area and period, sorted by area, then time."""

    area: Codes
    age: Floats
    received: Floats
    exposure: Floats


def _counted(snapshot: Snapshot, kind: str) -> Codes:
    """Return the rows that say both how many and of how many, each fact once."""
    entries = snapshot.entries
    whole = entries.of(kind) & ~np.isnan(entries.amount) & (entries.exposure > 0)
    return told_once(entries, np.flatnonzero(whole))


def _points(snapshot: Snapshot) -> Points:
    entries = snapshot.entries
    rows = _counted(snapshot, RECEIVED)
    if len(rows) == 0:
        none = np.empty(0)
        return Points(rows, none, none, none)
    area, age = entries.area[rows], entries.age[rows]  # rows are sorted by area, then day
    new = np.append(True, (area[1:] != area[:-1]) | (age[1:] != age[:-1]))
    first = np.flatnonzero(new)
    count = np.add.reduceat(entries.amount[rows], first)
    exposure = np.maximum.reduceat(entries.exposure[rows], first)
    return Points(area[first], age[first], count, exposure)


def _ratio(snapshot: Snapshot, area: Codes, count: Floats, exposure: Floats) -> Floats:
    """Return the sum of counts over the sum of exposures by area; NaN without any."""
    size = len(snapshot.position)
    total = np.bincount(area, weights=exposure, minlength=size)
    counted = np.bincount(area, weights=count, minlength=size)
    ratio: Floats = np.divide(counted, total, out=np.full(size, np.nan), where=total > 0)
    return ratio


def complaints_rate(snapshot: Snapshot) -> xr.DataArray:
    """Return complaints received per 1,000 children in touch with the service, over the last 12 months.

    Parameters
    ----------
    snapshot : Snapshot
        Uses the entries of kind ``complaints`` that give both numbers.

    Returns
    -------
    DataArray of shape (area,)
        Complaints of all periods over children of all periods, so a mean rate *per period*. Neither way is
        worse by itself: a service that listens receives more. NaN where no period is logged.
    """
    points = _points(snapshot)
    recent = points.age <= YEAR
    ratio = _ratio(snapshot, points.area[recent], points.received[recent], points.exposure[recent])
    return snapshot.per_area(PER_CHILDREN * ratio)


def upheld_share(snapshot: Snapshot) -> xr.DataArray:
    """Return the share of complaints decided in the last 12 months that were upheld.

    Parameters
    ----------
    snapshot : Snapshot
        Uses the entries of kind ``complaints_upheld`` that give both numbers.

    Returns
    -------
    DataArray of shape (area,)
        0 to 1, **higher is worse**; NaN where no decision is logged.
    """
    entries = snapshot.entries
    rows = rows_upheld(snapshot)
    ratio = _ratio(snapshot, entries.area[rows], entries.amount[rows], entries.exposure[rows])
    return snapshot.per_area(ratio)


def complaints_signal(snapshot: Snapshot) -> xr.DataArray:
    """Return how far the latest period's rate stands from the area's own earlier periods.

    A u-chart [1]_: the centre is the rate over all earlier periods, and the standard error follows from the
    latest period's exposure. Beyond 3 the point is outside the usual limits.

    Parameters
    ----------
    snapshot : Snapshot
        Uses the entries of kind ``complaints`` that give both numbers.

    Returns
    -------
    DataArray of shape (area,)
        Standard errors, positive for more complaints than before. NaN where the latest period ended over a
        year ago, fewer than six earlier ones are logged, or none of them had a complaint.

    References
    ----------
    .. [1] Montgomery (2019), Introduction to Statistical Quality Control, 8th ed., section 7.3.
    """
    points = _points(snapshot)
    latest = np.append(points.area[1:] != points.area[:-1], True)[: len(points.area)]
    size = len(snapshot.position)
    before = ~latest
    centre = _ratio(snapshot, points.area[before], points.received[before], points.exposure[before])
    earlier = np.bincount(points.area[before], minlength=size)
    signal = np.full(size, np.nan)
    area, exposure = points.area[latest], points.exposure[latest]
    usable = (points.age[latest] <= YEAR) & (earlier[area] >= FEWEST) & (centre[area] > 0)
    area, exposure, rate = (
        area[usable],
        exposure[usable],
        (points.received[latest] / points.exposure[latest])[usable],
    )
    signal[area] = (rate - centre[area]) / np.sqrt(centre[area] / exposure)
    return snapshot.per_area(signal)


def rows_received(snapshot: Snapshot, *, ever: bool = False) -> Codes:
    """Return the entries behind the rate, those of the last 12 months; behind the signal, all of them."""
    rows = _counted(snapshot, RECEIVED)
    return rows if ever else rows[snapshot.entries.age[rows] <= YEAR]


def rows_upheld(snapshot: Snapshot) -> Codes:
    """Return the entries behind the share upheld."""
    rows = _counted(snapshot, UPHELD)
    return rows[snapshot.entries.age[rows] <= YEAR]
