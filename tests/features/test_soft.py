import numpy as np
import pandas as pd
import pytest

from earlywarn.features.catalogue import AREA_FEATURES, MEASURES, describe
from earlywarn.features.matrix import build_matrix, snapshot_features
from earlywarn.features.selection import select_features
from earlywarn.features.soft import soft_features
from earlywarn.features.trail import trail
from earlywarn.intelligence.kinds import ROLES, Kind, read_kinds
from earlywarn.panel.panel import Panel
from earlywarn.schema import ENABLERS
from earlywarn.sources.england import read_england
from strategies import log_entry, made_up, snapshot_of

DAY = "2023-12-02"
OWN = Kind("housing", "Housing {of} care leavers", theme="innovation", direction="worse")


@pytest.fixture(scope="module")
def snapshot():
    return Panel(made_up(5, areas=6, entries=300)).known_at(pd.Timestamp("2022-07-01"))


def test_every_kind_that_presses_and_every_enabler_has_its_feature():
    names = {spec.name for spec in soft_features()}
    assert {f"pressure_{kind.name}" for kind in read_kinds().values() if kind.pressure} <= names
    assert {f"enabler_pressure_{enabler.replace(' ', '_')}" for enabler in ENABLERS} <= names
    assert {
        f"{role}_{of}" for role in ROLES for of in ("in_post", "months_vacant", "months_interim")
    } <= names
    assert not any(name.startswith("pressure_complaints") for name in names)


def test_a_kind_of_ones_own_gets_its_feature_and_presses_on_its_enabler():
    kinds = {**read_kinds(), "housing": OWN}
    specs = {spec.name: spec for spec in soft_features(kinds)}
    assert specs.keys() - {spec.name for spec in soft_features()} == {"pressure_housing"}
    assert specs["pressure_housing"].words.format(value=1).startswith("Housing {of} care leavers")
    told = snapshot_of(log_entry("housing", DAY))
    pressed = [name for name, spec in specs.items() if "pressure" in name and spec.builder(told)[0] > 0]
    assert pressed == ["concern_pressure", "enabler_pressure_innovation", "pressure_housing"]
    assert soft_features()[0].builder(told)[0] == 0  # a kind that nobody defined presses nowhere


def test_an_enabler_that_no_kind_speaks_to_has_no_feature():
    names = [spec.name for spec in soft_features({"housing": OWN})]
    assert [name for name in names if "pressure" in name] == [
        "concern_pressure",
        "enabler_pressure_innovation",
        "pressure_housing",
    ]


def test_the_half_life_is_the_configurations():
    told = snapshot_of(log_entry("savings", DAY))
    by_half_life = [
        float(
            {spec.name: spec for spec in soft_features(half_life_days=days)}["pressure_savings"].builder(
                told
            )[0]
        )
        for days in (30, 15)
    ]
    assert by_half_life == pytest.approx([0.45, 0.225])


def test_the_catalogue_says_which_features_rest_on_soft_evidence():
    told = describe(read_england().indicators)["evidence"]
    assert set(told) == {"hard", "soft"}
    assert set(told[told.index.str.startswith("theme_")]) == {"soft"}
    assert told[["director_tenure", "director_interim", "silence", "concern_pressure"]].eq("soft").all()
    assert told[["last_overall", "last_leadership", "missing_share", "region_judgement"]].eq("hard").all()
    assert {spec.evidence for spec in MEASURES} == {"hard"}
    assert {spec.evidence for spec in soft_features()} == {"soft"}


def test_without_a_log_nothing_but_what_reports_say_of_leaders_is_known_in_england():
    england = read_england()
    assert england.concerns.empty
    matrix = build_matrix(
        Panel(england), [pd.Timestamp("2018-07-01")], measures=[], area_features=soft_features()
    )
    known = set(matrix.columns[matrix.notna().any()])
    posts = {
        f"{role}_{of}"
        for role in ("director", "chief_executive")
        for of in ("months_vacant", "months_interim")
    }
    posts |= {"director_in_post", "chief_executive_in_post"}
    assert known == posts | {"leadership_changes_12", "leadership_changes_24", "leadership_stability"}


def test_the_default_model_reads_none_of_them():
    described = describe(read_england().indicators)
    chosen = select_features(described, vital=["caseload"], measures=["level"], history=["last_overall"])
    assert not set(chosen) & {spec.name for spec in soft_features()}


def test_what_one_builder_works_out_does_not_change_what_another_finds(snapshot):
    together = snapshot_features(snapshot, measures=[])
    backwards = snapshot_features(
        Panel(made_up(5, areas=6, entries=300)).known_at(snapshot.as_of),
        measures=[],
        area_features=AREA_FEATURES[::-1],
    )
    pd.testing.assert_frame_equal(backwards[together.columns], together, check_exact=True)


