"""Add rows to the end of the log: numbered, dated and chained, within a transaction that holds the lock."""

import warnings
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa

from earlywarn.errors import LogError, name_a_few
from earlywarn.intelligence.chain import GENESIS, chained
from earlywarn.intelligence.table import COLUMNS, LOG

__all__ = ["Last", "append_rows", "first_of_each", "last_versions", "refuse_gaps", "there_already"]

ASKED_AT_ONCE = 500  # ids in one question; for more it is quicker to read them all
CLOCKS_DIFFER_BY = timedelta(days=1)  # and no more, between the machines that share a log
LONG_SILENCE = timedelta(days=31)  # after which it may be the clock that moved
STAMP = "%Y-%m-%dT%H:%M:%S.%f"


class Last(NamedTuple):
    """What the log has of an entry: its last version, the day that became known, and whether it withdraws."""

    version: int
    known_on: str
    withdrawn: bool


def append_rows(
    connection: sa.Connection,
    columns: Mapping[str, list[Any]],
    *,
    chosen: npt.NDArray[np.bool_],
    by: str,
    moment: datetime,
) -> None:
    """Chain some rows to the end of the log, within a transaction that holds the lock."""
    if not chosen.any():
        return
    tail = sa.select(LOG.c.seq, LOG.c.hash, LOG.c.recorded_at).order_by(LOG.c.seq.desc()).limit(1)
    last = connection.execute(tail).one_or_none()
    seq, head, since = (last.seq, last.hash, last.recorded_at) if last else (0, GENESIS, "")
    _refuse_ahead(connection, moment, since)
    recorded_at = _not_before(moment, since)
    columns = dict(columns)
    columns.setdefault("known_on", [recorded_at[:10]] * len(chosen))
    names = list(columns)
    same = {"recorded_at": recorded_at, "recorded_by": by}
    picked = (row for row, wanted in zip(zip(*columns.values(), strict=True), chosen, strict=True) if wanted)
    rows = (
        dict(zip(names, row, strict=True)) | same | {"seq": seq + place}
        for place, row in enumerate(picked, start=1)
    )
    _insert(connection, [tuple(row[name] for name in COLUMNS) for row in chained(rows, after=head)])


def _insert(connection: sa.Connection, rows: list[tuple[Any, ...]]) -> None:
    """Hand rows to the driver as they are, all values bound: SQLAlchemy's own way takes twice as long."""
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    marks = ", ".join([mark] * len(COLUMNS))
    connection.exec_driver_sql(f"INSERT INTO log ({', '.join(COLUMNS)}) VALUES ({marks})", rows)  # noqa: S608  our names


def last_versions(connection: sa.Connection, ids: list[str]) -> dict[str, Last]:
    """Return what the log has of each id; of others too, if there are many."""
    wanted = list(dict.fromkeys(ids))
    asked = sa.select(
        LOG.c.entry_id,
        sa.func.max(LOG.c.version),
        sa.func.max(LOG.c.known_on),
        sa.func.max(sa.cast(LOG.c.retracted, sa.Integer)),
    ).group_by(LOG.c.entry_id)
    if len(wanted) <= ASKED_AT_ONCE:
        asked = asked.where(LOG.c.entry_id.in_(wanted))
    return {row[0]: Last(row[1], row[2], bool(row[3])) for row in connection.execute(asked)}


def first_of_each(ids: list[str], taken: Mapping[str, object]) -> npt.NDArray[np.bool_]:
    """Say of each id whether it is neither taken nor there higher up."""
    series = pd.Series(ids, dtype=object)
    return (~series.isin(list(taken)) & ~series.duplicated()).to_numpy()


def there_already(versions: pd.DataFrame, last: Mapping[str, Last]) -> npt.NDArray[np.bool_]:
    """Say of each version whether the log has it already, or a row higher up is the same version."""
    have = versions["entry_id"].map({name: had.version for name, had in last.items()})
    repeated = versions.duplicated(["entry_id", "version"])
    return ((versions["version"] <= have.fillna(0)) | repeated).to_numpy()


def refuse_gaps(versions: pd.DataFrame, last: Mapping[str, Last]) -> None:
    """Refuse versions that do not follow the one before, in number and in time, or follow a withdrawal."""
    names = versions["entry_id"]
    have = names.map({name: had.version for name, had in last.items()}).fillna(0)
    since = pd.to_datetime(names.map({name: had.known_on for name, had in last.items()}))
    groups = versions.groupby("entry_id", sort=False)
    gap = versions["version"] != have + groups.cumcount() + 1
    earlier = versions["known_on"] < groups["known_on"].shift().fillna(since)
    gone = groups["retracted"].cumsum() > versions["retracted"]
    gone |= names.isin([name for name, had in last.items() if had.withdrawn])
    if gone.any():
        message = (
            f"{gone.sum():,} versions follow the withdrawal of their entry: "
            f"{name_a_few(names[gone].unique())}. Leave them out, or log them as new "
            "entries without entry_id. Nothing was logged."
        )
        raise LogError(message)
    bad = names[gap | earlier]
    if len(bad):
        message = (
            f"{len(bad):,} versions do not follow the one before: {name_a_few(bad.unique())}. Give each "
            "entry its versions 1, 2, 3, ... in that order, none known before the last. Nothing was logged."
        )
        raise LogError(message)


def _refuse_ahead(connection: sa.Connection, moment: datetime, since: str) -> None:
    """Refuse a clock that is far ahead, as no row can be written after it until time has caught up.

    A server's clock can be asked. A file has none: there a long silence is pointed out.
    """
    if connection.dialect.name == "postgresql":
        server = connection.execute(sa.select(sa.func.now())).scalar_one()
        if moment - server > CLOCKS_DIFFER_BY:
            message = (
                f"The clock says {moment:%Y-%m-%d}, and that of the database server {server:%Y-%m-%d}. "
                "Set the clock that is wrong. Nothing was logged."
            )
            raise LogError(message)
    elif since and moment - _moment(since) > LONG_SILENCE:
        warnings.warn(
            f"The clock says {moment:%Y-%m-%d}, and the last row of the log is of {since[:10]}. If the clock "
            "is ahead, set it and go back to a copy of the log: no earlier day can be recorded "
            "after this one.",
            stacklevel=3,
        )


def _not_before(moment: datetime, since: str) -> str:
    """Return the moment of recording as text, never before that of the row before it."""
    now = moment.astimezone(UTC).strftime(f"{STAMP}Z")
    if now >= since:
        return now
    if _moment(since) - moment > CLOCKS_DIFFER_BY:
        message = (
            f"The clock says {now[:10]}, and the log has rows recorded on {since[:10]}. Set the clock; "
            "nothing was logged, because what was known when would not be certain any more. If the clock is "
            "right, a row was recorded with one that was ahead. Go on in a new log then: run `earlywarn "
            "intel export all.csv --audience restricted`, correct known_on in the rows that lie ahead, run "
            "`earlywarn intel import all.csv --historic --log NEW`, and keep this log."
        )
        raise LogError(message)
    return since


def _moment(text: str) -> datetime:
    return datetime.strptime(text, f"{STAMP}%z")
