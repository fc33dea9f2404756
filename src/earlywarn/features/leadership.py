"""How settled those who lead the service are.

Two features say what the last report that spoke of it said; reports do so systematically to 2018 and only
now and then since. The others rest on all that the log and the reports tell of each post; silence is not
stability.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from earlywarn.features.spells import DIRECTOR, INTERIM, PERMANENT, VACANT, Spells, spells
from earlywarn.intelligence.kinds import ROLES
from earlywarn.panel.snapshot import Snapshot
from earlywarn.schedule import DAYS_PER_YEAR

__all__ = [
    "director_interim",
    "director_tenure",
    "leadership_changes",
    "leadership_stability",
    "months_interim",
    "months_vacant",
    "tenure",
]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

DAYS_PER_MONTH = DAYS_PER_YEAR / 12
WINDOW = 2 * DAYS_PER_YEAR  # days


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


def _spoken_of(snapshot: Snapshot, numbers: Floats, role: str) -> xr.DataArray:
    """Blank the areas of which nothing was said about the post within three years."""
    return snapshot.per_area(np.where(spells(snapshot).spoken[:, list(ROLES).index(role)], numbers, np.nan))


def _months(found: Spells, chosen: npt.NDArray[np.bool_]) -> Floats:
    """Return for each spell how many of the last 24 months it covers, 0 where it is not chosen."""
    days = np.minimum(found.start, WINDOW) - np.minimum(found.end, WINDOW)
    return np.where(chosen, days, 0.0) / DAYS_PER_MONTH


def tenure(snapshot: Snapshot, *, role: str) -> xr.DataArray:
    """Return how long the present holder of a post, permanent or interim, has held it.

    Parameters
    ----------
    snapshot : Snapshot
        Uses the entries of kind ``leadership_change`` and what reports state of leaders.
    role : str
        One of ``ROLES``.

    Returns
    -------
    DataArray of shape (area,)
        Years; shorter is less settled. NaN where the post is vacant, or nothing was said of it within three
        years.
    """
    found = spells(snapshot)
    held = found.present & (found.state != VACANT) & (found.role == list(ROLES).index(role))
    years = np.full(len(snapshot.position), np.nan)
    years[found.area[held]] = found.start[held] / DAYS_PER_YEAR
    return _spoken_of(snapshot, years, role)


def _months_in(snapshot: Snapshot, *, role: str, state: int) -> xr.DataArray:
    found = spells(snapshot)
    chosen = (found.role == list(ROLES).index(role)) & (found.state == state)
    months = np.bincount(found.area, weights=_months(found, chosen), minlength=len(snapshot.position)).astype(
        float
    )
    return _spoken_of(snapshot, months, role)


def months_vacant(snapshot: Snapshot, *, role: str) -> xr.DataArray:
    """Return for how many of the last 24 months a post was vacant.

    Parameters
    ----------
    snapshot, role
        As for ``tenure``.

    Returns
    -------
    DataArray of shape (area,)
        Months, **more is worse**. Time before the first news of the post counts as none. NaN where nothing
        was said of it within three years.
    """
    return _months_in(snapshot, role=role, state=VACANT)


def months_interim(snapshot: Snapshot, *, role: str) -> xr.DataArray:
    """Return for how many of the last 24 months an interim held a post.

    Parameters
    ----------
    snapshot, role
        As for ``tenure``.

    Returns
    -------
    DataArray of shape (area,)
        Months, **more is worse**; otherwise as ``months_vacant``.
    """
    return _months_in(snapshot, role=role, state=INTERIM)


def leadership_changes(snapshot: Snapshot, *, months: int) -> xr.DataArray:
    """Return how many spells began in any post in the last months: arrivals and departures.

    Parameters
    ----------
    snapshot : Snapshot
        As for ``tenure``. A departure and an arrival on one day are one change.
    months : int
        How far back to count.

    Returns
    -------
    DataArray of shape (area,)
        Changes, **more is worse**; NaN where nothing was said of any post within three years.
    """
    found = spells(snapshot)
    lately = found.start <= months * DAYS_PER_MONTH
    count = np.bincount(found.area[lately], minlength=len(snapshot.position))
    return snapshot.per_area(np.where(found.spoken.any(axis=1), count, np.nan))


def leadership_stability(snapshot: Snapshot) -> xr.DataArray:
    """Return how settled the posts were over the last 24 months.

    For each post: the share of its known time that it was held permanently, divided by one more than the
    changes in it. The index is the mean over the posts of which anything was said within three years.

    Parameters
    ----------
    snapshot : Snapshot
        As for ``tenure``.

    Returns
    -------
    DataArray of shape (area,)
        1 the same permanent holder in every post, 0 none in any; **lower is worse**. NaN where nothing was
        said of any post.
    """
    found = spells(snapshot)
    posts = found.spoken.size
    post = found.area * len(ROLES) + found.role
    known = np.bincount(post, weights=_months(found, np.ones(len(post), dtype=bool)), minlength=posts)
    held = np.bincount(post, weights=_months(found, found.state == PERMANENT), minlength=posts)
    changes = np.bincount(post[found.start <= WINDOW], minlength=posts)
    settled = np.divide(held, known, out=np.zeros(posts), where=known > 0) / (1 + changes)
    spoken = found.spoken
    total = np.where(spoken, settled.reshape(spoken.shape), 0.0).sum(axis=1)
    count = spoken.sum(axis=1)
    return snapshot.per_area(np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0))


def rows_of_post(snapshot: Snapshot, *, role: str, states: tuple[int, ...], present: bool = False) -> Codes:
    """Return the entries behind a post's numbers: they began a spell of those states in the last 24 months.

    Parameters
    ----------
    snapshot, role
        As for ``tenure``.
    states : tuple of int
        Of the spells that count.
    present : bool
        Whether only the present spell does, however long it has lasted.
    """
    found = spells(snapshot)
    chosen = (found.role == list(ROLES).index(role)) & np.isin(found.state, states) & (found.row >= 0)
    rows: Codes = found.row[chosen & (found.present if present else found.end < WINDOW)]
    return rows


def rows_of_changes(snapshot: Snapshot, *, months: int, lasting: bool = False) -> Codes:
    """Return the entries that began a spell in the last months or, where asked, one that lasted into them."""
    found = spells(snapshot)
    ago = found.end < months * DAYS_PER_MONTH if lasting else found.start <= months * DAYS_PER_MONTH
    rows: Codes = found.row[(found.row >= 0) & ago]
    return rows
