"""The sheet on which a coordinator asks for changes: lists to choose from, and room for a reason."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pandas as pd

from earlywarn.reports.anchors import by_name
from earlywarn.reports.tables import rows_in
from earlywarn.reports.workbook import height
from earlywarn.schedule import quarter_words
from earlywarn.sources.formulas import RUNNABLE
from earlywarn.sources.programme_tables import ACTIONS
from earlywarn.targeting.plan import Plan

__all__ = ["LISTS", "OVERRIDES", "area_label", "write_overrides"]

OVERRIDES, LISTS = "Overrides", "Lists"
ROOM = 500  # rows that are ready to be filled in
SHADE = "#E8EEF4"
EARLIEST = pd.Timestamp("2000-01-01")


class Column(NamedTuple):
    """A column of the sheet: its title, its width, and what is said where a cell of it is chosen."""

    title: str
    width: float
    hint: str


COLUMNS = (
    Column("Area", 40, "The area that is to be added, removed or moved."),
    Column(
        "Action",
        12,
        "add: review it, as a targeted one. remove: plan no review. move: to the quarter beside.",
    ),
    Column("Quarter", 16, "For a move, and for an addition if it matters: the quarter of the review."),
    Column("After", 40, "If another area has to be visited first: which. May stay empty."),
    Column("Reason", 60, "Always needed: why. In careful words, and nobody who could be recognised."),
    Column("By", 22, "Your role or pseudonym."),
    Column("Decided on", 14, "The day of the decision, such as 31 March 2025."),
    Column("Id", 10, "Stands beside a change that is on record already. Leave it as it is."),
)


def area_label(name: str, code: str) -> str:
    """Return an area as the lists of the sheet offer it: two areas may share a name.

    What is chosen from a list is entered like something typed, so a name that a spreadsheet would run is not
    offered, but its code.

    Examples
    --------
    >>> area_label("Bury", "E08000002"), area_label("=1+1", "E08000003")
    ('Bury (E08000002)', 'E08000003')
    """
    return code if re.match(RUNNABLE, name) else f"{name} ({code})"


def write_overrides(book: Any, plan: Plan, overrides: pd.DataFrame | None = None) -> None:
    """Add the sheet ``Overrides``, and the hidden sheet ``Lists`` behind it, to a workbook.

    Parameters
    ----------
    book : xlsxwriter.Workbook
        The workbook.
    plan : Plan
        Its areas and quarters are those that can be chosen.
    overrides : DataFrame, optional
        The changes on record (``override_id, area_code, action, quarter, after, reason, by, decided_on``);
        they stand in the first rows.
    """
    areas = by_name(plan.areas)
    labels = {row.area_code: area_label(row.name, row.area_code) for row in rows_in(areas)}
    quarters = [quarter_words(pd.Timestamp(str(quarter))) for quarter in plan.about["quarters"]]
    page = book.add_worksheet(OVERRIDES)
    places = write_lists(book, {"Area": list(labels.values()), "Action": ACTIONS, "Quarter": quarters})
    head = book.add_format({"bold": True, "bg_color": SHADE, "bottom": 2, "valign": "bottom"})
    text = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
    date = book.add_format({"num_format": "dd/mm/yyyy", "valign": "top", "align": "left"})
    for number, column in enumerate(COLUMNS):
        look = date if column.title == "Decided on" else text
        page.set_column(number, number, column.width, look)
        page.write_string(0, number, column.title, head)
        page.data_validation(1, number, ROOM, number, asked(column, places))
    for place, cells in enumerate(recorded(overrides, labels), start=1):
        page.set_row(place, height(zip(cells, (column.width for column in COLUMNS), strict=True)))
        for number, cell in enumerate(cells):
            if isinstance(cell, pd.Timestamp):
                page.write_datetime(place, number, cell.to_pydatetime(), date)
            elif cell:
                page.write_string(place, number, cell, text)
    page.freeze_panes(1, 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def asked(column: Column, places: dict[str, str]) -> dict[str, Any]:
    """Return what a column asks of its cells."""
    rule: dict[str, Any] = {
        "validate": "any",
        "input_title": column.title,
        "input_message": column.hint,
    }
    listed = places.get("Area" if column.title == "After" else column.title)
    if listed:
        rule |= {
            "validate": "list",
            "source": listed,
            "error_title": "Not quite",
            "error_message": "Please choose from the list.",
        }
    elif column.title == "Decided on":
        rule |= {
            "validate": "date",
            "criteria": ">=",
            "value": EARLIEST.to_pydatetime(),
            "error_title": "Not quite",
            "error_message": "Please write a day, such as 31 March 2025.",
        }
    return rule


def write_lists(book: Any, offered: dict[str, Sequence[str]]) -> dict[str, str]:
    """Write what can be chosen on a hidden sheet; return the place of each list as a formula names it."""
    page = book.add_worksheet(LISTS)
    page.hide()
    places = {}
    for number, (title, words) in enumerate(offered.items()):
        for row, word in enumerate((title, *words)):
            page.write_string(row, number, word)
        letter = chr(ord("A") + number)
        places[title] = f"={LISTS}!${letter}$2:${letter}${len(words) + 1}"
    return places


def recorded(overrides: pd.DataFrame | None, labels: dict[str, str]) -> Iterable[list[Any]]:
    """Yield the changes on record, as the sheet shows them."""
    for row in rows_in(overrides) if overrides is not None else ():
        decided = "" if row.decided_on is pd.NaT else row.decided_on
        yield [
            labels.get(row.area_code, row.area_code),
            row.action,
            quarter_words(row.quarter),
            labels.get(row.after, row.after),
            row.reason,
            row.by,
            decided,
            row.override_id,
        ]
