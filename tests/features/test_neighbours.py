import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from earlywarn.features.neighbours import neighbour_gap
from earlywarn.panel.snapshot import Snapshot

RATES = st.lists(st.integers(0, 1_000), min_size=5, max_size=5)


def snapshot(*values, period_end="2024-03-31", as_of="2024-10-01"):
    """One indicator, one period, areas A to E; everyone's neighbours are B, C, D and E."""
    cube = xr.DataArray(
        np.array(values, dtype=float).reshape(5, 1, 1),
        coords={"area": list("ABCDE"), "indicator": ["rate"], "period": [pd.Timestamp(period_end)]},
        dims=("area", "indicator", "period"),
    )
    ranks = xr.DataArray(np.tile([1, 2, 3, 4], (5, 1)), dims=("area", "rank"))
    return Snapshot(as_of=pd.Timestamp(as_of), values=cube, neighbours=ranks)


def gap(*values, **dates):
    return float(neighbour_gap(snapshot(*values, **dates)).sel(area="A", indicator="rate"))


@pytest.mark.parametrize("period_end", ["2024-03-31", "2023-04-01"], ids=["fresh", "just fresh"])
def test_worked_by_hand(period_end):
    # neighbours 10, 20, 30, 90: median 25, MAD 10, so 55 is 30 / (1.4826 * 10) above
    assert gap(55, 10, 20, 30, 90, period_end=period_end) == pytest.approx(2.02347, abs=1e-5)


@given(RATES, st.integers(1, 9), st.integers(-99, 99))
def test_the_indicators_unit_does_not_matter(values, scale, shift):
    rescaled = [scale * value + shift for value in values]
    assert gap(*rescaled) == pytest.approx(gap(*values), nan_ok=True)


@pytest.mark.parametrize(
    ("values", "period_end"),
    [
        pytest.param((55, 10, 20, np.nan, np.nan), "2024-03-31", id="two neighbours published"),
        pytest.param((np.nan, 10, 20, 30, 40), "2024-03-31", id="own value suppressed"),
        pytest.param((55, 7, 7, 7, 7), "2024-03-31", id="neighbours identical"),
        pytest.param((55, 10, 20, 30, 40), "2023-03-31", id="one day stale"),
    ],
)
def test_missing_rather_than_guessed(values, period_end):
    assert np.isnan(gap(*values, period_end=period_end))


def test_a_neighbour_that_is_no_area_of_ours_is_left_out():
    known = snapshot(55, 10, 20, 30, 90)
    without = known.neighbours.where(known.neighbours != 4, -1)
    # neighbours 10, 20, 30: median 20, MAD 10
    alone = neighbour_gap(Snapshot(as_of=known.as_of, values=known.values, neighbours=without))
    assert float(alone.sel(area="A", indicator="rate")) == pytest.approx(35 / 14.826)
