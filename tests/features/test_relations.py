import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats

from earlywarn.errors import ConfigError
from earlywarn.features.relation_list import read_relations
from earlywarn.features.relations import relate, relation_score, relation_values
from earlywarn.panel.panel import Panel
from earlywarn.panel.snapshot import Snapshot
from earlywarn.signals.relations import conversion
from strategies import permuted, tables_of

RELATIONS = read_relations()
AREAS = [f"E{number:02d}" for number in range(12)]
VACANCIES = [4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 13.0]
AGENCY = [2.5, 4, 4, 6, 5.5, 7, 9, 9, 11, 10.5, 13, 30.0]
BETTER = {"assessments_within_45_days"}
NEUTRAL = {"referral_rate", "s47_rate", "cpp_start_rate", "population_0_17", "social_workers_fte"}


def tables(figures):
    """Publish figures by indicator and period, a number for each area, 100 days after the period."""
    rows = [
        {"area_code": area, "indicator": name, "period_end": end, "value": value, "status": "ok"}
        | {"known_on": pd.Timestamp(end) + pd.Timedelta(days=100)}
        for (name, end), values in figures.items()
        for area, value in zip(AREAS, values, strict=True)
        if not np.isnan(value)
    ]
    polarity = {
        name: "neutral" if name in NEUTRAL else "higher_is_better" if name in BETTER else "higher_is_worse"
        for name, _ in figures
    }
    return tables_of(
        areas=[{"area_code": area, "name": area} for area in AREAS],
        indicators=[
            {"indicator": name, "label": name, "unit": "percent", "polarity": way}
            for name, way in sorted(polarity.items())
        ],
        observations=rows,
    )


def snapshot(figures, as_of="2025-04-01", *, flip=()):
    """Cut the same without the detour through a panel."""
    names = sorted({name for name, _ in figures})
    ends = sorted({pd.Timestamp(end) for _, end in figures})
    sign = np.array([-1.0 if name in BETTER or name in flip else 1.0 for name in names])
    cube = np.full((len(AREAS), len(names), len(ends)), np.nan)
    for (name, end), values in figures.items():
        place = names.index(name)
        cube[:, place, ends.index(pd.Timestamp(end))] = sign[place] * np.array(values)
    coords = {"area": AREAS, "indicator": names, "period": pd.DatetimeIndex(ends)}
    return Snapshot(
        as_of=pd.Timestamp(as_of),
        values=xr.DataArray(cube, dims=("area", "indicator", "period"), coords=coords),
        neighbours=xr.DataArray(np.empty((len(AREAS), 0), dtype=int), dims=("area", "rank")),
        sign=xr.DataArray(sign, dims=("indicator",)),
    )


def workforce(agency=AGENCY, vacancies=VACANCIES, *, of="2024-09-30", given="2024-09-30"):
    return {("agency_rate", of): agency, ("vacancy_rate", given): vacancies}


def score(figures, name="agency_given_vacancies", **said):
    return relation_score(snapshot(figures, **said), name=name).to_numpy()


# pairs


def test_agency_beside_vacancies_is_read_off_the_line_of_theil_and_sen():
    told = relate(snapshot(workforce()), RELATIONS["agency_given_vacancies"])
    line = stats.theilslopes(AGENCY, VACANCIES, method="joint")
    residual = np.array(AGENCY) - line.intercept - line.slope * np.array(VACANCIES)
    assert told.score == pytest.approx(residual / (1.4826 * np.median(np.abs(residual))))
    assert told.value.tolist() == AGENCY
    assert told.figures[1].tolist() == VACANCIES
    assert told.score[-1] > 5
    assert told.low[-1] < told.high[-1] < AGENCY[-1]


def test_for_a_figure_that_is_better_when_higher_it_is_worse_to_lie_below():
    caseload = [14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 14.5]
    timely = [95, 93, 94, 90, 91, 88, 87, 88, 84, 83, 81, 50.0]
    figures = {("assessments_within_45_days", "2024-03-31"): timely, ("caseload", "2024-09-30"): caseload}
    told = relate(snapshot(figures), RELATIONS["timeliness_given_caseload"])
    assert told.value.tolist() == timely
    assert told.score[-1] > 5
    assert told.low[-1] > 50


