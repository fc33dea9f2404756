import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from earlywarn.errors import ConfigError
from earlywarn.signals.averages import england_average, neighbours_average, own_past, region_average
from earlywarn.signals.benchmarks import compare, quartile_bands, ranks

NAN = float("nan")
figures = st.lists(st.one_of(st.integers(-9, 30), st.just(NAN)), min_size=4, max_size=25).map(
    lambda values: np.array(values, dtype=float)
)


def band(value, cuts, *, low_is_good):
    """One figure by the tool's own ladder of comparisons."""
    if np.isnan(value):
        return ""
    rungs = "ABCD" if low_is_good else "DCBA"
    return next(letter for letter, cut in zip(rungs, [*cuts, np.inf], strict=True) if value <= cut)


def test_bands_worked_by_hand():
    # Quartiles of 1 2 3 4 5 9 are 2.25, 3.5 and 4.75
    assert "".join(quartile_bands([1, 2, 3, 4, 5, 9], improvement="lower")) == "AABCDD"
    assert "".join(quartile_bands([1, 2, 3, 4, 5, 9], improvement="higher")) == "DDCBAA"


def test_a_figure_on_a_cut_point_falls_with_the_lower_figures():
    # quartiles of 10 20 30 40 50 are 20, 30 and 40
    assert "".join(quartile_bands([10, 20, 30, 40, 50], improvement="lower")) == "AABCD"
    assert "".join(quartile_bands([10, 20, 30, 40, 50], improvement="higher")) == "DDCBA"


@given(figures)
@settings(max_examples=60, deadline=None)
def test_bands_against_the_tools_ladder(values):
    known = values[~np.isnan(values)]
    for improvement in ("lower", "higher"):
        found = quartile_bands(values, improvement=improvement).tolist()
        if known.size < 4 or known.min() == known.max():
            assert found == [""] * values.size
        else:
            cuts = np.quantile(known, [0.25, 0.5, 0.75])
            assert found == [band(value, cuts, low_is_good=improvement == "lower") for value in values]


@given(figures)
@settings(max_examples=40, deadline=None)
def test_ranks_against_pandas(values):
    for improvement in ("lower", "higher"):
        rank, of = ranks(values, improvement=improvement)
        peer = pd.Series(values).rank(method="min", ascending=improvement == "lower")
        assert rank == pytest.approx(peer.to_numpy(), nan_ok=True)
        assert of == peer.count()


@given(figures, st.sampled_from([2.0, 1024.0]), st.integers(-3, 3))
@settings(max_examples=40, deadline=None)
def test_neither_unit_nor_order_nor_a_turned_sign_matters(values, scale, shift):
    plain = ranks(values, improvement="lower").rank
    assert ranks(-values, improvement="higher").rank == pytest.approx(plain, nan_ok=True)
    assert ranks(values * scale + shift, improvement="lower").rank == pytest.approx(plain, nan_ok=True)
    assert ranks(values[::-1], improvement="lower").rank[::-1] == pytest.approx(plain, nan_ok=True)
    bands = quartile_bands(values, improvement="lower").tolist()
    assert quartile_bands(values * scale + shift, improvement="lower").tolist() == bands
    assert quartile_bands(values[::-1], improvement="lower")[::-1].tolist() == bands
    known = values[~np.isnan(values)]
    cuts = np.quantile(known, [0.25, 0.5, 0.75]) if known.size else []
    if not np.isin(known, cuts).any():  # on a cut point the tool is kind to the one and stern to the other
        assert quartile_bands(-values, improvement="higher").tolist() == bands


def test_each_indicator_has_its_own_direction_and_some_have_none():
    cube = np.array([[1, 1, 1, 1], [2, 2, 2, 2], [3, 3, 3, 3], [4, 4, 4, 4], [NAN, 5, 5, 5]], dtype=float)
    directions = np.array(["lower", "higher", None, ""], dtype=object)
    bands = quartile_bands(cube, improvement=directions)
    assert ["".join(column) for column in bands.T] == ["ABCD", "DDCBA", "", ""]
    rank, of = ranks(cube.T, improvement=directions, axis=1)
    assert rank[:2].tolist() == [[1, 2, 3, 4, pytest.approx(NAN, nan_ok=True)], [5, 4, 3, 2, 1]]
    assert np.isnan(rank[2:]).all()
    assert of.tolist() == [4, 5, 5, 5]
    assert quartile_bands(cube.T, improvement=directions, axis=1).T.tolist() == bands.tolist()


@pytest.mark.parametrize("values", [[1, 2, 3], [NAN, 1, 2, 3, NAN], [7, 7, 7, 7, 7], [NAN] * 5, []])
def test_few_areas_or_no_spread_have_no_quarters(values):
    assert quartile_bands(values, improvement="lower").tolist() == [""] * len(values)


def test_verdicts_worked_by_hand():
    # 4.2 and -3.9 stand out among five at any usual rate; 2.0 alone would (0.046), but not as one of five
    found = compare([4.2, -0.3, -3.9, 2.0, NAN, 0.0], improvement="lower")
    assert found.verdict.tolist() == ["worse", "similar", "better", "similar", "", "similar"]
    assert found.p[3] == pytest.approx(2 * stats.norm.sf(2))
    assert found.q[3] == pytest.approx(5 / 3 * 2 * stats.norm.sf(2))


