import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.reports.control import Points, control_chart, sparkline

NAN = float("nan")


def points(value, *, lower=2.0, upper=10.0, signals=None, first=2015):
    size = len(value)
    return Points(
        ends=np.array([f"{first + year}-03-31" for year in range(size)], dtype="datetime64[D]"),
        value=np.array(value, dtype=float),
        lower=np.full(size, lower),
        mean=np.full(size, (lower + upper) / 2),
        upper=np.full(size, upper),
        signals=signals or [""] * size,
        status=["ok"] * size,
    )


def test_a_small_line_worked_by_hand():
    # 2015 to 2017 lie 365 + 366 days apart, so the middle one at 4 + 365 / 731 * 142 = 75 of 4 to 146;
    # values from 2 to 15 fill 31 up to 5: 2 -> 31, 6 -> 23, 10 -> 15, 15 -> 5
    drawn = sparkline(points([6.0, 10.0, 15.0], signals=["", "", "beyond"], first=2014), "Three figures")
    assert '<path class="v" d="M4 15H146V31H4z"/>' in drawn
    assert '<path class="k" d="M4 23H146"/>' in drawn
    assert 'd="M4 23h0L75 15L146 5"' in drawn
    assert '<path class="s" d="M146 1l4 4-4 4-4-4z"/>' in drawn
    assert "<title>Three figures</title>" in drawn


def test_limits_that_change_are_drawn_as_steps():
    moved = points([3.0, 4.0, 8.0, 9.0])
    moved.mean[2:] = 8.0
    drawn = sparkline(moved, "")
    assert drawn.count("V") == 2  # one step of the mean, one side of the one box


def test_a_gap_is_not_bridged():
    drawn = sparkline(points([3.0, NAN, 5.0, 6.0]), "")
    assert drawn.count("h0") == 2


def test_without_a_figure_nothing_is_drawn():
    assert sparkline(points([NAN, NAN], lower=NAN, upper=NAN), "") == ""
    assert "No figure was known" in control_chart(points([NAN]), "Agency", "percent", "median")


@pytest.mark.parametrize(
    ("value", "signals", "words"),
    [
        pytest.param([5.0] * 3, None, "within its usual variation", id="usual"),
        pytest.param(
            [5.0] * 2 + [12.0], ["", "", "beyond+side"], "a signal: beyond the limits;", id="signal"
        ),
        pytest.param([5.0] * 3, None, "provisional: they rest on 3 figures", id="few"),
    ],
)
def test_a_chart_says_what_it_shows(value, signals, words):
    chart = control_chart(points(value, signals=signals), "Agency", "percent", "median of all areas")
    assert chart.count(words) == 2  # to be read, and to be heard
    assert chart.count("<tr>") == 1 + len(value)


def test_with_enough_figures_limits_are_not_provisional():
    chart = control_chart(points([5.0, 6.0] * 6), "Agency", "percent", "median of all areas")
    assert "provisional" not in chart


def test_without_limits_that_is_said():
    chart = control_chart(points([5.0, 6.0], lower=NAN, upper=NAN), "Agency", "percent", "median")
    assert "too few figures for limits" in chart


@settings(max_examples=50)
@given(st.lists(st.floats(-1e6, 1e6) | st.just(NAN), min_size=1, max_size=20))
def test_whatever_the_figures_are_everything_is_drawn_inside(value):
    drawn = str(sparkline(points(value), ""))
    places = re.findall(r"[ML](-?\d+) (-?\d+)", drawn)
    assert len(places) >= np.isfinite(value).sum()
    for x, y in places:
        assert 0 <= int(x) <= 150
        assert 0 <= int(y) <= 36
