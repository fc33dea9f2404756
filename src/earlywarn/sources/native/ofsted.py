"""Read Ofsted's workbook of local authority inspection outcomes: inspections, and visits between them."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from earlywarn.errors import ConfigError, DataError, Fault
from earlywarn.schema import SUB_JUDGEMENTS
from earlywarn.sources.native.headers import SheetTable, find_tables, no_table, plain
from earlywarn.sources.native.imported import Imported, skipped_rows
from earlywarn.sources.native.merged import merge_rows
from earlywarn.sources.native.places import find_places, read_register, with_relations
from earlywarn.sources.native.workbooks import Cell, read_sheets
from earlywarn.sources.native.written import AS_DAY, Skipped, is_blank, read_column, read_day

__all__ = ["read_ofsted"]

EXPERIENCES = ("experiences and progress of", "experience and progress of", "experiences of")
COLUMNS: dict[str, Sequence[str]] = {  # headings in plain letters; of several the first counts
    "area": (
        "local authority name", "local authority", "la name", "authority name", "authority", "la", "council",
        "name of local authority", "local authority provider name", "provider name",
    ),
    "code": (
        "local authority area code", "local authority code", "ons code", "gss code", "new la code", "la code",
        "area code", "dfe code",
    ),
    "start_date": (
        "inspection start date", "visit start date", "start date", "start of inspection", "inspection start",
        "first day of inspection", "date of inspection start", "inspection date", "date of inspection",
        "visit date", "date of visit", "inspection or visit date",
    ),
    "end_date": (
        "inspection end date", "visit end date", "end date", "end of inspection", "inspection end",
        "last day of inspection",
    ),
    "known_on": (
        "publication date", "report publication date", "inspection publication date", "date of publication",
        "date published", "published date", "report published", "date report published", "published on",
        "published", "first published", "letter publication date",
    ),
    "overall": (
        "overall effectiveness", "overall effectiveness judgement", "overall outcome", "overall",
    ),
    "leadership": (
        "impact of leaders on social work practice with children and families",
        "impact of leaders on social work practice", "impact of leaders",
        "leadership management and governance", "leadership",
    ),
    "help_and_protection": (
        *(f"{words} children who need help and protection" for words in EXPERIENCES),
        "children who need help and protection", "help and protection",
    ),
    "care": (
        *(f"{words} children in care" for words in EXPERIENCES),
        *(f"{words} children in care and care leavers" for words in EXPERIENCES),
        "children looked after and achieving permanence", "children in care and care leavers",
        "children in care", "children looked after",
    ),
    "care_leavers": (*(f"{words} care leavers" for words in EXPERIENCES), "care leavers"),
    "adoption": ("adoption performance", "adoption"),
    "type": (
        "inspection type", "visit type", "event type", "type of inspection", "type of visit",
        "inspection event type", "type",
    ),
    "framework": ("framework", "inspection framework"),
    "theme": ("theme", "visit theme", "theme of visit", "topic", "focus of visit", "visit focus", "focus"),
}  # fmt: skip
DATES = ("start_date", "end_date", "known_on")
GRADES = {
    "outstanding": "outstanding",
    "good": "good",
    "requires improvement to be good": "requires_improvement",
    "requires improvement": "requires_improvement",
    "inadequate": "inadequate",
}
AS_GRADE = "write Outstanding, Good, Requires improvement to be good or Inadequate"
JOINT = re.compile(r"\bjtais?\b|joint targeted|\bsend\b|special educational")
TYPES = {
    "reinspection": r"re ?inspection",
    "short": r"\bshort\b",
    "standard": r"\bstandard\b",
    "full": r"\bfull\b",
}
VISITS = {"monitoring": r"\bmonitoring\b", "focused": r"\bfocus+ed\b"}
FRAMEWORKS = {
    "ILACS": r"\bilacs\b|inspections? of local authority childrens services",
    "SIF": r"\bsif\b|single inspection",
}
ILACS_ONLY = dt.date(
    2018, 8, 1
)  # the last inspection under the single inspection framework began in June 2018
SOURCE = "Ofsted, Local authority inspection outcomes"
LICENCE = "Open Government Licence v3.0"


def read_ofsted(*paths: str | Path, areas: str | Path | None = None) -> Imported:
    r"""Read inspections and visits from Ofsted's yearly workbooks.

    Every sheet of every file is looked at. One whose header, wherever it stands, has an authority, a date of
    inspection and a publication date is read: an inspection where the row has an overall effectiveness, and
    a visit where the row, the sheet's name or its title says monitoring or focused. The sheet of latest
    outcomes, the history of inspections and other years' files may be given together: what they say of one
    inspection must agree, and blanks in one are filled from another.

    Parameters
    ----------
    *paths : path
        ``.ods``, ``.xlsx`` or ``.csv``.
    areas : path, optional
        A table of areas to look places up in; by default the packaged register of England.

    Returns
    -------
    Imported
        Tables ``areas``, ``inspections`` (``known_on`` is the day of publication) and ``visits``. Left out,
        and counted with the reason: rows not yet inspected, without a day of publication, or without an
        overall judgement, joint targeted area inspections and those of special educational needs, and rows of
        places that are no area.

    Raises
    ------
    DataError
        If a file has no such sheet; all days and grades that cannot be read, and all rows that contradict one
        another.

    Notes
    -----
    Days are read **day first**. The framework is the one named in the row, the sheet's name or its title;
    otherwise ILACS from August 2018, when no other was left, and empty before. An inspection is called by its
    area and first day, as everywhere here.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     path = Path(home, "outcomes.csv")
    ...     size = path.write_text(
    ...         "Outcomes as at 31 March 2025\n\n"
    ...         "Local authority name,Inspection date,Publication date,Overall effectiveness\n"
    ...         "Hull,04-Nov-2024,16/12/2024,Requires improvement to be good\n"
    ...         "Torbay,Not yet inspected,-,-\n"
    ...     )
    ...     read = read_ofsted(path)
    >>> read.tables["inspections"].loc[0, ["inspection_id", "overall"]].tolist()
    ['E06000010_20241104', 'requires_improvement']
    >>> read.skipped["why"].tolist()
    ['is not yet inspected']
    """
    if not paths:
        message = "read_ofsted wants one or more of Ofsted's workbooks, and was given none."
        raise ConfigError(message)
    register = read_register(areas)
    skipped, faults, found = Skipped(), list[Fault](), list[pd.DataFrame]()
    for path in paths:
        try:
            sheets = read_sheets(path)
        except DataError as refusal:
            faults += refusal.faults
            continue
        tables, unclear = find_tables(path, sheets, COLUMNS, ["start_date", "known_on"])
        tables = [table for table in tables if {"area", "code"} & table.columns.keys()]
        faults += unclear
        if not tables and not unclear:
            needs = "Local authority, Inspection date and Publication date"
            faults.append(no_table(path, sheets, "inspections or visits", needs))
        for table in tables:
            rows, odd = _rows(table, register, skipped)
            found.append(rows)
            faults += odd
    if not found:
        raise DataError(faults, where="Ofsted's outcomes")
    rows = pd.concat(found, ignore_index=True)
    rows = rows[rows["start_date"].notna()]  # where it could not be read, that is a fault already
    visits = rows["visit_type"] != ""
    inspections, clashes = merge_rows(rows[~visits], "inspections", ["area_code", "start_date"])
    seen, others = merge_rows(rows[visits], "visits", ["area_code", "start_date", "visit_type"])
    faults += [*clashes, *others]
    if faults:
        raise DataError(faults, where="Ofsted's outcomes")
    mentioned = sorted({*inspections["area_code"], *seen["area_code"]})
    return Imported(
        kind="ofsted",
        tables={"areas": with_relations(register, mentioned), "inspections": inspections, "visits": seen},
        skipped=skipped_rows(skipped.rows()),
        notes=list(_notes(inspections)),
        source=SOURCE,
        licence=LICENCE,
    )


def _rows(table: SheetTable, register: pd.DataFrame, skipped: Skipped) -> tuple[pd.DataFrame, list[Fault]]:
    """Read the rows of one sheet; those that are left out are counted."""
    found = pd.DataFrame(_said(table))
    found["why"] = _why_not(table, found)
    faults = []
    for name in DATES:
        days, wrong = read_column(table, name, read_day, "is not a day that can be read", AS_DAY)
        found[name] = pd.to_datetime(pd.Series(days, dtype=object)).astype("datetime64[ns]")
        faults += wrong
    for name in ("overall", *SUB_JUDGEMENTS):
        grades, wrong = read_column(table, name, _grade, "is no grade of Ofsted's", AS_GRADE)
        found[name] = [grade or "" for grade in grades]
        faults += wrong
    read = (found["why"] == "").to_numpy()
    lines = {table.lines[row] for row in np.flatnonzero(read)}
    faults = [fault for fault in faults if fault.row in lines]  # nobody need mend a row that is left out
    late = found["known_on"] < found["start_date"]
    remedy = "correct whichever of the two is wrong"
    faults += [
        table.fault(row, "known_on", "is before the inspection began", remedy)
        for row in np.flatnonzero(late & read).tolist()
    ]
    places = find_places(
        *([str(cell) for cell in table[name]] for name in ("code", "area") if name in table.columns),
        start=found["start_date"].to_numpy(),
        register=register,
    )
    named = [str(area or code) for area, code in zip(table["area"], table["code"], strict=True)]
    nowhere = [f"{name!r} {why}" if why else "" for name, why in zip(named, places.why, strict=True)]
    found["why"] = found["why"].where(found["why"] != "", nowhere)
    skipped.add_all(table, found["why"])
    found["area_code"] = places.area_code
    found["inspection_id"] = found["area_code"] + "_" + found["start_date"].dt.strftime("%Y%m%d")
    found["file"], found["row"] = table.place, table.lines
    return found[found["why"] == ""], faults


def _said(table: SheetTable) -> Mapping[str, list[str]]:
    """Return what each row is, in our words: from its own cells, else from the sheet's name and title."""
    own = [plain(f"{kind} {rules}") for kind, rules in zip(table["type"], table["framework"], strict=True)]
    of_visits = "" if "overall" in table.columns else _named(VISITS, table)
    rules = [_word(FRAMEWORKS, words) or _named(FRAMEWORKS, table) for words in own]
    days = [read_day(cell) or dt.date.min for cell in table["start_date"]]
    late = ["ILACS" if day >= ILACS_ONLY else "" for day in days]
    return {
        "own": own,
        "visit_type": [_word(VISITS, words) or ("" if words else of_visits) for words in own],
        "inspection_type": [_word(TYPES, words) for words in own],
        "framework": [named or since for named, since in zip(rules, late, strict=True)],
        "theme": ["" if is_blank(cell) else str(cell) for cell in table["theme"]],
    }


