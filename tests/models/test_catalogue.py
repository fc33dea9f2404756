import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from earlywarn.errors import ConfigError
from earlywarn.models.boosting import MonotoneBoosting
from earlywarn.models.catalogue import FLOORS, MODELS, make_model


def test_the_floors_are_models_like_any_other():
    assert set(FLOORS) < set(MODELS)


def test_suggests_the_nearest_name():
    with pytest.raises(ConfigError, match=r"no model 'bosting'\. Did you mean 'boosting'"):
        make_model("bosting", features=("a",))


def test_lists_the_names_when_none_is_near():
    with pytest.raises(ConfigError, match=r"no model 'xyz'\. The models are base_rate, majority_class"):
        make_model("xyz")


def test_a_model_needs_a_feature_and_a_floor_does_not():
    with pytest.raises(ConfigError, match="'logit' needs at least one feature"):
        make_model("logit")
    assert [make_model(name).features for name in FLOORS[:2]] == [(), ()]


def test_base_rate_and_majority_class_worked_by_hand(england):
    X, labels = england
    rate = make_model("base_rate").fit(X, labels).predict_risk(X)
    assert rate["adverse"].to_numpy() == pytest.approx(labels["adverse"].mean())
    assert rate["decline"].max() == pytest.approx(labels["decline"].mean())
    majority = make_model("majority_class").fit(X, labels).predict_risk(X)
    assert (majority["serious"] == 0).all()
    assert majority["adverse"].unique().tolist() == [float(labels["adverse"].mean() > 0.5)]


def test_deprivation_without_its_columns_is_the_base_rate(england):
    X, labels = england
    floor = make_model("deprivation").fit(X.drop(columns="fsm_primary_rate__level"), labels).predict_risk(X)
    pd.testing.assert_frame_equal(floor, make_model("base_rate").fit(X, labels).predict_risk(X))


def test_last_judgement_takes_the_grades_unordered(england):
    X, labels = england
    labels = labels.assign(adverse=X["last_overall"].isin([0, 2]).astype(float))
    risk = (
        make_model("last_judgement")
        .fit(X, labels)
        .predict_risk(X)["adverse"]
        .groupby(X["last_overall"])
        .mean()
    )
    assert risk[[0, 2]].min() > 0.8
    assert risk[[1, 3]].max() < 0.2


def test_the_average_is_taken_in_log_odds(england, features):
    X, labels = england
    average = make_model("average", features=features).fit(X, labels)
    members = [
        make_model(name, features=features).fit(X, labels) for name in ("ordinal", "logit", "boosting")
    ]
    expected = np.mean([member.predict_log_odds(X).to_numpy() for member in members], axis=0)
    assert average.predict_risk(X).to_numpy() == pytest.approx(expit(expected), nan_ok=True)
    assert average.features == features


@pytest.mark.parametrize("direction", [1, -1])
def test_boosting_keeps_the_direction_it_is_given(direction):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(300, 2)), columns=["caseload", "noise"])
    y = (X["caseload"] + rng.logistic(size=300) > 0).astype(int)
    model = MonotoneBoosting(monotone={"caseload": direction}).fit(X, y)
    grid = pd.DataFrame({"caseload": np.linspace(-4, 4, 80), "noise": 0.0})
    assert (direction * np.diff(model.predict_proba(grid)[:, 1]) >= 0).all()


def test_boosting_drops_what_does_not_vary():
    X = pd.DataFrame({"blank": [np.nan] * 40, "constant": 1.0, "rate": np.arange(40.0)})
    y = (X["rate"] > 20).astype(int)
    model = MonotoneBoosting().fit(X, y)
    assert model.used_.tolist() == [False, False, True]
    nothing = MonotoneBoosting().fit(X[["blank", "constant"]], y)
    assert nothing.predict_proba(X[["blank", "constant"]])[:, 1] == pytest.approx(y.mean())


def test_boosting_refuses_a_single_class():
    with pytest.raises(ValueError, match=r"needs 2 classes .* found 1 class: \[0\]"):
        MonotoneBoosting().fit([[1.0], [2.0], [3.0]], [0, 0, 1], [1, 1, 0])
