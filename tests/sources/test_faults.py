"""Whatever is wrong with a folder is said at its file, row and column, and all of it at once."""

# ruff: noqa: E501 - one case a line reads as a list

import re

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earlywarn.errors import DataError, MissingTableError
from earlywarn.schema import TABLES
from earlywarn.sources.tables import read_tables


def faults_of(path, kind=DataError):
    with pytest.raises(kind, match=re.escape(path.name)) as caught:
        read_tables(path)
    return caught.value.faults


def places(faults):
    return [(fault.file, fault.row, fault.column) for fault in faults]


CELLS = [
    # file, row, column, what to write, what is said of it, what to do
    pytest.param("observations", 2, "period_end", "31/03/2024", "not a date", "YYYY-MM-DD", id="British date"),
    pytest.param("observations", 2, "period_end", "2024-3-31", "not a date", "YYYY-MM-DD", id="date without noughts"),
    pytest.param("observations", 2, "period_end", "2024-02-30", "calendar", "YYYY-MM-DD", id="30 February"),
    pytest.param("observations", 2, "period_end", "", "is empty", "fill it in", id="no period end"),
    pytest.param("observations", 2, "value", "12,5%", "has 8 cells", "quotation marks", id="comma in a number"),
    pytest.param("observations", 2, "value", "12.5%", "not a number", "digits", id="percent sign"),
    pytest.param("observations", 2, "value", "n/a", "not a number", "empty", id="a word for missing"),
    pytest.param("observations", 2, "value", "nan", "not a number", "empty", id="nan"),
    pytest.param("observations", 2, "value", "inf", "infinite", "digits", id="infinite"),
    pytest.param("observations", 2, "value", "-Infinity", "infinite", "digits", id="infinite below"),
    pytest.param("observations", 2, "value", "1e999", "infinite", "digits", id="too large for a number"),
    pytest.param("observations", 2, "value", "100.1", "from 0 to 100", "unit", id="more than all"),
    pytest.param("observations", 2, "value", "-0.1", "from 0 to 100", "unit", id="less than none"),
    pytest.param("observations", 2, "value", "", "although the status is ok", "suppressed", id="ok without value"),
    pytest.param("observations", 3, "value", "3", "although the status is suppressed", "ok", id="suppressed value"),
    pytest.param("observations", 2, "status", "fine", "not one of the words", "missing", id="unknown status"),
    pytest.param("observations", 2, "area_code", "E12", "no area_code of areas", "add it there", id="unknown area"),
    pytest.param("observations", 2, "area_code", "", "is empty", "fill it in", id="no area"),
    pytest.param(
        "observations", 2, "indicator", "agency_rat", "no indicator", "'agency_rate'", id="misspelt indicator"
    ),
    pytest.param("observations", 2, "known_on", "2024-03-30", "before the period_end 2024-03-31", "dates", id="known early"),
    pytest.param("observations", 2, "known_on", "", "is empty", "first day", id="never known"),
    pytest.param("observations", 2, "period_start", "2024-04-01", "", "", id="period ends before it starts"),
    pytest.param("areas", 3, "area_code", "E1", "repeats row 2", "keep one", id="two of one area"),
    pytest.param("areas", 3, "name", "", "is empty", "fill it in", id="nameless area"),
    pytest.param("areas", 3, "former_codes", "E9", "E1 had too", "one area", id="former code of two areas"),
    pytest.param("areas", 3, "former_codes", "E1", "area's code today", "leave it out", id="former code in use"),
    pytest.param("indicators", 3, "unit", "cases", "not one of the words", "cases_per_fte", id="unknown unit"),
    pytest.param("indicators", 3, "polarity", "up", "not one of the words", "neutral", id="unknown polarity"),
    pytest.param("indicators", 3, "indicator", "agency_rate", "repeats row 2", "keep one", id="two of one indicator"),
    pytest.param("inspections", 2, "overall", "Good", "not one of the words", "requires_improvement", id="capital letter"),
    pytest.param("inspections", 2, "overall", "", "is empty", "judgement", id="no judgement"),
    pytest.param("inspections", 2, "care", "fair", "not one of the words", "requires_improvement", id="unknown sub-judgement"),
    pytest.param("inspections", 2, "known_on", "2022-05-01", "start_date 2022-05-09", "dates", id="published early"),
    pytest.param("inspections", 2, "end_date", "2022-05-01", "start_date 2022-05-09", "dates", id="ends early"),
    pytest.param("inspections", 3, "inspection_id", "one", "repeats row 2", "keep one", id="two of one inspection"),
    pytest.param("neighbours", 2, "rank", "0", "below 1", "1 or more", id="rank nought"),
    pytest.param("neighbours", 2, "rank", "1.5", "not a whole number", "whole", id="half a rank"),
    pytest.param("neighbours", 2, "rank", "", "is empty", "whole", id="no rank"),
    pytest.param("neighbours", 2, "neighbour_code", "E1", "area itself", "another", id="its own neighbour"),
    pytest.param("neighbours", 2, "neighbour_code", "W1", "no area_code of areas", "add it", id="unknown neighbour"),
    pytest.param("leadership", 2, "area_code", "W1", "no area_code of areas", "add it", id="leader of nowhere"),
    pytest.param("leadership", 2, "interim", "perhaps", "neither true nor false", "true or false", id="perhaps"),
    pytest.param("report_themes", 2, "area_code", "W1", "no area_code of areas", "add it", id="report on nowhere"),
    pytest.param("report_themes", 2, "words", "0", "below 1", "1 or more", id="report without words"),
    pytest.param("report_themes", 2, "drift", "-2", "below 0", "0 or more", id="fewer mentions than none"),
    pytest.param("report_themes", 2, "drift", "some", "not a whole number", "whole", id="uncounted theme"),
    pytest.param("concerns", 3, "strength", "6", "is above 5", "to 5, grave", id="graver than grave"),
    pytest.param("concerns", 3, "strength", "0", "is below 1", "1 or more", id="no strength at all"),
    pytest.param("concerns", 3, "tier", "secret", "not one of the words", "restricted", id="unknown tier"),
    pytest.param("concerns", 3, "confidence", "sure", "not one of the words", "high", id="unknown confidence"),
    pytest.param("concerns", 2, "known_on", "2024-01-30", "before the occurred_on 2024-01-31", "dates", id="told before it happened"),
    pytest.param("concerns", 4, "known_on", "2024-03-02", "the version before 2 of S2", "dates or versions", id="corrected before it was told"),
    pytest.param("concerns", 3, "area_code", "W1", "no area_code of areas", "add it", id="concern about nowhere"),
    pytest.param("visits", 2, "known_on", "2023-01-01", "start_date 2023-02-01", "dates", id="visit known early"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row", "column", "text", "problem", "remedy"), CELLS)
def test_one_wrong_cell_is_found_where_it_is(  # noqa: PLR0917 - a column of the list each
    folder, table, row, column, text, problem, remedy
):
    file = f"{table}.csv"
    found = faults_of(folder.cell(file, row, column, text))
    expected = None if "cells" in problem else column
    if text == "2024-04-01":  # which of two dates is wrong no one can tell; the later of the pair is named
        expected, text = "period_end", "2024-03-31"
    fault = next(fault for fault in found if (fault.file, fault.row, fault.column) == (file, row, expected))
    assert problem in fault.problem
    assert remedy in fault.remedy
    assert fault.value == (None if expected is None else text)


def test_all_faults_of_all_files_are_listed_in_one_pass_in_the_order_of_the_files(folder):
    folder.cell("inspections.csv", 2, "overall", "poor")
    folder.cell("observations.csv", 5, "value", "x")
    folder.cell("observations.csv", 2, "value", "101")
    path = folder.cell("areas.csv", 3, "name", "")
    assert places(faults_of(path)) == [
        ("areas.csv", 3, "name"),
        ("observations.csv", 2, "value"),
        ("observations.csv", 5, "value"),
        ("inspections.csv", 2, "overall"),
    ]


def test_a_key_that_occurs_twice_is_shown_whole_with_the_earlier_row(folder):
    (fault,) = faults_of(folder.cell("observations.csv", 5, "known_on", "2024-11-30"))
    assert str(fault) == (
        "observations.csv, row 5, column area_code, indicator, period_end, known_on: "
        "'E2, agency_rate, 2024-03-31, 2024-11-30' repeats row 4. "
        "To mend it: keep one of the two rows; a revision has a later known_on."
    )


def test_a_former_and_a_current_code_are_one_area_when_keys_are_counted(folder):
    row = "E9,agency_rate,2023-04-01,2024-03-31,12.5,ok,2024-11-30\n"
    (fault,) = faults_of(folder.write("observations.csv", folder.texts["observations.csv"] + row))
    assert (fault.row, fault.problem) == (6, "repeats row 2")


def test_an_unknown_code_is_named_once_with_the_count_of_its_rows(folder):
    rows = "".join(f"E7,caseload,,{year}-03-31,10,ok,{year}-11-30\n" for year in range(2011, 2024))
    (fault,) = faults_of(folder.write("observations.csv", folder.texts["observations.csv"] + rows))
    assert (fault.row, fault.value) == (6, "E7")
    assert fault.problem == "is no area_code of areas (in 13 rows, this being the first)"


def test_rows_are_lines_of_the_file_even_when_cells_and_gaps_break_them(folder):
    # the header, a blank line 2, then Northshire on lines 3 and 4
    path = folder.write("areas.csv", 'area_code,name\n\nE1,"North\nshire"\nE2,\n')
    assert places(faults_of(path)) == [("areas.csv", 5, "name")]


def test_a_date_column_is_named_as_the_file_names_it(folder):
    folder.cell("observations.csv", 2, "known_on", "2024")
    path = folder.write(
        "observations.csv", folder.texts["observations.csv"].replace("known_on", "published_on")
    )
    assert places(faults_of(path)) == [("observations.csv", 2, "published_on")]


def test_two_names_for_one_date_are_refused(folder):
    path = folder.write("visits.csv", "area_code,start_date,known_on,published_on\n")
    (fault,) = faults_of(path)
    assert str(fault).startswith("visits.csv, row 1, column published_on: is a second name for known_on.")


def test_an_unknown_neighbour_set_needs_a_date(folder):
    path = folder.write(
        "neighbours.csv", "area_code,neighbour_code,rank,model\nE1,E2,1,2021\nE2,E1,1,ours\nE1,E2,1,ours\n"
    )
    (fault,) = faults_of(path)
    assert (fault.row, fault.column, fault.value) == (3, "model", "ours")
    assert "add a column known_on" in fault.remedy


def test_neighbours_without_date_or_model_lack_a_column(folder):
    path = folder.write("neighbours.csv", "area_code,neighbour_code,rank\nE1,E2,1\n")
    assert places(faults_of(path)) == [("neighbours.csv", 1, "known_on")]


def test_a_relation_to_an_unknown_area_is_found(folder):
    path = folder.write("areas.csv", "area_code,name,successors\nE1,Northshire,E2;E5\nE2,Southshire,\n")
    (fault,) = faults_of(path)
    assert "'E5'" in fault.problem


@pytest.mark.parametrize(
    ("unit", "denominator", "problem", "remedy"),
    [
        ("percent", "socil_workers", "is no indicator of this table", "did you mean 'social_workers'"),
        ("gbp", "social_workers", "stands beneath a gbp", "leave the cell empty"),
    ],
    ids=["misspelt", "money is a share of nothing"],
)
def test_a_denominator_is_an_indicator_that_the_unit_has_use_for(folder, unit, denominator, problem, remedy):
    header = "indicator,label,unit,polarity,denominator\n"
    rows = f"agency_rate,Agency,{unit},neutral,{denominator}\ncaseload,Cases,cases_per_fte,neutral,\n"
    path = folder.write("indicators.csv", f"{header}{rows}social_workers,Workers,count,neutral,\n")
    (fault,) = faults_of(path)
    assert (fault.row, fault.column) == (2, "denominator")
    assert fault.problem.startswith(problem)
    assert remedy in fault.remedy


def test_an_area_ends_after_it_begins(folder):
    path = folder.write(
        "areas.csv", "area_code,name,active_from,active_to\nE1,Northshire,2020-04-01,2019-03-31\nE2,S,,\n"
    )
    (fault,) = faults_of(path)
    assert (fault.row, fault.column) == (2, "active_to")
    assert "before the active_from 2020-04-01" in fault.problem


MANGLED = [
    pytest.param("areas.csv", b"\xff\xfe\x00", "not UTF-8 text", 1, id="UTF-16"),
    pytest.param("areas.csv", b"area_code,name\nE1,Caf\xe9\n", "not UTF-8 text", 2, id="Latin-1"),
    pytest.param("areas.csv", b"", "is empty", None, id="nothing"),
    pytest.param("areas.csv", b" \n\n", "is empty", None, id="blank"),
    pytest.param("areas.csv", b"\xef\xbb\xbf", "is empty", None, id="byte order mark alone"),
    pytest.param("areas.csv", b"PK\x03\x04rest", "workbook", None, id="workbook"),
    pytest.param(
        "areas.csv", b"<html><body>Not found</body></html>\n", "none of the columns", 1, id="web page"
    ),
    pytest.param("areas.csv", b"area_code;name\nE1;Northshire\n", "none of the columns", 1, id="semicolons"),
    pytest.param(
        "areas.csv", b'area_code,name\nE1,"Northshire\nE2,Southshire\n', "mark open", 2, id="open quotation"
    ),
    pytest.param("areas.csv", b"area_code,name\n", "has no rows", None, id="header alone"),
    pytest.param("areas.csv", b"area_code,name,name\nE1,a,b\nE2,a,b\n", "two columns", 1, id="twin columns"),
    pytest.param("areas.csv", b"area_code,name\nE1\nE2,b\n", "has 1 cells, the header 2", 2, id="short row"),
    pytest.param(
        "areas.csv", b"area_code,name\nE1,a\nE2,b,c\n", "has 3 cells, the header 2", 3, id="long row"
    ),
    pytest.param("areas.csv.gz", b"area_code,name\n", "not a whole gzip file", None, id="not gzip"),
    pytest.param("areas.parquet", b"area_code,name\n", "not a Parquet file", None, id="not Parquet"),
]


@pytest.mark.parametrize(("file", "content", "problem", "row"), MANGLED)
def test_a_mangled_file_is_said_to_be_so(folder, file, content, problem, row):
    (folder.path / "areas.csv").unlink()
    (folder.path / file).write_bytes(content)
    fault = faults_of(folder.path)[0]
    assert (fault.file, fault.row) == (file, row)
    assert problem in fault.problem


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if table.required])
def test_a_required_table_must_be_there(folder, name):
    (folder.path / f"{name}.csv").unlink()
    found = faults_of(folder.path, MissingTableError)
    assert places(found) == [(f"{name}.csv", None, None)]


