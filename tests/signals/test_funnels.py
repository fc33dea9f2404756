import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from earlywarn.errors import ConfigError
from earlywarn.signals.funnels import funnel
from earlywarn.signals.limits import funnel_limits

RNG = np.random.default_rng(7)
SIZES = RNG.integers(20, 4_000, 40).astype(float)
SHARES = np.clip(0.3 + 0.1 * RNG.normal(size=40), 0.05, 0.9)
COUNTS = RNG.binomial(SIZES.astype(int), SHARES).astype(float)

areas = st.lists(st.tuples(st.integers(1, 500), st.floats(0.05, 0.95)), min_size=10, max_size=25).map(
    lambda pairs: (np.array([np.rint(n * share) for n, share in pairs]), np.array([n for n, _ in pairs]))
)


def test_limits_worked_by_hand():
    # Of 4 at one half, P(R <= r) is 1/16, 5/16, 11/16, 15/16, 1. At 80%, r is 1 below and a is
    # (5/16 - 0.1) / (4/16); r is 3 above and a is (15/16 - 0.9) / (4/16).
    limits = funnel_limits(4, centre=0.5, levels=(0.8,))
    assert limits.lower == pytest.approx([(1 - 0.85) / 4])
    assert limits.upper == pytest.approx([(3 - 0.15) / 4])


def test_overdispersion_worked_by_hand():
    # sqrt(25) is 5, so z = 2 (sqrt(O) - 5) is -2 -2 0 0 0 2 2 4 6 10. The tenth and ninetieth centiles are -2
    # and 6.4; the squares of what is drawn in to them sum to 108.96. Every weight is 100.
    observed = [16, 16, 25, 25, 25, 36, 36, 49, 64, 100]
    result = funnel(observed, [25] * 10, kind="ratio")
    assert result.z == pytest.approx([-2, -2, 0, 0, 0, 2, 2, 4, 6, 10])
    assert result.phi == pytest.approx(10.896)
    assert result.tau2 == pytest.approx((108.96 - 9) / (1_000 - 100))
    spread = (1 / 100 + result.tau2) ** 0.5
    assert result.adjusted_z[-1] == pytest.approx((10 / 5 - 1) / spread)
    assert result.upper[0] == pytest.approx((1 + 1.959964 * spread) ** 2)
    assert result.lower[1] == pytest.approx(0)  # 3.09 spreads are more than 1
    assert result.beyond.tolist() == [0] * 9 + [1]


def test_multiplicative_overdispersion_widens_by_the_square_root_of_phi():
    observed = [16, 16, 25, 25, 25, 36, 36, 49, 64, 100]
    result = funnel(observed, [25] * 10, kind="ratio", model="multiplicative")
    assert result.adjusted_z == pytest.approx(result.z / 10.896**0.5)
    assert result.upper[1] == pytest.approx((1 + 3.090232 * 10.896**0.5 / 10) ** 2)
    assert result.tau2 == 0
    assert result.adjusted


def test_truncation_worked_by_hand():
    # z = sqrt(E) log(O / E) with E 16 throughout; the first and the last of ten are left out
    log_ratios = np.array([-3, -0.5, -0.25, 0, 0, 0.25, 0.25, 0.5, 0.75, 2])
    result = funnel(16 * np.exp(log_ratios), [16.0] * 10, kind="ratio", overdispersion="truncated")
    kept = 16 * (2 * 0.5**2 + 3 * 0.25**2 + 0.75**2)
    assert result.phi == pytest.approx(kept / 8)
    assert result.tau2 == pytest.approx((kept - 7) / (16 * 7))
    assert result.upper[0] == pytest.approx(np.exp(1.959964 * (1 / 16 + result.tau2) ** 0.5))
    assert result.adjusted_z[0] == pytest.approx(-3 / (1 / 16 + result.tau2) ** 0.5)


def test_as_many_areas_are_truncated_at_each_end():
    ratios = np.exp(np.arange(-9, 10) / 10)  # nineteen areas: one at each end, not two
    result = funnel(25 * ratios, np.full(19, 25.0), kind="ratio", overdispersion="truncated")
    assert result.phi == pytest.approx(np.mean(np.arange(-8, 9) ** 2 / 4))


def test_a_count_of_nought_is_half_an_event_on_the_log_scale():
    result = funnel([0, 20, 0], [10, 20, 0.3], kind="ratio", overdispersion="truncated")
    assert result.z == pytest.approx([10**0.5 * np.log(0.05), 0, 0])


