import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from earlywarn.errors import ConfigError
from earlywarn.signals.moving_apart import moves_apart

FIGURES = hnp.arrays(float, (2, 11, 4), elements=st.one_of(st.integers(0, 500).map(float), st.just(np.nan)))


def plain(x, y, span):
    """Score every area and time with plain loops."""
    areas, times = x.shape
    scores = np.full((areas, times), np.nan)

    def moves(figures, area, time):
        now, before = figures[area, time], figures[area, time - span]
        return math.log(now / before) if now > 0 and before > 0 else math.nan

    def spread(changes):
        known = [change for change in changes if not math.isnan(change)]
        if len(known) < 10:
            return math.nan
        centre = np.median(known)
        return 1.4826 * np.median([abs(change - centre) for change in known])

    for time in range(span, times):
        rises = [moves(x, area, time) for area in range(areas)]
        falls = [-moves(y, area, time) for area in range(areas)]
        usual = spread(rises), spread(falls)
        if not min(usual) > 1e-9:
            continue
        for area in range(areas):
            rise, fall = rises[area] / usual[0], falls[area] / usual[1]
            if math.isnan(rise) or math.isnan(fall):
                continue
            if rise > 0 and fall > 0:
                scores[area, time] = min(rise, fall)
            elif rise < 0 and fall < 0:
                scores[area, time] = max(rise, fall)
            else:
                scores[area, time] = 0
    return scores


def test_worked_by_hand():
    # demand: logs of 1.2, 1.04, 1.1, 0.96: 0.182, 0.039, 0.095, -0.041; median 0.067, spread 1.4826 x 0.068
    # workers: logs turned round are 0.105, -0.020, 0.041, -0.039; median 0.0105, spread 1.4826 x 0.0400
    demand = [[100, 120], [100, 104], [100, 110], [100, 96]]
    workers = [[50, 45], [50, 51], [50, 48], [50, 52]]
    told = moves_apart(demand, workers, least=4)
    assert np.isnan(told.score[:, 0]).all()
    assert told.score[:, 1] == pytest.approx([1.777, 0, 0.688, -0.404], abs=2e-3)
    assert told.rise[0, 1] == pytest.approx(math.log(1.2))
    assert told.fall[0, 1] == pytest.approx(math.log(50 / 45))


@settings(max_examples=10)
@given(FIGURES, st.integers(1, 3))
def test_it_agrees_with_plain_loops(figures, span):
    told = moves_apart(*figures, span=span).score
    np.testing.assert_allclose(told, plain(*figures, span), rtol=1e-9, atol=1e-12)


@settings(max_examples=10)
@given(FIGURES, st.integers(1, 9), st.integers(1, 9))
def test_neither_unit_matters(figures, scale_x, scale_y):
    told = moves_apart(*figures).score
    other = moves_apart(scale_x * figures[0], scale_y * figures[1]).score
    np.testing.assert_allclose(other, told, rtol=1e-6, atol=1e-6)


@settings(max_examples=10)
@given(FIGURES)
def test_the_two_figures_exchanged_turn_the_score_round(figures):
    np.testing.assert_allclose(
        moves_apart(figures[1], figures[0]).score, -moves_apart(*figures).score, rtol=1e-9, atol=1e-9
    )


@settings(max_examples=10)
@given(FIGURES, st.permutations(range(11)))
def test_the_order_of_areas_does_not_matter(figures, order):
    order = list(order)
    told, other = moves_apart(*figures).score, moves_apart(*figures[:, order]).score
    np.testing.assert_array_equal(other, told[order])


@settings(max_examples=10)
@given(FIGURES)
def test_later_times_change_nothing_earlier(figures):
    np.testing.assert_array_equal(moves_apart(*figures[:, :, :3]).score, moves_apart(*figures).score[:, :3])


def test_many_at_once_are_each_alone():
    figures = np.random.default_rng(2).uniform(50, 150, size=(2, 3, 12, 4))
    told = moves_apart(*figures)
    np.testing.assert_array_equal(told.score[1], moves_apart(*figures[:, 1]).score)
    assert told.score.shape == (3, 12, 4)


def test_both_have_to_move_and_apart():
    rng = np.random.default_rng(4)
    before = np.full((12, 1), 100.0)
    x, y = (np.hstack([before, before * rng.uniform(0.9, 1.1, size=(12, 1))]) for _ in "xy")
    x[:3, 1], y[:3, 1] = [200, 200, 50], [100, 150, 60]
    assert moves_apart(x, y).score[:3, 1].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"span": 0}, "a span of at least 1"),
        ({"least": 2}, "at least 3 areas"),
        ({"x": [1, 2], "y": [2, 1]}, r"want the shape \(..., area, time\)"),
        ({"y": [[1, 2, 3]]}, "one shape"),
    ],
)
def test_it_says_what_it_wants(asked, match):
    figures = {"x": [[1, 2], [2, 1]], "y": [[1, 2], [2, 1]]} | asked
    with pytest.raises(ConfigError, match=match):
        moves_apart(figures.pop("x"), figures.pop("y"), **figures)
