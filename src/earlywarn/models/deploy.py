"""Fit what will score: the model on all that is known, its recalibration, and its replicates."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import binomtest
from tqdm import tqdm

from earlywarn.models.calibration import Recalibration, fit_draws
from earlywarn.models.deployed import DeployedModel
from earlywarn.models.replicates import area_draws, fit_replicates
from earlywarn.models.targets import TargetModel
from earlywarn.schema import GRADES, TARGETS

__all__ = ["deploy", "miscalibrated"]

LEAST_INSPECTIONS = 20  # before a group's rate says anything about its risks


def deploy(
    model: TargetModel,
    *,
    X: pd.DataFrame,
    labels: pd.DataFrame,
    sample_weight: npt.ArrayLike,
    out_of_time: pd.DataFrame,
    replicates: int,
    seed: int,
    meta: Mapping[str, Any],
    progress: bool = False,
) -> DeployedModel:
    """Fit a model for scoring.

    Parameters
    ----------
    model : TargetModel
        Not yet fitted.
    X : DataFrame
        Features of the rows that may teach, index ``(area_code, as_of)``.
    labels : DataFrame
        Their outcomes, in the same order.
    sample_weight : array of shape (rows,)
        So that each inspection counts once.
    out_of_time : DataFrame
        For the same rows, the raw risks that models gave before each row's label was known; NaN where no
        model could be fitted yet. The recalibration learns from these.
    replicates : int
        Refits on areas drawn anew; model and recalibration of a replicate see the same draw.
    seed : int
        Of the draws.
    meta : mapping
        What a reader must be able to trace; rows, events and calibration are added.
    progress : bool
        Show a bar on a terminal.
    """
    weights = pd.Series(sample_weight, dtype=float).to_numpy()
    fitted = model.fit(X, labels, sample_weight=weights)
    rehearsed = out_of_time["adverse"].notna().to_numpy()
    past, known = out_of_time[rehearsed], labels[rehearsed]
    outcomes = known[list(TARGETS)]
    once = 1.0 / known.groupby("inspection_id")["inspection_id"].transform("size").to_numpy(dtype=float)
    recalibration = Recalibration().fit(past, outcomes, sample_weight=once)
    areas = X.index.get_level_values("area_code")
    drawn = fit_replicates(
        fitted,
        X,
        labels,
        sample_weight=weights,
        groups=areas,
        draws=replicates,
        seed=seed,
        progress=lambda draws: tqdm(
            draws, desc="Replicates", unit="draw", disable=None if progress else True
        ),
    )
    times = area_draws(areas[rehearsed], draws=replicates, seed=seed, areas=areas)
    maps = fit_draws(past, outcomes, times * once)
    if not recalibration.calibrated_:
        maps = maps * 0.0 + [0.0, 1.0]
    inspections = labels.drop_duplicates("inspection_id")
    traced = {
        **meta,
        "trained_on": {
            "inspections": len(inspections),
            "rows": len(labels),
            "events": {target: int(inspections[target].sum()) for target in TARGETS},
        },
        "calibration": calibration_words(recalibration, known["inspection_id"].nunique()),
        "not_read": [name for name in fitted.features if X[name].isna().all()],
        "cautions": miscalibrated(recalibration.transform(past), known, once),
    }
    return DeployedModel(
        model=fitted,
        recalibration=recalibration,
        replicates=drawn,
        replicate_recalibrations=maps,
        background=X[list(fitted.features)],
        meta=traced,
    )


def calibration_words(recalibration: Recalibration, inspections: int) -> str:
    """Say how the risks were calibrated, or why they could not be."""
    if not recalibration.calibrated_:
        return f"Not calibrated: {recalibration.why_}."
    return (
        f"Calibrated on {inspections} inspections that came after the models which foresaw them were "
        f"fitted: log-odds are multiplied by {recalibration.slope_:.2f} and shifted by "
        f"{recalibration.intercept_:+.2f}."
    )


def miscalibrated(
    risks: pd.DataFrame, labels: pd.DataFrame, weights: npt.NDArray[np.float64]
) -> list[dict[str, Any]]:
    """Find the last judgements after which past risks were clearly too high or too low.

    One recalibration serves all areas and questions, so it can be right on the whole and wrong for, say,
    areas last judged outstanding. Their risks carry a caution.

    Parameters
    ----------
    risks : DataFrame
        Recalibrated out-of-time risks.
    labels : DataFrame
        Their outcomes, with ``last_grade``; the same rows.
    weights : array of shape (rows,)
        So that each inspection counts once.

    Returns
    -------
    list of dict
        ``target, last_grade, said, happened, inspections``: where the mean risk lies outside Wilson's 95%
        interval of how often it happened, over 20 inspections or more.
    """
    found: list[dict[str, Any]] = []
    for target in TARGETS:
        outcome = labels[target].to_numpy(dtype=float)
        for grade in range(len(GRADES)):
            rows = (labels["last_grade"].to_numpy() == grade) & ~np.isnan(outcome)
            trials = weights[rows].sum()
            if trials < LEAST_INSPECTIONS:
                continue
            said = float(np.average(risks[target].to_numpy()[rows], weights=weights[rows]))
            happened = float(np.average(outcome[rows], weights=weights[rows]))
            interval = binomtest(round(happened * trials), round(trials)).proportion_ci(method="wilson")
            if not interval.low <= said <= interval.high:
                fact = {"target": target, "last_grade": grade, "inspections": round(trials)}
                found.append(fact | {"said": round(said, 3), "happened": round(happened, 3)})
    return found
