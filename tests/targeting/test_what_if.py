import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.targeting.what_if import MOVE_COLUMNS, moves

QUARTERS = list(pd.date_range("2025-04-01", periods=8, freq="QS"))
PLACES = st.tuples(st.sampled_from([*QUARTERS, None]), st.booleans())


def plan(**quarters):
    """Areas by code, each with its quarter, or None, and whether it is flagged."""
    rows = [
        {
            "area_code": code,
            "name": f"Area {code}",
            "status": "planned" if quarter is not None else "not planned",
            "kind": "targeted" if flagged else "routine" if quarter is not None else "",
            "quarter": pd.NaT if quarter is None else quarter,
            "flagged": flagged,
            "late_quarters": 0.0,
        }
        for code, (quarter, flagged) in quarters.items()
    ]
    return pd.DataFrame(rows).astype({"quarter": "datetime64[ns]"})


def moved(before, after, one=None, two=None):
    told = moves(before, after, one or {}, two or {})
    return told.table[told.table["part"] == "area"].set_index("area_code")


def test_a_review_that_moves_says_from_when_to_when():
    rows = moved(plan(A=(QUARTERS[2], True)), plan(A=(QUARTERS[1], True)))
    assert rows.loc["A", ["before", "now", "words"]].tolist() == [
        "Oct-Dec 2025",
        "Jul-Sep 2025",
        "from Oct-Dec 2025 to Jul-Sep 2025",
    ]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        pytest.param(
            (0, True), (3, False), "from Apr-Jun 2025 to Jan-Mar 2026, no longer targeted", id="less"
        ),
        pytest.param((3, False), (3, True), "still Jan-Mar 2026, now targeted", id="same quarter"),
        pytest.param((3, False), (None, False), "from Jan-Mar 2026 to no review planned", id="left out"),
        pytest.param(
            (None, False), (0, True), "from no review planned to Apr-Jun 2025, now targeted", id="new"
        ),
    ],
)
def test_what_moved_in_words(before, after, words):
    one, two = (plan(A=(None if at is None else QUARTERS[at], flag)) for at, flag in (before, after))
    assert moved(one, two).loc["A", "words"] == words


def test_an_area_that_only_becomes_late_moves():
    before = plan(A=(QUARTERS[2], False))
    assert moved(before, before.assign(late_quarters=1)).loc["A", "words"] == (
        "still Oct-Dec 2025, 1 quarter later than due"
    )


def test_an_area_of_one_plan_only_is_not_lost():
    rows = moved(plan(A=(QUARTERS[0], False)), plan(A=(QUARTERS[0], False), B=(QUARTERS[1], False)))
    assert rows.loc["B", ["before", "now"]].tolist() == ["not in this plan", "Jul-Sep 2025"]
    assert len(rows) == 1


@settings(max_examples=12)
@given(st.dictionaries(st.sampled_from("ABCDEF"), st.tuples(PLACES, PLACES), min_size=1))
def test_those_who_move_and_only_they_are_listed(places):
    before = plan(**{code: pair[0] for code, pair in places.items()})
    after = plan(**{code: pair[1] for code, pair in places.items()})
    rows = moved(before, after)
    assert set(rows.index) == {code for code, (one, two) in places.items() if one != two}
    assert (rows["words"] != "").all()
    back = moved(after, before)
    assert rows["before"].tolist() == back["now"].tolist()


def test_nobody_moves_between_a_plan_and_itself():
    same = plan(A=(QUARTERS[0], True), B=(None, False))
    about = {"benefit": 2.5, "gap": 0.0, "threshold": 1 / 3, "capacity": [2, 1]}
    told = moves(same, same, about, about)
    assert (told.table["part"] == "whole").all()
    assert (told.table["words"] == "as before").all()
    assert told.summary.endswith("None of 2 areas moves.")


def test_the_programme_as_a_whole_before_and_now():
    one, two = (
        plan(A=(QUARTERS[0], True), B=(None, True)),
        plan(A=(QUARTERS[0], True), B=(QUARTERS[1], False)),
    )
    told = moves(
        one,
        two.assign(late_quarters=[0, 2]),
        {
            "benefit": 10.26,
            "threshold": 1 / 3,
            "capacity": [1, 1],
            "counts": {"shortfalls": 1, "areas flagged": 9},
        },
        {
            "benefit": 12.04,
            "threshold": 0.25,
            "capacity": [1, 2],
            "counts": {"shortfalls": 0, "areas flagged": 9},
        },
    )
    whole = told.table[told.table["part"] == "whole"].set_index("name")
    assert whole["before"].to_dict() == {
        "Expected benefit": "10.3",
        "Risk from which areas are flagged": "33.3%",
        "Reviews that can be held": "2 (1 a quarter)",
        "Reviews planned": "1",
        "Areas flagged": "2",
        "Reviews later than due": "0",
        "Shortfalls": "1",
    }
    assert whole["now"].tolist() == ["12.0", "25.0%", "3 (1, 2)", "2", "1", "1", "0"]
    assert whole.loc["Areas flagged", "words"] == "from 2 to 1"


def test_a_long_list_is_shortened_in_the_summary_and_whole_in_the_table():
    codes = [f"A{number:02d}" for number in range(20)]
    one, two = (plan(**dict.fromkeys(codes, (quarter, False))) for quarter in QUARTERS[:2])
    told = moves(one, two, {}, {})
    assert told.summary.splitlines()[-1] == "  and 8 more; the table has them all."
    assert (told.table["part"] == "area").sum() == 20


def test_every_cell_is_text():
    told = moves(plan(A=(None, False)), plan(A=(QUARTERS[0], False)), {}, {})
    assert tuple(told.table.columns) == MOVE_COLUMNS
    assert np.all([isinstance(cell, str) for cell in told.table.to_numpy().ravel()])
