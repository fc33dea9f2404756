"""Read one entry from the words that somebody gives for its cells."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from earlywarn.errors import DataError
from earlywarn.intelligence.canonical import read_rows
from earlywarn.intelligence.checks import check_signature
from earlywarn.intelligence.entries import WRITTEN
from earlywarn.intelligence.log import Log
from earlywarn.intelligence.reading import Sheet

__all__ = ["read_entry"]

ALWAYS = ("area_code", "kind", "occurred_on", "tier")  # reported as empty rather than as a missing column


def read_entry(
    log: Log, words: Mapping[str, str], *, by: str, areas: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return one entry as it can be logged.

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
    DataFrame of shape (1, columns that people write)
        For ``Log.add``.

    Raises
    ------
    DataError
        If it cannot be logged.
    LogError
        If nobody is named as recording it.
    """
    check_signature(by=by)
    cells = pd.DataFrame(
        {name: [word.strip()] for name, word in (dict.fromkeys(ALWAYS, "") | dict(words)).items()}
    )
    sheet = Sheet("entry", cells.astype(object), np.array([1]), np.array([False]))
    rows = read_rows(sheet, log.kinds, by=by, today=pd.Timestamp(log.clock().date()), areas=areas)
    if rows.found:
        raise DataError(rows.faults(rows.found), where="the entry")
    return rows.frame[list(WRITTEN)]
