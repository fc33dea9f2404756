import numpy as np
import pandas as pd
import pytest
import xarray as xr

from earlywarn.features.contradictions import contradictions, inconsistent_figures
from earlywarn.features.relation_list import read_relations
from earlywarn.panel.panel import Panel
from earlywarn.panel.snapshot import Snapshot
from earlywarn.sources.england import read_england
from strategies import permuted, tables_of

RELATIONS = read_relations()
AREAS = "ABCDEF"


def published(figures, *, known_on="2024-11-30"):
    """Publish figures by indicator and period: a number for each area from A on."""
    rows = [
        {"area_code": area, "indicator": indicator, "period_end": end, "value": value, "status": "ok"}
        | {"known_on": known_on}
        for (indicator, end), values in figures.items()
        for area, value in zip(AREAS, values, strict=False)
        if value is not None
    ]
    return tables_of(
        areas=[{"area_code": area, "name": area} for area in AREAS],
        indicators=[
            {
                "indicator": name,
                "label": name,
                "unit": "percent",
                "polarity": "neutral",
                "domain": "workforce",
            }
            for name in sorted({indicator for indicator, _ in figures})
        ],
        observations=rows,
    )


def snapshot(figures, as_of="2025-01-01", *, better=False):
    """Cut the same without the detour through a panel."""
    names = sorted({name for name, _ in figures})
    ends = sorted({pd.Timestamp(end) for _, end in figures})
    sign = -1.0 if better else 1.0
    cube = np.full((len(AREAS), len(names), len(ends)), np.nan)
    for (name, end), values in figures.items():
        numbers = sign * np.array(values, dtype=float)
        cube[: len(numbers), names.index(name), ends.index(pd.Timestamp(end))] = numbers
    coords = {"area": list(AREAS), "indicator": names, "period": pd.DatetimeIndex(ends)}
    return Snapshot(
        as_of=pd.Timestamp(as_of),
        values=xr.DataArray(cube, dims=("area", "indicator", "period"), coords=coords),
        neighbours=xr.DataArray(np.empty((len(AREAS), 0), dtype=int), dims=("area", "rank")),
        sign=xr.DataArray(np.full(len(names), sign), dims=("indicator",)),
    )


def held(name, figures, **said):
    every = said.pop("every_period", False)
    found = contradictions(snapshot(figures, **said), [RELATIONS[name]], every_period=every)
    return found.get(name)


def test_a_rate_is_held_against_its_count_and_last_years_population():
    # A: 300 of 6,000 are 500.0 per 10,000; B's are 510.0; C's rate belongs to the year before's population
    figures = {
        ("referrals", "2024-03-31"): [300, 300, 301],
        ("population_0_17", "2022-06-30"): [9_001, 9_002, 6_003],
        ("population_0_17", "2023-06-30"): [6_000, 6_000, 7_003],
        ("referral_rate", "2024-03-31"): [500.0, 510.1, 501.4],
    }
    told = held("referrals_and_rate", figures)
    assert told.wrong[:3, 0].tolist() == [False, True, True]
    assert told.printed[1, 0] == 510.1
    assert told.low[1, 0] == pytest.approx(299.5 / 6_000.5 * 10_000)


@pytest.mark.parametrize("better", [False, True])
def test_which_way_is_worse_does_not_matter(better):
    figures = {("cpp_rate", "2024-03-31"): [10.5, 90.1], ("cin_rate", "2024-03-31"): [80.3, 80.2]}
    told = held("plans_within_need", figures, better=better)
    assert told.wrong[:2, 0].tolist() == [False, True]
    assert told.printed[:2, 0].tolist() == [80.3, 80.2]


def test_figures_of_different_periods_are_not_held_against_each_other():
    figures = {
        ("cpp_rate", "2023-03-31"): [99.1, 99.2],
        ("cpp_rate", "2024-03-31"): [None, 70.1],
        ("cin_rate", "2023-03-31"): [99.8, 99.9],
        ("cin_rate", "2024-03-31"): [80.3, 80.2],
    }
    told = held("plans_within_need", figures)
    assert told.period[:2, 0].tolist() == [-1, 1]
    assert not told.wrong.any()


def test_a_population_that_is_more_than_a_year_old_is_not_taken():
    figures = {
        ("referrals", "2024-03-31"): [300, 301],
        ("population_0_17", "2022-06-30"): [9_000, 9_001],
        ("referral_rate", "2024-03-31"): [500.0, 500.1],
    }
    assert (held("referrals_and_rate", figures).period == -1).all()


