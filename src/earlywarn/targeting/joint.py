"""Quarters and reviewers chosen together: as many places filled as can be, then the greatest benefit.

Who sits in which team is left for later. What matters for the quarters is how many places the reviewers can
fill in each region, quarter by quarter, as it is by region that most of them may or may not go. So there is
a number for each reviewer, region and quarter in place of one for each area: some thousands of them, and the
search takes a second. No rule is stricter here than in the teams themselves, so what this finds is a bound;
where teams fill as many places, it is proven that none fill more.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, hstack

from earlywarn.targeting.candidates import Candidates
from earlywarn.targeting.limits import Limits
from earlywarn.targeting.optimum import (
    INFEASIBLE,
    SCALE,
    Choice,
    Model,
    choice_of,
    summed,
    worth_of_cells,
)
from earlywarn.targeting.reviewers import Reviewers
from earlywarn.targeting.teams import YEAR, Asked

__all__ = ["Joint", "choose_together", "places_at_most"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NONE = np.zeros(0, dtype=np.int64)
WHOLE = 0.5  # what a sum of whole numbers may fall short of through rounding
ROUNDING = 1e-4  # of a place or a step of benefit: the solver's tolerance, and far below either
PART = 0.25  # of a step of benefit: a search that is as close has proven the step, and most of the ties
NODES = 2_000  # of a search, which bounds it alike on every machine


@dataclass(frozen=True)
class Joint:
    """Quarters chosen with a view to reviewers.

    Parameters
    ----------
    choice : Choice
        The quarters; its bound is that of programmes that fill as many places as ``places``.
    places : int
        Places that no programme can exceed, kept as late and as many reviews as without reviewers.
    """

    choice: Choice
    places: int


def choose_together(
    candidates: Candidates,
    without: Choice,
    *,
    reviewers: Reviewers,
    asked: Asked,
    capacity: Ints,
    ties: Ints,
) -> Joint | None:
    """Choose quarters anew, so that reviewers can fill as many places as possible.

    Neither lateness nor the number of reviews gets worse than without regard to reviewers.

    Parameters
    ----------
    candidates : Candidates
        n areas and Q quarters.
    without : Choice
        The best without regard to reviewers.
    reviewers : Reviewers
        Who may visit whom, and how often.
    asked : Asked
        Places of a team, and the most that a supporting area fills in a year.
    capacity : int array of shape (Q,)
        Reviews that can be held.
    ties : int array of shape (n,)
        Who comes first among equals.

    Returns
    -------
    Joint or None
        None where the search found nothing in ``NODES`` steps.
    """
    cells = Model(candidates, Limits(capacity))
    rows = _Together(candidates, cells, reviewers, asked)
    spared = cells.spared()
    kept = [
        rows.of_cells(spared[cells.area, cells.quarter], at_least=summed(spared, without.quarter) - WHOLE),
        rows.of_cells(np.ones(len(cells.area)), at_least=(without.quarter >= 0).sum() - WHOLE),
    ]
    worth = worth_of_cells(candidates, ties) / SCALE  # in steps of benefit
    whole = 1.0 + without.bound / candidates.step  # more than any choice is worth, so places come first
    objective = np.r_[worth[cells.area, cells.quarter] / whole, np.ones(rows.flows)]
    asked_for = (asked.leads + asked.others) * max(int((without.quarter >= 0).sum()), 1)
    found = rows.most(objective, kept, gap=PART / whole / (asked_for + 1))
    if found is None:
        return None
    taken = np.round(found[0][: rows.cells]) > 0
    quarter = np.full(len(candidates.areas), -1, dtype=np.int64)
    quarter[cells.area[taken]] = cells.quarter[taken]
    places = int(np.floor(found[1] + ROUNDING))
    reached = int(np.floor(summed(worth, quarter) + ROUNDING))
    most = int(np.floor((found[1] - places) * whole + ROUNDING))
    return Joint(choice_of(candidates, quarter, reached=reached, most=most), places)


def places_at_most(
    candidates: Candidates, choice: Choice, *, reviewers: Reviewers, asked: Asked, capacity: Ints
) -> int:
    """Return the places that no teams can exceed in quarters that stand; else as `choose_together`."""
    cells = Model(candidates, Limits(capacity))
    rows = _Together(candidates, cells, reviewers, asked)
    standing = (choice.quarter[cells.area] == cells.quarter).astype(float)
    found = rows.most(np.r_[np.zeros(rows.cells), np.ones(rows.flows)], [], gap=0.0, standing=standing)
    return 0 if found is None else int(np.floor(found[1] + ROUNDING))


class _Together:
    """The rows over the cells of a choice, and over how many places each reviewer fills in a region."""

    def __init__(self, candidates: Candidates, model: Model, reviewers: Reviewers, asked: Asked) -> None:
        self.model, self.reviewers, self.asked = model, reviewers, asked
        self.cells = len(model.area)
        self.quarters = len(candidates.quarters)
        _, self.region = np.unique(candidates.areas["region"].astype(str), return_inverse=True)
        self.regions = int(self.region.max(initial=-1)) + 1
        goes = np.zeros((len(reviewers.may), self.regions), dtype=bool)
        for region in range(self.regions):
            goes[:, region] = reviewers.may[:, self.region == region].any(axis=1)
        who, where, when = np.nonzero(goes[:, :, None] & (reviewers.capacity > 0)[:, None, :])
        leads = np.flatnonzero(reviewers.lead[who])
        order = np.r_[leads, np.arange(len(who))]  # one who can lead may also take another place
        self.who, self.where, self.when = who[order], where[order], when[order]
        self.leading = np.arange(len(order)) < len(leads)
        self.flows = len(order)
        self.fixed = [
            LinearConstraint(hstack([matrix, csr_array((matrix.shape[0], self.flows))]).tocsr(), low, high)
            for matrix, low, high in model.fixed
        ]
        self.fixed += [
            self._places(self.leading, asked.leads), self._places(~self.leading, asked.others),
            self._each(), self._of_one_home(), self._in_a_year(),
        ]  # fmt: skip

    def _rows(
        self,
        of_cells: tuple[Ints, Ints, Floats],
        of_flows: tuple[Ints, Ints],
        high: Floats,
        low: Floats | None = None,
    ) -> LinearConstraint:
        """Make rows from entries (row, column, value) of cells, and (row, column) of flows, which count 1."""
        rows, columns, values = of_cells
        flows = of_flows[1] + self.cells
        entries = np.r_[values, np.ones(len(flows))]
        where = (np.r_[rows, of_flows[0]], np.r_[columns, flows])
        matrix = coo_array((entries, where), shape=(len(high), self.cells + self.flows)).tocsr()
        return LinearConstraint(matrix, np.full(len(high), -np.inf) if low is None else low, high)

    def _places(self, kind: NDArray[np.bool_], size: int) -> LinearConstraint:
        """Fill no more places in a region and quarter than its reviews have."""
        held = self.region[self.model.area] * self.quarters + self.model.quarter
        flows = np.flatnonzero(kind)
        filled = self.where[flows] * self.quarters + self.when[flows]
        cells = (held, np.arange(self.cells), np.full(self.cells, -float(size)))
        return self._rows(cells, (filled, flows), np.zeros(self.regions * self.quarters))

    def _each(self) -> LinearConstraint:
        """Ask of a reviewer what they offer, and nothing in a quarter in which their own area is visited."""
        offered = self.reviewers.capacity
        who, when = np.nonzero(offered > 0)
        own = self.reviewers.area[who]
        home = np.where(own >= 0, self.model.position[np.maximum(own, 0), when], -1)
        known = home >= 0
        row = who[known] * self.quarters + when[known]
        cells = (row, home[known], offered[who[known], when[known]].astype(float))
        flows = (self.who * self.quarters + self.when, np.arange(self.flows))
        return self._rows(cells, flows, offered.ravel().astype(float))

    def _of_one_home(self) -> LinearConstraint:
        """Take at most one reviewer of a supporting area into a team."""
        home = self.reviewers.home[self.who]
        key = (home * self.regions + self.where) * self.quarters + self.when
        keys, row = np.unique(key, return_inverse=True)
        held = self.region[self.model.area] * self.quarters + self.model.quarter
        same = (keys % (self.regions * self.quarters))[:, None] == held
        rows, columns = np.nonzero(same)
        cells = (rows, columns, -np.ones(len(rows)))
        return self._rows(cells, (row, np.arange(self.flows)), np.zeros(len(keys)))

    def _in_a_year(self) -> LinearConstraint:
        """Keep what a supporting area is asked for in any four quarters in a row within its limit."""
        span = min(YEAR, self.quarters)
        windows = self.quarters - span + 1
        window, flow = np.nonzero(
            (self.when >= np.arange(windows)[:, None]) & (self.when < np.arange(windows)[:, None] + span)
        )
        row = self.reviewers.home[self.who[flow]] * windows + window
        high = np.full(max(len(self.reviewers.homes), 1) * windows, float(self.asked.limit))
        return self._rows((NONE, NONE, np.zeros(0)), (row, flow), high)

    def of_cells(self, values: Floats, *, at_least: float) -> LinearConstraint:
        """Ask that the cells chosen add up to something."""
        cells = (np.zeros(self.cells, dtype=np.int64), np.arange(self.cells), values)
        return self._rows(cells, (NONE, NONE), np.array([np.inf]), np.array([at_least]))

    def most(
        self,
        objective: Floats,
        rows: list[LinearConstraint],
        *,
        gap: float,
        standing: Floats | None = None,
    ) -> tuple[Floats, float] | None:
        """Return cells (unless they stand) and flows with the greatest objective, and the bound proven."""
        if not self.cells or not self.flows:
            return None
        whole = np.r_[np.ones(self.cells), np.zeros(self.flows)]
        least, most = np.zeros(len(whole)), np.where(whole > 0, 1.0, np.inf)
        if standing is not None:
            least[: self.cells] = most[: self.cells] = standing
        found = milp(
            -objective,
            integrality=whole if standing is None else np.zeros(len(whole)),
            bounds=Bounds(least, most),
            constraints=[*self.fixed, *rows],
            options={"mip_rel_gap": gap, "node_limit": NODES},
        )
        if found.status == INFEASIBLE or found.x is None:
            return None
        return np.asarray(found.x), -float(found.fun if standing is not None else found.mip_dual_bound)
