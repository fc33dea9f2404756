import numpy as np
import pytest
from scipy.stats import norm

from earlywarn.errors import ConfigError
from earlywarn.signals.run_lengths import cusum_decision, cusum_run_length, ewma_run_length, ewma_width


@pytest.mark.parametrize(
    ("reference", "decision", "shift", "published"),
    [
        pytest.param(0.5, 4, 0.0, 168, id="Lucas and Crosier 1982"),
        pytest.param(0.5, 4, 0.5, 26.6, id="the same, half a standard deviation off"),
        pytest.param(0.5, 4, 1.0, 8.38, id="the same, one off"),
        pytest.param(0.5, 4, 2.0, 3.34, id="the same, two off"),
        pytest.param(0.5, 5, 0.0, 465, id="Montgomery"),
        pytest.param(0.6, 3, -0.2, 65.4, id="Waldmann 1986"),
        pytest.param(0.25, 8, 2.5, 4.15008, id="SAS/QC"),
    ],
)
def test_published_run_lengths_of_cusum_charts(reference, decision, shift, published):
    assert cusum_run_length(reference, decision, shift=shift) == pytest.approx(published, rel=2e-3)


@pytest.mark.parametrize(
    ("weight", "width", "shift", "published"),
    [
        pytest.param(0.03, 2.437, 0.0, 500, id="Lucas and Saccucci 1990"),
        pytest.param(0.5, 3.071, 0.0, 500, id="the same, heavier"),
        pytest.param(0.5, 3.071, 1.0, 17.5, id="the same, one standard deviation off"),
        pytest.param(0.03, 2.437, 2.0, 5.99, id="the same, two off"),
        pytest.param(0.05, 2.0, 0.0, 127.53, id="Crowder 1987"),
        pytest.param(0.5, 2.0, 0.0, 26.45, id="the same, heavier"),
        pytest.param(0.25, 3.0, 1.0, 11.154267016, id="SAS/QC"),
    ],
)
def test_published_run_lengths_of_ewma_charts_with_steady_limits(weight, width, shift, published):
    assert ewma_run_length(weight, width, shift=shift, steady=True) == pytest.approx(published, rel=2e-3)


@pytest.mark.parametrize(("shift", "published"), [(0, 1353), (0.25, 127), (0.5, 32.5), (1.0, 9.0)])
def test_published_run_lengths_of_ewma_charts_whose_limits_widen(shift, published):
    # Steiner (1999), table 2: an approximation itself, good to 3%
    assert ewma_run_length(0.05, 3.0, shift=shift) == pytest.approx(published, rel=0.03)


def test_with_all_weight_on_the_newest_figure_it_is_a_shewhart_chart():
    expected = 1 / (2 * norm.sf(3))  # 370.4
    assert ewma_run_length(1.0, 3.0) == pytest.approx(expected)
    assert ewma_run_length(1.0, 3.0, steady=True) == pytest.approx(expected)


def test_a_cusum_with_a_great_reference_signals_on_single_figures():
    assert cusum_run_length(3.0, 1e-6) == pytest.approx(1 / (2 * norm.sf(3)), rel=1e-4)


def test_a_brook_and_evans_chain_agrees():
    states, slack, decision = 400, 0.5, 3.0
    cell = decision / (states - 0.5)
    start = np.arange(states)
    edges = (start - start[:, None] + 0.5) * cell + slack
    moves = norm.cdf(edges) - norm.cdf(edges - cell)
    moves[:, 0] = norm.cdf(edges[:, 0])
    one_sided = np.linalg.solve(np.eye(states) - moves, np.ones(states))[0]
    assert one_sided == pytest.approx(117.6, abs=0.1)  # Brook & Evans (1972), section 4.3
    assert cusum_run_length(slack, decision) == pytest.approx(one_sided / 2, rel=1e-3)


@pytest.mark.parametrize("wanted", [20.0, 5000.0])
def test_a_threshold_is_found_for_a_wished_run_length(wanted):
    assert cusum_run_length(0.5, cusum_decision(0.5, wanted)) == pytest.approx(wanted)
    for steady in (True, False):
        width = ewma_width(0.2, wanted, steady=steady)
        assert ewma_run_length(0.2, width, steady=steady) == pytest.approx(wanted)


def test_limits_that_widen_signal_sooner():
    for shift in (0.0, 1.0):
        widening, steady = (ewma_run_length(0.1, 2.8, shift=shift, steady=way) for way in (False, True))
        assert widening < steady


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cusum_run_length(-0.1, 4), "reference of at least 0"),
        (lambda: cusum_run_length(0.5, 0), "decision above 0"),
        (lambda: ewma_run_length(0, 3), "weight from 0.01 to 1"),
        (lambda: ewma_run_length(0.2, np.nan), "limits wider than 0"),
        (lambda: cusum_decision(0.5, 1), "must be above 1.6 figures"),
        (lambda: ewma_width(0.2, 1e9), "at most 10,000,000"),
        (lambda: cusum_decision(0.0, 1e6), "No threshold up to 60"),
    ],
)
def test_what_no_chart_can_do_is_refused(call, words):
    with pytest.raises(ConfigError, match=words):
        call()
