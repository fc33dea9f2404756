"""Keep one row of those that a published file gives for one figure."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.sources.native.sieve import Sieve

__all__ = ["each_once"]

KEY = ["area", "indicator", "period_end", "known_on"]
SAME = "is given again with the same figure, which is kept once"
SUPERSEDED = "is given again with a more final figure, which is kept"
AT_ODDS = "is given twice with different figures, and neither is kept"


def each_once(
    rows: pd.DataFrame, codes: npt.NDArray[np.object_], names: npt.NDArray[np.object_], sieve: Sieve
) -> pd.DataFrame:
    """Return the rows sorted by key, one of each.

    Of several the most final is kept (a revised before a provisional one), if those as final agree with it.
    Where they do not, none is kept: which is right cannot be told from the file.

    Parameters
    ----------
    rows : DataFrame
        ``area`` (position in ``codes``, which are sorted), ``measure`` (position in ``names``),
        ``period_end``, ``known_on``, ``value``, ``status`` and ``finality``, the greater the more final.
    codes, names : ndarray of str
        Of areas and of indicators.
    sieve : Sieve
        Is told of the rows that are left out.
    """
    order = np.argsort(names, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    rows = rows.assign(indicator=rank[rows["measure"]])
    keys = [rows[name].to_numpy() for name in KEY]
    rows = rows.iloc[np.lexsort([-rows["finality"].to_numpy(), *keys[::-1]])]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = np.any([rows[name].to_numpy()[1:] != rows[name].to_numpy()[:-1] for name in KEY], axis=0)
    if new.all():
        return rows
    group = np.cumsum(new) - 1
    first = np.flatnonzero(new)[group]
    value, status, final = (rows[name].to_numpy() for name in ("value", "status", "finality"))
    alike = ((value == value[first]) | (np.isnan(value) & np.isnan(value[first]))) & (status == status[first])
    at_odds = np.isin(group, group[~alike & (final == final[first])])
    indicator = names[rows["measure"]]
    ends = np.datetime_as_string(rows["period_end"].to_numpy()[at_odds], unit="D")
    said = indicator.copy()
    said[at_odds] = [
        f"{name} of {code} to {end}"
        for name, code, end in zip(indicator[at_odds], codes[rows["area"]][at_odds], ends, strict=True)
    ]
    for bad, why in (
        (at_odds, AT_ODDS),
        (~at_odds & ~new & alike, SAME),
        (~at_odds & ~new & ~alike, SUPERSEDED),
    ):
        sieve.drop(rows, bad, why, "indicator", said)
    return rows[new & ~at_odds]
