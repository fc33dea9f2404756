"""The CSV layout of explore-education-statistics, in which the Department for Education publishes."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import DataError, Fault, name_a_few
from earlywarn.schema import POLARITIES, UNITS
from earlywarn.sources.native.breakdowns import choose_values, measured_rows
from earlywarn.sources.native.calendar import read_calendar
from earlywarn.sources.native.column_mapping import read_mapping
from earlywarn.sources.native.figures import figure_tables
from earlywarn.sources.native.imported import Imported, skipped_rows
from earlywarn.sources.native.measures import Measures, name_measures
from earlywarn.sources.native.reading import Published, open_published, read_figures
from earlywarn.sources.native.register import read_register
from earlywarn.sources.native.sieve import Sieve

__all__ = ["read_ees"]

SOURCE = "Department for Education, explore education statistics"
LICENCE = "Contains public sector information licensed under the Open Government Licence v3.0."
VINTAGE = "The figures are those of the release read; earlier releases of the same periods are not in it."
LOCAL = "local authority"
TIME = ("time_period", "time_identifier", "geographic_level")
PLACE = ("old_la_code", "new_la_code", "la_name")
# Columns that say where and when; every other one is a filter or an indicator.
ABOUT = re.compile(
    r"time_period|time_identifier|geographic_level|version|.*_(?:code|name)|"
    r"(?:school|provider|institution|trust|sponsor)_(?:id|urn|ukprn|laestab)"
)
META = ("col_name", "col_type", "label", "indicator_unit")
MAPPING = {"where", "indicators", "source", "year_type"}
PER_INDICATOR = {"indicator", "label", "unit", "polarity", "domain", "description", "year_type"}


def read_ees(
    path: str | Path,
    metadata: str | Path | None = None,
    *,
    mapping: str | Path | Mapping[str, Any] | None = None,
    where: Mapping[str, str] | None = None,
    areas: str | Path | None = None,
    calendar: str | Path | None = None,
    year_types: Mapping[str, str] | None = None,
) -> Imported:
    """Read a file of explore-education-statistics.

    Parameters
    ----------
    path : path
        The data file, CSV or Parquet, with ``time_period``, ``time_identifier``, ``geographic_level`` and a
        code or name of local authorities; then filters, then indicators.
    metadata : path, optional
        Its ``.meta.csv``, which tells filters from indicators and has labels and units. Without it a column
        is an indicator if all its cells are figures or symbols for none.
    mapping : path or mapping, optional
        TOML: a table ``indicators`` with an entry for each column to be read (``indicator``, ``label``,
        ``unit``, ``polarity``, ``domain``, ``description``, ``year_type``), a table ``where``, and for all of
        them the publication, ``source``, and the ``year_type``. By default every indicator is read.
    where : mapping of str to str, optional
        The value to be taken of each filter, or ``*`` to make an indicator of each. It wins over the
        mapping's.
    areas, calendar : path, optional
        As for ``read_lait``.
    year_types : mapping of str to str, optional
        What kind of year the periods of a column are, where its ``time_identifier`` does not say or misleads
        (``Reporting year``); ``*`` for all.

    Returns
    -------
    Imported
        With ``areas``, ``indicators`` and ``observations``. The symbols ``c z x k low u :`` are kept as
        status: suppressed, not applicable, unavailable, rounded (both), unreliable, unavailable. What was
        left out is counted in rows of the file where whole rows were (another level, other values of a
        filter), and else in cells.

    Raises
    ------
    DataError
        If a file cannot be opened or lacks a column, or the choice of rows is left open: a filter with
        several values, none of them ``Total``, that ``where`` does not name. All faults in one.

    Notes
    -----
    Nothing tells which way is worse, so an indicator is neutral unless the mapping or the packaged list of
    measures says otherwise.

    Examples
    --------
    >>> read_ees("data/b1_children_in_need.csv", where={"category": "Total"})  # doctest: +SKIP
    """
    asked = read_mapping(mapping, MAPPING, PER_INDICATOR)
    table = open_published(path)
    meta = _metadata(metadata)
    faults = _missing(table)
    named = dict.fromkeys([*asked["where"], *(where or {})], "filter")
    named |= dict.fromkeys(asked["indicators"], "indicator")
    filters, indicators = _kinds(table, meta, named)
    wanted = list(asked["indicators"]) or indicators
    faults += [
        _fault(table, name, "is no indicator of the file", f"name one of {name_a_few(indicators, shown=20)}")
        for name in wanted
        if name not in indicators
    ]
    faults += _strange(asked["indicators"], where=table.file)
    if faults:
        raise DataError(faults, where=table.file)
    sieve = Sieve(table.file)
    local = _local(table, sieve)
    chosen, notes = choose_values(table, filters, {**asked["where"], **(where or {})}, local)
    columns = {f"place_{name}": name for name in PLACE if name in table.columns}
    columns |= {"period": "time_period", "year_type": "time_identifier"}
    held = measured_rows(
        table, columns, wanted, chosen=chosen, local=local, sieve=sieve, mapping=asked, meta=meta
    )
    found, register = read_calendar(calendar), read_register(areas)
    measures = name_measures(
        held.codes,
        calendar=found,
        dictionary=held.described,
        fixed=held.fixed,
        year_types={"*": asked["year_type"], **(year_types or {})},
        publisher=asked["source"] or SOURCE,
    )
    tables, more = figure_tables(
        held.rows, held.words, measures, sieve=sieve, register=register, calendar=found, single="unsure"
    )
    notes = [*table.notes, VINTAGE, *notes, *_undirected(measures, held.fixed), *more]
    return Imported("ees", tables, skipped_rows(sieve.found), notes, asked["source"] or SOURCE, LICENCE)


def _fault(table: Published, column: str, problem: str, remedy: str) -> Fault:
    return Fault(table.file, 1, column, None, problem, remedy)


def _missing(table: Published) -> list[Fault]:
    remedy = "name a data file of explore-education-statistics, whole"
    faults = [_fault(table, name, "is missing", remedy) for name in TIME if name not in table.columns]
    if not set(PLACE) & set(table.columns):
        faults.append(
            _fault(table, " or ".join(PLACE), "is missing", "give one of them for local authorities")
        )
    return faults


def _metadata(path: str | Path | None) -> dict[str, dict[str, str]]:
    """Return the rows of a metadata file by column."""
    if path is None:
        return {}
    table = open_published(path)
    missing = [name for name in META[:2] if name not in table.columns]
    if missing:
        remedy = "name the metadata file of the data file, which ends in .meta.csv"
        raise DataError([_fault(table, name, "is missing", remedy) for name in missing], where=table.file)
    cells = {name: table.columns[name].cells.tolist() for name in META if name in table.columns}
    return {
        name: {key: str(column[row]) for key, column in cells.items()}
        for row, name in enumerate(cells["col_name"])
    }


def _kinds(
    table: Published, meta: Mapping[str, Mapping[str, str]], named: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """Return the filters and the indicators of a file."""
    filters: list[str] = []
    indicators: list[str] = []
    for name in table.header:
        kind = meta.get(name, {}).get("col_type", "").casefold() or named.get(name, "")
        if not kind and ABOUT.fullmatch(name):
            continue
        if not kind:
            status = read_figures(table.columns[name].words).status
            kind = "indicator" if bool((status != "").all()) and bool((status == "ok").any()) else "filter"
        (indicators if kind == "indicator" else filters).append(name)
    return filters, indicators


def _strange(indicators: Mapping[str, Mapping[str, Any]], *, where: str) -> list[Fault]:
    """Report units and polarities of a mapping that there are not."""
    return [
        Fault(where, None, column, said[key], f"is no {key}", f"write one of {', '.join(allowed)}")
        for column, said in indicators.items()
        for key, allowed in (("unit", tuple(UNITS)), ("polarity", POLARITIES))
        if key in said and said[key] not in allowed
    ]


def _local(table: Published, sieve: Sieve) -> npt.NDArray[np.bool_]:
    """Return which rows are of local authorities, and account for the others by their level."""
    level = table.columns["geographic_level"]
    local = np.array([word.casefold() == LOCAL for word in level.words], dtype=bool)[level.codes]
    everything = pd.DataFrame(index=pd.RangeIndex(table.rows))
    sieve.drop(everything, ~local, "is for no single area", "level", level.cells)
    return local


def _undirected(measures: Measures, fixed: Mapping[str, Mapping[str, str]]) -> list[str]:
    told = np.array(["polarity" in fixed[code] for code in measures["code"]], dtype=bool)
    names = measures["indicator"][~told & ~measures["ours"]]
    if names.empty:
        return []
    listed = name_a_few(names)
    return [f"Neutral, as nothing tells which way is worse (a mapping can): {listed}."]
