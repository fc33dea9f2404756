import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from earlywarn.errors import ConfigError
from earlywarn.signals.intervals import byar, exact_binomial, exact_poisson, wilson

EVENTS = np.array([0, 1, 3, 9, 10, 47, 100])
SIZES = np.array([7, 1, 20, 300, 10, 50, 12_345])


@pytest.mark.parametrize(
    ("events", "n", "score", "corrected", "exact"),
    [  # Newcombe (1998), table I
        pytest.param(81, 263, (0.2553, 0.3662), (0.2535, 0.3682), (0.2527, 0.3676), id="81 of 263"),
        pytest.param(15, 148, (0.0624, 0.1605), (0.0598, 0.1644), (0.0578, 0.1617), id="15 of 148"),
        pytest.param(0, 20, (0.0000, 0.1611), (0.0000, 0.2005), (0.0000, 0.1684), id="0 of 20"),
        pytest.param(1, 29, (0.0061, 0.1718), (0.0018, 0.1963), (0.0009, 0.1776), id="1 of 29"),
    ],
)
def test_proportions_against_the_published_table(events, n, score, corrected, exact):
    assert wilson(events, n)[1:] == pytest.approx(score, abs=5e-5)
    assert wilson(events, n, correction=True)[1:] == pytest.approx(corrected, abs=5e-5)
    assert exact_binomial(events, n)[1:] == pytest.approx(exact, abs=5e-5)


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.998])
def test_proportions_against_statsmodels_and_scipy(confidence):
    for function, method in ((wilson, "wilson"), (exact_binomial, "beta")):
        value, lower, upper = function(EVENTS, SIZES.clip(EVENTS), confidence=confidence)
        peer = proportion_confint(EVENTS, SIZES.clip(EVENTS), alpha=1 - confidence, method=method)
        assert value == pytest.approx(EVENTS / SIZES.clip(EVENTS))
        assert lower == pytest.approx(np.nan_to_num(peer[0]), abs=1e-12)
        assert upper == pytest.approx(peer[1], abs=1e-12)
    for events, n in zip(EVENTS, SIZES.clip(EVENTS), strict=True):
        peer = stats.binomtest(int(events), int(n)).proportion_ci(confidence, method="wilsoncc")
        assert wilson(events, n, confidence=confidence, correction=True)[1:] == pytest.approx(tuple(peer))


def test_byar_worked_by_hand():
    # 100 events: 100 (1 - 1/900 - 1.959964/30)^3 and 101 (1 - 1/909 + 1.959964/(3 sqrt(101)))^3
    value, lower, upper = byar(100, exposure=2_000, multiplier=1_000)
    assert value == 50
    assert lower == pytest.approx(50 * 0.8136, abs=0.005)
    assert upper == pytest.approx(50 * 1.2163, abs=0.005)


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.998])
def test_below_ten_events_limits_are_exact_and_above_nearly_so(confidence):
    events = np.arange(1, 200)
    tail = (1 - confidence) / 2
    lower, upper = stats.chi2.ppf(tail, 2 * events) / 2, stats.chi2.isf(tail, 2 * events + 2) / 2
    ours, exact = byar(events, confidence=confidence), exact_poisson(events, confidence=confidence)
    assert exact.lower == pytest.approx(lower)
    assert exact.upper == pytest.approx(upper)
    assert ours.lower[:9] == pytest.approx(lower[:9])
    assert ours.upper[:9] == pytest.approx(upper[:9])
    assert ours.lower[9:] == pytest.approx(lower[9:], rel=0.015)
    assert ours.upper[9:] == pytest.approx(upper[9:], rel=0.015)
    assert not np.any(ours.lower[9:] == lower[9:])


def test_no_events_have_a_lower_limit_of_nought():
    assert byar(0)[:2] == (0, 0)
    assert byar(0).upper == pytest.approx(-np.log(0.025))  # P(none) is e^-mean
    assert byar(0, exact_below=0).lower == 0


@given(st.integers(0, 60), st.integers(1, 60), st.sampled_from([0.8, 0.95, 0.998]))
@settings(max_examples=40, deadline=None)
def test_intervals_hold_their_figure_mirror_and_widen(events, n, confidence):
    events = min(events, n)
    for function in (wilson, exact_binomial):
        value, lower, upper = function(events, n, confidence=confidence)
        assert 0 <= lower <= value <= upper <= 1
        mirrored = function(n - events, n, confidence=confidence)
        assert (1 - mirrored.upper, 1 - mirrored.lower) == pytest.approx((lower, upper), abs=1e-9)
        wider = function(events, n, confidence=0.999)
        assert wider.lower <= lower
        assert wider.upper >= upper


def test_they_broadcast_and_leave_gaps_and_inputs_alone():
    events, n = np.array([[1.0], [np.nan]]), np.array([10.0, 0.0, np.nan])
    events_before = events.copy()
    for found in (wilson([[0.0], [np.nan]], n), byar(events, exposure=n), exact_poisson(events, exposure=n)):
        for part in found:
            assert part.shape == (2, 3)
            assert np.isnan(part).tolist() == [[False, True, True], [True, True, True]]
    assert np.isnan(exact_binomial([0, np.nan], [0, 5])).all()
    np.testing.assert_array_equal(events, events_before)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(
            lambda: wilson([3, 9, 8], [5, 7, 7]), r"events: expected at most n, found 2 above it, '9 of 7'"
        ),
        pytest.param(lambda: wilson([-1], [7]), r"events: .* nought or more, found 1 others, '-1'"),
        pytest.param(lambda: exact_binomial(1, [[1, 2], [3]]), r"n: expected numbers"),
        pytest.param(lambda: wilson([1, 2], [3, 4, 5]), r"shapes that fit"),
        pytest.param(lambda: wilson(1, 2, confidence=95), r"confidence: .* between 0 and 1, .* found 95"),
        pytest.param(lambda: byar(1, confidence=1), r"confidence: .* found 1"),
        pytest.param(lambda: byar(1, exposure=-2), r"exposure: .* found 1 others, '-2'"),
        pytest.param(lambda: byar(1, exact_below=np.nan), r"exact_below: .* found nan"),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(ConfigError, match=message):
        call()


def test_all_that_is_wrong_stands_in_one_message():
    with pytest.raises(ConfigError, match=r"(?s)events: .*n: .*events: expected at most n"):
        wilson([-1, 4, 5], [3, -2, 4])
