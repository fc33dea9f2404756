"""The tables of the programme's page that are not about one area or one quarter."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from earlywarn.reports.programme.coverage import Coverage
from earlywarn.reports.programme.page_parts import AreaPart
from earlywarn.reports.programme.plan_words import area_names
from earlywarn.reports.tables import Row, rows_in
from earlywarn.reports.words import DASH, amount
from earlywarn.schedule import quarter_words
from earlywarn.targeting.plan import Plan

__all__ = [
    "PageTable",
    "TableRow",
    "area_table",
    "coverage_table",
    "fairness_tables",
    "fairness_words",
    "load_table",
    "shortfall_rows",
]


@dataclass(frozen=True)
class TableRow:
    """A row of a table: its heading, its cells, and the area it is about (an anchor), if it is about one."""

    title: str
    cells: list[str]
    anchor: str = ""


@dataclass(frozen=True)
class PageTable:
    """A table of the page; the first of `head` stands over the rows' headings."""

    caption: str
    head: list[str]
    rows: list[TableRow] = field(default_factory=list)
    numbers: bool = False


def area_table(
    parts: Iterable[AreaPart], tag: str, heading: str, caption: str, *, standing: bool = True
) -> PageTable:
    """Return the areas that bear a tag, each with what is said of it under one of its headings.

    Parameters
    ----------
    parts : iterable of AreaPart
        All areas.
    tag : str
        One of ``plan_words.TAGS``.
    heading : str
        One of the headings of the parts' facts.
    caption : str
        What the table is called.
    standing : bool
        Whether to say where each stands in the programme.
    """
    rows = [
        TableRow(
            part.name,
            [part.region, dict(part.facts).get(heading, ""), *([part.standing] if standing else [])],
            part.anchor,
        )
        for part in parts
        if tag in part.tags
    ]
    head = ["Area", "Region", heading, *(["In the programme"] if standing else [])]
    return PageTable(caption, head, rows)


def load_table(plan: Plan, marks: dict[str, str]) -> PageTable:
    """Return what each supporting area is asked for, one row per area that is, one column per quarter.

    Parameters
    ----------
    plan : Plan
        The programme.
    marks : dict of str to str
        Area codes with the anchors of their parts.
    """
    quarters = pd.DatetimeIndex(plan.about["quarters"])
    places = plan.load.pivot_table(
        index=["name", "reviewer_area"], columns="quarter", values="places", aggfunc="sum", fill_value=0
    ).reindex(columns=quarters, fill_value=0)
    words = plan.load.drop_duplicates("reviewer_area", keep="last").set_index("reviewer_area")["words"]
    places = places[places.sum(axis=1) > 0]
    order = sorted(places.index, key=lambda key: (key[0].casefold(), key[1]))
    rows = [
        TableRow(
            name,
            [*(f"{count:.0f}" if count else DASH for count in counts), f"{sum(counts):.0f}", words[code]],
            marks.get(code, ""),
        )
        for (name, code), counts in zip(order, places.loc[order].to_numpy().tolist(), strict=True)
    ]
    head = ["Supporting area", *(quarter_words(quarter) for quarter in quarters), "Together", "In words"]
    return PageTable("Places asked of each supporting area, by quarter", head, rows, numbers=True)


def coverage_table(made: Coverage) -> PageTable:
    """Return the counts behind the drawing of the two-year rule."""
    standings = made.standings
    rows = [
        TableRow(
            quarter_words(row.quarter),
            [f"{getattr(row, name)}" for name in ("planned", *standings)],
        )
        for row in rows_in(made.counts)
    ]
    head = ["Quarter", "Reviews in it", *(f"{words}, at its end" for words in standings.values())]
    return PageTable("Areas under the two-year rule at the end of each quarter", head, rows, numbers=True)


def fairness_tables(fairness: pd.DataFrame) -> list[PageTable]:
    """Return a table per group: a row for each level, a column for each measure."""
    made = []
    for group, rows in fairness.groupby("group", sort=False):
        measures = [measure for measure in fairness["measure"].unique() if (rows["measure"] == measure).any()]
        levels: dict[str, dict[str, Row]] = {}
        for row in rows_in(rows):
            levels.setdefault(row.level, {})[row.measure] = row
        made.append(
            PageTable(
                f"By {group}" if set(levels) != {group} else str(group).capitalize(),
                [
                    "Group" if set(levels) == {group} else str(group).capitalize(),
                    *(measure.capitalize() for measure in measures),
                ],
                [
                    TableRow(
                        level[:1].upper() + level[1:],
                        [fairness_words(said.get(measure)) for measure in measures],
                    )
                    for level, said in levels.items()
                ],
                numbers=True,
            )
        )
    return made


def fairness_words(row: Row | None) -> str:
    """Say a figure of a group with its interval and count, or why there is none.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> fairness_words(Row(measure="flagged", value=0.25, low=0.11, high=0.47, n=20.0, events=5.0, reason=""))
    '25% (11% to 47%); 5 of 20'
    >>> fairness_words(Row(measure="mean wait", value=2.5, low=1.0, high=4.0, n=8.0, events=0.0, reason=""))
    '2.5 (1.0 to 4.0); n = 8'
    """
    if row is None:
        return DASH
    if pd.isna(row.value):
        return row.reason or DASH
    share = not row.measure.lower().startswith("mean")
    value, low, high = (share_words(x) if share else amount(x, "") for x in (row.value, row.low, row.high))
    interval = f" ({low} to {high})" if low and high else ""
    of = f"{row.events:.0f} of {row.n:.0f}" if share and not pd.isna(row.events) else f"n = {row.n:.0f}"
    return f"{value}{interval}; {of}"


def share_words(share: float) -> str:
    """Return a counted share as a whole percentage; unlike a risk it may be nothing or all.

    Examples
    --------
    >>> share_words(1.0), share_words(0.625), share_words(float("nan"))
    ('100%', '63%', '')
    """
    return "" if math.isnan(share) else f"{math.floor(100 * share + 0.5)}%"


def shortfall_rows(plan: Plan) -> list[dict[str, str]]:
    """Return the rules that could not all be kept: what was wanted and found, where, and what would help."""
    names = dict(zip(plan.areas["area_code"], plan.areas["name"], strict=True))
    return [
        {
            "rule": row.rule,
            "quarter": quarter_words(row.quarter),
            "wanted": "" if pd.isna(row.wanted) else f"{row.wanted:g}",
            "found": "" if pd.isna(row.found) else f"{row.found:g}",
            "areas": area_names(row.areas, names),
            "words": row.words,
            "remedy": row.remedy,
        }
        for row in rows_in(plan.shortfalls)
    ]
