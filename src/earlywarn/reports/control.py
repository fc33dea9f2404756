"""Control charts: figures over time with their mean and the limits within which they usually vary.

Two sizes: a chart with its scale and its table, and a line small enough to stand in a row of a table.
A signal is drawn as a diamond, so it does not need colour; whatever comes from the data is escaped.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from markupsafe import Markup, escape

from earlywarn.reports.symbols import signal_words
from earlywarn.reports.trends import line_path, nice_ticks, tick_words
from earlywarn.reports.words import DASH, amount, unit_words
from earlywarn.schedule import date_words

__all__ = ["SETTLED", "Points", "control_chart", "period_words", "sparkline"]

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]

LEFT, RIGHT, TOP, BOTTOM = 40, 326, 12, 176  # the plotting area of a chart, in the drawing's own units
SMALL = (4, 146, 5, 31)  # the same of a small line
SETTLED = 12  # with fewer points limits are provisional


@dataclass(frozen=True)
class Points:
    """Figures over time with their control limits.

    Parameters
    ----------
    ends : array of datetime64[D] of shape (n,)
        Ends of the periods, ascending.
    value, lower, mean, upper : array of shape (n,)
        Figure, limits and mean in the indicator's unit; NaN where unknown.
    signals : sequence of str of length n
        Codes of the rules that a point meets, joined by ``+``.
    status : sequence of str of length n
        ``ok``, ``missing`` or ``suppressed``.
    """

    ends: Days
    value: Floats
    lower: Floats
    mean: Floats
    upper: Floats
    signals: Sequence[str]
    status: Sequence[str] = ()

    @property
    def seen(self) -> list[int]:
        """Return the positions of the periods with a figure."""
        return [int(place) for place in np.flatnonzero(~np.isnan(self.value))]


def control_chart(points: Points, label: str, unit: str, of: str) -> Markup:
    """Draw a control chart with what it shows in a sentence and the figures as a table.

    Parameters
    ----------
    points : Points
        What to draw.
    label, unit : str
        Of the indicator.
    of : str
        Whose figures they are, such as "median of all areas".
    """
    seen = points.seen
    if not seen:
        return Markup("<p>No figure was known at the as-of date.</p>")
    said = spoken(points, unit, of)
    return Markup(  # noqa: S704 (label, unit and words are escaped)
        f'<figure class="control"><figcaption><b>Over time</b> <span>{escape(of)}</span></figcaption>'
        f"{chart_svg(points, unit, f'{label}, {of}. {said}')}<p>{escape(said)}</p>"
        f"{chart_table(points, label, unit)}</figure>"
    )


def spoken(points: Points, unit: str, of: str) -> str:
    """Say what a control chart shows last."""
    last = points.seen[-1]
    when = date_words(pd.Timestamp(points.ends[last]))
    now = f"The {of} was {amount(float(points.value[last]), unit)} at {when}"
    if math.isnan(points.mean[last]):
        return f"{now}. There are too few figures for limits."
    found = signal_words(points.signals[last])
    now += f", a signal: {found}." if found else ", within its usual variation."
    return now + (
        f" The limits are provisional: they rest on {len(points.seen)} figures, fewer than {SETTLED}."
        if len(points.seen) < SETTLED
        else ""
    )


def chart_svg(points: Points, unit: str, title: str) -> str:
    """Return the drawing of a control chart."""
    ticks = nice_ticks(*span(points))
    height, xs = scales(points, (LEFT, RIGHT, TOP, BOTTOM), ticks)
    parts = [
        f'<svg viewBox="0 0 420 206" role="img"><title>{escape(title)}</title>',
        f'<path class="v" d="{band_path(xs, points, height)}"/>',
        '<path class="g" d="' + "".join(f"M{LEFT} {height(tick)}H{RIGHT}" for tick in ticks) + '"/>',
        f'<path class="o" d="{level_path(xs, points.lower, height)}{level_path(xs, points.upper, height)}"/>',
        f'<path class="k" d="{level_path(xs, points.mean, height)}"/>',
        f'<path class="a" d="{line_path(xs, points.value, height)}"/>',
    ]
    parts += [
        f'<text class="y" x="{LEFT - 6}" y="{height(tick) + 4}">{tick_words(tick)}</text>' for tick in ticks
    ]
    parts += [
        diamond(xs[place], height(float(points.value[place])), 6)
        if points.signals[place]
        else f'<circle class="d" cx="{xs[place]}" cy="{height(float(points.value[place]))}" r="3"/>'
        for place in points.seen
    ]
    last = max(np.flatnonzero(~np.isnan(points.mean)), default=None)
    if last is not None:
        names = (("limit", points.upper), ("mean", points.mean), ("limit", points.lower))
        levels = [
            (height(float(values[last])), f"{name} {amount(float(values[last]), unit)}")
            for name, values in names
        ]
        room = levels[1][0] - levels[0][0] >= 12 and levels[2][0] - levels[1][0] >= 12  # noqa: PLR2004 (a line)
        parts += [
            f'<text x="{RIGHT + 7}" y="{y + 4}">{escape(words)}</text>'
            for y, words in (levels if room else levels[1:2])
        ]
    first, *later = period_words(points.ends)
    parts.append(f'<text x="{LEFT}" y="196">{first}</text>' if later else "")
    parts.append(f'<text class="z" x="{RIGHT}" y="196">{later[-1] if later else first}</text></svg>')
    return "".join(parts)


def chart_table(points: Points, label: str, unit: str) -> str:
    """Return the figures behind a control chart."""
    rows = "".join(
        f"<tr><th scope=row>{pd.Timestamp(end):%d %b %Y}"
        + "".join(f"<td>{amount(value, unit) or DASH}" for value in values)
        + f"<td>{escape(signal_words(codes)) or DASH}"
        for end, *values, codes in zip(
            points.ends,
            points.value.tolist(),
            points.lower.tolist(),
            points.mean.tolist(),
            points.upper.tolist(),
            points.signals,
            strict=True,
        )
    )
    caption = f"{escape(label)} over time, {escape(unit_words(unit))}"
    return (
        f"<details><summary>Figures<span class=vh> of {escape(label)} over time</span></summary>"
        f"<div class=scroll><table><caption class=vh>{caption}</caption><thead><tr><th scope=col>To"
        "<th scope=col>Figure<th scope=col>Lower limit<th scope=col>Mean<th scope=col>Upper limit"
        f"<th scope=col>Signal</thead><tbody>{rows}</table></div></details>"
    )


def sparkline(points: Points, title: str) -> Markup:
    """Draw figures over time in a line of a table; nothing where none is known.

    Parameters
    ----------
    points : Points
        What to draw; their figures have to stand in a table near by.
    title : str
        What the drawing shows, for those who hear the page.
    """
    seen = points.seen
    if not seen:
        return Markup("")
    height, xs = scales(points, SMALL, list(span(points)))
    band, mean = band_path(xs, points, height), level_path(xs, points.mean, height)
    last = seen[-1]
    parts = [f'<svg class="spark" viewBox="0 0 150 36" role="img"><title>{escape(title)}</title>']
    parts += [f'<path class="{key}" d="{path}"/>' for key, path in (("v", band), ("k", mean)) if path]
    parts.append(f'<path class="a" d="{line_path(xs, points.value, height)}"/>')
    parts += [
        diamond(xs[place], height(float(points.value[place])), 4) for place in seen if points.signals[place]
    ]
    if not points.signals[last]:
        parts.append(f'<circle class="d" cx="{xs[last]}" cy="{height(float(points.value[last]))}" r="3"/>')
    return Markup("".join(parts) + "</svg>")  # noqa: S704 (the title is escaped, the rest are numbers)


def period_words(ends: Days) -> list[str]:
    """Name periods by their ends, as shortly as they can be told apart.

    Examples
    --------
    >>> period_words(np.array(["2023-03-31", "2024-03-31"], dtype="datetime64[D]"))
    ['2023', '2024']
    >>> period_words(np.array(["2024-03-31", "2024-06-30"], dtype="datetime64[D]"))
    ['Mar 2024', 'Jun 2024']
    """
    years: list[str] = ends.astype("datetime64[Y]").astype(str).tolist()
    return years if len(set(years)) == len(years) else [f"{pd.Timestamp(end):%b %Y}" for end in ends]


def span(points: Points) -> tuple[float, float]:
    """Return the least and the greatest of what is to be drawn, never the same."""
    drawn = np.concatenate([points.value, points.lower, points.upper])
    low, high = float(np.nanmin(drawn)), float(np.nanmax(drawn))
    return (low, high) if high > low else (low - (abs(low) * 0.2 or 1.0), high + (abs(high) * 0.2 or 1.0))


def scales(
    points: Points, frame: tuple[int, int, int, int], marks: Sequence[float]
) -> tuple[Callable[[float], int], list[int]]:
    """Return how high a value is drawn, and where each period lies, in a frame (left, right, top, bottom)."""
    left, right, top, bottom = frame
    low, high = span(points)
    low, high = min(low, *marks), max(high, *marks)
    days = points.ends.astype(float)
    wide = days[-1] - days[0]
    across = left + (days - days[0]) / wide * (right - left) if wide else np.full(len(days), right)

    def height(value: float) -> int:
        return round(bottom - (value - low) / (high - low) * (bottom - top))

    return height, [round(x) for x in across]


def edges(xs: Sequence[int]) -> list[int]:
    """Return the borders between periods: half way, and at the ends of the line.

    Examples
    --------
    >>> edges([0, 10, 30])
    [0, 5, 20, 30]
    """
    return [xs[0], *((one + other) // 2 for one, other in pairwise(xs)), xs[-1]]


def level_path(xs: Sequence[int], values: Floats, height: Callable[[float], int]) -> str:
    """Return a level as a path of steps, broken where it is unknown.

    Examples
    --------
    >>> level_path([0, 10, 20, 30], np.array([1.0, 1.0, 4.0, np.nan]), int)
    'M0 1H15V4H25'
    """
    parts: list[str] = []
    at: int | None = None
    for (left, right), value in zip(pairwise(edges(xs)), values.tolist(), strict=True):
        if math.isnan(value):
            at = None
            continue
        y = height(value)
        if at is None:
            parts.append(f"M{left} {y}")
        elif y == at:
            parts.pop()
        else:
            parts.append(f"V{y}")
        parts.append(f"H{right}")
        at = y
    return "".join(parts)


def band_path(xs: Sequence[int], points: Points, height: Callable[[float], int]) -> str:
    """Return the band between the limits as boxes, one for each stretch of the same limits."""
    boxes: list[list[int]] = []
    for (left, right), low, high in zip(
        pairwise(edges(xs)), points.lower.tolist(), points.upper.tolist(), strict=True
    ):
        if math.isnan(low) or math.isnan(high):
            continue
        box = [left, right, height(high), height(low)]
        if boxes and boxes[-1][1] == left and boxes[-1][2:] == box[2:]:
            boxes[-1][1] = right
        else:
            boxes.append(box)
    return "".join(f"M{left} {top}H{right}V{bottom}H{left}z" for left, right, top, bottom in boxes)


def diamond(x: int, y: int, size: int) -> str:
    """Return the mark of a signal."""
    return f'<path class="s" d="M{x} {y - size}l{size} {size}-{size} {size}-{size}-{size}z"/>'
