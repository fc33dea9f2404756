from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from earlywarn.errors import PlanError
from earlywarn.targeting.capacity import read_capacity
from earlywarn.targeting.matching import match_reviewers
from earlywarn.targeting.programme import choose
from earlywarn.targeting.reviewers import who_may_visit
from earlywarn.targeting.rules import read_rules
from earlywarn.targeting.staffed import staff
from earlywarn.targeting.tables import COLUMNS
from earlywarn.targeting.teams import make_teams
from strategies_teams import broken_rules, candidates_of, made_up_run, reviewers_of, team_worlds

ONE_EACH = {"team.places": ["any"], "capacity.per_quarter": 2}


def rules_of(**changes):
    return read_rules(changes=ONE_EACH | {key.replace("__", "."): value for key, value in changes.items()})


def teams_for(quarter, run, candidates, inputs, rules):
    reviewers = who_may_visit(candidates, inputs, rules)
    matching = match_reviewers(run, reviewers, rules)
    return make_teams(candidates, quarter, reviewers=reviewers, matching=matching, rules=rules)


@given(team_worlds())
@settings(max_examples=4)
def test_a_programme_with_its_teams_keeps_every_rule(world):
    run, candidates, inputs, rules, _ = world
    staffed = staff(candidates, run, inputs, rules)
    assert broken_rules(staffed.teams, candidates, inputs, rules) == []
    empty = staffed.teams[staffed.teams["reviewer"] == ""]
    assert set(empty["quarter"]) == set(staffed.shortfalls["quarter"])
    assert staffed.shortfalls["wanted"].sub(staffed.shortfalls["found"]).sum() == len(empty)
    again = staff(candidates, run, inputs, rules)
    pd.testing.assert_frame_equal(again.teams, staffed.teams)


def two_quarters():
    """Two areas to visit, both best in the first quarter; the third lends the one reviewer there is."""
    run = made_up_run(3, region=["North", "North", "South"])
    return run, reviewers_of({"reviewer": "R1", "area_code": "A02"})


def test_a_review_moves_so_that_both_can_be_staffed():
    run, inputs = two_quarters()
    candidates = candidates_of(run, elsewhere=[], weight=[5, 4, 1], allowed=[[1, 1], [1, 1], [0, 0]])
    staffed = staff(candidates, run, inputs, rules_of())
    assert staffed.choice.quarter.tolist() == [0, 1, -1]
    assert staffed.teams["reviewer"].tolist() == ["R1", "R1"]
    assert staffed.moved == 1
    assert staffed.shortfalls.empty
    (caution,) = staffed.cautions
    assert caution == (
        "So that reviewers could be found for as many places as possible, 1 review was given another quarter."
    )


def test_no_review_comes_late_for_want_of_a_reviewer():
    run, inputs = two_quarters()
    candidates = candidates_of(run, weight=[5, 4, 1], allowed=[[1, 1], [1, 1], [0, 0]], deadline={0: 0, 1: 0})
    staffed = staff(candidates, run, inputs, rules_of())
    assert staffed.choice.quarter.tolist() == [0, 0, -1]
    assert sorted(staffed.teams["reviewer"]) == ["", "R1"]
    row = staffed.shortfalls.loc[0]
    assert tuple(staffed.shortfalls.columns) == COLUMNS["shortfalls"]
    assert (row["rule"], row["wanted"], row["found"]) == ("reviewers", 2, 1)
    assert row["words"] == (
        "Apr-Jun 2025: teams have 2 places, but under the rules reviewers can be found for 1; "
        "1 place is to be named."
    )


def test_a_remedy_that_is_named_works():
    run, inputs = two_quarters()
    inputs.reviewers["available"] = "2"
    candidates = candidates_of(run, weight=[5, 4, 1], allowed=[[1, 1], [1, 1], [0, 0]], deadline={0: 0, 1: 0})
    remedy = staff(candidates, run, inputs, rules_of()).shortfalls.loc[0, "remedy"]
    assert remedy == (
        "Relax one: set [team] max_per_reviewer_per_quarter = 2; or find 1 more reviewer for Apr-Jun 2025 "
        "from other regions."
    )
    relaxed = staff(candidates, run, inputs, rules_of(team__max_per_reviewer_per_quarter=2))
    assert relaxed.shortfalls.empty


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("head_of_service", "set [team] lead_roles = ['director', 'assistant_director', 'head_of_service']"),
        (
            "finance",
            "Find 1 more reviewer (director or assistant director) for Apr-Jun 2025 from other regions; no",
        ),
    ],
)
def test_a_place_to_lead_needs_the_role(role, words):
    run = made_up_run(2, region=["North", "South"])
    inputs = reviewers_of({"reviewer": "R1", "area_code": "A01", "role": role})
    candidates = candidates_of(run, allowed=[[1, 0], [0, 0]], weight=[5, 1])
    staffed = staff(candidates, run, inputs, rules_of(team__places=["lead"], capacity__per_quarter=1))
    assert staffed.shortfalls["wanted"].tolist() == [1]
    assert words in staffed.shortfalls.loc[0, "remedy"]


