"""Whether a series lately moved to another level."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from earlywarn.features.level_shift import level_shift
from earlywarn.panel.snapshot import Snapshot

LOW, HIGH = [20, 23, 19, 22, 21], [30, 33, 31]


def shift(values, *, as_of="2024-10-01"):
    ends = pd.date_range(end="2024-03-31", periods=len(values), freq="YE-MAR")
    cube = xr.DataArray(
        np.array(values, dtype=float).reshape(1, 1, -1),
        coords={"area": ["A"], "indicator": ["rate"], "period": ends},
        dims=("area", "indicator", "period"),
    )
    none = xr.DataArray(np.empty((1, 0), dtype=int), dims=("area", "rank"))
    return level_shift(Snapshot(as_of=pd.Timestamp(as_of), values=cube, neighbours=none)).item()


def test_worked_by_hand():
    # from 21 to 31 1/3; moving ranges 3, 4, 3, 1, 9, 3 and 2, none of them screened: mean 25 / 7
    assert shift([*LOW, *HIGH]) == pytest.approx((94 / 3 - 21) / (25 / 7 / 1.128))


def test_down_is_below_nought():
    assert shift([-value for value in [*LOW, *HIGH]]) == pytest.approx(-shift([*LOW, *HIGH]))


def test_a_level_that_has_long_stood_is_no_news():
    assert shift([*LOW, *HIGH, 32]) > 0
    assert shift([*LOW, *HIGH, 32, 30]) == 0


def test_no_change_is_nought():
    assert shift([20, 23, 19, 22, 21, 20, 22]) == 0


@pytest.mark.parametrize(
    ("values", "as_of"),
    [
        pytest.param(LOW, "2024-10-01", id="five figures"),
        pytest.param([*LOW, *HIGH], "2026-10-01", id="the latest is old"),
        pytest.param([7] * 8, "2024-10-01", id="stands still"),
        pytest.param([], "2024-10-01", id="no figure"),
    ],
)
def test_missing_rather_than_guessed(values, as_of):
    assert np.isnan(shift(values, as_of=as_of))
