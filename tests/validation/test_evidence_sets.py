from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from sklearn.metrics import roc_auc_score

from earlywarn.errors import DataError
from earlywarn.validation import leads
from earlywarn.validation.evaluation import compare, evaluate
from earlywarn.validation.evidence_sets import compare_sets

SETS = ["hard", "soft", "hard+soft"]
METRICS = {"auc", "brier_skill", "log_loss", "precision_at_10", "precision_at_20", "precision_at_30"}


def named(make_predictions, inspections=60, **knows):
    """Predictions of sets that know so much of the truth, and of the floor, which knows nothing of it."""
    made = partial(make_predictions, inspections=inspections)
    floor = made(skill=0.0).query("model == 'default'").assign(model="history_only")
    sets = [
        made(skill=skill).query("model == 'default'").assign(model=name.replace("_and_", "+"))
        for name, skill in knows.items()
    ]
    return pd.concat([floor, *sets], ignore_index=True)


@pytest.fixture(scope="module")
def predictions(make_predictions):
    return named(make_predictions, hard=0.5, soft=0.2, hard_and_soft=2.0)


@pytest.fixture(scope="module")
def result(predictions):
    return compare_sets(predictions, SETS, draws=100, seed=1)


def one(table, **where):
    for column, value in where.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_the_tables_keep_their_contract(result):
    values, differences = result
    assert list(values)[:5] == ["target", "lead_months", "set", "metric", "value"]
    assert list(differences)[:6] == ["target", "lead_months", "set", "other", "metric", "difference"]
    assert list(dict.fromkeys(values["set"])) == ["history_only", *SETS]
    assert set(values.loc[values["lead_months"] == 6, "metric"]) == METRICS
    assert set(values.loc[values["lead_months"] == 3, "metric"]) == METRICS | {"warning_months"}
    pairs = differences[["set", "other"]].drop_duplicates()
    assert list(pairs.itertuples(index=False, name=None)) == [
        ("hard", "history_only"),
        ("soft", "history_only"),
        ("soft", "hard"),
        ("hard+soft", "history_only"),
        ("hard+soft", "hard"),
        ("hard+soft", "soft"),
    ]


def test_a_difference_is_that_of_the_plain_measures(result, predictions):
    values, differences = result
    where = {"target": "adverse", "lead_months": 3, "metric": "auc"}
    rows = predictions.query("target == 'adverse' and lead_months == 3")
    aucs = {
        name: roc_auc_score(rows.loc[rows["model"] == name, "label"], rows.loc[rows["model"] == name, "risk"])
        for name in SETS
    }
    assert one(values, set="hard", **where)["value"] == pytest.approx(aucs["hard"])
    found = one(differences, set="hard+soft", other="hard", **where)
    assert found["difference"] == pytest.approx(aucs["hard+soft"] - aucs["hard"])
    assert found["low"] < found["difference"] < found["high"]


def test_where_one_set_is_misled_and_one_is_not_every_interval_says_so(make_predictions):
    predictions = named(make_predictions, inspections=300, hard=-1.0, hard_and_soft=1.0)
    _, differences = compare_sets(predictions, ["hard", "hard+soft"], draws=100)
    found = differences.query("set == 'hard+soft' and other == 'hard' and target == 'adverse'")
    found = found[found["lead_months"] == 3].set_index("metric")
    more = ["auc", "brier_skill", "precision_at_10", "precision_at_20", "precision_at_30", "warning_months"]
    assert (found.loc[more, "low"] > 0).all()
    assert found.loc["log_loss", "high"] < 0


def test_values_and_differences_are_those_of_the_other_tables_of_the_back_test(result, predictions):
    # evaluate and compare know nothing of sets: with the same seed they must agree to the last digit
    values, differences = result
    measured = evaluate(predictions, draws=100, seed=1)
    for metric in METRICS:
        where = {"target": "decline", "lead_months": 6, "metric": metric}
        ours, theirs = one(values, set="soft", **where), one(measured, model="soft", **where)
        assert ours[["value", "low", "high"]].tolist() == theirs[["value", "low", "high"]].tolist()
    apart = compare(predictions, model="hard+soft", draws=100, seed=1)
    for metric in ("auc", "brier_skill", "log_loss"):
        where = {"target": "decline", "lead_months": 6, "other": "hard", "metric": metric}
        ours, theirs = one(differences, set="hard+soft", **where), one(apart, **where)
        assert ours[["difference", "low", "high"]].tolist() == theirs[["difference", "low", "high"]].tolist()


