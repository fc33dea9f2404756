"""The made-up statistical neighbours: the areas nearest in free school meals."""

import numpy as np
import pandas as pd

from earlywarn.sources.synthetic.plan import Indices, Numbers, Plan
from earlywarn.sources.synthetic.register import Lives

__all__ = ["nearest", "neighbours"]

NEIGHBOURS = 10
MEALS = "fsm_primary_rate"


def nearest(level: Numbers, count: int) -> Indices:
    """Return the positions of each area's nearest others, nearest first, shape (areas, count).

    Parameters
    ----------
    level : array, shape (areas,)
        On which they are compared; more than ``count`` areas.

    Notes
    -----
    In order of level the nearest are among the ``count`` on either side, so 50,000 areas need no table of
    all pairs. Ties go to the lower place in that order.

    Examples
    --------
    >>> nearest(np.array([5.0, 1.0, 2.0, 9.0]), 2).tolist()
    [[2, 1], [2, 0], [1, 0], [0, 2]]
    """
    order = np.argsort(level, kind="stable")
    beside = np.arange(-count, count + 1)
    place = np.arange(len(level))[:, None] + beside[beside != 0]
    inside = (place >= 0) & (place < len(level))
    place = place.clip(0, len(level) - 1)
    apart = np.where(inside, np.abs(level[order][place] - level[order][:, None]), np.inf)
    chosen = np.take_along_axis(place, apart.argsort(axis=1, kind="stable")[:, :count], axis=1)
    found = np.empty((len(level), count), dtype=np.int64)
    found[order] = order[chosen]
    return found


def neighbours(plan: Plan, codes: np.ndarray, observations: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``neighbours``: two published sets, one early and one half-way.

    Parameters
    ----------
    codes : array of str, shape (areas,)
    """
    meals = observations[observations["indicator"] == MEALS].groupby("area_code")["value"].mean()
    area, lives = np.arange(plan.areas), Lives(plan)
    parts = []
    for model, year in (("first", plan.years[0]), ("second", plan.merges)):
        published = np.datetime64(f"{year}-05-31", "D")
        there = codes[lives.exist(area, np.full(plan.areas, published))]
        level = meals.reindex(there).fillna(meals.mean()).to_numpy()
        parts.append(
            pd.DataFrame(
                {
                    "area_code": there.repeat(NEIGHBOURS),
                    "neighbour_code": there[nearest(level, NEIGHBOURS)].ravel(),
                    "rank": np.tile(np.arange(1, NEIGHBOURS + 1), len(there)),
                    "closeness": "Close",
                    "model": model,
                    "known_on": published.astype("datetime64[ns]"),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
