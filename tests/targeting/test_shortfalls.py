import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.errors import PlanError
from earlywarn.schedule import quarter_words
from earlywarn.targeting.capacity import overfull_quarters, read_capacity
from earlywarn.targeting.programme import Cut, Supply, choose
from earlywarn.targeting.rules import read_rules
from earlywarn.targeting.shortfalls import name_shortfalls
from earlywarn.targeting.tables import COLUMNS
from strategies_targeting import made_up_candidates, postponing, refusing, worlds

FEW = 10  # worlds for each property
QUARTER = r"\w{3}-\w{3} \d{4}"
ONE = re.compile(rf"by_quarter for ({QUARTER}) to (\d+)")
SEVERAL = re.compile(rf"to (\d+) for ({QUARTER}(?:(?:,| to| and) {QUARTER})*)")


def refused(candidates, rules, **others):
    with pytest.raises(PlanError, match="cannot all be kept; nothing was planned") as caught:
        choose(candidates, rules=rules, **others)
    return str(caught.value)


def named(candidates, rules, **others):
    choice = choose(candidates, rules=rules, postpone=True, **others)
    return name_shortfalls(candidates, choice, rules=rules, **others)


def raised_in(remedies, quarters):
    """Read the capacities that remedies ask for, as a coordinator would: for each quarter the largest."""
    raised = {}
    days = [quarter_words(day) for day in quarters]
    for remedy in remedies:
        asked = [(one[2], one[1]) for one in ONE.finditer(remedy)]
        for count, where in asked or SEVERAL.findall(remedy):
            told = re.findall(QUARTER, where)
            span = days[days.index(told[0]) : days.index(told[-1]) + 1] if " to " in where else told
            raised |= {day: max(int(count), raised.get(day, 0)) for day in span}
    return raised


def six_due(rows=6, due=1):
    """Six areas are due by the second quarter and cannot be visited in the first; two more are not due."""
    blocked = [(area, 0) for area in range(rows)]
    return made_up_candidates([1] * 8, quarters=4, deadline=dict.fromkeys(range(rows), due), blocked=blocked)


def later(changes):
    """Make them again with a longer interval: from 27 months on they fall due a quarter later."""
    return six_due(due=min(1 + (changes["due.every_months"] - 24) // 3, 4))


def test_a_quarter_that_is_too_full_is_named_with_what_would_suffice():
    assert refused(six_due(), refusing(per_quarter=4), remade=later) == (
        "The rules of this programme cannot all be kept; nothing was planned.\n"
        "  Jul-Sep 2025: capacity is 4, but 6 areas fall due by then that cannot be visited earlier. Relax "
        "one: raise [capacity] by_quarter for Jul-Sep 2025 to 6; or set [capacity] per_quarter = 6; or set "
        "[due] every_months = 27; or set [due] when_impossible = 'postpone', which leaves 2 areas later than "
        "due."
    )


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        pytest.param({"capacity.by_quarter": {"Jul-Sep 2025": 6}}, 1, id="that quarter's capacity"),
        pytest.param({"capacity.per_quarter": 6}, 1, id="every quarter's capacity"),
        pytest.param({"due.every_months": 27}, 2, id="a longer interval"),
    ],
)
def test_each_of_the_remedies_suffices(changes, due):
    rules = read_rules(changes={"capacity.per_quarter": 4} | changes)
    assert not choose(six_due(due=due), rules=rules).late.any()


def test_postponing_leaves_as_many_areas_late_as_was_said():
    choice = choose(six_due(), rules=postponing(refusing(per_quarter=4)))
    assert (choice.late > 0).sum() == 2


@pytest.mark.parametrize(
    "changes",
    [{"capacity.per_quarter": 5}, {"capacity.by_quarter": {"Jul-Sep 2025": 5}, "capacity.per_quarter": 4}],
    ids=["every quarter", "that quarter"],
)
def test_one_less_would_not_do(changes):
    assert "6 areas fall due" in refused(six_due(), read_rules(changes=changes))


def test_a_remedy_that_does_not_suffice_is_not_said():
    message = refused(six_due(), refusing(per_quarter=1), remade=lambda _: six_due())
    assert "every_months" not in message
    closed = refusing(per_quarter=4, by_quarter={"Jul-Sep 2025": 2})
    assert "per_quarter =" not in refused(six_due(), closed)  # the rule for that quarter is what binds


