"""The programme as an Excel workbook: every part of it as a sheet, and one on which changes are asked for."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from earlywarn.reports.anchors import by_name, rows_of
from earlywarn.reports.programme.overrides_sheet import LISTS, OVERRIDES, write_overrides
from earlywarn.reports.programme.page import ends, every, solution_words, told_apart
from earlywarn.reports.programme.page_tables import shortfall_rows
from earlywarn.reports.programme.plan_words import (
    place_label,
    programme_words,
    reviewer_words,
    standing_words,
    team_words,
    why_words,
)
from earlywarn.reports.tables import rows_in
from earlywarn.reports.words import grade_words, window_words
from earlywarn.reports.workbook import OPTIONS, Cell, prose, sheet
from earlywarn.schedule import date_words, quarter_words
from earlywarn.schema import QUESTIONS
from earlywarn.targeting.plan import Plan

__all__ = ["SHEETS", "write_plan_workbook"]

SHEETS = (
    *("Read me", "List", "Plan", "Teams", "Load", "Enquiries", "Conversations", "Shortfalls", "Fairness"),
    *(OVERRIDES, LISTS),
)
Columns = list[tuple[str, float, str]]  # title, width, format


def write_plan_workbook(plan: Plan, path: str | Path, *, overrides: pd.DataFrame | None = None) -> None:
    """Write the workbook of a programme.

    Areas are in alphabetical order, the plan by quarter and week. Text stays text whatever it begins
    with. The sheet ``Overrides`` is read back by ``sources.programme.read_overrides_workbook``. The same
    plan gives the same bytes.

    Parameters
    ----------
    plan : Plan
        The programme.
    path : str or Path
        The file to write.
    overrides : DataFrame, optional
        The coordinator's changes on record, to stand in the first rows of ``Overrides``.
    """
    as_of = pd.Timestamp(str(plan.about["as_of"]))
    with xlsxwriter.Workbook(str(path), OPTIONS) as book:
        book.set_properties(
            {
                "title": f"Programme of peer reviews: {programme_words(plan.about['name'])}",
                "created": as_of.to_pydatetime(),
                "comments": "It starts conversations. A coordinator decides, and can change it.",
            }
        )
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 2}),
            "title": book.add_format({"bold": True, "font_size": 16}),
            "text": book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True}),
            "bold": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "quote_prefix": True}),
            "date": book.add_format({"num_format": "d mmm yyyy", "valign": "top", "align": "left"}),
            "percent": book.add_format({"num_format": "0%", "valign": "top", "align": "left"}),
            "number": book.add_format({"num_format": "0.0", "valign": "top", "align": "left"}),
            "whole": book.add_format({"num_format": "0", "valign": "top", "align": "left"}),
        }
        prose(book, "Read me", formats, read_me(plan))
        sheet(book, "List", formats, list_columns(plan), list(list_rows(plan)))
        sheet(book, "Plan", formats, PLAN_COLUMNS, list(plan_rows(plan)))
        sheet(book, "Teams", formats, TEAM_COLUMNS, list(team_rows(plan)))
        sheet(book, "Load", formats, load_columns(plan), list(load_rows(plan)))
        sheet(book, "Enquiries", formats, ENQUIRY_COLUMNS, list(enquiry_rows(plan)))
        sheet(book, "Conversations", formats, CONVERSATION_COLUMNS, list(conversation_rows(plan)))
        sheet(book, "Shortfalls", formats, SHORTFALL_COLUMNS, list(shortfalls(plan)))
        sheet(book, "Fairness", formats, FAIRNESS_COLUMNS, list(fairness_rows(plan)))
        write_overrides(book, plan, overrides)


def read_me(plan: Plan) -> Iterable[tuple[str, str]]:
    """Yield what a reader has to know before the sheets."""
    about = plan.about
    as_of = pd.Timestamp(str(about["as_of"]))
    yield "title", f"Programme of peer reviews, {' to '.join(ends(about))}"
    yield "text", f"{programme_words(about['name'])}. Made from what was known before {date_words(as_of)}."
    yield "bold", "What it is for"
    yield "text", "Whom to visit, when, with whom, and what to ask."
    yield "text", "It starts conversations, and is to be changed by people who know the areas."
    risk = f"the risk of {QUESTIONS[about['target']]} is {float(about['threshold']):.0%} or more"
    why = f"{risk}, where strong concerns were voiced, or where a coordinator asks for one"
    yield "text", f"A targeted review is for an area where {why}."
    yield "text", f"All others are routine: every area is reviewed at least every {every(about)} months."
    window = window_words(as_of, int(about["horizon_months"]))
    yield "text", f"A risk holds if an inspection takes place from {window}."
    for caution in about["cautions"]:
        said, listed = told_apart(str(caution))
        yield "text", f"{said}; the programme's page lists them." if listed else said
    yield "bold", "The sheets"
    for name, words in SHEET_WORDS.items():
        yield "text", f"{name}: {words}"
    yield "bold", "To change the programme"
    yield "text", "On the sheet Overrides, one row per change: choose area and action, and say why."
    yield "text", "Leave its first row as it is. Save a copy: this file is written anew by the next plan."
    yield "text", "Then hand your copy to earlywarn plan override."
    yield "bold", "How good the plan is"
    yield "text", solution_words(about)
    yield "text", str(about["capacity_why"])
    if about["questions"]:
        yield "bold", "For a person to answer"
        for question in about["questions"]:
            yield "text", str(question)


SHEET_WORDS = {
    "List": "every area, by name, with where it stands and why.",
    "Plan": "the reviews, by quarter and week.",
    "Teams": "who is suggested for which place of which team, and why.",
    "Load": "how many places each supporting area is asked to fill.",
    "Enquiries": "what to ask in each area, with the evidence.",
    "Conversations": "areas with which to talk first. No mark against them, and no review is moved by it.",
    "Shortfalls": "rules that could not all be kept, and what would help; empty where all are.",
    "Fairness": "shares by group, with their 95% intervals.",
    OVERRIDES: "to be filled in.",
}


def list_columns(plan: Plan) -> Columns:
    """Return the columns of the list."""
    question = QUESTIONS[plan.about["target"]]
    return [
        ("Area", 26, "bold"),
        ("Region", 18, "text"),
        ("Area code", 12, "text"),
        ("In the programme", 26, "text"),
        ("Week of", 12, "date"),
        ("Why it is targeted", 44, "text"),
        ("A review falls due by", 12, "date"),
        ("Why then", 36, "text"),
        ("Quarters later than due", 10, "whole"),
        (f"Risk of {question}", 12, "percent"),
        ("Lower end of its 95% interval", 12, "percent"),
        ("Upper end of its 95% interval", 12, "percent"),
        ("Band, against most areas", 18, "text"),
        ("Last judgement", 16, "text"),
        ("Judged on", 12, "date"),
        ("Next inspection, likely about", 13, "date"),
        ("How that was guessed", 32, "text"),
        ("What can be acted on", 32, "text"),
        ("Could change places with", 10, "whole"),
        ("In words", 36, "text"),
        ("Quarters without a review, and why", 44, "text"),
        ("Conversation suggested", 40, "text"),
        ("Changed by a coordinator", 36, "text"),
        ("Taken care of", 32, "text"),
    ]


def list_rows(plan: Plan) -> Iterable[list[Cell]]:
    """Yield every area, by name."""
    for row in rows_in(by_name(plan.areas)):
        yield [
            *(row.name, row.region, row.area_code, standing_words(row), row.week, row.flagged_why),
            *(row.due_on, row.due_why, row.late_quarters or float("nan")),
            *(row.risk, row.risk_low, row.risk_high, row.band),
            *(grade_words(row.last_judgement), row.last_judged_on, row.expected_inspection, row.expected_why),
            *(row.actionable_why, row.interchangeable, row.interchangeable_words),
            *(row.blocked, row.conversation, row.override, row.route),
        ]


PLAN_COLUMNS: Columns = [
    ("Quarter", 15, "bold"),
    ("Week of", 12, "date"),
    ("Area", 28, "text"),
    ("Region", 18, "text"),
    ("Kind", 10, "text"),
    ("Why", 48, "text"),
    ("Team", 60, "text"),
]


def plan_rows(plan: Plan) -> Iterable[list[Cell]]:
    """Yield the reviews, by quarter, week and name."""
    teams = rows_of(plan.teams)
    for row in rows_in(plan.planned):
        team = team_words(teams.get(row.area_code, []))
        yield [quarter_words(row.quarter), row.week, row.name, row.region, row.kind, why_words(row), team]


TEAM_COLUMNS: Columns = [
    ("Area", 28, "bold"),
    ("Quarter", 15, "text"),
    ("Week of", 12, "date"),
    ("Place", 24, "text"),
    ("Reviewer", 40, "text"),
    ("Role", 22, "text"),
    ("Why this match", 60, "text"),
]


def team_rows(plan: Plan) -> Iterable[list[Cell]]:
    """Yield every place of every team, by area."""
    teams = rows_of(plan.teams)
    for area in rows_in(by_name(plan.areas)):
        for row in teams.get(area.area_code, []):
            place, role = place_label(row.place), row.role.replace("_", " ")
            yield [area.name, quarter_words(row.quarter), row.week, place, reviewer_words(row), role, row.why]


def load_columns(plan: Plan) -> Columns:
    """Return a column for each quarter."""
    quarters = [quarter_words(pd.Timestamp(str(quarter))) for quarter in plan.about["quarters"]]
    counts = [(words, 10.0, "whole") for words in [*quarters, "Together", "At most, in four quarters"]]
    return [("Supporting area", 28, "bold"), *counts, ("In words", 60, "text")]


def load_rows(plan: Plan) -> Iterable[list[Cell]]:
    """Yield every supporting area, by name, with the places it is asked to fill in each quarter."""
    quarters = pd.DatetimeIndex(plan.about["quarters"])
    table = by_name(plan.load.sort_values("quarter").assign(area_code=plan.load["reviewer_area"]))
    for _, rows in table.groupby("reviewer_area", sort=False):
        counts = rows.groupby("quarter")["places"].sum().reindex(quarters)
        last = rows.iloc[-1]
        yield [last["name"], *counts.tolist(), counts.sum(), last["limit"], last["words"]]


ENQUIRY_COLUMNS: Columns = [
    ("Area", 28, "bold"),
    ("Order", 7, "whole"),
    ("Theme", 22, "text"),
    ("Rests on", 10, "text"),
    ("Question", 60, "text"),
    ("What to look at", 44, "text"),
    ("Because", 60, "text"),
    ("Source", 28, "text"),
    ("Period", 18, "text"),
    ("Who may see the evidence", 14, "text"),
]


def enquiry_rows(plan: Plan) -> Iterable[list[Cell]]:
    """Yield the lines of enquiry, by area."""
    lines = rows_of(plan.enquiries.sort_values(["area_code", "order"], kind="stable"))
    for area in rows_in(by_name(plan.areas)):
        for row in lines.get(area.area_code, []):
            asks = [row.theme, row.kind, row.question, row.look_for]
            yield [area.name, row.order, *asks, row.because, row.source, row.period, row.tier]


CONVERSATION_COLUMNS: Columns = [
    ("Area", 28, "bold"),
    ("Region", 18, "text"),
    ("Why a conversation is suggested", 70, "text"),
    ("In the programme", 28, "text"),
]


def conversation_rows(plan: Plan) -> Iterable[list[Cell]]:
    """Yield the areas with which to talk first, by name."""
    for row in rows_in(by_name(plan.areas[plan.areas["conversation"] != ""])):
        yield [row.name, row.region, row.conversation, standing_words(row)]


SHORTFALL_COLUMNS: Columns = [
    ("Rule", 24, "bold"),
    ("Quarter", 15, "text"),
    ("Wanted", 10, "text"),
    ("Found", 10, "text"),
    ("Areas", 44, "text"),
    ("What could not be kept", 60, "text"),
    ("What would help", 60, "text"),
]


def shortfalls(plan: Plan) -> Iterable[list[Cell]]:
    """Yield the rules that could not all be kept; one row that says so where all are."""
    rows = [list(row.values()) for row in shortfall_rows(plan)]
    yield from rows or [["", "", "", "", "", "Every rule is kept.", ""]]


FAIRNESS_COLUMNS: Columns = [
    ("Group", 26, "bold"),
    ("Level", 28, "text"),
    ("Measure", 34, "text"),
    *((f"{what}", 13.0, "percent") for what in ("Share", "Lower end of its 95% interval", "Upper end of it")),
    *((f"{what}", 13.0, "number") for what in ("Mean", "Lower end of its 95% interval", "Upper end of it")),
    ("Rests on how many", 10, "whole"),
    ("Of which so many", 10, "whole"),
    ("Why there is no figure", 36, "text"),
]


def fairness_rows(plan: Plan) -> Iterable[list[Cell]]:
    """Yield the shares and means by group, in the order of the plan's table."""
    empty = [float("nan")] * 3
    for row in rows_in(plan.fairness):
        figures: list[Any] = [row.value, row.low, row.high]
        share = not row.measure.lower().startswith("mean")
        both = [*figures, *empty] if share else [*empty, *figures]
        yield [row.group, row.level, row.measure, *both, row.n, row.events, row.reason]