def _word(words: Mapping[str, str], text: str) -> str:
    """Return the one word whose pattern is in a text; empty where there is none, or more than one."""
    found = [word for word, pattern in words.items() if re.search(pattern, text)]
    return found[0] if len(found) == 1 else ""


def _named(words: Mapping[str, str], table: SheetTable) -> str:
    """Return the one word that the name of a sheet says, or else its title."""
    return _word(words, plain(table.sheet)) or _word(words, plain(table.title))


def _why_not(table: SheetTable, found: pd.DataFrame) -> list[str]:
    """Return why each row is neither an inspection nor a visit that is known; empty for those that are."""
    joint_sheet = JOINT.search(plain(table.sheet))
    reasons = []
    for row, (own, visit) in enumerate(zip(found["own"], found["visit_type"], strict=True)):
        start, published, overall = (table[name][row] for name in ("start_date", "known_on", "overall"))
        reason = ""
        if is_blank(start) and is_blank(published):
            reason = "is a note, or has no dates"
        elif JOINT.search(own) or (joint_sheet and not own):
            reason = "is a joint inspection, or of special educational needs: it has no such judgement"
        elif plain(start) == "not yet inspected":
            reason = "is not yet inspected"
        elif is_blank(start):
            reason = "has no date of inspection"
        elif is_blank(published):
            reason = "has no day of publication"
        elif not visit and is_blank(overall):
            reason = "has no overall judgement, and is neither a monitoring nor a focused visit"
        reasons.append(reason)
    return reasons


def _grade(cell: Cell) -> str | None:
    return GRADES.get(plain(cell))


def _notes(inspections: pd.DataFrame) -> list[str]:
    notes = ["Inspections and visits are known from their day of publication; their date is their first day."]
    unnamed = int((inspections["framework"] == "").sum())
    if unnamed:
        notes.append(
            f"{unnamed:,} inspections before August 2018 have no framework: the workbook does not name it."
        )
    return notes
