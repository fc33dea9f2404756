"""From features with gaps to numbers on one scale: impute, standardise, winsorise."""

from typing import Any, Self, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted, validate_data

__all__ = ["Prepare"]


class Prepare(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Fill gaps with the fold's median, put features in standard deviations, and cap the extremes.

    The smallest areas have the wildest rates: a feature ten standard deviations out is nearly always a small
    denominator, and in a linear model it would outweigh everything else that is known of the area.

    Parameters
    ----------
    cap : float
        Largest absolute value that leaves, in standard deviations of the imputed training rows.

    Attributes
    ----------
    medians_, means_, scales_ : arrays of shape (features,)
        In each feature's own unit. A feature missing everywhere has median 0, mean 0 and scale 1 and leaves
        as the constant 0 **in every later fold too**: a model that never saw it cannot be moved by it.

    Examples
    --------
    >>> X = pd.DataFrame({"rate": [1.0, np.nan, 3.0, 5.0], "late": [np.nan] * 4})
    >>> prepared = Prepare().fit(X)
    >>> prepared.transform(X).round(2)["rate"].tolist()
    [-1.41, 0.0, 0.0, 1.41]
    >>> prepared.transform(pd.DataFrame({"rate": [999.0], "late": [7.0]})).to_numpy().tolist()
    [[4.0, 0.0]]
    >>> prepared.transform(pd.DataFrame({"rate": [np.inf], "late": [7.0]}))
    Traceback (most recent call last):
    ...
    ValueError: Input X contains infinity or a value too large for dtype('float64').
    """

    def __init__(self, *, cap: float = 4.0) -> None:
        self.cap = cap

    def fit(self, X: Any, y: object = None) -> Self:  # noqa: ARG002
        """Learn each feature's median, mean and standard deviation; rows are not weighted."""
        values = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan")
        imputer = SimpleImputer(strategy="median", keep_empty_features=True).fit(values)
        scaler = StandardScaler().fit(imputer.transform(values))
        seen = ~np.isnan(values).all(axis=0)
        self.medians_, self.means_, self.scales_ = imputer.statistics_, scaler.mean_, scaler.scale_
        self.seen_ = seen
        return self

    def transform(self, X: Any) -> Any:
        """Return standard deviations from the training mean, within the cap; a DataFrame if given one."""
        check_is_fitted(self)
        values = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        filled = np.where(np.isnan(values), self.medians_, values)
        scaled = np.clip((filled - self.means_) / self.scales_, -self.cap, self.cap) * self.seen_
        if isinstance(X, pd.DataFrame):
            return pd.DataFrame(scaled, index=X.index, columns=X.columns)
        return cast("npt.NDArray[np.float64]", scaled)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
