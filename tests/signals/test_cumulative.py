import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.errors import ConfigError
from earlywarn.signals.cumulative import cusum
from earlywarn.signals.run_lengths import cusum_run_length

MONTGOMERY = [  # Introduction to Statistical Quality Control, table 9.1: mean 10, then 11 from the 21st on
    9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34, 9.03, 11.47, 10.51, 9.40, 10.08,
    9.37, 10.62, 10.31, 8.52, 10.84, 10.90, 9.33, 12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31, 10.52,
]  # fmt: skip
GAPPY = st.lists(st.one_of(st.integers(-9, 9), st.just(np.nan)), min_size=1, max_size=15)
MANY = settings(max_examples=25, deadline=None)


def test_worked_by_hand():
    # centre 10, sd 2, k 0.5: z = 1, 2, -3, 2.5, gap, 4
    chart = cusum([12, 14, 4, 15, np.nan, 18], centre=10, sd=2, decision=4)
    np.testing.assert_allclose(chart.high, [0.5, 2, 0, 2, np.nan, 5.5])
    np.testing.assert_allclose(chart.low, [0, 0, 2.5, 0, np.nan, 0])
    assert chart.signals.tolist() == [False] * 5 + [True]
    assert chart.direction.tolist() == [0, 0, 0, 0, 0, 1]
    assert chart.in_control_run_length == pytest.approx(167.68, abs=0.01)


def test_published_example_of_montgomery():
    # table 9.2: the upper sum first exceeds 5 at the 29th figure, where it is 5.28
    chart = cusum(MONTGOMERY, centre=10, sd=1)
    assert chart.high[[4, 22, 27, 28, 29]] == pytest.approx([2.82, 1.79, 4.47, 5.28, 5.30], abs=0.011)
    assert chart.low[[1, 6]] == pytest.approx([1.56, 1.46], abs=0.011)
    assert chart.signals.nonzero()[0].tolist() == [28, 29]
    assert chart.in_control_run_length == pytest.approx(465, abs=1)


def test_centre_and_spread_come_from_the_baseline():
    chart = cusum([1, 3, 2, 4, 99], baseline=4)
    assert chart.centre == pytest.approx(2.5)
    assert chart.sd == pytest.approx((5 / 3) / 1.128)
    assert cusum([1, 3, 2, 4, 5]).centre == pytest.approx(3)


def test_a_threshold_follows_from_a_wished_run_length():
    chart = cusum([1, 2, 1], reference=0.4, in_control_run_length=100)
    assert chart.in_control_run_length == pytest.approx(100)
    assert cusum_run_length(0.4, chart.decision) == pytest.approx(100)


def test_the_stated_run_length_is_the_one_that_simulated_charts_have():
    figures = np.random.default_rng(7).normal(size=(1500, 250))
    chart = cusum(figures, reference=0.5, decision=2, centre=0, sd=1)
    assert chart.signals.any(axis=1).mean() > 0.999
    first = chart.signals.argmax(axis=1) + 1
    assert first.mean() == pytest.approx(chart.in_control_run_length, abs=4 * first.std() / np.sqrt(1500))


@MANY
@given(GAPPY, st.floats(0, 2), st.floats(0.5, 6))
def test_a_plain_loop_agrees(values, reference, decision):
    chart = cusum(values, reference=reference, decision=decision, centre=1, sd=3)
    high = low = 0.0
    for place, value in enumerate(values):
        if np.isnan(value):
            assert np.isnan(chart.high[place])
            assert not chart.signals[place]
            continue
        high, low = max(0, high + (value - 1) / 3 - reference), max(0, low - (value - 1) / 3 - reference)
        assert (chart.high[place], chart.low[place]) == pytest.approx((high, low))
        assert chart.signals[place] == (max(high, low) > decision + 1e-9)


@MANY
@given(GAPPY, st.sampled_from([0.01, 3, 1e5]), st.integers(-1000, 1000))
def test_neither_unit_nor_turning_the_scale_matters(values, scale, shift):
    plain = cusum(values, decision=2)
    other = cusum(np.array(values) * scale + shift, decision=2)
    turned = cusum(np.negative(values), decision=2)
    np.testing.assert_allclose(other.high, plain.high, atol=1e-6)
    np.testing.assert_array_equal(other.signals, plain.signals)
    np.testing.assert_allclose(turned.low, plain.high, atol=1e-6)
    np.testing.assert_array_equal(turned.signals, plain.signals)


@MANY
@given(GAPPY, GAPPY)
def test_later_figures_change_nothing_when_centre_and_spread_are_known(early, later):
    before, after = (cusum(part, centre=0, sd=2) for part in (early, early + later))
    np.testing.assert_array_equal(after.high[: len(early)], before.high)
    np.testing.assert_array_equal(after.signals[: len(early)], before.signals)


def test_many_series_at_once_along_any_axis():
    cube = np.random.default_rng(2).normal(size=(13, 4, 3))
    kept = cube.copy()
    chart = cusum(cube, axis=0, centre=np.zeros(3))
    alone = cusum(cube[:, 2, 1], centre=0)
    np.testing.assert_allclose(chart.high[:, 2, 1], alone.high)
    assert chart.sd.shape == (4, 3)
    np.testing.assert_array_equal(cube, kept)


def test_what_never_varies_has_no_signal_and_what_leaves_it_cannot_be_measured():
    assert cusum([0.1] * 9).high.tolist() == [0] * 9
    assert not cusum([0.1] * 9).signals.any()
    assert np.isnan(cusum([2, 2, 2, 5], baseline=3).high[-1])


@pytest.mark.parametrize("values", [[], [np.nan] * 3, np.empty((0, 4)), [5]], ids=str)
def test_nothing_to_see_is_no_error(values):
    assert not cusum(values).signals.any()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"decision": 4, "in_control_run_length": 100}, "not both"),
        ({"sd": 0}, "sd must be above nought, but 1 are not"),
        ({"centre": [1, 2]}, "centre has shape"),
        ({"reference": -1}, "reference of at least 0"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(arguments, words):
    with pytest.raises(ConfigError, match=words):
        cusum([1, 2, 3], **arguments)
