"""Which indicator a published measure is: its name, label, unit and polarity here."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import ConfigError, name_a_few
from earlywarn.schema import TABLES
from earlywarn.sources.native.calendar import Calendar

__all__ = ["Measures", "as_name", "convert", "name_measures", "published_unit"]

KNOWN = "measures.csv"
POLARITY = {"low": "higher_is_worse", "high": "higher_is_better"}  # the side that is good
BASE = 10_000  # of the rates here
LONGEST = 300  # characters of a description
RATES = re.compile(r"\bper (\d{1,3}(?:,?\d{3})*)\b")
INDICATORS = TABLES["indicators"].names

# One row per measure: the columns of the table indicators, and
#   code          the publisher's short name
#   per           the base of a published rate, NaN where it is none
#   publication   its place in the calendar, -1 where no publication fits
#   year_type     what kind of year its periods are, empty where that is not known
#   ours          whether the packaged list has it
#   sure_unit     whether its unit comes from that list or from the user, not from a publisher's words
Measures = pd.DataFrame


@cache
def _known() -> Mapping[str, Mapping[str, str]]:
    source = files("earlywarn.sources.native") / KNOWN
    with source.open(encoding="utf-8") as file:
        rows = pd.read_csv(file, dtype=str, keep_default_na=False).to_dict("records")
    return {_same(row["source_code"]): {str(key): str(cell) for key, cell in row.items()} for row in rows}


def _same(code: str) -> str:
    return re.sub(r"\s+", " ", code.strip().casefold())


def as_name(text: str) -> str:
    """Write a publisher's short name as an indicator's.

    Examples
    --------
    >>> as_name("LACHealth%"), as_name("No_of LAC Adopted"), as_name("C&YPExpenditure")
    ('lachealth_percent', 'no_of_lac_adopted', 'c_and_ypexpenditure')
    """
    spelt = text.casefold().replace("%", " percent ").replace("&", " and ").replace("<", " under ")
    return re.sub(r"[^a-z0-9]+", "_", spelt.replace("+", " plus ").replace(">", " over ")).strip("_")


def published_unit(words: str) -> tuple[str, float]:
    """Return our unit for a publisher's words, and the base of a rate (NaN where it is none).

    ``score``, which promises nothing, stands for words that say nothing sure.

    Examples
    --------
    >>> [published_unit(words) for words in ("% of births", "Rate per 100,000", "£ per week", "Average days")]
    [('percent', nan), ('rate_per_10000', 100000.0), ('gbp_per_week', nan), ('score', nan)]
    >>> published_unit("rate_per_1000")  # the heading of a column
    ('rate_per_10000', 1000.0)
    """
    text = words.strip().casefold().replace("_", " ")
    rate = RATES.search(text)
    if rate and "£" not in text:
        return "rate_per_10000", float(rate[1].replace(",", ""))
    money = "£" in text or re.search(r"\b(?:gbp|pounds)\b", text)
    if money:
        return ("gbp_per_week" if "week" in text else "gbp"), np.nan
    if text.startswith(("%", "percent", "per cent")) or "(%)" in text:
        return "percent", np.nan
    if re.match(r"(?:number|num\b|count|total number)", text):
        return "count", np.nan
    return "score", np.nan


def convert(value: npt.NDArray[np.float64], per: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return published rates for each 10,000; what is no rate (``per`` NaN) stays as it is.

    Examples
    --------
    >>> convert(np.array([256.0, 3.9, 41.2]), np.array([100_000.0, 1_000.0, np.nan])).tolist()
    [25.6, 39.0, 41.2]
    """
    with np.errstate(invalid="ignore"):
        less = value / (per / BASE)  # a division by ten keeps the digits as published; a product may not
        more = value * (BASE / per)
    return np.where(np.isnan(per) | (per == BASE), value, np.where(per > BASE, less, more))


