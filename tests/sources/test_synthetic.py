"""The made-up world has what it plants, and nothing when nothing is planted."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earlywarn.errors import ConfigError
from earlywarn.schema import GRADE_CODES
from earlywarn.sources.synthetic import Plan, synthetic_tables
from earlywarn.sources.synthetic.neighbours import nearest
from earlywarn.sources.synthetic.quality import hidden_quality


def pairs(world):
    """Each grade with the one before it, and the indicator that follows quality most, as last known."""
    inspections = world.inspections.sort_values("start_date", kind="stable").copy()
    inspections["grade"] = inspections["overall"].map(GRADE_CODES)
    inspections["before"] = inspections.groupby("area_code")["grade"].shift()
    timeliness = world.observations[world.observations["indicator"] == "assessments_within_45_days"].dropna()
    return pd.merge_asof(
        inspections,
        timeliness[["area_code", "known_on", "value"]]
        .sort_values("known_on")
        .rename(columns={"known_on": "read_on"}),
        left_on="start_date",
        right_on="read_on",
        by="area_code",
        allow_exact_matches=False,
    ).dropna(subset=["before", "value"])


def rank_correlation(one, other):
    return one.rank().corr(other.rank())


def test_grades_follow_indicators_and_the_grade_before_when_there_is_an_effect():
    seen = pd.concat([pairs(synthetic_tables(seed=seed)) for seed in range(3)])
    assert rank_correlation(seen["grade"], seen["value"]) > 0.3
    assert rank_correlation(seen["grade"], seen["before"]) > 0.2


def test_nothing_follows_anything_when_there_is_none():
    seen = pd.concat([pairs(synthetic_tables(seed=seed, effect=0)) for seed in range(5)])
    band = 3 / np.sqrt(len(seen))  # three standard errors of a correlation of nought
    assert abs(rank_correlation(seen["grade"], seen["value"])) < band
    assert abs(rank_correlation(seen["grade"], seen["before"])) < band


def test_every_kind_of_trouble_is_in_it():
    world = synthetic_tables()
    observations = world.observations
    assert set(observations["status"]) == {"ok", "missing", "suppressed"}
    key = ["area_code", "indicator", "period_end"]
    assert 0 < observations.duplicated(key).sum() < 0.02 * len(observations)
    first = observations.drop_duplicates(key)
    lag = (first["known_on"] - first["period_end"]).dt.days
    usual = first["indicator"].map(world.indicators.set_index("indicator")["publication_lag_days"])
    assert set((lag - usual).unique()) == {0, 90}


def test_areas_exist_only_while_they_exist():
    world = synthetic_tables()
    life = world.areas.set_index("area_code")[["active_from", "active_to"]]
    observations = world.observations.join(life, on="area_code")
    assert (observations["period_end"] >= observations["active_from"]).all()
    assert (observations["period_end"] <= observations["active_to"].fillna(pd.Timestamp("2200-01-01"))).all()


def test_two_areas_merge_and_one_splits():
    areas = synthetic_tables().areas.set_index("area_code")
    ended = areas.loc[["X00000001", "X00000002", "X00000003"], "active_to"]
    assert [f"{day:%Y-%m-%d}" for day in ended] == ["2019-03-31", "2019-03-31", "2021-03-31"]
    assert areas["active_to"].notna().sum() == 3
    made = areas.loc[["X00000118", "X00000119", "X00000120"], ["active_from", "predecessors"]]
    assert [f"{day:%Y-%m-%d}" for day in made["active_from"]] == ["2021-04-01", "2021-04-01", "2019-04-01"]
    assert made["predecessors"].tolist() == ["X00000003", "X00000003", "X00000001;X00000002"]
    assert areas["successors"].tolist()[:3] == ["X00000120", "X00000120", "X00000118;X00000119"]


def test_inspections_come_about_every_three_years_and_sooner_after_one_below_good():
    inspections = pd.concat([synthetic_tables(seed=seed).inspections.assign(seed=seed) for seed in range(3)])
    inspections = inspections.sort_values(["seed", "area_code", "start_date"])
    own = inspections.groupby(["seed", "area_code"])
    gaps = (own["start_date"].shift(-1) - inspections["start_date"]).dt.days / 365.25
    mean = gaps.groupby(inspections["overall"]).mean()
    assert gaps.mean() == pytest.approx(3, abs=0.2)
    assert gaps.min() > 1.39
    assert mean["inadequate"] < mean["requires_improvement"] < mean["good"] - 0.3


def test_a_seed_makes_one_world():
    worlds = [synthetic_tables(areas=20, seed=seed).fingerprint for seed in (1, 1, 2)]
    assert worlds[0] == worlds[1] != worlds[2]


@pytest.mark.parametrize(("frequency", "days"), [("annual", 365), ("quarterly", 91), ("monthly", 30)])
def test_periods_are_as_long_as_they_are_asked_to_be(frequency, days):
    world = synthetic_tables(areas=20, years=range(2015, 2021), frequency=frequency)
    one = world.observations.query("area_code == 'X00000005' and indicator == 'rereferral_rate'")
    one = one.drop_duplicates("period_end")
    apart = one["period_end"].diff().dropna().dt.days
    assert ((apart - days).abs() <= 2).all()
    assert len(one) == {"annual": 6, "quarterly": 24, "monthly": 72}[frequency]
    length = (one["period_end"] - one["period_start"]).dt.days + 1
    assert ((length - days).abs() <= 2).all()


def test_a_world_that_cannot_be_made_is_refused_with_all_that_is_wrong():
    with pytest.raises(ConfigError) as refused:
        Plan(areas=15, seed=-1, effect=-1, soft_effect=float("nan"), years=[2012, 2014], frequency="daily")
    for fault in ("areas: 15", "seed: -1", "effect: -1", "soft effect: nan", "years: 2", "'daily'"):
        assert fault in str(refused.value)


def test_years_must_run_on():
    with pytest.raises(ConfigError, match="have a gap or run backwards"):
        Plan(years=[2012, 2013, 2014, 2016, 2017])


@given(st.lists(st.integers(-20, 20), min_size=4, max_size=30))
def test_the_nearest_are_those_that_a_table_of_all_pairs_finds(levels):
    level = np.array(levels, dtype=float)
    apart = np.abs(level[:, None] - level)
    found = np.take_along_axis(apart, nearest(level, 3), axis=1)
    np.fill_diagonal(apart, np.inf)
    assert (found == np.sort(apart, axis=1)[:, :3]).all()  # ties may fall either way


def test_a_break_is_as_deep_as_its_drop_and_half_made_good_in_twenty_months():
    quality = hidden_quality(Plan(areas=2000, seed=3))
    once = quality.breaks[~quality.breaks["area"].duplicated(keep=False)]
    once = once[once["month"].between(24, 150)]
    area, month = once["area"].to_numpy(), once["month"].to_numpy()
    before = quality.level[area, month - 1]
    deepest = (before - quality.level[area, month + 2]).mean()
    later = (before - quality.level[area, month + 22]).mean()
    # drops are 2.25 on average; what the area was before moves by chance only, and towards its usual level
    assert deepest == pytest.approx(once["drop"].mean(), abs=0.15)
    assert later == pytest.approx(once["drop"].mean() / 2, abs=0.25)
