"""The rules of an assignment as rows of a sparse matrix, and the prices that a solution puts on them."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy import sparse

from earlywarn.targeting.assignment_task import Flags, Real, Task, Whole

__all__ = ["Prices", "Rows", "make_rows", "years_over"]

OVER = 1e-6  # by how much a rule must be broken to count


def years_over(task: Task, share: Real) -> Flags:
    """Return where a solution asks an area for more than its limit over a year.

    Parameters
    ----------
    task : Task
        The places.
    share : array of float, shape (reviewers, places)
        How much of each reviewer sits in each place.

    Returns
    -------
    array of bool, shape (supporting areas, quarters)
        For the quarters that begin with this one.
    """
    lent = np.zeros((len(task.limit), task.shape[1]))
    reviewer, place = np.nonzero(share)
    np.add.at(lent, (task.home[reviewer], task.quarter[place]), share[reviewer, place])
    return np.asarray(lent @ _within(task) > task.limit[:, None] + OVER)


def _within(task: Task) -> Real:
    """Whether a quarter (row) is among the ``year`` quarters that begin with another (column)."""
    quarters = np.arange(task.shape[1])
    since = quarters[:, None] - quarters
    return ((since >= 0) & (since < task.year)).astype(float)


@dataclass(frozen=True)
class Rows:
    """``matrix @ [pairs, slacks] <= bound``, and which rule each row states.

    Parameters
    ----------
    matrix : sparse array, shape (rows, pairs + slacks)
        A slack is the number of reviewers that one area lends in one quarter beyond the first.
    bound : array of float, shape (rows,)
    slacks : int
    families : dict
        By the name of a rule: where its rows begin, and which cells of its price array they belong to.
    """

    matrix: Any
    bound: Real
    slacks: int
    families: dict[str, tuple[int, Whole]]


def make_rows(task: Task, years: Flags, reviewer: Whole, place: Whole) -> Rows:
    """Write the rules over some pairs of a reviewer and a place, each an array of shape (pairs,).

    Limits over a year are written out where ``years``, of shape (supporting areas, quarters), says so. A rule
    within a team is left out where the pairs at hand could not break it.
    """
    teams, quarters, _ = task.shape
    team, quarter, home = task.team[place], task.quarter[place], task.home[reviewer]
    pair = np.arange(len(place))
    spread = np.zeros((len(task.limit), quarters))
    np.add.at(spread, task.home, task.capacity)
    crowded = spread[home, quarter] > 1
    sharing = home * teams + team
    shared = crowded & (np.bincount(sharing, minlength=len(task.limit) * teams)[sharing] > 1)
    entries = {  # of each rule: the pairs, the cell of the price array, and the right-hand side of all cells
        "place": (pair, place, np.ones(len(task.team))),
        "reviewer": (pair, reviewer * quarters + quarter, task.capacity.ravel()),
        "spread": (pair[crowded], (home * quarters + quarter)[crowded], np.ones(spread.size)),
        "sharing": (pair[shared], sharing[shared], np.ones(len(task.limit) * teams)),
        "apart": _apart(task, reviewer, team),
        "years": _years(task, years, home, quarter),
    }
    rows, columns, bounds, families, start = [], [], [], {}, 0
    for name, (members, cells, bound) in entries.items():
        kept, row = np.unique(cells, return_inverse=True)
        families[name] = (start, kept)
        rows.append(start + row)
        columns.append(members)
        bounds.append(bound[kept])
        start += len(kept)
    first, lenders = families["spread"]
    slacks = len(lenders)
    rows.append(first + np.arange(slacks))
    columns.append(len(place) + np.arange(slacks))
    values = np.ones(sum(map(len, rows)))
    values[len(values) - slacks :] = -1
    shape = (start, len(place) + slacks)
    matrix = sparse.csr_array((values, (np.concatenate(rows), np.concatenate(columns))), shape=shape)
    return Rows(matrix, np.concatenate(bounds).astype(float), slacks, families)


def _apart(task: Task, reviewer: Whole, team: Whole) -> tuple[Whole, Whole, Real]:
    teams = task.shape[0]
    members, cells = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for conflict, (one, other) in enumerate(task.conflicts):
        first, second = np.flatnonzero(reviewer == one), np.flatnonzero(reviewer == other)
        both = np.intersect1d(team[first], team[second])
        pairs = np.r_[first, second]
        pairs = pairs[np.isin(team[pairs], both)]
        members.append(pairs)
        cells.append(conflict * teams + team[pairs])
    return np.concatenate(members), np.concatenate(cells), np.ones(len(task.conflicts) * teams)


def _years(task: Task, years: Flags, home: Whole, quarter: Whole) -> tuple[Whole, Whole, Real]:
    quarters = task.shape[1]
    members, cells = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for first in range(quarters):
        within = years[home, first] & (quarter >= first) & (quarter < first + task.year)
        pairs = np.flatnonzero(within)
        members.append(pairs)
        cells.append(home[pairs] * quarters + first)
    return np.concatenate(members), np.concatenate(cells), np.repeat(task.limit, quarters).astype(float)


@dataclass(frozen=True)
class Prices:
    """What one more unit of each rule would be worth; 0 where the rule does not bind."""

    place: Real  # (places,)
    lending: Real  # (reviewers, quarters): their own time, and all that their area is asked for
    sharing: Real  # (supporting areas, teams)
    apart: Real  # (conflicts, teams)

    @classmethod
    def read(cls, task: Task, rows: Rows, duals: Real) -> Self:
        """Read the prices off the duals of the rows."""
        teams, quarters, homes = task.shape
        sizes = {
            "place": len(task.team),
            "reviewer": task.capacity.size,
            "spread": homes * quarters,
            "sharing": homes * teams,
            "apart": len(task.conflicts) * teams,
            "years": homes * quarters,
        }
        flat = {}
        for name, (start, cells) in rows.families.items():
            flat[name] = np.zeros(sizes[name])
            flat[name][cells] = duals[start : start + len(cells)]
        by_area = flat["spread"].reshape(homes, quarters)
        by_area = by_area + flat["years"].reshape(homes, quarters) @ _within(task).T
        lending = flat["reviewer"].reshape(task.capacity.shape) + by_area[task.home]
        return cls(
            flat["place"], lending, flat["sharing"].reshape(homes, teams), flat["apart"].reshape(-1, teams)
        )

    def of(self, task: Task, places: Whole) -> Real:
        """Return what each reviewer costs in each of these places, shape (reviewers, places)."""
        team = task.team[places]
        cost = self.place[places] + self.lending[:, task.quarter[places]]
        if self.sharing.any():
            cost += self.sharing[task.home][:, team]
        for one, other in enumerate(self.apart):
            if other.any():
                cost[task.conflicts[one]] += other[team]
        return cost
