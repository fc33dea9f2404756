# ruff: noqa: PD003, PD011 - these are arrays of xarray, not of pandas

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.errors import DateError
from earlywarn.panel.areas import exists, joint_returns
from earlywarn.panel.cohort import cohort
from earlywarn.panel.known import is_known, known, never, superseded_on
from earlywarn.panel.panel import Panel
from earlywarn.sources.england import read_england
from strategies import frame, made_up, panel_dates, panels, tables_of

A, B = "E09000021", "E09000027"  # Kingston upon Thames and Richmond upon Thames
NORTH, WEST = "E06000061", "E06000062"  # Northamptonshire's
WORKFORCE = [{"indicator": name, "polarity": "higher_is_worse", "domain": "workforce"} for name in "abcd"]


@pytest.fixture(scope="module")
def england():
    return Panel(read_england())


def figure(code, value, *, of="a", end="2022-09-30", known_on="2023-02-28", status="ok"):
    dates = {"period_end": end, "known_on": known_on}
    return {"area_code": code, "indicator": of, "value": value, "status": status} | dates


def place(codes="AB", **records):
    areas = [{"area_code": code, "name": f"Area {code}"} for code in codes]
    return tables_of(**{"areas": areas, "indicators": WORKFORCE} | records)


def value(tables, as_of, *, end="2022-09-30"):
    cube = Panel(tables).known_at(pd.Timestamp(as_of)).values.sel(area="A", indicator="a")
    return float(cube.sel(period=end)) if pd.Timestamp(end) in cube["period"].to_numpy() else None


@pytest.mark.parametrize(
    ("as_of", "holds"),
    [("2023-02-28", None), ("2023-03-01", 17), ("2023-05-15", 17), ("2023-05-16", 19), ("2030-01-01", 19)],
)
def test_the_last_figure_known_the_day_before_holds(as_of, holds):
    # the example of panel/known.py: published on 28 February 2023, revised on 15 May
    revised = place(observations=[figure("A", 19, known_on="2023-05-15"), figure("A", 17)])
    assert value(revised, as_of) == holds


def test_a_figure_withdrawn_is_a_figure_no_longer():
    withdrawn = place(
        observations=[figure("A", 17), figure("A", None, status="suppressed", known_on="2023-05-15")]
    )
    assert value(withdrawn, "2023-05-15") == 17
    assert np.isnan(value(withdrawn, "2023-05-16"))
    status = Panel(withdrawn).known_at(pd.Timestamp("2023-05-16")).status
    assert status.sel(area="A", indicator="a").to_numpy().tolist() == [3]


def test_annual_and_monthly_figures_share_a_cube_and_gaps_close_in_the_series():
    observations = [
        figure("A", month, of="b", end=f"2023-{month:02d}-28", known_on="2023-12-01") for month in range(1, 6)
    ]
    observations += [
        figure("A", 8, end="2022-03-31"),
        figure("A", 9, end="2023-03-31", known_on="2023-12-01"),
    ]
    snapshot = Panel(place(observations=observations)).known_at(pd.Timestamp("2024-01-01"))
    assert snapshot.values.shape == (2, 4, 7)
    values, years, position = snapshot.series
    assert values[0, 0].tolist() == pytest.approx([np.nan] * 3 + [8, 9], nan_ok=True)
    assert values[0, 1].tolist() == [1, 2, 3, 4, 5]
    assert np.isnan(values[1]).all()
    assert years[0, 0, -1] == pytest.approx(-276 / 365.25)  # 31 March to 1 January
    # positions on the period axis: the annual figure of 2023 stands between March's and April's
    assert position[0].tolist() == [[-1, -1, -1, 0, 4], [1, 2, 3, 5, 6], [-1] * 5, [-1] * 5]


def test_a_figure_better_when_higher_is_turned_and_its_sign_kept():
    better = [{"indicator": "a", "polarity": "higher_is_better"}]
    snapshot = Panel(place(indicators=better, observations=[figure("A", 17)])).known_at(
        pd.Timestamp("2024-01-01")
    )
    assert float(snapshot.values.sel(area="A", indicator="a").item()) == -17
    assert snapshot.sign.to_numpy().tolist() == [-1]
    assert snapshot.neutral.to_numpy().tolist() == [False]


@settings(max_examples=25)
@given(panels(), panel_dates())
def test_nothing_in_a_snapshot_was_known_on_the_day_or_later(tables, as_of):
    snapshot = Panel(tables).known_at(as_of)
    for name in ("inspections", "leadership", "report_themes", "joint"):
        assert (getattr(snapshot, name)["known_on"] < as_of).all()
    there = snapshot.areas.loc[snapshot.areas["exists"], "area_code"]
    known = (tables.observations["known_on"] < as_of) & tables.observations["area_code"].isin(there)
    newest = tables.observations.loc[known, "period_end"]
    assert sorted(set(newest)) == snapshot.values["period"].to_index().tolist()


