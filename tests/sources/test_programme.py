"""What a coordinator hands in: read whole, or refused with every fault of every file."""

import datetime as dt

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.errors import DataError, MissingTableError
from earlywarn.schedule import quarter_words
from earlywarn.sources.programme import read_overrides_rows, read_overrides_workbook, read_programme
from earlywarn.sources.programme_availability import offered_quarters
from earlywarn.sources.programme_tables import INPUT_COLUMNS, ProgrammeInputs, empty_input

AREAS = pd.DataFrame(
    {
        "area_code": ["E1", "E2", "E3", "E4", "E5"],
        "name": ["Bury", "Kent", "Twin", "Twin", "St. Helens"],
        "region": ["North West", "South East", "London", "London", "North West"],
    }
)
HEADERS = {table: ",".join(columns) for table, columns in INPUT_COLUMNS.items()}
SHEET = ["Area", "Action", "Quarter", "After", "Reason", "By", "Decided on"]


def folder(home, **files):
    """Write rows below the header of each table; a text that begins with its own header stands for itself."""
    for table, rows in files.items():
        text = rows if isinstance(rows, str) else "\n".join([HEADERS[table], *rows]) + "\n"
        (home / f"{table}.csv").write_text(text, encoding="utf-8")
    return home


def read(home, **files):
    return read_programme(folder(home, **files), areas=AREAS)


def faults(home, **files):
    with pytest.raises(DataError) as caught:
        read(home, **files)
    return [str(fault) for fault in caught.value.faults]


def reviewer(code="R1", area="Kent", role="director", skills="", regions="", available="1", conflicts=""):  # noqa: PLR0917
    return f"{code},{area},{role},{skills},{regions},{available},{conflicts}"


def test_an_empty_folder_and_empty_files_are_no_inputs(tmp_path):
    inputs = read(tmp_path)
    assert all(getattr(inputs, table).empty for table in INPUT_COLUMNS)
    (tmp_path / "findings.csv").write_bytes(b"")
    inputs = read(tmp_path, reviews=[], reviewers=[], overrides=[])
    for table in INPUT_COLUMNS:
        pd.testing.assert_frame_equal(
            getattr(inputs, table), empty_input(table), check_index_type=False, check_dtype=True
        )
    assert inputs.availability(pd.DatetimeIndex(["2025-04-01"])).shape == (0, 1)
    assert sorted(inputs.fingerprints) == sorted(f"{table}.csv" for table in INPUT_COLUMNS)


def test_a_whole_folder_is_read_as_it_is_meant(tmp_path):
    (tmp_path / "rules.toml").write_text("", encoding="utf-8")
    text = HEADERS["reviews"] + '\nBURY,2024-01-05,2024-03-04,,routine,7,2024-09-04,,"Two lines\nof note"\n'
    (tmp_path / "reviews.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    inputs = read(
        tmp_path,
        reviewers=[
            reviewer(
                "R1", "E2", "Assistant director", "Workforce; leadership and governance;workforce",
                "north west", "Apr-Jun 2025=2; 2025-07", "bury; r2",
            ),
            reviewer("R2", "St. Helens (E5)"),
        ],
        overrides=["O7,Kent,MOVE,2025-08,Bury,'=asked,C1,2025-04-02", ",E1,add,,,seen,,"],
        findings=["E2,2024-05-01,Workforce,No concern,,all well", "E2,2024-05-01,partners,concern,4 strong,"],
    )  # fmt: skip
    review = inputs.reviews.iloc[0]
    assert (review["area_code"], review["recommendations"]) == ("E1", 7.0)
    assert review["held_on"] == pd.Timestamp("2024-03-04")
    assert pd.isna(review["declined_on"])
    assert review["note"] == "Two lines of note"
    first = inputs.reviewers.iloc[0]
    assert first["role"] == "assistant_director"
    assert first["skills"] == "workforce;leadership and governance"
    assert (first["regions"], first["conflicts"]) == ("North West", "E1;R2")
    assert inputs.reviewers["area_code"].tolist() == ["E2", "E5"]
    quarters = pd.DatetimeIndex(["2025-04-01", "2025-07-01", "2025-10-01"])
    assert inputs.availability(quarters).tolist() == [[2, 1, 0], [1, 1, 1]]
    override = inputs.overrides.iloc[0]
    assert (override["area_code"], override["after"], override["action"]) == ("E2", "E1", "move")
    assert (override["quarter"], override["reason"]) == (pd.Timestamp("2025-07-01"), "=asked")
    assert inputs.overrides["override_id"].tolist() == ["O7", "O0008"]
    assert inputs.findings["finding"].tolist() == ["no_concern", "concern"]
    assert inputs.findings["strength"].tolist()[1] == 4.0
    assert inputs.rules_path == tmp_path / "rules.toml"
    for table, columns in INPUT_COLUMNS.items():
        assert getattr(inputs, table).dtypes.equals(empty_input(table).dtypes)
        assert list(getattr(inputs, table)) == list(columns)


