"""The list as an Excel workbook, for those who work there: nothing in it is run as a formula."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from earlywarn.reports.added import ADDED_COLUMNS, added_rows
from earlywarn.reports.anchors import by_name
from earlywarn.reports.content import REASONS, TARGETS, Content
from earlywarn.reports.entries import listed, made_for, published_until
from earlywarn.reports.listing import unscored_areas
from earlywarn.reports.render import HEADLINES, made, model_words
from earlywarn.reports.signal_sheets import (
    QUALITY_COLUMNS,
    SIGNAL_COLUMNS,
    TOGETHER_COLUMNS,
    quality_rows,
    signal_rows,
    together_rows,
)
from earlywarn.reports.tables import rows_in
from earlywarn.reports.words import grade_words, window_words
from earlywarn.schedule import date_words
from earlywarn.schema import QUESTIONS

__all__ = ["write_workbook"]

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
LINE = 15.0  # points: the height of one line of text
FILL = 1.1  # characters of ordinary text that a unit of column width holds
BOLD = 0.8  # of that, what it holds of bold text, whose words also break where they end
A3, A4 = 8, 9
WIDEST = 250.0  # characters that one page across can hold and still be read
Cell = Any  # str, float, Timestamp; NaN and NaT are left empty


def write_workbook(content: Content, path: str | Path) -> None:
    """Write ``risk_list.xlsx``: what it is, the list, reasons, signals, the back-test, how it was made.

    The list is alphabetical, risks are percentages, dates are dates, and text stays text whatever it
    begins with. The same content gives the same bytes.

    Parameters
    ----------
    content : Content
        What ``Content.read`` found in a run folder.
    path : str or Path
        The file to write.
    """
    with xlsxwriter.Workbook(str(path), OPTIONS) as book:
        book.set_properties(
            {
                "title": f"Early warning: risks and reasons as of {date_words(content.as_of)}",
                "created": content.as_of.to_pydatetime(),
                "comments": "Not a league table and not a grade: it starts a conversation and a peer review.",
            }
        )
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 2}),
            "title": book.add_format({"bold": True, "font_size": 16}),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
            "bold": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            "date": book.add_format({"num_format": "d mmm yyyy", "valign": "top", "align": "left"}),
            "percent": book.add_format({"num_format": "0%", "valign": "top"}),
            "number": book.add_format({"num_format": "0.00", "valign": "top"}),
            "figure": book.add_format({"valign": "top", "align": "right", "indent": 1}),
            "whole": book.add_format({"num_format": "0", "valign": "top"}),
        }
        prose(book, "Read me first", formats, read_me(content))
        sheet(book, "Risk list", formats, risk_columns(content), list(risk_rows(content)))
        sheet(book, "Reasons", formats, REASON_COLUMNS, list(reason_rows(content)))
        if len(content.entries):
            sheet(book, "Logged", formats, ENTRY_COLUMNS, list(entry_rows(content)))
        if len(content.signals):
            sheet(book, "Signals", formats, SIGNAL_COLUMNS, list(signal_rows(content)))
        if len(content.signals) and (content.relations["words"] != "").any():
            sheet(book, "Figures together", formats, TOGETHER_COLUMNS, list(together_rows(content)))
        if len(content.quality):
            sheet(book, "Data quality", formats, QUALITY_COLUMNS, list(quality_rows(content)))
        sheet(book, "Back-test", formats, METRIC_COLUMNS, list(metric_rows(content)))
        if len(content.sets):
            rows = list(added_rows(content.sets, content.differences))
            sheet(book, "Evidence compared", formats, ADDED_COLUMNS, rows)
        sheet(book, "About", formats, [("What", 24, "bold"), ("Which", 90, "text")], list(made(content.run)))


def prose(book: Any, name: str, formats: dict[str, Any], lines: Iterable[tuple[str, str]]) -> None:
    """Write a sheet of paragraphs, each with the name of its format."""
    page = book.add_worksheet(name)
    page.hide_gridlines(2)
    width = 74
    page.set_column(0, 0, width)
    page.set_portrait()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    for row, (look, text) in enumerate(lines):
        page.write_string(row, 0, text, formats[look])
        if look == "text":
            page.set_row(row, height([(text, width)]))


def height(cells: Iterable[tuple[Cell, float]]) -> float:
    """Return the height in points that a row needs; not every program that opens a workbook works it out.

    Examples
    --------
    >>> height([("short", 20.0), ("x" * 50, 20.0)])
    45.0
    """
    lines = [math.ceil(len(cell) / (width * FILL)) for cell, width in cells if isinstance(cell, str)]
    return LINE * max([1, *lines])


def sheet(
    book: Any,
    name: str,
    formats: dict[str, Any],
    columns: Sequence[tuple[str, float, str]],
    rows: Sequence[Sequence[Cell]],
) -> None:
    """Write a sheet with a header that stays in sight, filters, widths and typed cells."""
    page = book.add_worksheet(name)
    for number, (title, width, look) in enumerate(columns):
        page.set_column(number, number, width, formats[look])
        page.write_string(0, number, title, formats["head"])
    page.set_row(0, height((title, width) for title, width, _ in columns))
    room = [width * (BOLD if look == "bold" else 1) for _, width, look in columns]
    for row, cells in enumerate(rows, start=1):
        page.set_row(row, height(zip(cells, room, strict=True)))
        for number, (cell, (_, _, look)) in enumerate(zip(cells, columns, strict=True)):
            if isinstance(cell, str):
                page.write_string(row, number, cell, formats[look])
            elif pd.isna(cell):
                page.write_blank(row, number, None, formats[look])
            elif isinstance(cell, pd.Timestamp):
                page.write_datetime(row, number, cell.to_pydatetime(), formats[look])
            else:
                page.write_number(row, number, cell, formats[look])
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    page.set_landscape()
    wide = sum(width for _, width, _ in columns) > WIDEST
    page.set_paper(A3 if wide else A4)
    page.fit_to_pages(2 if wide else 1, 0)
    page.repeat_columns(0)
    page.repeat_rows(0)


def read_me(content: Content) -> Iterable[tuple[str, str]]:
    """Yield what a reader has to know before the list."""
    question, window = QUESTIONS[content.target], window_words(content.as_of, content.horizon)
    yield "title", f"Risks and reasons, as of {date_words(content.as_of)}"
    yield (
        "text",
        f"The risk of {question}, and of two other outcomes, in an inspection that starts from {window}.",
    )
    yield "bold", "How good is it?"
    verdicts = content.verdicts.sort_values("lead_months").drop_duplicates("target")
    for row in rows_in(verdicts):
        yield "text", f"{QUESTIONS.get(row.target, row.target).capitalize()}: {row.text}"
    if verdicts.empty:
        yield "text", "This folder holds no back-test, so nothing can be said about how good the risks are."
    yield "bold", "What it must not be used for"
    yield "text", "It is not a league table and not a grade. It starts a conversation and a peer review."
    yield (
        "text",
        "A risk holds if an inspection takes place in the window. When inspections take place is not random.",
    )
    yield (
        "text",
        "A reason says what the model saw. It is an association, not a cause, nor what an area did wrong.",
    )
    yield "text", "Where two intervals overlap, the figures do not tell the two areas apart."
    yield "text", "Areas are in alphabetical order."
    yield "text", f"Only what was known before {date_words(content.as_of)} was used."
    yield "text", "Figures may have been revised since; ask the area before relying on one."
    for words in (published_until(content), *made_for(content)):
        if words:
            yield "bold", words
    unscored = unscored_areas(content)
    if unscored:
        yield "bold", "Areas not scored"
        for area in unscored:
            yield "text", f"{area['name']}: {area['why']}"


def risk_columns(content: Content) -> list[tuple[str, float, str]]:
    """Return the columns of the list: title, width, format."""
    columns = [("Area", 26.0, "bold"), ("Region", 18.0, "text"), ("Area code", 12.0, "text")]
    columns += [("Last judgement", 16.0, "text"), ("Judged on", 12.0, "date")]
    columns += [(f"Band: risk of {QUESTIONS[content.target]}, against most areas", 20.0, "text")]
    for target in TARGETS:
        question = QUESTIONS[target]
        columns += [(f"Risk of {question}", 12.0, "percent")]
        columns += [
            (f"{question.capitalize()}: {end} end of the 95% interval", 16.0, "percent")
            for end in ("lower", "upper")
        ]
    columns += [("Share from soft evidence", 12.0, "percent")]
    columns += [(f"Reason {number}", 48.0, "text") for number in range(1, len(REASONS) + 1)]
    return [*columns, ("Caution", 40.0, "text")]


def risk_rows(content: Content) -> Iterable[list[Cell]]:
    """Yield the list's rows, by name."""
    for row in rows_in(by_name(content.risks)):
        judged = [grade_words(row.last_judgement), row.last_judged_on]
        risks = [getattr(row, f"risk_{target}{part}") for target in TARGETS for part in ("", "_low", "_high")]
        reasons = [getattr(row, reason) for reason in REASONS]
        yield [
            row.name,
            row.region,
            row.area_code,
            *judged,
            row.band,
            *risks,
            row.soft_share,
            *reasons,
            row.caution,
        ]


