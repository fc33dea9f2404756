"""What the programme's page says of each quarter and of each area, made ready for the template."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd
from markupsafe import Markup

from earlywarn.reports.anchors import anchors, by_name, rows_of
from earlywarn.reports.areas import figures
from earlywarn.reports.figures import risk_strip
from earlywarn.reports.programme.plan_words import (
    place_label,
    reviewer_words,
    standing_words,
    tags_of,
    team_lines,
    week_words,
    why_words,
)
from earlywarn.reports.tables import Row, rows_in
from earlywarn.reports.words import BANDS, band_sentence, grade_words, risk_words
from earlywarn.schedule import date_words, quarter_words
from earlywarn.schema import QUESTIONS
from earlywarn.targeting.plan import Plan
from earlywarn.targeting.scored import Scored

__all__ = ["AreaPart", "QuarterPart", "area_parts", "quarter_parts"]

REASONS = 5  # of those that raise the risk, and of those that lower it
OTHERS = 6  # areas that an area could change places with, by name
KINDS_OF_ENQUIRY = {"practice": "To learn from", "gap": "A gap in the data", "concern": "A concern"}


@dataclass(frozen=True)
class ReviewLine:
    """One review of the calendar."""

    anchor: str
    week: str
    name: str
    region: str
    kind: str
    kind_key: str
    why: str
    team: list[str]
    marks: list[str]


@dataclass(frozen=True)
class QuarterPart:
    """One quarter of the calendar; `said` counts its reviews against its capacity."""

    anchor: str
    title: str
    said: str
    reviews: list[ReviewLine]


@dataclass(frozen=True)
class AreaPart:
    """One area: where it stands, why, with whom, and what to ask."""

    code: str
    anchor: str
    name: str
    region: str
    quarter: str
    tags: list[str]
    standing: str
    band: str
    band_key: str
    band_sign: str
    sentence: str
    risk: str
    figures: str
    strip: Markup
    judged: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    raises: list[str] = field(default_factory=list)
    lowers: list[str] = field(default_factory=list)
    change: str = ""
    team: list[tuple[str, str, str]] = field(default_factory=list)
    swaps: list[tuple[str, str, str]] = field(default_factory=list)
    swaps_more: int = 0
    enquiries: list[dict[str, str]] = field(default_factory=list)
    support: list[Row] = field(default_factory=list)
    journey: list[str] = field(default_factory=list)
    nerve: str = ""


def area_parts(plan: Plan, scored: Scored) -> list[AreaPart]:
    """Return a part for every scored area, by name.

    Parameters
    ----------
    plan : Plan
        The programme.
    scored : Scored
        The run it was made from, for the reasons behind each risk.
    """
    areas = by_name(plan.areas)
    marks = dict(zip(areas["area_code"], anchors(areas["area_code"]), strict=True))
    names = dict(zip(areas["area_code"], areas["name"], strict=True))
    asked = scored.reasons[scored.reasons["target"] == plan.about["target"]]
    tables = {
        "reasons": rows_of(asked.sort_values(["area_code", "order"], kind="stable")),
        "teams": rows_of(plan.teams),
        "interchanges": rows_of(plan.interchanges.sort_values(["area_code", "other_quarter"], kind="stable")),
        "enquiries": rows_of(plan.enquiries.sort_values(["area_code", "order"], kind="stable")),
        "support": rows_of(plan.support),
        "journeys": rows_of(plan.journeys),
        "changes": rows_of(plan.changes[plan.changes["order"] == 0]),
    }
    question = QUESTIONS[plan.about["target"]]
    made = []
    for row in rows_in(areas):
        mine = {name: found.get(row.area_code, []) for name, found in tables.items()}
        swaps = [
            (names[other.other], marks[other.other], quarter_words(other.other_quarter))
            for other in mine["interchanges"]
            if other.other in names
        ]
        made.append(area_part(row, marks[row.area_code], question, mine, swaps))
    return made


def area_part(
    row: Row, anchor: str, question: str, mine: dict[str, list[Row]], swaps: list[tuple[str, str, str]]
) -> AreaPart:
    """Return one area's part; `mine` holds its rows of each table, `swaps` the areas it could change with."""
    band = row.band or "not scored"
    key, sign = BANDS.get(band, BANDS["not scored"])
    sentences = {
        direction: [reason.sentence for reason in mine["reasons"] if reason.direction == direction][:REASONS]
        for direction in ("raises", "lowers")
    }
    judged_on = date_words(row.last_judged_on)
    journey = mine["journeys"][0] if mine["journeys"] else None
    return AreaPart(
        code=row.area_code,
        anchor=anchor,
        name=row.name,
        region=row.region,
        quarter=quarter_words(row.quarter),
        tags=tags_of(row, complete=complete(mine["teams"])),
        standing=standing_words(row),
        band=band,
        band_key=key,
        band_sign=sign,
        sentence=band_sentence(band, question),
        risk=risk_words(row.risk, row.risk_low, row.risk_high),
        figures=figures(row.risk, row.risk_low, row.risk_high),
        strip=risk_strip(row.risk, row.risk_low, row.risk_high),
        judged=f"Last judged {grade_words(row.last_judgement)}{f' on {judged_on}' if judged_on else ''}"
        if row.last_judgement
        else "No judgement known",
        facts=list(facts(row)),
        **sentences,
        change=mine["changes"][0].words if mine["changes"] else "",
        team=[(place_label(place.place), reviewer_words(place), place.why) for place in mine["teams"]],
        swaps=swaps[:OTHERS],
        swaps_more=max(0, len(swaps) - OTHERS),
        enquiries=[enquiry(line) for line in mine["enquiries"]],
        support=mine["support"],
        journey=[words for words in (journey.words, journey.typical) if words] if journey else [],
        nerve=journey.hold_your_nerve if journey else "",
    )


