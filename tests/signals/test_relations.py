import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from earlywarn.errors import ConfigError
from earlywarn.signals import relations
from earlywarn.signals.relations import conversion, unusual_pair

COUNTS = st.tuples(st.integers(0, 400), st.integers(1, 900))
WHOLE = st.integers(-999, 999)


def pairs(least=10, most=14):
    """Draw the figures of areas: whole numbers, so that there are ties, and a few gaps."""
    return st.integers(least, most).flatmap(
        lambda areas: hnp.arrays(float, (2, areas), elements=st.one_of(WHOLE.map(float), st.just(np.nan)))
    )


def same(told, other):
    for name in ("expected", "score", "low", "high", "slope", "intercept"):
        np.testing.assert_allclose(getattr(told, name), getattr(other, name), rtol=1e-9, atol=1e-9)


# conversion


def test_a_part_of_a_whole_has_wilsons_interval_worked_by_hand():
    # 3 of 12, z = 1.96: (0.25 + 0.16007 -+ 1.96 sqrt(0.015625 + 0.0066695)) / 1.32013
    value, lower, upper = conversion(3, 12, part=True)
    assert (value, lower, upper) == pytest.approx((25.0, 8.894, 53.231), abs=5e-3)


@settings(max_examples=25)
@given(COUNTS)
def test_a_part_of_a_whole_agrees_with_statsmodels(counts):
    part, whole = min(counts), max(counts)
    told = conversion(part, whole, part=True, multiplier=1, confidence=0.9)
    lower, upper = proportion_confint(part, whole, alpha=0.1, method="wilson")
    assert (told.lower, told.upper) == pytest.approx((lower, upper), abs=1e-12)


@settings(max_examples=15)
@given(COUNTS)
def test_two_counts_of_their_own_agree_with_the_exact_binomial_test(counts):
    later, earlier = counts
    told = conversion(later, earlier, multiplier=1)
    share = stats.binomtest(later, later + earlier).proportion_ci(0.95, method="exact")
    assert told.value == pytest.approx(later / earlier)
    assert told.lower == pytest.approx(share.low / (1 - share.low), rel=1e-6)
    assert told.upper == pytest.approx(share.high / (1 - share.high), rel=1e-6)


def test_more_of_the_later_than_of_the_earlier_is_allowed_unless_it_is_a_part():
    assert conversion(30, 20).value == pytest.approx(150)
    with pytest.raises(ConfigError, match="30 of 20"):
        conversion(30, 20, part=True)


def test_nothing_is_said_of_no_earlier_step_or_a_gap():
    for part in (False, True):
        told = conversion([0, np.nan, 5, 5], [0, 4, np.nan, 10], part=part)
        for numbers in told:
            assert np.isnan(numbers).tolist() == [True, True, True, False]


def test_of_none_the_interval_begins_at_nought():
    for part in (False, True):
        value, lower, upper = conversion(0, 50, part=part)
        assert (value, lower) == (0, 0)
        assert 0 < upper < 10


def test_it_broadcasts_and_leaves_its_input_alone():
    later, earlier = np.array([[10.0], [20.0]]), np.array([50.0, 100.0, 200.0])
    before = later.copy(), earlier.copy()
    assert conversion(later, earlier).upper.shape == (2, 3)
    np.testing.assert_array_equal(later, before[0])
    np.testing.assert_array_equal(earlier, before[1])


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"later": -1}, "later: expected finite counts"),
        ({"earlier": np.inf}, "earlier: expected finite"),
        ({"multiplier": 0}, "multiplier: expected a number above 0"),
        ({"confidence": 95}, "confidence: expected a share"),
        ({"later": [1, 2], "earlier": [1, 2, 3]}, "expected shapes that fit"),
    ],
)
def test_a_conversion_says_what_it_wants(wrong, match):
    asked = {"later": 1, "earlier": 2} | wrong
    with pytest.raises(ConfigError, match=match):
        conversion(asked.pop("later"), asked.pop("earlier"), **asked)


# unusual pairs


def test_the_line_and_the_scores_worked_by_hand():
    # slopes 1, 1, 3, 1, 4 and 7: median 2; y - 2 x is 0, -1, -2, 3: median -0.5
    # residuals 0.5, -0.5, -1.5, 3.5: median of their sizes 1, so a robust standard deviation is 1.4826
    told = unusual_pair([0, 1, 2, 3], [0, 1, 2, 9], least=4)
    assert told.slope == 2
    assert told.intercept == -0.5
    assert told.expected.tolist() == [-0.5, 1.5, 3.5, 5.5]
    assert told.score * 1.4826 == pytest.approx([0.5, -0.5, -1.5, 3.5])
    # of -1.5, -0.5, 0.5 and 3.5 a tenth of the way up is -1.2, nine tenths 2.6
    assert told.low - told.expected == pytest.approx([-1.2] * 4)
    assert told.high - told.expected == pytest.approx([2.6] * 4)


