"""The programme as a Word file: what happens when, with whom, for whom it is fair, and what it rests on."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pandas as pd

from earlywarn.reports.programme.coverage import coverage
from earlywarn.reports.programme.curve import decision_curve
from earlywarn.reports.programme.page_tables import (
    PageTable,
    coverage_table,
    fairness_tables,
    shortfall_rows,
)
from earlywarn.reports.programme.paper import Block, Bullets, Facts, Grid, Item, Paper, Part, Picture, Words
from earlywarn.reports.programme.plan_words import (
    KINDS,
    programme_words,
    team_words,
    week_words,
    why_words,
)
from earlywarn.reports.programme.word import word_file
from earlywarn.reports.programme.word_curve import curve_alt, curve_picture
from earlywarn.reports.render import flat
from earlywarn.reports.tables import Row, rows_in
from earlywarn.reports.words import DASH, window_words
from earlywarn.schedule import date_words, quarter_words
from earlywarn.schema import QUESTIONS
from earlywarn.targeting.plan import Plan
from earlywarn.targeting.scored import Scored

__all__ = ["programme_paper", "write_programme_word"]

CURVE = "curve"
PROVEN = {"optimal": "Proven: no other programme that keeps these rules is expected to do more good."}


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
        subtitle=f"From what was known on {day}",
        running=f"{name} · as of {day} · for sector bodies",
        as_of=scored.as_of,
        opening=opening(plan, scored),
        parts=[part for part in parts if part.blocks],
    )


CONVERSATIONS = (
    "A declined offer or a silence may have a good reason, or may hide a difficulty. It calls for a "
    "conversation; it moved no review and counts against nobody."
)
ELSEWHERE = "These areas have help under formal intervention; a peer review on top would ask twice."


def opening(plan: Plan, scored: Scored) -> list[Block]:
    """Return what stands before the first heading: the figures, and the cautions."""
    about = plan.about
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
        *(Words(caution, tone="caution") for caution in about["cautions"]),
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


def shortfalls(plan: Plan) -> list[Block]:
    """Return the rules that could not all be kept, each with what would help."""
    rows = [
        (
            Item(row["words"], tail=" · ".join(part for part in (row["quarter"], row["areas"]) if part)),
            " of ".join(part for part in (row["found"], row["wanted"]) if part) or DASH,
            row["remedy"] or DASH,
        )
        for row in shortfall_rows(plan)
    ]
    if not rows:
        return []
    return [
        Words("Nothing was dropped in silence: here is every rule that gave way, and what would help."),
        Grid(
            "Rules that could not all be kept",
            ("What gave way", "Found of wanted", "What would help"),
            rows,
            (0.46, 0.14, 0.4),
        ),
    ]


def calendar(plan: Plan) -> list[Block]:
    """Return the reviews by quarter: week, area, kind and why, in brief."""
    blocks: list[Block] = []
    for quarter, rows in groupby(rows_in(plan.planned), key=lambda row: row.quarter):
        reviews = list(rows)
        blocks += [
            Words(
                f"{quarter_words(quarter)}: {len(reviews)} review{'s' * (len(reviews) != 1)}", tone="heading"
            ),
            Grid(
                f"Reviews in {quarter_words(quarter)}",
                ("Week of Monday", "Area", "Kind", "Why"),
                [
                    (
                        week_words(row.week),
                        Item("", lead=row.name, tail=row.region),
                        kind(row),
                        why_words(row) or DASH,
                    )
                    for row in reviews
                ],
                (0.19, 0.27, 0.14, 0.4),
            ),
        ]
    return blocks or [Words("No review is planned.")]


def kind(row: Row) -> str:
    """Return a review's kind in a word, and whether it is later than due."""
    words = KINDS.get(row.kind, "Review").removesuffix(" review")
    return f"{words}, later than due" if row.late_quarters > 0 else words


def teams(plan: Plan) -> list[Block]:
    """Return the teams by quarter."""
    found: dict[str, list[Row]] = {}
    for row in rows_in(plan.teams):
        found.setdefault(row.area_code, []).append(row)
    if not found:
        return []
    return [
        Words("Suggestions, for the areas and the reviewers to agree to.", tone="quiet"),
        Grid(
            "Teams by quarter",
            ("Area", "Quarter", "Team"),
            [
                (row.name, quarter_words(row.quarter), team_words(found[row.area_code]))
                for row in rows_in(plan.planned)
                if row.area_code in found
            ],
            (0.26, 0.16, 0.58),
        ),
    ]


