"""The areas that there are and were, with the numbers and names by which publishers call them."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import pandas as pd

from earlywarn.errors import DataError, Fault

__all__ = ["DATES", "packaged_register", "read_register", "with_relations"]

PACKAGED = "places.csv"
TEXT = ("area_code", "dfe_code", "name", "aliases", "region", "area_type", "predecessors", "successors")
DATES = ("active_from", "active_to")


def read_register(path: str | Path | None = None) -> pd.DataFrame:
    """Read the areas that there are and were, with the numbers and names by which publishers call them.

    Parameters
    ----------
    path : path, optional
        A table ``areas`` as CSV, which may have a column ``dfe_code`` with three-digit numbers and a column
        ``aliases`` with further names joined by ``;``. By default the packaged register of England's local
        authorities with children's services duties since 2013.

    Returns
    -------
    DataFrame
        The columns of the table ``areas``, with ``dfe_code`` and ``aliases``; text without NaN, dates with
        NaT. Do not write into it: the packaged register is shared.

    Raises
    ------
    DataError
        If the file is not there, is no such table, or gives an area twice.

    Examples
    --------
    >>> register = read_register()
    >>> len(register), register.loc[register["name"] == "Cumbria", "successors"].item()
    (158, 'E06000063;E06000064')
    """
    return packaged_register() if path is None else _read(Path(path))


@cache
def packaged_register() -> pd.DataFrame:
    """Return the packaged register."""
    return _read(Path(str(files("earlywarn.sources.native") / PACKAGED)))


def _read(path: Path) -> pd.DataFrame:
    try:
        register = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as wrong:
        remedy = "name a table of areas as CSV, with area_code and name"
        raise DataError([Fault(path.name, None, None, None, f"cannot be read ({wrong})", remedy)]) from None
    missing = [name for name in ("area_code", "name") if name not in register]
    faults = [Fault(path.name, 1, name, None, "is missing", "add the column") for name in missing]
    if not faults:
        codes = register["area_code"].tolist()
        faults += [
            Fault(path.name, row + 2, "area_code", code, "repeats an earlier row", "keep one of them")
            for row, code in enumerate(codes)
            if code in codes[:row]
        ]
    register = register.reindex(columns=[*TEXT[:6], *DATES, *TEXT[6:], "former_codes"], fill_value="")
    for name in DATES:
        dates = pd.to_datetime(register[name].replace("", None), format="%Y-%m-%d", errors="coerce")
        faults += [
            Fault(path.name, row + 2, name, found, "is not a date", "write it as YYYY-MM-DD")
            for row, (found, date) in enumerate(zip(register[name].tolist(), dates, strict=True))
            if found and pd.isna(date)
        ]
        register[name] = dates.astype("datetime64[ns]")
    if faults:
        raise DataError(faults, where=path.name)
    return register


def with_relations(register: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """Return the table ``areas`` for some areas and all that they came from or went to.

    Parameters
    ----------
    register : DataFrame
        As from ``read_register``.
    codes : sequence of str
        Codes of areas, in any order.

    Returns
    -------
    DataFrame
        With the columns of the table ``areas``, in the order of their codes.

    Examples
    --------
    >>> with_relations(read_register(), ["E06000059"])["name"].tolist()
    ['Bournemouth', 'Poole', 'Bournemouth, Christchurch and Poole', 'Dorset', 'Dorset (former county)']
    """
    rows = register.set_index("area_code", drop=False)
    wanted, ahead = set[str](), set(codes)
    while ahead:
        wanted |= ahead
        listed = rows.loc[sorted(ahead), ["predecessors", "successors"]].to_numpy().ravel()
        ahead = {code.strip() for cell in listed for code in cell.split(";") if code.strip()} - wanted
        ahead &= set(rows.index)
    return rows.loc[sorted(wanted)].drop(columns=["dfe_code", "aliases"]).reset_index(drop=True)
