import itertools

import numpy as np
import pytest
import ruptures
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.errors import ConfigError
from earlywarn.signals.changes import change_points

GAPPY = st.lists(st.one_of(st.integers(-9, 9), st.just(np.nan)), min_size=1, max_size=14)
MANY = settings(max_examples=30, deadline=None)


def test_worked_by_hand():
    # levels 21 (of 5) and 32 (of 3); moving ranges 2 1 3 1 11 1 2 are all within 3.267 x 3
    changes = change_points([20, 22, 21, 24, 18, 33, 31, 32], times=range(2011, 2019))
    steps = np.array([2, 1, 3, 6, 15, 2, 1])  # mean 30/7; 15 is above 3.267 x 30/7 = 14.0 and left out
    noise = steps[steps != 15].mean() / 1.128
    assert changes.noise == pytest.approx(noise)
    assert changes.changed.nonzero()[0].tolist() == [5]
    assert changes.dates.tolist() == [2016]
    assert changes.level == pytest.approx([21] * 5 + [32] * 3)
    assert changes.size[5] == pytest.approx(11)
    assert changes.direction.tolist() == [0, 0, 0, 0, 0, 1, 0, 0]
    assert changes.strength[5] == pytest.approx(11 / (noise * np.sqrt(1 / 5 + 1 / 3)))
    assert (changes.count, changes.last, changes.last_date) == (1, 5, 2016)


