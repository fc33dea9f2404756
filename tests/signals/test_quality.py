"""Remarks on figures: each worked by hand, against plain loops, and at the rate of false alarms it states."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from earlywarn.errors import ConfigError
from earlywarn.signals.oddities import in_proportion, jumps, revisions
from earlywarn.signals.quality import data_quality, gaps, lateness
from earlywarn.signals.repeats import DIGIT_SETS, copies, heaps

NAN = np.nan
SHAPE = (9, 4, 8)
WHOLE = st.integers(-40, 40).map(float) | st.just(NAN)
cubes = arrays.arrays(float, SHAPE, elements=WHOLE)
few = settings(max_examples=10, deadline=None)


# gaps and lateness


def test_a_gap_counts_once_most_have_reported():
    values = np.array([[1, NAN], [2, NAN], [NAN, 3], [NAN, NAN]], dtype=float)
    expected = np.array([[1, 1], [1, 1], [1, 1], [0, 1]])
    withheld = np.array([[0, 0], [0, 0], [0, 0], [0, 1]])
    found = gaps(values, expected=expected, suppressed=withheld)
    # two of the three expected have the first figure, one of four the second, which is not out yet
    assert found.out.tolist() == [True, False]
    assert found.missing.tolist() == [[False, False], [False, False], [True, False], [False, False]]
    assert not found.suppressed.any()


def test_a_figure_is_as_late_as_it_comes_after_the_median_area():
    days = np.array(["2024-03-01", "2024-03-03", "2024-03-05", "2024-03-06", "2024-04-30", "NaT"], "M8[D]")
    assert lateness(days[:, None])[:, 0].tolist()[:5] == [-4, -2, 0, 1, 56]
    assert np.isnan(lateness(days[:, None])[5, 0])
    assert np.isnan(lateness(days[:4, None])).all()  # four are too few to say what is usual


# copies


def plain_copies(values):
    """Count equal figures with loops."""
    areas, indicators, periods = values.shape
    flags = np.zeros(values.shape, dtype=bool)
    for t in range(1, periods):
        usual, compared = {}, np.zeros((areas, indicators), dtype=bool)
        for i in range(indicators):
            now, before = values[:, i, t], values[:, i, t - 1]
            both = ~np.isnan(now) & ~np.isnan(before)
            if not np.isnan(now).all():
                both &= (now != np.nanmin(now)) & (now != np.nanmax(now))
            if both.sum() >= 5 and (now == before)[both].mean() <= 0.1:
                compared[:, i], usual[i] = both, (now == before)[both].mean()
        for a in range(areas):
            tried = np.flatnonzero(compared[a])
            equal = [i for i in tried if values[a, i, t] == values[a, i, t - 1]]
            if len(equal) >= 3:
                chance = np.mean([usual[i] for i in tried])
                bounded = len(equal) >= len(tried) * chance + 1
                if bounded and stats.binom.sf(len(equal) - 1, len(tried), chance) < 0.001:
                    flags[a, equal, t] = True
    return flags


@pytest.fixture(scope="module")
def returned():
    """Forty areas whose figures seldom stand still, but for one that sends a year's again."""
    rng = np.random.default_rng(3)
    values = rng.integers(0, 200, (40, 12, 5)).astype(float)
    values[rng.random(values.shape) < 0.1] = NAN
    values[7, :9, 3] = values[7, :9, 2]
    values[8, :2, 3] = values[8, :2, 2]  # two are too few to be copied together
    return values


def test_copied_returns_are_found_as_a_plain_loop_finds_them(returned):
    found = copies(returned)
    assert found.flags[7, :, 3].sum() >= 5
    assert not found.flags[8].any()
    np.testing.assert_array_equal(found.flags, plain_copies(returned))


def test_at_the_least_or_greatest_of_all_a_figure_may_stay():
    rng = np.random.default_rng(0)
    values = rng.integers(10, 90, (30, 10, 2)).astype(float)
    values[0] = 0.0  # as it was, and nobody is below it
    found = copies(values)
    assert not found.compared[0].any()
    assert found.tail[0].tolist() == [1.0, 1.0]


