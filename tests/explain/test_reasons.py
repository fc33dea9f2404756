"""Sentences worked out by hand, and which five of them are told."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earlywarn.explain.contributions import contributions
from earlywarn.explain.facts import indicator_facts
from earlywarn.explain.reasons import number_words, reasons, top_reasons

JUDGING = re.compile(
    r"\b(?:fail\w*|worst|bad\w*|poor\w*|weak area|blame\w*|fault|guilty|league|dangerous)\b", re.IGNORECASE
)


def indicator(**said):
    row = {
        "indicator": "agency_rate",
        "label": "Agency social workers",
        "unit": "percent",
        "period_type": "snapshot_30_september",
        "source": "Workforce statistics",
    }
    return pd.DataFrame([row | said])


def fact(**said):
    row = {
        "value": 31.25,
        "period_end": pd.Timestamp("2024-09-30"),
        "before": 25.15,
        "neighbours": 17.0,
        "england": 16.04,
    }
    index = pd.MultiIndex.from_tuples([("A", "agency_rate")], names=["area_code", "indicator"])
    return pd.DataFrame([row | said], index=index)


DESCRIBED = pd.DataFrame(
    [
        ("last_overall", "grade, 0 to 3", "The last overall judgement was {value}"),
        ("years_since_last", "years", "The last inspection was {value} years before"),
        ("director_interim", "yes or no", "Director interim at the last report that says so: {value}"),
        ("missing_share", "share", "{value} of its newest expected figures are missing"),
        ("decayed_judgement", "grade, 0 to 3", "Past judgements average {value} on a scale from 0 to 3"),
        ("trajectory", "grades", "The last judgement moved by {value} grades"),
    ],
    columns=["feature", "unit", "words"],
).set_index("feature")


def contribution(feature, share, *, about="", value=1.0, area="A", target="adverse", theme="workforce"):
    return {
        "area_code": area,
        "target": target,
        "feature": feature,
        "indicator": about,
        "theme": theme,
        "value": value,
        "contribution": share,
    }


def told(*rows, indicators=None, facts=None):
    return reasons(
        pd.DataFrame(rows),
        facts=fact() if facts is None else facts,
        indicators=indicator() if indicators is None else indicators,
        described=DESCRIBED,
    )


def sentence(*, indicators=None, **said):
    row = contribution("agency_rate__national_gap", 0.5, about="agency_rate")
    return told(row, facts=fact(**said), indicators=indicators)["sentence"].item()


def test_a_sentence_gives_value_unit_date_change_neighbours_england_and_source():
    assert sentence() == (
        "Agency social workers: 31.2% on 30 September 2024, up 6.1 percentage points on a year before; its "
        "statistical neighbours' median is 17.0% and England's 16.0%. Source: Workforce statistics."
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param({"before": 35.0}, "down 3.8 percentage points on a year before", id="fall"),
        pytest.param({"before": 31.27}, "unchanged on a year before", id="no change that shows"),
        pytest.param({"before": np.nan}, "with no figure a year before", id="no earlier figure"),
        pytest.param(
            {"neighbours": np.nan},
            "England's median is 16.0%, and it has no neighbours to compare",
            id="no neighbours",
        ),
    ],
)
def test_what_a_sentence_says_of_a_comparison(said, words):
    assert words in sentence(**said)


def test_without_an_english_figure_none_is_named():
    assert "England" not in sentence(england=np.nan)


def test_a_figure_over_a_year_is_in_the_year_to_its_end():
    yearly = indicator(period_type="year_to_31_march")
    assert "31.2% in the year to 31 March 2024" in sentence(
        indicators=yearly, period_end=pd.Timestamp("2024-03-31")
    )


def test_a_missing_figure_is_said_to_be_missing():
    said = sentence(value=np.nan, period_end=pd.NaT, before=np.nan)
    assert said == (
        "Agency social workers: no figure recent enough was known, so the model took the typical one."
    )


def test_an_unknown_source_is_passed_over():
    assert "Source" not in sentence(indicators=indicator(source=""))


def test_a_unit_that_the_label_has_said_is_not_said_again():
    said = sentence(indicators=indicator(label="Plans per 10,000 children", unit="rate_per_10000"))
    assert said.startswith("Plans per 10,000 children: 31.2 on 30 September 2024, up 6.1 on a year before")


@pytest.mark.parametrize(
    ("value", "unit", "words", "change"),
    [
        (12.34, "percent", "12.3%", "12.3 percentage points"),
        (-4.0, "rate_per_10000", "-4.0 per 10,000 children", "4.0"),
        (1234.0, "count", "1,234", "1,234"),
        (1234.6, "gbp", "£1,235", "£1,235"),
        (17.25, "cases_per_fte", "17.2 cases per worker", "17.2"),
        (2.5, "furlongs", "2.5", "2.5"),
    ],
)
def test_numbers_with_their_units(value, unit, words, change):
    assert number_words(value, unit) == words
    assert number_words(value, unit, change=True) == change


AREA_SENTENCES = [
    ("last_overall", 1.0, "The last overall judgement was requires improvement."),
    ("last_overall", np.nan, "The last overall judgement was not known."),
    ("years_since_last", 3.04, "The last inspection was 3.0 years before."),
    (
        "years_since_last",
        np.nan,
        "Not known, so the model took the typical value: the last inspection was … years before.",
    ),
    ("director_interim", 1.0, "Director interim at the last report that says so: yes."),
    ("director_interim", 0.0, "Director interim at the last report that says so: no."),
    ("director_interim", np.nan, "Director interim at the last report that says so: not known."),
    ("missing_share", 0.125, "12% of its newest expected figures are missing."),
    (
        "missing_share",
        np.nan,
        "Not known, so the model took the typical value: … of its newest expected figures are missing.",
    ),
    ("decayed_judgement", 1.62, "Past judgements average 1.6 on a scale from 0 to 3."),
    (
        "decayed_judgement",
        np.nan,
        "Not known, so the model took the typical value: past judgements average … on a scale from 0 to 3.",
    ),
    ("trajectory", -1.0, "The last judgement moved by -1.0 grades."),
]


@pytest.mark.parametrize(("feature", "value", "words"), AREA_SENTENCES)
def test_a_sentence_about_the_area_as_a_whole(feature, value, words):
    assert told(contribution(feature, 0.2, value=value))["sentence"].item() == words


def test_contributions_of_one_indicator_are_one_reason():
    table = told(
        contribution("agency_rate__national_gap", 0.5, about="agency_rate"),
        contribution("agency_rate__slope", -0.2, about="agency_rate"),
        contribution("last_overall", -0.4, value=2.0),
        contribution("baseline", 3.0, value=np.nan),
    )
    assert table["indicator"].tolist() == ["", "agency_rate"]
    assert table["contribution"].tolist() == pytest.approx([-0.4, 0.3])
    assert table["direction"].tolist() == ["lowers", "raises"]
    assert table["order"].tolist() == [1, 2]
    assert table["feature"].tolist() == ["last_overall", "agency_rate__national_gap"]


def test_contributions_that_cancel_are_no_reason():
    table = told(
        contribution("agency_rate__national_gap", 0.2, about="agency_rate"),
        contribution("agency_rate__slope", -0.2, about="agency_rate"),
        contribution("last_overall", 0.1),
    )
    assert table["feature"].tolist() == ["last_overall"]


def test_reasons_sum_to_what_the_contributions_sum_to(world, deployed):
    shares = contributions(deployed, world.X, described=world.described)
    table = reasons(
        shares,
        facts=indicator_facts(world.snapshot),
        indicators=world.panel.indicators,
        described=world.described,
    )
    keys = ["area_code", "target"]
    whole = shares[shares["feature"] != "baseline"].groupby(keys)["contribution"].sum()
    pd.testing.assert_series_equal(table.groupby(keys)["contribution"].sum(), whole, atol=1e-7, rtol=0)
    assert not table["sentence"].str.contains(JUDGING).any()
    assert not table["sentence"].str.contains(r"nan|NaT|None|\{").any()
    assert table["sentence"].str.endswith((".", "…")).all()
    for _, rows in table.groupby(keys):
        assert rows["order"].tolist() == list(range(1, len(rows) + 1))
        assert rows["contribution"].abs().round(9).is_monotonic_decreasing


def listed(*directions, area="A", target="adverse"):
    """Reasons in falling order, named by their place."""
    return pd.DataFrame(
        {
            "area_code": area,
            "target": target,
            "order": range(1, len(directions) + 1),
            "direction": ["raises" if way == "+" else "lowers" for way in directions],
            "sentence": [f"reason {place}." for place in range(1, len(directions) + 1)],
        }
    )


def picked(*directions):
    return top_reasons(listed(*directions), target="adverse").loc["A"].tolist()


def test_the_five_largest_are_told():
    assert picked(*"+-+-+-+") == [
        "Raises the risk: reason 1.",
        "Lowers the risk: reason 2.",
        "Raises the risk: reason 3.",
        "Lowers the risk: reason 4.",
        "Raises the risk: reason 5.",
    ]


def test_the_largest_of_the_other_direction_takes_the_fifth_place():
    assert picked(*"++++++-")[4] == "Lowers the risk: reason 7."
    assert picked(*"-----+")[:5] == [
        *(f"Lowers the risk: reason {place}." for place in range(1, 5)),
        "Raises the risk: reason 6.",
    ]


def test_fewer_reasons_leave_places_empty():
    assert picked("+") == ["Raises the risk: reason 1.", "", "", "", ""]


def test_only_the_target_that_was_asked_is_told():
    table = pd.concat([listed("+"), listed("-", target="decline")])
    assert top_reasons(table, target="decline").loc["A", "reason_1"] == "Lowers the risk: reason 1."


def test_each_area_has_its_own():
    table = pd.concat([listed(*"++"), listed("-", area="B")])
    wide = top_reasons(table, target="adverse")
    assert wide.loc["B", "reason_1"] == "Lowers the risk: reason 1."
    assert wide.loc["B", "reason_2"] == ""


@given(st.lists(st.sampled_from("+-"), min_size=1, max_size=12))
def test_both_directions_are_told_where_there_are_both(directions):
    cells = [cell for cell in picked(*directions) if cell]
    assert len(cells) == min(5, len(directions))
    assert {cell.partition(" ")[0] for cell in cells} == {
        {"+": "Raises", "-": "Lowers"}[way] for way in directions
    }
    assert len(set(cells)) == len(cells)


def test_an_area_that_was_not_asked_about_gets_the_reasons_of_another_question():
    table = pd.concat([listed("+", area="A", target="adverse"), listed("+", area="B", target="decline")])
    told_now = top_reasons(table, target="decline")
    assert told_now.loc["A", "reason_1"].startswith("Raises the risk of a judgement below good: ")
    assert told_now.loc["B", "reason_1"].startswith("Raises the risk: ")


@pytest.mark.parametrize(
    ("value", "typical", "ending"),
    [
        (0.31, 0.92, "press with 0.31; the median of all areas is 0.92."),
        (0.31, np.nan, "press with 0.31."),
        (np.nan, 0.92, "value: the concerns voiced press with …"),
    ],
)
def test_a_number_of_the_area_as_a_whole_is_read_against_the_median(value, typical, ending):
    described = pd.DataFrame(
        {"words": ["The concerns voiced press with {value}"], "unit": ["pressure"]},
        index=["concern_pressure"],
    )
    nothing = pd.DataFrame()
    said = reasons(
        pd.DataFrame([contribution("concern_pressure", 0.4, value=value)]),
        facts=nothing,
        indicators=nothing,
        described=described,
        typical=pd.Series({"concern_pressure": typical}),
    )
    assert said["sentence"].item().endswith(ending)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.0, "Nothing was logged."),
        (0.0, "Something was."),
        (np.nan, "Not known, so the model took the typical value: nothing was logged."),
    ],
)
def test_a_yes_or_no_may_have_words_for_each(value, words):
    described = pd.DataFrame(
        {"words": ["Nothing was logged | Something was"], "unit": ["yes or no"]}, index=["silence"]
    )
    nothing = pd.DataFrame()
    rows = pd.DataFrame([contribution("silence", 0.4, value=value)])
    assert reasons(rows, facts=nothing, indicators=nothing, described=described)["sentence"].item() == words


def test_counts_come_without_a_decimal_and_percentages_with_their_sign():
    described = pd.DataFrame(
        {"words": ["Changes: {value}", "The share is {value}%"], "unit": ["changes", "percent"]},
        index=["changes", "share"],
    )
    nothing = pd.DataFrame()
    rows = pd.DataFrame([contribution("changes", 0.4, value=4.0), contribution("share", 0.3, value=26.5)])
    typical = pd.Series({"changes": 1.5, "share": 18.7})
    said = reasons(rows, facts=nothing, indicators=nothing, described=described, typical=typical)["sentence"]
    assert said.tolist() == [
        "Changes: 4; the median of all areas is 1.5.",
        "The share is 26.5%; the median of all areas is 18.7%.",
    ]
