"""The made-up log as it would be kept: entries numbered as they come, some corrected, some withdrawn."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from earlywarn.schema import TABLES
from earlywarn.sources.synthetic.plan import Indices, Plan

__all__ = ["kept_log"]

CORRECTED, RETRACTED, RUMOUR_RETRACTED = 0.03, 0.008, 0.06  # shares of the entries
LEAST_WAIT, MOST_WAIT = 3, 120  # days until a correction or a withdrawal
SURER = "medium"
CORRECTION = "Corrected after a check."
WITHDRAWN = "Withdrawn: it did not hold."


@dataclass(frozen=True)
class _Versions:
    """The rows of the log, by entry and version; arrays of shape (rows,)."""

    entry: Indices
    version: Indices
    corrected: np.ndarray  # whether the version holds what a correction said
    retracted: np.ndarray
    known_on: np.ndarray


def kept_log(plan: Plan, codes: np.ndarray, entries: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table ``concerns`` and the truth about its entries.

    Parameters
    ----------
    codes : array of str, shape (areas,)
    entries : DataFrame
        As ``draft`` makes them, in any order; ``copy_of`` counts their rows.

    Returns
    -------
    concerns : DataFrame
        Sorted by entry, then version.
    truth : DataFrame
        ``entry_id, nature, copy_of``; ``copy_of`` is empty where an entry is no copy.
    """
    rng = plan.rng("versions")
    order = np.lexsort([entries["area"].to_numpy(), entries["known_on"].to_numpy()])
    names = np.array([f"S{n:08d}" for n in range(1, len(order) + 1)], dtype=object)
    nature, known = entries["nature"].to_numpy()[order], entries["known_on"].to_numpy()[order]
    rows = _versions(rng, plan, known, rumour=nature == "rumour")
    source = order[rows.entry]
    special = {
        "entry_id": names[rows.entry],
        "version": rows.version,
        "area_code": codes[entries["area"].to_numpy()[source]],
        "known_on": rows.known_on,
        "retracted": rows.retracted,
        **_corrected(rng, entries, source, rows),
    }
    columns = {
        name: special[name] if name in special else entries[name].to_numpy()[source]
        for name in TABLES["concerns"].names
    }
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    copied = entries["copy_of"].to_numpy()[order]
    truth = pd.DataFrame(
        {"entry_id": names, "nature": nature, "copy_of": np.where(copied >= 0, names[number[copied]], "")}
    )
    logged = np.zeros(len(order), dtype=bool)
    logged[rows.entry] = True
    return pd.DataFrame(columns), truth[logged].reset_index(drop=True)


def _versions(rng: np.random.Generator, plan: Plan, known: np.ndarray, *, rumour: np.ndarray) -> _Versions:
    """Return which versions there are of each entry, sorted; none is recorded after the log ends.

    Parameters
    ----------
    known : array of dates, shape (entries,)
        When each entry was first recorded.
    """
    count = len(known)
    mended = rng.random(count) < CORRECTED
    gone = rng.random(count) < np.where(rumour, RUMOUR_RETRACTED, RETRACTED)
    wait = rng.integers(LEAST_WAIT, MOST_WAIT, size=(2, count)).astype("timedelta64[D]")
    mended_on = known + wait[0]
    gone_on = np.where(mended, mended_on, known) + wait[1]
    second, last = np.flatnonzero(mended), np.flatnonzero(gone)
    entry = np.concatenate([np.arange(count), second, last])
    version = np.concatenate([np.full(count, 1), np.full(len(second), 2), 2 + mended[last]])
    corrected = np.concatenate([np.zeros(count, dtype=bool), np.ones(len(second), dtype=bool), mended[last]])
    retracted = np.arange(len(entry)) >= count + len(second)
    dates = np.concatenate([known, mended_on[second], gone_on[last]])
    kept = np.flatnonzero(dates <= plan.ends)
    kept = kept[np.lexsort([version[kept], entry[kept]])]
    return _Versions(entry[kept], version[kept], corrected[kept], retracted[kept], dates[kept])


def _corrected(
    rng: np.random.Generator, entries: pd.DataFrame, source: Indices, rows: _Versions
) -> dict[str, np.ndarray]:
    """Return the columns that a correction changes: another strength or amount, where there is one."""
    count = len(entries)
    step = rng.choice([-1, 1], size=count)
    strength, amount = entries["strength"].to_numpy(), entries["amount"].to_numpy()
    counted = np.fmin((amount * rng.uniform(0.8, 1.1, size=count)).round(), entries["exposure"].to_numpy())
    note = np.where(rows.corrected, CORRECTION, entries["note"].to_numpy()[source])
    return {
        "strength": np.where(rows.corrected, (strength + step).clip(1, 5)[source], strength[source]),
        "amount": np.where(rows.corrected, counted[source], amount[source]),
        "confidence": np.where(rows.corrected, SURER, entries["confidence"].to_numpy()[source]),
        "note": np.where(rows.retracted, WITHDRAWN, note),
    }