def test_the_rounding_of_each_year_is_read_off_its_figures():
    # 49 of 100 in a year that rounds to 5 may be 50; in a year that does not it may not
    figures = {
        ("cpp_repeats", "2023-03-31"): [20, 30, 45],
        ("cpp_starts", "2023-03-31"): [100, 105, 90],
        ("cpp_repeat_rate", "2023-03-31"): [21.8, 28.6, 50.0],
        ("cpp_repeats", "2024-03-31"): [20, 31, 45],
        ("cpp_starts", "2024-03-31"): [100, 105, 91],
        ("cpp_repeat_rate", "2024-03-31"): [21.8, 29.5, 49.5],
    }
    told = held("repeat_plans", figures, every_period=True)
    assert told.wrong[0].tolist() == [False, True]
    assert not told.wrong[1:].any()


def test_a_stale_figure_is_checked_only_where_every_period_is():
    figures = {("cpp_rate", "2021-03-31"): [90.1], ("cin_rate", "2021-03-31"): [80.3]}
    assert not held("plans_within_need", figures).wrong.any()
    assert held("plans_within_need", figures, every_period=True).wrong.any()


def test_periods_before_a_check_begins_are_left_out():
    figures = {
        (name, f"{year}-{day}"): values
        for year in (2018, 2019)
        for name, day, values in (
            ("cla_children", "03-31", [50, 61]),
            ("cla_rate", "03-31", [99, 98]),
        )
    }
    figures |= {("population_0_17", f"{year}-06-30"): [10_000, 10_001] for year in (2017, 2018)}
    told = held("looked_after_and_rate", figures, every_period=True)
    assert told.wrong[:2].tolist() == [[False, True], [False, True]]


def test_what_is_not_known_yet_is_not_looked_at():
    panel = Panel(published({("cpp_rate", "2024-03-31"): [90.1], ("cin_rate", "2024-03-31"): [80.3]}))
    checks = [RELATIONS["plans_within_need"]]
    for day, wrong in (("2024-11-30", False), ("2024-12-01", True)):
        told = contradictions(panel.known_at(pd.Timestamp(day)), checks)
        assert told["plans_within_need"].wrong.any() == wrong


def test_contradictions_are_counted_and_where_nothing_could_be_checked_nothing_is_said():
    figures = {
        ("cpp_rate", "2024-03-31"): [90.1, 10.2, None],
        ("cla_rate", "2024-03-31"): [85, 12, None],
        ("cin_rate", "2024-03-31"): [80.3, 80.2, 70.1],
    }
    told = inconsistent_figures(snapshot(figures)).to_numpy()
    assert told[:2].tolist() == [2, 0]
    assert np.isnan(told[2:]).all()


def test_without_a_figure_or_a_check_nothing_is_said():
    empty = Panel(tables_of(areas=[{"area_code": "A"}])).known_at(pd.Timestamp("2025-01-01"))
    assert np.isnan(inconsistent_figures(empty)).all()
    assert contradictions(empty, list(RELATIONS.values())) == {}
    figures = {("cpp_rate", "2024-03-31"): [None], ("cin_rate", "2024-03-31"): [None]}
    assert held("plans_within_need", figures).wrong.size == 0
    known = snapshot({("cpp_rate", "2024-03-31"): [5.5]})
    assert np.isnan(inconsistent_figures(known, relations=[])).all()


def test_the_order_of_rows_does_not_matter():
    figures = {("cpp_rate", "2024-03-31"): [90.1, 10.2], ("cin_rate", "2024-03-31"): [80.3, 80.2]}
    tables = published(figures)
    told = [
        inconsistent_figures(Panel(each).known_at(pd.Timestamp("2025-01-01")))
        for each in (tables, permuted(tables, seed=3))
    ]
    np.testing.assert_array_equal(*told)


def test_in_englands_figures_a_planted_error_is_found_and_nothing_else():
    tables = read_england()
    rows = tables.observations
    hit = rows.index[(rows["indicator"] == "s47_rate") & (rows["period_end"] == "2024-03-31")][7]
    area = rows.loc[hit, "area_code"]
    wrong = rows.assign(value=rows["value"].where(rows.index != hit, rows["value"] + 20))  # a digit mistyped
    as_of = pd.Timestamp("2025-04-01")
    clean, planted = (
        Panel(type(tables)(**(vars(tables) | {"observations": figures}))).known_at(as_of)
        for figures in (rows, wrong)
    )
    for found in contradictions(clean, list(RELATIONS.values()), every_period=True).values():
        assert not found.wrong.any()
    counts = inconsistent_figures(planted)
    assert counts["area"][counts.to_numpy() > 0].to_numpy().tolist() == [area]
