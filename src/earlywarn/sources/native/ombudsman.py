"""Read the Ombudsman's yearly tables of complaints about councils: received, decided, and put right."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from earlywarn.errors import ConfigError, DataError, Fault, name_a_few
from earlywarn.sources.native.calendar import Calendar, read_calendar
from earlywarn.sources.native.complaints import AREA, MEASURES, NOT_UPHELD
from earlywarn.sources.native.headers import SheetTable, find_tables, no_table, plain
from earlywarn.sources.native.imported import Imported, skipped_rows
from earlywarn.sources.native.merged import as_table, merge_rows
from earlywarn.sources.native.places import find_places, read_register, with_relations
from earlywarn.sources.native.workbooks import read_sheets
from earlywarn.sources.native.written import Skipped, read_column, read_number

__all__ = ["read_ombudsman"]

SOURCE = "LGSCO Local government complaints by authority"  # as the calendar of publications has it
LICENCE = "Open Government Licence v3.0"
TABLE_COLUMNS = {  # of each sort of table: our columns, and which must be there
    "received": ("complaints_received_childrens", "complaints_received"),
    "decided": ("complaints_upheld", "not_upheld", "complaints_decided", "complaints_upheld_rate"),
    "remedied": ("complaints_remedied_rate",),
    "complied": ("complaints_compliance_rate",),
}
BENEATH = {  # what a rate is a share of
    "complaints_upheld_rate": "complaints_investigated",
    "complaints_remedied_rate": "complaints_upheld",
}
ROUNDED = 1.0  # the published rate is a whole number, so it can differ so far from the counts
YEAR = re.compile(r"(?<!\d)(20\d\d) ?[-/_\N{EN DASH}] ?(?:20)?(\d\d)(?!\d)")
TO_MARCH = re.compile(r"31 march (20\d\d)")
AS_COUNT = "write a whole number, or - where there is none"


def read_ombudsman(
    *paths: str | Path,
    year: str | None = None,
    areas: str | Path | None = None,
    calendar: str | Path | None = None,
) -> Imported:
    r"""Read the Local Government and Social Care Ombudsman's tables of complaints.

    One file holds one year. Each sheet with a column of authorities is looked at, below whatever titles it
    has: complaints received, by the column for education and children's services; complaints decided, by the
    columns upheld and not upheld; remedies and compliance, by their rates.

    Parameters
    ----------
    *paths : path
        ``.xlsx``, ``.ods`` or ``.csv``.
    year : str, optional
        The year of all the files, such as ``2023-24``: 1 April to 31 March. By default the year in each
        file's name, which must be the one in its titles if there are any.
    areas : path, optional
        A table of areas to look authorities up in; by default the packaged register of England.
    calendar : path, optional
        A calendar of publications that comes before the packaged one.

    Returns
    -------
    Imported
        Tables ``areas``, ``indicators`` and ``observations``. Only received complaints are those of education
        and children's services; decisions, remedies and compliance are of all services, and say so in their
        description. Councils without children's services (districts), and other bodies, are left out in one
        line.

    Raises
    ------
    ConfigError
        If the year of a file is not clear.
    DataError
        If a file has no such table; all cells that are no numbers; figures that contradict one another.

    Notes
    -----
    A rate is read as a percentage. Where a workbook holds it as a share (0.64 shown as 64%), this is told by
    the counts beside it, or else by every rate being at most 1 and some between 0 and 1. A rate of no
    investigations is missing. Where there is no rate, it is worked out from the counts.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     path = Path(home, "complaints decided 2023-24.csv")
    ...     size = path.write_text(
    ...         "Authority Name,Not Upheld,Upheld,Uphold rate (%)\n"
    ...         "Kent County Council,22,103,82\nDover District Council,2,2,50\n"
    ...     )
    ...     read = read_ombudsman(path)
    >>> read.tables["observations"][["indicator", "value"]].to_numpy().tolist()
    [['complaints_investigated', 125.0], ['complaints_upheld', 103.0], ['complaints_upheld_rate', 82.0]]
    >>> read.skipped["why"].tolist()
    ["are no councils with children's services duties, such as 'Dover District Council'"]
    """
    if not paths:
        message = "read_ombudsman wants one or more of the Ombudsman's tables, and was given none."
        raise ConfigError(message)
    register = read_register(areas)
    dates = read_calendar(calendar)
    skipped, faults, found, notes = Skipped(), list[Fault](), list[pd.DataFrame](), list[str]()
    for path in paths:
        tables, wrong = _tables(Path(path))
        faults += wrong
        for sort, table in tables:
            end = _year_end(table, year)
            values, wrong, remarks = _values(table, sort)
            faults += wrong
            notes += remarks
            found.append(_rows(table, values, end, register, skipped))
    if faults:
        raise DataError(faults, where="the Ombudsman's tables")
    rows = pd.concat(found, ignore_index=True)
    rows["known_on"] = _known_on(rows, dates)
    observations, wrong = merge_rows(rows, "observations", ["area_code", "indicator", "period_end"])
    if wrong:
        raise DataError(wrong, where="the Ombudsman's tables")
    return Imported(
        kind="ombudsman",
        tables={
            "areas": with_relations(register, sorted(set(observations["area_code"]))),
            "indicators": _indicators(sorted(set(observations["indicator"])), observations),
            "observations": observations,
        },
        skipped=skipped_rows(skipped.rows()),
        notes=[*notes, *_absent(observations, register)],
        source=SOURCE,
        licence=LICENCE,
    )


def _tables(path: Path) -> tuple[list[tuple[str, SheetTable]], list[Fault]]:
    """Find the tables of every sort in a file."""
    try:
        sheets = read_sheets(path)
    except DataError as refusal:
        return [], list(refusal.faults)
    found, faults = [], dict[Fault, None]()
    for sort, names in TABLE_COLUMNS.items():
        wanted = {name: MEASURES[name].headings if name in MEASURES else NOT_UPHELD for name in names}
        needed = names[:2] if sort == "decided" else names[:1]
        tables, wrong = find_tables(path, sheets, {"area": AREA, **wanted}, ["area", *needed])
        found += [(sort, table) for table in tables]
        faults |= dict.fromkeys(wrong)
    if not found and not faults:
        needs = (
            "Authority Name with Education and Children's Services, with Upheld and Not upheld, or with a "
            "rate of remedies or compliance"
        )
        faults[no_table(path, sheets, "complaints by authority", needs)] = None
    return found, list(faults)


def _year_end(table: SheetTable, year: str | None) -> pd.Timestamp:
    """Return the last day of the year that a table is about."""
    stem = Path(table.file).stem
    if year and len(_years(year)) != 1:
        message = f"The year is {year!r}, which is not one year to 31 March. Write it as 2023-24."
        raise ConfigError(message)
    said = year or stem
    named, titled = (
        _years(said),
        _years(table.title) | (_years(table.sheet) if table.sheet != stem else set()),
    )
    ends = named or titled
    remedy = "Say the year with --year, such as 2023-24, and give the files of other years by themselves."
    if len(ends) != 1:
        message = f"{table.place} does not say which one year it is about, nor does its name. {remedy}"
        raise ConfigError(message)
    (end,) = ends
    if titled and end not in titled:
        other = ", ".join(f"{found - 1}-{found % 100:02d}" for found in sorted(titled))
        taken = f"{said!r} is taken as {end - 1}-{end % 100:02d}"
        message = f"{taken}, but the titles in {table.place} say {other}. {remedy}"
        raise ConfigError(message)
    return pd.Timestamp(end, 3, 31)


def _years(text: str) -> set[int]:
    """Return the years to 31 March that a text names, by the calendar year in which they end."""
    pairs = [(int(first), int(second)) for first, second in YEAR.findall(text)]
    marches = {int(found) for found in TO_MARCH.findall(plain(text))}
    return marches | {first + 1 for first, second in pairs if (first + 1) % 100 == second}


Values = dict[str, np.ndarray]


def _values(table: SheetTable, sort: str) -> tuple[Values, list[Fault], list[str]]:
    """Return the figures of each indicator in a table, with faults and remarks."""
    values: Values = {}
    faults: list[Fault] = []
    for name in TABLE_COLUMNS[sort]:
        if name not in table.columns:
            continue
        numbers, wrong = read_column(table, name, read_number, "is not a number", AS_COUNT)
        values[name] = np.array([np.nan if number is None else number for number in numbers])
        faults += wrong
        if not name.endswith("_rate"):
            odd = (values[name] < 0) | (values[name] % 1 > 0)
            faults += [
                table.fault(row, name, "is no count", AS_COUNT) for row in np.flatnonzero(odd).tolist()
            ]
    remarks = []
    if sort == "decided":
        investigated = values["complaints_upheld"] + values.pop("not_upheld")
        values["complaints_investigated"] = investigated
        more = investigated > values.get("complaints_decided", np.inf)
        problem = "is less than upheld and not upheld together"
        faults += [
            table.fault(row, "complaints_decided", problem, "correct whichever is wrong")
            for row in np.flatnonzero(more).tolist()
        ]
        share = np.divide(
            100 * values["complaints_upheld"],
            investigated,
            out=np.full(len(table), np.nan),
            where=investigated > 0,
        )
        remarks = _rated(table, values, share)
    for name in values.keys() & {"complaints_remedied_rate", "complaints_compliance_rate"}:
        values[name] = _percent(table, name, values[name], np.full(len(table), np.nan))
    return values, faults, remarks


def _rated(table: SheetTable, values: Values, share: np.ndarray) -> list[str]:
    """Put the uphold rate beside the counts: the published one where there is one, else from the counts."""
    name = "complaints_upheld_rate"
    if name not in values:
        values[name] = share
        return [f"{table.place} has no uphold rate: it was worked out from upheld and not upheld."]
    published = _percent(table, name, values[name], share)
    values[name] = np.where(
        values["complaints_investigated"] > 0, published, np.nan
    )  # of none, no share is upheld
    odd = np.flatnonzero(np.abs(values[name] - share) > ROUNDED)
    if not len(odd):
        return []
    who = name_a_few(str(table["area"][row]) for row in odd)
    return [
        f"{table.place}: the uphold rate is not that of its counts for {who}; the published rate was kept."
    ]


def _percent(table: SheetTable, name: str, published: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return a published rate as a percentage, which a workbook may hold as a share."""
    held = np.array([isinstance(cell, float) for cell in table[name]]) & ~np.isnan(published)
    told = held & ~np.isnan(share)
    if told.any():
        gaps = [np.median(np.abs(times * published[told] - share[told])) for times in (1, 100)]
        as_share = gaps[1] < gaps[0]
    else:
        rates = published[held]
        as_share = bool(np.all(rates <= 1) and np.any((rates > 0) & (rates < 1)))
    return np.where(held & as_share, 100 * published, published)