@pytest.mark.parametrize("kind", ["proportion", "rate"])
def test_exact_limits_and_probabilities_against_scipy(kind):
    sizes = np.array([1, 2, 7, 33, 150, 999, 12_345])
    for centre in (0.002, 0.31, 0.97):
        observed = np.minimum(np.rint(sizes * centre * 1.2), sizes)
        result = funnel(observed, sizes, kind=kind, centre=centre, overdispersion=None)
        for place, n in enumerate(sizes):
            law = stats.binom(n, centre) if kind == "proportion" else stats.poisson(n * centre)
            for row, level in enumerate(result.levels):
                for limit, p in ((result.lower, (1 - level) / 2), (result.upper, (1 + level) / 2)):
                    r = law.ppf(p)
                    share = (law.cdf(r) - p) / (law.cdf(r) - law.cdf(r - 1))
                    assert limit[row, place] == pytest.approx(max((r - share) / n, 0), abs=1e-9)
            twice = 2 * min(law.cdf(observed[place]), law.sf(observed[place] - 1))
            assert result.p[place] == pytest.approx(min(twice, 1))


def test_an_area_beyond_exact_limits_is_beyond_its_tail_probability():
    every = np.arange(0, 41)
    result = funnel(every, np.full(41, 40), centre=0.2, overdispersion=None)
    law = stats.binom(40, 0.2)
    for row, level in enumerate(result.levels):
        tail = (1 - level) / 2
        assert (result.beyond > row).tolist() == (law.sf(every - 1) < tail).tolist()
        assert (result.beyond < -row).tolist() == (law.cdf(every) < tail).tolist()
        assert np.all(result.value[result.beyond < -row] < result.lower[row, 0])
        assert np.all(result.value[result.beyond > row] > result.upper[row, 0])


def test_phi_and_tau2_against_a_plain_loop():
    result = funnel(COUNTS, SIZES)
    centre = COUNTS.sum() / SIZES.sum()
    z = [
        (np.arcsin((o / n) ** 0.5) - np.arcsin(centre**0.5)) * 2 * n**0.5
        for o, n in zip(COUNTS, SIZES, strict=True)
    ]
    low, high = np.quantile(z, [0.1, 0.9])
    phi = sum(min(max(one, low), high) ** 2 for one in z) / 40
    weights = [4 * n for n in SIZES]
    spare = sum(weights) - sum(w * w for w in weights) / sum(weights)
    assert result.phi == pytest.approx(phi)
    assert result.tau2 == pytest.approx((40 * phi - 39) / spare)
    assert result.centre == pytest.approx(centre)


def test_tau2_is_that_of_dersimonian_and_laird():
    centre = (np.sqrt(COUNTS * SIZES).sum() / SIZES.sum()) ** 2  # so that the weighted mean is the target
    result = funnel(COUNTS, SIZES, kind="rate", centre=centre, trim=0.0)
    expected = SIZES * centre
    peer = combine_effects(np.sqrt(COUNTS / expected), 1 / (4 * expected), method_re="dl")
    assert result.tau2 == pytest.approx(peer.tau2)
    assert result.phi == pytest.approx(peer.q / 40)


@pytest.mark.parametrize("overdispersion", ["winsorised", "truncated"])
@pytest.mark.parametrize("kind", ["proportion", "rate", "ratio"])
def test_without_small_areas_beyond_says_what_the_drawn_limits_say(kind, overdispersion):
    base = SIZES * 0.3 if kind == "ratio" else SIZES
    result = funnel(COUNTS, base, kind=kind, overdispersion=overdispersion, multiplier=100)
    assert result.adjusted
    outside = (result.value > result.upper).astype(int) - (result.value < result.lower)
    assert result.beyond.tolist() == outside.sum(axis=0).tolist()


def test_small_denominators_widen_limits_and_raise_no_alarm_by_themselves():
    shares = np.array([0.02, 0.03, 0.01, 0.03, 0.04, 0.02, 0.03, 0.05, 0.02, 0.03, 1.0, 1.0])
    sizes = np.array([900.0] * 10 + [1, 2])
    for overdispersion in ("winsorised", "truncated", None):
        result = funnel(np.rint(shares * sizes), sizes, overdispersion=overdispersion)
        assert result.p[-2] > 0.05  # one of one, where 3 in 100 are usual
        assert result.beyond[-2] == 0
        assert result.p[-1] > 0.0013  # two of two: the exact probability, 2 x 0.027 squared
        assert np.all(result.upper[:, -2] > result.upper[:, 0])


@given(areas)
@settings(max_examples=30, deadline=None)
def test_the_order_of_areas_does_not_matter(counted):
    observed, n = counted
    first, turned = funnel(observed, n), funnel(observed[::-1], n[::-1])
    assert turned.tau2 == pytest.approx(first.tau2)
    assert turned.p[::-1] == pytest.approx(first.p, nan_ok=True)
    assert turned.upper[:, ::-1] == pytest.approx(first.upper, nan_ok=True)


