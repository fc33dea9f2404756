"""Who may see what: every output is made for one audience, and nothing above its tier reaches a file."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.schema import TIERS

__all__ = ["AUDIENCES", "NAMELESS", "tier_of", "visible", "within"]

AUDIENCES = {  # the tier up to which each may see
    "area": "open",
    "sector": "sector",
    "restricted": "restricted",
}
NAMELESS = ("area",)  # audiences that are never told who contributed, not even by pseudonym


def tier_of(entries: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return the place in ``TIERS`` of each row's entry: the most sensitive that any of its versions has.

    An entry that was open and is restricted now is restricted in all its versions, whatever the date they
    are looked at from: what somebody asked to be kept is kept.

    Parameters
    ----------
    entries : DataFrame
        ``entry_id, tier``: all versions.

    Returns
    -------
    array of int, shape (rows,)

    Examples
    --------
    >>> entries = pd.DataFrame({"entry_id": ["a", "a", "b"], "tier": ["open", "restricted", "sector"]})
    >>> tier_of(entries).tolist()
    [2, 2, 1]
    """
    own = entries["tier"].map({tier: place for place, tier in enumerate(TIERS)}).to_numpy(dtype=np.int64)
    which, names = pd.factorize(entries["entry_id"])
    highest = np.zeros(len(names), dtype=np.int64)
    np.maximum.at(highest, which, own)
    return highest[which]


def within(entries: pd.DataFrame, audience: str) -> pd.DataFrame:
    """Return the rows of entries that an audience may know of.

    Parameters
    ----------
    entries : DataFrame
        All versions, in the columns of the table ``concerns``.
    audience : {"area", "sector", "restricted"}
        See ``AUDIENCES``.
    """
    return entries[tier_of(entries) <= TIERS.index(AUDIENCES[audience])]


def visible(entries: pd.DataFrame, audience: str) -> pd.DataFrame:
    """Return the entries that an audience may know of, as it may see them.

    Parameters
    ----------
    entries, audience
        As in `within`.

    Returns
    -------
    DataFrame
        Without contributors (an empty column) where the audience is the area itself.

    Examples
    --------
    >>> entries = pd.DataFrame({
    ...     "entry_id": ["a", "b"], "tier": ["open", "sector"], "contributor": ["C001", "C002"]})
    >>> visible(entries, "area").to_dict("records")
    [{'entry_id': 'a', 'tier': 'open', 'contributor': ''}]
    >>> len(visible(entries, "sector"))
    2
    """
    seen = within(entries, audience)
    return seen.assign(contributor="") if audience in NAMELESS else seen
