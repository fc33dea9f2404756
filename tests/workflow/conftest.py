"""One small made-up world on disk, and one run of it that every test may read."""

import shutil
from dataclasses import replace

import pytest

import earlywarn as ew
from earlywarn.sources.synthetic import synthetic_tables
from earlywarn.sources.writing import write_tables

CONFIG = """\
[data]
folder = "data"
name = "made-up"

[question]
as_of = 2019-04-01

[features]
vital = ["agency_rate", "assessments_within_45_days", "caseload", "cpp_reviewed_in_time"]

[model]
replicates = 12

[backtest]
first_start = 2016-10-01
leads_months = [3, 6]
draws = 20
models = []

[output]
folder = "out"

[tracking]
enabled = false
"""


def csv_bytes(folder):
    """Every CSV of a run folder, by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.csv"))}


def everything(folder):
    """Every file of a folder, by its path."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="session")
def tables():
    world = synthetic_tables(areas=60, seed=1, years=range(2011, 2020))
    some = world.concerns["entry_id"].drop_duplicates()[::6]  # enough of each kind, and quick
    return replace(world, concerns=world.concerns[world.concerns["entry_id"].isin(some)])


@pytest.fixture(scope="session")
def result(tables, tmp_path_factory):
    """What ``run`` returned, having written into a folder that ``home`` names."""
    folder = tmp_path_factory.mktemp("made-up-world")
    write_tables(tables, folder / "data")
    (folder / "earlywarn.toml").write_text(CONFIG, encoding="utf-8")
    return ew.run(folder / "earlywarn.toml")


@pytest.fixture(scope="session")
def home(result):
    """A folder with data, a configuration and the results of ``run``; tests read it and leave it alone."""
    return result.folder.parent


@pytest.fixture
def place(home, tmp_path):
    """A copy of the data and the configuration, without results, for a test to do as it likes with."""
    shutil.copytree(home / "data", tmp_path / "data")
    shutil.copy(home / "earlywarn.toml", tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def read_csvs():
    return csv_bytes


@pytest.fixture(scope="session")
def read_all():
    return everything
