"""Size, need, engagement and similar areas, against the raw tables."""

import numpy as np
import pandas as pd

from earlywarn.explain.context import ENGAGEMENT, context_table, neighbour_table


def test_each_scored_area_has_one_row_with_its_kind_and_its_latest_share_of_free_meals(world, as_of):
    table = context_table(world.snapshot, world.X)
    assert table["area_code"].tolist() == sorted(world.X.index.get_level_values("area_code"))
    assert set(table["area_type"]) == {"Made up"}
    raw = world.panel.tables.observations
    raw = raw[(raw["indicator"] == "fsm_primary_rate") & (raw["known_on"] < as_of)]
    newest = raw.sort_values(["period_end", "known_on"]).groupby("area_code")["value"].last()
    known = table.dropna(subset="deprivation")
    assert len(known) > 30
    np.testing.assert_allclose(known["deprivation"], newest.reindex(known["area_code"]))


def test_what_nobody_has_logged_is_unknown_rather_than_none(world):
    table = context_table(world.snapshot, world.X.drop(columns=list(ENGAGEMENT), errors="ignore"))
    assert table[list(ENGAGEMENT)].isna().all(axis=None)


def test_engagement_is_taken_as_it_was_computed(world):
    features = world.X.assign(silence=np.arange(float(len(world.X))))
    table = context_table(world.snapshot, features).set_index("area_code")
    codes = world.X.index.get_level_values("area_code")
    assert table.loc[codes, "silence"].tolist() == list(range(len(codes)))


def test_neighbours_are_the_last_set_known_before_the_as_of_date(world, as_of):
    table = neighbour_table(world.snapshot)
    sets = world.panel.tables.neighbours
    sets = sets[sets["known_on"] < as_of]
    last = sets[sets["known_on"] == sets.groupby("area_code")["known_on"].transform("max")]
    areas = world.snapshot.areas
    there = set(areas.loc[areas["exists"], "area_code"])
    last = last[last["area_code"].isin(there) & last["neighbour_code"].isin(there)]
    wanted = last.sort_values(["area_code", "rank"])[["area_code", "neighbour_code"]]
    pd.testing.assert_frame_equal(
        table[["area_code", "neighbour_code"]], wanted.reset_index(drop=True), check_dtype=False
    )
    assert (table.groupby("area_code")["rank"].diff().dropna() > 0).all()  # one that ended leaves a gap
