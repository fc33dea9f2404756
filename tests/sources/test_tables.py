"""A folder that is right is read into tables that keep their promises."""

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from earlywarn.schema import TABLES
from earlywarn.sources.synthetic import synthetic_tables
from earlywarn.sources.tables import read_tables
from earlywarn.sources.writing import as_csv, write_tables

REPOSITORY = Path(__file__).resolve().parents[2]
FULL = REPOSITORY.parent / "shared" / "data" / "england"
OPTIONAL = [name for name, table in TABLES.items() if not table.required]


def test_the_minimal_example_of_the_reference_page_is_read(tmp_path):
    page = (REPOSITORY / "docs" / "reference" / "tables.md").read_text(encoding="utf-8")
    files = re.findall(r"`(\w+\.csv)`:\n\n```csv\n(.*?)```", page, flags=re.DOTALL)
    assert {file for file, _ in files} == {f"{name}.csv" for name, table in TABLES.items() if table.required}
    for file, text in files:
        (tmp_path / file).write_text(text, encoding="utf-8")
    tables = read_tables(tmp_path)
    assert len(tables.observations) > len(
        tables.observations.drop_duplicates(["area_code", "indicator", "period_end"])
    )


def test_every_column_of_the_schema_is_on_the_reference_page():
    page = (REPOSITORY / "docs" / "reference" / "tables.md").read_text(encoding="utf-8")
    sections = dict(zip(*[iter(re.split(r"^## (\w+)$", page, flags=re.MULTILINE)[1:])] * 2, strict=True))
    for name, table in TABLES.items():
        for column in table.columns:
            assert f"| `{column.name}` | {column.kind.replace('_', '/')} |" in sections[name], (
                name,
                column.name,
            )


def test_only_four_tables_are_required_and_the_others_come_empty_with_all_columns(folder):
    tables = read_tables(folder.path)
    for name in OPTIONAL:
        table = getattr(tables, name)
        assert table.empty
        assert table.dtypes.to_dict() == {column.name: column.dtype for column in TABLES[name].columns}


def test_cells_are_read_as_what_they_are(folder):
    folder.add("leadership.csv")
    tables = read_tables(folder.path)
    assert tables.name == "ours"
    observations = tables.observations
    assert observations.dtypes.to_dict() == {c.name: c.dtype for c in TABLES["observations"].columns}
    assert observations["value"].tolist()[:1] == [12.5]
    assert np.isnan(observations["value"].iloc[1])
    assert tables.leadership["interim"].tolist() == [False, True]
    assert tables.inspections["end_date"].isna().tolist() == [False, True]
    assert tables.inspections["care"].tolist() == ["outstanding", ""]


def test_a_further_column_of_counts_is_a_theme_and_any_other_is_left_out(folder):
    folder.add("report_themes.csv")
    assert read_tables(folder.path).report_themes.columns.tolist()[4:] == ["drift"]


def test_further_columns_and_files_are_tolerated(folder):
    (folder.path / "notes.txt").write_text("anything")
    (folder.path / "budget.csv").write_text("a;b")
    folder.write("areas.csv", "area_code,name,mayor\nE1,Northshire,\nE2,Southshire,x\n")
    assert "mayor" not in read_tables(folder.path).areas


def test_a_former_code_is_read_as_the_current_one(folder):
    folder.cell("observations.csv", 2, "area_code", "E9")
    folder.cell("neighbours.csv", 3, "neighbour_code", "E9")
    tables = read_tables(folder.path)
    assert tables.observations["area_code"].tolist()[:2] == ["E1", "E1"]
    assert tables.neighbours["neighbour_code"].tolist() == ["E2", "E1"]


@pytest.mark.parametrize("name", ["known_on", "published_on", "observed_on"])
def test_the_day_it_was_known_has_three_names(folder, name):
    expected = read_tables(folder.path).observations
    folder.write("observations.csv", folder.texts["observations.csv"].replace("known_on", name))
    assert_frame_equal(read_tables(folder.path).observations, expected)


def test_the_two_english_neighbour_sets_have_known_dates(folder):
    folder.write("neighbours.csv", "area_code,neighbour_code,rank,model\nE1,E2,1,2021\nE1,E2,1,2025\n")
    dates = read_tables(folder.path).neighbours["known_on"]
    assert dates.dt.strftime("%Y-%m-%d").tolist() == ["2021-04-30", "2025-05-31"]


def test_silence_about_status_and_identifier_is_filled_in(folder):
    folder.write(
        "observations.csv",
        "area_code,indicator,period_end,value,known_on\nE1,caseload,2024-03-31,9,2024-11-30\nE2,caseload,2024-03-31,,2024-11-30\n",
    )
    folder.write(
        "inspections.csv", "area_code,start_date,published_on,overall\nE1,2024-01-08,2024-02-20,outstanding\n"
    )
    tables = read_tables(folder.path)
    assert tables.observations["status"].tolist() == ["ok", "missing"]
    assert tables.inspections["inspection_id"].tolist() == ["E1_20240108"]


def test_the_form_of_a_file_changes_nothing(folder):
    plain = read_tables(folder.path)
    folder.compress("observations.csv")
    (folder.path / "areas.csv").write_bytes(
        b"\xef\xbb\xbf" + folder.texts["areas.csv"].replace("\n", "\r\n").encode()
    )
    (folder.path / "inspections.csv").unlink()
    plain.inspections.to_parquet(folder.path / "inspections.parquet")
    other = read_tables(folder.path)
    for name in TABLES:
        assert_frame_equal(getattr(other, name), getattr(plain, name))