def test_what_most_return_unchanged_is_no_copy(returned):
    still = returned.copy()
    still[:, :, 3] = still[:, :, 2]  # nobody moves
    assert not copies(still).flags[:, :, 3].any()


def test_copies_are_flagged_no_more_often_than_is_stated():
    rng = np.random.default_rng(11)
    values = rng.integers(0, 25, (300, 30, 5)).astype(float)  # stand still one time in twenty-five
    flagged = copies(values, false_alarms=0.05).tail[:, 1:] < 0.05
    assert 0.005 < flagged.mean() < 0.05


@few
@given(cubes, st.integers(1, 9), st.integers(-99, 99), st.booleans())
def test_copies_know_neither_unit_nor_polarity(values, scale, shift, flip):
    other = (-1 if flip else 1) * scale * values + shift
    np.testing.assert_array_equal(copies(other).flags, copies(values).flags)


@few
@given(cubes, st.integers(2, 7))
def test_later_periods_change_no_earlier_copy_or_gap(values, until):
    early = values[:, :, :until]
    np.testing.assert_array_equal(copies(values).flags[:, :, :until], copies(early).flags)
    known = {"expected": np.ones(values.shape), "suppressed": np.zeros(values.shape)}
    cut = {name: array[:, :, :until] for name, array in known.items()}
    np.testing.assert_array_equal(gaps(values, **known).missing[:, :, :until], gaps(early, **cut).missing)


# heaps


def test_rounded_counts_are_found_and_their_digits_named():
    rng = np.random.default_rng(5)
    counts = rng.integers(100, 999, (60, 6, 5)).astype(float)
    counts[3] = np.round(counts[3] / 10) * 10
    counts[4] = np.round(counts[4] / 5) * 5
    found = heaps(counts)
    assert np.flatnonzero(found.tail < 0.001).tolist() == [3, 4]
    assert [DIGIT_SETS[found.pile[area]] for area in (3, 4)] == [(0,), (0, 5)]
    assert found.flags[3].sum() == 30
    assert not found.flags[5].any()


def test_the_tail_of_a_heap_is_the_binomial_one():
    rng = np.random.default_rng(6)
    counts = rng.integers(10, 9_999, (50, 20)).astype(float)
    counts[0, :12] = 30
    digit = counts % 10
    least = 1.0
    for pile in DIGIT_SETS:
        inside = np.isin(digit, pile)
        usual = inside.mean()  # of every column, over the areas, then over the columns
        if inside[0].sum() >= 20 * usual + 1:
            least = min(least, stats.binom.sf(inside[0].sum() - 1, 20, usual))
    assert heaps(counts).tail[0] == pytest.approx(11 * least)


def test_what_the_publisher_rounded_is_left_out():
    counts = np.round(np.random.default_rng(7).integers(100, 999, (40, 10)) / 5) * 5
    found = heaps(counts)
    assert not found.compared.any()
    assert found.tail.tolist() == [1.0] * 40


def test_small_counts_and_broken_numbers_have_no_last_digit():
    counts = np.full((8, 3), 5.0)
    counts[:, 1] = 12.5
    assert not heaps(counts).compared.any()


def test_heaps_are_flagged_no_more_often_than_is_stated():
    counts = np.random.default_rng(8).integers(100, 9_999, (600, 60)).astype(float)
    assert (heaps(counts, false_alarms=0.1).tail < 0.1).mean() < 0.1


# jumps


def test_a_jump_worked_by_hand():
    change = np.array([1.0, 2, 3, 4, 5, 30])[:, None] * np.array([[1, 1, 1, 1, 1]])
    change[5, :4] = [4, 3, 4, 3]
    values = np.concatenate([np.zeros((6, 1)), change.cumsum(axis=1)], axis=1)
    size = jumps(values).size
    # last changes 1, 2, 3, 4, 5, 30: median 3.5, distances 2.5, 1.5, 0.5, 0.5, 1.5, 26.5, their median 1.5
    # the area's own distances 0.5, 0.5, 0.5, 0.5, 26.5: median 0.5, so the wider measure is 1.4826 * 1.5
    assert size[5, 5] == pytest.approx(26.5 / (1.4826 * 1.5))
    assert np.argwhere(jumps(values).flags).tolist() == [[5, 5]]


