import re

import numpy as np
import pandas as pd
import pytest

from earlywarn.errors import DataError
from earlywarn.intelligence.checks import check, flaws
from earlywarn.intelligence.entries import as_entries
from earlywarn.intelligence.kinds import ROLES, Kind, read_kinds

KINDS = read_kinds()
DAY = pd.Timestamp("2024-05-02")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"kind": "leadership_change", "detail": "vacant"}, "role: '' is empty"),
        (
            {"kind": "leadership_change", "role": "director", "detail": "fell"},
            "no word for leadership_change",
        ),
        ({"role": "director"}, "names no post"),
        ({"detail": "vacant"}, "savings has none"),
        ({"strength": None}, "column strength: is empty"),
        ({"strength": 2.5}, "not a whole number"),
        ({"confidence": ""}, "confidence: '' is empty"),
        ({"confidence": "sure"}, "no confidence that is known"),
        ({"amount": 3}, "counts nothing there"),
        ({"kind": "agency_reliance", "amount": 101}, "more than 100 percent"),
        (
            {"kind": "complaints", "detail": "stage_1", "exposure": 10},
            "is empty, and its exposure is not",
        ),
        ({"kind": "caseload_concern", "amount": -1}, "not a number of 0 or more"),
        ({"kind": "caseload_concern", "amount": np.inf}, "not a number of 0 or more"),
        ({"area_code": ""}, "area_code: '' is empty"),
        ({"note": "a\0b"}, "holds what is not text"),
        ({"note": "\udc80"}, "holds what is not text"),
        ({"note": "x" * 10_001}, "longer than 10,000"),
        ({"occurred_on": None}, "column occurred_on: 'NaT' is empty"),
    ],
)
def test_what_an_entry_must_obey(entry, cells, said):
    with pytest.raises(DataError, match=re.escape(said)):
        check(as_entries(entry(**cells)), KINDS, known_on=DAY)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_can_be_logged(entry, kind: Kind):
    cells = {
        "kind": kind.name,
        "role": next(iter(ROLES)) if kind.role else "",
        "detail": (*kind.details, "")[0],
    }
    cells |= {"amount": 1 if kind.amount else None, "exposure": 9 if kind.exposure else None}
    assert flaws(as_entries(entry(**cells)), KINDS, known_on=DAY) == []


def test_a_fact_needs_no_strength_and_a_concern_does(entry):
    bare = {"strength": None, "confidence": ""}
    assert flaws(as_entries(entry(kind="data_late", **bare)), KINDS, known_on=DAY) == []
    found = flaws(as_entries(entry(**bare)), KINDS, known_on=DAY)
    assert [flaw.column for flaw in found] == ["strength", "confidence"]


def test_each_row_has_its_own_day(entry):
    entries = as_entries([entry(), entry()])
    days = pd.Series(pd.to_datetime(["2024-05-01", "2024-04-30"]))
    (flaw,) = flaws(entries, KINDS, known_on=days)
    assert (flaw.column, flaw.rows.tolist()) == ("occurred_on", [False, True])


def test_no_rows_no_flaws():
    assert flaws(as_entries([]), KINDS, known_on=DAY) == []
