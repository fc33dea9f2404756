"""The packaged sample is small, complete, licensed, and says what the full data say."""

import gzip
import runpy
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

from earlywarn.schema import TABLES
from earlywarn.sources.england import read_england
from earlywarn.sources.samples import sample_folder
from earlywarn.sources.tables import read_tables
from earlywarn.sources.writing import write_tables

REPOSITORY = Path(__file__).resolve().parents[1]
FULL = REPOSITORY.parent / "shared" / "data" / "england"
beside = pytest.mark.skipif(not FULL.is_dir(), reason="the full England folder is not beside this checkout")


@pytest.fixture(scope="module")
def england():
    return read_england()


@pytest.fixture(scope="module")
def full():
    return read_tables(FULL)


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(REPOSITORY / "scripts" / "make_sample.py"))


def test_the_sample_is_small():
    assert sum(path.stat().st_size for path in sample_folder("england").iterdir()) < 1_000_000


def test_the_sample_holds_the_vital_indicators_and_no_other(england, script):
    assert (
        set(england.indicators["indicator"]) == set(script["VITAL"]) == set(england.observations["indicator"])
    )


def test_every_enabler_that_figures_can_speak_of_has_some(england):
    domains = {
        "front_door",
        "protection",
        "care",
        "care_leavers",
        "workforce",
        "finance",
        "context",
        "demand",
    }
    assert domains <= set(england.indicators["domain"])


@pytest.mark.parametrize("file", ["provenance.toml", "README.md"])
def test_the_notice_of_the_licence_is_with_it(file):
    text = (sample_folder("england") / file).read_text(encoding="utf-8")
    assert "Contains public sector information licensed under the Open Government Licence v3.0." in text


@beside
@pytest.mark.parametrize("name", TABLES)
def test_the_sample_agrees_with_the_full_data(england, full, script, name):
    expected = getattr(full, name)
    if "indicator" in expected:
        expected = expected[expected["indicator"].isin(script["VITAL"])].reset_index(drop=True)
    assert_frame_equal(getattr(england, name), expected)


def opened(path):
    """Return a file's bytes, decompressed: builds of zlib may pack the same bytes differently."""
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


@beside
def test_the_sample_is_made_again_to_the_byte(full, script, tmp_path):
    for path in write_tables(script["sample"](full), tmp_path):
        assert opened(path) == opened(sample_folder("england") / path.name), path.name
