"""The log itself: add, correct, withdraw, and replay what was known at any date."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa

from earlywarn.errors import LogError, name_a_few
from earlywarn.intelligence.appending import (
    Last,
    append_rows,
    first_of_each,
    last_versions,
    refuse_gaps,
    there_already,
)
from earlywarn.intelligence.audience import AUDIENCES
from earlywarn.intelligence.audit import Audit, audited
from earlywarn.intelligence.checks import OF_WITHDRAWN, check, check_signature
from earlywarn.intelligence.database import address_of, engine_for, file_of, make_file, reading, writing
from earlywarn.intelligence.entries import CANONICAL, WRITTEN, Rows, as_entries, content, entry_ids, in_force
from earlywarn.intelligence.kinds import Kind, read_kinds
from earlywarn.intelligence.migrate import FORM, check_form, form_of, upgrade
from earlywarn.intelligence.table import COLUMNS, LOG, SECRET
from earlywarn.schema import TABLES, TIERS

__all__ = ["Added", "Log", "no_such_entry", "utc_now"]

ROWS_AT_ONCE = 10_000  # held in memory by an audit
LEAST_PREFIX = 4  # digits of an id that are enough to name it, if no other begins so
LEAST_HEAD = 16  # digits of a head that are enough to ask for it
TABLE = TABLES["concerns"]


def utc_now() -> datetime:
    """Return the time of day in UTC."""
    return datetime.now(UTC)


@dataclasses.dataclass(frozen=True)
class Added:
    """What became of entries that were handed in.

    Parameters
    ----------
    entry_ids : tuple of str
        The id of each, in the order handed in.
    new : tuple of bool
        Whether it was added; False where the log, or an earlier row, has the same entry already.
    withdrawn : tuple of bool
        Whether the log has it already, withdrawn: it was not logged again.
    """

    entry_ids: tuple[str, ...]
    new: tuple[bool, ...]
    withdrawn: tuple[bool, ...]

    @property
    def count(self) -> int:
        """How many were added."""
        return sum(self.new)


class Log:
    """An append-only log of entries.

    Make one with `Log.open`. Any number of processes may use one log at the same time.

    Examples
    --------
    >>> import tempfile
    >>> home = tempfile.TemporaryDirectory()
    >>> noon = datetime(2024, 5, 2, 12, tzinfo=UTC)
    >>> with Log.open(Path(home.name) / "log.db", clock=lambda: noon) as log:
    ...     added = log.add({"area_code": "E1", "kind": "savings", "occurred_on": "2024-05-01", "strength": 3,
    ...                      "confidence": "medium", "tier": "sector", "contributor": "C001"}, by="C001")
    ...     known_then = log.in_force("2024-05-02")
    ...     known_next_day = log.in_force("2024-05-03")
    >>> len(known_then), len(known_next_day)
    (0, 1)
    >>> home.cleanup()
    """

    def __init__(self, engine: sa.Engine, kinds: Mapping[str, Kind], clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self.kinds = kinds
        self.clock = clock

    @classmethod
    def open(
        cls,
        place: str | Path,
        *,
        kinds: Mapping[str, Kind] | None = None,
        create: bool = True,
        clock: Callable[[], datetime] = utc_now,
    ) -> Self:
        """Open a log, and make it where there is none.

        Parameters
        ----------
        place : str or Path
            A file, or the address of a PostgreSQL database: ``postgresql://USER@HOST/NAME``.
        kinds : mapping of str to Kind, optional
            Those that can be logged; the packaged ones by default.
        create : bool
            Whether to make a log that is not there; an older one is brought up in any case.
        clock : callable
            Gives the time of recording, in UTC.

        Raises
        ------
        LogError
            If there is no log and none may be made; if it cannot be reached, is no log of ours, or was
            written by a newer earlywarn.

        Warns
        -----
        UserWarning
            If an older log was brought to today's form.
        """
        address = address_of(place)
        file = file_of(address)
        if file is not None and not (file.is_file() and file.stat().st_size):
            if not create or file.is_dir():
                what = "is a folder" if file.is_dir() else "is not there"
                message = f"The log {file} {what}. Name it with --log, or add a first entry to make it."
                raise LogError(message)
            make_file(file, upgrade)
        engine = engine_for(address)
        try:
            _bring_up(engine, create=create)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, read_kinds() if kinds is None else kinds, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @cached_property
    def _secret(self) -> bytes:
        with reading(self._engine) as connection:
            return bytes(connection.execute(sa.select(SECRET.c.key)).scalar_one())

    def add(self, entries: Rows, *, by: str) -> Added:
        """Log entries, all or none; one that is there already, to the letter, is not logged twice.

        Parameters
        ----------
        entries : DataFrame, mapping or sequence of mappings
            See ``entries.as_entries``; an empty ``contributor`` is filled with ``by``.
        by : str
            Pseudonym of who records them.

        Raises
        ------
        DataError
            If any entry cannot be logged; every fault is named and nothing is written.
        LogError
            If the log cannot be written, or the clock is far behind it.
        """
        check_signature(by=by)
        typed = as_entries(entries)
        typed["contributor"] = typed["contributor"].where(typed["contributor"] != "", by)
        moment = self.clock()
        today = pd.Timestamp(moment.date())
        check(typed, self.kinds, known_on=today)
        ids = entry_ids(typed, key=self._secret)
        with writing(self._engine) as connection:
            taken = last_versions(connection, ids)
            new = first_of_each(ids, taken)
            rows = content(typed) | {
                "entry_id": ids,
                "version": [1] * len(ids),
                "retracted": [False] * len(ids),
                "action": ["add"] * len(ids),
                "reason": [""] * len(ids),
            }
            append_rows(connection, rows, chosen=new, by=by, moment=moment)
        return Added(tuple(ids), tuple(new.tolist()), tuple(_withdrawn(ids, taken).tolist()))

    def load(self, versions: pd.DataFrame, *, by: str, reason: str = "historic load") -> Added:
        """Log what was recorded elsewhere, each version with the ``known_on`` that it had there.

        This is the one way to log an earlier ``known_on`` than today's. The moment of the load is kept in
        ``recorded_at``, and ``audit`` counts such rows: what the log says was known before its own first day
        rests on the word of whoever loaded it. A replay at an earlier date shows these rows from then on.

        Parameters
        ----------
        versions : DataFrame
            Columns of ``concerns``; ``known_on`` must be filled. Where ``entry_id`` is empty or missing, the
            row is a new entry. Versions of one entry follow each other from 1, in rows and in time, and
            none follows its withdrawal; those that the log has already are left out.
        by : str
            Pseudonym of who loads them.
        reason : str
            Kept with every row.

        Raises
        ------
        DataError
            If any row cannot be logged.
        LogError
            If versions are missing, out of order or follow a withdrawal, or ``known_on`` is empty or lies
            ahead.
        """
        check_signature(by=by, reason=reason)
        typed = as_entries(versions, columns=CANONICAL)
        moment = self.clock()
        today = pd.Timestamp(moment.date())
        when = typed["known_on"]
        if (when.isna() | (when > today)).any():
            message = "A historic load needs known_on in every row, and none after today. Nothing was logged."
            raise LogError(message)
        typed["contributor"] = typed["contributor"].where(typed["contributor"] != "", by)
        typed["version"] = typed["version"].fillna(1)
        withdrawn = typed["retracted"].to_numpy(dtype=bool)
        check(typed[list(WRITTEN)], self.kinds, known_on=when, withdrawn=withdrawn)
        typed = _bare(typed, withdrawn)
        named = typed["entry_id"] != ""
        typed["entry_id"] = typed["entry_id"].where(
            named, pd.Series(entry_ids(typed, key=self._secret), dtype=object)
        )
        ids = typed["entry_id"].tolist()
        with writing(self._engine) as connection:
            last = last_versions(connection, ids)
            new = ~there_already(typed, last)
            refuse_gaps(typed[new], last)
            action = np.where(
                typed["retracted"], "retract", np.where(typed["version"] == 1, "add", "supersede")
            )
            rows = content(typed) | {"action": action.tolist(), "reason": [reason] * len(ids)}
            append_rows(connection, rows, chosen=new, by=by, moment=moment)
        gone = _withdrawn(ids, last) & ~named.to_numpy()  # a version with a name is there, not withdrawn
        return Added(tuple(ids), tuple(new.tolist()), tuple(gone.tolist()))

    def supersede(self, entry_id: str, changes: Mapping[str, Any], *, by: str, reason: str) -> int:
        """Correct an entry: log a new version of it.

        Parameters
        ----------
        entry_id : str
            Its id, or the first digits of it.
        changes : mapping
            The columns that change, with their new values.
        by, reason : str
            Who corrects it, by pseudonym, and why.

        Returns
        -------
        int
            The number of the new version.

        Raises
        ------
        LogError
            If there is no such entry, it was withdrawn, or nothing would change.
        DataError
            If the corrected entry could not be logged.
        """
        unknown = [name for name in changes if name not in WRITTEN]
        if unknown:
            message = f"{name_a_few(unknown)} cannot be corrected. What can: {', '.join(WRITTEN)}."
            raise LogError(message)
        return self._next(entry_id, changes, by=by, reason=reason, retract=False)

    def retract(self, entry_id: str, *, by: str, reason: str) -> int:
        """Withdraw an entry: log a version that says so, without the words and numbers of the entry.

        What was known before remains known then; see `withheld` for who may still read it.

        Parameters, errors and the return value are those of `supersede`.
        """
        return self._next(entry_id, {}, by=by, reason=reason, retract=True)

    def _next(self, entry_id: str, changes: Mapping[str, Any], *, by: str, reason: str, retract: bool) -> int:
        check_signature(by=by, reason=reason)
        moment = self.clock()
        with writing(self._engine) as connection:
            last = self._last_version(connection, entry_id)
            if last["retracted"]:
                message = (
                    f"The entry {last['entry_id']} was withdrawn already. Log it anew with a note of its own."
                )
                raise LogError(message)
            before = as_entries(last)
            after = as_entries({**last, **changes})
            if retract:
                after = _bare(after, np.array([True]))
            else:
                if after.equals(before):
                    message = f"Nothing would change in the entry {last['entry_id']}. Nothing was logged."
                    raise LogError(message)
                check(after, self.kinds, known_on=pd.Timestamp(moment.date()))
            version = last["version"] + 1
            rows = content(after) | {
                "entry_id": [last["entry_id"]],
                "version": [version],
                "retracted": [retract],
                "action": ["retract" if retract else "supersede"],
                "reason": [reason],
            }
            append_rows(connection, rows, chosen=np.array([True]), by=by, moment=moment)
        return int(version)

    def _last_version(
        self, connection: sa.Connection, entry_id: str, *, audience: str = "restricted"
    ) -> dict[str, Any]:
        """Return the last version of the one entry whose id begins so, of those that an audience may see."""
        found: list[str] = []
        if len(entry_id) >= LEAST_PREFIX:
            begins = LOG.c.entry_id.startswith(entry_id, autoescape=True)
            asked = sa.select(LOG.c.entry_id).where(begins).distinct().order_by(LOG.c.entry_id).limit(2)
            above = TIERS[TIERS.index(AUDIENCES[audience]) + 1 :]
            if above:
                hidden = sa.select(LOG.c.entry_id).where(begins, LOG.c.tier.in_(above))
                asked = asked.where(LOG.c.entry_id.not_in(hidden))
            ids = connection.execute(asked).scalars().all()
            found = [entry_id] if entry_id in ids else list(ids)
        if len(found) != 1:
            raise no_such_entry(entry_id, several=bool(found))
        asked_row = sa.select(LOG).where(LOG.c.entry_id == found[0]).order_by(LOG.c.version.desc()).limit(1)
        return dict(connection.execute(asked_row).mappings().one())

    def entries(self, as_of: str | pd.Timestamp | None = None) -> pd.DataFrame:
        """Return every version that was known at an as-of date, in the columns of the table ``concerns``.

        Parameters
        ----------
        as_of : date, optional
            Midnight at its start: versions recorded on an earlier day. All of them where None.

        Returns
        -------
        DataFrame of shape (versions, columns of ``concerns``)
            In the order in which they were logged; dtypes of ``schema.TABLES["concerns"]``.
        """
        asked = sa.select(*(LOG.c[name] for name in CANONICAL)).order_by(LOG.c.seq)
        if as_of is not None:
            asked = asked.where(LOG.c.known_on < pd.Timestamp(as_of).strftime("%Y-%m-%d"))
        with reading(self._engine) as connection:
            result = connection.execute(asked)
            rows = result.cursor.fetchall()  # the driver's own tuples: a third of the time
        return _canonical(dict(zip(CANONICAL, zip(*rows, strict=True), strict=True)) if rows else {})

    def in_force(self, as_of: str | pd.Timestamp | None = None) -> pd.DataFrame:
        """Return the version in force of every entry that was not withdrawn, as known at a date.

        See `entries` for the columns, and ``entries.in_force`` for the order.
        """
        return in_force(self.entries(as_of))

    def history(self, entry_id: str, *, audience: str = "restricted") -> pd.DataFrame:
        """Return every version of one entry with who logged it, when and why.

        Parameters
        ----------
        entry_id : str
            Its id, or the first digits of it.
        audience : {"area", "sector", "restricted"}
            Entries above its tier are as if they were not there.

        Returns
        -------
        DataFrame of shape (versions, columns of the log)
            In order of the versions; all columns as they are stored.

        Raises
        ------
        LogError
            If no entry, or more than one, has an id that begins so.
        """
        with reading(self._engine) as connection:
            name = self._last_version(connection, entry_id, audience=audience)["entry_id"]
            asked = sa.select(LOG).where(LOG.c.entry_id == name).order_by(LOG.c.version)
            rows = connection.execute(asked).all()
        return pd.DataFrame.from_records([tuple(row) for row in rows], columns=list(COLUMNS))

    def audit(self, *, head: str = "") -> Audit:
        """Check every row against the chain of hashes.

        Parameters
        ----------
        head : str, optional
            A head that an earlier audit printed, or at least its first 16 digits. A log whose end was cut
            off, or that was written anew, does not hold it any more; nothing inside the log can show that.

        Raises
        ------
        LogError
            If the head is too short to be told from others.
        """
        head = head.strip().lower()
        if head and len(head) < LEAST_HEAD:
            message = (
                f"The head {head!r} has {len(head)} digits. Give at least the first {LEAST_HEAD} of its 64."
            )
            raise LogError(message)
        with reading(self._engine) as connection:
            streamed = connection.execution_options(yield_per=ROWS_AT_ONCE)
            with streamed.execute(sa.select(LOG).order_by(LOG.c.seq)) as result:
                return audited((dict(row) for row in result.mappings()), head=head)


def _bring_up(engine: sa.Engine, *, create: bool) -> None:
    """Make the log's table, or bring it to today's form."""
    form = form_of(engine)
    check_form(form)
    if form is None and not create:
        message = "The database holds no log. Name another with --log, or add a first entry to make it."
        raise LogError(message)
    if form != FORM:
        upgrade(engine)


def _bare(versions: pd.DataFrame, withdrawn: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Return versions, of which those that withdraw an entry keep no more than has to be kept."""
    empty = {
        name: np.nan if TABLE[name].kind != "text" else "" for name in WRITTEN if name not in OF_WITHDRAWN
    }
    return versions.assign(**{name: versions[name].mask(withdrawn, empty[name]) for name in empty})


def _withdrawn(ids: list[str], last: Mapping[str, Last]) -> npt.NDArray[np.bool_]:
    return np.array([name in last and last[name].withdrawn for name in ids], dtype=bool)


def no_such_entry(entry_id: str, *, several: bool = False) -> LogError:
    """Return the error that no entry, or more than one, has an id that begins so."""
    what = "More than one entry has" if several else "No entry has"
    message = f"{what} an id that begins with {entry_id!r}. `earlywarn intel list` shows the ids."
    return LogError(message)


def _canonical(columns: Mapping[str, Iterable[Any]]) -> pd.DataFrame:
    """Type the columns of the log as the table ``concerns`` has them."""
    made: dict[str, Any] = {}
    for column in TABLE.columns:
        values = np.fromiter(columns.get(column.name, ()), dtype=object)
        if column.kind == "date":
            values = values.astype("datetime64[D]").astype("datetime64[ns]")
        made[column.name] = values.astype(column.dtype, copy=False)
    return pd.DataFrame(made)
