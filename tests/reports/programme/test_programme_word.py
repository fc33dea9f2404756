import io
import re
import zipfile
from dataclasses import replace

import pytest
from docx import Document
from docx.oxml.ns import qn

from earlywarn.reports.programme.atrs_word import write_atrs
from earlywarn.reports.programme.programme_word import programme_paper, write_programme_word

RECORD = [
    ("Tier 1", "Name", "Early warning", "the run"),
    ("Tier 1", "Website URL", "For a person to fill: where the record is published.", "a person"),
    ("Tier 2: owner and responsibility", "Organisation", "For a person to fill: who answers.", "a person"),
]


@pytest.fixture(scope="module")
def path(example_plan, example_scored, tmp_path_factory):
    file = tmp_path_factory.mktemp("programme") / "programme.docx"
    write_programme_word(example_plan, example_scored, file)
    return file


@pytest.fixture(scope="module")
def document(path):
    return Document(path)


@pytest.fixture(scope="module")
def tables(document):
    known = ((table._tbl.tblPr, table) for table in document.tables)  # noqa: SLF001 (where captions are)
    return {properties.find(qn("w:tblCaption")).get(qn("w:val")): table for properties, table in known}


def column(table, place):
    return [row.cells[place].text for row in table.rows[1:]]


def test_what_could_not_be_kept_comes_first_and_how_it_was_made_last(document):
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert headings == [
        "What could not be kept",
        "Calendar",
        "Teams",
        "What supporting areas are asked for",
        "The rule of a regular review",
        "Conversations first",
        "Taken care of elsewhere",
        "No review planned",
        "Changed by a coordinator",
        "Areas that could change places",
        "For whom",
        "What acting on the risks is worth",
        "How it was made",
    ]


def test_every_review_stands_once_in_the_calendar_by_week(tables, example_plan):
    named = [
        text
        for caption, table in tables.items()
        if caption.startswith("Reviews in")
        for text in column(table, 1)
    ]
    assert [text.split("\n")[0].strip() for text in named] == example_plan.planned["name"].tolist()


def test_a_team_stands_with_each_review_and_a_place_left_open_says_so(tables, example_plan):
    teams = tables["Teams by quarter"]
    assert column(teams, 0) == example_plan.planned["name"].tolist()
    assert sum("to be named" in text for text in column(teams, 2)) == 1


def test_the_load_of_each_supporting_area_is_added_up(tables, example_plan):
    load = tables["Places asked of each supporting area"]
    total = example_plan.load.groupby("name")["places"].sum()
    assert dict(zip(column(load, 0), map(float, column(load, 1)), strict=True)) == total.to_dict()


def test_the_areas_that_are_not_visited_are_all_named(tables, example_plan):
    status = example_plan.areas.set_index("name")["status"]
    first = [text.split("\n")[0].strip() for text in column(tables["Areas without a review"], 0)]
    assert sorted(first) == sorted(status.index[status.isin(["removed", "not planned"])])
    elsewhere = [text.split("\n")[0].strip() for text in column(tables["Where"], 0)]
    assert sorted(elsewhere) == sorted(status.index[status == "elsewhere"])


def test_the_decision_curve_has_words_and_the_chosen_threshold_is_marked(document, tables):
    (said,) = [one.get("descr") for one in document.element.body.iter(qn("wp:docPr"))]
    assert "Acting on this model" in said
    worth = tables["Net benefit per 100 areas, with its 95% interval"]
    assert [text for text in column(worth, 0) if "chosen" in text] == ["35% (chosen)"]


def test_the_same_plan_writes_the_same_bytes(path, example_plan, example_scored, tmp_path):
    write_programme_word(example_plan, example_scored, tmp_path / "again.docx")
    assert (tmp_path / "again.docx").read_bytes() == path.read_bytes()


def test_no_word_of_blame_and_no_order_of_areas(path):
    with zipfile.ZipFile(path) as archive:
        text = re.sub(r"<[^>]+>", " ", archive.read("word/document.xml").decode()).casefold()
    assert not re.search(r"\b(failing|worst|poor|underperform\w*|rank\w*)\b", text)


def test_an_empty_programme_still_makes_a_document(example_plan, example_scored, tmp_path):
    names = ("teams", "load", "shortfalls", "interchanges", "fairness", "usefulness")
    plan = replace(
        example_plan,
        areas=example_plan.areas.assign(status="not planned", conversation="", override="", route=""),
        **{name: getattr(example_plan, name).iloc[:0] for name in names},
    )
    write_programme_word(plan, example_scored, tmp_path / "empty.docx")
    assert "No review is planned." in [one.text for one in Document(tmp_path / "empty.docx").paragraphs]
    parts = [part.key for part in programme_paper(plan, example_scored).parts]
    assert parts == ["calendar", "coverage", "left", "usefulness", "made"]


def test_a_record_has_a_part_for_each_section_and_counts_what_a_person_has_to_fill(example_scored, tmp_path):
    write_atrs(RECORD, tmp_path / "atrs.docx", name="Our region", as_of=example_scored.as_of)
    document = Document(tmp_path / "atrs.docx")
    texts = [(one.style.name, one.text) for one in document.paragraphs]
    assert ("Title", "Transparency record: Our region") in texts
    assert [text for style, text in texts if style == "Heading 1"] == [
        "Tier 1",
        "Tier 2: owner and responsibility",
    ]
    assert any(text.startswith("2 of 3 fields wait for a person") for _, text in texts)
    assert [row.cells[1].text for table in document.tables for row in table.rows[1:]] == [
        row[2] for row in RECORD
    ]


def test_a_record_without_a_date_is_the_same_every_time(tmp_path):
    for name in ("one", "two"):
        write_atrs(RECORD, tmp_path / f"{name}.docx")
    assert (tmp_path / "one.docx").read_bytes() == (tmp_path / "two.docx").read_bytes()
    assert Document(io.BytesIO((tmp_path / "one.docx").read_bytes())).core_properties.created.year == 2000
