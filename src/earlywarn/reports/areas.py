"""What one area's section says, made ready for the template."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from earlywarn.reports.anchors import anchors, by_name, marks_of, rows_of
from earlywarn.reports.content import TARGETS, Content
from earlywarn.reports.entries import Behind, Logged, behind, logged_by_area
from earlywarn.reports.figures import judgement_strip, risk_strip
from earlywarn.reports.tables import Row, rows_in, stretches
from earlywarn.reports.trends import Series, trend_chart
from earlywarn.reports.words import (
    BANDS,
    GRADES,
    band_sentence,
    grade_words,
    percent,
    place_words,
    risk_words,
)
from earlywarn.schedule import date_words
from earlywarn.schema import QUESTIONS

__all__ = [
    "AreaSection",
    "area_sections",
    "judged_words",
]

CHARTS = 6  # as many as fit on a printed page with the rest
GRADED = ("overall", "leadership", "help_and_protection", "care", "care_leavers")


@dataclass(frozen=True)
class AreaSection:
    """One area's section: words, and charts as markup."""

    anchor: str
    name: str
    where: str
    band: str
    band_key: str
    band_sign: str
    sentence: str
    place: str
    risks: list[dict[str, Any]]
    raises: list[dict[str, str]]
    lowers: list[dict[str, str]]
    others: list[dict[str, Any]]
    charts: list[Markup]
    history: Markup
    judgements: list[list[str]]
    doubts: list[str]
    notes: list[str]
    soft: str
    logged: list[Logged]
    profile: str


def area_sections(content: Content) -> list[AreaSection]:
    """Return the sections of all scored areas, by name."""
    risks = by_name(content.risks)
    reasons = rows_of(content.reasons.sort_values(["area_code", "target", "order"], kind="stable"))
    judgements = rows_of(content.judgements.sort_values(["area_code", "start_date"], kind="stable"))
    notes = rows_of(content.notes)
    series = series_of(content)
    ranked = int((content.risks["band"] != "not scored").sum())
    listed = logged_by_area(content)
    trail = behind(content, listed)
    marks = marks_of(content)
    return [
        section(
            row,
            anchor,
            content,
            reasons=reasons.get(row.area_code, []),
            judgements=judgements.get(row.area_code, []),
            notes=notes.get(row.area_code, []),
            series=series,
            ranked=ranked,
            logged=listed.get(row.area_code, []),
            trail=trail,
            profile=marks.get(row.area_code, ""),
        )
        for row, anchor in zip(rows_in(risks), anchors(risks["area_code"]), strict=True)
    ]


def section(
    row: Row,
    anchor: str,
    content: Content,
    *,
    reasons: list[Row],
    judgements: list[Row],
    notes: list[Row],
    series: dict[tuple[str, str], Series],
    ranked: int,
    logged: list[Logged],
    trail: dict[tuple[str, str], Behind],
    profile: str,
) -> AreaSection:
    """Return one area's section."""
    asked = [reason for reason in reasons if reason.target == content.target]
    others = [
        {
            "question": QUESTIONS[target],
            "reasons": [said(reason, {}) for reason in reasons if reason.target == target],
        }
        for target in TARGETS
        if target != content.target
    ]
    band = row.band or "not scored"
    key, sign = BANDS.get(band, BANDS["not scored"])
    known = [judgement for judgement in judgements if judgement.start_date is not pd.NaT]
    return AreaSection(
        anchor=anchor,
        name=row.name,
        where=" · ".join(part for part in (row.region, judged_words(row)) if part),
        band=band,
        band_key=key,
        band_sign=sign,
        sentence=band_sentence(band, QUESTIONS[content.target]),
        place=place_words(row.rank_low, row.rank_high, ranked),
        risks=[risk_line(row, target) for target in TARGETS],
        raises=[said(reason, trail) for reason in asked if reason.direction == "raises"],
        lowers=[said(reason, trail) for reason in asked if reason.direction == "lowers"],
        others=[other for other in others if other["reasons"]],
        charts=charts(row, asked or reasons, series),
        history=judgement_strip(
            pd.DatetimeIndex([judgement.start_date for judgement in known]),
            [judgement.overall for judgement in known],
            content.as_of,
            row.name,
        ),
        judgements=[
            [date_words(judgement.start_date), *(grade_words(getattr(judgement, part)) for part in GRADED)]
            for judgement in judgements
        ],
        doubts=[note.note for note in notes if doubts(row, note.about)],
        notes=[note.note for note in notes if note.about not in TARGETS],
        soft=soft_words(row.soft_share),
        logged=logged,
        profile=profile,
    )