def race(*, risks, label, months):
    """Five areas, a row of risks for each model and lead; leads of 3 and 6 months."""
    start = pd.Timestamp("2024-12-31")
    return pd.DataFrame(
        [
            {
                "area_code": code,
                "inspection_id": f"I{code}",
                "as_of": start - pd.Timedelta(days=ahead),
                "start_date": start,
                "lead_months": lead,
                "target": "adverse",
                "model": model,
                "risk": risk,
                "label": happened,
                "last_judgement": 2.0,
                "base_rate": 0.4,
                "recent_rate": 0.4,
            }
            for model, at_leads in risks.items()
            for lead, ahead, at_lead in zip((3, 6), months, at_leads, strict=True)
            for code, risk, happened in zip("ABCDE", at_lead, label, strict=True)
        ]
    )


def test_lead_time_gained_worked_by_hand(monkeypatch):
    # two places. figures: A is on the list at both leads, B at the shorter, C never: (200 + 100 + 0) / 3 days
    # both: A, B at both leads: (200 + 200 + 0) / 3 days, so 100 / 3 days are gained for each event
    monkeypatch.setattr(leads, "LEAD_TIME_PLACES", 2)
    early, late = [0.9, 0.8, 0.3, 0.2, 0.1], [0.9, 0.3, 0.2, 0.8, 0.1]
    table = race(
        months=[100, 200], label=[1, 1, 1, 0, 0], risks={"hard": [early, late], "hard+soft": [early, early]}
    )
    values, differences = compare_sets(table, ["hard", "hard+soft"], draws=20)
    month = 365.25 / 12
    assert one(values, set="hard", metric="warning_months")["value"] == pytest.approx(100 / month)
    gained = one(differences, metric="warning_months")
    assert gained["difference"] == pytest.approx(100 / 3 / month)
    assert (gained["n"], gained["events"]) == (5, 3)


def test_where_no_event_is_on_the_list_there_is_no_warning(monkeypatch):
    monkeypatch.setattr(leads, "LEAD_TIME_PLACES", 2)
    missed = [0.1, 0.2, 0.3, 0.8, 0.9]
    table = race(months=[100, 200], label=[1, 1, 0, 0, 0], risks={"hard": [missed, missed]})
    values, _ = compare_sets(table, ["hard"], draws=20)
    assert one(values, metric="warning_months")["value"] == 0


def test_only_inspections_that_every_set_scored_count(predictions):
    lost = predictions.index[predictions["model"] == "soft"][:4]
    values, _ = compare_sets(predictions.drop(index=lost), SETS, draws=10)
    assert (values.query("target == 'adverse' and lead_months == 3 and metric == 'auc'")["n"] == 56).all()


def test_a_set_against_itself_differs_by_nothing(predictions):
    twin = predictions[predictions["model"] == "hard"].assign(model="soft")
    both = pd.concat([predictions[predictions["model"] == "hard"], twin])
    _, differences = compare_sets(both, ["hard", "soft"], draws=30)
    assert (differences[["difference", "low", "high"]] == 0).all(axis=None)


@settings(max_examples=10)
@given(st.integers(0, 1_000))
def test_the_order_of_rows_does_not_matter(predictions, result, seed):
    shuffled = predictions.sample(frac=1, random_state=seed)
    for found, known in zip(compare_sets(shuffled, SETS, draws=100, seed=1), result, strict=True):
        assert_frame_equal(found, known)


def test_the_input_is_left_as_it_was(predictions):
    before = predictions.copy()
    compare_sets(predictions, SETS, draws=2)
    assert_frame_equal(predictions, before)


def test_predictions_that_cannot_be_used_are_refused(predictions):
    with pytest.raises(DataError, match="is outside 0 to 1"):
        compare_sets(predictions.assign(risk=1.5), SETS, draws=2)


def test_nothing_tested_gives_empty_tables(predictions):
    values, differences = compare_sets(predictions.iloc[:0], SETS, draws=2)
    assert values.empty
    assert differences.empty
    assert np.all(list(values)[:3] == ["target", "lead_months", "set"])
