"""The programme as a calendar file (.ics): one week per review, for any calendar program."""

import datetime as dt
import hashlib
from pathlib import Path

import icalendar
import pandas as pd

from earlywarn.reports.programme.plan_words import KINDS, programme_words
from earlywarn.reports.tables import Row, rows_in
from earlywarn.targeting.plan import Plan

__all__ = ["calendar_file", "write_calendar"]

WORKING_DAYS = 5  # Monday to Friday; the end of an all-day event is the day after it


def calendar_file(plan: Plan) -> bytes:
    r"""Return the reviews of a programme as a calendar.

    Each review is an event of the whole days from Monday to Friday. It names the area and the kind of
    review, and nothing else: no risk, no reason, no reviewer, since calendars are shared. It leaves the
    days free for other appointments. Its identity is made of the programme, the area and the quarter, so
    that a later calendar of the same programme moves an event within its quarter rather than doubles it.
    A review whose week is still to be agreed is left out.

    Parameters
    ----------
    plan : Plan
        The programme; ``about["as_of"]`` is when the events are said to be made, there being no clock here.

    Returns
    -------
    bytes
        iCalendar (RFC 5545), lines ending in CRLF. The same plan gives the same bytes.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> planned = pd.DataFrame({"area_code": ["X1"], "name": ["Ash, Oak; Elm"], "kind": ["targeted"],
    ...     "quarter": pd.to_datetime(["2025-04-01"]), "week": pd.to_datetime(["2025-04-07"])})
    >>> plan = SimpleNamespace(about={"name": "made-up", "as_of": "2025-04-01"}, planned=planned)
    >>> [line for line in calendar_file(plan).decode().splitlines() if line.startswith(("SUMMARY", "DTE"))]
    ['SUMMARY:Peer review: Ash\\, Oak\\; Elm (targeted)', 'DTEND;VALUE=DATE:20250412']
    """
    title = f"Peer reviews: {programme_words(plan.about['name'])}"
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//earlywarn//programme of peer reviews//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", title)
    stamp = pd.Timestamp(str(plan.about["as_of"]))
    made = dt.datetime(stamp.year, stamp.month, stamp.day, tzinfo=dt.UTC)
    for row in rows_in(plan.planned[plan.planned["week"].notna()]):
        calendar.add_component(event(row, identity(str(plan.about["name"]), row), made))
    return bytes(calendar.to_ical())


def event(row: Row, uid: str, made: dt.datetime) -> icalendar.Event:
    """Return the event of one review."""
    monday = row.week.date()
    review = icalendar.Event()
    review.add("uid", uid)
    review.add("dtstamp", made)
    review.add("dtstart", monday)
    review.add("dtend", monday + dt.timedelta(days=WORKING_DAYS))
    review.add("summary", f"Peer review: {row.name} ({row.kind})" if row.kind else f"Peer review: {row.name}")
    review.add("categories", [KINDS.get(row.kind, "Peer review")])
    review.add("transp", "TRANSPARENT")
    return review


def identity(programme: str, row: Row) -> str:
    """Return what a review is known by, whatever week of its quarter it is in."""
    parts = "\n".join((programme, row.area_code, f"{row.quarter:%Y-%m-%d}"))
    return f"{hashlib.sha256(parts.encode()).hexdigest()[:32]}@earlywarn"


def write_calendar(plan: Plan, path: str | Path) -> None:
    """Write the calendar file of a programme; see `calendar_file`.

    Parameters
    ----------
    plan : Plan
        The programme.
    path : str or Path
        The file to write.
    """
    Path(path).write_bytes(calendar_file(plan))
