"""Who held each post from when to when: appointed, interim and vacant spells, from the log and from reports.

A *spell* begins with an event, somebody appointed, an interim, somebody gone, and lasts until the next one of
the same post or until today. An example: a head of service left on 1 March, an interim came on 1 April, and
two people logged both, a day apart. That makes two spells: vacant, then interim.

A statement in a report that the director had been in post since a day counts as an appointment on that day.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.intelligence.kinds import ROLES
from earlywarn.panel.entries import Entries, days_before
from earlywarn.panel.snapshot import Snapshot
from earlywarn.schedule import DAYS_PER_YEAR

__all__ = ["DIRECTOR", "INTERIM", "PERMANENT", "VACANT", "Spells", "spells"]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

KIND = "leadership_change"
DIRECTOR = "director_of_childrens_services"  # as reports call the role
VACANT, INTERIM, PERMANENT = 0, 1, 2
EVENTS = {"left": VACANT, "vacant": VACANT, "interim": INTERIM, "appointed": PERMANENT}
SAME_EVENT_DAYS = 60.0  # the same news of the same post so soon again is the same event, told twice
SPOKEN_YEARS = 3.0  # after which nobody can say that a post is still held as it was


@dataclass(frozen=True)
class Spells:
    """Spells of all posts, sorted by area, role and beginning.

    Parameters
    ----------
    area, role : array of int, shape (spell,)
        Position along ``area``, and in ``ROLES``.
    state : array of int, shape (spell,)
        0 vacant, 1 interim, 2 permanent.
    start, end : array, shape (spell,)
        Days before the as-of date; ``end`` is 0 for the present spell.
    present : array of bool, shape (spell,)
        Whether it is the post's last.
    row : array of int, shape (spell,)
        The row of ``entries`` that begins it; -1 where a report does.
    spoken : array of bool, shape (area, role)
        Whether anything was said of the post within three years.
    """

    area: Codes
    role: Codes
    state: Codes
    start: Floats
    end: Floats
    present: Mask
    row: Codes
    spoken: Mask


def spells(snapshot: Snapshot) -> Spells:
    """Return who held which post from when to when, as known at the as-of date.

    Parameters
    ----------
    snapshot : Snapshot
        Uses the entries of kind ``leadership_change`` and the table ``leadership``.

    Notes
    -----
    News of a post that repeats within 60 days is one event. A departure ends with the next arrival; two
    departures running are one vacancy; a spell that ends on the day it begins is none. Where statements
    contradict each other, the later day of occurrence stands.
    """
    return snapshot.entries.keep("spells", lambda: _spells(snapshot))


class Events(NamedTuple):
    """What began a spell: area, role, state, days since, days since it was last said, row of ``entries``."""

    area: Codes
    role: Codes
    state: Codes
    start: Floats
    said: Floats
    row: Codes

    def at(self, order: Codes) -> "Events":
        """Return these of the events, in this order."""
        return Events._make(column[order] for column in self)


def _spells(snapshot: Snapshot) -> Spells:
    told = zip(_logged(snapshot.entries), _reported(snapshot), strict=True)
    events = _told_once(Events._make(map(np.concatenate, told)))
    spoken = np.zeros((len(snapshot.position), len(ROLES)), dtype=bool)
    lately = events.said <= SPOKEN_YEARS * DAYS_PER_YEAR
    spoken[events.area[lately], events.role[lately]] = True
    # in order of days; on one day a departure comes before the arrival that follows it
    events = events.at(np.lexsort((events.state, -events.start, _post(events))))
    vacant_again = (events.state == VACANT) & _repeats(_post(events) * len(EVENTS) + events.state)
    events = events.at(np.flatnonzero(~vacant_again))
    present = ~_repeats(_post(events)[::-1])[::-1]
    end = np.where(present, 0.0, np.append(events.start, 0.0)[1:])
    lasting = np.flatnonzero(present | (events.start > end))
    area, role, state, start, _, row = events.at(lasting)
    return Spells(area, role, state, start, end[lasting], present[lasting], row, spoken)


def _post(events: Events) -> Codes:
    return events.area * len(ROLES) + events.role


def _repeats(key: Codes) -> Mask:
    """Say of each element whether it equals the one before it."""
    same: Mask = np.append(False, key[1:] == key[:-1])[: len(key)]
    return same


def _logged(entries: Entries) -> Events:
    """Return the events of the log."""
    roles = {name: place for place, name in enumerate(ROLES)}
    role = np.array([*(roles.get(name, -1) for name in entries.names["role"]), -1])[entries.role]
    state = np.array([*(EVENTS.get(name, -1) for name in entries.names["detail"]), -1])[entries.detail]
    row = np.flatnonzero(entries.of(KIND) & (role >= 0) & (state >= 0))
    return Events(entries.area[row], role[row], state[row], entries.age[row], entries.known_age[row], row)


def _reported(snapshot: Snapshot) -> Events:
    """Return the same of what reports state about the roles that the log knows too."""
    table = snapshot.leadership
    if table.empty:
        none, nothing = np.empty(0, dtype=np.int64), np.empty(0)
        return Events(none, none, none, nothing, nothing, none)
    role = pd.Index(list(ROLES)).get_indexer(pd.Index(table["role"].replace(DIRECTOR, "director")))
    area = snapshot.position.get_indexer(pd.Index(table["area_code"]))
    age = days_before(snapshot.as_of, table["in_post_since"])
    said = days_before(snapshot.as_of, table["known_on"])
    state = np.where(table["interim"].to_numpy(dtype=bool), INTERIM, PERMANENT)
    events = Events(area, role, state, age, said, np.full(len(table), -1))
    return events.at(np.flatnonzero((role >= 0) & (area >= 0) & (age > 0)))  # who is yet to come has not come


def _told_once(events: Events) -> Events:
    """Keep the first telling of each event, with the day it was last said and an entry that says it."""
    key = _post(events) * len(EVENTS) + events.state
    order = np.lexsort((events.row, -events.start, key))
    key, days = key[order], events.start[order]
    soon = np.append(np.inf, days[:-1] - days[1:])[: len(key)] <= SAME_EVENT_DAYS
    first = np.flatnonzero(~(_repeats(key) & soon))
    if len(first) == 0:
        return events
    lately = np.minimum.reduceat(events.said[order], first)
    row = np.maximum.reduceat(events.row[order], first)
    return events.at(order[first])._replace(said=lately, row=row)
