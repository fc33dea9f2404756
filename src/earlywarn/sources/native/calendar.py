"""From which day a published figure could be read: a calendar of publications that the user can correct."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import ConfigError, DataError, Fault

__all__ = ["Calendar", "Publication", "read_calendar"]

PACKAGED = "publications.toml"
MARKED = ("", "provisional", "revised")
KEYS = {"name", "measures", "addresses"} | {
    f"{marker}_{key}".removeprefix("_") for marker in MARKED for key in ("known_on", "years_later")
}
Rule = tuple[int, int, int]  # month, day, years later


@dataclass(frozen=True)
class Publication:
    """One entry of a calendar: what belongs to it, and the rule for each marker."""

    name: str
    rules: Mapping[str, Rule]
    measures: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    def dated(self, end: date, marker: str) -> date:
        """Return the day by rule for a period."""
        month, day, later = self.rules.get(marker, self.rules[""])
        return date(end.year + later, month, day)


@dataclass(frozen=True)
class Calendar:
    """The rules and the exact days by which figures became public.

    Attributes
    ----------
    publications : sequence of Publication
        The first that fits a measure is taken.
    releases : mapping of (publication, period end, marker) to date
        Exact days, which come before any rule.
    default_months : int
        After the end of the period, for a measure that none of the publications fits.
    """

    publications: Sequence[Publication]
    releases: Mapping[tuple[str, date, str], date]
    default_months: int

    def find(self, indicator: str, *, code: str = "", source: str = "", address: str = "") -> int:
        """Return the place of the publication that a measure belongs to; -1 where none fits.

        Parameters
        ----------
        indicator, code : str
            Its name here, and the publisher's short name.
        source, address : str
            The name and the web address of its publication, as far as they are known.
        """
        named = (indicator.casefold(), code.casefold())
        listed = enumerate(self.publications)
        by_measure = [
            place
            for place, entry in listed
            if any(fnmatchcase(name, pattern) for pattern in entry.measures for name in named if name)
        ]
        if by_measure:
            return by_measure[0]
        for place, entry in enumerate(self.publications):
            plain = not entry.measures or bool(entry.addresses)
            if (source and source == entry.name and plain) or any(
                part in address for part in entry.addresses
            ):
                return place
        return -1

    def known_on(
        self,
        publication: npt.NDArray[np.int64],
        end: npt.NDArray[np.datetime64],
        marker: npt.NDArray[np.object_],
    ) -> npt.NDArray[np.datetime64]:
        """Return the first day on which each figure could be read.

        Parameters
        ----------
        publication : ndarray of int, shape (rows,)
            As from ``find``.
        end : ndarray of datetime64, shape (rows,)
            Last day of the period; NaT gives NaT.
        marker : ndarray of str, shape (rows,)
            ``provisional`` and ``revised`` have rules of their own where the calendar gives them.

        Raises
        ------
        ConfigError
            If a rule makes figures public before their period ends.
        """
        which, marks = pd.factorize(marker)
        days, ends = pd.factorize(end.astype("datetime64[D]"))
        size = max(len(marks), 1)
        key, keys = pd.factorize(((publication + 1) * (len(ends) + 1) + days + 1) * size + which)
        known = np.full(len(keys), np.datetime64("NaT"), dtype="datetime64[ns]")
        for place, code in enumerate(keys.tolist()):
            rest, mark = divmod(code, size)
            entry, day = divmod(rest, len(ends) + 1)
            if day:
                known[place] = np.datetime64(
                    self._known(entry - 1, pd.Timestamp(ends[day - 1]), marks[mark]), "ns"
                )
        return known[key]

    def _known(self, place: int, end: pd.Timestamp, marker: str) -> date:
        if place < 0:
            return (end + pd.DateOffset(months=self.default_months)).date()
        entry = self.publications[place]
        exact = self.releases.get((entry.name, end.date(), marker)) or self.releases.get(
            (entry.name, end.date(), "")
        )
        known = exact or entry.dated(end.date(), marker)
        if known < end.date():
            message = (
                f"The calendar has the figures of {entry.name!r} to {end:%Y-%m-%d} public on {known}, before "
                "their period ends. Give the rule more years_later, or correct the release."
            )
            raise ConfigError(message)
        return known


def read_calendar(path: str | Path | None = None) -> Calendar:
    """Read the packaged calendar of publications, and before it the user's own.

    Parameters
    ----------
    path : path, optional
        A TOML file in the layout of the packaged ``publications.toml``, which explains it.

    Raises
    ------
    DataError
        If the file is not there, or an entry says what no calendar says; all faults in one.

    Examples
    --------
    >>> calendar = read_calendar()
    >>> census = calendar.find("cin_rate", source="DfE Children in need census")
    >>> end, marker = np.array(["2025-03-31"], "datetime64[ns]"), np.array([""], dtype=object)
    >>> calendar.known_on(np.array([census]), end, marker)
    array(['2025-11-30T00:00:00.000000000'], dtype='datetime64[ns]')
    """
    if path is None:
        return _packaged()
    own, ours = _read(Path(path)), _packaged()
    return Calendar(
        (*own.publications, *ours.publications), {**ours.releases, **own.releases},
        own.default_months or ours.default_months,
    )  # fmt: skip


@cache
def _packaged() -> Calendar:
    return _read(Path(str(files("earlywarn.sources.native") / PACKAGED)))


def _read(path: Path) -> Calendar:
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        fault = Fault(path.name, None, None, None, f"cannot be read ({wrong})", "name a calendar in TOML")
        raise DataError([fault], where=path.name) from None
    faults = [
        _fault(path, key, "is no part of a calendar", "write [[publication]], [[release]] or [default]")
        for key in sorted(said.keys() - {"publication", "release", "default"})
    ]
    publications, releases = [], {}
    for number, entry in enumerate(said.get("publication", []), start=1):
        try:
            publications.append(_publication(entry))
        except (KeyError, TypeError, ValueError) as wrong:
            remedy = 'give it a name, known_on = "MM-DD" and years_later'
            faults.append(_fault(path, f"publication {number}", f"is not complete ({wrong})", remedy))
    for number, entry in enumerate(said.get("release", []), start=1):
        try:
            key = (str(entry["publication"]), _day(entry["period_end"]), str(entry.get("marker", "")))
            releases[key] = _day(entry["known_on"])
        except (KeyError, TypeError, ValueError) as wrong:
            remedy = "give it a publication, period_end and known_on, the dates as YYYY-MM-DD"
            faults.append(_fault(path, f"release {number}", f"is not complete ({wrong})", remedy))
    months = said.get("default", {}).get("months", 0)
    if not isinstance(months, int) or months < 0:
        faults.append(_fault(path, "default", f"has {months!r} months", "give a whole number, 0 or more"))
    if faults:
        raise DataError(faults, where=path.name)
    return Calendar(tuple(publications), releases, months)


def _fault(path: Path, place: str, problem: str, remedy: str) -> Fault:
    return Fault(path.name, None, place, None, problem, remedy)


def _publication(entry: Mapping[str, Any]) -> Publication:
    if unknown := sorted(entry.keys() - KEYS):
        message = f"{unknown[0]!r} is no part of it"
        raise ValueError(message)
    rules = {}
    for marker in MARKED:
        known, later = (f"{marker}_{key}".removeprefix("_") for key in ("known_on", "years_later"))
        if not marker or known in entry:
            month, day = (int(part) for part in str(entry[known]).split("-"))
            date(2001, month, day)  # a year without a leap day, so that the rule holds in every year
            rules[marker] = (month, day, int(entry.get(later, 0)))
    measures = tuple(str(pattern).casefold() for pattern in entry.get("measures", []))
    return Publication(str(entry["name"]), rules, measures, tuple(map(str, entry.get("addresses", []))))


def _day(said: object) -> date:
    return said if isinstance(said, date) else date.fromisoformat(str(said))
