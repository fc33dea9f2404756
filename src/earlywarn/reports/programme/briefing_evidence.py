"""The parts of a briefing that rest on evidence: reasons, strengths, charts, questions, the figures."""

from collections import Counter

import numpy as np
import pandas as pd

from earlywarn.features.soft import soft_features
from earlywarn.reports.content import TARGETS
from earlywarn.reports.profiles import quality_words
from earlywarn.reports.programme.citations import Citations
from earlywarn.reports.programme.drawing import Chart
from earlywarn.reports.programme.paper import Block, Bullets, Charts, Grid, Item, Words
from earlywarn.reports.programme.shelf import Shelf
from earlywarn.reports.tables import Row
from earlywarn.reports.trends import MARKS
from earlywarn.reports.words import DASH, amount
from earlywarn.schedule import date_words

__all__ = ["changed", "charted", "enquiries", "figures", "logged", "reasons", "strengths"]

RAISING, LOWERING, CHANGES, ENTRIES = 6, 5, 5, 5  # as many as fit with the rest on four pages
CHARTS = 4
MORE = " Also: "  # between the pieces of evidence behind one line of enquiry
RECENT_MONTHS = 24  # how far back entries are listed
LOG = "intelligence log"
REPORTS = "inspection reports"
LOGGED = frozenset(spec.name for spec in soft_features())
KINDS = {
    "reason": "a reason for the risk",
    "signal": "a signal in the figures",
    "concern": "a concern",
    "gap": "a gap in the data",
    "practice": "practice to learn from",
}


def reasons(shelf: Shelf, code: str, cited: Citations) -> list[Block]:
    """Return what raises the risk, the weightiest first."""
    found = [row for row in shelf.reasons.get(code, []) if row.direction == "raises"]
    blocks: list[Block] = [
        Bullets([said(shelf, row, cited) for row in found[:RAISING]], ordered=True)
        if found
        else Words("Nothing that stands out.")
    ]
    if code in shelf.veiled:
        blocks.append(
            Words("Reasons that rest on evidence which is not open are left out of this copy.", tone="quiet")
        )
    return blocks


def strengths(shelf: Shelf, code: str, cited: Citations) -> list[Block]:
    """Return what lowers the risk and, where that is little, what practice there is to learn from."""
    found = [row for row in shelf.reasons.get(code, []) if row.direction == "lowers"]
    items = [said(shelf, row, cited) for row in found[:LOWERING]]
    seen = {item.text for item in items}
    for row in shelf.enquiries.get(code, []):
        told = because(row)
        if row.kind == "practice" and told not in seen and len(items) < LOWERING:
            items.append(Item(told, tail=tail(row.theme, cited.mark(row.source, row.period))))
    return (
        [Bullets(items)]
        if items
        else [Words("Nothing stands out in the evidence. Ask what the area is proud of.")]
    )


def because(row: Row) -> str:
    """Return the first piece of evidence behind a line of enquiry, and how many more there are.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> because(SimpleNamespace(because="Re-referrals: 24%. Also: Caseloads: 21. Also: None.", source=""))
    'Re-referrals: 24%. Two more pieces of evidence point there.'
    """
    first, *more = without_source(row.because, row.source).split(MORE)
    if not more:
        return first
    few = {1: "One more piece", 2: "Two more pieces"}.get(len(more), f"{len(more)} more pieces")
    return f"{first} {few} of evidence point{'s' * (len(more) == 1)} there."


def said(shelf: Shelf, row: Row, cited: Citations) -> Item:
    """Return one reason with its theme and the mark of its source."""
    about = shelf.indicators.get(row.indicator)
    if about is not None:
        series = shelf.series.get((row.area_code, row.indicator))
        source, period = about.source, newest(series.ends[~np.isnan(series.value)]) if series else ""
    elif row.feature in LOGGED or row.tier != "open":
        source, period = LOG, f"up to {date_words(shelf.as_of - pd.Timedelta(days=1))}"
    else:
        source, period = REPORTS, date_words(shelf.areas[row.area_code].last_judged_on)
    return Item(without_source(row.sentence, source), tail=tail(row.theme, cited.mark(source, period)))


def newest(ends: pd.DatetimeIndex) -> str:
    """Return the last of the days in words, empty where there is none."""
    return date_words(ends[-1]) if len(ends) else ""


def without_source(sentence: str, source: str) -> str:
    """Take the source off the end of a sentence, where a mark points to it anyway.

    Examples
    --------
    >>> without_source("Agency social workers: 17.4%. Source: Made up.", "Made up")
    'Agency social workers: 17.4%.'
    """
    return sentence.removesuffix(f" Source: {source}.") if source else sentence


def tail(theme: str, mark: str) -> str:
    """Return what stands behind a sentence in a quieter voice."""
    return " ".join(part for part in (theme.replace("_", " "), mark) if part)


def changed(shelf: Shelf, code: str) -> list[Block]:
    """Say what moved the risk since an earlier run, or how to find out."""
    if code in shelf.veiled:
        return []
    rows = shelf.changes.get(code, [])
    if not rows and shelf.audience != "sector":
        return []  # how to find out is for those who plan
    if not rows:
        return [
            Words(
                "No earlier run was given to compare with. Name one when the programme is planned, and "
                "what moved the risk stands here."
            )
        ]
    whole = [row for row in rows if not row.order]
    parts = [row for row in rows if row.order][:CHANGES]
    blocks: list[Block] = [Words(row.words) for row in whole]
    if parts:
        blocks.append(Bullets([Item(row.words, tail=row.theme) for row in parts]))
    return blocks


