"""Figures beside what they are compared with, against a reading of the raw tables by hand."""

import numpy as np
import pandas as pd
import pytest

from earlywarn.explain.facts import indicator_facts, indicator_series

INDICATOR = "cpp_reviewed_in_time"  # higher is better, so that a sign left on would show


@pytest.fixture(scope="module")
def facts(world):
    return indicator_facts(world.snapshot)


def known_figures(world, as_of, indicator):
    """Newest revision of every area and period that was published before the date."""
    table = world.panel.tables.observations
    areas = world.snapshot.areas
    there = areas.loc[areas["exists"], "area_code"]  # an ended area has no figures
    table = table[
        table["area_code"].isin(there) & (table["indicator"] == indicator) & (table["known_on"] < as_of)
    ]
    return table.sort_values("known_on").drop_duplicates(["area_code", "period_end"], keep="last")


def test_value_period_and_change_are_those_of_the_newest_figure_known(facts, world, as_of):
    figures = known_figures(world, as_of, INDICATOR)
    checked = 0
    for area, table in figures.groupby("area_code"):
        rows = table.sort_values("period_end").set_index("period_end")["value"]
        newest = rows.index.max()
        if newest != figures["period_end"].max() or np.isnan(rows[newest]):
            continue
        found = facts.loc[(area, INDICATOR)]
        assert found["value"] == rows[newest]
        assert found["period_end"] == newest
        before = rows.get(newest - pd.DateOffset(years=1), np.nan)
        if not np.isnan(before):
            assert found["before"] == before
            checked += 1
    assert checked > 25


def test_neighbours_and_england_are_medians_of_the_same_period_as_the_figure(facts, world, as_of):
    figures = known_figures(world, as_of, INDICATOR).set_index(["period_end", "area_code"])["value"]
    sets = world.panel.tables.neighbours
    sets = sets[sets["known_on"] < as_of]
    told = facts.xs(INDICATOR, level="indicator").dropna(subset="value")
    assert len(told) > 25
    for area, row in told.iterrows():
        period = figures[row["period_end"]]
        assert row["england"] == pytest.approx(period.median())
        own = sets[sets["area_code"] == area]
        peers = own.loc[own["known_on"] == own["known_on"].max(), "neighbour_code"]
        assert row["neighbours"] == pytest.approx(period.reindex(peers).median(), nan_ok=True)


def test_a_figure_that_is_not_known_has_no_period_and_no_change(facts):
    missing = facts[facts["value"].isna()]
    assert len(missing) > 0
    assert missing["period_end"].isna().all()
    assert missing["before"].isna().all()


def test_nothing_later_than_the_as_of_date_is_told(facts, as_of):
    assert (facts["period_end"].dropna() < as_of).all()


def test_a_series_holds_every_period_published_for_the_area(world, as_of):
    series = indicator_series(world.snapshot, [INDICATOR])
    figures = known_figures(world, as_of, INDICATOR)
    keys = ["area_code", "period_end"]
    found, expected = series.set_index(keys).sort_index(), figures.set_index(keys).sort_index()
    assert found.index.tolist() == expected.index.tolist()
    np.testing.assert_array_equal(found["value"], expected["value"])
    assert found["status"].tolist() == expected["status"].tolist()
    assert found["value"][found["status"] != "ok"].isna().all()


def test_a_series_stands_beside_the_medians_of_the_same_period(world, as_of):
    series = indicator_series(world.snapshot, [INDICATOR])
    figures = known_figures(world, as_of, INDICATOR).set_index(["period_end", "area_code"])["value"]
    for period, rows in series.groupby("period_end"):
        assert rows["england"].to_numpy() == pytest.approx(figures[period].median())
    sets = world.panel.tables.neighbours
    sets = sets[sets["known_on"] < as_of]
    own = sets[sets["area_code"] == "X00000007"]
    own = own.loc[own["known_on"] == own["known_on"].max(), "neighbour_code"]
    for row in series[series["area_code"] == "X00000007"].itertuples():
        assert row.neighbours == pytest.approx(figures[row.period_end].reindex(own).median())


def test_a_series_of_nothing_is_empty(world):
    assert indicator_series(world.snapshot, []).empty
