from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from earlywarn.features.agency import agency_beyond_vacancies, agency_change, agency_level
from earlywarn.features.complaints import complaints_rate, complaints_signal, upheld_share
from earlywarn.features.engagement import months_since_review
from earlywarn.features.facts import fact_count, workers_lent
from earlywarn.features.silence import silence
from strategies import log_entry, snapshot_of

MONTH = 365.25 / 12
QUARTERS = ["2022-03-31", "2022-06-30", "2022-09-30", "2022-12-31", "2023-03-31", "2023-06-30", "2023-09-30"]


def of(builder, *entries, area="A", **told):
    asked = {name: told.pop(name) for name in ("kind", "detail", "months") if name in told}
    return float(builder(snapshot_of(*entries, **told), **asked).sel(area=area))


def received(occurred_on, amount, exposure=500, detail="stage_1", **said):
    return log_entry("complaints", occurred_on, amount=amount, exposure=exposure, detail=detail, **said)


def review(detail, occurred_on, area_code="A", **said):
    return log_entry("peer_review", occurred_on, area_code, detail=detail, **said)


# complaints


def test_the_rate_adds_stages_over_the_same_children_and_periods_over_theirs():
    # 12 + 3 of 500 in one quarter, 5 of 300 in another: 20 of 800
    told = [
        received("2023-03-31", 12),
        received("2023-03-31", 3, detail="stage_2"),
        received("2023-06-30", 5, 300),
        received("2022-06-30", 99),
    ]
    assert of(complaints_rate, *told) == pytest.approx(25)
    again = received("2023-03-31", 12, contributor="lark", known_on="2023-04-09")
    assert of(complaints_rate, *told, again) == pytest.approx(25)
    better = received("2023-03-31", 4, contributor="lark", known_on="2023-04-09")
    assert of(complaints_rate, *told, better) == pytest.approx(15)


@pytest.mark.parametrize("lacks", [{"amount": None}, {"exposure": None}, {"exposure": 0}], ids=str)
def test_a_period_that_lacks_a_number_is_not_counted(lacks):
    assert np.isnan(of(complaints_rate, received("2023-03-31", 12) | lacks))


def test_the_share_upheld():
    told = [
        log_entry("complaints_upheld", "2023-03-31", amount=3, exposure=10, detail="stage_1"),
        log_entry("complaints_upheld", "2023-03-31", amount=3, exposure=5, detail="stage_2"),
        log_entry("complaints_upheld", "2022-03-31", amount=9, exposure=9, detail="stage_1"),
    ]
    assert of(upheld_share, *told) == pytest.approx(0.4)
    assert np.isnan(of(upheld_share, received("2023-03-31", 12)))


def test_the_signal_worked_by_hand():
    # six quarters of 10 in 500, then 18 in 450: (0.04 - 0.02) / sqrt(0.02 / 450) = 3
    told = [received(day, 10) for day in QUARTERS[:6]] + [received(QUARTERS[6], 18, 450)]
    assert of(complaints_signal, *told) == pytest.approx(3)


@pytest.mark.parametrize(
    ("told", "as_of"),
    [
        pytest.param([received(day, 10) for day in QUARTERS[1:]], "2024-01-01", id="five earlier points"),
        pytest.param(
            [received(day, 10) for day in QUARTERS], "2024-10-01", id="the latest is over a year old"
        ),
        pytest.param([received(day, 0) for day in QUARTERS], "2024-01-01", id="never a complaint before"),
    ],
)
def test_without_a_past_of_its_own_there_is_no_signal(told, as_of):
    assert np.isnan(of(complaints_signal, *told, as_of=as_of))


# agency staff and vacancies

INDICATORS = [
    {"indicator": name, "label": name, "unit": "percent", "polarity": "higher_is_worse"}
    for name in ("agency_rate", "vacancy_rate")
]


def published(period_end, value, indicator="agency_rate"):
    about = {"area_code": "A", "indicator": indicator, "status": "ok", "known_on": "2023-03-01"}
    return about | {"period_end": period_end, "value": value}


def logged(occurred_on, amount, kind="agency_reliance", **said):
    return log_entry(kind, occurred_on, amount=amount, **said)


FIGURES = {
    "indicators": INDICATORS,
    "observations": [
        published("2022-09-30", 20),
        published("2021-09-30", 12),
        published("2022-09-30", 15, "vacancy_rate"),
    ],
}


@pytest.mark.parametrize(
    ("told", "level", "change", "beyond"),
    [
        pytest.param([logged("2023-10-01", 26)], 26, 6, 11, id="logged after it was published"),
        pytest.param([logged("2021-10-01", 26)], 20, 8, 5, id="published after it was logged"),
        pytest.param([logged("2022-09-30", 26)], 20, 8, 5, id="of one day, what was published"),
        pytest.param([logged("2023-10-01", 9, "vacancies")], 20, 8, 11, id="only vacancies logged"),
        pytest.param([logged("2023-10-01", None)], 20, 8, 5, id="no number given"),
    ],
)
def test_the_newest_share_stands_published_or_logged(told, level, change, beyond):
    found = [of(b, *told, **FIGURES) for b in (agency_level, agency_change, agency_beyond_vacancies)]
    assert found == pytest.approx([level, change, beyond])


def test_without_figures_the_log_speaks_alone():
    told = [logged("2023-10-01", 26), logged("2022-11-01", 30), logged("2022-08-01", 40)]
    assert of(agency_level, *told) == 26
    assert of(agency_change, *told) == -4  # 1 November is nearer to a year before than 1 August
    assert np.isnan(of(agency_beyond_vacancies, *told))
    assert np.isnan(of(agency_change, told[0]))


