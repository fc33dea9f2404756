import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.errors import ConfigError
from earlywarn.signals.intervals import byar, exact_poisson
from earlywarn.signals.standardised import directly_standardised, expected_events, indirectly_standardised

counts = st.lists(st.integers(4, 80), min_size=3, max_size=3)


def test_direct_standardisation_worked_by_hand():
    # 0.6 x 4/2000 + 0.4 x 18/3000 = 3.6 per 1,000. V = (0.6/2000)^2 x 4 + (0.4/3000)^2 x 18 = 6.8e-7, and 22
    # events have Byar's limits 13.783 and 33.310.
    value, lower, upper = directly_standardised([4, 18], [2_000, 3_000], [60, 40], multiplier=1_000)
    step = 1_000 * (6.8e-7 / 22) ** 0.5
    assert value == pytest.approx(3.6)
    assert lower == pytest.approx(3.6 + step * (13.783 - 22), abs=1e-3)
    assert upper == pytest.approx(3.6 + step * (33.310 - 22), abs=1e-3)


def test_direct_standardisation_against_a_plain_loop():
    rng = np.random.default_rng(1)
    events, people = rng.poisson(9, (5, 4, 2)), rng.integers(500, 9_000, (5, 4, 2))
    standard = np.array([5_000.0, 4_000.0, 2_500.0, 100.0])
    found = directly_standardised(events, people, standard, axis=1, confidence=0.998, multiplier=100_000)
    for area in range(5):
        for indicator in range(2):
            o, n = events[area, :, indicator], people[area, :, indicator]
            rate = sum(w * x / m for w, x, m in zip(standard, o, n, strict=True)) / sum(standard)
            spread = (
                sum(w * w * x / m**2 for w, x, m in zip(standard, o, n, strict=True)) / sum(standard) ** 2
            )
            total = byar(o.sum(), confidence=0.998)
            lower = rate + (spread / o.sum()) ** 0.5 * (total.lower - o.sum())
            assert found.value[area, indicator] == pytest.approx(1e5 * rate)
            assert found.lower[area, indicator] == pytest.approx(1e5 * lower)


@given(counts, counts)
@settings(max_examples=30, deadline=None)
def test_a_standard_like_the_area_itself_gives_its_crude_rate(events, people):
    whole = 100 * np.array(people)
    found = directly_standardised(events, whole, np.array(people) / 7)
    crude = byar(sum(events), exposure=whole.sum())
    assert np.stack(found) == pytest.approx(np.stack(crude))


@given(counts, counts, st.floats(0.01, 1_000))
@settings(max_examples=30, deadline=None)
def test_neither_the_standards_unit_nor_the_order_of_strata_matters(events, people, unit):
    standard = np.array([3.0, 1.0, 2.0])
    whole = 100 * np.array(people)
    first = directly_standardised(events, whole, standard)
    assert np.stack(directly_standardised(events, whole, standard * unit)) == pytest.approx(np.stack(first))
    turned = directly_standardised(events[::-1], whole[::-1], standard[::-1])
    assert np.stack(turned) == pytest.approx(np.stack(first))


def test_fewer_than_ten_events_make_no_direct_rate_unless_asked():
    assert np.isnan(directly_standardised([4, 5], [900, 900], [1, 1])).all()
    assert not np.isnan(directly_standardised([4, 6], [900, 900], [1, 1])).any()
    asked = directly_standardised([4, 5], [900, 900], [1, 1], fewest=0)
    assert asked.upper == pytest.approx(exact_poisson(9, exposure=1_800).upper)
    none = directly_standardised([0, 0], [900, 900], [1, 1], fewest=0)
    assert none.value == 0
    assert np.isnan(none[1:]).all()


def test_a_gap_is_not_nought():
    events = [[30, np.nan], [30, 20], [30, 0], [30, 20]]
    people = [[900, 900], [900, np.nan], [900, 0], [900, 900]]
    assert np.isnan(directly_standardised(events, people, [1, 1]).value).tolist() == [True, True, True, False]
    without = directly_standardised(events[2], people[2], [1, 0])  # nobody, and no weight
    assert without.value == pytest.approx(30 / 900)
    assert np.isnan(expected_events(people, [0.1, 0.2])).tolist() == [False, True, False, False]


def test_indirect_standardisation_worked_by_hand():
    # 1,000 x 0.002 + 500 x 0.01 = 7 expected; 9 seen; exact limits of 9 are 4.1154 and 17.0848
    expected = expected_events([1_000, 500], [0.002, 0.01])
    assert expected == pytest.approx(7)
    value, lower, upper = indirectly_standardised(9, expected=expected, multiplier=100)
    assert value == pytest.approx(900 / 7)
    assert lower == pytest.approx(411.54 / 7, abs=0.01)
    assert upper == pytest.approx(1_708.48 / 7, abs=0.01)
    rate = indirectly_standardised(9, expected=expected, reference_rate=0.004, multiplier=1_000)
    assert tuple(rate) == pytest.approx((value / 25, lower / 25, upper / 25))


def test_expected_events_take_rates_of_each_areas_own_shape_and_any_axis():
    people = np.array([[1_000.0, 200.0], [500.0, 800.0]])
    rates = np.array([0.002, 0.01])
    assert expected_events(people, rates, axis=0) == pytest.approx([7, 8.4])
    assert expected_events(people, np.stack([rates, rates], axis=1), axis=0) == pytest.approx([7, 8.4])


def test_nothing_expected_is_no_ratio():
    assert np.isnan(indirectly_standardised([3, np.nan, 3], expected=[0, 2, np.nan])).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(
            lambda: directly_standardised([1, 2], [3, 4], [1, 2, 3]), r"standard: .* each of 2 strata"
        ),
        pytest.param(lambda: directly_standardised([1, 2], [3, 4], [1, -2]), r"standard: .* nought or more"),
        pytest.param(
            lambda: directly_standardised([1, 2], [3, 4], [1, 2], axis=2), r"axis: .* of strata, found 2"
        ),
        pytest.param(lambda: directly_standardised(1, 3, [1]), r"an axis of strata"),
        pytest.param(lambda: directly_standardised([1, -2], [3, 4], [1, 2]), r"events: .* '-2'"),
        pytest.param(lambda: expected_events(3, [1]), r"population: .* an axis of strata"),
        pytest.param(lambda: indirectly_standardised([-3], expected=[1]), r"observed: .* '-3'"),
        pytest.param(lambda: indirectly_standardised([3], expected=[1], confidence=2), r"confidence"),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(ConfigError, match=message):
        call()