def test_every_fault_of_every_file_comes_in_one_message(tmp_path):
    told = faults(
        tmp_path,
        reviews=[
            "Burry,2024-01-05,,,,,,,",
            "Bury,2024-03-05,2024-01-05,,,-2,,,",
            "Bury,,05/01/2024,,,,,,",
            "Bury,,2024-01-05,,,1.5,,,",
            "Kent,,,,,,,,no day",
            "Twin,2024-01-05,,,,some,,,",
            "Kent,,2024-01-05,2024-01-06,,,2023-12-01,,",
            "Kent,2024-02-05,,,,,,2024-03-05,",
        ],
        reviewers=[
            reviewer(available=""),
            reviewer("r1", available="0"),
            reviewer("R3", area="", role="asistant director", skills="workfroce", regions="Nort West"),
            reviewer("R4", available="Apr-Jun 2025=-1", conflicts="R4"),
            reviewer("R5", available="soon", conflicts="Atlantis"),
            reviewer("R6", available="Apr-Jun 2025=1;2025-05=2"),
            reviewer("R7", available="Apr-Jun 2025=some"),
        ],
        overrides=["O1,Bury,mvoe,,,seen,,", "O1,Kent,move,Q3,,,,", "O3,Bury,add,,Nowhere,seen,,"],
        findings=[
            "Bury,2024-01-05,weather,worry,9,",
            "Bury,2024-01-05,partners,concern,,a",
            "Bury,2024-01-05,partners,no_concern,,b",
            "Bury,2024-01-05,partners,concern,,a",
        ],
    )
    for words in (
        "reviews.csv, row 2, column area_code: 'Burry' is not an area of the run",
        "reviews.csv, row 3, column held_on: '2024-01-05' is before offered_on, 5 March 2024",
        "reviews.csv, row 3, column recommendations: '-2' is negative",
        "reviews.csv, row 4, column held_on: '05/01/2024' is not a date",
        "To mend it: write the date as YYYY-MM-DD",
        "reviews.csv, row 5, column held_on: '2024-01-05' is the day of two reviews of Bury; the other is in",
        "reviews.csv, row 5, column recommendations: '1.5' is not a whole number",
        "reviews.csv, row 6, column held_on: '' has no day",
        "row 7, column area_code: 'Twin' is the name of two areas. To mend it: write its code.",
        "reviews.csv, row 7, column recommendations: 'some' is not a number",
        "row 8, column declined_on: '2024-01-06' says that a review was declined that was held",
        "row 8, column follow_up_due: '2023-12-01' is before held_on, 5 January 2024",
        "row 9, column followed_up_on: '2024-03-05' follows up a review without a day",
        "reviewers.csv, row 2, column available: '' has no availability. To mend it: write 1 for one review",
        "row 3, column reviewer: 'r1' is on the list twice; the other is in row 2",
        "row 3, column available: '0' has no availability in any quarter",
        "row 4, column area_code: '' is empty",
        "row 4, column role: 'asistant director' is not a role that is known",
        "row 4, column skills: 'workfroce' names no theme in 'workfroce'. To mend it: write 'workforce'",
        "row 4, column regions: 'Nort West' names no region of the run in 'Nort West'",
        "row 5, column available: 'Apr-Jun 2025=-1' has a negative number of reviews",
        "row 5, column conflicts: 'R4' names the reviewer's own code",
        "row 6, column available: 'soon' names no quarter in 'soon'",
        "row 6, column conflicts: 'Atlantis' names neither an area nor a reviewer",
        "row 7, column available: 'Apr-Jun 2025=1;2025-05=2' names Apr-Jun 2025 twice",
        "row 8, column available: 'Apr-Jun 2025=some' has no whole number of reviews",
        "overrides.csv, row 2, column action: 'mvoe' is not an action",
        "To mend it: write 'move', if that is meant",
        "overrides.csv, row 3, column override_id: 'O1' is the id of two overrides",
        "overrides.csv, row 3, column quarter: 'Q3' is not a quarter",
        "overrides.csv, row 3, column reason: '' is empty. To mend it: say why",
        "overrides.csv, row 4, column after: 'Nowhere' is not an area of the run",
        "findings.csv, row 2, column theme: 'weather' is not one of the seven themes",
        "findings.csv, row 2, column finding: 'worry' is not a finding that is known",
        "findings.csv, row 2, column strength: '9' is not a strength",
        "findings.csv, row 3, column finding: 'concern' contradicts another row",
        "findings.csv, row 5, column finding: 'concern' is there twice in the same words",
    ):
        assert any(words in fault for fault in told), words
    assert len(told) == 35, "\n".join(told)


