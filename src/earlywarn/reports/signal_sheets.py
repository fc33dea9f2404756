"""Three sheets of the workbook: what an area's figures signal, alone and together, and how sound they are."""

import math
from collections.abc import Iterable
from typing import Any

from earlywarn.reports.anchors import by_name
from earlywarn.reports.content import Content
from earlywarn.reports.quality import score_words
from earlywarn.reports.symbols import symbol_of
from earlywarn.reports.tables import rows_in
from earlywarn.reports.themes import in_themes
from earlywarn.reports.words import DASH, unit_words

__all__ = [
    "QUALITY_COLUMNS",
    "SIGNAL_COLUMNS",
    "TOGETHER_COLUMNS",
    "quality_rows",
    "signal_rows",
    "together_rows",
]

PLACES = 2  # as many decimals as anything is published with
Cell = Any  # str, float, Timestamp; NaN and NaT are left empty

SIGNAL_COLUMNS = [
    ("Area", 26.0, "bold"),
    ("Region", 18.0, "text"),
    ("Indicator", 36.0, "text"),
    ("Unit", 16.0, "text"),
    ("Figure", 10.0, "figure"),
    ("Period to", 12.0, "date"),
    ("Stands out", 22.0, "text"),
    ("In words", 48.0, "text"),
    ("England, or all areas: median", 11.0, "figure"),
    ("Against it", 11.0, "text"),
    ("Region: median", 10.0, "figure"),
    ("Own past: median", 10.0, "figure"),
    ("Neighbours: mean", 11.0, "figure"),
    ("Neighbours: median", 11.0, "figure"),
    ("Quarter, A to D", 9.0, "text"),
    ("Caution", 48.0, "text"),
]
TOGETHER_COLUMNS = [
    ("Area", 26.0, "bold"),
    ("Region", 18.0, "text"),
    ("Figures", 36.0, "text"),
    ("In words", 110.0, "text"),
]
QUALITY_COLUMNS = [
    ("Area", 26.0, "bold"),
    ("Region", 18.0, "text"),
    ("Data quality, of 100", 13.0, "figure"),
    ("In words", 26.0, "text"),
    ("What to ask about", 90.0, "text"),
]


def signal_rows(content: Content) -> Iterable[list[Cell]]:
    """Yield a row for each area and vital indicator, by name of the area, then by theme and indicator."""
    vital = in_themes(content.indicators[content.indicators["vital"] != ""])
    found = {(row.area_code, row.indicator): row for row in rows_in(content.signals)}
    for area in rows_in(by_name(content.risks)):
        for about in vital:
            row = found.get((area.area_code, about.indicator))
            if row is None:
                continue
            yield [
                area.name,
                area.region,
                about.label,
                unit_words(about.unit),
                round(row.value, PLACES),
                row.period_end,
                symbol_of(row.symbol).words,
                row.words,
                round(row.england, PLACES),
                row.significance,
                round(row.region, PLACES),
                round(row.own_past, PLACES),
                round(row.neighbours_mean, PLACES),
                round(row.neighbours_median, PLACES),
                row.band or DASH,
                row.quality,
            ]


def together_rows(content: Content) -> Iterable[list[Cell]]:
    """Yield a row for whatever stands out in how figures stand to each other, by area, then by label."""
    told = content.relations[content.relations["words"] != ""].sort_values("label", kind="stable")
    found = {str(code): list(rows_in(rows)) for code, rows in told.groupby("area_code")}
    for area in rows_in(by_name(content.risks)):
        for row in found.get(area.area_code, []):
            yield [area.name, area.region, row.label, row.words]


def whole(score: float) -> float:
    """Return a score without decimals; 99.9 is not 100.

    Examples
    --------
    >>> whole(77.78), whole(99.9)
    (77, 99)
    """
    return score if math.isnan(score) else math.floor(score)


def quality_rows(content: Content) -> Iterable[list[Cell]]:
    """Yield a row for each area, by name."""
    found = {row.area_code: row for row in rows_in(content.quality)}
    for area in rows_in(by_name(content.risks)):
        row = found.get(area.area_code)
        if row is not None:
            yield [area.name, area.region, whole(row.score), score_words(row.score), row.words]
