"""Small, shrunken, monotone boosted trees for one target."""

from collections.abc import Mapping
from typing import Any, Self, cast

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import _check_sample_weight as checked_weight
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

__all__ = ["MonotoneBoosting"]

Array = npt.NDArray[np.float64]

BINARY = 2
BINS = 32  # of a feature: a leaf holds at least 15 of a few hundred rows, so finer cuts are never made
CUTS = np.linspace(0, 1, BINS + 1)[1:-1]
ONE_THREAD = {"limits": 1, "user_api": "openmp"}  # on so few rows threads only wait for each other

BINS = 32  # a few hundred rows hold no finer detail, and scikit-learn finds weighted quantiles one by one


class MonotoneBoosting(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Histogram gradient boosting in which a worse figure can only raise the risk.

    Trees of four leaves see at most three features at a time, each leaf is shrunk hard, and the direction of
    a feature comes from its polarity, not from a few dozen outcomes. Gaps need no imputation. Features that
    are missing everywhere or constant in the fold are dropped inside ``fit``.

    Parameters
    ----------
    monotone : mapping of feature to int, optional
        1: a higher value never lowers the probability of the upper class; -1: never raises it; 0, or left
        out: free. By name, or by position where the features have no names.
    trees : int
        Boosting rounds.
    learning_rate : float
        Shrinkage of each tree.
    leaves : int
        Most leaves of a tree.
    least_rows : int
        Fewest training rows in a leaf.
    penalty : float
        Ridge on the value of a leaf.
    random_state : int, optional
        Seed, handed to the booster.

    Attributes
    ----------
    classes_ : array of shape (2,)
        The upper one is the event.
    used_ : array of bool of shape (features,)
        The features that varied in training.
    cuts_ : array of shape (31, features in use)
        Between the bins that the booster sees: quantiles of the training rows.
    booster_ : HistGradientBoostingClassifier or None
        None where no feature varied.
    rate_ : float
        Weighted share of the upper class in training, which is the answer where there is no booster.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 2))
    >>> y = (X[:, 0] + rng.normal(size=200) > 0).astype(int)
    >>> model = MonotoneBoosting(monotone={0: 1}).fit(X, y)
    >>> risk = model.predict_proba(np.column_stack([np.linspace(-3, 3, 50), np.zeros(50)]))[:, 1]
    >>> bool((np.diff(risk) >= 0).all())
    True
    """

    def __init__(
        self,
        *,
        monotone: Mapping[Any, int] | None = None,
        trees: int = 50,
        learning_rate: float = 0.1,
        leaves: int = 4,
        least_rows: int = 15,
        penalty: float = 10.0,
        random_state: int | None = None,
    ) -> None:
        self.monotone = monotone
        self.trees = trees
        self.learning_rate = learning_rate
        self.leaves = leaves
        self.least_rows = least_rows
        self.penalty = penalty
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit to rows of two classes.

        Parameters
        ----------
        X : array of shape (rows, features)
            NaN is unknown.
        y : array of shape (rows,)
            Two classes; the upper one in sorted order is the event.
        sample_weight : array of shape (rows,), optional
            Nought leaves a row out.
        """
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan")
        kind = type_of_target(y, input_name="y", raise_unknown=True)
        if kind != "binary":
            message = f"Only binary classification is supported. The type of the target is {kind}."
            raise ValueError(message)
        weights = checked_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        counted = weights > 0
        X, y, weights = X[counted], y[counted], weights[counted]
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < BINARY:
            message = (
                f"{type(self).__name__} needs 2 classes among rows of positive weight, "
                f"and found {len(self.classes_)} class: {self.classes_.tolist()}."
            )
            raise ValueError(message)
        self.rate_ = float(codes @ weights / weights.sum())
        first = np.where(np.isnan(X), np.inf, X).min(axis=0)  # smallest value seen; inf where none was
        self.used_ = np.where(np.isnan(X), -np.inf, X).max(axis=0) > first
        self.cuts_ = np.nanquantile(X[:, self.used_], CUTS, axis=0)
        self.booster_ = None
        if self.used_.any():
            with threadpool_limits(**ONE_THREAD):
                self.booster_ = self._unfitted().fit(self._binned(X), codes, sample_weight=weights)
        return self

    def _binned(self, X: Array) -> Array:
        """Return each value's bin, NaN where there is none; the booster's own, by weight, takes a second."""
        used = X[:, self.used_]
        return np.where(np.isnan(used), np.nan, (used[:, None, :] > self.cuts_).sum(axis=1))

    def _unfitted(self) -> HistGradientBoostingClassifier:
        """Build the booster for the features in use."""
        names = getattr(self, "feature_names_in_", np.arange(self.n_features_in_))
        directions = [(self.monotone or {}).get(name, 0) for name in names[self.used_].tolist()]
        return HistGradientBoostingClassifier(
            max_iter=self.trees,
            learning_rate=self.learning_rate,
            max_leaf_nodes=self.leaves,
            min_samples_leaf=self.least_rows,
            max_bins=BINS,
            l2_regularization=self.penalty,
            monotonic_cst=directions,
            early_stopping=False,
            random_state=self.random_state,
        )

    def predict_proba(self, X: Any) -> Array:
        """Probability of the lower and the upper class: shape (rows, 2)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        if self.booster_ is None:
            return np.tile([1 - self.rate_, self.rate_], (len(X), 1))
        with threadpool_limits(**ONE_THREAD):
            return cast("Array", self.booster_.predict_proba(self._binned(X)))

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Most probable class."""
        check_is_fitted(self)
        return cast("npt.NDArray[Any]", self.classes_[self.predict_proba(X).argmax(axis=1)])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.multi_class = False
        return tags
