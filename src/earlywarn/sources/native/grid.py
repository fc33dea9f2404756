"""Find the part of a spreadsheet that a mapping is about: its sheet, its header and its columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from earlywarn.errors import DataError, Fault, name_a_few
from earlywarn.sources.native.headers import TITLE_ROWS, plain
from earlywarn.sources.native.mapping import Mapping
from earlywarn.sources.native.workbooks import Cell, read_sheets

__all__ = ["Grid", "cell_text", "find_grid"]


@dataclass(frozen=True)
class Grid:
    """The part of a sheet that the mapping is about; positions are columns counted from 0."""

    file: str
    sheet: str
    place: str
    line: int
    header: Sequence[Cell]
    rows: Sequence[tuple[int, Sequence[Cell]]]
    area: int
    indicator: int | None
    periods: Sequence[int]

    def fault(self, line: int, column: int, cell: Cell, problem: str, remedy: str) -> Fault:
        """Report one cell."""
        return Fault(self.place, line, cell_text(self.header[column]), cell_text(cell), problem, remedy)


def cell_text(cell: Cell) -> str:
    """Return a cell as text: 2024 rather than 2024.0.

    Examples
    --------
    >>> cell_text(2024.0), cell_text("2024/25")
    ('2024', '2024/25')
    """
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)


def find_grid(path: str | Path, said: Mapping) -> tuple[Grid | None, list[Fault]]:
    """Find the sheet and the header that a mapping is about.

    Parameters
    ----------
    path : path
        A workbook or a CSV file.
    said : Mapping
        What the user says of it.

    Returns
    -------
    grid : Grid or None
        None where sheet or header cannot be told.
    faults : list of Fault
        Why not; and headings that are there twice.
    """
    path = Path(path)
    try:
        sheets = read_sheets(path)
    except DataError as refusal:
        return None, list(refusal.faults)
    wanted = (said.sheet or "*").casefold()
    chosen = [name for name in sheets if fnmatchcase(name.casefold(), wanted)]
    if len(chosen) != 1:
        which = (
            f"{len(chosen) or 'no'} sheets called {said.sheet!r}" if said.sheet else f"{len(chosen)} sheets"
        )
        problem = f"has {which}; there are {name_a_few(sheets)}"
        return None, [Fault(path.name, None, None, None, problem, "name the one sheet in the mapping")]
    (sheet,) = chosen
    rows = sheets[sheet]
    place = path.name if sheet == path.stem else f"{path.name}, sheet {sheet}"
    candidates = range(min(len(rows), TITLE_ROWS)) if said.header_row is None else [said.header_row - 1]
    found = [(row, *_positions(rows[row] if row < len(rows) else [], said)) for row in candidates]
    headers = [at for at in found if not at[4]]
    if len(headers) != 1:
        missing = min((at[4] for at in found), key=len, default=["every heading"])
        problem = f"has no header: {', '.join(missing)} is nowhere"
        if said.header_row is not None:
            problem = f"has no header in row {said.header_row}: {', '.join(missing)} is not there"
        if headers:
            problem = f"could have its header in rows {' and '.join(str(at[0] + 1) for at in headers)}"
        return None, [
            Fault(place, None, None, None, problem, "correct the headings or header_row in the mapping")
        ]
    row, area, indicator, periods, _ = headers[0]
    body = [
        (at + 1, cells) for at, cells in enumerate(rows) if at > row and any(cell != "" for cell in cells)
    ]
    grid = Grid(path.name, sheet, place, row + 1, rows[row], body, area, indicator, periods)
    named = [cell_text(grid.header[at]) for at in (area, indicator, *periods) if at is not None]
    headings = [plain(cell) for cell in grid.header]
    faults = [
        Fault(place, row + 1, None, name, "is the heading of two columns", "rename one of them")
        for name in dict.fromkeys(named)
        if headings.count(plain(name)) > 1
    ]
    return grid, faults


def _positions(row: Sequence[Cell], said: Mapping) -> tuple[int, int | None, list[int], list[str]]:
    """Return where the area, the indicator and the periods are in a header, and which of them are not."""
    headings = [plain(cell) for cell in row]
    wanted = [said.area.column, *([said.indicator_column] if said.indicator_column else [])]
    if isinstance(said.periods, tuple):
        columns = [period.column for period in said.periods]
        periods = [headings.index(plain(name)) for name in columns if plain(name) in headings]
        wanted += columns
    else:
        pattern = re.compile(said.periods.pattern)
        periods = [
            at for at, cell in enumerate(row) if cell_text(cell) and pattern.fullmatch(cell_text(cell))
        ]
    missing = [repr(name) for name in wanted if plain(name) not in headings]
    if not periods and not isinstance(said.periods, tuple):
        missing.append(f"a heading of the pattern {said.periods.pattern}")
    area = headings.index(plain(said.area.column)) if plain(said.area.column) in headings else -1
    named = plain(said.indicator_column or "")
    return area, headings.index(named) if named and named in headings else None, periods, missing