def test_an_interval_beyond_what_the_rule_takes_is_not_said():
    rules = read_rules(changes={"capacity.per_quarter": 4, "due.every_months": 119})
    assert "every_months" not in refused(six_due(), rules, remade=later)


def test_a_kept_programme_has_no_shortfalls():
    table = named(six_due(), refusing(per_quarter=6))
    assert (table.empty, tuple(table.columns)) == (True, COLUMNS["shortfalls"])


def test_a_postponed_programme_tells_its_shortfalls():
    table = named(six_due(), postponing(refusing(per_quarter=4)))
    assert table.drop(columns=["words", "areas"]).to_dict("records") == [
        {
            "rule": "capacity",
            "quarter": six_due().quarters[1],
            "wanted": 6.0,
            "found": 4.0,
            "remedy": "Relax one: raise [capacity] by_quarter for Jul-Sep 2025 to 6; or set [capacity] "
            "per_quarter = 6.",
        }
    ]
    assert table["areas"].item() == "Area 00; Area 01; Area 02; Area 03; Area 04; Area 05"


def test_several_quarters_are_named_each_with_its_own_remedy():
    # three due in the first quarter, two more that have only the first two, and two with the fourth alone
    closed = [(3, 2), (4, 2), *((area, quarter) for area in (5, 6) for quarter in range(3))]
    due = dict.fromkeys(range(3), 0) | {3: 3, 4: 3, 5: 3, 6: 3}
    candidates = made_up_candidates([1] * 7, quarters=4, deadline=due, blocked=[*closed, (3, 3), (4, 3)])
    message = refused(candidates, refusing(per_quarter=1))
    only = "fall due that can be visited in time in no other quarter"
    head, *lines, instead = message.splitlines()
    assert head.endswith("nothing was planned. Each of these needs a remedy:")
    words, remedies = zip(*(line.split(". To mend it: ") for line in lines), strict=True)
    assert [told.strip() for told in words] == [
        "Apr-Jun 2025: capacity is 1, but 3 areas fall due by then that cannot be visited earlier",
        "Jan-Mar 2026: capacity is 1, but 2 areas fall due by then that cannot be visited earlier",
        f"Apr-Jun 2025 and Jul-Sep 2025: capacity is 2 in all, but 5 areas {only}",
    ]
    assert list(remedies) == [
        "raise [capacity] by_quarter for Apr-Jun 2025 to 3.",
        "raise [capacity] by_quarter for Jan-Mar 2026 to 2.",
        "raise [capacity] by_quarter to 3 for Apr-Jun 2025 and to 2 for Jul-Sep 2025.",
    ]
    assert instead.startswith("  Instead, for all of these. Relax one: set [capacity] per_quarter = 3; or")
    table = named(candidates, refusing(per_quarter=1))
    assert table["remedy"].str.contains(", with what the other rows name; or ", regex=False).all()


def test_a_run_of_quarters_is_named_by_its_ends():
    candidates = made_up_candidates([1] * 4, quarters=3, deadline=dict.fromkeys(range(4), 2))
    message = refused(candidates, refusing(per_quarter=1))
    assert (
        "Apr-Jun 2025 to Oct-Dec 2025: capacity is 3 in all, but 4 areas fall due by Oct-Dec 2025." in message
    )
    assert "raise [capacity] by_quarter for Oct-Dec 2025 to 2; or" in message


def test_what_several_quarters_lack_is_shared_among_them():
    # seven due in the first two quarters, where one each is held: five more, so three more for each
    due = dict.fromkeys(range(7), 1) | dict.fromkeys(range(7, 12), 2)
    candidates = made_up_candidates([1] * 12, quarters=3, deadline=due)
    table = named(candidates, refusing(per_quarter=1))
    head, both = "Relax one: raise [capacity] by_quarter to", "Apr-Jun 2025 and Jul-Sep 2025"
    assert table["remedy"].str.split(", with what").str[0].tolist() == [
        f"{head} 4 for {both}",
        f"{head} 5 for {both} and to 2 for Oct-Dec 2025",
    ]
    assert table["words"].str.contains(
        "capacity is 2 in all, but 7 areas fall due by Jul-Sep 2025.", regex=False
    )[0]


