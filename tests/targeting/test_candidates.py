"""When an area may be visited, by when, and what a visit is worth."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.errors import DataError
from earlywarn.schedule import quarter_words
from earlywarn.sources.programme_tables import ProgrammeInputs, empty_input
from earlywarn.targeting.actionable import actionable_share
from earlywarn.targeting.candidates import make_candidates, programme_quarters
from earlywarn.targeting.rules import Rules, read_rules
from earlywarn.targeting.windows import mondays

DAYS = st.dates(pd.Timestamp("2020-01-01").date(), pd.Timestamp("2025-03-31").date())
CODES = "ABCDEFGHIJKL"  # many areas and few examples: each area is one
few = settings(max_examples=5)


def for_each(values):
    return st.lists(values, min_size=len(CODES), max_size=len(CODES))


def table(name, rows):
    """Make one of the coordinator's tables from records."""
    wanted = empty_input(name)
    made = pd.DataFrame(rows).reindex(columns=wanted.columns)
    for column in wanted:
        if wanted[column].dtype == "object":
            made[column] = made[column].astype(object).where(made[column].notna(), "")
        else:
            made[column] = made[column].astype(wanted[column].dtype)
    return made


def history(*rows, **tables):
    return ProgrammeInputs(reviews=table("reviews", list(rows)), **tables)


def held(area, day):
    return {"area_code": area, "held_on": day}


def words_of(candidates, area, quarter):
    at = candidates.areas["area_code"].tolist().index(area)
    names = [quarter_words(day) for day in candidates.quarters]
    return candidates.blocked[at, names.index(quarter)]


def test_a_programme_begins_with_the_first_quarter_from_the_as_of_date_on():
    rules = read_rules(changes={"programme.quarters": 3})
    wanted = {"2025-04-01": "Apr-Jun 2025", "2025-04-02": "Jul-Sep 2025", "2025-06-30": "Jul-Sep 2025"}
    for day, first in wanted.items():
        quarters = programme_quarters(pd.Timestamp(day), rules=rules)
        assert (quarter_words(quarters[0]), len(quarters)) == (first, 3)
    named = read_rules(changes={"programme.first_quarter": "2025-10"})
    assert quarter_words(programme_quarters(pd.Timestamp("2025-04-01"), rules=named)[0]) == "Oct-Dec 2025"


def test_a_first_quarter_that_is_over_is_refused(made_run):
    rules = read_rules(changes={"programme.first_quarter": "Jan-Mar 2025"})
    wanted = r"first_quarter: 'Jan-Mar 2025' is over before the run's as-of date, 2025-04-01.*Apr-Jun 2025"
    with pytest.raises(DataError, match=wanted):
        make_candidates(made_run(), ProgrammeInputs(), rules)


def test_mondays_are_those_of_the_quarter_and_no_more():
    days, inside = mondays(pd.DatetimeIndex(["2024-01-01", "2024-07-01", "2025-04-01"]))
    assert inside.sum(axis=1).tolist() == [13, 14, 13]  # July to September 2024 begins and ends on a Monday
    assert str(days[1, 13]) == "2024-09-30"
    assert (pd.DatetimeIndex(days[inside]).weekday == 0).all()


def test_windows_worked_by_hand(made_run):
    # A: review held on 3 December 2024, left 6 months, until 3 June 2025: Mondays from 9 June on are free.
    # B: inspected on 25 August 2022 and judged good: 36 months later is Monday, 25 August 2025. Kept clear
    #    from 14 July to 22 September, weeks being Monday to Friday: 7 July and 29 September are free.
    run = made_run([0.1, 0.1], inspected={"A": "2022-01-10", "B": "2022-08-25"})
    made = make_candidates(run, history(held("A", "2024-12-03")), Rules())
    days, _ = mondays(made.quarters)
    assert [str(day) for day in days[0][made.weeks[0, 0]]] == [
        f"2025-06-{day:02d}" for day in (9, 16, 23, 30)
    ]
    assert [str(day) for day in days[1][made.weeks[1, 1]]] == ["2025-07-07", "2025-09-29"]
    assert made.allowed[:, :2].all()


def test_a_blocked_quarter_names_the_rules_and_the_days(made_run):
    run = made_run([0.1, 0.1], inspected={"A": "2025-01-20", "B": "2022-08-12"})
    rules = read_rules(changes={"inspection.weeks_before": 7, "inspection.weeks_after": 7})
    made = make_candidates(run, history(held("B", "2025-01-02")), rules)
    assert words_of(made, "A", "Apr-Jun 2025") == (
        "Apr-Jun 2025: an inspection began on 20 January 2025, and an area is left 6 months after it, until "
        "20 July 2025"
    )
    assert words_of(made, "B", "Apr-Jun 2025") == (
        "Apr-Jun 2025: the last review was held on 2 January 2025, and an area is left 6 months to act on "
        "it, until 2 July 2025, and an inspection is likely about 12 August 2025, and reviews keep 7 weeks "
        "before and 7 after it clear"
    )
    assert made.areas["blocked"].tolist() == ["; ".join(filter(None, row)) for row in made.blocked]


