import numpy as np
import pandas as pd
import pytest

from earlywarn.explain.contradictions import inconsistencies
from earlywarn.explain.relations import passed_over, relation_table
from earlywarn.features.relation_list import read_relations
from earlywarn.panel.panel import Panel
from earlywarn.sources.england import read_england
from strategies import tables_of

RELATIONS = read_relations()
AREAS = [f"E{number:02d}" for number in range(12)]
ABOUT = {  # unit, polarity, what a period is, source
    "agency_rate": ("percent", "higher_is_worse", "snapshot_30_september", "Workforce census"),
    "vacancy_rate": ("percent", "higher_is_worse", "snapshot_30_september", "Workforce census"),
    "vacancies_fte": ("count", "neutral", "snapshot_30_september", "Workforce census"),
    "social_workers_fte": ("count", "neutral", "snapshot_30_september", "Workforce census"),
    "cin_rate": ("rate_per_10000", "neutral", "snapshot_31_march", "Need census"),
    "cpp_rate": ("rate_per_10000", "neutral", "snapshot_31_march", "Need census"),
    "referral_rate": ("rate_per_10000", "neutral", "year_to_31_march", "Need census"),
    "s47_rate": ("rate_per_10000", "neutral", "year_to_31_march", ""),
    "population_0_17": ("count", "neutral", "snapshot_30_june", "Estimates"),
    "referrals_nfa_rate": ("percent", "neutral", "year_to_31_march", "Need census"),
    "referrals_assessed_not_in_need_rate": ("percent", "neutral", "year_to_31_march", "Need census"),
    "spend_total": ("gbp", "neutral", "financial_year", "Outturn"),
    "spend_safeguarding": ("gbp", "neutral", "financial_year", "Outturn"),
}


def panel(figures):
    """Publish figures by indicator and period, a number for each area, 100 days after the period."""
    rows = [
        {"area_code": area, "indicator": name, "period_end": end, "value": float(value), "status": "ok"}
        | {"known_on": pd.Timestamp(end) + pd.Timedelta(days=100)}
        for (name, end), values in figures.items()
        for area, value in zip(AREAS, values, strict=True)
    ]
    said = ("unit", "polarity", "period_type", "source")
    return Panel(
        tables_of(
            areas=[{"area_code": area, "name": area} for area in AREAS],
            indicators=[
                {"indicator": name, "label": name} | dict(zip(said, ABOUT[name], strict=True))
                for name in sorted({name for name, _ in figures})
            ],
            observations=rows,
        )
    )


def told(figures, day="2025-04-01", **asked):
    place = panel(figures)
    return relation_table(place.known_at(pd.Timestamp(day)), place.indicators, **asked)


def cautions(figures, day="2025-04-01", **asked):
    place = panel(figures)
    return inconsistencies(place.known_at(pd.Timestamp(day)), place.indicators, **asked)


def agency(last=30.0, vacancies=13.0, workers=200):
    shares = [2.5, 4, 4, 6, 5.5, 7, 9, 9, 11, 10.5, 13, last]
    posts = [4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, vacancies]
    return {
        ("agency_rate", "2024-09-30"): shares,
        ("vacancy_rate", "2024-09-30"): posts,
        ("social_workers_fte", "2024-09-30"): [200] * 11 + [workers],
    }


def test_what_stands_out_is_told_in_a_sentence_and_the_rest_in_numbers():
    table = told(agency())
    assert table["area_code"].tolist() == AREAS
    assert table["relation"].unique().tolist() == ["agency_given_vacancies"]
    assert table["indicators"].unique().tolist() == ["agency_rate+vacancy_rate"]
    assert table["direction"].tolist() == [""] * 11 + ["worse"]
    assert table["words"].tolist()[:11] == [""] * 11
    last = table.iloc[-1]
    low, high = round(last["expected_low"], 1), round(last["expected_high"], 1)
    assert last["words"] == (
        "The share of agency social workers, 30.0%, is higher than vacancies of 13.0% would suggest: most "
        f"areas with vacancies like these have {low}% to {high}%. Figures of 30 September 2024. "
        "Source: Workforce census."
    )
    assert last["period_end"] == pd.Timestamp("2024-09-30")
    assert 0 < last["expected_low"] < last["expected_high"] < last["value"]


def test_a_figure_below_the_line_may_be_better_and_its_range_stays_within_a_share():
    shares = [52, 60, 61, 70, 66, 75, 82, 80, 92, 89, 99, 10.0]
    figures = agency() | {("agency_rate", "2024-09-30"): shares}
    last = told(figures).iloc[-1]
    assert last["direction"] == "better"
    assert "10.0%, is lower than vacancies of 13.0% would suggest" in last["words"]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"last": 7.5}, "near the line"),
        ({"workers": 3}, "one of three workers may be chance"),
        ({"vacancies": 90.0}, "no other area has vacancies like these"),
    ],
)
def test_nothing_is_said_where_there_is_too_little_to_go_by(asked, why):
    table = told(agency(**asked))
    assert table["direction"].iloc[-1] == "", why
    assert table["words"].iloc[-1] == ""


