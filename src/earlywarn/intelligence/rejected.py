"""The file of rows that could not be logged, to be mended and imported again."""

import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.intelligence.kinds import Kind
from earlywarn.intelligence.reading import Sheet
from earlywarn.intelligence.template import build_template
from earlywarn.intelligence.vocabulary import REASON
from earlywarn.sources.formulas import guarded

__all__ = ["free_name", "set_aside"]


def free_name(path: Path) -> Path:
    """Return the name of the rejected file of a file: one that no file has yet.

    Examples
    --------
    >>> free_name(Path("nowhere/may.xlsx")).name, free_name(Path("nowhere/may-rejected-2.csv")).name
    ('may-rejected.xlsx', 'may-rejected.csv')
    """
    stem = re.sub(r"-rejected(-\d+)?$", "", path.stem)
    ending = path.suffix if path.suffix.lower() in {".csv", ".xlsx"} else ".csv"
    number = 1
    while True:
        name = f"{stem}-rejected{f'-{number}' if number > 1 else ''}{ending}"
        if not (path.parent / name).exists():
            return path.parent / name
        number += 1


def set_aside(
    path: Path,
    sheet: Sheet,
    bad: npt.NDArray[np.bool_],
    reasons: Sequence[str],
    *,
    kinds: Mapping[str, Kind],
    areas: pd.DataFrame | None,
) -> Path:
    """Write the bad rows beside their file, with the reasons in a column of their own.

    Parameters
    ----------
    path : Path
        The file that they come from; a workbook gives a workbook, with the template's drop-downs.
    sheet : Sheet
        What it holds.
    bad : array of bool, shape (rows,)
        Which rows.
    reasons : sequence of str
        One for each bad row.
    kinds, areas
        For the drop-downs.

    Returns
    -------
    Path
        Never a file that was there before, as somebody may be mending that one.
    """
    target = free_name(path)
    rows = sheet.cells[bad].drop(columns=REASON, errors="ignore").assign(**{REASON: list(reasons)})
    side = target.with_name(f".{target.name}-{secrets.token_hex(4)}")
    try:
        if target.suffix.lower() == ".xlsx":
            build_template(kinds, areas, rows=rows).save(side)
        else:
            written = rows.apply(guarded)
            written.to_csv(
                side, index=False, lineterminator="\r\n", encoding="utf-8-sig"
            )  # so Excel sees UTF-8
        side.replace(target)
    finally:
        side.unlink(missing_ok=True)
    return target
