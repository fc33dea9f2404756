"""How long journeys of improvement took, as past judgements tell: from below a grade to that grade again.

Areas that are still on the way count too, for as long as they have been: leaving them out would make recovery
look faster than it is.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from statsmodels.duration.survfunc import SurvfuncRight

from earlywarn.schedule import DAYS_PER_YEAR
from earlywarn.schema import GRADE_CODES

__all__ = ["ENOUGH", "Typical", "journeys_taken", "typical_time"]

ENOUGH = 10  # journeys below which no quartile is given


class Typical(NamedTuple):
    """How long journeys took.

    Attributes
    ----------
    quartile, median, third : float
        Years by which a quarter, half and three quarters had arrived; NaN where fewer had, or where there
        are too few journeys to say.
    n, arrived : int
        Journeys begun and those that arrived; the others were still on the way.
    """

    quartile: float
    median: float
    third: float
    n: int
    arrived: int


def journeys_taken(judgements: pd.DataFrame, *, grade: str, as_of: pd.Timestamp) -> pd.DataFrame:
    """List the journeys from the first judgement below a grade to the first one at or above it.

    Parameters
    ----------
    judgements : DataFrame
        ``area_code, start_date, known_on, overall``.
    grade : str
        One of ``schema.GRADES``.
    as_of : Timestamp
        Judgements published on that day or later are left out; a journey still under way has lasted until
        then.

    Returns
    -------
    DataFrame
        ``area_code, began, ended`` (NaT while under way), ``years, arrived``, by area and start; an area can
        have made several.

    Examples
    --------
    >>> days = ["2014-01-01", "2016-01-01", "2018-01-01", "2022-01-01"]
    >>> judgements = pd.DataFrame({"area_code": "A", "start_date": pd.to_datetime(days),
    ...     "known_on": pd.to_datetime(days), "overall": ["inadequate", "good", "good", "inadequate"]})
    >>> taken = journeys_taken(judgements, grade="good", as_of=pd.Timestamp("2025-01-01"))
    >>> taken[["years", "arrived"]].round(1).values.tolist()
    [[2.0, True], [3.0, False]]
    """
    known = judgements[(judgements["known_on"] < as_of) & judgements["overall"].isin(GRADE_CODES)]
    known = known.sort_values(["area_code", "start_date", "known_on"], kind="stable", ignore_index=True)
    below = known["overall"].map(GRADE_CODES) < GRADE_CODES[grade]
    # each change of side begins a stretch; a stretch below is a journey, and the next one its arrival
    turns = known[(below != below.shift()) | (known["area_code"] != known["area_code"].shift())]
    arrival = turns["start_date"].shift(-1).where(turns["area_code"] == turns["area_code"].shift(-1))
    taken = turns.assign(ended=arrival)[below.loc[turns.index]]
    ended = taken["ended"].fillna(as_of)
    years = (ended - taken["start_date"]).dt.days / DAYS_PER_YEAR
    return pd.DataFrame(
        {
            "area_code": taken["area_code"],
            "began": taken["start_date"],
            "ended": taken["ended"],
            "years": years,
            "arrived": taken["ended"].notna(),
        }
    ).reset_index(drop=True)


def typical_time(taken: pd.DataFrame) -> Typical:
    """Return the quartiles of how long journeys took, counting those that are still under way.

    Parameters
    ----------
    taken : DataFrame
        ``years, arrived``, from `journeys_taken`.

    Notes
    -----
    Kaplan & Meier (1958), JASA 53(282), 457-481.

    Examples
    --------
    >>> taken = pd.DataFrame({"years": range(1, 13), "arrived": [True] * 8 + [False] * 4})
    >>> typical_time(taken)
    Typical(quartile=3.0, median=6.0, third=nan, n=12, arrived=8)
    """
    n, arrived = len(taken), int(taken["arrived"].sum())
    if n < ENOUGH or not arrived:
        return Typical(np.nan, np.nan, np.nan, n, arrived)
    curve = SurvfuncRight(taken["years"].to_numpy(dtype=float), taken["arrived"].to_numpy(dtype=int))
    return Typical(_by(curve, 0.25), _by(curve, 0.5), _by(curve, 0.75), n, arrived)


def _by(curve: SurvfuncRight, share: float) -> float:
    """Return the first time by which a share had arrived; NaN where it never does."""
    reached = np.flatnonzero(curve.surv_prob <= 1 - share + np.finfo(float).eps)
    return float(curve.surv_times[reached[0]]) if len(reached) else np.nan
