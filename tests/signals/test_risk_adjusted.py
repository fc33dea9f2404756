import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from earlywarn.errors import ConfigError
from earlywarn.signals.risk_adjusted import risk_adjusted_cusum

GROUPS = st.lists(
    st.tuples(st.integers(0, 8), st.integers(1, 8), st.floats(0.02, 0.9)), min_size=1, max_size=9
)
MANY = settings(max_examples=15, deadline=None)


def test_worked_by_hand_for_single_cases():
    # at risk 1/2 a death adds log 2 - log 3/2; at 1/5 a survivor takes off log 6/5, a death adds log 5/3
    chart = risk_adjusted_cusum([1, 0, 1, 0], [0.5, 0.2, 0.2, 1.0], threshold=0.6)
    expected = np.log([4 / 3, 5 / 6, 5 / 3, 1 / 2])
    assert chart.score == pytest.approx(expected)
    assert chart.total == pytest.approx([*expected[:3].cumsum().tolist(), 0])
    assert chart.signals.tolist() == [False, False, True, False]  # log 50/27 = 0.616


@MANY
@given(GROUPS, st.sampled_from([2.0, 1.3, 0.5]))
def test_a_score_is_the_log_likelihood_ratio_of_changed_odds(groups, odds_ratio):
    events, cases, risk = (np.array(part, dtype=float) for part in zip(*groups, strict=True))
    events = np.minimum(events, cases)
    odds = odds_ratio * risk / (1 - risk)
    ratio = binom.logpmf(events, cases, odds / (1 + odds)) - binom.logpmf(events, cases, risk)
    chart = risk_adjusted_cusum(events, risk, cases=cases, odds_ratio=odds_ratio)
    assert chart.score == pytest.approx(ratio)
    total = 0.0
    for place, score in enumerate(ratio):
        total = max(0.0, total + score)
        assert chart.total[place] == pytest.approx(total, abs=1e-9)


def test_a_group_adds_what_its_cases_add_one_by_one():
    single = risk_adjusted_cusum([1, 0, 0, 1, 1], 0.3)
    grouped = risk_adjusted_cusum([3], 0.3, cases=5)
    assert grouped.score == pytest.approx(single.score.sum())


@MANY
@given(GROUPS)
def test_counting_non_events_with_their_risk_gives_the_same_chart_for_the_inverse_ratio(groups):
    events, cases, risk = (np.array(part, dtype=float) for part in zip(*groups, strict=True))
    events = np.minimum(events, cases)
    plain = risk_adjusted_cusum(events, risk, cases=cases, threshold=2)
    turned = risk_adjusted_cusum(cases - events, 1 - risk, cases=cases, odds_ratio=0.5, threshold=2)
    np.testing.assert_allclose(turned.total, plain.total, atol=1e-9)
    assert turned.in_control_run_length == pytest.approx(plain.in_control_run_length, rel=1e-6)


@pytest.mark.parametrize(
    ("odds_ratio", "threshold", "largest"), [(2.0, 2.0, 1), (1.4, 2.0, 40), (0.5, 1.5, 12)], ids=str
)
def test_the_stated_run_length_is_the_one_that_simulated_charts_have(odds_ratio, threshold, largest):
    random = np.random.default_rng(5)
    risk, cases = random.uniform(0.05, 0.4, 20), random.integers(1, largest + 1, 20).astype(float)
    stated = risk_adjusted_cusum(
        np.zeros(20), risk, cases=cases, odds_ratio=odds_ratio, threshold=threshold
    ).in_control_run_length
    drawn = random.integers(0, 20, (1500, 1000))
    events = random.binomial(cases.astype(int)[drawn], risk[drawn])
    score = events * np.log(odds_ratio) - (cases * np.log1p(risk * (odds_ratio - 1)))[drawn]
    total, first = np.zeros(1500), np.full(1500, 0)
    for place, step in enumerate(score.T, start=1):
        total = np.maximum(0, total + step)
        first[(first == 0) & (total > threshold)] = place
    assert np.mean(first > 0) > 0.99
    assert first.mean() == pytest.approx(stated, abs=4 * first.std() / np.sqrt(1500) + 0.01 * stated)


