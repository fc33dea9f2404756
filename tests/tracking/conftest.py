import socket

import pytest

from earlywarn.config import Config
from earlywarn.tracking.store import open_store


@pytest.fixture(autouse=True)
def _no_network_and_no_environment(monkeypatch):
    def refuse(*address, **_):
        message = f"the network was asked for: {address}"
        raise AssertionError(message)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


@pytest.fixture(scope="session")
def config(tmp_path_factory):
    """A configuration whose store is made once: the migrations take a second or two."""
    folder = tmp_path_factory.mktemp("a place #1 with 100% ü")
    config = Config(output={"folder": str(folder / "out" / "{name}-{as_of}")})
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        open_store(config)
    return config


@pytest.fixture
def client(config):
    import mlflow  # noqa: PLC0415  late, as the package itself imports it

    uri = open_store(config).uri
    return mlflow.MlflowClient(uri, registry_uri=uri)
