r"""Ordered logit with a ridge penalty: one slope per feature for the whole scale of judgements.

The model is statsmodels' ``OrderedModel``; what is added is what several hundred refits on a few hundred rows
need: row weights, shrinkage of the slopes, and a Newton search with the Hessian in closed form. Write
:math:`F` for the logistic function, :math:`\theta_k` for the thresholds and :math:`u, l` for a row's upper
and lower bound, :math:`u = \theta_y - x\beta` and :math:`l = \theta_{y-1} - x\beta`. Then

.. math:: \log(F(u) - F(l)) = \log F(u) + \log F(-l) + \log(1 - e^{l - u})

and the last term depends on the thresholds alone, so that the log-likelihood is concave (Pratt 1981, JASA
76(373), 103-106), never takes the logarithm of a difference of near-equals, and has a short Hessian.
"""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Self, cast

import numpy as np
import numpy.typing as npt
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.special import expit, log_expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight as checked_weight
from sklearn.utils.validation import check_is_fitted, validate_data
from statsmodels.miscmodels.ordinal_model import OrderedModel

__all__ = ["OrdinalLogit"]

Array = npt.NDArray[np.float64]

HALVINGS = 30  # of a Newton step that overshoots; 2**-30 is no step at all
SLACK = 1e-9  # pull on a slope held at nought, in log-likelihood per unit, that counts as none
JITTER = 1e-10  # relative; lets Cholesky through when an unpenalised slope has nothing to learn from


class _PenalisedOrderedModel(OrderedModel):  # type: ignore[misc]
    """``OrderedModel`` in its natural thresholds, with row weights and a normal prior on the slopes.

    Parameters are the slopes and then the thresholds, increasing. ``predict`` and ``_bounds`` are
    statsmodels' own; likelihood, score and Hessian are exact where statsmodels differentiates numerically.
    """

    def __init__(
        self, codes: npt.NDArray[np.int64], exog: Array, weights: Array, ridge: Array, centre: Array
    ) -> None:
        super().__init__(codes, exog, distr="logit", hasconst=False)
        self.weights, self.ridge, self.centre = weights, ridge, centre
        cuts = self.k_levels - 1
        levels = np.eye(cuts + 1)[codes]
        self._upper = np.hstack([-exog, levels[:, :cuts]])  # d u / d parameters; the top level drops out
        self._lower = np.hstack([-exog, levels[:, 1:]])  # d l / d parameters; the bottom level drops out
        self._level_weights = np.bincount(codes, weights=weights, minlength=cuts + 1)
        self._slopes = exog.shape[1]

    def transform_threshold_params(self, params: Array) -> Array:
        """Thresholds as they are, between minus and plus infinity."""
        return np.concatenate([[-np.inf], params[-(self.k_levels - 1) :], [np.inf]])

    @property
    def start_params(self) -> Array:
        """Slopes of nought and the thresholds of the weighted shares."""
        shares = np.cumsum(self._level_weights)[:-1] / self._level_weights.sum()
        return np.concatenate([np.zeros(self._slopes), np.asarray(logit(shares))])

    def loglikeobs(self, params: Array) -> Array:
        """Weighted log-likelihood of each row, without the prior."""
        lower, upper = self._bounds(params)
        with np.errstate(divide="ignore", invalid="ignore"):
            between = np.log(-np.expm1(lower - upper))
        return cast("Array", self.weights * (log_expit(upper) + log_expit(-lower) + between))

    def loglike(self, params: Array) -> float:
        """Log-likelihood plus log prior; minus infinity where the thresholds are out of order."""
        if np.any(np.diff(params[self._slopes :]) <= 0):
            return -np.inf
        slopes = params[: self._slopes]
        return float(self.loglikeobs(params).sum() - 0.5 * (self.ridge * (slopes - self.centre) ** 2).sum())

    def _gaps(self, params: Array) -> tuple[Array, Array]:
        """Of each inner level: 1 / (e^width - 1), and how its width moves with the parameters."""
        thresholds = params[self._slopes :]
        step = np.zeros((len(thresholds) - 1, len(params)))
        inner = np.arange(len(thresholds) - 1)
        step[inner, self._slopes + inner], step[inner, self._slopes + inner + 1] = -1.0, 1.0
        return 1 / np.expm1(np.diff(thresholds)), step

    def score_and_hessian(self, params: Array) -> tuple[Array, Array]:
        """Gradient and Hessian of ``loglike``."""
        lower, upper = (expit(bound) for bound in self._bounds(params))
        gaps, step = self._gaps(params)
        inner = self._level_weights[1:-1]
        score = (self.weights * (1 - upper)) @ self._upper - (self.weights * lower) @ self._lower
        score += (inner * gaps) @ step
        score[: self._slopes] -= self.ridge * (params[: self._slopes] - self.centre)
        hessian = -(self._upper.T * (self.weights * upper * (1 - upper))) @ self._upper
        hessian -= (self._lower.T * (self.weights * lower * (1 - lower))) @ self._lower
        hessian -= (step.T * (inner * gaps * (1 + gaps))) @ step
        slopes = np.arange(self._slopes)
        hessian[slopes, slopes] -= self.ridge
        return score, hessian

    def score(self, params: Array) -> Array:
        """Gradient of ``loglike``."""
        return self.score_and_hessian(params)[0]

    def hessian(self, params: Array) -> Array:
        """Hessian of ``loglike``."""
        return self.score_and_hessian(params)[1]

    def maximise(self, start: Array | None, *, max_iter: int, tol: float) -> tuple[Array, int, bool]:
        """Climb by Newton steps, halved where they overshoot: where, after how many, whether at the top."""
        params = self.start_params
        if start is not None and start.shape == params.shape and self.loglike(start) > self.loglike(params):
            params = start
        height = self.loglike(params)
        for step_number in range(1, max_iter + 1):
            score, hessian = self.score_and_hessian(params)
            step = _ascent(score, -hessian)
            if score @ step < tol:  # twice the height still to be gained
                return params + step, step_number, True
            for halving in range(HALVINGS):
                reached = self.loglike(params + step / 2**halving)
                if reached > height:
                    params, height = params + step / 2**halving, reached
                    break
            else:  # no step is uphill to machine precision: this is the top
                return params, step_number, True
        return params, max_iter, False


