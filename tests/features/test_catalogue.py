import re

import pandas as pd
import pytest

from earlywarn.errors import ConfigError
from earlywarn.features.catalogue import (
    AREA_FEATURES,
    MEASURES,
    FeatureSpec,
    describe,
    indicator_theme,
    monotone,
)
from earlywarn.features.matrix import build_matrix, snapshot_features
from earlywarn.features.selection import select_features
from earlywarn.panel.panel import Panel
from earlywarn.schema import ENABLERS
from earlywarn.sources.england import read_england
from strategies import made_up, tables_of

AS_OF = pd.Timestamp("2022-07-01")


@pytest.fixture(scope="module")
def tables():
    return made_up(2, areas=6)


@pytest.fixture(scope="module")
def described(tables):
    return describe(tables.indicators)


def test_what_is_described_is_what_is_built(tables, described):
    matrix = build_matrix(Panel(tables), [AS_OF])
    assert matrix.columns.tolist() == described.index.tolist()
    assert matrix.index.names == ["area_code", "as_of"]
    assert set(map(str, matrix.dtypes)) == {"float64"}


def test_rows_go_by_date_then_code_and_a_date_asked_twice_counts_once(tables):
    dates = [AS_OF, pd.Timestamp("2019-07-01"), AS_OF]
    matrix = build_matrix(Panel(tables), dates, progress=True)
    assert matrix.index.is_unique
    assert matrix.index.tolist() == sorted(matrix.index, key=lambda row: (row[1], row[0]))
    assert len(matrix) == 10  # six areas, of which one ends as another begins


def test_every_feature_has_one_of_the_seven_enablers(described):
    assert set(described["theme"]) <= set(ENABLERS)
    england = describe(read_england().indicators)
    assert set(england["theme"]) <= set(ENABLERS)
    assert indicator_theme("nobody thought of it") in ENABLERS


def test_names_are_unique_and_a_measure_carries_its_indicators(described):
    assert described.index.is_unique
    measured = described[described["indicator"] != ""]
    assert (measured.index == measured["indicator"] + "__" + measured["measure"]).all()


@pytest.mark.parametrize(
    ("feature", "may"),
    [
        ("agency_rate__level", 1),
        ("in_time__level", -1),
        ("care_rate__level", 0),
        ("in_time__national_gap", 1),
        ("care_rate__national_gap", 0),
        ("care_rate__volatility", 1),
        ("care_rate__unreported", 1),
        ("last_overall", -1),
        ("years_since_last", 0),
        ("director_interim", 1),
    ],
)
def test_which_way_a_feature_may_move_the_risk(described, feature, may):
    assert monotone(described)[feature] == may


def test_a_researchers_own_feature_stands_beside_ours_or_alone(tables):
    def doubled(snapshot):
        return 2 * MEASURES[0].builder(snapshot)

    own = FeatureSpec("doubled", None, "twice its own", "neutral", doubled, "stands at {value}")
    matrix = build_matrix(Panel(tables), [AS_OF], measures=[MEASURES[0], own], area_features=[])
    assert (matrix["in_time__doubled"].dropna() == 2 * matrix["in_time__level"].dropna()).all()
    assert own.theme is None
    described = describe(tables.indicators, measures=[own], area_features=[])
    assert described.index.tolist() == [f"{name}__doubled" for name in sorted(tables.indicators["indicator"])]


def test_features_of_the_area_stand_without_any_measure(tables):
    snapshot = Panel(tables).known_at(AS_OF)
    alone = snapshot_features(snapshot, measures=[])
    assert alone.columns.tolist() == [spec.name for spec in AREA_FEATURES]
    pd.testing.assert_frame_equal(alone, snapshot_features(snapshot)[alone.columns])


def test_a_place_without_indicators_has_features_of_its_areas_only():
    made = tables_of(areas=[{"area_code": "A", "name": "A"}])
    assert build_matrix(Panel(made), [AS_OF]).columns.tolist() == [spec.name for spec in AREA_FEATURES]


def select(described, **asked):
    wanted = {"vital": ["agency_rate"], "measures": ["level"], "history": ["last_overall"]} | asked
    return select_features(described, **wanted)


def test_features_are_chosen_in_the_order_asked_and_once(described):
    chosen = select(
        described,
        vital=["in_time", "agency_rate"],
        measures=["slope", "level"],
        extra=["in_time__slo*", "theme_c*", "last_overall"],
    )
    assert chosen == (
        "in_time__slope",
        "in_time__level",
        "agency_rate__slope",
        "agency_rate__level",
        "last_overall",
        "theme_complaints",
    )


def test_of_a_default_list_what_the_data_lack_is_passed_over(described):
    chosen = select(described, vital=["absent", "agency_rate"], declared=False)
    assert chosen == ("agency_rate__level", "last_overall")
    assert select(described, vital=[]) == ("last_overall",)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"vital": ["agency_rat"]},
            "names 1 indicator that the data do not hold: 'agency_rat'. Did you mean 'agency_rate'?",
        ),
        (
            {"vital": ["xyz", "qqq", "in_time"]},
            "hold: 'xyz', 'qqq'. The data hold 'agency_rate', 'care_rate', 'in_time', 'referrals_monthly'.",
        ),
        ({"vital": ["xyz"], "declared": False}, "names 1 indicator that the data do not hold: 'xyz'."),
        (
            {"measures": ["levl"]},
            "asks for 1 that no builder makes: 'agency_rate__levl'. Did you mean 'agency_rate__level'?",
        ),
        ({"history": ["zzzzzz"]}, "no builder makes: 'zzzzzz'. Features are named indicator__measure"),
        ({"extra": ["in_time__lev", "last_*"]}, "'in_time__lev'. Did you mean 'in_time__level'?"),
    ],
    ids=["misspelt", "nothing like it", "none of the defaults", "measure", "history", "extra"],
)
def test_what_does_not_exist_is_named_with_the_nearest_that_does(described, asked, said):
    with pytest.raises(ConfigError, match=re.escape(said)):
        select(described, **asked)
