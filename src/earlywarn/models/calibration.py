"""From a model's risk to the risk that leaves this room: one monotone map learned on later data.

A risk of 0.30 should come true three times in ten. Whether it does can only be seen on inspections later than
the model's training, so the map is fitted on out-of-time predictions. There are few of them, hence two
numbers, shrunk towards changing nothing.
"""

from typing import Any, Self, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, log_expit, logit
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from earlywarn.models.targets import EDGE, TARGETS

__all__ = ["Recalibration", "fit_draws"]

Array = npt.NDArray[np.float64]

INTERCEPT_SD = (
    0.5  # prior on a: the national rate may move by half a unit of log-odds between training and use
)
LOG_SLOPE_SD = 0.3  # prior on log b: risks may prove a third too bold or too timid
PRECISION = np.array([INTERCEPT_SD**-2, LOG_SLOPE_SD**-2])
MAX_ITER = 200
TOLERANCE = 1e-10  # largest step, in log-odds
FURTHEST = 1.0  # of one step in either number, so that log b cannot run away from a bad start


class Recalibration(BaseEstimator):  # type: ignore[misc]
    """One increasing map for all three targets: ``logit(r') = a + b logit(r)`` with ``b > 0``.

    Logistic recalibration (Cox 1958, Biometrika 45, 562-565; Platt 1999, Advances in Large Margin
    Classifiers, 61-74) with normal priors on ``a`` and ``log b`` centred at no change. One map, not three,
    because an increasing function keeps order and equality: if serious was below adverse it stays so, and
    where decline and adverse were the same question they keep the same answer. Each inspection counts once
    however many targets it has: its weight is shared among them.

    Parameters
    ----------
    least : int
        Out-of-time inspections needed; with fewer, risks are left as they are, and ``why_`` says so.

    Attributes
    ----------
    intercept_, slope_ : float
        ``a`` in log-odds and ``b``.
    calibrated_ : bool
        False where the map is the identity for want of data.
    why_ : str
        Why it is; empty otherwise.
    rows_ : int
        Inspections learned from: the sum of the weights, to the nearest one.

    Examples
    --------
    Risks around 0.2 of which half came true are raised, though not all the way to 0.5:

    >>> risk = pd.DataFrame({target: [0.15, 0.25] * 20 for target in ("adverse", "decline", "serious")})
    >>> labels = pd.DataFrame({target: [0.0, 1.0] * 20 for target in ("adverse", "decline", "serious")})
    >>> fitted = Recalibration().fit(risk, labels)
    >>> fitted.transform(risk).iloc[:2, 0].round(2).tolist()
    [0.33, 0.48]
    >>> Recalibration().fit(risk[:9], labels[:9]).why_
    'only 9 out-of-time inspections, and 30 are needed'
    """

    def __init__(self, *, least: int = 30) -> None:
        self.least = least

    def fit(self, risk: pd.DataFrame, labels: pd.DataFrame, sample_weight: Any = None) -> Self:
        """Learn the map from out-of-time predictions.

        Parameters
        ----------
        risk : DataFrame
            Columns ``adverse, decline, serious``: probabilities from models fitted before each row's as-of
            date. NaN is left out.
        labels : DataFrame
            The same rows in the same order, the same columns: 0 or 1, NaN left out.
        sample_weight : array of shape (rows,), optional
            Share of one inspection that each row stands for; by default each row is an inspection.
        """
        weights = np.ones(len(risk)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        log_odds, outcomes, share = _shared(risk, labels)
        counted = (share > 0).any(axis=1) & (weights > 0)
        met = np.unique(outcomes[counted][share[counted] > 0])
        self.rows_ = round(float(weights[counted].sum()))
        self.intercept_, self.slope_ = 0.0, 1.0
        if self.rows_ < self.least:
            self.why_ = f"only {self.rows_} out-of-time inspections, and {self.least} are needed"
        elif len(met) < 2:  # noqa: PLR2004
            self.why_ = f"every one of {self.rows_} out-of-time inspections had the same outcome"
        else:
            self.why_ = ""
            self.intercept_, self.slope_ = _maximise(log_odds, outcomes, share, weights[None, :])[0].tolist()
        self.calibrated_ = not self.why_
        return self

    def transform(self, risk: pd.DataFrame) -> pd.DataFrame:
        """Return calibrated risks, shaped like those given; NaN stays NaN."""
        check_is_fitted(self)
        mapped = expit(self.intercept_ + self.slope_ * _log_odds(risk))
        return pd.DataFrame(mapped, index=risk.index, columns=risk.columns)


def fit_draws(risk: pd.DataFrame, labels: pd.DataFrame, weights: npt.ArrayLike) -> Array:
    """Fit the map once for each draw of a bootstrap, all draws at once.

    Parameters
    ----------
    risk, labels : DataFrame
        As for ``Recalibration.fit``.
    weights : array of shape (draws, rows)
        How often each row was drawn.

    Returns
    -------
    array of shape (draws, 2)
        Intercept and slope of each draw. Where a draw holds little the priors hold the map near the identity.

    Examples
    --------
    >>> risk = pd.DataFrame({target: [0.15, 0.25] * 20 for target in ("adverse", "decline", "serious")})
    >>> labels = pd.DataFrame({target: [0.0, 1.0] * 20 for target in ("adverse", "decline", "serious")})
    >>> fit_draws(risk, labels, np.array([[1.0] * 40, [0.0] * 40])).round(2).tolist()
    [[0.99, 0.98], [0.0, 1.0]]
    """
    return _maximise(*_shared(risk, labels), np.asarray(weights, dtype=np.float64))


def _log_odds(risk: pd.DataFrame) -> Array:
    """Log-odds, finite even for a risk of 0 or 1."""
    return cast("Array", logit(np.clip(risk.to_numpy(dtype=np.float64), EDGE, 1 - EDGE)))


def _shared(risk: pd.DataFrame, labels: pd.DataFrame) -> tuple[Array, Array, Array]:
    """Log-odds, outcomes and each target's share of its row's weight: (rows, targets), without NaN."""
    log_odds = _log_odds(risk[list(TARGETS)])
    outcomes = labels[list(TARGETS)].to_numpy(dtype=np.float64)
    present = ~(np.isnan(log_odds) | np.isnan(outcomes))
    share = present / np.maximum(present.sum(axis=1, keepdims=True), 1)
    return np.where(present, log_odds, 0.0), np.where(present, outcomes, 0.0), share


def _maximise(log_odds: Array, outcomes: Array, share: Array, weights: Array) -> Array:
    """Maximise for each row of ``weights``: Fisher scoring in (a, log b), the pace halved where it falls."""
    z, y = log_odds.ravel(), outcomes.ravel()
    w = (weights[:, :, None] * share).reshape(len(weights), -1)
    signed = 2 * y - 1

    def height(at: Array) -> Array:
        eta = at[:, :1] + np.exp(at[:, 1:]) * z
        return cast("Array", (w * log_expit(signed * eta)).sum(axis=1) - 0.5 * at**2 @ PRECISION)

    at = np.zeros((len(weights), 2))
    reached, pace = height(at), np.ones((len(weights), 1))
    for _ in range(MAX_ITER):
        slope = np.exp(at[:, 1])
        risk = expit(at[:, :1] + slope[:, None] * z)
        surprise, spread = w * (y - risk), w * risk * (1 - risk)
        score = np.column_stack([surprise.sum(axis=1), slope * (surprise @ z)]) - PRECISION * at
        cross = slope * (spread @ z)
        first, second = spread.sum(axis=1) + PRECISION[0], slope**2 * (spread @ z**2) + PRECISION[1]
        step = np.column_stack(
            [second * score[:, 0] - cross * score[:, 1], first * score[:, 1] - cross * score[:, 0]]
        )
        step /= (first * second - cross**2)[:, None]
        step *= pace * np.minimum(1, FURTHEST / np.maximum(np.abs(step).max(axis=1, keepdims=True), FURTHEST))
        if np.abs(step).max() < TOLERANCE:
            break
        found = height(at + step)
        risen = found >= reached
        at, reached = np.where(risen[:, None], at + step, at), np.where(risen, found, reached)
        pace = np.where(risen[:, None], np.minimum(1, 2 * pace), pace / 2)
    return np.column_stack([at[:, 0], np.exp(at[:, 1])])
