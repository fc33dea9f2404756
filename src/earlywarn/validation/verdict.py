"""Does the model beat the best floor? The answer in words, for each target and lead.

A floor is a model that anyone could run without us: the base rate, the last judgement. Beside the four
floors stands the model itself on past judgements alone, because a floor that learns less well than the model
would be beaten by its learning and not by what the figures add. The model passes where the paired difference
to the best of them has a 95% interval above zero. Verdicts are not adjusted for there being several.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from earlywarn.models.catalogue import FLOORS
from earlywarn.validation.contrast import Ends, contrast, lead_words, number, sign

__all__ = ["CONSTANT", "MIN_EVENTS", "TARGET_WORDS", "WITHOUT_FIGURES", "too_few", "verdicts"]

WITHOUT_FIGURES = "history_only"  # the deployed model with neither indicators nor soft evidence
CONSTANT = (
    "base_rate",
    "majority_class",
)  # one risk for everyone, so they cannot rank
MIN_EVENTS = 10  # with fewer, of either class, a bootstrap over areas repeats a few stories
CHANCE = 0.5  # of two areas, how often a coin puts the right one first
SUSPICIOUS_AUC = 0.85  # above what published figures could give; a leak is the likelier reason

FLOOR_WORDS = {
    "base_rate": "the base rate alone",
    "majority_class": "naming the commoner outcome every time",
    "deprivation": "deprivation alone",
    "last_judgement": "the last judgement and the years since it",
    WITHOUT_FIGURES: "past judgements alone",
}
TARGET_WORDS = {
    "adverse": "a judgement below good",
    "decline": "a worse judgement than the last",
    "serious": "an inadequate judgement",
}

COLUMNS = ["target", "lead_months", "passed", "text"]


class _Race(NamedTuple):
    target: str
    lead_months: int
    model: str
    n: int
    events: int


def verdicts(
    comparison: pd.DataFrame,
    metrics: pd.DataFrame,
    *,
    floors: Sequence[str] = (*FLOORS, WITHOUT_FIGURES),
    model: str = "default",
    horizon: int | None = None,
) -> pd.DataFrame:
    """Say in words whether the model beats the best floor.

    The best floor is the one with the highest Brier skill score, its log loss being finite; of equals, the
    one that ``floors`` names first. The model passes where its Brier skill less that floor's has a 95%
    interval wholly above zero. The text states the AUC as well.

    Parameters
    ----------
    comparison : DataFrame
        As `earlywarn.validation.evaluation.compare` returns it for ``model``.
    metrics : DataFrame
        As `earlywarn.validation.evaluation.evaluate` returns it.
    floors : sequence of str
        Names of the floors; those that did not run are passed over.
    model : str
        The model judged.
    horizon : int, optional
        Months of the window that the model is trained for; a lead as long or longer is said to lie beyond it.

    Returns
    -------
    DataFrame
        ``target, lead_months, passed, text``, a row for each race that ``model`` ran, sorted. ``passed`` is
        True or False, and None where the inspections cannot say: fewer than 10 events or 10 others, no floor,
        or no interval.

    Examples
    --------
    >>> race = {"target": "adverse", "lead_months": 3, "n": 240}
    >>> metrics = pd.DataFrame([
    ...     {**race, "model": model, "metric": metric, "value": value, "events": 80}
    ...     for model, values in {"default": (0.77, 0.2, 0.5), "last_judgement": (0.72, 0.14, 0.6)}.items()
    ...     for metric, value in zip(("auc", "brier_skill", "log_loss"), values)])
    >>> comparison = pd.DataFrame([
    ...     {**race, "other": "last_judgement", "metric": metric, "difference": by, "low": low, "high": high}
    ...     for metric, by, low, high in [("auc", 0.05, 0.01, 0.09), ("brier_skill", 0.06, 0.02, 0.1)]])
    >>> print(verdicts(comparison, metrics).loc[0, "text"])
    Better than the last judgement and the years since it. At 90 days' lead, the model's risks of a
    judgement below good are closer to what happened (Brier skill 0.20 against 0.14; difference 0.06, 95%
    interval 0.02 to 0.10). The model ranks areas better (AUC 0.77 against 0.72; difference 0.05, 95%
    interval 0.01 to 0.09). 240 inspections, 80 events.
    """
    found = []
    values = metrics.set_index(["target", "lead_months", "model", "metric"])["value"]
    judged = metrics[metrics["model"] == model]
    own = judged[judged["metric"] == "brier_skill"]
    ranked = judged[judged["metric"] == "auc"].reindex(
        columns=["target", "lead_months", "value", "low", "high"]
    )
    aucs = {
        (str(target), int(lead)): (float(value), float(low), float(high))
        for target, lead, value, low, high in ranked.itertuples(index=False)
    }
    for row in own.sort_values(["target", "lead_months"])[list(_Race._fields)].itertuples(index=False):
        race = _Race(*row)
        key = race.target, race.lead_months
        floor = _best_floor(values, key, floors)
        own_auc = aucs.get(key, (np.nan, np.nan, np.nan))
        between = {
            str(metric): (float(by), float(low), float(high))
            for metric, by, low, high in comparison.loc[
                (comparison["target"] == race.target)
                & (comparison["lead_months"] == race.lead_months)
                & (comparison["other"] == floor),
                ["metric", "difference", "low", "high"],
            ].itertuples(index=False)
        }
        passed, text = _judge(race, floor, between, values, own_auc)
        if passed is not None and horizon is not None and race.lead_months >= horizon:
            text += f" So long a lead lies beyond the {horizon} months that the model is trained for."
        found.append((*key, passed, text))
    return pd.DataFrame(found, columns=COLUMNS).astype({"passed": object})


def too_few(n: int, events: int) -> str:
    """Say why so few inspections cannot tell; empty where they can.

    Examples
    --------
    >>> too_few(60, 8), too_few(60, 20)
    ('Too few events (8) to say: at least 10 are needed.', '')
    """
    others = n - events
    if events < MIN_EVENTS:
        return f"Too few events ({events}) to say: at least {MIN_EVENTS} are needed."
    if others < MIN_EVENTS:
        return f"Too few inspections without the event ({others}) to say: at least {MIN_EVENTS} are needed."
    return ""


def _best_floor(values: "pd.Series[float]", key: tuple[str, int], floors: Sequence[str]) -> str | None:
    """Return the floor with the highest Brier skill among those with a finite log loss."""
    skills = {
        floor: values.get((*key, floor, "brier_skill"), np.nan)
        for floor in floors
        if np.isfinite(values.get((*key, floor, "log_loss"), np.nan))
    }
    finite = {floor: skill for floor, skill in skills.items() if np.isfinite(skill)}
    return max(finite, key=lambda floor: finite[floor]) if finite else None


def _judge(
    race: _Race, floor: str | None, between: dict[str, Ends], values: "pd.Series[float]", own_auc: Ends
) -> tuple[bool | None, str]:
    """Return whether one race is passed, and the text."""
    if few := too_few(race.n, race.events):
        return None, few
    if floor is None:
        return None, "Nothing to compare with: no floor gave risks here."
    name = FLOOR_WORDS.get(floor, floor.replace("_", " ") + " alone")
    better = sign(between, "brier_skill")
    if better is None:
        return None, f"Too little to say how the model compares with {name}: the difference has no interval."
    headline = {
        1: f"Better than {name}.",
        0: f"No better than {name}, as far as these inspections can show.",
        -1: f"Less good than {name}.",
    }[better]
    close = {1: "closer to", 0: "not clearly closer to", -1: "further from"}[better]
    outcome = TARGET_WORDS.get(race.target, race.target)
    key = race.target, race.lead_months
    skills, aucs = (
        tuple(values.get((*key, one, metric), np.nan) for one in (race.model, floor))
        for metric in ("brier_skill", "auc")
    )
    lead = lead_words(race.lead_months)
    risks = f"At {lead} lead, the model's risks of {outcome} are {close} what happened"
    sentences = [headline, f"{risks} (Brier skill {contrast(skills, between['brier_skill'])})."]
    sentences.append(_ranking(floor, between, aucs, own_auc))
    if aucs[0] > SUSPICIOUS_AUC:
        sentences.append("An AUC this high is rare here: look for a leak before relying on it.")
    sentences.append(f"{race.n:,} inspections, {race.events:,} events.")
    return better > 0, " ".join(sentence for sentence in sentences if sentence)


def _ranking(floor: str, between: dict[str, Ends], aucs: tuple[float, ...], own: Ends) -> str:
    """Say how the model ranks areas: against the floor, or against chance where the floor cannot rank."""
    if floor in CONSTANT:
        if not np.isfinite(own).all():
            return ""
        clearly = "clearly better" if own[1] > CHANCE else "not clearly better"
        value, low, high = (number(value) for value in own)
        return f"The model ranks areas {clearly} than chance (AUC {value}, 95% interval {low} to {high})."
    better = sign(between, "auc")
    if better is None:
        return ""
    ranks = {1: "ranks areas better", 0: "does not clearly rank areas better", -1: "ranks areas less well"}
    return f"The model {ranks[better]} (AUC {contrast(aucs, between['auc'])})."
