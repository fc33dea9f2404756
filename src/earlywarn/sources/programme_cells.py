"""Read the cells of a coordinator's table, and mark those that cannot be read."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from difflib import get_close_matches

import pandas as pd

from earlywarn.errors import Fault
from earlywarn.schedule import as_date, read_quarter
from earlywarn.schema import ENABLERS
from earlywarn.sources.formulas import unguarded
from earlywarn.sources.programme_areas import AreaNames, near_word
from earlywarn.sources.programme_availability import AvailabilityError, offered_quarters
from earlywarn.sources.programme_rows import WrittenTable
from earlywarn.sources.programme_tables import (
    ACTIONS,
    FILLED_COLUMNS,
    FINDINGS,
    INPUT_COLUMNS,
    REVIEWER_ROLES,
    empty_input,
)

__all__ = ["read_written"]

DATE_REMEDY = (
    "write the date as YYYY-MM-DD; if Excel turns it round, give the column the format yyyy-mm-dd, then save"
)
STRENGTHS = ("slight", "some", "clear", "strong", "grave")  # 1 to 5, as concerns are logged
MOST = 10_000  # recommendations of one review: more is a slip of the keyboard
Seen = tuple[object, tuple[str, str] | None]  # what was read, and else the problem and its remedy


def read_written(written: WrittenTable, known: AreaNames) -> tuple[pd.DataFrame, list[Fault]]:
    """Read every cell of one table.

    Parameters
    ----------
    written : WrittenTable
        The rows as text.
    known : AreaNames
        The areas and regions that can be named.

    Returns
    -------
    rows : DataFrame
        All columns of the input, typed, in the order of the file; unreadable cells are empty.
    faults : list of Fault
        Each cell that could not be read.
    """
    faults = []
    columns: dict[str, pd.Series] = {}
    reviewers = {_plain(cells.get("reviewer", "")): cells.get("reviewer", "") for _, cells in written.rows}
    for name, kind in INPUT_COLUMNS[written.table].items():
        values = []
        texts = unguarded(pd.Series([cells.get(name, "") for _, cells in written.rows], dtype=object))
        for row, text in enumerate(texts):
            value, wrong = _read(kind, text, known, reviewers)
            if not text and name in FILLED_COLUMNS[written.table]:
                wrong = ("is empty", FILLED_COLUMNS[written.table][name])
            if wrong is not None and name in written.called:  # a column that is missing has its fault
                faults.append(written.fault(row, name, *wrong))
            values.append(value)
        columns[name] = pd.Series(values, dtype=empty_input(written.table)[name].dtype)
    return pd.DataFrame(columns), faults


def _plain(text: str) -> str:
    return " ".join(text.replace("_", " ").split()).casefold()


def _read(kind: str, text: str, known: AreaNames, reviewers: dict[str, str]) -> Seen:
    if kind == "area":
        return _area(text, known)
    if kind == "regions":
        return _listed(text, lambda word: _region(word, known))
    if kind == "conflicts":
        return _listed(text, lambda word: _conflict(word, known, reviewers))
    return READERS[kind](text)


def _text(text: str) -> Seen:
    """Keep words in one line, as a workbook's cells are read, so that one decision reads alike in both."""
    return " ".join(text.split()), None


def _area(text: str, known: AreaNames) -> Seen:
    code = known.code(text) if text else ""
    problem = "is the name of two areas" if known.ambiguous(text) else "is not an area of the run"
    return code, None if code or not text else (problem, known.hint(text))


def _region(word: str, known: AreaNames) -> Seen:
    region = known.regions.get(_plain(word), "")
    if region or not known.regions:
        return region or word, None
    return "", (f"names no region of the run in {word!r}", near_word(word, known.regions.values()))


