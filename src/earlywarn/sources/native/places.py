"""Which area a published row is about: by number, code or name, and on the days that it covers."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import ConfigError
from earlywarn.sources.native.register import DATES, packaged_register, read_register, with_relations

__all__ = ["ABROAD", "Places", "find_places", "read_register", "with_relations"]

NATIONAL = "is national"
REGIONAL = "is of a region"
GROUPED = "has the number of a group of areas"
ABROAD = (NATIONAL, REGIONAL)  # rows that every published table has, and that no area is to blame for
UNKNOWN = "is no area that we know"
OUTSIDE = "is about an area that did not exist then"
UNCLEAR = "could be more than one area"
AT_ODDS = "has a number or code of one area and the name of another"

FIRST_GROUP = 970  # the Department numbers regions and England from here on
GROUP_CODES = {"E92": NATIONAL, "K02": NATIONAL, "K03": NATIONAL, "K04": NATIONAL}  # of the ONS
GROUP_CODES |= dict.fromkeys(("E12", "E13", "E11", "E47"), REGIONAL)
GROUP_NAMES = dict.fromkeys(
    ("england", "england all schools", "england state funded", "united kingdom", "great britain", "national"),
    NATIONAL,
) | dict.fromkeys(
    (
        "north east", "north west", "yorkshire and the humber", "yorkshire and humber", "east midlands",
        "west midlands", "east of england", "east", "london", "inner london", "outer london", "london inner",
        "london outer", "south east", "south west",
    ),
    REGIONAL,
)  # fmt: skip
KINDS = "city|county|metropolitan|london(?= borough)|borough|district|unitary"
AFTER = (  # what a name may be dressed in
    rf" (?:(?:{KINDS}) )*(?:council|corporation|borough|city|mbc|mdc|ua)$",
    r" (?:unitary authority|former county)$",
)
BEFORE = (
    r"^(?:the )?(?:council of )?(?:the )?",
    r"^(?:(?:london|royal|metropolitan) )*(?:borough|city|county) of (?:the )?",
)
NUMBER = re.compile(r"(\d{3})(?:\.0+)?")


@dataclass(frozen=True)
class Places:
    """The areas that some rows are about.

    Attributes
    ----------
    area_code : ndarray of str, shape (rows,)
        Empty where it is not one area that existed then.
    why : ndarray of str, shape (rows,)
        What is the matter, to be read after the name of the place; empty where an area was found. One of
        ``ABROAD`` where the row is of a region or national, which is to be expected.
    """

    area_code: npt.NDArray[np.object_]
    why: npt.NDArray[np.object_]


def find_places(
    *columns: Sequence[str] | npt.NDArray[np.object_],
    start: Sequence[str] | npt.NDArray[np.datetime64] | None = None,
    end: Sequence[str] | npt.NDArray[np.datetime64] | None = None,
    register: pd.DataFrame | None = None,
) -> Places:
    """Find the area of each row from whatever names it.

    Parameters
    ----------
    *columns : sequence of str, shape (rows,)
        One or more ways in which each row names its place: the Department's three-digit number, the ONS
        code of nine characters (today's or a former one), or a name in any usual dress. An empty cell says
        nothing.
    start, end : sequence of dates, shape (rows,), optional
        First and last day that each row is about; NaT where not known. An area is found if it existed on
        any of these days, and of two with one name the one that existed on the last. ``start`` is ``end``
        where it is not given; without either, an area is found whenever it existed, if its name has no
        other bearer.
    register : DataFrame, optional
        As from ``read_register``, which is the default.

    Returns
    -------
    Places
        A code or a reason for each row. Nothing is guessed: a row whose columns name different areas, or
        whose one name could be two areas, is given a reason and no code.

    Raises
    ------
    ConfigError
        If there is no column, or they differ in length.

    Examples
    --------
    >>> found = find_places(["835", "E10000002", "Hull, City of", "St. Helens", "England", "Atlantis"])
    >>> found.area_code.tolist()
    ['E10000009', 'E06000060', 'E06000010', 'E08000013', '', '']
    >>> found.why.tolist()
    ['', '', '', '', 'is national', 'is no area that we know']
    >>> find_places(["Dorset", "Dorset"], end=["2018-03-31", "2020-03-31"]).area_code.tolist()
    ['E10000009', 'E06000059']
    """
    register = packaged_register() if register is None else register
    lengths = {len(column) for column in (*columns, *(days for days in (start, end) if days is not None))}
    if not columns or len(lengths) != 1:
        message = (
            f"find_places wants one or more columns of the same length; the lengths are {sorted(lengths)}."
        )
        raise ConfigError(message)
    combined, codes = np.zeros(lengths.pop(), dtype=np.int64), []
    for column in columns:
        code, words = pd.factorize(np.asarray(column, dtype=object))
        codes.append((code, words))
        combined = combined * (len(words) + 1) + code + 1
    which, rows = _distinct(combined)
    finder = _of_packaged() if register is packaged_register() else _Finder(register)
    found = [
        finder.found([str(words[code[row]]) if code[row] >= 0 else "" for code, words in codes])
        for row in rows
    ]
    return _at(found, which, register, start=start, end=end)


def _distinct(codes: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return which distinct number each row has, and a row for each."""
    which, numbers = pd.factorize(codes)
    rows = np.empty(len(numbers), dtype=np.intp)
    rows[which[::-1]] = np.arange(len(codes))[::-1]
    return which, rows


def _at(
    found: list[tuple[list[int], str]],
    which: npt.NDArray[np.intp],
    register: pd.DataFrame,
    *,
    start: Sequence[str] | npt.NDArray[np.datetime64] | None,
    end: Sequence[str] | npt.NDArray[np.datetime64] | None,
) -> Places:
    """Choose, among the areas that each row could be about, the one that existed then."""
    widest = max([1, *(len(rows) for rows, _ in found)])
    could = np.array([rows + [-1] * (widest - len(rows)) for rows, _ in found]).reshape(-1, widest)
    reasons = np.array([why for _, why in found], dtype=object)
    could = could[which] if len(found) else np.empty((0, widest), dtype=np.int64)
    candidates = could >= 0
    fits = candidates
    if start is not None or end is not None:
        last = np.asarray(end if end is not None else start, dtype="datetime64[ns]")[:, None]
        first = np.asarray(start if start is not None else end, dtype="datetime64[ns]")[:, None]
        first = np.where(np.isnat(first), last, first)
        begun, ended = (register[name].to_numpy(dtype="datetime64[ns]")[could] for name in DATES)
        fits = candidates & ~(begun > last) & ~(ended < first)  # an empty date has no say
        at_end = fits & ~(ended < last)
        fits = np.where(at_end.any(axis=1, keepdims=True), at_end, fits)
    number = fits.sum(axis=1)
    chosen = could[np.arange(len(could)), fits.argmax(axis=1)] if len(could) else np.empty(0, dtype=np.int64)
    area_code = np.where(number == 1, register["area_code"].to_numpy(dtype=object)[chosen], "")
    why = np.select(
        [number == 1, number > 1, candidates.any(axis=1)],
        ["", UNCLEAR, OUTSIDE],
        default=reasons[which] if len(found) else "",
    )
    return Places(area_code.astype(object), why.astype(object))


class _Finder:
    """Everything that an area is called, and the rows of the register that are called so."""

    def __init__(self, register: pd.DataFrame) -> None:
        self.rows: dict[str, set[int]] = {}
        for row, area in enumerate(register.to_dict("records")):
            for code in (area["area_code"], area["dfe_code"], *area["former_codes"].split(";")):
                self._call(code.strip().casefold(), row)
            for name in (area["name"], *area["aliases"].split(";")):
                for called in set(_forms(_key(name))) - GROUP_NAMES.keys():
                    self._call(called, row)

    def _call(self, called: str, row: int) -> None:
        if called:
            self.rows.setdefault(called, set()).add(row)

    def found(self, cells: list[str]) -> tuple[list[int], str]:
        """Return the rows that all the cells together could mean, and else what is the matter."""
        answers = [self._one(cell.strip()) for cell in cells if cell.strip()]
        named = [rows for rows, _ in answers if rows]
        reasons = {why for rows, why in answers if not rows}
        wide = next((why for why in ABROAD if why in reasons), "")
        if not named:  # a number that areas have not is a region's only if nothing else is said
            return [], wide or (REGIONAL if reasons == {GROUPED} else UNKNOWN)
        both = set() if wide else set.intersection(*named)
        return sorted(both), "" if both else AT_ODDS

    def _one(self, cell: str) -> tuple[set[int], str]:
        number = NUMBER.fullmatch(cell)
        if rows := self.rows.get(number[1] if number else cell.casefold()):
            return rows, ""
        if number:
            return set(), GROUPED if int(number[1]) >= FIRST_GROUP else UNKNOWN
        key = _key(cell)
        why = GROUP_NAMES.get(key) or GROUP_CODES.get(
            cell[:3].upper() if re.fullmatch(r"\w\d{8}", cell) else ""
        )
        if why:
            return set(), why
        return next((self.rows[form] for form in _forms(key) if form in self.rows), set()), UNKNOWN


@cache
def _of_packaged() -> _Finder:
    return _Finder(packaged_register())


def _key(name: str) -> str:
    """Write a name the one way: `Hull, City of` as `city of hull`, `St. Helens` as `st helens`."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    words = re.sub(r"[^a-z0-9]+", " ", letters.replace("&", " and ").replace("'", "")).strip()
    words = re.sub(r"^(.+?) ((?:royal borough|london borough|borough|city|county) of)$", r"\2 \1", words)
    return re.sub(r"^saint ", "st ", words)


def _forms(key: str) -> list[str]:
    """Undress a name step by step: `brent borough council` and `london borough of brent` end in `brent`."""
    forms = [key]
    for styles in (AFTER, BEFORE):
        for style in styles:
            key = re.sub(style, "", key)
        forms.append(key)
    return forms
