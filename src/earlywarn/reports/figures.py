"""Risks, judgements and reliability as small inline SVG, each with its title.

Whatever comes from the data is escaped. Looks are classes of ``templates/report.css``.
"""

import math
from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup, escape

from earlywarn.reports.tables import rows_in
from earlywarn.reports.words import DASH, GRADES, grade_words, percent

__all__ = ["judgement_strip", "reliability_curve", "risk_strip"]


def risk_strip(risk: float, low: float, high: float) -> Markup:
    """Draw a risk as a dot on its interval, on a line from 0 to 100%.

    It stands in a table beside the same numbers, so those who hear the page are spared it.
    """
    if math.isnan(risk):
        return Markup("")
    interval = (
        "" if math.isnan(low) or math.isnan(high) else f'<path class="i" d="M{along(low)} 7H{along(high)}"/>'
    )
    return Markup(  # noqa: S704 (numbers only)
        '<svg class="strip" viewBox="0 0 120 14" aria-hidden="true">'
        '<path class="g" d="M4 7H116M4 3v8M60 4v6M116 3v8"/>'
        f'{interval}<circle class="d" cx="{along(risk)}" cy="7" r="4"/></svg>'
    )


def along(risk: float) -> int:
    """Return where a probability lies on the strip."""
    return round(4 + 112 * risk)


def judgement_strip(
    starts: pd.DatetimeIndex, grades: Sequence[str], as_of: pd.Timestamp, name: str
) -> Markup:
    """Draw the overall judgements of one area over time, up to the as-of date.

    Parameters
    ----------
    starts : DatetimeIndex of length n
        When the inspections started, ascending.
    grades : sequence of str of length n
        The overall judgements; one that is not on the scale is left out of the drawing.
    as_of : Timestamp
        Where the line of time ends.
    name : str
        The area's name.
    """
    pairs = [
        (start, GRADES.index(grade)) for start, grade in zip(starts, grades, strict=True) if grade in GRADES
    ]
    if not pairs:
        return Markup("")
    first = min(pairs[0][0], as_of - pd.DateOffset(years=6))
    left, right = 130, 340

    def x_of(date: pd.Timestamp) -> int:
        return round(left + (date - first) / (as_of - first) * (right - left)) if as_of > first else right

    heights = [88 - 24 * level for level in range(len(GRADES))]
    told = "; ".join(f"{grade_words(GRADES[level])} in {start:%Y}" for start, level in pairs)
    parts = ['<svg class="history" viewBox="0 0 352 112" role="img">']
    parts.append(f"<title>Judgements of {escape(name)}: {told}</title>")
    parts.append('<path class="g" d="' + "".join(f"M{left - 8} {y}H{right}" for y in heights) + '"/>')
    parts += [
        f'<text class="y" x="{left - 14}" y="{y + 3}">{grade_words(grade).capitalize()}</text>'
        for y, grade in zip(heights, GRADES, strict=True)
    ]
    steps = f"M{x_of(pairs[0][0])} {heights[pairs[0][1]]}"
    steps += "".join(f"H{x_of(start)}V{heights[level]}" for start, level in pairs[1:])
    parts.append(f'<path class="a" d="{steps}H{right}"/>')
    shown = -math.inf
    for start, level in pairs:
        x = x_of(start)
        parts.append(f'<circle class="d" cx="{x}" cy="{heights[level]}" r="4"/>')
        if x - shown >= 28:  # noqa: PLR2004 (the width of a year)
            parts.append(f'<text class="x c" x="{x}" y="108">{start:%Y}</text>')
            shown = x
    return Markup("".join(parts) + "</svg>")  # noqa: S704 (the name is escaped)


def reliability_curve(curve: pd.DataFrame, caption: str) -> Markup:
    """Draw how often it happened against how likely it was said to be, with the table behind it.

    Parameters
    ----------
    curve : DataFrame
        One row per bin: predicted, observed, low, high (probabilities), n.
    caption : str
        What it is a curve of.
    """
    size, edge = 240, 34

    def x_of(share: float) -> int:
        return round(edge + share * size)

    def y_of(share: float) -> int:
        return round(size + 10 - share * size)

    parts = [
        '<svg class="square" viewBox="0 0 290 290" role="img">',
        f"<title>{escape(caption)}: said against happened</title>",
        '<path class="g" d="'
        + "".join(f"M{edge} {y_of(t)}h{size}M{x_of(t)} 10v{size}" for t in (0, 0.5, 1))
        + '"/>',
        f'<path class="e" d="M{x_of(0)} {y_of(0)}L{x_of(1)} {y_of(1)}"/>',
    ]
    for share in (0, 0.5, 1):
        parts.append(f'<text class="y" x="{edge - 5}" y="{y_of(share) + 4}">{share:.0%}</text>')
        parts.append(f'<text class="x c" x="{x_of(share)}" y="{size + 24}">{share:.0%}</text>')
    parts.append(f'<text class="x c" x="{x_of(0.5)}" y="{size + 42}">Risk that was said</text>')
    parts.append(f'<text class="x" x="{edge + 6}" y="22">How often it happened</text>')
    rows = []
    for row in rows_in(curve):
        if not math.isnan(row.low) and not math.isnan(row.high):
            parts.append(f'<path class="i" d="M{x_of(row.predicted)} {y_of(row.low)}V{y_of(row.high)}"/>')
        if math.isnan(row.predicted) or math.isnan(row.observed):
            continue
        parts.append(f'<circle class="d" cx="{x_of(row.predicted)}" cy="{y_of(row.observed)}" r="4"/>')
        interval = f"{percent(row.low)} to {percent(row.high)}" if not math.isnan(row.low) else DASH
        rows.append(
            f"<tr><th scope=row>{percent(row.predicted)}<td>{percent(row.observed)}"
            f"<td>{interval}<td>{row.n:.0f}"
        )
    return Markup(  # noqa: S704 (the caption is escaped)
        f"<figure class=reliability><figcaption><b>{escape(caption)}</b></figcaption>{''.join(parts)}</svg>"
        f"<details><summary>Figures<span class=vh> for {escape(caption)}</span></summary><div class=scroll>"
        f"<table><caption class=vh>{escape(caption)}</caption>"
        "<thead><tr><th scope=col>Said, on average<th scope=col>Happened"
        "<th scope=col>95% interval<th scope=col>Inspections</thead><tbody>"
        f"{''.join(rows)}</table></div></details></figure>"
    )
