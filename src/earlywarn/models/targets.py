"""One interface for every model: features in, the risk of each of the three targets out.

A target is a question about the next overall judgement, on the scale inadequate 0, requires improvement 1,
good 2, outstanding 3. An area last judged good (2) is asked: will it be below good (``adverse``)? Below 2
(``decline``, here the same question)? Will it be 0 (``serious``)? An area last judged inadequate cannot
decline, so ``decline`` is NaN for it, as it is where no last judgement is known.
"""

from abc import ABC, abstractmethod
from typing import Any, Self, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from earlywarn.errors import ConfigError, LabelError, name_a_few
from earlywarn.models.ladder import HALF, full_ladder, read_ladder
from earlywarn.schema import GRADES, TARGETS

__all__ = ["LAST", "TARGETS", "Graded", "PerTarget", "TargetModel", "smoothed_rate"]

Array = npt.NDArray[np.float64]

LAST = "last_overall"  # column of X: code of the last overall judgement known
EDGE = 1e-12  # a probability nearer to 0 or 1 has no usable log-odds


def smoothed_rate(labels: Array, weights: Array) -> float:
    """Return the weighted share of ones; where that is 0 or 1, half a row is added to each side.

    Examples
    --------
    >>> smoothed_rate(np.array([1.0, 0.0, 0.0, 1.0]), np.array([3.0, 1.0, 1.0, 1.0])).__round__(3)
    0.667
    >>> smoothed_rate(np.array([0.0, 0.0, 0.0]), np.ones(3))
    0.125
    """
    events, rows = float(labels @ weights), float(weights.sum())
    if 0 < events < rows:
        return events / rows
    return (events + HALF) / (rows + 2 * HALF)


def fit_weighted(estimator: Any, X: pd.DataFrame, y: npt.NDArray[Any], weights: Array) -> Any:
    """Fit a copy of an estimator, handing the weights to the last step of a pipeline."""
    fresh = clone(estimator)
    name = f"{fresh.steps[-1][0]}__sample_weight" if isinstance(fresh, Pipeline) else "sample_weight"
    return fresh.fit(X, y, **{name: weights})


