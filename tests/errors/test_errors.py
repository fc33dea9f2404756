import inspect

import pytest

from earlywarn import errors
from earlywarn.errors import DataError, EarlywarnError, Fault, MissingTableError, name_a_few

FAMILY = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, EarlywarnError)]
FAULT = Fault("areas.csv", 3, "area_code", "", "is empty", "give every area a code")


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_the_tree_in_the_docstring_shows_the_whole_family(kind):
    drawn = [line for line in errors.__doc__.splitlines() if line.strip(" │├└─").startswith(kind.__name__)]
    assert len(drawn) == 1
    for base in kind.__bases__:
        if not issubclass(base, EarlywarnError) and base is not Exception:
            assert f"({base.__name__})" in drawn[0]


def test_names_are_public_and_sorted():
    assert errors.__all__ == sorted(errors.__all__)
    assert {kind.__name__ for kind in FAMILY} < set(errors.__all__)


@pytest.mark.parametrize(
    ("offenders", "said"),
    [
        ([], ""),
        (["Bury"], "'Bury'"),
        (list("abcde"), "'a', 'b', 'c', 'd', 'e'"),
        (range(1_205), "0, 1, 2, 3, 4 and 1,200 more"),
    ],
)
def test_a_few_are_named_and_the_rest_counted(offenders, said):
    assert name_a_few(offenders) == said


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (FAULT, "areas.csv, row 3, column area_code: '' is empty. To mend it: give every area a code."),
        (
            Fault("areas.csv", None, None, None, "has no rows", "add them"),
            "areas.csv: has no rows. To mend it: add them.",
        ),
    ],
)
def test_a_fault_says_where_what_and_what_to_do(fault, said):
    assert str(fault) == said


def test_every_fault_is_kept_though_not_every_one_is_printed():
    error = DataError([FAULT] * 203, where="my folder")
    lines = str(error).splitlines()
    assert lines[0] == "my folder: 203 faults found; nothing was written."
    assert lines[-1] == "  and 3 more of the same kinds."
    assert len(lines) == 202
    assert len(error.faults) == 203


def test_one_fault_is_one_fault():
    assert str(DataError([FAULT])).startswith("the data: 1 fault found; nothing was written.\n")


def test_a_missing_table_is_caught_as_what_a_caller_would_expect():
    for expected in (FileNotFoundError, ValueError, DataError, EarlywarnError):
        with pytest.raises(expected, match="1 fault found"):
            raise MissingTableError([FAULT])
