"""Updating a folder on disk: whole or not at all, in place or beside, and in words."""

import json
from types import SimpleNamespace

import pandas as pd
import pytest
from click.testing import CliRunner

from earlywarn.cli.group import Verbs
from earlywarn.cli.updating import update as command
from earlywarn.errors import ConfigError, DataError, OutputError
from earlywarn.panel.panel import Panel
from earlywarn.sources.tables import read_tables
from earlywarn.workflow.updating import update

THERE = {
    "areas.csv": "area_code,name,our_number\nE1,Northshire,901\nE2,Southshire,902\n",
    "indicators.csv": "indicator,label,unit,polarity\nrate,Agency workers,percent,higher_is_worse\n",
    "observations.csv": (
        "area_code,indicator,period_end,value,published_on\n"
        "E1,rate,2023-03-31,10,2023-11-30\nE2,rate,2023-03-31,7,2023-11-30\n"
        "E1,rate,2022-03-31,9,2022-11-30\n"
    ),
    "inspections.csv": "area_code,start_date,known_on,overall\nE1,2022-05-09,2022-07-01,good\n",
    "read me.txt": "Ours.\n",
    "provenance.toml": 'name = "shires"\n',
}
CAME = {
    "areas.csv": THERE["areas.csv"],
    "indicators.csv": THERE["indicators.csv"],
    "observations.csv": (
        "area_code,indicator,period_end,value,status,known_on\n"
        "E1,rate,2023-03-31,12.5,ok,2024-11-30\nE2,rate,2023-03-31,,suppressed,2024-11-30\n"
        "E1,rate,2024-03-31,13,ok,2024-11-30\n"
    ),
}


def write(home, files):
    home.mkdir(exist_ok=True)
    for name, text in files.items():
        (home / name).write_text(text)
    return home


@pytest.fixture
def there(tmp_path):
    return write(tmp_path / "figures", THERE)


@pytest.fixture
def came(tmp_path):
    return write(tmp_path / "november", CAME)


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """What an update did: the folder before and after, and after a second one."""
    home = tmp_path_factory.mktemp("home")
    there, came = write(home / "figures", THERE), write(home / "november", CAME)
    before, old = bytes_of(there), read_tables(there)
    result = update(there, came)
    after, new = bytes_of(there), read_tables(there)
    again = update(there, came)
    return SimpleNamespace(
        there=there,
        before=before,
        old=old,
        result=result,
        after=after,
        new=new,
        again=again,
        last=bytes_of(there),
    )


def test_the_release_comes_after_what_is_there(done):
    changed = {name for name in done.after if done.after[name] != done.before.get(name)}
    assert changed == {"observations.csv", "updates.json"}
    assert done.after["observations.csv"].decode() == (
        "area_code,indicator,period_end,value,published_on,status\n"
        "E1,rate,2023-03-31,10,2023-11-30,\nE2,rate,2023-03-31,7,2023-11-30,\nE1,rate,2022-03-31,9,2022-11-30,\n"
        "E1,rate,2023-03-31,12.5,2024-11-30,ok\nE2,rate,2023-03-31,,2024-11-30,suppressed\n"
        "E1,rate,2024-03-31,13,2024-11-30,ok\n"
    )
    assert done.result.folder == done.there
    assert done.result.tables["revisions"]["area_code"].tolist() == ["E1", "E2"]


def test_the_summary_says_what_came(done):
    gone = "1 of them of periods that it does not have, 0 of periods that it has"
    assert done.result.summary.splitlines() == [
        "The release november set against shires:",
        "  Figures: 1 new, 2 revised, 0 as before.",
        "  The largest revisions, by the spread of each indicator:",
        "    Agency workers, Northshire, 2023-03-31: 12.5, was 10",
        "    Agency workers, Southshire, 2023-03-31: suppressed, was 7",
        f"  Not in the release, and kept: 1 of 'rate', {gone}.",
        "Views as of 2024-11-30 and earlier are as they were.",
        "Written:",
        f"  {done.there / 'observations.csv'}",
        f"  {done.there / 'updates.json'}",
    ]


def known(tables, day):
    """The figures known at the beginning of a day, by area and period."""
    cube = Panel(tables).known_at(pd.Timestamp(day)).values  # noqa: PD011  an array of xarray
    return cube.to_series().dropna().to_dict()


def test_a_view_of_an_earlier_day_is_as_it_was(done):
    for day in ("2023-12-01", "2024-11-30"):
        assert known(done.new, day) == known(done.old, day)
    assert known(done.new, "2024-12-01") == {
        ("E1", "rate", pd.Timestamp("2022-03-31")): 9,
        ("E1", "rate", pd.Timestamp("2023-03-31")): 12.5,
        ("E1", "rate", pd.Timestamp("2024-03-31")): 13,
    }


def test_updating_twice_changes_nothing(done):
    assert done.last == done.after
    assert done.again.summary.endswith("It brings nothing new.")
    assert done.again.tables["revisions"].empty


def test_each_release_has_an_entry_and_may_lack_tables(there, came, tmp_path):
    first = read_tables(there).fingerprint
    update(there, came)
    late = "area_code,start_date,known_on,overall\nE2,2025-01-06,2025-03-03,inadequate\n"
    told = 'source = "Ofsted"\nlicence = "OGL"\n'
    result = update(there, write(tmp_path / "may", {"inspections.csv": late, "provenance.toml": told}))
    assert "  Figures: 0 new, 0 revised, 0 as before.\n  New rows: 1 of inspections." in result.summary
    merged = read_tables(there)
    one, two = json.loads((there / "updates.json").read_text())
    assert (one["with"], one["rows_added"], one["revised"]) == ("november", {"observations": 3}, 2)
    assert (two["with"], two["rows_added"], two["revised"]) == ("may", {"inspections": 1}, 0)
    assert (two["source"], two["licence"]) == ("Ofsted", "OGL")
    assert len(merged.inspections) == 2
    assert one["before"] == first
    assert one["after"] == two["before"]
    assert two["after"] == merged.fingerprint


