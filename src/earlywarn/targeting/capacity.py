"""How many reviews each quarter can hold, and which quarters cannot hold what falls due in them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from earlywarn.errors import ConfigError
from earlywarn.schedule import quarter_words, read_quarter
from earlywarn.targeting.candidates import Candidates
from earlywarn.targeting.limits import Limits
from earlywarn.targeting.optimum import least_lateness
from earlywarn.targeting.rules import Rules

__all__ = [
    "Capacity",
    "Overfull",
    "fewest_per_quarter",
    "overfull_quarters",
    "read_capacity",
    "reviews_by_rule",
    "without_deadline",
]

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Capacity:
    """Reviews by quarter.

    Parameters
    ----------
    reviews : int array of shape (Q,)
        The most that can be held in each quarter.
    why : str
        Where the numbers come from, as a sentence.
    """

    reviews: Ints
    why: str


@dataclass(frozen=True)
class Overfull:
    """Quarters in which more areas have to be visited than can be.

    Parameters
    ----------
    quarters : int array
        Positions, ascending; empty for areas that have no quarter in time at all.
    areas : int array
        Positions of the areas that can be visited in time in none but these quarters.
    room : int
        Reviews that the quarters can hold together.
    enough : int array
        Reviews in each of the quarters that would do, with what is enough for the sets named before: a few
        more in the last of them, or as many more in each.
    """

    quarters: Ints
    areas: Ints
    room: int
    enough: Ints


def read_capacity(candidates: Candidates, *, rules: Rules) -> Capacity:
    """Return how many reviews each quarter can hold.

    What ``capacity.by_quarter`` says of a quarter comes first, then ``capacity.per_quarter``. Without the
    latter it is the fewest, the same in every quarter, that reach all areas in time.

    Raises
    ------
    ConfigError
        If ``by_quarter`` names quarters outside the programme.
    """
    named = _named(rules)
    outside = sorted(set(named) - set(candidates.quarters))
    if outside:
        first, last = quarter_words(candidates.quarters[0]), quarter_words(candidates.quarters[-1])
        message = (
            f"[capacity] by_quarter names {', '.join(map(quarter_words, outside))}, but the programme runs "
            f"from {first} to {last}. Name quarters of the programme, or change [programme]."
        )
        raise ConfigError(message)
    set_by_rule = reviews_by_rule(candidates, rules=rules)
    usual = rules.capacity.per_quarter
    apart = ", ".join(f"{named[day]} in {quarter_words(day)}" for day in sorted(named))
    if usual is None:
        usual = fewest_per_quarter(candidates, by_rule=set_by_rule)
        why = f"{_reviews(usual)} a quarter: the fewest that reach every area by its deadline"
        why += ", as far as its own windows allow"
    else:
        why = f"{_reviews(usual)} a quarter, as the rules say"
    why += f"; {apart}, as the rules say." if apart else "."
    return Capacity(np.where(set_by_rule >= 0, set_by_rule, usual), why)


def reviews_by_rule(candidates: Candidates, *, rules: Rules) -> Ints:
    """Return the reviews that ``capacity.by_quarter`` names, shape (Q,); -1 where it is silent."""
    named = _named(rules)
    return np.array([named.get(day, -1) for day in candidates.quarters], dtype=np.int64)


def _named(rules: Rules) -> dict[pd.Timestamp, int]:
    return {read_quarter(text): count for text, count in rules.capacity.by_quarter.items()}


def fewest_per_quarter(candidates: Candidates, *, by_rule: Ints) -> int:
    """Return the fewest reviews a quarter with which as many areas as possible are reached in time.

    Parameters
    ----------
    candidates : Candidates
        n areas, Q quarters.
    by_rule : int array of shape (Q,)
        Reviews in quarters for which a rule gives them, -1 for those asked about.

    Notes
    -----
    By Hall's theorem areas fit into quarters if and only if no set of quarters is the only choice of more
    areas than it has room for. With Q of at most 8 all 256 sets are looked at. What coordinators asked to
    come one after the other may take more, which is found by solving.
    """
    free = by_rule < 0
    if not free.any():
        return 0
    demand = _demand(candidates)
    among = _subsets(len(by_rule))
    unset = (among & free).sum(axis=1)
    lacking = demand - demand[0] - np.where(among & ~free, by_rule, 0).sum(axis=1)  # [0]: without any quarter
    askable = unset > 0
    fewest = int(np.maximum(-(-lacking[askable] // unset[askable]), 0).max(initial=0))
    if candidates.order:
        most = int((~candidates.excluded).sum())
        best = _lateness(candidates, by_rule, most)
        while fewest < most and _lateness(candidates, by_rule, fewest) != best:
            fewest += 1
    return fewest


def _lateness(candidates: Candidates, by_rule: Ints, usual: int) -> int | None:
    return least_lateness(candidates, Limits(np.where(by_rule >= 0, by_rule, usual)))


def overfull_quarters(
    candidates: Candidates, reviews: Ints, *, most: Ints | None = None
) -> Iterator[Overfull]:
    """Name the quarters that cannot hold what falls due in them, the smallest sets first.

    After a set is named its quarters are taken to hold what is ``enough``, so that what is named next is a
    shortfall of its own. With all of them mended like that, every area that has a quarter in time finds room
    in one.

    Parameters
    ----------
    candidates : Candidates
        n areas, Q quarters.
    reviews : int array of shape (Q,)
        Reviews that each quarter can hold.
    most : int array of shape (Q,), optional
        What no quarter is raised above, and would do if all were; without it there is no such limit.
    """
    windows, must = _in_time(candidates), _must(candidates)
    among = _subsets(len(reviews))
    size = among.sum(axis=1)
    demand = _demand(candidates)
    raised = np.array(reviews)
    for subset in np.lexsort((np.arange(len(size)), size)):
        excess = int(demand[subset] - raised[among[subset]].sum())
        if excess <= 0:
            continue
        areas = np.flatnonzero(must & ~(windows & ~among[subset]).any(axis=1))
        quarters = np.flatnonzero(among[subset])
        if not len(quarters):  # areas without any quarter in time crowd no quarter
            must, demand = must & windows.any(axis=1), demand - excess
        else:
            raised[quarters] += _shared(
                excess, np.full(len(quarters), excess) if most is None else (most - raised)[quarters]
            )
        yield Overfull(quarters, areas, int(reviews[quarters].sum()), raised[quarters])


def _shared(excess: int, left: Ints) -> Ints:
    """Share an excess over quarters with so much room left: as many for each, or the last ones take it."""
    each = -(-excess // len(left))
    if excess >= len(left) and (left >= each).all():
        return np.full(len(left), each)
    backwards = left[::-1]
    taken_before = np.cumsum(backwards) - backwards
    return np.asarray(np.clip(excess - taken_before, 0, backwards)[::-1])


def without_deadline(candidates: Candidates, areas: Ints) -> Candidates:
    """Return the candidates with the deadlines of some areas moved beyond the programme."""
    deadline = np.array(candidates.deadline)
    deadline[areas] = len(candidates.quarters)
    return replace(candidates, deadline=deadline)


def _must(candidates: Candidates) -> NDArray[np.bool_]:
    """Whether an area has to be visited within the programme, shape (n,)."""
    due = (candidates.deadline < len(candidates.quarters)) | (candidates.pinned >= 0)
    return np.asarray(due & ~candidates.excluded)


def _in_time(candidates: Candidates) -> NDArray[np.bool_]:
    """Whether a visit in the quarter is possible and in time, shape (n, Q)."""
    position = np.arange(len(candidates.quarters))
    timely = candidates.allowed & (position <= candidates.deadline[:, None])
    pinned = candidates.pinned[:, None]
    return np.asarray(np.where(pinned >= 0, position == pinned, timely))


def _subsets(quarters: int) -> NDArray[np.bool_]:
    """Return every set of quarters, shape (2**Q, Q); bit q of the row's number is quarter q."""
    return np.asarray((np.arange(2**quarters)[:, None] >> np.arange(quarters)) & 1, dtype=bool)


def _demand(candidates: Candidates) -> Ints:
    """Return for every set of quarters how many areas have to be visited in it, shape (2**Q,)."""
    quarters = len(candidates.quarters)
    masks = _in_time(candidates)[_must(candidates)] @ (1 << np.arange(quarters))
    demand = np.bincount(masks, minlength=2**quarters)
    for quarter in range(quarters):  # each pass adds the sets that lack one more quarter
        halves = demand.reshape(-1, 2, 2**quarter)
        halves[:, 1] += halves[:, 0]
    return demand


def _reviews(count: int) -> str:
    return "1 review" if count == 1 else f"{count:,} reviews"
