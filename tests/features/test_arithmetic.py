"""Each builder once by hand, with lopsided numbers."""

# ruff: noqa: PD003, PD004 - these are arrays of xarray, not of pandas

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from earlywarn.features import judgements, leadership, level, returns, themes, trend
from earlywarn.panel.panel import Panel
from strategies import tables_of

AS_OF = "2024-07-01"
WORSE, BETTER, NEUTRAL = "higher_is_worse", "higher_is_better", "neutral"
CODES = "ABCDEF"


def known(series, *, as_of=AS_OF, polarity=WORSE, ends="-03-31", **tables):
    """Cut a panel of one indicator; ``series`` holds each area's figures, the last being of 2024."""
    series = dict(zip(CODES, series, strict=False)) if isinstance(series, list) else series
    rows = []
    for code, figures in series.items():
        for years_ago, figure in enumerate(reversed(figures)):
            status = figure if isinstance(figure, str) else "ok"
            rows.append(
                {
                    "area_code": code,
                    "indicator": "rate",
                    "period_end": f"{2024 - years_ago}{ends}",
                    "value": None if status != "ok" else figure,
                    "status": status,
                    "known_on": f"{2024 - years_ago}-05-31",
                }
            )
    areas = [
        {"area_code": code, "name": code, "region": "North" if code < "D" else "South"} for code in series
    ]
    rate = {"indicator": "rate", "label": "Rate", "unit": "score", "polarity": polarity}
    observations = [row for row in rows if row["value"] is None or not np.isnan(row["value"])]
    made = tables_of(areas=areas, indicators=[rate], observations=observations, **tables)
    return Panel(made).known_at(pd.Timestamp(as_of))


def numbers(built):
    return built.to_numpy().ravel().tolist()


def near(*wanted):
    return pytest.approx(list(wanted), nan_ok=True, abs=1e-5)


NAN = np.nan
LOPSIDED = [[4], [5], [7], [11], [40], [NAN]]


def test_the_latest_figure_is_signed_so_that_higher_is_worse():
    assert numbers(level.latest(known(LOPSIDED))) == near(4, 5, 7, 11, 40, NAN)
    assert numbers(level.latest(known(LOPSIDED, polarity=BETTER))) == near(-4, -5, -7, -11, -40, NAN)


def test_the_level_is_as_published():
    assert numbers(level.level(known(LOPSIDED, polarity=BETTER))) == near(4, 5, 7, 11, 40, NAN)


@pytest.mark.parametrize(
    ("as_of", "fresh"), [("2025-09-30", True), ("2025-10-01", False)], ids=["18 months old", "a day older"]
)
def test_without_a_known_lag_a_figure_stays_for_18_months(as_of, fresh):
    # period end 31 March 2024; 30 September 2025 less 18 months is 30 March 2024, 1 October's is 1 April
    assert level.latest(known([[4]], as_of=as_of)).notnull().all() == fresh


def test_the_age_limit_is_a_year_the_lag_and_a_quarter():
    snapshot = known([[4]])
    # a lag of 151 days is 5 months: 12 + 5 + 3
    lagged = Panel(
        tables_of(
            areas=[{"area_code": "A", "name": "A"}],
            indicators=[
                {"indicator": "a", "polarity": WORSE, "publication_lag_days": 151},
                {"indicator": "b", "polarity": WORSE},
            ],
        )
    ).known_at(snapshot.as_of)
    assert lagged.max_age.to_numpy().tolist() == [20, 18]


def test_the_national_gap_is_in_robust_standard_deviations():
    # median of 4, 5, 7, 11, 40 is 7; distances 3, 2, 0, 4, 33: MAD 3, times 1.4826 is 4.4478
    gaps = [-3 / 4.4478, -2 / 4.4478, 0, 4 / 4.4478, 33 / 4.4478, NAN]
    assert numbers(level.national_gap(known(LOPSIDED))) == near(*gaps)


@pytest.mark.parametrize(
    "figures",
    [
        pytest.param([[4], [5], [7], [11], [NAN], [NAN]], id="four areas"),
        pytest.param([[7], [7], [7], [7], [40], [1]], id="most of them equal"),
    ],
)
def test_where_areas_are_few_or_alike_no_gap_is_measured(figures):
    assert level.national_gap(known(figures)).isnull().all()


