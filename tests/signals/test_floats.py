import re

import numpy as np
import pytest

import earlywarn as ew
from earlywarn.errors import ConfigError

HIDDEN = np.ma.masked_equal([20.0, 23.0, 19.0, 999.0, 21.0, 26.0], 999.0)
SHOWN = HIDDEN.filled(np.nan)
signals = ew.signals


@pytest.mark.parametrize(
    "work",
    [
        lambda values: signals.xmr(values).upper,
        lambda values: signals.cusum(values).high,
        lambda values: signals.ewma(values).average,
        lambda values: signals.change_points(values).level,
        lambda values: signals.wilson(values, 100).upper,
        lambda values: signals.byar(values).upper,
        lambda values: signals.funnel(values, 100).adjusted_z,
        lambda values: signals.ranks(values, "lower").rank,
        lambda values: signals.england_average(values, how="mean"),
        lambda values: signals.risk_adjusted_cusum(values, 0.2, cases=100).total,
        lambda values: signals.jumps(values[:, None] * np.ones((1, 3))).size,
    ],
)
def test_what_a_masked_array_hides_is_a_gap(work):
    np.testing.assert_array_equal(work(HIDDEN), work(SHOWN))


@pytest.mark.parametrize(
    "strange",
    [
        np.array(["2020-01-01", "NaT"], dtype="datetime64[D]"),
        np.array([1, 2], dtype="timedelta64[D]"),
        np.array([1 + 2j, 3]),
    ],
)
@pytest.mark.parametrize("work", [signals.xmr, signals.byar, lambda values: signals.ranks(values, None)])
def test_dates_and_complex_numbers_are_no_figures(work, strange):
    with pytest.raises(ConfigError, match="numbers"):
        work(strange)


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda: signals.quartile_bands([1, np.inf, 2], "lower"), "values: expected finite figures, found 1"),
        (lambda: signals.england_average([1, np.inf], how="mean"), "values: expected finite figures"),
        (lambda: signals.funnel_limits([np.inf], centre=0.2), "denominator: expected finite figures"),
        (lambda: signals.funnel_limits([1, 2], centre=[0.2] * 3), "expected shapes that fit"),
        (lambda: signals.wilson(1, 2, multiplier=0), "multiplier: expected a number above nought"),
        (lambda: signals.byar(1, 2, multiplier="100"), "multiplier: expected a number above nought"),
        (lambda: signals.directly_standardised([9, 9], [90, 90], [1, 1], multiplier=np.nan), "multiplier"),
        (lambda: signals.indirectly_standardised(5, 4, reference_rate=-1), "reference_rate: expected finite"),
        (lambda: signals.indirectly_standardised([5, 6], 4, reference_rate=[1] * 3), "shapes that fit"),
        (lambda: signals.xmr([1, 2, 3], rebase=["2020-01-01"]), "rebase must hold positions from 1 to 2"),
        (lambda: signals.xmr([1, 2, 3], axis="period"), "no axis 'period'"),
        (lambda: signals.ranks([1, 2], "lower", axis="area"), "found 'area'"),
        (lambda: signals.cusum([1, 2, 3], centre=np.inf), "centre must be finite"),
        (lambda: signals.cusum([1, 2, 3], decision=1e6), "decision above 0 and at most 100"),
        (lambda: signals.ewma([1, 2, 3], weight=1e-6), "weight from 0.01 to 1"),
    ],
)
def test_what_cannot_be_is_refused_in_words(work, words):
    with pytest.raises(ConfigError, match=re.escape(words)):
        work()


def test_one_level_and_no_rebase_may_be_given_plainly():
    one = signals.funnel([3, 5, 9], [10, 20, 30], levels=0.95)
    np.testing.assert_array_equal(one.lower, signals.funnel([3, 5, 9], [10, 20, 30], levels=(0.95,)).lower)
    np.testing.assert_array_equal(signals.xmr([1, 2, 4], rebase=None).mean, signals.xmr([1, 2, 4]).mean)
