"""The programme as a Word file: what happens when, with whom, for whom it is fair, and what it rests on."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from earlywarn.reports.programme.curve import decision_curve
from earlywarn.reports.programme.page import rules_words
from earlywarn.reports.programme.page_tables import (
    fairness_tables,
)
from earlywarn.reports.programme.paper import Block, Bullets, Facts, Grid, Item, Paper, Part, Picture, Words
from earlywarn.reports.programme.plan_words import (
    programme_words,
)
from earlywarn.reports.programme.programme_parts import (
    calendar,
    covered,
    grid_of,
    left,
    listed,
    load,
    places,
    shortfalls,
    spread,
    teams,
)
from earlywarn.reports.programme.word import word_file
from earlywarn.reports.programme.word_curve import curve_alt, curve_picture
from earlywarn.reports.tables import rows_in
from earlywarn.reports.words import window_words
from earlywarn.schedule import date_words, quarter_words
from earlywarn.schema import QUESTIONS
from earlywarn.targeting.plan import Plan
from earlywarn.targeting.scored import Scored

__all__ = ["programme_paper", "write_programme_word"]

CURVE = "curve"
PROVEN = {
    "optimal": "Proven: no other programme that keeps these rules and staffs as many places is expected to "
    "do more good."
}


def write_programme_word(plan: Plan, scored: Scored, path: str | Path) -> None:
    """Write the programme as a Word file, the same bytes for the same plan.

    Parameters
    ----------
    plan, scored
        The programme and the run that it was made from.
    path : str or Path
        The .docx file.
    """
    pictures = {CURVE: curve_picture(plan.usefulness)} if len(plan.usefulness) else {}
    Path(path).write_bytes(word_file(programme_paper(plan, scored), pictures))


def programme_paper(plan: Plan, scored: Scored) -> Paper:
    """Return what the programme's document says, in order; a part with nothing to say is left out.

    Parameters
    ----------
    plan, scored
        The programme and the run that it was made from.
    """
    name, day = programme_words(plan.about["name"]), date_words(scored.as_of)
    areas = sorted(rows_in(plan.areas), key=lambda row: (row.name.casefold(), row.area_code))
    parts = [
        Part("shortfalls", "What could not be kept", shortfalls(plan)),
        Part("calendar", "Calendar", calendar(plan)),
        Part("teams", "Teams", teams(plan)),
        Part("load", "What supporting areas are asked for", load(plan)),
        Part("coverage", "The rule of a regular review", covered(plan)),
        Part(
            "conversations",
            "Conversations first",
            listed(areas, "conversation", "Why talk first", CONVERSATIONS),
        ),
        Part("elsewhere", "Taken care of elsewhere", listed(areas, "route", "Where", ELSEWHERE)),
        Part("left", "No review planned", left(areas)),
        Part(
            "changed", "Changed by a coordinator", listed(areas, "override", "What was changed, and why", "")
        ),
        Part("places", "Areas that could change places", places(areas, plan)),
        Part("fairness", "For whom", fair(plan)),
        Part("usefulness", "What acting on the risks is worth", useful(plan)),
        Part("made", "How it was made", made(plan)),
    ]
    return Paper(
        kicker="Programme of peer reviews · for sector bodies",
        title=name,
        subtitle=f"From what was known before {day}",
        running=f"{name} · as of {day} · for sector bodies",
        as_of=scored.as_of,
        opening=opening(plan, scored),
        parts=[part for part in parts if part.blocks],
    )


CONVERSATIONS = (
    "A declined offer or a silence may have a good reason, or may hide a difficulty. It calls for a "
    "conversation, which moves no review and is no mark against anybody."
)
ELSEWHERE = "These areas have help under formal intervention; a peer review on top would ask twice."


def opening(plan: Plan, scored: Scored) -> list[Block]:
    """Return what stands before the first heading: the figures, and the cautions."""
    about = plan.about
    first, rest = about["cautions"][:1], about["cautions"][1:]
    quarters = [pd.Timestamp(quarter) for quarter in about["quarters"]]
    span = f"{quarter_words(quarters[0])} to {quarter_words(quarters[-1])}" if quarters else ""
    facts = [
        ("Quarters", span),
        *((str(words).capitalize(), f"{count:g}") for words, count in about["counts"].items()),
        (
            "Room for reviews",
            " · ".join(part for part in (capacity(about["capacity"]), about["capacity_why"]) if part),
        ),
        ("How good it is", PROVEN.get(str(about["status"]), f"Status of the search: {about['status']}.")),
    ]
    window = window_words(scored.as_of, scored.horizon)
    return [
        Facts([(name, words) for name, words in facts if words], caption="The programme at a glance"),
        Words(
            f"A risk in here is that of {QUESTIONS[scored.target]}, if an inspection starts from {window}.",
            tone="quiet",
        ),
        *(Words(caution, tone="caution") for caution in first),
        *([Bullets([Item(caution) for caution in rest])] if rest else []),
    ]


def capacity(reviews: Sequence[float]) -> str:
    """Say how many reviews a quarter has room for.

    Examples
    --------
    >>> capacity([3, 3, 3]), capacity([3, 4])
    ('3 a quarter', '3, 4 by quarter')
    """
    if not reviews:
        return ""
    if len(set(reviews)) == 1:
        return f"{reviews[0]:g} a quarter"
    return f"{', '.join(f'{each:g}' for each in reviews)} by quarter"


def fair(plan: Plan) -> list[Block]:
    """Return who is flagged, reviewed and needlessly flagged, by group."""
    tables = fairness_tables(plan.fairness)
    if not tables:
        return []
    return [
        Words(
            "The same measures in every group, with 95% intervals and counts. Where two intervals overlap, "
            "the groups cannot be told apart; a group that is too small has a reason in place of a number."
        ),
        *(grid_of(table, first=0.2) for table in tables),
    ]


def useful(plan: Plan) -> list[Block]:
    """Return what acting at the chosen threshold is worth, drawn and in figures."""
    curve = decision_curve(plan.usefulness, plan.about)
    if curve is None:
        return [Words(words) for words in (plan.about["threshold_why"],) if words]
    head = ["Threshold", "Cost ratio", "Share flagged", *curve.strategies.values()]
    first = [
        f"{row[0]} (chosen)" if place == curve.chosen else row[0] for place, row in enumerate(curve.rows)
    ]
    return [
        *(Words(words) for words in curve.sentences),
        Picture(CURVE, curve_alt(plan.usefulness, curve.sentences), 0.9),
        Grid(
            "Net benefit per 100 areas, with its 95% interval",
            head,
            [(name, *row[1:]) for name, row in zip(first, curve.rows, strict=True)],
            spread(len(head), first=0.13),
        ),
    ]


def made(plan: Plan) -> list[Block]:
    """Return what is needed to make the programme again, and what a person has to add."""
    about = plan.about
    facts = [
        ("Seed", f"{about['seed']}"),
        ("Equals told apart", str(about["tie_break"])),
        (
            "Expected benefit",
            f"{about['benefit']:.4g}, at most {about['bound']:.4g} (gap {100 * about['gap']:.2g}%)",
        ),
        *((f"Rule: {name.replace('_', ' ')}", rules_words(rule)) for name, rule in about["rules"].items()),
        *((f"Fingerprint: {name}", str(mark)) for name, mark in about["fingerprints"].items()),
    ]
    blocks: list[Block] = [Facts(facts, caption="How it was made")]
    if about["questions"]:
        blocks += [
            Words("For a person to fill in:"),
            Bullets([Item(str(question)) for question in about["questions"]]),
        ]
    return blocks
