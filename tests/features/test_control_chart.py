"""Where the latest figure stands to the usual variation of its own series."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from earlywarn.features.control_chart import own_gap, own_side_run
from earlywarn.panel.snapshot import Snapshot
from earlywarn.signals.control_chart import xmr

FIGURES = st.lists(st.integers(0, 1_000), min_size=5, max_size=14)


def snapshot(values, *, as_of="2024-10-01"):
    """One area and indicator, a figure a year up to March 2024."""
    ends = pd.date_range(end="2024-03-31", periods=len(values), freq="YE-MAR")
    cube = xr.DataArray(
        np.array(values, dtype=float).reshape(1, 1, -1),
        coords={"area": ["A"], "indicator": ["rate"], "period": ends},
        dims=("area", "indicator", "period"),
    )
    none = xr.DataArray(np.empty((1, 0), dtype=int), dims=("area", "rank"))
    return Snapshot(as_of=pd.Timestamp(as_of), values=cube, neighbours=none)


def gap(values, **dates):
    return own_gap(snapshot(values, **dates)).item()


def run(values, **dates):
    return own_side_run(snapshot(values, **dates)).item()


def test_worked_by_hand():
    # mean 13.2; moving ranges 2, 1, 2 and 7, mean 3: a standard deviation is 3 / 1.128
    assert gap([10, 12, 11, 13, 20]) == pytest.approx((20 - 13.2) / (3 / 1.128))
    assert run([10, 12, 11, 13, 20]) == 1
    assert run([20, 19, 10, 11, 10]) == -3


@given(FIGURES)
def test_it_agrees_with_the_chart_that_people_see(values):
    chart = xmr(np.array(values, dtype=float))
    if chart.moving_range[-1] > 0:
        limit = (chart.upper[-1] - chart.mean[-1]) / 2.66 / 1.128
        assert gap(values) == pytest.approx((values[-1] - chart.mean[-1]) / limit)
    assert run(values) == chart.run * chart.side[-1]


@given(FIGURES, st.integers(1, 9), st.integers(-99, 99))
def test_the_unit_does_not_matter_and_better_is_worse_turned_round(values, scale, shift):
    other = [scale * value + shift for value in values]
    turned = [-value for value in values]
    assert gap(other) == pytest.approx(gap(values), nan_ok=True)
    assert gap(turned) == pytest.approx(-gap(values), nan_ok=True)
    assert run(other) == run(values) == -run(turned)


@pytest.mark.parametrize(
    ("values", "as_of"),
    [
        pytest.param([1, 2, 1, 3], "2024-10-01", id="four figures"),
        pytest.param([1, 2, 1, 3, np.nan], "2024-10-01", id="four and a gap"),
        pytest.param([1, 2, 1, 3, 9], "2026-10-01", id="the latest is old"),
        pytest.param([], "2024-10-01", id="no figure"),
    ],
)
def test_missing_rather_than_guessed(values, as_of):
    assert np.isnan(gap(values, as_of=as_of))
    assert np.isnan(run(values, as_of=as_of))


def test_a_series_that_stands_still_has_no_usual_variation_to_measure_by():
    assert np.isnan(gap([7, 7, 7, 7, 7, 7]))
    assert run([7, 7, 7, 7, 7, 7]) == 0
