import re
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earlywarn.reports.programme.coverage import STANDINGS, coverage
from earlywarn.reports.programme.curve import decision_curve
from earlywarn.reports.programme.page import DOCUMENTS, Document, render_plan
from earlywarn.reports.programme.page_parts import area_parts, quarter_parts
from earlywarn.reports.programme.page_tables import fairness_tables, load_table
from earlywarn.reports.programme.plan_words import TAGS

NASTY = '</script><script>alert(1)</script> & "Sons"'
UNKIND = ("failing", "worst", "poor", "league", "underperform", "bad ", "best ", "rank")
TABLES = (
    *("teams", "load", "shortfalls", "interchanges", "enquiries", "support", "journeys", "changes"),
    *("fairness", "usefulness"),
)


@pytest.fixture(scope="module")
def text(example_plan, example_scored):
    return render_plan(example_plan, example_scored)


@pytest.fixture(scope="module")
def page(text, parsed):
    return parsed(text)


@pytest.fixture(scope="module")
def parts(example_plan, example_scored):
    return {part.name: part for part in area_parts(example_plan, example_scored)}


def emptied(plan, **tables):
    """The plan with nothing in its tables but the areas, and other tables in place of some."""
    return replace(plan, **{name: getattr(plan, name).iloc[:0] for name in TABLES} | tables)


def test_the_page_is_well_formed_and_its_links_within_it_lead_somewhere(page):
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert {link for link in page.links if not link.startswith("#")} == {doc.href for doc in DOCUMENTS}


def test_nothing_is_asked_of_the_network_and_nothing_moves(page, text):
    assert page.sources == []
    assert not re.search(r"url\(|@import|https?://|transition|animation|@keyframes", text)
    assert "default-src 'none'" in text
    assert not {name for name in page.attributes if name.startswith("on") or name == "style"}


def test_headings_go_down_one_at_a_time_and_every_table_has_a_caption(page):
    assert page.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert sum(tag == "table" for tag, _ in page.tags) == sum(tag == "caption" for tag, _ in page.tags)


def test_every_chart_has_a_title_and_the_same_as_a_table(page):
    charts = [figure for figure in page.figures if "svg" in figure]
    assert len(charts) == 2
    assert all({"title", "table", "caption", "details"} <= chart for chart in charts)


def test_the_words_are_careful(page):
    words = page.words.lower()
    for said in ("if an inspection takes place", "there is no first and no last", "a coordinator decides"):
        assert said in words
    for word in UNKIND:
        assert word not in words.replace("not a league table", "")


def test_rules_that_were_not_kept_stand_before_all_else(page, example_plan, example_scored, parsed):
    words = page.words
    assert words.index("Rules that could not all be kept") < words.index("Summary 12")
    assert "Oct-Dec 2025: Two places could not be filled from reviewers who are free." in words
    assert "It is about Area 002." in words
    kept = parsed(render_plan(emptied(example_plan), example_scored))
    assert "Rules that could not all be kept" not in kept.words
    assert "#shortfalls" not in kept.links


def test_areas_stand_in_alphabetical_order_each_with_a_part_of_its_own(text, example_plan):
    names = re.findall(r'data-name="([^"]+)"', text)
    assert len(names) == len(example_plan.areas)
    assert names == sorted(names, key=lambda name: name.replace("&amp;", "&").casefold())


def test_every_planned_review_stands_once_in_the_calendar_by_week(example_plan, example_scored):
    quarters = quarter_parts(example_plan, area_parts(example_plan, example_scored))
    told = [(quarter.title, review.name) for quarter in quarters for review in quarter.reviews]
    assert sorted(name for _, name in told) == sorted(example_plan.planned["name"])
    assert quarters[0].said == "1 review; room for 3."


def test_the_calendar_of_a_quarter_goes_by_week_then_by_name(example_plan, example_scored):
    planned = example_plan.areas["status"] == "planned"
    days = pd.Series(pd.Timestamp("2025-04-07"), index=planned.index).where(planned)
    areas = example_plan.areas.assign(quarter=days - pd.Timedelta(days=6), week=days)
    areas.loc[areas["name"] == "Area 002", "week"] = pd.Timestamp("2025-05-05")
    plan = replace(example_plan, areas=areas)
    first = quarter_parts(plan, area_parts(plan, example_scored))[0]
    names = [review.name for review in first.reviews]
    assert names[-1] == "Area 002"
    assert names[:-1] == sorted(names[:-1], key=str.casefold)