# the trail


def behind(*entries, feature, **told):
    found = trail(snapshot_of(*entries, **told))
    return found.loc[found["feature"].eq(feature), "entry_id"].tolist()


def test_the_entries_behind_a_pressure_are_those_that_still_weigh():
    entries = [
        log_entry("savings", DAY, entry_id="fresh"),
        log_entry("savings", DAY, entry_id="echo", strength=2),
        log_entry("savings", "2017-12-02", entry_id="faded", contributor="lark"),
        log_entry("restructure", DAY, entry_id="another kind"),
        log_entry("savings", DAY, "B", entry_id="another area"),
    ]
    assert behind(*entries, feature="pressure_savings") == ["echo", "fresh", "another area"]
    assert behind(*entries, feature="concern_pressure") == ["another kind", "echo", "fresh", "another area"]
    assert behind(*entries, feature="silence") == []


def test_the_entries_behind_a_post_began_its_spells():
    def news(detail, day, entry_id):
        return log_entry("leadership_change", day, role="director", detail=detail, entry_id=entry_id)

    told = (news("appointed", "2019-01-01", "came"), news("left", "2023-06-01", "went"))
    back = news("interim", "2023-07-01", "stands in")
    assert behind(*told, feature="director_months_vacant") == ["went"]
    assert behind(*told, feature="director_in_post") == []
    assert behind(*told, back, feature="director_in_post") == ["stands in"]
    assert behind(*told, back, feature="director_months_interim") == ["stands in"]
    assert behind(*told, back, feature="leadership_changes_12") == ["went", "stands in"]
    assert behind(*told, back, feature="leadership_stability") == ["came", "went", "stands in"]


def test_the_entries_behind_facts():
    entries = [
        log_entry("complaints", "2023-03-31", amount=4, exposure=9, detail="stage_1", entry_id="this year"),
        log_entry("complaints", "2022-03-31", amount=4, exposure=9, detail="stage_1", entry_id="before"),
        log_entry("agency_reliance", "2023-03-31", amount=20, entry_id="newest"),
        log_entry("agency_reliance", "2022-03-31", amount=20, entry_id="older"),
        log_entry("vacancies", "2023-03-31", amount=9, entry_id="vacant"),
        log_entry("peer_review", "2019-03-31", detail="held", entry_id="first review"),
        log_entry("peer_review", "2020-03-31", detail="held", entry_id="last review"),
        log_entry("peer_review", "2023-03-31", detail="declined", entry_id="declined"),
        log_entry("data_late", "2023-03-31", entry_id="late"),
        log_entry("support_given", "2023-03-31", amount=2, entry_id="lent"),
    ]
    wanted = {
        "complaints_rate": ["this year"],
        "complaints_signal": [],  # too few points, so not known
        "agency_level": ["newest"],
        "agency_beyond_vacancies": ["newest", "vacant"],
        "months_since_review": ["last review"],
        "declined_reviews": ["declined"],
        "late_returns": ["late"],
        "support_given": ["lent"],
    }
    assert {feature: behind(*entries, feature=feature) for feature in wanted} == wanted


def test_nothing_stands_behind_a_number_that_is_not_known(snapshot):
    found = trail(snapshot, AREA_FEATURES)
    numbers = snapshot_features(snapshot, measures=[]).droplevel("as_of")
    known = {(area, name) for name in numbers for area in numbers.index[numbers[name].notna()]}
    assert len(found) > 100
    assert set(zip(found["area_code"], found["feature"], strict=True)) <= known
    assert not found.duplicated().any()
    assert set(found["entry_id"]) <= set(snapshot.concerns["entry_id"])
    of = snapshot.concerns.set_index("entry_id")
    assert (found["entry_id"].map(of["area_code"]) == found["area_code"]).all()
    dated = found.assign(day=found["entry_id"].map(of["occurred_on"]))
    columns = ["area_code", "feature", "day", "entry_id"]
    pd.testing.assert_frame_equal(dated, dated.sort_values(columns, ignore_index=True))


def test_a_log_without_entries_leaves_no_trail():
    found = trail(snapshot_of())
    assert found.columns.tolist() == ["area_code", "feature", "entry_id"]
    assert found.empty


def test_numbers_of_the_log_are_whole_where_they_count(snapshot):
    counted = ["concern_sources", "leadership_changes_12", "declined_reviews", "late_returns", "silence"]
    numbers = snapshot_features(snapshot, measures=[])[counted].to_numpy()
    assert np.nanmax(numbers) > 1
    assert np.array_equal(numbers, np.round(numbers), equal_nan=True)
