"""How the documents of a programme say things: standings, reasons for a visit, teams, weeks."""

from collections.abc import Iterable

import pandas as pd

from earlywarn.reports.tables import Row
from earlywarn.schedule import date_words, quarter_words

__all__ = [
    "KINDS",
    "TAGS",
    "area_names",
    "place_label",
    "programme_words",
    "reviewer_words",
    "standing_words",
    "tags_of",
    "team_lines",
    "team_words",
    "week_words",
    "why_words",
]

TO_BE_NAMED = "to be named"
KINDS = {"targeted": "Targeted review", "routine": "Routine review"}
STATUSES = {
    "elsewhere": "Taken care of elsewhere",
    "removed": "Taken out by a coordinator",
    "not planned": "No review planned",
}
TAGS = {  # what a reader can ask to see; an area may bear several
    "targeted": KINDS["targeted"],
    "routine": KINDS["routine"],
    "none": STATUSES["not planned"],
    "elsewhere": STATUSES["elsewhere"],
    "removed": STATUSES["removed"],
    "conversation": "Conversation suggested",
    "unnamed": "Team not complete",
    "changed": "Changed by a coordinator",
    "late": "Later than due",
}


def programme_words(name: object) -> str:
    """Return a programme's name as a heading shows it.

    Examples
    --------
    >>> programme_words("our_region 2025")
    'Our region 2025'
    """
    words = str(name).replace("_", " ").strip() or "programme"
    return words[:1].upper() + words[1:]


def standing_words(row: Row) -> str:
    """Say where an area stands in the programme: kind and quarter, or why there is no review.

    Parameters
    ----------
    row : named tuple
        Of the plan's table ``areas``: ``status``, ``kind``, ``quarter``.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> standing_words(SimpleNamespace(status="planned", kind="routine", quarter=pd.Timestamp("2025-04-01")))
    'Routine review, Apr-Jun 2025'
    """
    if row.status != "planned":
        return STATUSES.get(row.status, str(row.status).capitalize())
    return f"{KINDS.get(row.kind, 'Review')}, {quarter_words(row.quarter)}"


def why_words(row: Row) -> str:
    """Say why an area is visited when it is: why it is targeted, else why a review falls due."""
    words = row.flagged_why if row.kind == "targeted" and row.flagged_why else row.due_why
    return str(words)


def tags_of(row: Row, *, complete: bool) -> list[str]:
    """Return what an area can be filtered by; `complete` where every place of its team is filled.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> row = SimpleNamespace(
    ...     status="planned", kind="routine", conversation="Silence.", override="", late_quarters=0)
    >>> tags_of(row, complete=False)
    ['routine', 'conversation', 'unnamed']
    """
    planned = row.status == "planned"
    standing = row.kind if planned else {"not planned": "none"}.get(row.status, row.status)
    asked = {
        "conversation": bool(row.conversation),
        "unnamed": planned and not complete,
        "changed": bool(row.override),
        "late": row.late_quarters > 0,
    }
    return [standing, *(tag for tag, true in asked.items() if true)]


def place_label(place: str) -> str:
    """Return what a place of a team is for.

    Examples
    --------
    >>> place_label("lead"), place_label("workforce"), place_label("any")
    ('Lead', 'Workforce', 'Reviewer')
    """
    return "Reviewer" if place in ("any", "") else place[:1].upper() + place[1:]


def reviewer_words(row: Row) -> str:
    """Name a reviewer with the area that lends them.

    Parameters
    ----------
    row : named tuple
        Of the plan's table ``teams``.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> reviewer_words(SimpleNamespace(reviewer="R01", reviewer_area="X1", reviewer_area_name="Area 1"))
    'R01 (Area 1)'
    >>> reviewer_words(SimpleNamespace(reviewer="", reviewer_area="", reviewer_area_name=""))
    'to be named'
    """
    if not row.reviewer:
        return TO_BE_NAMED
    lender = row.reviewer_area_name or row.reviewer_area
    return f"{row.reviewer} ({lender})" if lender else str(row.reviewer)


def team_lines(rows: Iterable[Row]) -> list[str]:
    """Say a team, one line for each place.

    Examples
    --------
    >>> team_lines([])
    ['to be named']
    """
    return [f"{place_label(row.place)}: {reviewer_words(row)}" for row in rows] or [TO_BE_NAMED]


def team_words(rows: Iterable[Row]) -> str:
    """Say a team in one line.

    Examples
    --------
    >>> team_words([])
    'to be named'
    """
    return "; ".join(team_lines(rows))


def week_words(monday: pd.Timestamp) -> str:
    """Say a week by its Monday.

    Examples
    --------
    >>> week_words(pd.Timestamp("2025-04-07")), week_words(pd.NaT)
    ('7 April 2025', 'to be agreed')
    """
    return date_words(monday) or "to be agreed"


def area_names(codes: str, names: dict[str, str]) -> str:
    """Return area codes that stand in one cell as names; what is no code stays as it is.

    Examples
    --------
    >>> area_names("X1; X2;X9", {"X1": "Bury", "X2": "Kent"})
    'Bury; Kent; X9'
    """
    found = (code.strip() for code in codes.split(";"))
    return "; ".join(names.get(code, code) for code in found if code)
