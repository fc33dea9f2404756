"""Funnel plots for readers: where areas stand among all areas, chance and usual variation allowed for."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.features.funnel import PROPORTION, RATE, counted, national_funnel
from earlywarn.panel.snapshot import Snapshot
from earlywarn.signals.discovery import false_discovery
from earlywarn.signals.funnels import Funnel

__all__ = ["AmongAreas", "among_areas", "funnel_limits_table", "funnel_table"]

Floats = npt.NDArray[np.float64]
STEPS = 40  # of a drawn limit
BEYOND = np.array(["within", "beyond_95", "beyond_998"], dtype=object)


class AmongAreas(NamedTuple):
    """Where each area's latest figures stand among all areas', arrays of shape (area, indicator).

    Attributes
    ----------
    denominator : array of float
        What stands beneath the figure; NaN where not known.
    z : array of float
        Adjusted for usual variation between areas, with the sign of the published figure.
    p, q : array of float
        The probability of lying as far out, and the false discovery rate at which it would stand out among
        all areas and indicators.
    beyond : array of str
        ``within``, ``beyond_95``, ``beyond_998``; empty where there is no funnel.
    """

    denominator: Floats
    z: Floats
    p: Floats
    q: Floats
    beyond: npt.NDArray[np.object_]


def among_areas(snapshot: Snapshot) -> AmongAreas:
    """Say where each area stands among all areas, by funnels of every indicator that has a denominator."""
    _, beneath = counted(snapshot)
    z, p = np.full(beneath.shape, np.nan), np.full(beneath.shape, np.nan)
    beyond = np.full(beneath.shape, "", dtype=object)
    for kind in (PROPORTION, RATE):
        chosen, found = national_funnel(snapshot, kind)
        z[:, chosen], p[:, chosen] = found.adjusted_z, found.p
        beyond[:, chosen] = np.where(np.isnan(found.p), "", BEYOND[np.abs(found.beyond)])
    return AmongAreas(beneath, z, p, false_discovery(p).q, beyond)


def funnel_table(snapshot: Snapshot) -> pd.DataFrame:
    """List the funnels.

    Returns
    -------
    DataFrame
        ``indicator, kind, method, basis, period_end, centre, phi, tau2, n, beyond_95, beyond_998``, sorted by
        indicator; ``centre`` in the indicator's unit, the last two being counts of areas, ``period_end`` that
        of most areas' figures.
    """
    rows = []
    beneath = snapshot.beneath
    for kind, chosen, found in _funnels(snapshot):
        assert beneath is not None  # noqa: S101 - there is no funnel without
        for place, indicator in enumerate(chosen):
            beyond = np.abs(found.beyond[:, place])
            rows.append(
                {
                    "indicator": snapshot.indicators[indicator],
                    "kind": kind,
                    "method": _method(found, place),
                    "basis": beneath.basis[indicator],
                    "period_end": _most_common_end(snapshot, int(indicator)),
                    "centre": found.centre[place] * beneath.scale[indicator],
                    "phi": found.phi[place],
                    "tau2": found.tau2[place],
                    "n": int(found.n[place]),
                    "beyond_95": int((beyond >= 1).sum()),
                    "beyond_998": int((beyond >= 2).sum()),  # noqa: PLR2004 - the second level
                }
            )
    columns = ["indicator", "kind", "method", "basis", "period_end", "centre", "phi", "tau2", "n"]
    table = pd.DataFrame(rows, columns=[*columns, "beyond_95", "beyond_998"])
    return table.sort_values("indicator", ignore_index=True)


def funnel_limits_table(snapshot: Snapshot) -> pd.DataFrame:
    """List the limits of every funnel at 40 denominators from the smallest area's to the largest's.

    Returns
    -------
    DataFrame
        ``indicator, denominator, lower_998, lower_95, upper_95, upper_998``, sorted by the first two, in the
        indicator's unit.
    """
    _, beneath = counted(snapshot)
    parts = []
    for _, chosen, found in _funnels(snapshot):
        assert snapshot.beneath is not None  # noqa: S101 - there is no funnel without
        least, most = np.nanmin(beneath[:, chosen], axis=0), np.nanmax(beneath[:, chosen], axis=0)
        # closer together where numbers are small, as limits bend there
        places = np.rint(least + (most - least) * np.linspace(0, 1, STEPS)[:, None] ** 2)
        limits = found.limits(places)
        scale = snapshot.beneath.scale[chosen]
        columns = {
            "lower_998": limits.lower[1] * scale,
            "lower_95": limits.lower[0] * scale,
            "upper_95": limits.upper[0] * scale,
            "upper_998": limits.upper[1] * scale,
        }
        names = np.broadcast_to(snapshot.indicators[chosen], places.shape)
        drawn = {name: column.ravel() for name, column in columns.items()}
        parts.append(pd.DataFrame({"indicator": names.ravel(), "denominator": places.ravel(), **drawn}))
    empty = pd.DataFrame(
        columns=["indicator", "denominator", "lower_998", "lower_95", "upper_95", "upper_998"]
    )
    table = pd.concat(parts, ignore_index=True) if parts else empty
    table = table.drop_duplicates(["indicator", "denominator"])
    return table.sort_values(["indicator", "denominator"], ignore_index=True)


def _funnels(snapshot: Snapshot) -> list[tuple[str, npt.NDArray[np.int64], Funnel]]:
    every = [(kind, *national_funnel(snapshot, kind)) for kind in (PROPORTION, RATE)]
    return [(kind, chosen, found) for kind, chosen, found in every if len(chosen)]


def _method(found: Funnel, place: int) -> str:
    if not found.adjusted[place]:
        return "Limits are exact, for chance alone"
    return (
        "Limits allow for chance and for usual variation between areas, whose spread is "
        f"{np.sqrt(found.phi[place]):.1f} times what chance alone would make it"
    )


def _most_common_end(snapshot: Snapshot, indicator: int) -> pd.Timestamp | None:
    position = snapshot.series.position[:, indicator, -1]
    position = position[(position >= 0) & snapshot.fresh[:, indicator]]
    if not len(position):
        return None
    periods = snapshot.values.coords["period"].to_numpy()  # noqa: PD011 - a cube, not a pandas object
    return pd.Timestamp(periods[np.bincount(position).argmax()])