def judged_words(row: Row) -> str:
    """Say when an area was last judged, and how."""
    if not row.last_judgement:
        return "No judgement known"
    date = date_words(row.last_judged_on)
    return f"Last judged {grade_words(row.last_judgement)}" + (f" on {date}" if date else "")


def doubts(row: Row, about: str) -> bool:
    """Tell whether a note is a caution about a risk that the area has."""
    return about in TARGETS and percent(float(getattr(row, f"risk_{about}"))) != ""


def risk_line(row: Row, target: str) -> dict[str, Any]:
    """Return one question's risk in words, in figures and drawn."""
    risk, low, high = (float(getattr(row, f"risk_{target}{part}")) for part in ("", "_low", "_high"))
    words = risk_words(risk, low, high)
    if target == "decline" and row.last_judgement == GRADES[0] and percent(risk) == "":
        words += ", as the last one was inadequate"
    return {
        "question": QUESTIONS[target].capitalize(),
        "words": words,
        "figures": figures(risk, low, high),
        "strip": risk_strip(risk, low, high),
    }


def figures(risk: float, low: float, high: float) -> str:
    """Return a risk and its interval as percentages.

    Examples
    --------
    >>> figures(0.41, 0.22, 0.58)
    '41% (22% to 58%)'
    """
    interval = f" ({percent(low)} to {percent(high)})" if percent(low) and percent(high) else ""
    return percent(risk) + interval


def soft_words(share: float) -> str:
    """Say how much of what moves a risk comes from soft evidence; nothing where none does.

    Examples
    --------
    >>> soft_words(0.337)
    '34% of what moves this risk comes from soft evidence, the rest from figures and judgements.'
    """
    rest = "of what moves this risk comes from soft evidence, the rest from figures and judgements."
    return f"{percent(share)} {rest}" if share > 0 else ""


def said(reason: Row, trail: dict[tuple[str, str], Behind]) -> dict[str, Any]:
    """Return one reason as the template wants it, with the entries behind it."""
    direction = {"raises": "Raises:", "lowers": "Lowers:"}.get(reason.direction, "")
    entries = trail.get((reason.area_code, reason.feature), Behind([], 0))
    return {
        "sentence": reason.sentence,
        "theme": reason.theme.replace("_", " "),
        "direction": direction,
        "entries": entries.named,
        "more": entries.size - len(entries.named),
    }


def charts(row: Row, reasons: list[Row], series: dict[tuple[str, str], Series]) -> list[Markup]:
    """Return the trend charts of the indicators among an area's reasons, the weightiest first."""
    wanted = list(dict.fromkeys(reason.indicator for reason in reasons if reason.indicator))
    found = [series[row.area_code, indicator] for indicator in wanted if (row.area_code, indicator) in series]
    return [trend_chart(one, row.name) for one in found[:CHARTS]]


def series_of(content: Content) -> dict[tuple[str, str], Series]:
    """Return every area's indicators over time; the arrays are views of one sorted table."""
    table = content.series.sort_values(["area_code", "indicator", "period_end"], kind="stable")
    said_of = {row.indicator: row for row in rows_in(content.indicators)}
    ends = pd.DatetimeIndex(table["period_end"])
    value, neighbours, england = (
        table[column].to_numpy(float) for column in ("value", "neighbours", "england")
    )
    status = table["status"].tolist()
    found = {}
    for (area, indicator), here in stretches(table, "area_code", "indicator"):
        about = said_of.get(indicator)
        found[area, indicator] = Series(
            label=about.label if about else indicator,
            unit=about.unit if about else "",
            polarity=about.polarity if about else "",
            source=about.source if about else "",
            ends=ends[here],
            value=value[here],
            neighbours=neighbours[here],
            england=england[here],
            status=status[here],
        )
    return found
