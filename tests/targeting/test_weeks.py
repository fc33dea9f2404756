from itertools import product

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.targeting.tables import COLUMNS
from earlywarn.targeting.weeks import set_weeks
from strategies_targeting import made_up_candidates

FEW = 15  # quarters for each property


def teams(*pairs):
    return pd.DataFrame(pairs, columns=["area_code", "reviewer"])


def only_weeks(candidates, weeks, *, quarter=0):
    """Open each area in some weeks of a quarter alone."""
    candidates.weeks[:, quarter] = False
    for area, open_ in enumerate(weeks):
        candidates.weeks[area, quarter, list(open_)] = True
    return candidates


def quarter_of(candidates):
    return np.zeros(len(candidates.areas), dtype=int)


def test_reviews_are_spread_over_the_quarter():
    # 13 Mondays, four reviews: their turns are the weeks 13/8, 39/8, 65/8 and 91/8, so 1, 4, 8 and 11
    candidates = made_up_candidates([1] * 5)
    weeks = set_weeks(candidates, np.array([0, 0, -1, 0, 0]))
    first = pd.Timestamp("2025-04-07")  # the first Monday of April 2025
    expected = [first + pd.Timedelta(weeks=week) for week in (1, 4, 8, 11)]
    assert weeks.monday[[0, 1, 3, 4]].tolist() == expected
    assert weeks.monday[2] is pd.NaT
    assert weeks.shortfalls.empty
    assert tuple(weeks.shortfalls.columns) == COLUMNS["shortfalls"]


def test_a_quarter_that_begins_on_a_monday_begins_with_it():
    candidates = made_up_candidates([1], quarters=8, deadline={})
    start = candidates.quarters.get_loc(pd.Timestamp("2026-01-01"))
    only_weeks(candidates, [[0]], quarter=start)
    assert set_weeks(candidates, np.array([start])).monday[0] == pd.Timestamp("2026-01-05")
    assert (candidates.quarters.dayofweek != 0).any()


def test_a_review_keeps_to_its_own_weeks():
    candidates = only_weeks(made_up_candidates([1, 1]), [[9], [2, 3]])  # of the three the turns are 2 and 9
    monday = set_weeks(candidates, quarter_of(candidates)).monday
    assert [(day - pd.Timestamp("2025-04-07")).days // 7 for day in monday] == [9, 2]


def test_nobody_is_in_two_places_in_one_week():
    candidates = only_weeks(made_up_candidates([1, 1]), [[5, 6], [5]])
    shared = teams(("A00", "R1"), ("A01", "R1"), ("A00", ""), ("A01", ""), ("elsewhere", "R1"))
    weeks = set_weeks(candidates, quarter_of(candidates), teams=shared)
    assert weeks.monday.tolist() == [pd.Timestamp("2025-05-19"), pd.Timestamp("2025-05-12")]


def test_places_that_are_to_be_named_hold_nobody_up():
    candidates = only_weeks(made_up_candidates([1, 1]), [[5], [5]])
    unnamed = teams(("A00", ""), ("A01", ""))
    assert set_weeks(candidates, quarter_of(candidates), teams=unnamed).shortfalls.empty


def test_a_review_without_a_week_is_named():
    candidates = only_weeks(made_up_candidates([1, 1, 1]), [[5], [5], []])
    shared = teams(("A00", "R1"), ("A01", "R1"))
    weeks = set_weeks(candidates, quarter_of(candidates), teams=shared)
    assert weeks.monday.isna().sum() == 2
    late, closed = weeks.shortfalls.to_dict("records")
    assert late["rule"] == closed["rule"] == "weeks"
    assert late["words"].endswith(
        "Apr-Jun 2025: its reviewers are in other teams in every week that is left."
    )
    assert closed["words"] == "Area 02, Apr-Jun 2025: no week of the quarter is free for it."
    assert (closed["wanted"], closed["found"], closed["areas"]) == (1.0, 0.0, "Area 02")


def test_a_risk_that_changes_moves_no_week():
    weeks = [
        set_weeks(made_up_candidates(weight), np.zeros(4, dtype=int)).monday
        for weight in ([1] * 4, [4, 9, 2, 1])
    ]
    assert weeks[0].tolist() == weeks[1].tolist()


@st.composite
def quarters(draw, *, most=9, weeks=13):
    """Draw one quarter's reviews: in which weeks each may be held, and who sits in its team."""
    n = draw(st.integers(1, most))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    open_ = rng.random((n, weeks)) < draw(st.sampled_from([0.2, 0.6]))
    reviewers = draw(st.sampled_from([2, 5]))
    pairs = [
        (f"A{area:02}", f"R{who}") for area in range(n) for who in rng.choice(reviewers, 2, replace=False)
    ]
    return only_weeks(made_up_candidates([1] * n), map(np.flatnonzero, open_)), teams(*pairs)


@settings(max_examples=FEW)
@given(quarters())
def test_every_week_is_open_and_no_reviewer_sits_twice(drawn):
    candidates, seats = drawn
    monday = set_weeks(candidates, quarter_of(candidates), teams=seats).monday
    for area, day in enumerate(monday):
        if day is not pd.NaT:
            assert (day.dayofweek, day.quarter) == (0, 2)
            assert candidates.weeks[area, 0, (day.day + 30 * (day.month - 4) + (day.month == 6) - 1) // 7]
    sitting = seats.assign(
        monday=seats["area_code"].map(dict(zip(candidates.areas["area_code"], monday, strict=True)))
    )
    assert not sitting.dropna().duplicated(["reviewer", "monday"]).any()


@settings(max_examples=FEW)
@given(quarters(most=4, weeks=3))
def test_no_other_arrangement_holds_more_reviews(drawn):
    candidates, seats = drawn
    open_ = candidates.weeks[:, 0, :3]
    people = [
        set(seats.loc[seats["area_code"] == code, "reviewer"]) for code in candidates.areas["area_code"]
    ]

    def holds(weeks):
        held = [(area, week) for area, week in enumerate(weeks) if week >= 0]
        clash = any(
            week == other and people[area] & people[second]
            for at, (area, week) in enumerate(held)
            for second, other in held[:at]
        )
        return -1 if clash or not all(open_[area, week] for area, week in held) else len(held)

    most = max(holds(weeks) for weeks in product(range(-1, 3), repeat=len(open_)))
    found = set_weeks(candidates, quarter_of(candidates), teams=seats)
    assert found.monday.notna().sum() == most
    assert len(found.shortfalls) == len(open_) - most
