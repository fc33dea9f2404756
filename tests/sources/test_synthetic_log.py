"""The made-up log of concerns: whole, consistent in time, and ahead of the figures where that is planted."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from earlywarn.intelligence.kinds import CONFIDENCES, ROLES, SOURCE_TYPES, read_kinds
from earlywarn.schema import TABLES, violations
from earlywarn.sources.synthetic import Plan, synthetic_world, write_world
from earlywarn.sources.synthetic.notes import PHRASES
from earlywarn.sources.synthetic.voices import KINDS
from earlywarn.sources.tables import read_tables

SOFT = ("leadership", "report_themes", "concerns")


@pytest.fixture(scope="module")
def world():
    return synthetic_world(Plan(areas=150, seed=2))


@pytest.fixture(scope="module")
def log(world):
    return world.tables.concerns


@pytest.fixture(scope="module")
def first(log):
    return log[log["version"] == 1]


@pytest.fixture(scope="module")
def noise():
    """Worlds in which soft intelligence knows nothing."""
    return [synthetic_world(Plan(areas=150, seed=seed, soft_effect=0)) for seed in (1, 2, 3)]


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 1.0, 3.0]), st.sampled_from([0.0, 1.0, 2.0]))
def test_every_world_keeps_the_schema(seed, effect, soft_effect):
    plan = Plan(areas=17, seed=seed, effect=effect, soft_effect=soft_effect, years=range(2014, 2020))
    tables = synthetic_world(plan).tables
    for name in TABLES:
        assert violations(getattr(tables, name), name) == [], name


def test_every_kind_with_all_its_details_is_logged_and_no_other(log):
    kinds = read_kinds()
    assert set(log["kind"]) == set(kinds) == set(PHRASES)
    for name, kind in kinds.items():
        said = log[log["kind"] == name]
        assert set(said["detail"]) - {""} <= set(kind.details)
        assert (said["detail"] != "").all() == bool(kind.details), name
        assert (said["role"] != "").all() == kind.role, name
        assert said["amount"].notna().any() <= bool(kind.amount), name
        assert said["exposure"].notna().any() == bool(kind.exposure), name
    for name in ("leadership_change", "peer_review", "complaints"):
        assert set(log.loc[log["kind"] == name, "detail"]) == set(kinds[name].details)
    assert set(log["role"]) == {"", *ROLES}
    assert set(log["source_type"]) == set(SOURCE_TYPES)
    assert set(log["confidence"]) == set(CONFIDENCES)
    assert set(log["tier"]) == {"open", "sector", "restricted"}


def test_nothing_is_known_before_it_happened_or_after_the_log_ends(log):
    assert (log["known_on"] > log["occurred_on"]).all()
    assert log["known_on"].max() <= pd.Timestamp("2025-12-31")
    assert log["known_on"].min() > pd.Timestamp("2012-04-01")


def test_an_area_is_spoken_of_only_while_it_exists(world, log):
    life = world.tables.areas.set_index("area_code")[["active_from", "active_to"]]
    lived = log.join(life, on="area_code")
    assert (lived["occurred_on"] >= lived["active_from"]).all()
    assert not (lived["occurred_on"] > lived["active_to"]).any()


def test_each_version_follows_the_one_before_it_and_nothing_follows_a_retraction(log):
    before = log.groupby("entry_id")[["version", "known_on", "retracted"]].shift()
    later = log["version"] > 1
    assert (log.loc[later, "version"] == before.loc[later, "version"] + 1).all()
    assert (log.loc[later, "known_on"] > before.loc[later, "known_on"]).all()
    assert not before.loc[later, "retracted"].astype(bool).any()
    assert not log.loc[~later, "retracted"].any()
    assert set(log["version"]) == {1, 2, 3}
    assert 0.005 < log["retracted"].sum() / log["entry_id"].nunique() < 0.03


def test_a_post_that_somebody_leaves_is_filled_before_anybody_leaves_it_again(first):
    changes = first[first["kind"] == "leadership_change"].sort_values(["area_code", "role", "occurred_on"])
    own = changes.groupby(["area_code", "role"])["detail"]
    after = own.shift(-1)
    follows = {
        "appointed": {"left"},
        "left": {"appointed", "interim", "vacant"},
        "interim": {"appointed"},
        "vacant": {"appointed", "interim"},
    }
    for detail, allowed in follows.items():
        assert set(after[changes["detail"] == detail].dropna()) == allowed
    assert set(own.first()) == {"appointed"}
    assert not changes.duplicated(["area_code", "role", "occurred_on"]).any()


def test_reports_name_the_director_whom_the_log_names(world, first):
    said = world.tables.leadership
    starts = first[(first["role"] == "director") & first["detail"].isin(["appointed", "interim"])]
    logged = said.merge(
        starts, left_on=["area_code", "in_post_since"], right_on=["area_code", "occurred_on"], how="inner"
    )
    heard = said["area_code"].isin(starts["area_code"])
    assert len(logged) == heard.sum() > 100
    assert (logged["interim"] == (logged["detail"] == "interim")).all()


def test_copies_share_the_link_and_the_words_of_their_source(world, first):
    entries = world.truth["entries"].set_index("entry_id")
    told = first.set_index("entry_id")
    echoes = entries[entries["nature"] == "echo"]
    copy, source = told.loc[echoes.index], told.loc[echoes["copy_of"]]
    assert len(echoes) > 300
    for column in ("link", "area_code", "kind", "occurred_on", "note", "strength"):
        assert copy[column].tolist() == source[column].tolist()
    assert (copy["link"] != "").all()
    assert (copy["known_on"].to_numpy() > source["known_on"].to_numpy()).all()
    linked = told.loc[told["link"] != "", "link"]
    # the others are duplicates, or were echoed after the end of the log
    assert {*echoes.index, *echoes["copy_of"]} <= set(linked.index)
    assert (linked.value_counts() > 1).mean() > 0.95
    twice = entries[entries["nature"] == "duplicate"]
    assert told.loc[twice.index, "contributor"].tolist() == told.loc[twice["copy_of"], "contributor"].tolist()


def test_some_contributors_only_echo(world, first):
    only = world.truth["contributors"].query("echoes")["contributor"]
    nature = (
        first.set_index("entry_id")["contributor"]
        .to_frame()
        .join(world.truth["entries"].set_index("entry_id")["nature"])
    )
    assert set(nature.loc[nature["contributor"].isin(only), "nature"]) == {"echo"}


def test_the_harsh_say_more_than_the_lenient_of_the_same_areas(world, first):
    bias = world.truth["contributors"].set_index("contributor")["bias"]
    nature = world.truth["entries"].set_index("entry_id")["nature"]
    told = first[(first["kind"] != "positive") & first["entry_id"].map(nature).isin(["informed", "rumour"])]
    beyond = told["strength"] - told.groupby("area_code")["strength"].transform("mean")
    assert beyond.corr(told["contributor"].map(bias)) > 0.3


def test_of_silent_areas_hardly_anything_is_heard(world, first):
    heard = world.truth["areas"].set_index("area_code")["heard"]
    count = first["area_code"].value_counts().reindex(heard.index).fillna(0)
    assert 0.05 < (heard < 1).mean() < 0.2
    assert count[heard < 1].mean() < 0.15 * count[heard == 1].mean()
    assert count[heard < 1].sum() > 0


def test_complaints_come_by_quarter_with_the_children_in_touch(first):
    quarters = first[(first["kind"] == "complaints") & (first["detail"] == "stage_1")]
    assert set(quarters["occurred_on"].dt.strftime("%m-%d")) == {"03-31", "06-30", "09-30", "12-31"}
    assert (quarters["exposure"] > 0).all()
    assert (quarters["amount"] == quarters["amount"].round()).all()
    upheld = first[first["kind"] == "complaints_upheld"]
    assert (upheld["amount"] <= upheld["exposure"]).all()
    assert not first.duplicated(["area_code", "kind", "detail", "occurred_on"])[quarters.index].any()


def test_an_offer_is_answered_once(first):
    steps = first[first["kind"] == "peer_review"]["detail"].value_counts()
    answered = steps["declined"] + steps["held"]
    assert 0.95 * steps["offered"] < answered <= steps["offered"]
    assert 0.15 < steps["declined"] / steps["offered"] < 0.5
    assert 0 < steps["follow_up"] < steps["held"]


def test_what_came_late_is_logged_as_late(world, first):
    lag = world.tables.indicators.set_index("indicator")["publication_lag_days"]
    figures = world.tables.observations
    due = figures["period_end"] + pd.to_timedelta(figures["indicator"].map(lag), unit="D")
    late = figures.assign(due=due)[(figures["known_on"] - due).dt.days == 90]
    heard = world.truth["areas"].set_index("area_code")["heard"]
    life = world.tables.areas.set_index("area_code")["active_to"].fillna(pd.Timestamp("2200-01-01"))
    late = late[
        (late["area_code"].map(heard) == 1) & (late["due"] > "2012-04-01") & (late["due"] < "2025-11-01")
    ]
    late = late[late["due"] <= late["area_code"].map(life)]
    logged = set(
        first.loc[first["kind"] == "data_late", ["area_code", "occurred_on"]].itertuples(
            index=False, name=None
        )
    )
    assert len(late) > 50
    missed = set(late[["area_code", "due"]].itertuples(index=False, name=None)) - logged
    assert not missed


def test_without_a_soft_effect_every_other_table_is_as_it_was():
    plan = Plan(areas=40, seed=5)
    one, none = (synthetic_world(dataclasses.replace(plan, soft_effect=soft)).tables for soft in (1.0, 0.0))
    for name in TABLES:
        if name not in SOFT:
            assert_frame_equal(getattr(one, name), getattr(none, name))
    for name in SOFT:
        assert not getattr(one, name).equals(getattr(none, name)), name


def by_quarter(world, entries):
    """Entries of each heard area and quarter, and the area's quality beside them."""
    quality = world.truth["quality"].pivot_table(index="area_code", columns="date", values="quality")
    heard = world.truth["areas"].query("heard == 1")["area_code"]
    quality = quality.loc[quality.index.isin(heard), "2013-01-01":]
    quarter = entries["occurred_on"].dt.to_period("Q").dt.start_time
    count = pd.crosstab(entries["area_code"], quarter).reindex(
        index=quality.index, columns=quality.columns, fill_value=0
    )
    # one row for each area and quarter; NaN where the area does not exist
    both = pd.DataFrame({"count": count.to_numpy().ravel(), "quality": quality.to_numpy().ravel()})
    return both.dropna()


