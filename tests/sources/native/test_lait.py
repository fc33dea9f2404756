from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earlywarn.errors import DataError
from earlywarn.schema import WITH_VALUE
from earlywarn.sources.native.lait import read_lait
from earlywarn.sources.native.measures import as_name, published_unit
from earlywarn.sources.native.places import read_register
from earlywarn.sources.samples import sample_folder

FILES = Path(__file__).parent / "files" / "lait"
TABLE, DICTIONARY = FILES / "bds_long.csv", FILES / "lait_data_dictionary.csv"
BRENT, HULL, ST_HELENS = "E09000005", "E06000010", "E08000013"


@pytest.fixture(scope="module")
def read():
    return read_lait(TABLE, DICTIONARY)


def figures(read, indicator):
    rows = read.tables["observations"]
    rows = rows[rows["indicator"] == indicator]
    return [(row.area_code, f"{row.period_end:%Y-%m-%d}", row.value, row.status) for row in rows.itertuples()]


def why(read, where):
    skipped = read.skipped.set_index("where")
    return skipped.loc[where, "why"], int(skipped.loc[where, "rows"])


def test_a_known_measure_is_read_under_our_name(read):
    found = figures(read, "agency_rate")
    assert found[1] == (ST_HELENS, "2023-09-30", 21.05, "ok")
    assert found[2] == (BRENT, "2023-09-30", 17.4, "ok")
    assert [(code, status) for code, _, value, status in found if np.isnan(value)] == [
        (HULL, "suppressed"),
        (BRENT, "missing"),
    ]


def test_an_unknown_measure_is_described_by_the_dictionary(read):
    row = read.tables["indicators"].set_index("indicator").loc["infmort"]
    assert row["label"] == "Infant Mortality rate per 1000 live births"
    assert (row["unit"], row["polarity"]) == ("rate_per_10000", "higher_is_worse")
    assert (row["domain"], row["period_type"]) == ("health_and_wellbeing", "calendar_year")
    assert row["source"] == "Local Authority Interactive Tool (ONS)"
    assert row["description"].endswith("Published for each 1,000, given for each 10,000.")
    assert figures(read, "infmort") == [(ST_HELENS, "2022-12-31", 41.0, "ok")]


def test_rates_for_each_hundred_thousand_are_given_for_each_ten_thousand(read):
    assert figures(read, "mental_health_admission_rate") == [(BRENT, "2023-03-31", 6.606, "ok")]


def test_the_publication_is_found_by_its_address_and_dates_the_figure(read):
    rows = read.tables["observations"].set_index("indicator")["known_on"]
    assert rows["ever6_fsm_prim"] == pd.Timestamp("2024-07-31")
    assert rows["unit_cost_social_work"].tolist() == list(pd.to_datetime(["2018-01-31", "2019-01-31"]))
    assert any("12 months after" in note and "'infmort', 'pupilgap'" in note for note in read.notes)


def test_a_measure_without_quarters_is_marked_and_one_that_no_unit_fits_is_a_score(read):
    rows = read.tables["indicators"].set_index("indicator")
    assert rows.index[rows["no_quartile"]].tolist() == ["pupilgap"]
    assert rows.loc["pupilgap", ["unit", "polarity", "domain"]].tolist() == [
        "score",
        "higher_is_better",
        "key_stage_2",
    ]
    assert figures(read, "pupilgap") == [(BRENT, "2024-08-31", -12.5, "ok")]


def test_a_revised_figure_stands_before_a_provisional_one(read):
    assert figures(read, "cla_rate")[0] == (BRENT, "2025-03-31", 45.0, "ok")


def test_everything_left_out_is_accounted_for(read):
    assert why(read, "national figures") == ("is for no single area", 2)
    assert why(read, "regional figures") == ("is for no single area", 1)
    assert why(read, "place Atlantis") == ("is no area that we know", 1)
    assert why(read, "place 838 Dorset") == ("is about an area that did not exist then", 1)
    assert why(read, "period '2016-17 Budget' of a 'financial_year'") == ("cannot be read for sure", 1)
    assert why(read, "cell 'about 40'") == ("is neither a figure nor a known symbol", 1)
    assert why(read, "measure Mystery")[0].startswith("is of a kind of year that nothing tells")
    assert why(read, "indicator school_absence_rate") == ("has figures that its unit does not allow", 1)
    assert why(read, "indicator cla_rate of E09000005 to 2023-03-31")[1] == 2
    assert why(read, "indicator cla_rate")[0].startswith("is given again with a more final figure")
    rows = len(pd.read_csv(TABLE))
    assert len(read.tables["observations"]) + read.skipped["rows"].sum() == rows


