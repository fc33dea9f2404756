"""Where every line of a small chart runs, worked out once for the page (SVG) and for Word (a picture).

An area's figures stand against the median of its statistical neighbours and of all areas, and on the band
within which its own figures usually vary, where there are enough of them for limits.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from earlywarn.reports.control import Points, edges, period_words
from earlywarn.reports.trends import (
    MARKS,
    POLARITY,
    Floats,
    Series,
    apart,
    nice_ticks,
    tick_words,
    trend_title,
)
from earlywarn.reports.words import amount, unit_words

__all__ = ["BOTTOM", "HEIGHT", "LEFT", "RIGHT", "WIDTH", "Chart", "Drawing", "Text", "drawn"]

WIDTH, HEIGHT = 320, 124  # of a chart, in the drawing's own units
LEFT, RIGHT, TOP, BOTTOM = 36, 202, 10, 104  # the plotting area
LINES = (("e", "England"), ("n", "Neighbours"), ("a", "This area"))


@dataclass(frozen=True)
class Chart:
    """One indicator of one area: its figures, and its control limits where there are any."""

    series: Series
    points: Points | None = None

    @property
    def note(self) -> str:
        """The unit and which way is worse, where the label does not say it."""
        unit = unit_words(self.series.unit)
        unit = "" if unit.casefold() in self.series.label.casefold() else unit
        return ", ".join(part for part in (unit, POLARITY.get(self.series.polarity, "")) if part)

    def limits(self) -> tuple[Floats, Floats]:
        """Return the lower and the upper limit at each period of the figures, NaN where there is none."""
        n = len(self.series.ends)
        if self.points is None:
            return np.full(n, np.nan), np.full(n, np.nan)
        at = {end: place for place, end in enumerate(self.points.ends.tolist())}
        days = self.series.ends.to_numpy().astype("datetime64[D]").tolist()
        places = [at.get(day, -1) for day in days]
        known = np.array([place >= 0 for place in places], dtype=bool)
        return (
            np.where(known, self.points.lower[places], np.nan),
            np.where(known, self.points.upper[places], np.nan),
        )

    def signalled(self) -> list[bool]:
        """Tell at which periods a figure meets a rule of the control chart."""
        if self.points is None:
            return [False] * len(self.series.ends)
        met = {
            end for end, codes in zip(self.points.ends.tolist(), self.points.signals, strict=True) if codes
        }
        return [day in met for day in self.series.ends.to_numpy().astype("datetime64[D]").tolist()]

    def usual(self) -> str:
        """Return the range within which the area's latest figures usually vary; empty without limits."""
        lower, upper = self.limits()
        known = np.flatnonzero(~np.isnan(lower) & ~np.isnan(upper))
        if not len(known):
            return ""
        low, high = float(lower[known[-1]]), float(upper[known[-1]])
        return f"{amount(low, self.series.unit)} to {amount(high, self.series.unit)}"

    def said(self, name: str) -> str:
        """Say what the chart shows, for those who hear it."""
        usual = self.usual()
        met = sum(self.signalled())
        return f"{trend_title(self.series, name).removesuffix('.')}" + (
            f"; its own figures usually vary from {usual}, with {met or 'no'} signal{'s' * (met != 1)}."
            if usual
            else "."
        )


@dataclass(frozen=True)
class Text:
    """Words in a drawing; ``align`` is where they stand from their place: start, middle or end."""

    key: str
    x: float
    y: float
    words: str
    align: str = "start"


@dataclass(frozen=True)
class Drawing:
    """What a small chart is made of; y runs down the page, and all are whole units.

    Parameters
    ----------
    band : sequence of (left, top, right, bottom)
        Between the control limits.
    grid : sequence of int
        Heights of the lines that the scale runs along.
    lines : sequence of (key, stretches)
        Each line as stretches of points; a stretch of one point is a dot. Keys: ``e, n, a``.
    dots, diamonds : sequence of (x, y)
        The newest figure, and the figures that are a signal.
    texts : sequence of Text
        Keys: ``y`` and ``x`` scales, ``la, ln, le`` names of lines, ``m`` marks of missing figures.
    """

    band: Sequence[tuple[int, int, int, int]]
    grid: Sequence[int]
    lines: Sequence[tuple[str, Sequence[Sequence[tuple[int, int]]]]]
    dots: Sequence[tuple[int, int]]
    diamonds: Sequence[tuple[int, int]]
    texts: Sequence[Text]


