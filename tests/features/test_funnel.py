"""Where the latest figure stands among all areas', chance and usual variation allowed for."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from earlywarn.features.funnel import PROPORTION, RATE, counted, funnel_gap, national_funnel
from earlywarn.panel.denominators import denominators_of
from earlywarn.panel.snapshot import Snapshot
from earlywarn.signals.funnels import funnel

INDICATORS = pd.DataFrame(
    {
        "indicator": ["plans", "reviewed", "plan_rate", "children", "spend"],
        "label": "",
        "unit": ["count", "percent", "rate_per_10000", "count", "gbp"],
        "denominator": ["", "plans", "children", "", ""],
    }
)
AREAS = 14
RNG = np.random.default_rng(11)
PLANS = RNG.integers(40, 400, AREAS).astype(float)
REVIEWED = RNG.binomial(PLANS.astype(int), RNG.normal(0.9, 0.03, AREAS).clip(0, 1)).astype(float)
CHILDREN = RNG.integers(10_000, 90_000, AREAS).astype(float)


def snapshot(*, areas=AREAS, sign=(1.0, -1.0, 1.0, 1.0, 1.0), reviewed=None):
    shares = 100 * REVIEWED / PLANS if reviewed is None else reviewed
    columns = [PLANS, shares, 1e4 * PLANS / CHILDREN, CHILDREN, PLANS * 1e3]
    cube = xr.DataArray(
        np.column_stack(columns)[:areas, :, None] * np.array(sign)[:, None],
        dims=("area", "indicator", "period"),
        coords={
            "area": [f"A{place:02}" for place in range(areas)],
            "indicator": INDICATORS["indicator"],
            "period": [pd.Timestamp("2024-03-31")],
        },
    )
    return Snapshot(
        as_of=pd.Timestamp("2024-12-01"),
        values=cube,
        neighbours=xr.DataArray(np.empty((areas, 0), dtype=int), dims=("area", "rank")),
        sign=xr.DataArray(np.array(sign), dims="indicator"),
        beneath=denominators_of(INDICATORS),
    )


def test_the_counts_behind_a_share_and_a_rate_are_worked_back():
    cases, beneath = counted(snapshot())
    np.testing.assert_allclose(cases[:, 1], REVIEWED)
    np.testing.assert_allclose(beneath[:, 1], PLANS)
    np.testing.assert_allclose(cases[:, 2], PLANS)
    np.testing.assert_allclose(beneath[:, 2], CHILDREN)
    assert np.isnan(cases[:, [0, 3, 4]]).all()


def test_it_is_the_funnel_of_those_counts_with_worse_above_nought():
    gaps = funnel_gap(snapshot()).to_numpy()
    np.testing.assert_allclose(gaps[:, 1], -funnel(REVIEWED, PLANS).adjusted_z)
    np.testing.assert_allclose(gaps[:, 2], funnel(PLANS, CHILDREN, kind="rate").adjusted_z)
    assert np.isnan(gaps[:, [0, 3, 4]]).all()


def test_shares_and_rates_have_funnels_of_their_own_kind():
    assert national_funnel(snapshot(), PROPORTION)[0].tolist() == [1]
    assert national_funnel(snapshot(), RATE)[0].tolist() == [2]


def test_a_share_of_more_than_all_is_left_out_rather_than_cut():
    shares = 100 * REVIEWED / PLANS
    shares[3] = 104.0
    gaps = funnel_gap(snapshot(reviewed=shares)).to_numpy()
    assert np.isnan(gaps[3, 1])
    assert np.isfinite(np.delete(gaps[:, 1], 3)).all()


def test_with_nine_areas_there_is_no_funnel():
    assert np.isnan(funnel_gap(snapshot(areas=9)).to_numpy()).all()


@pytest.mark.parametrize("missing", ["beneath", "sign"])
def test_a_snapshot_without_it_is_served_too(missing):
    plain = Snapshot(**{**vars(snapshot(sign=(1.0,) * 5)), missing: None, "indexed": None})
    gaps = funnel_gap(plain).to_numpy()
    assert np.isnan(gaps).all() == (missing == "beneath")
