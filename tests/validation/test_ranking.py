import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from earlywarn.validation.ranking import HIGHER, LOWER, MIDDLE, bands, rank, rank_intervals

RISKS = st.lists(st.sampled_from([0.1, 0.1 + 1e-15, 0.2, 0.3, np.nan]), max_size=12)
DRAWS = arrays(
    float, array_shapes(min_dims=2, max_dims=2, max_side=8), elements=st.sampled_from([0.1, 0.2, 0.9])
)


@given(RISKS)
def test_order_is_by_risk_and_then_by_code(risks):
    codes = [f"E{number:02d}" for number in range(len(risks))][::-1]
    known = [row for row in range(len(risks)) if not np.isnan(risks[row])]
    order = sorted(known, key=lambda row: (-round(risks[row], 12), codes[row]))
    expected = np.full(len(risks), np.nan)
    expected[order] = range(1, len(order) + 1)
    assert rank(risks, codes) == pytest.approx(expected, nan_ok=True)


def test_rank_intervals_hold_most_of_the_draws():
    # the first area leads in 96 draws of 100 and comes last in 4, more than 2.5%
    draws = np.tile([0.9, 0.5, 0.4], (100, 1))
    draws[:4, 0] = 0.1
    low, high = rank_intervals(draws)
    assert low.tolist() == [1, 1, 2]
    assert high.tolist() == [3, 2, 3]


def test_areas_that_are_always_tied_share_the_whole_list():
    low, high = rank_intervals(np.full((50, 4), 0.3))
    assert low.tolist() == [1] * 4
    assert high.tolist() == [4] * 4
    assert set(bands(low, high)) == {MIDDLE}


def test_an_area_without_a_risk_has_no_rank_and_takes_no_place():
    low, high = rank_intervals(np.array([[np.nan, 0.1, 0.2], [0.9, 0.1, 0.2]]))
    assert low == pytest.approx([np.nan, 2, 1], nan_ok=True)
    assert high == pytest.approx([np.nan, 2, 1], nan_ok=True)
    assert bands(low, high).tolist() == [None, LOWER, HIGHER]


@pytest.mark.parametrize("draws", [np.empty((0, 2)), np.full((3, 2), np.nan)], ids=["no draws", "no risks"])
def test_nothing_to_rank(draws):
    assert np.isnan(rank_intervals(draws)).all()


@given(DRAWS)
def test_bands_never_part_areas_whose_intervals_overlap(draws):
    low, high = rank_intervals(draws)
    assert (low <= high).all()
    named = bands(low, high)
    for upper in np.flatnonzero(named == HIGHER):
        for lower in np.flatnonzero(named == LOWER):
            assert high[upper] < low[lower]


@given(DRAWS)
def test_turning_every_risk_round_turns_the_bands_round(draws):
    turned = {HIGHER: LOWER, LOWER: HIGHER, MIDDLE: MIDDLE}
    opposite = bands(*rank_intervals(1 - draws))
    assert [turned[name] for name in opposite] == bands(*rank_intervals(draws)).tolist()


def test_the_middle_place_belongs_to_neither_half():
    assert bands([1, 2, 3], [1, 2, 3]).tolist() == [HIGHER, MIDDLE, LOWER]
    assert bands([1], [1]).tolist() == [MIDDLE]
