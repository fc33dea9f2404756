"""Open the log's database, and write to it one process at a time.

A SQLite file serves one machine; keep it on a local disk, as file locks do not hold on network shares. A
PostgreSQL server serves many. Either way a write holds a lock from its first read to its commit, so that each
row follows the one before it in the chain, and a process that dies in between leaves no trace.
"""

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from earlywarn.errors import LogError, masked

__all__ = ["address_of", "engine_for", "file_of", "make_file", "reading", "writing"]

PATIENCE = 60  # seconds that a write waits for the others before it
REACHABLE_WITHIN = 5  # seconds in which a server has to answer
LOCK = 0x6561726C79  # of PostgreSQL's advisory locks; ours by custom
SQLITE_MAGIC = b"SQLite format 3\x00"
DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "sqlite": "sqlite+pysqlite"}


def address_of(place: str | Path) -> sa.URL:
    """Return the database address of a file or of a URL.

    Parameters
    ----------
    place : str or Path
        A file, ``sqlite:///FILE`` or ``postgresql://USER@HOST/NAME``.

    Raises
    ------
    LogError
        If it is a URL of another kind. No message holds a password.

    Examples
    --------
    >>> address_of("notes/log.db").database
    'notes/log.db'
    >>> address_of("mysql://ann:s3cret@host/log")
    Traceback (most recent call last):
    ...
    earlywarn.errors.LogError: The log 'mysql://ann:***@host/log' is of a kind that is not known. Name a file,
    or a server as postgresql://USER@HOST/NAME.
    """
    text = str(place)
    scheme, found, rest = text.partition("://")
    if not found:
        return sa.URL.create("sqlite+pysqlite", database=text)
    scheme = scheme.partition("+")[0]
    try:
        return make_url(f"{DRIVERS[scheme]}://{rest}")
    except (KeyError, sa.exc.ArgumentError, ValueError):
        message = (
            f"The log {masked(text)!r} is of a kind that is not known. Name a file, "
            "or a server as postgresql://USER@HOST/NAME."
        )
        raise LogError(message) from None


def file_of(address: sa.URL) -> Path | None:
    """Return the file of a SQLite address, None for a server."""
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


def engine_for(address: sa.URL) -> sa.Engine:
    """Return an engine whose connections wait, check and lock as a log needs them to.

    Raises
    ------
    LogError
        If the file is no SQLite database, or the driver for PostgreSQL is not installed.
    """
    file = file_of(address)
    if file is None:
        try:
            return sa.create_engine(
                address,
                connect_args={"connect_timeout": REACHABLE_WITHIN},
                pool_pre_ping=True,
                hide_parameters=True,
            )
        except ModuleNotFoundError:
            message = "PostgreSQL needs its driver. Install it with:  pip install 'earlywarn[postgres]'"
            raise LogError(message) from None
    if file.is_file() and file.stat().st_size:
        with file.open("rb") as opened:
            if opened.read(len(SQLITE_MAGIC)) != SQLITE_MAGIC:
                message = f"{file} is not a log: it is no SQLite database. Name another file with --log."
                raise LogError(message)
    engine = sa.create_engine(address, connect_args={"timeout": PATIENCE}, hide_parameters=True)
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")  # what was said to be logged outlives a power cut


def _begin(connection: sa.Connection) -> None:
    immediate = connection.get_execution_options().get("log_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextlib.contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open a transaction that sees one state of the log from beginning to end."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with _in_words(engine), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextlib.contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open a transaction that no other writer shares; it is undone if anything goes wrong in it."""
    with (
        _in_words(engine),
        engine.connect().execution_options(log_write=True) as connection,
        connection.begin(),
    ):
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        yield connection


@contextlib.contextmanager
def _in_words(engine: sa.Engine) -> Iterator[None]:
    """Turn what the database says into a sentence without a password."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        shown = masked(engine.url.render_as_string(hide_password=True))
        reason = masked(" ".join(str(error.orig).split()))
        message = f"The log {shown} cannot be used: {reason}."
        raise LogError(message) from None


def make_file(file: Path, fill: Callable[[sa.Engine], None]) -> None:
    """Make a new log file to the side and give it its name when it is whole.

    Parameters
    ----------
    file : Path
        Where it is to stand; another process that is quicker wins.
    fill : callable
        Given the engine of the new file, makes its tables.
    """
    side = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        engine = engine_for(address_of(side))
        try:
            with engine.connect() as connection:
                connection.connection.driver_connection.execute("PRAGMA journal_mode = WAL")  # type: ignore[union-attr]
            fill(engine)
        finally:
            engine.dispose()
        if file.exists() and not file.stat().st_size:
            file.unlink()
        try:
            os.link(side, file)
        except FileExistsError:
            return
        except OSError:  # a disk without links
            if not file.exists():
                side.replace(file)
    except OSError as error:
        message = f"The log {file} cannot be made: {error.strerror}. Name another place with --log."
        raise LogError(message) from None
    finally:
        for leftover in file.parent.glob(f"{side.name}*"):
            leftover.unlink()
