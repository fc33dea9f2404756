import numpy as np
from hypothesis import given, settings

from earlywarn.targeting.interchanges import find_interchanges
from earlywarn.targeting.programme import choose
from earlywarn.targeting.tables import COLUMNS
from strategies_targeting import made_up_candidates, postponing, refusing, worlds

FEW = 10  # worlds for the property


def found(candidates, *, per_quarter=2, **others):
    return find_interchanges(
        candidates, choose(candidates, rules=refusing(per_quarter=per_quarter)), **others
    )


def test_worked_by_hand():
    # one a quarter, by weight; the intervals go from 0.3 to 0.5, 0.28 to 0.48 and 0.08 to 0.28: the second
    # overlaps both, which do not meet
    candidates = made_up_candidates([40, 38, 18], quarters=3, width=0.1)
    interchanges = found(candidates, per_quarter=1)
    assert interchanges.count.tolist() == [1, 2, 1]
    head, tail = "Its risk cannot be told apart from that of", "may change places where teams are free."
    assert interchanges.words == [
        f"{head} 1 area planned later: Area 01. The two {tail}",
        f"{head} 2 areas (1 later and 1 earlier in the programme): Area 00; Area 02. They {tail}",
        f"{head} 1 area planned earlier: Area 01. The two {tail}",
    ]
    table = interchanges.table
    assert tuple(table.columns) == COLUMNS["interchanges"]
    assert table[["area_code", "other"]].to_numpy().tolist() == [
        ["A00", "A01"], ["A01", "A00"], ["A01", "A02"], ["A02", "A01"],
    ]  # fmt: skip
    assert table.iloc[0][["quarter", "other_quarter"]].tolist() == candidates.quarters[:2].tolist()


def test_of_many_the_nearest_are_listed_and_all_are_counted():
    candidates = made_up_candidates([20, 21, 22, 23, 24, 25], width=0.5)
    interchanges = found(candidates, per_quarter=3, listed=1)
    assert interchanges.count.tolist() == [3] * 6
    assert len(interchanges.table) == 6
    assert interchanges.words[5] == (
        "Its risk cannot be told apart from that of 3 areas planned later, such as Area 02. They may change "
        "places where teams are free."
    )


def test_what_a_coordinator_set_or_ordered_stays():
    candidates = made_up_candidates([5] * 5, quarters=3, pinned={0: 1}, order=((1, 2),))
    interchanges = found(candidates)
    assert interchanges.count[:3].tolist() == [0, 0, 0]
    assert interchanges.words[:3] == ["", "", ""]


def test_an_area_without_an_interval_is_told_apart_from_none():
    candidates = made_up_candidates([5] * 4, risk=[np.nan, 0.1, 0.1, 0.1])
    assert found(candidates).count[0] == 0


def test_without_planned_reviews_there_is_nothing_to_change():
    interchanges = found(made_up_candidates([5], excluded=[0]))
    assert (interchanges.table.empty, interchanges.count.tolist(), interchanges.words) == (True, [0], [""])


def alike(candidates, choice, one, other):
    """Whether two areas may change places: shares no line with what is tested."""
    if one == other or min(choice.quarter[one], choice.quarter[other]) < 0:
        return False
    held = {area for pair in candidates.order for area in pair} | set(np.flatnonzero(candidates.pinned >= 0))
    low, high = candidates.areas["risk_low"], candidates.areas["risk_high"]
    for area, place in ((one, choice.quarter[other]), (other, choice.quarter[one])):
        late = place > candidates.deadline[area] and place > choice.quarter[area]
        if area in held or late or not candidates.allowed[area, place]:
            return False
    return choice.quarter[one] != choice.quarter[other] and not (
        high[one] < low[other] or high[other] < low[one]
    )


@settings(max_examples=FEW)
@given(worlds(overrides=False))
def test_each_may_be_visited_in_the_others_quarter(world):
    candidates, rules = world
    choice = choose(candidates, rules=postponing(rules))
    interchanges = find_interchanges(candidates, choice, listed=99)
    n = len(candidates.areas)
    pairs = np.array([[alike(candidates, choice, one, other) for other in range(n)] for one in range(n)])
    assert interchanges.count.tolist() == pairs.sum(axis=1).tolist()
    code = candidates.areas["area_code"]
    listed = {(code[one], code[other]) for one, other in zip(*np.nonzero(pairs), strict=True)}
    assert set(interchanges.table[["area_code", "other"]].itertuples(index=False, name=None)) == listed
    assert interchanges.table["area_code"].is_monotonic_increasing
