"""The room's public names: each has one home, and none is hidden by a module of the same name."""

from importlib import import_module
from pathlib import Path

import pytest

import earlywarn as ew


def test_the_list_is_sorted_and_without_repeats():
    assert ew.signals.__all__ == sorted(set(ew.signals.__all__))
    assert dir(ew.signals) == ew.signals.__all__


@pytest.mark.parametrize("name", ew.signals.__all__)
def test_every_name_is_one_that_its_home_calls_public(name):
    home = next(module for module, names in ew.signals.HOMES.items() if name in names)
    assert name in import_module(home).__all__
    assert getattr(ew.signals, name) is getattr(import_module(home), name)


def test_no_module_is_called_as_a_public_name():
    modules = {path.stem for path in Path(ew.signals.__file__).parent.glob("*.py")}
    assert not modules & set(ew.signals.__all__)


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"module 'earlywarn\.signals' has no attribute 'xbar'"):
        ew.signals.xbar  # noqa: B018
