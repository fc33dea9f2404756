import datetime as dt
import shutil
import subprocess
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from earlywarn.errors import DataError
from earlywarn.reports.programme.plan_workbook import SHEETS, write_plan_workbook
from earlywarn.sources.programme import read_overrides_workbook

NASTY = "=1+1"
RECORD = pd.DataFrame(
    {
        "override_id": ["O0001", "O0002"],
        "area_code": ["X00000002", "X00000005"],
        "action": ["move", "remove"],
        "quarter": pd.to_datetime(["2025-07-01", None]),
        "after": ["X00000001", ""],
        "reason": ["A new director starts in June.", "=SUM(A1) is how this reason begins"],
        "by": ["C001", "+C002"],
        "decided_on": pd.to_datetime(["2025-03-20", "2025-03-21"]),
    }
)


@pytest.fixture(scope="module")
def path(example_plan, tmp_path_factory):
    made = tmp_path_factory.mktemp("book") / "programme.xlsx"
    write_plan_workbook(example_plan, made, overrides=RECORD)
    return made


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


@pytest.fixture
def filled(path, tmp_path):
    """Fill a copy in, and return where it is."""

    def fill(*rows):
        copy = openpyxl.load_workbook(path)
        page = copy["Overrides"]
        for place, cells in enumerate(rows, start=page.max_row + 1):
            for number, cell in enumerate(cells, start=1):
                page.cell(place, number, cell)
        copy.save(tmp_path / "filled.xlsx")
        return tmp_path / "filled.xlsx"

    return fill


def cells(page):
    head = [cell.value for cell in page[1]]
    return [dict(zip(head, (cell.value for cell in row), strict=True)) for row in page.iter_rows(min_row=2)]


def test_sheets_stand_in_the_order_of_reading_and_the_lists_are_hidden(book):
    assert tuple(book.sheetnames) == SHEETS
    assert [page.title for page in book if page.sheet_state == "hidden"] == ["Lists"]
    words = " ".join(str(row[0].value) for row in book["Read me"])
    assert "starts conversations" in words
    assert "if an inspection takes place from 1 April 2025 to 31 March 2026" in words


def test_the_list_holds_every_area_by_name_with_typed_cells(book, example_plan):
    rows = cells(book["List"])
    assert [row["Area"] for row in rows] == sorted(example_plan.areas["name"], key=str.casefold)
    planned = [row for row in rows if row["Week of"]]
    assert len(planned) == len(example_plan.planned)
    assert all(isinstance(row["Week of"], dt.datetime) for row in planned)
    assert all(0 < row["Risk of a judgement below good"] < 1 for row in rows)
    assert book["List"]["J2"].number_format == "0%"
    assert book["List"].freeze_panes == "B2"


def test_the_plan_stands_by_quarter_and_week_with_its_team(book, example_plan):
    rows = cells(book["Plan"])
    assert [row["Area"] for row in rows] == example_plan.planned["name"].tolist()
    assert [row["Week of"] for row in rows] == sorted(row["Week of"] for row in rows)
    assert rows[0]["Team"].startswith("Lead: Reviewer")


def test_a_place_that_is_to_be_named_says_so(book):
    assert [row["Area"] for row in cells(book["Teams"]) if row["Reviewer"] == "to be named"] == ["Area 002"]


def test_the_load_of_a_supporting_area_adds_up(book, example_plan):
    rows = cells(book["Load"])
    assert sum(row["Together"] for row in rows) == example_plan.load["places"].sum()
    first = rows[0]
    assert first["Together"] == sum(value for key, value in first.items() if key[-4:].isdigit() and value)


def test_rules_that_are_all_kept_are_said_to_be(example_plan, tmp_path):
    plan = replace(example_plan, shortfalls=example_plan.shortfalls.iloc[:0])
    write_plan_workbook(plan, tmp_path / "kept.xlsx")
    page = openpyxl.load_workbook(tmp_path / "kept.xlsx")["Shortfalls"]
    assert cells(page)[0]["What could not be kept"] == "Every rule is kept."


def test_shares_and_means_stand_in_columns_of_their_own(example_plan, tmp_path):
    rows = example_plan.fairness.iloc[:1].assign(measure="mean quarters waited", value=2.5, low=1.0, high=4.0)
    plan = replace(example_plan, fairness=pd.concat([example_plan.fairness.iloc[:1], rows]))
    write_plan_workbook(plan, tmp_path / "fair.xlsx")
    share, mean = cells(openpyxl.load_workbook(tmp_path / "fair.xlsx")["Fairness"])
    assert (share["Share"], share["Mean"]) == (pytest.approx(0.11), None)
    assert (mean["Share"], mean["Mean"]) == (None, 2.5)


