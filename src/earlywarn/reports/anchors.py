"""The order in which areas stand, and the names by which a page links to each of them."""

import re
from collections import defaultdict
from collections.abc import Iterator

import pandas as pd

from earlywarn.reports.content import Content
from earlywarn.reports.tables import Row, rows_in

__all__ = ["anchors", "by_name", "marks_of", "rows_of"]


def by_name(frame: pd.DataFrame) -> pd.DataFrame:
    """Sort areas as a reader looks for them: by name, capitals or not, then by code."""
    order = frame.assign(_name=frame["name"].str.casefold()).sort_values(["_name", "area_code"]).index
    return frame.loc[order]


def rows_of(frame: pd.DataFrame) -> dict[str, list[Row]]:
    """Return the rows of each area, in the order of the table."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows_in(frame):
        found[str(row.area_code)].append(row)
    return found


def anchors(codes: pd.Series, *, prefix: str = "area") -> Iterator[str]:
    """Return for each area code a name that can stand in an address, no two the same.

    Examples
    --------
    >>> list(anchors(pd.Series(["E06000001", "a b", "a/b"])))
    ['area-E06000001', 'area-a-b', 'area-a-b-2']
    """
    taken: set[str] = set()
    for number, code in enumerate(codes):
        anchor = f"{prefix}-{re.sub('[^A-Za-z0-9_]+', '-', str(code))}"
        anchor = anchor if anchor not in taken else f"{anchor}-{number}"
        taken.add(anchor)
        yield anchor


def marks_of(content: Content) -> dict[str, str]:
    """Return where on the page of signals the profile of each area stands that has one."""
    risks = by_name(content.risks)
    signalled = set(content.signals["area_code"])
    marks = zip(risks["area_code"], anchors(risks["area_code"], prefix="profile"), strict=True)
    return {code: mark for code, mark in marks if code in signalled}