def complete(team: list[Row]) -> bool:
    """Tell whether every place of a team is filled; a team with no place is not."""
    return bool(team) and all(place.reviewer for place in team)


def facts(row: Row) -> Iterable[tuple[str, str]]:
    """Yield what is known of an area's place in the programme, each with its heading."""
    planned = row.status == "planned"
    if planned:
        yield "Week beginning", week_words(row.week)
    yield "Why", row.flagged_why
    due = date_words(row.due_on)
    yield "A review falls due", ": ".join(part for part in (f"by {due}" if due else "", row.due_why) if part)
    if row.late_quarters > 0:
        late = f"{row.late_quarters:.0f} quarter{'s' if row.late_quarters > 1 else ''}"
        yield "Later than due", f"{late}; see the rules that could not all be kept."
    expected = date_words(row.expected_inspection)
    yield (
        "Next inspection, likely",
        ": ".join(part for part in (f"about {expected}" if expected else "", row.expected_why) if part),
    )
    yield "Quarters without a review", row.blocked
    if planned and not math.isnan(row.actionable):
        yield "What can be acted on", row.actionable_why
    yield "Taken care of", row.route
    yield "Conversation suggested", row.conversation
    yield "Changed by a coordinator", row.override
    yield "Between equals", row.tie


def enquiry(line: Row) -> dict[str, str]:
    """Return a line of enquiry: the question, what to look at, and on what evidence."""
    said = line.because.rstrip(".")
    about = [part for part in (line.source, line.period) if part and part not in line.because]
    return {
        "kind": KINDS_OF_ENQUIRY.get(line.kind, ""),
        "theme": line.theme,
        "question": line.question,
        "look_for": line.look_for,
        "because": f"{said}. ({', '.join(about)})" if about else f"{said}." if said else "",
    }


def quarter_parts(plan: Plan, parts: list[AreaPart]) -> list[QuarterPart]:
    """Return the calendar: each quarter's reviews by week, then by name.

    Parameters
    ----------
    plan : Plan
        The programme; ``about`` holds its quarters and the capacity of each.
    parts : list of AreaPart
        What `area_parts` returned for it.
    """
    found = {part.code: part for part in parts}
    teams = rows_of(plan.teams)
    planned = plan.planned
    made = []
    quarters = pd.DatetimeIndex(plan.about["quarters"])
    for quarter, capacity in zip(quarters, plan.about["capacity"], strict=True):
        rows = planned[planned["quarter"] == quarter].sort_values(
            ["week", "name"], key=lambda cells: cells.str.casefold() if cells.name == "name" else cells
        )
        count = len(rows)
        made.append(
            QuarterPart(
                anchor=f"q-{quarter:%Y-%m}",
                title=quarter_words(quarter),
                said=f"{count} review{'' if count == 1 else 's'}; room for {capacity:g}.",
                reviews=[
                    review_line(row, found[row.area_code], teams.get(row.area_code, []))
                    for row in rows_in(rows)
                ],
            )
        )
    return made


def review_line(row: Row, part: AreaPart, team: list[Row]) -> ReviewLine:
    """Return one review as the calendar shows it."""
    marks = {
        "late": "later than due",
        "conversation": "conversation suggested",
        "changed": "changed by a coordinator",
    }
    return ReviewLine(
        anchor=part.anchor,
        week=week_words(row.week).removesuffix(f" {row.quarter.year}"),  # which stands above the table
        name=row.name,
        region=row.region,
        kind=row.kind,
        kind_key=row.kind,
        why=why_words(row),
        team=team_lines(team),
        marks=[words for tag, words in marks.items() if tag in part.tags],
    )
