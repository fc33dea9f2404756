"""The made-up world has what it plants, and nothing when nothing is planted."""

import numpy as np
import pandas as pd
import pytest

from earlywarn.schema import GRADE_CODES
from earlywarn.sources.synthetic import synthetic_tables


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
    assert world.areas["active_to"].notna().sum() == 2
    assert world.areas["predecessors"].iloc[-1] == "X00000001;X00000002"


def test_inspections_come_about_every_three_years():
    inspections = synthetic_tables().inspections.sort_values("start_date")
    gaps = inspections.groupby("area_code")["start_date"].diff().dropna().dt.days / 365.25
    assert gaps.mean() == pytest.approx(3, abs=0.15)
    assert gaps.min() >= 1.9


def test_a_seed_makes_one_world():
    worlds = [synthetic_tables(areas=20, seed=seed).fingerprint for seed in (1, 1, 2)]
    assert worlds[0] == worlds[1] != worlds[2]
