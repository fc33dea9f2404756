"""Facts counted from the log, each once, however many people logged it."""

import numpy as np
import numpy.typing as npt
import xarray as xr

from earlywarn.features.silence import spoken_of
from earlywarn.panel.entries import Entries
from earlywarn.panel.snapshot import Snapshot
from earlywarn.schedule import DAYS_PER_YEAR

__all__ = ["fact_count", "rows_of_facts", "told_once", "workers_lent"]

Codes = npt.NDArray[np.int64]

DAYS_PER_MONTH = DAYS_PER_YEAR / 12
NUMBERED = 1_000_000  # more than the longest log is old in days


def told_once(entries: Entries, rows: Codes) -> Codes:
    """Drop repetitions: entries of one area, kind, role and detail on one day tell one fact.

    Parameters
    ----------
    entries : Entries
        As in ``Snapshot.entries``.
    rows : array of int, shape (rows,)
        Of one or more kinds.

    Returns
    -------
    array of int
        The rows kept, in order: of each fact the one recorded last, which knows best.
    """
    if len(rows) == 0:
        return rows
    columns = (entries.age, entries.detail, entries.role, entries.kind, entries.area)
    keys = [column[rows] for column in columns]
    order = np.lexsort((rows, -entries.known_age[rows], *keys))
    differ = np.any([key[order][1:] != key[order][:-1] for key in keys], axis=0)
    last = np.append(differ, True)
    return np.sort(rows[order[last]])


def rows_of_facts(snapshot: Snapshot, *, kind: str, months: int, detail: str | None = None) -> Codes:
    """Return the facts of a kind, and where asked of a detail, of the last months; each once."""
    entries = snapshot.entries
    recent = entries.of(kind, detail) & (entries.age <= months * DAYS_PER_MONTH)
    return told_once(entries, np.flatnonzero(recent))


def fact_count(snapshot: Snapshot, *, kind: str, detail: str | None = None, months: int = 24) -> xr.DataArray:
    """Return how often something happened, as far as the log tells.

    Parameters
    ----------
    snapshot : Snapshot
        Uses ``entries``.
    kind, detail : str
        What is counted, such as a ``peer_review`` that was ``declined``; every detail where none is given.
    months : int
        How far back, by the day it happened.

    Returns
    -------
    DataArray of shape (area,)
        0 or more; NaN where nothing at all was logged of the area over those months.
    """
    entries = snapshot.entries
    rows = rows_of_facts(snapshot, kind=kind, months=months, detail=detail)
    count = np.bincount(entries.area[rows], minlength=entries.areas)
    return snapshot.per_area(np.where(spoken_of(snapshot, years=months / 12), count, np.nan))


def workers_lent(snapshot: Snapshot, *, kind: str = "support_given", months: int = 24) -> xr.DataArray:
    """Return how many full-time workers the area lent to others.

    Parameters
    ----------
    snapshot, kind, months
        As for ``fact_count``.

    Returns
    -------
    DataArray of shape (area,)
        The sum over the loans whose size is known, **more is worse** for those who lend; NaN where no size
        is known of any, and where nothing at all was logged of the area over those months.
    """
    entries = snapshot.entries
    rows = rows_of_facts(snapshot, kind=kind, months=months)
    sized = rows[~np.isnan(entries.amount[rows])]
    lent = np.bincount(entries.area[sized], weights=entries.amount[sized], minlength=entries.areas)
    unsized = np.bincount(entries.area[rows], minlength=entries.areas) > 0
    unsized &= np.bincount(entries.area[sized], minlength=entries.areas) == 0
    known = spoken_of(snapshot, years=months / 12) & ~unsized
    return snapshot.per_area(np.where(known, lent, np.nan))
