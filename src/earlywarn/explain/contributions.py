"""SHAP contributions to the log-odds of the deployed, calibrated risk."""

import importlib
import warnings
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.schema import TARGETS

__all__ = ["BASELINE", "Explained", "contributions"]

BASELINE = "baseline"
PERMUTATIONS = 4  # orders in which features are revealed, each forwards and backwards
BACKGROUND = 50  # areas that stand for "most areas"; all of them when there are fewer
TOLERANCE = 1e-6
ADDITIVE = 1e-9  # log-odds within which features do not interact


class Explained(Protocol):
    """What can be explained: a model of risks in log-odds, and the features that it uses."""

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of the matrix that the model uses."""

    def log_odds(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return calibrated log-odds, a column per target, NaN outside its cohort."""


def contributions(
    model: Explained,
    X: pd.DataFrame,
    *,
    described: pd.DataFrame,
    seed: int = 0,
) -> pd.DataFrame:
    """Explain every area's risk of every target.

    Parameters
    ----------
    model : Explained
        The deployed model, calibration included.
    X : DataFrame
        Features, index ``(area_code, as_of)``, one as-of date. The areas themselves are the background: a
        contribution says what sets an area apart from the others at the same date.
    described : DataFrame
        From ``earlywarn.features.catalogue.describe``: gives each feature its indicator and theme.
    seed : int
        Of the background sample and the permutations.

    Returns
    -------
    DataFrame
        ``area_code, target, feature, indicator, theme, value, contribution``, sorted by area and target, the
        largest contribution first, then a row ``baseline``: the mean log-odds of the background.
        An area's rows sum to its log-odds within 1e-6. ``value`` is NaN where the feature is not known.

    Notes
    -----
    Interventional Shapley values. Where no features interact, as in the logits, they are exact and closed:
    a feature's own term less its mean over the areas. Whether that holds is tried on every area first; where
    it does not, they come from permutation sampling, which is additive too. Lundberg & Lee (2017),
    NeurIPS 30.
    """
    features = [*model.features, *([] if LAST in model.features else [LAST])]
    parts = []
    for target in TARGETS:
        log_odds = model.log_odds(X)[target]
        asked = X.loc[log_odds.notna().to_numpy(), features]
        if asked.empty:
            continue
        shares, baseline = _shap(_one_target(model, target, asked), asked, seed=seed)
        gap = np.abs(baseline + shares.sum(axis=1) - log_odds.dropna().to_numpy()).max()
        if gap > TOLERANCE:
            message = f"The contributions to {target!r} miss the risk by {gap:.1e} in log-odds."
            raise ArithmeticError(message)
        parts.append(_long(asked, target, shares, baseline))
    table = pd.concat(parts, ignore_index=True)
    table["indicator"] = table["feature"].map(described["indicator"]).fillna("")
    table["theme"] = table["feature"].map(described["theme"]).fillna("")
    table["size"] = table["contribution"].abs().where(table["feature"] != BASELINE, -1.0)
    table["order"] = table["target"].map({target: order for order, target in enumerate(TARGETS)})
    table = table.sort_values(
        ["area_code", "order", "size", "feature"], ascending=[True, True, False, True], ignore_index=True
    )
    return table[["area_code", "target", "feature", "indicator", "theme", "value", "contribution"]]


LAST = "last_overall"  # decides who can decline, so it is a feature of that risk whatever the model uses


def _one_target(
    model: Explained, target: str, asked: pd.DataFrame
) -> Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]:
    """Return the log-odds of one target as a function of an array."""
    columns = asked.columns

    def log_odds(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return model.log_odds(pd.DataFrame(values, columns=columns))[target].to_numpy()

    return log_odds


def _shap_library() -> Any:
    """Import shap only when an explanation is asked for: numba takes seconds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its plots, which nobody asks for, about matplotlib's future
        return importlib.import_module("shap")


def _shap(
    predict: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]], asked: pd.DataFrame, *, seed: int
) -> tuple[npt.NDArray[np.float64], float]:
    """Return SHAP values, shape (area, feature), and the background's mean."""
    shap = _shap_library()
    values = asked.to_numpy(dtype=float)
    terms, start = _terms(predict, values)
    if np.abs(start + terms.sum(axis=1) - predict(values)).max() < ADDITIVE:
        explainer = shap.LinearExplainer(
            (np.ones(terms.shape[1]), start), shap.maskers.Independent(terms, max_samples=len(terms))
        )
        return np.asarray(explainer.shap_values(terms)), float(start + terms.mean(axis=0).sum())
    chosen = np.random.default_rng(seed).permutation(len(values))[:BACKGROUND]
    background = values[np.sort(chosen)]
    masker = shap.maskers.Independent(background, max_samples=len(background))
    explainer = shap.explainers.Permutation(predict, masker, seed=seed)
    evaluations = PERMUTATIONS * (2 * values.shape[1] + 1)
    explanation = explainer(values, max_evals=evaluations, silent=True)
    return np.asarray(explanation.values), float(np.mean(predict(background)))


def _terms(
    predict: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]], values: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], float]:
    """Return what each feature adds by itself to the prediction for the first area, and that prediction."""
    count, width = values.shape
    alone = np.tile(values[0], (width, count, 1))
    alone[np.arange(width), :, np.arange(width)] = values.T
    start = float(predict(values[:1])[0])
    return predict(alone.reshape(-1, width)).reshape(width, count).T - start, start


def _long(asked: pd.DataFrame, target: str, shares: npt.NDArray[np.float64], baseline: float) -> pd.DataFrame:
    codes = asked.index.get_level_values("area_code")
    count, width = shares.shape
    table = pd.DataFrame(
        {
            "area_code": np.repeat(codes, width),
            "target": target,
            "feature": np.tile(asked.columns, count),
            "value": asked.to_numpy(dtype=float).ravel(),
            "contribution": shares.ravel(),
        }
    )
    floor = pd.DataFrame(
        {"area_code": codes, "target": target, "feature": BASELINE, "value": np.nan, "contribution": baseline}
    )
    return pd.concat([table, floor], ignore_index=True)
