"""The entries of the log as a reader may see them, and the reasons that they stand behind."""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from earlywarn.intelligence.audience import tier_of, visible
from earlywarn.intelligence.kinds import ROLES, SOURCE_TYPES, STRENGTHS, Kind
from earlywarn.intelligence.small import small
from earlywarn.schema import TIERS

__all__ = ["ENTRY_COLUMNS", "seen_entries", "told_entries"]

WITHDRAWN, CORRECTED = "Withdrawn since.", "Corrected since."
ENTRY_COLUMNS = [
    "area_code", "entry_id", "kind", "theme", "what", "occurred_on", "known_on", "strength", "confidence",
    "source", "contributor", "tier", "note", "link",
]  # fmt: skip


def seen_entries(in_force: pd.DataFrame, versions: pd.DataFrame, *, audience: str) -> pd.DataFrame:
    """Return the entries in force that an audience may see, as it may see them.

    Parameters
    ----------
    in_force : DataFrame
        ``Snapshot.concerns``.
    versions : DataFrame
        All versions of all entries: an entry is as sensitive as its most sensitive version.
    audience : str
        See `earlywarn.intelligence.audience`.

    Returns
    -------
    DataFrame
        What was in force stays in force, but words that were corrected or withdrawn since, on whatever day,
        are shown only to the audience ``restricted``: somebody may have been recognised in them. ``tier`` is
        the most sensitive that any version has, so that whoever filters by it later hides as much.
    """
    known = set(visible(versions, audience)["entry_id"])
    seen = visible(in_force[in_force["entry_id"].isin(known)], audience)
    highest = pd.Series(tier_of(versions), index=versions["entry_id"]).groupby(level=0).max()
    seen = seen.assign(tier=np.array(TIERS, dtype=object)[highest.reindex(seen["entry_id"])])
    if audience == "restricted":
        return seen
    latest = versions.sort_values("version").drop_duplicates("entry_id", keep="last").set_index("entry_id")
    latest = latest.reindex(seen["entry_id"])
    withdrawn = latest["retracted"].to_numpy(dtype=bool)
    corrected = latest["version"].to_numpy() > seen["version"].to_numpy()
    note = np.select([withdrawn, corrected], [WITHDRAWN, CORRECTED], seen["note"])
    return seen.assign(note=note, link=seen["link"].mask(withdrawn | corrected, ""))


def told_entries(entries: pd.DataFrame, *, kinds: Mapping[str, Kind], suppress_below: int) -> pd.DataFrame:
    """Put entries into words.

    Parameters
    ----------
    entries : DataFrame
        From `seen_entries`.
    kinds : mapping of str to Kind
        What there is to log.
    suppress_below : int
        Counts of people below this are said to be so, and not given.

    Returns
    -------
    DataFrame
        ``ENTRY_COLUMNS``, by area, the latest first. ``what`` says what happened, with the number where there
        is one; ``theme`` is the enabler.
    """
    hidden = small(entries, kinds=kinds, below=suppress_below)
    words = [
        _what(row, kinds[row["kind"]], below=suppress_below if few else 0)
        for row, few in zip(_rows(entries), hidden, strict=True)
    ]
    told = entries.assign(
        what=words,
        theme=entries["kind"].map({name: kind.theme for name, kind in kinds.items()}),
        strength=entries["strength"].map(STRENGTHS).fillna(""),
        source=entries["source_type"].map(SOURCE_TYPES).fillna(""),
    )
    order = ["area_code", "occurred_on", "entry_id"]
    return told.sort_values(order, ascending=[True, False, True], ignore_index=True)[ENTRY_COLUMNS]


def _rows(entries: pd.DataFrame) -> Iterator[dict[Hashable, Any]]:
    return iter(entries[["kind", "role", "detail", "amount", "exposure"]].to_dict("records"))


def _what(row: Mapping[Hashable, Any], kind: Kind, *, below: int) -> str:
    """Say what an entry reports; ``below`` is 0 where its amount may be shown."""
    role = ROLES.get(str(row["role"]), str(row["role"]).replace("_", " "))
    detail = str(row["detail"]).replace("_", " ")
    about = ", ".join(word for word in (role, detail) if word)
    said = f"{kind.label}: {about}" if about else kind.label
    amount, exposure = float(row["amount"]), float(row["exposure"])
    if np.isnan(amount) or not kind.amount:
        return said
    if below:
        return f"{said} (fewer than {below} {kind.amount})"
    size = "" if np.isnan(exposure) or not kind.exposure else f"; {exposure:,.0f} {kind.exposure}"
    number = f"{amount:,.0f}" if amount == round(amount) else f"{amount:,.1f}"
    return f"{said} ({number} {kind.amount}{size})"
