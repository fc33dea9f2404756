"""Figures of one area that cannot both be right: sums, shares and rates held against each other."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from earlywarn.features.relation_list import CHECK, Relation, read_relations, usable
from earlywarn.panel.snapshot import Snapshot
from earlywarn.signals.consistency import cannot_both_be_right, printed_step

__all__ = ["Held", "contradictions", "inconsistent_figures"]

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

YEAR = np.timedelta64(365, "D")  # a figure that ended longer before belongs to another year


class Held(NamedTuple):
    """What one check found, arrays of shape (area, figure).

    Attributes
    ----------
    period : array of int
        Where the end of the period checked stands on the period axis; -1 where nothing was checked.
    printed : array
        The figure that was compared with, or the bound, in its own unit and sign.
    low, high : array
        Between these lies what the other figures imply.
    wrong : array of bool
        Whether they cannot both be right.
    """

    period: Positions
    printed: Floats
    low: Floats
    high: Floats
    wrong: npt.NDArray[np.bool_]


def contradictions(
    snapshot: Snapshot, relations: Sequence[Relation], *, every_period: bool = False
) -> dict[str, Held]:
    """Hold the figures of every area against each other.

    Parameters
    ----------
    snapshot : Snapshot
        What was known. Figures are compared as published, of the same period; an indicator whose periods
        never end on the same days, such as a population at mid-year, is taken as it last was in the year
        before.
    relations : sequence of Relation
        Those of another kind than a check, or whose indicators are not there, are left out.
    every_period : bool
        Whether to check every period that is known, instead of the latest one while it is fresh.

    Returns
    -------
    dict of str to Held
        By relation, in their order. To what figures are rounded is read off all areas' figures of the period.
    """
    served, _ = usable([relation for relation in relations if relation.kind == CHECK], snapshot.indicators)
    figures = _figures(snapshot)
    places = {
        relation.name: _places(snapshot, figures, relation, every_period=every_period) for relation in served
    }
    steps = _steps(figures, list(places.values()))
    return {relation.name: _held(figures, relation, places[relation.name], steps) for relation in served}


def inconsistent_figures(snapshot: Snapshot, *, relations: Sequence[Relation] | None = None) -> xr.DataArray:
    """Count how often an area's latest figures contradict each other.

    Parameters
    ----------
    snapshot : Snapshot
        As for ``contradictions``.
    relations : sequence of Relation, optional
        The packaged ones where not given.

    Returns
    -------
    DataArray of shape (area,)
        Checks that failed, **more is worse**: figures that do not fit together are a sign of a weak grip on
        data, and a caution on everything computed from them. NaN where none could be made.
    """
    relations = tuple(read_relations().values()) if relations is None else relations
    held = contradictions(snapshot, relations).values()
    failed, made = np.zeros(len(snapshot.position)), np.zeros(len(snapshot.position))
    for found in held:
        failed += found.wrong.sum(axis=1)
        made += (found.period >= 0).sum(axis=1)
    return snapshot.per_area(np.where(made > 0, failed, np.nan))


class _Figures(NamedTuple):
    """Every figure as it was published, and where to find it."""

    values: Floats  # (area, indicator, period)
    there: npt.NDArray[np.bool_]  # (indicator, period): whether any area has one
    ends: npt.NDArray[np.datetime64]  # (period,)
    place: dict[str, int]  # of each indicator


def _figures(snapshot: Snapshot) -> _Figures:
    values = snapshot.values.transpose("area", "indicator", "period").to_numpy()
    if snapshot.sign is not None:
        values = values * snapshot.sign.to_numpy()[:, None]
    place = {str(name): position for position, name in enumerate(snapshot.indicators)}
    return _Figures(values, ~np.isnan(values).all(axis=0), snapshot.values["period"].to_numpy(), place)


def _places(
    snapshot: Snapshot, figures: _Figures, relation: Relation, *, every_period: bool
) -> dict[str, Positions]:
    """Return where the figures to compare stand on the period axis, (area, figure); -1 for none."""
    first = figures.place[relation.indicators[0]]
    series = snapshot.series
    at = series.position[:, first] if every_period else series.position[:, first, -1:]
    if not every_period:
        at = np.where(series.years[:, first, -1:] >= snapshot.oldest[first], at, -1)  # NaN compares False
    if relation.since is not None:
        late = np.append(figures.ends >= np.datetime64(relation.since), False)
        at = np.where(late[at], at, -1)
    return {
        name: np.where(at >= 0, np.append(_match(figures, first, figures.place[name]), -1)[at], -1)
        for name in relation.indicators
    }


def _match(figures: _Figures, first: int, other: int) -> Positions:
    """Return for each period of one indicator where the other's figure for it stands, shape (period,)."""
    own, others = figures.there[first], figures.there[other]
    here = np.where(others, np.arange(len(others)), -1)
    if (own & others).any():
        return here
    last = np.maximum.accumulate(here)
    return np.where((last >= 0) & (figures.ends - figures.ends[last] < YEAR), last, -1)


def _steps(figures: _Figures, places: Sequence[dict[str, Positions]]) -> Floats:
    """Return to what the figures that are compared are rounded, shape (indicator, period + 1)."""
    _, indicators, periods = figures.values.shape
    used = np.zeros((indicators, periods + 1), dtype=bool)
    for at in places:
        for name, positions in at.items():
            used[figures.place[name], positions.ravel()] = True  # -1 is the one too many
    steps = np.zeros(used.shape)
    indicator, period = np.nonzero(used[:, :-1])
    steps[indicator, period] = np.nan_to_num(printed_step(figures.values[:, indicator, period], axis=0))
    return steps


def _held(figures: _Figures, relation: Relation, places: dict[str, Positions], steps: Floats) -> Held:
    def numbers(name: str) -> tuple[Floats, Floats]:
        """Return an indicator's figures and their rounding, shape (area, figure)."""
        at, indicator = places[name], figures.place[name]
        rows = np.arange(len(at))[:, None]
        return np.where(at >= 0, figures.values[rows, indicator, at], np.nan), steps[indicator][at]

    shared = set(relation.numerator) <= set(relation.denominator)
    above = [numbers(name) for name in relation.numerator]
    rest = [name for name in relation.denominator if not (shared and name in relation.numerator)]
    below = [numbers(name) for name in rest]
    bound = relation.bound
    printed, printed_to = numbers(bound) if isinstance(bound, str) else (np.float64(bound), np.float64(0.0))
    told = cannot_both_be_right(
        [figure for figure, _ in above],
        printed,
        whole=[figure for figure, _ in below],
        share=shared,
        at_most=relation.equals is None,
        multiplier=relation.multiplier,
        parts_step=[step for _, step in above],
        whole_step=[step for _, step in below],
        printed_to=printed_to,
        tolerance=relation.tolerance,
    )
    at = np.where(np.isnan(told.gap), -1, places[relation.indicators[0]])
    return Held(at, np.broadcast_to(printed, at.shape), told.low, told.high, told.wrong)
