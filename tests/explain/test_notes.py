"""What a reader is told about an area's data."""

import pandas as pd
import pytest

from earlywarn.explain.notes import calibration_notes, cautions, cohort_notes, data_notes
from earlywarn.features.judgements import last_sub_judgement
from earlywarn.panel.panel import Panel

USED = ["agency_rate", "caseload", "cpp_reviewed_in_time"]


def notes(panel, as_of, used=USED):
    return data_notes(panel.known_at(as_of), indicators=panel.indicators, used=used)


def of(table, area):
    return " ".join(table.loc[table["area_code"] == area, "note"])


def changed(world, **tables):
    return Panel(world.panel.tables.__class__(**(vars(world.panel.tables) | tables)))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("missing", "2 of the 3 figures that the model reads are missing for the newest period: "),
        ("suppressed", "2 of the 3 figures that the model reads are suppressed because numbers are small "),
    ],
)
def test_gaps_in_what_the_model_reads_are_named(world, as_of, status, words):
    observations = world.panel.tables.observations.copy()
    gone = (observations["area_code"] == "X00000005") & observations["indicator"].isin(
        ["agency_rate", "caseload"]
    )
    observations.loc[gone, "value"] = float("nan")
    observations.loc[gone, "status"] = status
    said = of(notes(changed(world, observations=observations), as_of), "X00000005")
    assert words in said
    assert "Agency social workers, Average cases per social worker." in said


def test_gaps_in_what_the_model_does_not_read_are_not_mentioned(world, as_of):
    table = notes(world.panel, as_of, used=[])
    assert not table["note"].str.contains("figures that the model reads").any()


def test_a_merged_area_says_since_when_it_exists(world, as_of):
    merged = world.panel.areas[world.panel.areas["predecessors"].str.contains(";")]
    new, area = merged["active_from"].item(), merged["area_code"].item()
    said = of(notes(world.panel, as_of), area)
    assert f"It was set up on {new.day} April {new.year}; earlier figures and judgements belong to" in said


def test_an_area_without_a_judgement_says_so(world, as_of):
    inspections = world.panel.tables.inspections
    panel = changed(world, inspections=inspections[inspections["area_code"] != "X00000005"])
    assert "It has no judgement yet" in of(notes(panel, as_of), "X00000005")


def test_an_old_judgement_is_named(world, as_of):
    inspections = world.panel.tables.inspections
    own = inspections[inspections["area_code"] == "X00000005"].sort_values("start_date").head(1)
    own = own.assign(
        start_date=as_of - pd.DateOffset(years=7), known_on=as_of - pd.DateOffset(years=6, months=10)
    )
    others = inspections[inspections["area_code"] != "X00000005"]
    panel = changed(world, inspections=pd.concat([others, own], ignore_index=True))
    assert "Its last judgement is 7 years old, longer than the usual cycle." in of(
        notes(panel, as_of), "X00000005"
    )


def test_without_any_published_neighbours_nobody_is_told_to_lack_them(world, as_of):
    panel = changed(world, neighbours=world.panel.tables.neighbours.iloc[:0])
    assert not notes(panel, as_of)["note"].str.contains("neighbours").any()


def test_one_area_without_neighbours_says_so(world, as_of):
    neighbours = world.panel.tables.neighbours
    panel = changed(world, neighbours=neighbours[neighbours["area_code"] != "X00000005"])
    assert "No statistical neighbours are published for it." in of(notes(panel, as_of), "X00000005")


def test_only_areas_that_exist_have_notes_and_they_come_by_code(world, as_of):
    table = notes(world.panel, as_of)
    snapshot = world.panel.known_at(as_of)
    there = set(snapshot.areas.loc[snapshot.areas["exists"], "area_code"])
    assert set(table["area_code"]) <= there
    assert table["area_code"].is_monotonic_increasing
    assert not table["note"].str.contains("nan|NaT|None").any()


def test_an_area_is_told_all_its_notes_in_one_cell():
    table = pd.DataFrame({"area_code": ["A", "A", "B"], "note": ["One.", "Two.", "Three."]})
    assert cautions(table).to_dict() == {"A": "One. Two.", "B": "Three."}


def test_no_notes_at_all_are_no_cautions():
    assert cautions(pd.DataFrame({"area_code": [], "note": []})).empty


def test_areas_of_a_last_judgement_after_which_risks_were_wrong_carry_a_caution(world):
    fact = {"target": "decline", "last_grade": 3, "inspections": 21, "said": 0.472, "happened": 0.143}
    notes = calibration_notes(world.snapshot, [fact])
    last = last_sub_judgement(world.snapshot).to_series()
    assert notes["area_code"].tolist() == last.index[last == 3].tolist() != []
    assert set(notes["about"]) == {"decline"}
    said = "47% had been said and 14% happened."
    caution = "Its risk of a judgement below the last one is likely to be too high"
    assert set(notes["note"]) == {
        f"{caution}: over 21 past inspections of areas last judged outstanding, {said}"
    }
    assert calibration_notes(world.snapshot, []).empty


def test_an_area_without_a_risk_is_told_why(world):
    last = last_sub_judgement(world.snapshot).to_series()
    lowest, other = last.index[last == 0][0], last.index[last == 2][0]
    risks = pd.DataFrame(
        {"risk_adverse": [0.4, 0.3], "risk_decline": [float("nan"), 0.1], "risk_serious": 0.1},
        index=[lowest, other],
    )
    table = cohort_notes(world.snapshot, risks)
    assert table.to_dict("records") == [
        {
            "area_code": lowest,
            "about": "decline",
            "note": "No risk of a judgement below the last one is given: the last judgement was inadequate "
            "already.",
        }
    ]
