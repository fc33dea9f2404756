import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.errors import ConfigError
from earlywarn.signals.control_chart import xmr
from earlywarn.signals.control_rules import RULES

NIST_FLOW_RATES = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]  # e-Handbook 6.3.2.2
SEED_123 = [  # R's set.seed(123); rnorm(20): the example in the tests of NHSRplotthedots
    -0.56047565, -0.23017749, 1.55870831, 0.07050839, 0.12928774, 1.71506499, 0.46091621,
    -1.26506123, -0.68685285, -0.44566197, 1.22408180, 0.35981383, 0.40077145, 0.11068272,
    -0.55584113, 1.78691314, 0.49785048, -1.96661716, 0.70135590, -0.47279141,
]  # fmt: skip
FIGURES = st.lists(st.integers(-9, 9), min_size=1, max_size=18)
GAPPY = st.lists(st.one_of(st.integers(-6, 6), st.just(np.nan)), min_size=1, max_size=18)
MANY = settings(max_examples=40, deadline=None)


def test_worked_by_hand():
    # moving ranges 2 1 2 1 2 3 29, mean 40/7, times 3.267 is 18.7: without 29 their mean is 11/6; mean 123/8
    chart = xmr([10, 12, 11, 13, 12, 14, 11, 40], improvement="lower", target=20)
    assert chart.mean == pytest.approx(15.375)
    assert chart.moving_range == pytest.approx(11 / 6)
    assert chart.lower == pytest.approx(15.375 - 2.66 * 11 / 6)
    assert chart.upper == pytest.approx(15.375 + 2.66 * 11 / 6)  # 20.25
    assert chart.rules["beyond"].nonzero()[0].tolist() == [0, 7]  # 10 is below 10.498
    assert chart.rules["side"].nonzero()[0].tolist() == [6]
    assert chart.rules["two_of_three"].nonzero()[0].tolist() == [1, 2, 4, 6]  # 12 is below 12.124, 13 is not
    assert chart.signals.nonzero()[0].tolist() == [0, 1, 2, 4, 6, 7]
    assert chart.marked.nonzero()[0].tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert chart.direction.tolist() == [-1, -1, -1, 0, -1, 0, -1, 1]
    assert (chart.variation, chart.assurance, chart.run, chart.points) == ("concerning", "inconsistent", 1, 8)
    assert chart.provisional


def test_without_screening_the_limits_are_wider():
    chart = xmr([10, 12, 11, 13, 12, 14, 11, 40], screen=False)
    assert chart.upper[-1] == pytest.approx(15.375 + 2.66 * 40 / 7)


def test_published_example_of_nist():
    chart = xmr(NIST_FLOW_RATES)
    assert chart.mean[0] == pytest.approx(50.81)
    assert chart.moving_range[0] == pytest.approx(1.8778, abs=5e-5)
    assert (chart.lower[0], chart.upper[0]) == pytest.approx((45.8159, 55.8041), abs=2e-3)  # 3 / 1.128 there
    assert not chart.signals.any()


def test_published_example_of_the_nhs():
    chart = xmr(SEED_123)
    assert [round(float(line[0]), 3) for line in (chart.lower, chart.mean, chart.upper)] == [
        -3.011,
        0.142,
        3.295,
    ]
    assert not chart.marked.any()


def test_two_near_opposite_limits_are_no_signal():
    # the NHS package's own case: symmetrical figures, then one near each limit
    assert not xmr([1, -1] * 7 + [5.5, -5.5]).rules["two_of_three"].any()


@pytest.mark.parametrize(
    ("rule", "later", "holds", "marked"),
    [
        pytest.param("beyond", [2.66], [], [], id="on the limit"),
        pytest.param("beyond", [2.67, 0, -3], [0, 2], [0, 2], id="beyond either limit"),
        pytest.param("side", [1, 2, 1, 2, 1, 2], [], [], id="six on one side"),
        pytest.param("side", [1, 2, 1, 2, 1, 2, 1, 2], [6, 7], range(8), id="eight on one side"),
        pytest.param("side", [1, 2, 1, 0, 1, 2, 1, 2], [], [], id="one on the mean ends a run"),
        pytest.param("trend", [-2, -1, 0, 1, 2, 3], [], [], id="six rising"),
        pytest.param("trend", [-3, -2, -1, 0, 1, 2, 3, -9], [6], range(7), id="seven rising"),
        pytest.param("trend", [4, 3, 2, 1, 0, -1, -2], [6], range(7), id="seven falling"),
        pytest.param("trend", [-3, -2, -1, -1, 0, 1, 2, 3], [], [], id="an equal figure ends a trend"),
        pytest.param("two_of_three", [2, 2.5], [1], [0, 1], id="the second of two"),
        pytest.param("two_of_three", [2, -1, 2], [2], [0, 2], id="the third between on the other side"),
        pytest.param("two_of_three", [2, 3], [1], [0, 1], id="beyond the limit counts"),
        pytest.param("two_of_three", [-2, 2], [], [], id="opposite sides"),
        pytest.param("two_of_three", [2, 0, 0, 2], [], [], id="two of four"),
        pytest.param("two_of_three", [2.66 * 2 / 3, 2], [], [], id="just two thirds of the way"),
    ],
)
def test_rules_on_limits_of_266_either_side_of_nought(rule, later, holds, marked):
    baseline = [0.5, -0.5] * 6  # mean 0, moving ranges 1
    chart = xmr([*baseline, 0, *later], baseline=12)
    assert chart.upper[-1] == pytest.approx(2.66)
    assert (chart.rules[rule].nonzero()[0] - 13).tolist() == holds
    assert (chart.marked_rules[rule].nonzero()[0] - 13).tolist() == list(marked)


