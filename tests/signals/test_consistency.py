from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from earlywarn.errors import ConfigError
from earlywarn.signals.consistency import cannot_both_be_right, printed_step

STEPS = (1000, 100, 50, 10, 5, 1, 0.5, 0.1, 0.05, 0.01)


def to_step(number, step):
    """Round a number as publishers do, and write it as they do."""
    return round(round(number / step) * step, 6)


# to what figures are rounded


@settings(max_examples=25)
@given(st.sampled_from(STEPS), st.lists(st.integers(0, 9_999), min_size=1, max_size=30))
def test_figures_are_multiples_of_their_step(step, wholes):
    figures = [round(whole * step, 6) for whole in wholes]
    found = float(printed_step(figures))
    assert found >= min(step, 1)
    assert np.allclose(np.array(figures) / found, np.round(np.array(figures) / found), atol=1e-6)


@pytest.mark.parametrize(
    ("figures", "step"),
    [
        ([12.5, 40.1, 7.0], 0.1),
        ([12.0, 17.0, np.nan], 1),
        ([120, 3_015, 0], 5),
        ([0.25, 0.5], 0.05),
        ([0.1 + 0.2, 0.7], 0.1),
        ([31_000_017.0, 250_000.0], 1),
        ([np.pi, 1.0], 0),
        ([0, 0, np.nan], 1),
        ([-5, 20], 5),
    ],
)
def test_the_step_is_the_coarsest_that_fits(figures, step):
    assert float(printed_step(figures)) == step


def test_without_a_figure_there_is_no_step():
    assert np.isnan(printed_step([[np.nan, np.nan]])).tolist() == [True]
    assert printed_step(np.empty((0, 3)), axis=0).shape == (3,)


def test_tables_are_read_at_once_along_any_axis():
    tables = np.array([[10.0, 12.5], [20.0, 1.1]])
    assert printed_step(tables).tolist() == [0.5, 0.1]
    assert printed_step(tables, axis=0).tolist() == [10, 0.1]


# contradictions


def test_a_sum_of_rounded_shares_worked_by_hand():
    # 20.1 + 30.2 + 50.4 = 100.7, between 100.55 and 100.85: 0.55 above what 100 exactly could be
    told = cannot_both_be_right([20.1, 30.2, 50.4], 100, parts_step=0.1)
    assert (told.low, told.high, told.gap) == pytest.approx((100.55, 100.85, 0.55))
    assert told.wrong
    assert not cannot_both_be_right([20.1, 30.2, 50.4], 100, parts_step=0.1, tolerance=0.6).wrong
    assert not cannot_both_be_right([20.1, 29.7, 50.1], 100, parts_step=0.1).wrong


def test_a_rate_and_its_count_worked_by_hand():
    # between 299.5 and 300.5 of between 5,995 and 6,005: 498.75 to 501.25 per 10,000
    asked = {"whole": [6_000], "multiplier": 10_000, "parts_step": 1, "whole_step": 10, "printed_to": 0.1}
    told = cannot_both_be_right([300], [498.8, 501.3, 501.4], **asked)
    assert told.low == pytest.approx(299.5 / 6_005 * 10_000)
    assert told.high == pytest.approx(300.5 / 5_995 * 10_000)
    assert told.wrong.tolist() == [False, False, True]
    assert told.gap[2] == pytest.approx(501.35 - 300.5 / 5_995 * 10_000)


def test_a_share_of_what_it_is_itself_a_part_of_worked_by_hand():
    # vacancies 20.0, workers 80.0: 19.95 / 100.0 to 20.05 / 100.0 at most, so 20.0% and not 25.0%
    asked = {"whole": [80.0], "share": True, "multiplier": 100, "parts_step": 0.1, "whole_step": 0.1}
    told = cannot_both_be_right([20.0], [20.0, 25.0], printed_to=0.1, **asked)
    assert told.low == pytest.approx(100 * 19.95 / (19.95 + 80.05))
    assert told.high == pytest.approx(100 * 20.05 / (20.05 + 79.95))
    assert told.wrong.tolist() == [False, True]


def test_a_part_may_equal_its_whole_and_may_not_exceed_it():
    told = cannot_both_be_right([[50, 50.1, 50.2]], 50, at_most=True, parts_step=0.1, printed_to=0.1)
    assert told.wrong.tolist() == [False, False, True]


