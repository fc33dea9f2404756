"""Who may see which entry."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earlywarn.intelligence.audience import AUDIENCES, tier_of, visible, within
from earlywarn.schema import TIERS

VERSIONS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(TIERS)), max_size=12)


def entries(versions):
    table = pd.DataFrame(versions, columns=["entry_id", "tier"])
    return table.assign(contributor="C001")


@given(VERSIONS, st.sampled_from(sorted(AUDIENCES)))
def test_no_version_of_an_entry_with_a_version_above_the_tier_is_seen(versions, audience):
    table = entries(versions)
    allowed = TIERS.index(AUDIENCES[audience])
    above = {name for name, tier in versions if TIERS.index(tier) > allowed}
    assert set(visible(table, audience)["entry_id"]) == {name for name, _ in versions} - above


@given(VERSIONS)
def test_a_wider_audience_sees_all_that_a_narrower_one_does(versions):
    table = entries(versions)
    seen = [set(within(table, audience).index) for audience in ("area", "sector", "restricted")]
    assert seen[0] <= seen[1] <= seen[2] == set(table.index)


@pytest.mark.parametrize(("audience", "named"), [("area", ""), ("sector", "C001"), ("restricted", "C001")])
def test_the_area_is_never_told_who_contributed(audience, named):
    assert visible(entries([("a", "open")]), audience)["contributor"].tolist() == [named]


def test_the_rows_given_are_left_as_they_were():
    table = entries([("a", "open"), ("b", "sector")])
    visible(table, "area")
    assert table["contributor"].tolist() == ["C001", "C001"]


def test_an_empty_table_has_no_tiers():
    assert tier_of(entries([])).tolist() == []
