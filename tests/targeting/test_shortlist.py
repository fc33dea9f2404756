"""Who is offered a targeted review, and who is taken care of elsewhere."""

import pytest

from earlywarn.errors import DataError
from earlywarn.intelligence.kinds import read_kinds
from earlywarn.sources.programme_tables import ProgrammeInputs
from earlywarn.targeting.candidates import make_candidates
from earlywarn.targeting.rules import Rules, read_rules
from earlywarn.targeting.shortlist import flagged_areas, strong_concerns

KINDS = read_kinds()


def concern(
    area="A", *, kind="savings", strength="strong", by="C1", source="A partner agency", on="2025-01-15"
):
    return {
        "area_code": area, "kind": kind, "strength": strength, "contributor": by, "source": source,
        "occurred_on": on, "known_on": "2025-02-01",
    }  # fmt: skip


def test_the_threshold_itself_flags(made_run):
    run = made_run([1 / 3, 0.3333, 0.9])
    made = flagged_areas(run, rules=Rules().targeted, kinds=KINDS)
    assert made.flagged.tolist() == [True, False, True]
    assert made.why[2] == (
        "Its risk of a judgement below good is 90%, and from 33% on a targeted review is offered."
    )


def test_a_greater_cost_of_missing_one_flags_more(made_run):
    rules = read_rules(changes={"targeted.cost_ratio": 9})
    assert flagged_areas(made_run([0.1, 0.09]), rules=rules.targeted, kinds=KINDS).flagged.tolist() == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("entries", "flagged"),
    [
        pytest.param([concern(), concern(by="C2", strength="grave")], True, id="two contributors"),
        pytest.param([concern(), concern(kind="vacancies")], False, id="one contributor twice"),
        pytest.param([concern(), concern(by="C2", strength="clear")], False, id="one of them not strong"),
        pytest.param([concern(), concern(by="C2", on="2024-03-31")], False, id="one of them too old"),
        pytest.param([concern(), concern(by="C2", on="2024-04-01")], True, id="just fresh enough"),
        pytest.param([concern(), concern(by="C2", kind="positive")], False, id="one of them good news"),
        pytest.param(
            [concern(by=""), concern(by="", source="Staff of the area")], True, id="two kinds of source"
        ),
        pytest.param([concern(by=""), concern(by="")], False, id="one kind of source"),
        pytest.param(
            [concern(on=None), concern(by="C2", on=None)], True, id="day of recording for want of another"
        ),
    ],
)
def test_strong_concerns_come_from_more_than_one_side(made_run, entries, flagged):
    run = made_run([0.1], entries=entries)
    assert flagged_areas(run, rules=Rules().targeted, kinds=KINDS).flagged.tolist() == [flagged]


def test_concerns_are_counted_in_words_that_name_nobody(made_run):
    run = made_run([0.9], entries=[concern(), concern(), concern(by="C2")])
    told = strong_concerns(run, rules=Rules().targeted.concerns, kinds=KINDS)
    assert told == {"A": "3 strong or grave concerns from 2 sources in the last 12 months."}
    assert flagged_areas(run, rules=Rules().targeted, kinds=KINDS).why[0].endswith(told["A"])


def test_areas_under_intervention_are_taken_care_of_elsewhere(made_run):
    run = made_run([0.9, 0.9, 0.9], judged={"A": "inadequate"})
    rules = read_rules(changes={"intervention.areas": ["bshire (B)"], "intervention.route": "Ask the board."})
    made = make_candidates(run, ProgrammeInputs(), rules)
    assert made.excluded.tolist() == [True, True, False]
    assert made.areas["status"].tolist() == ["elsewhere", "elsewhere", "not planned"]
    assert made.areas["kind"].tolist() == ["", "", "targeted"]
    assert made.areas["route"].tolist() == ["Ask the board.", "Ask the board.", ""]
    assert made.areas["due_why"][0] == ""


def test_rules_that_name_no_area_of_the_run_are_all_told(made_run):
    rules = read_rules(changes={"intervention.areas": ["Ashir", "Atlantis", "C"]})
    with pytest.raises(DataError) as caught:
        make_candidates(made_run(), ProgrammeInputs(), rules)
    assert [fault.value for fault in caught.value.faults] == ["Ashir", "Atlantis"]
    assert "rules.toml, column [intervention] areas: 'Ashir' is not an area of the run" in str(caught.value)
    assert "write 'Ashire', if that is meant" in str(caught.value)
