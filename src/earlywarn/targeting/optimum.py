"""The best quarters for all areas at once, by mixed-integer programming, with a proven bound."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from earlywarn.errors import PlanError
from earlywarn.targeting.candidates import Candidates
from earlywarn.targeting.limits import Cut, Limits, Supply

__all__ = [
    "INFEASIBLE",
    "SCALE",
    "Choice",
    "Model",
    "best_quarters",
    "bounded",
    "choice_of",
    "kept_in_time",
    "least_lateness",
    "moved_late",
    "quarters_late",
    "summed",
    "worth_of_cells",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SCALE = 1_000  # of the objective: keeps a lottery among 1,500 areas well above the solver's tolerance of 1e-6
PRICES = (2, 16)  # of a quarter of lateness, in the greatest benefits: 2 do but for rare chains of moves
INFEASIBLE = 2  # what ``scipy.optimize.milp`` calls a search that has nothing to find


@dataclass(frozen=True)
class Choice:
    """Who is reviewed, and when.

    Parameters
    ----------
    quarter : int array of shape (n,)
        Position of the quarter of each area's review, -1 where none is planned.
    benefit : float
        Expected benefit of the programme: risk times months times what is actionable, summed.
    bound : float
        What no programme under these rules can exceed; equal to ``benefit`` where that is proven the best.
    gap : float
        ``(bound - benefit) / bound``, 0 where the bound is 0: at most this share could be won.
    status : str
        "optimal", or "within 1.0%" with the proven gap.
    late : int array of shape (n,)
        Quarters past each area's deadline, 0 where in time or where none falls within the programme. An
        area without a review counts as reviewed in the quarter after the programme.
    """

    quarter: Ints
    benefit: float
    bound: float
    gap: float
    status: str
    late: Ints


def best_quarters(
    candidates: Candidates,
    limits: Limits,
    *,
    ties: Ints,
    gap: float = 0.0,
    seconds: float | None = None,
) -> Choice | None:
    """Return the quarters with the least lateness, then the greatest benefit, then the fairest ties.

    Three aims in this order, none ever traded for a later one. Lateness is the sum of quarters past the
    deadlines; that of an override's own quarter is the coordinator's decision and does not count. Benefit is
    summed in whole ``candidates.step``, so that the tie-break, which adds up to half a step at most, cannot
    outweigh any.

    Parameters
    ----------
    candidates : Candidates
        Areas (n), quarters (Q), windows, deadlines, benefits, and what overrides ask for.
    limits : Limits
        Capacity by quarter, reviewers, and cuts.
    ties : int array of shape (n,)
        Who comes first among equals: a permutation of 0 (first) to n - 1.
    gap : float, default 0
        Stop once the best is proven to be within this share; 0 proves the best itself.
    seconds : float, optional
        Stop each search then, with the best found. That depends on the machine; a gap does not.

    Returns
    -------
    Choice or None
        None where no choice keeps overrides, reviewers and cuts; deadlines alone are never the reason.

    Raises
    ------
    PlanError
        If the time ran out before anything was found.
    """
    model = Model(candidates, limits)
    steps = np.rint(candidates.benefit / candidates.step).astype(np.int64)
    objective = worth_of_cells(candidates, ties)
    found = model.most(objective, gap=gap, seconds=seconds, rows=[model.in_time()])
    if found is None:
        found = _least_late(model, objective, gap=gap, seconds=seconds)
    if found is None:
        return None
    quarter, most = found
    visited = np.flatnonzero(quarter >= 0)
    reached = int(steps[visited, quarter[visited]].sum())
    return choice_of(candidates, quarter, reached=reached, most=int(np.floor(most / SCALE + 1e-6)))


def choice_of(candidates: Candidates, quarter: Ints, *, reached: int, most: int) -> Choice:
    """Return the choice of these quarters, its benefit and the bound proven for it counted in steps."""
    chosen = Choice(
        quarter=quarter,
        benefit=reached * candidates.step,
        bound=reached * candidates.step,
        gap=0.0,
        status="optimal",
        late=quarters_late(candidates, quarter),
    )
    return bounded(chosen, most * candidates.step)


def bounded(choice: Choice, bound: float) -> Choice:
    """Return a choice with the bound that is proven for it, at least its own benefit."""
    bound = max(bound, choice.benefit)
    gap = (bound - choice.benefit) / bound if bound else 0.0
    status = f"within {max(gap, 0.001):.1%}" if gap else "optimal"
    return replace(choice, bound=bound, gap=gap, status=status)


def worth_of_cells(candidates: Candidates, ties: Ints) -> Floats:
    """Return what a visit counts in the search, shape (n, Q): benefit in steps, and half a step for ties."""
    n, quarters = candidates.allowed.shape
    priority = (n - ties)[:, None] * (quarters - np.arange(quarters))
    steps = np.rint(candidates.benefit / candidates.step)
    return np.asarray(SCALE * (steps + priority / max(2 * priority[:, :1].sum(), 1)), dtype=float)


def _least_late(
    model: "Model", objective: Floats, *, gap: float, seconds: float | None
) -> tuple[Ints, float] | None:
    """Return the best of the choices with the least lateness, and the bound proven for these.

    A price on every quarter of lateness keeps the rows those of a transport problem, which a solver finds far
    easier than a row that adds up all lateness. If the best choice at some price is as little late as can be,
    it is the best of all that are; if no price that is tried does so, the row is added after all.
    """
    spared = model.spared()
    earliest = model.most(spared, gap=0.0, seconds=seconds)
    if earliest is None:
        return None
    most_spared = summed(spared, earliest[0])
    for factor in PRICES:
        price = factor * float(objective.max(initial=1.0))
        paid, base = price * most_spared, summed(objective, earliest[0])
        found = model.most(objective + price * spared, gap=gap * base / (base + paid + 1.0), seconds=seconds)
        if found is not None and round(summed(spared, found[0]) - most_spared) == 0:
            return found[0], found[1] - paid
    return model.most(objective, gap=gap, seconds=seconds, rows=[model.as_spared(most_spared)])


def summed(values: Floats, quarter: Ints) -> float:
    """Add up what the cells (n, Q) of a choice hold."""
    visited = np.flatnonzero(quarter >= 0)
    return float(values[visited, quarter[visited]].sum())


def least_lateness(candidates: Candidates, limits: Limits, *, seconds: float | None = None) -> int | None:
    """Return the fewest quarters past the deadlines, summed over areas; None where nothing can be chosen."""
    model = Model(candidates, limits)
    spared = model.spared()
    found = model.most(spared, gap=0.0, seconds=seconds)
    return None if found is None else int(model.missing().sum()) - round(summed(spared, found[0]))


def quarters_late(candidates: Candidates, quarter: Ints) -> Ints:
    """Return how many quarters past its deadline each area comes, shape (n,); 0 for those left out."""
    quarters = len(candidates.quarters)
    reached = np.where(quarter >= 0, quarter, quarters)
    late = np.maximum(reached - candidates.deadline, 0)
    return np.where(candidates.excluded, 0, late).astype(np.int64)


def moved_late(candidates: Candidates) -> NDArray[np.bool_]:
    """Whether a coordinator moved the area past its deadline, shape (n,): a decision, no fault of a plan."""
    return np.asarray((candidates.pinned > candidates.deadline) & ~candidates.excluded)


def kept_in_time(candidates: Candidates, choice: Choice) -> bool:
    """Whether every area is reached in time, but those that a coordinator moved past their deadline."""
    return not choice.late[~moved_late(candidates)].any()


Rows = tuple[Any, Floats, Floats]  # a sparse matrix over the cells, and what each row must lie between


class Model:
    """The rows of one choice over its cells: the quarters in which an area may be visited."""

    def __init__(self, candidates: Candidates, limits: Limits) -> None:
        self.shape = n, quarters = candidates.allowed.shape
        pinned = candidates.pinned
        asked = pinned[:, None] == np.arange(quarters)
        cells = np.where((pinned >= 0)[:, None], asked, candidates.allowed) & ~candidates.excluded[:, None]
        self.area, self.quarter = np.nonzero(cells)
        self.position = np.full((n, quarters), -1)
        self.position[self.area, self.quarter] = np.arange(len(self.area))
        deadline = np.maximum(
            candidates.deadline, pinned
        )  # an override later than due is no lateness of ours
        self.deadline = np.where(candidates.excluded, quarters, deadline)
        self.pinned = (pinned >= 0) & ~candidates.excluded
        self.fixed = [
            self._rows(self.area, np.ones(len(self.area)), self.pinned.astype(float), np.ones(n)),
            self._rows(self.quarter, np.ones(len(self.area)), None, limits.capacity.astype(float)),
            *self._orders(candidates.order),
            *([] if limits.supply is None else [self._supplied(limits.supply)]),
            *(self._cut(cut) for cut in limits.cuts),
        ]

    def _rows(self, row: Ints, values: Floats, low: Floats | None, high: Floats | None) -> Rows:
        """Make rows with one entry for every cell."""
        count = len(high) if high is not None else len(cast("Floats", low))
        matrix = coo_array((values, (row, np.arange(len(row)))), shape=(count, len(self.area)))
        low = np.full(count, -np.inf) if low is None else low
        return matrix.tocsr(), low, np.full(count, np.inf) if high is None else high

    def _entries(self, areas: Ints, quarters: Ints, values: Floats, rows: Ints, high: Floats) -> Rows:
        """Make rows from scattered entries; what may not be visited anyway is left out."""
        column = self.position[areas, quarters]
        real = column >= 0
        where = (rows[real], column[real])
        matrix = coo_array((values[real], where), shape=(len(high), len(self.area)))
        return matrix.tocsr(), np.full(len(high), -np.inf), high

    def _orders(self, order: Sequence[tuple[int, int]]) -> list[Rows]:
        """Visit the second of a pair only in a quarter after that of the first."""
        quarters = self.shape[1]
        row, column = np.indices((quarters, quarters))
        until, before = row >= column, row > column
        made = []
        for first, then in order:
            areas = np.r_[np.full(until.sum(), then), np.full(before.sum(), first)]
            values = np.r_[np.ones(until.sum()), -np.ones(before.sum())]
            made.append(
                self._entries(
                    areas, np.r_[column[until], column[before]], values, np.r_[row[until], row[before]],
                    np.zeros(quarters),
                )
            )  # fmt: skip
        return made

    def _supplied(self, supply: Supply) -> Rows:
        taken = supply.places + supply.lends[self.area, self.quarter]
        return self._rows(self.quarter, taken, None, np.asarray(supply.available, dtype=float))

    def _cut(self, cut: Cut) -> Rows:
        rows = np.zeros(len(cut.areas), dtype=np.int64)
        return self._entries(
            np.asarray(cut.areas), np.asarray(cut.quarters), np.asarray(cut.coefficients, dtype=float), rows,
            np.array([float(cut.bound)]),
        )  # fmt: skip

    def in_time(self) -> Rows:
        """Ask for every area by its deadline, where it has one."""
        quarters = self.shape[1]
        timely = (self.quarter <= self.deadline[self.area]).astype(float)
        return self._rows(self.area, timely, (self.deadline < quarters).astype(float), np.ones(self.shape[0]))

    def missing(self) -> Ints:
        """Return how late each area is without a review, shape (n,)."""
        return np.asarray(self.shape[1] - self.deadline)

    def spared(self) -> Floats:
        """Return the quarters of lateness that a visit spares an area, shape (n, Q); 0 where none can be."""
        late = np.maximum(self.quarter - self.deadline[self.area], 0)
        spared = np.zeros(self.shape)
        spared[self.area, self.quarter] = self.missing()[self.area] - late
        return spared

    def as_spared(self, least: float) -> Rows:
        """Ask for a choice that spares so many quarters of lateness."""
        spared = self.spared()[self.area, self.quarter]
        return self._rows(np.zeros(len(self.area), dtype=np.int64), spared, np.array([least - 0.5]), None)

    def most(
        self, objective: Floats, *, gap: float, seconds: float | None, rows: Sequence[Rows] = ()
    ) -> tuple[Ints, float] | None:
        """Return the choice with the greatest objective (n, Q), and the bound proven for it."""
        chosen = np.full(self.shape[0], -1, dtype=np.int64)
        if not len(self.area):  # nothing to decide, and the solver wants something
            kept = all(np.all(low <= 0) and np.all(high >= 0) for _, low, high in (*self.fixed, *rows))
            return (chosen, 0.0) if kept else None
        options = {"mip_rel_gap": gap} | ({} if seconds is None else {"time_limit": seconds})
        found = milp(
            -objective[self.area, self.quarter],
            integrality=np.ones(len(self.area)),
            bounds=Bounds(0, 1),
            constraints=[LinearConstraint(*row) for row in (*self.fixed, *rows)],
            options=options,
        )
        if found.status == INFEASIBLE:
            return None
        if found.x is None:
            limit = "" if seconds is None else f" in {seconds:g} seconds; allow more, or set a gap of 0.01"
            message = f"No programme was found{limit}. The solver says: {found.message}"
            raise PlanError(message)
        taken = np.round(found.x) > 0
        chosen[self.area[taken]] = self.quarter[taken]
        return chosen, -float(found.mip_dual_bound)
