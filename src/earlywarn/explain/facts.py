"""What each area's figures were: value, period, change, neighbours and England, as known at the date."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.features.level import latest
from earlywarn.features.neighbours import neighbour_values
from earlywarn.features.trend import earlier
from earlywarn.panel.snapshot import MISSING, OK, SUPPRESSED, Snapshot
from earlywarn.signals.ordered import median

__all__ = ["indicator_facts", "indicator_series"]

Floats = npt.NDArray[np.float64]
STATUS_WORDS = {OK: "ok", MISSING: "missing", SUPPRESSED: "suppressed"}


def indicator_facts(snapshot: Snapshot) -> pd.DataFrame:
    """List the latest figure of every area and indicator beside what it is compared with.

    Returns
    -------
    DataFrame
        Indexed by ``area_code, indicator``: ``value, period_end, before`` (the figure about a year
        earlier), ``neighbours`` and ``england`` (medians of the statistical neighbours' and of all areas'
        figures of that same period), in the indicator's own unit and sign; NaN or NaT where not known.
    """
    own = latest(snapshot)
    cube = snapshot.values.transpose("area", "indicator", "period")  # noqa: PD011 - not a pandas object
    values, figures = own.to_numpy(), cube.to_numpy()
    sign = np.ones(own.sizes["indicator"]) if snapshot.sign is None else snapshot.sign.to_numpy()
    periods = np.append(cube["period"].to_numpy(), np.datetime64("NaT", "ns"))
    _, _, position = snapshot.series
    newest = position[:, :, -1] if position.shape[2] else np.full(values.shape, -1)
    newest = np.where(np.isnan(values), -1, newest)
    before = np.where(newest < 0, np.nan, earlier(snapshot, years=1.0))
    index = pd.MultiIndex.from_product(
        [own["area"].to_numpy(), own["indicator"].to_numpy()], names=["area_code", "indicator"]
    )
    return pd.DataFrame(
        {
            "value": (values * sign).ravel(),
            "period_end": periods[newest].ravel(),
            "before": (before * sign).ravel(),
            "neighbours": (_of_neighbours(snapshot, figures, newest) * sign).ravel(),
            "england": (_of_everyone(figures, newest) * sign).ravel(),
        },
        index=index,
    )


def _of_everyone(figures: Floats, newest: npt.NDArray[np.int64]) -> Floats:
    """Return the median of all areas in each area's newest period, shape (area, indicator)."""
    medians = median(figures)
    padded = np.concatenate([medians, np.full((len(medians), 1), np.nan)], axis=1)  # for a position of -1
    return padded[np.arange(len(medians)), newest]


def _of_neighbours(snapshot: Snapshot, figures: Floats, newest: npt.NDArray[np.int64]) -> Floats:
    """Return the median of the neighbours in each area's newest period, shape (area, indicator)."""
    positions = snapshot.neighbours.transpose("rank", "area").to_numpy()
    if len(positions) == 0 or figures.shape[2] == 0:
        return np.full(newest.shape, np.nan)
    peers = figures[positions[:, :, None], np.arange(figures.shape[1]), newest]
    return median(np.where((positions[:, :, None] >= 0) & (newest >= 0), peers, np.nan))


def indicator_series(snapshot: Snapshot, indicators: list[str]) -> pd.DataFrame:
    """List the figures of every period for charts.

    Parameters
    ----------
    snapshot : Snapshot
        What was known.
    indicators : list of str
        Which to list.

    Returns
    -------
    DataFrame
        ``area_code, indicator, period_end, value, status, neighbours, england`` for every period in which
        anything was published for the area, sorted; ``neighbours`` and ``england`` are that period's medians.
    """
    cube = snapshot.values.sel(indicator=indicators)  # noqa: PD011 - a cube, not a pandas object
    sign = 1.0 if snapshot.sign is None else snapshot.sign.sel(indicator=indicators).to_numpy()[:, None]
    values = cube.to_numpy() * sign
    ranks = snapshot.neighbours.sizes["rank"]
    peers = (
        median(neighbour_values(snapshot, cube.copy(data=values))) if ranks else np.full(values.shape, np.nan)
    )
    status = np.where(np.isnan(values), 0, OK)
    if snapshot.status is not None:
        status = snapshot.status.sel(indicator=indicators).to_numpy()
    index = pd.MultiIndex.from_product(
        [cube[name].to_numpy() for name in ("area", "indicator", "period")],
        names=["area_code", "indicator", "period_end"],
    )
    table = pd.DataFrame(
        {
            "value": values.ravel(),
            "status": status.ravel(),
            "neighbours": peers.ravel(),
            "england": np.broadcast_to(median(values), values.shape).ravel(),
        },
        index=index,
    )
    table = table[table["status"] > 0]
    return table.assign(status=table["status"].map(STATUS_WORDS)).reset_index()