REASON_COLUMNS = [
    ("Area", 26.0, "bold"),
    ("Risk of", 28.0, "text"),
    ("It", 9.0, "text"),
    ("Order", 7.0, "whole"),
    ("Reason", 90.0, "text"),
    ("Theme", 22.0, "text"),
    ("Weight, log-odds", 12.0, "number"),
]


def reason_rows(content: Content) -> Iterable[list[Cell]]:
    """Yield all reasons, by area, question and order."""
    names = dict(zip(content.risks["area_code"], content.risks["name"], strict=True))
    table = content.reasons.assign(name=content.reasons["area_code"].map(names).fillna(""))
    for row in rows_in(table.sort_values(["name", "area_code", "target", "order"], kind="stable")):
        question = QUESTIONS.get(row.target, row.target)
        theme = row.theme.replace("_", " ")
        yield [row.name, question, row.direction, row.order, row.sentence, theme, row.contribution]


ENTRY_COLUMNS = [
    ("Area", 26.0, "bold"),
    ("Happened", 12.0, "date"),
    ("Recorded", 12.0, "date"),
    ("What", 48.0, "text"),
    ("Theme", 22.0, "text"),
    ("How grave", 10.0, "text"),
    ("How sure", 10.0, "text"),
    ("From", 26.0, "text"),
    ("Contributor", 13.0, "text"),
    ("Who may see it", 13.0, "text"),
    ("In the words of the entry", 60.0, "text"),
    ("Where more can be read", 30.0, "text"),
    ("Entry", 16.0, "text"),
]