def test_figures_that_move_apart_are_told_from_what_to_what():
    rng = np.random.default_rng(5)
    rates, staff = rng.uniform(400, 600, 12).round(1), rng.integers(90, 200, 12)
    now, later = rates * rng.uniform(0.97, 1.03, 12), staff * rng.uniform(0.97, 1.03, 12)
    rates[0], now[0], staff[0], later[0] = 480.2, 560.1, 200, 160
    figures = {
        ("referral_rate", "2021-03-31"): rates,
        ("referral_rate", "2024-03-31"): now,
        ("social_workers_fte", "2021-09-30"): staff,
        ("social_workers_fte", "2024-09-30"): later,
    }
    first = told(figures, relations=[RELATIONS["demand_against_staffing"]]).iloc[0]
    assert first["direction"] == "worse"
    assert np.isnan(first["expected_low"])
    assert first["words"] == (
        "Over three years referrals rose from 480.2 to 560.1 per 10,000 children while social workers in "
        "post fell from 200 to 160. Figures of the year to 31 March 2024 and of 30 September 2024. "
        "Source: Need census; Workforce census."
    )


def test_a_conversion_is_told_with_its_interval_and_never_as_better_or_worse():
    figures = {
        ("s47_rate", "2024-03-31"): [150, 140, 145, 150, 155, 160, 150, 150, 150, 152, 148, 400],
        ("referral_rate", "2024-03-31"): [500] * 12,
        ("population_0_17", "2023-06-30"): [20_000] * 12,
    }
    last = told(figures, relations=[RELATIONS["enquiries_from_referrals"]]).iloc[-1]
    assert last["direction"] == "higher"
    assert last["words"] == (
        "For each 100 referrals there were 80.0 section 47 enquiries (95% interval 72.8 to 87.9), higher "
        "than in most areas, where there are 29.1 to 31.9. Figures of the year to 31 March 2024. "
        "Source: Need census."
    )


def test_a_contradiction_is_told_as_a_caution():
    figures = {
        ("cpp_rate", "2024-03-31"): [20.1] * 11 + [90.5],
        ("cin_rate", "2024-03-31"): [70.2] * 12,
        ("spend_total", "2024-03-31"): [8_000_101] * 12,
        ("spend_safeguarding", "2024-03-31"): [9_000_001] + [700_003] * 11,
    }
    table = cautions(figures)
    assert table["area_code"].tolist() == ["E00", "E11"]
    assert table["relation"].tolist() == ["safeguarding_within_spending", "plans_within_need"]
    assert table["indicators"].tolist() == ["spend_total+spend_safeguarding", "cin_rate+cpp_rate"]
    assert table["period_end"].tolist() == [pd.Timestamp("2024-03-31")] * 2
    spending, plans = table["words"]
    assert spending == (
        "Spending on safeguarding, about £9,000,001, is more than all spending on children and young people, "
        "£8,000,101: one of the two is likely to be wrong. Figures of the year to 31 March 2024. "
        "Source: Outturn."
    )
    assert plans == (
        "Children on a protection plan, about 90.5 per 10,000 children, are more than all children in need, "
        "70.2 per 10,000 children: one of the two is likely to be wrong. Figures of 31 March 2024. "
        "Source: Need census."
    )


def test_a_caution_about_rounded_shares_gives_the_range_they_leave_open():
    figures = {
        ("vacancies_fte", "2024-09-30"): [5.1] * 12,
        ("social_workers_fte", "2024-09-30"): [14.9] * 12,
        ("vacancy_rate", "2024-09-30"): [25.5] * 11 + [38.4],
        ("referrals_nfa_rate", "2024-03-31"): [60.5] * 12,
        ("referrals_assessed_not_in_need_rate", "2024-03-31"): [20.1] * 11 + [50.2],
    }
    words = cautions(figures)["words"].tolist()
    assert "add up to about 110.7%, which is more than 100.0%" in words[0]
    assert "give 25.2% to 25.7%, but the vacancy rate published is 38.4%" in words[1]


def test_what_was_not_known_yet_is_not_told():
    assert told(agency(), day="2025-01-01").empty
    assert told(agency(), day="2025-01-01").columns.tolist() == told(agency()).columns.tolist()
    figures = {("cpp_rate", "2024-03-31"): [90.5] * 12, ("cin_rate", "2024-03-31"): [70.2] * 12}
    assert cautions(figures, day="2024-07-09").empty
    assert len(cautions(figures, day="2024-07-10")) == 12


def test_all_periods_are_cautioned_about_where_asked():
    figures = {
        (name, f"{year}-03-31"): [value] * 12
        for year in (2020, 2024)
        for name, value in (("cpp_rate", 90.5), ("cin_rate", 70.2))
    }
    assert len(cautions(figures)) == 12
    both = cautions(figures, every_period=True)
    assert both["period_end"].dt.year.tolist() == [2020, 2024] * 12


def test_without_relations_the_tables_are_empty_and_whole():
    table, faults = told(agency(), relations=[]), cautions(agency(), relations=[])
    assert table.empty
    assert faults.empty
    assert table.dtypes["period_end"] == faults.dtypes["period_end"] == "datetime64[ns]"
    assert "words" in table
    assert "words" in faults


def test_what_was_passed_over_is_said():
    said = passed_over(["agency_rate", "vacancy_rate"])
    assert (
        "Conferences from enquiries: not looked at, as the data have no icpc_rate and no s47_rate and no "
        in ("".join(line for line in said if line.startswith("Conferences from")))
    )
    assert not any(line.startswith("Agency workers beside vacancies") for line in said)


def test_in_england_few_areas_stand_out_and_no_figures_contradict_each_other():
    place = Panel(read_england())
    snapshot = place.known_at(pd.Timestamp("2025-04-01"))
    table = relation_table(snapshot, place.indicators)
    shares = table["direction"].ne("").groupby(table["relation"]).mean()
    assert shares.max() < 0.2
    assert shares.min() > 0
    assert inconsistencies(snapshot, place.indicators, every_period=True).empty
    said = " ".join(table["words"])
    assert "nan" not in said.lower()
    assert "failing" not in said
