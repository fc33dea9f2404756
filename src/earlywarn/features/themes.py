"""How often the last inspection report mentions a theme."""

import numpy as np
import xarray as xr

from earlywarn.panel.snapshot import Snapshot

__all__ = ["theme_mentions"]

PER_WORDS = 1_000


def theme_mentions(snapshot: Snapshot, *, theme: str) -> xr.DataArray:
    """Return mentions of a theme per 1,000 words of the last report.

    Parameters
    ----------
    snapshot : Snapshot
        Uses ``report_themes``: a count of mentions for each report, not of findings.
    theme : str
        A column of that table.

    Returns
    -------
    DataArray of shape (area,)
        Mentions per 1,000 words; NaN where no report was read, or the table has no such theme.
    """
    table = snapshot.report_themes
    if table.empty or theme not in table:
        return snapshot.per_area(np.full(len(snapshot.position), np.nan))
    rate = PER_WORDS * table[theme].to_numpy(dtype=float) / table["words"].to_numpy(dtype=float)
    return snapshot.per_area(np.append(rate, np.nan)[snapshot.last_report])
