"""Walk the chain from the first row to the last, and say where it breaks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from earlywarn.intelligence.chain import GENESIS, row_hash

__all__ = ["Audit", "audited"]


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    Parameters
    ----------
    verified : int
        Rows from the first on that are as they were written.
    head : str
        The hash of the last of them; remember it outside the log. ``GENESIS`` where there are none.
    broken_at : int or None
        The ``seq`` of the first row that is not, None where all are.
    why : str
        What is wrong there, empty where nothing is.
    historic : int
        Verified rows that say they were known before the day they were recorded: a historic load.
    head_found : bool or None
        Whether the head that was asked for is in the chain; None where none was.
    """

    verified: int
    head: str
    broken_at: int | None
    why: str
    historic: int
    head_found: bool | None

    @property
    def whole(self) -> bool:
        """Whether every row is as it was written, and the head that was asked for is there."""
        return self.broken_at is None and self.head_found is not False


def audited(rows: Iterable[Mapping[str, Any]], *, head: str = "") -> Audit:
    """Check rows against the chain of hashes.

    Parameters
    ----------
    rows : iterable of mapping
        All columns of the log, in order of ``seq``.
    head : str, optional
        A hash that must be in the chain, in small letters; its first digits are enough.

    Examples
    --------
    >>> from earlywarn.intelligence.chain import chained
    >>> row = {"recorded_at": "2024-05-02T12:00:00.000000Z", "known_on": "2024-05-02"}
    >>> first, second = chained([{"seq": 1} | row, {"seq": 2} | row], after=GENESIS)
    >>> audited([first, second]).whole
    True
    >>> audited([first, second | {"known_on": "2024-05-01"}]).broken_at
    2
    """
    after, verified, historic, since = GENESIS, 0, 0, ""
    found = GENESIS.startswith(head) if head else None  # that of a log without rows
    broken_at, why = None, ""
    for row in rows:
        why = _fault(row, seq=verified + 1, after=after, since=since)
        if why:
            broken_at = int(row["seq"])
            break
        after, since, verified = row["hash"], row["recorded_at"], verified + 1
        historic += row["known_on"] < row["recorded_at"][:10]
        found = found if head == "" else found or after.startswith(head)
    return Audit(verified, after, broken_at, why, historic, found)


def _fault(row: Mapping[str, Any], *, seq: int, after: str, since: str) -> str:
    """Return what is wrong with the row that should be number ``seq``, empty if nothing is."""
    if row["seq"] != seq:
        return f"the row that should stand before it, number {seq}, is missing"
    if row["previous_hash"] != after:
        return "it does not follow the row before it"
    try:
        same = row_hash(row) == row["hash"]
    except (TypeError, ValueError):
        same = False
    if not same:
        return "it was changed after it was written"
    if row["recorded_at"] < since:
        return "it says that it was recorded before the row before it"
    if row["known_on"] > row["recorded_at"][:10]:
        return "it says that it was known before it was recorded"
    return ""
