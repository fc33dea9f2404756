import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from earlywarn.reports import Content, render_signals

HERE = Path(__file__).parent
NASTY = '</script><script>alert(1)</script> & "Sons"'
TABLES = ("signals", "charts", "national", "funnels", "funnel_limits", "quality", "relations")


@pytest.fixture(scope="module")
def text(content):
    return render_signals(content)


@pytest.fixture(scope="module")
def page(text, parsed):
    return parsed(text)


def part(text, anchor):
    """Return the section of one indicator or one area."""
    found = text[text.index(f'<article class="{anchor.split("-")[0]}" id="{anchor}"') :]
    return found[: found.index("</article>") + len("</article>")] + "\n"


def agreed(found, name):
    """Compare with the golden file; after a change that is meant, delete it, run once and read it."""
    golden = HERE / name
    if not golden.exists():
        golden.write_text(found, encoding="utf-8")
        pytest.fail("there was no golden file; one was written: read it, and run again")
    assert found == golden.read_text(encoding="utf-8")


def cells(text):
    """Return the overview: each area's name and, of each cell, its sign and its words."""
    body = text[text.index('<table id="matrix">') :]
    body = body[body.index("<tbody>") : body.index("</tbody>")]
    return {
        re.search(r'<a href="#profile-[^"]*">([^<]*)</a>', row)[1]: re.findall(
            r'<td class="\w+"><span aria-hidden="true">([^<]+)</span><span class="vh">([^<]+)</span></td>',
            row,
        )
        for row in body.split("</tr>")[:-1]
    }


def test_the_page_is_well_formed_and_its_links_lead_somewhere(page):
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_nothing_is_asked_of_the_network_but_the_report_beside_it(page, text):
    assert {link for link in page.links if not link.startswith("#")} == {
        "report.html",
        *(f"report.html#area-X{number:08d}" for number in range(1, 13)),
    }
    assert page.sources == []
    assert not re.search(r"url\(|@import|https?://", text)
    assert "default-src 'none'" in text


def test_no_attribute_runs_script_or_sets_style(page):
    assert not {name for name in page.attributes if name.startswith("on") or name == "style"}


def test_nothing_on_the_page_moves_by_itself(text):
    assert not re.search(r"scroll-behavior|transition|animation|@keyframes", text)


def test_headings_go_down_one_at_a_time(page):
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False))


def test_every_drawing_has_a_role_and_a_title(page, text):
    drawings = [known for tag, known in page.tags if tag == "svg"]
    assert all(known.get("role") == "img" for known in drawings)
    assert text.count("<svg") == len(re.findall(r"<svg[^>]*><title>[^<]+</title>", text))


def test_every_chart_has_a_table_behind_it(page):
    charts = [figure for figure in page.figures if "svg" in figure]
    assert len(charts) == 10 + 7  # a chart over time for each indicator, a funnel where it has a denominator
    assert all({"title", "table", "caption", "details"} <= chart for chart in charts)
    assert len(page.strays) == 12 * 8  # the small lines, whose figures stand in each profile's table


def test_every_table_has_a_caption(page):
    assert sum(tag == "table" for tag, _ in page.tags) == sum(tag == "caption" for tag, _ in page.tags)


def test_the_words_are_careful(page):
    words = page.words.lower()
    for said in (
        "not a league table",
        "a question, not a finding",
        "not a grade",
        "peer review",
        "by chance",
    ):
        assert said in words
    for word in ("failing", "worst", " best ", "league"):
        assert word not in words.replace("not a league table", "")


def test_the_overview_is_alphabetical_and_each_cell_is_a_shape_with_words(text):
    found = cells(text)
    assert list(found) == [f"Area {number:03d}" for number in range(1, 13)]
    assert {len(row) for row in found.values()} == {8}  # the vital indicators
    shapes = {cell for row in found.values() for cell in row}
    assert len({sign for sign, _ in shapes}) == len({words for _, words in shapes}) == len(shapes)
    assert ("▲", "worse, on one count") in shapes


def test_the_legend_counts_every_cell(text):
    legend = text[text.index('<table class="legend">') :]
    legend = legend[: legend.index("</table>")]
    counts = [int(count) for count in re.findall(r"<td>(\d+)</td></tr>", legend)]
    assert len(counts) == 8
    assert sum(counts) == 12 * 8


