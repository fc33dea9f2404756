from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from earlywarn.panel.entries import index_entries
from earlywarn.panel.panel import Panel
from strategies import frame, log_entry, made_up, panel_dates, panels, permuted, snapshot_of

AS_OF = pd.Timestamp("2022-07-01")


def alike(found, wanted):
    """Compare entries by what they say; codes may count words that are not in force."""
    for name in ("area", "age", "known_age", "strength", "confidence", "amount", "exposure", "entry_id"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name), err_msg=name)
    for name in ("kind", "contributor", "role", "detail"):
        told, asked = (np.array([*of.names[name], ""])[getattr(of, name)] for of in (found, wanted))
        np.testing.assert_array_equal(told, asked, err_msg=name)
    np.testing.assert_array_equal(
        np.unique(found.link, return_inverse=True)[1], np.unique(wanted.link, return_inverse=True)[1]
    )


@settings(max_examples=25)
@given(panels(), panel_dates())
def test_what_the_panel_cuts_is_what_the_table_says(tables, as_of):
    snapshot = Panel(permuted(tables)).known_at(as_of)
    alike(snapshot.entries, index_entries(snapshot.concerns, snapshot.position, as_of))


def test_they_stand_in_the_order_of_the_table():
    snapshot = Panel(made_up(5, areas=6, entries=200)).known_at(AS_OF)
    assert len(snapshot.entries) == len(snapshot.concerns) > 50
    assert snapshot.entries.entry_id.tolist() == snapshot.concerns["entry_id"].tolist()
    assert (snapshot.entries.known_age > 0).all()
    assert (np.diff(snapshot.entries.area) >= 0).all()


def test_another_table_has_other_entries():
    snapshot = Panel(made_up(5, areas=6, entries=200)).known_at(AS_OF)
    fewer = replace(snapshot, concerns=snapshot.concerns[snapshot.concerns["tier"] == "open"])
    assert 0 < len(fewer.entries) < len(snapshot.entries)
    assert set(fewer.entries.entry_id) == set(fewer.concerns["entry_id"])


def test_entries_about_areas_that_are_not_there_press_on_nobody():
    snapshot = snapshot_of(log_entry("savings", "2023-06-01"), log_entry("savings", "2023-06-01", "ZZZ"))
    assert snapshot.concerns["area_code"].tolist() == ["A", "ZZZ"]
    assert snapshot.entries.area.tolist() == [0]
    alike(snapshot.entries, index_entries(snapshot.concerns, snapshot.position, snapshot.as_of))


@pytest.mark.parametrize("table", [pd.DataFrame(), frame("concerns", [])], ids=["no columns", "no rows"])
def test_of_an_empty_log_all_arrays_are_empty(table):
    entries = index_entries(table, pd.Index(["A"]), AS_OF)
    sizes = {
        len(getattr(entries, column.name)) for column in fields(entries) if column.type in {"Codes", "Floats"}
    }
    assert sizes | {len(entries)} == {0}
    assert not entries.of("savings").any()
    assert not entries.among(["savings"]).any()


def test_entries_are_told_apart_by_kind_and_detail():
    told = [
        log_entry("peer_review", "2023-06-01", detail="held"),
        log_entry("peer_review", "2023-06-02", detail="declined"),
        log_entry("savings", "2023-06-03"),
    ]
    entries = snapshot_of(*told).entries
    assert entries.of("peer_review").tolist() == [True, True, False]
    assert entries.of("peer_review", "held").tolist() == [True, False, False]
    assert entries.of("peer_review", "offered").tolist() == [False] * 3
    assert entries.of("nothing of the sort").tolist() == [False] * 3
    assert entries.among(["savings", "restructure"]).tolist() == [False, False, True]


def test_what_was_kept_is_not_made_again():
    entries = snapshot_of(log_entry("savings", "2023-06-01")).entries
    first = entries.keep("key", lambda: [1])
    assert entries.keep("key", lambda: [2]) is first
    assert entries.keep("another key", lambda: [2]) == [2]
    assert entries.cut(np.array([0]), days=1).keep("key", lambda: [3]) == [3]
