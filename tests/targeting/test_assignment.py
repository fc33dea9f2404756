from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.targeting import assignment
from earlywarn.targeting.assignment import assign
from earlywarn.targeting.assignment_task import SPREAD, Task, worth


@st.composite
def tasks(draw, *, most_reviewers=4, most_places=4, quarters=2):
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    people, places = draw(st.integers(1, most_reviewers)), draw(st.integers(1, most_places))
    homes = draw(st.integers(1, people))
    team = np.arange(places) // draw(st.integers(1, 3))
    when = rng.integers(0, quarters, places)[team]
    pairs = np.array([(i, j) for i in range(people) for j in range(i) if rng.random() < 0.2], dtype=np.int64)
    return Task(
        points=rng.integers(-1, draw(st.sampled_from([2, 9])), (people, places)),
        team=team,
        quarter=when,
        home=rng.integers(0, homes, people),
        capacity=rng.integers(0, 3, (people, quarters)),
        limit=rng.integers(0, 4, homes),
        conflicts=pairs.reshape(-1, 2),
        year=draw(st.integers(1, quarters)),
    )


def faults(task, reviewer):
    """Count broken rules, one by one."""
    seats = [(int(who), place) for place, who in enumerate(reviewer) if who >= 0]
    count = sum(task.points[who, place] < 0 for who, place in seats)
    for who, quarter in product(range(len(task.home)), range(task.capacity.shape[1])):
        taken = sum(one == who and task.quarter[place] == quarter for one, place in seats)
        count += taken > task.capacity[who, quarter]
    for home, first in product(range(len(task.limit)), range(task.capacity.shape[1])):
        span = range(first, first + task.year)
        lent = sum(task.home[who] == home and task.quarter[place] in span for who, place in seats)
        count += lent > task.limit[home]
    apart = {frozenset(map(int, pair)) for pair in task.conflicts}
    for at, (who, place) in enumerate(seats):
        for other, there in seats[:at]:
            if task.team[place] == task.team[there]:
                count += task.home[who] == task.home[other] or frozenset((who, other)) in apart
    return count


def plain_worth(task, reviewer):
    lent = {}
    for place, who in enumerate(reviewer):
        if who >= 0:
            key = task.home[who], task.quarter[place]
            lent[key] = lent.get(key, 0) + 1
    points = sum(task.points[who, place] for place, who in enumerate(reviewer) if who >= 0)
    return points - SPREAD * sum(count - 1 for count in lent.values())


@given(tasks())
@settings(max_examples=35)
def test_nothing_that_can_be_tried_fills_more_or_matches_better(task):
    everyone = product(range(-1, len(task.home)), repeat=len(task.team))
    allowed = [one for one in everyone if faults(task, one) == 0]
    filled = max(sum(who >= 0 for who in one) for one in allowed)
    best = max(plain_worth(task, one) for one in allowed if sum(who >= 0 for who in one) == filled)
    found = assign(task)
    assert faults(task, found.reviewer) == 0
    assert (found.reviewer >= 0).sum() == filled
    assert found.value == best == found.bound
    assert found.gap == 0


@given(tasks(most_reviewers=10, most_places=12, quarters=5), st.randoms(use_true_random=False))
@settings(max_examples=12)
def test_the_order_of_reviewers_changes_nothing_but_ties(task, random):
    found = assign(task)
    order = list(range(len(task.home)))
    random.shuffle(order)
    back = np.argsort(order)
    mixed = replace(
        task, points=task.points[order], home=task.home[order], capacity=task.capacity[order],
        conflicts=back[task.conflicts],
    )  # fmt: skip
    again = assign(mixed)
    assert faults(task, found.reviewer) == 0
    assert again.value == found.value == found.bound
    assert (again.reviewer >= 0).sum() == (found.reviewer >= 0).sum()
    assert assign(task).reviewer.tolist() == found.reviewer.tolist()


@given(tasks(most_reviewers=12, most_places=15, quarters=4))
@settings(max_examples=12)
def test_starting_from_few_pairs_ends_where_starting_from_all_does(task):
    whole = assign(task)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assignment, "PER_PLACE", 1)
        patch.setattr(assignment, "JOIN", 1)
        few = assign(task)
    assert (few.value, few.bound, few.gap) == (whole.value, whole.bound, 0)
    assert worth(task, few.reviewer) == worth(task, whole.reviewer)


@given(tasks(most_reviewers=12, most_places=15, quarters=4), st.sampled_from([0.05, 0.5]))
@settings(max_examples=12)
def test_what_is_not_proven_is_told(task, tolerance):
    close, best = assign(task, tolerance=tolerance), assign(task)
    assert faults(task, close.reviewer) == 0
    assert (close.reviewer >= 0).sum() == (best.reviewer >= 0).sum()
    assert close.value <= best.value <= close.bound
    assert close.gap <= tolerance + 1e-9 or close.value == close.bound


def test_a_filled_place_is_worth_more_than_any_match():
    # reviewer 0 alone can fill the second place; leaving it empty would win 9 points for the first
    points = np.array([[9, 0], [0, -1]])
    task = Task(
        points=points, team=np.array([0, 1]), quarter=np.array([0, 0]), home=np.array([0, 1]),
        capacity=np.ones((2, 1), int), limit=np.array([6, 6]),
    )  # fmt: skip
    assert assign(task).reviewer.tolist() == [1, 0]


def test_lending_is_spread_where_it_costs_little():
    # both of area 0 match one point better, but a second of one area in a quarter costs two
    task = Task(
        points=np.array([[5, 5], [5, 5], [4, 4]]), team=np.array([0, 1]), quarter=np.array([0, 0]),
        home=np.array([0, 0, 1]), capacity=np.ones((3, 1), int), limit=np.array([6, 6]),
    )  # fmt: skip
    assert assign(task).value == 9
    assert 2 in assign(task).reviewer


def test_fractions_that_beat_whole_reviewers_are_settled():
    # halves of the three, each in conflict with the others, would fill one place and a half of the team
    task = Task(
        points=np.full((3, 3), 4), team=np.zeros(3, int), quarter=np.zeros(3, int), home=np.arange(3),
        capacity=np.ones((3, 1), int), limit=np.full(3, 6), conflicts=np.array([(0, 1), (0, 2), (1, 2)]),
    )  # fmt: skip
    found = assign(task)
    assert (found.reviewer >= 0).sum() == 1
    assert (found.value, found.bound, found.gap) == (4, 4, 0)


def test_nobody_leaves_every_place_empty():
    task = Task(
        points=np.empty((0, 3), int), team=np.zeros(3, int), quarter=np.zeros(3, int), home=np.empty(0, int),
        capacity=np.empty((0, 1), int), limit=np.empty(0, int),
    )  # fmt: skip
    assert assign(task).reviewer.tolist() == [-1, -1, -1]
