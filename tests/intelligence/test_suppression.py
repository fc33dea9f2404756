import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from earlywarn.intelligence.suppression import suppressed_table, with_totals

COUNTS = arrays(
    np.int64,
    st.tuples(st.integers(1, 5), st.integers(1, 5)),
    elements=st.one_of(st.integers(0, 3), st.integers(0, 40)),
)


def bounds(shown):
    """The least and greatest value that the table allows each hidden count, by linear programmes.

    The reader knows that parts add up to totals, and that no hidden count is below 1.
    """
    height, width = shown.shape
    hidden = np.argwhere(np.isnan(shown))
    number = {tuple(place): index for index, place in enumerate(hidden)}
    lines = [[(row, column) for column in range(width)] for row in range(height)]
    lines += [[(row, column) for row in range(height)] for column in range(width)]
    rows, sums = [], []
    for line in lines:
        *parts, total = line
        weights, known = np.zeros(len(hidden)), 0.0
        for place, sign in [*((part, 1) for part in parts), (total, -1)]:
            if place in number:
                weights[number[place]] += sign
            else:
                known += sign * shown[place]
        rows.append(weights)
        sums.append(-known)
    found = []
    for index in range(len(hidden)):
        target = np.eye(len(hidden))[index]
        ends = [linprog(sign * target, A_eq=rows, b_eq=sums, bounds=(1, None)) for sign in (1, -1)]
        least = ends[0].fun
        most = np.inf if ends[1].status == 3 else -ends[1].fun  # 3: without end
        found.append((least, most))
    return found


@given(counts=COUNTS)
def test_no_hidden_count_can_be_worked_out(counts):
    shown = suppressed_table(pd.DataFrame(counts)).to_numpy()
    for least, most in bounds(shown):
        assert most - least > 0.99


@given(counts=COUNTS, threshold=st.integers(0, 12))
def test_what_is_shown_is_true_and_no_small_count_is_shown(counts, threshold):
    table = with_totals(pd.DataFrame(counts)).to_numpy()
    shown = suppressed_table(pd.DataFrame(counts), threshold=threshold).to_numpy()
    seen = ~np.isnan(shown)
    assert (shown[seen] == table[seen]).all()
    assert not ((table[seen] > 0) & (table[seen] < threshold)).any()
    assert seen[table == 0].all()
    if not ((table > 0) & (table < threshold)).any():
        assert seen.all()


def test_worked_by_hand():
    # 2 is small; a row and a column with one hidden count each would give it away, so a rectangle is hidden:
    # of those through 2, that with 9 and 6 and 7 costs 22, the one with 9, 30, 40 costs 79
    counts = pd.DataFrame([[2, 9, 30], [6, 7, 40], [50, 60, 70]])
    hidden = suppressed_table(counts).isna().to_numpy()
    assert np.argwhere(hidden).tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_two_ones_that_add_up_to_two_are_not_enough():
    # a reader who knows that no zero is hidden would read 1 and 1 off their total of 2
    counts = pd.DataFrame([[1, 1, 20], [30, 30, 30]])
    shown = suppressed_table(counts).to_numpy()
    assert all(most > least for least, most in bounds(shown))


@pytest.mark.parametrize("shape", [(0, 0), (0, 1), (1, 0)])
def test_an_empty_table_is_shown(shape):
    table = suppressed_table(pd.DataFrame(np.zeros(shape, dtype=int)))
    assert table.shape == (shape[0] + 1, shape[1] + 1)
    assert (table.to_numpy() == 0).all()


def test_a_table_of_many_areas_is_done_in_a_moment_and_is_the_same_each_time():
    counts = pd.DataFrame(np.random.default_rng(7).poisson(1.5, (150, 21)))
    first, second = suppressed_table(counts), suppressed_table(counts)
    pd.testing.assert_frame_equal(first, second)
    assert first.isna().to_numpy().any()