def _conflict(word: str, known: AreaNames, reviewers: dict[str, str]) -> Seen:
    code = reviewers.get(_plain(word), "") or known.code(word)
    if code:
        return code, None
    choices = {plain: said for plain, said in reviewers.items() if said}
    near = get_close_matches(_plain(word), choices, n=1, cutoff=0.75)
    remedy = f"write {choices[near[0]]!r}, if that is meant" if near else known.hint(word)
    return "", (f"names neither an area nor a reviewer in {word!r}", remedy)


def _listed(text: str, read: Callable[[str], Seen]) -> Seen:
    """Read words joined by `;`; the first that cannot be read is reported."""
    seen = [read(word.strip()) for word in text.split(";") if word.strip()]
    wrong = next((wrong for _, wrong in seen if wrong is not None), None)
    return ";".join(dict.fromkeys(str(value) for value, _ in seen if value)), wrong


def _date(text: str) -> Seen:
    try:
        return as_date(_with_digits(text)) if text else pd.NaT, None
    except ValueError:
        return pd.NaT, ("is not a date", DATE_REMEDY)


def _with_digits(text: str) -> str:
    """Return a day whose month is a word, "31 March 2025", as YYYY-MM-DD; anything else as it is."""
    for written in ("%d %B %Y", "%d %b %Y"):
        with suppress(ValueError):
            return f"{dt.datetime.strptime(text, written).replace(tzinfo=dt.UTC).date():%Y-%m-%d}"
    return text


def _quarter(text: str) -> Seen:
    try:
        return read_quarter(_with_digits(text)) if text else pd.NaT, None
    except ValueError:
        return pd.NaT, ("is not a quarter", "write it as Apr-Jun 2025, or as a date in it")


def _count(text: str) -> Seen:
    try:
        number = float(text) if text else float("nan")
    except ValueError:
        return float("nan"), ("is not a number", "write digits only, or leave the cell empty")
    if not text or (number.is_integer() and 0 <= number <= MOST):
        return number, None
    problem = "is negative" if number < 0 else f"is not a whole number up to {MOST:,}"
    return float("nan"), (problem, "write a whole number, or leave the cell empty")


def _strength(text: str) -> Seen:
    word = _plain(text).removesuffix(".0")
    for number, label in enumerate(STRENGTHS, start=1):
        if word in {str(number), label, f"{number} {label}"}:
            return float(number), None
    wrong = ("is not a strength", "write 1 (slight), 2 (some), 3 (clear), 4 (strong) or 5 (grave)")
    return float("nan"), wrong if text else None


def _one_of(choices: dict[str, str], what: str) -> Callable[[str], Seen]:
    def read(text: str) -> Seen:
        found = choices.get(_plain(text), "")
        wrong = None if found or not text else (f"is not {what}", near_word(text, choices.values()))
        return found, wrong

    return read


THEMES = {_plain(theme): theme for theme in ENABLERS}
_theme = _one_of(THEMES, "one of the seven themes")


def _themes(text: str) -> Seen:
    def read(word: str) -> Seen:
        theme, wrong = _theme(word)
        return theme, (f"names no theme in {word!r}", wrong[1]) if wrong else None

    return _listed(text, read)


def _availability(text: str) -> Seen:
    try:
        offered_quarters(text)
    except AvailabilityError as wrong:
        return text, (wrong.problem, wrong.remedy)
    return text, None


ROLES = {_plain(label): role for role, label in REVIEWER_ROLES.items()} | {
    _plain(role): role for role in REVIEWER_ROLES
}
READERS: dict[str, Callable[[str], Seen]] = {
    "text": _text,
    "date": _date,
    "quarter": _quarter,
    "count": _count,
    "strength": _strength,
    "theme": _theme,
    "themes": _themes,
    "role": _one_of(ROLES, "a role that is known"),
    "action": _one_of({_plain(word): word for word in ACTIONS}, "an action"),
    "finding": _one_of({_plain(word): word for word in FINDINGS}, "a finding that is known"),
    "availability": _availability,
}
