from pathlib import Path

import pandas as pd
import pytest

from earlywarn.errors import ConfigError, DataError
from earlywarn.schema import TABLES, violations
from earlywarn.sources.native.wide import read_wide

FILES = Path(__file__).parent / "files" / "wide"
SAID = r"""
area = {column = "Council"}
periods = {pattern = '\d{4}-\d{2}', year_type = "financial year"}
known_on = {days_after = 46}
indicator = [{name = "visits", label = "Visits", unit = "percent", polarity = "higher_is_better"}]
"""
LISTED = """
area = {column = "Council"}
indicator = [{name = "visits", label = "Visits", unit = "count", polarity = "neutral"}]
[[periods]]
column = "Q1"
start = 2024-04-01
end = 2024-06-30
known_on = 2024-08-15
[[periods]]
column = 2024
end = 2024-09-30
known_on = 2024-11-15
"""


@pytest.fixture
def read(tmp_path):
    def make(*rows, said=SAID, **options):
        (tmp_path / "mapping.toml").write_text(said, encoding="utf-8")
        (tmp_path / "visits.csv").write_text("\n".join(rows), encoding="utf-8")
        return read_wide(tmp_path / "visits.csv", mapping=tmp_path / "mapping.toml", **options)

    return make


@pytest.fixture
def faults(read):
    def told(*rows, said=SAID):
        with pytest.raises(DataError) as wrong:
            read(*rows, said=said)
        return [str(fault) for fault in wrong.value.faults]

    return told


@pytest.fixture(scope="module")
def book():
    return read_wide(FILES / "visits.xlsx", mapping=FILES / "visits.toml")


def test_a_figure_for_each_area_measure_and_period(book):
    table = book.tables["observations"]
    rows = table[["area_code", "indicator", "value", "status"]].fillna({"value": -1})
    ends = table["period_end"].dt.year
    assert [(*row, end) for row, end in zip(rows.to_numpy().tolist(), ends, strict=True)] == [
        ("E08000013", "visits_in_time", -1, "suppressed", 2023),
        ("E08000013", "visits_in_time", -1, "missing", 2024),
        ("E10000006", "visits_in_time", 70, "ok", 2023),
        ("E10000016", "caseload", 1750, "ok", 2023),
        ("E10000016", "caseload", 0, "ok", 2024),
        ("E10000016", "visits_in_time", 81.5, "ok", 2023),
        ("E10000016", "visits_in_time", 84.25, "ok", 2024),
    ]
    assert (table["known_on"] - table["period_end"]).dt.days.unique() == 46


def test_what_is_left_out_is_told(book):
    assert dict(zip(book.skipped["why"], book.skipped["rows"], strict=True)) == {
        "'Cumbria' is about an area that did not exist then": 1,
        "'England' is national": 1,
        "is of 'Morale', which the mapping does not name": 1,
        "names no area": 1,
    }
    assert set(book.skipped["where"]) == {"Table 2"}


def test_the_tables_are_canonical(book):
    for name, table in book.tables.items():
        assert table.columns.tolist() == TABLES[name].names
        assert violations(table, name) == []
    assert book.tables["indicators"]["source"].unique() == "Quarterly return"


def test_both_forms_of_workbook_are_read_alike(book):
    other = read_wide(FILES / "visits.ods", mapping=FILES / "visits.toml")
    for name, table in book.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name])


def test_columns_can_be_given_one_by_one(read):
    table = read(
        "A title", "Council,Q1,2024", "Kent,12,14", "886,12,14", said=LISTED.replace("= 2024\n", '= "2024"\n')
    )
    rows = table.tables["observations"]
    assert rows["value"].tolist() == [12, 14]  # the second row says the same of the same area
    assert rows["known_on"].tolist() == [pd.Timestamp("2024-08-15"), pd.Timestamp("2024-11-15")]
    assert rows["period_start"].isna().tolist() == [False, True]
    assert table.notes == ["Each period's figures are taken as known from the day that the mapping gives it."]


def test_the_calendar_can_say_when_figures_were_known(read):
    said = SAID.replace("{days_after = 46}", '{publication = "DfE Children in need census"}')
    table = read("Council,2023-24", "Kent,81.5", said=said).tables["observations"]
    assert table["known_on"].tolist() == [pd.Timestamp("2024-11-30")]
    said = SAID.replace("{days_after = 46}", "{date = 2024-09-01}")
    assert read("Council,2023-24", "Kent,81.5", said=said).notes == [
        "The figures are taken as known from 2024-09-01."
    ]


