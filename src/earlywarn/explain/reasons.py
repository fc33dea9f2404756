"""Contributions put into sentences: value, unit, period, change, neighbours and source.

A sentence says what the figures were and what most areas' were; whether the model took that as raising
or lowering the risk stands beside it. It never says what an area did wrong.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from earlywarn.explain.contributions import BASELINE
from earlywarn.schedule import date_words
from earlywarn.schema import GRADES, QUESTIONS

__all__ = ["from_to", "number_words", "range_words", "reasons", "top_reasons"]

REASONS = 5
NEGLIGIBLE = 1e-9  # log-odds: not a reason

UNIT_WORDS = {  # how a value is written, and how a change of it is
    "percent": ("{:,.1f}%", "{:,.1f} percentage points"),
    "rate_per_10000": ("{:,.1f} per 10,000 children", "{:,.1f}"),
    "per_100": ("{:,.1f} per 100", "{:,.1f}"),
    "count": ("{:,.0f}", "{:,.0f}"),
    "gbp": ("£{:,.0f}", "£{:,.0f}"),
    "gbp_per_week": ("£{:,.0f} a week", "£{:,.0f}"),
    "cases_per_fte": ("{:,.1f} cases per worker", "{:,.1f}"),
    "score": ("{:,.1f}", "{:,.1f}"),
}
EITHER = " | "  # between the words for yes and those for no
COUNTS = {"sources", "changes", "in 24 months", "figures"}  # units that come in whole numbers
GRADE_UNIT = "grade, 0 to 3"
NOT_KNOWN = "Not known, so the model took the typical value: "
HIDDEN = "Not shown and not used, because it rests on too few people: "
GRADED = ("last_", "previous_")  # features that are one grade, not a mean of several


def number_words(value: float, unit: str, *, change: bool = False) -> str:
    """Write a number with its unit.

    Examples
    --------
    >>> number_words(31.25, "percent"), number_words(-6.1, "percent", change=True)
    ('31.2%', '6.1 percentage points')
    """
    template = UNIT_WORDS.get(unit, ("{:,.1f}", "{:,.1f}"))[change]
    return template.format(abs(value) if change else value)


def range_words(low: float, high: float, unit: str) -> str:
    """Write between which two numbers something lies, or the one number if they are written alike."""
    most = number_words(high, unit)
    return most if number_words(low, unit) == most else from_to(low, high, unit)


def from_to(first: float, last: float, unit: str) -> str:
    """Write two numbers, the unit once.

    Examples
    --------
    >>> from_to(87.1, 267.4, "rate_per_10000")
    '87.1 to 267.4 per 10,000 children'
    """
    return f"{number_words(first, unit).partition(' ')[0]} to {number_words(last, unit)}"


def reasons(
    contributions: pd.DataFrame,
    *,
    facts: pd.DataFrame,
    indicators: pd.DataFrame,
    described: pd.DataFrame,
    typical: "pd.Series[float] | None" = None,
) -> pd.DataFrame:
    """Turn contributions into reasons, those of one indicator taken together.

    Parameters
    ----------
    contributions : DataFrame
        From ``contributions``; with a column ``hidden``, whose values are said to be so.
    facts : DataFrame
        From ``indicator_facts`` of the same as-of date.
    indicators : DataFrame
        ``indicator, label, unit, period_type, source``.
    described : DataFrame
        From ``earlywarn.features.catalogue.describe``: the words of features of the area as a whole.
    typical : Series, optional
        By feature of the area as a whole, the median of the areas, to read a number against.

    Returns
    -------
    DataFrame
        ``area_code, target, order, direction`` (raises, lowers), ``feature, indicator, theme, contribution,
        sentence``: per area and target the largest first.
    """
    table = contributions[contributions["feature"] != BASELINE]
    table = table if "hidden" in table else table.assign(hidden=False)
    table = table.assign(group=table["indicator"].where(table["indicator"].ne(""), table["feature"]))
    keys = ["area_code", "target", "group"]
    grouped = table.groupby(keys, sort=False)
    joined = grouped.agg(
        feature=("feature", "first"),
        indicator=("indicator", "first"),
        theme=("theme", "first"),
        value=("value", "first"),
        hidden=("hidden", "any"),
        contribution=("contribution", "sum"),
    ).reset_index()
    joined = joined[joined["contribution"].abs() > NEGLIGIBLE]
    joined["direction"] = np.where(joined["contribution"] > 0, "raises", "lowers")
    joined["size"] = joined["contribution"].abs().round(9)
    joined = joined.sort_values(
        ["area_code", "target", "size", "group"], ascending=[True, True, False, True], ignore_index=True
    )
    joined["order"] = joined.groupby(["area_code", "target"]).cumcount() + 1
    medians: Mapping[Any, float] = {} if typical is None else typical.to_dict()
    spoken = _indicator_sentences(joined, facts, indicators)
    said = [
        spoken[(row.area_code, row.indicator)]
        if row.indicator
        else _area_sentence(
            row.value, described.loc[row.feature], hidden=row.hidden, typical=medians.get(row.feature, np.nan)
        )
        for row in _rows(joined)
    ]
    columns = ["area_code", "target", "order", "direction", "feature", "indicator", "theme", "contribution"]
    return joined[columns].assign(sentence=said)


def _indicator_sentences(
    joined: pd.DataFrame, facts: pd.DataFrame, indicators: pd.DataFrame
) -> dict[tuple[str, str], str]:
    """Write each area's sentence about each indicator once."""
    asked = joined.loc[joined["indicator"].ne(""), ["area_code", "indicator"]].drop_duplicates()
    found = facts.reindex(pd.MultiIndex.from_frame(asked))
    about: dict[str, Any] = {str(row["indicator"]): row for row in indicators.to_dict("records")}
    return {row.Index: _indicator_sentence(row, about[row.Index[1]]) for row in _rows(found)}


