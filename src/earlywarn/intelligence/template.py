"""The workbook that people fill in: drop-downs, guidance and careful words, no code."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from earlywarn.intelligence.kinds import CONFIDENCES, ROLES, SOURCE_TYPES, STRENGTHS, Kind
from earlywarn.intelligence.reading import ENTRIES_SHEET
from earlywarn.intelligence.vocabulary import LABELS, REASON, canonical_columns, spoken, strength_words
from earlywarn.schema import TIERS

__all__ = ["build_template", "put"]

ROOM = 5_000  # rows that are ready to be filled in
LISTS_SHEET = "Lists"
WIDTHS = {
    "area_code": 26,
    "kind": 30,
    "role": 30,
    "source_type": 34,
    "note": 60,
    "link": 30,
    "contributor": 14,
}
USUAL_WIDTH, REASON_WIDTH = 16, 60
SHADE = PatternFill("solid", fgColor="E8EEF4")
BOLD = Font(bold=True)
LOOKS = (Font(), Font(bold=True, size=16), BOLD)  # of a paragraph, a title, a heading
LINE, READ_ME_WIDTH = 15, 70  # points a line is high; characters it holds
WRAPPED = Alignment(wrap_text=True, vertical="top")
TIER_WORDS = {
    "open": "everybody, the area itself too, but not who said it",
    "sector": "the bodies that work together on early support",
    "restricted": "only those few who were named for it",
}
HINTS = {
    "area_code": "The area that the entry is about.",
    "kind": "What it is; the sheet Kinds says what belongs where.",
    "role": "Only for a change of leadership: whose post. Never who holds it.",
    "detail": "Only for the kinds that have words for it, see the sheet Kinds.",
    "occurred_on": "The day it happened, or the last day of the period that is counted.",
    "strength": "How weighty it is, from 1 slight to 5 grave.",
    "confidence": "How sure you are that it is so.",
    "source_type": "Where you have it from.",
    "contributor": "Your pseudonym, such as C001. Empty: that of whoever imports the file.",
    "tier": "; ".join(f"{tier}: {words}" for tier, words in TIER_WORDS.items()) + ".",
    "amount": "A number, where the kind counts something, see the sheet Kinds.",
    "exposure": "The size against which the amount is read, see the sheet Kinds.",
    "note": "What you have seen or heard, in careful words. Nobody who could be recognised.",
    "link": "Where more can be read. Entries with the same link count as one source.",
}


def build_template(
    kinds: Mapping[str, Kind], areas: pd.DataFrame | None = None, *, rows: pd.DataFrame | None = None
) -> Workbook:
    """Return the workbook, empty or with rows to be mended.

    Parameters
    ----------
    kinds : mapping of str to Kind
        Those that can be logged.
    areas : DataFrame, optional
        The table ``areas``: those that exist today are offered by name. Without it any text is taken.
    rows : DataFrame of str, optional
        Rows of a file that was imported, in that file's columns.

    Returns
    -------
    Workbook
        Sheets ``Read me``, ``Entries``, ``Kinds`` and, hidden, ``Lists``. Only the cells to fill in are open
        to change; there is no password.

    Examples
    --------
    >>> from earlywarn.intelligence.kinds import read_kinds
    >>> book = build_template(read_kinds())
    >>> book.sheetnames, book["Entries"]["B1"].value
    (['Read me', 'Entries', 'Kinds', 'Lists'], 'Kind')
    """
    book = Workbook()
    _read_me(book.active)
    entries = book.create_sheet(ENTRIES_SHEET)
    _kinds_sheet(book.create_sheet("Kinds"), kinds)
    lists = book.create_sheet(LISTS_SHEET)
    lists.sheet_state = "hidden"
    offered = _offered(kinds, areas)
    for place, (column, words) in enumerate(offered.items(), start=1):
        for row, word in enumerate((column, *words), start=1):
            put(lists, row, place, word)
    _entries_sheet(entries, offered, rows)
    if rows is not None:
        book.active = book.sheetnames.index(ENTRIES_SHEET)
    return book


def put(page: Worksheet, row: int, column: int, text: str) -> Any:
    """Write a text that stays a text, whatever it begins with.

    Examples
    --------
    >>> put(Workbook().active, 1, 1, "=1+1").data_type
    's'
    """
    cell = page.cell(row, column)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)
    cell.data_type = "s"
    cell.quotePrefix = text[:1] in {"=", "+", "-", "@", "'"}
    return cell


def _offered(kinds: Mapping[str, Kind], areas: pd.DataFrame | None) -> dict[str, Sequence[str]]:
    labels = [kind.label for kind in kinds.values()]
    offered: dict[str, Sequence[str]] = {
        "kind": [kind.label if labels.count(kind.label) == 1 else name for name, kind in kinds.items()],
        "role": list(ROLES.values()),
        "detail": list(dict.fromkeys(spoken(word) for kind in kinds.values() for word in kind.details)),
        "strength": strength_words(),
        "confidence": list(CONFIDENCES),
        "source_type": list(SOURCE_TYPES.values()),
        "tier": TIERS,
    }
    if areas is not None:
        offered["area_code"] = sorted(set(areas.loc[areas["active_to"].isna(), "name"]))
    return offered


def _entries_sheet(page: Worksheet, offered: Mapping[str, Sequence[str]], rows: pd.DataFrame | None) -> None:
    titles = list(LABELS.values()) if rows is None else list(rows.columns)
    known = canonical_columns(titles)
    for place, title in enumerate(titles, start=1):
        column = known.get(title, "")
        letter = get_column_letter(place)
        head = put(page, 1, place, title)
        head.font, head.fill, head.alignment = BOLD, SHADE, WRAPPED
        if column in HINTS:
            head.comment = Comment(HINTS[column], "Read me", width=320, height=90)
        width = REASON_WIDTH if title == REASON else WIDTHS.get(column, USUAL_WIDTH)
        page.column_dimensions[letter].width = width
        page.column_dimensions[letter].protection = Protection(locked=False)
        if column == "occurred_on":
            page.column_dimensions[letter].number_format = "dd/mm/yyyy"
        _check_cells(page, letter, column, offered)
    for row, cells in enumerate(() if rows is None else rows.itertuples(index=False), start=2):
        for place, text in enumerate(cells, start=1):
            put(page, row, place, text).protection = Protection(locked=False)
    page.freeze_panes = "A2"
    for allowed in ("formatColumns", "formatRows", "sort", "autoFilter"):
        setattr(page.protection, allowed, False)  # False: it is not forbidden
    page.print_title_rows = "1:1"
    _finish(page, orientation="landscape")


def _check_cells(page: Worksheet, letter: str, column: str, offered: Mapping[str, Sequence[str]]) -> None:
    if column in offered:
        place = get_column_letter(list(offered).index(column) + 1)
        source = f"{quote_sheetname(LISTS_SHEET)}!${place}$2:${place}${len(offered[column]) + 1}"
        asked = DataValidation(type="list", formula1=source, allow_blank=True)
        asked.error = "Please choose from the list."
    elif column == "occurred_on":
        asked = DataValidation(
            type="date", operator="between", formula1="DATE(1990,1,1)", formula2="TODAY()", allow_blank=True
        )
        asked.error = "Please write a day that has been, such as 31/03/2025."
    elif column in {"amount", "exposure"}:
        asked = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
        asked.error = "Please write a number of 0 or more."
    else:
        return
    asked.errorTitle, asked.showErrorMessage = "Not quite", True
    page.add_data_validation(asked)
    asked.add(f"{letter}2:{letter}{ROOM + 1}")


def _kinds_sheet(page: Worksheet, kinds: Mapping[str, Kind]) -> None:
    titles = {"Kind": 30, "What to log under it": 70, "Detail": 30, "Amount": 26, "Exposure": 26, "Theme": 26}
    for place, (title, width) in enumerate(titles.items(), start=1):
        head = put(page, 1, place, title)
        head.font, head.fill = BOLD, SHADE
        page.column_dimensions[get_column_letter(place)].width = width
    for row, kind in enumerate(kinds.values(), start=2):
        words = ", ".join(spoken(word) for word in kind.details)
        for place, text in enumerate(
            (kind.label, kind.guidance, words, kind.amount, kind.exposure, kind.theme), start=1
        ):
            put(page, row, place, text).alignment = WRAPPED
        cells = zip(
            (kind.label, kind.guidance, words, kind.amount, kind.exposure), titles.values(), strict=False
        )
        page.row_dimensions[row].height = LINE * max(_lines(text, width) for text, width in cells)
    page.freeze_panes = "B2"
    _finish(page, orientation="landscape")


def _lines(text: str, width: int) -> int:
    """Return how many lines a text needs; not every program that opens a workbook works it out."""
    return 1 + len(text) // width


def _finish(page: Worksheet, *, orientation: str) -> None:
    """Lock what is not to be filled in, and print as wide as the paper."""
    page.protection.sheet = True
    page.page_setup.orientation = orientation
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _read_me(page: Worksheet) -> None:
    page.title = "Read me"
    page.sheet_view.showGridLines = False
    page.column_dimensions["A"].width = READ_ME_WIDTH
    strengths = "; ".join(f"{number} {word}" for number, word in STRENGTHS.items())
    tiers = "; ".join(f"{tier}: {words}" for tier, words in TIER_WORDS.items())
    text = (files("earlywarn.intelligence") / "read_me.md").read_text(encoding="utf-8")
    paragraphs = text.format(strengths=strengths, tiers=tiers).strip().split("\n\n")
    for row, paragraph in enumerate(paragraphs, start=1):
        cell = put(page, row, 1, paragraph.lstrip("# "))
        level = len(paragraph) - len(paragraph.lstrip("#"))
        cell.font = LOOKS[level]
        cell.alignment = Alignment(wrap_text=True, vertical="bottom" if level else "top")
        page.row_dimensions[row].height = LINE * (_lines(paragraph, READ_ME_WIDTH) + (level > 0))
    _finish(page, orientation="portrait")
