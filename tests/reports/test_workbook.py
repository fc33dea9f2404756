import datetime as dt

import openpyxl
import pytest

from earlywarn.reports import Content, write_workbook


@pytest.fixture(scope="module")
def book(content, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "risk_list.xlsx"
    write_workbook(content, path)
    return openpyxl.load_workbook(path)


def test_sheets_stand_in_the_order_of_reading(book):
    assert book.sheetnames == [
        "Read me first",
        "Risk list",
        "Reasons",
        "Logged",
        "Signals",
        "Figures together",
        "Data quality",
        "Back-test",
        "About",
    ]
    assert "not a league table" in " ".join(str(row[0].value) for row in book["Read me first"])


def test_the_list_is_typed_alphabetical_and_can_be_filtered(book):
    page = book["Risk list"]
    head = [cell.value for cell in page[1]]
    first = dict(zip(head, page[2], strict=True))
    names = [row[0].value for row in page.iter_rows(min_row=2)]
    assert names == sorted(names)
    assert first["Judged on"].value == dt.datetime(2018, 1, 11)  # noqa: DTZ001
    assert 0 < first["Risk of a judgement below good"].value < 1
    assert first["Risk of a judgement below good"].number_format == "0%"
    assert first["Risk of a judgement below the last one"].value is None
    assert first["Reason 1"].alignment.wrap_text
    assert page.freeze_panes == "B2"
    assert page.auto_filter.ref == "A1:V13"


def test_signals_are_typed_by_area_theme_and_indicator_and_can_be_filtered(book):
    page = book["Signals"]
    head = [cell.value for cell in page[1]]
    rows = [dict(zip(head, row, strict=True)) for row in page.iter_rows(min_row=2)]
    assert len(rows) == 12 * 8  # indicators that the model does not read are left out
    assert [row["Area"].value for row in rows] == sorted(row["Area"].value for row in rows)
    assert isinstance(rows[0]["Figure"].value, float | int)
    assert rows[0]["Period to"].is_date
    assert {row["Quarter, A to D"].value for row in rows} <= {"A", "D", "\u2013"}
    assert {row["Stands out"].value for row in rows} >= {"nothing stands out", "worse, on one count"}
    assert page.freeze_panes == "B2"
    assert page.auto_filter.ref == "A1:P97"


def test_figures_together_are_those_that_stand_out_by_area_and_label(book):
    page = book["Figures together"]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    assert rows[0][:3] == ["Area 001", "North", "Figures 0"]
    assert [row[0] for row in rows] == ["Area 001"] * 7 + ["Area 002"] * 2
    assert all(row[3].endswith("in a sentence.") for row in rows)


def test_data_quality_is_in_figures_and_in_words(book):
    page = book["Data quality"]
    assert [cell.value for cell in page[2]] == [
        "Area 001",
        "North",
        88,
        "some things to ask about",
        "Two figures came late.",
    ]
    assert page.max_row == 13


def test_a_long_name_in_bold_has_the_height_it_needs(world, tmp_path):
    made = world(areas=2, names={0: "Bath and North East Somerset"})
    write_workbook(Content.read(made.write(tmp_path)), tmp_path / "risk_list.xlsx")
    page = openpyxl.load_workbook(tmp_path / "risk_list.xlsx")["Data quality"]
    heights = {page[row][0].value: page.row_dimensions[row].height for row in (2, 3)}
    assert heights == {"Area 002": None, "Bath and North East Somerset": 30}  # None is one line


def test_without_signals_there_are_no_sheets_of_them(world, tmp_path):
    folder = world(areas=2).write(tmp_path)
    for name in ("signals", "quality"):
        (folder / "evidence" / f"{name}.csv").unlink()
    write_workbook(Content.read(folder), tmp_path / "risk_list.xlsx")
    names = openpyxl.load_workbook(tmp_path / "risk_list.xlsx").sheetnames
    assert not {"Signals", "Figures together", "Data quality"} & set(names)


def test_names_that_look_like_formulas_or_links_stay_text(world, tmp_path):
    names = {0: "=1+1", 1: "https://example.org", 2: "12"}
    content = Content.read(world(areas=3, names=names).write(tmp_path))
    write_workbook(content, tmp_path / "risk_list.xlsx")
    page = openpyxl.load_workbook(tmp_path / "risk_list.xlsx")["Risk list"]
    cells = [row[0] for row in page.iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type, cell.hyperlink) for cell in cells] == [
        ("12", "s", None),
        ("=1+1", "s", None),
        ("https://example.org", "s", None),
    ]


def test_the_same_content_gives_the_same_bytes(content, tmp_path):
    for name in ("one.xlsx", "two.xlsx"):
        write_workbook(content, tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_no_word_grades_an_area(book):
    for page in book:
        text = " ".join(str(cell.value).lower() for row in page for cell in row).replace(
            "not a league table", ""
        )
        for word in ("failing", "worst", " best", "league"):
            assert word not in text