@pytest.mark.parametrize("values", [[0.1] * 13, [0.1 + 0.2, 0.3] * 7, [1e9 + 1 / 3] * 13, [0.0] * 13])
def test_what_never_varies_has_no_signal(values):
    chart = xmr(values)
    assert not chart.marked.any()
    assert chart.variation == "common"
    assert chart.upper == pytest.approx(chart.lower)


def test_limits_without_width_let_any_other_figure_stand_out():
    chart = xmr([4] * 12 + [4.01, 4, 3.9], baseline=12)
    assert chart.rules["beyond"].nonzero()[0].tolist() == [12, 14]


def test_a_rebase_starts_mean_limits_and_runs_anew():
    chart = xmr([1, 2, 1, 2, 11, 12, 11, np.nan, 12, 11, 12, 11], rebase=[4])
    assert chart.mean.tolist() == [1.5] * 4 + [pytest.approx(80 / 7)] * 8
    assert chart.moving_range.tolist() == [1.0] * 12
    assert not chart.rules["beyond"].any()
    assert chart.run == 1
    assert xmr([1, 2, 1, 2, 11, 12]).mean[0] == pytest.approx(29 / 6)  # never unasked


def test_series_may_be_rebased_each_in_its_own_place():
    values = np.array([[1, 2, 1, 5, 6, 5], [1, 2, 1, 5, 6, 5]])
    starts = np.zeros(values.shape, dtype=bool)
    starts[0, 3] = True
    chart = xmr(values, rebase=starts)
    assert chart.mean[0].tolist() == [pytest.approx(4 / 3)] * 3 + [pytest.approx(16 / 3)] * 3
    assert chart.mean[1] == pytest.approx(20 / 6)


def test_a_frozen_baseline_counts_anew_after_a_rebase():
    chart = xmr([1, 3, 9, 10, 14, 90], baseline=2, rebase=[3])
    assert chart.mean.tolist() == [2, 2, 2, 12, 12, 12]
    assert chart.moving_range.tolist() == [2, 2, 2, 4, 4, 4]


def test_a_baseline_may_be_picked():
    chosen = [True, True, False, True, True, False]
    chart = xmr([1, 3, 99, 5, 6, 99], baseline=chosen)  # 3 to 5 is no moving range: 99 lies between
    assert chart.mean[0] == pytest.approx(15 / 4)
    assert chart.moving_range[0] == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("last", "improvement", "variation"),
    [
        (9, "lower", "concerning"),
        (9, "higher", "improving"),
        (9, None, "neither_high"),
        (-9, "lower", "improving"),
        (-9, "higher", "concerning"),
        (-9, None, "neither_low"),
        (0.5, "higher", "common"),
        (np.nan, "higher", "common"),
    ],
)
def test_variation_names_the_last_figure(last, improvement, variation):
    assert xmr([0.5, -0.5] * 6 + [last], baseline=12, improvement=improvement).variation == variation


def test_a_rising_trend_below_the_mean_points_upwards():
    # as on the NHS's charts: beyond, then trend, then two of three, then side give the direction
    chart = xmr([0.5, -0.5] * 6 + [-1.5, -1.4, -1.3, -1.2, -1.1, -1.0, -0.9, -0.8], baseline=12)
    assert chart.rules["side"][-1]
    assert chart.direction[-1] == 1


