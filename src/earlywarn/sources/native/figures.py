"""From the rows of a published file to tables of figures, with an account of every row left out."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import name_a_few
from earlywarn.schema import TABLES, UNITS, WITH_VALUE
from earlywarn.sources.native.calendar import Calendar
from earlywarn.sources.native.measures import Measures, as_name, convert
from earlywarn.sources.native.periods import MARKERS, Periods, read_periods
from earlywarn.sources.native.places import ABROAD, find_places
from earlywarn.sources.native.reading import SYMBOLS, read_figures
from earlywarn.sources.native.register import with_relations
from earlywarn.sources.native.repeats import each_once
from earlywarn.sources.native.sieve import Sieve

__all__ = ["figure_tables"]

Texts = npt.NDArray[np.object_]
FINALITY = {
    "provisional": -1,
    "revised": 1,
    "final": 2,
}  # of figures for one period the most final one stands
AS_FIRST = ", and dated like first releases unless the calendar has a revised_known_on"
GROUPS = dict(zip(ABROAD, ("national figures", "regional figures"), strict=True))
AS_THEY_ARE = ["period_start", "period_end", "value", "status", "known_on"]


def figure_tables(
    rows: pd.DataFrame,
    words: Mapping[str, Texts],
    measures: Measures,
    *,
    sieve: Sieve,
    register: pd.DataFrame,
    calendar: Calendar,
    single: str = "ends",
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Make the tables areas, indicators and observations from the rows of a file.

    Parameters
    ----------
    rows : DataFrame of int
        One row per figure, and per column the position of its text in ``words``: ``period``, ``cell``,
        ``year_type`` and one or more that begin with ``place``; also ``measure``, the position in
        ``measures``.
    words : mapping of str to ndarray of str
        The different texts of each column.
    measures : Measures
        As from ``name_measures``. Where one has no kind of year, that of the row is taken.
    sieve : Sieve
        Is told of the rows that are left out.
    register : DataFrame
        As from ``read_register``.
    calendar : Calendar
        Dates the figures.
    single : {"ends", "begins", "unsure"}
        As for ``read_periods``, where a row's own kind of year is taken; with a measure's, a lone year ends
        it.

    Returns
    -------
    tables : dict of str to DataFrame
        ``areas``, ``indicators`` and ``observations``, sorted by key.
    notes : list of str
        What was taken for granted.
    """
    rows, periods = _dated(rows, words, measures, sieve, single=single)
    measures = _with_period_type(measures, rows, words)
    rows, codes = _placed(rows, words, periods, sieve, register)
    rows, notes = _read(rows, words, measures, sieve)
    rows = _known(rows, periods, measures, calendar)
    names = measures["indicator"].to_numpy(dtype=object)
    rows = each_once(rows, codes, names, sieve)
    rows, measures = _in_range(rows, measures, sieve)
    notes += _taken_for_granted(rows, measures, periods, calendar)
    observations = pd.DataFrame(
        {
            "area_code": codes[rows["area"]],
            "indicator": names[rows["measure"]],
            **{
                name: rows[name].to_numpy()
                for name in ("period_start", "period_end", "value", "status", "known_on")
            },
        }
    )
    tables = {
        "areas": with_relations(register, sorted(set(codes[np.unique(rows["area"])]))),
        "indicators": _indicators(rows, measures),
        "observations": observations,
    }
    return tables, notes


def _with_period_type(measures: Measures, rows: pd.DataFrame, words: Mapping[str, Texts]) -> Measures:
    """Give the measures without a kind of year that of their rows in the table, if these have only one."""
    kinds = rows.groupby("measure")["year_type"].agg(["min", "max"]).reindex(measures.index, fill_value=0)
    one = (kinds["min"] == kinds["max"]) & (measures["period_type"] == "")
    named = pd.Series([as_name(word) for word in words["year_type"]])[kinds["min"]].to_numpy()
    return measures.assign(period_type=measures["period_type"].where(~one, named))


