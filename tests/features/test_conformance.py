"""What every builder of the catalogue does, whichever it is; a new entry is held to all of it unasked."""

# ruff: noqa: PD003, PD011 - these are arrays of xarray, not of pandas

import copy
from dataclasses import fields, replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.features.catalogue import AREA_FEATURES, MEASURES
from earlywarn.features.matrix import snapshot_features
from earlywarn.panel.panel import Panel
from earlywarn.panel.snapshot import Snapshot
from earlywarn.schema import POLARITIES
from strategies import frame, made_up, panels, permuted

AS_OF = pd.Timestamp("2022-07-01")
MEASURE_NAMES = {spec.name for spec in MEASURES}
each_builder = pytest.mark.parametrize("spec", [*MEASURES, *AREA_FEATURES], ids=lambda spec: spec.name)
GAPS = [spec for spec in MEASURES if spec.name != "level"]
UNITLESS = [spec for spec in AREA_FEATURES if not spec.name.startswith("agency")]  # those are a figure's
each_gap = pytest.mark.parametrize("spec", GAPS, ids=lambda spec: spec.name)


def rescaled(tables, *, scale=1, shift=0, flip=False):
    """Publish every figure in another unit, or in its opposite."""
    figures = tables.observations.assign(value=tables.observations["value"] * scale + shift)
    if not flip:
        return replace(tables, observations=figures)
    opposite = {"higher_is_worse": "higher_is_better", "higher_is_better": "higher_is_worse"}
    indicators = tables.indicators.assign(polarity=tables.indicators["polarity"].replace(opposite))
    turned = tables.indicators.set_index("indicator")["polarity"].ne("neutral")
    sign = 1 - 2 * figures["indicator"].map(turned).to_numpy(dtype=float)
    return replace(tables, indicators=indicators, observations=figures.assign(value=figures["value"] * sign))


def bare(periods=0):
    """Nothing but a cube without figures: no areas' table, no events, no neighbours."""
    coords = {
        "area": ["A", "B"],
        "indicator": ["rate"],
        "period": pd.DatetimeIndex(pd.date_range("2022-01-31", periods=periods, freq="ME")),
    }
    cube = xr.DataArray(np.full((2, 1, periods), np.nan), dims=("area", "indicator", "period"), coords=coords)
    return Snapshot(
        as_of=AS_OF, values=cube, neighbours=xr.DataArray(np.empty((2, 0), int), dims=("area", "rank"))
    )


TABLES = made_up(5, areas=12)


@cache
def cut(how, name=""):
    """Cut the made-up place, changed in one way; each is cut once for all builders."""
    if how == "alone":
        place = frame("areas", [{"area_code": "E00", "name": "Alone"}])
        return Panel(replace(made_up(0, areas=1), areas=place)).known_at(AS_OF)
    changed = {
        "as it is": lambda: TABLES,
        "before anything": lambda: TABLES,
        "shuffled": lambda: permuted(TABLES, seed=1),
        "without": lambda: replace(TABLES, **{name: frame(name, [])}),
        "opposite": lambda: rescaled(TABLES, flip=True),
        "another unit": lambda: rescaled(TABLES, scale=7, shift=-40),
    }
    day = pd.Timestamp("2010-01-01") if how == "before anything" else AS_OF
    return Panel(changed[how]()).known_at(day)


@pytest.fixture
def snapshot():
    return cut("as it is")


def rests_on_reports_too(spec):
    return spec.name.startswith(("director", "chief_executive", "leadership"))


@each_builder
def test_it_has_the_declared_shape_and_holds_floats(spec, snapshot):
    built = spec.builder(snapshot)
    dims = ("area", "indicator") if spec.name in MEASURE_NAMES else ("area",)
    assert built.dims == dims
    assert built.dtype == np.float64
    for dim in dims:
        assert built[dim].to_numpy().tolist() == snapshot.values[dim].to_numpy().tolist()
    assert not np.isinf(built).any()


@each_builder
def test_it_leaves_the_snapshot_as_it_was(spec, snapshot):
    before = {field.name: copy.deepcopy(getattr(snapshot, field.name)) for field in fields(snapshot)}
    spec.builder(snapshot)
    for name, was in before.items():
        now = getattr(snapshot, name)
        if isinstance(was, pd.DataFrame):
            pd.testing.assert_frame_equal(now, was)
        elif isinstance(was, xr.DataArray):
            xr.testing.assert_identical(now, was)


@each_builder
def test_what_it_returns_shares_no_memory_with_the_snapshot(spec, snapshot):
    before = spec.builder(snapshot).copy(deep=True)
    spec.builder(snapshot)[:] = 99.0
    xr.testing.assert_identical(spec.builder(snapshot), before)


@each_builder
def test_it_does_not_mind_the_order_of_rows(spec, snapshot):
    xr.testing.assert_identical(spec.builder(cut("shuffled")), spec.builder(snapshot))


@each_builder
@pytest.mark.parametrize("periods", [0, 2], ids=["no period", "no figure"])
def test_of_a_bare_cube_it_knows_nothing(spec, periods):
    assert spec.builder(bare(periods)).isnull().all()


@each_builder
def test_before_anything_was_known_it_knows_nothing(spec):
    assert spec.builder(cut("before anything")).isnull().all()


@each_builder
@pytest.mark.parametrize(
    "name", ["observations", "inspections", "neighbours", "leadership", "report_themes", "concerns"]
)
def test_without_one_of_the_tables_it_says_nan_not_an_error(spec, name):
    built = spec.builder(cut("without", name))
    needs = {
        "observations": spec.name in MEASURE_NAMES or spec.name.endswith("_share"),
        "inspections": "judgement" in spec.name or spec.name in {"last_overall", "trajectory"},
        "neighbours": spec.name.startswith("neighbour"),
        "leadership": spec.name in {"director_tenure", "director_interim"},
        "report_themes": spec.name.startswith("theme"),
        "concerns": spec.behind is not None and not rests_on_reports_too(spec),
    }
    assert not needs[name] or built.isnull().all()


@each_builder
def test_it_stands_one_lonely_area_of_which_only_the_name_is_known(spec):
    assert spec.builder(cut("alone")).sizes["area"] == 1


@each_gap
def test_an_indicator_and_its_opposite_tell_the_same(spec, snapshot):
    xr.testing.assert_identical(spec.builder(cut("opposite")), spec.builder(snapshot))


@each_gap
def test_an_indicators_unit_does_not_matter(spec, snapshot):
    other = spec.builder(cut("another unit"))
    xr.testing.assert_allclose(other, spec.builder(snapshot), rtol=1e-6, atol=1e-7)


@settings(max_examples=20)
@given(tables=panels(), flip=st.booleans(), scale=st.integers(1, 99), shift=st.integers(-999, 999))
def test_neither_unit_nor_polarity_matters_anywhere(tables, flip, scale, shift):
    whole = rescaled(tables, scale=10)  # whole numbers, which another unit does not round
    told, other = (
        snapshot_features(Panel(published).known_at(AS_OF), measures=GAPS, area_features=UNITLESS)
        for published in (whole, rescaled(whole, flip=flip, scale=scale, shift=shift))
    )
    pd.testing.assert_frame_equal(other, told, rtol=1e-6, atol=1e-7)


@each_builder
def test_its_entry_in_the_catalogue_is_complete(spec):
    assert spec.polarity in POLARITIES
    assert spec.unit
    assert spec.words.format(value=1)
    assert spec.builder.__doc__ or spec.builder.func.__doc__
