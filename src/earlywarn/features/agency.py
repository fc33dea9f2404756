"""Agency staff against vacancies: the newest of what was published and what was logged.

Published shares are a year apart and months old; people in touch with an area often know a later one.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from earlywarn.features.facts import told_once
from earlywarn.panel.snapshot import DEFAULT_MAX_AGE, Snapshot
from earlywarn.schedule import DAYS_PER_YEAR

__all__ = ["agency_beyond_vacancies", "agency_change", "agency_level"]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

AGENCY, VACANCIES = ("agency_rate", "agency_reliance"), ("vacancy_rate", "vacancies")  # indicator and kind
FRESH = DEFAULT_MAX_AGE * DAYS_PER_YEAR / 12  # days that a share counts as the newest
TOLERANCE = DAYS_PER_YEAR / 2  # days either side of a year before


class Shares(NamedTuple):
    """What is known of one share, published figures before logged ones.

    Attributes
    ----------
    area : array of int, shape (share,)
        Position along ``area``.
    age : array, shape (share,)
        Days from the day it speaks of to the as-of date.
    percent : array, shape (share,)
        The share.
    row : array of int, shape (share,)
        The row of ``entries``; -1 where it was published.
    """

    area: Codes
    age: Floats
    percent: Floats
    row: Codes


def _shares(snapshot: Snapshot, of: tuple[str, str]) -> Shares:
    indicator, kind = of
    entries = snapshot.entries
    row = told_once(entries, np.flatnonzero(entries.of(kind) & ~np.isnan(entries.amount)))
    area, age, percent = entries.area[row], entries.age[row], entries.amount[row]
    place = np.flatnonzero(snapshot.indicators == indicator)
    if len(place):
        values, years = snapshot.series.values[:, place[0]], snapshot.series.years[:, place[0]]
        sign = 1.0 if snapshot.sign is None else float(snapshot.sign[place[0]])
        at, figure = np.nonzero(~np.isnan(values))
        area, age = np.append(at, area), np.append(-years[at, figure] * DAYS_PER_YEAR, age)
        percent, row = np.append(values[at, figure] * sign, percent), np.append(np.full(len(at), -1), row)
    return Shares(area, age, percent, row)


def _nearest(shares: Shares, distance: Floats, areas: int, *, within: float) -> Codes:
    """Return the place of each area's nearest share, shape (area,); -1 where none is near enough."""
    near = np.flatnonzero(distance <= within)
    # of two as near the later one, and of two of one day the published one
    order = near[np.lexsort((near, shares.age[near], distance[near], shares.area[near]))][::-1]
    found = np.full(areas, -1)
    found[shares.area[order]] = order  # each area's nearest comes last, and stands
    return found


def _newest(snapshot: Snapshot, shares: Shares) -> Codes:
    return _nearest(shares, shares.age, len(snapshot.position), within=FRESH)


def _percent(shares: Shares, place: Codes) -> Floats:
    return np.append(shares.percent, np.nan)[place]


def _unknown(snapshot: Snapshot) -> xr.DataArray:
    return snapshot.per_area(np.full(len(snapshot.position), np.nan))


def agency_level(snapshot: Snapshot) -> xr.DataArray:
    """Return the newest share of social workers who are agency staff, published or logged.

    Parameters
    ----------
    snapshot : Snapshot
        Uses the indicator ``agency_rate`` and the entries of kind ``agency_reliance`` that give an amount.

    Returns
    -------
    DataArray of shape (area,)
        Percent, **higher is worse**; of one day the published figure stands. NaN where none is of the last
        18 months, and everywhere with an empty log, when ``agency_rate__level`` says the same.
    """
    if len(snapshot.entries) == 0:
        return _unknown(snapshot)
    shares = _shares(snapshot, AGENCY)
    return snapshot.per_area(_percent(shares, _newest(snapshot, shares)))


def agency_change(snapshot: Snapshot) -> xr.DataArray:
    """Return how much the share of agency staff changed over about a year.

    Parameters
    ----------
    snapshot : Snapshot
        As for ``agency_level``.

    Returns
    -------
    DataArray of shape (area,)
        Percentage points, **positive is worse**: the newest share less the one nearest to a year before it;
        NaN where there is no newest one, or none within half a year of that day.
    """
    if len(snapshot.entries) == 0:
        return _unknown(snapshot)
    shares = _shares(snapshot, AGENCY)
    newest = _newest(snapshot, shares)
    wanted = np.append(shares.age, np.nan)[newest] + DAYS_PER_YEAR
    distance = np.abs(shares.age - wanted[shares.area])
    before = _nearest(shares, distance, len(snapshot.position), within=TOLERANCE)
    return snapshot.per_area(_percent(shares, newest) - _percent(shares, before))


def agency_beyond_vacancies(snapshot: Snapshot) -> xr.DataArray:
    """Return the newest share of agency staff less the newest share of vacant posts.

    Parameters
    ----------
    snapshot : Snapshot
        As for ``agency_level``, and the same of ``vacancy_rate`` and ``vacancies``.

    Returns
    -------
    DataArray of shape (area,)
        Percentage points. Above 0 agency staff do more than fill vacant posts, below 0 posts stand empty:
        neither is worse by itself. NaN where either is not known.
    """
    if len(snapshot.entries) == 0:
        return _unknown(snapshot)
    agency, vacant = _shares(snapshot, AGENCY), _shares(snapshot, VACANCIES)
    return snapshot.per_area(
        _percent(agency, _newest(snapshot, agency)) - _percent(vacant, _newest(snapshot, vacant))
    )


def rows_of_shares(snapshot: Snapshot, *, vacancies: bool = False) -> Codes:
    """Return the entries that gave the newest shares of agency staff and, where asked, of vacant posts."""
    rows = []
    for of in (AGENCY, VACANCIES) if vacancies else (AGENCY,):
        shares = _shares(snapshot, of)
        rows.append(np.append(shares.row, -1)[_newest(snapshot, shares)])
    found = np.concatenate(rows)
    return found[found >= 0]
