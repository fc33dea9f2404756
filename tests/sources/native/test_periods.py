import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.errors import ConfigError
from earlywarn.sources.native.periods import read_periods

FINANCIAL, ACADEMIC, CALENDAR = "Financial Year", "Academic Year", "Calendar Year"
NOTHING = ("NaT", "NaT")


def days(text, year_type, **how):
    read = read_periods([text], year_type, **how)
    return str(read.start[0])[:10], str(read.end[0])[:10]


@pytest.mark.parametrize(
    ("text", "year_type", "start", "end"),
    [
        ("2016-17 (OT)", FINANCIAL, "2016-04-01", "2017-03-31"),
        ("2015/16", ACADEMIC, "2015-09-01", "2016-08-31"),
        ("2025 (Rev)", FINANCIAL, "2024-04-01", "2025-03-31"),
        ("2023", CALENDAR, "2023-01-01", "2023-12-31"),
        ("2023.0", CALENDAR, "2023-01-01", "2023-12-31"),
        ("202324", ACADEMIC, "2023-09-01", "2024-08-31"),
        ("1999-00", FINANCIAL, "1999-04-01", "2000-03-31"),
        ("1999/2000", FINANCIAL, "1999-04-01", "2000-03-31"),
        ("2016\N{EN DASH}17", FINANCIAL, "2016-04-01", "2017-03-31"),
        ("2024", "Annual - January", "2024-01-31", "2024-01-31"),
        ("2023/24", "Annual - January", "2024-01-31", "2024-01-31"),
        ("2024", "snapshot_31_march", "2024-03-31", "2024-03-31"),
        ("2024", "snapshot_30_september", "2024-09-30", "2024-09-30"),
        ("2024", "snapshot_29_february", "2024-02-29", "2024-02-29"),
        ("2024", "year_to_30_september", "2023-10-01", "2024-09-30"),
        ("2024", "Year ending March", "2023-04-01", "2024-03-31"),
        ("202324", "Financial year Q1-2", "2023-04-01", "2023-09-30"),
        ("202324", "Financial Year Q3-Q4", "2023-10-01", "2024-03-31"),
        ("202324", "Tax year", "2023-04-06", "2024-04-05"),
        ("202324", "Tax year Q1", "2023-04-06", "2023-07-05"),
        ("2023", "Calendar year Q4", "2023-10-01", "2023-12-31"),
        ("202324", "Academic year Q2", "2023-12-01", "2024-02-29"),
        ("202324", "Autumn term", "2023-09-01", "2023-12-31"),
        ("202324", "Spring term", "2024-01-01", "2024-03-31"),
        ("202324", "Summer term", "2024-04-01", "2024-08-31"),
        ("202324", "Six half terms", "2023-09-01", "2024-08-31"),
        ("2024", "February", "2024-02-01", "2024-02-29"),
        ("2020", "Week 1", "2019-12-30", "2020-01-05"),
        ("2020", "Week 53", "2020-12-28", "2021-01-03"),
        ("2012-14", CALENDAR, "2012-01-01", "2014-12-31"),
        ("2012/13 - 2014/15", FINANCIAL, "2012-04-01", "2015-03-31"),
        ("2009-10 to 2011-12", FINANCIAL, "2009-04-01", "2012-03-31"),
        ("2023", "Up until 31st March", "NaT", "2023-03-31"),
    ],
)
def test_published_periods_are_read_to_the_day(text, year_type, start, end):
    assert days(text, year_type) == (start, end)


@pytest.mark.parametrize(
    ("text", "year_type"),
    [
        pytest.param("202325", ACADEMIC, id="years that do not follow each other"),
        pytest.param("2012-13", CALENDAR, id="two calendar years or one financial year"),
        pytest.param("2012-14", FINANCIAL, id="two or three financial years"),
        pytest.param("2016/17", "snapshot_30_september", id="either of two Septembers"),
        pytest.param("2023", "Reporting year", id="a kind of year that is the reporter's own"),
        pytest.param("Target 2011", FINANCIAL, id="no figure"),
        pytest.param("2010 Target", FINANCIAL, id="no figure, behind the year"),
        pytest.param("2016-17 (Budget)", FINANCIAL, id="no figure, in brackets"),
        pytest.param("2021", "Week 53", id="a year of 52 weeks"),
        pytest.param("2020", "Week 54", id="no such week"),
        pytest.param("2023", "snapshot_31_april", id="no such day"),
        pytest.param("2023", "Calendar year Q3-2", id="quarters backwards"),
        pytest.param("1066", CALENDAR, id="before there were figures"),
        pytest.param("2013/14 - 2012/13", FINANCIAL, id="pooled backwards"),
        pytest.param("-", CALENDAR, id="nothing"),
        pytest.param("", CALENDAR, id="an empty cell"),
        pytest.param("23", CALENDAR, id="a year without its century"),
    ],
)
def test_what_is_not_sure_is_not_read(text, year_type):
    assert days(text, year_type) == NOTHING


def test_a_lone_year_ends_begins_or_says_nothing_of_a_year_that_runs_over_two():
    read = {how: days("2024", ACADEMIC, single=how) for how in ("ends", "begins", "unsure")}
    assert read == {
        "ends": ("2023-09-01", "2024-08-31"),
        "begins": ("2024-09-01", "2025-08-31"),
        "unsure": NOTHING,
    }
    assert days("2024", CALENDAR, single="unsure") == ("2024-01-01", "2024-12-31")


def test_markers_are_kept_in_our_words_where_their_meaning_is_known():
    texts = ["2025 (prov)", "2025p", "2025 (Rev)", "2016 (OT)", "2025 (Final)", "2025 (new Basis)", "2025"]
    marker = read_periods(texts, FINANCIAL).marker.tolist()
    assert marker == ["provisional", "provisional", "revised", "outturn", "final", "new Basis", ""]


@settings(max_examples=30)
@given(st.integers(1990, 2090), st.sampled_from([FINANCIAL, ACADEMIC, "Tax year", "year_to_30_september"]))
def test_two_years_say_the_same_as_the_year_in_which_they_end(year, year_type):
    both = [f"{year}/{(year + 1) % 100:02d}", f"{year}-{year + 1}", f"{year}{(year + 1) % 100:02d}"]
    assert {days(text, year_type) for text in both} == {days(str(year + 1), year_type)}


@settings(max_examples=30)
@given(st.integers(1990, 2090), st.integers(1, 53))
def test_weeks_are_those_of_the_iso_calendar(year, week):
    try:
        monday = dt.date.fromisocalendar(year, week, 1)
    except ValueError:
        assert days(str(year), f"Week {week}") == NOTHING
    else:
        assert days(str(year), f"Week {week}") == (str(monday), str(monday + dt.timedelta(days=6)))


def test_each_row_has_its_own_kind_of_year():
    read = read_periods(["2023", "2023", None], [CALENDAR, FINANCIAL, FINANCIAL])
    assert read.end.astype("datetime64[D]").astype(str).tolist() == ["2023-12-31", "2023-03-31", "NaT"]
    assert read.unreadable.tolist() == [False, False, True]
    assert read_periods([], CALENDAR).end.shape == (0,)


def test_bad_arguments_are_refused():
    with pytest.raises(ConfigError, match="single says which year"):
        read_periods(["2023"], CALENDAR, single="middles")
    with pytest.raises(ConfigError, match="There are 2 periods and 3 year types"):
        read_periods(["2023", "2024"], np.array([CALENDAR] * 3, dtype=object))
