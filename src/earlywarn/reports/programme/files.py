"""Every file of a programme's folder: written whole from one plan, and its tables read back."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from earlywarn.errors import DataError, Fault, MissingTableError
from earlywarn.reports.content import Content
from earlywarn.reports.programme.atrs import atrs_record, render_markdown
from earlywarn.reports.programme.atrs_word import write_atrs
from earlywarn.reports.programme.briefings import briefing_links, write_briefings
from earlywarn.reports.programme.calendar_file import write_calendar
from earlywarn.reports.programme.edits import fingerprints
from earlywarn.reports.programme.page import DOCUMENTS as LISTED
from earlywarn.reports.programme.page import render_plan
from earlywarn.reports.programme.plan_card import plan_card
from earlywarn.reports.programme.plan_workbook import write_plan_workbook
from earlywarn.reports.programme.programme_word import write_programme_word
from earlywarn.reports.tables import read_csv, write_csv
from earlywarn.targeting.library import Enquiry
from earlywarn.targeting.plan import Plan
from earlywarn.targeting.tables import COLUMNS, DATES, FLAGS, typed

__all__ = ["DOCUMENTS", "MARK", "read_plan", "write_programme"]

MARK = "plan.json"  # a folder with this file holds a programme
TABLES = "tables"
DOCUMENTS = ("page", "programme", "briefings", "workbook", "calendar", "records")
AUDIENCES = {"area": ("area",), "sector": ("sector", "area"), "restricted": ("sector", "area")}
CARD = "model_card.md"


def write_programme(
    plan: Plan,
    scored: Content,
    folder: Path,
    *,
    documents: Sequence[str] = DOCUMENTS,
    overrides: pd.DataFrame | None = None,
    library: Mapping[str, Enquiry] | None = None,
    card: str = "",
    progress: bool = False,
) -> list[str]:
    """Write a plan's documents and tables into a folder.

    Parameters
    ----------
    plan, scored
        The plan, and the run it was made from.
    folder : Path
        Where they go; it must exist.
    documents : sequence of str
        Which of ``DOCUMENTS``; the tables and ``plan.json`` are always written.
    overrides : DataFrame, optional
        The decisions of coordinators on record, for the workbook.
    library : mapping of str to Enquiry, optional
        The lines of enquiry that the plan was made with; the packaged ones where not given.
    card : str
        The model card of the run, as Markdown.
    progress : bool
        Show a bar on a terminal.

    Returns
    -------
    list of str
        What there is for people to open.
    """
    audiences = AUDIENCES[str(plan.about["audience"])]
    writers: dict[str, Callable[[], Iterator[str]]] = {
        "page": lambda: _page(plan, scored, folder, documents=documents, audiences=audiences),
        "programme": lambda: _programme(plan, scored, folder),
        "workbook": lambda: _workbook(plan, folder, overrides),
        "calendar": lambda: _calendar(plan, folder),
        "briefings": lambda: _briefings(plan, scored, folder, audiences, library=library, progress=progress),
        "records": lambda: _records(plan, scored, folder, card),
    }
    written = [name for document in DOCUMENTS if document in documents for name in writers[document]()]
    (folder / TABLES).mkdir(exist_ok=True)
    for name in COLUMNS:
        write_csv(getattr(plan, name), folder / TABLES / f"{name}.csv")
    about = {
        **plan.about,
        "earlywarn": scored.run.get("earlywarn", ""),
        "documents": fingerprints(folder),
    }
    text = json.dumps(about, indent=2, ensure_ascii=False)
    (folder / MARK).write_text(f"{text}\n", encoding="utf-8", newline="\n")
    return [*written, TABLES]


def read_plan(folder: str | Path) -> Plan:
    """Read the tables of a programme's folder.

    Raises
    ------
    MissingTableError
        If it is none.
    DataError
        If a table has been edited out of shape.
    """
    place = Path(folder)
    remedy = "name a folder that `earlywarn plan` wrote"
    names = [MARK, *(f"{TABLES}/{name}.csv" for name in COLUMNS)]
    lost = [Fault(n, None, None, None, "is missing", remedy) for n in names if not (place / n).is_file()]
    if lost:
        raise MissingTableError(lost, where=str(folder))
    tables, faults = {}, []
    for name, columns in COLUMNS.items():
        try:
            dates = tuple(column for column in columns if column in DATES)
            table = read_csv(place / TABLES / f"{name}.csv", dates=dates)
            for flag in set(FLAGS) & set(table):
                table[flag] = table[flag].astype(str).str.lower() == "true"
            tables[name] = typed(table[list(columns)])
        except (KeyError, ValueError, TypeError) as wrong:
            problem = f"has been edited out of shape ({wrong})"
            faults.append(Fault(f"{TABLES}/{name}.csv", None, None, None, problem, "write the plan again"))
    try:
        about = json.loads((place / MARK).read_text(encoding="utf-8"))
    except ValueError as wrong:
        faults.append(Fault(MARK, None, None, None, f"is not JSON ({wrong})", "write the plan again"))
    if faults:
        raise DataError(faults, where=str(folder))
    return Plan(about=about, **tables)


def _page(
    plan: Plan, scored: Content, folder: Path, *, documents: Sequence[str], audiences: Sequence[str]
) -> Iterator[str]:
    kinds = {"programme.docx": "programme", "programme.xlsx": "workbook", "programme.ics": "calendar"}
    listed = [document for document in LISTED if kinds.get(document.href, "records") in documents]
    links = briefing_links(plan, audiences=audiences) if "briefings" in documents else None
    page = render_plan(plan, scored, documents=listed, briefings=links)
    (folder / "plan.html").write_text(page, encoding="utf-8", newline="\n")
    yield "plan.html"


def _programme(plan: Plan, scored: Content, folder: Path) -> Iterator[str]:
    write_programme_word(plan, scored, folder / "programme.docx")
    yield "programme.docx"


def _workbook(plan: Plan, folder: Path, overrides: pd.DataFrame | None) -> Iterator[str]:
    write_plan_workbook(plan, folder / "programme.xlsx", overrides=overrides)
    yield "programme.xlsx"


def _calendar(plan: Plan, folder: Path) -> Iterator[str]:
    write_calendar(plan, folder / "programme.ics")
    yield "programme.ics"


def _briefings(
    plan: Plan,
    scored: Content,
    folder: Path,
    audiences: Sequence[str],
    *,
    library: Mapping[str, Enquiry] | None,
    progress: bool,
) -> Iterator[str]:
    write_briefings(
        plan,
        scored,
        folder / "briefings",
        audiences=audiences,
        library=library,
        progress=progress,
    )
    yield from (f"briefings/{audience}" for audience in audiences)


def _records(plan: Plan, scored: Content, folder: Path, card: str) -> Iterator[str]:
    record = atrs_record(plan, scored)
    (folder / "atrs.md").write_text(render_markdown(record), encoding="utf-8", newline="\n")
    write_atrs(record, folder / "atrs.docx", name=str(plan.about["name"]), as_of=scored.as_of)
    (folder / CARD).write_text(plan_card(plan, scored, card), encoding="utf-8", newline="\n")
    yield from ("atrs.md", "atrs.docx", CARD)
