"""An area's profile of signals: every vital indicator in a row, made ready for the template."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd
from markupsafe import Markup

from earlywarn.reports.anchors import anchors, by_name, marks_of, rows_of
from earlywarn.reports.areas import judged_words
from earlywarn.reports.content import Content
from earlywarn.reports.control import SETTLED, Points, period_words, sparkline
from earlywarn.reports.quality import score_words
from earlywarn.reports.symbols import (
    QUARTERS,
    SYMBOLS,
    Symbol,
    symbol_of,
)
from earlywarn.reports.tables import Row, rows_in, stretches
from earlywarn.reports.themes import in_themes
from earlywarn.reports.words import BANDS, DASH, amount, band_sentence, unit_words
from earlywarn.schema import QUESTIONS

__all__ = ["Profile", "ProfileRow", "area_profiles", "points_of"]

GONE = {"missing": "not returned", "suppressed": "suppressed"}
WRITTEN = {"percent", "gbp"}  # units that stand beside every figure
RELATED = 5  # sentences on how figures stand to each other that fit on a page; the rest are counted


@dataclass(frozen=True)
class ProfileRow:
    """One indicator in an area's profile."""

    label: str
    note: str
    symbol: Symbol
    value: str
    when: str
    spark: Markup
    points: str
    said: str
    caution: str
    national: str
    against: str
    region: str
    mean: str
    median: str
    past: str
    quarter: str
    meaning: str
    silent: bool  # the words do not say what the sign says
    plain: bool  # nothing stands out, so that print may leave the words out


@dataclass(frozen=True)
class Profile:
    """One area's profile: words, and lines as markup."""

    anchor: str
    report: str
    name: str
    where: str
    band_key: str
    band_sign: str
    sentence: str
    quality: str
    remarks: str
    related: list[str]
    unsaid: str
    themes: list[tuple[str, list[ProfileRow]]]
    periods: list[str]
    history: list[tuple[str, list[str]]]

    @property
    def size(self) -> int:
        """How many indicators it has; with many, print is smaller."""
        return sum(len(rows) for _, rows in self.themes)


def area_profiles(content: Content) -> list[Profile]:
    """Return the profiles of all scored areas that have signals, by name."""
    risks = by_name(content.risks)
    vital = in_themes(content.indicators[content.indicators["vital"] != ""])
    shown = content.signals[content.signals["indicator"].isin([row.indicator for row in vital])]
    signals = rows_of(shown)
    points = points_of(content.charts[content.charts["indicator"].isin(set(shown["indicator"]))])
    quality = {row.area_code: row for row in rows_in(content.quality)}
    related = relations_said(content.relations)
    marks = marks_of(content)
    return [
        profile(
            row,
            content,
            marks=(marks[row.area_code], section),
            signals={signal.indicator: signal for signal in signals[row.area_code]},
            points={
                about.indicator: points[row.area_code, about.indicator]
                for about in vital
                if (row.area_code, about.indicator) in points
            },
            vital=vital,
            quality=quality.get(row.area_code),
            related=related.get(row.area_code, []),
        )
        for row, section in zip(rows_in(risks), anchors(risks["area_code"]), strict=True)
        if row.area_code in marks
    ]


def profile(
    row: Row,
    content: Content,
    *,
    marks: tuple[str, str],
    signals: Mapping[str, Row],
    points: Mapping[str, Points],
    vital: Sequence[Row],
    quality: Row | None,
    related: Sequence[str],
) -> Profile:
    """Return one area's profile."""
    band = row.band or "not scored"
    key, sign = BANDS.get(band, BANDS["not scored"])
    shown = [about for about in vital if about.indicator in signals]
    periods, history = figures_behind(shown, points)
    return Profile(
        anchor=marks[0],
        report=marks[1],
        name=row.name,
        where=" · ".join(part for part in (row.region, judged_words(row)) if part),
        band_key=key,
        band_sign=sign,
        sentence=band_sentence(band, QUESTIONS[content.target]),
        quality=quality_words(float(quality.score)) if quality is not None else "",
        remarks=quality.words if quality is not None else "",
        related=list(related[:RELATED]),
        unsaid=unsaid_words(len(related) - RELATED),
        themes=[
            (
                theme,
                [
                    line(signals[about.indicator], about, points.get(about.indicator), row.name)
                    for about in group
                ],
            )
            for theme, group in groupby(shown, key=lambda about: str(about.theme))
        ],
        periods=periods,
        history=history,
    )


def relations_said(relations: pd.DataFrame) -> dict[str, list[str]]:
    """Return what stands out in how each area's figures stand to each other, the clearest first.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "area_code": ["X", "X", "X", "Y"],
    ...         "score": [1.2, -2.5, 0.1, 3.0],
    ...         "words": ["Less clear.", "Clearest.", "", "Another's."],
    ...     }
    ... )
    >>> relations_said(table)
    {'X': ['Clearest.', 'Less clear.'], 'Y': ["Another's."]}
    """
    told = relations[relations["words"] != ""]
    order = (-told["score"].abs()).argsort(kind="stable")  # NaN comes last
    sorted_ = told.iloc[order.to_numpy()]
    return {str(code): words.tolist() for code, words in sorted_.groupby("area_code")["words"]}


