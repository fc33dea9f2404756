import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from earlywarn.targeting.outcome_words import difference_interval
from earlywarn.targeting.outcomes import GROUPS, follow_up, outcomes, override_outcomes

SINCE = {"decided_on": pd.Timestamp("2025-04-01"), "until": pd.Timestamp("2026-04-01"), "target": "adverse"}
NO_FINDINGS = pd.DataFrame(columns=["area_code", "held_on", "theme", "finding", "strength", "words"])
NO_OVERRIDES = pd.DataFrame(columns=["override_id", "area_code", "action", "reason", "by", "decided_on"])


def areas(count, *, flagged=(), elsewhere=(), last="good"):
    codes = [f"E{number}" for number in range(count)]
    return pd.DataFrame(
        {
            "area_code": codes,
            "name": [f"Area {number}" for number in range(count)],
            "status": ["elsewhere" if number in elsewhere else "planned" for number in range(count)],
            "flagged": [number in flagged for number in range(count)],
            "last_judgement": last,
        }
    )


def overrides(**actions):
    rows = [
        {
            "override_id": f"O{number:04d}",
            "area_code": code,
            "action": action,
            "reason": "=we heard",
            "by": "C001",
            "decided_on": pd.Timestamp("2025-04-10"),
        }
        for number, (code, action) in enumerate(actions.items(), start=1)
    ]
    return pd.DataFrame(rows) if rows else NO_OVERRIDES


def judged(**grades):
    """Judgements of inspections that started on 2 June 2025 and were published on 1 August."""
    return pd.DataFrame(
        {
            "area_code": list(grades),
            "start_date": pd.Timestamp("2025-06-02"),
            "known_on": pd.Timestamp("2025-08-01"),
            "overall": list(grades.values()),
        }
    )


def found(*rows):
    made = pd.DataFrame(rows, columns=["area_code", "held_on", "theme", "finding"])
    return made.assign(held_on=pd.to_datetime(made["held_on"]))


def told(plan, changed, since, said=NO_FINDINGS, **asked):
    return outcomes(plan, changed, since, said, **(SINCE | asked)).set_index("group")


def test_each_area_counts_in_one_group():
    plan = areas(6, flagged=(0, 1, 2), elsewhere=(5,))
    table = told(plan, overrides(E1="remove", E3="add", E0="move"), judged(E0="inadequate", E3="good"))
    assert table["areas"].to_dict() == dict(zip(GROUPS, (2, 1, 1, 1), strict=True))
    assert table["inspected"].tolist() == [1, 1, 0, 0]
    assert table["events"].tolist() == [1, 0, 0, 0]
    assert table["not_yet_known"].tolist() == [1, 0, 1, 1]


def test_shares_have_wilsons_interval_and_are_missing_where_nothing_is_known():
    table = told(areas(4, flagged=(0, 1)), overrides(), judged(E0="inadequate", E1="good"))
    kept = table.loc["flagged and kept"]
    assert [kept["share"], kept["low"], kept["high"]] == pytest.approx([0.5, 0.0945312, 0.9054688], abs=1e-6)
    assert table.loc["removed by a coordinator", ["share", "low", "high"]].isna().all()


@pytest.mark.parametrize(
    ("start", "known", "counts"),
    [
        pytest.param("2025-04-01", "2025-06-01", 1, id="on the first day"),
        pytest.param("2025-03-31", "2025-06-01", 0, id="the day before"),
        pytest.param("2026-03-30", "2026-03-31", 1, id="published on the last day"),
        pytest.param("2026-02-01", "2026-04-01", 0, id="not yet published"),
    ],
)
def test_only_what_was_known_in_the_window_counts(start, known, counts):
    since = judged(E0="inadequate").assign(start_date=pd.Timestamp(start), known_on=pd.Timestamp(known))
    assert told(areas(1, flagged=(0,)), overrides(), since)["inspected"].sum() == counts


def test_the_first_inspection_since_is_the_one_that_counts():
    later = judged(E0="inadequate").assign(start_date=pd.Timestamp("2025-12-01"))
    since = pd.concat([later, judged(E0="good")], ignore_index=True)
    assert told(areas(1), overrides(), since.assign(known_on=pd.Timestamp("2026-01-01")))["events"].sum() == 0


@pytest.mark.parametrize(
    ("target", "last", "grade", "event"),
    [
        ("adverse", "good", "requires_improvement", 1),
        ("adverse", "inadequate", "good", 0),
        ("decline", "outstanding", "good", 1),
        ("decline", "requires_improvement", "requires_improvement", 0),
        ("serious", "good", "requires_improvement", 0),
        ("serious", "good", "inadequate", 1),
    ],
)
def test_the_event_is_that_of_the_target(target, last, grade, event):
    table = told(areas(1, last=last), overrides(), judged(E0=grade), target=target)
    assert table["events"].sum() == event


