from pathlib import Path

import pandas as pd
import pytest

from earlywarn.errors import ConfigError, DataError
from earlywarn.schema import TABLES, violations
from earlywarn.sources.native.ombudsman import read_ombudsman

BOOK = Path(__file__).parent / "files" / "ombudsman" / "complaints-2023-24.xlsx"
DECIDED = "Authority Name,Not upheld,Upheld,Uphold rate (%)"


@pytest.fixture(scope="module")
def read():
    return read_ombudsman(BOOK)


@pytest.fixture
def write(tmp_path):
    def csv(*rows, name="decided 2022-23.csv"):
        path = tmp_path / name
        path.write_text("\n".join(rows), encoding="utf-8")
        return path

    return csv


def figures(read, indicator):
    table = read.tables["observations"]
    rows = table[table["indicator"] == indicator]
    return dict(zip(rows["area_code"], rows["value"], strict=True))


def test_received_complaints_are_those_about_childrens_services(read):
    assert figures(read, "complaints_received_childrens") == pytest.approx(
        {
            "E06000014": 14,  # City of York Council
            "E06000020": float("nan"),  # Telford & Wrekin Council, which has a dash
            "E08000038": 21,
            "E09000005": 15,
            "E10000016": 187,
        },
        nan_ok=True,
    )
    assert figures(read, "complaints_received")["E06000020"] == 17


def test_a_rate_held_as_a_share_is_read_as_a_percentage(read):
    # Barnsley: 9 of 12 = 75; Kent: 103 of 125 = 82.4, published as 82; Telford: none investigated, no share
    assert figures(read, "complaints_upheld_rate") == pytest.approx(
        {"E06000014": 100, "E06000020": float("nan"), "E08000038": 75, "E09000005": 71, "E10000016": 82},
        nan_ok=True,
    )
    assert figures(read, "complaints_investigated")["E10000016"] == 125
    assert figures(read, "complaints_decided")["E10000016"] == 249


def test_a_rate_written_as_text_is_read_as_it_is(read):
    assert figures(read, "complaints_compliance_rate") == pytest.approx(
        {"E06000014": 100, "E06000020": float("nan"), "E10000016": 99}, nan_ok=True
    )


def test_the_period_is_the_financial_year(read):
    table = read.tables["observations"]
    assert table["period_start"].unique() == pd.Timestamp("2023-04-01")
    assert table["period_end"].unique() == pd.Timestamp("2024-03-31")
    assert table["known_on"].unique() == pd.Timestamp("2024-07-31")


def test_the_users_calendar_says_when_figures_were_known(tmp_path):
    calendar = tmp_path / "mine.toml"
    calendar.write_text(
        '[[publication]]\nname = "LGSCO Local government complaints by authority"\n'
        'known_on = "07-17"\nyears_later = 0\n'
    )
    read = read_ombudsman(BOOK, calendar=calendar)
    assert read.tables["observations"]["known_on"].unique() == pd.Timestamp("2024-07-17")
    assert "The figures of the year to 2024-03-31 are taken as known from 2024-07-17." in read.notes


def test_bodies_without_childrens_services_are_left_out_in_one_line(read):
    received = read.skipped[read.skipped["where"] == "Complaints received"]
    who = "'Adur District Council', 'Dartmoor National Park Authority', 'Total'"
    assert received["rows"].tolist() == [3]
    assert received["why"].tolist() == [f"are no councils with children's services duties, such as {who}"]


def test_councils_that_are_in_no_table_are_named(read):
    assert any(
        note.startswith("In the year to 2024-03-31 there is no row for 'Barking") for note in read.notes
    )


def test_the_tables_are_canonical(read):
    for name, table in read.tables.items():
        assert table.columns.tolist() == TABLES[name].names
        assert violations(table, name) == []
    indicators = read.tables["indicators"].set_index("indicator")
    assert indicators.loc["complaints_upheld_rate", ["polarity", "denominator"]].tolist() == [
        "higher_is_worse",
        "complaints_investigated",
    ]
    assert "all services" in indicators.loc["complaints_upheld", "description"]


