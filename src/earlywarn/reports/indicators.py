"""What the page of signals says of one indicator: a control chart, a funnel plot and the words for both."""

from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from earlywarn.reports.anchors import anchors
from earlywarn.reports.content import Content
from earlywarn.reports.control import Points, control_chart
from earlywarn.reports.funnels import funnel_plot
from earlywarn.reports.tables import Row, rows_in
from earlywarn.reports.themes import in_themes
from earlywarn.reports.trends import POLARITY
from earlywarn.reports.words import unit_words

__all__ = ["IndicatorSection", "indicator_sections"]

NO_FUNNEL = (
    "There is no funnel plot, because the data do not hold how many cases stand behind each area's figure."
)


@dataclass(frozen=True)
class IndicatorSection:
    """One indicator's section."""

    indicator: str
    anchor: str
    label: str
    vital: bool
    theme: str
    note: str
    description: str
    source: str
    control: Markup
    funnel: Markup
    without: str


def indicator_sections(content: Content) -> list[IndicatorSection]:
    """Return the sections of all indicators with a figure, by theme and name."""
    national = dict(list(content.national.groupby("indicator", sort=False)))
    limits = dict(list(content.funnel_limits.groupby("indicator", sort=False)))
    funnels = {row.indicator: row for row in rows_in(content.funnels)}
    names = content.risks[["area_code", "name"]]
    areas = content.signals.merge(names, on="area_code")
    areas = areas.assign(_name=areas["name"].str.casefold()).sort_values(["_name", "area_code"])
    by_indicator = dict(list(areas.groupby("indicator", sort=False)))
    listed = [row for row in in_themes(content.indicators) if row.indicator in national]
    marks = anchors(pd.Series([row.indicator for row in listed], dtype=object), prefix="indicator")
    return [
        section(
            row,
            anchor,
            national=national[row.indicator],
            areas=by_indicator.get(row.indicator, areas.iloc[:0]),
            limits=limits.get(row.indicator, content.funnel_limits.iloc[:0]),
            about=funnels.get(row.indicator),
        )
        for row, anchor in zip(listed, marks, strict=True)
    ]


def section(
    row: Row,
    anchor: str,
    *,
    national: pd.DataFrame,
    areas: pd.DataFrame,
    limits: pd.DataFrame,
    about: Row | None,
) -> IndicatorSection:
    """Return one indicator's section."""
    national = national.sort_values("period_end", kind="stable")
    points = Points(
        ends=national["period_end"].to_numpy().astype("datetime64[D]"),
        value=national["value"].to_numpy(float),
        lower=national["lower"].to_numpy(float),
        mean=national["mean"].to_numpy(float),
        upper=national["upper"].to_numpy(float),
        signals=national["signals"].tolist(),
    )
    unit = unit_words(row.unit)
    unit = "" if unit.casefold() in row.label.casefold() else unit
    way = POLARITY.get(row.polarity, "neither way is better or worse")
    return IndicatorSection(
        indicator=row.indicator,
        anchor=anchor,
        label=row.label,
        vital=row.vital != "",
        theme=row.theme.replace("_", " "),
        note=", ".join(part for part in (unit, way) if part),
        description=row.description,
        source=row.source,
        control=control_chart(points, row.label, row.unit, "median of all areas"),
        funnel=funnel_plot(areas, limits.sort_values("denominator"), about, row.label, row.unit)
        if about is not None
        else Markup(""),
        without="" if about is not None else NO_FUNNEL,
    )