class TargetModel(BaseEstimator, ABC):  # type: ignore[misc]
    """What every model and floor answers to.

    Attributes
    ----------
    features : tuple of str
        Columns of the matrix that the model uses; the matrix may hold many more.
    """

    features: tuple[str, ...]

    def fit(self, X: pd.DataFrame, labels: pd.DataFrame, *, sample_weight: Any = None) -> Self:
        """Learn from rows whose outcome is known.

        Parameters
        ----------
        X : DataFrame
            Feature matrix, indexed by area_code and as_of. NaN is unknown.
        labels : DataFrame
            Of the same rows in the same order: ``grade`` 0 to 3 and ``adverse, decline, serious`` 0 or 1,
            NaN where nothing was judged or the area is outside the cohort.
        sample_weight : array of shape (rows,), optional
            Nought leaves a row out.

        Raises
        ------
        ConfigError
            If the matrix lacks a feature of the model.
        LabelError
            If no row has an outcome.
        """
        if len(X) != len(labels):
            message = (
                f"X has {len(X):,} rows and labels {len(labels):,}; give the same rows in the same order."
            )
            raise ValueError(message)
        weights = np.ones(len(X)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        counted = (weights > 0) & labels["grade"].notna().to_numpy()
        if not counted.any():
            message = "No row has a known outcome and a positive weight, so there is nothing to learn from."
            raise LabelError(message)
        self._learn(self._columns(X)[counted], labels[counted], weights[counted])
        return self

    def predict_log_odds(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return log-odds: columns adverse, decline, serious, indexed like ``X``; NaN outside a cohort."""
        check_is_fitted(self)
        if LAST not in X.columns:
            message = f"The matrix lacks {LAST!r}, which tells who can decline; build the judgement features."
            raise ConfigError(message)
        last = X[LAST].to_numpy(dtype=np.float64)
        log_odds = self._log_odds(self._columns(X), last)
        log_odds[~(last > 0), TARGETS.index("decline")] = np.nan
        return pd.DataFrame(log_odds, index=X.index, columns=list(TARGETS))

    def predict_risk(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return probabilities, not yet calibrated, shaped like ``predict_log_odds``."""
        log_odds = self.predict_log_odds(X)
        return pd.DataFrame(expit(log_odds.to_numpy()), index=X.index, columns=log_odds.columns)

    def _columns(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return the model's own columns, in its own order."""
        lacking = [feature for feature in self.features if feature not in X.columns]
        if lacking:
            message = (
                f"The matrix lacks {len(lacking)} of the model's {len(self.features)} features: "
                f"{name_a_few(lacking)}. Build those, or leave them out of the model."
            )
            raise ConfigError(message)
        return X.loc[:, list(self.features)]

    @abstractmethod
    def _learn(self, X: pd.DataFrame, labels: pd.DataFrame, weights: Array) -> None:
        """Fit to rows that all have a grade and a positive weight."""

    @abstractmethod
    def _log_odds(self, X: pd.DataFrame, last: Array) -> Array:
        """Return a new array of shape (rows, targets)."""


class Graded(TargetModel):
    """One ordered model of the grade, read three times.

    A ladder of thresholds and one set of slopes give ``P(grade <= k)`` for every k, so the answers cannot
    contradict each other: serious is never above adverse, decline equals adverse where the last judgement was
    good and serious where it was requires improvement.

    Parameters
    ----------
    estimator : estimator
        ``OrdinalLogit``, or a pipeline that ends in one.
    features : tuple of str
        Columns of the matrix.

    Attributes
    ----------
    estimator_ : estimator or None
        Fitted; None where the training rows all had one grade.
    thresholds_ : array of shape (3,)
        Log-odds of a judgement at or below inadequate, requires improvement and good for a row at the
        features' origin. Where a fold holds no inadequate (or no outstanding) judgement the ladder is carried
        on by the distance that half a row would give: no risk is 0 or 1 for want of an example.

    Examples
    --------
    >>> from earlywarn.models.ordinal import OrdinalLogit
    >>> X = pd.DataFrame({"caseload": [-2.0, -1.0, 0.0, 1.0, 2.0, 1.5]})
    >>> X["last_overall"] = [2.0, 3.0, 2.0, 1.0, 0.0, np.nan]
    >>> labels = pd.DataFrame({"grade": [3, 2, 2, 1, 0, 1]})
    >>> Graded(OrdinalLogit(), features=("caseload",)).fit(X, labels).predict_risk(X).round(2)
       adverse  decline  serious
    0     0.02     0.02     0.00
    1     0.10     0.75     0.01
    2     0.36     0.36     0.03
    3     0.74     0.14     0.14
    4     0.93      NaN     0.46
    5     0.86      NaN     0.27
    >>> Graded(OrdinalLogit(), features=("caselaod",)).fit(X, labels)
    Traceback (most recent call last):
    ...
    earlywarn.errors.ConfigError: The matrix lacks 1 of the model's 1 features: 'caselaod'. Build those, ...
    """

    def __init__(self, estimator: Any, *, features: tuple[str, ...]) -> None:
        self.estimator = estimator
        self.features = features

    def _learn(self, X: pd.DataFrame, labels: pd.DataFrame, weights: Array) -> None:
        grades = labels["grade"].to_numpy().astype(np.int64)
        several = len(np.unique(grades)) > 1
        self.estimator_ = fit_weighted(self.estimator, X, grades, weights) if several else None
        self.thresholds_ = full_ladder(
            last_step(self.estimator_).thresholds_ if several else np.empty(0),
            np.bincount(grades, weights=weights, minlength=len(GRADES)).astype(np.float64),
        )

    def shift(self, X: pd.DataFrame) -> Array:
        """Return what a row's features add to every threshold, in log-odds; positive raises the risk."""
        check_is_fitted(self)
        if self.estimator_ is None:
            return np.zeros(len(X))
        return cast("Array", -(self.prepared(X) @ last_step(self.estimator_).coef_))

    def prepared(self, X: pd.DataFrame) -> Array:
        """Return the features as the slopes meet them: imputed and scaled, shape (rows, features)."""
        columns = self._columns(X)
        if isinstance(self.estimator_, Pipeline):
            columns = self.estimator_[:-1].transform(columns)
        return np.asarray(columns, dtype=np.float64)

    def _log_odds(self, X: pd.DataFrame, last: Array) -> Array:
        return read_ladder(self.thresholds_ + self.shift(X)[:, None], last)


def last_step(estimator: Any) -> Any:
    """Return the model at the end of a pipeline, or the model itself."""
    return estimator[-1] if isinstance(estimator, Pipeline) else estimator


class PerTarget(TargetModel):
    """A model of its own for each target, fitted on that target's cohort.

    Nothing ties the three together, so serious can come out above adverse; ``Graded`` cannot do that.

    Parameters
    ----------
    estimator : classifier
        Cloned for each target.
    features : tuple of str
        Columns of the matrix.
    optional : bool
        Use whichever of the features the matrix has, none included; otherwise a missing one is an error.

    Attributes
    ----------
    estimators_ : dict of target to fitted estimator
        None where the cohort had one outcome only.
    rates_ : dict of target to float
        Smoothed rate in training, which is the risk where there is no estimator.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = pd.DataFrame({"caseload": [-2.0, -1.0, 0.0, 1.0], "last_overall": [2.0, 2.0, 2.0, 0.0]})
    >>> labels = pd.DataFrame({"grade": [2, 2, 1, 1], "adverse": [0, 0, 1, 1], "serious": [0, 0, 0, 0]})
    >>> labels["decline"] = [0, 0, 1, np.nan]
    >>> PerTarget(LogisticRegression(), features=("caseload",)).fit(X, labels).predict_risk(X).round(2)
       adverse  decline  serious
    0     0.19     0.19      0.1
    1     0.38     0.32      0.1
    2     0.62     0.49      0.1
    3     0.81      NaN      0.1
    """

    def __init__(self, estimator: Any, *, features: tuple[str, ...], optional: bool = False) -> None:
        self.estimator = estimator
        self.features = features
        self.optional = optional

    def _columns(self, X: pd.DataFrame) -> pd.DataFrame:
        if self.optional:
            return X.loc[:, [feature for feature in self.features if feature in X.columns]]
        return super()._columns(X)

    def _learn(self, X: pd.DataFrame, labels: pd.DataFrame, weights: Array) -> None:
        self.estimators_: dict[str, Any] = {}
        self.rates_: dict[str, float] = {}
        for target in TARGETS:
            cohort = labels[target].notna().to_numpy()
            y = labels[target].to_numpy(dtype=np.float64)[cohort]
            self.rates_[target] = smoothed_rate(y, weights[cohort])
            self.estimators_[target] = None
            if len(np.unique(y)) > 1 and len(X.columns) > 0:
                self.estimators_[target] = fit_weighted(self.estimator, X[cohort], y, weights[cohort])

    def _log_odds(self, X: pd.DataFrame, last: Array) -> Array:  # noqa: ARG002
        risk = np.empty((len(X), len(TARGETS)))
        for column, target in enumerate(TARGETS):
            estimator = self.estimators_[target]
            risk[:, column] = self.rates_[target] if estimator is None else estimator.predict_proba(X)[:, 1]
        return cast("Array", logit(np.clip(risk, EDGE, 1 - EDGE)))
