import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from earlywarn.errors import ConfigError, DataError
from earlywarn.validation.cost_ratio import cost_ratio_of, threshold_of
from earlywarn.validation.usefulness import THRESHOLDS, threshold_words, usefulness

RISKS = st.integers(0, 100).map(lambda hundredths: hundredths / 100)
INSPECTED = st.lists(st.tuples(RISKS, RISKS, st.integers(0, 1), st.integers(0, 4)), min_size=1, max_size=20)


def back_test(risks, labels, *, floor=None, areas=None, **columns):
    """Predictions of one target at one lead, and of a floor where there is one."""
    rows = {
        "area_code": [f"E{area}" for area in (areas or range(len(risks)))],
        "inspection_id": [f"I{number}" for number in range(len(risks))],
        "lead_months": 3,
        "target": "adverse",
        "label": labels,
    }
    models = {"default": risks} | ({} if floor is None else {"last_judgement": floor})
    return pd.concat(
        [pd.DataFrame(rows | {"model": model, "risk": said} | columns) for model, said in models.items()],
        ignore_index=True,
    )


def curve(predictions, **asked):
    asked = {"target": "adverse", "threshold": 1 / 3, "thresholds": (0.1, 0.5), "draws": 10} | asked
    return usefulness(predictions, **asked)


def benefit(useful, strategy, *, column="net_benefit"):
    rows = useful.curve[useful.curve["chosen"] & (useful.curve["strategy"] == strategy)]
    return rows[column].item()


def test_net_benefit_worked_by_hand():
    # at 1 in 5 a needless review weighs a quarter: 3 found less 2 needless / 4, of 7; all: 4 less 3 / 4, of 7
    useful = curve(
        back_test([0.9, 0.5, 0.2, 0.19, 0.7, 0.3, 0.0], [1, 1, 1, 1, 0, 0, 0]), threshold=0.2, thresholds=()
    )
    assert benefit(useful, "model") == pytest.approx(2.5 / 7)
    assert benefit(useful, "all") == pytest.approx(3.25 / 7)
    assert benefit(useful, "none") == 0
    assert benefit(useful, "model", column="flagged_share") == pytest.approx(5 / 7)
    assert useful.contrast.set_index("other")["difference"]["all"] == pytest.approx(-0.75 / 7)
    assert useful.curve["cost_ratio"].tolist() == [4, 4, 4]


@settings(max_examples=12)
@given(INSPECTED, st.integers(5, 90).map(lambda hundredths: hundredths / 100))
def test_the_counts_are_those_of_a_confusion_matrix(inspected, threshold):
    risks, _, labels, areas = map(list, zip(*inspected, strict=True))
    useful = curve(back_test(risks, labels, areas=areas), threshold=threshold, thresholds=(0.1, 0.5))
    for row in useful.curve[useful.curve["strategy"] == "model"].itertuples():
        flagged = np.array(risks) >= row.threshold
        _, needless, _, found = confusion_matrix(labels, flagged, labels=[0, 1]).ravel()
        price = row.threshold / (1 - row.threshold)
        assert row.net_benefit == pytest.approx((found - needless * price) / len(labels), abs=1e-8)
        assert row.flagged_share == pytest.approx(flagged.mean())


@settings(max_examples=12)
@given(INSPECTED)
def test_reviewing_all_or_none_is_what_it_says(inspected):
    risks, _, labels, areas = map(list, zip(*inspected, strict=True))
    useful = curve(back_test(risks, labels, areas=areas)).curve.set_index("strategy")
    share, everyone = np.mean(labels), useful.loc["all"]
    odds = everyone["threshold"] / (1 - everyone["threshold"])
    np.testing.assert_allclose(everyone["net_benefit"].astype(float), share - (1 - share) * odds, atol=1e-9)
    assert (useful.loc["none", ["net_benefit", "low", "high", "flagged_share"]] == 0).all(axis=None)


@settings(max_examples=12)
@given(INSPECTED)
def test_a_model_that_flags_all_is_worth_what_reviewing_all_is(inspected):
    _, _, labels, areas = map(list, zip(*inspected, strict=True))
    useful = curve(back_test([1.0] * len(labels), labels, areas=areas)).curve.set_index("strategy")
    for column in ("net_benefit", "low", "high", "flagged_share"):
        assert useful.loc["model", column].tolist() == useful.loc["all", column].tolist()


@settings(max_examples=12)
@given(INSPECTED)
def test_no_strategy_beats_the_share_of_events(inspected):
    risks, floor, labels, areas = map(list, zip(*inspected, strict=True))
    useful = curve(back_test(risks, labels, floor=floor, areas=areas)).curve
    assert (useful["net_benefit"] <= np.mean(labels) + 1e-9).all()