def _rows(table: pd.DataFrame) -> Iterator[Any]:
    """Yield a table's rows as named tuples."""
    return iter(table.itertuples())


def _indicator_sentence(fact: Any, indicator: Mapping[str, Any]) -> str:
    value, unit = fact.value, str(indicator["unit"])
    label = str(indicator["label"])
    unit = "" if " per " in label and "per" in unit.split("_") else unit  # the label has said so
    if np.isnan(value):
        return f"{label}: no figure recent enough was known, so the model took the typical one."
    period = "on" if str(indicator.get("period_type", "")).startswith("snapshot") else "in the year to"
    parts = [f"{label}: {number_words(value, unit)} {period} {date_words(fact.period_end)}"]
    if np.isnan(fact.before):
        parts.append(", with no figure a year before")
    else:
        moved = value - fact.before
        amount = number_words(moved, unit, change=True)
        still = amount == number_words(0.0, unit, change=True)
        way = "up" if moved > 0 else "down"
        parts.append(", unchanged on a year before" if still else f", {way} {amount} on a year before")
    near, far = np.isnan(fact.neighbours), np.isnan(fact.england)
    if not near:
        parts.append(f"; its statistical neighbours' median is {number_words(fact.neighbours, unit)}")
        parts.append("" if far else f" and England's {number_words(fact.england, unit)}")
    elif not far:
        parts.append(
            f"; England's median is {number_words(fact.england, unit)}, and it has no neighbours to compare"
        )
    source = str(indicator.get("source") or "").strip()
    return "".join(parts) + "." + (f" Source: {source}." if source else "")


def _area_sentence(
    value: float, described: pd.Series, *, hidden: bool = False, typical: float = np.nan
) -> str:
    words, unit = str(described["words"]), str(described["unit"])
    graded = unit == GRADE_UNIT and str(described.name).startswith(GRADED)
    compared = ""
    if "{value}" not in words and EITHER not in words:
        return f"{words}."  # what is told of only as a whole
    if np.isnan(value) and (graded or (unit == "yes or no" and EITHER not in words)) and not hidden:
        said = "not known"
    elif hidden or np.isnan(value):
        blank = words.partition(EITHER)[0].removesuffix(": {value}").format(value="…")
        sentence = f"{HIDDEN if hidden else NOT_KNOWN}{blank[0].lower()}{blank[1:]}"
        return sentence if sentence.endswith("…") else f"{sentence}."
    elif EITHER in words:
        yes, _, no = words.partition(EITHER)
        return f"{yes if value else no}."
    elif graded:
        said = GRADES[round(value)].replace("_", " ")
    elif unit == "yes or no":
        said = "yes" if value else "no"
    else:
        said = _number(value, unit)
        percent = "%" if "{value}%" in words else ""
        compared = (
            "" if np.isnan(typical) else f"; the median of all areas is {_number(typical, unit)}{percent}"
        )
    sentence = words.format(value=said)
    return f"{sentence[0].upper()}{sentence[1:]}{compared}."


def _number(value: float, unit: str) -> str:
    """Write the number of a feature of the area as a whole; counts without a decimal that says nothing."""
    if unit.startswith("share"):
        return f"{value:.0%}"
    if unit.startswith(("pressure", "index")):
        return f"{value:,.2f}"
    number = f"{value:,.1f}"
    return number.removesuffix(".0") if unit in COUNTS else number


def top_reasons(table: pd.DataFrame, *, target: str) -> pd.DataFrame:
    """Pick five reasons per area: the largest, with at least one of each direction where there is one.

    Parameters
    ----------
    table : DataFrame
        From ``reasons``.
    target : str
        Whose reasons.

    Returns
    -------
    DataFrame
        Indexed by ``area_code``, columns ``reason_1 ... reason_5``: "Raises the risk: ..." or "Lowers the
        risk: ..."; empty where there are fewer. An area outside the target's cohort gets the reasons of the
        first target that it has a risk of, and they say so: "Raises the risk of a judgement below good: ...".
    """
    own = table[table["target"] == target]
    others = table[~table["area_code"].isin(set(own["area_code"]))]
    for other in QUESTIONS:
        first = others[others["target"] == other]
        own = pd.concat([own, first])
        others = others[~others["area_code"].isin(set(first["area_code"]))]
    rows = own.copy()
    rank = rows.groupby(["area_code", "direction"]).cumcount()
    first_of_its_kind = rank == 0
    order = rows["order"].astype(float)
    rows["place"] = order.where(~first_of_its_kind, order.clip(upper=REASONS - 0.5))
    rows = rows.sort_values(["area_code", "place", "order"])
    rows["column"] = rows.groupby("area_code").cumcount() + 1
    rows = rows[rows["column"] <= REASONS]
    asked = rows["target"].map(lambda other: "" if other == target else f" of {QUESTIONS[other]}")
    rows["text"] = rows["direction"].str.capitalize() + " the risk" + asked + ": " + rows["sentence"]
    wide = rows.pivot_table(index="area_code", columns="column", values="text", aggfunc="first")
    wide = wide.reindex(columns=range(1, REASONS + 1)).fillna("")
    wide.columns = [f"reason_{place}" for place in wide.columns]
    return wide
