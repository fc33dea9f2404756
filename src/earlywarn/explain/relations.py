"""How an area's figures stand to each other, in sentences.

A sentence is written only where a relation stands out. It says what is unusual beside other areas, which is a
reason to ask and not a finding: areas differ in whom they serve and in how they record it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.explain.reasons import from_to, number_words, range_words
from earlywarn.features.funnel import counted
from earlywarn.features.relation_list import (
    APART,
    CHECK,
    CONVERSION,
    PAIR,
    Relation,
    read_relations,
    usable,
)
from earlywarn.features.relations import Related, relate
from earlywarn.panel.snapshot import Snapshot
from earlywarn.schedule import date_words
from earlywarn.signals.intervals import byar, wilson
from earlywarn.signals.ordered import quantiles

__all__ = [
    "described",
    "passed_over",
    "period_ends",
    "period_words",
    "relation_table",
    "where_from",
]

Floats = npt.NDArray[np.float64]

# From which score on a relation stands out: two robust standard deviations off the line; both moves larger
# than the spread of all areas' moves; a conversion whose whole interval lies outside the middle four fifths
# of areas.
STANDS_OUT = {PAIR: 2.0, APART: 1.0, CONVERSION: 1.0}
EDGES = (0.02, 0.98)  # quantiles: further out no other area is like it, and the line says little
PERCENT = "percent"

TABLE = {
    "area_code": "str",
    "relation": "str",
    "label": "str",
    "theme": "str",
    "indicators": "str",
    "period_end": "datetime64[ns]",
    "value": "float64",
    "expected_low": "float64",
    "expected_high": "float64",
    "score": "float64",
    "direction": "str",
    "words": "str",
}


def relation_table(
    snapshot: Snapshot, indicators: pd.DataFrame, *, relations: Sequence[Relation] | None = None
) -> pd.DataFrame:
    """List how the latest figures of every area stand to each other.

    Parameters
    ----------
    snapshot : Snapshot
        What was known.
    indicators : DataFrame
        ``indicator, unit`` and, where known, ``period_type, source``.
    relations : sequence of Relation, optional
        The packaged ones where not given. Checks are left to ``earlywarn.explain.contradictions``, and a
        relation whose indicators are not there is passed over (see ``passed_over``).

    Returns
    -------
    DataFrame
        One row per area and relation that is known, by area, then in the order of the relations: ``area_code,
        relation, label, theme, indicators`` (joined by ``+``), ``period_end`` and ``value`` of the figure
        looked at, ``expected_low, expected_high`` (between these lie most areas: four fifths, in the value's
        unit; NaN for figures that move apart), ``score`` (positive is worse, or higher where neither
        direction is worse), ``direction`` (``worse, better, higher, lower``; empty where nothing stands out)
        and ``words`` (likewise).

    Raises
    ------
    KeyError
        If ``indicators`` does not describe an indicator of the snapshot that a relation reads.
    """
    relations = tuple(read_relations().values()) if relations is None else relations
    served, _ = usable([each for each in relations if each.kind != CHECK], snapshot.indicators)
    about = described(indicators)
    chance = _chance(snapshot)
    parts = [_rows(snapshot, relation, about, chance) for relation in served]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in TABLE.items()})
    table = pd.concat(parts, ignore_index=True)
    # stable, so that the relations keep their order within an area
    return table.sort_values("area_code", kind="stable", ignore_index=True)


def passed_over(indicators: Iterable[object], *, relations: Sequence[Relation] | None = None) -> list[str]:
    """Say which relations could not be looked at, and what the data lack for it.

    Parameters
    ----------
    indicators : iterable of str
        Those that the data have.
    relations : sequence of Relation, optional
        The packaged ones where not given.

    Examples
    --------
    >>> pair = read_relations()["agency_given_vacancies"]
    >>> passed_over(["agency_rate"], relations=[pair])
    ['Agency workers beside vacancies: not looked at, as the data have no vacancy_rate.']
    """
    relations = tuple(read_relations().values()) if relations is None else relations
    _, lacking = usable(relations, indicators)
    return [
        f"{relation.label}: not looked at, as the data have no {' and no '.join(lacking[relation.name])}."
        for relation in relations
        if relation.name in lacking
    ]


def described(indicators: pd.DataFrame) -> dict[str, Mapping[str, Any]]:
    """Return what is said of each indicator, by its name."""
    rows: list[Any] = indicators.to_dict("records")
    return {str(row["indicator"]): row for row in rows}


def period_ends(snapshot: Snapshot) -> npt.NDArray[np.datetime64]:
    """Return the last day of every period, shape (period,)."""
    ends = snapshot.values["period"].to_numpy()  # noqa: PD011 - not a pandas object
    return ends.astype("datetime64[ns]")


def _chance(snapshot: Snapshot) -> tuple[Floats, Floats]:
    """Return how far chance may have carried the latest figures, shape (area, indicator)."""
    cases, beneath = counted(snapshot)
    if snapshot.beneath is None:
        return cases, beneath  # nothing but NaN
    shares, scale = snapshot.beneath.shares, snapshot.beneath.scale
    part = wilson(np.where(shares, cases, np.nan), beneath)
    rate = byar(cases, exposure=beneath)
    lower = np.where(shares, part.lower, rate.lower)
    return scale * lower, scale * np.where(shares, part.upper, rate.upper)


def _rows(
    snapshot: Snapshot,
    relation: Relation,
    about: Mapping[str, Mapping[str, Any]],
    chance: tuple[Floats, Floats],
) -> pd.DataFrame:
    """List one relation in every area where it is known."""
    told = relate(snapshot, relation)
    known = np.flatnonzero(~np.isnan(told.score))
    directions = _directions(snapshot, relation, told, chance)
    words = [
        _words(relation, told, area, snapshot, about) if directions[area] else "" for area in known.tolist()
    ]
    columns = {
        "area_code": snapshot.position[known],
        "relation": relation.name,
        "label": relation.label,
        "theme": relation.theme,
        "indicators": "+".join(relation.indicators),
        "period_end": period_ends(snapshot)[told.period[0, known]],
        "value": told.value[known],
        "expected_low": told.low[known],
        "expected_high": told.high[known],
        "score": told.score[known],
        "direction": directions[known],
        "words": words,
    }
    return pd.DataFrame(columns)


def _directions(
    snapshot: Snapshot, relation: Relation, told: Related, chance: tuple[Floats, Floats]
) -> npt.NDArray[np.object_]:
    """Say to which side each area stands out; empty where it does not."""
    far = np.abs(told.score) >= STANDS_OUT[relation.kind]  # NaN compares False
    either = relation.kind == CONVERSION
    if relation.kind == PAIR:
        column = snapshot.indicators.tolist().index(relation.of)
        far &= _sure(told, lower=chance[0][:, column], upper=chance[1][:, column])
        either = snapshot.neutral is not None and bool(snapshot.neutral.to_numpy()[column])
    above, below = ("higher", "lower") if either else ("worse", "better")
    return np.where(far, np.where(told.score > 0, above, below), "").astype(object)


def _sure(told: Related, *, lower: Floats, upper: Floats) -> npt.NDArray[np.bool_]:
    """Say where a figure is far from the line for more than chance, and other areas' are given the like."""
    if np.isnan(lower).all():  # what the figures are a share of is not known
        lower = upper = told.value
    first, last = quantiles(told.figures[1], EDGES)
    company = (told.figures[1] >= first) & (told.figures[1] <= last)
    sure: npt.NDArray[np.bool_] = company & ((upper < told.low) | (lower > told.high))
    return sure