def test_a_decline_needs_a_judgement_to_fall_from():
    table = told(areas(1, last=""), overrides(), judged(E0="inadequate"), target="decline")
    assert table["inspected"].sum() == 0
    each = override_outcomes(
        areas(1, last=""),
        overrides(E0="add"),
        judged(E0="inadequate"),
        NO_FINDINGS,
        **(SINCE | {"target": "decline"}),
    )
    assert each.loc[0, "words"].endswith(
        "judged inadequate; there was no judgement before to compare it with."
    )


def test_reviews_confirm_where_a_concern_is_among_their_findings():
    said = found(
        ("E0", "2025-05-01", "workforce", "strength"),
        ("E0", "2025-05-01", "partners", "concern"),
        ("E1", "2025-05-01", "workforce", "no_concern"),
        ("E1", "2024-05-01", "workforce", "concern"),
    )
    kept = told(areas(2, flagged=(0, 1)), overrides(), judged(), said).loc["flagged and kept"]
    assert [kept["reviewed"], kept["concerns"], kept["concern_share"]] == [2, 1, 0.5]


def test_each_override_says_what_came_of_it():
    plan = areas(3, flagged=(1,))
    each = override_outcomes(
        plan,
        overrides(E0="add", E1="remove", E2="move"),
        judged(E0="inadequate", E1="good"),
        found(("E0", "2025-05-01", "partners", "no_concern")),
        **SINCE,
    )
    assert each["words"].tolist() == [
        "Inspected on 2 June 2025, judged inadequate: a judgement below good.",
        "Inspected on 2 June 2025, judged good: not a judgement below good.",
        "No inspection since is known, so there is no outcome yet.",
    ]
    assert each["found"].tolist() == ["no concern: partners", "", ""]
    assert each["event"].tolist()[:2] == [1, 0]
    assert np.isnan(each["event"][2])
    assert each["name"].tolist() == ["Area 0", "Area 1", "Area 2"]


def test_without_overrides_nothing_is_made_up():
    after = follow_up(areas(2), overrides(), judged(), NO_FINDINGS, **SINCE)
    assert after.overrides.empty
    assert "cannot be told: nothing is known of those added by a coordinator" in after.summary


def test_one_override_decides_nothing():
    plan = areas(12, flagged=(0, 1))
    since = judged(E2="inadequate", **{f"E{number}": "good" for number in range(3, 9)})
    after = follow_up(plan, overrides(E2="add"), since, NO_FINDINGS, **SINCE)
    few = "at least 5 inspections of each are needed before one can say whether judgement saw what the model"
    assert few in after.words[0]
    assert after.words[0].startswith(
        "Of 1 area added by a coordinator, 1 inspected since, 1 with a judgement below"
    )


def test_groups_that_differ_by_little_cannot_be_told_apart():
    grades = {f"E{number}": "inadequate" if number in (0, 1, 9) else "good" for number in range(20)}
    after = follow_up(
        areas(20), overrides(**{f"E{n}": "add" for n in range(6)}), judged(**grades), NO_FINDINGS, **SINCE
    )
    assert "whether judgement saw what the model did not cannot be told from these" in after.words[0]


def test_words_say_so_where_judgement_saw_more():
    plan = areas(40)
    added = {f"E{number}": "add" for number in range(15)}
    grades = {f"E{number}": "inadequate" if number < 15 else "good" for number in range(40)}
    after = follow_up(plan, overrides(**added), judged(**grades), NO_FINDINGS, **SINCE)
    assert "as far as these inspections can show, judgement saw what the model did not" in after.words[0]
    turned = {code: "good" if grade == "inadequate" else "inadequate" for code, grade in grades.items()}
    after = follow_up(plan, overrides(**added), judged(**turned), NO_FINDINGS, **SINCE)
    assert "it points the other way" in after.words[0]


def test_areas_elsewhere_are_said_to_be_left_out():
    after = follow_up(areas(3, elsewhere=(1,)), overrides(), judged(), NO_FINDINGS, **SINCE)
    assert after.words[-1] == "Areas that were taken care of elsewhere (1) are in no group."


@given(st.tuples(*[st.integers(1, 60)] * 2), st.tuples(*[st.floats(0, 1)] * 2))
def test_the_interval_of_a_difference_is_newcombes(n, shares):
    events = tuple(round(share * count) for share, count in zip(shares, n, strict=True))
    by, low, high = difference_interval(events, n)
    expected = confint_proportions_2indep(events[0], n[0], events[1], n[1], method="newcomb", compare="diff")
    assert low <= by <= high
    assert (low, high) == pytest.approx(expected, abs=1e-9)
