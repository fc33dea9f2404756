"""The week of each review within its quarter: spread out, and no reviewer in two places at once."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp
from scipy.sparse import coo_array

from earlywarn.schedule import quarter_words
from earlywarn.targeting.candidates import Candidates
from earlywarn.targeting.tables import COLUMNS

__all__ = ["Weeks", "set_weeks"]

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

MONDAY = 0
UNSET = -1


@dataclass(frozen=True)
class Weeks:
    """The week of each review.

    Parameters
    ----------
    monday : DatetimeIndex of shape (n,)
        First day of the week; NaT where no review is planned, or no week could be found.
    shortfalls : DataFrame
        The plan's table ``shortfalls`` with the reviews for which no week could be found; rule "weeks".
    """

    monday: pd.DatetimeIndex
    shortfalls: pd.DataFrame


def set_weeks(candidates: Candidates, quarter: Ints, *, teams: pd.DataFrame | None = None) -> Weeks:
    """Return a Monday for each review within its quarter.

    The reviews of a quarter are spread evenly over its weeks, each as near to its turn as its own weeks
    allow. A reviewer who sits in two teams of a quarter is kept from being in two places in one week; if
    that leaves a review without a week, the quarter is arranged again by mixed-integer programming: as many
    reviews as possible, as near to their turns as possible. Turns go by area code, so that a risk which
    changes moves no week.

    Parameters
    ----------
    candidates : Candidates
        n areas; uses ``weeks``, ``quarters`` and ``areas``.
    quarter : int array of shape (n,)
        Position of each review's quarter, -1 for none.
    teams : DataFrame, optional
        The plan's table ``teams``: ``area_code, reviewer``; places that are to be named hold nobody up.
    """
    week = np.full(len(quarter), UNSET, dtype=np.int64)
    codes = candidates.areas["area_code"].astype(str).to_numpy()
    seats = _seats(codes, teams)
    for position in range(len(candidates.quarters)):
        reviews = np.flatnonzero(quarter == position)
        reviews = reviews[np.argsort(codes[reviews], kind="stable")]
        possible = candidates.weeks[reviews, position]
        held = reviews[possible.any(axis=1)]
        week[held] = _arranged(possible[possible.any(axis=1)], _together(seats, held))
    planned = np.flatnonzero(quarter >= 0)
    days = np.full(len(quarter), np.datetime64("NaT"), dtype="datetime64[ns]")
    placed = planned[week[planned] != UNSET]
    first = _first_mondays(candidates.quarters)[quarter[placed]]
    days[placed] = (first + pd.to_timedelta(7 * week[placed], unit="D")).to_numpy()
    unplaced = planned[week[planned] == UNSET]
    return Weeks(pd.DatetimeIndex(days), _shortfalls(candidates, quarter, unplaced))


def _first_mondays(quarters: pd.DatetimeIndex) -> pd.DatetimeIndex:
    return quarters + pd.to_timedelta((MONDAY - quarters.dayofweek) % 7, unit="D")


def _seats(codes: NDArray[np.object_], teams: pd.DataFrame | None) -> pd.DataFrame:
    """Return who sits in which team: positions of areas and of reviewers, each pair once."""
    if teams is None:
        return pd.DataFrame({"area": np.array([], dtype=int), "reviewer": np.array([], dtype=int)})
    named = teams[teams["reviewer"].astype(str) != ""]
    area = pd.Index(codes).get_indexer(pd.Index(named["area_code"].astype(str)))
    reviewer, _ = pd.factorize(named["reviewer"].astype(str), sort=True)
    seats = pd.DataFrame({"area": area, "reviewer": reviewer})
    return seats[seats["area"] >= 0].drop_duplicates(ignore_index=True)


def _together(seats: pd.DataFrame, reviews: Ints) -> Flags:
    """Return who sits in which of some reviews, shape (reviewers with two of them or more, reviews)."""
    turn = pd.Index(reviews).get_indexer(pd.Index(seats["area"]))
    here = turn >= 0
    reviewers = seats["reviewer"].to_numpy()[here]
    busy = np.zeros((int(reviewers.max(initial=-1)) + 1, len(reviews)), dtype=bool)
    busy[reviewers, turn[here]] = True
    return np.asarray(busy[busy.sum(axis=1) > 1])


def _arranged(possible: Flags, together: Flags) -> Ints:
    """Return the week of each of r reviews, held in one of ``possible`` (r, W); -1 where none is left."""
    count, weeks = possible.shape
    if not count:
        return np.array([], dtype=np.int64)
    usable = np.flatnonzero(possible.any(axis=0))
    turns = usable[(2 * np.arange(count) + 1) * len(usable) // (2 * count)]
    away = np.abs(np.arange(weeks)[:, None] - turns).astype(float)  # (W, turns)
    distance = np.where(possible[:, :, None], away, np.inf).min(axis=1)  # (r, turns)
    reviews, turn = linear_sum_assignment(distance**2)
    aim = turns[turn[np.argsort(reviews)]]
    cost = np.where(possible, np.abs(np.arange(weeks) - aim[:, None]), np.inf)
    week = np.argmin(cost, axis=1).astype(np.int64)
    if len(together):
        week = _one_by_one(cost, together)
    return _rearranged(cost, together) if (week == UNSET).any() else week


def _one_by_one(cost: NDArray[np.float64], together: Flags) -> Ints:
    """Return weeks (r,) in which nobody sits twice, each the best that those before it leave; -1 for none."""
    busy = np.zeros((len(together), cost.shape[1]), dtype=bool)
    week = np.full(len(cost), UNSET, dtype=np.int64)
    for review, sitting in enumerate(together.T):
        left = np.where(busy[sitting].any(axis=0), np.inf, cost[review])
        if np.isfinite(left).any():
            week[review] = np.argmin(left)
            busy[sitting, week[review]] = True
    return week


def _rearranged(cost: NDArray[np.float64], together: Flags) -> Ints:
    """Return the weeks of least cost (r, W) in which no reviewer sits twice; -1 for a review without one."""
    count, weeks = cost.shape
    review, week = np.nonzero(np.isfinite(cost))
    cells = np.arange(len(review))
    once = coo_array((np.ones(len(review)), (review, cells)), shape=(count, len(review)))
    reviewer, seat = np.nonzero(together[:, review])
    rows = reviewer * weeks + week[seat]
    alone = coo_array((np.ones(len(rows)), (rows, seat)), shape=(len(together) * weeks, len(review)))
    held = count * weeks**2 + 1  # a review that is held outweighs every distance
    found = milp(
        cost[review, week] - held,
        integrality=np.ones(len(review)),
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(once.tocsr(), -np.inf, 1), LinearConstraint(alone.tocsr(), -np.inf, 1)],
        options={"mip_rel_gap": 0.0},
    )
    taken = np.round(found.x) > 0
    arranged = np.full(count, UNSET, dtype=np.int64)
    arranged[review[taken]] = week[taken]
    return arranged


def _shortfalls(candidates: Candidates, quarter: Ints, unplaced: Ints) -> pd.DataFrame:
    names = candidates.areas["name"].astype(str).to_numpy()
    rows = []
    for area in unplaced:
        position = int(quarter[area])
        words = quarter_words(candidates.quarters[position])
        if candidates.weeks[area, position].any():
            why = "its reviewers are in other teams in every week that is left"
            remedy = f"To mend it: name other reviewers for {names[area]}, or move it to another quarter."
        else:
            why = "no week of the quarter is free for it"
            remedy = f"To mend it: move {names[area]} to another quarter."
        told = f"{names[area]}, {words}: {why}."
        rows.append(("weeks", candidates.quarters[position], 1.0, 0.0, names[area], told, remedy))
    table = pd.DataFrame(rows, columns=list(COLUMNS["shortfalls"]))
    table["quarter"] = table["quarter"].astype("datetime64[ns]")
    table[["wanted", "found"]] = table[["wanted", "found"]].astype(float)
    return table.sort_values(["rule", "quarter", "words"], ignore_index=True, kind="stable")