def drawn(chart: Chart) -> Drawing | None:
    """Work out one chart; None where no figure is known.

    Parameters
    ----------
    chart : Chart
        What to draw.
    """
    series = chart.series
    values = (series.england, series.neighbours, series.value)
    lower, upper = chart.limits()
    known = np.concatenate([*values, lower, upper])
    known = known[~np.isnan(known)]
    if not len(known) or all(np.isnan(line).all() for line in values):
        return None
    ticks = nice_ticks(float(known.min()), float(known.max()))
    least, most = min(ticks[0], float(known.min())), max(ticks[-1], float(known.max()))

    def height(value: float) -> int:
        return round(BOTTOM - (value - least) / (most - least) * (BOTTOM - TOP))

    xs = across(series)
    signalled = chart.signalled()
    lines, dots, names = [], [], []
    for (key, label), line in zip(LINES, values, strict=True):
        seen = np.flatnonzero(~np.isnan(line))
        if not len(seen):
            continue
        lines.append((key, stretches_of(xs, line, height)))
        last = float(line[seen[-1]])
        names.append((height(last), f"l{key}", f"{label} {amount(last, series.unit)}"))
        if key == "a" and not signalled[seen[-1]]:
            dots.append((xs[seen[-1]], height(last)))
    names.sort()
    texts = [Text("y", LEFT - 5, height(tick) + 3, tick_words(tick), "end") for tick in ticks]
    texts += [
        Text(key, RIGHT + 7, y + 3, words)
        for y, (_, key, words) in zip(apart([y for y, _, _ in names]), names, strict=True)
    ]
    texts += [
        Text("m", x, BOTTOM - 2, MARKS[status], "middle")
        for x, status in zip(xs, series.status, strict=True)
        if status in MARKS
    ]
    periods = period_words(series.ends.to_numpy().astype("datetime64[D]"))
    if xs[0] != xs[-1]:
        texts.append(Text("x", LEFT, HEIGHT - 5, periods[0]))
    texts.append(Text("x", RIGHT, HEIGHT - 5, periods[-1], "end"))
    return Drawing(
        band=boxes(xs, lower, upper, height),
        grid=[height(tick) for tick in ticks],
        lines=lines,
        dots=dots,
        diamonds=[
            (x, height(value))
            for x, value, met in zip(xs, series.value.tolist(), signalled, strict=True)
            if met and not math.isnan(value)
        ],
        texts=texts,
    )


def across(series: Series) -> list[int]:
    """Return where each period lies from left to right; a single one at the right."""
    days = series.ends.to_numpy().astype("datetime64[D]").astype(float)
    spread = days[-1] - days[0]
    xs = np.full(len(days), RIGHT) if spread == 0 else LEFT + (days - days[0]) / spread * (RIGHT - LEFT)
    return [round(x) for x in xs.tolist()]


def stretches_of(
    xs: Sequence[int], values: Floats, height: Callable[[float], int]
) -> list[list[tuple[int, int]]]:
    """Return a line as stretches of points, broken where a value is unknown.

    Examples
    --------
    >>> stretches_of([0, 10, 20, 30], np.array([1.0, np.nan, 3.0, 4.0]), int)
    [[(0, 1)], [(20, 3), (30, 4)]]
    """
    found: list[list[tuple[int, int]]] = []
    whole = False
    for x, value in zip(xs, values.tolist(), strict=True):
        if math.isnan(value):
            whole = False
            continue
        if not whole:
            found.append([])
        found[-1].append((x, height(value)))
        whole = True
    return found


def boxes(
    xs: Sequence[int], lower: Floats, upper: Floats, height: Callable[[float], int]
) -> list[tuple[int, int, int, int]]:
    """Return the band between the limits, a box for each stretch of the same limits.

    Examples
    --------
    >>> lower, upper = np.array([1.0, 1.0, np.nan]), np.array([5.0, 5.0, 5.0])
    >>> boxes([0, 10, 20], lower, upper, lambda value: 9 - int(value))
    [(0, 4, 15, 8)]
    """
    found: list[tuple[int, int, int, int]] = []
    for (left, right), low, high in zip(pairwise(edges(xs)), lower.tolist(), upper.tolist(), strict=True):
        if math.isnan(low) or math.isnan(high):
            continue
        box = (left, height(high), right, height(low))
        if found and found[-1][2] == left and (found[-1][1], found[-1][3]) == (box[1], box[3]):
            box = (found.pop()[0], *box[1:])
        found.append(box)
    return found