def test_everything_wrong_in_a_mapping_is_told_at_once(faults):
    said = r"""
    shee = "Table 2"
    area = {}
    periods = {pattern = '(', year_type = "financial year"}
    indicator = [{name = "Visits In Time", label = "Visits", unit = "pct", polarity = "up"}]
    """
    told = faults("Council,2023-24", "Kent,1", said=said)
    expected = """\
column area.column: is missing
column indicator.1.name: 'Visits In Time' will not do: string should match pattern '^[a-z0-9]+(_[a-z0-9]+)*$'
column indicator.1.unit: 'pct' will not do: write one of percent, rate_per_10000
column indicator.1.polarity: 'up' will not do: write one of higher_is_worse, higher_is_better, neutral
column periods: will not do: pattern is no regular expression (missing )
column shee: 'Table 2' is no key of a mapping"""
    assert len(told) == 6
    for fault, words in zip(told, expected.splitlines(), strict=True):
        assert fault.startswith(f"mapping.toml, {words}")


@pytest.mark.parametrize(
    ("was", "becomes", "match"),
    [
        ("known_on = {days_after = 46}", "", "known_on is missing"),
        (
            "days_after = 46",
            "days_after = 46, date = 2024-01-01",
            "give one of date, days_after and publication",
        ),
        ('year_type = "financial year"', 'year_type = "fiscal"', "does not say which days a year covers"),
        ("indicator = [", 'indicator_column = "Measure"\nindicator = [', "each indicator needs a text"),
        ("area = {", "area = {{", "cannot be read"),
    ],
)
def test_a_mapping_must_agree_with_itself(faults, was, becomes, match):
    (fault,) = faults("Council,2023-24", "Kent,1", said=SAID.replace(was, becomes))
    assert match in fault


def test_every_cell_that_is_no_figure_is_named(faults):
    told = faults("Council,2022-23,2023-24", "Kent,many,101", "Hull,-3,64%")
    assert [fault.split(". To mend it")[0] for fault in told] == [
        "visits.csv, row 2, column 2022-23: 'many' is neither a figure nor a mark that stands for none",
        "visits.csv, row 2, column 2023-24: '101' is out of range for percent",
        "visits.csv, row 3, column 2022-23: '-3' is out of range for percent",
    ]


@pytest.mark.parametrize(
    ("rows", "extra", "match"),
    [
        (("Area,2023-24", "Kent,1"), "", "has no header: 'Council' is nowhere"),
        (("Council,2023", "Kent,1"), "", r"has no header: a heading of the pattern \d{4}-\d{2} is nowhere"),
        (("Council,2023-24", "Kent,1"), "header_row = 2\n", "has no header in row 2: 'Council'"),
        (("Council,2023-24", "Kent,1", "Council,2023-24"), "", "could have its header in rows 1 and 3"),
        (("Council,2023-24,2023-24", "Kent,1,2"), "", "is the heading of two columns"),
        (("Council,2023-25", "Kent,1"), "", "'2023-25' is no period that can be read"),
        (
            ("Council,2023-24", "Kent,1"),
            'sheet = "Table"\n',
            "has no sheets called 'Table'; there are 'visits'",
        ),
    ],
)
def test_sheet_header_and_periods_are_not_guessed(faults, rows, extra, match):
    assert match in " ".join(faults(*rows, said=extra + SAID))


def test_figures_are_not_known_before_their_period_ends(faults):
    (fault,) = faults(
        "Council,2023-24", "Kent,1", said=SAID.replace("{days_after = 46}", "{date = 2024-03-01}")
    )
    assert "is known before its period ends" in fault


def test_a_publication_that_is_not_in_the_calendar_is_a_fault(faults):
    (fault,) = faults(
        "Council,2023-24", "Kent,1", said=SAID.replace("{days_after = 46}", '{publication = "Ours"}')
    )
    assert "'Ours' is no publication of the calendar" in fault


def test_rows_that_contradict_one_another_are_refused(faults):
    (fault,) = faults("Council,2023-24", "Kent,1", "886,2")
    assert "'2.0' is said of E10000016 visits 2024-03-31, but visits.csv, row 2, says '1.0'" in fault


def test_nothing_to_read_is_said():
    with pytest.raises(ConfigError, match="was given none"):
        read_wide(mapping="mapping.toml")