def plain_jumps(values):
    size = np.full(values.shape, NAN)
    for i in range(values.shape[1]):
        change = np.diff(values[:, i], axis=1)
        for a in range(len(values)):
            centred = []
            for t in range(change.shape[1]):
                known = change[~np.isnan(change[:, t]), t]
                centred.append(NAN if np.isnan(change[a, t]) else change[a, t] - np.median(known))
            own = np.abs([one for one in centred if not np.isnan(one)])
            for t in range(change.shape[1]):
                known = change[~np.isnan(change[:, t]), t]
                if np.isnan(change[a, t]) or len(known) < 5 or len(own) < 5:
                    continue
                spread = np.median(np.abs(known - np.median(known)))
                if spread > 0:
                    size[a, i, t + 1] = centred[t] / (1.4826 * max(spread, np.median(own)))
    return size


@settings(max_examples=10, deadline=None)
@given(cubes)
def test_jumps_are_sized_as_a_plain_loop_sizes_them(values):
    np.testing.assert_allclose(jumps(values).size, plain_jumps(values))


@few
@given(cubes, st.integers(1, 9), st.integers(-99, 99))
def test_jumps_know_no_unit_and_turn_with_polarity(values, scale, shift):
    size = jumps(values).size
    np.testing.assert_allclose(jumps(scale * values + shift).size, size)
    np.testing.assert_allclose(jumps(-values).size, -size)


def test_a_jump_that_is_undone_is_told_once():
    values = np.random.default_rng(2).normal(50, 1, (20, 9))
    values[4, 5] = 0.0
    values[6, 5:] = 0.0
    found = jumps(values)
    assert np.argwhere(found.flags).tolist() == [[4, 5], [6, 5]]
    assert np.argwhere(found.returned).tolist() == [[4, 5]]


def test_an_area_that_always_jumps_does_not_jump():
    values = np.random.default_rng(4).normal(50, 1, (20, 9))
    values[4, ::2] += 40
    assert not jumps(values).flags[4].any()


def test_amounts_are_compared_in_proportion():
    sizes = np.array([20, 20, 50, 100, 200, 400, 800, 1_600.0])
    years = np.random.default_rng(9).normal(1, 0.03, (8, 9))
    values = sizes[:, None] * years
    values[7, 6], values[2, 6] = 1_760, 150  # a tenth more, and three times as much
    scaled = in_proportion(values, amounts=np.ones((), dtype=bool))
    assert np.flatnonzero(jumps(scaled).flags[:, 6]).tolist() == [2]
    assert np.flatnonzero(jumps(values).flags[:, 6]).tolist() != [2]
    np.testing.assert_array_equal(in_proportion(values, amounts=np.zeros((), dtype=bool)), values)


# revisions


def test_a_revision_is_measured_by_the_usual_one():
    first = np.full((11, 1, 2), 40.0)
    last = first.copy()
    last[:10, 0, 0] += [1, -1, 2, -2, 3, 3, 2, 2, 1, 30]
    found = revisions(first, last)
    # sizes 1, 1, 1, 2, 2, 2, 2, 3, 3, 30: median 2
    assert found.size[9, 0, 0] == pytest.approx(30 / (1.4826 * 2))
    assert np.argwhere(found.flags).tolist() == [[9, 0, 0]]
    assert found.size[10, 0, 0] == 0.0
    assert np.isnan(revisions(first[:9], last[:9]).size).all()  # nine are too few