def test_all_missing_tables_are_named_and_the_faults_of_the_others_too(folder):
    for name in ("areas", "inspections"):
        (folder.path / f"{name}.csv").unlink()
    found = faults_of(folder.cell("indicators.csv", 2, "unit", "%"), FileNotFoundError)
    assert [fault.file for fault in found] == ["areas.csv", "inspections.csv", "indicators.csv"]


def test_a_misspelt_file_is_suggested(folder):
    (folder.path / "areas.csv").rename(folder.path / "Area.csv")
    (fault,) = faults_of(folder.path, MissingTableError)
    assert fault.remedy == "rename 'Area.csv'"


def test_another_table_is_never_suggested_for_one_that_is_missing(folder):
    (folder.path / "inspections.csv").unlink()  # observations.csv is spelt much like it
    (fault,) = faults_of(folder.path, MissingTableError)
    assert fault.remedy.startswith("add it")


@pytest.mark.parametrize("made", [True, False], ids=["a file", "nothing"])
def test_a_folder_must_be_there(tmp_path, made):
    path = tmp_path / "ours"
    if made:
        path.write_text("")
    (fault,) = faults_of(path, MissingTableError)
    assert fault.problem == ("is a file, not a folder" if made else "does not exist")


def test_a_link_is_refused(folder):
    path = folder.path / "areas.csv"
    path.rename(folder.path.parent / "elsewhere.csv")
    path.symlink_to(folder.path.parent / "elsewhere.csv")
    (fault,) = faults_of(folder.path)
    assert (fault.file, fault.problem) == ("areas.csv", "is a symbolic link")


