"""What a coordinator may decide, what not, and that every decision that cannot hold is named at once."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.errors import DataError
from earlywarn.sources.programme_overrides import override_clashes
from earlywarn.sources.programme_tables import ProgrammeInputs, empty_input
from earlywarn.targeting.candidates import make_candidates
from earlywarn.targeting.overrides import append_overrides
from earlywarn.targeting.rules import Rules, read_rules

COLUMNS = list(empty_input("overrides"))


def decisions(*rows, numbered=True):
    made = pd.DataFrame(rows).reindex(columns=COLUMNS)
    made["override_id"] = [f"O{at:04d}" if numbered else "" for at in range(1, len(rows) + 1)]
    for column in ("area_code", "action", "after", "reason", "by"):
        made[column] = made[column].astype(object).where(made[column].notna(), "")
    for column in ("quarter", "decided_on"):
        made[column] = pd.to_datetime(made[column]).astype("datetime64[ns]")
    return made


def decision(area, action, quarter=None, *, after="", reason="it was asked for", decided_on=None):
    return {
        "area_code": area, "action": action, "quarter": quarter, "after": after, "reason": reason,
        "decided_on": decided_on,
    }  # fmt: skip


def candidates(run, *rows, **changes):
    rules = read_rules(changes={key.replace("__", "."): value for key, value in changes.items()})
    return make_candidates(run, ProgrammeInputs(overrides=decisions(*rows)), rules)


def faults(run, *rows, **changes):
    with pytest.raises(DataError) as caught:
        candidates(run, *rows, **changes)
    return [str(fault) for fault in caught.value.faults]


def test_an_area_that_is_added_gets_a_targeted_review_in_its_words(made_run):
    made = candidates(made_run([0.1]), decision("A", "add", reason="a new director."))
    row = made.areas.iloc[0]
    assert (row["kind"], row["flagged"], made.deadline[0]) == ("targeted", True, 3)
    assert row["override"] == row["flagged_why"] == "Added by a coordinator: a new director."


def test_an_area_under_intervention_comes_in_only_by_add(made_run):
    run = made_run([0.9], judged={"A": "inadequate"})
    made = candidates(run, decision("A", "add", "2025-10-01"))
    assert (made.excluded[0], made.pinned[0], made.areas["status"][0]) == (False, 2, "not planned")
    (fault,) = faults(run, decision("A", "move", "2025-10-01"))
    assert "O0001 (Ashire), column action: 'move' moves an area that is under formal intervention" in fault
    assert "write add instead of move" in fault


def test_an_area_that_is_removed_keeps_its_flag_and_gets_no_review(made_run):
    made = candidates(made_run([0.9]), decision("A", "remove", reason="a twin review was held"))
    row = made.areas.iloc[0]
    assert (row["status"], row["kind"], row["flagged"], made.excluded[0]) == ("removed", "", True, True)
    assert row["override"] == "Removed by a coordinator: a twin review was held."
    assert row["route"] == ""


def test_a_move_pins_the_quarter_and_takes_the_deadline_along(made_run):
    made = candidates(made_run([0.9]), decision("A", "move", "2026-07-01"))
    assert (made.pinned[0], made.deadline[0]) == (5, 5)
    assert made.areas["due_why"][0].endswith("A coordinator's decision moves it, so Jul-Sep 2026 is in time.")
    assert made.areas["override"][0] == "Moved to Jul-Sep 2026 by a coordinator: it was asked for."


def test_an_area_that_follows_another_comes_in_a_later_quarter(made_run):
    run = made_run([0.9, 0.9, 0.9], inspected={"A": "2025-03-01"})  # A is left alone until September
    rows = [decision("B", "move", after="A"), decision("C", "move", after="B")]
    made = candidates(run, *rows, targeted__within_quarters=1)
    assert made.order == ((0, 1), (1, 2))
    assert made.deadline.tolist() == [1, 2, 3]
    assert made.areas["override"][1] == "Moved, to follow Ashire by a coordinator: it was asked for."


@pytest.mark.parametrize("decided_on", [None, "2025-04-02"])
def test_a_decision_for_a_quarter_that_was_over_when_it_was_made_is_refused(made_run, decided_on):
    (told,) = faults(made_run([0.1]), decision("A", "move", "2025-01-01", decided_on=decided_on))
    assert "'Jan-Mar 2025' lies outside the programme" in told
    assert "what was decided in time for a quarter that is over stays, and is set aside" in told


def test_a_decision_that_has_done_its_work_is_set_aside_and_contradicts_no_later_one(made_run):
    done = decision("A", "move", "2025-01-01", decided_on="2024-11-05")
    again = decision("A", "move", "2026-07-01", decided_on="2025-04-02")
    alone, both = (candidates(made_run([0.9]), *rows) for rows in ([again], [done, again]))
    assert (both.pinned.tolist(), both.deadline.tolist()) == (alone.pinned.tolist(), alone.deadline.tolist())
    assert both.areas["override"].tolist() == alone.areas["override"].tolist()
    assert append_overrides(decisions(done), decisions(again, numbered=False))["override_id"].tolist() == [
        "O0001",
        "O0002",
    ]


def test_every_decision_that_cannot_hold_is_named_at_once(made_run):
    run = made_run([0.1] * 6, judged={"F": "inadequate"}, inspected={"A": "2025-02-10"})
    told = faults(
        run,
        decision("A", "move", "2025-04-01"),
        decision("B", "move", "2027-04-01"),
        decision("C", "add"),
        decision("C", "remove"),
        decision("D", "move", after="F"),
        decision("E", "move", "2025-07-01"),
        decision("E", "move", "2025-10-01"),
        decision("Z", "add"),
        decision("B", "move", after="D"),
        decision("D", "move", after="B"),
        decision("D", "move"),
        intervention__areas=["Q"],
    )
    for words in (
        "O0001 (Ashire), column quarter: 'Apr-Jun 2025' is not free: an inspection began on 10 February",
        "choose one of Jul-Sep 2025, Oct-Dec 2025",
        "O0002 (Bshire), column quarter: 'Apr-Jun 2027' lies outside the programme",
        "name a quarter from Apr-Jun 2025 to Jan-Mar 2027",
        "O0004 (Cshire), column action: 'remove' contradicts O0003, which would add Cshire",
        "O0005 (Dshire), column after: 'Fshire' has no review to wait for: it is under formal intervention",
        "O0007 (Eshire), column quarter: 'Oct-Dec 2025' contradicts O0006, which sets Eshire to Jul-Sep 2025",
        "O0008 (Z), column area_code: 'Z' is not an area of the run",
        "O0010 (Dshire), column after: 'Bshire' closes a ring: Dshire after Bshire after Dshire",
        "O0011 (Dshire), column quarter: '' says nothing of when",
        "[intervention] areas: 'Q' is not an area of the run",
    ):
        assert any(words in fault for fault in told), words
    assert len(told) == 9


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([decision("A", "move", after="A")], "asks Ashire to wait for itself"),
        ([decision("A", "remove", "2025-07-01")], "has no meaning for an area that is removed"),
        ([decision("A", "remove", after="B")], "column after: 'Bshire' has no meaning for an area"),
        (
            [decision("A", "move", "2025-04-01"), decision("B", "move", "2025-04-01", after="A")],
            "leaves no free quarter after its own review",
        ),
        (
            [decision("A", "move", "2027-01-01"), decision("B", "add", after="A")],
            "leaves no free quarter after its own review",
        ),
    ],
)
def test_decisions_without_sense_are_refused(made_run, rows, words):
    (fault,) = faults(made_run(), *rows)
    assert words in fault


def test_an_area_that_cannot_be_visited_cannot_be_added(made_run):
    run = made_run([0.1], inspected={"A": "2025-02-10"})
    (fault,) = faults(run, decision("A", "add"), programme__quarters=1)
    assert "'add' cannot be: Apr-Jun 2025: an inspection began on 10 February 2025" in fault


def test_a_longer_ring_is_named_whole_and_once():
    rows = [
        decision("B", "move", after="A"),
        decision("C", "move", after="B"),
        decision("A", "move", after="C"),
    ]
    (clash,) = override_clashes(decisions(*rows), {})
    assert (clash.row, clash.problem) == (2, "closes a ring: A after C after B after A")


def test_the_same_decision_is_on_record_once_and_ids_go_on():
    first = append_overrides(empty_input("overrides"), decisions(decision("A", "add"), numbered=False))
    more = decisions(decision("A", "add"), decision("B", "remove"), decision("B", "remove"), numbered=False)
    whole = append_overrides(first, more)
    assert whole["override_id"].tolist() == ["O0001", "O0002"]
    assert whole["area_code"].tolist() == ["A", "B"]
    assert whole.dtypes.equals(empty_input("overrides").dtypes)


def test_what_contradicts_the_record_is_not_added():
    first = decisions(decision("A", "add"))
    with pytest.raises(DataError, match=r"O0002 \(Ashire\).*contradicts O0001, which would add Ashire"):
        append_overrides(first, decisions(decision("A", "remove"), numbered=False), names={"A": "Ashire"})


@settings(max_examples=20)
@given(st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from("ABCD")), max_size=6))
def test_a_ring_is_found_exactly_where_an_order_is_impossible(pairs):
    rows = [decision(then, "move", after=first) for then, first in pairs]
    overrides = decisions(*rows) if rows else empty_input("overrides")
    clashes = [
        clash
        for clash in override_clashes(overrides, {})
        if "wait" in clash.problem or "ring" in clash.problem
    ]
    left = {(then, first) for then, first in pairs}
    while True:  # take away whoever waits for nobody, as long as there is one
        waiting = {then for then, _ in left}
        kept = {(then, first) for then, first in left if first in waiting}
        if kept == left:
            break
        left = kept
    assert bool(clashes) == bool(left)


@settings(max_examples=4)
@given(st.lists(st.sampled_from(["A", "B", "C"]), unique=True), st.sampled_from(["add", "remove"]))
def test_a_decision_changes_no_other_area(made_run, chosen, action):
    run = made_run([0.2, 0.6, 0.4])
    before = make_candidates(run, ProgrammeInputs(), Rules())
    after = candidates(run, *(decision(area, action) for area in chosen))
    others = ~before.areas["area_code"].isin(chosen)
    pd.testing.assert_frame_equal(after.areas[others], before.areas[others])
