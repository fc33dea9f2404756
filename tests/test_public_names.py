import importlib.metadata
import subprocess
import sys

import pytest

import earlywarn


def test_the_list_is_sorted_and_without_repeats():
    assert earlywarn.__all__ == sorted(set(earlywarn.__all__))


def test_every_name_has_one_home_and_every_home_only_listed_names():
    homed = [name for names in earlywarn.HOMES.values() for name in names]
    assert sorted([*homed, *earlywarn.ROOMS, "__version__"]) == earlywarn.__all__


@pytest.mark.parametrize("name", earlywarn.__all__)
def test_every_name_resolves(name):
    assert getattr(earlywarn, name) is not None
    assert name in dir(earlywarn)


@pytest.mark.parametrize("name", earlywarn.HOMES["earlywarn.workflow"])
def test_every_verb_can_be_called(name):
    assert callable(getattr(earlywarn, name))


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'predict'"):
        earlywarn.predict  # noqa: B018


def test_importing_us_loads_nothing_heavy():
    heavy = {"pandas", "numpy", "mlflow", "shap", "sklearn", "click", "pydantic", "xarray", "jinja2"}
    done = run(f"import sys, earlywarn; print(sorted({heavy!r} & set(sys.modules)))")
    assert done.stdout == "[]\n"


def test_the_version_is_the_installed_one():
    assert earlywarn.__version__ == importlib.metadata.version("earlywarn")


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603  our own
