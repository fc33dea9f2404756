"""How good risks are: every measure at once for many weightings of the same rows.

Each function takes labels ``y`` (n,), risks ``risk`` (n,) and weights (draws, n), and returns one
value per draw, shape (draws,). A weight is a number of repetitions: weight 2 counts a row twice, weight 0
leaves it out. One row of ones gives the plain estimate; bootstrap draws give its interval.

A draw gets NaN where the measure does not exist for it: most need both classes. Inputs hold no NaN.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.validation.logistic import logistic_fits
from earlywarn.validation.weighting import ratio, running_totals

__all__ = [
    "average_precision",
    "brier",
    "brier_skill",
    "calibration_in_the_large",
    "calibration_intercept",
    "calibration_line",
    "calibration_slope",
    "grouped_auc",
    "log_loss",
    "roc_auc",
]

Floats = npt.NDArray[np.float64]

CLIP = 1e-6  # risks of 0 and 1 are read as this far from certain, where logarithms are taken


def _log_odds(risk: Floats) -> Floats:
    clipped = np.clip(risk, CLIP, 1 - CLIP)
    return np.asarray(np.log(clipped) - np.log1p(-clipped))


def roc_auc(y: Floats, risk: Floats, weights: Floats) -> Floats:
    """Return the chance that an event has the higher risk of a pair; a tie counts half.

    Parameters
    ----------
    y : array of shape (n,)
        1 where it happened, 0 where it did not.
    risk : array of shape (n,)
        Probabilities in [0, 1].
    weights : array of shape (draws, n)
        Repetitions of each row.

    Returns
    -------
    array of shape (draws,)
        In [0, 1], 0.5 is chance. NaN where a draw holds one class only.

    Examples
    --------
    Of four pairs of an event and a non-event, two are in order and one is tied:

    >>> roc_auc(np.array([1, 1, 0, 0]), np.array([0.9, 0.2, 0.2, 0.4]), np.ones((1, 4)))
    array([0.625])
    """
    return grouped_auc(y, risk, weights, groups=np.zeros(len(y)))


def grouped_auc(y: Floats, risk: Floats, weights: Floats, *, groups: npt.ArrayLike) -> Floats:
    """Return the AUC over pairs of rows of the same group only.

    A pooled AUC also rewards knowing what sets the groups apart, such as the last judgement or the
    national trend; this one does not.

    Parameters
    ----------
    y, risk, weights
        As in `roc_auc`.
    groups : array of shape (n,)
        Any labels. Rows with a missing group are in no pair.

    Returns
    -------
    array of shape (draws,)
        In [0, 1]. NaN where no group of the draw holds both classes.

    Examples
    --------
    The risks know the group and nothing else:

    >>> y, risk = np.array([1, 1, 0, 1, 0, 0]), np.array([0.8, 0.8, 0.8, 0.1, 0.1, 0.1])
    >>> grouped_auc(y, risk, np.ones((1, 6)), groups=["a", "a", "a", "b", "b", "b"])
    array([0.5])
    """
    codes = pd.factorize(np.asarray(groups))[0]
    levels, level = np.unique(risk, return_inverse=True)
    place = codes * len(levels) + level  # sorts by group, then by risk; equal where tied
    events = np.flatnonzero((y == 1) & (codes >= 0))
    others = np.flatnonzero((y == 0) & (codes >= 0))
    others = others[np.argsort(place[others], kind="stable")]
    start = codes[events] * len(levels)
    below, upto, first, last = (
        np.searchsorted(place[others], bound, side=side)  # type: ignore[call-overload]
        for bound, side in (
            (place[events], "left"),
            (place[events], "right"),
            (start, "left"),
            (start + len(levels), "left"),
        )
    )
    running = running_totals(weights[:, others])
    floor = running[:, first]
    event_weights = weights[:, events]
    concordant = event_weights * (0.5 * (running[:, below] + running[:, upto]) - floor)
    pairs = event_weights * (running[:, last] - floor)
    return ratio(concordant.sum(axis=1), pairs.sum(axis=1))


def average_precision(y: Floats, risk: Floats, weights: Floats) -> Floats:
    """Return the mean over events of the precision among risks at least as high.

    Parameters
    ----------
    y, risk, weights
        As in `roc_auc`.

    Returns
    -------
    array of shape (draws,)
        In [0, 1]; chance is the share of events. NaN where a draw holds one class only.

    Examples
    --------
    >>> average_precision(np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1]), np.ones((1, 4)))
    array([0.83333333])
    """
    order = np.argsort(-risk, kind="stable")
    descending = -risk[order]
    events = np.flatnonzero(y[order] == 1)
    end = np.searchsorted(descending, descending[events], side="right")
    ordered = weights[:, order]
    flagged = running_totals(ordered)
    hits = running_totals(ordered[:, events])
    hits_at_end, flagged_at_end = hits[:, np.searchsorted(events, end)], flagged[:, end]
    precision = np.zeros_like(hits_at_end)  # stays 0 only where the weight is 0 too
    np.divide(hits_at_end, flagged_at_end, out=precision, where=flagged_at_end > 0)
    total = hits[:, -1]
    mean = ratio((ordered[:, events] * precision).sum(axis=1), total)
    return np.where(flagged[:, -1] > total, mean, np.nan)


def brier(y: Floats, risk: Floats, weights: Floats) -> Floats:
    """Return the mean squared distance of risk from label; lower is better.

    Returns
    -------
    array of shape (draws,)
        In [0, 1]. NaN where a draw is empty; one class is enough.

    Examples
    --------
    >>> brier(np.array([1, 0]), np.array([0.8, 0.4]), np.array([[1, 1], [3, 1]]))
    array([0.1 , 0.07])
    """
    return ratio(weights @ np.square(risk - y), weights.sum(axis=1, dtype=np.float64))


def brier_skill(y: Floats, risk: Floats, weights: Floats, *, reference: Floats) -> Floats:
    """Return the share of the reference's squared error that the risks take away.

    Parameters
    ----------
    y, risk, weights
        As in `roc_auc`.
    reference : array of shape (n,)
        A risk for each row that was known at its origin, such as the base rate. Rows where it is NaN
        are left out.

    Returns
    -------
    array of shape (draws,)
        At most 1; 0 is as good as the reference, below 0 is worse. NaN where the reference makes no
        error, or is missing throughout.

    Examples
    --------
    >>> y, risk = np.array([1, 0]), np.array([0.75, 0.25])
    >>> brier_skill(y, risk, np.ones((1, 2)), reference=np.array([0.5, 0.5]))
    array([0.75])
    """
    known = np.isfinite(reference)
    error = weights @ np.where(known, np.square(risk - y), 0.0)
    return 1.0 - ratio(error, weights @ np.where(known, np.square(reference - y), 0.0))


def log_loss(y: Floats, risk: Floats, weights: Floats) -> Floats:
    """Return the mean negative log-likelihood in nats; lower is better.

    Risks are clipped to [1e-6, 1 - 1e-6], so that one certain miss costs 13.8 and not infinity.

    Returns
    -------
    array of shape (draws,)
        At least 0. NaN where a draw is empty; one class is enough.

    Examples
    --------
    >>> log_loss(np.array([1, 0]), np.array([0.5, 1.0]), np.array([[1, 0], [0, 1]])).round(4)
    array([ 0.6931, 13.8155])
    """
    clipped = np.clip(risk, CLIP, 1 - CLIP)
    loss = -np.where(y == 1, np.log(clipped), np.log1p(-clipped))
    return ratio(weights @ loss, weights.sum(axis=1, dtype=np.float64))


def calibration_line(y: Floats, risk: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Fit the logistic recalibration: label on intercept + slope times the log-odds of the risk.

    Parameters
    ----------
    y, risk, weights
        As in `roc_auc`; risks are clipped as in `log_loss`.

    Returns
    -------
    intercept, slope : arrays of shape (draws,)
        0 and 1 for calibrated risks; a slope below 1 means risks too far apart. NaN where the maximum
        likelihood estimate does not exist: one class, risks all the same, or risks that part the
        classes (every event at or above every other row, or every one at or below).

    References
    ----------
    .. [1] Cox (1958), Two further applications of a model for binary regression, Biometrika 45.
    .. [2] Albert & Anderson (1984), On the existence of maximum likelihood estimates, Biometrika 71.

    Examples
    --------
    The risks say 0.1 and 0.9 where 0.25 and 0.75 happen: log 3 over log 9 is a half.

    >>> y, risk = np.array([1, 0, 0, 0, 0, 1, 1, 1]), np.repeat([0.1, 0.9], 4)
    >>> intercept, slope = calibration_line(y, risk, np.ones((1, 8)))
    >>> intercept.round(6) + 0.0, slope.round(6)
    (array([0.]), array([0.5]))
    """
    log_odds = _log_odds(risk)
    exists = _classes_overlap(y, log_odds, weights)
    line = np.full((len(weights), 2), np.nan)
    design = np.column_stack([np.ones_like(log_odds), log_odds])
    line[exists] = logistic_fits(y, design, np.zeros_like(log_odds), weights[exists])
    return line[:, 0], line[:, 1]


