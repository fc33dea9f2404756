"""How far rules about reviewers have to give way so that no review comes later for them."""

from collections.abc import Sequence
from itertools import starmap
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from earlywarn.targeting.candidates import Candidates
from earlywarn.targeting.limits import Cut

__all__ = ["least_relief"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EXACT = 4_000  # cells up to which visits are whole; above, fractions of one are allowed and rounded up after
NODES = 2_000
SLIP = 1e-6


def least_relief(
    candidates: Candidates, cuts: Sequence[Cut], *, capacity: Ints, quarter: Ints
) -> Floats | None:
    """Return by how many places each rule is to be broken so that reviews come no later, and are no fewer.

    Parameters
    ----------
    candidates : Candidates
        n areas and Q quarters.
    cuts : sequence of Cut
        The rules. Those about the same quarters count once, by the one that is broken most, since the same
        place may be what they all miss.
    capacity : array of int, shape (Q,)
        Reviews that can be held in each quarter.
    quarter : array of int, shape (n,)
        A choice that keeps all rules but these; it says how many reviews there are to be, and how many
        quarters late they may come in all.

    Returns
    -------
    array of float, shape (cuts,), or None
        The fewest places in all; None where nothing was found within the effort allowed.
    """
    n, quarters = candidates.allowed.shape
    pinned = candidates.pinned
    asked = pinned[:, None] == np.arange(quarters)
    cells = np.where((pinned >= 0)[:, None], asked, candidates.allowed) & ~candidates.excluded[:, None]
    area, time = np.nonzero(cells)
    where = np.full((n, quarters), -1)
    where[area, time] = np.arange(len(area))
    about = [tuple(np.unique(cut.quarters)) for cut in cuts]
    groups = sorted(set(about))
    position = {group: at for at, group in enumerate(groups)}
    width = len(area) + len(groups)

    def row(columns: Ints, values: Floats) -> Any:
        return sparse.csr_array((values, (np.zeros(len(columns), np.int64), columns)), shape=(1, width))

    def kept(cut: Cut, group: tuple[int, ...]) -> Any:
        column = where[cut.areas, cut.quarters]
        real = column >= 0
        columns = np.r_[column[real], len(area) + position[group]]
        return row(columns, np.r_[cut.coefficients[real], -1.0])

    once = sparse.csr_array((np.ones(len(area)), (area, np.arange(len(area)))), shape=(n, width))
    held = sparse.csr_array((np.ones(len(area)), (time, np.arange(len(area)))), shape=(quarters, width))
    deadline = np.where(candidates.excluded, quarters, np.maximum(candidates.deadline, pinned))
    late = np.maximum(np.arange(quarters + 1) - deadline[:, None], 0)  # the last column: not visited at all
    spared = (late[:, [-1]] - late)[area, time].astype(float)
    spent = int(late[np.arange(n), np.where(quarter >= 0, quarter, quarters)].sum())
    constraints = [
        LinearConstraint(once, (pinned >= 0) & ~candidates.excluded, np.ones(n)),
        LinearConstraint(held, -np.inf, capacity),
        LinearConstraint(row(np.arange(len(area)), np.ones(len(area))), (quarter >= 0).sum(), np.inf),
        LinearConstraint(row(np.arange(len(area)), spared), late[:, -1].sum() - spent - 0.5, np.inf),
        LinearConstraint(
            sparse.vstack(list(starmap(kept, zip(cuts, about, strict=True)))),
            -np.inf,
            np.array([cut.bound for cut in cuts]),
        ),
        *(_after(where, first, then, width) for first, then in candidates.order),
    ]
    found = milp(
        np.r_[np.zeros(len(area)), np.ones(len(groups))],
        constraints=constraints,
        bounds=Bounds(0, np.r_[np.ones(len(area)), np.full(len(groups), np.inf)]),
        integrality=np.r_[np.full(len(area), int(len(area) <= EXACT)), np.zeros(len(groups))],
        options={"node_limit": NODES},
    )
    if found.x is None:
        return None
    short = np.ceil(found.x[len(area) :] - SLIP)
    return np.array([short[position[group]] for group in about])


def _after(where: Ints, first: int, then: int, width: int) -> LinearConstraint:
    """Ask for the second of two areas only in a quarter after the first, quarter by quarter."""
    quarters = where.shape[1]
    matrix = sparse.lil_array((quarters, width))
    for quarter in range(quarters):
        for area, until, sign in ((then, quarter + 1, 1.0), (first, quarter, -1.0)):
            columns = where[area, :until]
            matrix[[quarter], columns[columns >= 0]] = sign
    return LinearConstraint(matrix.tocsr(), -np.inf, np.zeros(quarters))
