"""How far an area's own figures can be relied on: late, copied, revised, and a score of all remarks.

Where staff and systems are stretched, returns suffer early. What is measured here is the return, not the
service.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import xarray as xr

from earlywarn.panel.snapshot import Snapshot
from earlywarn.panel.vintage import Vintage
from earlywarn.signals.areas import MIN_AREAS, ROUNDING
from earlywarn.signals.ordered import MAD_TO_SD, median

__all__ = ["copied_share", "late_share", "quality_score", "revision_size"]

RECENT = 3  # figures of each indicator over which revisions are averaged: the newest had no time for any


def quality_score(snapshot: Snapshot) -> xr.DataArray:
    """Return the score of each area's newest figures.

    Parameters
    ----------
    snapshot : Snapshot
        As ``Panel.known_at`` cuts it, with its ``vintage``.

    Returns
    -------
    DataArray of shape (area,)
        0 to 100, **lower is worse**: 100 (1 - lost / expected) over the newest figure of each indicator,
        where a missing figure loses 1 and one that is late, copied, rounded, odd or much revised a half; see
        ``earlywarn.signals.quality``. NaN where no figure was expected or the vintage is not known.
    """
    return _per_area(snapshot, lambda vintage: vintage.quality.score_of(vintage.current))


def late_share(snapshot: Snapshot) -> xr.DataArray:
    """Return the share of an area's newest figures that came more than 30 days after most areas'.

    Returns
    -------
    DataArray of shape (area,)
        0 to 1, **higher is worse**. NaN where it has no newest figure that can be compared: at least five
        areas must have one.
    """

    def share(vintage: Vintage) -> npt.NDArray[np.float64]:
        compared = ~np.isnan(vintage.quality.days_late) & vintage.current
        return _share(vintage.quality.late & compared, compared)

    return _per_area(snapshot, share)


def copied_share(snapshot: Snapshot) -> xr.DataArray:
    """Return the share of an area's newest figures that are those of the period before, to the last digit.

    Returns
    -------
    DataArray of shape (area,)
        0 to 1, **higher is worse**: figures of indicators that usually move, seldom at their least or
        greatest, may be an old return sent again. NaN where none can be compared.
    """

    def share(vintage: Vintage) -> npt.NDArray[np.float64]:
        compared = vintage.quality.copies.compared & vintage.current
        return _share(vintage.quality.copies.same & compared, compared)

    return _per_area(snapshot, share)


def revision_size(snapshot: Snapshot) -> xr.DataArray:
    """Return how far an area's last three figures of each indicator were revised, on average.

    Returns
    -------
    DataArray of shape (area,)
        Last known less first known figure, whichever way, in robust standard deviations of all areas' figures
        of the indicator and period; 0 where all stand as first published, **higher is worse**. NaN where it
        has no figure to compare, or where nobody's figure was ever revised: then only last versions are
        known.
    """

    def mean_size(vintage: Vintage) -> npt.NDArray[np.float64]:
        last, first = vintage.values, vintage.first
        change = np.abs(last - first)
        if not (change > 0).any():
            return np.full(len(last), np.nan)
        spread = MAD_TO_SD * median(np.abs(last - median(last)))
        least = ROUNDING * np.abs(last).max(axis=0, initial=0, where=~np.isnan(last))
        enough = ((~np.isnan(last)).sum(axis=0) >= MIN_AREAS) & (spread > least)
        place = np.arange(last.shape[2])
        newest = vintage.newest[:, None]
        recent = (place <= newest) & (place > newest - RECENT)
        counts = enough & recent & ~np.isnan(change)
        size = np.divide(change, spread, out=np.zeros_like(change), where=counts)
        return _share(size, counts)

    return _per_area(snapshot, mean_size)


def _share(numbers: npt.NDArray[np.generic], counted: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Return the mean of each area's numbers that count, NaN where none does."""
    count = counted.sum(axis=(1, 2))
    total = np.where(counted, numbers, 0).sum(axis=(1, 2))
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _per_area(snapshot: Snapshot, measure: Callable[[Vintage], npt.NDArray[np.float64]]) -> xr.DataArray:
    """Measure every area, NaN where there is no vintage to measure or no figure in it."""
    vintage = snapshot.vintage
    if vintage is None or vintage.ends.shape[1] == 0:
        return snapshot.per_area(np.full(snapshot.values.sizes["area"], np.nan))
    return snapshot.per_area(measure(vintage))
