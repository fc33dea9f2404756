"""The four floors: what a model has to beat before it is worth anyone's time.

They are models, run in the same race under the same interface (Wilkins & Antonopoulou 2020 found
deprivation the best single predictor among 45 indicators of children's services).
"""

from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import logit
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from earlywarn.models.logit import MAX_ITER, penalised_logit
from earlywarn.models.prepare import Prepare
from earlywarn.models.targets import LAST, TARGETS, PerTarget, TargetModel, smoothed_rate
from earlywarn.schema import GRADES

__all__ = ["DEPRIVATION", "YEARS_SINCE", "Rates", "deprivation", "last_judgement"]

Array = npt.NDArray[np.float64]

DEPRIVATION = (
    "fsm_primary_rate__level",
    "fsm_secondary_rate__level",
)  # share of pupils with free school meals
YEARS_SINCE = "years_since_last"
MILD = 1.0  # prior standard deviation of 1 log-odds: a floor should be a good one


class Rates(TargetModel):
    """The same answer for every area: the rate of each target in training.

    Parameters
    ----------
    majority : bool
        Answer with the commoner outcome, 0 or 1, in place of the rate. Its log-odds are infinite.

    Attributes
    ----------
    rates_ : array of shape (targets,)

    Examples
    --------
    >>> X = pd.DataFrame({"last_overall": [2.0, 2.0, 1.0]})
    >>> labels = pd.DataFrame({"grade": [2, 1, 2], "adverse": [0, 1, 0], "serious": [0, 0, 0]})
    >>> labels["decline"] = [0.0, 1.0, np.nan]
    >>> Rates().fit(X, labels).predict_risk(X).round(3).iloc[0].tolist()
    [0.333, 0.5, 0.125]
    >>> Rates(majority=True).fit(X, labels).predict_risk(X).iloc[0].tolist()
    [0.0, 0.0, 0.0]
    """

    features = ()

    def __init__(self, *, majority: bool = False) -> None:
        self.majority = majority

    def _learn(self, X: pd.DataFrame, labels: pd.DataFrame, weights: Array) -> None:  # noqa: ARG002
        rates = []
        for target in TARGETS:
            cohort = labels[target].notna().to_numpy()
            outcomes = labels[target].to_numpy(dtype=np.float64)[cohort]
            rates.append(smoothed_rate(outcomes, weights[cohort]))
        self.rates_ = np.array(rates)

    def _log_odds(self, X: pd.DataFrame, last: Array) -> Array:  # noqa: ARG002
        answers = (self.rates_ > 0.5).astype(float) if self.majority else self.rates_  # noqa: PLR2004
        return cast("Array", np.tile(logit(answers), (len(X), 1)))


def deprivation() -> PerTarget:
    """Return a logit on free school meals alone, on whichever column exists; with neither, the rate."""
    return PerTarget(penalised_logit(penalty=MILD), features=DEPRIVATION, optional=True)


def last_judgement() -> PerTarget:
    """Return a logit on the last judgement, as unordered dummies, and the years since it."""
    dummies = OneHotEncoder(
        categories=[list(range(len(GRADES)))], handle_unknown="ignore", sparse_output=False
    )
    columns = ColumnTransformer([("last", dummies, [LAST]), ("since", Prepare(), [YEARS_SINCE])])
    logistic = LogisticRegression(C=1 / MILD, solver="newton-cholesky", max_iter=MAX_ITER)
    return PerTarget(make_pipeline(columns, logistic), features=(LAST, YEARS_SINCE))
