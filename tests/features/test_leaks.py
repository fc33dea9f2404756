"""No feature of the whole catalogue looks ahead: the future may be poisoned, deleted or invented.

The code under test cuts by ``known_on``; here the future is spoilt with code of its own, on whole tables.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.features.catalogue import JOIN
from earlywarn.features.matrix import build_matrix
from earlywarn.panel.panel import Panel
from earlywarn.schema import GRADES, TABLES
from earlywarn.sources.england import read_england
from strategies import frame, made_up, panel_dates, panels, permuted

DATED = [name for name in TABLES if "known_on" in TABLES[name].names]
ENGLISH_DATES = {  # the workforce figures of 2022 came out on 28 February 2023
    "before any neighbours": "2019-07-01",
    "day of publication": "2023-02-28",
    "day after it": "2023-03-01",
    "scored": "2025-04-01",
}


@pytest.fixture(scope="module")
def england():
    return read_england()


def features(tables, *as_of):
    return build_matrix(Panel(tables), as_of)


def assert_same(found, wanted):
    pd.testing.assert_frame_equal(found, wanted, rtol=1e-12, atol=1e-12)  # sums may be in another order


def garbage(table, name, rng):
    """Return the rows with nonsense in every column but their keys and dates."""
    spoilt = table.copy()
    size = len(table)
    if name == "observations":
        spoilt["value"], spoilt["status"] = rng.normal(0, 1e6, size), "ok"
    elif name == "inspections":
        for column in ("overall", "leadership", "help_and_protection", "care"):
            spoilt[column] = rng.choice(GRADES, size)
    elif name == "neighbours":
        spoilt["neighbour_code"] = rng.permutation(table["neighbour_code"].to_numpy())
        spoilt["rank"] = rng.integers(1, 20, size)
    elif name == "leadership":
        spoilt["interim"] = ~table["interim"]
        spoilt["in_post_since"] = table["in_post_since"] - pd.Timedelta(days=5_000)
    elif name == "concerns":
        spoilt["strength"], spoilt["amount"] = rng.integers(1, 6, size), rng.integers(1, 999, size)
        spoilt["kind"], spoilt["area_code"] = (
            rng.permutation(table["kind"]),
            rng.permutation(table["area_code"]),
        )
        spoilt["contributor"] = rng.choice(["stork", "", "wren"], size)
        spoilt["version"] = table["version"] + 1_000
    elif name == "report_themes":
        spoilt["words"] = rng.integers(1, 99, size)
        for theme in table.columns.difference(TABLES[name].names):
            spoilt[theme] = rng.integers(0, 99, size)
    return spoilt


def poisoned(tables, as_of, rng):
    """Replace everything known on or after the date with garbage."""
    changed = {}
    for name in DATED:
        table = getattr(tables, name)
        future = table["known_on"] >= as_of
        changed[name] = pd.concat([table[~future], garbage(table[future], name, rng)], ignore_index=True)
    return replace(tables, **changed)


def deleted(tables, as_of):
    """Drop everything known on or after the date."""
    tables_then = {name: getattr(tables, name) for name in DATED}
    return replace(tables, **{name: t[t["known_on"] < as_of] for name, t in tables_then.items()})


def invented(tables, as_of, rng):
    """Add, on the as-of date itself, garbage about everything that was known before it."""
    changed = {}
    for name in DATED:
        table = getattr(tables, name)
        again = garbage(table[table["known_on"] < as_of], name, rng).assign(known_on=as_of)
        if name == "inspections":
            again["start_date"] = as_of - pd.Timedelta(days=9)
            again = again.drop_duplicates("area_code")
        changed[name] = pd.concat([table, again], ignore_index=True)
    return replace(tables, **changed)


SPOILT = {
    "poisoned": poisoned,
    "deleted": lambda tables, as_of, _: deleted(tables, as_of),
    "invented": invented,
}


@pytest.mark.parametrize("spoil", list(SPOILT.values()), ids=list(SPOILT))
@pytest.mark.parametrize("day", list(ENGLISH_DATES.values()), ids=list(ENGLISH_DATES))
def test_in_england_the_future_does_not_reach_back(england, day, spoil):
    as_of = pd.Timestamp(day)
    spoilt = spoil(england, as_of, np.random.default_rng(1))
    assert_same(features(spoilt, as_of), features(england, as_of))


@settings(max_examples=25)
@given(panels(), panel_dates(), st.sampled_from(sorted(SPOILT)), st.integers(0, 99))
def test_in_no_place_does_the_future_reach_back(tables, as_of, how, seed):
    spoilt = SPOILT[how](tables, as_of, np.random.default_rng(seed))
    assert_same(features(spoilt, as_of), features(tables, as_of))


@settings(max_examples=12)
@given(panels(), st.data())
def test_the_day_of_publication_itself_does_not_count(tables, data):
    published = tables.observations["known_on"].unique()
    as_of = data.draw(st.sampled_from(sorted(published))) if len(published) else pd.Timestamp("2020-01-01")
    assert_same(features(deleted(tables, as_of), as_of), features(tables, as_of))


@pytest.mark.parametrize("how", sorted(SPOILT))
def test_the_spoiling_would_be_noticed_the_day_after(england, how):
    # a leak test that cannot fail is none
    as_of = pd.Timestamp(ENGLISH_DATES["day of publication"])
    after = as_of + pd.Timedelta(days=1)
    spoilt = SPOILT[how](england, as_of, np.random.default_rng(1))
    assert not features(spoilt, after).equals(features(england, after))


def test_the_invention_would_be_noticed_in_every_feature(england):
    as_of = pd.Timestamp(ENGLISH_DATES["scored"])
    after = as_of + pd.Timedelta(days=1)
    was, now = features(england, after), features(invented(england, as_of, np.random.default_rng(1)), after)
    untouched = [name for name in was if now[name].equals(was[name]) and was[name].notna().any()]
    # the garbage is always a figure, so only a return that nobody missed stays as it was
    assert [name for name in untouched if not name.endswith("__unreported")] == []


@pytest.mark.parametrize("known_on", ["2023-05-15", "2024-01-01"])
def test_a_late_revision_moves_only_later_dates(england, known_on):
    known_on = pd.Timestamp(known_on)
    figures = england.observations
    chosen = figures[
        figures["indicator"].eq("caseload")
        & figures["area_code"].eq("E06000001")
        & figures["period_end"].eq("2022-09-30")
    ]
    assert len(chosen) == 1
    late = chosen.assign(value=chosen["value"] + 40, known_on=known_on)
    revised = replace(england, observations=pd.concat([figures, late], ignore_index=True))
    until = [pd.Timestamp("2023-04-01"), known_on]
    assert_same(features(revised, *until), features(england, *until))
    after = known_on + pd.Timedelta(days=1)
    moved = features(revised, after) - features(england, after)
    assert moved.loc[("E06000001", after), "caseload__level"] == pytest.approx(40)
    others = [name for name in moved if JOIN in name and not name.startswith("caseload__")]
    others += ["last_overall", "trajectory", "missing_share", "director_tenure"]
    assert (moved[others].fillna(0) == 0).all(axis=None)


@settings(max_examples=12)
@given(panels(), st.data())
def test_any_late_revision_moves_only_later_dates(tables, data):
    figures = tables.observations
    if figures.empty:
        return
    row = figures.iloc[[data.draw(st.integers(0, len(figures) - 1))]]
    known_on = row["known_on"].iloc[0] + pd.Timedelta(days=data.draw(st.integers(300, 900)))
    late = row.assign(value=1e6, status="ok", known_on=known_on)
    revised = replace(tables, observations=pd.concat([figures, late], ignore_index=True))
    until = [known_on - pd.DateOffset(months=6), known_on]
    assert_same(features(revised, *until), features(tables, *until))


def test_in_england_the_order_of_rows_does_not_matter(england):
    as_of = pd.Timestamp(ENGLISH_DATES["scored"])
    assert_same(features(permuted(england), as_of), features(england, as_of))


@settings(max_examples=25)
@given(panels(), panel_dates(), st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(tables, as_of, seed):
    assert_same(features(permuted(tables, seed=seed), as_of), features(tables, as_of))


def split(tables, code, day):
    """End an area the day before and let two successors begin, with figures of their own a year later."""
    areas = tables.areas.copy()
    areas.loc[areas["area_code"] == code, "active_to"] = day - pd.Timedelta(days=1)
    parent = areas[areas["area_code"] == code]
    heirs = [parent.assign(area_code=heir, active_from=day, active_to=pd.NaT) for heir in ("AAA", "ZZZ")]
    figures = tables.observations
    own = figures[figures["area_code"].eq(code)].drop_duplicates("indicator")
    own = own.assign(
        period_end=day + pd.Timedelta(days=364),
        known_on=day + pd.Timedelta(days=500),
        value=33.3,
        status="ok",
    )
    return replace(
        tables,
        areas=pd.concat([areas, *heirs], ignore_index=True),
        observations=pd.concat(
            [figures, own.assign(area_code="AAA"), own.assign(area_code="ZZZ")], ignore_index=True
        ),
    )


@pytest.mark.parametrize("place", ["England", "made up"])
def test_a_split_area_changes_nothing_before_and_leaves_no_history(england, place):
    tables = england if place == "England" else made_up(5, areas=12)
    code = "E10000014" if place == "England" else "E05"
    day = pd.Timestamp("2022-04-01")
    parted = split(tables, code, day)
    before = [pd.Timestamp("2021-07-01"), day - pd.Timedelta(days=1)]
    assert_same(features(parted, *before), features(tables, *before))

    after = features(parted, day).droplevel("as_of")
    assert code not in after.index
    known = after.loc[["AAA", "ZZZ"]].dropna(axis=1, how="all").columns.tolist()
    assert known in ([], ["region_judgement"])  # the region's judgements are the region's, not its own

    later = day + pd.Timedelta(days=501)
    levels = features(parted, later).droplevel("as_of").loc[["AAA", "ZZZ"]].filter(like="__level")
    assert (levels == 33.3).any(axis=None)
    assert set(np.unique(levels.to_numpy()[levels.notna().to_numpy()])) == {33.3}


def test_areas_that_do_not_exist_are_not_in_the_matrix():
    tables = replace(
        made_up(1, areas=1),
        areas=frame(
            "areas",
            [
                {"area_code": "E00", "name": "Old", "active_to": "2021-03-31"},
                {"area_code": "E01", "name": "New", "active_from": "2021-04-01"},
            ],
        ),
    )
    rows = features(tables, *map(pd.Timestamp, ["2021-03-31", "2021-04-01"])).index
    assert rows.tolist() == [("E00", pd.Timestamp("2021-03-31")), ("E01", pd.Timestamp("2021-04-01"))]