def test_the_national_rank_is_the_share_of_areas_that_are_better():
    # of five: ties of 5 and 5 share ranks 2 and 3
    assert numbers(level.national_rank(known([[4], [5], [5], [11], [40], [NAN]]))) == near(
        0, 0.375, 0.375, 0.75, 1, NAN
    )
    assert level.national_rank(known([[4], [5], [7], [11], [NAN], [NAN]])).isnull().all()


def test_a_change_is_measured_against_how_much_everyone_changed():
    # changes over the year 1, 2, 4, 8, 30: median 4, MAD 3; over three years 10 times that
    figures = [[0, 9 * d, 9 * d, 10 * d] for d in (1, 2, 4, 8, 30)]
    gaps = [-3 / 4.4478, -2 / 4.4478, 0, 4 / 4.4478, 26 / 4.4478]
    assert numbers(trend.change_one_year(known(figures))) == near(*gaps)
    assert numbers(trend.change_three_years(known(figures))) == near(*gaps)


def test_a_change_needs_a_figure_near_a_year_before():
    figures = [[1, 2], [1, 3], [1, 5], [1, 9], [1, 31], [7, NAN, 9]]
    assert numbers(trend.change_one_year(known(figures)))[5:] == near(NAN)
    assert trend.change_three_years(known(figures)).isnull().all()


def test_equal_changes_in_binary_fractions_have_no_spread():
    # 0.3 - 0.2 and 0.2 - 0.1 differ in the sixteenth digit; that is no difference between areas
    figures = [[start / 10, (start + 1) / 10] for start in (1, 2, 3, 6, 8, 13)]
    assert trend.change_one_year(known(figures)).isnull().all()


def test_a_series_that_stands_still_has_no_slope_and_no_spread():
    assert trend.slope(known([[c / 10] * 4 for c in (1, 2, 3, 6, 7, 11)])).isnull().all()


def test_the_slope_is_of_the_last_three_years():
    # four figures, a year apart; before them a figure that must not count
    slopes = np.array([1, 2, 4, 8, 30])
    figures = [[-500.0, 0.0, s, 2 * s, 3 * s] for s in slopes]
    gaps = [-3 / 4.4478, -2 / 4.4478, 0, 4 / 4.4478, 26 / 4.4478]
    assert numbers(trend.slope(known(figures))) == pytest.approx(gaps, abs=0.01)  # a leap day in one year


def test_two_figures_make_no_slope():
    assert trend.slope(known([[0, s] for s in (1, 2, 4, 8, 30)])).isnull().all()


def test_volatility_is_the_log_of_how_restless_a_series_is_beside_the_typical_one():
    # root mean square of steps 3, -3, 3 is 3, and so on: 1, 3, 4 -> median 3; the still area tells nothing
    figures = [[0, 1, 0, 1], [0, 3, 0, 3], [0, 4, 0, 4], [5, 5, 5, 5], [0, 9, 0]]
    assert numbers(trend.volatility(known(figures))) == near(np.log(1 / 3), 0, np.log(4 / 3), NAN, NAN)


def test_a_worsening_run_ends_at_the_first_figure_that_is_no_worse():
    figures = [[9, 1, 2, 4, 40], [1, 2, 3, 3], [5, 4], [4], [1, 2, NAN, 5], [NAN]]
    assert numbers(trend.worsening_run(known(figures))) == near(3, 0, 0, NAN, 2, NAN)
    assert numbers(trend.worsening_run(known(figures, polarity=BETTER))) == near(0, 0, 1, NAN, 0, NAN)
    assert trend.worsening_run(known(figures, polarity=NEUTRAL)).isnull().all()


def test_where_no_polarity_is_given_higher_is_worse():
    snapshot = replace(known([[1, 2, 4], [5, 4, 4]]), neutral=None, sign=None)
    assert numbers(trend.worsening_run(snapshot)) == near(2, 0)
    assert numbers(level.level(snapshot)) == near(4, 4)


def test_nothing_is_earlier_than_nothing():
    assert np.isnan(trend.earlier(known([[NAN]] * 2), years=1)).all()


