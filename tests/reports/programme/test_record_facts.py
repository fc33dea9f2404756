from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from earlywarn.reports.programme.record_facts import record_facts


def told(plan, scored, *, run=None, about=None, **tables):
    """The facts of the example, with other words in its run, its plan or its tables."""
    changed = replace(scored, run=dict(scored.run) | (run or {}), **tables)
    return record_facts(replace(plan, about=dict(plan.about) | (about or {})), changed)


@pytest.fixture(scope="module")
def contributions():
    return pd.DataFrame(
        {
            "area_code": ["A", "A", "A", "B"],
            "target": ["adverse", "adverse", "adverse", "decline"],
            "feature": ["agency_rate__national_gap", "last_overall", "baseline", "other"],
            "indicator": ["agency_rate", "", "", ""],
            "contribution": [0.1, 0.2, 0.3, 0.4],
        }
    )


def test_what_the_model_reads_is_listed_by_label(example_plan, example_scored, contributions):
    indicators = pd.DataFrame({"indicator": ["agency_rate"], "label": ["Agency social workers"]})
    facts = told(example_plan, example_scored, contributions=contributions, indicators=indicators)
    assert facts["features"] == "2 inputs for each area: Agency social workers; last overall."
    assert facts["proxies"].startswith("It reads no measure of deprivation")
    read = contributions.assign(feature="fsm_primary_rate__national_gap")
    assert "free school meals" in told(example_plan, example_scored, contributions=read)["proxies"]


def test_how_much_it_was_fitted_on(example_plan, example_scored):
    trained = {"inspections": 273, "rows": 1092, "events": {"adverse": 118, "serious": 39}}
    facts = told(example_plan, example_scored, run={"trained_on": trained})
    assert facts["trained"] == (
        "1,092 labelled rows from 273 inspections: 118 with a judgement below good and 39 with a judgement "
        "of inadequate."
    )
    bare = told(example_plan, example_scored, run={"trained_on": {"inspections": 1, "rows": 2}})
    assert bare["trained"] == "2 labelled rows from 1 inspection."
    assert "trained" not in told(example_plan, example_scored, run={"trained_on": {}})


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (0.0, "No plan under these rules that staffs as many places has a higher expected benefit."),
        (0.00801, "Its expected benefit is proven to be within 0.9% of the best that these rules allow."),
    ],
)
def test_a_promise_is_rounded_so_that_it_holds(example_plan, example_scored, gap, words):
    assert told(example_plan, example_scored, about={"gap": gap})["solution"] == words


@pytest.mark.parametrize("gap", [np.nan, np.inf])
def test_without_a_bound_nothing_is_promised(example_plan, example_scored, gap):
    assert "solution" not in told(example_plan, example_scored, about={"gap": gap})


def test_measures_without_an_interval_or_a_value(example_plan, example_scored):
    row = {"target": "adverse", "model": "default", "lead_months": 3, "n": 12.0, "events": 4.0}
    rows = [
        row | {"metric": "auc", "value": 0.7, "low": np.nan, "high": np.nan},
        row | {"metric": "brier", "value": np.nan, "low": np.nan, "high": np.nan},
    ]
    facts = told(example_plan, example_scored, metrics=pd.DataFrame(rows))
    assert facts["performance"] == "At 90 days' lead, over 12 past inspections with 4 events: AUC 0.70."
    none = told(example_plan, example_scored, metrics=pd.DataFrame(rows[1:]))
    assert "performance" not in none


@pytest.mark.parametrize("tier", ["", "open", "sector", "restricted"])
def test_whether_concerns_have_informed_the_risks_is_said(example_plan, example_scored, tier):
    words = told(example_plan, example_scored, run={"informed_by": tier})["informed"]
    assert ("No concern" in words) == (tier == "")


def test_nothing_unknown_is_among_the_facts(example_plan, example_scored):
    facts = told(example_plan, example_scored, run={"licence": None, "source": "", "model": None})
    assert {"licence", "source", "model"}.isdisjoint(facts)
    assert all(facts.values())
