"""How an area's figures stand to each other: given another figure, over time, along the child's journey."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from earlywarn.errors import ConfigError, name_a_few
from earlywarn.features.contradictions import contradictions
from earlywarn.features.relation_list import APART, CHECK, PAIR, Relation, read_relations, usable
from earlywarn.features.trend import earlier
from earlywarn.panel.snapshot import Snapshot
from earlywarn.signals.moving_apart import moves_apart
from earlywarn.signals.ordered import quantiles
from earlywarn.signals.relations import LEAST, MIDDLE, conversion, unusual_pair

__all__ = ["Related", "relate", "relation_score", "relation_values"]

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

CLOSE = 0.77  # years between the ends of two periods: nine months, autumn's census beside spring's
SAME = 0.01  # years: periods that end together
COUNTED = 2.0  # years between a rate and the number it is a rate of
PERCENT = 100.0
PER = 10_000.0  # of its base a rate is counted


class Related(NamedTuple):
    """How one relation stands in every area; arrays of shape (area,) but for the last three.

    Attributes
    ----------
    value : array
        The figure looked at in its own unit and sign, or of a conversion the number for each 100 of the
        earlier step.
    score : array
        **Positive is worse**, in robust standard deviations. Of a conversion, or where neither direction is
        worse, positive is higher; a conversion scores only 1, 0 or -1: its whole interval is above, or below,
        where most areas lie, or it is not.
    low, high : array
        Between these lie most areas (four fifths); NaN for figures that move apart.
    lower, upper : array
        Of a conversion the 95% interval; NaN otherwise.
    figures, before : array, shape (2, area)
        The two figures in their own unit and sign, the one looked at (or the later, or the one that is to
        rise) first; ``before`` for figures that move apart, so many years earlier; NaN otherwise.
    period : array of int, shape (2, area)
        Where the periods of ``figures`` stand on the period axis; -1 for none.
    """

    value: Floats
    score: Floats
    low: Floats
    high: Floats
    lower: Floats
    upper: Floats
    figures: Floats
    before: Floats
    period: Positions


def relate(snapshot: Snapshot, relation: Relation) -> Related:
    """Return how a pair, two figures that may move apart, or a conversion stands in every area.

    Parameters
    ----------
    snapshot : Snapshot
        What was known. Only fresh figures are read, as in ``earlywarn.features.level.latest``; those of a
        pair may end nine months apart, those of a conversion not at all.
    relation : Relation
        Of any kind but a check, with all its indicators in the snapshot.

    Returns
    -------
    Related
        NaN where a figure is missing or not fresh, the periods do not go together, or fewer than ten areas
        have both figures.
    """
    pair, apart = relation.kind == PAIR, relation.kind == APART
    place = {name: position for position, name in enumerate(snapshot.indicators)}
    columns = [place[name] for name in relation.together]
    figures, years, at = _standing(snapshot, columns)
    together = np.abs(years[0] - years[1]) <= (CLOSE if pair or apart else SAME)  # NaN compares False
    figures, at = np.where(together, figures, np.nan), np.where(together, at, -1)
    nothing = np.full(figures.shape[1], np.nan)
    unknown = np.full_like(figures, np.nan)
    told = Related(nothing, nothing, nothing, nothing, nothing, nothing, figures, before=unknown, period=at)
    if pair:
        better = snapshot.sign is not None and snapshot.sign.to_numpy()[columns[0]] < 0
        unusual = unusual_pair(figures[1], figures[0], improvement="higher" if better else None)
        return told._replace(value=figures[0], score=unusual.score, low=unusual.low, high=unusual.high)
    if apart:
        before = np.where(together, _before(snapshot, columns, years=relation.years), np.nan)
        moved = moves_apart(*np.stack([before, figures], axis=2))
        return told._replace(value=figures[0], score=moved.score[:, 1], before=before)
    base = _number_of(snapshot, place[relation.base], years[0]) if relation.base else np.ones(len(nothing))
    return _converted(told, relation, base)


def _standing(snapshot: Snapshot, columns: list[int]) -> tuple[Floats, Floats, Positions]:
    """Return figures as published, when their periods end and where these stand, shape (indicator, area)."""
    values, years, position = (numbers[:, columns] for numbers in snapshot.series)
    if values.shape[2] == 0:
        nothing = np.full(values.shape[:2], np.nan).T
        return nothing, nothing, np.full(nothing.shape, -1)
    fresh = years[:, :, -1] >= snapshot.oldest[columns]
    sign = 1.0 if snapshot.sign is None else snapshot.sign.to_numpy()[columns]
    latest = np.where(fresh, values[:, :, -1] * sign, np.nan)
    return latest.T, np.where(fresh, years[:, :, -1], np.nan).T, np.where(fresh, position[:, :, -1], -1).T


def _number_of(snapshot: Snapshot, column: int, years: Floats) -> Floats:
    """Return the last number known that was counted near enough to a rate, shape (area,)."""
    values, when, _ = snapshot.series
    if values.shape[2] == 0:
        return np.full(len(values), np.nan)
    sign = 1.0 if snapshot.sign is None else snapshot.sign.to_numpy()[column]
    return np.where(np.abs(when[:, column, -1] - years) <= COUNTED, values[:, column, -1] * sign, np.nan)


def _before(snapshot: Snapshot, columns: list[int], *, years: int) -> Floats:
    """Return the figures of so many years earlier, as published, shape (indicator, area)."""
    few = replace(snapshot, values=snapshot.values.isel(indicator=columns))
    sign = 1.0 if snapshot.sign is None else snapshot.sign.to_numpy()[columns]
    return (earlier(few, years=float(years)) * sign).T


def _converted(told: Related, relation: Relation, base: Floats) -> Related:
    """Fill in a conversion."""
    first, before = told.figures
    after = first / PERCENT * before if relation.share else first
    part = relation.part or bool(relation.share)
    sound = (before > 0) & (after >= 0) & (base > 0) & ((after <= before) | (not part))
    scale = np.where(sound, base / (PER if relation.base else 1.0), np.nan)
    found = conversion(
        np.where(sound, after * scale, np.nan), np.where(sound, before * scale, np.nan), part=part
    )
    low, high = quantiles(found.value, MIDDLE)
    if np.sum(~np.isnan(found.value)) < LEAST:
        low = high = np.float64(np.nan)
    beyond = (found.lower > high).astype(float) - (found.upper < low)
    known = ~np.isnan(found.value) & ~np.isnan(low)
    return told._replace(
        value=found.value,
        score=np.where(known, beyond, np.nan),
        low=np.where(known, low, np.nan),
        high=np.where(known, high, np.nan),
        lower=found.lower,
        upper=found.upper,
    )


def relation_values(snapshot: Snapshot, relations: Sequence[Relation] | None = None) -> xr.DataArray:
    """Return how every relation stands in every area.

    Parameters
    ----------
    snapshot : Snapshot
        What was known.
    relations : sequence of Relation, optional
        The packaged ones where not given. Those whose indicators are not there are left out; ``usable`` says
        which.

    Returns
    -------
    DataArray of shape (area, relation)
        Of a pair and of figures that move apart the score, robust standard deviations, **positive is worse**
        (or higher, where neither direction is worse); of a conversion the number for each 100 of the earlier
        step; of a check 1 where the latest figures cannot both be right, **which is worse**, else 0. NaN
        where it is not known.
    """
    relations = tuple(read_relations().values()) if relations is None else relations
    served, _ = usable(relations, snapshot.indicators)
    checked = contradictions(snapshot, served)
    columns = []
    for relation in served:
        if relation.kind == CHECK:
            held = checked[relation.name]
            made = (held.period >= 0).any(axis=1)
            columns.append(np.where(made, held.wrong.any(axis=1).astype(float), np.nan))
        else:
            columns.append(_number(relate(snapshot, relation), relation))
    areas = snapshot.values["area"].to_numpy()
    numbers = np.column_stack(columns) if columns else np.empty((len(areas), 0))
    names = [relation.name for relation in served]
    return xr.DataArray(numbers, dims=("area", "relation"), coords={"area": areas, "relation": names})


def relation_score(
    snapshot: Snapshot, *, name: str, relations: Sequence[Relation] | None = None
) -> xr.DataArray:
    """Return how one relation stands in every area.

    Parameters
    ----------
    snapshot : Snapshot
        What was known.
    name : str
        The relation, of any kind but a check.
    relations : sequence of Relation, optional
        Where to find it; the packaged ones where not given.

    Returns
    -------
    DataArray of shape (area,)
        As for ``relation_values``; NaN too where the data lack one of its indicators.

    Raises
    ------
    ConfigError
        If there is no such relation, or it is a check.
    """
    listed = read_relations() if relations is None else {each.name: each for each in relations}
    if name not in listed or listed[name].kind == CHECK:
        what = "a check, which inconsistent_figures counts" if name in listed else "not one of them"
        others = [each for each in listed if listed[each].kind != CHECK]
        message = f"name: expected a relation such as {name_a_few(others)}, found {name!r}, {what}"
        raise ConfigError(message)
    found = listed[name]
    served, _ = usable([found], snapshot.indicators)
    if not served:
        return snapshot.per_area(np.full(len(snapshot.position), np.nan))
    return snapshot.per_area(_number(relate(snapshot, found), found))


def _number(told: Related, relation: Relation) -> Floats:
    return told.score if relation.kind in {PAIR, APART} else told.value
