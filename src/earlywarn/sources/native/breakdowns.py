"""Filters of a published file: which of their values are taken, and what each choice makes of a column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import DataError, Fault, name_a_few
from earlywarn.sources.native.measures import as_name
from earlywarn.sources.native.reading import Published
from earlywarn.sources.native.sieve import Sieve

__all__ = ["Breakdown", "choose_values", "measured_rows"]

TOTAL = "total"
EACH = "*"


@dataclass(frozen=True)
class Breakdown:
    """The rows of a file under the values that were chosen of its filters.

    Attributes
    ----------
    rows : DataFrame of int
        One row per area, period and measure, with positions in ``words``; see ``figure_tables``.
    words : dict of str to ndarray of str
        The different texts of each column.
    codes : list of str
        A short name for each measure: its column, and what was chosen beside the totals.
    described : dict of str to dict
        By short name, for the ``dictionary`` of ``name_measures``.
    fixed : dict of str to dict
        By short name, for its ``fixed``.
    """

    rows: pd.DataFrame
    words: dict[str, npt.NDArray[np.object_]]
    codes: list[str]
    described: dict[str, dict[str, str]]
    fixed: dict[str, dict[str, str]]


def choose_values(
    table: Published, filters: Sequence[str], where: Mapping[str, str], local: npt.NDArray[np.bool_]
) -> tuple[dict[str, list[str]], list[str]]:
    """Choose the values of each filter, and never silently.

    Parameters
    ----------
    table : Published
        The file.
    filters : sequence of str
        Its columns that break figures down.
    where : mapping of str to str
        The value that the user wants of a filter, or ``*`` for each.
    local : ndarray of bool, shape (rows,)
        Rows that count.

    Returns
    -------
    chosen : dict of str to list of str
        Values by filter, several where each becomes an indicator. A filter that the user does not name gives
        its only value, or ``Total``.
    notes : list of str
        Where ``Total`` was taken unasked.

    Raises
    ------
    DataError
        If a filter has several values, no ``Total`` among them, and the user does not name it; if the user
        names a filter or value that there is not. All faults in one.
    """
    faults = [
        Fault(table.file, 1, name, None, "is no filter of the file", f"name one of {name_a_few(filters)}")
        for name in where
        if name not in filters
    ]
    chosen: dict[str, list[str]] = {}
    notes = []
    for name in filters:
        column = table.columns[name]
        values = sorted(str(column.words[code]) for code in np.unique(column.codes[local]))
        asked = where.get(name)
        same = [value for value in values if value.casefold() == (asked or TOTAL).casefold()]
        if asked == EACH or (asked is None and len(values) <= 1):
            chosen[name] = values
        elif same:
            chosen[name] = same
            if asked is None:
                notes.append(f"Of the {len(values):,} values of the filter {name}, {same[0]!r} was taken.")
        else:
            problem = f"has no value {asked!r}" if asked else "has several values, and none is 'Total'"
            shown = name_a_few(values, shown=12)
            remedy = f"choose with --where '{name}=...' one of {shown}, or {EACH} for an indicator of each"
            faults.append(Fault(table.file, 1, name, None, problem, remedy))
    if faults:
        raise DataError(faults, where=table.file)
    return chosen, notes


def measured_rows(
    table: Published,
    columns: Mapping[str, str],
    wanted: Sequence[str],
    *,
    chosen: Mapping[str, Sequence[str]],
    local: npt.NDArray[np.bool_],
    sieve: Sieve,
    mapping: Mapping[str, Any],
    meta: Mapping[str, Mapping[str, str]],
) -> Breakdown:
    """Return one row per area, period and measure, and what each measure is.

    Parameters
    ----------
    table : Published
        The file.
    columns : mapping of str to str
        The columns of places, periods and kinds of year, by the names that ``figure_tables`` has for them.
    wanted : sequence of str
        The columns of figures to be read.
    chosen : mapping of str to sequence of str
        As from ``choose_values``.
    local : ndarray of bool, shape (rows,)
        Rows that count.
    sieve : Sieve
        Is told of the rows with other values.
    mapping : mapping
        What the user says of the columns: ``indicators`` and ``source``.
    meta : mapping of str to mapping
        What the publisher says of them: ``label`` and ``indicator_unit``.
    """
    taken = local.copy()
    combination = np.zeros(table.rows, dtype=np.int64)
    for name, values in chosen.items():
        column = table.columns[name]
        place = np.array(
            [values.index(word) if word in values else -1 for word in column.words], dtype=np.int64
        )
        taken &= (place >= 0)[column.codes]
        combination = combination * max(len(values), 1) + np.maximum(place, 0)[column.codes]
    every = pd.DataFrame(index=pd.RangeIndex(table.rows))
    sieve.drop(every, local & ~taken, "has other values of the filters than were chosen", "rows")
    kept = np.flatnonzero(taken)
    about = {name: table.columns[column] for name, column in columns.items()}
    held = Breakdown(pd.DataFrame(), {name: column.words for name, column in about.items()}, [], {}, {})
    parts, cells, offset = [], [], 0
    for name in wanted:
        column = table.columns[name]
        part: dict[str, npt.NDArray[Any]] = {key: other.codes[kept] for key, other in about.items()}
        part |= {"measure": len(held.codes) + combination[kept], "cell": offset + column.codes[kept]}
        parts.append(pd.DataFrame(part))
        cells.append(column.words)
        offset += len(column.words)
        for values in product(*chosen.values()):
            each = [value for key, value in zip(chosen, values, strict=True) if len(chosen[key]) > 1]
            beside = [value for value in values if value.casefold() != TOTAL]
            _describe(held, name, (each, beside), mapping, meta.get(name, {}))
    held.words["cell"] = np.concatenate(cells)
    rows = pd.concat(parts, ignore_index=True)
    return Breakdown(rows, held.words, held.codes, held.described, held.fixed)


def _describe(
    held: Breakdown,
    column: str,
    values: tuple[Sequence[str], Sequence[str]],
    mapping: Mapping[str, Any],
    meta: Mapping[str, str],
) -> None:
    """Note what a column is under some values of the filters: those one of several, those no totals."""
    each, part = values
    said = {key: str(value) for key, value in mapping["indicators"].get(column, {}).items()}
    part = each if said else part
    label = said.get("label") or meta.get("label") or column
    if each and "indicator" in said:
        said["indicator"] = "_".join([said["indicator"], *map(as_name, each)])
    if each and "label" in said:
        said["label"] = f"{label}: {', '.join(each)}"
    code = " ".join([column, *part])
    unit = meta.get("indicator_unit", "")
    held.codes.append(code)
    held.fixed[code] = said
    held.described[code] = {
        "label": f"{label}: {', '.join(part)}" if part else label,
        "unit": unit if unit in {"%", "£"} else label,
        "publication": mapping["source"],
    }
