"""The parts of the programme's document that say who is visited when, with whom, and who is not."""

from collections.abc import Sequence
from itertools import groupby

from earlywarn.reports.programme.coverage import coverage
from earlywarn.reports.programme.page_tables import (
    PageTable,
    coverage_table,
    shortfall_rows,
)
from earlywarn.reports.programme.paper import Block, Grid, Item, Words
from earlywarn.reports.programme.plan_words import (
    KINDS,
    team_words,
    week_words,
    why_words,
)
from earlywarn.reports.tables import Row, rows_in
from earlywarn.reports.words import DASH
from earlywarn.schedule import quarter_words
from earlywarn.targeting.plan import Plan

__all__ = [
    "calendar",
    "covered",
    "grid_of",
    "left",
    "listed",
    "load",
    "places",
    "shortfalls",
    "spread",
    "teams",
]


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
