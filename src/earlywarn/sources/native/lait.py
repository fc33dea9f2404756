"""The long table of the Department for Education's Local Authority Interactive Tool."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from earlywarn.errors import DataError, Fault
from earlywarn.sources.native.calendar import read_calendar
from earlywarn.sources.native.figures import figure_tables
from earlywarn.sources.native.imported import Imported, skipped_rows
from earlywarn.sources.native.measures import name_measures
from earlywarn.sources.native.reading import Published, open_published
from earlywarn.sources.native.register import read_register
from earlywarn.sources.native.sieve import Sieve

__all__ = ["read_lait"]

PUBLISHER = "Local Authority Interactive Tool"
SOURCE = "Department for Education, Local Authority Interactive Tool"
LICENCE = "Contains public sector information licensed under the Open Government Licence v3.0."
VINTAGE = (
    "The figures are those of the release read. Earlier vintages are not in it, so a back-test sees later "
    "revisions of old years."
)
# What each column has been called, in lower-case letters and digits with underscores between.
COLUMNS = {
    "number": ("la_number", "la_num", "la_no", "old_la_code"),
    "name": ("la_and_regions", "la_and_region", "la_name", "area"),
    "measure": ("short_desc", "measure_short", "measure_key"),
    "period": ("years", "year"),
    "cell": ("values", "value", "values_clean", "values_num"),
}
DICTIONARY = {
    "label": ("chart_title", "measure"),
    "unit": ("y_axis_name",),
    "polarity": ("polarity",),
    "domain": ("topic",),
    "source": ("data_owner_do_supplier_and_contact_details", "data_owner"),
    "address": ("hyperlink_s", "hyperlinks", "hyperlink"),
    "year_type": ("year_type",),
    "description": ("description",),
    "no_quartile": ("no_quartile",),
}
REMEDY = "name the tool's long table (bds_long), as CSV or Parquet"


def read_lait(
    path: str | Path,
    dictionary: str | Path | None = None,
    *,
    areas: str | Path | None = None,
    calendar: str | Path | None = None,
    year_types: Mapping[str, str] | None = None,
) -> Imported:
    """Read the long table of the Local Authority Interactive Tool.

    Parameters
    ----------
    path : path
        The long table, CSV or Parquet: ``LA Number``, ``LA and Regions``, ``Short Desc``, ``Years``,
        ``Values``, or the same under the names of later versions.
    dictionary : path, optional
        The tool's data dictionary, CSV. Without it only the measures that the packaged list knows are read,
        and those that ``year_types`` names.
    areas : path, optional
        A table of areas, for ``read_register``; by default the packaged register.
    calendar : path, optional
        Entries for the calendar of publications that come before the packaged ones.
    year_types : mapping of str to str, optional
        What kind of year the periods of a measure are, by its short name; ``*`` for all of which nothing
        tells.

    Returns
    -------
    Imported
        With ``areas``, ``indicators`` and ``observations``. Rows for regions and for England, and all rows
        that cannot be read for sure, are in ``skipped``.

    Raises
    ------
    DataError
        If a file cannot be opened or lacks a column; all faults in one.

    Notes
    -----
    A measure that the packaged list knows is called as in the England sample. Any other is called after its
    short name, with label, unit, polarity (``Low`` is good: higher is worse) and topic from the dictionary. A
    measure of two topics is read once. A lone year is the one in which the period ends.

    Examples
    --------
    >>> read_lait("bds_long.csv").tables["observations"]  # doctest: +SKIP
    """
    table = open_published(path, lambda name: any(_plain(name) in names for names in COLUMNS.values()))
    columns = _find(table)
    told = _dictionary(dictionary) if dictionary is not None else {}
    found, register = read_calendar(calendar), read_register(areas)
    short = {name: table.columns[column] for name, column in columns.items()}
    by_key = {key: code for code, row in told.items() for key in row["keys"].split("\n")}
    codes = _as_first_spelt([by_key.get(code.casefold(), code) for code in short["measure"].words])
    place, distinct = pd.factorize(np.array(codes, dtype=object))
    measures = name_measures(
        distinct.tolist(), calendar=found, dictionary=told, year_types=year_types, publisher=PUBLISHER
    )
    words = {f"place_{name}": short[name].words for name in ("number", "name") if name in short}
    words |= {name: short[name].words for name in ("period", "cell")} | {
        "year_type": np.array([""], dtype=object)
    }
    rows = pd.DataFrame(
        {
            "measure": place.astype(np.int32)[short["measure"].codes],
            "year_type": np.zeros(table.rows, dtype=np.int32),
            **{name: short[name.removeprefix("place_")].codes for name in words if name != "year_type"},
        }
    )
    sieve = Sieve(table.file)
    nothing = (measures["year_type"] == "").to_numpy()[rows["measure"]]
    names = np.array(distinct, dtype=object)[rows["measure"]]
    why = "is of a kind of year that nothing tells: give the data dictionary, or the year type"
    rows = sieve.drop(rows, nothing, why, "measure", names)
    tables, notes = figure_tables(rows, words, measures, sieve=sieve, register=register, calendar=found)
    return Imported(
        "lait", tables, skipped_rows(sieve.found), [*table.notes, VINTAGE, *notes], SOURCE, LICENCE
    )


def _as_first_spelt(codes: Sequence[str]) -> list[str]:
    """Write short names that differ only in capitals in the way that comes first: they are one measure."""
    first: dict[str, str] = {}
    return [first.setdefault(code.casefold(), code) for code in codes]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")


def _find(table: Published) -> dict[str, str]:
    """Return the column of the file for each that is wanted."""
    plain = {_plain(name): name for name in reversed(table.header)}
    found = {
        wanted: next(plain[name] for name in names if name in plain)
        for wanted, names in COLUMNS.items()
        if any(name in plain for name in names)
    }
    missing = [wanted for wanted in ("measure", "period", "cell") if wanted not in found]
    missing += ["name"] if not {"number", "name"} & set(found) else []
    if missing:
        faults = [
            Fault(
                table.file, 1, COLUMNS[wanted][0].replace("_", " "), None, "is no column of the file", REMEDY
            )
            for wanted in missing
        ]
        raise DataError(faults, where=table.file)
    return found


def _dictionary(path: str | Path) -> dict[str, dict[str, str]]:
    """Return the rows of the data dictionary by short name; of a measure of several topics the first."""
    wanted = {"measure_short", *(name for names in DICTIONARY.values() for name in names)}
    table = open_published(path, lambda name: _plain(name) in wanted)
    plain = {_plain(name): name for name in table.columns}
    if "measure_short" not in plain:
        remedy = "name the tool's data dictionary (lait_data_dictionary), as CSV"
        fault = Fault(table.file, 1, "Measure_short", None, "is no column of the file", remedy)
        raise DataError([fault], where=table.file)
    cells = {
        key: table.columns[next(plain[name] for name in names if name in plain)].cells
        for key, names in DICTIONARY.items()
        if any(name in plain for name in names)
    }
    rows: dict[str, dict[str, str]] = {}
    for place, code in enumerate(table.columns[plain["measure_short"]].cells):
        row = {key: "" if column[place] == "NA" else str(column[place]) for key, column in cells.items()}
        key = re.sub(r" ", "_", f"{row.get('domain', '')} {code}").casefold()
        if code in rows:
            rows[code]["keys"] += f"\n{key}"
        elif code:
            rows[code] = {**row, "keys": key}
    return rows