def test_the_end_of_the_year_is_closed_and_a_closed_quarter_says_so(made_run):
    made = make_candidates(made_run([0.1]), ProgrammeInputs(), Rules())
    days, _ = mondays(made.quarters)
    open_days = days[made.weeks[0]].astype(str)
    assert {"2025-12-15", "2026-01-05"} <= set(open_days)
    assert not {"2025-12-22", "2025-12-29"} & set(open_days)
    rules = read_rules(changes={"programme.closed": ["07-01/09-30"]})
    closed = make_candidates(made_run([0.1]), ProgrammeInputs(), rules)
    assert words_of(closed, "A", "Jul-Sep 2025") == "Jul-Sep 2025: the programme is closed then"


def test_a_closed_leap_day_is_the_28th_in_other_years(made_run):
    rules = read_rules(changes={"programme.closed": ["02-27/02-29"]})
    made = make_candidates(made_run([0.1], inspected={"A": None}), ProgrammeInputs(), rules)
    days, inside = mondays(made.quarters)
    shut = days[inside & ~made.weeks[0]].astype(str).tolist()
    assert shut == ["2026-02-23"]  # 27 February is a Friday in 2026 and a Saturday in 2027


def test_an_inspection_that_is_overdue_may_come_any_time_and_blocks_nothing(made_run):
    run = made_run([0.3, 0.3], inspected={"A": "2022-03-31", "B": None})
    made = make_candidates(run, ProgrammeInputs(), Rules())
    assert made.allowed.all()
    assert made.areas["expected_inspection"].isna().all()
    assert (made.months == 3).all()
    assert (
        "would have been due 36 months after the one that began on 31 March 2022"
        in (made.areas["expected_why"][0])
    )
    assert made.areas["expected_why"][1].startswith("No past inspection with a judgement is on record")


def test_the_risk_list_tells_the_last_inspection_where_the_history_does_not(made_run):
    run = made_run([0.3], inspected={"A": "2023-03-11"}).but(judgements=[])
    made = make_candidates(run, ProgrammeInputs(), Rules())
    assert made.areas["expected_inspection"].tolist() == [pd.Timestamp("2026-03-11")]
    assert made.areas["expected_why"][0] == (
        "Likely 36 months after the one that began on 11 March 2023 (judged good)."
    )


def test_benefit_worked_by_hand(made_run):
    # Risk 0.32 is 6 steps of 0.05; nothing known to act on: three quarters; 18 units of 0.05 / 4.
    # Inspected on 11 March 2023: likely again on 11 March 2026, which is 11, 8, 5, 2 and 0 months after
    # the quarters' first days; a quarter of a month more for each of the 8, 7, ... quarters left.
    run = made_run([0.32], inspected={"A": "2023-03-11"})
    made = make_candidates(run, ProgrammeInputs(), Rules())
    assert made.weight.tolist() == [18]
    assert made.months[0].tolist() == [11, 8, 5, 2, 0, 0, 0, 0]
    gains = [11 + 2, 8 + 1.75, 5 + 1.5, 2 + 1.25, 1, 0.75, 0.5, 0.25]
    assert made.benefit[0] == pytest.approx(18 * 0.0125 * np.array(gains))
    assert made.step == pytest.approx(0.003125)


def test_a_risk_that_is_not_known_is_one_step_and_flags_nothing(made_run):
    made = make_candidates(made_run([np.nan, 0.0, 0.074]), ProgrammeInputs(), Rules())
    assert made.weight.tolist() == [3, 3, 3]
    assert not made.areas["flagged"].any()


@pytest.mark.parametrize(
    ("day", "deadline", "words"),
    [
        pytest.param("2023-09-30", 1, "24 months later is 30 September 2025.", id="within the programme"),
        pytest.param("2025-03-31", 7, "24 months later is 31 March 2027.", id="on its last day"),
        pytest.param("2020-05-01", 3, "before the programme begins: areas that are overdue", id="overdue"),
        pytest.param(None, 7, "No review is on record, so one falls due by the end", id="none on record"),
    ],
)
def test_a_review_falls_due_two_years_after_the_last(made_run, day, deadline, words):
    run = made_run([0.1], inspected={"A": "2022-01-10"})
    inputs = history(held("A", day)) if day else ProgrammeInputs()
    made = make_candidates(run, inputs, Rules())
    assert made.deadline.tolist() == [deadline]
    assert words in made.areas["due_why"][0]
    assert made.areas["deadline"][0] == made.quarters[deadline]


