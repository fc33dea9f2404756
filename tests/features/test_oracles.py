"""The same numbers by other means: SQL, polyfit and plain loops over whole made-up places."""

# ruff: noqa: PD011 - these are arrays of xarray, not of pandas

import sqlite3
import statistics
from math import ceil, isnan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from earlywarn.features import judgements, level, neighbours, trend
from earlywarn.panel.panel import Panel
from strategies import made_up, panels

DAYS_PER_MONTH = 30.4375
LATEST = """
WITH in_force AS (
  SELECT *, ROW_NUMBER() OVER (
    PARTITION BY area_code, indicator, period_end ORDER BY known_on DESC) AS revision
  FROM observations WHERE known_on < :as_of),
figures AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY area_code, indicator ORDER BY period_end DESC) AS back
  FROM in_force WHERE revision = 1 AND value IS NOT NULL)
SELECT area_code, indicator, value FROM figures JOIN ages USING (indicator)
WHERE back = 1 AND period_end >= date(:as_of, '-' || months || ' months')
"""
DECAYED = """
SELECT area_code,
  SUM(grade * pow(0.5, (julianday(:as_of) - julianday(start_date)) / 365.25 / 4.0))
  / SUM(pow(0.5, (julianday(:as_of) - julianday(start_date)) / 365.25 / 4.0)) AS mean
FROM judged WHERE known_on < :as_of GROUP BY area_code
"""
LAST = """
SELECT area_code, grade, before, (julianday(:as_of) - julianday(start_date)) / 365.25 AS years FROM (
  SELECT *, LAG(grade) OVER own AS before, LEAD(grade) OVER own AS after
  FROM judged WHERE known_on < :as_of WINDOW own AS (PARTITION BY area_code ORDER BY start_date))
WHERE after IS NULL
"""
AS_OF = ("2019-07-01", "2021-04-01", "2022-01-01", "2023-06-01", "2025-03-01")


def ask(tables, query, as_of):
    base = sqlite3.connect(":memory:")
    base.create_function("pow", 2, pow)  # not every build of SQLite has it
    try:
        dated = tables.observations.assign(
            period_end=tables.observations["period_end"].dt.strftime("%Y-%m-%d"),
            known_on=tables.observations["known_on"].dt.strftime("%Y-%m-%d"),
        )
        dated.to_sql("observations", base)
        lags = tables.indicators.set_index("indicator")["publication_lag_days"]
        ages = lags.map(lambda days: 18 if isnan(days) else ceil(days / DAYS_PER_MONTH) + 15)
        ages.rename("months").reset_index().to_sql("ages", base)
        grades = {"inadequate": 0, "requires_improvement": 1, "good": 2, "outstanding": 3}
        judged = tables.inspections.assign(grade=tables.inspections["overall"].map(grades))
        for column in ("start_date", "end_date", "known_on"):
            judged[column] = judged[column].dt.strftime("%Y-%m-%d")
        judged.to_sql("judged", base)
        return pd.read_sql_query(query, base, params={"as_of": as_of})
    finally:
        base.close()


@settings(max_examples=6)
@given(panels(most=6))
def test_the_latest_figure_as_sql_finds_it(tables):
    for as_of in AS_OF:
        found = ask(tables, LATEST, as_of).set_index(["area_code", "indicator"])["value"]
        snapshot = Panel(tables).known_at(pd.Timestamp(as_of))
        there = snapshot.areas.loc[snapshot.areas["exists"], "area_code"]
        found = found[found.index.get_level_values("area_code").isin(there)]  # an ended area has no figures
        ours = level.level(snapshot).to_series().dropna()
        assert ours.to_dict() == pytest.approx(found.to_dict())


@settings(max_examples=6)
@given(panels(most=6))
def test_past_judgements_as_sql_finds_them(tables):
    for as_of in AS_OF:
        snapshot = Panel(tables).known_at(pd.Timestamp(as_of))
        decayed = ask(tables, DECAYED, as_of).set_index("area_code")["mean"]
        assert judgements.decayed_judgement(snapshot).to_series().dropna().to_dict() == pytest.approx(
            decayed.to_dict()
        )
        last = ask(tables, LAST, as_of).set_index("area_code").astype(float)
        for column, built in (
            ("grade", judgements.last_sub_judgement(snapshot)),
            ("before", judgements.previous_overall(snapshot)),
            ("years", judgements.years_since_last(snapshot)),
        ):
            assert built.to_series().dropna().to_dict() == pytest.approx(last[column].dropna().to_dict())


