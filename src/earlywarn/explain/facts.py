"""What each area's figures were: value, period, change, neighbours and England, as known at the date."""

import numpy as np
import pandas as pd

from earlywarn.features.level import latest, median
from earlywarn.features.neighbours import neighbour_values
from earlywarn.features.trend import earlier
from earlywarn.panel.snapshot import MISSING, OK, SUPPRESSED, Snapshot

__all__ = ["indicator_facts", "indicator_series"]

STATUS_WORDS = {OK: "ok", MISSING: "missing", SUPPRESSED: "suppressed"}


def indicator_facts(snapshot: Snapshot) -> pd.DataFrame:
    """List the latest figure of every area and indicator beside what it is compared with.

    Returns
    -------
    DataFrame
        Indexed by ``area_code, indicator``: ``value, period_end, before`` (the figure about a year
        earlier), ``neighbours`` (median of the statistical neighbours' latest) and ``england`` (median of all
        areas' latest), in the indicator's own unit and sign; NaN or NaT where not known.
    """
    own, cube = latest(snapshot), snapshot.values  # noqa: PD011 - a cube, not a pandas object
    sign = np.ones(own.sizes["indicator"]) if snapshot.sign is None else snapshot.sign.to_numpy()
    values = own.to_numpy()
    periods = np.append(cube["period"].to_numpy(), np.datetime64("NaT", "ns"))
    _, _, position = snapshot.series
    newest = position[:, :, -1] if position.shape[2] else np.full(values.shape, -1)
    before = np.where(np.isnan(values), np.nan, earlier(snapshot, years=1.0))
    ranks = snapshot.neighbours.sizes["rank"]
    peers = median(neighbour_values(snapshot, own)) if ranks else np.full(values.shape, np.nan)
    index = pd.MultiIndex.from_product(
        [own["area"].to_numpy(), own["indicator"].to_numpy()], names=["area_code", "indicator"]
    )
    return pd.DataFrame(
        {
            "value": (values * sign).ravel(),
            "period_end": np.where(np.isnan(values), np.datetime64("NaT", "ns"), periods[newest]).ravel(),
            "before": (before * sign).ravel(),
            "neighbours": (peers * sign).ravel(),
            "england": np.broadcast_to(median(values) * sign, values.shape).ravel(),
        },
        index=index,
    )


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
