import datetime as dt
from dataclasses import replace

import icalendar
import pandas as pd
import pytest

from earlywarn.reports.programme.calendar_file import calendar_file, write_calendar


@pytest.fixture(scope="module")
def events(example_plan):
    return icalendar.Calendar.from_ical(calendar_file(example_plan)).walk("VEVENT")


def test_each_planned_review_is_a_whole_week_from_monday_to_friday(events, example_plan):
    planned = example_plan.planned
    assert len(events) == len(planned)
    for event, row in zip(events, planned.itertuples(), strict=True):
        start, end = event.decoded("dtstart"), event.decoded("dtend")
        assert (type(start), start) == (dt.date, row.week.date())
        assert start.weekday() == 0
        assert end - start == dt.timedelta(days=5)  # the end is the day after the last
        assert str(event["summary"]) == f"Peer review: {row.name} ({row.kind})"


def test_an_event_says_nothing_but_the_area_and_the_kind(events):
    said = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CATEGORIES", "TRANSP"}
    assert all(set(event) == said for event in events)


def test_no_risk_reason_or_reviewer_is_in_the_file(example_plan, secret):
    text = calendar_file(example_plan).decode()
    for word in (secret, "Reviewer", "risk", "%", "Agency"):
        assert word not in text


def test_a_name_is_data_and_cannot_end_its_line(example_plan):
    nasty = "Ash, Oak; Elm\\\r\nATTENDEE:mailto:a@b.example\nEND:VEVENT" + "é" * 80
    plan = replace(example_plan, areas=example_plan.areas.assign(name=nasty))
    text = calendar_file(plan)
    read = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert len(read) == len(plan.planned)
    assert {str(event["summary"]).replace("\r", "") for event in read} == {
        f"Peer review: {nasty} ({kind})".replace("\r", "") for kind in plan.planned["kind"]
    }
    assert "\r\nATTENDEE" not in text.decode()
    assert max(len(line) for line in text.split(b"\r\n")) <= 75


def test_the_same_plan_gives_the_same_bytes_made_on_its_as_of_date(events, example_plan):
    assert calendar_file(example_plan) == calendar_file(replace(example_plan))
    assert {event.decoded("dtstamp") for event in events} == {dt.datetime(2025, 4, 1, tzinfo=dt.UTC)}


def uids(plan):
    return {str(event["uid"]) for event in icalendar.Calendar.from_ical(calendar_file(plan)).walk("VEVENT")}


def test_a_review_keeps_its_identity_within_its_quarter_and_no_two_share_one(example_plan):
    areas = example_plan.areas
    assert len(uids(example_plan)) == len(example_plan.planned)
    later = areas["week"] + pd.Timedelta(days=7)
    assert uids(replace(example_plan, areas=areas.assign(week=later))) == uids(example_plan)
    moved = areas["quarter"] + pd.DateOffset(months=3)
    assert not uids(replace(example_plan, areas=areas.assign(quarter=moved))) & uids(example_plan)
    about = {**example_plan.about, "name": "another"}
    assert not uids(replace(example_plan, about=about)) & uids(example_plan)


def test_a_review_without_a_week_is_left_out_and_an_empty_calendar_is_one(example_plan, tmp_path):
    plan = replace(example_plan, areas=example_plan.areas.assign(week=pd.NaT))
    write_calendar(plan, tmp_path / "programme.ics")
    read = icalendar.Calendar.from_ical((tmp_path / "programme.ics").read_bytes())
    assert read.walk("VEVENT") == []
    assert str(read["x-wr-calname"]) == "Peer reviews: Made-up"