@few
@given(cubes, cubes, st.integers(1, 9), st.integers(-99, 99))
def test_revisions_know_no_unit(first, last, scale, shift):
    there = ~np.isnan(first) & ~np.isnan(last)
    first, last = np.where(there, first, NAN), np.where(there, last, NAN)
    other = revisions(scale * first + shift, scale * last + shift)
    np.testing.assert_allclose(other.size, revisions(first, last).size)


# all together


def test_a_score_worked_by_hand():
    values = np.random.default_rng(1).normal(50, 2, (12, 4, 7))
    values[2, 1, 6] = NAN
    values[3, 0, 6] += 900
    withheld = np.zeros(values.shape, dtype=bool)
    withheld[3, 2, 6], values[3, 2, 6] = True, NAN
    days = np.full(values.shape, np.datetime64("2024-11-30"))
    days[2, 0, 6] = np.datetime64("2025-01-01")
    found = data_quality(values, expected=~withheld, suppressed=withheld, known_on=days)
    # one of four missing and one late; one of three, the fourth being suppressed, out of proportion
    assert found.score[2, 6] == pytest.approx(100 * (1 - 1.5 / 4))
    assert found.score[3, 6] == pytest.approx(100 * (1 - 0.5 / 3))
    assert found.score[5].tolist() == [100.0] * 7
    chosen = np.zeros((4, 7), dtype=bool)
    chosen[:2, 6] = True
    assert found.score_of(chosen)[2] == pytest.approx(25.0)


def test_a_revision_is_held_against_the_two_figures_after_it():
    first = np.random.default_rng(1).normal(50, 2, (20, 1, 8))
    last = first.copy()
    last[:12, 0, 1] += 1
    last[4, 0, 3] += 40
    assert data_quality(last, first=first).revised[4, 0].tolist() == [False] * 3 + [True] * 3 + [False] * 2


def test_where_nothing_was_expected_there_is_no_score():
    assert np.isnan(data_quality(np.full(SHAPE, NAN)).score).all()


@few
@given(cubes, st.permutations(range(SHAPE[0])))
def test_the_order_of_areas_does_not_matter(values, order):
    found, turned = data_quality(values), data_quality(values[order])
    np.testing.assert_array_equal(turned.remarked, found.remarked[order])
    np.testing.assert_array_equal(turned.score, found.score[order])


@few
@given(cubes)
def test_any_axes_may_stand_between_areas_and_periods_and_nothing_is_changed(values):
    before = values.copy()
    found, folded = copies(values), copies(values.reshape(9, 2, 2, 8))
    np.testing.assert_array_equal(folded.tail, found.tail)
    np.testing.assert_array_equal(folded.flags.reshape(SHAPE), found.flags)
    folded_jumps = jumps(values.reshape(9, 2, 2, 8))
    np.testing.assert_array_equal(folded_jumps.flags.reshape(SHAPE), jumps(values).flags)
    np.testing.assert_array_equal(jumps(values[:, 0]).size, jumps(values).size[:, 0])
    data_quality(values)
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize("shape", [(0, 3, 4), (6, 0, 4), (6, 3, 0), (1, 1, 1)])
def test_empty_and_lonely_cubes_stand(shape):
    found = data_quality(np.full(shape, 50.0))
    assert found.remarked.shape == shape
    assert not found.remarked.any()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: copies([1.0, 2.0]), r"shape is \(2,\)"),
        (lambda: jumps([[np.inf, 1.0]]), "1 of its numbers are infinite"),
        (lambda: copies([[1.0, 2.0]], false_alarms=1.5), "between 0 and 1"),
        (lambda: jumps([[1.0, 2.0]], threshold=0), "above 0"),
        (lambda: revisions([[1.0]], [[1.0, 2.0]]), r"last: the shape \(1, 1\) is wanted"),
        (lambda: data_quality(np.zeros(SHAPE), known_on=np.zeros((9, 4, 7), "M8[D]")), "known_on: the shape"),
    ],
    ids=["one axis", "infinite", "share", "threshold", "shapes", "dates"],
)
def test_what_cannot_be_looked_at_is_refused(call, said):
    with pytest.raises(ConfigError, match=said):
        call()
