"""For whom are the risks good? The same measures within each group of inspections.

A group is a region, a type of area, a last judgement or a year. Small groups get a reason in place of a
number: a handful of inspections says little, whatever the measure.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.schema import GRADES
from earlywarn.validation import metrics
from earlywarn.validation.evaluation import in_chunks, race_draws
from earlywarn.validation.intervals import DRAWS, percentile_interval
from earlywarn.validation.predictions import DECIMALS, Race

__all__ = ["MIN_EVENTS", "MIN_INSPECTIONS", "metrics_by_group"]

Floats = npt.NDArray[np.float64]

MIN_INSPECTIONS = 20  # with fewer, intervals span most of the scale
MIN_EVENTS = 5  # of each class, for the same reason

KEYS = ["target", "model", "lead_months", "group", "level", "metric"]
COLUMNS = [*KEYS, "value", "low", "high", "n", "events", "reason"]
MEASURES = ("auc", "brier", "brier_skill", "calibration_in_the_large")


def metrics_by_group(
    predictions: pd.DataFrame,
    areas: pd.DataFrame,
    *,
    model: str = "default",
    draws: int = DRAWS,
    seed: int = 0,
) -> pd.DataFrame:
    """Measure one model within each region, type of area, last judgement and year.

    Parameters
    ----------
    predictions : DataFrame
        As `earlywarn.validation.predictions.races` reads it, in any order.
    areas : DataFrame
        ``area_code``, one row each, and ``region`` and ``area_type`` where they are known.
    model : str
        The model to measure.
    draws, seed : int
        Bootstrap draws over areas, and their seed.

    Returns
    -------
    DataFrame
        ``target, model, lead_months, group, level, metric, value, low, high, n, events, reason``, sorted by
        the first six. ``group`` is ``area_type``, ``last_judgement``, ``region`` or ``year``. With fewer than
        20 inspections, 5 events or 5 others, the numbers are NaN and ``reason`` says so; it is empty
        otherwise. Inspections whose level is unknown are left out.

    Raises
    ------
    DataError
        If the predictions cannot be used.

    Examples
    --------
    >>> predictions = pd.DataFrame({
    ...     "area_code": ["Bury", "Kent"], "inspection_id": ["1", "2"],
    ...     "as_of": pd.Timestamp("2024-01-01"), "start_date": pd.Timestamp("2024-05-01"),
    ...     "lead_months": 3, "target": "adverse", "model": "default", "risk": [0.1, 0.3],
    ...     "label": [0, 1], "last_judgement": 2, "base_rate": 0.5, "recent_rate": 0.4})
    >>> areas = pd.DataFrame({"area_code": ["Bury", "Kent"], "region": ["North West", "South East"]})
    >>> by_group = metrics_by_group(predictions, areas)
    >>> print(by_group.loc[0, "level"], by_group.loc[0, "value"], by_group.loc[0, "reason"])
    good nan inspections: 2, and at least 20 are needed
    """
    field, repetitions, place = race_draws(predictions, draws=draws, seed=seed)
    known = areas.drop_duplicates("area_code").set_index("area_code")
    found: list[tuple[object, ...]] = []
    for race in field:
        risk = race.risks.get(model, np.full(len(race.y), np.nan))
        for group, levels in _groups(race, known).items():
            for level in sorted(set(levels[pd.notna(levels)])):
                rows = (levels == level) & np.isfinite(risk)
                n, events = int(rows.sum()), int(race.y[rows].sum())
                reason = _too_small(n, events)
                values = dict.fromkeys(MEASURES, np.full(1 + draws, np.nan))
                if not reason:
                    area = place.get_indexer(pd.Index(race.area_codes[rows]))
                    values = in_chunks(_measures(race, risk, rows), repetitions, area)
                keys = race.target, model, race.lead_months, group, level
                for metric, over in values.items():
                    ends = percentile_interval(over[1:])
                    found.append((*keys, metric, over[0], *ends, n, events, reason))
    table = pd.DataFrame(found, columns=COLUMNS)
    return table.sort_values(KEYS, ignore_index=True).round(DECIMALS)


def _groups(race: Race, known: pd.DataFrame) -> dict[str, npt.NDArray[np.object_]]:
    """Return the level of every inspection in each group, missing where unknown."""
    named = {
        column: known[column].reindex(race.area_codes).to_numpy(dtype=object)
        for column in ("area_type", "region")
        if column in known
    }
    grades = pd.Series(race.last_judgement).map(dict(enumerate(GRADES))).to_numpy(dtype=object)
    return named | {"last_judgement": grades, "year": race.year.astype(str).astype(object)}


def _too_small(n: int, events: int) -> str:
    """Say why a group is too small to measure; empty where it is not.

    Examples
    --------
    >>> _too_small(30, 2), _too_small(30, 10)
    ('events: 2, and at least 5 are needed', '')
    """
    if n < MIN_INSPECTIONS:
        return f"inspections: {n}, and at least {MIN_INSPECTIONS} are needed"
    if events < MIN_EVENTS:
        return f"events: {events}, and at least {MIN_EVENTS} are needed"
    if n - events < MIN_EVENTS:
        return f"inspections without the event: {n - events}, and at least {MIN_EVENTS} are needed"
    return ""


def _measures(race: Race, risk: Floats, rows: npt.NDArray[np.bool_]) -> Callable[[Floats], dict[str, Floats]]:
    """Return the measures of some rows, as a function of weights."""
    y, risk, reference = race.y[rows], risk[rows], race.base_rate[rows]

    def measure(weights: Floats) -> dict[str, Floats]:
        return {
            "auc": metrics.roc_auc(y, risk, weights),
            "brier": metrics.brier(y, risk, weights),
            "brier_skill": metrics.brier_skill(y, risk, weights, reference=reference),
            "calibration_in_the_large": metrics.calibration_in_the_large(y, risk, weights),
        }

    return measure
