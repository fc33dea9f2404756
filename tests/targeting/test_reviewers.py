import numpy as np
import pytest

from earlywarn.targeting.reviewers import who_may_visit
from earlywarn.targeting.rules import read_rules
from strategies_teams import candidates_of, made_up_run, reviewers_of

NORTH_AND_SOUTH = ["North", "North", "South", "South"]


def seen(*rows, run=None, changes=None, **others):
    run = run or made_up_run(4, region=NORTH_AND_SOUTH)
    return who_may_visit(candidates_of(run, **others), reviewers_of(*rows), read_rules(changes=changes or {}))


def visits(*rows, **others):
    """The areas that the first reviewer by code may visit."""
    return np.flatnonzero(seen(*rows, **others).may[0]).tolist()


ONE = {"reviewer": "R1", "area_code": "A00"}


@pytest.mark.parametrize(
    ("row", "others", "expected"),
    [
        pytest.param({}, {}, [2, 3], id="another region"),
        pytest.param({}, {"changes": {"team.independence": "none"}}, [1, 2, 3], id="any region"),
        pytest.param({"regions": "North"}, {}, [], id="goes only where it may not"),
        pytest.param({"regions": "South ; West"}, {}, [2, 3], id="willing"),
        pytest.param({"conflicts": "A02"}, {}, [3], id="a conflict with an area"),
        pytest.param({"conflicts": "R9;A03"}, {}, [2], id="a conflict with an area and a reviewer"),
        pytest.param({}, {"flagged": [0]}, [], id="its area is flagged itself"),
        pytest.param({}, {"flagged": [2]}, [2, 3], id="a flagged area is visited"),
        pytest.param({}, {"elsewhere": [2]}, [3], id="under intervention: not visited"),
        pytest.param({}, {"elsewhere": [0]}, [], id="under intervention: lends nobody"),
        pytest.param({"available": "Apr-Jun 2031=1"}, {}, [], id="available only after the programme"),
        pytest.param({"area_code": "X99"}, {}, [], id="from an area without a risk"),
    ],
)  # fmt: skip
def test_who_may_visit_whom(row, others, expected):
    assert visits(ONE | row, **others) == expected


@pytest.mark.parametrize(
    ("run", "changes", "expected"),
    [
        (made_up_run(3, region=["N", "S", "S"], judged=["requires_improvement"]), {}, []),
        (made_up_run(3, region=["N", "S", "S"], judged=[""]), {}, []),
        (
            made_up_run(3, region=["N", "S", "S"], judged=["requires_improvement"]),
            {"team.judged": ["good", "requires_improvement"]},
            [1, 2],
        ),
        (made_up_run(3, region=["N", "S", "S"], band=["higher than most"]), {}, []),
        (made_up_run(3, region=["", "S", "S"]), {}, []),
        (made_up_run(3, region=["N", "S", ""]), {}, [1]),
    ],
    ids=[
        "judged lower",
        "never judged",
        "but the rules allow it",
        "at higher risk",
        "region unknown",
        "or theirs",
    ],
)
def test_a_supporting_area_is_sound_itself(run, changes, expected):
    assert visits(ONE, run=run, changes=changes) == expected


@pytest.mark.parametrize(
    ("row", "others", "words"),
    [
        ({"area_code": "X99"}, {}, "not on the risk list"),
        ({}, {"flagged": [0]}, "offered a targeted review itself"),
        ({}, {"elsewhere": [0]}, "under formal intervention"),
        ({"available": "Apr-Jun 2031=1"}, {}, "available in no quarter"),
        ({"regions": "North"}, {}, "no area that they may visit lies in a region that they go to"),
        ({"conflicts": "A02;A03"}, {}, "one that they name as a conflict"),
        ({}, {"run": made_up_run(3)}, "every area lies in their own region"),
        ({}, {"run": made_up_run(3, region=["", "S", "S"])}, "the region of their area is not known"),
        ({}, {"run": made_up_run(2, judged=["requires_improvement"])}, "judged requires improvement, and"),
        ({}, {"run": made_up_run(2, judged=[""])}, "judged by no inspection yet"),
        ({}, {"run": made_up_run(2, band=["higher than most"])}, "risk of their area is higher than most"),
    ],
)  # fmt: skip
def test_who_can_visit_nobody_is_named_with_the_reason(row, others, words):
    left_out = seen(ONE | row, **others).left_out
    assert left_out["reviewer"].tolist() == ["R1"]
    assert words in left_out.loc[0, "why"]


def test_who_can_visit_somebody_is_not_named():
    assert seen(ONE, {"reviewer": "R2", "area_code": "A03"}).left_out.empty


def test_the_order_of_the_file_changes_nothing():
    rows = [
        ONE | {"conflicts": "R3"},
        {"reviewer": "R3", "area_code": "A02", "role": "practitioner", "available": "2"},
        {"reviewer": "R2", "area_code": "A02", "skills": "workforce;partners"},
    ]
    one, other = seen(*rows), seen(*rows[::-1])
    for name in ("may", "capacity", "lead", "skills", "conflicts", "home"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert one.table.equals(other.table)


def test_a_conflict_counts_once_whoever_names_it():
    rows = (ONE | {"conflicts": "R2"}, {"reviewer": "R2", "area_code": "A02", "conflicts": "R1;R7"})
    assert seen(*rows).conflicts.tolist() == [[0, 1]]


def test_reviewers_join_no_more_teams_than_offered_and_allowed():
    row = ONE | {"available": "3; Jul-Sep 2025=0"}
    assert seen(row).capacity.tolist() == [[1, 0]]
    assert seen(row, changes={"team.max_per_reviewer_per_quarter": 2}).capacity.tolist() == [[2, 0]]
