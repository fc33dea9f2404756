"""What deserves a look in a folder of tables, as lists with their words, ready for the data-quality page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from earlywarn.reports.tables import Row, rows_in
from earlywarn.reports.words import amount
from earlywarn.schedule import date_words

__all__ = ["SORTS", "Checked", "lists"]

SHOWN = 10  # rows of a list on the page; the files have all of them
SORTS = {  # sort of finding: its title, and what it means
    "jumps": (
        "Figures that jump",
        (
            "Changes of more than six times what is usual, both among all areas that year and for the area "
            "itself. Many are real; where the next figure undoes it, an error is more likely."
        ),
    ),
    "copied": (
        "Returns with last period's figures",
        (
            "More figures equal to those of the period before, to the last digit, than chance brings once "
            "in a thousand area-years. An old return may have been sent again."
        ),
    ),
    "heaped": (
        "Counts that pile up on round numbers",
        (
            "Last digits that fall as unevenly as chance would bring to one area in a thousand, where other "
            "areas' do not. Counts may have been rounded or estimated."
        ),
    ),
    "late": ("Late figures", "First known more than 30 days after most areas' figure of the same period."),
    "revised": (
        "Large revisions",
        "Figures that stand more than five usual revisions away from where they were first published.",
    ),
    "joint": (
        "Joint returns",
        (
            "Areas that made one return together: both carry the same figures. Do not add them up, and make "
            "nothing of there being no difference."
        ),
    ),
}


@dataclass(frozen=True)
class Checked:
    """What was found in a folder of tables.

    Parameters
    ----------
    name, source, licence : str
        Of the data.
    as_of : Timestamp
        Only what was known before it was looked at.
    rows : mapping of str to int
        Rows of each table.
    areas : DataFrame
        ``area_code, name, region, score, words``, and the counts of the remarks, of areas that exist.
    names : mapping of str to str
        Of all areas by code.
    indicators : DataFrame
        ``indicator, label, unit, domain``.
    coverage : DataFrame
        ``indicator, period_end, expected, figures, missing, suppressed, late, known_on``.
    found : mapping of str to DataFrame
        ``jumps, copied, heaped, late, revised, joint``, the greatest first.
    ready : sequence of str
        What a run could do with it, in sentences.
    """

    name: str
    source: str
    licence: str
    as_of: pd.Timestamp
    rows: Mapping[str, int]
    areas: pd.DataFrame
    names: Mapping[str, str]
    indicators: pd.DataFrame
    coverage: pd.DataFrame
    found: Mapping[str, pd.DataFrame]
    ready: Sequence[str]


def lists(checked: Checked) -> Iterator[dict[str, Any]]:
    """Yield each sort of finding that there is: title, explanation, how many, and the first few."""
    for sort, (title, explained) in SORTS.items():
        table = checked.found[sort]
        if table.empty:
            continue
        newest = int(table["newest"].sum()) if "newest" in table else None
        among = "" if newest is None else f", {newest:,} of them among the newest figures"
        yield {
            "sort": sort,
            "title": title,
            "explained": explained,
            "count": f"{len(table):,} in all{among}",
            "head": HEADS[sort],
            "rows": [CELLS[sort](checked, row) for row in rows_in(table.head(SHOWN))],
            "more": max(0, len(table) - SHOWN),
        }


HEADS = {
    "jumps": ("Area", "Indicator", "Period to", "From", "To", "How far"),
    "copied": ("Area", "Periods to", "Figures"),
    "heaped": ("Area", "Last digit", "Figures"),
    "late": ("Area", "Indicator", "Period to", "First known", "Days after most"),
    "revised": ("Area", "Indicator", "Period to", "First", "Now", "How far"),
    "joint": ("Area", "With", "Periods to", "How many"),
}


def about(checked: Checked, row: Row) -> tuple[str, str, str, str]:
    """Return the area's name, the indicator's label, the period's end and the unit of a finding."""
    named = checked.indicators.set_index("indicator")
    label, unit = (str(named.at[row.indicator, column]) for column in ("label", "unit"))  # noqa: PD008
    return checked.names.get(row.area_code, row.area_code), label, date_words(row.period_end), unit


def jump_cells(checked: Checked, row: Row) -> tuple[str, ...]:
    """Return one line of the figures that jump."""
    area, label, end, unit = about(checked, row)
    undone = ", undone in the next period" if row.returned else ""
    times = f"{abs(row.size):.0f} times the usual{undone}"
    return area, label, end, amount(row.before, unit), amount(row.value, unit), times


def copied_cells(checked: Checked, row: Row) -> tuple[str, ...]:
    """Return one line of the returns with last period's figures."""
    name = checked.names.get(row.area_code, row.area_code)
    return name, span(row.first_end, row.last_end), f"{row.figures} of {row.compared} compared"


def heaped_cells(checked: Checked, row: Row) -> tuple[str, ...]:
    """Return one line of the counts that pile up."""
    name = checked.names.get(row.area_code, row.area_code)
    return name, row.digits, f"{row.figures} of {row.compared} compared"


def late_cells(checked: Checked, row: Row) -> tuple[str, ...]:
    """Return one line of the late figures."""
    area, label, end, _ = about(checked, row)
    return area, label, end, date_words(row.known_on), f"{row.days:.0f}"


def revised_cells(checked: Checked, row: Row) -> tuple[str, ...]:
    """Return one line of the large revisions."""
    area, label, end, unit = about(checked, row)
    times = f"{abs(row.size):.0f} usual revisions"
    return area, label, end, amount(row.first, unit), amount(row.value, unit), times


def joint_cells(checked: Checked, row: Row) -> tuple[str, ...]:
    """Return one line of the joint returns."""
    names = [checked.names.get(code, code) for code in (row.area_code, row.partner_code)]
    return names[0], names[1], span(row.first_end, row.last_end), f"{row.periods}"


CELLS = {
    "jumps": jump_cells,
    "copied": copied_cells,
    "heaped": heaped_cells,
    "late": late_cells,
    "revised": revised_cells,
    "joint": joint_cells,
}


def span(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """Say from when to when, or the one day.

    Examples
    --------
    >>> span(pd.Timestamp("2024-03-31"), pd.Timestamp("2024-09-30"))
    '31 March 2024 to 30 September 2024'
    """
    return date_words(first) if first == last else f"{date_words(first)} to {date_words(last)}"
