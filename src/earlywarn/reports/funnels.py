"""Funnel plots: all areas' figures against how many cases each rests on.

The fewer the cases, the wider the limits. Dots within them are small circles, beyond the inner ones
larger circles, beyond the outer ones diamonds, so none of it needs colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from markupsafe import Markup, escape

from earlywarn.reports.control import diamond
from earlywarn.reports.symbols import funnel_words
from earlywarn.reports.tables import Row, rows_in
from earlywarn.reports.trends import nice_ticks, tick_words
from earlywarn.reports.words import DASH, amount
from earlywarn.schedule import date_words

__all__ = ["funnel_plot"]

Floats = npt.NDArray[np.float64]

LEFT, RIGHT, TOP, BOTTOM = 40, 412, 12, 176  # the plotting area, in the drawing's own units
CURVES = ("lower_998", "lower_95", "upper_95", "upper_998")
OUTSIDE = ("beyond_95", "beyond_998")
LABELS = 9  # more names than these cannot be read
MOST_COVERED = 2  # dots that a name may lie on
LETTER, LINE, GAP = 6.2, 12, 3  # width of a letter and height of a line, about


@dataclass(frozen=True)
class Spot:
    """A dot to be named: where it is, and what it is called."""

    x: int
    y: int
    name: str


def funnel_plot(areas: pd.DataFrame, limits: pd.DataFrame, about: Row, label: str, unit: str) -> Markup:
    """Draw a funnel plot with what it shows in a sentence and the figures as a table.

    Parameters
    ----------
    areas : DataFrame
        One row per area, by name: ``name, value, denominator, funnel, funnel_side, funnel_z``.
    limits : DataFrame
        ``denominator`` ascending, and the limits at it.
    about : row
        Of ``funnels``: centre, method, basis, period_end.
    label, unit : str
        Of the indicator.
    """
    shown = areas[areas["value"].notna() & (areas["denominator"] > 0) & (areas["funnel"] != "")]
    if shown.empty or limits.empty:
        return Markup("<p>No area has both a figure and a number of cases behind it.</p>")
    said = spoken(shown, about, unit)
    against = f"against {about.basis}" if about.basis else "against the number of cases"
    return Markup(  # noqa: S704 (words from the data are escaped)
        f'<figure class="funnel"><figcaption><b>Among areas</b> <span>{escape(against)}</span></figcaption>'
        f"{funnel_svg(shown, limits, about, unit, f'{label}, areas {against}. {said}')}"
        f"<p>{escape(said)}</p>{funnel_table(shown, label, unit, about)}</figure>"
    )


def spoken(shown: pd.DataFrame, about: Row, unit: str) -> str:
    """Say what a funnel plot shows."""
    outer, inner = (int((shown["funnel"] == place).sum()) for place in reversed(OUTSIDE))
    when = f" at {date_words(about.period_end)}" if date_words(about.period_end) else ""
    level = (
        f" The line in the middle is at {amount(about.centre, unit)}." if amount(about.centre, unit) else ""
    )
    beyond = f"All {len(shown)} areas lie" if len(shown) > 1 else "The only area with a figure lies"
    beyond += f" within the 95% limits{when}."
    if inner + outer:
        beyond = (
            f"{inner + outer} of {len(shown)} areas {'lies' if inner + outer == 1 else 'lie'} beyond the 95% "
            f"limits{when}, {outer or 'none'} of them beyond the 99.8% limits."
        )
    method = about.method.strip().rstrip(".")
    how = f" {method[:1].upper()}{method[1:]}." if method else ""
    return beyond + level + how


def funnel_svg(shown: pd.DataFrame, limits: pd.DataFrame, about: Row, unit: str, title: str) -> str:
    """Return the drawing of a funnel plot."""
    sizes, values = shown["denominator"].to_numpy(float), shown["value"].to_numpy(float)
    grid = limits["denominator"].to_numpy(float)
    usual = float(np.quantile(sizes, 0.25))  # the funnel's mouth may run out of the picture
    mouth = [float(np.interp(usual, grid, limits[name].to_numpy(float))) for name in CURVES]
    ticks = nice_ticks(min(values.min(), *mouth), max(values.max(), *mouth))
    bottom, top, right = ticks[0], ticks[-1], float(sizes.max())
    marks = np.arange(0.0, right, nice_ticks(0.0, right / 2)[1]).tolist()

    def across(size: Floats) -> Floats:
        return LEFT + size / right * (RIGHT - LEFT)

    def height(value: Floats) -> Floats:
        return BOTTOM - (value - bottom) / (top - bottom) * (BOTTOM - TOP)

    xs, ys = np.rint(across(sizes)).astype(int).tolist(), np.rint(height(values)).astype(int).tolist()
    parts = [f'<svg viewBox="0 0 420 206" role="img"><title>{escape(title)}</title>']
    lines = [f"M{LEFT} {y:.0f}H{RIGHT}" for y in height(np.array(ticks))]
    parts.append(f'<path class="g" d="{"".join(lines)}"/>')
    for name in CURVES:
        curve = limits[name].to_numpy(float)
        x, y = inside(grid, curve, bottom=bottom, top=top)
        path = "L".join(f"{a:.0f} {b:.0f}" for a, b in zip(across(x), height(y), strict=True) if a <= RIGHT)
        parts.append(f'<path class="{"o" if name.endswith("998") else "p"}" d="M{path}"/>' if path else "")
    if bottom <= about.centre <= top:
        parts.append(f'<path class="k" d="M{LEFT} {height(np.array(about.centre)):.0f}H{RIGHT}"/>')
    for row, x, y in sorted(
        zip(rows_in(shown), xs, ys, strict=True), key=lambda one: OUTSIDE.count(one[0].funnel)
    ):
        tip = f"<title>{escape(row.name)}: {amount(row.value, unit)}, {row.denominator:,.0f}</title>"
        if row.funnel == OUTSIDE[1]:
            parts.append(diamond(x, y, 5).replace("/>", f">{tip}</path>"))
        else:
            key, radius = ("d", 4) if row.funnel == OUTSIDE[0] else ("f", 3)
            parts.append(f'<circle class="{key}" cx="{x}" cy="{y}" r="{radius}">{tip}</circle>')
    outer = shown.assign(x=xs, y=ys)[shown["funnel"].isin(OUTSIDE)]
    outer = outer.reindex(outer["funnel_z"].abs().sort_values(ascending=False, kind="stable").index)
    spots = [Spot(int(row.x), int(row.y), row.name) for row in rows_in(outer)]
    parts += named(spots, list(zip(xs, ys, strict=True)))
    parts += [
        f'<text class="y" x="{LEFT - 6}" y="{height(np.array(tick)) + 4:.0f}">{tick_words(tick)}</text>'
        for tick in ticks
    ]
    parts += [
        f'<text class="c" x="{across(np.array(mark)):.0f}" y="196">{tick_words(mark)}</text>'
        for mark in marks
    ]
    return "".join(parts) + "</svg>"


def inside(x: Floats, y: Floats, *, bottom: float, top: float) -> tuple[Floats, Floats]:
    """Return the part of a curve that lies between two heights, cut where it crosses them.

    Examples
    --------
    >>> x, y = inside(np.array([0.0, 10.0]), np.array([0.0, 20.0]), bottom=0.0, top=10.0)
    >>> float(x[-1]), float(y[-1])
    (5.0, 10.0)
    """
    fine = np.unique(np.concatenate([x, *(crossings(x, y, level) for level in (bottom, top))]))
    high = np.interp(fine, x, y)
    near = 1e-9 * max(top - bottom, abs(top), abs(bottom))
    kept = (high >= bottom - near) & (high <= top + near)
    return fine[kept], high[kept]


def crossings(x: Floats, y: Floats, level: float) -> Floats:
    """Return where a curve crosses a height."""
    at = np.flatnonzero((y[:-1] - level) * (y[1:] - level) < 0)
    return np.asarray(x[at] + (level - y[at]) / (y[at + 1] - y[at]) * (x[at + 1] - x[at]))


def named(spots: Sequence[Spot], others: Sequence[tuple[int, int]]) -> list[str]:
    """Name as many dots as can be read, the furthest out first.

    A name stands beside, above or below its dot, where it covers the fewest of the other dots, and never
    on another name or on a dot that has one.
    """
    taken = [around(spot.x, spot.y) for spot in spots]
    crowd = [around(x, y) for x, y in others]
    names: list[str] = []
    for spot in spots:
        wide = len(spot.name) * LETTER
        places = [
            ("", spot.x + 8, spot.y + 4, spot.x + 8.0),
            ("z", spot.x - 8, spot.y + 4, spot.x - 8.0 - wide),
            ("c", spot.x, spot.y - 8, spot.x - wide / 2),
            ("c", spot.x, spot.y + 17, spot.x - wide / 2),
        ]
        free = []
        for order, (key, x, y, left) in enumerate(places):
            box = (left - GAP, y - LINE + 3.0, left + wide + GAP, y + 3.0)
            fits = box[0] >= LEFT and box[2] <= RIGHT + 6 and box[1] >= 0 and box[3] <= BOTTOM + 4
            covered = sum(overlap(box, other) for other in crowd)
            if fits and covered <= MOST_COVERED and not any(overlap(box, other) for other in taken):
                free.append((covered, order, key, x, y, box))
        if not free:
            continue
        _, _, key, x, y, box = min(free)
        taken.append(box)
        names.append(f'<text class="r {key}" x="{x}" y="{y}">{escape(spot.name)}</text>')
        if len(names) == LABELS:
            break
    return names


def around(x: float, y: float) -> tuple[float, float, float, float]:
    """Return the box of a dot."""
    return x - 4.0, y - 4.0, x + 4.0, y + 4.0


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Tell whether two boxes (left, top, right, bottom) share any room."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def funnel_table(shown: pd.DataFrame, label: str, unit: str, about: Row) -> str:
    """Return the figures behind a funnel plot, by name of the area."""
    rows = "".join(
        f"<tr><th scope=row>{escape(row.name)}<td>{amount(row.value, unit)}<td>{row.denominator:,.0f}"
        f"<td>{escape(funnel_words(row.funnel, row.funnel_side)) or DASH}"
        for row in rows_in(shown)
    )
    basis = escape(about.basis[:1].upper() + about.basis[1:] or "Number of cases")
    return (
        f"<details><summary>Figures<span class=vh> of {escape(label)} by area</span></summary>"
        f"<div class=scroll><table><caption class=vh>{escape(label)} by area, in alphabetical order</caption>"
        f"<thead><tr><th scope=col>Area<th scope=col>Figure<th scope=col>{basis}<th scope=col>In the funnel"
        f"</thead><tbody>{rows}</table></div></details>"
    )