@pytest.mark.parametrize(
    ("target", "lower", "higher"),
    [
        (2.67, "passing", "failing"),
        (2.66, "inconsistent", "inconsistent"),
        (-2.66, "inconsistent", "inconsistent"),
        (-2.67, "failing", "passing"),
        (None, "", ""),
        (np.nan, "", ""),
    ],
)
def test_assurance_asks_whether_usual_variation_meets_the_target(target, lower, higher):
    values = [1, 0] * 6 + [0.5]  # limits 0.5 ± 2.66
    goal = None if target is None else target + 0.5
    assert xmr(values, baseline=12, improvement="lower", target=goal).assurance == lower
    assert xmr(values, baseline=12, improvement="higher", target=goal).assurance == higher
    assert xmr(values, baseline=12, target=goal).assurance == ""


def test_directions_and_targets_may_differ_between_series():
    values = np.array([[1, 0] * 6 + [9]] * 3).reshape(1, 3, 13)
    chart = xmr(values, baseline=12, improvement=["lower", "higher", None], target=[5, np.nan, 5])
    assert chart.variation.tolist() == [["concerning", "improving", "neither_high"]]
    assert chart.assurance.tolist() == [["passing", "", ""]]


@pytest.mark.parametrize(("figures", "provisional"), [(11, True), (12, False)])
def test_limits_from_fewer_than_twelve_figures_are_provisional(figures, provisional):
    assert xmr([np.nan, *range(figures)]).provisional == provisional
    assert xmr(np.arange(30.0), baseline=figures).provisional == provisional


