import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from sklearn.metrics import roc_auc_score

from earlywarn.validation import evaluation, leads
from earlywarn.validation.evaluation import compare, evaluate

METRICS = {
    "auc",
    "auc_within_last_judgement",
    "auc_within_last_judgement_and_year",
    "auc_within_year",
    "average_precision",
    "brier",
    "brier_skill",
    "brier_skill_recent",
    "log_loss",
    "calibration_slope",
    "calibration_intercept",
    "calibration_in_the_large",
    "precision_at_10",
    "precision_at_20",
    "precision_at_30",
}


@pytest.fixture(scope="module")
def result(predictions):
    return evaluate(predictions, draws=100, seed=1)


def one(table, **where):
    for column, value in where.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_the_table_keeps_its_contract(result):
    assert list(result) == ["target", "model", "lead_months", "metric", "value", "low", "high", "n", "events"]
    assert set(result.loc[result["lead_months"] == 12, "metric"]) == METRICS
    assert set(result.loc[result["lead_months"] == 3, "metric"]) == METRICS | {
        "lead_time_months",
        "share_flagged",
    }
    assert_frame_equal(
        result, result.sort_values(["target", "model", "lead_months", "metric"], ignore_index=True)
    )


def test_the_value_is_the_plain_measure_and_lies_in_its_interval(result, predictions):
    rows = predictions.query("target == 'adverse' and lead_months == 6 and model == 'default'")
    found = one(result, target="adverse", lead_months=6, model="default", metric="auc")
    assert found["value"] == pytest.approx(roc_auc_score(rows["label"], rows["risk"]))
    assert found["low"] < found["value"] < found["high"]
    assert found["n"] == 60
    assert found["events"] == rows["label"].sum()


def test_the_order_of_rows_and_the_size_of_chunks_do_not_matter(result, predictions, monkeypatch):
    assert_frame_equal(evaluate(predictions.sample(frac=1, random_state=3), draws=100, seed=1), result)
    monkeypatch.setattr(evaluation, "CHUNK_BYTES", 8 * 60 * 7)
    assert_frame_equal(evaluate(predictions, draws=100, seed=1), result)


def test_the_input_is_left_as_it_was(predictions):
    before = predictions.copy()
    evaluate(predictions, draws=2)
    compare(predictions, draws=2)
    assert_frame_equal(predictions, before)


def test_a_floor_of_one_risk_has_no_skill_and_no_slope(result):
    where = {"target": "adverse", "lead_months": 3, "model": "base_rate"}
    assert one(result, metric="auc", **where)[["value", "low", "high"]].tolist() == [0.5, 0.5, 0.5]
    assert one(result, metric="brier_skill", **where)[["value", "low", "high"]].tolist() == [0, 0, 0]
    assert np.isnan(one(result, metric="calibration_slope", **where)["value"])


def race(*, leads, risks, label, months):
    """One target and model, a year of areas A, B, ... with the given risks at each lead."""
    start = pd.Timestamp("2024-06-01")
    return pd.DataFrame(
        [
            {
                "area_code": code,
                "inspection_id": code,
                "as_of": start - pd.Timedelta(days=ahead),
                "start_date": start,
                "lead_months": lead,
                "target": "adverse",
                "model": "default",
                "risk": risk,
                "label": happened,
                "last_judgement": 2,
                "base_rate": 0.5,
                "recent_rate": 0.5,
            }
            for lead, ahead, at_lead in zip(leads, months, risks, strict=True)
            for code, risk, happened in zip("ABCDE", at_lead, label, strict=True)
            if not np.isnan(risk)
        ]
    )


def lead_time(table):
    found = evaluate(table, draws=20)
    return one(found, metric="lead_time_months"), one(found, metric="share_flagged")


def test_lead_time_worked_by_hand(monkeypatch):
    # two places: A is flagged at both leads, B at the shorter, C at the longer only; E has one lead only
    monkeypatch.setattr(leads, "LEAD_TIME_PLACES", 2)
    table = race(
        leads=[3, 6],
        months=[100, 200],
        risks=[[0.9, 0.8, 0.3, 0.2, 0.1], [0.9, 0.3, 0.8, 0.2, np.nan]],
        label=[1, 1, 1, 0, 1],
    )
    mean, share = lead_time(table)
    assert mean["value"] == pytest.approx((200 + 100) / 2 / (365.25 / 12))
    assert share["value"] == pytest.approx(2 / 3)
    assert mean["lead_months"] == 3
    assert (mean["n"], mean["events"]) == (4, 3)