def test_a_directory_is_no_table(folder):
    (folder.path / "visits.csv").mkdir()
    (fault,) = faults_of(folder.path)
    assert (fault.file, fault.problem) == ("visits.csv", "is not a file")


def test_a_file_that_may_not_be_read_is_said_to_be_so(folder, monkeypatch):
    def refuse(_):  # the superuser may read anything, so the file's own mode would not do
        raise PermissionError

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    assert {fault.problem for fault in faults_of(folder.path)} == {"may not be read"}


def test_one_table_in_two_files_is_refused(folder):
    (folder.path / "areas.csv.gz").write_bytes(b"")
    (fault,) = faults_of(folder.path)
    assert fault.problem == "is there twice, as areas.csv and areas.csv.gz"


def test_a_damaged_provenance_page_is_refused(folder):
    (folder.path / "provenance.toml").write_text("name = England")
    (fault,) = faults_of(folder.path)
    assert fault.file == "provenance.toml"


def test_a_file_wrong_in_every_row_is_listed_in_full(folder):
    rows = "".join(
        f"E1,caseload,,{day:%Y-%m-%d},1,fine,2024-11-30\n" for day in pd.date_range("1900", periods=20_000)
    )
    header = folder.texts["observations.csv"].partition("\n")[0]
    found = faults_of(folder.write("observations.csv", f"{header}\n{rows}"))
    assert [fault.row for fault in found] == list(range(2, 20_002))