def test_what_falls_due_after_the_programme_has_no_deadline_in_it(made_run):
    rules = read_rules(changes={"programme.quarters": 2})
    made = make_candidates(made_run([0.1]), history(held("A", "2024-01-01")), rules)
    assert made.deadline.tolist() == [2]
    assert pd.isna(made.areas["deadline"][0])
    assert "after the programme ends" in made.areas["due_why"][0]


def test_areas_without_a_record_can_be_due_now(made_run):
    rules = read_rules(changes={"due.no_record": "now", "due.catch_up_quarters": 2})
    made = make_candidates(made_run([0.1]), ProgrammeInputs(), rules)
    assert made.deadline.tolist() == [1]
    assert "is due now: areas that are overdue are reviewed within 2 quarters." in made.areas["due_why"][0]


def test_a_deadline_moves_to_the_first_quarter_that_is_free_and_says_so(made_run):
    rules = read_rules(changes={"targeted.within_quarters": 1})
    made = make_candidates(made_run([0.9], inspected={"A": "2025-02-10"}), ProgrammeInputs(), rules)
    assert made.deadline.tolist() == [1]
    assert made.areas["due_why"][0].endswith(
        "A targeted review is offered within 1 quarter. None can be held by Apr-Jun 2025, so Jul-Sep 2025, "
        "the first quarter in which one can, is in time."
    )


def test_an_area_that_cannot_be_visited_at_all_has_no_deadline(made_run):
    rules = read_rules(changes={"programme.quarters": 1})
    made = make_candidates(made_run([0.9], inspected={"A": "2025-02-10"}), ProgrammeInputs(), rules)
    assert made.deadline.tolist() == [1]
    assert made.areas["due_why"][0].endswith("No review can be held within the programme.")


def reason(area, feature, contribution, indicator="", *, direction="raises", target="adverse"):
    return {
        "area_code": area, "target": target, "direction": direction, "feature": feature,
        "indicator": indicator, "contribution": contribution,
    }  # fmt: skip


def test_what_can_be_acted_on_counts_by_thirds(made_run):
    run = made_run(
        [0.5] * 5,
        reasons=[
            reason("A", "last_overall", 0.7), reason("A", "caseload__national_gap", 0.3, "caseload"),
            reason("B", "fsm_primary_rate__level", 0.5, "fsm_primary_rate"), reason("B", "agency_level", 0.5),
            reason("C", "agency_level", 0.9), reason("C", "declined_reviews", 9.0),
            reason("D", "agency_level", -0.9, direction="lowers"), reason("D", "x", 1.0, target="serious"),
            reason("E", "trajectory", 0.2),
        ],
    )  # fmt: skip
    told = actionable_share(run, rules=Rules().targeted)
    assert told.quarters.tolist() == [2, 3, 4, 3, 2]
    assert told.why[0].startswith("30% of what raises its risk lies in its own hands")
    assert told.why[2] == "All of what raises its risk lies in its own hands, so its whole risk is counted."
    assert told.why[3] == "What raises its risk is not known, so three quarters of its risk are counted."
    assert told.why[4].startswith("All of what raises its risk lies in past judgements or its context")


def test_not_engaging_asks_for_a_conversation_and_changes_neither_weight_nor_deadline(made_run):
    run = made_run([0.1, 0.1])
    offers = [
        {"area_code": "A", "offered_on": "2024-05-01", "declined_on": "2024-06-03"},
        {"area_code": "A", "offered_on": "2024-12-01"},
    ]
    silent = run.but(
        context=[{"area_code": "A", "silence": 1, "declined_reviews": 2}],
        reasons=[reason("A", "declined_reviews", 2.0), reason("A", "silence", 1.0)],
    )
    before = make_candidates(run, ProgrammeInputs(), Rules())
    after = make_candidates(silent, history(*offers), Rules())
    assert after.weight.tolist() == before.weight.tolist()
    assert after.deadline.tolist() == before.deadline.tolist()
    assert np.array_equal(after.benefit, before.benefit)
    said = after.areas["conversation"].tolist()
    assert said[1] == ""
    assert said[0].startswith("One offer of a review was declined in the last 24 months, on 3 June 2024")
    assert "An offer of 1 December 2024 has no answer on record" in said[0]
    assert "Nothing was logged of it for a year" in said[0]


