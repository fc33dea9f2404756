import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from earlywarn.errors import ConfigError, LabelError
from earlywarn.models.catalogue import MODELS, make_model
from earlywarn.models.ladder import full_ladder, read_ladder
from earlywarn.models.targets import TARGETS

COUNTS = st.lists(st.sampled_from([0.0, 0.5, 1.0, 7.0]), min_size=4, max_size=4)


def assert_coherent(risk, last):
    assert (risk["serious"] <= risk["adverse"]).all()
    assert risk["decline"].isna().equals(~(last > 0))
    assert risk["decline"][last == 2].equals(risk["adverse"][last == 2])
    assert risk["decline"][last == 1].equals(risk["serious"][last == 1])
    assert (risk["decline"][last == 3] >= risk["adverse"][last == 3]).all()


@pytest.mark.parametrize("name", MODELS)
def test_every_model_answers_three_questions_for_every_row(name, england, features):
    X, labels = england
    before = X.copy(), labels.copy()
    model = make_model(name, features=features, monotone=dict.fromkeys(features, 1), seed=0)
    risk = clone(model).fit(X, labels, sample_weight=np.linspace(0.5, 2, len(X))).predict_risk(X)
    assert tuple(risk.columns) == TARGETS
    assert risk.index.equals(X.index)
    assert risk[["adverse", "serious"]].notna().all(axis=None)
    assert risk["decline"].isna().equals(~(X["last_overall"] > 0))
    assert ((risk >= 0) & (risk <= 1) | risk.isna()).all(axis=None)
    pd.testing.assert_frame_equal(X, before[0])
    pd.testing.assert_frame_equal(labels, before[1])


@pytest.mark.parametrize("name", ["logit", "ordinal", "boosting", "average"])
def test_every_model_finds_a_planted_pattern(name, england, features):
    X, labels = england
    model = make_model(name, features=features, monotone=dict.fromkeys(features, 1)).fit(X, labels)
    risk = model.predict_risk(X)["adverse"]
    worse = X[features[0]] > 1
    assert risk[worse].mean() > risk[~worse].mean() + 0.1


@pytest.mark.parametrize("name", ["logit", "ordinal", "boosting", "average"])
def test_a_feature_missing_everywhere_in_the_fold_changes_nothing(name, england, features):
    X, labels = england
    blank = X.assign(practice_3__level=np.nan)
    without = tuple(feature for feature in features if feature != "practice_3__level")
    with_blank = make_model(name, features=features).fit(blank, labels).predict_risk(X)
    pd.testing.assert_frame_equal(
        with_blank, make_model(name, features=without).fit(X, labels).predict_risk(X)
    )


@pytest.mark.parametrize("name", ["logit", "ordinal", "boosting", "last_judgement", "deprivation"])
def test_the_order_of_rows_and_columns_does_not_matter(name, england, features):
    X, labels = england
    order = np.random.default_rng(0).permutation(len(X))
    risk = make_model(name, features=features).fit(X, labels).predict_risk(X)
    shuffled = (
        make_model(name, features=features).fit(X.iloc[order, ::-1], labels.iloc[order]).predict_risk(X)
    )
    pd.testing.assert_frame_equal(shuffled, risk, atol=1e-6)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 999), st.sets(st.sampled_from([0, 1, 2, 3])))
def test_graded_answers_never_contradict_each_other(make_world, features, seed, absent):
    X, labels = make_world(areas=20, dates=2, seed=seed)
    counted = ~labels["grade"].isin(absent)
    assume(counted.any())
    model = make_model("ordinal", features=features).fit(X[counted], labels[counted])
    risk = model.predict_risk(X)
    assert_coherent(risk, X["last_overall"])
    assert ((risk > 0) & (risk < 1) | risk.isna()).all(axis=None)


def test_ladder_worked_by_hand():
    # last judged outstanding, good, requires improvement, inadequate, never
    read = read_ladder(np.tile([-3.0, -1.0, 1.0], (5, 1)), np.array([3.0, 2.0, 1.0, 0.0, np.nan]))
    assert read[:, 1].tolist() == pytest.approx([1.0, -1.0, -3.0, np.nan, np.nan], nan_ok=True)
    assert read[:, 0].tolist() == [-1.0] * 5
    assert read[:, 2].tolist() == [-3.0] * 5


@given(COUNTS, st.floats(-5, 5), st.floats(0.01, 5))
def test_a_ladder_is_finite_and_never_falls(counts, first, step):
    present = np.count_nonzero(counts)
    assume(present > 0)
    ladder = full_ladder(first + step * np.arange(present - 1), np.array(counts))
    assert np.isfinite(ladder).all()
    assert (np.diff(ladder) >= -1e-12).all()


def test_a_grade_between_two_that_occur_may_be_absent():
    # only inadequate and good: both inner rungs are the one threshold; outstanding is half a row of 11 above
    ladder = full_ladder(np.array([-1.0]), np.array([4.0, 0.0, 6.0, 0.0]))
    above = np.log(10.5 / 0.5) - np.log(4.5 / 6.5)
    assert ladder.tolist() == pytest.approx([-1.0, -1.0, -1.0 + above])


def test_one_grade_only_gives_the_smoothed_shares(england, features):
    X, labels = england
    good = labels["grade"] == 2
    risk = make_model("ordinal", features=features).fit(X[good], labels[good]).predict_risk(X)
    assert risk["adverse"].unique() == pytest.approx([0.5 / (good.sum() + 1)])


def test_one_outcome_only_gives_the_smoothed_rate(england, features):
    X, labels = england
    never = labels.assign(serious=0.0)
    risk = make_model("logit", features=features).fit(X, never).predict_risk(X)
    assert risk["serious"].unique() == pytest.approx([0.5 / (len(X) + 1)])


def test_rows_without_an_outcome_or_a_weight_teach_nothing(england, features):
    X, labels = england
    weights = np.ones(len(X))
    weights[:10] = 0
    labels = labels.astype({"grade": float})
    labels.iloc[10:20] = np.nan
    model = make_model("ordinal", features=features)
    some = clone(model).fit(X, labels, sample_weight=weights).predict_risk(X)
    pd.testing.assert_frame_equal(some, clone(model).fit(X[20:], labels[20:]).predict_risk(X))


def test_names_a_few_of_the_features_that_are_not_there(england):
    X, labels = england
    wanted = tuple(f"missing_{number}__level" for number in range(9))
    with pytest.raises(
        ConfigError, match=r"lacks 9 of the model's 9 features: 'missing_0__level', .* and 4 more"
    ):
        make_model("ordinal", features=wanted).fit(X, labels)


def test_asks_for_the_last_judgement(england, features):
    X, labels = england
    model = make_model("ordinal", features=features).fit(X, labels)
    with pytest.raises(ConfigError, match="lacks 'last_overall'"):
        model.predict_risk(X.drop(columns="last_overall"))


def test_refuses_to_learn_from_nothing(england, features):
    X, labels = england
    with pytest.raises(LabelError, match="nothing to learn from"):
        make_model("ordinal", features=features).fit(X, labels, sample_weight=np.zeros(len(X)))


def test_refuses_labels_of_other_rows(england, features):
    X, labels = england
    with pytest.raises(ValueError, match="X has 160 rows and labels 159"):
        make_model("ordinal", features=features).fit(X, labels[1:])
