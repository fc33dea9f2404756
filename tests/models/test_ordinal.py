import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime, minimize
from scipy.special import expit
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from statsmodels.miscmodels.ordinal_model import OrderedModel

from earlywarn.models.ordinal import OrdinalLogit, _PenalisedOrderedModel


def sample(rows, columns, *, seed=0, cuts=(-2.0, 0.0, 3.0)):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, columns))
    return X, np.digitize(X @ rng.normal(size=columns) * 0.5 + rng.logistic(size=rows), cuts)


def test_worked_by_hand():
    # one feature that says nothing: thresholds are the log-odds of the shares 1/8 and 4/8
    model = OrdinalLogit().fit(np.zeros((8, 1)), [0, 1, 1, 1, 2, 2, 2, 2])
    assert model.thresholds_ == pytest.approx([np.log(1 / 7), 0.0], abs=1e-8)
    assert model.predict_proba([[5.0]])[0] == pytest.approx([1 / 8, 3 / 8, 4 / 8])


@pytest.mark.parametrize("seed", range(3))
def test_without_penalty_equals_statsmodels(seed):
    X, y = sample(300, 6, seed=seed)
    ours = OrdinalLogit(penalty=0).fit(X, y)
    theirs = OrderedModel(y, X, distr="logit").fit(method="bfgs", disp=0, maxiter=500, gtol=1e-7)
    assert ours.coef_ == pytest.approx(theirs.params[:6], abs=1e-4)
    assert ours.thresholds_ == pytest.approx(
        theirs.model.transform_threshold_params(theirs.params)[1:-1], abs=1e-4
    )


@pytest.mark.parametrize("penalty", [0.5, 16.0])
def test_with_two_classes_equals_the_penalised_logit(penalty):
    X, y = sample(120, 4, cuts=(0.0,))
    weights = np.random.default_rng(1).uniform(0.2, 2, 120)
    ours = OrdinalLogit(penalty=penalty).fit(X, y, weights)
    theirs = LogisticRegression(C=1 / penalty, solver="newton-cholesky", tol=1e-10).fit(X, y, weights)
    assert ours.coef_ == pytest.approx(theirs.coef_[0], abs=1e-6)
    assert -ours.thresholds_ == pytest.approx(theirs.intercept_, abs=1e-6)
    assert ours.predict_proba(X) == pytest.approx(theirs.predict_proba(X), abs=1e-6)


def test_score_and_hessian_equal_numerical_derivatives():
    X, y = sample(60, 3)
    weights = np.random.default_rng(2).uniform(0.1, 3, 60)
    model = _PenalisedOrderedModel(y, X, weights, np.array([2.0, 0.0, 16.0]), np.array([0.1, 0.0, -0.2]))
    params = np.array([0.3, -0.2, 0.1, -1.5, 0.2, 2.0])
    assert model.score(params) == pytest.approx(approx_fprime(params, model.loglike), rel=1e-4, abs=1e-4)
    numerical = np.stack(
        [approx_fprime(params, lambda at, k=k: model.score(at)[k]) for k in range(len(params))]
    )
    assert model.hessian(params) == pytest.approx(numerical, rel=1e-4, abs=1e-4)


def test_likelihood_equals_statsmodels():
    X, y = sample(60, 3)
    model = _PenalisedOrderedModel(y, X, np.ones(60), np.zeros(3), np.zeros(3))
    theirs = OrderedModel(y, X, distr="logit")
    natural = np.array([0.3, -0.2, 0.1, -1.5, 0.2, 2.0])
    increments = np.concatenate([natural[:4], np.log(np.diff(natural[3:]))])
    assert model.loglike(natural) == pytest.approx(theirs.loglike(increments), abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 3), min_size=24, max_size=24), st.integers(0, 99))
def test_a_weight_is_so_many_rows(times, seed):
    X, y = sample(24, 2, seed=seed, cuts=(-1.0, 1.0))
    repeated = np.repeat(np.arange(24), times)
    if len(np.unique(y[repeated])) < 2:
        return
    weighted = OrdinalLogit().fit(X, y, times)
    written_out = OrdinalLogit().fit(X[repeated], y[repeated])
    assert weighted.classes_.tolist() == written_out.classes_.tolist()
    assert weighted.coef_ == pytest.approx(written_out.coef_, abs=1e-6)
    assert weighted.thresholds_ == pytest.approx(written_out.thresholds_, abs=1e-6)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 999), st.floats(0.01, 100), st.floats(0.1, 50))
def test_probabilities_are_ordered_and_sum_to_one(seed, penalty, stretch):
    X, y = sample(40, 3, seed=seed)
    model = OrdinalLogit(penalty=penalty).fit(X, y)
    assert (np.diff(model.cumulative_log_odds(X * stretch), axis=1) > 0).all()
    assert (model.predict_proba(X * stretch) >= 0).all()
    assert model.predict_proba(X * stretch).sum(axis=1) == pytest.approx(1)


