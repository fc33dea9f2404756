"""Each measure against an independent one that repeats rows in earnest."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as sklearn_log_loss
from statsmodels.api import GLM, families

from earlywarn.validation import logistic, metrics, places

RISKS = st.sampled_from([0.0, 0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0])  # few, so that ties are common
ROWS = st.lists(
    st.tuples(st.integers(0, 1), RISKS, st.integers(0, 3), st.integers(2020, 2022)), min_size=1, max_size=25
)


def columns(rows):
    y, risk, weight, year = (np.array(column) for column in zip(*rows, strict=True))
    return y.astype(float), risk.astype(float), weight.astype(float)[None, :], year


def repeated(*arrays, weight):
    return [np.repeat(array, weight[0].astype(int)) for array in arrays]


def has_both(y):
    return len(np.unique(y)) == 2


@given(ROWS)
def test_weights_are_repetitions_for_every_ranking_measure(rows):
    y, risk, weight, _ = columns(rows)
    y_seen, risk_seen = repeated(y, risk, weight=weight)
    auc, precision = metrics.roc_auc(y, risk, weight), metrics.average_precision(y, risk, weight)
    if not has_both(y_seen):
        assert np.isnan([auc, precision]).all()
        return
    assert auc == pytest.approx(roc_auc_score(y_seen, risk_seen))
    assert precision == pytest.approx(average_precision_score(y_seen, risk_seen))
    kept = weight[0] > 0
    assert auc == pytest.approx(roc_auc_score(y[kept], risk[kept], sample_weight=weight[0][kept]))


@given(ROWS)
def test_weights_are_repetitions_for_every_distance(rows):
    y, risk, weight, _ = columns(rows)
    reference = np.linspace(0.1, 0.6, len(y))
    y_seen, risk_seen, reference_seen = repeated(y, risk, reference, weight=weight)
    score, loss = metrics.brier(y, risk, weight), metrics.log_loss(y, risk, weight)
    skill = metrics.brier_skill(y, risk, weight, reference=reference)
    if not len(y_seen):
        assert np.isnan([score, loss, skill]).all()
        return
    expected = brier_score_loss(y_seen, risk_seen, pos_label=1)
    assert score == pytest.approx(expected)
    clipped = np.clip(risk_seen, 1e-6, 1 - 1e-6)
    assert loss == pytest.approx(sklearn_log_loss(y_seen, clipped, labels=[0, 1]))
    assert skill == pytest.approx(1 - expected / np.mean((reference_seen - y_seen) ** 2))


def pairs_within(y, risk, groups):
    """Share of concordant pairs, one pair at a time."""
    points = [
        1.0 * (risk[event] > risk[other]) + 0.5 * (risk[event] == risk[other])
        for event in np.flatnonzero(y == 1)
        for other in np.flatnonzero(y == 0)
        if groups[event] == groups[other]
    ]
    return np.mean(points) if points else np.nan


@given(ROWS)
def test_a_grouped_auc_counts_pairs_of_the_same_group(rows):
    y, risk, weight, year = columns(rows)
    grouped = metrics.grouped_auc(y, risk, weight, groups=year)
    assert grouped == pytest.approx(pairs_within(*repeated(y, risk, year, weight=weight)), nan_ok=True)


def test_rows_of_an_unknown_group_are_in_no_pair():
    y, risk = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.9, 0.1, 0.2, 0.8])
    groups = np.array([2.0, 2.0, np.nan, np.nan])
    assert metrics.grouped_auc(y, risk, np.ones((1, 4)), groups=groups) == 1


def overlap(y, risk):
    lows = [risk[y == label].min() for label in (0, 1)]
    highs = [risk[y == label].max() for label in (0, 1)]
    return lows[0] < highs[1] and lows[1] < highs[0]


@given(ROWS)
def test_calibration_agrees_with_statsmodels_wherever_the_estimate_exists(rows):
    y, risk, weight, _ = columns(rows)
    intercept, slope = metrics.calibration_line(y, risk, weight)
    large = metrics.calibration_in_the_large(y, risk, weight)
    y_seen, risk_seen = repeated(y, risk, weight=weight)
    clipped = np.clip(risk_seen, 1e-6, 1 - 1e-6)
    log_odds = np.log(clipped / (1 - clipped))
    if not has_both(y_seen):
        assert np.isnan([intercept, slope, large]).all()
        return
    shifted = GLM(y_seen, np.ones(len(y_seen)), family=families.Binomial(), offset=log_odds)
    assert_same_likelihood(shifted, np.array([large[0]]))
    if not overlap(y_seen, risk_seen):
        assert np.isnan([intercept, slope]).all()
        return
    line = GLM(y_seen, np.column_stack([np.ones(len(y_seen)), log_odds]), family=families.Binomial())
    assert_same_likelihood(line, np.array([intercept[0], slope[0]]))


def assert_same_likelihood(oracle, found):
    """Both score equations of the oracle hold at what was found."""
    assert oracle.score(found) == pytest.approx(np.zeros(len(found)), abs=1e-6)


def test_calibration_agrees_with_sklearn_on_many_draws_at_once():
    rng = np.random.default_rng(3)
    risk = rng.uniform(0.02, 0.7, 120)
    y = (rng.random(120) < risk**1.3).astype(float)
    weights = rng.poisson(1, (20, 120)).astype(float)
    log_odds = np.log(risk / (1 - risk))[:, None]
    oracles = [
        LogisticRegression(C=np.inf, tol=1e-10, solver="newton-cholesky").fit(
            log_odds, y, sample_weight=weight
        )
        for weight in weights
    ]
    intercept = metrics.calibration_intercept(y, risk, weights)
    slope = metrics.calibration_slope(y, risk, weights)
    assert intercept == pytest.approx([oracle.intercept_[0] for oracle in oracles], abs=1e-6)
    assert slope == pytest.approx([oracle.coef_[0, 0] for oracle in oracles], abs=1e-6)


def test_a_search_that_has_not_ended_gives_no_number(monkeypatch):
    y, risk = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.4, 0.6, 0.8, 0.2])
    assert np.isfinite(metrics.calibration_slope(y, risk, np.ones((1, 4))))
    monkeypatch.setattr(logistic, "STEPS", 1)
    assert np.isnan(metrics.calibration_slope(y, risk, np.ones((1, 4))))


@pytest.mark.parametrize(
    ("y", "risk", "weight"),
    [
        pytest.param([0, 1, 1], [0.35, 0.0, 0.35], [1, 3, 2], id="a plateau before the answer"),
        pytest.param([1, 0, 0], [1e-6, 1 - 1e-6, 1e-6], [1, 1, 198], id="far on both sides"),
    ],
)
def test_no_step_overshoots(y, risk, weight):
    y, risk, weight = (np.array(column, dtype=float) for column in (y, risk, weight))
    shift = metrics.calibration_in_the_large(y, risk, weight[None, :])
    clipped = np.clip(risk, 1e-6, 1 - 1e-6)
    odds = np.exp(shift) * clipped / (1 - clipped)
    assert weight @ (odds / (1 + odds)) == pytest.approx(weight @ y)


def flagged_by_hand(risk, years, names, *, k):
    """Positions flagged: sort each year in earnest and take the first k."""
    chosen = []
    for year in sorted(set(years)):
        order = sorted(np.flatnonzero(years == year), key=lambda row: (-risk[row], names[row]))
        chosen += order[:k]
    return chosen


@given(ROWS, st.lists(st.integers(1, 12), min_size=1, max_size=3))
def test_precision_at_k_repeats_rows_too(rows, k):
    y, risk, weight, year = columns(rows)
    names = np.array([f"E{number:02d}" for number in range(len(y))])[::-1]
    found = places.precision_at_k(y, risk, weight, years=year, keys=names, k=k)
    y_seen, risk_seen, year_seen, names_seen = repeated(y, risk, year, names, weight=weight)
    for capacity, precision in zip(k, found, strict=True):
        chosen = flagged_by_hand(risk_seen, year_seen, names_seen, k=capacity)
        assert precision == pytest.approx(y_seen[chosen].mean() if chosen else np.nan, nan_ok=True)


@given(ROWS, st.integers(1, 12))
def test_flagged_repetitions_fill_the_places_of_each_year(rows, k):
    y, risk, weight, year = columns(rows)
    every = np.arange(len(y))
    flagged = places.flagged_weights(risk, weight, years=year, keys=every, k=[k], rows=every)[0, 0]
    assert (flagged >= 0).all()
    assert (flagged <= weight[0]).all()
    for one in np.unique(year):
        assert flagged[year == one].sum() == min(k, weight[0][year == one].sum())


def lead_by_hand(flags, months):
    """Lead of one event: the longest run of flags from the shortest lead, leads it lacks passed over."""
    reached = np.nan
    for flag, month in zip(flags, months, strict=True):
        if np.isnan(month):
            continue
        if not flag:
            break
        reached = month
    return reached


@given(
    st.lists(
        st.tuples(st.lists(st.booleans(), min_size=3, max_size=3), st.booleans(), st.integers(0, 3)),
        min_size=1,
        max_size=8,
    )
)
def test_a_lead_holds_without_a_break_down_to_the_shortest(events):
    flags = np.array([flag for flag, _, _ in events]).T
    months = np.tile([[4.0], [7.0], [13.0]], (1, len(events)))
    months[1, [gap for _, gap, _ in events]] = np.nan
    weight = np.array([[repeats for _, _, repeats in events]], dtype=float)
    mean, share = places.lead_time(flags[:, None, :] * weight, weight, months=months)
    leads = np.array([lead_by_hand(flags[:, row], months[:, row]) for row in range(len(events))])
    leads = np.repeat(leads, weight[0].astype(int))
    assume(len(leads))
    assert share == pytest.approx(np.isfinite(leads).mean())
    held = leads[np.isfinite(leads)]
    assert mean == pytest.approx(held.mean() if len(held) else np.nan, nan_ok=True)


def test_brier_skill_leaves_out_rows_without_a_reference():
    y, risk = np.array([1.0, 0.0, 0.0]), np.array([0.5, 0.5, 1.0])
    skill = metrics.brier_skill(y, risk, np.ones((1, 3)), reference=np.array([0.0, 0.0, np.nan]))
    assert skill == pytest.approx(1 - 0.5 / 1)  # squares .25 + .25 over 1 + 0


@pytest.mark.parametrize("reference", [[1.0, 0.0], [np.nan, np.nan]], ids=["without error", "unknown"])
def test_brier_skill_has_nothing_to_measure_against(reference):
    y, risk = np.array([1.0, 0.0]), np.array([0.5, 0.5])
    assert np.isnan(metrics.brier_skill(y, risk, np.ones((1, 2)), reference=np.array(reference)))


def test_no_rows_give_no_numbers():
    none = np.empty(0)
    weights = np.ones((2, 0))
    assert np.isnan(metrics.roc_auc(none, none, weights)).all()
    assert np.isnan(metrics.average_precision(none, none, weights)).all()
    assert np.isnan(metrics.brier(none, none, weights)).all()
    assert np.isnan(metrics.calibration_line(none, none, weights)).all()
    assert np.isnan(metrics.calibration_in_the_large(none, none, weights)).all()
    assert np.isnan(places.precision_at_k(none, none, weights, years=none, keys=none, k=[10])).all()