def _dated(
    rows: pd.DataFrame, words: Mapping[str, Texts], measures: Measures, sieve: Sieve, *, single: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add ``span``, the place of each row's period in the table of the different ones, and its days."""
    own = measures["year_type"].to_numpy(dtype=object)
    kind, kinds = pd.factorize(np.concatenate([own, words["year_type"]]))
    set_by_measure = (own != "")[rows["measure"]]
    kind = np.where(set_by_measure, kind[rows["measure"]], kind[len(own) + rows["year_type"].to_numpy()])
    period = rows["period"].to_numpy(dtype=np.int64)
    span, pairs = pd.factorize((period * len(kinds) + kind) * 2 + set_by_measure)
    text, year_type = words["period"][pairs // 2 // len(kinds)], kinds[pairs // 2 % len(kinds)]
    read = read_periods(text, year_type, single=single)
    ends = read_periods(text, year_type, single="ends")
    read = Periods(*(np.where(pairs % 2, *both) for both in zip(ends, read, strict=True)))
    periods = pd.DataFrame({"start": read.start, "end": read.end, "marker": read.marker})
    rows = rows.drop(columns="period").assign(span=span.astype(np.int32))
    said = np.array([f"{a!r} of {_kind(b)}" for a, b in zip(text, year_type, strict=True)], dtype=object)
    bad = read.unreadable[span]
    return sieve.drop(rows, bad, "cannot be read for sure", "period", said[span]), periods


def _kind(year_type: str) -> str:
    return f"a {year_type!r}" if year_type else "a kind of year that nothing tells"


def _placed(
    rows: pd.DataFrame,
    words: Mapping[str, Texts],
    periods: pd.DataFrame,
    sieve: Sieve,
    register: pd.DataFrame,
) -> tuple[pd.DataFrame, Texts]:
    """Add ``area``, the position of each row's area in the codes that are returned, in their order."""
    places = [name for name in rows.columns if name.startswith("place")]
    combined = np.zeros(len(rows), dtype=np.int64)
    for name in places:
        combined = combined * len(words[name]) + rows[name].to_numpy()
    which, pairs = pd.factorize(combined * len(periods) + rows["span"].to_numpy())
    first = np.zeros(len(pairs), dtype=np.int64)
    first[which[::-1]] = np.arange(len(rows))[::-1]
    columns = [words[name][rows[name].to_numpy()[first]] for name in places]
    start, end = (periods[name].to_numpy()[pairs % max(len(periods), 1)] for name in ("start", "end"))
    found = find_places(*columns, start=start, end=end, register=register)
    called = np.array(
        [" ".join(dict.fromkeys(filter(None, cells))) for cells in zip(*columns, strict=True)], dtype=object
    )
    area, codes = pd.factorize(found.area_code, sort=True)
    ended = register.set_index("area_code")["active_to"].reindex(found.area_code).to_numpy() < end
    rows = rows.drop(columns=places).assign(place=which.astype(np.int32))
    for reason in sorted(set(found.why) - {""}):
        place = rows["place"].to_numpy()
        bad = (found.why == reason)[place]
        if reason in GROUPS:
            rows = sieve.drop(rows, bad, "is for no single area", GROUPS[reason])
        else:
            rows = sieve.drop(rows, bad, reason, "place", called[place])
    place = rows["place"].to_numpy()
    return rows.assign(area=area[place].astype(np.int32), ended=ended[place]), codes


def _read(
    rows: pd.DataFrame, words: Mapping[str, Texts], measures: Measures, sieve: Sieve
) -> tuple[pd.DataFrame, list[str]]:
    """Add ``value`` and ``status``."""
    cells = words["cell"]
    figures = read_figures(cells)
    cell = rows["cell"].to_numpy()
    quoted = np.array([repr(word) for word in cells], dtype=object)
    bad = (figures.status == "")[cell]
    rows = sieve.drop(rows, bad, "is neither a figure nor a known symbol", "cell", quoted[cell])
    missing = rows["ended"].to_numpy() & ~np.isin(figures.status, WITH_VALUE)[rows["cell"]]
    rows = sieve.drop(rows, missing, "has no figure, for an area that ended in the period", "rows")
    cell = rows["cell"].to_numpy()
    value = convert(figures.value[cell], measures["per"].to_numpy()[rows["measure"]])
    return rows.assign(value=value, status=figures.status[cell]), _symbols(cells, cell)


def _known(rows: pd.DataFrame, periods: pd.DataFrame, measures: Measures, calendar: Calendar) -> pd.DataFrame:
    """Add ``period_start``, ``period_end``, ``known_on`` and ``finality``."""
    span, measure = rows["span"].to_numpy(), rows["measure"].to_numpy()
    start, end, marker = (periods[name].to_numpy() for name in ("start", "end", "marker"))
    pair, pairs = pd.factorize(span.astype(np.int64) * max(len(measures), 1) + measure)
    at, of = np.divmod(pairs, max(len(measures), 1))
    known = calendar.known_on(measures["publication"].to_numpy()[of], end[at], marker[at])
    final = np.array([FINALITY.get(mark, 0) for mark in marker], dtype=np.int8)
    rows = rows.drop(columns=["cell", "place", "ended", "year_type"])
    return rows.assign(
        period_start=start[span], period_end=end[span], known_on=known[pair], finality=final[span]
    )


def _symbols(cells: Texts, cell: npt.NDArray[np.int64]) -> list[str]:
    """Say how often each symbol for no figure stands in the cells, and what it was taken as."""
    counts = np.bincount(cell, minlength=len(cells))
    totals: dict[str, int] = {}
    for place, word in enumerate(cells):
        if word.casefold() in SYMBOLS and counts[place]:
            totals[word] = totals.get(word, 0) + int(counts[place])
    notes = []
    for word, count in sorted(totals.items()):
        status = SYMBOLS[word.casefold()]
        said = f"cells that say {word!r}" if word else "cells that are empty"
        kept = "0 (rounded)" if status in WITH_VALUE else status.replace("_", " ")
        notes.append(f"Read as {kept}: {said} ({count:,}).")
    return notes


def _in_range(rows: pd.DataFrame, measures: Measures, sieve: Sieve) -> tuple[pd.DataFrame, Measures]:
    """Leave out figures that their unit does not allow, or doubt a unit that was only read off words."""
    limits = np.array([UNITS[unit] for unit in measures["unit"]]).reshape(-1, 2)
    measure, value = rows["measure"].to_numpy(), rows["value"].to_numpy()
    bad = (value < limits[measure, 0]) | (value > limits[measure, 1])
    doubted = np.zeros(len(measures), dtype=bool)
    doubted[measure[bad]] = True
    doubted &= ~measures["sure_unit"].to_numpy()
    names = measures["indicator"].to_numpy(dtype=object)
    measures = measures.assign(unit=measures["unit"].where(~doubted, "score"))
    bad &= ~doubted[measure]
    why = "has figures that its unit does not allow"
    return sieve.drop(rows, bad, why, "indicator", names[measure]), measures


def _indicators(rows: pd.DataFrame, measures: Measures) -> pd.DataFrame:
    """Return the table indicators for the measures that have rows, with the shortest lag of each."""
    days = (rows["known_on"] - rows["period_end"]).dt.days.groupby(rows["measure"].to_numpy()).min()
    table = TABLES["indicators"]
    held = measures.loc[days.index].assign(publication_lag_days=days.astype("float64"))
    held = held[table.names].astype({column.name: column.dtype for column in table.columns})
    return held.sort_values("indicator", kind="stable", ignore_index=True)


def _taken_for_granted(
    rows: pd.DataFrame, measures: Measures, periods: pd.DataFrame, calendar: Calendar
) -> list[str]:
    """Say how figures were dated, and what is not known of markers and units."""
    held = measures.loc[np.unique(rows["measure"])]
    names = held["indicator"].to_numpy(dtype=object)
    notes = []
    undated = names[held["publication"].to_numpy() < 0]
    if len(undated):
        notes.append(
            f"Taken as public {calendar.default_months} months after the period ends, as no publication of "
            f"the calendar fits: {name_a_few(undated)}."
        )
    counts = periods["marker"].to_numpy()[rows["span"]]
    which, marks = pd.factorize(counts)
    for mark, count in zip(marks, np.bincount(which, minlength=len(marks)).tolist(), strict=True):
        if mark:
            more = "" if mark in MARKERS.values() else ", whose meaning is not known"
            more = AS_FIRST if mark == "revised" else more
            notes.append(f"Marked {mark} by the publisher{more}: {count:,} of the figures.")
    blank = names[(held["unit"] == "score").to_numpy() & ~held["sure_unit"].to_numpy()]
    if len(blank):
        notes.append(f"Given the unit score, for want of a surer one: {name_a_few(blank)}.")
    return notes
