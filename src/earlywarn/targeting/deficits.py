"""Why teams cannot be filled: sets of reviews that together ask for more reviewers than can come to them.

By Hall's theorem [1]_ places can all be filled unless some set of them can draw on too few reviewers. Such a
set is found from a greatest flow and turned into a rule about *when* areas are visited, one that holds for
every programme, so that the choice of quarters can keep it.

References
----------
.. [1] Hall (1935), On representatives of subsets, Journal of the London Mathematical Society 10, 26-30.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import maximum_flow

from earlywarn.targeting.limits import Cut
from earlywarn.targeting.reviewers import Reviewers

__all__ = ["YEAR", "Asked", "Scarce", "deficits", "free_capacity", "scarcity_cut"]

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

YEAR = 4  # quarters over which an area's load is limited


@dataclass(frozen=True)
class Scarce:
    """Reviewers on whom more is called than they can do.

    Parameters
    ----------
    scarce : array of bool, shape (R, Q)
        Who, and in which quarters.
    quarters : array of int
        The quarters that the shortage is stated for, at most a year in a row.
    limited : array of bool, shape (supporting areas,), optional
        Areas that are short by their limit rather than by the time of their reviewers; by size if left out.
    """

    scarce: Flags
    quarters: Ints
    limited: Flags | None = None


@dataclass(frozen=True)
class Asked:
    """What every team asks for, and the most that an area gives.

    Parameters
    ----------
    leads, others : int
        Places that only some roles can take, and all further ones.
    limit : int
        Places that one supporting area can be asked for in any four quarters in a row.
    """

    leads: int
    others: int
    limit: int


def deficits(reviewers: Reviewers, quarter: Ints, asked: Asked) -> Iterator[Cut]:
    """Yield rules that a choice of quarters breaks and has to keep if its teams are to be filled.

    Parameters
    ----------
    reviewers : Reviewers
        Who may visit whom, and when.
    quarter : array of int, shape (n,)
        Position of the quarter of each area's review, -1 for none.
    asked : Asked
        What teams ask for.

    Yields
    ------
    Cut
        A rule that holds for every programme whose places are all filled, so none of those is lost. A
        shortage within one quarter is stated for every quarter. Nothing is yielded where reviewers suffice in
        each year by itself, two of one area in a team and conflicts aside.
    """
    seen: set[bytes] = set()
    for start in range(max(reviewers.capacity.shape[1] - YEAR, 0) + 1):
        for shortage in _shortages(reviewers, quarter, asked, start):
            for one in _stated(shortage):
                mark = one.scarce.tobytes() + one.quarters.tobytes()
                if mark not in seen:
                    seen.add(mark)
                    yield scarcity_cut(reviewers, one, asked)


def _stated(found: Scarce) -> Iterator[Scarce]:
    """State a shortage where it was found, and wherever the same reviewers could run short."""
    quarters = found.scarce.shape[1]
    where = np.flatnonzero(found.scarce.any(axis=0))
    whom: Flags = np.asarray(found.scarce.any(axis=1))
    yield replace(found, quarters=where if len(where) == 1 else found.quarters)
    length = 1 if len(where) == 1 else YEAR
    for first in range(max(quarters - length, 0) + 1):
        within = np.arange(first, min(first + length, quarters))
        everyone = np.zeros(found.scarce.shape, dtype=bool)
        everyone[:, within] = whom[:, None]
        yield Scarce(everyone, within)


def scarcity_cut(reviewers: Reviewers, found: Scarce, asked: Asked) -> Cut:
    """State that some reviewers cannot fill more places than they have time for.

    A team needs as many of the scarce reviewers as the others cannot make up for; an area that is visited
    lends none of its own; and no area lends more than its limit.

    Parameters
    ----------
    reviewers : Reviewers
        R reviewers, n areas, Q quarters.
    found : Scarce
        Any set of reviewers by quarter: the rule is true of each.
    asked : Asked
        What teams ask for.
    """
    scarce, quarters = found.scarce, found.quarters
    useful: Flags = np.asarray(reviewers.may.any(axis=1))
    offered = np.where(scarce & useful[:, None], reviewers.capacity, 0)[:, quarters]
    group = _by_home(reviewers)
    most = (group @ offered).sum(axis=1)
    limited = most > asked.limit if found.limited is None else found.limited
    counts = np.zeros((reviewers.may.shape[1], len(quarters)))
    for column, quarter in enumerate(quarters):
        able = ~scarce[:, quarter] & (reviewers.capacity[:, quarter] > 0)
        free = reviewers.may & able[:, None]
        areas = _some(group @ free.astype(np.int64))
        leading = _some(group @ (free & reviewers.lead[:, None]).astype(np.int64))
        led = np.minimum(asked.leads, leading)
        counts[:, column] = asked.leads - led + asked.others - np.minimum(asked.others, areas - led)
    own = (reviewers.area >= 0) & ~limited[reviewers.home]
    np.add.at(counts, reviewers.area[own], offered[own])
    row, at = np.nonzero(counts)
    bound = np.where(limited, asked.limit, most).sum()
    return Cut(row, quarters[at], counts[row, at], float(bound))


def _some(counts: Ints) -> Ints:
    return np.asarray(np.count_nonzero(counts, axis=0), dtype=np.int64)


def _by_home(reviewers: Reviewers) -> Any:
    """Return a sparse matrix that sums reviewers (columns) by supporting area (rows)."""
    count = len(reviewers.home)
    entries = (np.ones(count, dtype=np.int64), (reviewers.home, np.arange(count)))
    return sparse.csr_array(entries, shape=(len(reviewers.homes), count))


def _shortages(reviewers: Reviewers, quarter: Ints, asked: Asked, start: int) -> Iterator[Scarce]:
    """Yield the reviewers on whom some reviews of a year call in vain: one set for each quarter in need."""
    quarters = reviewers.capacity.shape[1]
    within = np.arange(start, min(start + YEAR, quarters))
    visited = np.flatnonzero(np.isin(quarter, within))
    capacity = free_capacity(reviewers, quarter)
    size = np.repeat(np.array([asked.leads, asked.others], dtype=np.int64), len(visited))
    area, led = np.tile(visited, 2)[size > 0], np.repeat([True, False], len(visited))[size > 0]
    size, time, homes = size[size > 0], quarter[area], len(reviewers.homes)
    fit = reviewers.may[:, area] & (reviewers.lead[:, None] | ~led) & (capacity[:, time] > 0)
    who, what = np.nonzero(fit)
    # nodes: the source, places by kind, reviewers by quarter, supporting areas, the sink
    first, last = 1 + len(area), 1 + len(area) + capacity.size
    sink = last + homes
    cells = np.arange(capacity.size)
    lender = reviewers.home[cells // quarters]
    places, areas = 1 + np.arange(len(area)), last + np.arange(homes)
    begin = np.r_[np.zeros(len(area), dtype=np.int64), 1 + what, first + cells, areas]
    end = np.r_[places, first + who * quarters + time[what], last + lender, np.full(homes, sink)]
    most = np.r_[size, np.ones(len(what), dtype=np.int64), capacity.ravel(), np.full(homes, asked.limit)]
    network = sparse.csr_array((most.astype(np.int32), (begin, end)), shape=(sink + 1, sink + 1))
    found = maximum_flow(network, 0, sink)
    if found.flow_value == size.sum():
        return
    room = sparse.csr_array(network - found.flow)  # what could still flow along each edge, backwards included
    room.data = np.maximum(room.data, 0)
    room.eliminate_zeros()
    left = room[[0], :].toarray()[0, 1:first] > 0
    for short in np.unique(time[left]):
        reached = _reached(room, 1 + np.flatnonzero(left & (time == short)))
        scarce = reached[first:last].reshape(capacity.shape)
        at_home = (reviewers.capacity > capacity) & scarce.any(
            axis=0
        )  # as short as the others, were they there
        yield Scarce(scarce | at_home, within, reached[last:sink])


def free_capacity(reviewers: Reviewers, quarter: Ints) -> Ints:
    """Return the teams that each reviewer can join in each quarter of a choice, shape (R, Q).

    None in the quarter in which the reviewer's own area is visited.
    """
    capacity = reviewers.capacity.copy()
    own = np.where(reviewers.area >= 0, quarter[np.maximum(reviewers.area, 0)], -1)
    visited = np.flatnonzero(own >= 0)
    capacity[visited, own[visited]] = 0
    return capacity


def _reached(room: Any, begin: Ints) -> Flags:
    """Return the nodes that more could flow to from these, never by way of the source."""
    reached = np.zeros(room.shape[0], dtype=bool)
    reached[begin] = True
    new, onward = reached.copy(), room.T.tocsr()
    while new.any():
        new = np.asarray(onward @ new.astype(np.int64) > 0) & ~reached
        new[0] = False
        reached |= new
    return reached
