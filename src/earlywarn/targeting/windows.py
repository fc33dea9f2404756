"""In which weeks and quarters a review may be held, and why not in the others."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from earlywarn.schedule import date_words, quarter_words
from earlywarn.targeting.inspections import Inspections
from earlywarn.targeting.rules import Rules

__all__ = ["MOST_WEEKS", "Windows", "mondays", "review_windows"]

Days = NDArray[np.datetime64]
Flags = NDArray[np.bool_]

LAST_WORKDAY = np.timedelta64(4, "D")  # Friday, counted from Monday
WEEK = 7
MOST_WEEKS = 14  # Mondays that a quarter can have


@dataclass(frozen=True)
class Windows:
    """When n areas may be visited in Q quarters.

    Parameters
    ----------
    weeks : ndarray of bool, shape (n, Q, 14)
        Mondays that are allowed.
    allowed : ndarray of bool, shape (n, Q)
        Whether any of the quarter's weeks is.
    blocked : ndarray of object, shape (n, Q)
        Why none is, with the quarter; empty where one is.
    """

    weeks: Flags
    allowed: Flags
    blocked: NDArray[np.object_]


def mondays(quarters: pd.DatetimeIndex) -> tuple[Days, Flags]:
    """Return the Mondays of each quarter, and which of the 14 there are.

    Parameters
    ----------
    quarters : DatetimeIndex of shape (Q,)
        First days.

    Returns
    -------
    days : ndarray of datetime64[D], shape (Q, 14)
        The w-th Monday on or after the first day.
    inside : ndarray of bool, shape (Q, 14)
        Whether it is still in the quarter.

    Examples
    --------
    >>> days, inside = mondays(pd.DatetimeIndex(["2025-04-01"]))
    >>> str(days[0, 0]), str(days[0, 12]), inside[0].sum()
    ('2025-04-07', '2025-06-30', np.int64(13))
    """
    first = quarters.to_numpy().astype("datetime64[D]")
    to_monday = (WEEK - quarters.weekday.to_numpy()) % WEEK
    days = (first + to_monday)[:, None] + WEEK * np.arange(MOST_WEEKS)
    after = (quarters + pd.DateOffset(months=3)).to_numpy().astype("datetime64[D]")
    return days, days < after[:, None]


def review_windows(
    inspections: Inspections,
    *,
    last_held: pd.Series,
    quarters: pd.DatetimeIndex,
    as_of: pd.Timestamp,
    rules: Rules,
) -> Windows:
    """Say when each area may be visited.

    Parameters
    ----------
    inspections : Inspections
        Of n areas.
    last_held : Series of Timestamp, shape (n,)
        Day of the last review; NaT where none is on record.
    quarters : DatetimeIndex of shape (Q,)
        Of the programme.
    as_of : Timestamp
        No review is held before it.
    rules : Rules
        The cool-off after a review and an inspection, the weeks that are kept clear of a likely inspection,
        and the days of the year that are closed.

    Examples
    --------
    >>> days = pd.Series(pd.to_datetime(["2024-10-25"]))
    >>> inspected = Inspections(days, pd.Series(pd.to_datetime([None])), pd.Series([""]))
    >>> quarters = pd.DatetimeIndex(["2025-01-01", "2025-04-01"])
    >>> windows = review_windows(inspected, last_held=pd.Series(pd.to_datetime([None])), quarters=quarters,
    ...                          as_of=quarters[0], rules=Rules())
    >>> windows.allowed.tolist(), windows.weeks[0, 1].sum()
    ([[False, True]], np.int64(10))
    >>> windows.blocked[0, 0]
    'Jan-Mar 2025: an inspection began on 25 October 2024, and an area is left 6 months after it, until
    25 April 2025'
    """
    days, inside = mondays(quarters)
    opened = inside & (days >= np.datetime64(as_of, "D")) & ~_closed(days, rules.programme.closed)
    after_review = _days(last_held + pd.DateOffset(months=rules.cool_off.after_review_months))
    after_inspection = _days(inspections.last + pd.DateOffset(months=rules.cool_off.after_inspection_months))
    clear_from = _days(inspections.expected - pd.Timedelta(weeks=rules.inspection.weeks_before))
    clear_until = _days(inspections.expected + pd.Timedelta(weeks=rules.inspection.weeks_after))
    # comparisons with NaT are False, so what is not known closes nothing; areas stand in the first place
    rested: Flags = days < after_review[:, None, None]
    settled: Flags = days < after_inspection[:, None, None]
    near: Flags = (days + LAST_WORKDAY >= clear_from[:, None, None]) & (days <= clear_until[:, None, None])
    weeks: Flags = opened & ~rested & ~settled & ~near
    allowed: Flags = np.any(weeks, axis=2)
    blocked = np.full(allowed.shape, "", dtype=object)
    resting, settling, nearing = (np.any(closing & inside, axis=2) for closing in (rested, settled, near))
    shut: Flags = ~np.any(opened, axis=1)
    for area, quarter in np.argwhere(~allowed).tolist():
        reasons = ["the programme is closed then"] if shut[quarter] else []
        if resting[area, quarter]:
            reasons.append(_rest_words(last_held.iloc[area], after_review[area], rules))
        if settling[area, quarter]:
            reasons.append(_settling_words(inspections.last.iloc[area], after_inspection[area], rules))
        if nearing[area, quarter]:
            reasons.append(_near_words(inspections.expected.iloc[area], rules))
        blocked[area, quarter] = f"{quarter_words(quarters[quarter])}: {', and '.join(reasons)}"
    return Windows(weeks, allowed, blocked)


def _days(dates: "pd.Series[pd.Timestamp]") -> Days:
    return dates.to_numpy().astype("datetime64[D]")


def _closed(days: Days, spans: tuple[str, ...]) -> Flags:
    """Say which weeks, Monday to Friday, touch days that are closed each year, such as 12-20/01-02."""
    closed = np.zeros(days.shape, dtype=bool)
    years = np.arange(days.min().astype(object).year - 1, days.max().astype(object).year + 2)
    for span in spans:
        first, last = span.split("/")
        for year in years.tolist():
            ends = year + (last < first)
            begin, end = _day(year, first), _day(ends, last)
            closed |= (days + LAST_WORKDAY >= begin) & (days <= end)
    return closed


def _day(year: int, month_day: str) -> np.datetime64:
    """Return a day of a year; 29 February is the 28th where there is none."""
    try:
        return np.datetime64(f"{year}-{month_day}", "D")
    except ValueError:
        return np.datetime64(f"{year}-02-28", "D")


def _rest_words(held: pd.Timestamp, until: np.datetime64, rules: Rules) -> str:
    months = rules.cool_off.after_review_months
    return (
        f"the last review was held on {date_words(held)}, and an area is left {months} months to act on it, "
        f"until {date_words(str(until))}"
    )


def _settling_words(began: pd.Timestamp, until: np.datetime64, rules: Rules) -> str:
    months = rules.cool_off.after_inspection_months
    return (
        f"an inspection began on {date_words(began)}, and an area is left {months} months after it, until "
        f"{date_words(str(until))}"
    )


def _near_words(expected: pd.Timestamp, rules: Rules) -> str:
    before, after = rules.inspection.weeks_before, rules.inspection.weeks_after
    return (
        f"an inspection is likely about {date_words(expected)}, and reviews keep {before} weeks before and "
        f"{after} after it clear"
    )
