import numpy as np
import pandas as pd
import pytest

from earlywarn.intelligence.kinds import read_kinds
from earlywarn.intelligence.small import small
from earlywarn.intelligence.withheld import without_former_words, without_small_counts

KINDS = read_kinds()


def counted(kind, amount, exposure=np.nan):
    return pd.DataFrame({"kind": [kind], "amount": [amount], "exposure": [exposure]})


@pytest.mark.parametrize(
    ("kind", "amount", "exposure", "few"),
    [
        ("complaints", 4, 90, True),
        ("complaints", 5, 90, False),
        ("complaints", 0, 90, False),
        ("complaints", 0, 4, True),
        ("complaints", np.nan, np.nan, False),
        ("vacancies", 4, np.nan, False),
        ("of another file", 4, 4, False),
    ],
)
def test_few_people_are_told_from_other_numbers(kind, amount, exposure, few):
    assert small(counted(kind, amount, exposure), kinds=KINDS, below=5).tolist() == [few]


def test_nothing_is_small_below_nought():
    assert not small(counted("complaints", 1, 1), kinds=KINDS, below=0).any()


@pytest.mark.parametrize("said", [True, False])
def test_tables_without_rows_stay_so(log, said):
    empty = without_former_words(log.entries(), "sector")
    assert without_small_counts(empty, "sector", kinds=KINDS, below=5, said=said).shape == log.entries().shape


def test_the_restricted_see_all(log, clock, entry):
    name = log.add(
        entry(kind="complaints", detail="stage_1", amount=3, exposure=90, note="x", link="y"), by="C001"
    ).entry_ids[0]
    clock.on()
    log.retract(name, by="C001", reason="x")
    seen = without_former_words(log.entries(), "restricted")
    seen = without_small_counts(seen, "restricted", kinds=KINDS, below=5)
    pd.testing.assert_frame_equal(seen, log.entries())
    for audience in ("area", "sector"):
        seen = without_former_words(log.entries(), audience)
        assert seen[["note", "link"]].to_numpy().tolist() == [["withdrawn", ""]] * 2
