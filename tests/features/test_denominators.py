"""How many people or cases stand beneath the latest figures."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from earlywarn.features.denominators import denominators
from earlywarn.panel.denominators import denominators_of
from earlywarn.panel.snapshot import Snapshot

INDICATORS = pd.DataFrame(
    {
        "indicator": ["population_0_17", "referral_rate", "rereferral_rate"],
        "label": "",
        "unit": ["count", "rate_per_10000", "percent"],
    }
)
ENDS = ["2021-06-30", "2022-03-31", "2023-03-31"]


def counted(values, *, sign=(1.0, 1.0, 1.0)):
    """The denominators of one area; `values` is (indicator, period)."""
    cube = xr.DataArray(
        np.array(values, dtype=float)[None] * np.array(sign)[:, None],
        dims=("area", "indicator", "period"),
        coords={"area": ["A"], "indicator": INDICATORS["indicator"], "period": pd.to_datetime(ENDS)},
    )
    snapshot = Snapshot(
        as_of=pd.Timestamp("2023-12-01"),
        values=cube,
        neighbours=xr.DataArray(np.empty((1, 0), dtype=int), dims=("area", "rank")),
        sign=xr.DataArray(np.array(sign), dims="indicator"),
        beneath=denominators_of(INDICATORS),
    )
    return denominators(snapshot)[0]


GAP = np.nan


def test_worked_by_hand():
    # 20,000 children; 450 referrals per 10,000 of them are 900, beneath the share that is re-referred
    found = counted([[20_000, GAP, GAP], [GAP, 400, 450], [GAP, 21, 23]])
    assert found[1:] == pytest.approx([20_000, 900])
    assert np.isnan(found[0])


def test_the_figure_nearest_in_time_is_taken():
    found = counted([[20_000, GAP, GAP], [GAP, 400, GAP], [GAP, 21, GAP]])
    assert found[2] == pytest.approx(800)


def test_which_way_is_worse_does_not_matter():
    values = [[20_000, GAP, GAP], [GAP, 400, 450], [GAP, 21, 23]]
    assert counted(values, sign=(1.0, -1.0, -1.0))[1:] == pytest.approx([20_000, 900])


@pytest.mark.parametrize("nought", [0.0, GAP])
def test_nothing_stands_on_nothing(nought):
    assert np.isnan(counted([[nought, GAP, GAP], [GAP, 400, 450], [GAP, 21, 23]])).all()