REQUIRED = [
    pytest.param(name, column.name, id=f"{name}.{column.name}")
    for name, table in TABLES.items()
    for column in table.columns
    if column.required
]


@pytest.mark.parametrize(("name", "column"), REQUIRED)
def test_a_required_column_must_be_there_and_the_nearest_is_suggested(folder, name, column):
    if (name, column) == ("neighbours", "known_on"):
        pytest.skip("a model can stand in for it; tested apart")
    file = f"{name}.csv"
    header, _, rest = folder.texts[file].partition("\n")
    near = column.title()
    renamed = ",".join(near if cell == column else cell for cell in header.split(","))
    found = faults_of(folder.write(file, f"{renamed}\n{rest}"))
    assert (file, 1, column) in places(found)
    assert next(fault for fault in found if fault.column == column).remedy == f"rename {near!r}"


SPOILT = {"text": "\u2603", "date": "31/03/2024", "number": "a", "whole": "a", "yes_no": "maybe"}
CHECKED = [
    (name, column)
    for name, table in TABLES.items()
    for column in table.columns
    if column.kind != "text"
    or column.allowed
    or (column.name in {"area_code", "neighbour_code"} and name != "areas")
]


OPTIONAL_FILES = {f"{name}.csv" for name, table in TABLES.items() if not table.required}


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_one_spoilt_cell_is_reported_with_its_exact_place(folder, data):
    there = [
        (name, column)
        for name, column in CHECKED
        if column.name in folder.texts[f"{name}.csv"].partition("\n")[0].split(",")
    ]
    name, column = data.draw(st.sampled_from(there))
    file = f"{name}.csv"
    before = folder.texts[file]
    row = data.draw(st.integers(2, before.count("\n")))
    spoilt = SPOILT[column.kind]
    try:
        found = faults_of(folder.cell(file, row, column.name, spoilt))
    finally:
        folder.write(file, before)
        if file in OPTIONAL_FILES:
            (folder.path / file).unlink()
    assert (file, row, column.name, spoilt) in [(f.file, f.row, f.column, f.value) for f in found]


def test_parquet_is_checked_like_csv(folder):
    noon = pd.Timedelta(hours=12)
    visits = pd.DataFrame(
        {"area_code": ["E1", "W1"], "start_date": pd.to_datetime(["2024-01-01", "2024-01-02"]) + noon}
    )
    visits["known_on"] = pd.to_datetime(["2024-02-01", None])
    visits.to_parquet(folder.path / "visits.parquet")
    assert sorted(places(faults_of(folder.path))) == [
        ("visits.parquet", 2, "start_date"),
        ("visits.parquet", 3, "area_code"),
        ("visits.parquet", 3, "known_on"),
        ("visits.parquet", 3, "start_date"),
    ]
