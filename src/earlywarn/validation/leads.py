"""How long before an event a model would have had the area on its list, as a function of weights.

What the list is: in each year of inspection start, the 20 highest risks at each lead.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.validation import places
from earlywarn.validation.predictions import Race

__all__ = ["LEAD_TIME_PLACES", "lead_measures"]

Floats = npt.NDArray[np.float64]
Measure = Callable[[Floats], dict[str, Floats]]

LEAD_TIME_PLACES = 20  # a year's places for which the lead time is given


def lead_measures(leads: list[Race], place: pd.Index) -> Iterator[tuple[str, Measure, tuple[int, int, int]]]:
    """Yield the lead time of every model of one target.

    Parameters
    ----------
    leads : list of Race
        Of one target, the shortest lead first.
    place : Index
        Area codes in the order of the weights' columns.

    Yields
    ------
    model : str
        Of the shortest lead.
    measure : callable
        From weights of areas, shape (draws, areas), to ``lead_time_months`` and ``share_flagged``, shape
        (draws,): see `earlywarn.validation.places.lead_time`.
    counts : tuple of int
        Inspections that have a risk at a longer lead as well, the events among them, the shortest lead.
    """
    shortest = leads[0]
    inspections = pd.MultiIndex.from_arrays([shortest.area_codes, shortest.inspection_ids])
    for model in shortest.risks:
        scored = [_scored(race, model) for race in leads]
        scored = scored[:1] + [one for one in scored[1:] if len(one.risk)]
        at = np.stack([one.inspections.get_indexer(inspections) for one in scored])
        months = np.stack([np.append(one.months, np.nan)[rows] for one, rows in zip(scored, at, strict=True)])
        several = np.isfinite(months[0]) & np.isfinite(months[1:]).any(axis=0)
        events = np.flatnonzero(several & (shortest.y == 1))
        measure = _lead_measure(scored, at[:, events], months[:, events], place)
        yield model, measure, (int(several.sum()), len(events), shortest.lead_months)


@dataclass(frozen=True)
class _Scored:
    """The rows of a race to which one model gave a risk."""

    area_codes: npt.NDArray[np.object_]
    inspections: pd.MultiIndex
    year: npt.NDArray[np.int64]
    risk: Floats
    months: Floats


def _scored(race: Race, model: str) -> _Scored:
    risk = race.risks.get(model, np.full(len(race.y), np.nan))
    seen = np.isfinite(risk)
    return _Scored(
        area_codes=race.area_codes[seen],
        inspections=pd.MultiIndex.from_arrays([race.area_codes[seen], race.inspection_ids[seen]]),
        year=race.year[seen],
        risk=risk[seen],
        months=race.months[seen],
    )


def _lead_measure(
    scored: list[_Scored], at: npt.NDArray[np.intp], months: Floats, place: pd.Index
) -> Measure:
    """Return lead time and share flagged as a function of weights of areas.

    ``at`` and ``months``, of shape (leads, events), say where each event stands at each lead; where it does
    not, -1 and NaN, any row will do, for `places.lead_time` passes over it.
    """
    areas = [place.get_indexer(pd.Index(one.area_codes)) for one in scored]

    def measure(weights: Floats) -> dict[str, Floats]:
        flagged = [
            places.flagged_weights(
                one.risk,
                weights[:, area],
                years=one.year,
                keys=one.area_codes,
                k=[LEAD_TIME_PLACES],
                rows=np.maximum(rows, 0),
            )[0]
            for one, area, rows in zip(scored, areas, at, strict=True)
        ]
        events = weights[:, areas[0][at[0]]]
        mean, share = places.lead_time(np.stack(flagged), events, months=months)
        return {"lead_time_months": mean, "share_flagged": share}

    return measure
