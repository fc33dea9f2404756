"""The packaged made-up sample is small, whole, made by its script, and about nobody."""

import gzip
import re
import runpy
from pathlib import Path

import pandas as pd
import pytest

from earlywarn.config import load_config
from earlywarn.intelligence.kinds import ROLES, SOURCE_TYPES, read_kinds
from earlywarn.schema import TIERS
from earlywarn.sources.samples import sample_folder
from earlywarn.sources.tables import read_tables

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def sample():
    return read_tables(sample_folder("synthetic"))


@pytest.fixture(scope="module")
def config():
    return load_config(sample="synthetic")


def opened(path):
    """Return a file's bytes, decompressed: builds of zlib may pack the same bytes differently."""
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def test_the_sample_is_small():
    assert sum(path.stat().st_size for path in sample_folder("synthetic").rglob("*.*")) < 1_500_000


def test_the_sample_is_made_again_to_the_byte(tmp_path):
    make = runpy.run_path(str(REPOSITORY / "scripts" / "make_synthetic_sample.py"))["make"]
    folder = sample_folder("synthetic")
    made = {path.relative_to(tmp_path) for path in make(tmp_path)}
    there = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    apart = {
        path for path in there - made if path.parts[0] == "programme"
    }  # has a script and a test of its own
    assert there - made - apart == {Path("README.md")}
    for path in sorted(made):
        assert opened(tmp_path / path) == opened(folder / path), path


def test_every_kind_detail_role_source_and_tier_occurs(sample):
    log = sample.concerns
    kinds = read_kinds()
    assert set(log["kind"]) == set(kinds)
    said = set(log[["kind", "detail"]].itertuples(index=False, name=None))
    wanted = {
        (name, detail)
        for name in ("leadership_change", "peer_review", "complaints")
        for detail in kinds[name].details
    }
    assert wanted <= said
    assert set(log["role"]) == {"", *ROLES}
    assert set(log["source_type"]) == set(SOURCE_TYPES)
    assert set(log["tier"]) == set(TIERS)


def test_entries_are_corrected_withdrawn_echoed_and_missing(sample):
    log = sample.concerns
    assert (log["version"] == 2).any()
    assert log["retracted"].any()
    assert log.loc[log["link"] != "", "link"].duplicated().any()
    year = log[(log["known_on"] >= "2024-04-01") & (log["known_on"] < "2025-04-01")]
    current = sample.areas[sample.areas["active_to"].isna()]["area_code"]
    silent = set(current) - set(year["area_code"])
    assert 0 < len(silent) < 0.2 * len(current)


def test_there_is_enough_to_learn_from_before_the_first_test(sample, config):
    before = sample.inspections["known_on"] < pd.Timestamp(config.backtest.first_start)
    assert before.sum() >= 30
    tested = sample.inspections["start_date"] >= pd.Timestamp(config.backtest.first_start)
    assert tested.sum() >= 100


def test_nobody_is_named(sample):
    assert sample.areas["name"].str.fullmatch(r"Area \d{3}").all()
    assert sample.areas["area_code"].str.fullmatch(r"X\d{8}").all()
    log = sample.concerns
    assert log["contributor"].str.fullmatch(r"C\d{3}").all()
    assert log.loc[log["link"] != "", "link"].str.fullmatch(r"https://news\.example\.org/item/\d{6}").all()
    notes = log["note"].drop_duplicates()
    assert not notes.str.contains(r"@|\d{5}|\bMrs?\b|\bDr\b").any()
    assert not notes.str.contains("fail", case=False).any()
    # beyond a sentence's first word only sentences begin with a capital
    assert not notes.map(lambda note: bool(re.search(r"[a-z,;] [A-Z]", note))).any()


def test_the_settings_beside_it_ask_for_soft_evidence(config):
    assert config.data.folder == "synthetic"
    assert config.features.soft
    assert config.backtest.compare == ("hard", "soft", "hard+soft")
    assert f"{config.question.as_of}" == "2025-04-01"
