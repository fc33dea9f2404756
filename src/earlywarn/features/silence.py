"""Missing intelligence is unknown, never fine: who is spoken of at all, and who is passed over in silence."""

import numpy as np
import numpy.typing as npt
import xarray as xr

from earlywarn.panel.entries import days_before
from earlywarn.panel.snapshot import Snapshot
from earlywarn.schedule import DAYS_PER_YEAR

__all__ = ["silence", "spoken_of"]

SILENT_YEARS = 1.0  # without any entry
NETWORK = 0.5  # the network reports where more than this share of the other areas are spoken of


def spoken_of(snapshot: Snapshot, *, years: float = SILENT_YEARS) -> npt.NDArray[np.bool_]:
    """Say of each area whether any entry about it, of whatever kind, was recorded in the last years.

    Parameters
    ----------
    snapshot : Snapshot
        Uses ``entries``.
    years : float
        Counted back from the as-of date, by the day of recording.

    Returns
    -------
    array of bool, shape (area,)
        Where it is False, what the log says of the area is unknown, not nothing.
    """
    entries = snapshot.entries
    recent = entries.known_age <= years * DAYS_PER_YEAR
    return np.bincount(entries.area[recent], minlength=entries.areas) > 0


def silence(snapshot: Snapshot) -> xr.DataArray:
    """Say whether nothing was logged of the area for a year, in a network that otherwise reports.

    Parameters
    ----------
    snapshot : Snapshot
        Uses ``entries`` and ``areas``.

    Returns
    -------
    DataArray of shape (area,)
        1 silent, 0 spoken of; NaN where at most half of the other areas are spoken of, because then silence
        says something about the network and nothing about the area, and where the area does not exist yet or
        has not existed for a year.
    """
    entries = snapshot.entries
    if len(entries) == 0:
        return snapshot.per_area(np.full(entries.areas, np.nan))
    spoken = spoken_of(snapshot)
    there, settled = np.ones(entries.areas, dtype=bool), np.ones(entries.areas, dtype=bool)
    if not snapshot.areas.empty:
        there = snapshot.areas["exists"].to_numpy(dtype=bool)
        age = days_before(snapshot.as_of, snapshot.areas["active_from"])
        settled = np.isnan(age) | (age >= SILENT_YEARS * DAYS_PER_YEAR)
    others = there.sum() - there
    heard = (spoken & there).sum() - (spoken & there)
    reports = there & (heard > NETWORK * others)
    known = reports & (settled | spoken)
    return snapshot.per_area(np.where(known, 1.0 - spoken, np.nan))
