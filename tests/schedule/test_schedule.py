import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earlywarn.schedule import as_date, lead_origin, quarter_start, quarter_starts, window_end

DATES = st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31)).map(pd.Timestamp)


@pytest.mark.parametrize(
    "written",
    ["2024-02-29", dt.date(2024, 2, 29), pd.Timestamp("2024-02-29"), np.datetime64("2024-02-29", "ns")],
    ids=["text", "date", "Timestamp", "datetime64"],
)
def test_a_date_is_read_however_python_writes_it(written):
    assert as_date(written) == pd.Timestamp(2024, 2, 29)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("05/11/2024", id="another day in another country"),
        pytest.param("2023-02-29", id="no leap year"),
        pytest.param("2024-2-9", id="without noughts"),
        pytest.param("2024", id="a year"),
        pytest.param("today", id="a word"),
        pytest.param("", id="nothing"),
        pytest.param(None, id="None"),
        pytest.param(pd.NaT, id="NaT"),
        pytest.param(7, id="a number"),
        pytest.param("2024-11-05 10:30", id="a time of day"),
        pytest.param(dt.datetime(2024, 11, 5, 10, 30), id="a moment"),  # noqa: DTZ001 - that is the point
        pytest.param(pd.Timestamp("2024-11-05", tz="Europe/London"), id="a time zone"),
    ],
)
def test_what_is_not_one_calendar_date_is_refused(written):
    with pytest.raises(ValueError, match="is not a date; write it as YYYY-MM-DD"):
        as_date(written)


@pytest.mark.parametrize(
    ("as_of", "horizon", "end"),
    [
        ("2024-07-01", 12, "2025-07-01"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2023-10-01", 5, "2024-03-01"),
    ],
)
def test_a_window_ends_on_the_same_day_of_a_later_month(as_of, horizon, end):
    assert window_end(pd.Timestamp(as_of), horizon) == pd.Timestamp(end)
    assert window_end(pd.Series([pd.Timestamp(as_of)]), horizon).tolist() == [pd.Timestamp(end)]


@given(DATES)
def test_a_quarter_starts_no_later_than_its_days_and_no_more_than_92_before(day):
    (start,) = quarter_start(pd.DatetimeIndex([day]))
    assert start.day == 1
    assert start.month in {1, 4, 7, 10}
    assert 0 <= (day - start).days < 92


@given(DATES, st.integers(0, 2_000))
def test_quarter_starts_are_all_there_are_in_between(first, days):
    last = first + pd.Timedelta(days=days)
    every_day = pd.date_range(first, last)
    wanted = every_day[(every_day.day == 1) & every_day.month.isin([1, 4, 7, 10])]
    assert quarter_starts(first, last).tolist() == wanted.tolist()


@given(st.lists(DATES, max_size=4), st.integers(0, 24), st.integers(0, 120))
def test_a_lead_origin_is_the_last_quarter_start_at_least_so_long_before(starts, months, days):
    origins = lead_origin(starts, months=months, days=days)
    for start, origin in zip(starts, origins, strict=True):
        latest = start - pd.DateOffset(months=months) - pd.Timedelta(days=days)
        assert origin <= latest < origin + pd.DateOffset(months=3)
        assert origin.month in {1, 4, 7, 10}


@pytest.mark.parametrize(
    ("start", "origin"),
    [("2024-06-29", "2024-01-01"), ("2024-06-30", "2024-04-01"), ("2023-06-30", "2023-04-01")],
    ids=["89 days into it", "90 days after 1 April", "the same without a leap day"],
)
def test_ninety_days_are_counted_to_the_day(start, origin):
    # 1 April + 90 days = 30 June
    assert lead_origin([start], days=90).tolist() == [pd.Timestamp(origin)]