def test_a_class_the_fold_lacks_has_no_threshold():
    X, y = sample(80, 2)
    kept = y > 0
    model = OrdinalLogit().fit(X[kept], y[kept])
    assert model.classes_.tolist() == [1, 2, 3]
    assert model.predict_proba(X).shape == (80, 3)
    by_weight = OrdinalLogit().fit(X, y, kept.astype(float))
    assert by_weight.thresholds_ == pytest.approx(model.thresholds_)


@pytest.mark.parametrize(
    "start", [None, np.full(8, 3.0), np.zeros(2)], ids=["none", "out of order", "other shape"]
)
def test_the_start_does_not_change_the_answer(start):
    X, y = sample(200, 5)
    expected = OrdinalLogit(tol=1e-12).fit(X, y)
    assert OrdinalLogit(tol=1e-12).fit(X, y, start=start).coef_ == pytest.approx(expected.coef_, abs=1e-8)


def test_a_warm_start_saves_steps():
    X, y = sample(200, 5)
    cold = OrdinalLogit().fit(X, y)
    warm = OrdinalLogit().fit(X, y, start=np.concatenate([cold.coef_, cold.thresholds_]))
    assert warm.n_iter_ < cold.n_iter_


def test_converges_from_afar_when_classes_separate():
    X = np.linspace(-1, 1, 40)[:, None] * 1e3
    model = OrdinalLogit(penalty=1e-3).fit(X, (X[:, 0] > 0).astype(int) + (X[:, 0] > 500))
    assert model.predict_proba([[-1e3], [1e3]])[[0, 1], [0, 2]] == pytest.approx([1, 1], abs=1e-3)


def test_says_when_it_did_not_converge():
    X, y = sample(50, 2)
    with pytest.warns(ConvergenceWarning, match="did not converge in 1 steps"):
        OrdinalLogit(max_iter=1).fit(X, y)


def test_penalty_factors_by_name_and_by_position_agree():
    X, y = sample(100, 2)
    named = pd.DataFrame(X, columns=["caseload", "agency"])
    by_name = OrdinalLogit(penalty=1, penalty_factors={"agency": 1e6}).fit(named, y)
    by_position = OrdinalLogit(penalty=1, penalty_factors=[1, 1e6]).fit(X, y)
    assert by_name.coef_ == pytest.approx(by_position.coef_)
    assert abs(by_name.coef_[1]) < 1e-3 < abs(by_name.coef_[0])


def test_only_arrays_and_numbers_are_kept():
    X, y = sample(50, 2)
    fitted = {name: value for name, value in vars(OrdinalLogit().fit(X, y)).items() if name.endswith("_")}
    assert {type(value) for value in fitted.values()} <= {np.ndarray, int}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        pytest.param({"penalty": -1}, "cannot be negative; found -1", id="negative penalty"),
        pytest.param({"penalty_factors": [1.0]}, "1 entries for 2 features", id="too few factors"),
    ],
)
def test_refuses_impossible_settings(settings, message):
    X, y = sample(20, 2)
    with pytest.raises(ValueError, match=message):
        OrdinalLogit(**settings).fit(X, y)


def test_refuses_a_single_class():
    with pytest.raises(ValueError, match=r"at least 2 classes .* found 1 class: \[0\]"):
        OrdinalLogit().fit([[1.0], [2.0], [3.0]], [0, 0, 1], [1, 1, 0])


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_signed_slopes_are_those_of_a_bounded_search(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(120, 5))
    X[:, 1] += 0.8 * X[:, 0]  # two that compete
    y = np.digitize(X @ [0.6, -0.4, 0.1, 0.0, -0.3] + rng.logistic(size=120), [-1.0, 0.5, 2.0])
    signs = np.array([1, 1, -1, 0, 1])
    fitted = OrdinalLogit(penalty=4.0, signs=signs).fit(X, y)
    assert ((fitted.coef_ * signs >= 0) | (signs == 0)).all()

    def fall(params):
        bounds = np.concatenate([[-np.inf], params[5:6], params[5] + np.cumsum(np.exp(params[6:])), [np.inf]])
        eta = X @ params[:5]
        share = expit(bounds[y + 1] - eta) - expit(bounds[y] - eta)
        return -np.log(np.maximum(share, 1e-300)).sum() + 2.0 * params[:5] @ params[:5]

    limits = [{1: (0, None), -1: (None, 0), 0: (None, None)}[sign] for sign in signs.tolist()]
    oracle = minimize(
        fall, np.zeros(8), method="L-BFGS-B", bounds=[*limits, *[(None, None)] * 3], options={"maxiter": 1000}
    )
    gaps = np.diff(fitted.thresholds_)
    ours = np.concatenate([fitted.coef_, fitted.thresholds_[:1], np.log(gaps)])
    assert fall(ours) <= oracle.fun + 1e-6
    assert fitted.coef_ == pytest.approx(oracle.x[:5], abs=0.01)


def test_signs_for_another_number_of_features_are_refused():
    with pytest.raises(ValueError, match="signs has 2 entries for 1 features"):
        OrdinalLogit(signs=[1, -1]).fit([[0.0], [1.0], [2.0]], [0, 1, 1])
