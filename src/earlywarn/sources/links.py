"""Check what one table says against another: codes that must exist, and values against their unit."""

from collections.abc import Mapping
from difflib import get_close_matches

import numpy as np
import pandas as pd

from earlywarn.errors import Fault
from earlywarn.schema import NEIGHBOUR_MODELS, SCALES, UNITS
from earlywarn.sources.cells import CheckedTable
from earlywarn.sources.files import TextTable

__all__ = ["check_links", "date_neighbours", "former_codes"]


def former_codes(areas: CheckedTable) -> dict[str, str]:
    """Return the current code of every former one, and report those that could mean two areas.

    Parameters
    ----------
    areas : CheckedTable
        Faults are added to it.
    """
    current = areas.frame["area_code"].tolist()
    renamed: dict[str, str] = {}
    for row, code in _listed(areas, "former_codes"):
        problem, remedy = "", "give each former code to one area"
        if code in current:
            problem, remedy = f"names {code!r}, which is an area's code today", "leave it out"
        elif renamed.setdefault(code, current[row]) != current[row]:
            problem = f"names {code!r}, which {renamed[code]} had too"
        if problem:
            areas.blame(np.array([row]), "former_codes", problem, remedy)
    return renamed


def _listed(areas: CheckedTable, column: str) -> list[tuple[int, str]]:
    """Return each code of a column of codes joined by semicolons, with its row."""
    cells = enumerate(areas.frame[column].tolist())
    return [(row, code.strip()) for row, cell in cells for code in cell.split(";") if code.strip()]


def check_links(tables: Mapping[str, CheckedTable], *, renamed: Mapping[str, str]) -> None:
    """Add the faults that only show when tables are held against each other.

    Parameters
    ----------
    tables : mapping of str to CheckedTable
        By table name; one that could not be read is left out, and then nothing is held against it.
    renamed : mapping of str to str
        Former area codes, which need no fault.
    """
    if "areas" in tables and not tables["areas"].unreadable["area_code"].all():
        areas = tables["areas"].frame
        known = areas["area_code"].tolist()
        for name, table in tables.items():
            for column in ("area_code", "neighbour_code"):
                if name != "areas" and column in table.frame:
                    _unknown(table, column, known, of="area_code of areas")
        _unknown_relations(tables["areas"], {*known, *renamed})
    if "indicators" in tables:
        _unknown_denominators(tables["indicators"])
    if {"indicators", "observations"} <= set(tables):
        indicators = tables["indicators"]
        if not indicators.unreadable["indicator"].all():
            known = indicators.frame["indicator"].tolist()
            _unknown(tables["observations"], "indicator", known, of="indicator of indicators")
            _out_of_range(tables["observations"], indicators.frame)


def _unknown(table: CheckedTable, column: str, known: list[str], *, of: str) -> None:
    """Report each unknown code once, with the count of its rows, at the first of them."""
    codes = table.frame[column]
    rows = np.flatnonzero(~codes.isin(known) & ~table.unreadable[column])
    for code, found in pd.Series(rows).groupby(codes.to_numpy()[rows], sort=False):
        near = get_close_matches(str(code), known, n=1) if column == "indicator" else []  # codes are opaque
        hint = f"did you mean {near[0]!r}? Otherwise " if near else ""
        count = f" (in {len(found):,} rows, this being the first)" if len(found) > 1 else ""
        table.blame(
            found.to_numpy()[:1], column, f"is no {of}{count}", f"{hint}add it there or leave its rows out"
        )
        table.unreadable[column][found] = True


def _unknown_relations(areas: CheckedTable, known: set[str]) -> None:
    remedy = "add the area, or leave it out; join several codes by ;"
    for column in ("predecessors", "successors"):
        for row, code in _listed(areas, column):
            if code not in known:
                problem = f"names {code!r}, which is no area_code of areas"
                areas.blame(np.array([row]), column, problem, remedy)


def _unknown_denominators(indicators: CheckedTable) -> None:
    """Report the denominators that are no indicator, or that the unit has no use for."""
    frame = indicators.frame
    known = frame["indicator"].tolist()
    for row in np.flatnonzero(frame["denominator"].to_numpy() != ""):
        name, unit = frame["denominator"].iloc[row], frame["unit"].iloc[row]
        problem, remedy = "", "leave the cell empty"
        if name not in known:
            near = get_close_matches(name, known, n=1)
            problem = "is no indicator of this table"
            remedy = f"did you mean {near[0]!r}? Otherwise {remedy}" if near else f"add it, or {remedy}"
        elif unit in UNITS and unit not in SCALES:
            problem = f"stands beneath a {unit}, which is a share or a rate of nothing"
        if problem:
            indicators.blame(np.array([row]), "denominator", problem, remedy)


def _out_of_range(observations: CheckedTable, indicators: pd.DataFrame) -> None:
    units = dict(zip(indicators["indicator"].tolist(), indicators["unit"].tolist(), strict=True))
    limits = {name: UNITS[unit] for name, unit in units.items() if unit in UNITS}
    values = observations.frame["value"].to_numpy()
    names = observations.frame["indicator"]
    least = names.map({name: low for name, (low, _) in limits.items()}).to_numpy(dtype=np.float64)
    most = names.map({name: high for name, (_, high) in limits.items()}).to_numpy(dtype=np.float64)
    rows = np.flatnonzero((values < least) | (values > most))
    for row, name in zip(rows, names.to_numpy()[rows], strict=True):
        low, high = limits[name]
        lies = f"from {low:g} to {high:g}" if np.isfinite(high) else f"at {low:g} or above"
        problem = f"is out of range: a {units[name]} lies {lies} (indicator {name!r})"
        remedy = "correct the value, or the indicator's unit"
        observations.blame(np.array([row]), "value", problem, remedy)


def date_neighbours(text: TextTable) -> tuple[TextTable, list[Fault]]:
    """Give the neighbour sets of a file without ``known_on`` the dates of their models.

    Parameters
    ----------
    text : TextTable
        The file ``neighbours``.

    Returns
    -------
    TextTable
        With ``known_on`` if every model is one of ``NEIGHBOUR_MODELS``.
    list of Fault
        One for each model whose date is not known to us.
    """
    model = text.columns.get("model")
    if "known_on" in text.columns or model is None:
        return text, []
    remedy = "add a column known_on with the day on which the set was published"
    unknown = [
        text.fault(
            int(np.flatnonzero(model.codes == place)[0]),
            "model",
            "is a set whose date we do not know",
            remedy,
        )
        for place, word in enumerate(model.words)
        if word not in NEIGHBOUR_MODELS and (model.codes == place).any()
    ]
    if unknown:
        return text, unknown
    words = np.array([NEIGHBOUR_MODELS[word] for word in model.words], dtype=object)
    dated = {**text.columns, "known_on": type(model)(words, model.codes)}
    return TextTable(text.file, dated, {}, text.content), []