SIGNALS = {  # which way each goes with quality, and its entries
    "concerns": (-1, lambda log: log["kind"].isin(list(KINDS))),
    "departures": (-1, lambda log: log["detail"] == "left"),
    "praise": (1, lambda log: log["kind"] == "positive"),
    "declined": (-1, lambda log: log["detail"] == "declined"),
    "lent": (1, lambda log: log["kind"] == "support_given"),
    "late": (-1, lambda log: log["kind"] == "data_late"),
}


@pytest.mark.parametrize("signal", SIGNALS)
def test_what_is_logged_follows_quality(world, first, signal):
    sign, which = SIGNALS[signal]
    both = by_quarter(world, first[which(first)])
    assert sign * both["count"].corr(both["quality"], method="spearman") > 3 / np.sqrt(len(both))


@pytest.mark.parametrize("signal", SIGNALS)
def test_what_is_logged_follows_nothing_where_nothing_is_planted(noise, signal):
    both = []
    for world in noise:
        log = world.tables.concerns[world.tables.concerns["version"] == 1]
        both.append(by_quarter(world, log[SIGNALS[signal][1](log)]))
    both = pd.concat(both)
    # an area's quarters go together, so that the band is that of the areas and not of their quarters
    assert abs(both["count"].corr(both["quality"], method="spearman")) < 4 / np.sqrt(3 * 150)


