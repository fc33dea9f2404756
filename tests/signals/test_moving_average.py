import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.errors import ConfigError
from earlywarn.signals.moving_average import ewma

NIST = [  # e-Handbook 6.3.2.4: target 50, s 2.0539, weight 0.3
    52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3, 47.8,
    51.2, 52.6, 52.4, 53.6, 52.1,
]  # fmt: skip
NIST_EWMA = [
    50.60,
    49.52,
    50.56,
    50.18,
    50.16,
    49.21,
    49.75,
    49.85,
    50.26,
    50.33,
    50.11,
    49.36,
    49.52,
    50.05,
    49.38,
]
GAPPY = st.lists(st.one_of(st.integers(-9, 9), st.just(np.nan)), min_size=1, max_size=15)
MANY = settings(max_examples=25, deadline=None)


def test_worked_by_hand():
    # centre 10, sd 2, weight 0.25: 10 + 0.25 x 8 = 12, a gap, 12 + 0.25 x (4 - 12) = 10
    chart = ewma([18, np.nan, 4], weight=0.25, width=3, centre=10, sd=2)
    np.testing.assert_allclose(chart.average, [12, np.nan, 10])
    first, second = 6 * 0.25, 6 * 0.25 * np.sqrt(1 + 0.75**2)  # variance w² (1 + (1 - w)²)
    np.testing.assert_allclose(chart.upper, [10 + first, np.nan, 10 + second])
    np.testing.assert_allclose(chart.lower, [10 - first, np.nan, 10 - second])
    assert chart.signals.tolist() == [True, False, False]
    assert chart.direction.tolist() == [1, 0, 0]


def test_published_example_of_nist():
    chart = ewma(NIST, weight=0.3, width=3, steady=True, centre=50, sd=2.0539)
    assert chart.average[:15] == pytest.approx(NIST_EWMA, abs=0.011)
    assert (chart.lower[0], chart.upper[-1]) == pytest.approx((47.4115, 52.5884), abs=1e-3)
    assert not chart.signals.any()


def test_the_limits_widen_towards_the_steady_ones():
    widening, steady = (ewma(np.zeros(80), centre=0, sd=1, steady=way) for way in (False, True))
    assert np.all(np.diff(widening.upper) >= 0)
    assert widening.upper[-1] == pytest.approx(steady.upper[-1])
    assert steady.in_control_run_length == pytest.approx(500, rel=1e-3)
    assert widening.in_control_run_length < steady.in_control_run_length


def test_the_stated_run_length_is_the_one_that_simulated_charts_have():
    figures = np.random.default_rng(7).normal(size=(1500, 250))
    for steady in (False, True):
        chart = ewma(figures, weight=0.1, width=1.5, centre=0, sd=1, steady=steady)
        assert chart.signals.any(axis=1).mean() > 0.99
        first = chart.signals.argmax(axis=1) + 1
        assert first.mean() == pytest.approx(chart.in_control_run_length, abs=4 * first.std() / np.sqrt(1500))


@MANY
@given(GAPPY, st.floats(0.05, 1))
def test_a_plain_loop_agrees(values, weight):
    chart = ewma(values, weight=weight, width=2, centre=1, sd=3)
    average, count = 1.0, 0
    for place, value in enumerate(values):
        if np.isnan(value):
            assert np.isnan(chart.average[place])
            continue
        average, count = weight * value + (1 - weight) * average, count + 1
        half = 2 * 3 * np.sqrt(sum((weight * (1 - weight) ** back) ** 2 for back in range(count)))
        assert chart.average[place] == pytest.approx(average)
        assert chart.upper[place] == pytest.approx(1 + half)
        assert chart.signals[place] == (abs(average - 1) > half + 3e-9)


@MANY
@given(GAPPY, st.sampled_from([0.01, 3, 1e5]), st.integers(-1000, 1000))
def test_neither_unit_nor_turning_the_scale_matters(values, scale, shift):
    plain = ewma(values, width=1)
    other = ewma(np.array(values) * scale + shift, width=1)
    turned = ewma(np.negative(values), width=1)
    np.testing.assert_allclose(other.average, plain.average * scale + shift, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(other.signals, plain.signals)
    np.testing.assert_array_equal(turned.direction, -plain.direction)
    np.testing.assert_allclose(turned.lower, -plain.upper)


@MANY
@given(GAPPY, GAPPY)
def test_later_figures_change_nothing_when_centre_and_spread_are_known(early, later):
    before, after = (ewma(part, centre=0, sd=2) for part in (early, early + later))
    np.testing.assert_array_equal(after.average[: len(early)], before.average)
    np.testing.assert_array_equal(after.signals[: len(early)], before.signals)


def test_a_width_follows_from_a_wished_run_length():
    assert ewma([1, 2], weight=0.2, in_control_run_length=500, steady=True).width == pytest.approx(
        2.962, abs=5e-4
    )


@pytest.mark.parametrize("values", [[], [np.nan] * 3, np.empty((0, 4)), [5], [0.1] * 9], ids=str)
def test_nothing_to_see_is_no_signal(values):
    assert not ewma(values).signals.any()


def test_a_width_and_a_run_length_exclude_each_other():
    with pytest.raises(ConfigError, match="not both"):
        ewma([1, 2, 3], width=3, in_control_run_length=100)
