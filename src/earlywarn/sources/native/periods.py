"""Which days a published period covers: `2016-17 (OT)`, `2015/16`, `2025 (prov)`, `202324`, `Week 12`."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import ConfigError

__all__ = ["MARKERS", "Periods", "read_periods", "year_type_known"]

MARKERS = {  # what follows a year, if its meaning is known; other words in brackets are kept as they are
    "prov": "provisional",
    "provisional": "provisional",
    "p": "provisional",
    "rev": "revised",
    "revised": "revised",
    "r": "revised",
    "final": "final",
    "ot": "outturn",  # what was spent, as against a budget
    "outturn": "outturn",
}
NO_FIGURES = ("target", "budget", "trend", "change", "rank", "quartile", "distance", "forecast", "plan")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
MONTH = "|".join((*MONTHS, *(name[:3] for name in MONTHS)))
DASH = "\N{EN DASH}"
PERIOD = re.compile(r"(?P<years>\d[\d/ -]*(?: to [\d/ -]+)?)(?:\((?P<note>[^()]*)\)|(?P<word>[a-z]+))?")
ONE = re.compile(r"(\d{4})")
TWO = re.compile(r"(\d{4}) ?[/-]? ?(\d{2}|\d{4})")
POOLED = re.compile(r"(\d{4})[/-]?(\d{2}|\d{4}) ?(?:-|to) ?(\d{4})[/-]?(\d{2}|\d{4})")
JANUARY, APRIL, SEPTEMBER = 1, 4, 9
MONTHS_A_YEAR = 12
WEEK = 7
SIXTH = 6  # of April, on which a tax year begins
MOST_POOLED = 10  # years; a longer span is a slip of the pen
SINGLE = ("ends", "begins", "unsure")
EARLIEST, LATEST = 1900, 2200


class Frame(NamedTuple):
    """The part of a year that a period covers, whichever year that is."""

    first: int  # the month in which its kind of year begins
    skip: int = 0  # months of that year before the period begins
    months: int = MONTHS_A_YEAR  # how many it covers; 0 for a single day at the end of the skipped months
    day: int = 0  # of the month, where a year or a count does not keep to whole months
    week: int = 0  # of the ISO year, in place of all that
    begins: bool = True  # whether its first day is known


YEARS = {"calendar": JANUARY, "financial": APRIL, "tax": APRIL, "academic": SEPTEMBER}
NAMED = {
    "autumn term": Frame(SEPTEMBER, 0, 4),
    "spring term": Frame(SEPTEMBER, 4, 3),
    "summer term": Frame(SEPTEMBER, 7, 5),
    "autumn and spring term": Frame(SEPTEMBER, 0, 7),
    "five half terms": Frame(SEPTEMBER, 0, 9),
    "six half terms": Frame(SEPTEMBER),
    "up until 31st march": Frame(JANUARY, 3, 0, begins=False),
}


class Periods(NamedTuple):
    """The days that some periods cover.

    Attributes
    ----------
    start, end : ndarray of datetime64[ns], shape (rows,)
        First and last day, the same for a count on one day. NaT where the period cannot be read; ``start``
        also where only the end is told.
    marker : ndarray of str, shape (rows,)
        A value of ``MARKERS``, or what stands in brackets as it is; empty where nothing follows the year.
    """

    start: npt.NDArray[np.datetime64]
    end: npt.NDArray[np.datetime64]
    marker: npt.NDArray[np.object_]

    @property
    def unreadable(self) -> npt.NDArray[np.bool_]:
        """Which rows have a period that says nothing sure, shape (rows,)."""
        return np.isnat(self.end)


def year_type_known(year_type: str) -> bool:
    """Tell whether a type of year says which days it covers.

    Examples
    --------
    >>> [year_type_known(name) for name in ("Academic Year", "snapshot_30_september", "Reporting year")]
    [True, True, False]
    """
    return _frame(year_type) is not None


def read_periods(
    periods: Sequence[str] | npt.NDArray[np.object_],
    year_type: str | Sequence[str] | npt.NDArray[np.object_],
    *,
    single: str = "ends",
) -> Periods:
    """Read the periods of published rows.

    Parameters
    ----------
    periods : sequence of str, shape (rows,)
        A year (`2025`), two years that follow each other (`2015/16`, `2016-17`, `202324`) or several years
        pooled (`2012-14` of calendar years, `2012/13 - 2014/15`), with or without a marker behind (`(prov)`).
    year_type : str or sequence of str, shape (rows,)
        What kind of year, in the words of a data dictionary (`Financial Year`, `Annual - January`), of
        explore-education-statistics (`Academic year`, `Financial year Q1-2`, `Autumn term`, `January`,
        `Week 12`) or of our own tables (`year_to_30_september`, `snapshot_31_march`). Terms are taken as
        September to December, January to March and April to August.
    single : {"ends", "begins", "unsure"}
        Which year a lone `2025` names where a year of this kind runs over two: the one in which it ends, as
        in the Local Authority Interactive Tool, the one in which it begins, or neither for sure, as in
        explore-education-statistics, whose standard wants six digits there.

    Returns
    -------
    Periods
        What cannot be read for sure is NaT and never guessed: years that do not follow each other, two years
        for a kind of year that has one, a kind of year that we do not know, and the words for what is no
        figure (a target, a budget, a change, a rank).

    Raises
    ------
    ConfigError
        If ``single`` is another word, or the year types are neither one nor as many as the periods.

    Examples
    --------
    >>> read = read_periods(["2016-17 (OT)", "2025 (prov)", "Target 2011"], "Financial Year")
    >>> read.start.astype("datetime64[D]").astype(str).tolist()
    ['2016-04-01', '2024-04-01', 'NaT']
    >>> read.end.astype("datetime64[D]").astype(str).tolist()
    ['2017-03-31', '2025-03-31', 'NaT']
    >>> read.marker.tolist()
    ['outturn', 'provisional', '']
    >>> read_periods(["202324"], "Autumn term").end.astype("datetime64[D]").astype(str).tolist()
    ['2023-12-31']
    """
    if single not in SINGLE:
        message = (
            f"single says which year a lone one names and is one of {', '.join(SINGLE)}, not {single!r}."
        )
        raise ConfigError(message)
    texts = np.asarray(periods, dtype=object)
    kinds = np.asarray(year_type, dtype=object)
    if kinds.ndim and kinds.shape != texts.shape:
        message = (
            f"There are {len(texts):,} periods and {len(kinds):,} year types; give one for all, or one each."
        )
        raise ConfigError(message)
    text, texts_found = pd.factorize(texts, use_na_sentinel=False)
    kind, kinds_found = pd.factorize(np.broadcast_to(kinds, texts.shape), use_na_sentinel=False)
    which, pairs = pd.factorize(text * len(kinds_found) + kind)
    read = [
        _read(str(texts_found[pair // len(kinds_found)]), str(kinds_found[pair % len(kinds_found)]), single)
        for pair in pairs
    ]
    columns = [np.array([row[place] for row in read], dtype=object) for place in range(3)]
    start, end = (column.astype("datetime64[ns]")[which] for column in columns[:2])
    return Periods(start, end, columns[2][which])


NOTHING = (np.datetime64("NaT"), np.datetime64("NaT"), "")


def _read(text: str, year_type: str, single: str) -> tuple[np.datetime64, np.datetime64, str]:
    """Return the first day, the last day and the marker of one period."""
    frame = _frame(year_type)
    plain = re.sub(r"(?<=\d)\.0+$", "", text.strip().casefold().replace(DASH, "-"))
    found = PERIOD.fullmatch(plain)
    if frame is None or found is None:
        return NOTHING
    note = (found["note"] or found["word"] or "").strip()
    if any(word in note for word in NO_FIGURES) or (found["word"] and note not in MARKERS):
        return NOTHING
    years = _years(found["years"], frame, single)
    if years is None:
        return NOTHING
    (first, _), (_, last) = _days(frame, years[0]), _days(frame, years[1])
    written = re.search(r"\(([^()]*)\)", text)
    return first, last, MARKERS.get(note, written[1].strip() if written else "")


def _frame(year_type: str) -> Frame | None:
    """Return the part of a year that a type of year covers; None where that is not known."""
    words = re.sub(r"[_\s-]+", " ", year_type.strip().casefold().replace(DASH, "-"))
    if words in MONTHS:
        return Frame(JANUARY, MONTHS.index(words), 1)
    if week := re.fullmatch(r"week (\d{1,2})", words):
        return Frame(JANUARY, week=int(week[1]))
    if year := re.fullmatch(r"(calendar|financial|tax|academic) year(?: q([1-4])(?: ?q?([2-4]))?)?", words):
        day = SIXTH if year[1] == "tax" else 0
        first, last = int(year[2] or 1), int(year[3] or year[2] or 4)
        return Frame(YEARS[year[1]], 3 * first - 3, 3 * (last - first + 1), day) if first <= last else None
    if count := re.fullmatch(rf"(?:snapshot|annual|at)(?: (\d{{1,2}}))? ({MONTH})", words):
        return Frame(JANUARY, _month(count[2]), 0, int(count[1] or 0))
    if until := re.fullmatch(rf"year (?:to|ending)(?: (?:28|29|30|31))? ({MONTH})", words):
        return Frame(_month(until[1]) % MONTHS_A_YEAR + 1)
    return NAMED.get(words)


def _month(name: str) -> int:
    """Return the number of a month, 1 for January."""
    return next(place for place, month in enumerate(MONTHS, start=1) if month.startswith(name[:3]))


def _years(text: str, frame: Frame, single: str) -> tuple[int, int] | None:
    """Return the years in which the first and the last of the frames that a text covers begin."""
    over_two = frame.first != JANUARY
    text = text.strip()
    if one := ONE.fullmatch(text):
        year = int(one[1])
        begins = year - 1 if over_two and single == "ends" else year
        return None if over_two and single == "unsure" else _sure(begins, begins)
    if (two := TWO.fullmatch(text)) and (last := _later(two[1], two[2])):
        first = int(two[1])
        if over_two:
            return _sure(first, first) if last == first + 1 else None
        if frame.months == 0 and last == first + 1 and frame.skip < APRIL:
            return _sure(last, last)  # the one January, February or March of any year that runs over two
        # two calendar years might be one financial year, so only a longer span is sure
        return _sure(first, last) if frame.months == MONTHS_A_YEAR and last > first + 1 else None
    if (pooled := POOLED.fullmatch(text)) and over_two and frame.months == MONTHS_A_YEAR:
        first, last = int(pooled[1]), int(pooled[3])
        follow = _later(pooled[1], pooled[2]) == first + 1 and _later(pooled[3], pooled[4]) == last + 1
        return _sure(first, last) if follow and last > first else None
    return None


def _later(first: str, second: str) -> int | None:
    """Return the second of two years, of which the century may be left out; None where it is not later."""
    year = int(second) if len(second) == len(first) else int(first[:2] + second)
    if year <= int(first) and len(second) < len(first):
        year += 100
    return year if int(first) < year <= int(first) + MOST_POOLED else None


def _sure(first: int, last: int) -> tuple[int, int] | None:
    return (first, last) if first >= EARLIEST and last <= LATEST else None


def _days(frame: Frame, year: int) -> tuple[np.datetime64, np.datetime64]:
    """Return the first and the last day of a frame in the year that begins in ``year``."""
    none, a_day = np.datetime64("NaT"), np.timedelta64(1, "D")
    if frame.week:
        first_week = np.datetime64(f"{year}-01-04")  # always in the first ISO week
        weekday = (first_week.astype("datetime64[D]").astype(int) + 3) % WEEK
        monday = first_week - weekday + WEEK * (frame.week - 1)
        whole = (monday + 3).astype("datetime64[Y]") == np.datetime64(str(year))
        return (monday, monday + WEEK - 1) if whole else (none, none)
    month = np.datetime64(f"{year}-01") + (frame.first - 1 + frame.skip)
    if frame.months == 0:
        last = month.astype("datetime64[D]") - a_day
        if frame.day:
            last = (month - 1).astype("datetime64[D]") + frame.day - 1
            last = last if last.astype("datetime64[M]") == month - 1 else none
        return last if frame.begins else none, last
    shift = max(frame.day - 1, 0)
    first = month.astype("datetime64[D]") + shift
    return first, (month + frame.months).astype("datetime64[D]") - a_day + shift