@given(areas, st.sampled_from([None, "winsorised"]))
@settings(max_examples=30, deadline=None)
def test_counting_the_others_instead_mirrors_everything(counted, overdispersion):
    observed, n = counted
    first = funnel(observed, n, overdispersion=overdispersion)
    other = funnel(n - observed, n, overdispersion=overdispersion)
    assert other.z == pytest.approx(-first.z, abs=1e-6, nan_ok=True)
    assert other.tau2 == pytest.approx(first.tau2, abs=1e-9)
    assert other.p == pytest.approx(first.p, abs=1e-7, nan_ok=True)


@given(areas, st.sampled_from([1e-3, 100.0, 10_000.0]))
@settings(max_examples=20, deadline=None)
def test_the_unit_does_not_matter(counted, unit):
    observed, n = counted
    plain, scaled = (
        funnel(observed, n, kind="rate"),
        funnel(observed, n / unit, kind="rate", multiplier=1 / unit),
    )
    assert scaled.value == pytest.approx(plain.value)
    assert scaled.upper == pytest.approx(plain.upper)
    assert scaled.tau2 == pytest.approx(plain.tau2)
    assert scaled.beyond.tolist() == plain.beyond.tolist()


def test_a_cube_is_its_funnels_one_by_one_on_any_axis():
    observed = np.stack([COUNTS, np.roll(COUNTS, 1), SIZES * 0.5])
    sizes = np.stack([SIZES, np.roll(SIZES, 1), SIZES])
    observed[1, 4], observed[2, 5], sizes[2, 5] = np.nan, 0, 0
    before = observed.copy()
    by_first = funnel(observed.T, sizes.T, multiplier=100)
    by_last = funnel(observed, sizes, axis=-1, multiplier=100)
    by_second = funnel(observed, sizes, axis=1, multiplier=100)
    for name in ("value", "p", "beyond", "adjusted_z"):
        assert pytest.approx(getattr(by_first, name), nan_ok=True) == getattr(by_last, name).T
        assert getattr(by_last, name) == pytest.approx(getattr(by_second, name), nan_ok=True)
    assert by_last.lower.swapaxes(1, 2) == pytest.approx(by_first.lower, nan_ok=True)
    assert by_second.lower == pytest.approx(by_last.lower, nan_ok=True)
    alone = funnel(observed[1], sizes[1], multiplier=100)
    assert by_last.upper[:, 1] == pytest.approx(alone.upper, nan_ok=True)
    assert by_last.phi[1] == pytest.approx(alone.phi)
    assert by_last.n.tolist() == [40, 39, 39]
    np.testing.assert_array_equal(observed, before)


def test_an_area_without_a_value_has_nothing_and_changes_nothing():
    result = funnel([*COUNTS, np.nan, 0, 3], [*SIZES, 50, 0, np.nan])
    assert np.isnan([result.value[-3:], result.z[-3:], result.p[-3:], result.lower[0, -3:]]).all()
    assert result.beyond[-3:].tolist() == [0, 0, 0]
    assert result.tau2 == funnel(COUNTS, SIZES).tau2


def test_one_area_says_nothing_about_overdispersion():
    for overdispersion in ("winsorised", "truncated"):
        result = funnel([30, np.nan], [90, 90], centre=0.1, overdispersion=overdispersion)
        assert np.isnan(result.phi)
        assert not result.adjusted
        alone = funnel([30, np.nan], [90, 90], centre=0.1, overdispersion=None)
        assert result.lower == pytest.approx(alone.lower, nan_ok=True)


def test_areas_alike_are_not_called_overdispersed():
    result = funnel(np.full(12, 30), np.full(12, 100))
    assert result.phi == pytest.approx(0, abs=1e-20)
    assert result.tau2 == 0
    assert not result.beyond.any()


def test_curves_pass_through_the_limits_of_the_areas():
    for model in ("additive", "multiplicative"):
        result = funnel(COUNTS, SIZES, model=model, multiplier=100)
        assert result.limits(SIZES).upper == pytest.approx(result.upper)
    cube = funnel(np.stack([COUNTS, COUNTS / 2], axis=1), np.stack([SIZES, SIZES], axis=1))
    assert cube.limits(np.array([[10.0], [500.0], [0.0]])).lower.shape == (2, 3, 2)


def test_a_given_centre_is_in_the_indicators_unit():
    result = funnel([30, 70], [100, 100], centre=50, multiplier=100)
    assert result.centre == 50
    assert result.z == pytest.approx([-result.z[1], result.z[1]])
    many = funnel(np.ones((3, 2)), np.full((3, 2), 10), centre=[10, 20], multiplier=100)
    assert many.centre.tolist() == [10, 20]


def test_nobody_and_everybody_are_within():
    for count in (0, 50):
        result = funnel(np.full(11, count), np.full(11, 50))
        assert result.p.tolist() == [1] * 11
        assert not result.beyond.any()


