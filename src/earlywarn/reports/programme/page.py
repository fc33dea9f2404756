"""The page that ties a programme together: calendar, areas, load, coverage, fairness, documents."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from earlywarn.reports.pages import fingerprint, page_environment, resource
from earlywarn.reports.programme.coverage import coverage
from earlywarn.reports.programme.curve import decision_curve
from earlywarn.reports.programme.page_parts import AreaPart, area_parts, quarter_parts
from earlywarn.reports.programme.page_tables import (
    area_table,
    coverage_table,
    fairness_tables,
    load_table,
    shortfall_rows,
)
from earlywarn.reports.programme.plan_words import TAGS, programme_words
from earlywarn.reports.words import percent, window_words
from earlywarn.schedule import date_words, quarter_words
from earlywarn.schema import QUESTIONS
from earlywarn.targeting.plan import Plan
from earlywarn.targeting.scored import Scored

__all__ = ["DOCUMENTS", "Document", "render_plan", "rules_words"]

LONG = 400  # characters of a caution beyond which its list is folded away
TIES = {
    "lottery": "by lot, with a seed that was declared beforehand",
    "rotation": "in rotation, those who have waited longest first",
}


@dataclass(frozen=True)
class Document:
    """A document that stands beside the page.

    Parameters
    ----------
    href : str
        Its place, as seen from the page.
    title : str
        What it is called, with its kind of file.
    about : str
        What it is for.
    """

    href: str
    title: str
    about: str


DOCUMENTS = (
    Document(
        "programme.docx", "The programme (Word)", "calendar, teams, load, rules and fairness, to be printed"
    ),
    Document(
        "programme.xlsx",
        "The workbook (Excel)",
        "all of it as sheets, and one on which changes are asked for",
    ),
    Document("programme.ics", "The calendar file", "one week per review, for any calendar program"),
    Document(
        "atrs.docx", "The transparency record (Word)", "for the Algorithmic Transparency Recording Standard"
    ),
    Document("model_card.md", "The model card", "what the model is, how well it does and where it does not"),
)


def render_plan(
    plan: Plan,
    scored: Scored,
    *,
    documents: Sequence[Document] = DOCUMENTS,
    briefings: Mapping[str, Sequence[tuple[str, str]]] | None = None,
) -> str:
    """Return the programme as one HTML page.

    Parameters
    ----------
    plan : Plan
        The programme.
    scored : Scored
        The scored run that it was made from.
    documents : sequence of Document
        Those that stand beside the page; all of `DOCUMENTS` unless told.
    briefings : mapping of str to sequence of (str, str), optional
        For each area code the places of its briefings, as seen from the page, each with its words:
        ``{"E08000002": [("briefings/sector/Bury.html", "Briefing as a page")]}``.

    Returns
    -------
    str
        The page. It needs nothing but itself, and may be opened from a file share. Without script it is
        whole; with script it can be filtered.
    """
    style = resource("report.css") + resource("plan.css")
    script = resource("plan.js")
    about = plan.about
    parts = area_parts(plan, scored)
    as_of = pd.Timestamp(str(about["as_of"]))
    covered = coverage(plan)
    return (
        page_environment()
        .get_template("plan.html.j2")
        .render(
            style=style,
            style_hash=fingerprint(style),
            script=script,
            script_hash=fingerprint(script),
            name=programme_words(about["name"]),
            as_of=date_words(as_of),
            window=window_words(as_of, int(about["horizon_months"])),
            ends=ends(about),
            question=QUESTIONS[about["target"]],
            about=about,
            tiles=tiles(parts),
            shortfalls=shortfall_rows(plan),
            quarters=quarter_parts(plan, parts),
            parts=parts,
            regions=sorted({part.region for part in parts if part.region}),
            tags={tag: words for tag, words in TAGS.items() if any(tag in part.tags for part in parts)},
            lists=lists(parts),
            load=load_table(plan, {part.code: part.anchor for part in parts}),
            covered=covered,
            covered_table=coverage_table(covered),
            every=every(about),
            fairness=fairness_tables(plan.fairness),
            curve=decision_curve(plan.usefulness, about),
            threshold=percent(float(about["threshold"])),
            ties=TIES.get(str(about["tie_break"]), str(about["tie_break"])),
            documents=documents,
            briefings=briefings or {},
            made=list(made(about)),
            cautions=[told_apart(str(caution)) for caution in about["cautions"]],
            unasked=unasked(plan),
        )
    )


def ends(about: Mapping[str, Any]) -> list[str]:
    """Name the first and the last quarter of a programme; one where they are the same.

    Examples
    --------
    >>> ends({"quarters": ["2025-04-01", "2025-07-01"]}), ends({"quarters": ["2025-04-01"]})
    (['Apr-Jun 2025', 'Jul-Sep 2025'], ['Apr-Jun 2025'])
    """
    words = [quarter_words(pd.Timestamp(str(quarter))) for quarter in about["quarters"]]
    return list(dict.fromkeys((words[0], words[-1])))


def told_apart(caution: str) -> tuple[str, str]:
    """Split a caution that is long into what it says and the list behind it.

    Examples
    --------
    >>> told_apart("It is short: so.")
    ('It is short: so.', '')
    """
    head, colon, rest = caution.partition(": ")
    return (head, rest) if colon and len(caution) > LONG else (caution, "")


def unasked(plan: Plan) -> int:
    """Count the areas that could lend reviewers and are not asked to."""
    return int((plan.load.groupby("reviewer_area")["places"].sum() == 0).sum())


def every(about: Mapping[str, Any]) -> int:
    """Return how often, in months, the rules want every area to be reviewed."""
    return int(about.get("rules", {}).get("due", {}).get("every_months", 24))


def tiles(parts: Sequence[AreaPart]) -> list[tuple[int, str]]:
    """Return the counts that stand up front, each with its words."""
    counts = {tag: sum(tag in part.tags for part in parts) for tag in TAGS}
    tile = [
        (len(parts), "areas scored"),
        (counts["targeted"] + counts["routine"], "reviews planned"),
        (counts["targeted"], "of them targeted"),
        (counts["late"], "reviews later than due"),
        (counts["conversation"], "conversations suggested"),
        (counts["elsewhere"], "taken care of elsewhere"),
        (counts["unnamed"], "teams not complete"),
    ]
    return [(count, words) for count, words in tile if count or words in ("reviews planned", "areas scored")]


def lists(parts: Sequence[AreaPart]) -> dict[str, Any]:
    """Return the lists of areas that are talked about by themselves."""
    return {
        "conversation": area_table(
            parts, "conversation", "Conversation suggested", "Areas with which to start a conversation"
        ),
        "elsewhere": area_table(
            parts, "elsewhere", "Taken care of", "Areas that are taken care of elsewhere", standing=False
        ),
        "none": area_table(
            parts, "none", "A review falls due", "Areas without a review in this programme", standing=False
        ),
        "changed": area_table(
            parts, "changed", "Changed by a coordinator", "Areas whose place a coordinator changed"
        ),
    }


def made(about: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield how the programme was made: what was solved, how well, under which rules, from what."""
    yield "Solution", solution_words(about)
    yield "Capacity", str(about["capacity_why"])
    yield "Threshold", percent(float(about["threshold"]))
    yield "Between equals", f"{TIES.get(str(about['tie_break']), about['tie_break'])} (seed {about['seed']})"
    yield "Audience", str(about["audience"])
    for section, rules in about.get("rules", {}).items():
        yield f"Rules: {str(section).replace('_', ' ')}", rules_words(rules)
    for what, fingerprint_ in about.get("fingerprints", {}).items():
        yield f"Fingerprint: {what}", str(fingerprint_)


