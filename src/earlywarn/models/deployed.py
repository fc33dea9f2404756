"""The model that scores: fit, recalibration, and the refits that its intervals come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from earlywarn.models.calibration import Recalibration
from earlywarn.models.replicates import Replicates, area_draws, fit_replicates
from earlywarn.models.targets import TargetModel

__all__ = ["DeployedModel", "area_draws", "fit_replicates"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class DeployedModel:
    """Everything that turns a feature matrix into published risks.

    Parameters
    ----------
    model : TargetModel
        Fitted.
    recalibration : Recalibration
        Fitted; the identity where there was too little to learn from, with the reason in ``why_``.
    replicates : Replicates
        Refits over areas.
    replicate_recalibrations : array of shape (draws, 2)
        Intercept and slope of each draw's own recalibration.
    background : DataFrame
        Rows of the training matrix, for whoever wants to explain a risk against what the model learned from.
    meta : mapping
        What it was trained on and for (as-of date, horizon, fingerprints, rows, versions, names of the
        indicators needed); of types that JSON has.
    """

    model: TargetModel
    recalibration: Recalibration
    replicates: Replicates
    replicate_recalibrations: Array
    background: pd.DataFrame
    meta: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        draws = len(self.replicates)
        if np.shape(self.replicate_recalibrations) != (draws, 2):
            found = np.shape(self.replicate_recalibrations)
            message = (
                f"replicate_recalibrations needs shape ({draws}, 2), a row per replicate; found {found}."
            )
            raise ValueError(message)

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of the matrix that the model uses."""
        return self.model.features

    @property
    def calibrated(self) -> bool:
        """Whether the recalibration was learned from later data."""
        return bool(self.recalibration.calibrated_)

    def log_odds(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return calibrated log-odds: columns adverse, decline, serious; NaN outside a cohort."""
        return self.recalibration.intercept_ + self.recalibration.slope_ * self.model.predict_log_odds(X)

    def risk(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return calibrated probabilities, shaped like ``log_odds``."""
        log_odds = self.log_odds(X)
        return pd.DataFrame(expit(log_odds.to_numpy()), index=X.index, columns=log_odds.columns)

    def risk_draws(self, X: pd.DataFrame) -> Array:
        """Return the calibrated risks of every replicate: (draws, rows, targets), NaN outside a cohort."""
        intercept, slope = self.replicate_recalibrations.T[:, :, None, None]
        return cast("Array", expit(intercept + slope * self.replicates.log_odds(X)))