def test_an_area_says_why_when_with_whom_and_what_to_ask(parts):
    part = parts["area 002"]
    facts = dict(part.facts)
    assert part.standing == "Targeted review, Oct-Dec 2025"
    assert part.risk.startswith("about ")
    assert facts["Week beginning"] == "20 October 2025"
    assert facts["Why"] == "Its risk of 41% is above the threshold of 33%."
    assert facts["A review falls due"] == "by 30 November 2025: 24 months after the last review on record."
    assert facts["Later than due"].startswith("1 quarter;")
    assert part.team[0][:2] == ("Lead", "Reviewer 07 (Area 012)")
    assert [line["kind"] for line in part.enquiries] == ["", "", "A concern", "To learn from"]
    assert part.enquiries[0]["because"].endswith("(Made-up workforce return, 2024)")
    assert part.tags == ["targeted", "late"]


def test_every_tag_is_one_that_can_be_chosen(parts):
    assert {tag for part in parts.values() for tag in part.tags} <= set(TAGS)


def test_an_area_that_has_no_review_says_where_it_is_taken_care_of(parts):
    part = parts["St Helen's, the Isle of"]
    assert (part.standing, part.quarter, part.team) == ("Taken care of elsewhere", "", [])
    assert dict(part.facts)["Taken care of"] == "Its improvement is overseen under formal intervention."


def test_areas_that_may_change_places_are_named_up_to_six(example_plan, example_scored):
    codes = example_plan.areas["area_code"].tolist()
    rows = pd.DataFrame(
        {"area_code": codes[0], "other": codes[1:10], "other_quarter": pd.Timestamp("2026-01-01")}
    )
    part = area_parts(replace(example_plan, interchanges=rows), example_scored)[0]
    assert len(part.swaps) == 6
    assert part.swaps_more == 3


def test_links_are_to_what_was_written_and_to_nothing_else(example_plan, example_scored, parsed):
    page = parsed(
        render_plan(
            example_plan,
            example_scored,
            documents=[Document("a%20b.docx", "A", "b")],
            briefings={"X00000001": [("briefings/sector/Bath.html", "Briefing")]},
        )
    )
    assert [link for link in page.links if not link.startswith("#")] == [
        "briefings/sector/Bath.html",
        "a%20b.docx",
    ]


def test_names_and_notes_are_data(example_plan, example_scored, parsed):
    def spoilt(table):
        texts = [
            column
            for column in table.select_dtypes("object")
            if column not in ("area_code", "status", "other", "reviewer_area", "strategy", "kind")
        ]
        return table.assign(**dict.fromkeys(texts, NASTY))

    plan = replace(
        example_plan,
        about={**example_plan.about, "name": NASTY, "cautions": [NASTY], "questions": [NASTY],
               "capacity_why": NASTY, "threshold_why": NASTY, "rules": {NASTY: {NASTY: NASTY}}},
        areas=spoilt(example_plan.areas),
        **{name: spoilt(getattr(example_plan, name)) for name in TABLES},
    )  # fmt: skip
    scored = replace(example_scored, reasons=example_scored.reasons.assign(sentence=NASTY))
    text = render_plan(plan, scored)
    page = parsed(text)
    assert text.count("<script") == 1
    assert page.open == []
    assert page.words.count(NASTY) > 100


def test_a_plan_with_little_in_it_still_makes_a_page(example_plan, example_scored, parsed):
    areas = example_plan.areas.assign(
        status="not planned", kind="", quarter=pd.NaT, week=pd.NaT, due_on=pd.NaT, last_judged_on=pd.NaT,
        expected_inspection=pd.NaT, risk=float("nan"), risk_low=float("nan"), risk_high=float("nan"), band="",
        last_judgement="", region="", conversation="", override="", late_quarters=0.0,
    )  # fmt: skip
    page = parsed(render_plan(emptied(example_plan, areas=areas), example_scored, documents=[]))
    assert page.open == []
    for said in (
        "No review is planned in this quarter.",
        "No reviewers were named yet",
        "holds no back-test",
    ):
        assert said in page.words
    assert "nan" not in page.words.lower().split()
    assert "NaT" not in page.words


def test_a_long_caution_is_folded_and_what_is_said_of_fairness_stands_with_it(
    example_plan, example_scored, parsed
):
    listed = "17 of 48 reviewers can visit no area: " + "; ".join(
        f"Reviewer {number:02d}" for number in range(40)
    )
    about = {
        **example_plan.about,
        "cautions": [listed],
        "fairness": ["In none do the intervals stand apart."],
    }
    text = render_plan(replace(example_plan, about=about), example_scored)
    assert "<summary>17 of 48 reviewers can visit no area</summary>Reviewer 00;" in text
    words = parsed(text).words
    assert words.index("Fairness: for whom") < words.index("In none do the intervals stand apart.")