def test_verdicts_follow_each_indicators_direction_and_count_the_whole_panel():
    z = np.array([[5.0, 5.0, 5.0], [-5.0, -5.0, -5.0], [1.5, 0.1, 0.1], [0.2, NAN, 0.1]])
    found = compare(z, improvement=["lower", "higher", None])
    assert found.verdict[0].tolist() == ["worse", "better", "higher"]
    assert found.verdict[1].tolist() == ["better", "worse", "lower"]
    assert found.verdict[2:].tolist() == [["similar"] * 3, ["similar", "", "similar"]]
    turned = compare(-z.T, improvement=["higher", "lower", None], axis=1)
    assert turned.verdict.T[:, :2].tolist() == found.verdict[:, :2].tolist()


def test_verdicts_take_probabilities_that_know_small_denominators():
    z = [4.0, 4.0, 0.0]
    found = compare(z, p=[0.0001, 0.3, 1.0], improvement=None)
    assert found.verdict.tolist() == ["higher", "similar", "similar"]


def test_averages_worked_by_hand():
    values = np.array([[10, 1], [20, NAN], [90, 3], [NAN, 5]])
    assert england_average(values, how="mean") == pytest.approx([40, 3])
    assert england_average(values, how="median") == pytest.approx([20, 3])
    regions = [7, 7, 7, -1]
    mean = region_average(values, regions, how="mean")
    assert mean == pytest.approx(np.array([[40, 2], [40, 2], [40, 2], [NAN, NAN]]), nan_ok=True)
    others = region_average(values, regions, how="mean", own=False)
    assert others == pytest.approx(np.array([[55, 3], [50, 2], [15, 1], [NAN, NAN]]), nan_ok=True)
    positions = [[1, 2, 3], [0, 2, 3], [3, -1, -1], [-1, -1, -1]]
    found = neighbours_average(values, positions, how="median")
    assert found == pytest.approx(np.array([[55, 4], [50, 3], [NAN, 5], [NAN, NAN]]), nan_ok=True)
    enough = neighbours_average(values, positions, how="mean", at_least=3)
    assert enough[:, 1] == pytest.approx([NAN, 3, NAN, NAN], nan_ok=True)


def test_averages_against_a_plain_loop():
    rng = np.random.default_rng(3)
    values = np.where(rng.random((30, 4, 3)) < 0.2, NAN, rng.normal(size=(30, 4, 3)))
    regions, positions = rng.integers(-1, 5, 30), rng.integers(-1, 30, (30, 10))
    before = values.copy()
    for how, plain in (("mean", np.mean), ("median", np.median)):
        region = region_average(values, regions, how=how, own=False, at_least=2)
        neighbours = neighbours_average(values, positions, how=how)
        for area, indicator, period in np.ndindex(*values.shape):
            column = values[:, indicator, period]
            other = column[(regions == regions[area]) & (np.arange(30) != area) & ~np.isnan(column)]
            wanted = plain(other) if regions[area] >= 0 and other.size >= 2 else NAN
            assert region[area, indicator, period] == pytest.approx(wanted, nan_ok=True)
            peers = column[positions[area][positions[area] >= 0]]
            wanted = plain(peers[~np.isnan(peers)])
            assert neighbours[area, indicator, period] == pytest.approx(wanted)
    np.testing.assert_array_equal(values, before)


def test_own_past_leaves_the_newest_figure_out_wherever_it_stands():
    series = [[3.0, 1.0, 8.0, 99.0], [3.0, 1.0, 8.0, NAN], [3.0, NAN, 1.0, 8.0], [NAN] * 4]
    assert own_past(series) == pytest.approx([3, NAN, NAN, NAN], nan_ok=True)
    assert own_past(series, how="mean", at_least=2) == pytest.approx([4, 2, 2, NAN], nan_ok=True)


def test_no_neighbours_and_lone_regions_have_no_average():
    assert np.isnan(neighbours_average([1.0, 2.0], np.empty((2, 0), dtype=int), how="mean")).all()
    assert np.isnan(region_average([1.0, 2.0], [0, 1], how="median", own=False)).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(lambda: quartile_bands([1], improvement="down"), r"improvement: .* found 'down'"),
        pytest.param(
            lambda: ranks([[1], [2]], improvement=["lower", "higher"]), r"improvement: .* found shape \(2,\)"
        ),
        pytest.param(lambda: quartile_bands([1], improvement=None, axis=1), r"axis: .* found 1"),
        pytest.param(lambda: compare([1, 2], p=[0.1], improvement=None), r"p: expected the shape of z"),
        pytest.param(lambda: england_average(3, how="mean"), r"values: .* a single number"),
        pytest.param(lambda: england_average([3], how="mode"), r"how: .* found 'mode'"),
        pytest.param(lambda: region_average([3, 4], ["a", "b"], how="mean"), r"regions: .* each of 2 areas"),
        pytest.param(
            lambda: neighbours_average([3, 4], [[0], [2]], how="mean"), r"positions: .* found 1 beyond it, 2"
        ),
        pytest.param(
            lambda: neighbours_average([3, 4], [0, 1], how="mean"), r"positions: .* found int64 of shape"
        ),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(ConfigError, match=message):
        call()
