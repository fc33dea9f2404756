"""Read a spreadsheet with one column per period, by a mapping that its owner writes."""

import re
from collections.abc import Mapping as Mapped
from pathlib import Path

import numpy as np
import pandas as pd

from earlywarn.errors import ConfigError, DataError, Fault
from earlywarn.schema import UNITS, WITH_VALUE
from earlywarn.sources.native.calendar import read_calendar
from earlywarn.sources.native.grid import Grid, cell_text, find_grid
from earlywarn.sources.native.headers import plain
from earlywarn.sources.native.imported import Imported, skipped_rows
from earlywarn.sources.native.mapping import Mapping, read_mapping
from earlywarn.sources.native.merged import as_table, merge_rows
from earlywarn.sources.native.periods import read_periods
from earlywarn.sources.native.places import find_places, read_register, with_relations
from earlywarn.sources.native.reading import SYMBOLS
from earlywarn.sources.native.workbooks import Cell
from earlywarn.sources.native.written import Skipped, read_number

__all__ = ["read_wide"]

AS_FIGURE = "correct it, or name the mark under cells as missing, suppressed or nought"


def read_wide(
    *paths: str | Path,
    mapping: str | Path,
    areas: str | Path | None = None,
    calendar: str | Path | None = None,
) -> Imported:
    r"""Read spreadsheets in which each row is an area and each column a period.

    Parameters
    ----------
    *paths : path
        ``.xlsx``, ``.ods`` or ``.csv``, all of the one layout.
    mapping : path
        What is where, in TOML::

            sheet = "Table 2"         # or a pattern, "Table*"; may be left out where there is one sheet
            header_row = 4            # the first row is 1; may be left out: found by the headings below
            source = "Ourshire, quarterly return"   # printed beside the figures
            licence = "Open Government Licence v3.0"

            [area]
            column = "Council"        # its heading; the cells hold names, codes (E06000001) or numbers (805)

            [[indicator]]             # one, or several with indicator_column = "Measure" at the top
            name = "visits_in_time"
            label = "Visits in time"
            unit = "percent"
            polarity = "higher_is_better"
            text = "Visits in time"   # what the column of indicators says; only with several
            # domain, period_type, description, denominator and target may be given too

            [periods]                 # the columns whose whole heading is of this pattern ...
            pattern = '(\d{4}-\d{2}) ?\(?(?:actual)?\)?'   # a group picks out the period in it
            year_type = "financial year"   # or academic, calendar, snapshot_31_march, ...
            lone_year = "ends"        # 2024 is the year that ends, or begins, in 2024

            # ... or each column by itself, in place of [periods]:
            # [[periods]]
            # column = "Q1"
            # start = 2024-04-01
            # end = 2024-06-30
            # known_on = 2024-08-15

            [known_on]                # one of the three, for all periods that have none of their own
            days_after = 46           # the end of the period
            # date = 2024-08-15
            # publication = "DfE Children in need census"   # of the calendar of publications

            [cells]                   # besides the usual marks (-, .., c, x, z, low and so on)
            missing = ["not returned"]
            suppressed = ["<5"]
            nought = ["none"]
            times = 100               # if 0.64 stands for 64%
    areas : path, optional
        A table of areas to look places up in; by default the packaged register of England.
    calendar : path, optional
        A calendar of publications that comes before the packaged one.

    Returns
    -------
    Imported
        Tables ``areas``, ``indicators`` and ``observations``. Left out, and counted with the reason: rows of
        regions and of England, of places that are no area (or were none in a period), and of measures that
        the mapping does not name.

    Raises
    ------
    DataError
        If anything in the mapping will not do; if sheet, header or columns are not there or could be several;
        and for every cell that is neither a figure nor a mark, all at once.

    Examples
    --------
    >>> import tempfile
    >>> said = r'''
    ... area = {column = "Council"}
    ... periods = {pattern = '\d{4}-\d{2}', year_type = "financial year"}
    ... known_on = {days_after = 46}
    ... [[indicator]]
    ... name = "visits_in_time"
    ... label = "Visits in time"
    ... unit = "percent"
    ... polarity = "higher_is_better"
    ... '''
    >>> with tempfile.TemporaryDirectory() as home:
    ...     mapping, path = Path(home, "visits.toml"), Path(home, "visits.csv")
    ...     sizes = mapping.write_text(said), path.write_text("Council,2022-23,2023-24\nKent,81.5,-\n")
    ...     observations = read_wide(path, mapping=mapping).tables["observations"]
    >>> observations[["value", "status", "known_on"]].astype(str).to_numpy().tolist()
    [['81.5', 'ok', '2023-05-16'], ['nan', 'missing', '2024-05-16']]
    """
    if not paths:
        message = "read_wide wants one or more spreadsheets, and was given none."
        raise ConfigError(message)
    said = read_mapping(mapping)
    register = read_register(areas)
    skipped, faults, found = Skipped(), list[Fault](), list[pd.DataFrame]()
    for path in paths:
        grid, wrong = find_grid(path, said)
        faults += wrong
        if grid is None:
            continue
        periods, wrong = _periods(grid, said, calendar)
        rows, odd = _figures(grid, periods, said, skipped)
        faults += [*wrong, *odd]
        found.append(_placed(rows, register, skipped, grid))
    if faults:
        raise DataError(faults, where="the spreadsheet")
    observations, wrong = merge_rows(
        pd.concat(found, ignore_index=True), "observations", ["area_code", "indicator", "period_end"]
    )
    if wrong:
        raise DataError(wrong, where="the spreadsheet")
    indicators = pd.DataFrame([indicator.model_dump(exclude={"text"}) for indicator in said.indicator])
    indicators = indicators.rename(columns={"name": "indicator"}).assign(source=said.source)
    return Imported(
        kind="wide",
        tables={
            "areas": with_relations(register, sorted(set(observations["area_code"]))),
            "indicators": as_table(indicators.sort_values("indicator", ignore_index=True), "indicators"),
            "observations": observations,
        },
        skipped=skipped_rows(skipped.rows()),
        notes=[_dated(said)],
        source=said.source,
        licence=said.licence,
    )


