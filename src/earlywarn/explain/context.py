"""What else a reader of the list should know of each area: its size, its need, and how it engages."""

import numpy as np
import pandas as pd

from earlywarn.features.level import level
from earlywarn.panel.snapshot import NO_NEIGHBOUR, Snapshot

__all__ = ["ENGAGEMENT", "context_table", "neighbour_table"]

CHILDREN = "population_0_17"
MEALS = "fsm_primary_rate"  # the measure of deprivation that the floor of that name reads too
ENGAGEMENT = ("silence", "months_since_review", "declined_reviews", "late_returns")
NEIGHBOUR_COLUMNS = ["area_code", "neighbour_code", "rank"]


def context_table(snapshot: Snapshot, features: pd.DataFrame) -> pd.DataFrame:
    """Return the size, deprivation and engagement of each scored area.

    Parameters
    ----------
    snapshot : Snapshot
        What was known at the as-of date.
    features : DataFrame
        One row per scored area, indexed by ``area_code`` and ``as_of``; of its columns only
        ``ENGAGEMENT`` are taken, and those that are not there are unknown.

    Returns
    -------
    DataFrame
        ``area_code, area_type, children`` (residents aged 0 to 17), ``deprivation`` (percent of primary
        pupils eligible for free school meals) and ``ENGAGEMENT``, by area code. NaN where nothing
        fresh is known.
    """
    codes = features.index.get_level_values("area_code")
    own = pd.DataFrame(level(snapshot).to_pandas()).reindex(index=codes, columns=[CHILDREN, MEALS])
    kinds = snapshot.areas.set_index("area_code")["area_type"].reindex(codes)
    table = pd.DataFrame(
        {
            "area_code": codes,
            "area_type": kinds.fillna("").to_numpy(),
            "children": own[CHILDREN].to_numpy(),
            "deprivation": own[MEALS].to_numpy(),
        }
    )
    engaged = features.reindex(columns=list(ENGAGEMENT)).reset_index(drop=True)
    return pd.concat([table, engaged], axis=1).sort_values("area_code", ignore_index=True)


def neighbour_table(snapshot: Snapshot) -> pd.DataFrame:
    """Return the statistical neighbours of each area that were in force at the as-of date.

    Returns
    -------
    DataFrame
        ``area_code, neighbour_code, rank``, sorted; rank 1 is the closest. Empty where there are none.
    """
    codes = snapshot.position.to_numpy().astype(object)
    places = snapshot.neighbours.transpose("area", "rank").to_numpy()
    area, rank = np.nonzero(places != NO_NEIGHBOUR)
    table = pd.DataFrame(
        {"area_code": codes[area], "neighbour_code": codes[places[area, rank]], "rank": rank + 1},
        columns=NEIGHBOUR_COLUMNS,
    )
    ended = snapshot.areas.loc[~snapshot.areas["exists"], "area_code"]
    table = table[~table["area_code"].isin(set(ended))]
    return table.sort_values(["area_code", "rank"], ignore_index=True)