def test_indicators_stand_by_theme_and_those_that_the_model_does_not_read_apart(text):
    heads = re.findall(r'<th scope="colgroup" colspan="\d+"[^>]*><span>([^<]+)</span>', text)
    assert heads == ["Workforce", "Supporting apparatus", "Resources", "Leadership"]
    assert text.index('id="others"') < text.index('id="indicator-indicator_08"')
    assert text.index('id="indicator-indicator_07"') < text.index('id="others"')


def test_an_area_s_profile_reads_as_it_was_agreed(text):
    agreed(part(text, "profile-X00000002"), "golden_profile.html")


def test_a_row_says_what_its_sign_says_once_and_never_against_its_words(text):
    rows = re.findall(r'<span class="sign (\w+)".*?<td role="cell" class="words[^>]*>(.*?)</td>', text)
    said = {key: {words for found, words in rows if found == key} for key, _ in rows}
    assert "Beyond what chance and usual variation allow." in said["u"]  # no "nothing stands out" before it
    assert "Nothing stands out." in said["u"]
    assert (
        '<span class="vh">Worse, on one count. </span>Beyond what chance and usual variation allow.'
        in said["w1"]
    )


def test_how_figures_stand_to_each_other_is_said_the_clearest_first_and_the_rest_counted(text):
    def said(anchor):
        return re.findall(r"<li>([^<]*)</li>", part(text, anchor))

    shown = [f"Relation {order} of X00000001, in a sentence." for order in (6, 5, 4, 3, 2)]
    assert said("profile-X00000001") == [
        *shown,
        "2 more stand out: see evidence/relations.csv in the run folder.",
    ]
    assert said("profile-X00000002") == [f"Relation {order} of X00000002, in a sentence." for order in (1, 0)]
    assert "stand to each other" not in part(text, "profile-X00000003")  # nothing stands out


def test_an_indicator_s_section_reads_as_it_was_agreed(text):
    agreed(part(text, "indicator-indicator_00"), "golden_indicator.html")


def test_an_indicator_without_denominator_says_so(text):
    assert "There is no funnel plot" in part(text, "indicator-indicator_01")
    assert "There is no funnel plot" not in part(text, "indicator-indicator_00")


def test_a_figure_that_is_not_there_is_said_not_left_blank(world, tmp_path, parsed):
    made = world(areas=3)
    tables = made.tables()
    signals = tables["evidence/signals.csv"]
    gone = (signals["area_code"] == made.codes[0]) & (signals["indicator"] == made.measures[0])
    numbers = ["value", "points", "region", "own_past", "neighbours_mean", "neighbours_median", "england"]
    signals.loc[gone, numbers] = np.nan
    signals.loc[gone, "period_end"] = pd.NaT
    signals.loc[gone, ["status", "symbol", "words", "band"]] = ["suppressed", "none", "", ""]
    charts = tables["evidence/charts.csv"]
    lost = (charts["area_code"] == made.codes[0]) & (charts["indicator"] == made.measures[0])
    charts.loc[lost, ["value", "lower", "mean", "upper"]] = np.nan
    charts.loc[lost, ["status", "signals"]] = ["suppressed", ""]
    made.tables = lambda: tables
    words = parsed(part(render_signals(Content.read(made.write(tmp_path))), "profile-X00000001")).words
    assert "No figure no figures Too little to say. The newest figure is suppressed." in words
    assert "nan" not in words.lower()


def test_names_and_notes_are_data(world, tmp_path, parsed):
    made = world(areas=3, names={0: NASTY}, run={"name": NASTY})
    tables = made.tables()
    tables["risk_list.csv"]["region"] = NASTY
    texts = {
        "signals": ("status", "funnel_side", "band", "significance", "symbol", "words", "quality"),
        "charts": ("status", "signals"),
        "national": ("signals",),
        "funnels": ("method", "basis"),
        "quality": ("words",),
        "relations": ("words",),
        "indicators": ("label", "theme", "source", "unit", "polarity", "description"),
    }
    for name, columns in texts.items():
        for column in columns:
            tables[f"evidence/{name}.csv"][column] = NASTY
    made.tables = lambda: tables
    text = render_signals(Content.read(made.write(tmp_path)))
    page = parsed(text)
    assert text.count("<script") == 1
    assert "<script>alert" not in text
    assert page.open == []
    assert page.words.count(NASTY) > 100


