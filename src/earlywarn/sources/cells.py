"""Turn text cells into dates, numbers and words, and mark those that cannot be."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from earlywarn.errors import Fault
from earlywarn.schema import TABLES, Column, theme_column, violations
from earlywarn.sources.files import TextColumn, TextTable
from earlywarn.sources.formulas import unguarded

__all__ = ["READERS", "CheckedTable", "read_cells"]

DATE = r"\d{4}-\d{2}-\d{2}"
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
INFINITE = r"(?i)[+-]?inf(?:inity)?"
WHOLE = r"[+-]?\d{1,15}(?:\.0+)?"
THEME_SHARE = 0.5  # a further column of report_themes is a theme if so many of its cells are counts
AS_DATE = "write the date as YYYY-MM-DD"
AS_NUMBER = "write digits and a decimal point only, or leave the cell empty if there is no value"
AS_WHOLE = "write a whole number"


class CheckedTable:
    """One table with its cells read, and which of them could not be.

    Attributes
    ----------
    text : TextTable
        The file.
    frame : DataFrame of shape (rows, columns)
        All columns of the table, typed; unreadable cells hold a stand-in.
    unreadable : dict of str to ndarray of bool, shape (rows,)
        Cells that already have a fault, so that nothing else is said of them.
    faults : list of Fault
        What was found so far.
    """

    def __init__(self, text: TextTable) -> None:
        self.text = text
        self.frame = pd.DataFrame(index=pd.RangeIndex(len(text)))
        self.unreadable: dict[str, np.ndarray] = {}
        self.faults: list[Fault] = []

    def blame(self, rows: np.ndarray, column: str, problem: str, remedy: str) -> None:
        """Report a column of some rows, unless a cell has its fault already."""
        for row in rows[~self.unreadable[column][rows]]:
            self.faults.append(self.text.fault(int(row), column, problem, remedy))
        self.unreadable[column][rows] = True


def read_cells(text: TextTable, name: str, *, renamed: Mapping[str, str] | None = None) -> CheckedTable:
    """Read one table's cells and check it alone, with no other table in view.

    Parameters
    ----------
    text : TextTable
        The file.
    name : str
        A key of ``TABLES``.
    renamed : mapping of str to str
        Former area codes and the codes that they are read as.

    Returns
    -------
    CheckedTable
        Text without NaN: an empty cell is the empty string.
    """
    table = TABLES[name]
    checked = CheckedTable(text)
    themes = _themes(text) if name == "report_themes" else []
    typed: dict[str, np.ndarray] = {}
    for column in (*table.columns, *themes):
        if column.name in text.columns:
            cells = text.columns[column.name]
            if renamed and column.name in {"area_code", "neighbour_code"}:
                words = np.array([renamed.get(word, word) for word in cells.words], dtype=object)
                cells = TextColumn(words, cells.codes)
            if name == "concerns" and column.kind == "text":  # what people wrote, exported for a spreadsheet
                cells = TextColumn(unguarded(pd.Series(cells.words, dtype=object)).to_numpy(), cells.codes)
            typed[column.name] = _typed(checked, column, cells)
        else:
            blank = TextColumn(np.array([""], dtype=object), np.zeros(len(text), dtype=np.int32))
            typed[column.name], _ = READERS[column.kind](blank, column)
            checked.unreadable[column.name] = np.full(len(text), column.required)
    if name == "inspections":  # an identifier that we make repeats no one
        checked.unreadable["inspection_id"] |= typed["inspection_id"] == ""
    _fill_in(name, typed)
    checked.frame = pd.DataFrame(typed).astype({column.name: column.dtype for column in table.columns})
    _check(checked, name)
    return checked


def _themes(text: TextTable) -> list[Column]:
    """Find the further columns that are counts: one theme each."""
    known = TABLES["report_themes"].names
    found = []
    for name, cells in text.columns.items():
        if name not in known and len(cells.codes):
            counts = pd.Series(cells.words).str.fullmatch(r"\d+(?:\.0+)?").to_numpy(dtype=bool)
            if counts[cells.codes].mean() >= THEME_SHARE:
                found.append(theme_column(name))
    return found


def _typed(checked: CheckedTable, column: Column, cells: TextColumn) -> np.ndarray:
    values, wrong = READERS[column.kind](cells, column)
    checked.unreadable[column.name] = np.zeros(len(cells.codes), dtype=bool)
    for problem, remedy, words in wrong:
        if words.any():
            checked.blame(np.flatnonzero(words[cells.codes]), column.name, problem, remedy)
    return values


Wrong = list[tuple[str, str, np.ndarray]]


def _texts(cells: TextColumn, _: Column) -> tuple[np.ndarray, Wrong]:
    return cells.words[cells.codes], []


def _dates(cells: TextColumn, _: Column) -> tuple[np.ndarray, Wrong]:
    words = pd.Series(cells.words, dtype=object)
    shaped = words.str.fullmatch(DATE).to_numpy(dtype=bool)
    dates = pd.to_datetime(words.where(shaped), format="%Y-%m-%d", errors="coerce").to_numpy("datetime64[ns]")
    unreal = shaped & np.isnat(dates)
    odd = ~shaped & (words != "").to_numpy()
    wrong = [("is not a date as we read them", AS_DATE, odd), ("is not in the calendar", AS_DATE, unreal)]
    return dates[cells.codes], wrong


def _floats(cells: TextColumn, pattern: str) -> tuple[np.ndarray, np.ndarray]:
    words = pd.Series(cells.words, dtype=object)
    shaped = words.str.fullmatch(pattern).to_numpy(dtype=bool)
    floats = np.full(len(words), np.nan)
    floats[shaped] = cells.words[shaped].astype(np.float64)
    return floats, ~shaped & (words != "").to_numpy()


def _numbers(cells: TextColumn, _: Column) -> tuple[np.ndarray, Wrong]:
    floats, odd = _floats(cells, NUMBER)
    endless = np.isinf(floats) | pd.Series(cells.words, dtype=object).str.fullmatch(INFINITE).to_numpy(
        dtype=bool
    )
    wrong = [("is infinite", AS_NUMBER, endless), ("is not a number", AS_NUMBER, odd & ~endless)]
    return np.where(endless, np.nan, floats)[cells.codes], wrong


def _wholes(cells: TextColumn, column: Column) -> tuple[np.ndarray, Wrong]:
    floats, odd = _floats(cells, WHOLE)
    wrong = [("is not a whole number", AS_WHOLE, odd)]
    if not column.filled:
        return floats[cells.codes], wrong
    wrong.append(("is empty", AS_WHOLE, np.isnan(floats) & ~odd))
    return np.nan_to_num(floats, nan=column.least or 0)[cells.codes].astype(np.int64), wrong


def _yes_no(cells: TextColumn, _: Column) -> tuple[np.ndarray, Wrong]:
    words = pd.Series(cells.words, dtype=object).str.lower()
    wrong = [
        ("is neither true nor false", "write true or false", ~words.isin(["true", "false", ""]).to_numpy())
    ]
    return (words == "true").to_numpy()[cells.codes], wrong


READERS: dict[str, Callable[[TextColumn, Column], tuple[np.ndarray, Wrong]]] = {
    "text": _texts,
    "date": _dates,
    "number": _numbers,
    "whole": _wholes,
    "yes_no": _yes_no,
}


def _fill_in(name: str, typed: dict[str, np.ndarray]) -> None:
    """Give the two columns that follow from others their values where the file is silent."""
    if name == "observations":
        silent = typed["status"] == ""
        typed["status"] = np.where(
            silent, np.where(np.isnan(typed["value"]), "missing", "ok"), typed["status"]
        )
    if name == "inspections":
        days = pd.Series(typed["start_date"]).dt.strftime("%Y%m%d").fillna("")
        made = (pd.Series(typed["area_code"]) + "_" + days).to_numpy(dtype=object)
        typed["inspection_id"] = np.where(typed["inspection_id"] == "", made, typed["inspection_id"])


def _check(checked: CheckedTable, name: str) -> None:
    """Put a table through its schema and word what was broken."""
    text, frame = checked.text, checked.frame
    for rule, broken in violations(frame, name):
        doubtful = np.logical_or.reduce([checked.unreadable[column] for column in rule.columns])
        rows = broken[~doubtful[broken]]
        written = [column for column in rule.columns if column in text.columns]
        if rule.repeats:
            alike = _first_alike(frame, rule.columns)
            checked.faults += [_repeat(text, int(row), int(alike[row]), written, rule.remedy) for row in rows]
            continue
        if "{" not in rule.problem:
            checked.blame(rows, rule.columns[0], rule.problem, rule.remedy)
            continue
        for row in rows:
            cells = {column: text.columns[column].at(row) for column in written}
            checked.blame(np.array([row]), rule.columns[0], rule.problem.format(**cells), rule.remedy)


def _first_alike(frame: pd.DataFrame, columns: tuple[str, ...]) -> np.ndarray:
    """Return, for each row, the position of the first row that is the same in some columns."""
    groups = frame.groupby(list(columns), sort=False, dropna=False).ngroup().to_numpy()
    return np.asarray(np.unique(groups, return_index=True)[1][groups])


def _repeat(text: TextTable, row: int, first: int, key: list[str], remedy: str) -> Fault:
    names = ", ".join(text.written.get(column, column) for column in key)
    cells = ", ".join(text.columns[column].at(row) for column in key)
    return Fault(text.file, text.line(row), names, cells, f"repeats row {text.line(first)}", remedy)
