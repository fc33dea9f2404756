"""Bring a log of an earlier form to today's, and refuse one that is newer than this earlywarn."""

import warnings
from importlib.resources import files

import sqlalchemy as sa

from earlywarn.errors import LogError
from earlywarn.intelligence.database import reading, writing

__all__ = ["FORM", "check_form", "form_of", "upgrade"]

FORM = "0003"  # of the logs that this earlywarn writes; a test holds it against the migrations
VERSION_TABLE = "alembic_version"


def form_of(engine: sa.Engine) -> str | None:
    """Return the form of a log, None where the database holds none yet.

    Raises
    ------
    LogError
        If the database cannot be reached or read.
    """
    with reading(engine) as connection:
        return _form(connection)


def _form(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608  a constant


def upgrade(engine: sa.Engine, *, to: str = FORM) -> None:
    """Make the log, or bring it to a form, in one transaction.

    Parameters
    ----------
    engine : Engine
        See ``database.engine_for``.
    to : str
        The form; only tests ask for one that is not the newest.

    Raises
    ------
    LogError
        If it was written by a newer earlywarn.

    Warns
    -----
    UserWarning
        If a log that was there already was brought up.
    """
    from alembic import command  # noqa: PLC0415  a fifth of a second, and few commands need it
    from alembic.config import Config  # noqa: PLC0415

    with writing(engine) as connection:
        before = _form(connection)
        if before == to:
            return  # another process was quicker
        check_form(before)
        config = Config()
        config.set_main_option(
            "script_location", str(files("earlywarn.intelligence") / "migrations").replace("%", "%%")
        )
        config.attributes["connection"] = connection
        command.upgrade(config, to)
    if before is not None:
        warnings.warn(
            f"The log was of form {before} and was brought to form {to}. No entry changed.", stacklevel=2
        )


def check_form(form: str | None) -> None:
    """Refuse a form that is newer than ours.

    Examples
    --------
    >>> check_form("0999")
    Traceback (most recent call last):
    ...
    earlywarn.errors.LogError: The log is of form 0999, and this earlywarn knows forms up to ...: it was
    written by a newer one. Install the newest earlywarn; the log was left as it is.
    """
    if form is not None and form > FORM:
        message = (
            f"The log is of form {form}, and this earlywarn knows forms up to {FORM}: it was written by "
            "a newer one. Install the newest earlywarn; the log was left as it is."
        )
        raise LogError(message)
