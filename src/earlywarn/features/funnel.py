"""Where the latest figure stands among all areas', chance and usual variation allowed for: a funnel plot."""

from typing import Literal

import numpy as np
import numpy.typing as npt
import xarray as xr

from earlywarn.features.denominators import denominators
from earlywarn.features.level import latest
from earlywarn.panel.snapshot import Snapshot
from earlywarn.signals.funnels import Funnel, funnel

__all__ = ["PROPORTION", "RATE", "Kind", "counted", "funnel_gap", "national_funnel"]

Floats = npt.NDArray[np.float64]
Kind = Literal["proportion", "rate"]
PROPORTION: Kind = "proportion"
RATE: Kind = "rate"
MIN_AREAS = 10  # with fewer, usual variation between areas cannot be told from chance


def counted(snapshot: Snapshot) -> tuple[Floats, Floats]:
    """Return how many cases there were, and out of how many, behind each area's latest figures.

    Returns
    -------
    pair of array, shape (area, indicator)
        Whole numbers, worked back from the figure and what stands beneath it; NaN where either is not known
        or the figure is too old, and where a share would be more than all.
    """
    own = latest(snapshot).to_numpy()
    if snapshot.beneath is None:
        return np.full(own.shape, np.nan), np.full(own.shape, np.nan)
    sign = np.ones(own.shape[1]) if snapshot.sign is None else snapshot.sign.to_numpy()
    beneath = np.rint(denominators(snapshot))
    cases = np.rint(own * sign / snapshot.beneath.scale * beneath)
    known = ~np.isnan(cases) & (beneath > 0) & (cases >= 0)
    known &= ~snapshot.beneath.shares | (cases <= beneath)
    return np.where(known, cases, np.nan), np.where(known, beneath, np.nan)


def national_funnel(snapshot: Snapshot, kind: Kind) -> tuple[npt.NDArray[np.int64], Funnel]:
    """Draw the funnels of all indicators of one kind.

    Parameters
    ----------
    snapshot : Snapshot
        What was known.
    kind : {"proportion", "rate"}
        Shares of a number, or events that can outnumber it.

    Returns
    -------
    array of int, shape (k,)
        Positions of the indicators: those with a denominator in ten areas or more.
    Funnel
        Its arrays have shape (area, k). Values and limits are per one of the denominator: times
        ``snapshot.beneath.scale`` they are in the indicator's unit. With the sign of the published figure.
    """
    cases, beneath = counted(snapshot)
    chosen = np.array([], dtype=np.int64)
    if snapshot.beneath is not None:
        enough = (~np.isnan(cases)).sum(axis=0) >= MIN_AREAS
        chosen = np.flatnonzero(enough & (snapshot.beneath.shares == (kind == PROPORTION)))
    return chosen, funnel(cases[:, chosen], beneath[:, chosen], kind=kind)


def funnel_gap(snapshot: Snapshot) -> xr.DataArray:
    """Return how far each area stands from all areas together, chance and usual variation allowed for.

    Parameters
    ----------
    snapshot : Snapshot
        Uses ``series``, ``sign`` and ``beneath``.

    Returns
    -------
    DataArray of shape (area, indicator)
        Overdispersion-adjusted z-score: beyond 3.1 fewer than one area in 500 is expected; **positive is
        worse**. NaN where the latest figure is too old, where no denominator is known, or with fewer than
        ten areas.

    References
    ----------
    Spiegelhalter et al. (2012), Journal of the Royal Statistical Society A 175, 1-47.
    """
    cube = snapshot.values
    gaps = np.full((cube.sizes["area"], cube.sizes["indicator"]), np.nan)
    for kind in (PROPORTION, RATE):
        chosen, found = national_funnel(snapshot, kind)
        gaps[:, chosen] = found.adjusted_z
    return snapshot.per_indicator(gaps if snapshot.sign is None else gaps * snapshot.sign.to_numpy())
