"""Read what a coordinator hands in for a programme of reviews: every fault of every file in one message."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pandas as pd

from earlywarn.errors import DataError, Fault, MissingTableError
from earlywarn.schedule import date_words
from earlywarn.sources.programme_areas import AreaNames
from earlywarn.sources.programme_cells import read_written
from earlywarn.sources.programme_overrides import numbered_ids, override_clashes
from earlywarn.sources.programme_rows import WrittenTable, named_rows, read_csv_rows, read_sheet_rows
from earlywarn.sources.programme_tables import INPUT_COLUMNS, ProgrammeInputs

__all__ = ["ProgrammeInputs", "read_overrides_rows", "read_overrides_workbook", "read_programme"]

RULES = "rules.toml"
OVERRIDES_SHEET = "Overrides"
NOT_BEFORE = (("offered_on", "held_on"), ("offered_on", "declined_on"), ("held_on", "followed_up_on"),
              ("held_on", "follow_up_due"))  # fmt: skip


def read_programme(folder: str | Path, *, areas: pd.DataFrame) -> ProgrammeInputs:
    r"""Read reviews, reviewers, overrides and findings, as far as their CSV files are there.

    Parameters
    ----------
    folder : path
        Where ``reviews.csv``, ``reviewers.csv``, ``overrides.csv`` and ``findings.csv`` lie. ``rules.toml``
        is not read, but its place is told.
    areas : DataFrame
        The areas that can be named: ``area_code, name``, and ``region`` where regions are to be checked.

    Raises
    ------
    MissingTableError
        If there is no such folder.
    DataError
        With every fault of every file.

    Examples
    --------
    >>> import tempfile
    >>> areas = pd.DataFrame({"area_code": ["E1", "E2"], "name": ["Northshire", "Southshire"]})
    >>> with tempfile.TemporaryDirectory() as home:
    ...     size = Path(home, "reviews.csv").write_text("area_code,held_on\nNorthshire,2024-05-01\n")
    ...     read_programme(home, areas=areas).reviews.loc[0, "area_code"]
    'E1'
    """
    place = Path(folder)
    if not place.is_dir():
        problem = "is a file, not a folder" if place.exists() else "does not exist"
        remedy = "name a folder with reviews.csv, reviewers.csv, rules.toml or some of them"
        raise MissingTableError([Fault(str(folder), None, None, None, problem, remedy)], where=str(folder))
    known = AreaNames(areas)
    present = sorted(entry.name for entry in place.iterdir() if entry.is_file())
    faults = _nearly_named(present)
    tables: dict[str, pd.DataFrame] = {}
    fingerprints = {}
    for table in INPUT_COLUMNS:
        if f"{table}.csv" in present:
            written = read_csv_rows(place / f"{table}.csv", table)
            tables[table], found = _checked(written, known)
            faults += found
            fingerprints[written.place] = written.fingerprint
    if faults:
        raise DataError(faults, where=str(folder))
    if "overrides" in tables:
        tables["overrides"]["override_id"] = numbered_ids(tables["overrides"]["override_id"])
    rules = place / RULES if RULES in present else None
    return ProgrammeInputs(**tables, rules_path=rules, fingerprints=fingerprints)


def read_overrides_workbook(path: str | Path, *, areas: pd.DataFrame) -> pd.DataFrame:
    """Read the sheet "Overrides" of a programme's workbook, as a coordinator has filled it in.

    Parameters
    ----------
    path : path
        ``.xlsx`` or ``.ods``. The header is the first row with a cell that says "Area"; rows without anything
        in them are passed over, and dates may be dates or text.
    areas : DataFrame
        The areas that can be named: ``area_code, name``.

    Returns
    -------
    DataFrame
        The columns of ``overrides``; ``override_id`` is empty but where the sheet gives it.

    Raises
    ------
    DataError
        With every fault: a sheet edited out of shape, cells that cannot be read, decisions that contradict.
    """
    written = read_sheet_rows(Path(path), "overrides", OVERRIDES_SHEET, mark="Area")
    overrides, faults = _checked(written, AreaNames(areas))
    if faults:
        raise DataError(faults, where=Path(path).name)
    return overrides


def read_overrides_rows(rows: Sequence[Mapping[str, str]], *, areas: pd.DataFrame) -> pd.DataFrame:
    """Read decisions that were given in words, such as on the command line.

    Parameters
    ----------
    rows : sequence of mapping of str to str
        Cells by column: ``area`` (or ``area_code``), ``action, quarter, after, reason, by, decided_on``.
    areas : DataFrame
        The areas that can be named: ``area_code, name``.

    Returns
    -------
    DataFrame
        The columns of ``overrides``; ``override_id`` is empty but where it is given.

    Raises
    ------
    DataError
        With every fault; decisions are counted from 1.

    Examples
    --------
    >>> areas = pd.DataFrame({"area_code": ["E1"], "name": ["Northshire"]})
    >>> said = {"area": "Northshire", "action": "move", "quarter": "2025-07", "reason": "a new director"}
    >>> read_overrides_rows([said], areas=areas).loc[0, ["area_code", "quarter"]].tolist()
    ['E1', Timestamp('2025-07-01 00:00:00')]
    >>> read_overrides_rows([said | {"reason": ""}], areas=areas)
    Traceback (most recent call last):
    ...
    earlywarn.errors.DataError: the override: 1 fault found; nothing was written.
      the override, row 1, column reason: '' is empty. To mend it: say why, so that next year one can ask
      whether judgement or model did better.
    """
    place = "the override" if len(rows) == 1 else "the overrides"
    overrides, faults = _checked(named_rows(rows, "overrides", place), AreaNames(areas))
    if faults:
        raise DataError(faults, where=place)
    return overrides


def _nearly_named(present: list[str]) -> list[Fault]:
    """Name the files that look like ours and would be passed over in silence."""
    wanted = [*(f"{table}.csv" for table in INPUT_COLUMNS), RULES]
    lost = [name for name in wanted if name not in present]
    found = []
    for name in present:
        readable = Path(name).suffix.casefold() in {".csv", ".toml", ".xlsx", ".ods", ".txt"}
        near = get_close_matches(Path(name).stem.casefold(), [Path(want).stem for want in lost], 1, 0.8)
        if name not in wanted and near and readable:
            want = next(file for file in lost if Path(file).stem == near[0])
            problem = f"looks like {want}, but is not called so and would not be read"
            found.append(Fault(name, None, None, None, problem, f"save it as {want}, or take it away"))
    return found


def _checked(written: WrittenTable, known: AreaNames) -> tuple[pd.DataFrame, list[Fault]]:
    rows, faults = read_written(written, known)
    told = {(fault.row, fault.column): fault for fault in faults}
    for fault in CHECKS[written.table](written, rows, known):
        told.setdefault((fault.row, fault.column), fault)  # one fault for each cell, the plainest
    return rows, [*written.faults, *sorted(told.values(), key=lambda fault: fault.row or 0)]


def _rows(true: "pd.Series[bool]") -> list[int]:
    """Return the positions of the rows of which something is true."""
    return [int(row) for row in np.flatnonzero(true)]


def _reviews(written: WrittenTable, reviews: pd.DataFrame, known: AreaNames) -> Iterator[Fault]:
    dated = reviews[["offered_on", "held_on", "declined_on"]].notna()
    for row in _rows(~dated.any(axis=1)):
        yield written.fault(row, "held_on", "has no day", "say when it was offered, held or declined")
    for row in _rows(dated["held_on"] & dated["declined_on"]):
        yield written.fault(row, "declined_on", "says that a review was declined that was held", "keep one")
    for row in _rows(reviews["followed_up_on"].notna() & ~dated["held_on"]):
        yield written.fault(
            row, "followed_up_on", "follows up a review without a day", "say when it was held"
        )
    for earlier, later in NOT_BEFORE:
        for row in _rows(reviews[later] < reviews[earlier]):
            problem = f"is before {earlier}, {date_words(reviews[earlier].iloc[row])}"
            yield written.fault(row, later, problem, "correct one of the two dates")
    for column in ("held_on", "offered_on"):
        repeated = reviews.duplicated(["area_code", column]) & reviews[column].notna()
        for row in _rows(repeated & reviews["area_code"].ne("")):
            same = reviews["area_code"].eq(reviews["area_code"].iloc[row])
            first = _rows(same & reviews[column].eq(reviews[column].iloc[row]))[0]
            area = known.called(reviews["area_code"].iloc[row])
            problem = f"is the day of two reviews of {area}; the other is in row {written.rows[first][0]}"
            yield written.fault(row, column, problem, "keep one of them, or correct the day")


def _reviewers(written: WrittenTable, reviewers: pd.DataFrame, known: AreaNames) -> Iterator[Fault]:
    del known
    plain = reviewers["reviewer"].str.casefold().str.split().str.join(" ")
    for row in _rows(plain.duplicated() & plain.ne("")):
        first = _rows(plain.eq(plain.iloc[row]))[0]
        problem = f"is on the list twice; the other is in row {written.rows[first][0]}"
        yield written.fault(
            row, "reviewer", problem, "keep one of the rows, or give each a code of their own"
        )
    for at, (code, listed) in enumerate(zip(reviewers["reviewer"], reviewers["conflicts"], strict=True)):
        if code and code in listed.split(";"):
            yield written.fault(at, "conflicts", "names the reviewer's own code", "take it out")


def _overrides(written: WrittenTable, overrides: pd.DataFrame, known: AreaNames) -> Iterator[Fault]:
    for clash in override_clashes(overrides, known.names):
        yield written.fault(clash.row, clash.column, clash.problem, clash.remedy)


def _findings(written: WrittenTable, findings: pd.DataFrame, known: AreaNames) -> Iterator[Fault]:
    key = ["area_code", "held_on", "theme"]
    whole = findings["area_code"].ne("") & findings["held_on"].notna() & findings["theme"].ne("")
    for row in _rows(findings.duplicated([*key, "finding", "words"]) & whole):
        yield written.fault(row, "finding", "is there twice in the same words", "keep one of the rows")
    nothing = findings[whole & findings["finding"].eq("no_concern")][key].drop_duplicates()
    told = findings.reset_index().merge(nothing, on=key)
    for row in told.loc[told["finding"].eq("concern"), "index"].tolist():
        area = known.called(findings["area_code"].iloc[row])
        problem = f"contradicts another row, which says that {area} gave no concern on this theme that day"
        yield written.fault(row, "finding", problem, "keep one of the two")


CHECKS: dict[str, Callable[[WrittenTable, pd.DataFrame, AreaNames], Iterator[Fault]]] = {
    "reviews": _reviews,
    "reviewers": _reviewers,
    "overrides": _overrides,
    "findings": _findings,
}
