import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earlywarn.models.resample import area_draws
from earlywarn.validation.intervals import percentile_interval

CODES = st.lists(st.sampled_from(["Bury", "Kent", "Leeds", "York"]), min_size=1, max_size=12)


@given(CODES, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(codes, random):
    order = random.sample(range(len(codes)), len(codes))
    shuffled = area_draws([codes[row] for row in order], draws=5, seed=4)
    assert (shuffled == area_draws(codes, draws=5, seed=4)[:, order]).all()


@given(CODES)
def test_rows_of_an_area_go_together_and_areas_are_replaced(codes):
    names, first = np.unique(codes, return_index=True)
    repeats = area_draws(codes, draws=5, seed=4)
    for row, code in enumerate(codes):
        assert (repeats[:, row] == repeats[:, codes.index(code)]).all()
    assert (repeats[:, first].sum(axis=1) == len(names)).all()


def test_a_seed_gives_its_draws():
    codes = [f"E{number}" for number in range(30)]
    assert (area_draws(codes, draws=1_000, seed=1) == area_draws(codes, draws=1_000, seed=1)).all()
    assert (area_draws(codes, draws=1_000, seed=1) != area_draws(codes, draws=1_000, seed=2)).any()
    assert area_draws(codes, draws=1_000, seed=1).mean(axis=0) == pytest.approx(np.ones(30), abs=0.15)


def test_no_rows_give_no_columns():
    assert area_draws([], draws=3, seed=0).shape == (3, 0)


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        pytest.param(10, (0, 89), id="one in ten"),
        pytest.param(11, (np.nan, np.nan), id="more than one in ten"),
    ],
)
def test_an_interval_needs_nine_draws_in_ten(missing, expected):
    values = np.r_[np.arange(100.0 - missing), np.full(missing, np.nan)]
    assert percentile_interval(values, level=1.0) == pytest.approx(expected, nan_ok=True)


def test_no_draws_give_no_interval():
    assert np.isnan(percentile_interval(np.empty(0))).all()
