"""The verbs one by one, the folders they write, and what becomes of these when a run ends badly."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

import earlywarn as ew
from earlywarn.errors import DateError, ModelFileError, OutputError
from earlywarn.pipeline import race, scored
from earlywarn.sources.england import read_england

REFERENCE = Path(__file__).parents[2] / "models" / "england"


def python(*arguments, cwd, **environment):
    """Run Python in a process of its own."""
    command = [sys.executable, *arguments]
    return subprocess.Popen(  # noqa: S603  our own
        command,
        cwd=cwd,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_verbs_one_after_another_write_what_run_writes(home, place, read_csvs):
    config = place / "earlywarn.toml"
    for verb in (ew.build, ew.backtest, ew.train, ew.score, ew.report):
        verb(config)
    apart, together = place / "out", home / "out"
    assert read_csvs(apart) == read_csvs(together)
    for name in ("features.parquet", "report.html", "model_card.md", "risk_list.xlsx"):
        assert (apart / name).is_file()
    features = [pd.read_parquet(folder / "features.parquet") for folder in (apart, together)]
    pd.testing.assert_frame_equal(*features)


def test_a_saved_model_scores_without_training_as_the_run_did(home, place, monkeypatch, read_csvs):
    def never(*_, **__):
        message = "nothing may be fitted"
        raise AssertionError(message)

    for room in (race, scored):
        monkeypatch.setattr(room, "rolling_origin", never)
    monkeypatch.setattr(scored, "deploy", never)
    result = ew.score(place / "earlywarn.toml", model=home / "out" / "model")
    whole = read_csvs(home / "out")
    written = read_csvs(result.folder)
    assert written == {name: whole[name] for name in written}
    assert {"risk_list.csv", "contributions.csv", "evidence/reasons.csv"} <= set(written)
    assert not (result.folder / "model").exists()


def test_scores_from_a_saved_model_can_be_written_up(home, place):
    ew.score(place / "earlywarn.toml", model=home / "out" / "model")
    ew.report(place / "earlywarn.toml")
    assert "Area 003" in (place / "out" / "report.html").read_text(encoding="utf-8")


def test_the_shipped_model_scores_the_packaged_sample_without_training(tmp_path, monkeypatch):
    if not (REFERENCE / "model.json").is_file():
        pytest.skip("the reference model is not part of this tree")
    monkeypatch.setattr(scored, "deploy", None)
    config = tmp_path / "quiet.toml"
    config.write_text("[tracking]\nenabled = false\n")
    result = ew.score(config, model=REFERENCE, out=tmp_path / "out")
    table = result.tables["risk_list.csv"]
    existing = read_england().areas["active_to"].isna()
    assert set(table["area_code"]) == set(read_england().areas.loc[existing, "area_code"])
    assert table["risk_adverse"].between(0, 1).all()


def test_a_score_without_a_model_says_how_to_get_one(place, read_all):
    before = read_all(place)
    with pytest.raises(ModelFileError, match="Train one with `earlywarn train`"):
        ew.score(place / "earlywarn.toml")
    assert read_all(place) == before


def test_overrides_win_over_the_file(place):
    asked = {"as_of": "2018-07-01", "horizon": 6, "target": "serious", "out": place / "elsewhere"}
    result = ew.build(place / "earlywarn.toml", **asked)
    run = json.loads((place / "elsewhere" / "run.json").read_text(encoding="utf-8"))
    assert (run["as_of"], run["horizon_months"], run["target"]) == ("2018-07-01", 6, "serious")
    assert result.folder == place / "elsewhere"
    assert not (place / "out").exists()


def test_ranks_and_bands_follow_the_target(home, place):
    asked = {"model": home / "out" / "model", "target": "decline"}
    table = ew.score(place / "earlywarn.toml", **asked).tables["risk_list.csv"]
    outside = table["risk_decline"].isna()
    assert outside.any()
    assert (table["rank_low"].isna() == outside).all()
    best = table.loc[~outside].sort_values("risk_decline").iloc[-1]
    assert best["rank_low"] == 1


@pytest.mark.parametrize("verb", ["build", "backtest", "train", "run", "score"])
def test_a_folder_that_is_not_ours_is_never_written_over(verb, home, place, read_all):
    (place / "out").mkdir()
    (place / "out" / "letters.txt").write_text("Dear reviewer")
    options = {"model": home / "out" / "model"} if verb == "score" else {}
    before = read_all(place)
    with pytest.raises(OutputError, match="earlywarn did not write"):
        getattr(ew, verb)(place / "earlywarn.toml", **options)
    assert read_all(place) == before


def test_a_users_file_in_our_folder_is_carried_over(home, place):
    shutil.copytree(home / "out", place / "out")
    (place / "out" / "letters.txt").write_text("Dear reviewer")
    ew.score(place / "earlywarn.toml")
    assert (place / "out" / "letters.txt").read_text() == "Dear reviewer"


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError], ids=["interrupted", "out of memory"])
def test_a_run_that_is_stopped_leaves_the_last_good_folder(home, place, read_all, monkeypatch, error):
    shutil.copytree(home / "out", place / "out")
    before = read_all(place)

    def stop(*_, **__):
        raise error

    monkeypatch.setattr(scored, "score_areas", stop)
    with pytest.raises(error):
        ew.score(place / "earlywarn.toml")
    assert read_all(place) == before


KILLED = """
import os, signal, sys
from earlywarn.workflow import runs
def wait(*_):
    print("half written", flush=True)
    signal.pause()
