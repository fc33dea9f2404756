"""What each supporting area is asked for: being a supporter is a risk too."""

import numpy as np
import pandas as pd

from earlywarn.sources.programme import ProgrammeInputs
from earlywarn.targeting.rules import Rules
from earlywarn.targeting.scored import Scored
from earlywarn.targeting.tables import COLUMNS, typed
from earlywarn.targeting.teams import YEAR

__all__ = ["supporting_load"]

RISK = "; being a supporter is a risk too, so ask how things stand at home"  # from half of the limit on


def supporting_load(
    teams: pd.DataFrame,
    scored: Scored,
    inputs: ProgrammeInputs,
    *,
    rules: Rules,
    quarters: pd.DatetimeIndex,
) -> pd.DataFrame:
    """Return what each supporting area is asked for, quarter by quarter.

    Parameters
    ----------
    teams : DataFrame
        The plan's table ``teams``.
    scored : Scored
        Uses ``risks`` for names.
    inputs : ProgrammeInputs
        Every area with a reviewer on the list has rows, even where it is asked for nothing.
    rules : Rules
        Uses ``team.max_places_per_area_per_year``.
    quarters : DatetimeIndex of shape (Q,)
        First days of the programme's quarters.

    Returns
    -------
    DataFrame
        The plan's table ``load``, by name and quarter: Q rows for each supporting area. ``limit`` holds over
        any four quarters in a row; what was asked of an area before the programme is not on record and does
        not count.
    """
    asked = teams[teams["reviewer_area"] != ""]
    codes = np.unique(np.r_[inputs.reviewers["area_code"], asked["reviewer_area"]].astype(str))
    places = np.zeros((len(codes), len(quarters)), dtype=np.int64)
    row = pd.Index(codes).get_indexer(asked["reviewer_area"])
    column = quarters.get_indexer(pd.DatetimeIndex(asked["quarter"]))
    np.add.at(places, (row, column), 1)
    length = min(YEAR, len(quarters))
    until = np.cumsum(np.pad(places, ((0, 0), (1, 0))), axis=1)
    busiest = (until[:, length:] - until[:, :-length]).max(axis=1, initial=0)
    names = scored.risks.set_index("area_code")["name"].reindex(codes)
    named = names.where(names.notna(), pd.Series(codes, index=codes)).to_numpy(dtype=object)
    limit = rules.team.max_places_per_area_per_year
    words = [
        _words(int(total), int(most), limit, length)
        for total, most in zip(places.sum(axis=1), busiest, strict=True)
    ]
    table = pd.DataFrame(
        {
            "reviewer_area": np.repeat(codes.astype(object), len(quarters)),
            "name": np.repeat(named, len(quarters)),
            "quarter": np.tile(quarters.to_numpy(), len(codes)),
            "places": places.ravel(),
            "limit": float(limit),
            "words": np.repeat(np.array(words, dtype=object), len(quarters)),
        },
        columns=list(COLUMNS["load"]),
    )
    return typed(table.sort_values(["name", "reviewer_area", "quarter"], ignore_index=True))


def _words(total: int, busiest: int, limit: int, length: int) -> str:
    if not total:
        return "Not asked for anyone in this programme."
    span = f"any {length} quarters in a row" if length > 1 else "the quarter"
    places = "1 place" if total == 1 else f"{total} places"
    words = f"Asked for {places} in all, and for {busiest} of at most {limit} in {span}"
    return f"{words}{RISK if 2 * busiest > limit else ''}."
