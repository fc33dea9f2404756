"""The same inputs and seed give the same bytes, and nothing from after the as-of date gives any."""

import dataclasses
import os
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import earlywarn as ew
from earlywarn.schema import GRADES, TABLES
from earlywarn.sources.writing import write_tables

ENTRIES = "evidence/entries.csv"
AS_OF = pd.Timestamp("2019-04-01")


def test_another_process_with_another_hash_seed_writes_the_same_csv_files(home, place, read_csvs):
    command = [sys.executable, "-m", "earlywarn", "run", "earlywarn.toml", "--quiet"]
    environment = os.environ | {"PYTHONHASHSEED": "4242"}
    done = subprocess.run(  # noqa: S603  our own
        command, cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert read_csvs(place / "out") == read_csvs(home / "out")


def test_the_order_of_the_rows_of_every_table_does_not_matter(home, place, tables, read_csvs):
    shuffled = {
        name: getattr(tables, name).sample(frac=1, random_state=5).reset_index(drop=True) for name in TABLES
    }
    shutil.rmtree(place / "data")
    write_tables(dataclasses.replace(tables, **shuffled), place / "data")
    ew.run(place / "earlywarn.toml")
    assert read_csvs(place / "out") == read_csvs(home / "out")


def test_another_seed_moves_intervals_and_not_risks(home, place):
    text = (place / "earlywarn.toml").read_text().replace("[model]", "[model]\nseed = 7")
    (place / "earlywarn.toml").write_text(text)
    ew.train(place / "earlywarn.toml")
    ew.score(place / "earlywarn.toml")
    one, other = (pd.read_csv(folder / "out" / "risk_list.csv") for folder in (home, place))
    pd.testing.assert_series_equal(one["risk_adverse"], other["risk_adverse"])
    assert not one["risk_adverse_low"].equals(other["risk_adverse_low"])


def poisoned(tables):
    """The same world with all that was known on or after the as-of date turned upside down."""
    frames = {name: getattr(tables, name).copy() for name in TABLES}
    for name, table in frames.items():
        if "known_on" not in table or table.empty:
            continue
        late = (table["known_on"] >= AS_OF).to_numpy()
        assert late.any() or name == "neighbours", name
        if name == "observations":
            table.loc[late, "value"] = np.where(table.loc[late, "value"].isna(), np.nan, 99.0)
        if name == "inspections":
            worst_first = dict(zip(GRADES, reversed(GRADES), strict=True))
            for column in ("overall", "leadership", "help_and_protection", "care"):
                table.loc[late, column] = table.loc[late, column].map(worst_first)
        if name == "leadership":
            table.loc[late, "interim"] = ~table.loc[late, "interim"]
        if name == "report_themes":
            table.loc[late, "words"] = 1
        if name == "neighbours":
            table.loc[late, "closeness"] = "Far"
    return dataclasses.replace(tables, **frames)


@pytest.mark.parametrize("trained_anew", [False, True], ids=["saved model", "trained anew"])
def test_a_poisoned_future_changes_neither_risks_nor_reasons(home, place, tables, read_csvs, trained_anew):
    shutil.rmtree(place / "data")
    write_tables(poisoned(tables), place / "data")
    if trained_anew:
        ew.train(place / "earlywarn.toml")
        ew.score(place / "earlywarn.toml")
    else:
        ew.score(place / "earlywarn.toml", model=home / "out" / "model")
    whole, written = read_csvs(home / "out"), read_csvs(place / "out")
    assert {"risk_list.csv", "contributions.csv", "evidence/reasons.csv", "evidence/series.csv"} <= set(
        written
    )
    assert written == {name: whole[name] for name in written}


def test_a_future_that_is_not_there_yet_changes_nothing_either(home, place, tables, read_csvs):
    frames = {
        name: getattr(tables, name).loc[lambda table: table["known_on"] < AS_OF].reset_index(drop=True)
        for name in TABLES
        if "known_on" in getattr(tables, name)
    }
    shutil.rmtree(place / "data")
    # one judgement of the as-of date itself, so that the date can be served
    late = tables.inspections[tables.inspections["known_on"] >= AS_OF].head(1)
    frames["inspections"] = pd.concat([frames["inspections"], late], ignore_index=True)
    write_tables(dataclasses.replace(tables, **frames), place / "data")
    ew.score(place / "earlywarn.toml", model=home / "out" / "model")
    whole, written = read_csvs(home / "out"), read_csvs(place / "out")
    # words that are corrected later are not shown even as of before, lest somebody be recognised in them
    entries = [pd.read_csv(folder / "out" / ENTRIES).drop(columns="note") for folder in (home, place)]
    pd.testing.assert_frame_equal(*entries)
    del written[ENTRIES]
    assert written == {name: whole[name] for name in written}


def test_a_past_that_was_otherwise_does_change_the_risks(home, place, tables, read_csvs):
    figures = tables.observations.copy()
    early = (figures["known_on"] < AS_OF) & (figures["area_code"] == "X00000005") & figures["value"].notna()
    figures.loc[early, "value"] = 50.0
    shutil.rmtree(place / "data")
    write_tables(dataclasses.replace(tables, observations=figures), place / "data")
    ew.score(place / "earlywarn.toml", model=home / "out" / "model")
    assert read_csvs(place / "out")["risk_list.csv"] != read_csvs(home / "out")["risk_list.csv"]
