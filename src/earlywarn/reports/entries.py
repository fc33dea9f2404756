"""What people have logged of an area, as the audience may see it, and the reasons that it stands behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from earlywarn.reports.content import Content
from earlywarn.reports.tables import Row, rows_in
from earlywarn.schedule import date_words

__all__ = [
    "AUDIENCE_WORDS",
    "STALE",
    "Behind",
    "Logged",
    "behind",
    "listed",
    "logged_by_area",
    "made_for",
    "published_until",
]

SHOWN_MONTHS = 24  # how far back entries are listed, but for those behind a reason
STALE = pd.Timedelta(days=183)  # without anything published: the tables want a new release
NAMED = 3  # entries named under a reason; the rest are counted
AUDIENCE_WORDS = {
    "area": "This copy is made for the area: of what people have logged it holds the open entries, and never "
    "who contributed them. A copy for another audience rests on other entries, and its risks may differ.",
    "sector": "This copy is made for sector bodies: of what people have logged it holds the entries that are "
    "open or for the sector. Before you pass it on to an area, make a copy for that audience; its risks may "
    "differ, as it rests on fewer entries.",
    "restricted": "This copy holds restricted entries. Share it only with those who may see them.",
}
VEILED_WORDS = (
    "Entries that this audience may not see inform the risks, because the configuration says so. They are "
    "not shown, and what all entries together do to a risk is given as one sum."
)


@dataclass(frozen=True)
class Logged:
    """One entry, as the page shows it."""

    anchor: str
    entry_id: str
    what: str
    on: str
    recorded: str
    how: str
    source: str
    note: str
    link: str


class Behind(NamedTuple):
    """The latest entries behind a reason, and the number of all."""

    named: list[Logged]
    size: int


def listed(content: Content) -> pd.DataFrame:
    """Return the entries that are shown, the latest of each area first.

    Those of the last two years, and of each reason the latest few. All others stand in ``entries.csv``.
    """
    recent = content.entries["occurred_on"] >= content.as_of - pd.DateOffset(months=SHOWN_MONTHS)
    when = content.entries[["area_code", "entry_id", "occurred_on"]]
    named = content.trail.merge(when, on=["area_code", "entry_id"])
    named = named.sort_values(["occurred_on", "entry_id"], ascending=[False, True])
    named = named.groupby(["area_code", "feature"]).head(NAMED)
    return content.entries[recent | content.entries["entry_id"].isin(set(named["entry_id"]))]


def logged_by_area(content: Content) -> dict[str, list[Logged]]:
    """Return the entries to be listed, by area, the latest first."""
    found: dict[str, list[Logged]] = {}
    for number, row in enumerate(rows_in(listed(content))):
        found.setdefault(row.area_code, []).append(logged(row, f"entry-{number + 1}"))
    return found


def logged(row: Row, anchor: str) -> Logged:
    """Return one entry in words."""
    sure = f"{row.confidence} confidence" if row.confidence else ""
    return Logged(
        anchor=anchor,
        entry_id=row.entry_id,
        what=row.what,
        on=date_words(row.occurred_on),
        recorded=date_words(row.known_on),
        how=", ".join(word for word in (row.strength, sure) if word),
        source=" · ".join(word for word in (row.source, row.contributor, row.tier) if word),
        note=row.note,
        link=row.link,
    )


def behind(content: Content, shown: Mapping[str, list[Logged]]) -> dict[tuple[str, str], Behind]:
    """Return the entries behind each feature of each area, the latest first, and how many there are."""
    places = {
        (code, entry.entry_id): place
        for code, entries in shown.items()
        for place, entry in enumerate(entries)
    }
    found: dict[tuple[str, str], list[int]] = {}
    for row in rows_in(content.trail):
        found.setdefault((row.area_code, row.feature), []).append(
            places.get((row.area_code, row.entry_id), -1)
        )
    return {
        key: Behind([shown[key[0]][place] for place in sorted(at) if place >= 0][:NAMED], len(at))
        for key, at in found.items()
    }


def published_until(content: Content) -> str:
    """Say that the figures are old, where nothing was published for half a year before the as-of date.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> run = {"published_until": "2025-04-29"}
    >>> published_until(SimpleNamespace(run=run, as_of=pd.Timestamp("2026-11-23")))
    'The figures and judgements in here end on 29 April 2025. What was published since is not among them.'
    """
    said = str(content.run.get("published_until", ""))
    if not said or content.as_of - (until := pd.Timestamp(said)) <= STALE:
        return ""
    return (
        f"The figures and judgements in here end on {date_words(until)}. What was published since is not "
        "among them."
    )


def made_for(content: Content) -> list[str]:
    """Say for whom the copy is made; nothing where no entries inform it.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> made_for(SimpleNamespace(run={"audience": "sector", "informed_by": ""}))
    []
    >>> len(made_for(SimpleNamespace(run={"audience": "area", "informed_by": "restricted"})))
    2
    """
    informed, audience = str(content.run.get("informed_by", "")), str(content.run.get("audience", ""))
    if not informed:
        return []
    words = [AUDIENCE_WORDS[audience]] if audience in AUDIENCE_WORDS else []
    return words + ([VEILED_WORDS] if informed != audience else [])
