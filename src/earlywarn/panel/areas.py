"""Areas that begin, end, split and merge: whose history counts for whom.

The rule: an area's history is its own. A successor body starts with no figures and no judgement of its
own, because inspectors judge it afresh and its predecessor's figures cover other people. A body that
only changed its code (the same boundary, or nearly) keeps its history: the reader has already mapped
``former_codes`` to the present code.
"""

import numpy as np
import pandas as pd

__all__ = ["exists", "joint_returns"]

LEAST_SHARED = 4  # equal figures of one theme and period before two returns count as one
JOINT_DOMAIN = "workforce"  # the returns that neighbouring bodies are known to make together


def exists(areas: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    """Say of each area whether it exists on the as-of date.

    Parameters
    ----------
    areas : DataFrame
        With ``active_from`` and ``active_to`` (the last day; empty while the area exists).

    Examples
    --------
    >>> areas = pd.DataFrame({
    ...     "active_from": pd.to_datetime(["1974-04-01", "2023-04-01"]),
    ...     "active_to": pd.to_datetime(["2023-03-31", None]),
    ... })
    >>> exists(areas, pd.Timestamp("2023-04-01")).tolist()
    [False, True]
    """
    begun = areas["active_from"].isna() | (areas["active_from"] <= as_of)
    ended = areas["active_to"].notna() & (areas["active_to"] < as_of)
    return begun & ~ended


def joint_returns(observations: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Find areas that made one return together, so that both carry the same figures.

    Two areas whose figures agree in every workforce indicator of a period, at least four of them, are
    taken to have returned together; by chance that does not happen.

    Parameters
    ----------
    observations : DataFrame
        ``area_code, indicator, period_end, value, known_on``; figures with a value only are compared.
    indicators : DataFrame
        With ``domain``; where it is missing nothing is found.

    Returns
    -------
    DataFrame
        ``area_code, partner_code, period_end, known_on``, one row per area, partner and period; it was
        ``known_on`` the day on which the last of the two areas' figures was. Where a figure was revised,
        the last revision handed in is compared, so hand in only what was known. Counts of such areas
        must not be added, and their gaps to each other mean nothing.
    """
    columns = ["area_code", "partner_code", "period_end", "known_on"]
    chosen = indicators.loc[indicators["domain"].eq(JOINT_DOMAIN), "indicator"]
    figures = observations[observations["indicator"].isin(set(chosen)) & observations["value"].notna()]
    if figures.empty:
        return figures.assign(partner_code="")[columns]
    figures = figures.sort_values(["known_on"], kind="stable")
    wide = figures.pivot_table(
        index=["period_end", "area_code"], columns="indicator", values="value", aggfunc="last", observed=True
    )
    wide = wide[wide.notna().sum(axis=1) >= LEAST_SHARED]
    known = figures.groupby(["period_end", "area_code"], observed=True)["known_on"].max()
    period = wide.index.get_level_values("period_end").to_numpy().astype(np.int64)
    signature = pd.util.hash_pandas_object(wide.fillna(np.inf), index=False).to_numpy()
    rows = pd.DataFrame(
        {
            "area_code": wide.index.get_level_values("area_code").astype(str),
            "period_end": wide.index.get_level_values("period_end"),
            "return": pd.factorize(signature ^ period.astype(np.uint64))[0],
            "known_on": known.reindex(wide.index).to_numpy(),
        }
    )
    pairs = rows.merge(rows, on=["return", "period_end"], suffixes=("", "_partner"))
    pairs = pairs[pairs["area_code"] != pairs["area_code_partner"]]
    pairs = pairs.rename(columns={"area_code_partner": "partner_code"})
    later = pairs["known_on_partner"] > pairs["known_on"]
    pairs["known_on"] = pairs["known_on"].mask(later, pairs["known_on_partner"])
    return pairs.sort_values(["area_code", "partner_code", "period_end"], ignore_index=True)[columns]
