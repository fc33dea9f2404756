"""Which planned areas could change places, because their risks cannot be told apart."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from earlywarn.targeting.candidates import Candidates
from earlywarn.targeting.optimum import Choice
from earlywarn.targeting.tables import COLUMNS

__all__ = ["Interchanges", "find_interchanges"]

LISTED = 10  # areas in the table for each area: those nearest in risk; all of them are counted
NAMED = 3  # of these in a sentence


@dataclass(frozen=True)
class Interchanges:
    """Areas in different quarters that could change places; n areas as in the candidates.

    Parameters
    ----------
    table : DataFrame
        The plan's table ``interchanges``: for each area those nearest in risk, by name; every row of one
        area may have a row of the other.
    count : int array of shape (n,)
        How many areas it could change places with; 0 where no review is planned.
    words : list of str, n long
        The same as a sentence; empty where there is none.
    """

    table: pd.DataFrame
    count: NDArray[np.int64]
    words: list[str]


def find_interchanges(candidates: Candidates, choice: Choice, *, listed: int = LISTED) -> Interchanges:
    """Find pairs of planned areas in different quarters whose risk intervals overlap.

    A pair may change places if each may be visited in the other's quarter, neither then comes later than
    due (or later than it does already), and no coordinator has asked for the quarter or the order of either.
    Whether their teams are free in the other quarter is not looked at.

    Parameters
    ----------
    candidates : Candidates
        Uses ``areas`` with ``area_code, name, risk, risk_low, risk_high``. An interval that is not known
        overlaps with none.
    choice : Choice
        Of `choose`.
    listed : int, default 10
        Areas in the table for each area, at most.
    """
    n = len(candidates.areas)
    planned = np.flatnonzero(choice.quarter >= 0)
    by_name = candidates.areas.iloc[planned].reset_index(drop=True).sort_values(["name", "area_code"])
    planned = planned[by_name.index.to_numpy()]
    table = by_name.reset_index(drop=True)
    quarter = choice.quarter[planned]
    pairs = _may_change_places(candidates, table, planned, quarter)

    risk = table["risk"].to_numpy(dtype=float)
    distance = np.where(pairs, np.abs(risk[:, None] - risk), np.inf)
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :listed]
    real = np.take_along_axis(pairs, nearest, axis=1)
    first, other = np.nonzero(real)[0], nearest[real]
    code = table["area_code"].to_numpy(dtype=object)
    rows = pd.DataFrame(
        {
            "area_code": code[first],
            "other": code[other],
            "quarter": candidates.quarters[quarter[first]],
            "other_quarter": candidates.quarters[quarter[other]],
        },
        columns=list(COLUMNS["interchanges"]),
    )
    count, words = np.zeros(n, dtype=np.int64), [""] * n
    count[planned] = pairs.sum(axis=1)
    later = (pairs & (quarter > quarter[:, None])).sum(axis=1)
    for row in np.flatnonzero(count[planned]):
        names = table["name"].iloc[nearest[row, real[row]][:NAMED]].astype(str).tolist()
        words[planned[row]] = _sentence(int(later[row]), int(count[planned[row]] - later[row]), names)
    return Interchanges(rows, count, words)


def _may_change_places(
    candidates: Candidates, table: pd.DataFrame, planned: NDArray[np.int64], quarter: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return the pairs, shape (m, m), symmetric, of the m planned areas."""
    low, high = (table[column].to_numpy(dtype=float) for column in ("risk_low", "risk_high"))
    alike = (low[:, None] <= high) & (low <= high[:, None])
    ordered = np.zeros(len(candidates.areas), dtype=bool)
    ordered[np.asarray(candidates.order, dtype=np.int64).ravel()] = True
    free = ((candidates.pinned < 0) & ~ordered)[planned]
    latest = np.maximum(candidates.deadline[planned], quarter)
    there = candidates.allowed[planned][:, quarter] & (
        quarter <= latest[:, None]
    )  # row into the column's quarter
    pairs = alike & there & there.T & free[:, None] & free & (quarter[:, None] != quarter)
    return np.asarray(pairs)


def _sentence(later: int, earlier: int, names: list[str]) -> str:
    counts = [f"{count:,} {when}" for count, when in ((later, "later"), (earlier, "earlier")) if count]
    whole = later + earlier
    others = "1 area" if whole == 1 else f"{whole:,} areas"
    when = (
        f"planned {counts[0].split()[1]}"
        if len(counts) == 1
        else f"({' and '.join(counts)} in the programme)"
    )
    named = f"{', such as' if whole > len(names) else ':'} {'; '.join(names)}"
    who = "They" if whole > 1 else "The two"
    return (
        f"Its risk cannot be told apart from that of {others} {when}{named}. {who} may change places where "
        "teams are free."
    )