@settings(max_examples=FEW)
@given(worlds(overrides=False))
def test_with_every_named_quarter_raised_all_are_in_time(world):
    candidates, rules = world
    reviews = read_capacity(candidates, rules=rules).reviews
    stuck = [one.areas for one in overfull_quarters(candidates, reviews) if not len(one.quarters)]
    deadline = np.array(candidates.deadline)
    deadline[np.concatenate([*stuck, np.array([], dtype=int)])] = len(reviews)
    candidates = replace(candidates, deadline=deadline)
    choice = choose(candidates, rules=postponing(rules))
    table = name_shortfalls(candidates, choice, rules=rules)
    assert table.empty == (not choice.late.any())
    assert (table["rule"] == "capacity").all()
    before = {f"{day:%Y-%m}": int(count) for day, count in zip(candidates.quarters, reviews, strict=True)}
    wider = refusing(by_quarter=before).capacity.by_quarter | raised_in(table["remedy"], candidates.quarters)
    assert not choose(candidates, rules=refusing(by_quarter=wider)).late.any()


@given(st.integers(0, 2**16))
def test_what_is_named_has_more_areas_than_room(seed):
    rng = np.random.default_rng(seed)
    due = dict(enumerate(rng.integers(0, 5, 10)))
    candidates = made_up_candidates([1] * 10, quarters=4, deadline=due, allowed=rng.random((10, 4)) < 0.5)
    reviews = rng.integers(0, 3, 4)
    for one in overfull_quarters(candidates, reviews):
        assert one.room == reviews[one.quarters].sum() < len(one.areas)
        for area in one.areas:
            timely = np.flatnonzero(candidates.allowed[area, : candidates.deadline[area] + 1])
            assert set(timely) <= set(one.quarters)


def test_an_area_with_no_quarter_in_time_is_named_with_the_reason():
    candidates = made_up_candidates([1, 1], deadline={0: 0}, blocked=[(0, 0)])
    candidates.blocked[0, 0] = "Apr-Jun 2025: 6 months after an inspection are kept free"
    table = named(candidates, refusing(per_quarter=1))
    assert table["rule"].tolist() == ["windows"]
    assert table["words"].item() == (
        "Area 00: a review falls due by Apr-Jun 2025, and none can be held until then (Apr-Jun 2025: 6 "
        "months after an inspection are kept free)."
    )
    assert (
        "relax one of the rules that keep these quarters closed to it; or set [due]" in table["remedy"].item()
    )


def test_a_review_moved_past_its_deadline_is_told_but_not_refused():
    table = named(made_up_candidates([5, 6], deadline={0: 0}, pinned={0: 1}), refusing(per_quarter=1))
    assert table[["rule", "found"]].to_numpy().tolist() == [["override", 1.0]]
    assert table["words"].item() == (
        "Area 00: a coordinator moved its review to Jul-Sep 2025, 1 quarter later than due."
    )
    assert table["remedy"].item() == (
        "Relax one: move it to Apr-Jun 2025 or before; or keep the override, and its reason with it."
    )


def test_what_coordinators_moved_is_counted_among_what_falls_due():
    moved = made_up_candidates([1] * 3, deadline={0: 0, 1: 0}, pinned={0: 0})
    assert "2 areas fall due by then that cannot be visited earlier, 1 of them moved there" in refused(
        moved, refusing(per_quarter=1)
    )


def test_an_order_that_makes_an_area_late_is_named():
    candidates = made_up_candidates([1, 1, 1], deadline={1: 0}, order=((0, 1),))
    message = refused(candidates, refusing(per_quarter=2))
    assert "With Area 01 put after Area 00, not every area can be reached in time." in message
    assert "Relax one: withdraw the override that puts Area 01 after Area 00; or set [due]" in message
    assert not choose(replace(candidates, order=()), rules=refusing(per_quarter=2)).late.any()


def test_orders_that_make_areas_late_only_together_are_all_named():
    # Area 02 is due by the second quarter but has to come after two others, each of which has to come first
    candidates = made_up_candidates([1] * 4, deadline={2: 0}, order=((0, 2), (1, 2)))
    table = named(candidates, refusing(per_quarter=4))
    assert table["rule"].tolist() == ["order", "order"]


