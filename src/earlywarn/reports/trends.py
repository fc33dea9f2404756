"""Trend charts: one indicator of one area against its neighbours and England.

Small inline SVG drawn by hand, because a page holds a thousand of them and must stay light: whole
numbers for positions, classes for looks (see ``templates/report.css``), no script, no font, no file.
Each has its title and the table that stands behind it; whatever comes from the data is escaped.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from markupsafe import Markup, escape

from earlywarn.reports.words import DASH, amount, unit_words
from earlywarn.schedule import date_words

__all__ = ["Series", "trend_chart"]

Floats = npt.NDArray[np.float64]

LEFT, RIGHT, TOP, BOTTOM = 36, 202, 10, 104  # the plotting area, in the drawing's own units
LINE_GAP = 12  # least distance between two labels, so that they can be read
MARKS = {"missing": "\u00d7", "suppressed": "c"}  # what stands at a period without a value
STATUS = {"missing": "not returned", "suppressed": "suppressed"}
POLARITY = {"higher_is_worse": "higher is worse", "higher_is_better": "higher is better"}
NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
THOUSAND, MILLION = 1_000, 1_000_000


@dataclass(frozen=True)
class Series:
    """One indicator of one area over time, with what it is read against.

    Parameters
    ----------
    label, unit, polarity, source : str
        Of the indicator.
    ends : DatetimeIndex of length n
        Ends of the periods, ascending.
    value, neighbours, england : array of shape (n,)
        The area's figure, the median of its neighbours and of all areas, in ``unit``; NaN where unknown.
    status : sequence of str of length n
        ``ok``, ``missing`` or ``suppressed``.
    """

    label: str
    unit: str
    polarity: str
    source: str
    ends: pd.DatetimeIndex
    value: Floats
    neighbours: Floats
    england: Floats
    status: Sequence[str]


def trend_chart(series: Series, name: str) -> Markup:
    """Draw an area's line against its neighbours' and England's median, with the figures as a table.

    Parameters
    ----------
    series : Series
        What to draw.
    name : str
        The area's name, for those who hear the page.
    """
    unit = unit_words(series.unit)
    unit = "" if unit.casefold() in series.label.casefold() else unit
    note = ", ".join(part for part in (unit, POLARITY.get(series.polarity, "")) if part)
    drawing = trend_svg(series, name)
    return Markup(  # noqa: S704 (label, note and all that is drawn are escaped)
        f'<figure class="chart"><figcaption><b>{escape(series.label)}</b> <span>{escape(note)}</span>'
        f"</figcaption>{drawing}{trend_table(series)}</figure>"
    )


def trend_svg(series: Series, name: str) -> str:
    """Return the drawing alone; a line of text where nothing is known."""
    lines = (series.england, series.neighbours, series.value)
    known = np.concatenate(lines)
    known = known[~np.isnan(known)]
    if not len(known):
        return "<p>No figure was known at the as-of date.</p>"
    ticks = nice_ticks(float(known.min()), float(known.max()))
    bottom, top = min(ticks[0], float(known.min())), max(ticks[-1], float(known.max()))

    def height(value: float) -> int:
        return round(BOTTOM - (value - bottom) / (top - bottom) * (BOTTOM - TOP))

    days = series.ends.to_numpy().astype("datetime64[D]").astype(float)
    spread = days[-1] - days[0]
    across = np.full(len(days), RIGHT) if spread == 0 else LEFT + (days - days[0]) / spread * (RIGHT - LEFT)
    xs = [round(x) for x in across]
    parts = [f'<svg viewBox="0 0 320 124" role="img"><title>{escape(trend_title(series, name))}</title>']
    parts.append('<path class="g" d="' + "".join(f"M{LEFT} {height(tick)}H{RIGHT}" for tick in ticks) + '"/>')
    parts += [
        f'<text class="y" x="{LEFT - 5}" y="{height(tick) + 3}">{tick_words(tick)}</text>' for tick in ticks
    ]
    labels = []
    for key, label, values in zip("ena", ("England", "Neighbours", "This area"), lines, strict=True):
        seen = np.flatnonzero(~np.isnan(values))
        if not len(seen):
            continue
        parts.append(f'<path class="{key}" d="{line_path(xs, values, height)}"/>')
        last = float(values[seen[-1]])
        labels.append((height(last), key, f"{label} {amount(last, series.unit)}"))
        if key == "a":
            parts.append(f'<circle class="d" cx="{xs[seen[-1]]}" cy="{height(last)}" r="3"/>')
    for y, (_, key, text) in zip(apart([y for y, _, _ in sorted(labels)]), sorted(labels), strict=True):
        parts.append(f'<text class="l{key}" x="{RIGHT + 7}" y="{y + 3}">{escape(text)}</text>')
    for x, status in zip(xs, series.status, strict=True):
        if status in MARKS:
            parts.append(f'<text class="m" x="{x}" y="{BOTTOM - 2}">{MARKS[status]}</text>')
    yearly = len(set(zip(series.ends.month, series.ends.day, strict=True))) == 1
    first, last_end = (f"{end:%Y}" if yearly else f"{end:%b %Y}" for end in (series.ends[0], series.ends[-1]))
    if spread:
        parts.append(f'<text class="x" x="{LEFT}" y="119">{first}</text>')
    parts.append(f'<text class="x z" x="{RIGHT}" y="119">{last_end}</text></svg>')
    return "".join(parts)


def trend_title(series: Series, name: str) -> str:
    """Say in one sentence what the drawing shows last."""
    seen = np.flatnonzero(~np.isnan(series.value))
    if not len(seen):
        return f"{series.label}, {name}: no figure of its own."
    last = seen[-1]
    against = [
        f"{label} {amount(float(values[last]), series.unit)}"
        for label, values in (("neighbours", series.neighbours), ("England", series.england))
        if not math.isnan(values[last])
    ]
    now = amount(float(series.value[last]), series.unit)
    return f"{series.label}, {name}: {now} at {date_words(series.ends[last])}" + "".join(
        f"; {a}" for a in against
    )


def trend_table(series: Series) -> str:
    """Return the figures behind a trend chart."""
    rows = "".join(
        f"<tr><th scope=row>{end:%d %b %Y}<td>{amount(own, series.unit) or STATUS.get(status, 'not known')}"
        f"<td>{amount(near, series.unit) or DASH}<td>{amount(all_areas, series.unit) or DASH}"
        for end, own, status, near, all_areas in zip(
            series.ends,
            series.value.tolist(),
            series.status,
            series.neighbours.tolist(),
            series.england.tolist(),
            strict=True,
        )
    )
    label = escape(series.label)
    source = f"<p class=source>Source: {escape(series.source)}</p>" if series.source else ""
    return (
        f"<details><summary>Figures<span class=vh> for {label}</span></summary><div class=scroll>"
        f"<table><caption class=vh>{label}, {escape(unit_words(series.unit))}</caption>"
        "<thead><tr><th scope=col>To<th scope=col>This area<th scope=col>Neighbours, median"
        f"<th scope=col>England, median</thead><tbody>{rows}</table></div>{source}</details>"
    )


def line_path(xs: Sequence[int], values: Floats, height: Callable[[float], int]) -> str:
    """Return an SVG path that breaks where a value is unknown; a lone value becomes a dot."""
    steps: list[str] = []
    pen_down = False
    for x, value in zip(xs, values.tolist(), strict=True):
        if math.isnan(value):
            pen_down = False
            continue
        steps.append(f"{'L' if pen_down else 'M'}{x} {height(value)}{'' if pen_down else 'h0'}")
        pen_down = True
    return "".join(steps)


def nice_ticks(low: float, high: float) -> list[float]:
    """Return two to five round numbers that span the range or lie just inside it.

    Examples
    --------
    >>> nice_ticks(11.2, 38.0)
    [10.0, 20.0, 30.0, 40.0]
    >>> nice_ticks(5.0, 5.0)
    [4.0, 5.0, 6.0]
    """
    if high == low:
        pad = abs(low) * 0.2 or 1.0
        low, high = low - pad, high + pad
    rough = (high - low) / 3
    scale = 10.0 ** math.floor(math.log10(rough))
    step = next(nice for nice in NICE if nice * scale >= rough * 0.999) * scale
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def tick_words(tick: float) -> str:
    """Return a tick's label, short.

    Examples
    --------
    >>> [tick_words(tick) for tick in (0.5, 10.0, 2500.0, 3e6)]
    ['0.5', '10', '2.5k', '3m']
    """
    if abs(tick) >= MILLION:
        return f"{tick / MILLION:g}m"
    return f"{tick / THOUSAND:g}k" if abs(tick) >= THOUSAND else f"{tick:g}"


def apart(wanted: Sequence[int]) -> list[int]:
    """Move labels apart: heights ascending, at least a line between them, inside the chart.

    Examples
    --------
    >>> apart([50, 52, 90])
    [45, 57, 90]
    >>> apart([104, 104, 104])
    [80, 92, 104]
    """
    placed = [float(y) for y in wanted]
    for _ in range(20):
        for index in range(len(placed) - 1):
            lack = LINE_GAP - (placed[index + 1] - placed[index])
            if lack > 0:
                placed[index] -= lack / 2
                placed[index + 1] += lack / 2
    if placed:
        shift = max(TOP - placed[0], 0) + min(BOTTOM - placed[-1], 0)
        placed = [y + shift for y in placed]
    return [round(y) for y in placed]
