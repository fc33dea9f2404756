"""Two made-up worlds: one with a planted decline, which is found, and one in which nothing may be found."""

import dataclasses

import pytest

from earlywarn.config import Config
from earlywarn.panel.panel import Panel
from earlywarn.pipeline import Pipeline
from earlywarn.sources.synthetic import synthetic_tables

FLOORS = ("base_rate", "majority_class", "deprivation", "last_judgement")
VITAL = ("agency_rate", "assessments_within_45_days", "caseload", "cpp_reviewed_in_time")


def judged(*, areas, seed, effect, years, as_of, first_start, draws):
    """Back-test the default model in one world, without any file."""
    config = Config.model_validate(
        {
            "question": {"as_of": as_of},
            "features": {"vital": VITAL},
            "backtest": {"first_start": first_start, "leads_months": [3], "draws": draws, "models": []},
        }
    )
    work = Pipeline(config)
    tables = synthetic_tables(areas=areas, seed=seed, effect=effect, years=years)
    work.__dict__["panel"] = Panel(dataclasses.replace(tables, name="made up"))
    return work.judged


def auc(tables, target="adverse"):
    metrics = tables["metrics"]
    own = metrics[(metrics["model"] == "default") & (metrics["metric"] == "auc")]
    return own.set_index("target").loc[target]


def verdict(tables, target="adverse"):
    return tables["verdicts"].set_index("target").loc[target]


def test_where_a_decline_is_planted_the_default_model_beats_every_floor():
    tables = judged(
        areas=140,
        seed=4,
        effect=2.0,
        years=range(2011, 2020),
        as_of="2019-04-01",
        first_start="2015-01-01",
        draws=200,
    )
    found = tables["comparison"]
    found = found[(found["metric"] == "brier_skill") & (found["target"] == "adverse")].set_index("other")
    assert set(found.index) == {*FLOORS, "history_only"}
    assert (found["low"] > 0).all()
    assert verdict(tables)["passed"]
    assert verdict(tables)["text"].startswith("Better than ")
    assert auc(tables)["low"] > 0.6


def nothing(seed):
    return judged(
        areas=60,
        seed=seed,
        effect=0.0,
        years=range(2011, 2020),
        as_of="2019-04-01",
        first_start="2015-01-01",
        draws=100,
    )


def test_where_there_is_nothing_to_find_the_verdict_is_no_better():
    tables = nothing(11)
    assert not verdict(tables)["passed"]
    assert verdict(tables)["text"].startswith("No better than ")
    assert auc(tables)["low"] < 0.5 < auc(tables)["high"]


@pytest.mark.slow
def test_where_there_is_nothing_to_find_luck_is_as_rare_as_an_interval_promises():
    worlds = [nothing(seed) for seed in range(10)]
    # decline is left out: where grades are drawn anew each time, the last one does foretell a worse one,
    # and an ordered model knows it better than the floor that must learn it
    for target in ("adverse", "serious"):
        assert sum(bool(verdict(tables, target)["passed"]) for tables in worlds) <= 1
    covered = [auc(tables)["low"] <= 0.5 <= auc(tables)["high"] for tables in worlds]
    assert sum(covered) >= 8
