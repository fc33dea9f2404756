import numpy as np
import pandas as pd
import pytest

from earlywarn.errors import LogError
from earlywarn.intelligence.counts import GROUPINGS, count_entries
from earlywarn.intelligence.entries import as_entries
from earlywarn.intelligence.kinds import read_kinds

KINDS = read_kinds()


@pytest.fixture
def entries(entry):
    rows = [entry(area_code="E1")] * 7 + [
        entry(area_code="E2", kind="vacancies", occurred_on="2023-12-31")
    ] * 3
    return as_entries(rows + [entry(area_code="E2", strength=None)] * 6)


def test_counts_by_two_properties(entries):
    table = count_entries(entries, KINDS, rows="area", columns="kind", threshold=0)
    assert table.loc["E1"].to_dict() == {"savings": 7, "vacancies": 0, "total": 7}
    assert table.loc["E2"].to_dict() == {"savings": 6, "vacancies": 3, "total": 9}
    assert table.loc["total"].to_dict() == {"savings": 13, "vacancies": 3, "total": 16}


@pytest.mark.parametrize(
    ("by", "counts"),
    [
        ("theme", {"resources": 13, "workforce": 3}),
        ("month", {"2023-12": 3, "2024-05": 13}),
        ("year", {"2023": 3, "2024": 13}),
        ("strength", {"(none)": 6, "3": 10}),
        ("role", {"(none)": 16}),
        ("source", {"peer": 16}),
    ],
)
def test_counts_by_one(entries, by, counts):
    table = count_entries(entries, KINDS, rows=by, threshold=0)
    assert table["entries"].to_dict() == counts | {"total": 16}


def test_a_small_count_is_hidden_with_another_that_would_tell_it(entries):
    table = count_entries(entries, KINDS, rows="kind")
    assert np.isnan(table.loc["vacancies", "entries"])
    assert table["entries"].isna().sum() == 2


def test_no_entries(entries):
    assert count_entries(entries[:0], KINDS)["entries"].to_dict() == {"total": 0}


@pytest.mark.parametrize(("rows", "columns"), [("colour", ""), ("kind", "colour"), ("kind", "kind")])
def test_what_cannot_be_counted_by(entries, rows, columns):
    with pytest.raises(LogError, match=f"Count by one or two of {', '.join(GROUPINGS)}"):
        count_entries(entries, KINDS, rows=rows, columns=columns)


def test_the_entries_are_left_as_they_were(entries):
    before = entries.copy()
    count_entries(entries, KINDS, rows="month", columns="theme")
    pd.testing.assert_frame_equal(entries, before)