def calibration_slope(y: Floats, risk: Floats, weights: Floats) -> Floats:
    """Return the slope of `calibration_line`; 1 for calibrated risks.

    Examples
    --------
    >>> calibration_slope(np.array([1, 0, 1]), np.array([0.3, 0.3, 0.3]), np.ones((1, 3)))
    array([nan])
    """
    return calibration_line(y, risk, weights)[1]


def calibration_intercept(y: Floats, risk: Floats, weights: Floats) -> Floats:
    """Return the intercept of `calibration_line`, in log-odds; 0 for calibrated risks.

    Examples
    --------
    >>> calibration_intercept(np.array([1, 1, 1]), np.array([0.1, 0.2, 0.3]), np.ones((1, 3)))
    array([nan])
    """
    return calibration_line(y, risk, weights)[0]


def calibration_in_the_large(y: Floats, risk: Floats, weights: Floats) -> Floats:
    """Return the log-odds to add to every risk so that as many events are expected as happened.

    Returns
    -------
    array of shape (draws,)
        0 for calibrated risks; positive where more happened than the risks said. NaN where a draw
        holds one class only. Risks are clipped as in `log_loss`.

    Examples
    --------
    Risks of a half where three quarters happened ask for log 3 = 1.0986:

    >>> calibration_in_the_large(np.array([1, 1, 1, 0]), np.full(4, 0.5), np.ones((1, 4))).round(4)
    array([1.0986])
    """
    log_odds = _log_odds(risk)
    events = weights @ (y == 1).astype(float)
    exists = (events > 0) & (events < weights.sum(axis=1))
    shift = np.full(len(weights), np.nan)
    shift[exists] = logistic_fits(y, np.ones((len(y), 1)), log_odds, weights[exists])[:, 0]
    return shift


def _classes_overlap(y: Floats, log_odds: Floats, weights: Floats) -> npt.NDArray[np.bool_]:
    """Say for which draws each class has a row strictly below one of the other."""
    order = np.argsort(log_odds, kind="stable")
    present = weights[:, order] > 0
    ascending = log_odds[order]
    ends = []
    for label in (0, 1):
        rows = np.flatnonzero(y[order] == label)
        if not len(rows):
            return np.zeros(len(weights), dtype=bool)
        of_class = present[:, rows]
        low = ascending[rows[of_class.argmax(axis=1)]]
        high = ascending[rows[len(rows) - 1 - of_class[:, ::-1].argmax(axis=1)]]
        ends.append((low, high, of_class.any(axis=1)))
    (low_0, high_0, some_0), (low_1, high_1, some_1) = ends
    overlap: npt.NDArray[np.bool_] = some_0 & some_1 & (low_1 < high_0) & (low_0 < high_1)
    return overlap
