"""The made-up areas: most live through all years, two merge into one, and one splits into two."""

import numpy as np
import pandas as pd

from earlywarn.sources.synthetic.plan import Days, Indices, Plan

__all__ = ["MERGED", "PARENT", "PARTS", "SPLIT", "Lives", "register"]

REGIONS = 6
PARTS, MERGED = (0, 1), -1  # positions: the first two become the last
PARENT, SPLIT = 2, (-3, -2)  # and the third becomes the two before it
ALWAYS = np.datetime64("1974-04-01", "D")
NEVER = np.datetime64("2262-01-01", "D")


class Lives:
    """From when to when each area exists, by its position.

    Examples
    --------
    >>> lives = Lives(Plan(areas=20))
    >>> lives.exist(np.array([0, 0, 19]), np.array(["2019-03-31", "2019-04-01", "2019-04-01"], "M8[D]"))
    array([ True, False,  True])
    """

    def __init__(self, plan: Plan) -> None:
        merger, split = (np.datetime64(f"{year}-04-01", "D") for year in (plan.merges, plan.splits))
        self.first = np.full(plan.areas, ALWAYS)
        self.last = np.full(plan.areas, NEVER)
        self.last[list(PARTS)] = merger - 1
        self.first[MERGED] = merger
        self.last[PARENT] = split - 1
        self.first[list(SPLIT)] = split

    def exist(self, area: Indices, day: Days) -> np.ndarray:
        """Say whether each area exists on the day beside it; the two arrays broadcast."""
        return np.asarray((day >= self.first[area]) & (day <= self.last[area]))


def register(plan: Plan) -> pd.DataFrame:
    """Return the table ``areas``, in the order of positions.

    Examples
    --------
    >>> register(Plan(areas=20)).loc[[2, 19], ["name", "predecessors", "successors"]].to_numpy().tolist()
    [['Area 003', '', 'X00000018;X00000019'], ['Area 020', 'X00000001;X00000002', '']]
    """
    lives = Lives(plan)
    number = range(1, plan.areas + 1)
    codes = np.array([f"X{n:08d}" for n in number], dtype=object)
    before, after = (np.full(plan.areas, "", dtype=object) for _ in range(2))
    after[list(PARTS)], before[MERGED] = codes[MERGED], ";".join(codes[list(PARTS)])
    after[PARENT], before[list(SPLIT)] = ";".join(codes[list(SPLIT)]), codes[PARENT]
    ended = lives.last.astype("datetime64[ns]")
    ended[lives.last == NEVER] = np.datetime64("NaT")
    return pd.DataFrame(
        {
            "area_code": codes,
            "name": [f"Area {n:03d}" for n in number],
            "region": [f"Region {chr(ord('A') + n % REGIONS)}" for n in number],
            "area_type": "Made up",
            "active_from": lives.first.astype("datetime64[ns]"),
            "active_to": ended,
            "predecessors": before,
            "successors": after,
            "former_codes": "",
        }
    )