@settings(max_examples=25)
@given(panels(), panel_dates())
def test_the_cube_holds_what_pandas_finds_row_by_row(tables, as_of):
    then = tables.observations[tables.observations["known_on"] < as_of].sort_values("known_on")
    key = ["area_code", "indicator", "period_end"]
    held = then.drop_duplicates(key, keep="last").set_index(key)["value"].dropna()
    snapshot = Panel(tables).known_at(as_of)
    there = snapshot.areas.loc[snapshot.areas["exists"], "area_code"]
    held = held[held.index.get_level_values("area_code").isin(there)]  # an ended area has no figures
    ours = (snapshot.values * snapshot.sign).to_series().dropna()
    assert ours.to_dict() == pytest.approx(held.to_dict())


def peers(panel, as_of, code):
    row = panel.known_at(pd.Timestamp(as_of)).neighbours.sel(area=code).to_numpy()
    return [panel.areas["area_code"][place] for place in row if place >= 0]


def test_in_england_each_neighbour_model_holds_from_the_day_after_it_was_published(england):
    sets = england.tables.neighbours[england.tables.neighbours["area_code"] == A].sort_values("rank")
    by_model = sets.groupby("model")["neighbour_code"].agg(list)
    assert by_model["2021"] != by_model["2025"]
    assert peers(england, "2021-04-30", A) == []
    assert peers(england, "2021-05-01", A) == by_model["2021"]
    assert peers(england, "2025-05-31", A) == by_model["2021"]
    assert peers(england, "2025-06-01", A) == by_model["2025"]


def test_a_new_set_for_one_area_leaves_the_others_theirs():
    rows = [
        {"area_code": "A", "neighbour_code": "B", "rank": 1, "model": "old", "known_on": "2021-04-30"},
        {"area_code": "B", "neighbour_code": "A", "rank": 2, "model": "old", "known_on": "2021-04-30"},
        {"area_code": "A", "neighbour_code": "C", "rank": 2, "model": "new", "known_on": "2023-04-30"},
        {"area_code": "C", "neighbour_code": "Z", "rank": 1, "model": "new", "known_on": "2023-04-30"},
    ]
    panel = Panel(place("ABC", neighbours=rows))
    assert peers(panel, "2023-05-01", "A") == ["C"]
    assert peers(panel, "2023-05-01", "B") == ["A"]
    assert peers(panel, "2023-05-01", "C") == []  # Z is no area of ours


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        ("2013-01-01", "The as-of date 2013-01-01 is before anything was known in the data of 'england'."),
        (
            "2031-01-01",
            "The as-of date 2031-01-01 is after the last record in the data of 'england'.",
        ),
    ],
)
def test_a_date_that_cannot_be_served_is_refused_with_those_that_can(england, as_of, said):
    first, last = england.first_possible(), england.last_possible()
    advice = f"Choose a date from {first:%Y-%m-%d} to {last:%Y-%m-%d}."
    with pytest.raises(DateError, match=re.escape(f"{said} {advice}")):
        england.check_date(pd.Timestamp(as_of))


def test_the_first_and_the_last_date_can_be_served(england):
    for day in (england.first_possible(), england.last_possible()):
        england.check_date(day)
    one_day = pd.Timedelta(days=1)
    for day in (england.first_possible() - one_day, england.last_possible() + one_day):
        with pytest.raises(DateError, match="Choose a date from"):
            england.check_date(day)


def test_superseded_on_is_never_for_the_last_and_the_only_version():
    one = pd.DataFrame({"area_code": ["A"], "known_on": pd.to_datetime(["2023-02-28"])})
    assert (superseded_on(one, ["area_code"]) == [never]).all()
    assert superseded_on(one[:0], ["area_code"]).size == 0


def test_known_keeps_the_order_and_leaves_out_what_has_no_date():
    table = pd.DataFrame({"known_on": pd.to_datetime(["2023-03-01", "2020-01-01", None, "2023-02-28"])})
    assert known(table, pd.Timestamp("2023-03-01")).index.tolist() == [1, 3]
    assert is_known(table["known_on"].to_numpy(), pd.Timestamp("2023-03-02")).tolist() == [
        True,
        True,
        False,
        True,
    ]


def days(*written):
    return pd.to_datetime(pd.Series(written, dtype=object)).astype("datetime64[ns]")


def test_an_area_exists_from_its_first_day_through_its_last():
    areas = pd.DataFrame(
        {"active_from": days("2023-04-01", None, None), "active_to": days(None, "2023-03-31", None)}
    )
    assert exists(areas, pd.Timestamp("2023-03-31")).tolist() == [False, True, True]
    assert exists(areas, pd.Timestamp("2023-04-01")).tolist() == [True, False, True]


