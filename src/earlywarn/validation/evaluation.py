"""Every measure of every model, with intervals over areas, and paired differences.

`evaluate` gives one row for each target, model, lead and measure; `compare` sets one model against each of
the others on the same inspections and the same draws.
"""

from collections.abc import Callable, Iterator
from itertools import groupby

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.models.resample import area_draws
from earlywarn.validation import metrics, places
from earlywarn.validation.intervals import DRAWS, percentile_interval
from earlywarn.validation.leads import lead_measures
from earlywarn.validation.predictions import DECIMALS, Race, races

__all__ = ["CAPACITIES", "compare", "evaluate", "in_chunks", "race_draws"]

Floats = npt.NDArray[np.float64]

CAPACITIES = (10, 20, 30)  # reviews a year for which precision is given
CODES = 10  # more than there are grades, so that year and last judgement make one number
CHUNK_BYTES = 1_000_000  # of one array of weights; about ten such arrays are alive at once

KEYS = ["target", "model", "lead_months", "metric"]
RESULTS = [*KEYS, "value", "low", "high", "n", "events"]
DIFFERENCES = ["target", "lead_months", "other", "metric", "difference", "low", "high", "n"]


def in_chunks(
    measure: Callable[[Floats], dict[str, Floats]], draws: npt.NDArray[np.int64], area: npt.NDArray[np.intp]
) -> dict[str, Floats]:
    """Apply a measure to the weights of some rows, a bounded number of draws at a time.

    Parameters
    ----------
    measure : callable
        From weights (some draws, n) to named values of shape (some draws,).
    draws : array of shape (draws, areas)
        Repetitions of each area.
    area : array of shape (n,)
        Position of each row's area among the areas.

    Returns
    -------
    dict of str to array of shape (draws,)

    Examples
    --------
    >>> draws = np.array([[1, 1], [2, 0]])
    >>> in_chunks(lambda weights: {"rows": weights.sum(axis=1)}, draws, np.array([0, 0, 1]))
    {'rows': array([3., 4.])}
    """
    size = max(1, CHUNK_BYTES // (8 * max(1, len(area))))
    parts = [measure(draws[at : at + size].astype(float)[:, area]) for at in range(0, len(draws), size)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def evaluate(predictions: pd.DataFrame, *, draws: int = DRAWS, seed: int = 0) -> pd.DataFrame:
    """Measure every model at every lead.

    Parameters
    ----------
    predictions : DataFrame
        As `earlywarn.validation.predictions.races` reads it, in any order.
    draws : int
        Bootstrap draws over areas.
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame
        ``target, model, lead_months, metric, value, low, high, n, events``, sorted by the first four.
        ``low`` and ``high`` are the ends of the 95% interval, ``n`` the inspections for which this model gave
        a risk. NaN where a measure does not exist (see `earlywarn.validation.metrics`). The lead time and the
        share flagged stand at the shortest lead and count inspections that have a longer lead as well.

    Raises
    ------
    DataError
        If the predictions cannot be used.

    Examples
    --------
    >>> predictions = pd.DataFrame({
    ...     "area_code": ["Bury", "Kent", "Leeds", "York"], "inspection_id": ["1", "2", "3", "4"],
    ...     "as_of": pd.Timestamp("2024-01-01"), "start_date": pd.Timestamp("2024-05-01"),
    ...     "lead_months": 3, "target": "adverse", "model": "default", "risk": [0.8, 0.6, 0.7, 0.1],
    ...     "label": [1, 1, 0, 0], "last_judgement": 2, "base_rate": 0.5, "recent_rate": 0.4})
    >>> evaluate(predictions, draws=10).loc[0, ["metric", "value", "n", "events"]].to_dict()
    {'metric': 'auc', 'value': 0.75, 'n': 4, 'events': 2}
    """
    field, repetitions, place = race_draws(predictions, draws=draws, seed=seed)
    found: list[tuple[object, ...]] = []
    for race in field:
        for model, risk in race.risks.items():
            seen = np.isfinite(risk)
            area = place.get_indexer(pd.Index(race.area_codes[seen]))
            values = in_chunks(_measures(race, risk, seen), repetitions, area)
            counts = int(seen.sum()), int(race.y[seen].sum())
            found += _rows((race.target, model, race.lead_months), values, counts)
    for target, leads in groupby(field, key=lambda race: race.target):
        for model, months, (n, events, shortest) in lead_measures(list(leads), place):
            values = in_chunks(months, repetitions, np.arange(len(place)))
            found += _rows((target, model, shortest), values, (n, events))
    return _table(found, columns=RESULTS, keys=KEYS)


def compare(
    predictions: pd.DataFrame, *, model: str = "default", draws: int = DRAWS, seed: int = 0
) -> pd.DataFrame:
    """Set one model against each of the others, on the same inspections and the same draws.

    Parameters
    ----------
    predictions : DataFrame
        As in `evaluate`.
    model : str
        The model to set against the others.
    draws, seed : int
        As in `evaluate`; the same seed gives the same draws.

    Returns
    -------
    DataFrame
        ``target, lead_months, other, metric, difference, low, high, n``: the measure of ``model`` less
        that of ``other``, over the inspections that both scored, with its 95% interval. Metrics: ``auc`` and
        ``brier_skill`` (positive is better), ``log_loss`` (negative is better). Races that ``model`` did not
        run are left out.

    Raises
    ------
    DataError
        If the predictions cannot be used.

    Examples
    --------
    >>> predictions = pd.DataFrame({
    ...     "area_code": ["Bury", "Kent", "Leeds"] * 2, "inspection_id": ["1", "2", "3"] * 2,
    ...     "as_of": pd.Timestamp("2024-01-01"), "start_date": pd.Timestamp("2024-05-01"),
    ...     "lead_months": 3, "target": "adverse", "model": ["default"] * 3 + ["base_rate"] * 3,
    ...     "risk": [0.8, 0.6, 0.7, 0.5, 0.5, 0.5], "label": [1, 1, 0] * 2,
    ...     "last_judgement": 2, "base_rate": 0.5, "recent_rate": 0.4})
    >>> compare(predictions, draws=10)[["other", "metric", "difference", "n"]].head(2)
           other       metric  difference  n
    0  base_rate          auc        0.00  3
    1  base_rate  brier_skill        0.08  3
    """
    field, repetitions, place = race_draws(predictions, draws=draws, seed=seed)
    found: list[tuple[object, ...]] = []
    for race in field:
        own = race.risks.get(model)
        if own is None:
            continue
        for other, risk in race.risks.items():
            if other == model:
                continue
            both = np.isfinite(own) & np.isfinite(risk)
            area = place.get_indexer(pd.Index(race.area_codes[both]))
            values = in_chunks(_differences(race, own, risk, both), repetitions, area)
            for metric, over in values.items():
                ends = percentile_interval(over[1:])
                found.append((race.target, race.lead_months, other, metric, over[0], *ends, int(both.sum())))
    return _table(found, columns=DIFFERENCES, keys=DIFFERENCES[:4])


def race_draws(
    predictions: pd.DataFrame, *, draws: int, seed: int
) -> tuple[list[Race], npt.NDArray[np.int64], pd.Index]:
    """Return the races of a back-test and the draws that they share.

    Parameters
    ----------
    predictions, draws, seed
        As in `evaluate`.

    Returns
    -------
    races : list of Race
        By target and lead.
    repetitions : array of shape (1 + draws, areas)
        How often each area counts: a first row of ones, which gives the estimate, then the draws.
    place : Index
        Area codes in the order of the columns of ``repetitions``.

    Raises
    ------
    DataError
        If the predictions cannot be used.

    Examples
    --------
    >>> predictions = pd.DataFrame({
    ...     "area_code": ["Kent", "Bury"], "inspection_id": ["1", "2"],
    ...     "as_of": pd.Timestamp("2024-01-01"), "start_date": pd.Timestamp("2024-05-01"),
    ...     "lead_months": 3, "target": "adverse", "model": "default", "risk": [0.8, 0.6],
    ...     "label": [1, 0], "last_judgement": 2, "base_rate": 0.5, "recent_rate": 0.4})
    >>> field, repetitions, place = race_draws(predictions, draws=10, seed=0)
    >>> len(field), repetitions.shape, place.tolist()
    (1, (11, 2), ['Bury', 'Kent'])
    """
    field = list(races(predictions))
    areas = sorted({code for race in field for code in race.area_codes})
    ones = np.ones((1, len(areas)), dtype=np.int64)
    repetitions = np.vstack([ones, area_draws(areas, draws=draws, seed=seed)])
    return field, repetitions, pd.Index(areas, dtype=object)


def _measures(race: Race, risk: Floats, seen: npt.NDArray[np.bool_]) -> Callable[[Floats], dict[str, Floats]]:
    """Return every measure of one model in one race, as a function of weights."""
    y, risk, keys, years = race.y[seen], risk[seen], race.area_codes[seen], race.year[seen]
    cells = years * CODES + np.nan_to_num(race.last_judgement[seen], nan=CODES - 1)

    def measure(weights: Floats) -> dict[str, Floats]:
        intercept, slope = metrics.calibration_line(y, risk, weights)
        named = {
            "auc": metrics.roc_auc(y, risk, weights),
            "auc_within_last_judgement": metrics.grouped_auc(
                y, risk, weights, groups=race.last_judgement[seen]
            ),
            "auc_within_last_judgement_and_year": metrics.grouped_auc(y, risk, weights, groups=cells),
            "auc_within_year": metrics.grouped_auc(y, risk, weights, groups=years),
            "average_precision": metrics.average_precision(y, risk, weights),
            "brier": metrics.brier(y, risk, weights),
            "brier_skill": metrics.brier_skill(y, risk, weights, reference=race.base_rate[seen]),
            "brier_skill_recent": metrics.brier_skill(y, risk, weights, reference=race.recent_rate[seen]),
            "log_loss": metrics.log_loss(y, risk, weights),
            "calibration_slope": slope,
            "calibration_intercept": intercept,
            "calibration_in_the_large": metrics.calibration_in_the_large(y, risk, weights),
        }
        precision = places.precision_at_k(y, risk, weights, years=years, keys=keys, k=CAPACITIES)
        named |= {f"precision_at_{k}": at_k for k, at_k in zip(CAPACITIES, precision, strict=True)}
        return named

    return measure


def _differences(
    race: Race, own: Floats, other: Floats, both: npt.NDArray[np.bool_]
) -> Callable[[Floats], dict[str, Floats]]:
    """Return the paired differences of two models in one race, as a function of weights."""
    y, reference = race.y[both], race.base_rate[both]

    def measure(weights: Floats) -> dict[str, Floats]:
        first, second = (
            {
                "auc": metrics.roc_auc(y, risk[both], weights),
                "brier_skill": metrics.brier_skill(y, risk[both], weights, reference=reference),
                "log_loss": metrics.log_loss(y, risk[both], weights),
            }
            for risk in (own, other)
        )
        return {metric: first[metric] - second[metric] for metric in first}

    return measure


def _rows(
    keys: tuple[object, ...], values: dict[str, Floats], counts: tuple[int, int]
) -> Iterator[tuple[object, ...]]:
    """Yield one row per measure; the first value is the estimate, the others its draws."""
    for metric, over in values.items():
        yield (*keys, metric, over[0], *percentile_interval(over[1:]), *counts)


def _table(found: list[tuple[object, ...]], *, columns: list[str], keys: list[str]) -> pd.DataFrame:
    """Return the rows in order, without digits that vary from machine to machine."""
    table = pd.DataFrame(found, columns=columns).sort_values(keys, ignore_index=True)
    return table.round(DECIMALS)