def test_reviewers_are_named_where_they_and_not_capacity_are_short():
    candidates = made_up_candidates([1] * 3, deadline={0: 0, 1: 0})
    supply = Supply(np.array([5.0, 9]), np.zeros((3, 2)), places=3)
    message = refused(candidates, refusing(per_quarter=3), supply=supply)
    assert "Apr-Jun 2025: there are reviewers for 1 review, but 2 areas fall due by then" in message
    assert "Relax one: find reviewers for at least 1 more place in Apr-Jun 2025; or set [due]" in message
    enough = Supply(np.array([6.0, 9]), np.zeros((3, 2)), places=3)
    assert not choose(candidates, rules=refusing(per_quarter=3), supply=enough).late.any()


def test_reviewers_who_are_short_because_of_who_is_visited_are_named():
    candidates = made_up_candidates([1, 1], deadline={0: 0, 1: 0})
    supply = Supply(np.array([6.0, 6]), np.array([[1.0, 0], [0, 0]]), places=3)
    table = named(candidates, refusing(per_quarter=2), supply=supply)
    assert table["rule"].tolist() == ["reviewers"]
    assert table["quarter"].isna().all()
    assert "Without that limit all of them could be reached in time." in table["words"].item()


def test_reviewers_are_asked_for_where_there_is_room_for_their_reviews():
    # four due by the second quarter; reviewers for one review in each, room for three and then for one
    candidates = made_up_candidates([1] * 4, deadline=dict.fromkeys(range(4), 1))
    supply = Supply(np.array([2.0, 2]), np.zeros((4, 2)), places=2)
    rules = refusing(per_quarter=1, by_quarter={"Apr-Jun 2025": 3})
    message = refused(candidates, rules, supply=supply)
    assert "there are reviewers for 2 reviews, but 4 areas fall due by Jul-Sep 2025." in message
    assert "at least 4 more places in Apr-Jun 2025; or set [due]" in message
    more = Supply(np.array([6.0, 2]), np.zeros((4, 2)), places=2)
    assert not choose(candidates, rules=rules, supply=more).late.any()


def test_teams_that_cannot_be_found_are_named_as_such():
    cut = Cut(np.array([0, 1]), np.array([0, 0]), np.ones(2), 1.0)
    candidates = made_up_candidates([1, 1], deadline={0: 0, 1: 0})
    message = refused(candidates, refusing(per_quarter=2), cuts=[cut])
    assert "Reviewers: with those there are, teams cannot be found in time" in message


def test_too_many_areas_moved_into_a_quarter_are_named():
    candidates = made_up_candidates([1, 1, 1], pinned={0: 1, 2: 1})
    for rules in (refusing(per_quarter=1), postponing(refusing(per_quarter=1))):
        assert refused(candidates, rules).endswith(
            "Jul-Sep 2025: capacity is 1, but coordinators moved 2 areas there (Area 00; Area 02). Relax "
            "one: raise [capacity] by_quarter for Jul-Sep 2025 to 2; or withdraw 1 of these overrides."
        )


def test_each_quarter_into_which_too_many_were_moved_is_named():
    moved = made_up_candidates([1] * 4, quarters=3, pinned={0: 1, 1: 1, 2: 2, 3: 2})
    head, *lines = refused(moved, refusing(per_quarter=1)).splitlines()
    assert head.endswith("Each of these needs a remedy:")
    assert [line.split(":")[0].strip() for line in lines] == ["Jul-Sep 2025", "Oct-Dec 2025"]


def test_an_area_that_cannot_come_after_another_is_named():
    candidates = made_up_candidates([1, 1], pinned={0: 1, 1: 0}, order=((0, 1),))
    assert (
        "Area 01 is to be visited in Apr-Jun 2025 and after Area 00, but Area 00 cannot be visited in an "
        "earlier quarter. Relax one: withdraw the override that puts Area 01 after Area 00"
    ) in refused(candidates, refusing(per_quarter=1))


def test_orders_that_only_together_cannot_be_followed_are_named():
    candidates = made_up_candidates([1, 1, 1], pinned={2: 1}, order=((0, 1), (1, 2)))
    message = refused(candidates, refusing(per_quarter=2))
    assert (
        "in all the orders that coordinators asked for (Area 01 after Area 00; Area 02 after Area 01)"
        in message
    )


def test_reviewers_who_are_too_few_for_what_was_moved_are_named():
    supply = Supply(np.array([0.0, 9]), np.zeros((2, 2)), places=3)
    message = refused(made_up_candidates([1, 1], pinned={0: 0}), refusing(per_quarter=2), supply=supply)
    assert "Reviewers: teams cannot be found for every area that coordinators moved (Area 00)." in message
