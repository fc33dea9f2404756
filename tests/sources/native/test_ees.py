from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from earlywarn.errors import ConfigError, DataError
from earlywarn.sources.native.ees import read_ees

FILES = Path(__file__).parent / "files" / "ees"
TABLE, META = FILES / "children_in_need.csv", FILES / "children_in_need.meta.csv"
CENSUS = "DfE Children in need census"
BRENT, LONDON, BARNSLEY, CUMBERLAND = "E09000005", "E09000001", "E08000038", "E06000063"
HEADER = "time_period,time_identifier,geographic_level,old_la_code,new_la_code,la_name"


@pytest.fixture(scope="module")
def read():
    return read_ees(TABLE, META)


def cell(read, area, indicator, end):
    rows = read.tables["observations"].set_index(["area_code", "indicator", "period_end"])
    row = rows.loc[(area, indicator, pd.Timestamp(end))]
    return row["value"], row["status"]


def written(tmp_path, header, *rows):
    file = tmp_path / "table.csv"
    lines = [
        f"{HEADER},{header}",
        *(f"202324,Financial year,Local authority,304,E09000005,Brent,{row}" for row in rows),
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_figures_are_read_with_their_symbols_kept_as_status(read):
    assert cell(read, BRENT, "children", "2023-03-31") == (2105.0, "ok")
    assert cell(read, BRENT, "children", "2024-03-31") == (2240.0, "ok")  # written 2,240
    assert cell(read, LONDON, "children", "2023-03-31") == (pytest.approx(np.nan, nan_ok=True), "suppressed")
    assert cell(read, CUMBERLAND, "rate_per_10000", "2024-03-31")[1] == "unreliable"  # u
    assert cell(read, BARNSLEY, "share_open", "2023-03-31")[1] == "unavailable"  # x
    assert cell(read, BRENT, "share_open", "2024-03-31")[1] == "unavailable"  # :
    assert cell(read, BARNSLEY, "rate_per_10000", "2024-03-31") == (0.0, "rounded")  # k
    assert cell(read, BARNSLEY, "share_open", "2024-03-31") == (0.0, "rounded")  # low
    assert "Read as 0 (rounded): cells that say 'low' (1)." in read.notes


def test_an_area_that_changed_its_code_is_one_area(read):
    codes = read.tables["observations"]["area_code"]
    assert set(codes) == {BRENT, LONDON, BARNSLEY, CUMBERLAND, "E09000026"}


def test_totals_are_taken_unasked_and_said(read):
    assert "Of the 2 values of the filter category, 'Total' was taken." in read.notes
    skipped = read.skipped.set_index("where")
    assert skipped.loc["rows", "rows"] == 2
    assert skipped.loc["rows", "why"] == "has other values of the filters than were chosen"


def test_everything_left_out_is_accounted_for(read):
    skipped = read.skipped.set_index("where")["rows"]
    assert skipped["level National"] == skipped["level Regional"] == skipped["level Planning area"] == 1
    assert skipped["period '202325' of a 'Financial year'"] == 3  # one for each of the three indicators
    assert skipped["period '2024' of a 'Reporting year'"] == 3
    assert skipped["place 909 E10000006 Cumbria"] == 3
    assert skipped["place 942 E06000063 Leeds"] == 3
    assert skipped["place 999 E09000099 Brentford"] == 3
    assert skipped["cell 'about 220'"] == 1
    by_row = skipped.filter(regex="^(?:level|rows)").sum()
    assert (len(pd.read_csv(TABLE)) - by_row) * 3 == len(read.tables["observations"]) + skipped.sum() - by_row


def test_labels_and_units_come_from_the_metadata_and_no_direction_is_guessed(read):
    rows = read.tables["indicators"].set_index("indicator")
    assert rows["unit"].to_dict() == {
        "children": "count",
        "rate_per_10000": "rate_per_10000",
        "share_open": "percent",
    }
    assert set(rows["polarity"]) == {"neutral"}
    assert set(rows["period_type"]) == {"financial_year"}
    assert any(note.startswith("Neutral, as nothing tells") for note in read.notes)


def test_a_mapping_names_an_indicator_of_ours_and_dates_it(tmp_path):
    mapping = tmp_path / "map.toml"
    mapping.write_text(
        f'source = "{CENSUS}"\n[where]\ncategory = "Total"\n'
        '[indicators.rate_per_10000]\nindicator = "cin_rate"\n',
        encoding="utf-8",
    )
    read = read_ees(TABLE, META, mapping=mapping)
    row = read.tables["indicators"].set_index("indicator").loc["cin_rate"]
    assert row[["unit", "period_type", "source"]].tolist() == ["rate_per_10000", "snapshot_31_march", CENSUS]
    rows = read.tables["observations"]
    assert (rows["period_start"] == rows["period_end"]).all()
    assert set(rows["known_on"] - rows["period_end"]) == {pd.Timedelta(days=244)}
    assert "indicator cin_rate of E09000005 to 2024-03-31" in set(read.skipped["where"])  # 298.5 and 301


def test_each_value_of_a_filter_becomes_an_indicator_where_asked():
    read = read_ees(TABLE, META, where={"category": "*", "category_type": "*"})
    names = set(read.tables["indicators"]["indicator"])
    assert names == {
        f"{name}{part}"
        for name in ("children", "rate_per_10000", "share_open")
        for part in ("", "_age_under_1")
    }
    assert cell(read, BARNSLEY, "children_age_under_1", "2023-03-31") == (98.0, "ok")


def test_one_value_of_a_filter_can_be_chosen():
    read = read_ees(TABLE, META, where={"category": "age", "category_type": "Under 1"})
    assert cell(read, BRENT, "children_age_under_1", "2023-03-31") == (131.0, "ok")


def test_a_filter_is_never_chosen_silently(tmp_path):
    file = written(tmp_path, "sex,age,number", "Female,0 to 4,10", "Male,5 to 9,12")
    with pytest.raises(DataError, match=r"none is 'Total'.*'sex=...' one of 'Female', 'Male'") as caught:
        read_ees(file)
    assert [fault.column for fault in caught.value.faults] == ["sex", "age"]
    with pytest.raises(DataError, match=r"(?s)place: is no filter.*sex: has no value 'Other'"):
        read_ees(file, where={"sex": "Other", "place": "x", "age": "*"})
    read = read_ees(file, where={"sex": "Male", "age": "*"})
    assert read.tables["indicators"]["indicator"].tolist() == ["number_male_5_to_9"]


def test_without_metadata_a_column_of_figures_is_an_indicator(tmp_path):
    read = read_ees(written(tmp_path, "sex,number,share", "Total,10,z", "Male,c,4.5"))
    assert read.tables["indicators"]["indicator"].tolist() == ["number", "share"]


def test_the_kind_of_year_can_be_told(tmp_path):
    file = written(tmp_path, "number", "10")
    file.write_text(
        file.read_text(encoding="utf-8").replace("202324,Financial", "2024,Reporting"), encoding="utf-8"
    )
    assert read_ees(file).tables["observations"].empty
    read = read_ees(file, year_types={"*": "snapshot_30_september"})
    assert read.tables["observations"]["period_end"].tolist() == [pd.Timestamp("2024-09-30")]


def test_a_lone_year_is_not_read_where_the_standard_wants_two(tmp_path):
    file = written(tmp_path, "number", "10")
    file.write_text(file.read_text(encoding="utf-8").replace("202324", "2023"), encoding="utf-8")
    assert read_ees(file).skipped["where"].tolist() == ["period '2023' of a 'Financial year'"]


def test_a_mapping_that_will_not_do_is_refused_with_every_fault(tmp_path):
    file = written(tmp_path, "number", "10")
    with pytest.raises(DataError, match=r"(?s)years: is no part.*number.name: is nothing that is said"):
        read_ees(file, mapping={"years": 3, "indicators": {"number": {"name": "n"}}})
    wrong = {"indicators": {"number": {"unit": "tons", "polarity": "up"}, "none": {}}}
    with pytest.raises(DataError, match=r"(?s)none: is no indicator.*'tons' is no unit.*'up' is no polarity"):
        read_ees(file, mapping=wrong)
    with pytest.raises(DataError, match="cannot be read"):
        read_ees(file, mapping=tmp_path / "none.toml")
    same = {"indicators": {"number": {"indicator": "n"}, "more": {"indicator": "n"}}}
    with pytest.raises(ConfigError, match="are to be called 'n'"):
        read_ees(written(tmp_path, "number,more", "10,11"), mapping=same)


def test_a_unit_that_the_user_gives_is_held_to(tmp_path):
    file = written(tmp_path, "share", "140")
    read = read_ees(file, mapping={"indicators": {"share": {"unit": "percent"}}})
    assert read.skipped["why"].tolist() == ["has figures that its unit does not allow"]


def test_a_file_of_another_layout_is_refused(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("year,area,value\n2023,Kent,4\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"(?s)4 faults.*time_period: is missing.*old_la_code or"):
        read_ees(file)
    with pytest.raises(DataError, match="col_name: is missing"):
        read_ees(TABLE, TABLE)