def test_trends_need_a_fresh_figure():
    stale = known([[1, 2, 4, 9 + s] for s in range(6)], as_of="2025-12-31")
    for builder in (trend.change_one_year, trend.slope, trend.volatility, trend.worsening_run):
        assert builder(stale).isnull().all()


def test_a_year_from_a_leap_day_is_still_a_year():
    figures = [[1, 2], [1, 3], [1, 5], [1, 9], [1, 31]]
    rows = known(figures, ends="-02-28")
    assert rows.series.years[:, 0, 0].tolist() == pytest.approx([-(366 + 123) / 365.25] * 5, abs=0.01)
    assert trend.change_one_year(rows).notnull().all()


def test_a_return_is_unreported_once_most_areas_have_made_theirs():
    reported = [[3], [4], [5], ["missing"], ["suppressed"], [NAN]]
    assert numbers(returns.unreported(known(reported))) == near(0, 0, 0, 1, 0, NAN)
    # where most are missing the period is not out yet, and the one before it counts
    early = [[3, "missing"], ["missing", "missing"], [5, "missing"], [6, 7], [NAN, "missing"]]
    assert numbers(returns.unreported(known(early))) == near(0, 1, 0, 0, NAN)


def test_shares_are_of_what_was_expected_of_the_area():
    polarity = {"polarity": WORSE, "unit": "score"}
    names = ["a", "b", "c", "d"]
    said = {
        "A": ["ok", "missing", "missing", "suppressed"],
        "B": ["ok"] * 4,
        "C": ["ok", "ok", "ok"],
        "D": [],
    }
    made = tables_of(
        areas=[{"area_code": code, "name": code} for code in said],
        indicators=[{"indicator": name, "label": name} | polarity for name in names],
        observations=[
            {
                "area_code": code,
                "indicator": name,
                "period_end": "2024-03-31",
                "value": 1.0 if status == "ok" else None,
                "status": status,
                "known_on": "2024-05-31",
            }
            for code, statuses in said.items()
            for name, status in zip(names, statuses, strict=False)
        ],
    )
    snapshot = Panel(made).known_at(pd.Timestamp(AS_OF))
    assert numbers(returns.missing_share(snapshot)) == near(0.5, 0, 0, NAN)
    assert numbers(returns.suppressed_share(snapshot)) == near(0.25, 0, 0, NAN)


def inspection(code, start, overall, *, known_on=None, **sub):
    known_on = known_on or pd.Timestamp(start) + pd.Timedelta(days=50)
    key = {"inspection_id": f"{code}{start}", "area_code": code, "start_date": start, "known_on": known_on}
    return key | {"overall": overall} | sub


INSPECTIONS = [
    inspection("A", "2020-07-01", "inadequate", leadership="requires_improvement"),
    inspection("A", "2022-07-02", "good"),
    inspection("B", "2024-05-13", "outstanding", known_on="2024-06-30", leadership="good"),
    inspection("C", "2021-01-01", "requires_improvement"),
    inspection("C", "2024-05-13", "inadequate", known_on="2024-07-01"),  # not known before the as-of date
    inspection("D", "2019-01-01", "good"),
]


@pytest.fixture(scope="module")
def judged():
    neighbours = [
        {"area_code": "A", "neighbour_code": other, "rank": rank, "known_on": "2021-04-30"}
        for rank, other in enumerate("CDEB", start=1)
    ]
    return known([[1]] * 6, inspections=INSPECTIONS, neighbours=neighbours)


def test_past_judgements(judged):
    assert numbers(judgements.last_sub_judgement(judged)) == near(2, 3, 1, 2, NAN, NAN)
    assert numbers(judgements.previous_overall(judged)) == near(0, NAN, NAN, NAN, NAN, NAN)
    assert numbers(judgements.trajectory(judged)) == near(2, NAN, NAN, NAN, NAN, NAN)


def test_a_sub_judgement_is_the_last_one_given(judged):
    # the later report on A does not judge leadership
    built = judgements.last_sub_judgement(judged, of="leadership")
    assert numbers(built) == near(1, 2, NAN, NAN, NAN, NAN)