def _words(
    relation: Relation,
    told: Related,
    area: int,
    snapshot: Snapshot,
    about: Mapping[str, Mapping[str, Any]],
) -> str:
    """Write one area's sentence."""
    names = relation.together
    units = [str(about[name]["unit"]) for name in names]
    figures = told.figures[:, area]
    if relation.kind == APART:
        moves = [
            _move(before, now, unit)
            for before, now, unit in zip(told.before[:, area], figures, units, strict=True)
        ]
        said = relation.words.format(rise=moves[0], fall=moves[1])
    else:
        pair = relation.kind == PAIR
        unit = units[0] if pair else ""
        most = 100.0 if unit == PERCENT or relation.share or relation.part else np.inf
        said = relation.words.format(
            value=number_words(told.value[area], unit),
            given=number_words(figures[1], units[1]),
            interval=range_words(told.lower[area], told.upper[area], unit),
            side="higher" if told.value[area] > told.high[area] else "lower",
            range=range_words(max(told.low[area], 0.0), min(told.high[area], most), unit),
        )
    ends = period_ends(snapshot)
    periods = [period_words(about[name], ends[told.period[row, area]]) for row, name in enumerate(names)]
    return f"{said} {where_from(names, periods, about)}"


def _move(before: float, now: float, unit: str) -> str:
    """Write how a figure moved, the unit once."""
    return f"{'rose' if now > before else 'fell'} from {from_to(before, now, unit)}"


def period_words(indicator: Mapping[str, Any], end: Any) -> str:
    """Write the period of a figure."""
    snapshot = str(indicator.get("period_type", "")).startswith("snapshot")
    return f"{'' if snapshot else 'the year to '}{date_words(pd.Timestamp(end))}"


def where_from(names: Sequence[str], periods: Sequence[str], about: Mapping[str, Mapping[str, Any]]) -> str:
    """Say which period the figures are of, and who published them."""
    sources = dict.fromkeys(str(about[name].get("source") or "").strip() for name in names)
    named = "; ".join(source for source in sources if source)
    dated = f"Figures of {' and of '.join(dict.fromkeys(periods))}."
    return f"{dated} Source: {named}." if named else dated
