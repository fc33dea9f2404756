"""All date arithmetic: as-of dates, horizons and half-open windows.

An as-of date is the midnight at the *start* of that day, so a record counts if it was known on an
earlier day. A window ``[start, end)`` holds its first day and not its last. One example runs through
this file: an inspection that starts on 2024-11-05.
"""

import datetime as dt
import re
from collections.abc import Iterable
from typing import TypeVar

import numpy as np
import pandas as pd

__all__ = [
    "DAYS_PER_YEAR",
    "as_date",
    "date_words",
    "lead_origin",
    "quarter_start",
    "quarter_starts",
    "quarter_words",
    "read_quarter",
    "window_end",
]

DAYS_PER_YEAR = 365.25
QUARTERS = ("Jan-Mar", "Apr-Jun", "Jul-Sep", "Oct-Dec")

Dates = TypeVar("Dates", pd.Timestamp, "pd.Series[pd.Timestamp]")


def as_date(value: object) -> pd.Timestamp:
    """Read one calendar date.

    Parameters
    ----------
    value : date, Timestamp, datetime64 or str
        Text must be written as YYYY-MM-DD: 05/11/2024 is another day in another country.

    Raises
    ------
    ValueError
        If the value is not a date, or carries a time of day or a time zone.

    Examples
    --------
    >>> as_date("2024-11-05")
    Timestamp('2024-11-05 00:00:00')
    >>> as_date("5 o'clock")
    Traceback (most recent call last):
    ...
    ValueError: "5 o'clock" is not a date; write it as YYYY-MM-DD.
    """
    try:
        written = value if isinstance(value, dt.date | np.datetime64) else dt.date.fromisoformat(str(value))
        date = pd.Timestamp(written)
    except ValueError:
        date = None
    if date is None or pd.isna(date) or date.tz is not None or date != date.normalize():
        message = f"{str(value)!r} is not a date; write it as YYYY-MM-DD."
        raise ValueError(message)
    return date


def window_end(as_of: Dates, horizon: int) -> Dates:
    """Return the first day after the outcome window ``[as_of, as_of + horizon)``.

    Parameters
    ----------
    as_of : Timestamp or Series of them
        First day of the window.
    horizon : int
        Length in calendar months.

    Examples
    --------
    >>> window_end(pd.Timestamp("2024-07-01"), 12)
    Timestamp('2025-07-01 00:00:00')
    """
    return as_of + pd.DateOffset(months=horizon)


def quarter_start(dates: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return the last quarter start on or before each date (1 January, April, July, October).

    Examples
    --------
    >>> quarter_start(pd.DatetimeIndex(["2024-08-07", "2024-07-01"])).strftime("%Y-%m-%d").tolist()
    ['2024-07-01', '2024-07-01']
    """
    months = dates.to_numpy().astype("datetime64[M]")
    since_1970 = months.astype(np.int64)
    return pd.DatetimeIndex((since_1970 - since_1970 % 3).astype("datetime64[M]").astype("datetime64[ns]"))


def quarter_starts(first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """Return every quarter start in ``[first, last]``.

    Examples
    --------
    >>> quarter_starts(pd.Timestamp("2024-02-01"), pd.Timestamp("2024-07-01")).strftime("%m-%d").tolist()
    ['04-01', '07-01']
    """
    return pd.date_range(first, last, freq="QS-JAN", unit="ns")


def lead_origin(starts: Iterable[object], *, months: int = 0, days: int = 0) -> pd.DatetimeIndex:
    """Return the last quarter start at least so long before each event.

    Parameters
    ----------
    starts : dates
        When the inspections start.
    months, days : int
        Least lead; the two add up.

    Examples
    --------
    2024-11-05 less 90 days is 2024-08-07, whose quarter started on 1 July:

    >>> lead_origin(["2024-11-05"], days=90).strftime("%Y-%m-%d").tolist()
    ['2024-07-01']
    >>> lead_origin(["2024-11-05"], months=12).strftime("%Y-%m-%d").tolist()
    ['2023-10-01']
    """
    dates = pd.DatetimeIndex(list(starts)).as_unit("ns") - pd.DateOffset(months=months)
    return quarter_start(dates - pd.Timedelta(days=days))


def date_words(date: object) -> str:
    """Return a date as "1 April 2025", empty where there is none.

    Examples
    --------
    >>> date_words("2025-04-01")
    '1 April 2025'
    """
    day = date if isinstance(date, pd.Timestamp) else pd.to_datetime(str(date), errors="coerce")
    return "" if day is pd.NaT else f"{day.day} {day:%B %Y}"


def quarter_words(start: object) -> str:
    """Return a quarter as "Apr-Jun 2025", empty where there is none.

    The months are named because a second quarter is another one in a financial year.

    Examples
    --------
    >>> quarter_words("2025-04-01")
    'Apr-Jun 2025'
    """
    day = start if isinstance(start, pd.Timestamp) else pd.to_datetime(str(start), errors="coerce")
    return "" if day is pd.NaT else f"{QUARTERS[(int(day.month) - 1) // 3]} {day.year}"


def read_quarter(text: str) -> pd.Timestamp:
    """Return the first day of a quarter: "Apr-Jun 2025", a month or a day in it.

    Raises
    ------
    ValueError
        If the text names no quarter.

    Examples
    --------
    >>> read_quarter("Apr-Jun 2025") == read_quarter("2025-05") == read_quarter("2025-06-30")
    True
    >>> read_quarter("Q2 2025")
    Traceback (most recent call last):
    ...
    ValueError: 'Q2 2025' is no quarter; write it as Apr-Jun 2025, or as a date in it.
    """
    written = text.strip()
    named = re.fullmatch(r"(\w{3})\s*(?:-|\u2013|to)\s*(\w{3})\s+(\d{4})", written)
    months = f"{named[1]}-{named[2]}".title() if named else ""
    if named and months in QUARTERS:
        return pd.Timestamp(int(named[3]), 3 * QUARTERS.index(months) + 1, 1)
    try:
        day = as_date(f"{written}-01" if re.fullmatch(r"\d{4}-\d{2}", written) else written)
    except ValueError:
        message = f"{text!r} is no quarter; write it as Apr-Jun 2025, or as a date in it."
        raise ValueError(message) from None
    return quarter_start(pd.DatetimeIndex([day]))[0]