def test_codes_that_could_break_a_link_do_not(world, tmp_path, parsed):
    made = world(areas=2)
    made.codes = ["a b", 'a"><b']
    made.measures = [f'<i> "{number}' for number in range(made.indicators)]
    page = parsed(render_signals(Content.read(made.write(tmp_path))))
    assert page.open == []
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


@pytest.mark.parametrize(
    "without", [("signals", "quality"), ("charts", "national"), ("funnels",), TABLES[-2:]]
)
def test_a_folder_with_less_in_it_still_makes_a_page(world, tmp_path, parsed, without):
    folder = world(areas=2, indicators=4).write(tmp_path)
    for name in without:
        (folder / "evidence" / f"{name}.csv").unlink()
    page = parsed(render_signals(Content.read(folder)))
    assert page.open == []
    assert "nan" not in page.words.lower()


def test_a_folder_of_an_earlier_version_makes_a_page_that_says_it_holds_none(world, tmp_path, parsed):
    folder = world(areas=2).write(tmp_path)
    for name in TABLES:
        (folder / "evidence" / f"{name}.csv").unlink()
    indicators = pd.read_csv(folder / "evidence" / "indicators.csv").drop(columns=["vital", "description"])
    indicators.to_csv(folder / "evidence" / "indicators.csv", index=False)
    assert "This folder holds no signals." in parsed(render_signals(Content.read(folder))).words


@pytest.mark.parametrize(("name", "column"), [("england", "England"), ("our_region", "All areas")])
def test_the_place_is_named(world, tmp_path, parsed, name, column):
    text = render_signals(Content.read(world(areas=2, run={"name": name}).write(tmp_path)))
    assert f"{name.capitalize().replace('_', ' ')} at a glance" in parsed(text).words
    assert f'data-label="{column}"' in text


def test_the_same_folder_gives_the_same_page(content, text):
    assert render_signals(content) == text


def test_a_country_of_areas_stays_light(world, tmp_path):
    text = render_signals(Content.read(world(areas=15, indicators=12).write(tmp_path)))
    assert len(text.encode()) / 15 < 8_000_000 / 153 * 12 / 22


@pytest.mark.slow
def test_every_profile_prints_on_one_page(world, tmp_path):
    browser = shutil.which("chromium")
    if browser is None and not os.environ.get("EARLYWARN_TEST_CHROMIUM_REQUIRED"):
        pytest.skip("no chromium to print the page with")
    assert browser, "no chromium to print the page with, although it is required"
    made = world(areas=4, indicators=24)
    tables = made.tables()
    often = np.arange(len(tables["evidence/signals.csv"])) % 3 == 0
    said = (
        "Outside its own usual range of 54.9 to 102.8, on the worse side. Seven years running, each worse. "
    )
    tables["evidence/signals.csv"]["words"] = np.where(often, said + said[:60], "")
    tables["evidence/signals.csv"]["quality"] = np.where(often, "It came late.", "")
    source = "Figures of the year to 31 March 2024. Source: A return of some kind; another census."
    apart = "The share of agency workers, 32.6%, is higher than vacancies of 19.0% would suggest: most areas "
    tables["evidence/relations.csv"]["words"] = (
        f"{apart}with vacancies like these have 12.0% to 25.0%. {source}"
    )
    made.tables = lambda: tables
    page = tmp_path / "signals.html"
    whole = render_signals(Content.read(made.write(tmp_path / "run")))
    counts = []
    for text in (whole, re.sub(r'(?s)<article class="profile".*</article>', "", whole)):
        page.write_text(text, encoding="utf-8")
        options = (
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *(f"--user-data-dir={tmp_path / 'user'}", "--no-pdf-header-footer"),
            f"--print-to-pdf={tmp_path / 'page.pdf'}",
        )
        subprocess.run([browser, *options, page.as_uri()], check=True, timeout=120, capture_output=True)  # noqa: S603
        counts.append(len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "page.pdf").read_bytes())))
    assert counts[0] - (counts[1] - 1) == 4  # the page without profiles has one that says there are none
