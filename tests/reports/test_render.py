import re
from pathlib import Path

import pandas as pd
import pytest

from earlywarn.reports import Content, render_report

GOLDEN = Path(__file__).with_name("golden_area.html")
NASTY = '</script><script>alert(1)</script> & "Sons"'


@pytest.fixture(scope="module")
def text(content):
    return render_report(content)


@pytest.fixture(scope="module")
def page(text, parsed):
    return parsed(text)


def test_the_page_is_well_formed(page):
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_nothing_is_asked_of_the_network(page, text):
    assert all(re.match(r"#|signals\.html(#profile-|$)", link) for link in page.links)
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


def test_every_chart_has_a_title_and_a_table(page):
    charts = [figure for figure in page.figures if "svg" in figure]
    assert len(charts) == 12 * 7 + 3
    assert all({"title", "table", "caption", "details"} <= chart for chart in charts)
    assert page.strays == []


def test_every_table_has_a_caption(page):
    assert sum(tag == "table" for tag, _ in page.tags) == sum(tag == "caption" for tag, _ in page.tags)


def test_the_words_are_careful(page):
    words = page.words.lower()
    for said in (
        "not a league table",
        "not a grade",
        "association, not a cause",
        "peer review",
        "is not random",
    ):
        assert said in words
    for word in ("failing", "worst", "best ", "league"):
        assert word not in words.replace("not a league table", "")


def test_the_window_and_the_risks_are_said_in_words(page):
    assert "an inspection that starts from 1 April 2025 to 31 March 2026" in page.words
    assert re.search(r"about \d in 10, between \d and \d", page.words)
    assert "not asked, as the last one was inadequate" in page.words
    assert "between 1st and 5th of 12 areas" in page.words


def test_a_failed_verdict_on_the_chosen_question_stands_up_front(world, tmp_path, parsed):
    content = Content.read(world(areas=3, run={"target": "decline"}).write(tmp_path))
    words = parsed(render_report(content)).words
    assert words.index("Read this first. No better than the last judgement") < words.index(
        "How to read this What"
    )


def test_the_list_is_alphabetical_and_names_those_not_scored(text):
    names = re.findall(r'role="rowheader" data-value="([^"]+)"', text)
    assert names == [*(f"Area {number:03d}" for number in range(1, 13)), "Isle of Example"]


def test_names_and_notes_are_data(world, tmp_path, parsed):
    made = world(areas=3, names={0: NASTY})
    made.sentence = lambda number, order: f"{NASTY} {number} {order}"
    table = made.tables()
    table["evidence/indicators.csv"]["label"] = NASTY
    table["evidence/notes.csv"]["note"] = NASTY
    table["evidence/series.csv"]["status"] = NASTY
    table["evidence/cohort.csv"]["why"] = NASTY
    for column in ("what", "note", "link", "contributor", "source", "strength", "tier"):
        table["evidence/entries.csv"][column] = NASTY
    table["risk_list.csv"]["region"] = NASTY
    table["risk_list.csv"]["caution"] = NASTY
    table["evidence/verdicts.csv"]["text"] = NASTY
    table["backtest_metrics.csv"].loc[0, "model"] = NASTY
    made.tables = lambda: table
    made.run = {"name": NASTY, "model": NASTY, "versions": {NASTY: NASTY}}
    text = render_report(Content.read(made.write(tmp_path)))
    page = parsed(text)
    assert text.count("<script") == 1
    assert "<script>alert" not in text
    assert page.open == []
    assert page.words.count(NASTY) > 50


def test_a_run_with_little_in_it_still_makes_a_page(world, tmp_path, parsed):
    folder = world(areas=3).write(tmp_path)
    for path in (folder / "evidence").iterdir():
        path.unlink()
    (folder / "backtest_metrics.csv").unlink()
    page = parsed(render_report(Content.read(folder)))
    assert page.open == []
    assert "holds no back-test" in page.words


def test_an_area_without_risk_date_or_figures_is_shown_as_such(world, tmp_path, parsed):
    made = world(areas=3)
    tables = made.tables()
    risks = tables["risk_list.csv"].astype({"last_judgement": object})
    numbers = [name for name in risks if name.startswith(("risk_", "rank_"))]
    risks.loc[0, [*numbers, "last_judged_on"]] = [*([float("nan")] * len(numbers)), pd.NaT]
    risks.loc[0, ["last_judgement", "band", "region"]] = ["", "not scored", ""]
    series = tables["evidence/series.csv"].reset_index(drop=True)
    series.loc[series["area_code"] == made.codes[0], ["value", "neighbours", "england"]] = float("nan")
    made.tables = lambda: tables | {"risk_list.csv": risks, "evidence/series.csv": series}
    words = parsed(render_report(Content.read(made.write(tmp_path)))).words
    assert "No judgement known" in words
    assert "No figure was known at the as-of date." in words
    assert "nan" not in words.lower()