def test_a_threshold_below_every_step_signals_at_the_first_positive_one():
    # with risk 0.1 of 20 cases a step is positive from three events on
    chart = risk_adjusted_cusum([0], 0.1, cases=20, threshold=1e-3)
    assert chart.in_control_run_length == pytest.approx(1 / binom.sf(2, 20, 0.1), rel=1e-6)


def test_each_series_has_its_own_threshold_for_a_wished_run_length():
    random = np.random.default_rng(1)
    risk = random.uniform(0.05, 0.3, (4, 13))
    cases = random.integers(5, 60, (4, 13))
    events = random.binomial(cases, risk)
    chart = risk_adjusted_cusum(events, risk, cases=cases, in_control_run_length=100)
    assert chart.threshold.shape == (4,)
    assert np.all((chart.in_control_run_length >= 100) & (chart.in_control_run_length < 101))
    alone = risk_adjusted_cusum(events[2], risk[2], cases=cases[2], in_control_run_length=100)
    assert alone.threshold == pytest.approx(chart.threshold[2])


def test_a_gap_in_events_risk_or_cases_is_no_figure():
    full = risk_adjusted_cusum([3, 4, 5], 0.2, cases=[9, 8, 7])
    gappy = risk_adjusted_cusum(
        [3, np.nan, 1, 0, 4, 5], [0.2, 0.2, np.nan, 0.2, 0.2, 0.2], cases=[9, 9, 9, 0, 8, 7]
    )
    np.testing.assert_allclose(gappy.total[[0, 4, 5]], full.total)
    assert np.isnan(gappy.total[1:4]).all()
    assert gappy.in_control_run_length == pytest.approx(full.in_control_run_length)


@MANY
@given(GROUPS, GROUPS)
def test_later_figures_change_no_earlier_total(early, later):
    def drawn(groups):
        events, cases, risk = zip(*groups, strict=True)
        return risk_adjusted_cusum(np.minimum(events, cases), risk, cases=cases)

    np.testing.assert_array_equal(drawn(early + later).signals[: len(early)], drawn(early).signals)


def test_time_may_run_along_any_axis():
    random = np.random.default_rng(3)
    events = random.binomial(9, 0.2, (13, 2, 3))
    risk = np.linspace(0.1, 0.3, 3)
    chart = risk_adjusted_cusum(events, risk, cases=9, axis=0)
    alone = risk_adjusted_cusum(events[:, 1, 2], 0.3, cases=9)
    np.testing.assert_allclose(chart.total[:, 1, 2], alone.total)
    assert chart.in_control_run_length[1, 2] == pytest.approx(alone.in_control_run_length)


def test_what_can_never_signal_has_an_infinite_run_length_and_nothing_has_none():
    assert risk_adjusted_cusum([0, 0], 0.0, cases=5).in_control_run_length == np.inf
    assert np.isnan(risk_adjusted_cusum([np.nan], 0.1).in_control_run_length)
    assert np.isnan(risk_adjusted_cusum([np.nan], 0.1, in_control_run_length=50).threshold)
    assert risk_adjusted_cusum(np.empty((0, 4)), 0.1).total.shape == (0, 4)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            {"events": [2, 0.5], "expected_risk": 1.2},
            "between 0 and 1: 1.2, 1.2. .* whole numbers of at least 0: 0.5",
        ),
        ({"events": [2], "expected_risk": 0.2}, "events may not be more than the cases: 2.0"),
        ({"events": [0], "expected_risk": 0.2, "cases": 1.5}, "cases must be whole numbers"),
        ({"events": [0], "expected_risk": [0.2, 0.3]}, "expected_risk must hold numbers that broadcast"),
        ({"events": [0], "expected_risk": 0.2, "odds_ratio": 1}, "odds_ratio must be above 0 and not 1"),
        ({"events": [0], "expected_risk": 0.2, "threshold": 0}, "threshold must be above 0"),
        ({"events": [0], "expected_risk": 0.2, "threshold": 3, "in_control_run_length": 9}, "not both"),
        ({"events": [0], "expected_risk": 0.2, "in_control_run_length": 1}, "between 2 and 1,000,000"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(arguments, words):
    with pytest.raises(ConfigError, match=words):
        risk_adjusted_cusum(**arguments)