def _dated(said: Mapping) -> str:
    """Say by which rule the figures were dated."""
    rule = said.known_on
    if rule is None:
        return "Each period's figures are taken as known from the day that the mapping gives it."
    if rule.date is not None:
        return f"The figures are taken as known from {rule.date}."
    if rule.days_after is not None:
        return f"The figures are taken as known {rule.days_after} days after their period."
    return f"The figures are taken as known by the rule for {rule.publication}."


def _periods(grid: Grid, said: Mapping, calendar: str | Path | None) -> tuple[pd.DataFrame, list[Fault]]:
    """Return the days of each period column, and from when its figures were known."""
    if isinstance(said.periods, tuple):
        given = [(period.start, period.end, period.known_on) for period in said.periods]
        table = pd.DataFrame(given, columns=["start", "end", "known_on"]).apply(pd.to_datetime)
        table["marker"] = ""
    else:
        pattern = re.compile(said.periods.pattern)
        matches = [pattern.fullmatch(cell_text(grid.header[at])) for at in grid.periods]
        texts = [(match[1] if match.re.groups and match[1] else match[0]) for match in matches if match]
        read = read_periods(texts, said.periods.year_type, single=said.periods.lone_year)
        table = pd.DataFrame(
            {"start": read.start, "end": read.end, "known_on": pd.NaT, "marker": read.marker}
        )
    table = table.astype(dict.fromkeys(("start", "end", "known_on"), "datetime64[ns]"))
    table["at"] = grid.periods
    remedy = "correct the pattern or the year_type in the mapping, or give each column by itself"
    faults = [
        grid.fault(grid.line, at, grid.header[at], "is no period that can be read", remedy)
        for at in table.loc[table["end"].isna(), "at"]
    ]
    faults += [
        grid.fault(grid.line, at, grid.header[at], "is a period that another column has too", "leave one out")
        for at in table.loc[table["end"].duplicated() & table["end"].notna(), "at"]
    ]
    ruled, wrong = _known_on(table, said, calendar, grid)
    table["known_on"] = table["known_on"].fillna(ruled)
    faults += wrong
    faults += [
        grid.fault(grid.line, at, grid.header[at], "is known before its period ends", "correct known_on")
        for at in table.loc[table["known_on"] < table["end"], "at"]
    ]
    return table, faults