@settings(max_examples=15)
@given(pairs())
def test_the_line_is_that_of_theil_and_sen(figures):
    x, y = figures
    told = unusual_pair(x, y)
    both = ~np.isnan(x) & ~np.isnan(y)
    if both.sum() < 10 or len(set(x[both])) < 2:
        assert np.isnan(told.slope)
        assert np.isnan(told.score).all()
        return
    line = stats.theilslopes(y[both], x[both], method="joint")
    assert told.slope == pytest.approx(line.slope)
    assert told.intercept == pytest.approx(line.intercept)
    residual = y[both] - line.intercept - line.slope * x[both]
    low, high = np.quantile(residual, [0.1, 0.9])
    assert (told.low - told.expected)[both] == pytest.approx(low, abs=1e-9)
    assert (told.high - told.expected)[both] == pytest.approx(high, abs=1e-9)
    spread = 1.4826 * np.median(np.abs(residual))
    if spread > 1e-6:
        assert told.score[both] * spread == pytest.approx(residual, abs=1e-9)
    assert np.isnan(told.score[~both]).all()


@settings(max_examples=15)
@given(pairs(), st.integers(1, 9), WHOLE, st.integers(1, 9), WHOLE)
def test_the_units_do_not_matter(figures, scale_x, shift_x, scale_y, shift_y):
    x, y = figures
    told, other = unusual_pair(x, y), unusual_pair(scale_x * x + shift_x, scale_y * y + shift_y)
    np.testing.assert_allclose(other.score, told.score, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(other.expected, scale_y * told.expected + shift_y, rtol=1e-6, atol=1e-6)


@settings(max_examples=15)
@given(pairs())
def test_a_figure_and_its_opposite_tell_the_same(figures):
    x, y = figures
    told, turned = unusual_pair(x, y), unusual_pair(x, -y, improvement="higher")
    np.testing.assert_allclose(turned.score, told.score, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(turned.low, -told.high, rtol=1e-9, atol=1e-9)


@settings(max_examples=15)
@given(pairs(), st.randoms(use_true_random=False))
def test_the_order_of_areas_does_not_matter(figures, random):
    order = list(range(figures.shape[1]))
    random.shuffle(order)
    told, other = unusual_pair(*figures), unusual_pair(*figures[:, order])
    np.testing.assert_allclose(other.score, told.score[order], rtol=1e-9, atol=1e-9)


def test_many_relations_at_once_are_each_alone_whichever_the_axis(monkeypatch):
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 4, 5, 30)).round(1)
    x[rng.random(x.shape) < 0.1] = np.nan
    words = np.array(["lower", "higher", None, "higher"], dtype=object)[:, None]
    whole = unusual_pair(x, y, improvement=words)
    monkeypatch.setattr(relations, "AT_ONCE", 1_000)  # pairs: a few of the twenty series at a time
    same(unusual_pair(x, y, improvement=words), whole)
    first = unusual_pair(np.moveaxis(x, -1, 0), np.moveaxis(y, -1, 0), improvement=words, axis=0)
    np.testing.assert_array_equal(np.moveaxis(first.score, 0, -1), whole.score)
    for row, word in enumerate(words.ravel()):
        alone = unusual_pair(x[row, 2], y[row, 2], improvement=word)
        np.testing.assert_array_equal(alone.score, whole.score[row, 2])
        assert alone.slope == whole.slope[row, 2]


def test_a_fifth_of_the_areas_far_off_hardly_moves_the_line():
    x = np.arange(30.0)
    y = 2 * x + np.where(np.arange(30) % 2, 0.5, -0.5)
    y[:6] = 1_000
    assert unusual_pair(x, y).slope == pytest.approx(2, abs=0.15)


@pytest.mark.parametrize(
    ("x", "y", "known"),
    [
        pytest.param(np.arange(9), np.arange(9) ** 2, False, id="too few areas"),
        pytest.param(np.ones(12), np.arange(12), False, id="x the same for all"),
        pytest.param(np.arange(12), 3 * np.arange(12), True, id="all on one line"),
    ],
)
def test_no_score_rather_than_a_guessed_one(x, y, known):
    told = unusual_pair(x, y)
    assert np.isnan(told.score).all()
    assert np.isnan(told.expected).all() != known


def test_no_areas_at_all_have_no_line():
    told = unusual_pair(np.empty((3, 0)), np.empty((3, 0)))
    assert told.score.shape == (3, 0)
    assert np.isnan(told.slope).all()


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"least": 2}, "at least 3"),
        ({"improvement": "better"}, "expected 'lower', 'higher' or None, found 'better'"),
        ({"axis": 3}, "axis"),
        ({"y": [1, 2]}, "one shape"),
        ({"y": [np.inf] * 12}, "y: expected finite figures, found 12 infinite"),
        ({"improvement": ["lower", "higher"]}, "one for each series"),
        ({"x": "a"}, "x: expected numbers"),
    ],
)
def test_a_pair_says_what_it_wants(asked, match):
    given_figures = {"x": np.arange(12), "y": np.arange(12)} | asked
    with pytest.raises(ConfigError, match=match):
        unusual_pair(given_figures.pop("x"), given_figures.pop("y"), **given_figures)
