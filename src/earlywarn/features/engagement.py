"""Whether an area lets others look: how long since its last peer review."""

import numpy as np
import numpy.typing as npt
import xarray as xr

from earlywarn.panel.entries import days_before
from earlywarn.panel.snapshot import Snapshot
from earlywarn.schedule import DAYS_PER_YEAR

__all__ = ["months_since_review"]

Codes = npt.NDArray[np.int64]

DAYS_PER_MONTH = DAYS_PER_YEAR / 12


def months_since_review(snapshot: Snapshot) -> xr.DataArray:
    """Return how long ago the last peer review was held.

    Parameters
    ----------
    snapshot : Snapshot
        Uses the entries of kind ``peer_review``.

    Returns
    -------
    DataArray of shape (area,)
        Months, **longer is worse**. For an area of which something is logged, but no review, the months since
        the first review that the log tells of anywhere, or since the area began if that was later: the least
        it can be. NaN where nothing is logged of the area, and everywhere where no review is.
    """
    entries = snapshot.entries
    rows = _held(snapshot)
    if len(rows) == 0:
        return snapshot.per_area(np.full(entries.areas, np.nan))
    least = np.full(entries.areas, entries.age[rows].max())
    if not snapshot.areas.empty:
        least = np.fmin(least, days_before(snapshot.as_of, snapshot.areas["active_from"]))
    spoken = np.bincount(entries.area, minlength=entries.areas) > 0
    last = np.full(entries.areas, np.inf)
    np.minimum.at(last, entries.area[rows], entries.age[rows])
    days = np.where(np.isfinite(last), last, np.where(spoken, least, np.nan))
    return snapshot.per_area(days / DAYS_PER_MONTH)


def _held(snapshot: Snapshot) -> Codes:
    return np.flatnonzero(snapshot.entries.of("peer_review", "held"))


def rows_of_reviews(snapshot: Snapshot) -> Codes:
    """Return each area's last review that was held."""
    entries = snapshot.entries
    rows = _held(snapshot)  # sorted by area, then day
    last = np.append(entries.area[rows][1:] != entries.area[rows][:-1], True)
    reviews: Codes = rows[last[: len(rows)]]
    return reviews