@settings(max_examples=10)
@given(INSPECTED, st.randoms())
def test_neither_the_order_of_rows_nor_other_targets_matter(inspected, random):
    risks, floor, labels, areas = map(list, zip(*inspected, strict=True))
    predictions = back_test(risks, labels, floor=floor, areas=areas)
    order = list(range(len(predictions)))
    random.shuffle(order)
    others = pd.concat(
        [predictions.iloc[order], predictions.assign(target="decline"), predictions.assign(lead_months=12)]
    )
    one, two = curve(predictions), curve(others)
    pd.testing.assert_frame_equal(one.curve, two.curve)
    pd.testing.assert_frame_equal(one.contrast, two.contrast)


def test_intervals_draw_areas_and_not_inspections(make_predictions):
    predictions = make_predictions(inspections=80, areas=10, targets=("adverse",), leads=(3,))
    apart = predictions.assign(area_code=predictions["inspection_id"])
    of_areas, of_rows = curve(predictions, draws=300), curve(apart, draws=300)
    assert benefit(of_areas, "model") == pytest.approx(benefit(of_rows, "model"))
    assert benefit(of_areas, "model", column="low") != benefit(of_rows, "model", column="low")
    low, high = (benefit(of_areas, "model", column=end) for end in ("low", "high"))
    assert low <= benefit(of_areas, "model") <= high


def test_the_floor_is_the_one_of_most_benefit_at_the_chosen_threshold(predictions):
    useful = curve(predictions, floors=("majority_class", "last_judgement"))
    assert useful.floor == "last_judgement"
    assert set(useful.curve["strategy"]) == {"model", "all", "none", "last_judgement"}


def test_a_floor_that_did_not_see_every_inspection_is_left_out():
    predictions = back_test([0.9, 0.1, 0.4], [1, 0, 1], floor=[0.5, np.nan, 0.5])
    assert curve(predictions).floor == ""


def test_the_chosen_threshold_joins_the_curve_once():
    useful = curve(back_test([0.9, 0.1], [1, 0]), threshold=threshold_of(4), thresholds=THRESHOLDS)
    assert sorted(useful.curve["threshold"].unique()) == list(THRESHOLDS)
    assert useful.curve.loc[useful.curve["chosen"], "threshold"].unique().tolist() == [0.2]


@given(st.floats(0.02, 50))
def test_cost_ratio_and_threshold_say_the_same(ratio):
    assert cost_ratio_of(threshold_of(ratio)) == pytest.approx(ratio)


def words(skill, *, inspections=300, floor=True):
    rng = np.random.default_rng(7)
    labels = (rng.random(inspections) < 0.4).astype(int)
    risks = np.where(rng.random(inspections) < skill, labels, rng.random(inspections))
    predictions = back_test(risks, labels, floor=rng.random(inspections) if floor else None)
    return threshold_words(curve(predictions, draws=200))


def test_words_say_better_only_where_the_interval_does():
    told = words(0.9)
    assert told.startswith("Areas are flagged from a risk of 33%, which holds that missing one costs 2 times")
    assert told.count("Acting on the model was clearly better than") == 3
    assert "than acting on the last judgement and the years since it (net benefit" in told


def test_words_say_that_it_cannot_be_told():
    assert "Whether it was better than reviewing every area cannot be told" in words(0.1, floor=False)


def test_words_say_less_good():
    labels = [1, 0] * 60
    told = threshold_words(curve(back_test([1 - label for label in labels], labels), draws=100))
    assert "It was less good than reviewing every area" in told
    assert "It was less good than reviewing none" in told


def test_words_are_silent_where_few_inspections_cannot_tell():
    told = words(0.9, inspections=12)
    assert told.endswith("at least 10 are needed.")
    assert "better" not in told


def test_without_a_back_test_nothing_is_claimed():
    useful = curve(back_test([np.nan, np.nan], [1, 0]))
    assert useful.curve.empty
    assert "whether acting on the risks helps is not known" in threshold_words(useful)


def test_every_missing_column_is_named():
    with pytest.raises(DataError, match=r"column risk: is missing(.|\n)*column label: is missing"):
        curve(pd.DataFrame(columns=["area_code", "inspection_id", "lead_months", "target", "model"]))


def test_two_risks_for_one_inspection_are_refused():
    predictions = back_test([0.2, 0.4], [1, 0])
    with pytest.raises(DataError, match="1 rows beyond the first"):
        curve(pd.concat([predictions, predictions.iloc[:1]]))


@pytest.mark.parametrize("threshold", [0, 1, -0.2, np.nan])
def test_a_threshold_is_a_risk(threshold):
    with pytest.raises(ConfigError, match="expected a risk between 0 and 1"):
        curve(back_test([0.2], [1]), threshold=threshold)


@pytest.mark.parametrize("ratio", [0, -1, np.inf, np.nan])
def test_a_cost_ratio_is_above_nought(ratio):
    with pytest.raises(ConfigError, match="expected a finite number above 0"):
        threshold_of(ratio)