runs.write_run = wait
runs.score("earlywarn.toml")
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of a terminal")
def test_a_run_that_is_killed_leaves_the_last_good_folder_and_the_next_run_clears_up(home, place, read_all):
    shutil.copytree(home / "out", place / "out")
    before = read_all(place / "out")
    with python("-c", KILLED, cwd=place) as process:
        assert process.stdout.readline() == "half written\n"
        half = place / ".out.staging"
        assert (half / "risk_list.csv").is_file()
        process.send_signal(signal.SIGKILL)
        assert process.wait(timeout=30) == -signal.SIGKILL
    assert read_all(place / "out") == before
    ew.score(place / "earlywarn.toml")
    assert not half.exists()
    after = read_all(place / "out")
    assert {name for name in before if after[name] != before[name]} <= {"run.json"}


def test_a_report_of_a_folder_that_no_score_wrote_is_refused(place):
    ew.build(place / "earlywarn.toml")
    before = sorted(path.name for path in (place / "out").iterdir())
    with pytest.raises(ew.EarlywarnError, match="risk_list"):
        ew.report(place / "earlywarn.toml")
    assert sorted(path.name for path in (place / "out").iterdir()) == before


def test_a_run_in_which_nothing_is_tested_says_so_and_scores_all_the_same(place):
    config = place / "earlywarn.toml"
    config.write_text(config.read_text().replace("first_start = 2016-10-01", "first_start = 2019-03-31"))
    result = ew.run(config)
    assert "Nothing could be tested" in result.summary
    assert result.tables["backtest_predictions.csv"].empty
    assert result.tables["risk_list.csv"]["risk_adverse"].between(0, 1).all()
    assert (place / "out" / "report.html").is_file()


def test_all_floors_run_even_if_one_of_them_is_deployed(place):
    config = place / "earlywarn.toml"
    config.write_text(config.read_text().replace("[model]", '[model]\nname = "last_judgement"'))
    predictions = ew.backtest(config).tables["backtest_predictions.csv"]
    floors = {"base_rate", "majority_class", "deprivation", "last_judgement"}
    assert set(predictions["model"]) == {"default"} | floors
    risk = predictions.pivot_table(
        index=["inspection_id", "lead_months", "target"], columns="model", values="risk"
    )
    assert risk["default"].equals(risk["last_judgement"])


def test_a_date_that_the_data_cannot_serve_is_refused_before_the_slow_part(place):
    began = time.perf_counter()
    with pytest.raises(DateError, match=r"Choose a date from 2\d{3}-\d\d-\d\d to 2\d{3}-\d\d-\d\d"):
        ew.run(place / "earlywarn.toml", as_of="2035-01-01")
    assert time.perf_counter() - began < 5
    assert not (place / "out").exists()


def test_a_tracked_run_writes_the_same_tables_and_a_model_in_the_registry(home, place, read_csvs):
    import mlflow  # noqa: PLC0415

    config = place / "earlywarn.toml"
    text = config.read_text().replace("enabled = false", 'enabled = true\nuri = "sqlite:///runs/store.db"')
    config.write_text(text)
    (place / "runs").mkdir()
    text = text.replace("sqlite:///runs", f"sqlite:///{place / 'runs'}")
    config.write_text(text)
    ew.run(config)
    assert read_csvs(place / "out") == read_csvs(home / "out")
    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{place / 'runs' / 'store.db'}")
    versions = client.search_model_versions("name = 'earlywarn-made-up'")
    assert len(versions) == 1
    experiment = client.get_experiment_by_name("earlywarn")
    runs = client.search_runs([experiment.experiment_id])
    assert len(runs) == 1
    assert "adverse.auc" in runs[0].data.metrics
    assert not (place / "mlruns").exists()