def test_blank_lines_hold_no_row(folder):
    folder.write("areas.csv", "\n" + folder.texts["areas.csv"].replace("\n", "\n\n") + "\n")
    assert read_tables(folder.path).areas["area_code"].tolist() == ["E1", "E2"]


def test_typed_columns_are_read_as_their_csv_would_be(folder):
    (folder.path / "observations.csv").unlink()
    typed = pd.DataFrame(
        {"area_code": pd.Categorical(["E1", "E2"]), "indicator": "caseload", "value": [0.1, np.nan]}
    )
    typed["period_end"] = pd.to_datetime(["2024-03-31", "2024-03-31"]).date
    typed["known_on"] = pd.to_datetime(["2024-11-30", "2024-11-30"])
    typed["notes"] = [["a", "b"], None]
    typed.to_parquet(folder.path / "observations.parquet")
    observations = read_tables(folder.path).observations
    assert observations["value"].tolist()[0] == 0.1
    assert observations["status"].tolist() == ["ok", "missing"]
    assert observations["known_on"].tolist() == [pd.Timestamp("2024-11-30")] * 2


def test_the_fingerprint_moves_with_what_is_read_and_with_nothing_else(folder):
    before = read_tables(folder.path).fingerprint
    (folder.path / "notes.txt").write_text("anything")
    folder.compress("observations.csv")
    assert read_tables(folder.path).fingerprint == before
    folder.cell("areas.csv", 2, "name", "Northampton")
    assert read_tables(folder.path).fingerprint != before


def test_provenance_is_carried(folder):
    (folder.path / "provenance.toml").write_text(
        'name = "shires"\nlicence = "ours"\nsource = "the \\"shires\\""\n'
    )
    tables = read_tables(folder.path)
    assert (tables.name, tables.licence, tables.source) == ("shires", "ours", 'the "shires"')


def test_a_large_file_is_read_in_its_order(folder):
    # past the size from which several threads read it
    lines = folder.texts["observations.csv"].partition("\n")[0] + "\n"
    days = pd.date_range("1700-01-01", "2020-12-31").strftime("%Y-%m-%d")
    lines += "".join(f"E1,caseload,,{day},{place},ok,2024-11-30\n" for place, day in enumerate(days))
    folder.write("observations.csv", lines)
    values = read_tables(folder.path).observations["value"].to_numpy()
    assert len(lines) > 1 << 22
    assert (values == np.arange(len(days))).all()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_written_number_reads_back_the_same(value):
    _, text = as_csv(pd.DataFrame({"value": [value]})).decode().split()
    assert float(text) == value


NUMBERS = st.one_of(st.just(0.0), st.just(-0.0), st.floats(allow_infinity=False))


@given(st.lists(NUMBERS, min_size=2), st.lists(st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1))))
def test_a_written_column_is_each_of_its_cells_by_itself(numbers, days):
    column = pd.DataFrame({"value": numbers, "note": "x"})
    alone = ["" if np.isnan(number) else repr(number).removesuffix(".0") for number in numbers]
    assert as_csv(column).decode().splitlines() == ["value,note", *(f"{cell},x" for cell in alone)]
    dates = pd.DataFrame({"day": pd.to_datetime(pd.Series([*days, None], dtype=object)), "note": "x"})
    assert as_csv(dates).decode().splitlines() == ["day,note", *(f"{day:%Y-%m-%d},x" for day in days), ",x"]


def test_a_long_table_is_written_in_pieces_that_fit(monkeypatch):
    table = pd.DataFrame({"number": np.arange(10.0), "word": list("abcdefghij"), "yes": [True, False] * 5})
    whole = as_csv(table)
    monkeypatch.setattr("earlywarn.sources.writing.AT_ONCE", 3)
    assert as_csv(table) == whole
    assert as_csv(table.iloc[:0]) == b"number,word,yes\n"


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 1_000), effect=st.sampled_from([0.0, 1.0, 2.0]))
def test_what_is_written_is_read_back(tmp_path_factory, seed, effect):
    world = synthetic_tables(areas=20, seed=seed, effect=effect)
    folder = tmp_path_factory.mktemp("world")
    write_tables(world, folder)
    again = read_tables(folder)
    assert (again.name, again.source, again.fingerprint) == (world.name, world.source, world.fingerprint)
    for name in TABLES:
        assert_frame_equal(getattr(again, name), getattr(world, name))


@pytest.mark.skipif(not FULL.is_dir(), reason="the full England folder is not beside this checkout")
def test_the_full_england_folder_is_read_without_a_fault():
    tables = read_tables(FULL)
    assert tables.name == "england"
    assert len(tables.observations) == 201_226
    assert (tables.observations["known_on"] >= tables.observations["period_end"]).all()
    assert tables.observations["value"].notna().sum() == 192_654


def test_notes_that_were_guarded_for_a_spreadsheet_are_read_as_they_were_written(tmp_path):
    world = synthetic_tables(areas=20, seed=1, years=range(2011, 2018))
    note = "=1+1, as they say"
    entries = world.concerns.head(3).assign(note=f"'{note}")
    write_tables(replace(world, concerns=entries), tmp_path)
    assert set(read_tables(tmp_path).concerns["note"]) == {note}