def load(plan: Plan) -> list[Block]:
    """Return what each supporting area is asked for, and when."""
    table = plan.load.sort_values(["name", "reviewer_area", "quarter"], kind="stable")
    rows = []
    for (name, _), asked in groupby(rows_in(table), key=lambda row: (row.name, row.reviewer_area)):
        lent = list(asked)
        when = "; ".join(f"{quarter_words(row.quarter)}: {row.places:g}" for row in lent if row.places)
        rows.append((name, f"{sum(row.places for row in lent):g}", when or DASH, lent[-1].words or DASH))
    if not rows:
        return []
    return [
        Words("Helping others takes people away from home: being a supporter is a risk to watch, too."),
        Grid(
            "Places asked of each supporting area",
            ("Supporting area", "Places", "When", "In words"),
            rows,
            (0.22, 0.09, 0.33, 0.36),
        ),
    ]


def covered(plan: Plan) -> list[Block]:
    """Return how the rule that every area is reviewed so often is kept."""
    counted = coverage(plan)
    return [Words(" ".join(counted.sentences)), grid_of(coverage_table(counted), first=0.2)]


def listed(areas: Sequence[Row], column: str, heading: str, opening_words: str) -> list[Block]:
    """Return the areas of which a column says something, by name."""
    rows = [
        (Item("", lead=row.name, tail=row.region), getattr(row, column))
        for row in areas
        if getattr(row, column)
    ]
    if not rows:
        return []
    words: list[Block] = [Words(opening_words)] if opening_words else []
    return [*words, Grid(heading, ("Area", heading), rows, (0.32, 0.68))]


def left(areas: Sequence[Row]) -> list[Block]:
    """Return the areas without a review in this programme, with the reason as far as known."""
    rows = [
        (
            Item("", lead=row.name, tail=row.region),
            "Taken out by a coordinator" if row.status == "removed" else (row.blocked or row.due_why or DASH),
        )
        for row in areas
        if row.status in ("removed", "not planned")
    ]
    return [Grid("Areas without a review", ("Area", "Why"), rows, (0.32, 0.68))] if rows else []


def places(areas: Sequence[Row], plan: Plan) -> list[Block]:
    """Return which planned areas cannot be told apart, so that either could go first."""
    rows = [
        (Item("", lead=row.name, tail=quarter_words(row.quarter)), row.interchangeable_words)
        for row in areas
        if row.status == "planned" and row.interchangeable_words
    ]
    if not rows:
        return []
    tie = {"lottery": "by lot, with the declared seed", "rotation": "by who waited longest"}
    return [
        Words(
            "Where the intervals of two risks overlap, the figures do not say whose review should come "
            "first. "
            f"Equals were told apart {tie.get(str(plan.about['tie_break']), str(plan.about['tie_break']))}; "
            "a coordinator may let them change places."
        ),
        Grid("Areas that could change places", ("Area", "With whom"), rows, (0.32, 0.68)),
    ]


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
        *((f"Rule: {name.replace('_', ' ')}", flat(rule)) for name, rule in about["rules"].items()),
        *((f"Fingerprint: {name}", str(mark)) for name, mark in about["fingerprints"].items()),
    ]
    blocks: list[Block] = [Facts(facts, caption="How it was made")]
    if about["questions"]:
        blocks += [
            Words("For a person to fill in:"),
            Bullets([Item(str(question)) for question in about["questions"]]),
        ]
    return blocks


def grid_of(table: PageTable, *, first: float) -> Grid:
    """Return a table of the programme's page as one for print."""
    rows = [(row.title, *row.cells) for row in table.rows]
    return Grid(table.caption, table.head, rows, spread(len(table.head), first=first))


def spread(columns: int, *, first: float) -> list[float]:
    """Return widths: the first as wide as said, the others alike.

    Examples
    --------
    >>> spread(3, first=0.5)
    [0.5, 0.25, 0.25]
    """
    return [first, *[(1 - first) / (columns - 1)] * (columns - 1)] if columns > 1 else [1.0]
