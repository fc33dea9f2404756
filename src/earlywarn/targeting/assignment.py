"""The best reviewer for every place at once: an exact optimum by column generation over whole arrays.

Every pair of a reviewer and a place is a column, too many to write down for a large programme. So a few
promising pairs are solved first, the prices that the solution puts on places, reviewers and supporting areas
are read off, and pairs that would pay at those prices join, until none would: then the optimum over the few
is the optimum over all [1]_. Limits over a year join in the same way, once broken. Where the optimum holds
fractions, branch and bound settles them over the pairs that could still matter, so that the bound holds for
all pairs.

References
----------
.. [1] Desaulniers, Desrosiers & Solomon (2005), Column Generation, Springer, chapter 1.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy import optimize

from earlywarn.targeting.assignment_rows import Flags, Prices, Real, Whole, make_rows, years_over

__all__ = ["SPREAD", "Assignment", "Task", "assign", "worth"]

PER_PLACE = 20  # pairs that each place brings into the first, small problem; and half as many per reviewer
JOIN = 30  # pairs that each place may add in one round of pricing
SPREAD = 2  # points lost for every further reviewer that one area lends in the same quarter
TINY = 1e-5  # a price that is no more than arithmetic
WHOLE = 1e-6  # how far from a whole number still is one
NODES = 20_000  # of branch and bound: a count, not a clock, so that the same input gives the same teams


@dataclass(frozen=True)
class Task:
    """Places to fill, and who may fill them.

    Parameters
    ----------
    points : array of int, shape (reviewers, places)
        What each match is worth, 0 or more; below 0 where the reviewer may not fill the place.
    team, quarter : array of int, shape (places,)
        The team and the quarter that each place belongs to, from 0; a team stays within one quarter.
    home : array of int, shape (reviewers,)
        The supporting area that each reviewer comes from, from 0.
    capacity : array of int, shape (reviewers, quarters)
        Places that each can fill in each quarter.
    limit : array of int, shape (supporting areas,)
        Places that each can be asked for in any ``year`` quarters in a row.
    conflicts : array of int, shape (pairs, 2)
        Reviewers who do not sit in one team.
    year : int
        Quarters over which ``limit`` counts.
    """

    points: Whole
    team: Whole
    quarter: Whole
    home: Whole
    capacity: Whole
    limit: Whole
    conflicts: Whole = field(default_factory=lambda: np.empty((0, 2), np.int64))
    year: int = 4

    @property
    def reward(self) -> int:
        """What filling a place is worth: more than all matches together, so none is worth an empty place."""
        return (int(self.points.max(initial=0)) + SPREAD) * int(self.points.shape[1]) + 1

    @property
    def shape(self) -> tuple[int, int, int]:
        """How many teams, quarters and supporting areas."""
        return int(self.team.max(initial=-1)) + 1, self.capacity.shape[1], len(self.limit)


@dataclass(frozen=True)
class Assignment:
    """Who fills which place.

    Parameters
    ----------
    reviewer : array of int, shape (places,)
        -1 where a place stays empty.
    value, bound : float
        Points of the matches made less what spreading costs, and what no assignment that fills as many
        places can exceed.
    gap : float
        ``bound`` less ``value`` as a share of ``bound``; 0 where the optimum is proven.
    """

    reviewer: Whole
    value: float
    bound: float
    gap: float


def assign(task: Task, *, tolerance: float = 0.0) -> Assignment:
    """Fill as many places as the rules allow, and of all such fillings choose one with the most points.

    Parameters
    ----------
    task : Task
        Places and reviewers.
    tolerance : float
        Share of the points that may be lost for want of a proof; 0 asks for the proof.

    Returns
    -------
    Assignment
        The same task gives the same answer.

    Notes
    -----
    Rules: one reviewer a place; a reviewer's capacity in each quarter; one reviewer of the same supporting
    area in a team; no conflict within a team; a supporting area's limit over any ``year`` quarters in a row.

    Examples
    --------
    Two places of one team; the two reviewers with most points share an area, so only one of them can come:

    >>> task = Task(
    ...     points=np.array([[9, 9], [8, 8], [1, 1]]), team=np.array([0, 0]), quarter=np.array([0, 0]),
    ...     home=np.array([0, 0, 1]), capacity=np.ones((3, 1), int), limit=np.array([6, 6]))
    >>> best = assign(task)
    >>> sorted(best.reviewer.tolist()), best.value, best.gap
    ([0, 2], 10.0, 0.0)
    """
    places = task.points.shape[1]
    if not (task.points >= 0).any():
        return Assignment(np.full(places, -1), 0.0, 0.0, 0.0)
    pairs, years = _first_pairs(task), np.zeros((len(task.limit), task.capacity.shape[1]), bool)
    while True:
        pairs, years, bound, paying, share = _relaxed(task, pairs, years, tolerance=tolerance)
        known = years
        reviewer, years, most = _settled(task, pairs, years, share)
        value = worth(task, reviewer)
        filled = task.reward * int((reviewer >= 0).sum())
        short = np.floor(bound + 1e-3) - value
        if short < 1 or short <= tolerance * max(bound - filled, 0):
            break
        # a pair whose price loses more than what is still open can be in no better answer
        wider = pairs | ((paying >= -short - TINY) & (task.points >= 0))
        if (wider == pairs).all() and (years == known).all():
            bound = min(bound, max(most, value))  # nothing left out could do better
            break
        pairs = wider
    bound = max(np.floor(bound + 1e-3), value)
    best = max(bound - filled, 1e-9)
    return Assignment(reviewer, value - filled, bound - filled, min((bound - value) / best, 1.0))


def worth(task: Task, reviewer: Whole) -> float:
    """Return the reward of the places filled, plus the points of the matches, less what spreading costs.

    Examples
    --------
    >>> task = Task(points=np.array([[4]]), team=np.array([0]), quarter=np.array([0]), home=np.array([0]),
    ...             capacity=np.array([[1]]), limit=np.array([6]))
    >>> worth(task, np.array([0])) - task.reward, worth(task, np.array([-1]))
    (4.0, 0.0)
    """
    place = np.flatnonzero(reviewer >= 0)
    chosen = reviewer[place]
    _, quarters, homes = task.shape
    lent = np.zeros((homes, quarters))
    np.add.at(lent, (task.home[chosen], task.quarter[place]), 1)
    further = np.maximum(lent - 1, 0).sum()
    return float(task.points[chosen, place].sum() + task.reward * len(place) - SPREAD * further)


def _first_pairs(task: Task) -> Flags:
    """Pair each place with its best few reviewers, and each reviewer with their best few places."""
    may = task.points >= 0
    points = task.points + _lots(task.points.shape)
    pairs = may & _among_best(points, PER_PLACE)
    for quarter in range(task.capacity.shape[1]):
        here = np.flatnonzero(task.quarter == quarter)
        pairs[:, here] |= _among_best(points[:, here].T, PER_PLACE // 2).T
    return pairs & may


def _lots(shape: tuple[int, ...]) -> Real:
    """Draw a lot below 1 for each pair, the same every time: else equals would all bring in the same few."""
    return np.random.default_rng(0).random(shape)


def _among_best(points: Real, count: int) -> Flags:
    """Whether each entry is among the ``count`` greatest of its column."""
    if points.shape[0] <= count:
        return np.ones(points.shape, bool)
    best = np.argpartition(-points, count - 1, axis=0)[:count]
    among = np.zeros(points.shape, bool)
    np.put_along_axis(among, best, values=True, axis=0)
    return among


def _relaxed(
    task: Task, pairs: Flags, years: Flags, *, tolerance: float
) -> tuple[Flags, Flags, float, Real, Real]:
    """Solve with fractions allowed, to the optimum over all pairs and all rules.

    Returns the pairs and the limits over a year in play, the optimum, what each pair would still win at its
    prices, and how much of each reviewer sits in each place.
    """
    paying, share = np.full(task.points.shape, -np.inf), np.zeros(task.points.shape)
    while True:
        total = 0.0
        for places in _blocks(task, years):
            pairs, value, paying[:, places], share[:, places] = _priced(
                task, pairs, years, places, tolerance=tolerance
            )
            total += value
        more = years | years_over(task, share)
        if (more == years).all():
            return pairs, years, total, paying, share
        years = more


def _blocks(task: Task, years: Flags) -> list[Whole]:
    """Return the places to solve together: those of a quarter, or all where a limit over a year counts."""
    if years.any():
        return [np.arange(len(task.quarter))]
    return [np.flatnonzero(task.quarter == quarter) for quarter in np.unique(task.quarter)]


def _priced(
    task: Task, pairs: Flags, years: Flags, places: Whole, *, tolerance: float
) -> tuple[Flags, float, Real, Real]:
    """Solve one block with fractions; pairs join until none would pay, or none enough to matter."""
    profit = task.points[:, places] + float(task.reward)
    profit[task.points[:, places] < 0] = -np.inf
    pairs = pairs.copy()
    while True:
        reviewer, column = np.nonzero(pairs[:, places])
        if not len(reviewer):
            return pairs, 0.0, profit, np.zeros(profit.shape)
        rows = make_rows(task, years, reviewer, places[column])
        cost = np.r_[-profit[reviewer, column], np.full(rows.slacks, float(SPREAD))]
        found = optimize.linprog(cost, A_ub=rows.matrix, b_ub=rows.bound, bounds=(0, None), method="highs-ds")
        prices = Prices.read(task, rows, -found.ineqlin.marginals)
        paying = profit - prices.of(task, places)
        new = (paying > TINY) & ~pairs[:, places]
        taken, value = found.x[: len(reviewer)], -float(found.fun)
        most = np.maximum(paying.max(axis=0), 0)  # raising each place's price by it leaves nothing to win
        if not new.any() or most.sum() <= tolerance / 2 * (value - task.reward * taken.sum()):
            share = np.zeros(profit.shape)
            share[reviewer, column] = taken
            return pairs, value + float(most.sum()), paying - most, share
        pairs[:, places] |= new & _among_best(np.where(new, paying + _lots(new.shape), -np.inf), JOIN)


def _settled(task: Task, pairs: Flags, years: Flags, share: Real) -> tuple[Whole, Flags, float]:
    """Solve with whole reviewers over the pairs in play; ``share`` is taken where it is whole already."""
    while True:
        chosen, most = np.full(len(task.quarter), -1), 0.0
        for places in _blocks(task, years):
            part = share[:, places]
            if (np.abs(part - np.round(part)) < WHOLE).all():
                chosen[places] = np.where(part.max(axis=0) > WHOLE, part.argmax(axis=0), -1)
                most += _worth_of(task, chosen, places)
                continue
            reviewer, column = np.nonzero(pairs[:, places])
            rows = make_rows(task, years, reviewer, places[column])
            profit = task.points[reviewer, places[column]] + float(task.reward)
            found = optimize.milp(
                np.r_[-profit, np.full(rows.slacks, float(SPREAD))],
                constraints=optimize.LinearConstraint(rows.matrix, -np.inf, rows.bound),
                bounds=optimize.Bounds(0, np.r_[np.ones(len(profit)), np.full(rows.slacks, np.inf)]),
                integrality=np.r_[np.ones(len(profit)), np.zeros(rows.slacks)],
                options={"mip_rel_gap": 0.0, "node_limit": NODES},
            )
            taken = np.flatnonzero(found.x[: len(profit)] > 0.5)  # noqa: PLR2004 - whole numbers, but for rounding
            chosen[places[column[taken]]] = reviewer[taken]
            most -= float(found.mip_dual_bound)
        whole = np.zeros(task.points.shape)
        filled = np.flatnonzero(chosen >= 0)
        whole[chosen[filled], filled] = 1
        more = years | years_over(task, whole)
        if (more == years).all():
            return chosen, years, most
        years = more


def _worth_of(task: Task, reviewer: Whole, places: Whole) -> float:
    """Return what a part of the places is worth: those of one quarter, or all."""
    part = np.full(len(reviewer), -1)
    part[places] = reviewer[places]
    return worth(task, part)