def test_the_same_plan_gives_the_same_page(text, example_plan, example_scored):
    assert render_plan(example_plan, example_scored) == text


def test_the_load_of_an_area_stands_by_quarter_and_adds_up(example_plan):
    table = load_table(example_plan, {})
    assert table.head[1:9] == [f"{months} {year}" for year, months in [
        (2025, "Apr-Jun"), (2025, "Jul-Sep"), (2025, "Oct-Dec"), (2026, "Jan-Mar"),
        (2026, "Apr-Jun"), (2026, "Jul-Sep"), (2026, "Oct-Dec"), (2027, "Jan-Mar")]]  # fmt: skip
    for row in table.rows:
        assert sum(int(cell) for cell in row.cells[:8] if cell.isdigit()) == int(row.cells[8])


def test_a_group_that_is_too_small_says_so_instead_of_a_figure(example_plan):
    region = fairness_tables(example_plan.fairness)[0]
    assert region.caption == "By region"
    assert region.rows[2].cells[-1] == "fewer than 10 inspections"
    assert region.rows[0].cells[0] == "11% (7% to 17%); 9 of 37"


def test_coverage_worked_by_hand(example_plan):
    days = pd.to_datetime(["2025-05-01", "2025-08-01", None, "2025-05-01", "2027-01-01", "2025-05-01"])
    areas = example_plan.areas.iloc[:6].assign(
        status=["planned", "planned", "planned", "not planned", "removed", "elsewhere"],
        quarter=pd.to_datetime(["2025-04-01", "2025-10-01", "2025-07-01", None, None, None]),
        due_on=days,
        late_quarters=[0.0, 1.0, 0.0, 0.0, 0.0, 0.0],
    )
    about = {**example_plan.about, "quarters": ["2025-04-01", "2025-07-01", "2025-10-01"]}
    made = coverage(replace(example_plan, areas=areas, about=about))
    # five areas are under the rule; the fourth is due and not planned, the fifth is not due in the programme
    assert made.counts.drop(columns="quarter").to_numpy().tolist() == [
        [1, 1, 2, 1, 1],
        [1, 2, 1, 0, 2],
        [1, 3, 1, 0, 1],
    ]
    assert made.sentences == (
        "By 31 December 2025, 3 of 5 areas under the rule will have had a review of this programme.",
        "1 area stands later than due, and says why.",
        "By the end of Apr-Jun 2025, 1 will be due and not reviewed yet; by the end of Oct-Dec 2025, 1.",
        "1 area is taken care of elsewhere and not counted here.",
    )


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 60)), min_size=1, max_size=20))
def test_at_the_end_of_every_quarter_each_area_stands_in_one_place(rows):
    quarters = pd.date_range("2025-04-01", periods=4, freq="QS")
    areas = pd.DataFrame(
        {
            "status": ["planned" if quarter >= 0 else "not planned" for quarter, _ in rows],
            "quarter": pd.to_datetime([quarters[quarter] if quarter >= 0 else pd.NaT for quarter, _ in rows]),
            "due_on": pd.to_datetime(
                [
                    pd.Timestamp("2025-01-01") + pd.DateOffset(weeks=due) if due >= 0 else pd.NaT
                    for _, due in rows
                ]
            ),
            "late_quarters": 0.0,
        }
    )
    plan = type("Made", (), {"areas": areas, "about": {"quarters": list(quarters)}})
    counts = coverage(plan).counts
    assert (counts[list(STANDINGS)].sum(axis=1) == len(rows)).all()
    assert counts["reviewed"].is_monotonic_increasing
    assert counts["planned"].cumsum().tolist() == counts["reviewed"].tolist()


def test_the_decision_curve_says_what_acting_at_the_threshold_was_worth(example_plan):
    curve = decision_curve(example_plan.usefulness, example_plan.about)
    assert list(curve.strategies) == ["model", "all", "none", "last_judgement"]
    assert [row[0] for row in curve.rows][curve.chosen] == "35%"
    # 0.31 * 0.65 - 0.04 is 0.1615; visiting all 0.34 - 0.66 * 0.35 / 0.65 is -0.0154
    assert curve.rows[curve.chosen][3:5] == ["16.2 (12.2 to 21.2)", "\u22121.5 (\u22125.5 to 3.5)"]
    assert "as much per 100 areas as 16.2 visits that were called for" in curve.sentences[-1]
    assert "chosen: 33%" in curve.drawing


def test_without_a_back_test_there_is_no_curve(example_plan):
    assert decision_curve(example_plan.usefulness.iloc[:0], example_plan.about) is None