def test_without_a_rate_it_is_worked_out(write):
    read = read_ombudsman(
        write("Council,Not upheld,Upheld", "Kent County Council,1,3", "Leeds City Council,0,0")
    )
    assert figures(read, "complaints_upheld_rate") == pytest.approx(
        {"E08000035": float("nan"), "E10000016": 75}, nan_ok=True
    )
    assert "has no uphold rate: it was worked out" in read.notes[0]


def test_a_rate_of_one_percent_is_not_taken_for_a_share(write):
    read = read_ombudsman(write(DECIDED, "Kent County Council,99,1,1", "Leeds City Council,50,50,50"))
    assert figures(read, "complaints_upheld_rate") == {"E08000035": 50, "E10000016": 1}


def test_a_rate_that_is_not_that_of_its_counts_is_kept_and_told(write):
    read = read_ombudsman(write(DECIDED, "Kent County Council,25,75,57", "Leeds City Council,50,50,50"))
    assert figures(read, "complaints_upheld_rate")["E10000016"] == 57
    assert "is not that of its counts for 'Kent County Council'; the published rate was kept" in read.notes[0]


def test_several_years_are_several_files(read, write):
    both = read_ombudsman(BOOK, write(DECIDED, "Kent County Council,20,60,75"))
    ends = both.tables["observations"].query("area_code == 'E10000016' and indicator == 'complaints_upheld'")
    assert ends["period_end"].dt.year.tolist() == [2023, 2024]
    assert len(both.tables["observations"]) == len(read.tables["observations"]) + 3


@pytest.mark.parametrize(
    ("name", "title", "match"),
    [
        pytest.param("decided.csv", "Decisions", "does not say which one year", id="no year"),
        pytest.param("2022-23 and 2023-24.csv", "Decisions", "does not say which one year", id="two years"),
        pytest.param(
            "decided 2022-23.csv",
            "Decisions 2023-24",
            r"'decided 2022-23' is taken as 2022-23, but",
            id="odd",
        ),
    ],
)
def test_a_year_is_not_guessed(write, name, title, match):
    path = write(title, DECIDED, "Kent County Council,1,3,75", name=name)
    with pytest.raises(ConfigError, match=match):
        read_ombudsman(path)


@pytest.mark.parametrize("year", ["2022-23", "2022/2023", "year ending 31 March 2023"])
def test_the_year_can_be_said(write, year):
    path = write(DECIDED, "Kent County Council,1,3,75", name="decided.csv")
    assert read_ombudsman(path, year=year).tables["observations"]["period_end"].unique() == pd.Timestamp(
        "2023-03-31"
    )


@pytest.mark.parametrize("year", ["2023", "2022-24", "last"])
def test_a_year_that_is_none_is_shown(write, year):
    with pytest.raises(ConfigError, match=f"The year is '{year}'"):
        read_ombudsman(write(DECIDED, "Kent County Council,1,3,75"), year=year)


def test_everything_wrong_is_told_at_once(write):
    path = write(
        DECIDED + ",Total",
        "Kent County Council,1.5,3,75,9",
        "Leeds City Council,some,3,75,9",
        "Essex County Council,2,4,67,5",
    )
    with pytest.raises(DataError) as wrong:
        read_ombudsman(path)
    told = [str(fault).split(". To mend it")[0] for fault in wrong.value.faults]
    assert told == [
        "decided 2022-23.csv, row 3, column Not upheld: 'some' is not a number",
        "decided 2022-23.csv, row 2, column Not upheld: '1.5' is no count",
        "decided 2022-23.csv, row 4, column Total: '5' is less than upheld and not upheld together",
    ]


def test_files_that_contradict_one_another_are_refused(write):
    one = write(DECIDED, "Kent County Council,1,3,75")
    other = write(DECIDED, "Kent County Council,1,4,80", name="revised 2022-23.csv")
    with pytest.raises(
        DataError, match=r"'4.0' is said of E10000016 complaints_upheld 2023-03-31, but decided"
    ):
        read_ombudsman(one, other)


def test_other_files_are_refused(write):
    with pytest.raises(
        DataError, match="has no sheet with complaints by authority, whose header needs Authority"
    ):
        read_ombudsman(write("Area,Figure", "Kent,1"))
    with pytest.raises(ConfigError, match="was given none"):
        read_ombudsman()