def rules_words(rules: object) -> str:
    """Return the rules of one section as they are read out, the same in every document.

    Examples
    --------
    >>> rules_words({"per_quarter": None, "neighbours_first": True})
    'per_quarter = not set; neighbours_first = true'
    """
    if not isinstance(rules, Mapping):
        return str(rules)
    return "; ".join(f"{key} = {rule_words(rule)}" for key, rule in rules.items())


def rule_words(rule: object) -> str:
    """Return the value of a rule as it is read out.

    Examples
    --------
    >>> rule_words(["lead", "workforce"]), rule_words(24), rule_words([]), rule_words(None)
    ('lead, workforce', '24', 'none', 'not set')
    """
    if rule is None or rule == "":
        return "not set"
    if isinstance(rule, bool):
        return str(rule).lower()
    if isinstance(rule, Mapping):
        return ", ".join(f"{key}: {value}" for key, value in rule.items()) or "none"
    if isinstance(rule, list | tuple):
        return ", ".join(map(str, rule)) or "none"
    return str(rule)


def solution_words(about: Mapping[str, Any]) -> str:
    """Say how good the plan is, as far as is proven.

    Examples
    --------
    >>> solution_words({"status": "optimal", "benefit": 31.25, "bound": 31.25, "gap": 0.0})
    'No plan under these rules that staffs as many places has a higher expected benefit; this is proven.'
    >>> solution_words({"status": "within 0.8%", "benefit": 30.0, "bound": 30.24, "gap": 0.008})
    'Expected benefit 30 against at most 30.24: it is proven that no plan is better by more than 0.8%.'
    """
    gap, benefit, bound = (float(about[name]) for name in ("gap", "benefit", "bound"))
    if about["status"] == "optimal" or gap == 0:
        return (
            "No plan under these rules that staffs as many places has a higher expected benefit; "
            "this is proven."
        )
    more = bound / benefit - 1 if benefit else math.inf
    return (
        f"Expected benefit {benefit:.4g} against at most {bound:.4g}: it is proven that no plan is better by "
        f"more than {more:.1%}."
    )