def _known_on(
    table: pd.DataFrame, said: Mapping, calendar: str | Path | None, grid: Grid
) -> tuple["pd.Series[pd.Timestamp]", list[Fault]]:
    """Return the day by the mapping's rule for each period; NaT where it has none."""
    rule = said.known_on
    if rule is not None and rule.date is not None:
        return pd.Series(pd.Timestamp(rule.date), index=table.index), []
    if rule is not None and rule.days_after is not None:
        return table["end"] + pd.Timedelta(days=rule.days_after), []
    if rule is not None and rule.publication is not None:
        dates = read_calendar(calendar)
        place = dates.find("", source=rule.publication)
        if place >= 0:
            ends, markers = table["end"].to_numpy(), table["marker"].to_numpy(dtype=object)
            return pd.Series(dates.known_on(np.full(len(table), place), ends, markers)), []
        fault = Fault(
            grid.place, None, "known_on.publication", rule.publication, "is no publication of the calendar",
            "name one of the calendar's, or add it to a calendar of your own",
        )  # fmt: skip
        return table["known_on"], [fault]
    return table["known_on"], []


def _figures(
    grid: Grid, periods: pd.DataFrame, said: Mapping, skipped: Skipped
) -> tuple[pd.DataFrame, list[Fault]]:
    """Return every figure with its row, and report the cells that are none."""
    marks = _marks(said)
    named = {plain(indicator.text): indicator for indicator in said.indicator}
    rows, faults = [], []
    days = periods[["at", "start", "end", "known_on"]].to_numpy(dtype=object).tolist()
    for line, cells in grid.rows:
        row = [*cells, *[""] * (len(grid.header) - len(cells))]
        place = cell_text(row[grid.area])
        measure = row[grid.indicator] if grid.indicator is not None else ""
        indicator = named.get(plain(measure)) if grid.indicator is not None else said.indicator[0]
        if not place:
            skipped.add(grid.file, grid.sheet, "names no area")
        elif indicator is None:
            skipped.add(
                grid.file, grid.sheet, f"is of {cell_text(measure)!r}, which the mapping does not name"
            )
        else:
            least, most = UNITS[indicator.unit]
            for at, start, end, known_on in days:
                value, status, problem = _read(row[at], marks, said.cells.times)
                if value is not None and not least <= value <= most:
                    problem = f"is out of range for {indicator.unit}"
                if problem:
                    faults.append(grid.fault(line, at, row[at], problem, AS_FIGURE))
                rows.append((line, place, indicator.name, start, end, value, status, known_on))
    columns = ["row", "place", "indicator", "period_start", "period_end", "value", "status", "known_on"]
    return pd.DataFrame(rows, columns=columns).astype({"value": float}), faults


def _marks(said: Mapping) -> Mapped[str, str]:
    """Return the status that each mark stands for; the mapping's own come before the usual ones."""
    own = {"missing": said.cells.missing, "suppressed": said.cells.suppressed, "ok": said.cells.nought}
    return SYMBOLS | {mark.strip().casefold(): status for status, marks in own.items() for mark in marks}


def _read(cell: Cell, marks: Mapped[str, str], times: float) -> tuple[float | None, str, str]:
    """Return the value of a cell, its status, and what is the matter with it."""
    status = marks.get(cell_text(cell).casefold())
    if status is not None:
        return (0.0 if status in WITH_VALUE else None), status, ""
    number = read_number(cell)
    if number is None:
        return None, "missing", "is neither a figure nor a mark that stands for none"
    written = isinstance(cell, str) and cell.endswith("%")
    return number if written else number * times, "ok", ""


def _placed(rows: pd.DataFrame, register: pd.DataFrame, skipped: Skipped, grid: Grid) -> pd.DataFrame:
    """Find the area of each figure, and count the rows of places that are none."""
    places = find_places(
        rows["place"].to_numpy(dtype=object),
        start=rows["period_start"].to_numpy(dtype="datetime64[ns]"),
        end=rows["period_end"].to_numpy(dtype="datetime64[ns]"),
        register=register,
    )
    rows = rows.assign(area_code=places.area_code, file=grid.place)
    out = rows.assign(why=places.why)[places.why != ""]
    for (place, why), lines in out.groupby(["place", "why"], sort=False)["row"]:
        skipped.add(grid.file, grid.sheet, f"{place!r} {why}", rows=lines.nunique())
    return rows[rows["area_code"] != ""]
