"""What stands beneath a figure."""

import tomllib
from importlib.resources import files

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earlywarn.panel.denominators import denominators_of


def table(*rows, declared=None):
    found = pd.DataFrame(rows, columns=["indicator", "unit"]).assign(label="Label of it")
    return found if declared is None else found.assign(denominator=declared)


def beneath(indicators):
    found = denominators_of(indicators)
    names = indicators["indicator"].tolist()
    return {name: names[place] for name, place in zip(names, found.beneath, strict=True) if place >= 0}


def test_a_rate_stands_on_the_count_that_the_list_names():
    indicators = table(("cla_rate", "rate_per_10000"), ("population_0_17", "count"))
    assert beneath(indicators) == {"cla_rate": "population_0_17"}


def test_a_share_stands_on_a_rate_that_stands_on_a_count():
    indicators = table(
        ("rereferral_rate", "percent"), ("referral_rate", "rate_per_10000"), ("population_0_17", "count")
    )
    assert beneath(indicators) == {"rereferral_rate": "referral_rate", "referral_rate": "population_0_17"}


def test_a_chain_that_does_not_end_in_a_count_is_no_denominator():
    assert beneath(table(("rereferral_rate", "percent"), ("referral_rate", "rate_per_10000"))) == {}


def test_the_first_of_the_list_whose_numbers_the_data_hold_is_taken():
    both = table(
        ("caseload", "cases_per_fte"), ("social_workers_fte", "count"), ("case_holders_fte", "count")
    )
    assert beneath(both) == {"caseload": "case_holders_fte"}
    assert not denominators_of(both).near[0]
    alone = both.iloc[:2]
    assert beneath(alone) == {"caseload": "social_workers_fte"}
    assert denominators_of(alone).near[0]


def test_a_column_of_ones_own_wins():
    rows = (("cla_rate", "rate_per_10000"), ("population_0_17", "count"), ("residents", "count"))
    assert beneath(table(*rows, declared=["residents", "", ""])) == {"cla_rate": "residents"}
    assert beneath(table(*rows, declared=["", "", ""])) == {"cla_rate": "population_0_17"}


@pytest.mark.parametrize("declared", [["b", "a"], ["a", ""], ["b", "b"]], ids=["in turn", "itself", "below"])
def test_a_circle_is_no_denominator(declared):
    assert beneath(table(("a", "percent"), ("b", "percent"), declared=declared)) == {}


def test_money_is_per_nothing():
    assert beneath(table(("spend", "gbp"), ("people", "count"), declared=["people", ""])) == {}


@given(st.permutations(range(4)))
def test_the_order_of_the_indicators_does_not_matter(order):
    indicators = table(
        ("rereferral_rate", "percent"),
        ("referral_rate", "rate_per_10000"),
        ("population_0_17", "count"),
        ("caseload", "cases_per_fte"),
    )
    assert beneath(indicators.iloc[list(order)].reset_index(drop=True)) == beneath(indicators)


def test_the_packaged_list_names_each_pair_once_and_says_in_words_what_is_counted():
    entries = tomllib.loads((files("earlywarn.panel") / "denominators.toml").read_text())["denominator"]
    pairs = [(name, entry["beneath"]) for entry in entries for name in entry["of"]]
    assert len(pairs) == len(set(pairs))
    assert all(entry["basis"] and entry["of"] == sorted(entry["of"]) for entry in entries)