def test_the_cohort_says_why_an_area_is_not_in_it():
    areas = [
        {"area_code": "C", "name": "Newshire", "active_from": "2023-04-01"},
        {"area_code": "A", "name": "Oldshire", "active_to": "2021-03-05"},
        {"area_code": "B", "name": "Stillshire", "active_from": "1974-04-01"},
    ]
    found = cohort(Panel(tables_of(areas=areas)).known_at(pd.Timestamp("2022-01-01")))
    assert found.to_dict("records") == [
        {"area_code": "A", "name": "Oldshire", "eligible": False, "why": "ended on 5 March 2021"},
        {"area_code": "B", "name": "Stillshire", "eligible": True, "why": ""},
        {"area_code": "C", "name": "Newshire", "eligible": False, "why": "not set up until 1 April 2023"},
    ]


@settings(max_examples=15)
@given(panels(), panel_dates())
def test_the_cohort_is_of_the_areas_that_exist(tables, as_of):
    snapshot = Panel(tables).known_at(as_of)
    assert cohort(snapshot)["eligible"].tolist() == snapshot.areas["exists"].tolist()


def test_in_england_exactly_two_pairs_return_together(england):
    found = joint_returns(england.tables.observations, england.indicators)
    firsts = found.groupby(["area_code", "partner_code"])["period_end"].min().dt.year.to_dict()
    assert firsts == {(A, B): 2017, (B, A): 2017, (NORTH, WEST): 2021, (WEST, NORTH): 2021}


def test_a_joint_return_is_known_from_its_publication(england):
    assert england.known_at(pd.Timestamp("2018-02-28")).joint.empty
    assert england.known_at(pd.Timestamp("2018-03-01")).joint["period_end"].dt.year.tolist() == [2017, 2017]


@settings(max_examples=15)
@given(st.integers(0, 2**16))
def test_in_random_figures_nobody_returns_together(seed):
    rng = np.random.default_rng(seed)
    observations = [
        figure(code, number, of=of)
        for of in "abcd"
        for code, number in zip("ABCDEFGH", rng.random(8), strict=True)
    ]
    made = place("ABCDEFGH", observations=observations)
    assert joint_returns(made.observations, made.indicators).empty


def together(**changed):
    return [figure(code, changed.get(code + of, 7.5), of=of) for of in "abcd" for code in "AB"]


def pairs(observations, as_of="2024-01-01"):
    found = Panel(place(observations=observations)).known_at(pd.Timestamp(as_of)).joint
    return found[["area_code", "partner_code"]].to_numpy().tolist()


def test_where_nobody_returns_together_the_columns_are_still_of_their_kind():
    for few in ([], [figure("A", 1)]):
        made = place(observations=few)
        found = joint_returns(made.observations, made.indicators)
        assert found.empty
        assert found.dtypes[["period_end", "known_on"]].tolist() == ["datetime64[ns]"] * 2


def test_a_joint_return_is_known_once_both_have_been_published():
    late = [row | {"known_on": "2023-04-30"} if row["area_code"] == "A" else row for row in together()]
    made = place(observations=late)
    assert (
        joint_returns(made.observations, made.indicators)["known_on"].tolist()
        == [pd.Timestamp("2023-04-30")] * 2
    )
    assert pairs(late, "2023-04-30") == []


def test_four_equal_figures_are_a_joint_return_and_three_are_not():
    both = [["A", "B"], ["B", "A"]]
    assert pairs(together()) == both
    assert pairs(together(Ad=8)) == []
    assert pairs([row for row in together() if row["indicator"] != "d"]) == []
    assert pairs([row | {"indicator": "elsewhere"} for row in together()]) == []


def test_a_later_revision_ends_a_joint_return_only_later():
    revised = [*together(), figure("A", 8.5, of="d", known_on="2023-05-15")]
    assert len(pairs(revised, "2023-05-15")) == 2
    assert pairs(revised, "2023-05-16") == []


def test_a_late_third_party_does_not_hide_a_joint_return():
    late = [*together(), figure("C", 1.5, known_on="2023-11-30")]
    tables = place("ABC", observations=late)
    joint = Panel(tables).known_at(pd.Timestamp("2023-03-01")).joint
    assert joint["known_on"].tolist() == [pd.Timestamp("2023-02-28")] * 2


def test_an_empty_panel_can_be_cut():
    snapshot = Panel(tables_of()).known_at(pd.Timestamp("2024-01-01"))
    assert snapshot.values.shape == (0, 0, 0)
    assert snapshot.neighbours.shape == (0, 0)
    assert cohort(snapshot).empty


def test_tables_are_not_written_into():
    tables, before = made_up(4), made_up(4)
    Panel(tables).known_at(pd.Timestamp("2022-01-01"))
    for name in ("areas", "indicators", "observations", "inspections", "neighbours", "leadership"):
        pd.testing.assert_frame_equal(getattr(tables, name), getattr(before, name))


def test_areas_without_any_figure_have_a_place_in_the_cube():
    tables = made_up(4)
    lonely = frame("areas", [{"area_code": "Z", "name": "Lonely"}])
    wider = replace(tables, areas=pd.concat([lonely, tables.areas], ignore_index=True))
    cube = Panel(wider).known_at(pd.Timestamp("2022-01-01")).values
    assert cube["area"].to_numpy().tolist()[-1] == "Z"
    assert cube.sel(area="Z").isnull().all()
