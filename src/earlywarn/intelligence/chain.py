"""The hash chain: each row's hash covers the row and the hash before it, so that no row can change unseen."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["GENESIS", "chained", "row_hash"]

GENESIS = "0" * 64  # what the first row follows
HASH = "hash"
PREVIOUS = "previous_hash"


def row_hash(row: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a row and of the hash that it follows.

    Parameters
    ----------
    row : mapping of str to str, int, float, bool or None
        All columns but ``hash``. What is None is left out, so that a column that a later version adds does
        not change the hashes of the rows before it.

    Returns
    -------
    str
        64 hexadecimal digits, over JSON with sorted keys and without spaces.

    Examples
    --------
    >>> row_hash({"seq": 1, "note": "", "amount": None, "previous_hash": GENESIS})[:16]
    'b72fb9df77bbbd11'
    >>> row_hash({"seq": 1, "note": ".", "amount": None, "previous_hash": GENESIS})[:16]
    '3ae6c5ae7e681b02'
    """
    said = {name: value for name, value in row.items() if value is not None and name != HASH}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def chained(rows: Iterable[dict[str, Any]], *, after: str) -> Iterator[dict[str, Any]]:
    """Yield each row with ``previous_hash`` and ``hash``.

    Parameters
    ----------
    rows : iterable of dict
        In the order of the log.
    after : str
        The hash of the last row before them; ``GENESIS`` where there is none.

    Examples
    --------
    >>> first, second = chained([{"seq": 1}, {"seq": 2}], after=GENESIS)
    >>> second["previous_hash"] == first["hash"]
    True
    """
    for row in rows:
        linked = row | {PREVIOUS: after}
        after = row_hash(linked)
        yield linked | {HASH: after}
