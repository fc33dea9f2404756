"""Where MLflow keeps its record, and how to open it quickly, quietly and without the network.

The default is a SQLite file in a folder ``tracking`` beside the run folder, with the artifacts next to
it; never ``./mlruns``. A new SQLite store is built under another name and moved into place when it is
whole: a run that is killed leaves no half-made store, and the some 70 migrations that MLflow replays
need not wait for the disk one by one.
"""

import contextlib
import importlib
import logging
import os
import secrets
import socket
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote, urlsplit

from earlywarn.config import Config
from earlywarn.errors import ConfigError, masked

__all__ = ["Store", "masked", "mlflow_quietly", "open_store", "quietly"]

ENVIRONMENT = {  # set before MLflow is imported, unless the user has set them
    "DO_NOT_TRACK": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",  # its usage reports go to the network
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",  # by default it tries an absent server for minutes
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}
CHATTY = ("mlflow", "alembic", "sqlalchemy", "urllib3")
SERVERS = ("http", "https")
DATABASES = ("sqlite", "postgresql", "mysql")
REACHABLE_WITHIN = 5.0  # seconds in which a database server has to answer
SQLITE_MAGIC = b"SQLite format 3\x00"


@dataclass(frozen=True)
class Store:
    """An address that MLflow can be given, and where new artifacts go.

    Parameters
    ----------
    uri : str
        Address of the store; it may hold a password, so show only ``masked(uri)``.
    artifacts : str or None
        Address of the folder for artifacts; None where a server decides.
    """

    uri: str
    artifacts: str | None


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keep MLflow and the libraries under it from writing to the user's terminal."""
    loggers = [logging.getLogger(name) for name in CHATTY]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for logger in loggers:
                logger.setLevel(logging.CRITICAL + 1)
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)


def mlflow_quietly() -> ModuleType:
    """Import MLflow without its messages, its progress bars and its usage reports."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    with quietly():
        return importlib.import_module("mlflow")  # a second of imports that only tracking should cost


def open_store(config: Config) -> Store:
    """Find the store that the configuration or the environment names, and make it if it is not there.

    ``tracking.uri`` comes first, then ``MLFLOW_TRACKING_URI``, then the SQLite file.

    Raises
    ------
    ConfigError
        If the address is a folder (MLflow's file store, which we do not use), is of an unknown kind,
        or cannot be opened. No message holds a password.
    """
    asked, key = config.tracking.uri.strip(), "[tracking] uri"
    if not asked:
        asked, key = os.environ.get("MLFLOW_TRACKING_URI", "").strip(), "MLFLOW_TRACKING_URI"
    beside = config.output_folder.parent / "tracking"
    uri = asked or f"sqlite:///{beside / 'mlflow.db'}"
    scheme = urlsplit(uri).scheme.partition("+")[0] if "://" in uri or uri.startswith("file:") else ""
    if scheme in SERVERS:
        return Store(uri, artifacts=None)
    if scheme not in DATABASES:
        raise ConfigError(_unfit(uri, scheme, key))
    if scheme != "sqlite":
        _reach(uri, scheme, key)
        return Store(uri, artifacts=(beside / "artifacts").as_uri())
    file = Path(uri.removeprefix("sqlite:///").partition("?")[0]).absolute()
    artifacts = (file.parent / "artifacts").as_uri()
    _make_sqlite(file, artifacts, key if asked else "[output] folder")
    return Store(uri, artifacts)


def _unfit(uri: str, scheme: str, key: str) -> str:
    if scheme in {"", "file"}:
        folder = unquote(urlsplit(uri).path) if scheme else uri
        return (
            f"{key} is {masked(uri)!r}, a folder, but earlywarn keeps its record in a database. "
            f"Write sqlite:///{folder.rstrip('/')}/mlflow.db instead."
        )
    return (
        f"{key} is {masked(uri)!r}, and {scheme}:// is not a store that earlywarn knows. "
        "Write sqlite:///FILE, postgresql://..., mysql://... or https://..."
    )


def _reach(uri: str, scheme: str, key: str) -> None:
    """Knock once, since MLflow would try for minutes."""
    host = urlsplit(uri).hostname
    port = urlsplit(uri).port or {"postgresql": 5432, "mysql": 3306}[scheme]
    try:
        if host:
            socket.create_connection((host, port), timeout=REACHABLE_WITHIN).close()
    except OSError as error:
        reason = error.strerror or str(error)
        message = (
            f"{key}: no answer from {masked(uri)} ({reason}). Start the database, or leave the key empty."
        )
        raise ConfigError(message) from None


def _make_sqlite(file: Path, artifacts: str, key: str) -> None:
    """Build a new store to the side and move it into place, unless there is one."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists() and file.stat().st_size:
            with file.open("rb") as opened:
                ours = opened.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC
            if not ours:
                message = f"{key}: {file} is not a SQLite database. Move it away, or name another file."
                raise ConfigError(message)
            return
        side = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
        try:
            _migrate(side, artifacts)
            _settle(side, file)
        finally:
            for leftover in file.parent.glob(f"{side.name}*"):
                leftover.unlink()
    except OSError as error:
        message = f"{key}: the record cannot be kept in {file.parent}: {error.strerror}. Name another place."
        raise ConfigError(message) from None


def _migrate(file: Path, artifacts: str) -> None:
    """Let MLflow create its tables in a file that nobody else sees yet."""
    mlflow_quietly()
    with quietly():
        import sqlalchemy  # noqa: PLC0415  see mlflow_quietly
        from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore  # noqa: PLC0415

        def unsynced(connection: object, _record: object) -> None:
            connection.execute("PRAGMA synchronous = OFF")  # type: ignore[attr-defined]
            connection.execute("PRAGMA journal_mode = MEMORY")  # type: ignore[attr-defined]

        sqlalchemy.event.listen(sqlalchemy.engine.Engine, "connect", unsynced)
        try:
            SqlAlchemyStore(f"sqlite:///{file}", artifacts).engine.dispose()
        finally:
            sqlalchemy.event.remove(sqlalchemy.engine.Engine, "connect", unsynced)
    with file.open("rb") as written:
        os.fsync(written.fileno())


def _settle(side: Path, file: Path) -> None:
    """Give the finished store its name, unless another process was quicker."""
    if file.exists() and not file.stat().st_size:
        file.unlink()
    try:
        os.link(side, file)
    except FileExistsError:
        return
    except OSError:  # a file share without links
        if not file.exists():
            side.replace(file)
