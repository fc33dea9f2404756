"""What moved a risk since an earlier run."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.errors import ConfigError
from earlywarn.explain.change import COLUMNS, decompose
from earlywarn.explain.contributions import BASELINE
from earlywarn.explain.feature_label import feature_label
from earlywarn.explain.veil import VEILED, VEILED_WORDS
from earlywarn.features.catalogue import AREA_FEATURES

INDICATORS = pd.DataFrame({"indicator": ["caseload", "agency_rate"], "label": ["Caseload", "Agency workers"]})
PARTS = {  # feature: indicator and theme
    "caseload__level": ("caseload", "workforce"),
    "caseload__trend": ("caseload", "workforce"),
    "agency_rate__level": ("agency_rate", "workforce"),
    "last_overall": ("", "strategic approach"),
    "concern_pressure": ("", "leadership and governance"),
    BASELINE: ("", ""),
}
NOW, BEFORE = {"as_of": "2025-04-01", "horizon_months": 12}, {"as_of": "2025-01-01", "horizon_months": 12}
SIZES = st.fixed_dictionaries({name: st.floats(-3, 3) for name in PARTS})


def contributions(sizes, area="A"):
    rows = [(area, "adverse", name, *PARTS[name], np.nan, size) for name, size in sizes.items()]
    columns = ["area_code", "target", "feature", "indicator", "theme", "value", "contribution"]
    return pd.DataFrame(rows, columns=columns)


def risk_list(risk, low=np.nan, high=np.nan, area="A"):
    return pd.DataFrame(
        {"area_code": [area], "risk_adverse": [risk], "risk_adverse_low": [low], "risk_adverse_high": [high]}
    )


def probability(sizes):
    return 1 / (1 + np.exp(-sum(sizes.values())))


def changes(now, before, *, now_risks=None, before_risks=None, now_run=NOW, before_run=BEFORE, hidden=()):
    return decompose(
        contributions(now),
        contributions(before),
        now_risks=risk_list(probability(now)) if now_risks is None else now_risks,
        before_risks=risk_list(probability(before)) if before_risks is None else before_risks,
        now_run=now_run,
        before_run=before_run,
        indicators=INDICATORS,
        target="adverse",
        hidden=hidden,
    )


def sentence(*arguments, **others):
    return changes(*arguments, **others)["words"][0]


ONE = {"caseload__level": 0.2, "agency_rate__level": -0.1, "last_overall": 0.0, BASELINE: -1.0}
TWO = {"caseload__level": 0.9, "agency_rate__level": 0.1, "last_overall": 0.0, BASELINE: -1.1}


def test_worked_by_hand():
    table = changes(TWO, ONE)
    assert list(table.columns) == list(COLUMNS)
    said = table[["order", "label", "before", "now", "difference"]].round(4).to_numpy().tolist()
    assert said == [
        [0, "The risk itself", 0.2891, 0.475, 0.186],  # log-odds of -0.9 and -0.1
        [1, "Caseload", 0.2, 0.9, 0.7],
        [2, "Agency workers", -0.1, 0.1, 0.2],
        [3, "What is typical of all areas", -1.0, -1.1, -0.1],
        [4, "The last overall judgement", 0.0, 0.0, 0.0],
    ]
    assert table["theme"].tolist() == ["", "workforce", "workforce", "", "strategic approach"]
    assert table["words"].tolist()[1:] == [
        "Moved the risk up.",
        "Moved the risk up; it lowered the risk before and raises it now.",
        "Moved the risk down: all areas moved, not this one alone.",
        "Hardly moved the risk.",
    ]


@given(SIZES, SIZES)
@settings(max_examples=12)
def test_the_parts_sum_to_the_change_in_log_odds(now, before):
    table = changes(now, before)
    parts = table[table["order"] > 0]
    assert parts["difference"].sum() == pytest.approx(sum(now.values()) - sum(before.values()), abs=1e-9)
    assert (parts["now"] - parts["before"]).to_numpy() == pytest.approx(parts["difference"].to_numpy())
    assert len(parts) == len(PARTS) - 1, "the two features of one indicator are one part"
    assert parts["difference"].abs().round(9).is_monotonic_decreasing


@given(SIZES, SIZES)
@settings(max_examples=12)
def test_what_is_taken_together_still_sums(now, before):
    whole = changes(now, before, hidden=["concern_pressure", "last_overall"])
    assert whole["difference"][1:].sum() == pytest.approx(sum(now.values()) - sum(before.values()), abs=1e-9)
    assert VEILED_WORDS in set(whole["label"])
    assert not whole["label"].str.contains("concern|judgement", case=False).any()


def test_a_feature_of_one_run_alone_counts_as_nothing_in_the_other():
    table = changes(TWO | {"concern_pressure": 0.5}, ONE).set_index("label")
    row = table.loc["All concerns voiced together"]
    assert (row["before"], row["now"], row["difference"]) == (0.0, 0.5, 0.5)


def test_soft_evidence_told_as_a_whole_in_one_run_is_told_so_of_both():
    before = contributions(ONE).replace({"feature": {"last_overall": VEILED}}).assign(contribution=0.25)
    now = contributions(TWO | {"concern_pressure": 0.5})
    table = decompose(
        now, before, now_risks=risk_list(0.6), before_risks=risk_list(0.5), now_run=NOW, before_run=BEFORE,
        indicators=INDICATORS, target="adverse",
    )  # fmt: skip
    row = table.set_index("label").loc[VEILED_WORDS]
    assert (row["before"], row["now"]) == (0.25, 0.5)
    assert "concerns" not in " ".join(table["label"])


DAYS = "between 1 January 2025 and 1 April 2025"
LOW, HIGH = (0.1, 0.05, 0.15), (0.4, 0.3, 0.5)  # a risk with its interval


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        pytest.param((0.21, 0.1, 0.3), (0.34, 0.2, 0.5), f"The risk rose from 21% to 34% {DAYS}", id="up"),
        pytest.param((0.34, 0.2, 0.5), (0.21, 0.1, 0.3), f"The risk fell from 34% to 21% {DAYS}", id="down"),
        pytest.param(HIGH, (0.402, 0.3, 0.5), f"The risk stayed at about 40% {DAYS}.", id="still"),
        pytest.param(LOW, HIGH, "intervals (5% to 15%, then 30% to 50%) do not overlap.", id="apart, up"),
        pytest.param(HIGH, LOW, "intervals (30% to 50%, then 5% to 15%) do not overlap.", id="apart, down"),
        pytest.param((0.1, 0.05, 0.3), HIGH, "overlap, so it may not have changed.", id="they touch"),
    ],
)
def test_the_sentence_says_how_far_and_how_sure(old, new, words):
    assert words in sentence(TWO, ONE, now_risks=risk_list(*new), before_risks=risk_list(*old))


def test_the_sentence_names_the_fewest_parts_that_did_half_of_it():
    assert "mostly because of “Caseload”." in sentence(TWO, ONE)
    assert "mostly because of what is typical of all areas." in sentence(ONE, TWO | {BASELINE: 9.0})


def test_where_no_part_pulled_that_way_none_is_named():
    said = sentence(ONE, ONE, now_risks=risk_list(0.5), before_risks=risk_list(0.4))
    assert said == f"The risk rose from 40% to 50% {DAYS}."


def test_without_intervals_nothing_is_said_of_them():
    assert "interval" not in sentence(TWO, ONE)


@pytest.mark.parametrize("key", ["model", "trained_on", "calibration"])
def test_another_fit_is_said(key):
    assert "refitting" in sentence(TWO, ONE, now_run=NOW | {key: "x"}, before_run=BEFORE | {key: "y"})
    assert "refitting" not in sentence(TWO, ONE, now_run=NOW | {key: "x"}, before_run=BEFORE | {key: "x"})


def test_an_area_without_an_earlier_risk_has_only_that_to_say():
    table = changes(TWO, ONE, before_risks=risk_list(0.5, area="B"))
    assert table["order"].tolist() == [0]
    assert table["words"][0] == "There was no earlier risk of this question, so nothing can be compared."
    assert np.isnan(table["before"][0])


def test_an_area_without_a_risk_now_has_no_row():
    assert changes(TWO, ONE, now_risks=risk_list(np.nan)).empty


def test_runs_that_cannot_be_compared_are_refused_with_every_reason():
    with pytest.raises(ConfigError, match="cannot be compared") as caught:
        changes(
            TWO, ONE, now_run=BEFORE | {"horizon_months": 6}, before_run=NOW,
            before_risks=pd.DataFrame({"area_code": ["A"]}),
        )  # fmt: skip
    said = str(caught.value)
    assert "horizon_months is 6 now and was 12" in said
    assert "the earlier run is of 2025-04-01, the later one of 2025-01-01" in said
    assert "the earlier run has no risk_adverse" in said


def test_every_feature_has_a_short_label_of_its_own():
    labels = [feature_label(spec.name) for spec in AREA_FEATURES]
    assert len(set(labels)) == len(labels)
    assert all("{" not in label and len(label) < 70 and label[0].isupper() for label in labels)
