"""The model that scores: its recalibration, its replicates and what can be traced of it."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from earlywarn.models.catalogue import make_model
from earlywarn.models.deploy import deploy, miscalibrated
from earlywarn.models.replicates import area_draws
from earlywarn.models.targets import TARGETS
from earlywarn.validation.scoring import score_areas

DRAWS = 12


def rehearsed(labels, *, timid=1.0):
    """Out-of-time risks that know something; a timid model says half of what it should."""
    rng = np.random.default_rng(1)
    truth = labels[list(TARGETS)].fillna(0).to_numpy()
    log_odds = -0.5 + timid * (2 * truth - 1 + rng.normal(size=truth.shape))
    return pd.DataFrame(expit(log_odds), index=labels.index, columns=list(TARGETS)).where(labels.notna())


@pytest.fixture(scope="module")
def make_deployed(england, features):
    X, labels = england
    labels = labels.assign(inspection_id=[f"I{number}" for number in range(len(labels))])

    def make(name="ordinal", *, seed=3, replicates=DRAWS, out_of_time=None, weight=1.0):
        risks = rehearsed(labels) if out_of_time is None else out_of_time
        return deploy(
            make_model(name, features=features),
            X=X,
            labels=labels,
            sample_weight=np.full(len(X), weight),
            out_of_time=risks,
            replicates=replicates,
            seed=seed,
            meta={"as_of": "2025-04-01"},
        )

    return make


@pytest.fixture(scope="module")
def deployed(make_deployed):
    return make_deployed()


def test_what_was_learned_can_be_traced(deployed, england):
    _, labels = england
    assert deployed.meta["as_of"] == "2025-04-01"
    trained = deployed.meta["trained_on"]
    assert (trained["inspections"], trained["rows"]) == (len(labels), len(labels))
    assert trained["events"] == {target: int(labels[target].sum()) for target in TARGETS}


def test_rows_of_one_inspection_count_as_one(england, features):
    X, labels = england
    pairs = labels.assign(inspection_id=np.arange(len(labels)) // 2)
    found = deploy(
        make_model("ordinal", features=features),
        X=X,
        labels=pairs,
        sample_weight=np.full(len(X), 0.5),
        out_of_time=rehearsed(labels),
        replicates=2,
        seed=0,
        meta={},
    )
    assert found.meta["trained_on"]["inspections"] == len(X) // 2
    assert f"Calibrated on {len(X) // 2} inspections" in found.meta["calibration"]
    assert found.recalibration.rows_ == len(X) // 2


def test_the_risk_is_the_models_recalibrated(deployed, england):
    X, _ = england
    slope, intercept = deployed.recalibration.slope_, deployed.recalibration.intercept_
    expected = intercept + slope * deployed.model.predict_log_odds(X)
    pd.testing.assert_frame_equal(deployed.log_odds(X), expected)
    np.testing.assert_allclose(logit(deployed.risk(X)), expected, atol=1e-9)


def test_timid_risks_are_made_bolder(make_deployed, england):
    _, labels = england
    timid = make_deployed(out_of_time=rehearsed(labels, timid=0.3), replicates=2)
    assert timid.recalibration.slope_ > 1.2
    assert f"multiplied by {timid.recalibration.slope_:.2f}" in timid.meta["calibration"]


def test_the_words_say_on_how_many_inspections_it_was_calibrated(deployed, england):
    assert deployed.calibrated
    words = deployed.meta["calibration"]
    assert words.startswith(f"Calibrated on {len(england[0])} inspections that came after")
    assert f"shifted by {deployed.recalibration.intercept_:+.2f}" in words


def test_without_enough_rehearsal_it_is_said_not_to_be_calibrated(make_deployed, england):
    X, labels = england
    scarce = rehearsed(labels)
    scarce.iloc[9:] = np.nan
    found = make_deployed(out_of_time=scarce)
    assert not found.calibrated
    assert found.meta["calibration"] == ("Not calibrated: only 9 out-of-time inspections, and 30 are needed.")
    pd.testing.assert_frame_equal(found.log_odds(X), found.model.predict_log_odds(X))
    np.testing.assert_array_equal(found.replicate_recalibrations, np.tile([0.0, 1.0], (DRAWS, 1)))


def test_without_any_rehearsal_it_is_not_calibrated_either(make_deployed, england):
    X, labels = england
    found = make_deployed(out_of_time=rehearsed(labels) * np.nan)
    assert "Not calibrated: only 0" in found.meta["calibration"]
    assert np.isfinite(found.risk_draws(X)[:, :, 0]).all()


@pytest.mark.parametrize("name", ["ordinal", "logit", "boosting"])
def test_every_replicate_gives_every_area_a_risk(make_deployed, england, name):
    X, _ = england
    found = make_deployed(name, replicates=2 if name == "boosting" else DRAWS)
    draws = found.risk_draws(X)
    assert draws.shape == (len(found.replicates), len(X), len(TARGETS))
    in_cohort = found.risk(X).notna().to_numpy()
    np.testing.assert_array_equal(np.isfinite(draws), np.broadcast_to(in_cohort, draws.shape))


def test_model_and_recalibration_of_a_replicate_see_the_same_areas(make_deployed, england, monkeypatch):
    from earlywarn.models import deploy as room  # noqa: PLC0415

    X, labels = england
    seen = {}
    fit = room.fit_draws
    monkeypatch.setattr(room, "fit_draws", lambda *given: seen.update(times=given[2]) or fit(*given))
    half = rehearsed(labels)
    half.iloc[::2] = np.nan
    make_deployed(out_of_time=half, seed=7, weight=0.5)
    drawn = area_draws(X.index.get_level_values(0), draws=DRAWS, seed=7)
    np.testing.assert_array_equal(seen["times"], drawn[:, 1::2])  # each row is an inspection of its own


def test_the_seed_decides_the_draws_and_nothing_else_does(make_deployed, deployed, england):
    X, _ = england
    again, other = make_deployed(), make_deployed(seed=4)
    np.testing.assert_array_equal(again.risk_draws(X), deployed.risk_draws(X))
    assert not np.array_equal(other.risk_draws(X)[:, :, 0], deployed.risk_draws(X)[:, :, 0])
    pd.testing.assert_frame_equal(other.risk(X), deployed.risk(X))


def test_the_background_holds_the_models_own_features(deployed, england, features):
    pd.testing.assert_frame_equal(deployed.background, england[0][list(features)])


def test_scores_of_the_deployed_model_hold_together(deployed, england):
    here = england[0].groupby("area_code").tail(1)
    table = score_areas(deployed, here, target="adverse")
    for target in TARGETS:
        low, risk, high = (table[f"risk_{target}{end}"].dropna() for end in ("_low", "", "_high"))
        assert ((low <= risk) & (risk <= high)).all()
    outside = ~(here["last_overall"] > 0).to_numpy()
    assert (table["risk_decline"].isna().to_numpy() == outside).all()
    assert (table["risk_serious"] <= table["risk_adverse"]).all()
    first = table["risk_adverse"].idxmax()
    assert table.loc[first, "rank_low"] == 1


def test_a_last_judgement_after_which_risks_were_wrong_is_found_and_the_others_are_not():
    # last judged outstanding: 4 of 40 declined; last judged good: 20 of 40; of everyone 0.5 was said
    labels = pd.DataFrame(
        {"last_grade": [3.0] * 40 + [2.0] * 40, "decline": ([1.0] + [0.0] * 9) * 4 + [1.0, 0.0] * 20}
    )
    labels["adverse"] = labels["serious"] = np.nan
    risks = pd.DataFrame(0.5, index=labels.index, columns=list(TARGETS))
    found = miscalibrated(risks, labels, np.ones(80))
    assert found == [{"target": "decline", "last_grade": 3, "inspections": 40, "said": 0.5, "happened": 0.1}]
    assert miscalibrated(risks, labels, np.full(80, 0.4)) == []  # 16 inspections are too few to say
