"""What is kept from readers below the tier ``restricted``, besides whole entries: words and small counts."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from earlywarn.intelligence.kinds import Kind
from earlywarn.intelligence.small import blanked, small

__all__ = ["SEES_ALL", "without_former_words", "without_small_counts"]

SEES_ALL = "restricted"
WITHDRAWN = "withdrawn"  # stands in the place of the note of an entry that was withdrawn


def without_former_words(versions: pd.DataFrame, audience: str) -> pd.DataFrame:
    """Return versions without what was taken back: words of withdrawn entries, notes that were corrected.

    Done before a cut at an as-of date: what was taken back is taken back at every date.

    Parameters
    ----------
    versions : DataFrame
        All versions, with ``entry_id, version, retracted, note, link``.
    audience : {"area", "sector", "restricted"}
        The last sees all.

    Examples
    --------
    >>> versions = pd.DataFrame({"entry_id": ["a", "a", "b", "b"], "version": [1, 2, 1, 2], "link": "x",
    ...     "note": ["he left", "", "cust", "cuts"], "retracted": [False, True, False, False]})
    >>> without_former_words(versions, "sector")[["note", "link"]].to_numpy().tolist()
    [['withdrawn', ''], ['withdrawn', ''], ['', 'x'], ['cuts', 'x']]
    """
    if audience == SEES_ALL:
        return versions
    entries = versions.groupby("entry_id", sort=False)
    gone = entries["retracted"].transform("max").astype(bool)
    former = versions["version"] < entries["version"].transform("max")
    note = versions["note"].mask(former, "").mask(gone, WITHDRAWN)
    return versions.assign(note=note, link=versions["link"].mask(gone, ""))


def without_small_counts(
    entries: pd.DataFrame, audience: str, *, kinds: Mapping[str, Kind], below: int, said: bool = False
) -> pd.DataFrame:
    """Return entries without the numbers that count too few people.

    Parameters
    ----------
    entries : DataFrame
        ``kind, amount, exposure``.
    audience : {"area", "sector", "restricted"}
        The last sees all.
    kinds : mapping of str to Kind
        Which of them count people.
    below : int
        The least count that is shown.
    said : bool
        Whether to put words in the place of the amount.

    Examples
    --------
    >>> from earlywarn.intelligence.kinds import read_kinds
    >>> entries = pd.DataFrame({"kind": "complaints", "amount": [3.0, 30.0], "exposure": [90.0, 90.0]})
    >>> for words in (False, True):
    ...     told = without_small_counts(entries, "sector", kinds=read_kinds(), below=5, said=words)
    ...     print(told["amount"].tolist(), told["exposure"].tolist())
    [nan, 30.0] [nan, 90.0]
    ['hidden (fewer than 5)', 30.0] [nan, 90.0]
    """
    if audience == SEES_ALL:
        return entries
    few = small(entries, kinds=kinds, below=below)
    hidden = blanked(entries, few)
    if said:
        words = np.full(len(entries), f"hidden (fewer than {below})", dtype=object)
        hidden["amount"] = hidden["amount"].astype(object).mask(few, pd.Series(words, index=hidden.index))
    return hidden
