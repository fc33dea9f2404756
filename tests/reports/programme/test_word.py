import io
import re
import zipfile

import pandas as pd
import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from earlywarn.reports.programme.briefing import write_briefing
from earlywarn.reports.programme.citations import Citations
from earlywarn.reports.programme.drawing import Chart, drawn
from earlywarn.reports.programme.paper import Bullets, Facts, Grid, Item, Paper, Part, Picture, Words
from earlywarn.reports.programme.shelf import Shelf
from earlywarn.reports.programme.word import word_file
from earlywarn.reports.programme.word_charts import charts_picture
from earlywarn.reports.trends import Series

AS_OF = pd.Timestamp("2025-04-01")


@pytest.fixture(scope="module")
def paper(example_plan, example_scored):
    return write_briefing(Shelf.of(example_plan, example_scored, audience="sector"), "X00000002")


@pytest.fixture(scope="module")
def pictures(paper):
    return {block.key: charts_picture(block.charts) for block in paper.charts}


@pytest.fixture(scope="module")
def written(paper, pictures):
    return word_file(paper, pictures)


@pytest.fixture(scope="module")
def document(written):
    return Document(io.BytesIO(written))


def paper_of(*blocks):
    return Paper("Kicker", "Title", "", "Foot", AS_OF, [], [Part("one", "A heading", blocks)])


def opened(*blocks, pictures=None):
    return Document(io.BytesIO(word_file(paper_of(*blocks), pictures)))


def part_of(written, name):
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        return archive.read(name).decode()


def test_the_headings_are_real_and_stand_in_order(document, paper):
    styles = [(one.style.name, one.text) for one in document.paragraphs]
    assert [text for style, text in styles if style == "Title"] == [paper.title]
    assert [text for style, text in styles if style == "Heading 1"] == [p.heading for p in paper.parts]


def test_every_table_has_a_caption_and_one_with_a_head_repeats_it(document, paper):
    grids = [
        *(block for block in paper.opening if isinstance(block, Facts)),
        *(
            table
            for part in paper.parts
            for block in part.blocks
            for table in (block, getattr(block, "table", None))
            if isinstance(table, Grid | Facts)
        ),
    ]
    assert len(document.tables) == len(grids)
    for table, grid in zip(document.tables, grids, strict=True):
        properties = table._tbl.tblPr  # noqa: SLF001 (python-docx does not tell of captions)
        assert properties.find(qn("w:tblCaption")).get(qn("w:val")) == grid.caption
        rows = [row._tr.trPr for row in table.rows]  # noqa: SLF001 (nor of heads that repeat)
        heads = [row.find(qn("w:tblHeader")) is not None for row in rows]
        assert heads == [isinstance(grid, Grid), *[False] * (len(rows) - 1)]
        assert all(row.find(qn("w:cantSplit")) is not None for row in rows)


def test_every_picture_says_what_it_shows(document, paper):
    said = [one.get("descr") for one in document.element.body.iter(qn("wp:docPr"))]
    assert said == [block.alt for block in paper.charts]
    assert all("Area 002" in words for words in said)


def test_it_is_british_english_on_a4_with_page_numbers_and_a_title(document, written, paper):
    languages = set(re.findall(r'<w:lang w:val="([^"]+)"', part_of(written, "word/styles.xml")))
    assert languages == {"en-GB"}
    page = document.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    foot = page.footer._element.xml  # noqa: SLF001 (nor of fields)
    assert " PAGE " in foot
    assert " NUMPAGES " in foot
    assert document.core_properties.title == f"{paper.title}: {paper.kicker}"
    assert document.core_properties.language == "en-GB"


def test_it_carries_no_clock_and_the_same_paper_makes_the_same_bytes(written, paper, pictures):
    assert word_file(paper, dict(pictures)) == written
    core = Document(io.BytesIO(written)).core_properties
    assert core.created == core.modified == AS_OF.tz_localize("UTC")
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_a_picture_is_sharp_enough_and_does_not_name_what_drew_it(pictures):
    (png,) = pictures.values()
    with Image.open(io.BytesIO(png)) as image:
        assert image.width == pytest.approx(6.85 * 150, abs=1)
        assert not {"Software", "Creation Time", "date:create"} & set(image.info)


def test_a_numbered_list_starts_from_one_each_time():
    both = [Bullets([Item("one"), Item("two")], ordered=True)] * 2
    numbers = [one.get(qn("w:val")) for one in opened(*both).element.body.iter(qn("w:numId"))]
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]


def test_a_sentence_that_leads_up_to_a_table_stays_on_its_page():
    table = Grid("Caption", ("A", "B"), [("1", "2")], (0.5, 0.5))
    found = {one.text: one for one in opened(Words("Alone."), Words("Before."), table).paragraphs}
    assert found["Before."].paragraph_format.keep_with_next
    assert not found["Alone."].paragraph_format.keep_with_next


def test_a_picture_that_nobody_drew_is_left_out():
    assert not list(opened(Picture("curve", "A curve")).element.body.iter(qn("wp:docPr")))


def test_a_lead_is_bold_and_a_tail_quiet():
    runs = opened(Words("text", lead="Lead.")).paragraphs[-1].runs
    assert (runs[0].text, runs[0].style.name) == ("Lead. ", "Strong")


@settings(max_examples=20)
@given(st.text(max_size=40))
def test_whatever_a_name_holds_the_file_opens_and_shows_it(name):
    grid = Grid(name, (name, "B"), [(Item(name, lead=name, tail=name), name)], (0.5, 0.5))
    document = opened(Words(name), Facts([(name, name)], name), grid)
    shown = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", name)
    plain = shown.replace("\r\n", "\n").replace("\r", "\n")
    assert document.tables[0].cell(0, 1).text == plain


def test_a_formula_is_text_and_markup_is_too():
    cells = opened(Grid("C", ("A", "B"), [("=1+1", "<w:p/>")], (0.5, 0.5))).tables[0].rows[1].cells
    assert [cell.text for cell in cells] == ["=1+1", "<w:p/>"]


def test_a_chart_without_a_figure_says_so_and_draws_nothing(paper):
    chart = paper.charts[0].charts[0]
    series = chart.series
    empty = series.value * float("nan")
    bare = type(series)(
        series.label, series.unit, "", "", series.ends, empty, empty, empty, ["missing"] * len(series.ends)
    )
    assert drawn(Chart(bare)) is None
    assert charts_picture([Chart(bare)])[:4] == b"\x89PNG"
    assert Chart(bare).usual() == ""


def test_a_chart_is_worked_out_by_hand():
    # three years, 10 to 30: the scale runs from 10 to 30, so 20 lies half way between 104 and 10
    ends = pd.DatetimeIndex(["2022-03-31", "2023-03-31", "2024-03-31"])
    value = pd.Series([10.0, 20.0, 30.0]).to_numpy()
    nothing = value * float("nan")
    drawing = drawn(Chart(Series("Label", "percent", "", "", ends, value, nothing, nothing, ["ok"] * 3)))
    assert drawing.lines == [("a", [[(36, 104), (119, 57), (202, 10)]])]
    assert drawing.dots == [(202, 10)]
    assert drawing.band == []


def test_citations_number_sources_in_the_order_in_which_they_are_spoken_of():
    cited = Citations()
    assert [cited.mark(source, "2024") for source in ("B", "A", "B", "")] == ["[1]", "[2]", "[1]", ""]
    assert [row[1] for row in cited.rows()] == ["B", "A"]