def test_without_reviewers_one_caution_says_so():
    run = made_up_run(2)
    staffed = staff(candidates_of(run), run, reviewers_of(), rules_of())
    assert staffed.shortfalls.empty
    assert staffed.teams["reviewer"].eq("").all()
    assert len(staffed.teams) == 2
    assert len(staffed.cautions) == 1
    assert "every place of every team is to be named" in staffed.cautions[0]


def test_who_can_visit_nobody_is_in_the_cautions():
    run = made_up_run(2, region=["North", "South"], band=["higher than most"])
    inputs = reviewers_of(("R1", "A00"), ("R2", "A00"))
    cautions = staff(candidates_of(run), run, inputs, rules_of()).cautions
    assert cautions[-1] == (
        "Under the rules 2 of 2 reviewers can visit no area: the risk of their area is higher than most "
        "(R1, R2)."
    )


def test_what_cannot_be_in_time_is_refused_before_teams_are_sought():
    run, inputs = two_quarters()
    candidates = candidates_of(run, deadline={0: 0, 1: 0, 2: 0})
    with pytest.raises(PlanError, match="capacity"):
        staff(candidates, run, inputs, rules_of())


@pytest.mark.slow
@given(team_worlds(most_areas=10, most_reviewers=16))
@settings(max_examples=15)
def test_many_programmes_with_their_teams_keep_every_rule(world):
    run, candidates, inputs, rules, _ = world
    staffed = staff(candidates, run, inputs, rules)
    assert broken_rules(staffed.teams, candidates, inputs, rules) == []
    free = staff(candidates, run, reviewers_of(), rules).choice
    assert staffed.choice.late.sum() <= free.late.sum()
    assert (staffed.choice.quarter >= 0).sum() >= (free.quarter >= 0).sum()


def test_many_empty_places_are_named_without_trials(monkeypatch):
    monkeypatch.setattr("earlywarn.targeting.empty_places.MANY_PLACES", 1)
    run, inputs = two_quarters()
    candidates = candidates_of(run, weight=[5, 4, 1], allowed=[[1, 1], [1, 1], [0, 0]], deadline={0: 0, 1: 0})
    remedy = staff(candidates, run, inputs, rules_of()).shortfalls.loc[0, "remedy"]
    assert remedy.endswith("may do too, but was not tried for so many places.")


def test_of_the_programmes_that_fill_as_many_places_the_best_is_found_and_proven():
    run = made_up_run(4, region=["North", "North", "North", "South"])
    inputs = reviewers_of({"reviewer": "R1", "area_code": "A03"})
    candidates = candidates_of(
        run, weight=[5, 4, 3, 1], allowed=[[1, 1], [1, 1], [1, 1], [0, 0]], deadline={0: 1, 1: 1, 2: 1}
    )
    rules = rules_of(capacity__per_quarter=3)
    staffed, most = staff(candidates, run, inputs, rules), choose(candidates, rules=rules)
    assert (staffed.moved, (staffed.teams["reviewer"] == "").sum()) == (1, 1)
    assert staffed.choice.benefit < most.benefit  # which leaves two places empty
    assert (staffed.choice.bound, staffed.choice.status) == (staffed.choice.benefit, "optimal")


def standing(run, candidates, inputs, rules, quarter):
    """How good quarters are: fewer late, more reviews, more places filled, more benefit."""
    visited = np.flatnonzero(quarter >= 0)
    reached = np.where(quarter >= 0, quarter, len(candidates.quarters))
    late = np.maximum(reached - np.maximum(candidates.deadline, candidates.pinned), 0)[~candidates.excluded]
    made = teams_for(quarter, run, candidates, inputs, rules).table
    filled = int((made["reviewer"] != "").sum())
    return -int(late.sum()), len(visited), filled, candidates.benefit[visited, quarter[visited]].sum()


def possible(candidates, rules):
    """Every choice of quarters that keeps windows, overrides and capacity."""
    room = read_capacity(candidates, rules=rules).reviews
    options = [
        [-1] if out else [pin] if pin >= 0 else [-1, *np.flatnonzero(open_)]
        for out, pin, open_ in zip(candidates.excluded, candidates.pinned, candidates.allowed, strict=True)
    ]
    for picked in product(*options):
        quarter = np.array(picked)
        counts = np.bincount(quarter[quarter >= 0], minlength=len(room))
        kept = all(
            quarter[then] < 0 or 0 <= quarter[first] < quarter[then] for first, then in candidates.order
        )
        if kept and (counts <= room).all():
            yield quarter


@given(team_worlds(most_areas=3, most_reviewers=3, quarters=(2, 2)))
@settings(max_examples=4)
def test_what_is_said_to_be_proven_no_other_programme_exceeds(world):
    run, candidates, inputs, rules, _ = world
    staffed = staff(candidates, run, inputs, rules)
    ours = standing(run, candidates, inputs, rules, staffed.choice.quarter)
    best = max(standing(run, candidates, inputs, rules, quarter) for quarter in possible(candidates, rules))
    assert ours[:2] == best[:2]
    if staffed.choice.status == "optimal" and not inputs.reviewers.empty:
        assert ours[2:] == (best[2], pytest.approx(best[3]))
    elif ours[2] == best[2]:
        assert best[3] <= staffed.choice.bound + 1e-9
