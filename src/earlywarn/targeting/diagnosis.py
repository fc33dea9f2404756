"""Why areas cannot all be reached in time: which quarters, windows, orders or reviewers fall short."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from earlywarn.schedule import quarter_words
from earlywarn.targeting.candidates import Candidates
from earlywarn.targeting.capacity import Overfull, overfull_quarters, without_deadline
from earlywarn.targeting.limits import Limits
from earlywarn.targeting.optimum import Choice, kept_in_time, least_lateness, moved_late

__all__ = ["Shortfall", "find_clashes", "find_shortfalls"]

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Shortfall:
    """One rule that cannot be kept with all the others.

    Parameters
    ----------
    rule : str
        "capacity", "windows", "order", "reviewers" or "override".
    quarter : Timestamp or None
        First day of the last quarter concerned; None where no single one is.
    wanted, found : float
        How many reviews are asked for, and how many there is room for; for "override" quarters past the
        deadline. NaN where they cannot be told.
    areas : tuple of str
        Names of the areas concerned, sorted.
    words : str
        What is wanted and what is found, as a sentence.
    remedy : str
        What would suffice here, without a full stop.
    """

    rule: str
    quarter: pd.Timestamp | None
    wanted: float
    found: float
    areas: tuple[str, ...]
    words: str
    remedy: str


def find_shortfalls(candidates: Candidates, choice: Choice, *, limits: Limits) -> list[Shortfall]:
    """Return the rules that a choice with the least lateness could not keep.

    First what coordinators moved past its deadline ("override"), which is no reason to refuse; then areas
    with no quarter in time ("windows"), quarters that are too full ("capacity"), areas to be visited one
    after the other ("order"), and what is left once all these are mended ("reviewers").
    """
    found = [
        _moved_late(candidates, int(area), int(choice.late[area]))
        for area in np.flatnonzero(moved_late(candidates))
    ]
    if kept_in_time(candidates, choice):
        return found
    overfull = list(overfull_quarters(candidates, limits.capacity))
    stuck = np.concatenate(
        [np.array([], dtype=np.int64), *(one.areas for one in overfull if not len(one.quarters))]
    )
    found += [_no_window(candidates, int(area)) for area in stuck]
    found += [_too_full(candidates, one, limits) for one in overfull if len(one.quarters)]
    rest, mended = without_deadline(candidates, stuck), _mended(limits.capacity, overfull)
    late = least_lateness(rest, Limits(mended)) if rest.order else 0
    if late:
        found += _orders_late(rest, mended, late)
        rest = replace(rest, order=())
    return found + _too_few(rest, replace(limits, capacity=mended))


def find_clashes(candidates: Candidates, *, limits: Limits) -> list[Shortfall]:
    """Return the overrides that cannot all be followed, whatever else is given up."""
    capacity = limits.capacity
    pinned = np.where(candidates.excluded, -1, candidates.pinned)
    moved = np.bincount(pinned[pinned >= 0], minlength=len(capacity))
    found = [
        _moved_together(candidates, int(quarter), np.flatnonzero(pinned == quarter), int(capacity[quarter]))
        for quarter in np.flatnonzero(moved > capacity)
    ]
    enough = Limits(np.maximum(capacity, moved))
    found += [
        _cannot_follow(candidates, pair)
        for pair in candidates.order
        if least_lateness(replace(candidates, order=(pair,)), enough) is None
    ]
    if not found and least_lateness(candidates, enough) is None:
        found.append(_cannot_line_up(candidates))
    if found:
        return found
    names = _names(candidates, np.flatnonzero(pinned >= 0))
    words = f"Reviewers: teams cannot be found for every area that coordinators moved ({'; '.join(names)})."
    remedy = "find more reviewers for their quarters; or withdraw one of these overrides"
    return [Shortfall("reviewers", None, np.nan, np.nan, names, words, remedy)]


def _moved_late(candidates: Candidates, area: int, late: int) -> Shortfall:
    name = _names(candidates, [area])[0]
    quarter, by = int(candidates.pinned[area]), _quarter(candidates, int(candidates.deadline[area]))
    count = "1 quarter" if late == 1 else f"{late} quarters"
    words = (
        f"{name}: a coordinator moved its review to {_quarter(candidates, quarter)}, {count} later than due."
    )
    remedy = f"move it to {by} or before; or keep the override, and its reason with it"
    return Shortfall("override", candidates.quarters[quarter], 0, late, (name,), words, remedy)


def _no_window(candidates: Candidates, area: int) -> Shortfall:
    name, by = _names(candidates, [area])[0], int(candidates.deadline[area])
    why = "; ".join(str(text) for text in candidates.blocked[area, : by + 1] if text)
    words = f"{name}: a review falls due by {_quarter(candidates, by)}, and none can be held until then"
    words += f" ({why})." if why else "."
    remedy = "relax one of the rules that keep these quarters closed to it"
    return Shortfall("windows", candidates.quarters[by], 1, 0, (name,), words, remedy)


def _too_full(candidates: Candidates, one: Overfull, limits: Limits) -> Shortfall:
    last = int(one.quarters[-1])
    room = f"{one.room:,}" if len(one.quarters) == 1 else f"{one.room:,} in all"
    words = f"{_quarters(candidates, one.quarters)}: capacity is {room}, but {_fall_due(candidates, one)}."
    names, more = _names(candidates, one.areas), one.enough > limits.capacity[one.quarters]
    remedy = _raised(candidates, one.quarters[more], one.enough[more])
    return Shortfall("capacity", candidates.quarters[last], len(names), one.room, names, words, remedy)


def _raised(candidates: Candidates, quarters: Ints, reviews: Ints) -> str:
    """Say to what the capacity of quarters is to be raised, those with the same number together."""
    if len(quarters) == 1:
        return f"raise [capacity] by_quarter for {_quarter(candidates, int(quarters[0]))} to {reviews[0]}"
    groups = [
        f"to {count} for {_quarters(candidates, quarters[reviews == count])}"
        for count in dict.fromkeys(reviews.tolist())
    ]
    return f"raise [capacity] by_quarter {' and '.join(groups)}"


def _fall_due(candidates: Candidates, one: Overfull) -> str:
    """Say how many areas need the quarters, and that they have no others."""
    count = len(one.areas)
    moved = int((candidates.pinned[one.areas] >= 0).sum())
    due = "1 area falls due" if count == 1 else f"{count:,} areas fall due"
    last = one.quarters[-1]
    timely = candidates.deadline[one.areas] <= last
    if len(one.quarters) == 1 and (candidates.deadline[one.areas] == last).all():
        words = f"{due} by then that cannot be visited earlier"
    elif last == len(one.quarters) - 1 and timely.all():
        words = f"{due} by {_quarter(candidates, int(last))}"
    else:
        words = f"{due} that can be visited in time in no other quarter"
    return f"{words}, {moved:,} of them moved there by coordinators" if moved else words


def _orders_late(candidates: Candidates, capacity: Ints, late: int) -> list[Shortfall]:
    """Name the pairs that make areas late: those without which fewer are, or all where no one pair does."""

    def spares(pair: tuple[int, int]) -> bool:
        order = tuple(other for other in candidates.order if other != pair)
        return (least_lateness(replace(candidates, order=order), Limits(capacity)) or 0) < late

    found = []
    for pair in [pair for pair in candidates.order if spares(pair)] or candidates.order:
        (first,), (then,) = (_names(candidates, [area]) for area in pair)
        quarter = min(int(candidates.deadline[pair[1]]), len(candidates.quarters) - 1)
        words = f"With {then} put after {first}, not every area can be reached in time."
        remedy = f"withdraw the override that puts {then} after {first}"
        names = tuple(sorted((first, then)))
        found.append(Shortfall("order", candidates.quarters[quarter], 1, 0, names, words, remedy))
    return found


def _too_few(candidates: Candidates, limits: Limits) -> list[Shortfall]:
    """Name the quarters in which reviewers, not capacity, are what is short."""
    if not least_lateness(candidates, limits):
        return []
    found: list[Shortfall] = []
    supply = limits.supply
    if supply is not None:
        available = np.array(supply.available, dtype=float)
        teams = np.floor(available / supply.places + 1e-9).astype(np.int64)
        room = np.minimum(limits.capacity, teams)
        for one in overfull_quarters(candidates, room, most=limits.capacity):
            wanted = one.enough * supply.places
            more = np.maximum(np.ceil(wanted - supply.available[one.quarters]), 0).astype(np.int64)
            available[one.quarters] = np.maximum(available[one.quarters], wanted)
            found.append(_without_team(candidates, one, more))
        more_reviewers = replace(supply, available=available)
        if found and least_lateness(candidates, replace(limits, supply=more_reviewers)) == 0:
            return found
    words = (
        "Reviewers: with those there are, teams cannot be found in time for every area that falls due. "
        "Without that limit all of them could be reached in time."
    )
    remedy = "find more reviewers, or more quarters for them; or ask for fewer places in [team]"
    return [*found, Shortfall("reviewers", None, np.nan, np.nan, (), words, remedy)]


def _without_team(candidates: Candidates, one: Overfull, more: Ints) -> Shortfall:
    """Say where reviewers are short, and how many more places they would have to fill in each quarter."""
    reviews = "1 review" if one.room == 1 else f"{one.room:,} reviews"
    words = f"{_quarters(candidates, one.quarters)}: there are reviewers for {reviews}, but "
    words += f"{_fall_due(candidates, one)}."
    places = [
        f"{count} more {'place' if count == 1 else 'places'} in {_quarter(candidates, int(quarter))}"
        for quarter, count in zip(one.quarters[more > 0], more[more > 0], strict=True)
    ]
    remedy = f"find reviewers for at least {' and '.join(places)}"
    names, last = _names(candidates, one.areas), candidates.quarters[int(one.quarters[-1])]
    return Shortfall("reviewers", last, len(names), one.room, names, words, remedy)


def _moved_together(candidates: Candidates, quarter: int, areas: Ints, room: int) -> Shortfall:
    names, where = _names(candidates, areas), _quarter(candidates, quarter)
    count = "1 area" if len(names) == 1 else f"{len(names):,} areas"
    words = f"{where}: capacity is {room}, but coordinators moved {count} there ({'; '.join(names)})."
    remedy = (
        f"raise [capacity] by_quarter for {where} to {len(names)}; or withdraw {len(names) - room} of these "
    )
    remedy += "overrides"
    return Shortfall("capacity", candidates.quarters[quarter], len(names), room, names, words, remedy)


def _cannot_follow(candidates: Candidates, pair: tuple[int, int]) -> Shortfall:
    (first,), (then,) = (_names(candidates, [area]) for area in pair)
    quarter = int(candidates.pinned[pair[1]])  # without a quarter of its own it would just not be visited
    words = (
        f"{then} is to be visited in {_quarter(candidates, quarter)} and after {first}, but {first} cannot "
        "be visited in an earlier quarter."
    )
    remedy = f"withdraw the override that puts {then} after {first}; or move {then} to a later quarter"
    names = tuple(sorted((first, then)))
    return Shortfall("order", candidates.quarters[quarter], 1, 0, names, words, remedy)


def _cannot_line_up(candidates: Candidates) -> Shortfall:
    pairs = [tuple(_names(candidates, [area])[0] for area in pair) for pair in candidates.order]
    lines = "; ".join(f"{then} after {first}" for first, then in pairs)
    words = f"Areas cannot be visited in all the orders that coordinators asked for ({lines})."
    names = tuple(sorted({name for pair in pairs for name in pair}))
    return Shortfall("order", None, np.nan, np.nan, names, words, "withdraw one of these overrides")


def _names(candidates: Candidates, areas: Iterable[int]) -> tuple[str, ...]:
    names = candidates.areas["name"]
    return tuple(sorted(str(names.iloc[int(area)]) for area in areas))


def _quarter(candidates: Candidates, position: int) -> str:
    return quarter_words(candidates.quarters[position])


def _quarters(candidates: Candidates, positions: Sequence[int] | Ints) -> str:
    """Name quarters: one, two with "and", a run of them as "from to"."""
    named = [_quarter(candidates, int(position)) for position in positions]
    run = int(positions[-1]) - int(positions[0]) == len(named) - 1
    if run and named[2:]:
        return f"{named[0]} to {named[-1]}"
    return " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))


def _mended(reviews: Ints, overfull: Iterable[Overfull]) -> Ints:
    room = np.array(reviews)
    for one in overfull:
        room[one.quarters] = one.enough  # each counts those before it in
    return room
