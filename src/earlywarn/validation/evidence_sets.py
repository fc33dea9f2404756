"""What each set of evidence tells, and how two sets differ on the same inspections and the same draws.

A set is a choice of features that one model is given: the published figures, soft evidence, or both. The
sets run in one race, so that whatever else they share cancels in a difference.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, groupby

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.validation import metrics, places
from earlywarn.validation.evaluation import CAPACITIES, in_chunks, race_draws
from earlywarn.validation.intervals import DRAWS, percentile_interval
from earlywarn.validation.leads import lead_measures
from earlywarn.validation.predictions import DECIMALS, KEY, Race
from earlywarn.validation.verdict import WITHOUT_FIGURES

__all__ = ["compare_sets"]

Floats = npt.NDArray[np.float64]

VALUES = ["target", "lead_months", "set", "metric", "value", "low", "high", "n", "events"]
DIFFERENCES = ["target", "lead_months", "set", "other", "metric", "difference", "low", "high", "n", "events"]


def compare_sets(
    predictions: pd.DataFrame, sets: Sequence[str], *, draws: int = DRAWS, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure each set of evidence, and every difference between two of them.

    Parameters
    ----------
    predictions : DataFrame
        As `earlywarn.validation.predictions.races` reads it, in any order; a set's risks stand under its
        name in ``model``. The model on past judgements alone (``history_only``) is taken along if it ran.
    sets : sequence of str
        Names of the sets, in the order in which they are set against each other.
    draws, seed : int
        Bootstrap draws over areas, and their seed.

    Returns
    -------
    values : DataFrame
        ``target, lead_months, set, metric, value, low, high, n, events``, with ends of the 95% interval.
    differences : DataFrame
        ``target, lead_months, set, other, metric, difference, low, high, n, events``: the measure of ``set``
        less that of ``other``, which was named before it; past judgements alone count as named first.
        Both tables hold only inspections that all the sets scored.

    Notes
    -----
    Metrics: ``auc``, ``brier_skill``, ``precision_at_10``, ``20`` and ``30`` (share of events among so many
    highest risks a year; more is better), ``log_loss`` (less is better); at the shortest lead also
    ``warning_months``: how long before an event its area was on a list of 20 a year without a break, a mean
    over all events in which one that the list misses counts 0. Its difference is the lead time gained. It
    needs a second lead, and is NaN without one.

    Raises
    ------
    DataError
        If the predictions cannot be used.

    Examples
    --------
    >>> predictions = pd.DataFrame({
    ...     "area_code": ["Bury", "Kent", "Leeds"] * 2, "inspection_id": ["1", "2", "3"] * 2,
    ...     "as_of": pd.Timestamp("2024-01-01"), "start_date": pd.Timestamp("2024-05-01"),
    ...     "lead_months": 3, "target": "adverse", "model": ["hard"] * 3 + ["soft"] * 3,
    ...     "risk": [0.6, 0.5, 0.7, 0.8, 0.6, 0.3], "label": [1, 1, 0] * 2,
    ...     "last_judgement": 2, "base_rate": 0.5, "recent_rate": 0.4})
    >>> values, differences = compare_sets(predictions, ["hard", "soft"], draws=10)
    >>> differences[["set", "other", "metric", "difference", "n"]].head(1)
        set other metric  difference  n
    0  soft  hard    auc         1.0  3
    """
    entries = [*({WITHOUT_FIGURES} & set(predictions["model"])), *sets]
    field, repetitions, place = race_draws(_shared(predictions, entries), draws=draws, seed=seed)
    values: list[tuple[object, ...]] = []
    differences: list[tuple[object, ...]] = []
    for (target, lead), (n, events), measured in _measured(field, repetitions, place):
        for entry in entries:
            for metric, over in measured[entry].items():
                ends = percentile_interval(over[1:])
                values.append((target, lead, entry, metric, over[0], *ends, n, events))
        for other, entry in combinations(entries, 2):
            for metric, over in measured[entry].items():
                less = over - measured[other][metric]
                ends = percentile_interval(less[1:])
                differences.append((target, lead, entry, other, metric, less[0], *ends, n, events))
    return _table(values, VALUES, entries), _table(differences, DIFFERENCES, entries)


Measured = tuple[tuple[str, int], tuple[int, int], dict[str, dict[str, Floats]]]


def _measured(field: list[Race], repetitions: npt.NDArray[np.int64], place: pd.Index) -> Iterator[Measured]:
    """Yield target and lead, inspections and events, and for each model its measures over the draws."""
    for race in field:
        area = place.get_indexer(pd.Index(race.area_codes))
        found = {
            model: in_chunks(_measures(race, risk), repetitions, area) for model, risk in race.risks.items()
        }
        yield (race.target, race.lead_months), (len(race.y), int(race.y.sum())), found
    everywhere = np.arange(len(place))
    for target, leads in groupby(field, key=lambda race: race.target):
        found, counts = {}, (0, 0, 0)
        for model, measure, counts in lead_measures(list(leads), place):  # noqa: B007  all models' counts agree
            found[model] = {"warning_months": _warning(in_chunks(measure, repetitions, everywhere))}
        yield (target, counts[2]), counts[:2], found


def _shared(predictions: pd.DataFrame, entries: Sequence[str]) -> pd.DataFrame:
    """Return the inspections to which every entry gave a risk."""
    known = predictions[predictions["model"].isin(entries) & predictions["risk"].notna()]
    scored = known.groupby(list(KEY[:-1]), sort=False)["model"].transform("nunique")
    return known[scored == len(entries)]


def _measures(race: Race, risk: Floats) -> Callable[[Floats], dict[str, Floats]]:
    """Return the measures of one model in one race, as a function of weights."""

    def measure(weights: Floats) -> dict[str, Floats]:
        precision = places.precision_at_k(
            race.y, risk, weights, years=race.year, keys=race.area_codes, k=CAPACITIES
        )
        return {
            "auc": metrics.roc_auc(race.y, risk, weights),
            "brier_skill": metrics.brier_skill(race.y, risk, weights, reference=race.base_rate),
            "log_loss": metrics.log_loss(race.y, risk, weights),
            **{f"precision_at_{k}": at_k for k, at_k in zip(CAPACITIES, precision, strict=True)},
        }

    return measure


def _warning(over: dict[str, Floats]) -> Floats:
    """Return mean months of warning over all events, those that were not flagged counting 0.

    Examples
    --------
    >>> over = {"lead_time_months": np.array([8.0, np.nan]), "share_flagged": np.array([0.5, 0.0])}
    >>> _warning(over)
    array([4., 0.])
    """
    share = over["share_flagged"]
    return np.where(share == 0, 0.0, over["lead_time_months"] * share)


def _table(found: list[tuple[object, ...]], columns: list[str], entries: Sequence[str]) -> pd.DataFrame:
    """Return the rows by target and lead, sets in the order named, without digits that vary by machine."""
    table = pd.DataFrame(found, columns=columns)
    keys = columns[: columns.index("metric") + 1]
    order = {name: number for number, name in enumerate(entries)}
    table = table.sort_values(
        keys, key=lambda names: names.map(order) if names.name in {"set", "other"} else names, kind="stable"
    )
    return table.reset_index(drop=True).round(DECIMALS)