@pytest.mark.parametrize("seed", range(8))
def test_ruptures_finds_the_same_changes(seed):
    random = np.random.default_rng(seed)
    size, least = int(random.integers(8, 40)), int(random.integers(1, 5))
    values = (
        random.normal(size=size)
        + np.repeat(random.normal(scale=3, size=size), random.integers(1, 12, size))[:size]
    )
    ours = change_points(values, min_size=least, penalty=6.0)
    pelt = ruptures.Pelt(model="l2", min_size=least, jump=1).fit(values / ours.noise).predict(pen=6.0)
    assert ours.changed.nonzero()[0].tolist() == pelt[:-1]
    most = min(3, size // least - 1)
    limited = change_points(values, min_size=least, penalty=1e-9, max_changes=most).changed.nonzero()[0]
    dynamic = ruptures.Dynp(model="l2", min_size=least, jump=1).fit(values)
    best = min(
        (dynamic.predict(number)[:-1] for number in range(1, most + 1)), key=lambda at: spread(values, at)
    )
    assert spread(values, limited) == pytest.approx(spread(values, best))
    assert len(limited) <= most


@MANY
@given(st.lists(st.integers(-9, 9), min_size=2, max_size=9), st.integers(1, 3), st.floats(0.5, 9))
def test_no_other_levels_cost_less(values, least, penalty):
    ours = change_points(values, min_size=least, penalty=penalty)
    if not ours.noise > 0:
        assert not ours.changed.any()
        return
    scaled = np.array(values) / ours.noise
    costs = [
        spread(scaled, at) + penalty * len(at)
        for number in range(len(values))
        for at in itertools.combinations(range(1, len(values)), number)
        if min(np.diff([0, *at, len(values)])) >= least or not at
    ]
    found = ours.changed.nonzero()[0]
    assert spread(scaled, found) + penalty * len(found) == pytest.approx(min(costs))


@pytest.mark.parametrize(("most", "found"), [(None, [5, 10]), (2, [5, 10]), (1, [5]), (0, [])])
def test_no_more_changes_than_allowed(most, found):
    values = [0, 1, 0, 1, 0, 9, 8, 9, 8, 9, 4, 5, 4, 5, 4]
    assert change_points(values, max_changes=most).changed.nonzero()[0].tolist() == found


def test_two_changes_that_hide_each_other_are_found():
    values = [0, 1, 0, 1, 0, 9, 8, 9, 1, 0, 1, 0, 1]  # up and back again
    assert change_points(values).changed.nonzero()[0].tolist() == [5, 8]
    assert change_points(values).direction[[5, 8]].tolist() == [1, -1]


def test_a_step_without_noise_is_found():
    changes = change_points([3] * 6 + [5] * 6)
    assert changes.changed.nonzero()[0].tolist() == [6]
    assert np.isfinite(changes.strength[6])


@MANY
@given(st.integers(0, 10_000), st.sampled_from([0.01, 3, 1e6]), st.integers(-1000, 1000))
def test_the_unit_does_not_matter_and_turning_the_scale_turns_the_direction(seed, scale, shift):
    values = np.random.default_rng(seed).normal(size=12)  # no ties, whose rounding would choose the place
    values[7:] += 3
    plain = change_points(values, penalty=4)
    other, turned = change_points(values * scale + shift, penalty=4), change_points(-values, penalty=4)
    np.testing.assert_array_equal(other.changed, plain.changed)
    np.testing.assert_array_equal(turned.direction, -plain.direction)
    np.testing.assert_allclose(other.size, plain.size * scale, rtol=1e-6)
    np.testing.assert_allclose(other.strength, plain.strength, rtol=1e-6)


@MANY
@given(st.lists(GAPPY, min_size=2, max_size=5), st.one_of(st.none(), st.integers(0, 3)))
def test_series_know_nothing_of_each_other(rows, most):
    width = max(map(len, rows))
    padded = np.array([row + [np.nan] * (width - len(row)) for row in rows])
    together = change_points(padded, min_size=2, penalty=3.0, max_changes=most)
    for place, row in enumerate(rows):
        alone = change_points(row, min_size=2, penalty=3.0, max_changes=most)
        np.testing.assert_array_equal(together.changed[place, : len(row)], alone.changed)
        np.testing.assert_allclose(together.strength[place, : len(row)], alone.strength)


def test_gaps_are_skipped_and_keep_their_places():
    changes = change_points([1, np.nan, 2, 1, 9, np.nan, 8, 9], min_size=2)
    assert changes.changed.nonzero()[0].tolist() == [4]
    np.testing.assert_allclose(changes.level, [4 / 3, np.nan, 4 / 3, 4 / 3, 26 / 3, np.nan, 26 / 3, 26 / 3])


def test_dates_in_a_cube_along_any_axis():
    times = np.array(
        ["2019-03-31", "2020-03-31", "2021-03-31", "2022-03-31", "2023-03-31", "2024-03-31"], "M8[D]"
    )
    cube = np.zeros((6, 2))
    cube[:, 0] = [1, 2, 1, 8, 9, 8]
    kept = cube.copy()
    changes = change_points(cube, axis=0, times=times.tolist(), min_size=2)
    assert changes.dates.astype(str).tolist() == ["2022-03-31"]
    assert changes.last.tolist() == [3, -1]
    assert changes.last_date.astype(str).tolist() == ["2022-03-31", "NaT"]
    assert change_points(cube, axis=0, times=range(6)).last_date.tolist() == [
        3,
        pytest.approx(np.nan, nan_ok=True),
    ]
    assert change_points(cube, axis=0).last_date.tolist() == [3, -1]
    assert change_points(cube, axis=0).dates.tolist() == [3]
    np.testing.assert_array_equal(cube, kept)


@pytest.mark.parametrize(
    "values", [[], [np.nan] * 4, np.empty((0, 5)), np.empty((2, 0)), [7], [0.1] * 9], ids=str
)
def test_nothing_to_see_is_no_change(values):
    changes = change_points(values)
    assert not changes.changed.any()
    assert np.all(changes.last == -1)
    assert np.all(changes.count == 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"min_size": 0}, "min_size must be a whole number of at least 1"),
        ({"max_changes": 1.5}, "max_changes must be a whole number of at least 0"),
        ({"penalty": 0}, "penalty must be above nought"),
        ({"times": [1, 2]}, "times must hold a date or number for each of the 3"),
        ({"times": ["a", "b", "c"]}, "times must hold a date or number"),
        ({"times": [object(), 2, 3]}, "times must be dates or numbers"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(arguments, words):
    with pytest.raises(ConfigError, match=words):
        change_points([1, 2, 3], **arguments)


def spread(values, at):
    return sum(
        ((part - part.mean()) ** 2).sum() for part in np.split(np.asarray(values, dtype=float), list(at))
    )
