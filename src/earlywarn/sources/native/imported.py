"""What a reader of a native layout hands back: canonical tables, and an account of what it left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from earlywarn.schema import TABLES

__all__ = ["SKIPPED_COLUMNS", "Imported", "skipped_rows"]

SKIPPED_COLUMNS = ["file", "where", "rows", "why"]


@dataclass(frozen=True)
class Imported:
    """Tables read from files of one kind.

    Attributes
    ----------
    kind : str
        The layout, such as ``lait``.
    tables : mapping of str to DataFrame
        Canonical tables by name, with the columns of `earlywarn.schema.TABLES` in their order and types
        (text without NaN, dates as datetime64[ns], numbers as float64), sorted by key. Not all that a run
        needs: inspections come from another publisher than figures do.
    skipped : DataFrame
        ``file, where, rows, why``: what was left out, one row per file, place and reason, with how many rows
        of the file it concerns. Empty where everything was read.
    notes : sequence of str
        What was taken for granted, in sentences, such as the rule that dated a release.
    source, licence : str
        For ``provenance.toml``.

    Examples
    --------
    >>> Imported("lait", {}, skipped_rows([]), [], "", "").skipped.columns.tolist()
    ['file', 'where', 'rows', 'why']
    """

    kind: str
    tables: Mapping[str, pd.DataFrame]
    skipped: pd.DataFrame
    notes: Sequence[str]
    source: str
    licence: str

    def __post_init__(self) -> None:
        unknown = set(self.tables) - set(TABLES)
        if unknown:
            message = f"no table is called {sorted(unknown)}"
            raise KeyError(message)


def skipped_rows(found: Sequence[tuple[str, str, int, str]]) -> pd.DataFrame:
    """Return what was left out as a table, in the order of files and places.

    Parameters
    ----------
    found : sequence of (file, where, rows, why)
        Each with how many rows of the file it concerns.
    """
    table = pd.DataFrame(list(found), columns=SKIPPED_COLUMNS).astype({"rows": "int64"})
    return table.sort_values(["file", "where", "why"], kind="stable", ignore_index=True)
