import builtins
import logging
import re
import socket
import sys

import pytest

from earlywarn.config import Config, load_config
from earlywarn.errors import ConfigError
from earlywarn.tracking.run import Recorder, tracked, versions


def kept(client, recorder):
    return client.get_run(recorder.run_id)


def test_a_verb_leaves_settings_numbers_labels_and_files(config, client, tmp_path):
    table = tmp_path / "figures" / "roc.svg"
    table.parent.mkdir()
    table.write_text("<svg/>")
    with tracked("train", config, data_fingerprint="ab12", tags={"note": "first"}) as recorder:
        recorder.log_params({"rows": 280, "nested": {"a": [1, 2]}})
        recorder.log_metrics(
            {"auc": 0.77, "n": 439, "unknown": None, "nan": float("nan"), "p at 10 (%)": 0.5}
        )
        recorder.log_file(table, "plots")
        recorder.log_folder(table.parent, "all")
        recorder.log_text("# A card", "model_card.md")
    run = kept(client, recorder)
    assert run.info.status == "FINISHED"
    assert run.info.run_name == "train england 2025-04-01"
    assert run.data.params["question.as_of"] == "2025-04-01"
    assert run.data.params["nested.a"] == "[1, 2]"
    assert "output.folder" not in run.data.params
    assert run.data.metrics == {"auc": 0.77, "n": 439, "p at 10 ___": 0.5}
    tags = {key.removeprefix("earlywarn."): value for key, value in run.data.tags.items()}
    assert (tags["verb"], tags["model"], tags["name"], tags["note"]) == (
        "train",
        "ordinal",
        "england",
        "first",
    )
    assert (tags["data_fingerprint"], tags["config_fingerprint"]) == ("ab12", config.fingerprint)
    assert tags["version.pandas"] == versions()["pandas"]
    files = {
        path.path
        for folder in ("", "plots", "all")
        for path in client.list_artifacts(recorder.run_id, folder)
    }
    assert {"model_card.md", "plots/roc.svg", "all/roc.svg"} <= files
    assert run.info.artifact_uri.startswith((config.output_folder.parent / "tracking" / "artifacts").as_uri())


def test_an_error_marks_the_run_as_failed_and_goes_on_its_way(config, client):
    with pytest.raises(ZeroDivisionError), tracked("score", config) as recorder:
        1 / 0  # noqa: B018
    run = kept(client, recorder)
    assert run.info.status == "FAILED"
    assert run.data.tags["earlywarn.error"] == "ZeroDivisionError: division by zero"


def test_an_interrupt_marks_the_run_as_killed(config, client):
    with pytest.raises(KeyboardInterrupt), tracked("score", config) as recorder:
        raise KeyboardInterrupt
    assert kept(client, recorder).info.status == "KILLED"


def test_a_verb_within_a_verb_is_its_child(config, client):
    with tracked("run", config) as outer:
        with tracked("build", config) as first:
            pass
        with tracked("train", config) as second:
            pass
    with tracked("build", config) as alone:
        pass
    parents = [
        kept(client, recorder).data.tags.get("mlflow.parentRunId")
        for recorder in (outer, first, second, alone)
    ]
    assert parents == [None, outer.run_id, outer.run_id, None]


def test_a_password_does_not_reach_the_record(config, client):
    error = RuntimeError("no route to postgresql://ann:s3cret@db/x")
    with pytest.raises(RuntimeError, match="no route"), tracked("score", config) as recorder:
        raise error
    assert "s3cret" not in str(kept(client, recorder).data.tags)


def test_the_address_of_a_log_does_not_reach_the_record(config, client):
    told = config.intelligence.model_copy(update={"log": "postgresql://ann:s3cret@db/x"})
    with tracked("score", config.model_copy(update={"intelligence": told})) as recorder:
        pass
    params = kept(client, recorder).data.params
    assert params["intelligence.audience"] == "sector"
    assert "s3cret" not in str(params)


def test_what_mlflow_has_in_hand_is_left_alone(config):
    import mlflow  # noqa: PLC0415  late, as the package itself imports it

    level = logging.getLogger("mlflow").level
    before = mlflow.get_tracking_uri()
    with tracked("build", config):
        assert mlflow.active_run() is None
    assert mlflow.get_tracking_uri() == before
    assert logging.getLogger("mlflow").level == level


def test_switched_off_it_takes_everything_keeps_nothing_and_never_imports_mlflow(tmp_path, monkeypatch):
    real = builtins.__import__

    def guarded(name, *args, **kwargs):
        assert name.partition(".")[0] != "mlflow"
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", guarded)
    monkeypatch.chdir(tmp_path)
    with tracked("train", Config(tracking={"enabled": False})) as recorder:
        recorder.log_params({"a": 1})
        recorder.log_metrics({"a": 1})
        recorder.log_tags({"a": 1})
        recorder.log_file("no such file")
        recorder.log_folder("no such folder")
        recorder.log_text("a", "a.txt")
    assert not recorder.active
    assert not list(tmp_path.iterdir())


def test_a_store_that_fails_half_way_costs_a_warning_and_not_the_result():
    class Failing:
        def log_text(self, *_):
            message = "disk full at mysql://ann:s3cret@db/x\nand a long story"
            raise OSError(message)

    recorder = Recorder(Failing(), run_id="1")
    with pytest.warns(
        RuntimeWarning, match="^Tracking stopped, the results are not affected: OSError: disk full"
    ) as caught:
        recorder.log_text("a", "a.txt")
    assert "s3cret" not in str(caught[0].message)
    assert "long story" not in str(caught[0].message)
    assert not recorder.active
    recorder.log_text("again", "b.txt")  # says nothing more


def test_a_store_that_cannot_be_opened_is_said_before_the_slow_part(tmp_path):
    file = tmp_path / "mlflow.db"
    file.write_bytes(b"SQLite format 3\x00" + b"but damaged" * 10)
    config = Config(tracking={"uri": f"sqlite:///{file}"}, output={"folder": str(tmp_path / "out")})
    with (
        pytest.raises(ConfigError, match=r"The record at sqlite:///.* cannot be opened"),
        tracked("build", config),
    ):
        pytest.fail("the body must not run")


def test_a_server_that_is_not_there_is_said_without_its_password(tmp_path, monkeypatch):
    def refuse(*_):
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    config = Config(
        tracking={"uri": "http://ann:s3cret@127.0.0.1:9/"}, output={"folder": str(tmp_path / "out")}
    )
    with pytest.raises(ConfigError) as caught, tracked("build", config):
        pytest.fail("the body must not run")
    assert "s3cret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_versions_name_python_and_the_libraries():
    assert versions()["python"] == ".".join(map(str, sys.version_info[:3]))
    assert all(re.match(r"\d", version) for version in versions().values())


def test_the_experiment_is_the_configured_one(config, client):
    mine = load_config(config).model_copy(
        update={"tracking": config.tracking.model_copy(update={"experiment": "mine"})}
    )
    with tracked("build", mine) as recorder:
        pass
    assert client.get_experiment(kept(client, recorder).info.experiment_id).name == "mine"
