"""How the two-year rule is kept, quarter by quarter: counted, drawn and said."""

from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup, escape

from earlywarn.reports.tables import rows_in
from earlywarn.schedule import date_words, quarter_words
from earlywarn.targeting.plan import Plan

__all__ = ["Coverage", "coverage"]

STANDINGS = {  # at the end of a quarter; the keys are also the classes of the drawing
    "reviewed": "Review planned by then",
    "ahead": "Not due yet",
    "unknown": "No review on record, none planned by then",
    "overdue": "Due, none planned by then",
}
LEFT, WIDTH, STEP, BAR = 92, 264, 26, 18  # of the drawing, in its own units
ROOM = 16.0  # a bar's part narrower than this holds no number


@dataclass(frozen=True)
class Coverage:
    """Coverage of the rule that every area is reviewed so often.

    Parameters
    ----------
    counts : DataFrame
        One row per quarter: ``quarter``, ``planned`` (reviews in it) and, at its end, how many areas are
        ``reviewed``, ``ahead``, ``unknown`` and ``overdue``; together they are all areas under the rule.
    sentences : tuple of str
        What the counts say.
    drawing : Markup
        An SVG of the same counts, with its title.
    """

    counts: pd.DataFrame
    sentences: tuple[str, ...]
    drawing: Markup

    @property
    def standings(self) -> dict[str, str]:
        """The standings that occur, with their words."""
        return {key: words for key, words in STANDINGS.items() if self.counts[key].sum()}


def coverage(plan: Plan) -> Coverage:
    """Count where the areas stand under the rule at the end of each quarter.

    An area that is taken care of elsewhere, under formal intervention, is not counted. One that a
    coordinator took out of the programme still is: the rule holds for it too.

    Parameters
    ----------
    plan : Plan
        The programme. ``plan.about["quarters"]`` names its quarters.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> areas = pd.DataFrame({"status": ["planned", "not planned"], "late_quarters": [0.0, 0.0],
    ...     "quarter": pd.to_datetime(["2025-07-01", None]), "due_on": pd.to_datetime(["2025-08-01", None])})
    >>> made = coverage(SimpleNamespace(about={"quarters": ["2025-04-01", "2025-07-01"]}, areas=areas))
    >>> made.counts[["planned", "reviewed", "ahead", "unknown", "overdue"]].to_numpy().tolist()
    [[0, 0, 1, 1, 0], [1, 1, 0, 1, 0]]
    """
    quarters = pd.DatetimeIndex(plan.about["quarters"])
    areas = plan.areas[plan.areas["status"] != "elsewhere"]
    rows = []
    for quarter in quarters:
        last = quarter + pd.DateOffset(months=3) - pd.Timedelta(days=1)
        reviewed = areas["quarter"] <= quarter
        unknown = ~reviewed & areas["due_on"].isna()
        overdue = ~reviewed & (areas["due_on"] <= last)
        rows.append(
            {
                "quarter": quarter,
                "planned": int((areas["quarter"] == quarter).sum()),
                "reviewed": int(reviewed.sum()),
                "ahead": int((~(reviewed | unknown | overdue)).sum()),
                "unknown": int(unknown.sum()),
                "overdue": int(overdue.sum()),
            }
        )
    counts = pd.DataFrame(rows, columns=["quarter", "planned", *STANDINGS])
    return Coverage(counts, tuple(sentences(plan, areas, counts)), drawing(counts))


def sentences(plan: Plan, areas: pd.DataFrame, counts: pd.DataFrame) -> list[str]:
    """Say what the counts say: how many are reviewed, how many in time, and who is not counted."""
    if counts.empty:
        return []
    end = counts["quarter"].iloc[-1] + pd.DateOffset(months=3) - pd.Timedelta(days=1)
    reviewed, late = int(counts["reviewed"].iloc[-1]), int((areas["late_quarters"] > 0).sum())
    have = f"{reviewed} of {len(areas)} areas under the rule will have had a review of this programme"
    told = [f"By {date_words(end)}, {have}."]
    if late:
        told.append(f"{number_of(late, 'area stands', 'areas stand')} later than due, and says why.")
    else:
        told.append("None is later than its own deadline, which each area's part explains.")
    first, last = (counts.iloc[place] for place in (0, -1))
    told.append(
        f"By the end of {quarter_words(first['quarter'])}, {first['overdue']} will be due and not reviewed "
        f"yet; by the end of {quarter_words(last['quarter'])}, {last['overdue']}."
    )
    out = int((plan.areas["status"] == "elsewhere").sum())
    if out:
        told.append(f"{number_of(out, 'area is', 'areas are')} taken care of elsewhere and not counted here.")
    return told


def number_of(count: int, one: str, many: str) -> str:
    """Return a count with its words.

    Examples
    --------
    >>> number_of(1, "area", "areas"), number_of(3, "area", "areas")
    ('1 area', '3 areas')
    """
    return f"{count} {one if count == 1 else many}"


def drawing(counts: pd.DataFrame) -> Markup:
    """Draw a bar per quarter, its parts in the order of the standings."""
    if counts.empty:
        return Markup("")
    most = max(int(counts[list(STANDINGS)].sum(axis=1).iloc[0]), 1)
    told = "; ".join(f"{quarter_words(row.quarter)}: {row.reviewed} of {most}" for row in rows_in(counts))
    height = STEP * len(counts) + 4
    parts = [
        f'<svg class="coverage" viewBox="0 0 {LEFT + WIDTH + 4} {height}" role="img">',
        f"<title>Areas with a review planned by the end of each quarter. {escape(told)}.</title>",
    ]
    for place, row in enumerate(rows_in(counts)):
        top, left = place * STEP + 4, float(LEFT)
        parts.append(f'<text class="y" x="{LEFT - 8}" y="{top + 13}">{quarter_words(row.quarter)}</text>')
        for key in STANDINGS:
            count = getattr(row, key)
            width = WIDTH * count / most
            if not count:
                continue
            shape = f'x="{left:.1f}" y="{top}" width="{max(width - 1.5, 0.5):.1f}" height="{BAR}"'
            parts.append(f'<rect class="bar {key}" {shape}/>')
            if width >= ROOM:
                middle = left + width / 2 - 0.75
                parts.append(f'<text class="on-{key} c" x="{middle:.1f}" y="{top + 13}">{count}</text>')
            left += width
    return Markup("".join(parts) + "</svg>")  # noqa: S704 (numbers and our own words)
