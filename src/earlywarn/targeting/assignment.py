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

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from earlywarn.targeting.assignment_rows import Prices, make_rows, years_over
from earlywarn.targeting.assignment_task import SPREAD, Flags, Real, Task, Whole, worth

__all__ = ["Assignment", "assign"]

PER_PLACE = 12  # pairs that each place brings into the first, small problem; and half as many per reviewer
JOIN = 12  # pairs that each place may add in one round of pricing
TINY = 1e-5  # a price that is no more than arithmetic
NEAREST = 4  # further pairs of each place that settle fractions first, where no proof is asked for
WHOLE = 1e-6  # how far from a whole number still is one
NODES = 20_000  # of branch and bound: a count, not a clock, so that the same input gives the same teams


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
    proven = False  # whether prices must prove the optimum, or a simpler bound may, if it is reached
    while True:
        found = _relaxed(task, pairs, years, tolerance=tolerance, proven=proven)
        bound, pairs = found.bound, found.pairs
        few = pairs if proven or not tolerance else _near(found)
        reviewer, years, most = _settled(task, few, found, tolerance=tolerance)
        value = worth(task, reviewer)
        filled = task.reward * int((reviewer >= 0).sum())
        if np.floor(bound + 1e-3) - value < max(tolerance * (bound - filled), 1):
            break
        # a pair whose price loses more than what is still open can be in no better answer
        wider = pairs | ((found.paying >= value - found.dual - TINY) & (task.points >= 0))
        if proven and (wider == pairs).all() and (years == found.years).all():
            bound = min(bound, max(most, value))  # nothing left out could do better
            break
        pairs, proven = wider if proven else pairs, True
    bound = max(np.floor(bound + 1e-3), value)
    best = max(bound - filled, 1e-9)
    gap = min(float((bound - value) / best), 1.0)
    return Assignment(reviewer, value - filled, float(bound - filled), gap)


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


@dataclass(frozen=True)
class _Relaxed:
    """An optimum with fractions of reviewers allowed."""

    pairs: Flags  # in play, (reviewers, places)
    years: Flags  # limits over a year in play, (supporting areas, quarters)
    share: Real  # how much of each reviewer sits in each place
    paying: Real  # what each pair would still win at the prices found
    dual: float  # what those prices prove that nothing exceeds
    bound: float  # what is known besides


def _relaxed(task: Task, pairs: Flags, years: Flags, *, tolerance: float, proven: bool) -> _Relaxed:
    """Solve with fractions allowed, over all pairs and all rules."""
    paying, share = np.full(task.points.shape, -np.inf), np.zeros(task.points.shape)
    upper = np.inf if proven else _without_rules(task, np.arange(len(task.quarter)))
    while True:
        dual = bound = 0.0
        blocks = _blocks(task, years)
        for places in blocks:
            known = upper if len(blocks) == 1 or proven else _without_rules(task, places)
            pairs, value, least, paying[:, places], share[:, places] = _priced(
                task, pairs, years, places, tolerance=tolerance, upper=known
            )
            dual += value
            bound += least
        more = years | years_over(task, share)
        if (more == years).all():
            return _Relaxed(pairs, years, share, paying, dual, bound)
        years, upper = more, min(upper, bound)


def _without_rules(task: Task, places: Whole) -> float:
    """Return what the places are worth at best if nothing but reviewers' time counted."""
    total = 0.0
    for quarter in np.unique(task.quarter[places]):
        here = places[task.quarter[places] == quarter]
        profit = np.where(task.points[:, here] >= 0, task.points[:, here] + float(task.reward), 0.0)
        profit = np.repeat(profit, task.capacity[:, quarter], axis=0)
        total += float(profit[optimize.linear_sum_assignment(profit, maximize=True)].sum())
    return total


def _blocks(task: Task, years: Flags) -> list[Whole]:
    """Return the places to solve together: those of a quarter, or all where a limit over a year counts."""
    if years.any():
        return [np.arange(len(task.quarter))]
    return [np.flatnonzero(task.quarter == quarter) for quarter in np.unique(task.quarter)]


def _priced(
    task: Task, pairs: Flags, years: Flags, places: Whole, *, tolerance: float, upper: float
) -> tuple[Flags, float, float, Real, Real]:
    """Solve one block with fractions; pairs join until none would pay, or none enough to matter."""
    profit: Real = np.asarray(task.points[:, places] + task.reward, dtype=np.float64)
    profit[task.points[:, places] < 0] = -np.inf
    pairs = pairs.copy()
    while True:
        reviewer, column = np.nonzero(pairs[:, places])
        if not len(reviewer):
            return pairs, 0.0, 0.0, profit, np.zeros((len(task.home), len(places)))
        rows = make_rows(task, years, reviewer, places[column])
        cost = np.r_[-profit[reviewer, column], np.full(rows.slacks, float(SPREAD))]
        found = optimize.linprog(cost, A_ub=rows.matrix, b_ub=rows.bound, bounds=(0, None), method="highs-ds")
        prices = Prices.read(task, rows, -found.ineqlin.marginals)
        paying = profit - prices.of(task, places)
        new = (paying > TINY) & ~pairs[:, places]
        taken, value = found.x[: len(reviewer)], -float(found.fun)
        most = np.maximum(paying.max(axis=0), 0)  # raising each place's price by it leaves nothing to win
        upper = min(upper, value + float(most.sum()))
        short = upper - value
        if not new.any() or short <= tolerance / 2 * (value - task.reward * taken.sum()) + TINY:
            share = np.zeros((len(task.home), len(places)))
            share[reviewer, column] = taken
            return pairs, value + float(most.sum()), upper, np.asarray(paying - most, dtype=np.float64), share
        pairs[:, places] |= new & _among_best(np.where(new, paying + _lots(new.shape), -np.inf), JOIN)


def _near(found: _Relaxed) -> Flags:
    """Return the pairs of a solution with fractions, and of each place the few that come nearest to pay."""
    paying = np.where(found.pairs, found.paying, -np.inf)
    return (found.share > WHOLE) | (found.pairs & _among_best(paying, NEAREST))


def _settled(task: Task, pairs: Flags, found: _Relaxed, *, tolerance: float) -> tuple[Whole, Flags, float]:
    """Solve with whole reviewers over some pairs; fractions are taken as they are where they are whole."""
    share, years = found.share, found.years
    open_ = tolerance / 4 * max(found.bound - task.reward * float(share.sum()), 0.0)
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
            solved = optimize.milp(
                np.r_[-profit, np.full(rows.slacks, float(SPREAD))],
                constraints=optimize.LinearConstraint(rows.matrix, -np.inf, rows.bound),
                bounds=optimize.Bounds(0, np.r_[np.ones(len(profit)), np.full(rows.slacks, np.inf)]),
                integrality=np.r_[np.ones(len(profit)), np.zeros(rows.slacks)],
                options={"mip_rel_gap": open_ / max(found.bound, 1.0), "node_limit": NODES},
            )
            taken = np.flatnonzero(solved.x[: len(profit)] > 0.5)  # noqa: PLR2004 - whole numbers, but for rounding
            chosen[places[column[taken]]] = reviewer[taken]
            most -= float(solved.mip_dual_bound)
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