def test_a_section_reads_as_it_was_agreed(text):
    # After a change that is meant, delete the golden file, run once and read the difference.
    section = text[text.index('<article class="area" id="area-X00000002"') :]
    section = section[: section.index("</article>") + len("</article>")] + "\n"
    if not GOLDEN.exists():
        GOLDEN.write_text(section, encoding="utf-8")
        pytest.fail("there was no golden file; one was written: read it, and run again")
    assert section == GOLDEN.read_text(encoding="utf-8")


def test_the_same_folder_gives_the_same_page(content, text):
    assert render_report(content) == text


def test_a_country_of_areas_stays_light(world, tmp_path):
    text = render_report(Content.read(world(areas=25, indicators=12).write(tmp_path)))
    assert len(text.encode()) / 25 < 6_000_000 / 153


def test_a_caution_stands_beside_the_risk_it_is_about_and_is_pointed_to_from_the_list(text):
    section = text[text.index('<article class="area" id="area-X00000002"') :]
    before_reasons = section[: section.index("What raises the risk")]
    assert "30% had been said and 14% happened" in before_reasons
    assert text.count("read the caution") == 1


def test_an_area_is_linked_to_its_profile_of_signals_where_there_is_one(page, world, tmp_path, parsed):
    assert "signals.html" in page.links
    assert "signals.html#profile-X00000002" in page.links
    folder = world(areas=2).write(tmp_path)
    (folder / "evidence" / "signals.csv").unlink()
    links = parsed(render_report(Content.read(folder))).links
    assert not [link for link in links if link.startswith("signals")]


def section_of(text, code):
    section = text[text.index(f'<article class="area" id="area-{code}"') :]
    return section[: section.index("</article>")]


def test_the_entries_behind_a_reason_are_named_beneath_it_and_listed(text):
    section = section_of(text, "X00000002")
    first = section[section.index("<ol>") : section.index("</li>")]
    assert first.count('href="#entry-') == 3
    assert "and 1 more" in first
    listed = section[section.index("What people have logged") :]
    assert listed.count('<tr id="entry-') == 4  # the old one that is behind nothing is left out
    for anchor in re.findall(r'href="#(entry-\d+)"', first):
        assert f'<tr id="{anchor}"' in listed
    assert "Audits were put off twice." in listed


def test_the_share_that_soft_evidence_has_in_a_risk_is_said(text):
    assert "34% of what moves this risk comes from soft evidence" in section_of(text, "X00000002")
    assert "soft evidence" not in section_of(text, "X00000003")


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ({"audience": "area", "informed_by": "area"}, ("made for the area", "may not see inform")),
        (
            {"audience": "area", "informed_by": "restricted"},
            ("may not see inform the risks", "holds restricted"),
        ),
        (
            {"audience": "restricted", "informed_by": "restricted"},
            ("holds restricted", "may not see inform"),
        ),
        ({"informed_by": ""}, ("peer review", "made for sector bodies")),
    ],
)
def test_a_copy_says_for_whom_it_is_made(world, tmp_path, run, said, parsed):
    made = world(areas=3)
    made.run = run
    words = parsed(render_report(Content.read(made.write(tmp_path)))).words
    assert said[0] in words
    assert said[1] not in words


def test_what_soft_evidence_adds_stands_in_the_back_test_where_it_was_measured(world, tmp_path, parsed):
    made = world(areas=3)
    table = made.tables()
    race = {"target": "adverse", "lead_months": 3, "low": -0.1, "high": 0.2, "n": 230, "events": 91}
    names = ("hard", "hard+soft")
    table["evidence_sets.csv"] = pd.DataFrame(
        [race | {"set": name, "metric": "brier_skill", "value": 0.2} for name in names]
    )
    pair = race | {"set": names[1], "other": names[0]}
    table["evidence_differences.csv"] = pd.DataFrame([pair | {"metric": "brier_skill", "difference": 0.05}])
    table["evidence/added.csv"] = pd.DataFrame([pair | {"text": "Soft evidence adds nothing."}])
    made.tables = lambda: table
    content = Content.read(made.write(tmp_path))
    page = parsed(render_report(content))
    assert "What soft evidence adds" in page.words
    assert "Soft evidence adds nothing." in page.words
    assert page.open == []


def test_where_no_evidence_was_compared_nothing_is_said_of_it(text):
    assert "What soft evidence adds" not in text
