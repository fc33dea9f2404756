import os
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pandas as pd
import pytest
import sqlalchemy as sa

from earlywarn.intelligence.log import Log

ADDRESS = "EARLYWARN_TEST_POSTGRES"  # a server to test on: postgresql://..., whose user may make databases
MUST = "EARLYWARN_TEST_POSTGRES_REQUIRED"  # set where a server must be there, so that nothing is skipped


def programs():
    """The folder of PostgreSQL's own programs, or None."""
    told = shutil.which("pg_config")
    folders = [subprocess.check_output([told, "--bindir"], text=True).strip()] if told else []  # noqa: S603  found on the path
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in map(Path, folders) if (folder / "initdb").exists()), None)


def as_another(command):
    """PostgreSQL refuses to be run by root."""
    if os.name == "nt" or os.geteuid() != 0:
        return command
    users = [line.split(":")[0] for line in Path("/etc/passwd").read_text().splitlines()]
    return ["setpriv", "--reuid", "postgres" if "postgres" in users else "nobody", "--clear-groups", *command]


@pytest.fixture(scope="session")
def server():
    """The address of a PostgreSQL server without a database name, started for these tests."""
    if os.environ.get(ADDRESS):
        yield os.environ[ADDRESS]
        return
    folder = programs()
    if folder is None:
        reason = f"no PostgreSQL here: install Debian's postgresql, or name a server in {ADDRESS}"
        (pytest.fail if os.environ.get(MUST) else pytest.skip)(reason)
    home = Path(tempfile.mkdtemp(prefix="pg"))  # short: a socket's path has room for 107 characters
    home.chmod(0o777)
    data = home / "data"

    def run(*command):
        asked = as_another(list(map(str, command)))
        done = subprocess.run(asked, capture_output=True, text=True, check=False, cwd="/")  # noqa: S603  PostgreSQL's
        assert done.returncode == 0, done.stdout + done.stderr

    try:
        run(folder / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {home} -c listen_addresses='' -c max_connections=50 -c fsync=off"
        run(folder / "pg_ctl", "-D", data, "-w", "-l", home / "log", "-o", options, "start")
        yield f"postgresql://postgres@/postgres?host={home}"
    finally:
        if (data / "postmaster.pid").exists():
            run(folder / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)


def fresh_postgres(server, *, like="template1"):
    """Make a database on a server, a copy of another, and return its address."""
    name = f"log_{uuid4().hex}"
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {like}"))
    engine.dispose()
    return url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory):
    """A log without entries, to copy: making one takes longer than most tests."""
    file = tmp_path_factory.mktemp("empty") / "log.db"
    Log.open(file).close()
    return file


@pytest.fixture(scope="session")
def empty_database(server):
    address = fresh_postgres(server)
    Log.open(address).close()
    return sa.make_url(address).database


@pytest.fixture(params=["sqlite", "postgresql"])
def nowhere(request, tmp_path):
    """Where a new log can be made, in each of the two databases."""
    if request.param == "sqlite":
        return str(tmp_path / "log.db")
    return fresh_postgres(request.getfixturevalue("server"))


@pytest.fixture(params=["sqlite", "postgresql"], scope="session")
def new_place(request, tmp_path_factory):
    """Make logs without entries, in each of the two databases."""
    if request.param == "sqlite":
        empty = request.getfixturevalue("empty_file")
        return lambda: str(shutil.copy(empty, tmp_path_factory.mktemp("log") / "log.db"))
    server, empty = request.getfixturevalue("server"), request.getfixturevalue("empty_database")
    return lambda: fresh_postgres(server, like=empty)


@pytest.fixture
def place(new_place):
    """Where a log without entries is, in each of the two databases."""
    return new_place()


class Clock:
    """A clock that stands until it is told to move."""

    def __init__(self, day="2024-05-02"):
        self.set(day)

    def set(self, day):
        self.now = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)

    def on(self, days=1):
        self.now += timedelta(days=days)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="session")
def new_clock():
    return Clock


@pytest.fixture
def log(place, clock):
    with Log.open(place, clock=clock) as opened:
        yield opened


def entry(**cells):
    """An entry that can be logged, with some cells of its own."""
    usual = {
        "area_code": "E1",
        "kind": "savings",
        "occurred_on": "2024-05-01",
        "strength": 3,
        "confidence": "medium",
        "source_type": "peer",
        "contributor": "C001",
        "tier": "sector",
    }
    return usual | cells


def many(count, **cells):
    """Entries that differ in their notes."""
    frame = pd.DataFrame([entry(**cells)] * count)
    return frame.assign(note=[f"note {number}" for number in range(count)])


def engine_of(place):
    """A plain engine, for somebody who goes round the log."""
    if "://" not in place:
        return sa.create_engine(f"sqlite:///{place}")
    return sa.create_engine(place.replace("postgresql://", "postgresql+psycopg://"))


@pytest.fixture
def tamper(place):
    """Run statements on the database as somebody who owns it: without the guard."""

    def run(*statements):
        engine = engine_of(place)
        with engine.begin() as connection:
            if "://" in place:
                connection.execute(sa.text("DROP TRIGGER IF EXISTS append_only ON log"))
            else:
                for change in ("update", "delete"):
                    connection.execute(sa.text(f"DROP TRIGGER IF EXISTS no_{change}"))
            for statement in statements:
                connection.execute(sa.text(statement))
        engine.dispose()

    return run


@pytest.fixture
def engine(place):
    plain = engine_of(place)
    yield plain
    plain.dispose()


@pytest.fixture(name="entry", scope="session")
def entry_fixture():
    return entry


@pytest.fixture(name="many", scope="session")
def many_fixture():
    return many