@settings(max_examples=40)
@given(
    parts=st.lists(st.integers(0, 5_000), min_size=1, max_size=3),
    rest=st.lists(st.integers(0, 5_000), min_size=0, max_size=2),
    share=st.booleans(),
    steps=st.tuples(*[st.sampled_from([1, 5, 10, 0.1])] * 3),
    multiplier=st.sampled_from([1, 100, 10_000]),
)
def test_figures_that_were_only_rounded_are_never_called_wrong(parts, rest, share, steps, multiplier):
    share = share and bool(rest)
    below = sum(rest) + (sum(parts) if share else 0) if rest else 1
    assume(below > 0)
    truth = multiplier * Fraction(sum(parts)) / below
    part_step, whole_step, printed_to = steps
    asked = {"multiplier": multiplier, "whole": [to_step(number, whole_step) for number in rest]}
    asked |= {"parts_step": part_step, "whole_step": whole_step, "printed_to": printed_to, "share": share}
    shown = [to_step(number, part_step) for number in parts]
    printed = to_step(float(truth), printed_to)
    for at_most in (False, True):
        told = cannot_both_be_right(shown, printed, at_most=at_most, **asked)
        assert not told.wrong
        if not np.isnan(told.gap):
            assert told.low <= float(truth) * (1 + 1e-9) + 1e-9
            assert told.high >= float(truth) * (1 - 1e-9) - 1e-9


@settings(max_examples=40)
@given(st.integers(1, 900), st.integers(100, 900), st.integers(0, 900), st.sampled_from([1, 2, 10]))
def test_what_is_called_wrong_no_unrounded_figures_could_bring_about(part, whole, printed, step):
    # every corner and the middle of what rounds to the figures, as exact fractions
    half = Fraction(step, 2)
    ratios = [100 * (part + a * half) / (whole + b * half) for a in (-1, 0, 1) for b in (-1, 0, 1)]
    reached = max(ratios) >= printed - half and max(min(ratios), 0) <= printed + half
    told = cannot_both_be_right(
        [part], printed, whole=[whole], multiplier=100, parts_step=step, whole_step=step, printed_to=step
    )
    assert bool(told.wrong) != reached


@settings(max_examples=15)
@given(st.integers(1, 50), st.integers(1, 99))
def test_the_unit_does_not_matter(scale, printed):
    told = cannot_both_be_right([31, 12.5], printed, parts_step=0.5, printed_to=1)
    other = cannot_both_be_right(
        [31 * scale, 12.5 * scale], printed * scale, parts_step=0.5 * scale, printed_to=scale
    )
    assert other.wrong == told.wrong
    assert other.gap == pytest.approx(told.gap * scale)


def test_what_is_missing_or_below_nought_is_not_held_against_anything():
    told = cannot_both_be_right(
        [[np.nan, 10, 10, -1, 10]], [1, np.nan, 1, 1, -1], whole=[[5, 5, np.nan, 5, 5]]
    )
    assert np.isnan(told.gap).all()
    assert np.isnan(told.low).all()
    assert not told.wrong.any()


def test_of_nought_there_is_no_share_and_of_what_may_be_nought_no_upper_bound():
    nothing = cannot_both_be_right([0, 0], 50, whole=[0], multiplier=100)
    assert np.isnan(nothing.gap)
    small = cannot_both_be_right([1], 900, whole=[0], multiplier=100, parts_step=1, whole_step=5)
    assert small.high == np.inf
    assert not small.wrong


def test_it_leaves_its_input_alone():
    parts = [np.array([-1.0, 2.0]), np.array([3.0, np.nan])]
    before = [figures.copy() for figures in parts]
    cannot_both_be_right(parts, np.array([1.0, 2.0]), whole=[np.array([1.0, 0.0])], share=True)
    for figures, was in zip(parts, before, strict=True):
        np.testing.assert_array_equal(figures, was)


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"parts": []}, "parts: expected at least one figure"),
        ({"share": True}, "share: expected a whole"),
        ({"multiplier": 0}, "a multiplier above 0"),
        ({"tolerance": -1}, "a tolerance of nought or more"),
        ({"parts_step": -0.1}, "the step of parts"),
        ({"parts_step": [1, 1]}, "found 1 and 2"),
        ({"parts": [[1, 2], [1, 2, 3]]}, "shapes that fit"),
        ({"parts": [[1, 2]], "printed": [1, 2, 3]}, "shapes that fit"),
        ({"parts": ["much"]}, "parts: expected numbers"),
        ({"printed": np.inf}, "printed: expected finite figures, found 1 infinite"),
    ],
)
def test_it_says_what_it_wants(asked, match):
    asked = {"parts": [1], "printed": 1} | asked
    with pytest.raises(ConfigError, match=match):
        cannot_both_be_right(asked.pop("parts"), asked.pop("printed"), **asked)
