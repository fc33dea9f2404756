import numpy as np
import pytest

from earlywarn.features.leadership import (
    leadership_changes,
    leadership_stability,
    months_interim,
    months_vacant,
    tenure,
)
from earlywarn.features.spells import spells
from strategies import log_entry, snapshot_of

YEAR = 365.25
MONTH = YEAR / 12


def news(detail, occurred_on, role="head_of_service", **said):
    return log_entry("leadership_change", occurred_on, role=role, detail=detail, **said)


def stated(in_post_since, known_on, *, interim=False, role="director_of_childrens_services"):
    about = {"area_code": "A", "role": role, "interim": interim}
    return about | {"in_post_since": in_post_since, "known_on": known_on}


def of(builder, *entries, area="A", **told):
    asked = {name: told.pop(name) for name in ("role", "months") if name in told}
    return float(builder(snapshot_of(*entries, **told), **asked).sel(area=area))


LEFT_AND_REPLACED = (
    news("appointed", "2020-01-01"),
    news("left", "2023-03-01"),
    news("interim", "2023-04-01"),
    news("appointed", "2023-09-01"),
)


def test_spells_worked_by_hand():
    # as of 1 January 2024: permanent for 3 years 59 days, vacant 31 days, interim 153, permanent 122
    told = spells(snapshot_of(*LEFT_AND_REPLACED))
    assert told.state.tolist() == [2, 0, 1, 2]
    assert (told.start - told.end).tolist() == [1155, 31, 153, 122]
    assert told.present.tolist() == [False, False, False, True]


def test_the_numbers_of_one_post_worked_by_hand():
    role = "head_of_service"
    assert of(tenure, *LEFT_AND_REPLACED, role=role) == pytest.approx(122 / YEAR)
    assert of(months_vacant, *LEFT_AND_REPLACED, role=role) == pytest.approx(31 / MONTH)
    assert of(months_interim, *LEFT_AND_REPLACED, role=role) == pytest.approx(153 / MONTH)
    assert of(leadership_changes, *LEFT_AND_REPLACED, months=12) == 3
    # of 730.5 days all but 31 + 153 were held permanently; three changes
    assert of(leadership_stability, *LEFT_AND_REPLACED) == pytest.approx((730.5 - 184) / 730.5 / 4)


def test_a_spell_is_cut_at_the_window():
    gone = news("vacant", "2021-06-01")
    assert of(months_vacant, gone, role="head_of_service") == pytest.approx(24)
    assert of(leadership_changes, gone, months=24) == 0
    assert of(leadership_stability, gone) == 0


@pytest.mark.parametrize(
    ("twice", "changes"),
    [
        pytest.param(news("left", "2023-03-09", contributor="lark"), 3, id="told twice, days apart"),
        pytest.param(news("vacant", "2023-03-20"), 3, id="gone, then vacant"),
        pytest.param(news("left", "2023-04-01"), 3, id="gone on the day of the next arrival"),
        pytest.param(news("left", "2023-04-20"), 3, id="told late, after the next arrival"),
        pytest.param(news("interim", "2023-07-01"), 4, id="another interim"),
        pytest.param(news("left", "2023-03-01", role="director"), 4, id="another post"),
        pytest.param(news("left", "2023-03-01", area_code="B"), 3, id="another area"),
        pytest.param(news("left", "2023-11-01", known_on="2024-01-01"), 3, id="not yet known"),
    ],
)
def test_each_change_counts_once(twice, changes):
    assert of(leadership_changes, *LEFT_AND_REPLACED, twice, months=12) == changes


def test_a_handover_on_one_day_is_one_change_and_no_vacancy():
    handed = (news("appointed", "2020-01-01"), news("left", "2023-03-01"), news("appointed", "2023-03-01"))
    assert of(leadership_changes, *handed, months=12) == 1
    assert of(months_vacant, *handed, role="head_of_service") == 0


def test_a_settled_post_is_settled_and_posts_are_averaged():
    settled = news("appointed", "2015-06-01", known_on="2022-01-01")
    assert of(leadership_stability, settled) == 1.0
    gone = news("vacant", "2021-06-01", role="team_manager")
    assert of(leadership_stability, settled, gone) == 0.5


def test_a_vacant_post_has_no_tenure_and_an_interim_has_one():
    assert np.isnan(of(tenure, *LEFT_AND_REPLACED[:2], role="head_of_service"))
    assert of(tenure, *LEFT_AND_REPLACED[:3], role="head_of_service") == pytest.approx(275 / YEAR)


@pytest.mark.parametrize(("known_on", "known"), [("2021-01-01", True), ("2020-12-30", False)])
def test_after_three_years_without_news_nobody_can_say(known_on, known):
    old = news("appointed", "2015-06-01", known_on=known_on)
    found = [
        of(tenure, old, role="head_of_service"),
        of(months_vacant, old, role="head_of_service"),
        of(leadership_changes, old, months=12),
        of(leadership_stability, old),
    ]
    assert np.isnan(found).all() == (not known)
    assert np.isnan(found).any() == (not known)


def test_of_a_post_that_nobody_spoke_of_nothing_is_known():
    assert np.isnan(of(months_vacant, *LEFT_AND_REPLACED, role="director"))
    assert np.isnan(of(leadership_changes, *LEFT_AND_REPLACED, months=12, area="B"))


def test_what_reports_state_counts_as_news_of_the_director():
    said = [stated("2019-05-01", "2022-06-01")]
    assert of(tenure, leadership=said, role="director") == pytest.approx(1706 / YEAR)
    assert of(leadership_stability, leadership=said) == 1.0
    left = news("left", "2023-07-01", role="director")
    assert np.isnan(of(tenure, left, leadership=said, role="director"))
    assert of(months_vacant, left, leadership=said, role="director") == pytest.approx(184 / MONTH)
    interim = [stated("2023-07-01", "2023-10-01", interim=True, role="chief_executive")]
    assert of(months_interim, leadership=interim, role="chief_executive") == pytest.approx(184 / MONTH)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            stated("2019-05-01", "2022-06-01", role="lscb_chair"), id="a role the log does not know"
        ),
        pytest.param(stated("2024-02-01", "2023-12-01"), id="somebody who is yet to come"),
    ],
)
def test_what_reports_state_of_others_is_passed_over(row):
    assert np.isnan(of(leadership_stability, leadership=[row]))