def charted(shelf: Shelf, code: str) -> list[Block]:
    """Return small charts of the indicators among the reasons, with the newest figures in a table."""
    found = sorted(shelf.reasons.get(code, []), key=lambda row: row.direction != "raises")
    asked = dict.fromkeys(row.indicator for row in found if row.indicator)
    charts = [
        Chart(shelf.series[code, indicator], shelf.points.get((code, indicator)))
        for indicator in asked
        if (code, indicator) in shelf.series
    ][:CHARTS]
    if not charts:
        return []
    key = "|".join((code, *list(asked)[:CHARTS]))
    return [
        Words(
            "Solid: this area; dashed: the median of its statistical neighbours; dotted: the median of all "
            "areas. The shaded band is where its own figures usually vary, and a diamond is a signal. "
            f"{MARKS['missing']} not returned, {MARKS['suppressed']} suppressed.",
            tone="quiet",
        ),
        Charts(
            charts,
            str(shelf.areas[code].name),
            key,
            table=Grid(
                caption="The newest figures behind the charts",
                head=("Indicator", "Newest", "Neighbours", "England", "Usual range of its own"),
                rows=[newest_figures(chart) for chart in charts],
                widths=(0.37, 0.17, 0.13, 0.12, 0.21),
            ),
        ),
    ]


def newest_figures(chart: Chart) -> tuple[str, str, str, str, str]:
    """Return one indicator's line: newest figure and of when, neighbours, England, usual range."""
    series = chart.series
    seen = np.flatnonzero(~np.isnan(series.value))
    if not len(seen):
        return series.label, "No figure", DASH, DASH, DASH
    last = int(seen[-1])
    return (
        series.label,
        f"{amount(float(series.value[last]), series.unit)} ({series.ends[last]:%b %Y})",
        amount(float(series.neighbours[last]), series.unit) or DASH,
        amount(float(series.england[last]), series.unit) or DASH,
        chart.usual() or DASH,
    )


def enquiries(shelf: Shelf, code: str, cited: Citations) -> list[Block]:
    """Return the lines of enquiry, each with the evidence that it starts from."""
    rows = shelf.enquiries.get(code, [])
    if not rows:
        return [Words("The evidence suggests no line of enquiry. Ask what the area would like to be asked.")]
    return [
        Words(
            "Openings for a conversation, the most telling first; the area's own account comes first.",
            tone="quiet",
        ),
        Grid(
            caption="Lines of enquiry",
            head=("Question", "Because", "Where to look"),
            rows=[
                (
                    Item(
                        row.question,
                        lead=f"{number}.",
                        tail=f"{row.theme}; from {KINDS.get(row.kind, row.kind)}",
                    ),
                    Item(
                        because(row),
                        tail=" ".join(
                            part for part in (cited.mark(row.source, row.period), row.period) if part
                        ),
                    ),
                    row.look_for or DASH,
                )
                for number, row in enumerate(rows, start=1)
            ],
            widths=(0.32, 0.36, 0.32),
        ),
    ]


def logged(shelf: Shelf, code: str, cited: Citations) -> list[Block]:
    """Return the newest entries that the reader may see; never who contributed them."""
    since = shelf.as_of - pd.DateOffset(months=RECENT_MONTHS)
    found = [row for row in shelf.entries.get(code, []) if row.occurred_on >= since]
    if not found:
        return []
    mark = cited.mark(LOG, f"{date_words(found[-1].occurred_on)} to {date_words(found[0].occurred_on)}")
    alike = Counter(entry_words(row) for row in found)
    told = list(alike.items())[:ENTRIES]
    more = len(found) > sum(count for _, count in told)
    newest_words = f" The newest of {len(found)} from two years." if more else ""
    return [
        Words(
            f"What somebody saw or was told, not a finding. Ask before you rely on it.{newest_words} {mark}",
            tone="quiet",
        ),
        Grid(
            caption="Entries of the log",
            head=("Happened", "What", "How grave, how sure", "In the words of the entry"),
            rows=[
                (Item(day, tail=f"{count} alike" if count > 1 else ""), *rest) for (day, *rest), count in told
            ],
            widths=(0.17, 0.36, 0.17, 0.3),
        ),
    ]


def entry_words(row: Row) -> tuple[str, str, str, str]:
    """Return one entry: when, what, how grave and how sure, in which words."""
    sure = f"{row.confidence} confidence" if row.confidence else ""
    grave = ", ".join(part for part in (row.strength, sure) if part)
    return date_words(row.occurred_on), row.what, grave or DASH, row.note or DASH


def figures(shelf: Shelf, code: str) -> list[Block]:
    """Say how sound an area's figures are, and what is known of the gaps."""
    row = shelf.quality.get(code)
    items = []
    if row is not None:
        items.append(Item(quality_words(float(row.score)), lead="Quality of the newest figures:"))
        items += [Item(row.words)] if row.words else []
    told = [note.note for note in shelf.notes.get(code, []) if note.about not in TARGETS]
    items += [
        Item(note) for note in dict.fromkeys(told) if not note.startswith("Its newest figures are scored")
    ]
    return [Bullets(items)] if items else [Words("Nothing is known of how sound its figures are.")]
