"""The scored list: a risk, an interval, a rank interval and a band for every area."""

from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.schema import TARGETS
from earlywarn.validation.ranking import bands, rank_intervals

__all__ = ["Scorer", "score_areas"]

LOW, HIGH = 2.5, 97.5  # percentiles of the replicates: a 95% interval
DECIMALS = 6  # of the ends of an interval


class Scorer(Protocol):
    """What gives risks: the deployed model and its bootstrap replicates."""

    def risk(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return calibrated risks, a column per target, NaN outside its cohort."""

    def risk_draws(self, X: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Return the replicates' risks, shape (replicate, area, target)."""


def score_areas(model: Scorer, X: pd.DataFrame, *, target: str) -> pd.DataFrame:
    """Score every area once.

    Parameters
    ----------
    model : Scorer
        The deployed model.
    X : DataFrame
        Features, index ``(area_code, as_of)``, one as-of date.
    target : str
        Whose ranks and bands are given.

    Returns
    -------
    DataFrame
        Indexed by ``area_code``: for each target ``risk_t, risk_t_low, risk_t_high`` in [0, 1] (NaN outside
        its cohort), then ``band, rank_low, rank_high``. Rank 1 is the highest risk of ``target``.

    Notes
    -----
    Intervals are percentiles of models refitted on areas drawn anew, recalibration included. They hold what
    is uncertain about the model, not about the area's luck on the day. Ranks: Goldstein & Spiegelhalter
    (1996).
    """
    risks = model.risk(X)
    draws = model.risk_draws(X)
    codes = X.index.get_level_values("area_code")
    table = pd.DataFrame(index=pd.Index(codes, name="area_code"))
    for position, name in enumerate(TARGETS):
        point = risks[name].to_numpy()
        scored = ~np.isnan(point)
        low, high = np.full(len(point), np.nan), np.full(len(point), np.nan)
        if scored.any():
            low[scored], high[scored] = np.percentile(draws[:, scored, position], [LOW, HIGH], axis=0)
        table[f"risk_{name}"] = point
        # refits stop at a tolerance, so digits further down vary with how arrays happen to lie in memory
        table[f"risk_{name}_low"] = np.minimum(low.round(DECIMALS), point)
        table[f"risk_{name}_high"] = np.maximum(high.round(DECIMALS), point)
    low, high = rank_intervals(draws[:, :, TARGETS.index(target)])
    return table.assign(band=bands(low, high), rank_low=low, rank_high=high)