def gaps(numbers, *, least):
    """Robust gaps of a dict of numbers, by the statistics module."""
    known = {code: number for code, number in numbers.items() if not isnan(number)}
    if len(known) < least:
        return {}
    centre = statistics.median(known.values())
    spread = 1.4826 * statistics.median(abs(number - centre) for number in known.values())
    return {code: (number - centre) / spread for code, number in known.items()} if spread > 0 else {}


def series_of(snapshot, code, indicator):
    figures = snapshot.values.sel(area=code, indicator=indicator).to_series().dropna()
    return figures.index, figures.to_numpy()


@pytest.fixture(scope="module", params=range(3), ids=lambda seed: f"seed {seed}")
def snapshot(request):
    return Panel(made_up(request.param, areas=9)).known_at(pd.Timestamp("2022-07-01"))


@pytest.fixture(scope="module", params=["agency_rate", "in_time", "referrals_monthly"])
def indicator(request):
    return request.param


def compare(built, wanted, indicator):
    assert built.sel(indicator=indicator).to_series().dropna().to_dict() == pytest.approx(wanted)


def test_slopes_as_polyfit_finds_them(snapshot, indicator):
    fresh = level.latest(snapshot).sel(indicator=indicator).to_series()
    slopes = {}
    for code in fresh.dropna().index:
        ends, figures = series_of(snapshot, code, indicator)
        years = (ends - ends[-1]).days.to_numpy() / 365.25
        inside = years >= -3.05
        if inside.sum() >= 3:
            slopes[code] = np.polyfit(years[inside], figures[inside], 1)[0]
    compare(trend.slope(snapshot), gaps(slopes, least=5), indicator)


@pytest.mark.parametrize("years", [1, 3])
def test_changes_as_a_plain_search_finds_them(snapshot, indicator, years):
    fresh = level.latest(snapshot).sel(indicator=indicator).to_series()
    changes = {}
    for code in fresh.dropna().index:
        ends, figures = series_of(snapshot, code, indicator)
        off = np.abs((ends - ends[-1]).days.to_numpy() / 365.25 + years)
        if off.min() <= 0.5:
            changes[code] = figures[-1] - figures[off.argmin()]
    built = trend.change_one_year if years == 1 else trend.change_three_years
    compare(built(snapshot), gaps(changes, least=5), indicator)


def test_runs_as_a_plain_walk_finds_them(snapshot, indicator):
    fresh = level.latest(snapshot).sel(indicator=indicator).to_series()
    runs = {}
    for code in fresh.dropna().index:
        _, figures = series_of(snapshot, code, indicator)
        run = 0
        while run < len(figures) - 1 and figures[-1 - run] > figures[-2 - run]:
            run += 1
        if len(figures) > 1:
            runs[code] = run
    compare(trend.worsening_run(snapshot), runs, indicator)


def test_volatility_as_the_statistics_module_finds_it(snapshot, indicator):
    fresh = level.latest(snapshot).sel(indicator=indicator).to_series()
    restless = {}
    for code in fresh.dropna().index:
        ends, figures = series_of(snapshot, code, indicator)
        steps = np.diff(figures)[(ends - ends[-1]).days[:-1] / 365.25 >= -5.05]
        if len(steps) >= 3 and steps.any():
            restless[code] = statistics.fmean(steps**2) ** 0.5
    typical = statistics.median(restless.values()) if restless else 1
    compare(trend.volatility(snapshot), {c: np.log(r / typical) for c, r in restless.items()}, indicator)


def test_ranks_as_counting_finds_them(snapshot, indicator):
    own = level.latest(snapshot).sel(indicator=indicator).to_series().dropna()
    better = {
        code: ((own < figure).sum() + ((own == figure).sum() - 1) / 2) / (len(own) - 1)
        for code, figure in own.items()
    }
    compare(level.national_rank(snapshot), better if len(own) >= 5 else {}, indicator)


def test_national_and_neighbour_gaps_as_the_statistics_module_finds_them(snapshot, indicator):
    own = level.latest(snapshot).sel(indicator=indicator).to_series()
    compare(level.national_gap(snapshot), gaps(own.to_dict(), least=5), indicator)
    codes = own.index
    wanted = {}
    for code, places in zip(codes, snapshot.neighbours.to_numpy(), strict=True):
        peers = [own[codes[place]] for place in places if place >= 0 and not isnan(own[codes[place]])]
        if len(peers) < 3 or isnan(own[code]):
            continue
        centre = statistics.median(peers)
        spread = 1.4826 * statistics.median(abs(peer - centre) for peer in peers)
        if spread > 0:
            wanted[code] = (own[code] - centre) / spread
    compare(neighbours.neighbour_gap(snapshot), wanted, indicator)