def test_years_since_the_last_inspection_count_from_its_start(judged):
    # 2 July 2022 to 1 July 2024: 730 days; 13 May to 1 July: 49 days
    wanted = near(730 / 365.25, 49 / 365.25, 1277 / 365.25, 2008 / 365.25, NAN, NAN)
    assert numbers(judgements.years_since_last(judged)) == wanted


def test_judgements_weigh_half_as_much_every_four_years(judged):
    # A: 0 of 1461 days (4 years) ago weighs 0.5, 2 of 730 days ago 0.5 ** (730 / 1461)
    weight = 0.5 ** (730 / 1461)
    wanted = near(2 * weight / (0.5 + weight), 3, 1, 2, NAN, NAN)
    assert numbers(judgements.decayed_judgement(judged)) == wanted


def test_neighbours_judgements_are_averaged_over_those_that_have_one(judged):
    # A's neighbours: C 1, D 2, E none, B 3
    assert numbers(judgements.neighbours_judgement(judged)) == near(2, NAN, NAN, NAN, NAN, NAN)


def test_the_regions_judgement_leaves_the_area_itself_out(judged):
    # north: A 2, B 3, C 1; south: D 2, E and F none
    assert numbers(judgements.region_judgement(judged)) == near(2, 1.5, 2.5, NAN, 2, 2)


def test_a_region_is_of_areas_that_exist():
    areas = [
        {"area_code": "A", "name": "A", "region": "North"},
        {"area_code": "B", "name": "B", "region": "North", "active_to": "2024-03-31"},
        {"area_code": "C", "name": "C", "region": ""},
        {"area_code": "D", "name": "D", "region": ""},
    ]
    made = tables_of(areas=areas, inspections=INSPECTIONS)
    snapshot = Panel(made).known_at(pd.Timestamp(AS_OF))
    assert numbers(judgements.region_judgement(snapshot)) == near(NAN, 2, NAN, NAN)


def test_where_no_region_is_named_none_has_a_judgement():
    made = tables_of(areas=[{"area_code": code, "name": code} for code in "ABCD"], inspections=INSPECTIONS)
    assert judgements.region_judgement(Panel(made).known_at(pd.Timestamp(AS_OF))).isnull().all()


def test_the_director_is_as_the_last_report_says():
    role = "director_of_childrens_services"
    posts = [
        {"area_code": "A", "role": role, "in_post_since": "2019-03-01", "known_on": "2020-02-29"},
        {
            "area_code": "A",
            "role": role,
            "in_post_since": "2023-01-01",
            "known_on": "2023-04-01",
            "interim": True,
        },
        {"area_code": "A", "role": "lscb_chair", "in_post_since": "2001-01-01", "known_on": "2024-01-01"},
        {"area_code": "B", "role": role, "in_post_since": "2019-03-01", "known_on": "2020-02-29"},
        {"area_code": "B", "role": role, "in_post_since": "2024-03-01", "known_on": AS_OF, "interim": True},
        {"area_code": "C", "role": "lscb_chair", "in_post_since": "2001-01-01", "known_on": "2024-01-01"},
    ]
    snapshot = known([[1]] * 3, leadership=posts)
    # 1 January to 1 April 2023: 90 days; 1 March 2019 to 29 February 2020: 365
    assert numbers(leadership.director_tenure(snapshot)) == near(90 / 365.25, 365 / 365.25, NAN)
    assert numbers(leadership.director_interim(snapshot)) == near(1, 0, NAN)


def test_themes_are_counted_per_thousand_words_of_the_last_report():
    reports = [
        {"area_code": "A", "inspection_id": "1", "known_on": "2020-01-01", "words": 100, "drift": 99},
        {"area_code": "A", "inspection_id": "2", "known_on": "2023-01-01", "words": 4_000, "drift": 7},
        {"area_code": "B", "inspection_id": "3", "known_on": "2023-01-01", "words": 8_000, "drift": 0},
        {"area_code": "B", "inspection_id": "4", "known_on": AS_OF, "words": 10, "drift": 10},
    ]
    snapshot = known([[1]] * 3, report_themes=reports)
    assert numbers(themes.theme_mentions(snapshot, theme="drift")) == near(1.75, 0, NAN)
    assert themes.theme_mentions(snapshot, theme="weather").isnull().all()
