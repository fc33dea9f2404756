from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from earlywarn.errors import ConfigError, DataError
from earlywarn.schema import TABLES, violations
from earlywarn.sources.native.ofsted import read_ofsted
from earlywarn.sources.samples import sample_folder

FILES = Path(__file__).parent / "files" / "ofsted"
HEADER = "Local authority,Inspection date,Publication date,Overall effectiveness,Inspection type"


@pytest.fixture(scope="module")
def read():
    return read_ofsted(FILES / "outcomes.ods")


@pytest.fixture
def write(tmp_path):
    def csv(*rows, name="outcomes.csv", header=HEADER, title="Outcomes as at 31 March 2025"):
        path = tmp_path / name
        path.write_text("\n".join([title, "", header, *rows]), encoding="utf-8")
        return path

    return csv


def inspection(read, key):
    table = read.tables["inspections"].set_index("inspection_id")
    return table.loc[key].to_dict()


def test_every_row_of_the_workbook_is_read_or_accounted_for(read):
    assert read.tables["inspections"]["inspection_id"].tolist() == [
        "E06000010_20181126",
        "E06000010_20241104",
        "E06000020_20200113",
        "E06000023_20180917",
        "E06000023_20230116",
        "E08000013_20230703",
        "E10000006_20221024",
        "E10000016_20220509",
    ]
    assert read.skipped["rows"].sum() == 6
    # 13 rows of inspections, of which one stands in two sheets; 4 rows of visits; one note
    assert len(read.tables["inspections"]) + 1 + len(read.tables["visits"]) + 6 == 13 + 4 + 1


def test_two_sheets_together_say_all_that_is_known_of_one_inspection(read):
    bristol = inspection(read, "E06000023_20230116")
    assert bristol["inspection_type"] == "standard"  # said in the history
    assert bristol["care"] == "good"  # said in the sheet of latest outcomes
    assert bristol["framework"] == "ILACS"


def test_each_way_of_writing_a_day_is_read_day_first(read):
    assert inspection(read, "E06000010_20241104")["known_on"] == pd.Timestamp("2024-12-16")  # 16-Dec-2024
    assert inspection(read, "E06000020_20200113")["known_on"] == pd.Timestamp("2020-03-02")  # 02/03/2020
    assert inspection(read, "E08000013_20230703")["known_on"] == pd.Timestamp("2023-09-06")  # 45175


def test_a_judgement_that_was_not_made_is_empty(read):
    assert inspection(read, "E06000020_20200113")["care_leavers"] == ""


def test_visits_have_their_kind_and_theme(read):
    visits = read.tables["visits"]
    rows = visits[["area_code", "visit_type", "theme"]].to_numpy().tolist()
    assert rows == [
        ["E06000019", "monitoring", "Front door"],
        ["E06000047", "focused", "Front door"],
        ["E10000016", "focused", "Care leavers"],
    ]


def test_what_is_left_out_is_told_with_its_reason(read):
    latest, history = "Inspections_as_at_31_March", "ILACS_inspection_history"
    assert read.skipped[["where", "why"]].to_numpy().tolist() == [
        ["Focused_visits", "has no day of publication"],
        [history, "is a joint inspection, or of special educational needs: it has no such judgement"],
        [latest, "'Middle Earth' is no area that we know"],
        [latest, "has no day of publication"],
        [latest, "is a note, or has no dates"],
        [latest, "is not yet inspected"],
    ]


def test_the_areas_are_those_that_are_mentioned_and_their_relations(read):
    assert {"Kent", "Cumbria", "Cumberland"} <= set(read.tables["areas"]["name"])
    assert "Leeds" not in set(read.tables["areas"]["name"])


@pytest.mark.parametrize("name", ["areas", "inspections", "visits"])
def test_the_tables_are_canonical(read, name):
    table = read.tables[name]
    assert table.columns.tolist() == TABLES[name].names
    assert violations(table, name) == []


def test_odf_and_office_open_workbooks_are_read_alike(read):
    other = read_ofsted(FILES / "outcomes.xlsx")
    for name, table in read.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name])
    np.testing.assert_array_equal(read.skipped["why"], other.skipped["why"])


def test_a_file_given_twice_adds_nothing(read):
    twice = read_ofsted(FILES / "outcomes.ods", FILES / "outcomes.xlsx")
    pd.testing.assert_frame_equal(twice.tables["inspections"], read.tables["inspections"])


def test_all_days_and_grades_that_cannot_be_read_are_named_at_once(write):
    path = write(
        "Kent,03/25/2024,01/05/2024,Good,Standard",
        "Leeds,04/03/2024,01/05/2024,Fair,Standard",
        "Hull,04/03/2024,01/02/2024,Good,Standard",
        "Nowhere yet,Not yet inspected,-,Fair,-",  # left out, so nobody need mend it
    )
    with pytest.raises(DataError) as wrong:
        read_ofsted(path)
    told = [str(fault).split(". To mend it")[0] for fault in wrong.value.faults]
    assert told == [
        "outcomes.csv, row 4, column Inspection date: '03/25/2024' is not a day that can be read",
        "outcomes.csv, row 5, column Overall effectiveness: 'Fair' is no grade of Ofsted's",
        "outcomes.csv, row 6, column Publication date: '01/02/2024' is before the inspection began",
    ]


def test_two_files_that_contradict_one_another_are_both_named(write):
    one = write("Kent,04/03/2024,01/05/2024,Good,Standard", name="2024.csv")
    other = write("Kent,04/03/2024,01/05/2024,Outstanding,Standard", name="2025.csv")
    with pytest.raises(
        DataError, match=r"2025.csv, row 4.*'outstanding' is said of E10000016 2024-03-04, but 2024.csv"
    ):
        read_ofsted(one, other)