def test_what_a_review_has_settled_asks_for_no_conversation(made_run):
    rows = [
        {"area_code": "A", "declined_on": "2023-06-03"},
        {"area_code": "A", "offered_on": "2023-08-01"},
        held("A", "2024-01-10") | {"follow_up_due": "2024-07-10", "followed_up_on": "2024-07-20"},
        {"area_code": "A", "offered_on": "2025-03-20"},  # too recent to be unanswered
        {"area_code": "B", "declined_on": "2023-03-31"},  # more than 24 months ago
    ]
    run = made_run([0.1, 0.1], context=[{"area_code": "A", "declined_reviews": 1}])
    assert make_candidates(run, history(*rows), Rules()).areas["conversation"].tolist() == ["", ""]
    overdue = [row | {"followed_up_on": None} for row in rows]
    said = make_candidates(run, history(*overdue), Rules()).areas["conversation"]
    assert "was agreed for 10 July 2024 and is not on record: ask how they got on" in said[0]


def test_the_log_tells_of_declined_offers_where_the_history_does_not(made_run):
    run = made_run([0.1], context=[{"area_code": "A", "declined_reviews": 2}])
    said = make_candidates(run, ProgrammeInputs(), Rules()).areas["conversation"][0]
    assert said.startswith("2 offers of a review were declined in the last 24 months: there may be good")


@few
@given(for_each(st.floats(0, 1)), for_each(DAYS), for_each(DAYS))
def test_no_deadline_falls_in_a_blocked_quarter_before_any_free_one(made_run, risks, inspected, reviewed):
    run = made_run(risks, inspected=dict(zip(CODES, map(str, inspected), strict=True)))
    rows = [held(area, str(day)) for area, day in zip(CODES, reviewed, strict=True)]
    made = make_candidates(run, history(*rows), Rules())
    for at, deadline in enumerate(made.deadline):
        assert deadline == len(made.quarters) or made.allowed[at, : deadline + 1].any()
    assert np.array_equal(made.allowed, made.blocked == "")
    assert np.array_equal(made.allowed, made.weeks.any(axis=2))
    assert (np.diff(made.benefit, axis=1) < 0).all()
    assert (made.benefit > 0).all()
    whole = made.benefit / made.step
    assert whole == pytest.approx(np.round(whole))


@few
@given(for_each(st.floats(0, 1)), for_each(st.one_of(st.none(), st.floats(0, 1))), for_each(DAYS))
def test_a_higher_risk_never_lowers_its_weight_nor_loosens_its_deadline_nor_touches_others(
    made_run, risks, higher, inspected
):
    run = made_run(risks, inspected=dict(zip(CODES, map(str, inspected), strict=True)))
    raised = [max(risk, more or 0) for risk, more in zip(risks, higher, strict=True)]
    same = np.array(raised) == np.array(risks)
    before = make_candidates(run, ProgrammeInputs(), Rules())
    after = make_candidates(
        replace(run, risks=run.risks.assign(risk_adverse=raised)), ProgrammeInputs(), Rules()
    )
    assert (after.weight >= before.weight).all()
    assert (after.deadline <= before.deadline).all()
    assert (after.benefit >= before.benefit).all()
    assert np.array_equal(after.weeks, before.weeks)
    assert np.array_equal(after.weight[same], before.weight[same])
    assert np.array_equal(after.deadline[same], before.deadline[same])
    pd.testing.assert_frame_equal(after.areas[same], before.areas[same])


@few
@given(st.dates(pd.Timestamp("2025-04-01").date(), pd.Timestamp("2027-01-01").date()))
def test_what_is_dated_on_or_after_the_as_of_date_changes_nothing(made_run, later):
    run = made_run([0.1, 0.9, 0.2])
    day = str(later)
    reviews = [held("A", "2024-01-10"), {"area_code": "B", "offered_on": "2024-12-01"}]
    future = [
        held("C", day),
        {"area_code": "A", "declined_on": day, "offered_on": day},
        {"area_code": "B", "offered_on": "2024-12-01", "held_on": day},
    ]
    strong = [
        {
            "area_code": "C", "kind": "savings", "strength": "grave", "contributor": who,
            "occurred_on": "2025-03-01", "known_on": day,
        }
        for who in ("C1", "C2")
    ]  # fmt: skip
    started = {"area_code": "C", "start_date": "2025-03-20", "known_on": day, "overall": "inadequate"}
    told = replace(run, judgements=pd.concat([run.judgements, run.but(judgements=[started]).judgements]))
    told = told.but(entries=strong)
    before = make_candidates(run, history(*reviews), Rules())
    after = make_candidates(told, history(reviews[0], *future), Rules())
    pd.testing.assert_frame_equal(after.areas, before.areas)
    assert np.array_equal(after.weeks, before.weeks)
    assert np.array_equal(after.deadline, before.deadline)
