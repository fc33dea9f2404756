"""How hard the concerns that people have voiced press on an area, the fresh and the corroborated ones most.

An entry weighs ``strength / 5 x confidence x 0.5 ** (age / half-life)``, its strength calibrated to the
contributor. The sources of one kind in one area join as independent witnesses do (a noisy-or):
``1 - (1 - w1)(1 - w2)...``, where a source weighs as much as its heaviest entry. So a second witness adds,
and an echo, a repetition or a double import adds nothing. Pressures of several kinds are added up.

An entry presses on the area that it names and on no other: the successor of a split or a merger starts with
none.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr

from earlywarn.features.contributors import calibrated_strength
from earlywarn.features.silence import spoken_of
from earlywarn.features.sources import source_labels
from earlywarn.panel.snapshot import Snapshot
from earlywarn.schedule import DAYS_PER_YEAR

__all__ = [
    "HALF_LIFE_DAYS",
    "concern_pressure",
    "concern_sources",
    "enabler_pressure",
    "gravest_concern",
    "kind_pressure",
]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

HALF_LIFE_DAYS = 180.0
FULL_STRENGTH = 5.0
FAINT = 0.01  # an entry that weighs less is not named among those behind a pressure
RECENT = DAYS_PER_YEAR  # days: the window in which sources are counted


def entry_weights(snapshot: Snapshot, *, concerns: tuple[str, ...], half_life_days: float) -> Floats:
    """Return what each entry weighs by itself, 0 to 0.9, shape (entry,)."""

    def make() -> Floats:
        entries = snapshot.entries
        strength = calibrated_strength(snapshot, concerns=concerns)
        return strength / FULL_STRENGTH * entries.confidence * 0.5 ** (entries.age / half_life_days)

    return snapshot.entries.keep(("weight", concerns, half_life_days), make)


def _by_kind(snapshot: Snapshot, concerns: tuple[str, ...], half_life_days: float) -> Floats:
    """Return the pressure of every kind that occurs, shape (kind, area)."""

    def make() -> Floats:
        entries = snapshot.entries
        kinds = len(entries.names["kind"])
        weight = entry_weights(snapshot, concerns=concerns, half_life_days=half_life_days)
        scope = entries.kind * entries.areas + entries.area
        source = source_labels(scope, entries.contributor, entries.link)
        heaviest = np.zeros(int(source.max(initial=-1)) + 1)
        np.maximum.at(heaviest, source, weight)
        home = np.zeros(len(heaviest), dtype=np.int64)
        home[source] = scope
        doubt = np.bincount(home, weights=np.log1p(-heaviest), minlength=kinds * entries.areas)
        return -np.expm1(doubt).reshape(kinds, entries.areas)

    return snapshot.entries.keep(("pressure", concerns, half_life_days), make)


def _pressure(
    snapshot: Snapshot, of: Sequence[str], concerns: tuple[str, ...], half_life_days: float
) -> xr.DataArray:
    entries = snapshot.entries
    if len(entries) == 0:
        return snapshot.per_area(np.full(entries.areas, np.nan))
    by_kind = _by_kind(snapshot, concerns, half_life_days)
    chosen = [code for code, name in enumerate(entries.names["kind"]) if name in set(of)]
    total = by_kind[chosen].sum(axis=0)
    return snapshot.per_area(np.where(spoken_of(snapshot), total, np.nan))


def kind_pressure(
    snapshot: Snapshot, *, kind: str, concerns: tuple[str, ...], half_life_days: float = HALF_LIFE_DAYS
) -> xr.DataArray:
    """Return how hard one kind of intelligence presses.

    Parameters
    ----------
    snapshot : Snapshot
        Uses ``entries``.
    kind : str
        The kind.
    concerns : tuple of str
        The kinds that are concerns: by them the contributors are calibrated.
    half_life_days : float
        After how many days an entry weighs half.

    Returns
    -------
    DataArray of shape (area,)
        0 nothing said, towards 1 the more, fresher, graver and surer independent sources say it. NaN where
        nothing at all was logged of the area for a year: what is not said is not known.
    """
    return _pressure(snapshot, (kind,), concerns, half_life_days)


def enabler_pressure(
    snapshot: Snapshot,
    *,
    enabler: str,
    of: tuple[str, ...],
    concerns: tuple[str, ...],
    half_life_days: float = HALF_LIFE_DAYS,
) -> xr.DataArray:
    """Return how hard the concerns about one enabler of improvement press.

    Parameters
    ----------
    snapshot, concerns, half_life_days
        As for ``kind_pressure``.
    enabler : str
        Its name.
    of : tuple of str
        The kinds of concern that speak to it.

    Returns
    -------
    DataArray of shape (area,)
        The sum over those kinds, **higher is worse**; NaN as for ``kind_pressure``.
    """
    del enabler  # named for those who read the catalogue
    return _pressure(snapshot, of, concerns, half_life_days)


def concern_pressure(
    snapshot: Snapshot, *, concerns: tuple[str, ...], half_life_days: float = HALF_LIFE_DAYS
) -> xr.DataArray:
    """Return how hard all concerns together press: the sum over their kinds.

    Parameters
    ----------
    snapshot, concerns, half_life_days
        As for ``kind_pressure``.

    Returns
    -------
    DataArray of shape (area,)
        **Higher is worse**; NaN as for ``kind_pressure``.
    """
    return _pressure(snapshot, concerns, concerns, half_life_days)


def _recent(snapshot: Snapshot, concerns: tuple[str, ...]) -> Codes:
    entries = snapshot.entries
    return np.flatnonzero(entries.among(concerns) & (entries.age <= RECENT))


def concern_sources(snapshot: Snapshot, *, concerns: tuple[str, ...]) -> xr.DataArray:
    """Return how many independent sources voiced a concern in the last 12 months.

    Parameters
    ----------
    snapshot, concerns
        As for ``kind_pressure``. Here a source counts once, however many kinds of concern it voices.

    Returns
    -------
    DataArray of shape (area,)
        Sources, **more is worse**; NaN as for ``kind_pressure``.
    """
    entries = snapshot.entries
    rows = _recent(snapshot, concerns)
    source = source_labels(entries.area[rows], entries.contributor[rows], entries.link[rows])
    home = np.zeros(int(source.max(initial=-1)) + 1, dtype=np.int64)
    home[source] = entries.area[rows]
    count = np.bincount(home, minlength=entries.areas)
    return snapshot.per_area(np.where(spoken_of(snapshot), count, np.nan))


def gravest_concern(snapshot: Snapshot, *, concerns: tuple[str, ...]) -> xr.DataArray:
    """Return the greatest strength of any concern of the last 12 months, calibrated to the contributor.

    Parameters
    ----------
    snapshot, concerns
        As for ``kind_pressure``.

    Returns
    -------
    DataArray of shape (area,)
        1 slight to 5 grave, **higher is worse**; 0 where none was voiced; NaN as for ``kind_pressure``.
    """
    entries = snapshot.entries
    rows = _recent(snapshot, concerns)
    gravest = np.zeros(entries.areas)
    np.maximum.at(gravest, entries.area[rows], calibrated_strength(snapshot, concerns=concerns)[rows])
    return snapshot.per_area(np.where(spoken_of(snapshot), gravest, np.nan))


def rows_of_kinds(
    snapshot: Snapshot, *, of: tuple[str, ...], concerns: tuple[str, ...], half_life_days: float
) -> Codes:
    """Return the entries behind a pressure: those of its kinds that still weigh at least a hundredth."""
    weight = entry_weights(snapshot, concerns=concerns, half_life_days=half_life_days)
    return np.flatnonzero(snapshot.entries.among(of) & (weight >= FAINT))


def rows_of_the_year(snapshot: Snapshot, *, concerns: tuple[str, ...]) -> Codes:
    """Return the concerns of the last 12 months."""
    return _recent(snapshot, concerns)
