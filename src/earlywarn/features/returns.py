"""What an area did not report: missing and suppressed returns are a signal, not a gap."""

import numpy as np
import numpy.typing as npt
import xarray as xr

from earlywarn.panel.snapshot import MISSING, OK, SUPPRESSED, Snapshot

__all__ = ["latest_status", "missing_share", "newest_period", "suppressed_share", "unreported"]

MOST_REPORT = 0.5  # a period counts as out when this share of areas has a figure for it


def newest_period(snapshot: Snapshot) -> npt.NDArray[np.int64]:
    """Return the newest period that most areas have reported, shape (indicator,).

    Returns
    -------
    array of int, shape (indicator,)
        Its position along ``period``; -1 where no period has been reported by half of the areas that were to.
    """
    reported = _states(snapshot)
    if reported.shape[2] == 0:
        return np.full(reported.shape[1], -1)
    expected = (reported > 0).sum(axis=0)
    out = (reported == OK).sum(axis=0) >= np.maximum(MOST_REPORT * expected, 1)
    newest = reported.shape[2] - 1 - out[:, ::-1].argmax(axis=1)
    return np.where(out.any(axis=1), newest, -1)


def latest_status(snapshot: Snapshot) -> npt.NDArray[np.int8]:
    """Return the status of each area in the newest period that most areas have reported.

    Returns
    -------
    array of int8, shape (area, indicator)
        0 nothing published, 1 a figure, 2 missing, 3 suppressed.
    """
    reported, newest = _states(snapshot), newest_period(snapshot)
    if reported.shape[2] == 0:
        return np.zeros(reported.shape[:2], dtype=np.int8)
    picked = reported[:, np.arange(reported.shape[1]), newest]
    return np.where(newest >= 0, picked, 0).astype(np.int8)


def _states(snapshot: Snapshot) -> npt.NDArray[np.int8]:
    """Return the status of every figure, shape (area, indicator, period); without periods where not known."""
    if snapshot.status is None:
        cube = snapshot.values
        return np.zeros((cube.sizes["area"], cube.sizes["indicator"], 0), dtype=np.int8)
    return snapshot.status.transpose("area", "indicator", "period").to_numpy()


def unreported(snapshot: Snapshot) -> xr.DataArray:
    """Say whether the area's newest figure is missing, for a period that most areas have reported.

    Returns
    -------
    DataArray of shape (area, indicator)
        1 missing, **which is worse**; 0 reported or lawfully suppressed; NaN where nothing was expected.
    """
    status = latest_status(snapshot)
    return snapshot.per_indicator(np.where(status > 0, (status == MISSING).astype(float), np.nan))


def _share(snapshot: Snapshot, code: int) -> xr.DataArray:
    status = latest_status(snapshot)
    expected = (status > 0).sum(axis=1)
    found = (status == code).sum(axis=1)
    return snapshot.per_area(np.where(expected > 0, found / np.maximum(expected, 1), np.nan))


def missing_share(snapshot: Snapshot) -> xr.DataArray:
    """Return the share of an area's newest expected figures that are missing.

    Returns
    -------
    DataArray of shape (area,)
        0 to 1, **higher is worse**: weak data systems can hide decline. NaN where nothing was expected.
    """
    return _share(snapshot, MISSING)


def suppressed_share(snapshot: Snapshot) -> xr.DataArray:
    """Return the share of an area's newest expected figures that are suppressed.

    Returns
    -------
    DataArray of shape (area,)
        0 to 1; a sign of small numbers, neither better nor worse. NaN where nothing was expected.
    """
    return _share(snapshot, SUPPRESSED)