def _ascent(score: Array, curvature: Array) -> Array:
    """Newton's step; a little is added to the diagonal while the curvature is not positive definite."""
    scale = float(np.trace(curvature)) / len(curvature) or 1.0
    for power in range(10):
        try:
            ridge = scale * JITTER * 10.0**power if power else 0.0
            return cast("Array", cho_solve(cho_factor(curvature + ridge * np.eye(len(curvature))), score))
        except LinAlgError:
            continue
    return score / scale


class OrdinalLogit(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Proportional-odds logit with a normal prior on the slopes.

    ``logit P(y <= class k | x) = threshold_k - x . coef``, so a positive slope moves a row *up* the scale.
    The scale is the sorted order of the labels.

    Parameters
    ----------
    penalty : float
        Precision (1 / variance) of the normal prior on each slope; thresholds are free. With features in
        standard deviations, 16 says that a slope is within about 0.25 log-odds. 0 is maximum likelihood.
    penalty_factors : mapping of feature to float, or sequence of float, optional
        Multiplies ``penalty`` feature by feature; features that a mapping leaves out have 1.
    signs : mapping of feature to int, or sequence of int, optional
        1 where a slope may only move a row up the scale, -1 only down it, 0 (or left out of a mapping)
        either.
        A slope that the data would turn the other way is nought.
    max_iter : int
        Most Newton steps.
    tol : float
        Stop when a step promises to raise twice the log-likelihood by less than this.

    Attributes
    ----------
    coef_ : array of shape (features,)
        Slopes in log-odds per unit of the feature.
    thresholds_ : array of shape (classes - 1,)
        Increasing, in log-odds.
    classes_ : array
        Of the training rows with a positive weight: a class that a fold lacks has no threshold.
    ridge_ : array of shape (features,)
        Precision of each slope's prior.
    signs_ : array of shape (features,)
        The sign that each slope may have; 0 for either.
    n_iter_ : int
        Newton steps taken.

    Notes
    -----
    A weight counts a row as so many rows, so the prior's pull does not depend on how weights are scaled only
    if they sum to the number of independent outcomes.

    References
    ----------
    McCullagh (1980), Regression models for ordinal data, JRSS B 42(2), 109-142.

    Examples
    --------
    >>> X = [[-2.0], [-1.0], [0.0], [1.0], [2.0], [0.5]]
    >>> model = OrdinalLogit(penalty=1.0).fit(X, [0, 1, 1, 2, 2, 1])
    >>> model.predict_proba([[0.0]]).round(2).tolist()
    [[0.08, 0.72, 0.21]]
    >>> model.cumulative_log_odds([[0.0]]).round(2).tolist()
    [[-2.5, 1.34]]
    >>> model.fit(X, [1, 1, 1, 1, 1, 1])
    Traceback (most recent call last):
    ...
    ValueError: OrdinalLogit needs at least 2 classes among rows of positive weight, and found 1 class: [1].
    """

    def __init__(
        self,
        *,
        penalty: float = 1.0,
        penalty_factors: Mapping[str, float] | Sequence[float] | None = None,
        signs: Mapping[str, int] | Sequence[int] | None = None,
        max_iter: int = 100,
        tol: float = 1e-10,
    ) -> None:
        self.penalty = penalty
        self.penalty_factors = penalty_factors
        self.signs = signs
        self.max_iter = max_iter
        self.tol = tol

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        start: Array | None = None,
        centre: Array | None = None,
    ) -> Self:
        """Fit by penalised maximum likelihood.

        Parameters
        ----------
        X : array of shape (rows, features)
            Finite numbers.
        y : array of shape (rows,)
            Classes whose sorted order is the scale.
        sample_weight : array of shape (rows,), optional
            Nought leaves a row out.
        start : array of shape (features + classes - 1,), optional
            ``coef_`` and then ``thresholds_`` of an earlier fit. It saves steps and does not change the
            answer; one of another shape, as after a bootstrap draw that lost a class, is passed over.
        centre : array of shape (features,), optional
            Mean of the slopes' prior, nought by default. A bootstrap that draws it anew each time holds the
            prior's uncertainty too, which a shrunken fit would otherwise leave out.

        Raises
        ------
        ValueError
            If fewer than two classes have a positive weight.
        """
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        weights = checked_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        counted = weights > 0
        X, y, weights = X[counted], y[counted], weights[counted]
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:  # noqa: PLR2004
            message = (
                f"{type(self).__name__} needs at least 2 classes among rows of positive weight, "
                f"and found {len(self.classes_)} class: {self.classes_.tolist()}."
            )
            raise ValueError(message)
        if self.penalty < 0:
            message = f"penalty is a precision and cannot be negative; found {self.penalty}."
            raise ValueError(message)
        self.ridge_ = self.penalty * self._per_feature("penalty_factors", otherwise=1.0)
        self.signs_ = self._per_feature("signs", otherwise=0.0)
        centre = np.zeros(X.shape[1]) if centre is None else np.asarray(centre, dtype=np.float64)
        params, self.n_iter_, converged = self._climb(X, codes, weights, centre, start)
        if not converged:
            warnings.warn(
                f"The ordered logit did not converge in {self.max_iter} steps; raise penalty or max_iter.",
                ConvergenceWarning,
                stacklevel=2,
            )
        self.coef_, self.thresholds_ = params[: X.shape[1]].copy(), params[X.shape[1] :].copy()
        return self

    def _climb(
        self,
        X: Array,
        codes: npt.NDArray[np.int64],
        weights: Array,
        centre: Array,
        start: Array | None,
    ) -> tuple[Array, int, bool]:
        """Maximise under the signs, by an active set: slopes that turn the wrong way are held at nought.

        The likelihood is concave, so the top is where no free slope has the wrong sign and no slope that is
        held would rather leave nought in the right direction (Lawson & Hanson 1974, Solving Least Squares
        Problems, ch. 23).
        """
        width, cuts = X.shape[1], len(self.classes_) - 1
        begin = start if start is not None and start.shape == (width + cuts,) else None
        free, steps = np.ones(width, dtype=bool), 0
        for _ in range(2 * width + 1):
            model = _PenalisedOrderedModel(codes, X[:, free], weights, self.ridge_[free], centre[free])
            kept = np.append(free, np.ones(cuts, dtype=bool))
            found, taken, converged = model.maximise(
                None if begin is None else begin[kept], max_iter=self.max_iter, tol=self.tol
            )
            steps += taken
            begin = np.zeros(width + cuts)
            begin[kept] = found
            wrong = begin[:width] * self.signs_ < 0
            if wrong.any():
                free &= ~wrong
                begin[:width][wrong] = 0.0
                continue
            if free.all():
                break
            whole = _PenalisedOrderedModel(codes, X, weights, self.ridge_, centre)
            pull = np.where(free, 0.0, whole.score(begin)[:width] * self.signs_)
            if pull.max() <= SLACK:
                break
            free[pull.argmax()] = True
        return cast("Array", begin), steps, converged

    def _per_feature(self, name: str, *, otherwise: float) -> Array:
        """Return a parameter as one number per feature."""
        given = getattr(self, name)
        if given is None:
            return np.full(self.n_features_in_, otherwise)
        if isinstance(given, Mapping):
            names: Sequence[Any] = getattr(self, "feature_names_in_", range(self.n_features_in_))
            given = [given.get(feature, otherwise) for feature in names]
        if len(given) != self.n_features_in_:
            message = f"{name} has {len(given)} entries for {self.n_features_in_} features."
            raise ValueError(message)
        return np.asarray(given, dtype=np.float64)

    def cumulative_log_odds(self, X: Any) -> Array:
        """Log-odds of being at or below each class but the top: shape (rows, classes - 1), increasing."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return cast("Array", self.thresholds_ - (X @ self.coef_)[:, None])

    def predict_proba(self, X: Any) -> Array:
        """Probability of each class: shape (rows, classes); rows sum to 1."""
        at_or_below = expit(self.cumulative_log_odds(X))
        rows = len(at_or_below)
        return np.diff(np.hstack([np.zeros((rows, 1)), at_or_below, np.ones((rows, 1))]), axis=1)

    def decision_function(self, X: Any) -> Array:
        """Log-odds of the upper class where there are two; log-probabilities where there are more."""
        check_is_fitted(self)
        if len(self.classes_) == 2:  # noqa: PLR2004
            return -self.cumulative_log_odds(X)[:, 0]
        return np.log(np.maximum(self.predict_proba(X), np.finfo(float).tiny))

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Most probable class."""
        check_is_fitted(self)
        return cast("npt.NDArray[Any]", self.classes_[self.predict_proba(X).argmax(axis=1)])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = (
            True  # classes without an order, as in scikit-learn's checks, defeat it
        )
        return tags