def _rows(
    table: SheetTable,
    values: Mapping[str, np.ndarray],
    end: pd.Timestamp,
    register: pd.DataFrame,
    skipped: Skipped,
) -> pd.DataFrame:
    """Return a row for each area and indicator; other bodies are left out in one line."""
    names = [str(cell) for cell in table["area"]]
    places = find_places(names, end=np.full(len(names), end.to_datetime64()), register=register)
    for why in sorted(set(places.why) - {""}):
        whose = [name for name, reason in zip(names, places.why, strict=True) if reason == why]
        known = "area" not in why.removeprefix("is no area")
        words = f"are no councils with children's services duties, such as {name_a_few(whose, shown=3)}"
        skipped.add(
            table.file, table.sheet, words if known else f"{why}: {name_a_few(whose)}", rows=len(whose)
        )
    there = np.flatnonzero(places.area_code != "")
    parts = [
        pd.DataFrame({"area_code": places.area_code[there], "indicator": name, "value": figures[there]})
        for name, figures in values.items()
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows["row"] = np.tile(np.array(table.lines, dtype=np.int64)[there], len(parts))
    rows["status"] = np.where(rows["value"].isna(), "missing", "ok")
    start = end - pd.DateOffset(years=1) + pd.DateOffset(days=1)
    return rows.assign(period_start=start, period_end=end, file=table.place)


def _known_on(rows: pd.DataFrame, calendar: Calendar) -> np.ndarray:
    publication = np.full(len(rows), calendar.find("complaints", source=SOURCE), dtype=np.int64)
    ends = rows["period_end"].to_numpy(dtype="datetime64[ns]")
    return calendar.known_on(publication, ends, np.full(len(rows), "", dtype=object))


def _indicators(names: Sequence[str], observations: pd.DataFrame) -> pd.DataFrame:
    lag = (observations["known_on"] - observations["period_end"]).dt.days.min()
    rows = [{"indicator": name, **MEASURES[name]._asdict()} for name in names]
    table = pd.DataFrame(rows, columns=["indicator", "label", "unit", "polarity", "description"]).assign(
        domain="complaints", source=SOURCE, period_type="financial_year", publication_lag_days=lag
    )
    table["denominator"] = [BENEATH[name] if BENEATH.get(name) in names else "" for name in names]
    return as_table(table, "indicators")


def _absent(observations: pd.DataFrame, register: pd.DataFrame) -> Iterator[str]:
    """Name the areas that had children's services in a year and are in none of its tables."""
    for end, rows in observations.groupby("period_end"):
        there = ~(register["active_from"] > end) & ~(register["active_to"] < end)
        absent = register.loc[there & ~register["area_code"].isin(rows["area_code"]), "name"]
        known = rows["known_on"].iloc[0]
        yield f"The figures of the year to {end:%Y-%m-%d} are taken as known from {known:%Y-%m-%d}."
        if len(absent):
            yield f"In the year to {end:%Y-%m-%d} there is no row for {name_a_few(sorted(absent))}."
