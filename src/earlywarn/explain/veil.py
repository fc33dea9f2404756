"""Contributions that an audience may not see one by one, numbers that rest on few people, and soft shares."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from earlywarn.explain.contributions import BASELINE

__all__ = ["VEILED", "VEILED_WORDS", "mark_small", "soft_share", "veil"]

VEILED = "soft_intelligence"
VEILED_WORDS = "Soft intelligence taken together, part of which is not for this audience"


def veil(contributions: pd.DataFrame, features: Collection[str]) -> pd.DataFrame:
    """Join the contributions of some features into one, and give no value for it.

    Parameters
    ----------
    contributions : DataFrame
        From ``contributions``.
    features : collection of str
        Those that rest on entries of the log.

    Returns
    -------
    DataFrame
        The same columns; in place of those features one row ``soft_intelligence`` for each area and target,
        so that the rows still sum to the log-odds of the risk.

    Examples
    --------
    >>> features = ["concern_pressure", "last_overall", "baseline"]
    >>> table = pd.DataFrame({
    ...     "area_code": "A", "target": "adverse", "feature": features, "indicator": "", "theme": "workforce",
    ...     "value": [0.7, 2.0, None], "contribution": [0.4, 0.1, -1.0]})
    >>> veil(table, ["concern_pressure"])[["feature", "value", "contribution"]].values.tolist()
    [['soft_intelligence', nan, 0.4], ['last_overall', 2.0, 0.1], ['baseline', nan, -1.0]]
    """
    hidden = contributions["feature"].isin(features)
    if not hidden.any():
        return contributions
    keys = ["area_code", "target"]
    joined = contributions[hidden].groupby(keys, sort=False, as_index=False)["contribution"].sum()
    joined = joined.assign(feature=VEILED, indicator="", theme="", value=np.nan)
    table = pd.concat([contributions[~hidden], joined[contributions.columns]], ignore_index=True)
    # each area and target where it stood, the largest contribution first and the baseline last
    place = contributions.groupby(keys, sort=False).ngroup()
    first = dict(zip(map(tuple, contributions[keys].to_numpy()), place, strict=True))
    table["place"] = [first[key] for key in map(tuple, table[keys].to_numpy())]
    table["size"] = table["contribution"].abs().where(table["feature"] != BASELINE, -1.0)
    order = ["place", "size", "feature"]
    table = table.sort_values(order, ascending=[True, False, True], ignore_index=True)
    shown: pd.DataFrame = table.drop(columns=["place", "size"])
    return shown


def mark_small(contributions: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Mark the values that are unknown because they rest on too few people to be shown.

    Parameters
    ----------
    contributions : DataFrame
        From ``contributions``.
    cells : DataFrame
        From `earlywarn.features.small.small_cells`.

    Returns
    -------
    DataFrame
        A copy with a column ``hidden``.

    Examples
    --------
    >>> table = pd.DataFrame({"area_code": ["A", "B"], "feature": "complaints_rate", "contribution": 0.1})
    >>> cells = pd.DataFrame({"area_code": ["B"], "feature": ["complaints_rate"]})
    >>> mark_small(table, cells)["hidden"].tolist()
    [False, True]
    """
    keys = ["area_code", "feature"]
    hidden = pd.MultiIndex.from_frame(contributions[keys]).isin(pd.MultiIndex.from_frame(cells[keys]))
    return contributions.assign(hidden=hidden)


def soft_share(contributions: pd.DataFrame, *, soft: Collection[str], target: str) -> "pd.Series[float]":
    """Return which share of what moves each area's risk comes from soft evidence.

    Parameters
    ----------
    contributions : DataFrame
        From ``contributions``.
    soft : collection of str
        The features of soft evidence: the log, leadership and the themes of reports.
    target : str
        Whose risk.

    Returns
    -------
    Series
        By area code, 0 to 1: the sizes of those contributions, whichever way they point, over the sizes of
        all. NaN where nothing moves the risk.

    Examples
    --------
    >>> features = ["concern_pressure", "caseload__level", "baseline"]
    >>> table = pd.DataFrame({
    ...     "area_code": "A", "target": "adverse", "feature": features, "contribution": [0.3, -0.1, 2.0]})
    >>> soft_share(table, soft=["concern_pressure"], target="adverse").to_dict()
    {'A': 0.75}
    """
    own = contributions[(contributions["target"] == target) & (contributions["feature"] != BASELINE)]
    sizes = own["contribution"].abs()
    total = sizes.groupby(own["area_code"]).sum()
    from_soft = sizes.where(own["feature"].isin(soft), 0.0).groupby(own["area_code"]).sum()
    return (from_soft / total.where(total > 0)).round(6).rename("soft_share")
