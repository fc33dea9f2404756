"""Rolling-origin evaluation: stand at each as-of date in turn, knowing only what was known.

At each origin every model is fitted on the rows whose label was known, and gives a raw risk for every
area whose next inspection will tell. Those raw risks are later used twice: to test the model, and, once
their labels are known, to recalibrate the models of later origins. So every recalibration is
fitted on data later than the fits that it corrects, and nothing is fitted twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from sklearn.base import clone
from tqdm import tqdm

from earlywarn.errors import LabelError
from earlywarn.models.calibration import Recalibration
from earlywarn.models.targets import EDGE, TargetModel
from earlywarn.panel.labels import GOOD, grade_codes
from earlywarn.schema import GRADES, TARGETS
from earlywarn.validation.splits import may_teach, taught_weights

__all__ = ["Backtest", "Trial", "first_trainable", "recalibration", "rolling_origin", "unfit"]

LEAST_ROWS = 30  # inspections, before a model of ten slopes is worth fitting
RECENT_MONTHS = 24
UNCALIBRATED = frozenset({"base_rate", "majority_class"})  # a constant has no slope to correct


@dataclass(frozen=True)
class Trial:
    """What the models are run on.

    Parameters
    ----------
    matrix : DataFrame
        Features, index ``(area_code, as_of)``.
    teaching : DataFrame
        From ``teaching_rows``: what may teach, once it is known.
    tested : DataFrame
        From ``tested_rows``: what is asked.
    models : mapping of str to TargetModel
        Unfitted; each is cloned at every origin.
    averages : mapping of str to tuple of str
        Further entries: the mean log-odds of some of the models, which need not be fitted again for it.
    """

    matrix: pd.DataFrame
    teaching: pd.DataFrame
    tested: pd.DataFrame
    models: Mapping[str, TargetModel]
    averages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Backtest:
    """What came of it.

    Attributes
    ----------
    predictions : DataFrame
        One row per tested inspection, lead, target and model, as in ``backtest_predictions.csv``, with
        ``last_judgement, start_date, base_rate, recent_rate`` beside.
    out_of_time : dict of str to DataFrame
        Per model: the raw risks of the teaching rows, each made before its label was known (NaN where no
        model could be fitted yet). Index and order of ``teaching``.
    skipped : list of str
        Origins at which nothing could be fitted, and why, in words.
    """

    predictions: pd.DataFrame
    out_of_time: dict[str, pd.DataFrame]
    skipped: list[str] = field(default_factory=list)


def rolling_origin(trial: Trial, *, progress: bool = False) -> Backtest:
    """Fit at every origin on what was known, and predict what was not.

    Raises
    ------
    LabelError
        If no origin has enough labelled rows to fit on.
    """
    teaching, tested = trial.teaching, trial.tested
    features = trial.matrix
    origins = sorted(set(teaching["as_of"]) | set(tested["as_of"]))
    known_rows = {
        frame: pd.MultiIndex.from_frame(rows[["area_code", "as_of"]])
        for frame, rows in (("teaching", teaching), ("tested", tested))
    }
    taught = features.reindex(known_rows["teaching"])
    asked = features.reindex(known_rows["tested"])
    published = teaching["label_known_on"].to_numpy()
    entries = [*trial.models, *trial.averages]
    raw = {name: np.full((len(teaching), len(TARGETS)), np.nan) for name in entries}
    final = {name: np.full((len(tested), len(TARGETS)), np.nan) for name in entries}
    base = np.full((len(tested), len(TARGETS)), np.nan)
    recent = base.copy()
    skipped: list[str] = []
    for origin in tqdm(origins, desc="Back-test", unit="origin", disable=None if progress else True):
        fit = may_teach(published, origin)
        here = (teaching["as_of"] == origin).to_numpy()
        there = (tested["as_of"] == origin).to_numpy()
        reason = unfit(teaching[fit])
        if reason:
            if there.any():
                skipped.append(f"{origin:%Y-%m-%d}: {reason}; {there.sum()} inspections left out.")
            continue
        base[there], recent[there] = _rates(teaching[fit], origin)
        weights = taught_weights(teaching["inspection_id"][fit])
        asked_here = pd.concat([taught[here], asked[there]])
        given = {
            name: clone(model).fit(taught[fit], teaching[fit], sample_weight=weights).predict_risk(asked_here)
            for name, model in trial.models.items()
        }
        given |= {
            name: mean_in_log_odds([given[member] for member in members])
            for name, members in trial.averages.items()
        }
        for name, risk in given.items():
            raw[name][here] = risk.to_numpy()[: here.sum()]
            if not there.any():
                continue
            past = fit & ~np.isnan(raw[name][:, 0])
            fixed = name in UNCALIBRATED
            told = risk if fixed else recalibration(teaching[past], raw[name][past]).transform(risk)
            final[name][there] = told.to_numpy()[here.sum() :]
    if len(tested) and np.isnan(base[:, 0]).all():
        message = (
            f"No origin can be tested. At the last of them, {skipped[-1]} "
            "Add earlier inspections, or test later ones (backtest.first_start)."
        )
        raise LabelError(message)
    predictions = pd.concat(
        [_long(tested, name, final[name], base, recent) for name in entries], ignore_index=True
    )
    out_of_time = {
        name: pd.DataFrame(risks, columns=list(TARGETS), index=teaching.index) for name, risks in raw.items()
    }
    return Backtest(predictions=predictions, out_of_time=out_of_time, skipped=skipped)


def mean_in_log_odds(risks: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the risks whose log-odds are the means of those given.

    Examples
    --------
    >>> one, two = pd.DataFrame({"adverse": [0.5]}), pd.DataFrame({"adverse": [0.9]})
    >>> mean_in_log_odds([one, two])["adverse"].round(2).tolist()
    [0.75]
    """
    mean = np.mean([logit(np.clip(risk.to_numpy(), EDGE, 1 - EDGE)) for risk in risks], axis=0)
    return pd.DataFrame(expit(mean), index=risks[0].index, columns=risks[0].columns)


