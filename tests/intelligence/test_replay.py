"""What was known at a date is a cut of the log, and stays what it was."""

from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.intelligence.entries import CANONICAL
from earlywarn.intelligence.log import Log

STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "supersede", "retract"]), st.integers(0, 3), st.integers(0, 50)),
    min_size=1,
    max_size=10,
)


def play(log, clock, entry, steps):
    """Carry out steps; keep a plain record of each version: day known, entry, version, strength, gone."""
    record, names = [], []
    for number, (step, days, pick) in enumerate(steps):
        clock.on(days)
        standing = [name for name in names if not max(row for row in record if row[1] == name)[4]]
        if step == "add" or not standing:
            name = log.add(entry(note=f"number {number}", strength=1 + number % 5), by="C001").entry_ids[0]
            names.append(name)
            record.append((clock.now.date(), name, 1, 1 + number % 5, False))
            continue
        name = standing[pick % len(standing)]
        _, _, version, strength, _ = [row for row in record if row[1] == name][-1]
        if step == "supersede":
            strength = 1 + strength % 5
            log.supersede(name, {"strength": strength}, by="C002", reason="x")
        else:
            log.retract(name, by="C002", reason="x")
        record.append((clock.now.date(), name, version + 1, strength, step == "retract"))
    return record


def standing_at(record, day):
    """What a reader of the plain record would say was in force: no library, row by row."""
    last = {}
    for known_on, name, version, strength, gone in record:
        if known_on < day:
            last[name] = (version, strength, gone)
    return {name: (version, strength) for name, (version, strength, gone) in last.items() if not gone}


@settings(max_examples=15)
@given(steps=STEPS)
def test_a_replay_is_the_log_cut_at_the_date(new_place, new_clock, entry, steps):
    clock = new_clock()
    with Log.open(new_place(), clock=clock) as log:
        record = play(log, clock, entry, steps)
        everything = log.entries()
        for days in range(-1, 35, 5):
            day = new_clock().now.date() + timedelta(days=days)
            cut = everything[everything["known_on"] < pd.Timestamp(day)]
            pd.testing.assert_frame_equal(log.entries(str(day)), cut)
            found = log.in_force(str(day))
            said = {row.entry_id: (row.version, row.strength) for row in found.itertuples()}
            assert said == standing_at(record, day)


@settings(max_examples=15)
@given(before=STEPS, after=STEPS)
def test_what_comes_later_changes_nothing_earlier(new_place, new_clock, entry, before, after):
    clock = new_clock()
    with Log.open(new_place(), clock=clock) as log:
        play(log, clock, lambda **cells: entry(**cells, link="before"), before)
        today = str(clock.now.date())
        known = log.entries(today), log.in_force(today)
        play(log, clock, entry, after)
        pd.testing.assert_frame_equal(log.entries(today), known[0])
        pd.testing.assert_frame_equal(log.in_force(today), known[1])
        assert log.audit().whole


def test_an_empty_log_replays_to_an_empty_table(log):
    assert log.entries("2024-01-01").shape == (0, len(CANONICAL))
    assert log.in_force().empty


@pytest.mark.slow
def test_a_hundred_thousand_entries_replay_to_the_same_rows(log, many):
    added = log.add(many(100_000), by="C001")
    assert log.in_force("2024-05-03")["entry_id"].tolist() == sorted(added.entry_ids)
    assert log.audit().verified == 100_000