@MANY
@given(GAPPY, st.integers(2, 9), st.booleans())
def test_a_plain_loop_agrees(values, frozen, rebased):
    rebase = [len(values) // 2] if rebased and len(values) > 1 else []
    for baseline in (None, frozen):
        chart = xmr(values, baseline=baseline, rebase=rebase)
        expected = by_loop(values, baseline, rebase)
        for name, found in expected.items():
            ours = getattr(chart, name, None) if name not in RULES else chart.rules[name]
            np.testing.assert_allclose(ours, found, atol=1e-9, err_msg=name)


@MANY
@given(FIGURES, st.lists(st.integers(-30, 30), max_size=12), st.integers(2, 12))
def test_later_figures_change_no_earlier_signal_when_the_baseline_is_frozen(early, later, frozen):
    early = early + [0] * max(0, frozen - len(early))
    before, after = xmr(early, baseline=frozen), xmr(early + later, baseline=frozen)
    assert after.signals[: len(early)].tolist() == before.signals.tolist()
    for rule in RULES:
        assert after.rules[rule][: len(early)].tolist() == before.rules[rule].tolist()
    np.testing.assert_array_equal(after.upper[: len(early)], before.upper)


@MANY
@given(GAPPY, st.sampled_from([0.01, 0.1, 3, 1e6]), st.integers(-1000, 1000))
def test_the_unit_does_not_matter(values, scale, shift):
    plain, other = xmr(values, target=2), xmr(np.array(values) * scale + shift, target=2 * scale + shift)
    np.testing.assert_array_equal(other.marked, plain.marked)
    np.testing.assert_array_equal(other.signals, plain.signals)
    np.testing.assert_allclose(other.upper, plain.upper * scale + shift, rtol=1e-9, atol=1e-9)
    assert (other.variation, other.assurance, other.run) == (plain.variation, plain.assurance, plain.run)


@MANY
@given(GAPPY)
def test_turning_the_scale_swaps_improving_and_concerning_and_mirrors_the_limits(values):
    plain = xmr(values, improvement="lower", target=1)
    turned = xmr(np.negative(values), improvement="lower", target=-1)
    other = xmr(np.negative(values), improvement="higher", target=-1)
    swap = {"improving": "concerning", "concerning": "improving"}
    assert other.variation == plain.variation
    assert other.assurance == plain.assurance
    assert turned.variation == swap.get(str(plain.variation), plain.variation)
    np.testing.assert_allclose(turned.lower, -plain.upper)
    np.testing.assert_array_equal(turned.direction, -plain.direction)


@MANY
@given(st.lists(st.lists(st.integers(-6, 6), min_size=9, max_size=9), min_size=2, max_size=5), st.randoms())
def test_series_know_nothing_of_each_other(rows, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    together, shuffled = xmr(rows), xmr([rows[place] for place in order])
    np.testing.assert_array_equal(shuffled.signals, together.signals[order])
    np.testing.assert_array_equal(shuffled.upper, together.upper[order])
    for row, alone in enumerate(map(xmr, rows)):
        np.testing.assert_array_equal(together.signals[row], alone.signals)


@MANY
@given(FIGURES, st.data())
def test_a_gap_changes_nothing(values, data):
    place = data.draw(st.integers(0, len(values)))
    plain, gappy = xmr(values), xmr([*values[:place], np.nan, *values[place:]])
    for name in ("signals", "marked", "upper", "direction"):
        np.testing.assert_array_equal(np.delete(getattr(gappy, name), place), getattr(plain, name))
    assert not gappy.marked[place]
    assert gappy.points == plain.points


def test_time_may_run_along_any_axis_and_the_input_is_not_changed():
    cube = np.random.default_rng(4).normal(size=(3, 13, 2))
    cube[1, 4, 0] = np.nan
    kept = cube.copy()
    chart = xmr(cube, axis=1, improvement=["lower", "higher"])
    last = xmr(np.moveaxis(cube, 1, -1), improvement=["lower", "higher"])
    np.testing.assert_array_equal(chart.signals, np.moveaxis(last.signals, -1, 1))
    np.testing.assert_array_equal(chart.lower, np.moveaxis(last.lower, -1, 1))
    assert chart.variation.shape == (3, 2)
    np.testing.assert_array_equal(cube, kept)


@pytest.mark.parametrize("values", [[], [np.nan] * 4, np.empty((0, 5)), np.empty((2, 0))], ids=str)
def test_nothing_to_see_is_no_error(values):
    chart = xmr(values, improvement="lower", target=1)
    assert not chart.signals.any()
    assert np.isnan(chart.mean).all()
    assert set(np.ravel(chart.variation)) <= {""}
    assert np.all(chart.points == 0)


def test_one_figure_has_a_mean_but_no_limits():
    chart = xmr([np.nan, 5], target=3, improvement="lower")
    assert chart.mean.tolist() == [5, 5]
    assert np.isnan(chart.upper).all()
    assert (chart.variation, chart.assurance) == ("common", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"values": ["a", "b"]}, "values must be numbers"),
        ({"values": 3.0}, "have no axis -1"),
        ({"values": [1, 2], "axis": 1}, "have no axis 1"),
        ({"values": [1, np.inf]}, "1 are infinite"),
        (
            {"values": [1, 2], "improvement": "up"},
            "improvement: expected 'lower', 'higher' or None, found 'up'",
        ),
        (
            {"values": [1, 2], "improvement": ["lower", "higher"]},
            "improvement: expected one, or one for each series",
        ),
        ({"values": [1, 2], "target": [1, 2]}, "target has shape"),
        ({"values": [1, 2], "target": "many"}, "target must be a number"),
        ({"values": [1, 2], "baseline": 1}, "baseline must be a whole number of at least 2"),
        ({"values": [1, 2], "baseline": True}, "baseline must be a whole number"),
        ({"values": [1, 2], "baseline": [True]}, None),
        ({"values": [1, 2], "baseline": [True] * 3}, "baseline has shape"),
        ({"values": [1, 2], "rebase": [2]}, "rebase must hold positions from 1 to 1"),
        ({"values": [1, 2, 3], "rebase": [1.5, -1]}, "but holds 1.5, -1.0"),
        ({"values": [1, 2], "rebase": [True] * 3}, "rebase has shape"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(arguments, words):
    if words is None:
        assert xmr(**arguments).points == 2
        return
    with pytest.raises(ConfigError, match=words):
        xmr(**arguments)


def by_loop(values, baseline, rebase):
    """The definitions once more, a figure at a time."""
    size = len(values)
    found = {name: [0.0] * size for name in RULES} | {
        name: [np.nan] * size for name in ("lower", "mean", "upper")
    }
    for begin, end in zip([0, *rebase], [*rebase, size], strict=True):
        places = [place for place in range(begin, end) if not np.isnan(values[place])]
        figures = [values[place] for place in places]
        used = figures if baseline is None else figures[:baseline]
        if not used:
            continue
        mean = sum(used) / len(used)
        ranges = [abs(later - earlier) for earlier, later in itertools.pairwise(used)]
        half = np.nan
        if ranges:
            kept = [width for width in ranges if not width > 3.267 * sum(ranges) / len(ranges)]
            half = 2.66 * sum(kept) / len(kept)
        for place in range(begin, end):
            found["lower"][place], found["mean"][place], found["upper"][place] = (
                mean - half,
                mean,
                mean + half,
            )
        for rank, place in enumerate(places):
            off = [round(figure - mean, 9) for figure in figures[: rank + 1]]
            seven = off[-7:]
            found["beyond"][place] = abs(off[-1]) > round(half, 9)
            found["side"][place] = len(seven) == 7 and (min(seven) > 0 or max(seven) < 0)
            steps = np.diff(figures[max(0, rank - 6) : rank + 1])
            found["trend"][place] = len(steps) == 6 and (min(steps) > 0 or max(steps) < 0)
            third = round(half * 2 / 3, 9)
            three = off[-3:]
            high, low = sum(x > third for x in three), sum(x < -third for x in three)
            found["two_of_three"][place] = (high >= 2 and off[-1] > third) or (low >= 2 and off[-1] < -third)
    return found