def test_the_notes_say_what_symbols_and_markers_were_taken_as(read):
    assert "Read as missing: cells that say '-' (1)." in read.notes
    assert "Read as suppressed: cells that say 'c' (1)." in read.notes
    assert "Marked outturn by the publisher: 2 of the figures." in read.notes
    assert any("Earlier vintages are not in it" in note for note in read.notes)


def test_areas_come_with_those_they_went_to(read):
    assert {"E10000009", "E06000058", "E06000059"} <= set(read.tables["areas"]["area_code"])


def test_without_a_dictionary_only_known_measures_are_read_unless_the_year_is_told():
    names = set(read_lait(TABLE).tables["indicators"]["indicator"])
    assert names == {
        "agency_rate",
        "cla_rate",
        "unit_cost_social_work",
        "mental_health_admission_rate",
        "school_absence_rate",
    }
    told = read_lait(TABLE, year_types={"Mystery": "Calendar Year"})
    row = told.tables["indicators"].set_index("indicator").loc["mystery"]
    assert row[["label", "unit", "polarity"]].tolist() == ["Mystery", "score", "neutral"]


def test_neither_the_order_of_rows_nor_the_kind_of_file_matters(read, tmp_path):
    rows = pd.read_csv(TABLE, dtype=str, keep_default_na=False).sample(frac=1, random_state=4)
    later = {"Short Desc": "measure_short", "LA Number": "la_number", "Values": "values", "Years": "years"}
    pa.parquet.write_table(pa.Table.from_pandas(rows.rename(columns=later)), tmp_path / "bds.parquet")
    again = read_lait(tmp_path / "bds.parquet", DICTIONARY)
    for name, table in read.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)
    assert again.skipped["rows"].sum() == read.skipped["rows"].sum()


def test_later_files_name_a_measure_by_its_topic_too(tmp_path):
    file = tmp_path / "t.csv"
    header = "la_number,la_and_regions,measure_key,years,years_num,values,values_num"
    file.write_text(f"{header}\n304,Brent,health_and_wellbeing_infmort,2022,2022,3.9,3.9\n", encoding="utf-8")
    assert figures(read_lait(file, DICTIONARY), "infmort") == [(BRENT, "2022-12-31", 39.0, "ok")]


def test_the_england_sample_written_in_this_layout_reads_back_the_same(tmp_path):
    sample = pd.read_csv(sample_folder("england") / "observations.csv.gz", parse_dates=["period_end"])
    folder = Path(str(sample_folder("england")))
    measures = pd.read_csv(
        Path(read_lait.__code__.co_filename).parent / "measures.csv", index_col="indicator"
    )
    sample = sample[sample["indicator"].isin(measures.index)].reset_index(drop=True)
    assert folder.is_dir()
    about = measures.loc[sample["indicator"]].reset_index()
    areas = read_register().set_index("area_code").loc[sample["area_code"]]
    year = sample["period_end"].dt.year
    spans = about["period_type"].isin(["academic_year", "financial_year"])
    per_100_000 = about["per"] == 100_000
    cells = sample["value"].where(~per_100_000, (sample["value"] * 10).round(6)).astype(str)
    cells = cells.mask(sample["status"] == "missing", "-").mask(sample["status"] == "suppressed", "c")
    pd.DataFrame(
        {
            "LA Number": areas["dfe_code"].to_numpy(),
            "LA and Regions": areas["name"].to_numpy(),
            "Short Desc": about["source_code"],
            "Years": np.where(spans, (year - 1).astype(str) + "/" + (year % 100).map("{:02d}".format), year),
            "Values": cells,
        }
    ).to_csv(tmp_path / "bds_long.csv", index=False)
    found = read_lait(tmp_path / "bds_long.csv")
    assert found.skipped.empty
    sample["period_start"] = pd.to_datetime(sample["period_start"])
    sample["known_on"] = pd.to_datetime(sample["known_on"])
    key = ["area_code", "indicator", "period_end"]
    pd.testing.assert_frame_equal(
        found.tables["observations"], sample.sort_values(key, ignore_index=True), check_dtype=False
    )