def unfit(teaching: pd.DataFrame) -> str:
    """Say why nothing can be fitted on these rows; empty when something can.

    Examples
    --------
    >>> unfit(pd.DataFrame({"inspection_id": ["a", "b"], "grade": [1.0, 2.0]}))
    'only 2 labelled inspections are known (30 are wanted)'
    """
    count = teaching["inspection_id"].nunique()
    if count < LEAST_ROWS:
        return f"only {count} labelled inspections are known ({LEAST_ROWS} are wanted)"
    if (teaching["grade"] < GOOD).nunique() < 2:  # noqa: PLR2004 - both outcomes
        return f"all {count} labelled inspections ended alike"
    return ""


def first_trainable(inspections: pd.DataFrame) -> pd.Timestamp | None:
    """Return the first as-of date at which a model can be trained; None if there is none yet.

    Examples
    --------
    >>> columns = ["area_code", "start_date", "known_on", "overall"]
    >>> first_trainable(pd.DataFrame(columns=columns)) is None
    True
    """
    judged = inspections[inspections["overall"].isin(GRADES)].sort_values(["area_code", "start_date"])
    again = judged["area_code"].eq(
        judged["area_code"].shift()
    )  # only what follows an earlier judgement teaches
    known = judged.loc[again, "known_on"].sort_values()
    adverse = grade_codes(judged["overall"]).reindex(known.index) < GOOD
    both = adverse.cummax() & (~adverse).cummax()
    both &= np.arange(1, len(known) + 1) >= LEAST_ROWS
    return pd.Timestamp(known[both].iloc[0]) + pd.Timedelta(days=1) if both.any() else None


def recalibration(teaching: pd.DataFrame, raw: np.ndarray) -> Recalibration:
    """Fit the recalibration of one model on its out-of-time risks, each inspection counting once."""
    risks = pd.DataFrame(raw, columns=list(TARGETS), index=teaching.index)
    weights = taught_weights(teaching["inspection_id"])
    return Recalibration().fit(risks, teaching[list(TARGETS)], sample_weight=weights)


def _rates(teaching: pd.DataFrame, origin: pd.Timestamp) -> tuple[np.ndarray, np.ndarray]:
    """Rates of each target known at the origin: of all labels, and of those of the last 24 months."""
    once = teaching.drop_duplicates("inspection_id")
    late = once["label_known_on"] >= origin - pd.DateOffset(months=RECENT_MONTHS)
    targets = list(TARGETS)
    return once[targets].mean().to_numpy(), once.loc[late, targets].mean().to_numpy()


def _long(
    tested: pd.DataFrame, name: str, risks: np.ndarray, base: np.ndarray, recent: np.ndarray
) -> pd.DataFrame:
    """One row per tested inspection and target, for one model."""
    shared = ["area_code", "inspection_id", "as_of", "lead_months", "label_known_on", "start_date"]
    parts = []
    for position, target in enumerate(TARGETS):
        part = tested[shared].assign(
            target=target,
            model=name,
            risk=risks[:, position],
            label=tested[target],
            last_judgement=tested["last_grade"],
            base_rate=base[:, position],
            recent_rate=recent[:, position],
        )
        parts.append(part[part["risk"].notna() & part["label"].notna()])
    return pd.concat(parts, ignore_index=True)
