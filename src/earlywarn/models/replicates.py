"""Refits over resampled areas: what a risk's interval is made of.

Areas are drawn, not rows, because an area's inspections resemble each other (Cameron & Miller 2015, A
practitioner's guide to cluster-robust inference, JHR 50(2)). A draw is a number of times that each area
counts: of areas A, B and C one draw may take A twice, B once and C not at all, and every row of A then has
double weight.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from earlywarn.models.ladder import full_ladder, read_ladder
from earlywarn.models.ordinal import OrdinalLogit
from earlywarn.models.resample import area_draws
from earlywarn.models.targets import LAST, Graded, TargetModel, last_step
from earlywarn.schema import GRADES

__all__ = ["ModelReplicates", "OrdinalReplicates", "Replicates", "area_draws", "fit_replicates"]

PRIOR_STREAM = 1  # keeps the draws of priors apart from those of areas, which share the seed
Array = npt.NDArray[np.float64]


class Replicates(Protocol):
    """Refits of one target model."""

    def __len__(self) -> int:
        """Return the number of draws."""

    def log_odds(self, X: pd.DataFrame) -> Array:
        """Return log-odds before recalibration: shape (draws, rows, targets), NaN outside a cohort."""


@dataclass(frozen=True)
class OrdinalReplicates:
    """Refits of a ``Graded`` ordered logit, as two arrays.

    Imputation and scaling are those of the model itself: a median of a few hundred areas moves too little
    between draws to matter, and the slopes of all draws then share one unit.

    Parameters
    ----------
    model : Graded
        Fitted.
    coef : array of shape (draws, features)
        Slopes on prepared features; positive moves an area up the scale.
    thresholds : array of shape (draws, 3)
        Log-odds ladders.
    """

    model: Graded
    coef: Array
    thresholds: Array

    def __len__(self) -> int:
        return len(self.coef)

    def log_odds(self, X: pd.DataFrame) -> Array:
        """Return log-odds before recalibration: shape (draws, rows, targets), NaN outside a cohort."""
        shift = -(self.coef @ self.model.prepared(X).T)
        return read_ladder(
            self.thresholds[:, None, :] + shift[:, :, None], X[LAST].to_numpy(dtype=np.float64)
        )


@dataclass(frozen=True)
class ModelReplicates:
    """Refits of any target model, one by one.

    Parameters
    ----------
    models : sequence of TargetModel
        Fitted, one per draw.
    """

    models: Sequence[TargetModel]

    def __len__(self) -> int:
        return len(self.models)

    def log_odds(self, X: pd.DataFrame) -> Array:
        """Return log-odds before recalibration: shape (draws, rows, targets), NaN outside a cohort."""
        return np.stack([model.predict_log_odds(X).to_numpy() for model in self.models])


def fit_replicates(
    model: TargetModel,
    X: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    sample_weight: Any = None,
    groups: Iterable[object],
    draws: int = 200,
    seed: int = 0,
    areas: Iterable[object] | None = None,
    progress: Callable[[Iterable[Array]], Iterable[Array]] = iter,
) -> Replicates:
    """Refit a model on bootstrap draws of areas.

    Parameters
    ----------
    model : TargetModel
        Fitted on these rows.
    X, labels, sample_weight
        What it was fitted on.
    groups : iterable of str, one per row
        ``area_code`` of each row.
    draws, seed, areas
        See ``area_draws``. 200 draws settle the ends of a 90% interval to about a tenth of its width.
    progress : callable
        Wraps the iteration over draws, to show how far it has come.

    Notes
    -----
    A bootstrap of a shrunken fit leaves out what the prior does not know, and would be too sure. So each
    refit of an ordered logit shrinks towards a centre drawn from the prior, which gives the draws the
    posterior's spread (Bardsley et al. 2014, Randomize-then-optimize, SIAM J. Sci. Comput. 36(4)); other
    models do not.

    An ordered logit starts each refit at the full fit's slopes and needs about four Newton steps; any other
    model is cloned and fitted afresh. A draw without, say, an inadequate judgement is kept: the models answer
    for a grade they have not seen with half a row (see ``ladder.full_ladder``).
    """
    weights = np.ones(len(X)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    known = labels["grade"].notna().to_numpy() & (weights > 0)
    weighted = area_draws(groups, draws=draws, seed=seed, areas=areas) * np.where(known, weights, 0.0)
    if isinstance(model, Graded) and isinstance(last_step(model.estimator_), OrdinalLogit):
        return _refit_ordinal(model, X, labels, progress(weighted), seed=seed)
    models = []
    for drawn in progress(weighted):
        counted = drawn > 0
        models.append(clone(model).fit(X[counted], labels[counted], sample_weight=drawn[counted]))
    return ModelReplicates(models)


def _refit_ordinal(
    model: Graded, X: pd.DataFrame, labels: pd.DataFrame, weighted: Iterable[Array], *, seed: int
) -> OrdinalReplicates:
    """Refit the slopes and thresholds, each time from those of the full fit and about a prior drawn anew."""
    fitted = last_step(model.estimator_)
    prepared = model.prepared(X)
    grades = np.nan_to_num(labels["grade"].to_numpy(dtype=np.float64)).astype(np.int64)
    start = np.concatenate([fitted.coef_, fitted.thresholds_])
    fresh = clone(fitted).set_params(penalty=1.0, penalty_factors=fitted.ridge_, signs=fitted.signs_)
    coef, thresholds = [], []
    priors = np.random.default_rng([seed, PRIOR_STREAM])
    spread = np.divide(1.0, np.sqrt(fitted.ridge_), out=np.zeros_like(fitted.ridge_), where=fitted.ridge_ > 0)
    for drawn in weighted:
        counts = np.bincount(grades, weights=drawn, minlength=len(GRADES)).astype(np.float64)
        if np.count_nonzero(counts) > 1:
            fresh.fit(prepared, grades, drawn, start=start, centre=priors.normal(0.0, spread))
            coef.append(fresh.coef_)
            thresholds.append(full_ladder(fresh.thresholds_, counts))
        else:
            coef.append(np.zeros_like(fitted.coef_))
            thresholds.append(full_ladder(np.empty(0), counts))
    return OrdinalReplicates(model, np.stack(coef), np.stack(thresholds))