def name_measures(
    codes: Sequence[str],
    *,
    calendar: Calendar,
    dictionary: Mapping[str, Mapping[str, str]] | None = None,
    fixed: Mapping[str, Mapping[str, str]] | None = None,
    year_types: Mapping[str, str] | None = None,
    publisher: str = "",
) -> Measures:
    """Name the indicators that some measures are.

    A measure that the packaged list has keeps our name, label, unit and polarity; another is called after its
    short name and described by the dictionary.

    Parameters
    ----------
    codes : sequence of str
        Publisher's short names, each once.
    calendar : Calendar
        Where their publications are looked up.
    dictionary : mapping of str to mapping, optional
        Rows of a data dictionary by short name, with any of the keys ``label, unit, polarity, domain, source,
        publication, address, year_type, description, no_quartile``.
    fixed : mapping of str to mapping, optional
        What the user says of a measure, by its short name, with any column of the table indicators. It wins
        over the list and the dictionary; an ``indicator`` of the packaged list brings its label, unit and
        the rest.
    year_types : mapping of str to str, optional
        What kind of year the periods of a measure are, by short name or indicator, which wins over the list
        and the dictionary; ``*`` for those of which neither tells.
    publisher : str
        Of measures whose publication is not known.

    Returns
    -------
    DataFrame
        One row per code, in their order; see ``Measures``. Names are unique: a second measure of one name has
        a number behind it.

    Raises
    ------
    ConfigError
        If the user gives two measures one name.
    """
    told = {_same(code): row for code, row in (dictionary or {}).items()}
    kinds = {_same(name): kind for name, kind in (year_types or {}).items()}
    by_name = {row["indicator"]: row for row in _known().values()}
    taken = set(by_name)
    rows = []
    for code in codes:
        said, theirs = (fixed or {}).get(code, {}), told.get(_same(code), {})
        ours = by_name.get(said["indicator"]) if "indicator" in said else _known().get(_same(code))
        row = _ours(ours, theirs) if ours else _theirs(code, theirs, publisher, taken)
        if "indicator" in said:
            row["per"] = published_unit(theirs.get("unit", ""))[1]
        row |= {"per": np.nan, **said} if "unit" in said else said
        asked = kinds.get(_same(code)) or kinds.get(row["indicator"])
        row["year_type"] = asked or row["year_type"] or kinds.get("*", "")
        row["period_type"] = _period_type(row["year_type"])
        source = theirs.get("publication", "") or (row["source"] if ours else "")
        place = calendar.find(row["indicator"], code=code, source=source, address=theirs.get("address", ""))
        if place >= 0 and not ours:
            row["source"] = calendar.publications[place].name
        kept = {"code": code, "publication": place, "ours": bool(ours)}
        rows.append({**row, **kept, "sure_unit": bool(ours) or "unit" in said})
    columns = {"code": "object", "per": "float64", "publication": "int64", "year_type": "object"}
    columns |= {"ours": "bool", "sure_unit": "bool"}
    names = [row["indicator"] for row in rows]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        which = name_a_few(row["code"] for row in rows if row["indicator"] == twice[0])
        message = f"Several measures are to be called {twice[0]!r}: {which}. Give each a name of its own."
        raise ConfigError(message)
    return pd.DataFrame(rows, columns=[*INDICATORS, *columns]).astype(columns)


def _ours(known: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {name: known.get(name, "") for name in INDICATORS}
    return row | _blank(theirs) | {"per": float(known["per"] or "nan"), "year_type": known["period_type"]}


def _theirs(code: str, said: Mapping[str, str], publisher: str, taken: set[str]) -> dict[str, Any]:
    name = wanted = as_name(code) or "measure"
    number = 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    taken.add(name)
    unit, per = published_unit(said.get("unit", ""))
    owner = said.get("source", "")
    description = re.sub(r"\s+", " ", said.get("description", "")).strip()
    if len(description) > LONGEST:
        description = description[:LONGEST].rsplit(" ", 1)[0] + " ..."
    if not np.isnan(per) and per != BASE:
        description = f"{description} Published for each {per:,.0f}, given for each {BASE:,}.".strip()
    return {
        "indicator": name,
        "label": re.sub(r"\s+", " ", said.get("label", "")).strip() or code,
        "unit": unit,
        "polarity": POLARITY.get(said.get("polarity", "").strip().casefold(), "neutral"),
        "domain": as_name(said.get("domain", "")),
        "source": f"{publisher} ({owner})" if publisher and owner else publisher or owner,
        "description": description,
        **_blank(said),
        "per": per,
        "year_type": said.get("year_type", ""),
    }


def _blank(said: Mapping[str, str]) -> dict[str, Any]:
    """Return what is known of no measure, or only from a dictionary's mark."""
    unbanded = said.get("no_quartile", "").strip().casefold() in {"n", "no", "no quartile"}
    return {"publication_lag_days": np.nan, "target": np.nan, "denominator": "", "no_quartile": unbanded}


def _period_type(year_type: str) -> str:
    """Write a kind of year in the words of our own tables."""
    name = as_name(year_type)
    return re.sub(r"^annual_january$", "snapshot_31_january", name)
