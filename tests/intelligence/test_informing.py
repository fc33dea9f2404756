"""Which entries inform a run."""

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from earlywarn.errors import ConfigError, LogError
from earlywarn.intelligence.informing import informed
from earlywarn.intelligence.kinds import Kind, read_kinds
from earlywarn.intelligence.log import Log
from earlywarn.sources.synthetic import synthetic_tables

KINDS = read_kinds()


@pytest.fixture(scope="module")
def world():
    return synthetic_tables(areas=20, seed=1, years=range(2011, 2018))


def a_log(place, *entries, kinds=KINDS):
    with Log.open(place, kinds=kinds, clock=lambda: datetime(2020, 5, 2, 12, tzinfo=UTC)) as log:
        for entry in entries:
            said = {"occurred_on": "2020-05-01", "strength": 3, "confidence": "medium", "tier": "open"}
            log.add(said | entry, by="wren")
    return str(place)


def ids(found, kind):
    table = found.tables.concerns
    return set(table.loc[table["kind"] == kind, "area_code"])


def test_entries_of_the_folder_and_of_the_log_stand_side_by_side(world, tmp_path):
    log = a_log(tmp_path / "log.db", {"area_code": "X00000003", "kind": "savings"})
    found = informed(world, log=log, kinds=KINDS, audience="restricted")
    assert len(found.tables.concerns) == len(world.concerns) + 1
    assert found.tables.concerns.dtypes.to_dict() == world.concerns.dtypes.to_dict()
    assert found.elsewhere == []


def test_an_entry_that_is_in_both_counts_once(world, tmp_path):
    log = a_log(tmp_path / "log.db", {"area_code": "X00000003", "kind": "savings"})
    once = informed(world, log=log, kinds=KINDS, audience="restricted").tables
    twice = informed(once, log=log, kinds=KINDS, audience="restricted").tables
    assert len(twice.concerns) == len(once.concerns)


def test_what_is_above_the_audience_is_not_handed_on_and_does_not_show_in_the_fingerprint(world):
    open_only = world.concerns[world.concerns["tier"] == "open"]
    some = open_only.head(50)
    hidden = open_only.tail(50).assign(tier="restricted")
    prints = set()
    for entries in (some, pd.concat([some, hidden]), pd.concat([some, hidden.head(3)])):
        tables = replace(world, concerns=entries.reset_index(drop=True))
        found = informed(tables, log="", kinds=KINDS, audience="area").tables
        assert set(found.concerns["entry_id"]) <= set(some["entry_id"])
        prints.add(found.fingerprint)
    assert len(prints) == 1
    assert informed(tables, log="", kinds=KINDS, audience="restricted").tables.fingerprint not in prints


def test_entries_about_areas_that_the_data_do_not_hold_are_left_out_and_named(world, tmp_path):
    log = a_log(
        tmp_path / "log.db", {"area_code": "E99", "kind": "savings"}, {"area_code": "E98", "kind": "savings"}
    )
    found = informed(world, log=log, kinds=KINDS, audience="area")
    assert found.elsewhere == ["E98", "E99"]
    assert not found.tables.concerns["area_code"].isin(["E98", "E99"]).any()


def test_an_entry_under_a_former_code_is_the_areas(world, tmp_path):
    areas = world.areas.assign(
        former_codes=world.areas["former_codes"].where(world.areas.index != 4, "OLD; O2")
    )
    log = a_log(tmp_path / "log.db", {"area_code": "O2", "kind": "savings"})
    empty = replace(world, areas=areas, concerns=world.concerns.iloc[:0])
    found = informed(empty, log=log, kinds=KINDS, audience="area")
    assert ids(found, "savings") == {areas["area_code"][4]}


def test_kinds_that_are_not_known_are_named(world, tmp_path):
    own = KINDS | {"housing": Kind("housing", "Housing", "partners", "worse")}
    log = a_log(tmp_path / "log.db", {"area_code": "X00000003", "kind": "housing"}, kinds=own)
    with pytest.raises(ConfigError, match=r"1 kind of entry not known: 'housing'. Name the file"):
        informed(world, log=log, kinds=KINDS, audience="sector")
    assert ids(informed(world, log=log, kinds=own, audience="sector"), "housing") == {"X00000003"}


def test_a_log_that_is_not_there_is_not_made(world, tmp_path):
    with pytest.raises(LogError, match="is not there"):
        informed(world, log=str(tmp_path / "no.db"), kinds=KINDS, audience="sector")
    assert list(tmp_path.iterdir()) == []


def test_without_entries_the_tables_are_as_they_were(world):
    tables = replace(world, concerns=world.concerns.iloc[:0])
    assert informed(tables, log="", kinds=KINDS, audience="sector").tables is tables


def test_what_only_informs_shows_in_neither_fingerprint_nor_names(world, tmp_path):
    log = a_log(
        tmp_path / "log.db",
        {"area_code": "E99", "kind": "savings", "tier": "restricted"},
        {"area_code": "X00000003", "kind": "savings", "tier": "restricted"},
    )
    plain = informed(world, log="", kinds=KINDS, audience="area")
    veiled = informed(world, log=log, kinds=KINDS, audience="area", informing="restricted")
    assert veiled.elsewhere == []
    assert veiled.tables.fingerprint == plain.tables.fingerprint
    assert len(veiled.seen) == len(plain.seen) < len(veiled.tables.concerns)