def test_no_areas_make_an_empty_funnel():
    result = funnel(np.empty((0, 3)), np.empty((0, 3)))
    assert result.value.shape == (0, 3)
    assert np.isnan(result.centre).all()


@pytest.mark.parametrize(
    ("observed", "denominator", "options", "message"),
    [
        pytest.param([5, 9], [3, 8], {}, r"found 2 above it, '5 of 3', '9 of 8'", id="more than all"),
        pytest.param(
            [-1], [3], {"kind": "rate"}, r"observed: .* nought or more, found 1 others, '-1'", id="negative"
        ),
        pytest.param([1], [np.inf], {"kind": "rate"}, r"denominator: expected finite", id="endless"),
        pytest.param([1, 2], [1, 2, 3], {}, r"shapes that fit, found \(2,\) and \(3,\)", id="shapes"),
        pytest.param(["a"], [1], {}, r"observed: expected numbers", id="words"),
        pytest.param(1, 2, {}, r"an axis of areas", id="one number"),
        pytest.param([1], [2], {"kind": "share"}, r"kind: .* 'ratio', found 'share'", id="kind"),
        pytest.param([1], [2], {"overdispersion": "yes"}, r"overdispersion: expected", id="overdispersion"),
        pytest.param([1], [2], {"model": "both"}, r"model: expected", id="model"),
        pytest.param([1], [2], {"trim": 0.5}, r"trim: .* less than 0.5, found 0.5", id="trim"),
        pytest.param([1], [2], {"levels": (0.998, 0.95)}, r"levels: .* rising", id="levels fall"),
        pytest.param([1], [2], {"levels": (95,)}, r"levels: expected a share between 0 and 1", id="per cent"),
        pytest.param(
            [1], [2], {"axis": 1}, r"axis: expected one of the 1 axes of observed, found 1", id="axis"
        ),
        pytest.param([1], [2], {"multiplier": 0}, r"multiplier: .* above nought", id="multiplier"),
        pytest.param([1], [2], {"centre": 30}, r"centre: .* from 0 to 1", id="centre's unit"),
        pytest.param([1], [2], {"centre": [0.1, 0.2]}, r"one for each funnel", id="centre's shape"),
    ],
)
def test_what_cannot_be_is_refused(observed, denominator, options, message):
    with pytest.raises(ConfigError, match=message):
        funnel(observed, denominator, **options)


@given(
    st.lists(st.tuples(st.floats(0.1, 900), st.floats(0, 1)), min_size=2, max_size=12),
    st.sampled_from(["proportion", "rate", "ratio"]),
    st.sampled_from([None, "winsorised", "truncated"]),
    st.sampled_from([None, 0.0, 0.2, 1.0]),
)
@settings(max_examples=60, deadline=None)
def test_fractions_and_extremes_keep_limits_in_order(pairs, kind, overdispersion, centre):
    n = np.array([size for size, _ in pairs])
    observed = n * np.array([share for _, share in pairs])  # as when worked back from rounded percentages
    result = funnel(observed, n, kind=kind, overdispersion=overdispersion, centre=centre)
    inner, outer = (0, 1)
    slack = 1e-9
    assert np.all(result.lower[outer] <= result.lower[inner] + slack)
    assert np.all(result.lower[inner] <= result.upper[inner] + slack)
    assert np.all(result.upper[inner] <= result.upper[outer] + slack)
    assert np.all((result.p >= 0) & (result.p <= 1) | np.isnan(result.z))


def test_chance_alone_puts_areas_beyond_as_seldom_as_the_levels_say():
    sizes = np.random.default_rng(11).integers(20, 3_000, (150, 30))
    observed = np.random.default_rng(12).binomial(sizes, 0.17)
    for kind, overdispersion in (("proportion", None), ("proportion", "winsorised"), ("rate", None)):
        result = funnel(observed, sizes, kind=kind, overdispersion=overdispersion)
        assert np.mean(result.beyond != 0) <= 0.05
        assert np.mean(np.abs(result.beyond) == 2) <= 0.003


@pytest.mark.parametrize("axis", [0, 1])
def test_one_row_of_denominators_serves_every_funnel(axis):
    counts, beneath = np.array([[3, 9], [8, 2], [5, 5]]), np.array([20, 30, 25])
    each = funnel(counts, np.column_stack([beneath, beneath]))
    both = funnel(np.moveaxis(counts, 0, axis), beneath, axis=axis)
    np.testing.assert_allclose(np.moveaxis(both.adjusted_z, axis, 0), each.adjusted_z)
    np.testing.assert_allclose(np.moveaxis(both.upper, axis + 1, 1), each.upper)


def test_about_a_target_of_none_there_is_no_usual_variation():
    found = funnel([0, 1, 0, 4, 0, 2], [50, 60, 70, 80, 90, 100], centre=0)
    assert found.beyond.tolist() == [0, 2, 0, 2, 0, 2]
    assert not found.adjusted