def unsaid_words(count: int) -> str:
    """Count the sentences for which there is no room; empty where there is for all.

    Examples
    --------
    >>> unsaid_words(1), unsaid_words(0)
    ('1 more stands out: see evidence/relations.csv in the run folder.', '')
    """
    if count < 1:
        return ""
    return f"{count} more stand{'s' * (count == 1)} out: see evidence/relations.csv in the run folder."


def quality_words(score: float) -> str:
    """Say how sound an area's figures are, with the score.

    Examples
    --------
    >>> quality_words(87.0)
    '87 of 100, some things to ask about.'
    >>> quality_words(99.6)
    '99 of 100, little to ask about.'
    """
    words = f"{score_words(score)}."
    return words.capitalize() if math.isnan(score) else f"{int(score)} of 100, {words}"  # 99.9 is not 100


def line(signal: Row, about: Row, points: Points | None, name: str) -> ProfileRow:
    """Return one indicator's row."""
    unit, symbol = about.unit, symbol_of(signal.symbol)
    note = unit_words(unit) if unit not in WRITTEN else ""
    gone = GONE.get(signal.status, "")
    known = not math.isnan(signal.value)
    counted = "" if math.isnan(signal.points) else f"{signal.points:.0f} figure{'s' * (signal.points != 1)}"
    provisional = counted and (signal.provisional == 1 or signal.points < SETTLED)
    return ProfileRow(
        label=about.label,
        note="" if note.casefold() in about.label.casefold() else note,
        symbol=symbol,
        value=amount(signal.value, unit) or "No figure",
        when=f"{signal.period_end:%b %Y}" if known and signal.period_end is not pd.NaT else "",
        spark=sparkline(points, spoken(points, about, name)) if points else Markup(""),
        points=f"{counted}, provisional" if provisional and "Provisional" not in signal.words else counted,
        said=sentences(signal, symbol, gone),
        caution=signal.quality,
        national=amount(signal.england, unit) or DASH,
        against=signal.significance,
        region=amount(signal.region, unit) or DASH,
        mean=amount(signal.neighbours_mean, unit) or DASH,
        median=amount(signal.neighbours_median, unit) or DASH,
        past=amount(signal.own_past, unit) or DASH,
        quarter=signal.band if signal.band in QUARTERS else DASH,
        meaning=QUARTERS.get(signal.band, "no quarter"),
        silent=symbol is not SYMBOLS["usual"] and bool(signal.words or gone),
        plain=symbol is SYMBOLS["usual"] and not (signal.words or signal.quality or gone),
    )


def sentences(signal: Row, symbol: Symbol, gone: str) -> str:
    """Return what an indicator's signals say, or that nothing is to be said."""
    words = str(signal.words).strip()
    late = f"The newest figure is {gone}." if gone and not signal.quality else ""  # else the caution says it
    if words or gone:
        return " ".join(part for part in (words, late) if part)
    return f"{symbol.words[:1].upper()}{symbol.words[1:]}."


def spoken(points: Points, about: Row, name: str) -> str:
    """Say what a small line shows."""
    seen = points.seen
    if not seen:
        return ""
    names = period_words(points.ends)
    first, last = (
        f"{amount(float(points.value[place]), about.unit)} in {names[place]}" for place in (seen[0], seen[-1])
    )
    found = [names[place] for place in seen if points.signals[place]]
    said = f"{about.label}, {name}: {last}" if len(seen) == 1 else f"{about.label}, {name}: {first}, {last}"
    return said + (f"; signals in {', '.join(found)}" if found else "; no signal")


def figures_behind(
    shown: Sequence[Row], points: Mapping[str, Points]
) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """Return the figures behind an area's lines: the periods, and for each indicator a cell for each."""
    drawn = [(about, points[about.indicator]) for about in shown if about.indicator in points]
    years: list[list[str]] = [one.ends.astype("datetime64[Y]").astype(str).tolist() for _, one in drawn]
    yearly = all(len(set(each)) == len(each) for each in years)
    keys = years if yearly else [one.ends.astype(str).tolist() for _, one in drawn]
    periods = sorted({key for each in keys for key in each})
    history = []
    for (about, one), own in zip(drawn, keys, strict=True):
        cells = {
            key: cell(value, about.unit, codes, status)
            for key, value, codes, status in zip(
                own, one.value.tolist(), one.signals, one.status, strict=True
            )
        }
        history.append((about.label, [cells.get(key, "") for key in periods]))
    return periods, history


def cell(value: float, unit: str, codes: str, status: str) -> str:
    """Return one figure behind a line, with the mark of a signal."""
    if math.isnan(value):
        return GONE.get(status, "")
    return amount(value, unit) + (" ◆" if codes else "")


def points_of(table: pd.DataFrame) -> dict[tuple[str, str], Points]:
    """Return every area's figures and limits by indicator; the arrays are views of one sorted table."""
    table = table.sort_values(["area_code", "indicator", "period_end"], kind="stable")
    ends = table["period_end"].to_numpy().astype("datetime64[D]")
    numbers = {name: table[name].to_numpy(float) for name in ("value", "lower", "mean", "upper")}
    signals, status = table["signals"].tolist(), table["status"].tolist()
    return {
        (area, indicator): Points(
            ends=ends[here],
            **{name: values[here] for name, values in numbers.items()},
            signals=signals[here],
            status=status[here],
        )
        for (area, indicator), here in stretches(table, "area_code", "indicator")
    }