def test_complaints_and_agency_shares_follow_quality(world, first):
    for kind, of in (("complaints", "exposure"), ("agency_reliance", None)):
        said = first[(first["kind"] == kind) & first["detail"].isin(["", "stage_1"])]
        level = said["amount"] / (said[of] if of else 1)
        start = said["occurred_on"].dt.to_period("Q").dt.start_time
        quality = world.truth["quality"].set_index(["area_code", "date"])["quality"]
        felt = quality.reindex(pd.MultiIndex.from_arrays([said["area_code"], start])).to_numpy()
        assert level.reset_index(drop=True).corr(pd.Series(felt), method="spearman") < -0.3


def test_after_a_break_concerns_rise_before_any_figure_that_shows_it_is_published(world):
    breaks = world.truth["breaks"]
    log = world.tables.concerns[(world.tables.concerns["version"] == 1)]
    heard = world.truth["areas"].query("heard == 1")["area_code"]
    breaks = breaks[breaks["area_code"].isin(heard) & breaks["began_on"].between("2014-01-01", "2023-12-31")]
    concerns = log[SIGNALS["concerns"][1](log)][["area_code", "known_on"]]
    figures = world.tables.observations.query("indicator == 'assessments_within_45_days'").dropna(
        subset="value"
    )

    def about(records, first_day, last_day):
        """Records of broken areas that became known in a span of days after the break, or before it."""
        near = breaks[["area_code", "began_on"]].merge(records, on="area_code")
        day = (near["known_on"] - near["began_on"]).dt.days
        return near[day.between(first_day, last_day)]

    before, after = (len(about(concerns, *span)) for span in ((-270, -91), (31, 210)))
    assert after > 1.8 * before
    # a figure whose period ends after the break begins needs eight months more to be published
    showing = about(figures[["area_code", "known_on", "period_end"]], 0, 210)
    assert (showing["period_end"] <= showing["began_on"]).all()
    values = figures[["area_code", "known_on", "value"]]
    assert abs(about(values, 0, 210)["value"].mean() - about(values, -365, -1)["value"].mean()) < 3
    assert about(values, 500, 900)["value"].mean() < about(values, -365, -1)["value"].mean() - 5


def test_what_is_written_is_read_back_and_the_truth_is_left_alone(tmp_path, world):
    write_world(world, tmp_path, compressed=("observations", "concerns"))
    again = read_tables(tmp_path)
    assert again.fingerprint == world.tables.fingerprint
    for name in TABLES:
        assert_frame_equal(getattr(again, name), getattr(world.tables, name))
    for name, table in world.truth.items():
        assert len(pd.read_csv(tmp_path / "truth" / f"{name}.csv")) == len(table)