def test_an_empty_log_leaves_the_published_share_to_its_own_features():
    assert np.isnan(of(agency_level, **FIGURES))


def test_a_share_that_is_better_when_higher_is_turned_back():
    turned = FIGURES | {"indicators": [row | {"polarity": "higher_is_better"} for row in INDICATORS]}
    assert of(agency_level, logged("2021-10-01", 1), **turned) == 20


def test_an_old_share_is_no_longer_the_newest():
    told = logged("2022-06-01", 26)
    assert of(agency_level, told, as_of="2023-11-01") == 26
    assert np.isnan(of(agency_level, told, as_of="2023-12-02"))


# engagement and support


def test_months_since_the_last_review_or_at_least_as_long_as_the_log_knows():
    told = [
        review("held", "2022-01-01"),
        review("held", "2023-07-01"),
        log_entry("savings", "2023-07-01", "B"),
    ]
    found = months_since_review(snapshot_of(*told))
    np.testing.assert_allclose(found, [184 / MONTH, 730 / MONTH, np.nan])
    assert np.isnan(of(months_since_review, review("declined", "2023-07-01")))


def test_an_area_cannot_have_gone_without_a_review_for_longer_than_it_exists():
    places = [{"area_code": "A", "name": "A"}, {"area_code": "B", "name": "B", "active_from": "2023-04-01"}]
    told = [review("held", "2022-01-01"), log_entry("savings", "2023-07-01", "B")]
    assert of(months_since_review, *told, places=places, area="B") == pytest.approx(275 / MONTH)


def test_facts_are_counted_once_each_within_two_years():
    told = [
        review("declined", "2023-07-01"),
        review("declined", "2023-07-01", contributor="lark"),
        review("declined", "2022-02-01"),
        review("declined", "2021-12-01"),
        review("offered", "2023-06-01"),
        log_entry("savings", "2023-07-01", "B"),
    ]
    found = fact_count(snapshot_of(*told), kind="peer_review", detail="declined")
    np.testing.assert_array_equal(found, [2.0, 0.0, np.nan])
    assert of(fact_count, *told, kind="peer_review") == 3
    assert of(fact_count, *told, kind="peer_review", detail="declined", months=12) == 1


def test_workers_lent_are_added_up():
    def lent(day, amount, **said):
        return log_entry("support_given", day, amount=amount, **said)

    told = [lent("2023-07-01", 4), lent("2023-07-01", 4, contributor="lark"), lent("2022-07-01", 2.5)]
    assert of(workers_lent, *told, lent("2023-01-01", None), lent("2020-01-01", 9)) == 6.5
    assert np.isnan(of(workers_lent, lent("2023-01-01", None)))
    assert of(workers_lent, log_entry("savings", "2023-07-01")) == 0
    assert np.isnan(of(workers_lent, told[0], area="B"))


# silence


@pytest.mark.parametrize(
    ("spoken", "found"),
    [
        pytest.param("ABC", [0, 0, 0, 1], id="one area is silent"),
        pytest.param("AB", [np.nan, np.nan, 1, 1], id="for those spoken of, only one in three others is"),
        pytest.param("A", [np.nan] * 4, id="the network does not report"),
        pytest.param("", [np.nan] * 4, id="no log"),
    ],
)
def test_silence_speaks_only_where_most_others_are_spoken_of(spoken, found):
    told = [log_entry("positive", "2023-07-01", code) for code in spoken]
    np.testing.assert_array_equal(silence(snapshot_of(*told, areas="ABCD")), found)


def test_silence_goes_by_the_day_of_recording():
    told = [log_entry("positive", "2023-07-01", code) for code in "ABC"]
    late = log_entry("savings", "2019-01-01", "D", known_on="2023-06-01")
    assert of(silence, *told, late, areas="ABCD", area="D") == 0
    old = log_entry("savings", "2019-01-01", "D", known_on="2022-12-01")
    assert of(silence, *told, old, areas="ABCD", area="D") == 1


def test_without_a_table_of_areas_all_of_them_count_as_there_and_old():
    told = [review("held", "2022-01-01"), log_entry("savings", "2023-07-01", "B")]
    nameless = replace(snapshot_of(*told), areas=pd.DataFrame())
    np.testing.assert_array_equal(silence(nameless), [np.nan, np.nan, np.nan])
    told = [log_entry("positive", "2023-07-01", code) for code in "ABC"]
    nameless = replace(snapshot_of(*told, areas="ABCD"), areas=pd.DataFrame())
    np.testing.assert_array_equal(silence(nameless), [0, 0, 0, 1])
    held = replace(snapshot_of(review("held", "2022-01-01")), areas=pd.DataFrame())
    np.testing.assert_allclose(months_since_review(held), [730 / MONTH, np.nan, np.nan])


def test_a_new_area_has_had_no_time_to_be_silent_and_an_old_one_is_not_asked():
    told = [log_entry("positive", "2023-07-01", code) for code in "ABC"]
    places = [{"area_code": code, "name": code} for code in "ABC"]
    places.append({"area_code": "D", "name": "D", "active_from": "2023-04-01"})
    places.append({"area_code": "E", "name": "E", "active_to": "2023-03-31"})
    np.testing.assert_array_equal(silence(snapshot_of(*told, places=places)), [0, 0, 0, np.nan, np.nan])
    assert of(silence, *told, places=places, as_of="2024-05-01", area="D") == 1
