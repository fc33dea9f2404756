import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from earlywarn.errors import LogError
from earlywarn.intelligence import migrate
from earlywarn.intelligence.chain import GENESIS, chained
from earlywarn.intelligence.database import address_of, engine_for
from earlywarn.intelligence.log import Log
from earlywarn.intelligence.migrate import FORM, form_of, upgrade
from earlywarn.intelligence.table import LOG, METADATA


def test_the_form_is_that_of_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", "earlywarn.intelligence:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [FORM]


def test_the_migrations_make_the_table_that_we_use(log, engine):
    assert log.entries().empty
    made = sa.inspect(engine)
    assert set(made.get_table_names()) == {*METADATA.tables, "alembic_version"}
    columns = {column["name"]: column["nullable"] for column in made.get_columns("log")}
    assert columns == {column.name: column.nullable for column in LOG.columns}
    assert made.get_pk_constraint("log")["constrained_columns"] == ["seq"]
    assert [key["column_names"] for key in made.get_unique_constraints("log")] == [["entry_id", "version"]]


@pytest.fixture
def older(nowhere, entry):
    """A log of the first form with one entry."""
    engine = engine_for(address_of(nowhere))
    upgrade(engine, to="0001")
    row = entry() | {
        "seq": 1,
        "action": "add",
        "entry_id": "a" * 16,
        "version": 1,
        "known_on": "2024-05-02",
        "retracted": False,
        "recorded_at": "2024-05-02T12:00:00.000000Z",
        "recorded_by": "C001",
    } | dict.fromkeys(("role", "detail", "note", "link", "reason"), "")  # fmt: skip
    with engine.begin() as connection:
        connection.execute(sa.insert(LOG), list(chained([row], after=GENESIS)))
    assert form_of(engine) == "0001"
    engine.dispose()
    return nowhere


def test_an_older_log_is_brought_up_with_a_note_and_keeps_its_entries(older, entry, clock):
    with pytest.warns(UserWarning, match="was of form 0001 and was brought to form 0003"):
        log = Log.open(older, create=False)
    with log:
        assert log.entries()["entry_id"].tolist() == ["a" * 16]
        assert log.audit().whole
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), log._engine.begin() as connection:  # noqa: SLF001
            connection.execute(sa.text("DELETE FROM log"))
        log.clock = clock
        log.add(entry(note="x"), by="C001")  # it has a secret now
        assert log.audit().verified == 2
    Log.open(older, create=False).close()  # and no second note


def test_an_upgrade_that_fails_leaves_the_log_as_it_was(older, monkeypatch):
    monkeypatch.setattr(migrate, "check_form", lambda _: None)
    engine = engine_for(address_of(older))
    with engine.begin() as connection:  # something in the way of the second migration
        if "://" in older:
            connection.execute(sa.text("CREATE TRIGGER append_only BEFORE DELETE ON log FOR EACH STATEMENT "
                                       "EXECUTE FUNCTION suppress_redundant_updates_trigger()"))  # fmt: skip
        else:
            connection.execute(sa.text("CREATE TRIGGER no_delete BEFORE DELETE ON log BEGIN SELECT 1; END"))
    with pytest.raises(LogError, match="already exists"):
        upgrade(engine)
    assert form_of(engine) == "0001"
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    names = "SELECT DISTINCT trigger_name FROM information_schema.triggers" if "://" in older else names
    with engine.begin() as connection:
        assert connection.execute(sa.text(names)).scalars().all() == (
            ["append_only"] if "://" in older else ["no_delete"]
        )
    engine.dispose()


def test_a_newer_log_is_refused_and_left_alone(place, engine):
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(LogError, match="form 0999, and this earlywarn knows forms up to 0003"):
        Log.open(place)
    with engine.begin() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == "0999"
