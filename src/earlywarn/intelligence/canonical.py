"""From the words that people write to entries in canonical form, with everything that is wrong on the way."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import DataError, Fault
from earlywarn.intelligence.areas import area_codes, area_hint
from earlywarn.intelligence.checks import Flaw, flaws
from earlywarn.intelligence.entries import CANONICAL, WRITTEN
from earlywarn.intelligence.kinds import Kind
from earlywarn.intelligence.personal import REMEDY, likely_personal
from earlywarn.intelligence.reading import Sheet
from earlywarn.intelligence.vocabulary import LABELS, canonical_columns, canonical_words
from earlywarn.schema import TABLES
from earlywarn.sources.cells import READERS
from earlywarn.sources.files import TextColumn
from earlywarn.sources.formulas import unguarded

__all__ = ["Rows", "read_changes", "read_rows"]

TABLE = TABLES["concerns"]
NEEDED = ("area_code", "kind", "occurred_on", "tier")
FREE_TEXT = ("note", "link", "contributor")
BRITISH = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?$")


@dataclass
class Rows:
    """The rows of a file in canonical form, and what is wrong with them.

    Attributes
    ----------
    sheet : Sheet
        The file.
    written : dict of str to str
        The file's name of each canonical column that it has.
    frame : DataFrame of shape (rows, columns of ``concerns``)
        Typed; cells that cannot be read are empty.
    found : list of Flaw
        What keeps rows from being logged.
    """

    sheet: Sheet
    written: dict[str, str]
    frame: pd.DataFrame
    found: list[Flaw] = field(default_factory=list)

    def blame(self, column: str, rows: npt.NDArray[np.bool_], problem: str, remedy: str) -> None:
        """Say what is wrong with a column of some rows."""
        if rows.any():
            self.found.append(Flaw(column, rows, problem, remedy))

    @property
    def bad(self) -> npt.NDArray[np.bool_]:
        """Which rows cannot be logged, shape (rows,)."""
        bad = np.zeros(len(self.frame), dtype=bool)
        for flaw in self.found:
            bad |= flaw.rows
        return bad

    def personal(self, areas: pd.DataFrame | None) -> list[Flaw]:
        """Return what seems to be personal data; names of areas are not."""
        places = [] if areas is None else areas["name"].tolist()
        return [
            Flaw(column, rows, f"seems to hold {what}", REMEDY)
            for column in FREE_TEXT
            for what, rows in likely_personal(self.frame[column], places=places)
        ]

    def faults(self, found: list[Flaw]) -> list[Fault]:
        """List flaws row by row; free text is not repeated in them."""
        made = [
            (int(row), self._fault(flaw, int(row))) for flaw in found for row in np.flatnonzero(flaw.rows)
        ]
        return [fault for _, fault in sorted(made, key=lambda pair: pair[0])]

    def _fault(self, flaw: Flaw, row: int) -> Fault:
        name = self.written.get(flaw.column, flaw.column)
        shown = flaw.column not in FREE_TEXT and flaw.column in self.written
        value = self.sheet.cells[name].iloc[row] if shown else None
        return Fault(self.sheet.file, int(self.sheet.numbers[row]), name, value, flaw.problem, flaw.remedy)

    def reasons(self) -> list[str]:
        """Return the reasons of each bad row, in order, each as words that follow the name of a column."""
        said: dict[int, list[str]] = {int(row): [] for row in np.flatnonzero(self.bad)}
        for flaw in self.found:
            name = self.written.get(flaw.column, flaw.column)
            for row in np.flatnonzero(flaw.rows):
                said[int(row)].append(f"{name} {flaw.problem}: {flaw.remedy}")
        return ["; ".join(words) for words in said.values()]


def read_rows(
    sheet: Sheet,
    kinds: Mapping[str, Kind],
    *,
    by: str,
    today: pd.Timestamp,
    areas: pd.DataFrame | None = None,
    historic: bool = False,
) -> Rows:
    """Read a sheet of entries and check each row.

    Parameters
    ----------
    sheet : Sheet
        As read.
    kinds : mapping of str to Kind
        Those that can be logged.
    by : str
        Contributor of rows that name none.
    today : Timestamp
        The day of recording.
    areas : DataFrame, optional
        The table ``areas``; areas may then be written by name, and unknown ones are faults.
    historic : bool
        Whether each row brings its own ``known_on``.

    Raises
    ------
    DataError
        If the sheet lacks a column, or has ``known_on`` and ``historic`` was not asked for.
    """
    rows = _canonical(sheet, needed=(*NEEDED, "known_on") if historic else NEEDED, historic=historic)
    _read_cells(rows, kinds, areas)
    rows.frame["contributor"] = rows.frame["contributor"].where(rows.frame["contributor"] != "", by)
    known_on: pd.Timestamp | pd.Series = rows.frame["known_on"] if historic else today
    withdrawn = rows.frame["retracted"].eq(other=True).to_numpy(dtype=bool) if historic else None
    found = flaws(rows.frame[list(WRITTEN)], kinds, known_on=known_on, withdrawn=withdrawn)
    if historic:
        when = rows.frame["known_on"]
        found.append(Flaw("known_on", when.isna().to_numpy(), "is empty", "write the day it was recorded"))
        found.append(Flaw("known_on", (when > today).to_numpy(), "lies ahead", "correct it"))
    _add_unless_told(rows, found)
    if historic:  # versions of one entry stand or fall together
        named, bad = rows.frame["entry_id"] != "", rows.bad
        fellows = named & rows.frame["entry_id"].isin(rows.frame.loc[bad & named, "entry_id"])
        rows.blame(
            "entry_id",
            fellows.to_numpy() & ~bad,
            "has another version that cannot be logged",
            "mend that one",
        )
    return rows


def read_changes(
    words: Mapping[str, str], kinds: Mapping[str, Kind], areas: pd.DataFrame | None
) -> dict[str, object]:
    """Read the corrected cells of one entry.

    Parameters
    ----------
    words : mapping of str to str
        By canonical column, as people write them; ``""`` empties a cell.
    kinds, areas
        As in `read_rows`.

    Raises
    ------
    DataError
        If a cell cannot be read.

    Examples
    --------
    >>> read_changes({"occurred_on": "31/3/2024", "tier": "Open"}, {}, None)
    {'occurred_on': Timestamp('2024-03-31 00:00:00'), 'tier': 'open'}
    """
    cells = pd.DataFrame({name: [word] for name, word in words.items()}, dtype=object)
    sheet = Sheet("entry", cells, np.array([1]), np.array([False]))
    rows = _canonical(sheet, needed=(), historic=False)
    _read_cells(rows, kinds, areas)
    if rows.found:
        raise DataError(rows.faults(rows.found), where="the correction")
    return {name: rows.frame[name].iloc[0] for name in words}


def _canonical(sheet: Sheet, *, needed: tuple[str, ...], historic: bool) -> Rows:
    """Find the columns, and refuse a file that lacks some."""
    named = canonical_columns(list(sheet.cells.columns))
    written: dict[str, str] = {}
    faults = []
    for name, canonical in named.items():
        if canonical in written:
            problem = f"means the same as the column {written[canonical]!r}"
            faults.append(Fault(sheet.file, 1, name, None, problem, "keep one of the two"))
        written.setdefault(canonical, name)
    for canonical in needed:
        if canonical not in written:
            remedy = f"add it (the template calls it {LABELS.get(canonical, canonical)!r})"
            faults.append(Fault(sheet.file, 1, canonical, None, "is missing", remedy))
    if "known_on" in written and not historic and sheet.cells[written["known_on"]].ne("").any():
        problem = "says when entries were recorded, and an entry is known from the day on which it is logged"
        remedy = "leave the column out, or import with --historic to keep its dates"
        faults.append(Fault(sheet.file, 1, written["known_on"], None, problem, remedy))
    if faults:
        raise DataError(faults, where=sheet.file)
    blank = pd.Series([""] * len(sheet.cells), dtype=object)
    frame = {
        canonical: unguarded(sheet.cells[written[canonical]]) if canonical in written else blank
        for canonical in CANONICAL
    }
    return Rows(sheet, written, pd.DataFrame(frame, index=pd.RangeIndex(len(sheet.cells)), dtype=object))


def _read_cells(rows: Rows, kinds: Mapping[str, Kind], areas: pd.DataFrame | None) -> None:
    """Turn the words that people use into canonical ones, and text into dates and numbers."""
    frame = rows.frame
    rows.blame(
        "note",
        rows.sheet.ragged,
        "stands in a row with more or fewer cells than the first",
        "give each column one cell, in quotation marks if it holds a comma",
    )
    for column in TABLE.columns:
        words = canonical_words(frame[column.name], column.name, kinds)
        if column.name == "area_code" and areas is not None:
            words = _known_areas(rows, words, areas)
        if column.kind == "date":
            words = words.map({word: _iso(word) for word in words.unique()})
        if column.kind == "text":
            frame[column.name] = words
            continue
        codes, different = pd.factorize(words)
        cells = TextColumn(np.asarray(different, dtype=object), codes)
        optional = replace(column, required=False, least=None)  # the checks find what is empty or too small
        values, wrong = READERS[column.kind](cells, optional)
        for problem, remedy, bad in wrong:
            rows.blame(column.name, np.asarray(bad, dtype=bool)[codes], problem, remedy)
        frame[column.name] = values


def _known_areas(rows: Rows, words: pd.Series, areas: pd.DataFrame) -> pd.Series:
    codes = area_codes(words, areas)
    unknown = ((codes == "") & (words != "")).to_numpy()
    for word in words[unknown].unique():
        rows.blame(
            "area_code", (words == word).to_numpy(), "is no area that is known", area_hint(word, areas)
        )
    return codes.where(codes != "", words)


def _iso(word: str) -> str:
    """Return a date as ISO text; a British one is day, month, year.

    Examples
    --------
    >>> _iso("31/3/2024"), _iso("2024-03-31 00:00:00"), _iso("March")
    ('2024-03-31', '2024-03-31', 'March')
    """
    british = BRITISH.fullmatch(word)
    if british:
        day, month, year = british.groups()
        return f"{year}-{month:0>2}-{day:0>2}"
    return MIDNIGHT.sub("", word)


def _add_unless_told(rows: Rows, found: list[Flaw]) -> None:
    """Add what a row's content lacks, unless its cell could not be read in the first place."""
    told: dict[str, npt.NDArray[np.bool_]] = {}
    for flaw in rows.found:
        told[flaw.column] = told.get(flaw.column, np.zeros_like(flaw.rows)) | flaw.rows
    for flaw in found:
        untold = flaw.rows & ~told.get(flaw.column, np.zeros_like(flaw.rows))
        rows.blame(flaw.column, untold, flaw.problem, flaw.remedy)
