"""Is acting on the risks worth it? The decision curve, and what it says at the threshold chosen.

A threshold says how errors weigh: who acts from a risk of 1 in 3 holds that missing an area costs twice as
much as a review that was not needed. Net benefit counts what was rightly flagged, less what was needlessly
flagged at that price, per inspection [1]_. Acting on the model is worth it only where it beats reviewing
everybody, reviewing nobody, **and** the simplest rule that anyone could follow without it.

References
----------
.. [1] Vickers & Elkin (2006), Decision curve analysis, Medical Decision Making 26(6), 565-574.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import DataError, Fault
from earlywarn.models.catalogue import FLOORS
from earlywarn.models.resample import area_draws
from earlywarn.validation.contrast import contrast, lead_words, sign
from earlywarn.validation.cost_ratio import cost_ratio_of
from earlywarn.validation.evaluation import in_chunks
from earlywarn.validation.intervals import DRAWS, percentile_interval
from earlywarn.validation.predictions import DECIMALS
from earlywarn.validation.ranking import TIE_DECIMALS
from earlywarn.validation.splits import REFERENCE_LEAD
from earlywarn.validation.verdict import CONSTANT, FLOOR_WORDS, TARGET_WORDS, WITHOUT_FIGURES, too_few

__all__ = [
    "ALL",
    "MODEL",
    "NONE",
    "THRESHOLDS",
    "Usefulness",
    "threshold_words",
    "usefulness",
]

Floats = npt.NDArray[np.float64]

THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 13))  # 0.05 to 0.6: beyond, few are flagged
MODEL, ALL, NONE = "model", "all", "none"  # strategies; the fourth bears its floor's name
RULES = tuple(
    floor for floor in (*FLOORS, WITHOUT_FIGURES) if floor not in CONSTANT
)  # those flag all or none
STRATEGY_WORDS = {ALL: "reviewing every area", NONE: "reviewing none"}
READ = ("area_code", "inspection_id", "lead_months", "target", "model", "risk", "label")

CURVE = [
    "threshold", "cost_ratio", "strategy", "net_benefit", "low", "high", "flagged_share", "n", "events",
    "chosen",
]  # fmt: skip
CONTRAST = ["other", "difference", "low", "high", "n", "events"]


@dataclass(frozen=True)
class Usefulness:
    """What acting on a model was worth in the back-test.

    Parameters
    ----------
    curve : DataFrame
        Table ``usefulness`` of a plan: ``threshold, cost_ratio, strategy, net_benefit, low, high,
        flagged_share, n, events, chosen``; a row per threshold and strategy. ``strategy`` is ``model``,
        ``all``, ``none`` or the name of the best floor. Net benefit is per inspection, with a 95% interval
        over areas. Empty where nothing was tested.
    contrast : DataFrame
        At the chosen threshold, ``other, difference, low, high, n, events``: the model's net benefit less
        that of each other strategy, on the same draws.
    threshold : float
        The chosen threshold.
    target : str
        The question asked.
    lead_months : int
        The lead of the predictions; 3 stands for the 90 days of the reference evaluation.
    """

    curve: pd.DataFrame
    contrast: pd.DataFrame
    threshold: float
    target: str
    lead_months: int = REFERENCE_LEAD

    @property
    def floor(self) -> str:
        """Name of the floor that stands in the curve, empty where there is none."""
        named = [name for name in self.contrast["other"] if name not in (ALL, NONE)]
        return str(named[0]) if named else ""


def usefulness(
    predictions: pd.DataFrame,
    *,
    target: str,
    threshold: float,
    thresholds: Sequence[float] = THRESHOLDS,
    lead_months: int = REFERENCE_LEAD,
    model: str = "default",
    floors: Sequence[str] = RULES,
    draws: int = DRAWS,
    seed: int = 0,
) -> Usefulness:
    """Return the decision curve of a back-tested model, with intervals by bootstrap over areas.

    An inspection is flagged where its risk is the threshold or above. All strategies meet the same
    inspections, those for which the model gave a risk, and the same draws. Of the floors that gave a risk for
    each of them, the one with the highest net benefit at the chosen threshold stands in the whole curve, the
    first named of equals: choosing it with hindsight favours it, so the model is never flattered.

    Parameters
    ----------
    predictions : DataFrame
        As in ``backtest_predictions.csv``: ``area_code, inspection_id, lead_months, target, model, risk,
        label``, risks and labels in [0, 1]. Rows without a label are left out.
    target : str
        The question asked.
    threshold : float
        The risk from which areas are flagged, in (0, 1); it joins the curve.
    thresholds : sequence of float
        Where else the curve is drawn.
    lead_months : int
        Which predictions are read.
    model : str
        The model judged.
    floors : sequence of str
        Names of the floors; those that did not run are passed over. Those that give everyone one risk are
        left out: they flag everybody or nobody, and both stand in the curve already.
    draws, seed : int
        Bootstrap draws over areas, and their seed.

    Returns
    -------
    Usefulness
        With an empty curve where nothing was tested.

    Raises
    ------
    DataError
        If the predictions lack a column, or the model or a floor has two risks for one inspection.
    ConfigError
        If a threshold is not between 0 and 1.

    Examples
    --------
    Four inspections, two of them below good; at a risk of 1 in 3 a needless review weighs a half:

    >>> predictions = pd.DataFrame({
    ...     "area_code": ["Bury", "Kent", "Leeds", "York"], "inspection_id": ["1", "2", "3", "4"],
    ...     "lead_months": 3, "target": "adverse", "model": "default", "risk": [0.8, 0.6, 0.4, 0.1],
    ...     "label": [1, 1, 0, 0]})
    >>> useful = usefulness(predictions, target="adverse", threshold=1 / 3, thresholds=(), draws=10)
    >>> useful.curve.set_index("strategy")["net_benefit"].to_dict()
    {'model': 0.375, 'all': 0.25, 'none': 0.0}
    """
    own = round(float(threshold), TIE_DECIMALS)
    at = np.array(sorted({own, *(round(float(risk), TIE_DECIMALS) for risk in thresholds)}))
    ratios = [cost_ratio_of(risk) for risk in at]
    chosen = int(np.searchsorted(at, own))
    asked = _asked(predictions, target=target, lead_months=lead_months, models=(model, *floors))
    if model not in asked or asked[model].notna().sum() == 0:
        return Usefulness(
            pd.DataFrame(columns=CURVE), pd.DataFrame(columns=CONTRAST), float(threshold), target, lead_months
        )
    asked = asked[asked[model].notna()]
    y, area = asked["label"].to_numpy(dtype=float), asked.index.get_level_values("area_code")
    everybody = np.ones((len(y), len(at)), dtype=bool)
    flags = {MODEL: _flagged(asked[model], at), ALL: everybody, NONE: ~everybody}
    whole = {
        name: _flagged(asked[name], at) for name in floors if name in asked and asked[name].notna().all()
    }
    best = max(whole, key=lambda name: _once(whole[name], y, at)[chosen], default="")
    flags |= {best: whole[best]} if best else {}
    codes = sorted(set(area))
    repetitions = np.vstack([np.ones((1, len(codes)), np.int64), area_draws(codes, draws=draws, seed=seed)])
    place = pd.Index(codes).get_indexer(area)
    benefits = in_chunks(lambda weights: _net_benefits(flags, y, weights, at), repetitions, place)
    counts = len(y), int(y.sum())
    rows = [
        (risk, ratio, name, *_estimate(over[:, step]), flags[name][:, step].mean(), *counts, step == chosen)
        for step, (risk, ratio) in enumerate(zip(at, ratios, strict=True))
        for name, over in benefits.items()
    ]
    against = [
        (name, *_estimate((benefits[MODEL] - over)[:, chosen]), *counts)
        for name, over in benefits.items()
        if name != MODEL
    ]
    return Usefulness(
        pd.DataFrame(rows, columns=CURVE).round(DECIMALS),
        pd.DataFrame(against, columns=CONTRAST).round(DECIMALS),
        float(threshold),
        target,
        lead_months,
    )


def threshold_words(useful: Usefulness) -> str:
    """Say whether acting on the model at the chosen threshold is clearly better than the alternatives.

    Better, and less good, is said only where the whole 95% interval of the paired difference lies on one
    side of zero; otherwise that it cannot be told.

    Examples
    --------
    >>> print(threshold_words(usefulness(pd.DataFrame(columns=READ), target="adverse", threshold=0.25)))
    Areas are flagged from a risk of 25%, which holds that missing one costs 3 times as much as a review that
    was not needed. There is no back-test here, so whether acting on the risks helps is not known.
    """
    ratio = cost_ratio_of(useful.threshold)
    price = f"{ratio:.2g} times as much as" if round(ratio, 1) != 1 else "as much as"
    priced = (
        f"Areas are flagged from a risk of {useful.threshold:.0%}, which holds that missing one costs "
        f"{price} a review that was not needed."
    )
    if useful.curve.empty:
        return f"{priced} There is no back-test here, so whether acting on the risks helps is not known."
    chosen = {row["strategy"]: row for row in useful.curve[useful.curve["chosen"]].to_dict("records")}
    own = chosen[MODEL]
    n, events = int(own["n"]), int(own["events"])
    tested = (
        f"Of {n:,} past inspections foreseen at {lead_words(useful.lead_months)} lead, {events:,} with "
        f"{TARGET_WORDS.get(useful.target, useful.target)}, the model would have flagged "
        f"{own['flagged_share']:.0%}."
    )
    if few := too_few(n, events):
        return f"{priced} {tested} {few}"
    told = [priced, tested]
    for row in useful.contrast.to_dict("records"):
        other = str(row["other"])
        floor = FLOOR_WORDS.get(other, f"{other.replace('_', ' ')} alone")
        than = STRATEGY_WORDS.get(other, f"acting on {floor}")
        between = {"net_benefit": (float(row["difference"]), float(row["low"]), float(row["high"]))}
        pair = float(own["net_benefit"]), float(chosen[other]["net_benefit"])
        said = {
            1: f"Acting on the model was clearly better than {than}",
            0: f"Whether it was better than {than} cannot be told",
            -1: f"It was less good than {than}",
            None: f"Whether it was better than {than} cannot be told, as the difference has no interval",
        }[sign(between, "net_benefit")]
        told.append(f"{said} (net benefit {contrast(pair, between['net_benefit'])}).")
    told.append("The inspections took place; a list of all areas may behave differently.")
    return " ".join(told)


def _asked(
    predictions: pd.DataFrame, *, target: str, lead_months: int, models: Sequence[str]
) -> pd.DataFrame:
    """Return a row per inspection with its label and the risk of each model, in order of area."""
    missing = [name for name in READ if name not in predictions]
    if missing:
        faults = [Fault("predictions", None, name, None, "is missing", "add this column") for name in missing]
        raise DataError(faults, where="the predictions")
    rows = predictions[
        (predictions["target"] == target)
        & (predictions["lead_months"] == lead_months)
        & predictions["model"].isin(models)
        & predictions["label"].notna()
    ]
    key = ["area_code", "inspection_id"]
    twice = rows.duplicated([*key, "model"])
    if twice.any():
        problem = f"has {int(twice.sum())} rows beyond the first of their area, inspection and model"
        fault = Fault("predictions", None, "inspection_id", None, problem, "keep one row for each of them")
        raise DataError([fault], where="the predictions")
    risks = rows.pivot_table(index=key, columns="model", values="risk", aggfunc="first")
    risks.insert(0, "label", rows.groupby(key)["label"].first().reindex(risks.index))
    return risks


def _flagged(risks: "pd.Series[float]", at: Floats) -> npt.NDArray[np.bool_]:
    """Say who is flagged at each threshold, shape (n, thresholds); ties are the same on every machine."""
    risk = np.round(risks.to_numpy(dtype=float), TIE_DECIMALS)
    return np.asarray(risk[:, None] >= at[None, :])


def _net_benefits(
    flags: dict[str, npt.NDArray[np.bool_]], y: Floats, weights: Floats, at: Floats
) -> dict[str, Floats]:
    """Return the net benefit of each strategy, shape (draws, thresholds), from weights (draws, n)."""
    price = at / (1 - at)
    worth = y[:, None] - (1 - y[:, None]) * price[None, :]
    total = weights.sum(axis=1, keepdims=True)
    return {name: (weights @ (flag * worth)) / total for name, flag in flags.items()}


def _once(flag: npt.NDArray[np.bool_], y: Floats, at: Floats) -> Floats:
    """Return the net benefit of one strategy at each threshold, every inspection counting once."""
    rounded: Floats = np.round(_net_benefits({"": flag}, y, np.ones((1, len(y))), at)[""][0], TIE_DECIMALS)
    return rounded


def _estimate(over: Floats) -> tuple[float, float, float]:
    """Return the estimate, which comes first, and the ends of its interval over the draws."""
    return (float(over[0]), *percentile_interval(over[1:]))
