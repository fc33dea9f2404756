"""What one area's section and its line in the list say, made ready for the templates."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from earlywarn.reports.content import REASONS, TARGETS, Content
from earlywarn.reports.entries import Behind, Logged, behind, logged_by_area
from earlywarn.reports.figures import judgement_strip, risk_strip
from earlywarn.reports.tables import Row, rows_in
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

__all__ = ["AreaSection", "ListRow", "area_sections", "list_rows", "unscored_areas"]

CHARTS = 6  # as many as fit on a printed page with the rest
BAND_ORDER = {"lower than most": 0, "about the same as most": 1, "higher than most": 2}
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


@dataclass(frozen=True)
class ListRow:
    """One area's line in the list; the orders are what the sort buttons go by, empty where unknown."""

    anchor: str
    name: str
    region: str
    judged: str
    judged_on: str
    judged_order: str
    risk: str
    risk_order: str
    strip: Markup
    band: str
    band_key: str
    band_sign: str
    band_order: str
    doubt: bool
    reason: str


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
    judged = f"Last judged {grade_words(row.last_judgement)}" if row.last_judgement else "No judgement known"
    judged += (
        f" on {date_words(row.last_judged_on)}"
        if row.last_judgement and date_words(row.last_judged_on)
        else ""
    )
    known = [judgement for judgement in judgements if judgement.start_date is not pd.NaT]
    return AreaSection(
        anchor=anchor,
        name=row.name,
        where=" · ".join(part for part in (row.region, judged) if part),
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
    )


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
    areas, indicators = table["area_code"].to_numpy(object), table["indicator"].to_numpy(object)
    changed = np.flatnonzero((areas[1:] != areas[:-1]) | (indicators[1:] != indicators[:-1])) + 1
    bounds = [0, *changed.tolist(), len(table)] if len(table) else [0]
    found = {}
    for start, stop in pairwise(bounds):
        here = slice(start, stop)
        about = said_of.get(indicators[start])
        found[areas[start], indicators[start]] = Series(
            label=about.label if about else str(indicators[start]),
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


def list_rows(content: Content) -> list[ListRow]:
    """Return the lines of the list, scored or not, by name."""
    risks = by_name(content.risks)
    questioned = set(content.notes.loc[content.notes["about"] == content.target, "area_code"])
    rows = [
        list_row(row, anchor, content, doubted=row.area_code in questioned and doubts(row, content.target))
        for row, anchor in zip(rows_in(risks), anchors(risks["area_code"]), strict=True)
    ]
    key, sign = BANDS["not scored"]
    rows += [
        ListRow(
            anchor=area["anchor"],
            name=area["name"],
            region="",
            judged="",
            judged_on="",
            judged_order="",
            risk="",
            risk_order="",
            strip=Markup(""),
            band="not scored",
            band_key=key,
            band_sign=sign,
            band_order="",
            doubt=False,
            reason=area["why"],
        )
        for area in unscored_areas(content)
    ]
    return sorted(rows, key=lambda row: row.name.casefold())


def list_row(row: Row, anchor: str, content: Content, *, doubted: bool) -> ListRow:
    """Return one scored area's line; `doubted` where a caution is about the risk that the list shows."""
    risk, low, high = (float(getattr(row, f"risk_{content.target}{part}")) for part in ("", "_low", "_high"))
    band = row.band or "not scored"
    key, sign = BANDS.get(band, BANDS["not scored"])
    date = row.last_judged_on
    known = date is not pd.NaT
    return ListRow(
        anchor=anchor,
        name=row.name,
        region=row.region,
        judged=grade_words(row.last_judgement).capitalize(),
        judged_on=date_words(date),
        judged_order=f"{GRADES.index(row.last_judgement)}{date:%Y%m%d}"
        if known and row.last_judgement
        else "",
        risk=figures(risk, low, high) or "not asked",
        risk_order=f"{risk:.6f}" if percent(risk) else "",
        strip=risk_strip(risk, low, high),
        band=band,
        band_key=key,
        band_sign=sign,
        band_order=str(BAND_ORDER.get(band, "")),
        doubt=doubted,
        reason=getattr(row, REASONS[0]),
    )


def unscored_areas(content: Content) -> list[dict[str, str]]:
    """Return the areas that were not scored, by name, with the reason."""
    out = content.cohort[~content.cohort["eligible"].str.lower().isin({"true", "1"})]
    out = by_name(out[~out["area_code"].isin(content.risks["area_code"])])
    marks = anchors(out["area_code"], prefix="unscored")
    return [
        {"anchor": anchor, "name": row.name, "why": row.why}
        for row, anchor in zip(rows_in(out), marks, strict=True)
    ]


def by_name(frame: pd.DataFrame) -> pd.DataFrame:
    """Sort areas as a reader looks for them: by name, capitals or not, then by code."""
    order = frame.assign(_name=frame["name"].str.casefold()).sort_values(["_name", "area_code"]).index
    return frame.loc[order]


def rows_of(frame: pd.DataFrame) -> dict[str, list[Row]]:
    """Return the rows of each area, in the order of the table."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows_in(frame):
        found[str(row.area_code)].append(row)
    return found


def anchors(codes: pd.Series, *, prefix: str = "area") -> Iterator[str]:
    """Return for each area code a name that can stand in an address, no two the same.

    Examples
    --------
    >>> list(anchors(pd.Series(["E06000001", "a b", "a/b"])))
    ['area-E06000001', 'area-a-b', 'area-a-b-2']
    """
    taken: set[str] = set()
    for number, code in enumerate(codes):
        anchor = f"{prefix}-{re.sub('[^A-Za-z0-9_]+', '-', str(code))}"
        anchor = anchor if anchor not in taken else f"{anchor}-{number}"
        taken.add(anchor)
        yield anchor