def test_the_merged_tables_can_go_elsewhere(there, came, tmp_path):
    before = bytes_of(there)
    result = update(there, came, out=tmp_path / "merged")
    assert bytes_of(there) == before
    assert (result.folder / "read me.txt").read_text() == "Ours.\n"
    assert len((result.folder / "observations.csv").read_text().splitlines()) == 7
    with pytest.raises(OutputError, match="holds files that earlywarn did not write"):
        update(there, came, out=came)


def test_a_day_dates_what_the_release_does_not(there, tmp_path):
    same_day = (
        CAME["observations.csv"]
        .replace("2024-11-30", "2023-11-30")
        .replace("E1,rate,2024-03-31,13,ok,2023-11-30\n", "")
    )
    came = write(tmp_path / "late", CAME | {"observations.csv": same_day})
    before = bytes_of(there)
    with pytest.raises(DataError, match="say with --known-on on which day the new release came out"):
        update(there, came)
    with pytest.raises(ConfigError, match="--known-on is '5 May', which is no day"):
        update(there, came, known_on="5 May")
    assert bytes_of(there) == before
    update(there, came, known_on="2024-05-20")
    rows = read_tables(there).observations
    assert (rows["known_on"] == "2024-05-20").sum() == 2


def test_faults_of_either_folder_are_told_as_they_stand_there(there, tmp_path):
    before = bytes_of(there)
    spoilt = {"observations.csv": CAME["observations.csv"].replace("12.5", "1250")}
    came = write(tmp_path / "bad", CAME | spoilt)
    with pytest.raises(
        DataError, match=r"bad: 1 fault found.*\n  observations.csv, row 2, column value: '1250'"
    ):
        update(there, came)
    with pytest.raises(DataError, match="the tables with the release merged: 1 fault found"):
        update(there, write(tmp_path / "less", spoilt))
    with pytest.raises(DataError, match="nowhere: 1 fault found"):
        update(there, tmp_path / "nowhere")
    with pytest.raises(DataError, match="is missing"):
        update(there, write(tmp_path / "empty", {"letter.txt": "Dear all"}))
    with pytest.raises(ConfigError, match="is both the folder to update and the release"):
        update(there, there)
    assert bytes_of(there) == before


def test_what_is_sound_apart_but_not_together_is_not_written(there, came):
    (came / "areas.csv").write_text(
        "area_code,name,former_codes\nE1,Northshire,\nE2,Southshire,\nE5,Eastshire,E7\nE7x,Westshire,\n"
    )
    (there / "areas.csv").write_text("area_code,name,former_codes\nE1,Northshire,E8\nE2,Southshire,E7\n")
    before = bytes_of(there)
    with pytest.raises(DataError, match="the tables with the release merged: 1 fault"):
        update(there, came)
    assert bytes_of(there) == before
    assert not list(there.parent.glob(".figures*"))


def test_a_release_may_have_its_own_areas_and_lack_inspections_and_use_former_codes(there, tmp_path):
    (there / "areas.csv").write_text("area_code,name,former_codes\nE1,Northshire,E8\nE2,Southshire,\n")
    one = {
        "areas.csv": "area_code,name\nE2,Southshire\n",
        "indicators.csv": THERE["indicators.csv"],
        "observations.csv": "area_code,indicator,period_end,value,known_on\n"
        "E2,rate,2024-03-31,8,2024-11-30\n",
    }
    update(there, write(tmp_path / "one", one))
    two = {"observations.csv": one["observations.csv"].replace("E2", "E8")}
    update(there, write(tmp_path / "two", two))
    rows = read_tables(there).observations
    assert rows.loc[rows["period_end"] == "2024-03-31", "area_code"].tolist() == ["E2", "E1"]


def test_a_spoilt_account_stops_the_update(there, came):
    (there / "updates.json").write_text("[")
    before = bytes_of(there)
    with pytest.raises(ConfigError, match=r"updates.json is not JSON"):
        update(there, came)
    assert bytes_of(there) == before


def test_the_command_says_it_in_words(there, came, tmp_path):
    verbs = Verbs("earlywarn", commands={"update": command})

    def invoke(*words):
        return CliRunner().invoke(verbs, ["update", *map(str, words)])

    done = invoke(there, "--with", came, "--out", tmp_path / "merged")
    assert done.exit_code == 0, done.output
    assert "2 revised" in done.output
    assert invoke(there, "--with", came, "--out", there, "--quiet").output == ""
    refused = invoke(there, "--with", tmp_path / "nowhere")
    assert refused.exit_code == 2
    assert "does not exist" in refused.output


def test_figures_are_kept_up_to_date_before_there_are_judgements(there, came):
    (there / "inspections.csv").unlink()
    found = update(there, came)
    assert len(found.tables["revisions"]) == 2
    assert not (there / "inspections.csv").exists()
    write(came, {"inspections.csv": THERE["inspections.csv"]})
    update(there, came)
    assert read_tables(there).inspections["overall"].tolist() == ["good"]
