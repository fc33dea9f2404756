import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit

from earlywarn.models.calibration import Recalibration, fit_draws
from earlywarn.models.targets import TARGETS


def out_of_time(rows=200, *, intercept=0.0, slope=1.0, seed=0):
    """Risks whose log-odds are off by a known map, and what came true; some of it not in the cohort."""
    rng = np.random.default_rng(seed)
    log_odds = rng.normal(-0.5, 1.0, size=(rows, 3))
    outcomes = (rng.random((rows, 3)) < expit(intercept + slope * log_odds)).astype(float)
    outcomes[rng.random((rows, 3)) < 0.2] = np.nan
    return pd.DataFrame(expit(log_odds), columns=list(TARGETS)), pd.DataFrame(outcomes, columns=list(TARGETS))


def by_hand(risk, labels, weights):
    """The same optimum by a general-purpose search: an oracle that shares no code."""

    cases = []
    for risks, outcomes, weight in zip(risk.to_numpy(), labels.to_numpy(), weights, strict=True):
        present = [pair for pair in zip(risks, outcomes, strict=True) if not np.isnan(pair).any()]
        cases += [(math.log(r / (1 - r)), 1 if y else -1, weight / len(present)) for r, y in present]

    def loss(at):
        likelihood = sum(
            w * math.log1p(math.exp(-side * (at[0] + math.exp(at[1]) * z))) for z, side, w in cases
        )
        return likelihood + (at[0] / 0.5) ** 2 / 2 + (at[1] / 0.3) ** 2 / 2

    found = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10}).x
    return [found[0], np.exp(found[1])]


@pytest.mark.parametrize("weighted", [False, True])
def test_equals_a_general_search(weighted):
    risk, labels = out_of_time(40, intercept=0.5, slope=0.5)
    risk.iloc[3, 1] = np.nan
    weights = np.random.default_rng(3).uniform(0, 3, 40) if weighted else np.ones(40)
    fitted = Recalibration(least=10).fit(risk, labels, weights)
    assert [fitted.intercept_, fitted.slope_] == pytest.approx(by_hand(risk, labels, weights), abs=1e-5)


def test_each_draw_equals_its_own_fit():
    risk, labels = out_of_time(100, intercept=0.7, slope=1.6)
    weights = np.random.default_rng(0).multinomial(100, [0.01] * 100, size=5)
    one_by_one = [Recalibration().fit(risk, labels, drawn) for drawn in weights]
    expected = [[fitted.intercept_, fitted.slope_] for fitted in one_by_one]
    assert fit_draws(risk, labels, weights) == pytest.approx(np.array(expected), abs=1e-7)


def test_recovers_a_shift_when_there_is_plenty_to_learn_from():
    risk, labels = out_of_time(20_000, intercept=0.6, slope=0.7)
    fitted = Recalibration().fit(risk, labels)
    assert [fitted.intercept_, fitted.slope_] == pytest.approx([0.6, 0.7], abs=0.06)


def test_an_inspection_counts_once_however_many_targets_it_has():
    risk, labels = out_of_time(60)
    one = pd.DataFrame(dict.fromkeys(TARGETS, risk["adverse"]))
    thrice = pd.DataFrame(dict.fromkeys(TARGETS, labels["adverse"]))
    only = thrice.assign(decline=np.nan, serious=np.nan)
    assert Recalibration().fit(one, thrice).slope_ == pytest.approx(Recalibration().fit(one, only).slope_)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 999), st.floats(-3, 3), st.floats(0.0, 4))
def test_order_and_equality_survive(seed, intercept, slope):
    risk, labels = out_of_time(40, intercept=intercept, slope=slope, seed=seed)
    risk["serious"] = np.minimum(risk["serious"], risk["adverse"])
    risk["decline"] = risk["adverse"].where(np.arange(40) % 2 == 0)
    fitted = Recalibration(least=5).fit(risk, labels)
    mapped = fitted.transform(risk)
    assert fitted.slope_ > 0
    assert (mapped["serious"] <= mapped["adverse"]).all()
    assert mapped["decline"].dropna().equals(mapped["adverse"][::2].rename("decline"))
    assert mapped["adverse"].rank().equals(risk["adverse"].rank())
    assert mapped.isna().equals(risk.isna())


@pytest.mark.parametrize(
    ("rows", "outcome", "why"),
    [
        pytest.param(29, None, "only 29 out-of-time inspections, and 30 are needed", id="too few"),
        pytest.param(60, 0.0, "every one of 60 .* had the same outcome", id="one class"),
    ],
)
def test_changes_nothing_and_says_why(rows, outcome, why):
    risk, labels = out_of_time(80)
    labels = labels.fillna(0.0)[:rows] if outcome is None else labels[:rows] * 0 + outcome
    labels = labels.fillna(0.0)
    fitted = Recalibration().fit(risk[:rows], labels)
    assert not fitted.calibrated_
    assert re.fullmatch(why, fitted.why_)
    pd.testing.assert_frame_equal(fitted.transform(risk), risk)


def test_certainty_stays_finite():
    risk, labels = out_of_time(60)
    fitted = Recalibration().fit(risk.mask(risk > 0.9, 1.0).mask(risk < 0.1, 0.0), labels)
    assert np.isfinite([fitted.intercept_, fitted.slope_]).all()
    assert fitted.calibrated_