def test_contradictions_are_told_beside_what_cannot_be_read(write):
    one = write("Kent,04/03/2024,01/05/2024,Good,Standard", "Hull,03/25/2024,01/05/2024,Good,-", name="1.csv")
    other = write(
        "Kent,04/03/2024,01/05/2024,Outstanding,-", "Hull,03/26/2024,01/05/2024,Fair,-", name="2.csv"
    )
    with pytest.raises(DataError) as wrong:
        read_ofsted(one, other)
    assert [(fault.file, fault.row, fault.column) for fault in wrong.value.faults] == [
        ("1.csv", 5, "Inspection date"),
        ("2.csv", 5, "Inspection date"),
        ("2.csv", 5, "Overall effectiveness"),
        ("2.csv", 4, "overall"),
    ]


@pytest.mark.parametrize(
    ("kind", "rules", "means"),
    [
        pytest.param("Standard", "", ["ILACS", "standard"], id="not named, since August 2018"),
        pytest.param("Re-inspection", "SIF", ["SIF", "reinspection"], id="named"),
        pytest.param("Single inspection framework (full)", "", ["SIF", "full"], id="named in the type"),
    ],
)
def test_the_framework_and_type_follow_from_their_words(write, kind, rules, means):
    path = write(f"Kent,04/03/2024,01/05/2024,Good,{kind},{rules}", header=HEADER + ",Framework")
    assert read_ofsted(path).tables["inspections"].loc[0, ["framework", "inspection_type"]].tolist() == means


def test_a_framework_that_nothing_names_is_left_empty_before_august_2018(write):
    read = read_ofsted(write("Kent,04/06/2018,01/08/2018,Good,Short"))
    assert read.tables["inspections"].loc[0, "framework"] == ""
    assert "1 inspections before August 2018 have no framework" in read.notes[1]


def test_a_sheet_of_which_nothing_is_known_yet_gives_empty_tables(write):
    read = read_ofsted(write("Torbay,Not yet inspected,-,-,-"))
    assert {name: len(table) for name, table in read.tables.items()} == {
        "areas": 0,
        "inspections": 0,
        "visits": 0,
    }
    assert all(violations(table, name) == [] for name, table in read.tables.items())


def test_a_visit_among_inspections_is_a_visit(write):
    read = read_ofsted(
        write("Kent,04/03/2024,01/05/2024,,Monitoring visit", "Kent,04/03/2023,01/05/2023,,Other")
    )
    assert read.tables["visits"]["visit_type"].tolist() == ["monitoring"]
    assert read.tables["inspections"].empty
    assert read.skipped["why"].tolist() == [
        "has no overall judgement, and is neither a monitoring nor a focused visit"
    ]


def test_the_england_sample_written_as_ofsted_does_is_read_back(write):
    sample = pd.read_csv(sample_folder("england") / "inspections.csv", keep_default_na=False)
    names = pd.read_csv(sample_folder("england") / "areas.csv").set_index("area_code")["name"]
    sample = sample[(sample["framework"] == "ILACS") & (sample["start_date"] >= "2018-08-01")]
    table = sample[["overall", "leadership", "help_and_protection", "care", "care_leavers"]]
    words = {"requires_improvement": "Requires improvement to be good", "": "-"}
    table = table.replace(words).apply(lambda column: column.str.capitalize())
    for place, name in enumerate(["start_date", "end_date", "known_on"]):
        days = pd.to_datetime(sample[name]).dt.strftime(["%d-%b-%Y", "%d/%m/%Y", "%Y-%m-%d"][place])
        table.insert(place, name, days.fillna("-"))
    table.insert(0, "area", '"' + sample["area_code"].map(names) + '"')
    table.insert(4, "type", "ILACS " + sample["inspection_type"] + " inspection")
    header = (
        "Local authority,Inspection start date,Inspection end date,Publication date,Inspection type,"
        "Overall effectiveness,The impact of leaders on social work practice with children and families,"
        "The experiences and progress of children who need help and protection,"
        "The experiences and progress of children in care,The experiences and progress of care leavers"
    )
    read = read_ofsted(write(*table.agg(",".join, axis=1), header=header))
    assert read.skipped.empty
    expected = sample.copy()
    for name in ("start_date", "end_date", "known_on"):
        expected[name] = pd.to_datetime(expected[name])
    expected = expected.sort_values(["area_code", "start_date"], ignore_index=True)[
        TABLES["inspections"].names
    ]
    pd.testing.assert_frame_equal(read.tables["inspections"], expected, check_dtype=False)


def test_a_note_about_joint_inspections_does_not_hide_the_others(write):
    path = write("Kent,04/03/2024,01/05/2024,Good,Standard", title="This table does not cover JTAIs or SEND.")
    assert len(read_ofsted(path).tables["inspections"]) == 1


def test_an_area_of_another_time_is_not_taken(write):
    read = read_ofsted(write("Cumbria,04/03/2024,01/05/2024,Good,Standard"))
    assert read.skipped["why"].tolist() == ["'Cumbria' is about an area that did not exist then"]


def test_a_file_without_inspections_is_refused(write):
    with pytest.raises(
        DataError, match="has no sheet with inspections or visits, whose header needs Local authority"
    ):
        read_ofsted(write("Kent,1", header="Authority,Total"))
    with pytest.raises(ConfigError, match="was given none"):
        read_ofsted()