PLACES = [
    "304,Brent",
    "984,England_all_schools",
    ",Dorset",
    "838,",
    "909,Cumbria",
    "304,Leeds",
    ",Nowhere",
    ",",
]
CODES = ["LAC", "InfMort", "Work_Force_Agecy_Rate", "Mystery", "TotAbs", "PupilGap"]
YEARS = ["2019", "2019 (prov)", "2019 (Rev)", "2018/19", "2018-19 (OT)", "2019 Target", "2017-19", "NA", ""]
CELLS = ["4", "4.0", "1,204", "-3", "101", "-", "c", "low", "", "inf", "nan", "1e3", "four"]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(*map(st.sampled_from, (PLACES, CODES, YEARS, CELLS))), max_size=30))
def test_whatever_stands_in_a_table_each_row_is_read_once_or_accounted_for(tmp_path, rows):
    file = tmp_path / "t.csv"
    lines = ["LA Number,LA and Regions,Short Desc,Years,Values"]
    lines += [f'{place},{code},{years},"{cell}"' for place, code, years, cell in rows]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = read_lait(file, DICTIONARY)
    observations = found.tables["observations"]
    assert len(observations) + found.skipped["rows"].sum() == len(rows)
    assert not observations.duplicated(["area_code", "indicator", "period_end", "known_on"]).any()
    assert (observations["value"].notna() == observations["status"].isin(WITH_VALUE)).all()
    assert (observations["known_on"] > observations["period_end"]).all()
    assert set(observations["area_code"]) <= set(found.tables["areas"]["area_code"])
    assert set(observations["indicator"]) == set(found.tables["indicators"]["indicator"])


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("% of births", "percent"),
        ("Rate per 10,000", "rate_per_10000"),
        ("rate_per_10000", "rate_per_10000"),
        ("Rate per 1,000 of 10-17 population", "rate_per_10000"),
        ("Number of children", "count"),
        ("£ per week", "gbp_per_week"),
        ("£ per 1,000 children", "gbp"),
        ("Score per pupil", "score"),
        ("", "score"),
    ],
)
def test_a_unit_is_read_off_words_only_where_they_are_plain(words, unit):
    assert published_unit(words)[0] == unit


def test_two_measures_of_one_name_are_told_apart(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("LA Number,Short Desc,Years,Values\n304,A b,2023,1\n304,A-b,2023,2\n", encoding="utf-8")
    names = read_lait(file, year_types={"*": "calendar_year"}).tables["indicators"]["indicator"].tolist()
    assert names == ["a_b", "a_b_2"]
    assert as_name("<18yrs+") == "under_18yrs_plus"


def test_capitals_make_no_other_measure(tmp_path):
    rows = ["304,work_force_agecy_rate,2022,12", "304,WORK_FORCE_Agecy_Rate,2023,13", "304,my_count,2022,1"]
    path = tmp_path / "table.csv"
    path.write_text(
        "\n".join(["LA Number,Short Desc,Years,Values", *rows, "304,My_Count,2023,2"]), encoding="utf-8"
    )
    read = read_lait(path, year_types={"my_count": "Calendar Year"})
    assert [value for _, _, value, _ in figures(read, "agency_rate")] == [12.0, 13.0]
    assert [value for _, _, value, _ in figures(read, "my_count")] == [1.0, 2.0]


def test_a_file_in_another_character_set_is_read_and_said(tmp_path):
    file = tmp_path / "t.csv"
    file.write_bytes("LA Number,Short Desc,Years,Values\n304,LAC,2023,£40\n".encode("cp1252"))
    found = read_lait(file)
    assert found.tables["observations"]["value"].tolist() == [40.0]
    assert found.notes[0] == "t.csv is not UTF-8 text and was read as Windows-1252."


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is empty"),
        (b"a,b\n1,2\n", "4 faults.*column short desc: is no column"),
        (b"LA Number,Short Desc,Years,Values\n304,LAC,2023\n", "'304,LAC,2023' has 3 cells"),
        (b"LA Number,Short Desc,Years,Values,Values\n", "two columns called 'Values'"),
        (b"PK\x03\x04", "is a workbook"),
        (b"PAR1nothing", "is not a Parquet file"),
    ],
)
def test_a_file_of_another_layout_is_refused(tmp_path, content, fault):
    file = tmp_path / "t.csv"
    file.write_bytes(content)
    with pytest.raises(DataError, match=f"(?s){fault}"):
        read_lait(file)


def test_a_dictionary_of_another_layout_is_refused(tmp_path):
    with pytest.raises(DataError, match="Measure_short: is no column"):
        read_lait(TABLE, TABLE)
    with pytest.raises(DataError, match="cannot be read"):
        read_lait(TABLE, tmp_path / "none.csv")