def entry_rows(content: Content) -> Iterable[list[Cell]]:
    """Yield the entries that the report shows, by area, the latest first."""
    names = dict(zip(content.risks["area_code"], content.risks["name"], strict=True))
    shown = listed(content)
    table = shown.assign(name=shown["area_code"].map(names).fillna(""))
    for row in rows_in(table.sort_values(["name", "area_code"], kind="stable")):
        when = [row.occurred_on, row.known_on]
        said = [row.what, row.theme, row.strength, row.confidence, row.source, row.contributor, row.tier]
        yield [row.name, *when, *said, row.note, row.link, row.entry_id]


METRIC_COLUMNS = [
    ("Question", 28.0, "text"),
    ("Months ahead", 9.0, "whole"),
    ("Model", 20.0, "text"),
    ("Measure", 30.0, "text"),
    ("Value", 10.0, "number"),
    ("Lower end of its 95% interval", 12.0, "number"),
    ("Upper end of its 95% interval", 12.0, "number"),
    ("Inspections", 11.0, "whole"),
    ("Of which it happened", 11.0, "whole"),
]


def metric_rows(content: Content) -> Iterable[list[Cell]]:
    """Yield every measure of the back-test."""
    for row in rows_in(content.metrics):
        question, model = (
            QUESTIONS.get(row.target, row.target),
            model_words(row.model),
        )
        measure = HEADLINES.get(row.metric, row.metric.replace("_", " ").capitalize())
        yield [question, row.lead_months, model, measure, row.value, row.low, row.high, row.n, row.events]
