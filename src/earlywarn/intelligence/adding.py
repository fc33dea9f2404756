"""Log one entry, from the words that somebody gives for its cells."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from earlywarn.errors import DataError, Fault
from earlywarn.intelligence.appending import refuse_nobody
from earlywarn.intelligence.canonical import read_rows
from earlywarn.intelligence.entries import WRITTEN
from earlywarn.intelligence.log import Log
from earlywarn.intelligence.reading import Sheet

__all__ = ["add_entry"]

ALWAYS = ("area_code", "kind", "occurred_on", "tier")  # reported as empty rather than as a missing column


def add_entry(
    log: Log, words: Mapping[str, str], *, by: str, areas: pd.DataFrame | None = None
) -> tuple[str, bool, list[Fault]]:
    """Log one entry.

    Parameters
    ----------
    log : Log
        Where to.
    words : mapping of str to str
        By canonical column, as people write them: dates as ``2025-03-31`` or ``31/03/2025``.
    by : str
        Pseudonym of who records it, and its contributor.
    areas : DataFrame, optional
        The table ``areas``, to check the area or find it by its name.

    Returns
    -------
    entry_id : str
        Its id.
    new : bool
        False where the log has the same entry already; nothing was logged then.
    personal : list of Fault
        Where it seems to hold personal data.

    Raises
    ------
    DataError
        If it cannot be logged.
    LogError
        If the log cannot be written.
    """
    refuse_nobody(by)
    cells = pd.DataFrame(
        {name: [word.strip()] for name, word in (dict.fromkeys(ALWAYS, "") | dict(words)).items()}
    )
    sheet = Sheet("entry", cells.astype(object), np.array([1]), np.array([False]))
    rows = read_rows(sheet, log.kinds, by=by, today=pd.Timestamp(log.clock().date()), areas=areas)
    if rows.found:
        raise DataError(rows.faults(rows.found), where="the entry")
    added = log.add(rows.frame[list(WRITTEN)], by=by)
    return added.entry_ids[0], added.new[0], rows.faults(rows.personal(areas))
