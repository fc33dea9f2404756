"""What stands out in each area's latest figures, in tables and in words."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from earlywarn.explain.benchmarks import benchmarks
from earlywarn.explain.charts import area_charts, national_charts
from earlywarn.explain.facts import indicator_facts
from earlywarn.explain.funnels import funnel_limits_table, funnel_table
from earlywarn.explain.signal_words import Signalled, symbol_of, words_of
from earlywarn.explain.signals import signal_table
from earlywarn.panel.panel import Panel
from earlywarn.reports.layouts import LAYOUTS
from earlywarn.signals.control_chart import xmr
from earlywarn.sources.england import read_england

AS_OF = pd.Timestamp("2021-01-01")
VITAL = ["assessments_within_45_days", "caseload", "cla_rate"]
CLEAR = pd.Series(dtype=object, index=pd.MultiIndex.from_tuples([], names=["area_code", "indicator"]))
KEYS = ["area_code", "indicator"]


@pytest.fixture(scope="module")
def england():
    """The packaged sample with some of its indicators, so that a table takes no time."""
    tables = read_england()
    kept = [*VITAL, "population_0_17", "referral_rate", "social_workers_fte", "spend_total"]
    chosen = tables.observations["indicator"].astype(str).isin(kept)
    return Panel(
        replace(
            tables,
            indicators=tables.indicators[tables.indicators["indicator"].isin(kept)],
            observations=tables.observations[chosen],
        )
    )


@pytest.fixture(scope="module")
def found(england):
    return signal_table(england.known_at(AS_OF), england.indicators, quality=CLEAR)


def told(panel, as_of=AS_OF, **changes):
    indicators = panel.indicators.assign(**changes)
    return signal_table(panel.known_at(as_of), indicators, quality=CLEAR).set_index(KEYS)


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("charts", area_charts),
        ("national", national_charts),
        ("funnels", lambda snapshot, _: funnel_table(snapshot)),
        ("funnel_limits", lambda snapshot, _: funnel_limits_table(snapshot)),
    ],
)
def test_every_table_has_the_columns_that_the_report_reads(england, name, table):
    made = table(england.known_at(AS_OF), england.indicators)
    assert set(LAYOUTS[name].columns) <= set(made.columns)
    assert not made.empty


def test_the_list_of_signals_has_the_columns_that_the_report_reads_and_one_row_for_each_pair(england, found):
    assert set(LAYOUTS["signals"].columns) <= set(found.columns)
    assert not found.duplicated(KEYS).any()
    there = england.known_at(AS_OF).areas.query("exists")["area_code"]
    assert len(found) == len(there) * len(england.indicators)


def test_values_and_medians_are_those_of_the_reasons(england, found):
    facts = indicator_facts(england.known_at(AS_OF))
    both = found.set_index(KEYS).join(facts, rsuffix="_said", how="inner")
    pd.testing.assert_series_equal(both["value"], both["value_said"], check_names=False)
    newest = both[both["status"] == "ok"]
    pd.testing.assert_series_equal(newest["england"], newest["england_said"], check_names=False)
    pd.testing.assert_series_equal(newest["neighbours_median"], newest["neighbours"], check_names=False)


def test_limits_are_those_of_the_series_in_its_own_sign(england, found):
    series = england.tables.observations
    chosen = (series["indicator"].astype(str) == "assessments_within_45_days") & (series["known_on"] < AS_OF)
    one = series[chosen & (series["area_code"].astype(str) == "E06000001")].sort_values("period_end")
    chart = xmr(one["value"].to_numpy(), improvement="higher")
    row = found.set_index(KEYS).loc[("E06000001", "assessments_within_45_days")]
    assert (row["lower"], row["mean"], row["upper"]) == pytest.approx(
        (chart.lower[-1], chart.mean[-1], chart.upper[-1])
    )
    assert row["points"] == len(one)


def test_no_limit_lies_where_no_figure_can_and_none_is_drawn_from_a_handful(england, found):
    shares = found[found["indicator"] == "assessments_within_45_days"]
    assert shares["upper"].max() == 100
    assert found["lower"].min() >= 0
    drawn = area_charts(england.known_at(AS_OF), england.indicators)
    few = drawn.groupby(KEYS)["value"].transform("count") < 5
    assert few.any()
    assert drawn.loc[few, ["lower", "upper"]].isna().all(axis=None)
    assert (found.loc[found["points"] < 5, "variation"] == "").all()


def test_worse_is_above_for_some_and_below_for_others(found):
    out = found[found["funnel"].isin(["beyond_95", "beyond_998"])]
    above = out["funnel_z"] > 0
    assert set(out.loc[above & (out["indicator"] == "caseload"), "funnel_side"]) == {"worse"}
    assert set(out.loc[above & (out["indicator"] == "assessments_within_45_days"), "funnel_side"]) <= {
        "better"
    }
    assert set(out.loc[above & (out["indicator"] == "cla_rate"), "funnel_side"]) == {"higher"}


def test_a_neutral_indicator_is_neither_better_nor_worse(found):
    neutral = found[found["indicator"].isin(["cla_rate", "population_0_17", "spend_total"])]
    for column in ("direction", "funnel_side", "significance"):
        assert not set(neutral[column]) & {"worse", "better"}
    assert set(neutral["band"]) == {""}
    assert set(neutral["symbol"]) <= {"usual", "change", "missing", "none"}


def test_what_its_publisher_does_not_band_is_not_banded(england):
    banded = told(england)["band"].xs("caseload", level="indicator")
    assert set(banded) == {"A", "B", "C", "D"}
    unbanded = told(england, no_quartile=True)["band"]
    assert set(unbanded) == {""}


def test_a_target_brings_assurance(england):
    assert set(told(england)["assurance"]) == {""}
    assured = told(england, pd.Timestamp("2024-01-01"), target=50.0)["assurance"]
    assert set(assured.xs("assessments_within_45_days", level="indicator")) >= {"passing"}
    assert set(assured.xs("caseload", level="indicator")) >= {"passing"}
    assert set(assured.xs("cla_rate", level="indicator")) == {""}


def test_what_comes_later_changes_nothing(england):
    observations = england.tables.observations
    later = observations["known_on"] >= AS_OF
    poisoned = observations.assign(value=observations["value"].where(~later, 99.0))
    other = Panel(replace(england.tables, observations=poisoned))
    pd.testing.assert_frame_equal(told(other), told(england))


def test_a_caution_stands_beside_its_figure(england):
    doubt = pd.Series(["Copied."], index=pd.MultiIndex.from_tuples([("E06000002", "caseload")], names=KEYS))
    table = signal_table(england.known_at(AS_OF), england.indicators, quality=doubt).set_index(KEYS)
    assert table.loc[("E06000002", "caseload"), "quality"] == "Copied."
    assert (table["quality"] != "").sum() == 1


def test_a_figure_that_is_not_there_is_said_to_be_missing(england):
    observations = england.tables.observations
    gone = (observations["area_code"].astype(str) == "E06000001") & (
        observations["period_end"] == pd.Timestamp("2020-03-31")
    )
    gone &= observations["indicator"].astype(str) == "assessments_within_45_days"
    emptied = observations.assign(
        value=observations["value"].where(~gone),
        status=observations["status"].astype(str).where(~gone, "missing"),
    )
    row = told(Panel(replace(england.tables, observations=emptied))).loc[
        ("E06000001", "assessments_within_45_days")
    ]
    assert row["symbol"] == "missing"
    assert row["period_end"] == pd.Timestamp("2019-03-31")


def test_region_and_own_past_are_medians_of_the_same_newest_period(england):
    snapshot = england.known_at(AS_OF)
    held = benchmarks(snapshot, unbanded=np.zeros(len(england.indicators), dtype=bool))
    place = list(snapshot.indicators).index("caseload")
    region = snapshot.areas["region"].to_numpy() == "North East"
    assert held.region[region, place] == pytest.approx(np.nanmedian(held.figures[region, place]))
    cube = snapshot.values  # noqa: PD011 - a cube, not a pandas object
    one = cube.sel(area="E06000001", indicator="caseload").dropna("period").to_numpy()
    assert held.own_past[list(snapshot.position).index("E06000001"), place] == pytest.approx(
        np.median(one[:-1])
    )


PLAIN = Signalled("percent", "year_to_31_march", "", "", 1, 13, 4.0, 20.0, "", "", "", "")

SENTENCES = [
    pytest.param({}, "", id="nothing stands out"),
    pytest.param(
        {"variation": "beyond+side", "direction": "worse", "run": 8},
        "Outside its own usual range of 4.0% to 20.0%, on the worse side. "
        "8 years on the worse side of its own mean.",
        id="two rules",
    ),
    pytest.param(
        {"variation": "trend", "direction": "higher", "points": 9, "period_type": "month"},
        "Seven figures running, each higher than the one before. "
        "Provisional, as there are only nine figures.",
        id="monthly, neutral, short",
    ),
    pytest.param(
        {"variation": "two_of_three", "direction": "better"},
        "Two of its last three figures near the better edge of its own usual range.",
        id="two of three",
    ),
    pytest.param(
        {"variation": "two_of_three", "direction": "higher"},
        "Two of its last three figures near the upper edge of its own usual range.",
        id="two of three, neither way worse",
    ),
    pytest.param(
        {
            "variation": "beyond",
            "direction": "worse",
            "lower": -3.9,
            "upper": 10.9,
            "least": 0.0,
            "most": 100.0,
        },
        "Outside its own usual range of 0.0% to 10.9%, on the worse side.",
        id="no range goes where no figure can lie",
    ),
    pytest.param(
        {"variation": "beyond", "direction": "lower", "unit": "rate_per_10000"},
        "Outside its own usual range of 4.0 to 20.0 per 10,000 children, on the lower side.",
        id="the unit once",
    ),
    pytest.param(
        {"funnel": "beyond_95", "funnel_side": "lower"},
        "Beyond 95% of what chance and usual variation among areas allow, on the lower side, "
        "as one area in 20 is by chance.",
        id="funnel",
    ),
    pytest.param(
        {"funnel": "beyond_998", "funnel_side": "worse", "significance": "similar"},
        "Beyond 99.8% of what chance and usual variation among areas allow, on the worse side.",
        id="far out in a funnel",
    ),
    pytest.param(
        {"funnel": "within", "significance": "better"},
        "Better than England by more than chance is likely to make.",
        id="against all",
    ),
    pytest.param({"significance": "similar", "funnel": "within"}, "", id="similar is no news"),
    pytest.param(
        {"changed": "March 2022", "change": -4.25},
        "Its level moved down by about 4.2 percentage points around March 2022.",
        id="a change of level",
    ),
    pytest.param(
        {"changed": "March 2022", "change": 66_096_843.0, "unit": "gbp"},
        "Its level moved up by about £66,100,000 around March 2022.",
        id="about is not to the pound",
    ),
    pytest.param({"changed": "March 2022", "change": math.nan}, "", id="a change too old to say"),
    pytest.param(
        {"assurance": "failing"},
        "Unless something changes, it cannot be expected to meet its target.",
        id="target",
    ),
]


@pytest.mark.parametrize(("changes", "sentence"), SENTENCES)
def test_signals_are_put_into_sentences(changes, sentence):
    assert words_of(PLAIN._replace(**changes)) == sentence


def test_no_sentence_tells_of_figures_that_cannot_be(england):
    words = told(england, pd.Timestamp("2025-04-01"))["words"]
    assert words.str.contains("usual range of").any()
    assert words.str.contains("level moved").any()
    assert not words.str.contains("nan").any()
    shares = words.str.extractall(r"([\d.-]+)%")[0].astype(float)
    assert shares.between(0, 100).all()


SYMBOLS = [
    ({}, "usual"),
    ({"direction": "worse"}, "worse"),
    ({"direction": "better"}, "better"),
    ({"direction": "worse", "significance": "worse"}, "worse_strong"),
    ({"direction": "better", "funnel": "beyond_998", "funnel_side": "better"}, "better_strong"),
    ({"funnel": "beyond_95", "funnel_side": "worse", "significance": "similar"}, "usual"),
    ({"direction": "worse", "significance": "better"}, "change"),
    ({"direction": "higher"}, "change"),
]


@pytest.mark.parametrize(("changes", "symbol"), SYMBOLS)
def test_a_symbol_says_how_much_stands_out_and_which_way(changes, symbol):
    assert symbol_of(PLAIN._replace(**changes), missing=False, known=True) == symbol


def test_a_missing_figure_has_its_symbol_whatever_stood_before():
    assert symbol_of(PLAIN._replace(direction="worse"), missing=True, known=True) == "missing"
    assert symbol_of(PLAIN, missing=False, known=False) == "none"
