"""A release adds rows and changes none, so what was known on any earlier day stays what it was."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from earlywarn.errors import DataError
from earlywarn.schema import TABLES, empty_table
from earlywarn.sources.additions import add_rows
from earlywarn.sources.native.merged import as_table
from earlywarn.sources.releases import compare_release
from earlywarn.sources.revisions import revised_figures
from earlywarn.sources.tables import Tables, read_tables
from earlywarn.sources.writing import as_csv

ENDS = ["2023-03-31", "2024-03-31"]


def figures(*rows):
    """Observations of one indicator from (area, period end, known on, value)."""
    table = pd.DataFrame(rows, columns=["area_code", "period_end", "known_on", "value"])
    table = table.assign(
        indicator="rate", period_start="", status=np.where(table["value"].isna(), "missing", "ok")
    )
    table["period_start"] = (
        pd.to_datetime(table["period_end"]) - pd.DateOffset(years=1) + pd.DateOffset(days=1)
    )
    for name in ("period_end", "known_on"):
        table[name] = pd.to_datetime(table[name])
    return as_table(table, "observations")


def values(rows):
    return [(row.area_code, f"{row.known_on:%Y-%m-%d}", row.value) for row in rows.itertuples()]


OLD = figures(
    ("E1", ENDS[0], "2023-11-30", 10.0),
    ("E1", ENDS[0], "2024-11-30", 11.5),
    ("E2", ENDS[0], "2023-11-30", 7.0),
    ("E3", ENDS[0], "2023-11-30", 40.0),
    ("E4", ENDS[0], "2023-11-30", np.nan),
    ("E5", ENDS[0], "2023-11-30", 3.0),
)


def test_worked_by_hand():
    new = figures(
        ("E1", ENDS[0], "2025-11-30", 12.0),  # revised again
        ("E2", ENDS[0], "2025-11-30", 7.0),  # as it was
        ("E3", ENDS[0], "2025-11-30", np.nan),  # withdrawn: a revision too
        ("E4", ENDS[0], "2025-11-30", 0.0),  # came in late
        ("E1", ENDS[1], "2024-11-30", 13.0),  # a new period
    )
    told, rows, faults = revised_figures(OLD, new)
    assert faults == []
    assert values(rows.fillna({"value": -1})) == [
        ("E1", "2025-11-30", 12.0),
        ("E3", "2025-11-30", -1),
        ("E4", "2025-11-30", 0.0),
        ("E1", "2024-11-30", 13.0),
    ]
    assert (told.new, told.unchanged, told.older) == (1, 1, 0)
    assert told.revised[["area_code", "was", "status_was", "status"]].to_numpy().tolist()[0] == [
        "E1",
        11.5,
        "ok",
        "ok",
    ]
    assert told.vanished["area_code"].tolist() == ["E5"]
    assert told.ended == 0


def test_a_revision_that_is_not_dated_later_needs_a_day():
    new = figures(("E1", ENDS[0], "2024-11-30", 12.0), ("E2", ENDS[0], "2023-06-30", 8.0))
    _, rows, (fault,) = revised_figures(OLD, new)
    assert rows.empty
    assert (
        "'rate' differs from what is there in 2 figures that are not dated after it, such as E1, "
        "2023-03-31: 12, known on 2024-11-30, where 11.5 is known on 2024-11-30. To mend it: say with --known"
    ) in str(fault)
    _, rows, faults = revised_figures(OLD, new, known_on=pd.Timestamp("2025-05-01"))
    assert faults == []
    assert values(rows) == [("E1", "2025-05-01", 12.0), ("E2", "2025-05-01", 8.0)]
    _, rows, (fault,) = revised_figures(OLD, new, known_on=pd.Timestamp("2024-11-30"))
    assert values(rows) == [("E2", "2024-11-30", 8.0)]
    assert "in 1 figures" in str(fault)
    assert "give a later day than 2024-11-30" in str(fault)


def test_an_earlier_vintage_adds_nothing_unless_its_day_is_said():
    new = figures(("E1", ENDS[0], "2023-11-30", 10.0))
    told, rows, faults = revised_figures(OLD, new)
    assert (told.older, told.unchanged, len(rows), faults) == (1, 0, 0, [])
    _, rows, _ = revised_figures(OLD, new, known_on=pd.Timestamp("2026-01-01"))
    assert values(rows) == [("E1", "2026-01-01", 10.0)]


def test_a_release_with_its_own_history_is_taken_whole():
    new = figures(
        ("E2", ENDS[0], "2023-11-30", 7.0),
        ("E2", ENDS[0], "2024-11-30", 8.0),
        ("E2", ENDS[0], "2025-11-30", 7.0),
        ("E2", ENDS[0], "2026-11-30", 7.0),
    )
    _, rows, _ = revised_figures(OLD, new)
    assert values(rows) == [("E2", "2024-11-30", 8.0), ("E2", "2025-11-30", 7.0)]


def test_a_figure_of_other_days_is_another_figure():
    new = figures(("E2", ENDS[0], "2025-11-30", 7.0)).assign(period_start=pd.Timestamp("2022-09-01"))
    _, _, (fault,) = revised_figures(OLD, new)
    assert "covers other days than what is there in 1 figures, such as E2, 2022-09-01 to 2023-03-31" in str(
        fault
    )


def test_figures_of_indicators_that_the_release_does_not_have_did_not_vanish():
    told, _, _ = revised_figures(OLD, figures(("E1", ENDS[1], "2024-11-30", 1.0)).assign(indicator="other"))
    assert told.vanished.empty
    assert told.new == 1


KNOWN = [f"202{year}-06-30" for year in range(4, 9)]
PARTS = ("ABC", ENDS, KNOWN, [1.0, 2.0, np.nan])
ROWS = st.lists(
    st.tuples(*map(st.sampled_from, PARTS)),
    unique_by=lambda row: row[:3],
    max_size=14,
)
FEW = settings(max_examples=7)  # of many figures each


def view(rows, as_of):
    """What was known at the beginning of a day: the last value of each figure."""
    parts = (rows["known_on"], rows["area_code"], rows["period_end"], rows["value"].fillna(-1))
    known = sorted(zip(*parts, strict=True))
    return {(area, end): value for day, area, end, value in known if day < as_of}


@FEW
@given(ROWS, ROWS, st.sampled_from([None, "2029-01-01"]))
def test_earlier_views_stay_and_the_last_is_that_of_the_release(old, new, day):
    old, new = figures(*old), figures(*new)
    day = day and pd.Timestamp(day)
    told, rows, faults = revised_figures(old, new, known_on=day)
    assume(not faults)
    merged = pd.concat([old, rows], ignore_index=True)
    assert not merged.duplicated(["area_code", "period_end", "known_on"]).any()
    since = rows["known_on"].min() if len(rows) else pd.Timestamp.max
    for as_of in [*map(pd.Timestamp, KNOWN), since]:
        if as_of <= since:
            assert view(merged, as_of) == view(old, as_of)
    if not told.older:
        latest = view(merged, pd.Timestamp.max)
        assert latest == {**view(old, pd.Timestamp.max), **view(new, pd.Timestamp.max)}
    again, more, faults = revised_figures(merged, new, known_on=day)
    if not told.older:
        assert (len(more), len(again.revised), faults) == (0, 0, [])
    assert told.new == len(view(new, pd.Timestamp.max).keys() - view(old, pd.Timestamp.max).keys())


@FEW
@given(ROWS, ROWS)
def test_the_account_is_that_of_a_plain_loop(old, new):
    old, new = figures(*old), figures(*new)
    _, rows, faults = revised_figures(old, new)
    expected, refused = [], 0
    for (area, end), theirs in new.sort_values("known_on").groupby(["area_code", "period_end"]):
        ours = old[(old["area_code"] == area) & (old["period_end"] == end)].sort_values("known_on")
        state = ours["value"].fillna(-1).iloc[-1] if len(ours) else None
        for row in theirs.fillna({"value": -1}).itertuples():
            if ours.empty:
                expected.append((area, end, row.known_on))
            elif row.known_on > ours["known_on"].max():
                if row.value != state:
                    expected.append((area, end, row.known_on))
                state = row.value
            elif row.value not in ours["value"].fillna(-1).tolist():
                refused += 1
    assert sorted(zip(rows["area_code"], rows["period_end"], rows["known_on"], strict=True)) == sorted(
        expected
    )
    assert bool(faults) == bool(refused)


@FEW
@given(ROWS, ROWS, st.randoms())
def test_the_order_of_rows_does_not_matter(old, new, random):
    def shuffled(rows):
        order = list(range(len(rows)))
        random.shuffle(order)
        return rows.iloc[order].reset_index(drop=True)

    old, new = figures(*old), figures(*new)
    one, rows, _ = revised_figures(old, new)
    other, same, _ = revised_figures(shuffled(old), shuffled(new))
    order = ["area_code", "period_end", "known_on"]
    pd.testing.assert_frame_equal(
        rows.sort_values(order, ignore_index=True), same.sort_values(order, ignore_index=True)
    )
    pd.testing.assert_frame_equal(one.revised, other.revised)


FILES = {
    "areas": "area_code,name,former_codes\nE1,Northshire,E9\nE2,Southshire,\n",
    "indicators": "indicator,label,unit,polarity\nrate,A rate,percent,higher_is_worse\n",
    "observations": "area_code,indicator,period_end,value,known_on\nE1,rate,2023-03-31,12.5,2023-11-30\n",
    "inspections": "inspection_id,area_code,start_date,known_on,overall\none,E1,2022-05-09,2022-07-01,good\n",
    "visits": "area_code,start_date,known_on,visit_type,theme\nE1,2023-02-01,2023-03-01,focused,Front door\n",
    "neighbours": "area_code,neighbour_code,rank,model,known_on\nE1,E2,1,ours,2021-04-30\n",
    "leadership": "area_code,role,in_post_since,known_on\nE1,director,2020-01-01,2022-07-01\n",
    "report_themes": "area_code,inspection_id,known_on,words,drift\nE1,one,2022-07-01,4000,2\n",
    "concerns": "entry_id,version,area_code,kind,occurred_on,known_on,tier\n"
    "S1,1,E1,caseload_concern,2024-01-31,2024-02-02,open\n",
}


def write(home):
    for name, text in FILES.items():
        (home / f"{name}.csv").write_text(text)
    return home


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    return read_tables(write(tmp_path_factory.mktemp("there")))


def with_rows(tables, name, **cells):
    """Put rows into a table, made from its first row."""
    first = getattr(tables, name).iloc[[0]]
    return replace(
        tables, **{name: pd.concat([getattr(tables, name), first.assign(**cells)], ignore_index=True)}
    )


def changed(tables, name, column, value):
    table = getattr(tables, name).copy()
    table.loc[0, column] = value
    return replace(tables, **{name: table})


def test_the_same_tables_bring_nothing_new(tables):
    release = compare_release(tables, tables)
    assert release.added == {}
    assert release.remarks == []
    assert release.unchanged_before is None


ADDED = {
    "areas": {"area_code": "E3", "former_codes": ""},
    "indicators": {"indicator": "other"},
    "inspections": {
        "start_date": pd.Timestamp("2025-01-06"),
        "known_on": pd.Timestamp("2025-03-03"),
        "inspection_id": "three",
    },
    "visits": {"start_date": pd.Timestamp("2023-01-09")},
    "neighbours": {"model": "2030"},
    "leadership": {"known_on": pd.Timestamp("2025-07-01")},
    "report_themes": {"inspection_id": "three"},
    "concerns": {"entry_id": "S9"},
}


def test_rows_that_were_not_there_are_added(tables, tmp_path):
    new = tables
    for name, cells in ADDED.items():
        new = with_rows(new, name, **cells)
    release = compare_release(tables, new)
    assert {table: len(rows) for table, rows in release.added.items()} == dict.fromkeys(ADDED, 1)
    for name, cells in ADDED.items():
        assert all((release.added[name][column] == value).all() for column, value in cells.items())
    assert sorted(add_rows(write(tmp_path), release.added)) == sorted(f"{name}.csv" for name in ADDED)
    merged = read_tables(tmp_path)
    assert all(len(getattr(merged, name)) == len(getattr(tables, name)) + 1 for name in ADDED)
    assert compare_release(merged, new).added == {}
    assert release.unchanged_before == pd.Timestamp("2021-04-30")  # the set of neighbours called 2030


@pytest.mark.parametrize(
    ("name", "column", "value", "match"),
    [
        ("indicators", "unit", "count", "unit: 'count' is said of rate, which has 'percent' there"),
        ("indicators", "polarity", "neutral", "give the indicator another name"),
        (
            "inspections",
            "overall",
            "outstanding",
            "'outstanding' is said of E1 2022-05-09, which has 'good' there",
        ),
        (
            "neighbours",
            "neighbour_code",
            "E3",
            "'ours' is a set that is there already, with other neighbours of 'E1'",
        ),
        ("neighbours", "rank", 2, "rank: '2' is said of E1 E2 ours, which has '1' there"),
        ("concerns", "kind", "other", "'other' is said of S1 1, which has 'caseload_concern' there"),
    ],
)
def test_what_does_not_change_over_time_must_agree(tables, name, column, value, match):
    with pytest.raises(DataError, match=match):
        compare_release(tables, changed(tables, name, column, value))


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param({"start_date": "2022-05-10", "known_on": "2022-07-04"}, id="begun a day later"),
        pytest.param({"start_date": "2022-04-01", "known_on": "2022-07-01"}, id="published on the same day"),
    ],
)
def test_an_inspection_is_not_taken_twice(tables, cells):
    dates = {name: pd.Timestamp(day) for name, day in cells.items()}
    with pytest.raises(
        DataError, match="there, 2022-05-09 of one published on 2022-07-01 can only be one inspection"
    ):
        compare_release(tables, with_rows(tables, "inspections", inspection_id="two", **dates))


def test_words_and_dates_that_publishers_give_in_several_ways_stay(tables):
    new = changed(changed(tables, "areas", "name", "North Shire"), "indicators", "label", "Agency")
    new = changed(new, "inspections", "known_on", pd.Timestamp("2022-07-08"))
    release = compare_release(tables, changed(new, "visits", "theme", "Care leavers"))
    assert release.added == {}
    assert release.remarks == [
        "areas: name of E1 stays 'Northshire'; the release says 'North Shire'.",
        "indicators: label of rate stays 'A rate'; the release says 'Agency'.",
        "inspections: known_on of E1 2022-05-09 stays '2022-07-01'; the release says '2022-07-08'.",
        "visits: theme of E1 2023-02-01 focused stays 'Front door'; the release says 'Care leavers'.",
    ]


def test_a_cell_that_was_empty_stays_empty_and_is_told(tables):
    release = compare_release(tables, changed(tables, "inspections", "care_leavers", "good"))
    assert release.added == {}
    assert release.remarks == ["inspections: care_leavers stays empty in 1 rows that the release fills."]


def test_an_inspection_keeps_its_name_and_its_report_follows(tables):
    new = changed(
        changed(tables, "inspections", "inspection_id", "E1_2022"),
        "report_themes",
        "inspection_id",
        "E1_2022",
    )
    assert compare_release(tables, new).added == {}


def test_reports_must_count_the_same_themes(tables):
    with pytest.raises(DataError, match="counts other themes than what is there: 'delay', 'drift'"):
        compare_release(
            tables, replace(tables, report_themes=tables.report_themes.rename(columns={"drift": "delay"}))
        )


@pytest.mark.parametrize("there", ["E1", "E9"])
def test_an_area_is_found_under_its_earlier_and_later_code(tables, there):
    came = {"E1": "E9", "E9": "E1"}[there]

    def called(code, other):
        frames = {name: getattr(tables, name).replace({"area_code": {"E1": code}}) for name in TABLES}
        frames["areas"].loc[0, "former_codes"] = other
        return replace(tables, **frames)

    old, new = called(there, "E9" if there == "E1" else ""), called(came, "E9" if came == "E1" else "")
    late = new.observations.iloc[:1].assign(known_on=pd.Timestamp("2026-01-01"), value=5.0)
    release = compare_release(old, replace(new, observations=late))
    assert "areas" not in release.added
    assert release.added["observations"]["area_code"].unique().tolist() == [there]
    assert f"areas: {came} is called {there} there, and its new rows too." in release.remarks


def test_an_empty_release_is_no_release(tables):
    empty = Tables(**{**vars(tables), **{name: empty_table(name) for name in TABLES}})
    assert compare_release(tables, empty).added == {}


def test_a_file_keeps_its_bytes_headings_and_further_columns(tmp_path):
    header = "\ufeffarea_code,indicator,published_on,period_end,value,our note"
    text = header + '\r\nE1,rate,2023-11-30,2023-03-31,1,"a, b"\r\n'
    path = tmp_path / "observations.csv"
    path.write_bytes(text.encode())
    add_rows(
        tmp_path, {"observations": figures(("E2", ENDS[0], "2023-11-30", 0.1)).assign(period_start=pd.NaT)}
    )
    assert path.read_bytes() == text.encode() + b"E2,rate,2023-11-30,2023-03-31,0.1,\n"


def test_a_column_that_the_rows_need_is_added(tmp_path):
    path = tmp_path / "observations.csv"
    path.write_text(
        'area_code,indicator,known_on,period_end,value,note\nE1,rate,2023-11-30,2023-03-31,1,"a, b"\n'
    )
    rows = figures(("E2", ENDS[0], "2023-11-30", np.nan)).assign(period_start=pd.NaT, status="suppressed")
    add_rows(tmp_path, {"observations": rows})
    assert path.read_text() == (
        "area_code,indicator,known_on,period_end,value,note,status\n"
        'E1,rate,2023-11-30,2023-03-31,1,"a, b",\nE2,rate,2023-11-30,2023-03-31,,,suppressed\n'
    )


def test_sets_of_neighbours_without_a_day_stay_without(tmp_path):
    path = tmp_path / "neighbours.csv"
    path.write_text("area_code,neighbour_code,rank,model\nE1,E2,1,2021\n")
    row = {"area_code": ["E1"], "neighbour_code": ["E3"], "rank": [1], "model": ["2025"]}
    rows = as_table(pd.DataFrame(row).assign(known_on=pd.Timestamp("2025-05-31")), "neighbours")
    add_rows(tmp_path, {"neighbours": rows})
    assert path.read_text().splitlines()[-1] == "E1,E3,1,2025"
    with pytest.raises(DataError, match="add a column known_on with the day on which each set was published"):
        add_rows(tmp_path, {"neighbours": rows.assign(known_on=pd.Timestamp("2025-06-30"))})


def test_parquet_stays_parquet(tables, tmp_path):
    typed = tables.observations.assign(value=tables.observations["value"].astype("float32"))
    (write(tmp_path) / "observations.csv").unlink()
    typed.to_parquet(tmp_path / "observations.parquet")
    row = figures(("E2", ENDS[1], "2026-11-30", 9.5))
    assert add_rows(tmp_path, {"observations": row}) == ["observations.parquet"]
    merged = read_tables(tmp_path)
    assert len(merged.observations) == len(tables.observations) + 1
    assert merged.observations["value"].iloc[-1] == 9.5


def test_a_table_that_had_no_file_gets_one(tmp_path):
    rows = figures(("E1", ENDS[0], "2023-11-30", 1.0))
    assert add_rows(tmp_path, {"observations": rows, "visits": empty_table("visits")}) == [
        "observations.csv.gz",
        "visits.csv",
    ]
    assert (tmp_path / "visits.csv").read_bytes() == as_csv(empty_table("visits"))
