"""The average of several target models."""

from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from earlywarn.models.targets import TargetModel

__all__ = ["Average"]

Array = npt.NDArray[np.float64]


class Average(TargetModel):
    """The mean of its members' log-odds, each member fitted on the same rows.

    In log-odds a member's evidence adds to its own starting point, so that one hesitant member does not pull
    every risk to the middle, as it would in an average of probabilities; recalibration mends what is left
    (Satopää et al. 2014, Combining multiple probability predictions using a simple logit model, IJF 30(2)).

    Parameters
    ----------
    members : tuple of TargetModel
        At least one.

    Attributes
    ----------
    members_ : list of TargetModel
        Fitted copies.
    """

    def __init__(self, members: tuple[TargetModel, ...]) -> None:
        self.members = members

    @property
    def features(self) -> tuple[str, ...]:  # type: ignore[override]
        """Columns that any member uses, in the order in which they are met."""
        return tuple(dict.fromkeys(feature for member in self.members for feature in member.features))

    def _learn(self, X: pd.DataFrame, labels: pd.DataFrame, weights: Array) -> None:
        self.members_ = [clone(member).fit(X, labels, sample_weight=weights) for member in self.members]

    def _log_odds(self, X: pd.DataFrame, last: Array) -> Array:
        each: list[Any] = [member._log_odds(member._columns(X), last) for member in self.members_]  # noqa: SLF001
        return cast("Array", np.mean(each, axis=0))