def test_a_month_may_be_written_as_a_word(tmp_path):
    path = workbook(
        tmp_path / "programme.xlsx",
        [
            ["Bury", "move", "5 May 2025", None, "seen", "C1", "3 April 2025"],
            ["Kent", "add", "", "", "asked", "", "4 Apr 2025"],
        ],
    )
    overrides = read_overrides_workbook(path, areas=AREAS)
    assert overrides["quarter"].iloc[0] == pd.Timestamp("2025-04-01")
    assert overrides["decided_on"].tolist() == [pd.Timestamp("2025-04-03"), pd.Timestamp("2025-04-04")]


def test_lines_are_those_of_the_file_whatever_cells_hold(tmp_path):
    text = f'{HEADERS["reviews"]}\nBury,,2024-01-05,,,,,,"a\nb\nc"\n\nKent,,soon,,,,,,\n'
    (fault,) = faults(tmp_path, reviews=text)
    assert fault.startswith("reviews.csv, row 6, column held_on: 'soon' is not a date")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("area_code,held_on,held_on\n", "column held_on: is the name of two columns"),
        (
            "area_code,heldon\n",
            "column heldon: is not a column that is read. To mend it: rename it 'held_on'",
        ),
        ("held_on\n2024-01-01\n", "column area_code: is missing. To mend it: add the column"),
        ("area_code,held_on\nBury,2024-01-01,x\n", "row 2: has 3 cells, the header 2"),
        ('area_code,held_on\n"Bury,2024-01-01\n', "cannot be read as CSV"),
        ("area_code;held_on\nBury;2024-01-01\n", "row 1: has something other than commas between its cells"),
        (b"PK\x03\x04abc", "is a workbook or an archive, not a CSV file"),
        (b"area_code,held_on\nB\xfcry,2024-01-01\n", "row 2: is not UTF-8 text"),
    ],
)
def test_a_file_out_of_shape_is_refused(tmp_path, text, words):
    (tmp_path / "reviews.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    assert any(words in fault for fault in faults(tmp_path))


def test_a_file_that_only_looks_like_ours_is_not_passed_over_in_silence(tmp_path):
    (tmp_path / "Reviews.xlsx").write_bytes(b"")
    (tmp_path / "reviewer.csv").write_bytes(b"")
    (tmp_path / "notes.txt").write_bytes(b"")
    told = faults(tmp_path)
    assert [fault.split(":")[0] for fault in told] == ["Reviews.xlsx", "reviewer.csv"]
    assert "looks like reviewers.csv, but is not called so" in told[1]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(MissingTableError, match=r"does not exist\. To mend it: name a folder with reviews"):
        read_programme(tmp_path / "none", areas=AREAS)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(MissingTableError, match="is a file, not a folder"):
        read_programme(tmp_path / "file", areas=AREAS)


def test_reviewers_may_all_conflict_with_each_other(tmp_path):
    inputs = read(tmp_path, reviewers=[reviewer("R1", conflicts="R2"), reviewer("R2", conflicts="R1")])
    assert inputs.reviewers["conflicts"].tolist() == ["R2", "R1"]


def test_without_known_regions_they_are_kept_as_written(tmp_path):
    folder(tmp_path, reviewers=[reviewer(regions="Somewhere")])
    inputs = read_programme(tmp_path, areas=AREAS[["area_code", "name"]])
    assert inputs.reviewers["regions"].tolist() == ["Somewhere"]


@settings(max_examples=20)
@given(st.dictionaries(st.integers(0, 7), st.integers(0, 3), min_size=1), st.integers(0, 3))
def test_availability_is_read_back_as_it_was_written(named, usual):
    quarters = pd.date_range("2025-04-01", periods=8, freq="QS-JAN")
    parts = [f"{quarter_words(quarters[at])}={count}" for at, count in named.items()] + [str(usual)]
    if not any([*named.values(), usual]):
        with pytest.raises(ValueError, match="has no availability in any quarter"):
            offered_quarters("; ".join(parts))
        return
    inputs = ProgrammeInputs(reviewers=pd.DataFrame({"available": ["; ".join(parts)]}))
    wanted = [named.get(at, usual) for at in range(8)]
    assert np.array_equal(inputs.availability(quarters), [wanted])


def workbook(path, rows, *, sheet="Overrides", header=SHEET):
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    page.append(["Fill in one row for each decision."])
    page.append([])
    if header:
        page.append(header)
    for row in rows:
        page.append(row)
    book.create_sheet("List")
    book.save(path)
    book.close()
    return path


def test_a_workbook_filled_in_is_read_back(tmp_path):
    path = workbook(
        tmp_path / "programme.xlsx",
        [
            ["Bury (E1)", "move", "Jul-Sep 2025", None, "asked for it", "C1", dt.date(2025, 4, 3)],
            [None] * 7,
            ["E2", "Add", dt.datetime(2025, 11, 2), "Bury", "  a new \n director ", None, "2025-04-04"],  # noqa: DTZ001
        ],
    )
    overrides = read_overrides_workbook(path, areas=AREAS)
    assert overrides["area_code"].tolist() == ["E1", "E2"]
    assert overrides["action"].tolist() == ["move", "add"]
    assert overrides["quarter"].map(quarter_words).tolist() == ["Jul-Sep 2025", "Oct-Dec 2025"]
    assert overrides["after"].tolist() == ["", "E1"]
    assert overrides["reason"].tolist() == ["asked for it", "a new director"]
    assert overrides["decided_on"].tolist() == [pd.Timestamp("2025-04-03"), pd.Timestamp("2025-04-04")]
    assert overrides["override_id"].tolist() == ["", ""]


@pytest.mark.parametrize(
    ("rows", "shape", "words"),
    [
        ([], {"sheet": "Sheet1"}, "has no sheet 'Overrides'; there are 'Sheet1', 'List'"),
        ([], {"header": None}, "has no header: no cell of its first 30 rows says 'Area'"),
        ([], {"header": ["Area", "Action"]}, "sheet Overrides, row 3, column reason: is missing"),
        ([], {"header": [*SHEET, "Area"]}, "column Area: is the name of two columns"),
        ([], {"header": [*SHEET, "Mood"]}, "column Mood: is not a column that is read"),
        ([["Bury", "add", None, None, "seen", None, None, None, "note"]], {}, "row 4: 'note' stands beside"),
        ([["Burry (E1)", "add", None, None, "seen"]], {}, "row 4, column Area: 'Burry (E1)' is not an area"),
        ([["Bury", "add", None, None, None]], {}, "row 4, column Reason: '' is empty"),
        ([["Bury", "add", 3.0, None, "seen"]], {}, "row 4, column Quarter: '3' is not a quarter"),
        (
            [["Bury", "add", None, None, "seen"], ["E1", "remove", None, None, "x"]],
            {},
            "row 5, column Action",
        ),
    ],
)
def test_a_workbook_edited_out_of_shape_is_refused(tmp_path, rows, shape, words):
    path = workbook(tmp_path / "programme.xlsx", rows, **shape)
    with pytest.raises(DataError) as caught:
        read_overrides_workbook(path, areas=AREAS)
    assert any(words in str(fault) for fault in caught.value.faults), str(caught.value)


def test_a_workbook_that_is_none_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"does not exist\. To mend it: name the file that you mean"):
        read_overrides_workbook(tmp_path / "none.xlsx", areas=AREAS)
    (tmp_path / "text.xlsx").write_text("Area,Action\nBury,add\n")
    with pytest.raises(
        DataError, match=r"text\.xlsx: is not a workbook\. To mend it: name the workbook, with its"
    ):
        read_overrides_workbook(tmp_path / "text.xlsx", areas=AREAS)
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04no")
    with pytest.raises(DataError, match=r"bad\.xlsx: 1 fault found"):
        read_overrides_workbook(tmp_path / "bad.xlsx", areas=AREAS)


def test_decisions_given_in_words_are_checked_alike():
    said = [
        {"area": "Kent", "action": "add", "reason": "seen"},
        {"area_code": "Kant", "action": "x", "reason": "y"},
    ]
    with pytest.raises(DataError, match="write 'Kent', if that is meant") as caught:
        read_overrides_rows(said, areas=AREAS)
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [(2, "area_code"), (2, "action")]
    assert read_overrides_rows(said[:1], areas=AREAS)["area_code"].tolist() == ["E2"]