def test_a_higher_figure_scores_below_nought_only_where_it_is_better():
    assert score(workforce(), flip=["agency_rate"]) == pytest.approx(-score(workforce()))
    assert score(workforce(), flip=["vacancy_rate"]) == pytest.approx(score(workforce()))


def test_the_units_do_not_matter():
    other = workforce([7 * value - 40 for value in AGENCY], [value / 100 for value in VACANCIES])
    assert score(other) == pytest.approx(score(workforce()))


@pytest.mark.parametrize(
    ("figures", "as_of", "known"),
    [
        pytest.param(workforce(), "2025-04-01", True, id="both fresh"),
        pytest.param(workforce(given="2024-03-31"), "2025-04-01", True, id="half a year apart"),
        pytest.param(workforce(given="2023-12-31"), "2025-04-01", True, id="nine months apart"),
        pytest.param(workforce(given="2023-11-30"), "2025-04-01", False, id="ten months apart"),
        pytest.param(workforce(), "2026-04-01", False, id="stale"),
    ],
)
def test_the_two_figures_are_fresh_and_go_together(figures, as_of, known):
    assert np.isnan(score(figures, as_of=as_of)).all() != known


def test_an_area_without_one_of_the_figures_is_left_out():
    told = score(workforce([np.nan, *AGENCY[1:]]))
    assert np.isnan(told).tolist() == [True] + [False] * 11


def test_with_too_few_areas_nothing_is_said():
    assert np.isnan(score(workforce([np.nan] * 3 + AGENCY[3:]))).all()


# figures that move apart


def test_demand_up_and_staff_down_over_three_years_is_worse():
    rng = np.random.default_rng(5)
    before, staff = rng.uniform(400, 600, 12).round(1), rng.uniform(90, 200, 12).round(1)
    now = (before * rng.uniform(0.95, 1.05, 12)).round(1)
    later = (staff * rng.uniform(0.95, 1.05, 12)).round(1)
    now[:3], later[:3] = before[:3] * [1.3, 0.7, 1.3], staff[:3] * [0.8, 1.25, 1.25]
    figures = {
        ("referral_rate", "2021-03-31"): before,
        ("referral_rate", "2023-03-31"): before * 9,  # of another year
        ("referral_rate", "2024-03-31"): now,
        ("social_workers_fte", "2021-09-30"): staff,
        ("social_workers_fte", "2024-09-30"): later,
    }
    told = relate(snapshot(figures), RELATIONS["demand_against_staffing"])
    assert told.score[0] > 1
    assert told.score[1] < -1
    assert told.score[2] == 0
    assert told.before[:, 0].tolist() == [before[0], staff[0]]
    assert told.figures[:, 0].tolist() == [now[0], later[0]]
    del figures["social_workers_fte", "2021-09-30"]
    assert np.isnan(score(figures, "demand_against_staffing")).all()


# conversions


def journey(enquiries, referrals, population, *, end="2024-03-31"):
    return {
        ("s47_rate", end): enquiries,
        ("referral_rate", "2024-03-31"): referrals,
        ("population_0_17", "2023-06-30"): population,
    }


def test_a_conversion_is_a_ratio_of_counts_with_its_interval():
    figures = journey([150.0] * 11 + [300.0], [500.0] * 12, [20_000] * 12)
    told = relate(snapshot(figures), RELATIONS["enquiries_from_referrals"])
    value, lower, upper = conversion(600, 1_000)  # 300 and 500 for each 10,000 of 20,000 children
    assert (told.value[-1], told.lower[-1], told.upper[-1]) == pytest.approx((value, lower, upper))
    assert told.score.tolist() == [0] * 11 + [1]
    assert (told.low[0], told.high[0]) == (30, 30)


