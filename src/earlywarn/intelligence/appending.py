"""Add rows to the end of the log: numbered, dated and chained, within a transaction that holds the lock."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa

from earlywarn.errors import LogError, name_a_few
from earlywarn.intelligence.chain import GENESIS, chained
from earlywarn.intelligence.table import COLUMNS, LOG

__all__ = ["append_rows", "first_of_each", "last_versions", "refuse_gaps", "refuse_nobody", "there_already"]

ASKED_AT_ONCE = 500  # ids in one question; for more it is quicker to read them all
CLOCKS_DIFFER_BY = timedelta(days=1)  # and no more, between the machines that share a log


def refuse_nobody(by: str) -> None:
    """Refuse an empty name of who records an entry."""
    if not by.strip():
        message = (
            "Nobody is named as recording this. Give a pseudonym with --by, or in EARLYWARN_CONTRIBUTOR."
        )
        raise LogError(message)


def append_rows(
    connection: sa.Connection,
    columns: Mapping[str, list[Any]],
    *,
    chosen: npt.NDArray[np.bool_],
    by: str,
    moment: datetime,
) -> None:
    """Chain some rows to the end of the log, within a transaction that holds the lock."""
    refuse_nobody(by)
    if not chosen.any():
        return
    tail = sa.select(LOG.c.seq, LOG.c.hash, LOG.c.recorded_at).order_by(LOG.c.seq.desc()).limit(1)
    last = connection.execute(tail).one_or_none()
    seq, head, since = (last.seq, last.hash, last.recorded_at) if last else (0, GENESIS, "")
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


def last_versions(connection: sa.Connection, ids: list[str]) -> dict[str, tuple[int, str]]:
    """Return the last version of each id that the log has, and its day; of others too, if there are many."""
    wanted = list(dict.fromkeys(ids))
    asked = sa.select(LOG.c.entry_id, sa.func.max(LOG.c.version), sa.func.max(LOG.c.known_on)).group_by(
        LOG.c.entry_id
    )
    if len(wanted) <= ASKED_AT_ONCE:
        asked = asked.where(LOG.c.entry_id.in_(wanted))
    return {row[0]: (row[1], row[2]) for row in connection.execute(asked)}


def first_of_each(ids: list[str], taken: Mapping[str, object]) -> npt.NDArray[np.bool_]:
    """Say of each id whether it is neither taken nor there higher up."""
    series = pd.Series(ids, dtype=object)
    return (~series.isin(list(taken)) & ~series.duplicated()).to_numpy()


def there_already(versions: pd.DataFrame, last: Mapping[str, tuple[int, str]]) -> npt.NDArray[np.bool_]:
    """Say of each version whether the log has it already, or a row higher up is the same version."""
    have = versions["entry_id"].map({name: number for name, (number, _) in last.items()})
    repeated = versions.duplicated(["entry_id", "version"])
    return ((versions["version"] <= have.fillna(0)) | repeated).to_numpy()


def refuse_gaps(versions: pd.DataFrame, last: Mapping[str, tuple[int, str]]) -> None:
    """Refuse versions that do not follow the one before, in number and in time."""
    have = versions["entry_id"].map({name: number for name, (number, _) in last.items()}).fillna(0)
    since = pd.to_datetime(versions["entry_id"].map({name: day for name, (_, day) in last.items()}))
    groups = versions.groupby("entry_id", sort=False)
    gap = versions["version"] != have + groups.cumcount() + 1
    earlier = versions["known_on"] < groups["known_on"].shift().fillna(since)
    bad = versions.loc[gap | earlier, "entry_id"]
    if len(bad):
        message = (
            f"{len(bad):,} versions do not follow the one before: {name_a_few(bad.unique())}. Give each "
            "entry its versions 1, 2, 3, ... in that order, none known before the last. Nothing was logged."
        )
        raise LogError(message)


def _not_before(moment: datetime, since: str) -> str:
    """Return the moment of recording as text, never before that of the row before it."""
    now = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if now >= since:
        return now
    last = datetime.strptime(since, "%Y-%m-%dT%H:%M:%S.%f%z")
    if last - moment > CLOCKS_DIFFER_BY:
        message = (
            f"The clock says {now[:10]}, and the log has rows recorded on {since[:10]}. Set the clock; "
            "nothing was logged, because what was known when would not be certain any more."
        )
        raise LogError(message)
    return since
