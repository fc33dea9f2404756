"""The data-quality page of a folder: what it holds, what deserves a look, what a run could do with it."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from earlywarn.reports.pages import fingerprint, page_environment, resource
from earlywarn.reports.quality_lists import SHOWN, SORTS, Checked, lists
from earlywarn.reports.tables import Row, rows_in
from earlywarn.reports.words import DASH, joined
from earlywarn.schedule import date_words

__all__ = ["quality_text", "render_quality", "score_words"]

NOTHING, MUCH = 100.0, 85.0  # the full score, and the one below which there is much to ask
SCORES = (  # least score, and what is said of it
    (NOTHING, "nothing to ask about"),
    (95.0, "little to ask about"),
    (MUCH, "some things to ask about"),
    (0.0, "much to ask about"),
)
SHADES = ((0.97, "full"), (0.8, "most"), (0.5, "half"), (0.0, "few"))  # least share of areas with a figure
OTHER = "other"  # where an indicator has no domain
HELD = {  # what each table is, in words
    "areas": "areas",
    "indicators": "what is counted, in which unit, which way is worse",
    "observations": "published figures",
    "inspections": "judgements",
    "neighbours": "statistical neighbours",
    "leadership": "who led when",
    "report_themes": "what inspection reports mention",
    "visits": "visits without a judgement",
}
GAPS = {  # of one figure, of several or none
    "missing": ("is missing", "are missing"),
    "suppressed": ("is suppressed", "are suppressed"),
    "late": ("came late", "came late"),
}


def score_words(score: float) -> str:
    """Say a score in words.

    Examples
    --------
    >>> score_words(100.0), score_words(91.2), score_words(float("nan"))
    ('nothing to ask about', 'some things to ask about', 'no figure was expected')
    """
    return next((words for least, words in SCORES if score >= least), "no figure was expected")


def render_quality(checked: Checked) -> str:
    """Return the data-quality page as one HTML page, which needs nothing but itself."""
    style = resource("report.css") + resource("quality.css")
    years, groups = heat(checked)
    page = page_environment().get_template("quality.html.j2")
    return page.render(
        style=style,
        style_hash=fingerprint(style),
        name=checked.name,
        as_of=date_words(checked.as_of),
        told=list(told(checked)),
        tables=[(name, rows, HELD.get(name, "")) for name, rows in checked.rows.items()],
        lists=list(lists(checked)),
        clear=[title.lower() for sort, (title, _) in SORTS.items() if checked.found[sort].empty],
        areas=[area_row(row) for row in rows_in(checked.areas.sort_values("name", kind="stable"))],
        years=years,
        groups=groups,
        ready=checked.ready,
        about=[("Source", checked.source), ("Licence", checked.licence)],
        shown=SHOWN,
    )


def told(checked: Checked) -> Iterator[str]:
    """Yield the few sentences that stand first."""
    coverage, areas = checked.coverage, checked.areas
    days = coverage["known_on"].dropna()
    if days.empty:
        yield "No figure is known at this date."
        return
    first, last = coverage["period_end"].min(), coverage["period_end"].max()
    figures, indicators = int(coverage["figures"].sum()), coverage["indicator"].nunique()
    what = f"{some(figures, 'figure')} of {some(indicators, 'indicator')}"
    when = f"in {last:%Y}" if first.year == last.year else f"from {first:%Y} to {last:%Y}"
    ends = f"for {some(len(checked.names), 'area')} and periods that end {when}"
    yield f"{what}, {ends}. The newest were published on {date_words(days.max())}."
    counts = {name: int(areas[name].sum()) for name in GAPS}
    gaps = [f"{counted(counts[name])} {words[counts[name] != 1]}" for name, words in GAPS.items()]
    clear = int((areas["score"] >= NOTHING).sum())
    said = f"there is nothing to ask about {clear} of today's {len(areas)} areas"
    yield f"Of each indicator's newest figures {joined(gaps)}; {said}."


def some(number: int, what: str) -> str:
    """Count things in words.

    Examples
    --------
    >>> some(1, "figure"), some(1200, "figure")
    ('1 figure', '1,200 figures')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def counted(number: int) -> str:
    """Return how many in a sentence."""
    return f"{number:,}" if number else "none"


def area_row(row: Row) -> dict[str, str]:
    """Return one area's line."""
    return {
        "name": row.name or row.area_code,
        "region": row.region,
        "score": DASH if pd.isna(row.score) else f"{int(row.score)}",  # 99.9 is not 100
        "says": score_words(row.score),
        "words": row.words or "Nothing.",
    }


def heat(checked: Checked) -> tuple[list[int], list[dict[str, Any]]]:
    """Return the years and, by domain, each indicator's share of areas with a figure in each year."""
    table = checked.coverage.assign(year=checked.coverage["period_end"].dt.year)
    counts = table.groupby(["indicator", "year"])[["expected", "figures"]].sum()
    shares = (counts["figures"] / counts["expected"].where(counts["expected"] > 0)).to_dict()
    years = sorted(table["year"].unique().tolist())
    indicators = checked.indicators.assign(domain=checked.indicators["domain"].replace("", OTHER))
    held = indicators[indicators["indicator"].isin(set(table["indicator"]))]
    groups = []
    for domain, group in held.sort_values(["domain", "label"], kind="stable").groupby("domain"):
        rows = [
            (row.label, [cell(shares.get((row.indicator, year))) for year in years]) for row in rows_in(group)
        ]
        groups.append({"domain": str(domain).replace("_", " ").capitalize(), "rows": rows})
    return years, groups


def cell(share: float | None) -> tuple[str, str]:
    """Return one cell of the heat table: the shade's name, and the share of areas in percent.

    Examples
    --------
    >>> cell(0.999), cell(0.4), cell(None) == ("none", DASH)
    (('full', '99'), ('few', '40'), True)
    """
    if share is None or pd.isna(share):
        return "none", DASH
    shade = next(name for least, name in SHADES if share >= least)
    return shade, f"{int(100 * share)}"  # 99.9 is not 100


def quality_text(checked: Checked) -> str:
    """Return the page in a few lines of plain text."""
    counts = [
        f"{title.lower()} ({len(checked.found[sort]):,})"
        for sort, (title, _) in SORTS.items()
        if len(checked.found[sort])
    ]
    least = checked.areas[checked.areas["score"] < MUCH].sort_values("name", kind="stable")
    paragraphs = [
        [f"{checked.name}, as of {checked.as_of:%Y-%m-%d}: every table was read and can be used."],
        list(told(checked)),
        [f"To look at: {joined(counts)}." if counts else "No figure stands out."],
        [f"Much to ask about: {joined(list(least['name']))}."] if len(least) else [],
        list(checked.ready),
    ]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)