def test_one_lead_alone_has_no_lead_time():
    table = race(leads=[3], months=[100], risks=[[0.9, 0.8, 0.3, 0.2, 0.1]], label=[1, 1, 0, 0, 1])
    mean, share = lead_time(table)
    assert np.isnan([mean["value"], share["value"]]).all()
    assert (mean["n"], mean["events"]) == (0, 0)


@pytest.mark.parametrize("silent", [3, 6], ids=["shortest", "longer"])
def test_a_model_silent_at_a_lead_does_not_stop_the_others(predictions, silent):
    quiet = (predictions["model"] == "default") & (predictions["lead_months"] == silent)
    table = predictions.assign(risk=predictions["risk"].mask(quiet))
    found = evaluate(table, draws=20)
    row = one(found, target="adverse", model="default", metric="lead_time_months")
    assert row["n"] == (0 if silent == 3 else 60)
    assert one(found, target="adverse", model="default", lead_months=silent, metric="auc")["n"] == 0
    assert one(found, target="adverse", model="base_rate", metric="lead_time_months")["n"] == 60


def test_a_model_absent_from_a_lead_is_passed_over(predictions):
    absent = (predictions["model"] == "default") & (predictions["lead_months"] == 6)
    found = evaluate(predictions[~absent], draws=20)
    assert one(found, target="adverse", model="default", metric="lead_time_months")["n"] == 60
    assert found.query("model == 'default' and lead_months == 6").empty


def test_no_labels_give_an_empty_table_with_all_columns(predictions, result):
    unlabelled = predictions.assign(label=np.nan)
    assert list(evaluate(unlabelled, draws=2)) == list(result)
    assert evaluate(unlabelled, draws=2).empty
    assert compare(unlabelled, draws=2).empty


def test_differences_are_paired(predictions, result):
    difference = compare(predictions, draws=100, seed=1)
    assert list(difference) == ["target", "lead_months", "other", "metric", "difference", "low", "high", "n"]
    assert set(difference["other"]) == {"base_rate", "last_judgement", "majority_class"}
    found = one(difference, target="adverse", lead_months=3, other="last_judgement", metric="brier_skill")
    own, other = (
        one(result, target="adverse", lead_months=3, model=model, metric="brier_skill")
        for model in ("default", "last_judgement")
    )
    assert found["difference"] == pytest.approx(own["value"] - other["value"])
    unpaired = np.hypot(own["high"] - own["low"], other["high"] - other["low"])
    assert found["high"] - found["low"] < unpaired


def test_a_model_does_not_differ_from_its_twin(predictions):
    twin = predictions[predictions["model"] == "default"].assign(model="twin")
    found = compare(pd.concat([predictions, twin]), draws=20).query("other == 'twin'")
    assert len(found) == 18
    assert (found[["difference", "low", "high"]] == 0).all(axis=None)


def test_only_inspections_that_both_scored_are_compared(predictions):
    lost = (predictions["model"] == "base_rate") & (predictions["inspection_id"] < "I010")
    found = compare(predictions[~lost], draws=20)
    assert set(found.loc[found["other"] == "base_rate", "n"]) == {50}
    assert set(found.loc[found["other"] == "last_judgement", "n"]) == {60}


def test_races_that_the_model_did_not_run_are_left_out(predictions):
    away = (predictions["model"] == "default") & (predictions["lead_months"] == 3)
    assert set(compare(predictions[~away], draws=2)["lead_months"]) == {6, 12}


def test_within_last_judgement_and_year_counts_only_pairs_that_share_both(result, predictions):
    rows = predictions.query("target == 'adverse' and lead_months == 6 and model == 'default'")
    right = pairs = 0.0
    for _, cell in rows.groupby([rows["start_date"].dt.year, "last_judgement"]):
        for event in cell.loc[cell["label"] == 1, "risk"]:
            others = cell.loc[cell["label"] == 0, "risk"]
            right += (event > others).sum() + 0.5 * (event == others).sum()
            pairs += len(others)
    metric = "auc_within_last_judgement_and_year"
    found = one(result, target="adverse", lead_months=6, model="default", metric=metric)
    assert found["value"] == pytest.approx(right / pairs)
