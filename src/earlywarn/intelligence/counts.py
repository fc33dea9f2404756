"""Count entries by what they are, where and when, with the small counts hidden."""

from collections.abc import Mapping

import pandas as pd

from earlywarn.errors import LogError
from earlywarn.intelligence.kinds import Kind
from earlywarn.intelligence.suppression import THRESHOLD, suppressed_table

__all__ = ["GROUPINGS", "count_entries"]

GROUPINGS = ("kind", "theme", "area", "month", "year", "tier", "source", "role", "strength")
COLUMNS = {"kind": "kind", "area": "area_code", "tier": "tier", "source": "source_type", "role": "role"}
ALL = "entries"


def count_entries(
    entries: pd.DataFrame,
    kinds: Mapping[str, Kind],
    *,
    rows: str = "kind",
    columns: str = "",
    threshold: int = THRESHOLD,
) -> pd.DataFrame:
    """Count entries by one or two of their properties.

    Parameters
    ----------
    entries : DataFrame
        Those in force, already cut to what the reader may see.
    kinds : mapping of str to Kind
        For their themes.
    rows, columns : str
        Of ``GROUPINGS``; ``columns`` may be empty.
    threshold : int
        See ``suppression.suppressed_table``.

    Returns
    -------
    DataFrame of float, shape (groups + 1, groups + 1)
        With totals last; NaN where a count is hidden. Without ``columns``, one column, ``entries``.

    Raises
    ------
    LogError
        If a grouping is not known, or the same twice.
    """
    unknown = [name for name in (rows, columns or "kind") if name not in GROUPINGS]
    if unknown or rows == columns:
        what = f"{unknown[0]!r} is no grouping" if unknown else f"{rows!r} is asked for twice"
        message = f"{what}. Count by one or two of {', '.join(GROUPINGS)}."
        raise LogError(message)
    down = _groups(entries, rows, kinds)
    across = _groups(entries, columns, kinds) if columns else pd.Series([ALL] * len(entries), dtype=object)
    counts = pd.crosstab(down.to_numpy(), across.to_numpy())
    counts.index.name, counts.columns.name = rows, columns or None
    if not len(entries):
        counts = pd.DataFrame(columns=[] if columns else [ALL], dtype="int64")
    table = suppressed_table(counts, threshold=threshold)
    return table if columns else table[[ALL]]


def _groups(entries: pd.DataFrame, by: str, kinds: Mapping[str, Kind]) -> pd.Series:
    if by in COLUMNS:
        words = entries[COLUMNS[by]]
    elif by == "theme":
        words = entries["kind"].map({name: kind.theme for name, kind in kinds.items()}).fillna("")
    elif by == "strength":
        words = entries["strength"].map(lambda number: "" if pd.isna(number) else f"{number:.0f}")
    else:
        words = entries["occurred_on"].dt.strftime("%Y-%m" if by == "month" else "%Y")
    return words.astype(object).where(words != "", "(none)")
