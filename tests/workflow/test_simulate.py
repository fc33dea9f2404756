"""A made-up world on disk: whole or not at all, the same each time, and ready to run."""

import pandas as pd
import pytest
from click.testing import CliRunner

import earlywarn as ew
from earlywarn.cli import verbs
from earlywarn.intelligence.kinds import read_kinds

SMALL = {"areas": 20, "seed": 4, "years": range(2014, 2021)}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return ew.simulate(tmp_path_factory.mktemp("home") / "world", **SMALL)


def invoke(*words):
    return CliRunner().invoke(verbs, [str(word) for word in words])


def test_it_reads_like_any_other_folder(made):
    tables = ew.read_tables(made.folder)
    assert tables.name == "synthetic"
    assert len(tables.areas) == 20
    assert set(tables.concerns["kind"]) <= set(read_kinds())
    assert made.summary.startswith("Made up 20 areas with ")
    assert all(str(made.folder / name) in made.summary for name in ("concerns.csv", "truth/breaks.csv"))


def test_the_truth_lies_beside_it_and_is_what_was_returned(made):
    assert set(made.tables) == {"quality", "breaks", "contributors", "entries", "areas"}
    for name, table in made.tables.items():
        read = pd.read_csv(made.folder / "truth" / f"{name}.csv", keep_default_na=False)
        assert list(read) == list(table)
        assert len(read) == len(table)


def test_its_settings_are_whole(made):
    config = ew.load_config(made.folder / "earlywarn.toml")
    assert config.data.folder == str(made.folder / ".")
    assert f"{config.question.as_of}" == "2020-04-01"
    assert set(config.features.vital) == set(ew.read_tables(made.folder).indicators["indicator"])
    built = ew.build(config, out=made.folder.parent / "built")
    described = pd.read_parquet(built.folder / "features.parquet")
    assert set(config.features.soft) <= set(described.columns)


def test_the_command_writes_the_same_bytes_and_again_over_itself(made, tmp_path, read_all):
    words = ("simulate", "--out", tmp_path / "world", "--areas", 20, "--seed", 4, "--years", "2014-2020")
    for _ in range(2):
        done = invoke(*words)
        assert done.exit_code == 0, done.output
        assert read_all(tmp_path / "world") == read_all(made.folder)
    assert "Next:  earlywarn run" in done.output


def test_results_in_the_folder_of_a_world_outlive_it(tmp_path):
    ew.simulate(tmp_path / "world", **SMALL)
    (tmp_path / "world" / "notes.txt").write_text("mine", encoding="utf-8")
    ew.simulate(tmp_path / "world", **SMALL | {"seed": 5})
    assert (tmp_path / "world" / "notes.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("file", ["letter.txt", "run.json"])
def test_a_folder_of_something_else_is_left_alone(tmp_path, file):
    (tmp_path / file).write_text('{"earlywarn": "0.1.0"}', encoding="utf-8")
    done = invoke("simulate", "--out", tmp_path, "--areas", 20)
    assert done.exit_code == 2
    assert "holds files that earlywarn did not write" in done.output
    assert [path.name for path in tmp_path.iterdir()] == [file]


def test_a_run_does_not_write_over_a_world(made, read_all):
    before = read_all(made.folder)
    done = invoke("build", made.folder / "earlywarn.toml", "--out", made.folder, "--quiet")
    assert done.exit_code == 2
    assert read_all(made.folder) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--areas", "3"), "areas: 3 are too few"),
        (("--effect", "-1"), "effect: -1.0 will not do"),
        (("--soft-effect", "nan"), "soft effect: nan will not do"),
        (("--years", "2012-2014"), "years: 3 are too few"),
        (("--years", "2020-2012"), "such as 2012-2025"),
        (("--frequency", "weekly"), "frequency: 'weekly' is unknown"),
    ],
)
def test_what_cannot_be_made_is_said_and_nothing_is_written(tmp_path, words, said):
    done = invoke("simulate", "--out", tmp_path / "world", *words)
    assert done.exit_code == 2
    assert said in done.output
    assert not (tmp_path / "world").exists()


def test_its_log_can_be_kept_as_a_log(made, tmp_path):
    rows = len(ew.read_tables(made.folder).concerns)
    log = tmp_path / "log.db"
    words = ("--log", log, "--by", "C001", "--historic", "--data", made.folder)
    done = invoke("intel", "import", made.folder / "concerns.csv", *words)
    assert done.exit_code == 0, done.output
    assert f"{rows:,} logged, 0 in the log already, 0 set aside" in done.output