def test_few_children_raise_no_alarm_by_themselves():
    figures = journey([150.0] * 11 + [300.0], [500.0] * 12, [20_000] * 11 + [200])
    told = relate(snapshot(figures), RELATIONS["enquiries_from_referrals"])
    assert told.value[-1] == pytest.approx(60)
    assert told.score[-1] == 0


def test_the_share_of_an_earlier_step_is_a_part_of_it():
    figures = {
        ("referrals_nfa_rate", "2024-03-31"): [5.0] * 11 + [40.0],
        ("referral_rate", "2024-03-31"): [500.0] * 12,
        ("population_0_17", "2023-06-30"): [20_000] * 12,
    }
    told = relate(snapshot(figures), RELATIONS["closed_from_referrals"])
    assert (told.value[-1], told.lower[-1]) == pytest.approx((40, conversion(400, 1_000, part=True).lower))
    assert told.score[-1] == 1


def test_steps_of_different_years_and_shares_above_all_give_no_conversion():
    apart = journey([150.0] * 12, [500.0] * 12, [20_000] * 12, end="2023-12-31")
    assert np.isnan(score(apart, "enquiries_from_referrals")).all()
    figures = {
        ("referrals_nfa_rate", "2024-03-31"): [120.0] * 12,
        ("referral_rate", "2024-03-31"): [500.0] * 12,
        ("population_0_17", "2023-06-30"): [20_000] * 12,
    }
    assert np.isnan(score(figures, "closed_from_referrals")).all()


def test_with_too_few_areas_a_conversion_has_a_value_and_no_score():
    figures = journey([150.0] * 5 + [np.nan] * 7, [500.0] * 12, [20_000] * 12)
    told = relate(snapshot(figures), RELATIONS["enquiries_from_referrals"])
    assert told.value[0] == pytest.approx(30)
    assert np.isnan(told.score).all()


# all of them


def test_every_relation_that_the_data_serve_has_a_column():
    figures = workforce() | {
        ("cpp_rate", "2024-03-31"): [50.1] * 6 + [90.2] * 6,
        ("cin_rate", "2024-03-31"): [70.1] * 12,
    }
    told = relation_values(snapshot(figures))
    assert told.dims == ("area", "relation")
    assert told["relation"].to_numpy().tolist() == ["agency_given_vacancies", "plans_within_need"]
    assert told.sel(relation="plans_within_need").to_numpy().tolist() == [0] * 6 + [1] * 6
    np.testing.assert_array_equal(told.sel(relation="agency_given_vacancies"), score(figures))


def test_without_figures_or_relations_nothing_is_said():
    empty = Panel(tables_of(areas=[{"area_code": "A"}])).known_at(pd.Timestamp("2025-01-01"))
    assert relation_values(empty).shape == (1, 0)
    assert np.isnan(relation_score(empty, name="agency_given_vacancies")).all()
    nothing = snapshot(workforce([np.nan] * 12, [np.nan] * 12))
    assert np.isnan(relation_values(nothing)).all()
    assert relation_values(snapshot(workforce()), []).shape == (12, 0)


def test_a_relation_of_ones_own_is_found_among_those_given():
    own = RELATIONS["agency_given_vacancies"]
    told = relation_score(snapshot(workforce()), name=own.name, relations=[own])
    np.testing.assert_array_equal(told, score(workforce()))


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("agency", "found 'agency', not one of them"),
        ("plans_within_need", "which inconsistent_figures counts"),
    ],
)
def test_a_relation_that_cannot_be_scored_is_refused(name, match):
    with pytest.raises(ConfigError, match=match):
        relation_score(snapshot(workforce()), name=name)


def test_neither_the_order_of_rows_nor_later_records_matter():
    figures = workforce() | workforce([1.0] * 12, [2.0] * 12, of="2025-09-30", given="2025-09-30")
    shuffled = Panel(permuted(tables(figures), seed=1))
    told = relation_score(shuffled.known_at(pd.Timestamp("2025-04-01")), name="agency_given_vacancies")
    np.testing.assert_array_equal(told, score(workforce()))
    early = relation_score(shuffled.known_at(pd.Timestamp("2025-01-08")), name="agency_given_vacancies")
    assert np.isnan(early).all()
