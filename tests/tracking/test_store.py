import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from earlywarn.config import Config
from earlywarn.errors import ConfigError
from earlywarn.tracking.store import masked, open_store


def at(uri, tmp_path):
    return Config(tracking={"uri": uri}, output={"folder": str(tmp_path / "out" / "run")})


def test_the_default_is_a_sqlite_file_beside_the_run_folder(config):
    beside = config.output_folder.parent / "tracking"
    store = open_store(config)
    assert store.uri == f"sqlite:///{beside / 'mlflow.db'}"
    assert store.artifacts == (beside / "artifacts").as_uri()
    assert (beside / "mlflow.db").read_bytes().startswith(b"SQLite format 3")


def test_nothing_is_left_beside_a_new_store(config):
    beside = config.output_folder.parent / "tracking"
    assert {path.name for path in beside.iterdir()} <= {"mlflow.db", "artifacts"}


@pytest.mark.parametrize(
    ("uri", "instead"),
    [
        ("file:///srv/runs", "sqlite:////srv/runs/mlflow.db"),
        ("file:./mlruns", "sqlite:///./mlruns/mlflow.db"),
        ("./mlruns", "sqlite:///./mlruns/mlflow.db"),
        ("/srv/runs/", "sqlite:////srv/runs/mlflow.db"),
    ],
)
def test_a_file_store_is_refused_and_the_database_suggested(uri, instead, tmp_path, monkeypatch):
    with pytest.raises(ConfigError) as caught:
        open_store(at(uri, tmp_path))
    assert str(caught.value).startswith("[tracking] uri is")
    assert f"Write {instead} instead." in str(caught.value)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    with pytest.raises(ConfigError, match=r"^MLFLOW_TRACKING_URI is"):
        open_store(at("", tmp_path))
    assert not list(tmp_path.iterdir())


def test_another_kind_of_address_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="ftp:// is not a store"):
        open_store(at("ftp://example.org/x", tmp_path))


def test_the_environment_is_honoured_and_the_file_wins_over_it(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://mlflow.example.org")
    assert open_store(at("", tmp_path)).uri == "https://mlflow.example.org"
    assert open_store(at("http://localhost:5000", tmp_path)).uri == "http://localhost:5000"


def test_a_server_decides_where_artifacts_go(tmp_path):
    assert open_store(at("https://mlflow.example.org", tmp_path)).artifacts is None


def test_a_database_server_that_does_not_answer_is_said_at_once_without_its_password(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "create_connection", refuse)
    uri = "postgresql+psycopg2://ann:s3cr:et@db.example.org/mlflow"
    with pytest.raises(ConfigError, match=r"no answer from .*ann:.*Connection refused") as caught:
        open_store(at(uri, tmp_path))
    assert "s3cr" not in str(caught.value)
    assert "et@" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://ann:pw@h/d", "postgresql://ann:***@h/d"),
        ("mysql+pymysql://ann:p@w@h/d and more", "mysql+pymysql://ann:***@h/d and more"),
        ("https://:tok@h", "https://:***@h"),
        ("https://h/?Password=pw&x=1", "https://h/?Password=***&x=1"),
        ("sqlite:////srv/mlflow.db", "sqlite:////srv/mlflow.db"),
        ("https://mlflow.example.org:5000/x", "https://mlflow.example.org:5000/x"),
    ],
)
def test_passwords_are_masked_and_nothing_else(text, shown):
    assert masked(text) == shown


def test_a_file_of_another_kind_is_not_touched(tmp_path):
    file = tmp_path / "mlflow.db"
    file.write_text("my notes, by no means a database")
    with pytest.raises(ConfigError, match="not a SQLite database"):
        open_store(at(f"sqlite:///{file}", tmp_path))
    assert file.read_text() == "my notes, by no means a database"


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"\[tracking\] uri: the record cannot be kept in"):
        open_store(at(f"sqlite:///{tmp_path}/file/mlflow.db", tmp_path))


def test_a_run_that_is_killed_leaves_no_half_made_store(tmp_path, monkeypatch):
    def killed(file, _artifacts):
        file.write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr("earlywarn.tracking.store._migrate", killed)
    with pytest.raises(KeyboardInterrupt):
        open_store(at("", tmp_path))
    assert not list((tmp_path / "out" / "tracking").iterdir())


def test_two_runs_that_start_together_share_the_store_of_the_quicker(tmp_path, monkeypatch):
    quicker = tmp_path / "out" / "tracking" / "mlflow.db"

    def slow(file, _artifacts):
        file.write_text("slower")
        quicker.write_text("quicker")

    monkeypatch.setattr("earlywarn.tracking.store._migrate", slow)
    open_store(at("", tmp_path))
    assert quicker.read_text() == "quicker"
    assert list(quicker.parent.iterdir()) == [quicker]


def test_a_share_without_links_gets_its_store_all_the_same(tmp_path, monkeypatch):
    def unlinkable(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", unlinkable)
    monkeypatch.setattr("earlywarn.tracking.store._migrate", lambda file, _: file.write_text("new"))
    open_store(at("", tmp_path))
    assert (tmp_path / "out" / "tracking" / "mlflow.db").read_text() == "new"


SILENT = """
import socket
def refuse(*address, **_): raise SystemExit(f"the network was asked for: {address}")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from earlywarn.config import Config
from earlywarn.tracking.run import tracked
with tracked("train", Config()) as recorder:
    recorder.log_metrics({"auc": 0.77})
    recorder.log_text("hello", "hello.txt")
import mlflow.telemetry.client
assert mlflow.telemetry.client.get_telemetry_client() is None
"""


def test_a_fresh_process_is_silent_and_stays_off_the_network(tmp_path):
    drop = {"PYTEST_CURRENT_TEST", "MLFLOW_TRACKING_URI", "CI"}
    environment = {key: value for key, value in os.environ.items() if key not in drop}
    environment |= {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    done = subprocess.run(  # noqa: S603  our own interpreter and text
        [sys.executable, "-c", SILENT],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert sorted(path.name for path in Path(tmp_path).iterdir()) == ["out"]
    assert sorted(path.name for path in (tmp_path / "out" / "tracking").iterdir()) == [
        "artifacts",
        "mlflow.db",
    ]
