"""Sets of evidence set against each other, from the configuration to the files."""

import json

import pandas as pd
import pytest
from click.testing import CliRunner

import earlywarn as ew
from earlywarn.cli import verbs
from earlywarn.errors import ConfigError

COMPARED = {"evidence_sets.csv", "evidence_differences.csv", "evidence/added.csv"}


@pytest.fixture(scope="module")
def compared(home, tmp_path_factory):
    """What ``backtest --compare`` returned, in a folder of its own beside the data of the run."""
    out = tmp_path_factory.mktemp("compared") / "out"
    return ew.backtest(home / "earlywarn.toml", compare="hard,soft,hard+soft", out=out)


def test_the_files_hold_every_set_and_every_pair(compared):
    values = pd.read_csv(compared.folder / "evidence_sets.csv")
    differences = pd.read_csv(compared.folder / "evidence_differences.csv")
    added = pd.read_csv(compared.folder / "evidence" / "added.csv")
    assert set(compared.tables) >= COMPARED
    assert set(values["set"]) == {"history_only", "hard", "soft", "hard+soft"}
    assert len(differences[["set", "other"]].drop_duplicates()) == 6
    assert set(differences["metric"]) == {
        *("auc", "brier_skill", "log_loss", "precision_at_10", "precision_at_20", "precision_at_30"),
        "warning_months",
    }
    assert set(added["target"]) == {"adverse", "decline", "serious"}
    assert (added["lead_months"] == 3).all()


def test_the_summary_says_what_soft_evidence_adds(compared):
    added = pd.read_csv(compared.folder / "evidence" / "added.csv")
    told = added.query("set == 'hard+soft' and other == 'hard'")["text"]
    assert len(told) == 3
    assert all(text in compared.summary for text in told)
    assert "Evidence compared: published figures, soft evidence, figures and soft evidence together." in (
        compared.summary
    )


def test_the_default_model_is_one_of_the_sets_and_everything_else_is_as_without_a_comparison(home, compared):
    with_sets, without = (
        pd.read_csv(folder / "backtest_predictions.csv") for folder in (compared.folder, home / "out")
    )
    sets = with_sets["model"].isin(["hard", "soft", "hard+soft"])
    pd.testing.assert_frame_equal(with_sets[~sets].reset_index(drop=True), without)
    own, figures = (
        with_sets.loc[with_sets["model"] == name, "risk"].tolist() for name in ("default", "hard")
    )
    assert own == figures
    for name in ("backtest_metrics.csv", "evidence/comparison.csv", "evidence/verdicts.csv"):
        assert (compared.folder / name).read_bytes() == (home / "out" / name).read_bytes()


def test_run_json_says_what_each_set_was_given(compared):
    sets = json.loads((compared.folder / "run.json").read_text())["evidence_sets"]
    assert list(sets) == ["hard", "soft", "hard+soft"]
    assert set(sets["hard"]) & set(sets["soft"]) == {"last_overall"}
    assert "director_tenure" in sets["soft"]


def test_a_later_back_test_without_a_comparison_leaves_none_behind(home, compared):
    assert {name for name in COMPARED if (compared.folder / name).is_file()} == COMPARED
    ew.backtest(home / "earlywarn.toml", out=compared.folder)
    assert not any((compared.folder / name).exists() for name in COMPARED)
    assert json.loads((compared.folder / "run.json").read_text())["evidence_sets"] == {}


def test_a_floor_cannot_compare_evidence(place):
    config = place / "earlywarn.toml"
    config.write_text(config.read_text().replace("[model]", '[model]\nname = "last_judgement"'))
    with pytest.raises(
        ConfigError, match="'last_judgement' reads no features, so it cannot compare evidence"
    ):
        ew.backtest(config, compare="hard,soft")
    assert not (place / "out").exists()


def test_an_unknown_set_is_refused_on_the_command_line_before_anything_is_written(place):
    result = CliRunner().invoke(verbs, ["backtest", str(place / "earlywarn.toml"), "--compare", "hard,sfot"])
    assert result.exit_code == 2
    assert "[backtest] compare (--compare): 'sfot' will not do" in result.stderr
    assert "Did you mean 'soft'?" in result.stderr
    assert not (place / "out").exists()