def test_text_stays_text_whatever_it_begins_with(book):
    for page in book:
        for row in page.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    cell = next(row[0] for row in book["List"].iter_rows(min_row=2) if str(row[0].value).startswith(NASTY))
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_the_same_plan_gives_the_same_bytes(example_plan, path, tmp_path):
    write_plan_workbook(example_plan, tmp_path / "again.xlsx", overrides=RECORD)
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()


def test_what_can_be_chosen_is_offered_as_a_list(book, example_plan):
    rules = {
        str(rule.sqref).split(":")[0]: rule for rule in book["Overrides"].data_validations.dataValidation
    }
    assert [cell.value for cell in book["Overrides"][1]] == [
        *("Area", "Action", "Quarter", "After", "Reason", "By", "Decided on", "Id")
    ]
    assert {place: rule.type for place, rule in rules.items()} == {
        **dict.fromkeys(("A2", "B2", "C2", "D2"), "list"),
        "G2": "date",
        **dict.fromkeys(("E2", "F2", "H2"), None),
    }
    assert all(rule.prompt and rule.showInputMessage for rule in rules.values())
    lists = book["Lists"]
    assert rules["A2"].formula1 == f"Lists!$A$2:$A${len(example_plan.areas) + 1}"
    assert [lists.cell(row, 1).value for row in (2, 3)] == ["X00000003", "Area 002 (X00000002)"]
    assert [lists.cell(row, 2).value for row in range(2, 5)] == ["add", "remove", "move"]
    assert [lists.cell(row, 3).value for row in (2, 9)] == ["Apr-Jun 2025", "Jan-Mar 2027"]


def test_changes_on_record_come_back_as_they_were(path, example_plan):
    found = read_overrides_workbook(path, areas=example_plan.areas)
    pd.testing.assert_frame_equal(found[RECORD.columns], RECORD, check_dtype=False)


def test_every_area_that_the_list_offers_is_understood_again(book, filled, example_plan):
    offered = [cell.value for cell in book["Lists"]["A"][1:]]
    others = [label for label in offered if not any(code in label for code in RECORD["area_code"])]
    rows = [(label, "add", "", "", "Asked for by the area itself.") for label in others]
    found = read_overrides_workbook(filled(*rows), areas=example_plan.areas)
    assert len(found) == len(others) + 2
    assert set(found["area_code"]) == set(example_plan.areas["area_code"])


def test_a_filled_row_is_read_back_with_its_quarter_date_and_reason(filled, example_plan):
    new = (
        "area 002 (X00000007)",
        "move",
        "Oct-Dec 2025",
        None,
        "Its self-evaluation is due then.",
        "C003",
        pd.Timestamp("2025-03-31").to_pydatetime(),
    )
    last = read_overrides_workbook(filled(new), areas=example_plan.areas).iloc[-1]
    assert (last["area_code"], last["action"], last["override_id"]) == ("X00000007", "move", "")
    assert last["quarter"] == pd.Timestamp("2025-10-01")
    assert last["decided_on"] == pd.Timestamp("2025-03-31")


def test_a_row_that_was_filled_in_wrongly_is_named(filled, example_plan):
    with pytest.raises(DataError, match=r"(?s)Nowhere.*postpone|postpone.*Nowhere"):
        read_overrides_workbook(
            filled(("Nowhere", "add", "", "", "why"), ("Area 008", "postpone", "", "", "why")),
            areas=example_plan.areas,
        )


@pytest.mark.slow
def test_another_program_may_save_it_in_between(path, example_plan, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice to save the workbook with")
    out = tmp_path / "out"
    subprocess.run(  # noqa: S603 (found on the path, our own file)
        [office, f"-env:UserInstallation=file://{tmp_path}/user", "--headless", "--convert-to", "xlsx",
         "--outdir", str(out), str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    found = read_overrides_workbook(out / path.name, areas=example_plan.areas)
    pd.testing.assert_frame_equal(found[RECORD.columns], RECORD, check_dtype=False)
    page = openpyxl.load_workbook(out / path.name)["Overrides"]
    assert len(page.data_validations.dataValidation) >= 5
