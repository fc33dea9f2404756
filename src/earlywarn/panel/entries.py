"""The entries in force as arrays, made once per snapshot however many builders read them."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.intelligence.kinds import CONFIDENCES

__all__ = ["Entries", "days_before", "index_entries"]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Answer = TypeVar("Answer")

NAMED = ("kind", "contributor", "role", "detail")
NOBODY = -1  # code of an empty cell
UNSAID_STRENGTH = 3.0  # the middle of the scale, where an entry gives none
UNSAID_CONFIDENCE = "medium"


@dataclass(frozen=True)
class Entries:
    """The entries in force at one as-of date, sorted by area, then day of occurrence.

    Parameters
    ----------
    areas : int
        How many areas there are.
    area : array of int, shape (entry,)
        Position along ``area``.
    kind, contributor, link, role, detail : array of int, shape (entry,)
        Codes in the order of the words; -1 where the cell is empty. ``names`` has the words of all but
        ``link``.
    age, known_age : array, shape (entry,)
        Days from the day it happened, and from the day it was recorded, to the as-of date.
    strength : array, shape (entry,)
        1 to 5; NaN where the entry gives none.
    confidence : array, shape (entry,)
        How likely it is to hold, 0 to 1; medium where the entry does not say.
    amount, exposure : array, shape (entry,)
        NaN where the entry gives none.
    entry_id : array of str, shape (entry,)
        The names of the entries.
    names : dict of str to sequence of str
        The words behind the codes; some may be of entries that are not in force.
    """

    areas: int
    area: Codes
    kind: Codes
    contributor: Codes
    link: Codes
    role: Codes
    detail: Codes
    age: Floats
    known_age: Floats
    strength: Floats
    confidence: Floats
    amount: Floats
    exposure: Floats
    entry_id: npt.NDArray[np.object_]
    names: dict[str, Sequence[str]]
    _kept: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.area)

    def code(self, column: str, word: str) -> int:
        """Return the code of a word, -2 where no entry has it.

        Parameters
        ----------
        column : {"kind", "contributor", "role", "detail"}
            Whose word it is.
        word : str
            Such as ``complaints``.
        """
        words = list(self.names[column])
        return words.index(word) if word in words else -2

    def of(self, kind: str, detail: str | None = None) -> Mask:
        """Say of each entry whether it is of a kind and, where asked, has that detail; shape (entry,)."""
        chosen: Mask = self.kind == self.code("kind", kind)
        return chosen if detail is None else chosen & (self.detail == self.code("detail", detail))

    def among(self, kinds: Sequence[str]) -> Mask:
        """Say of each entry whether it is of one of the kinds, shape (entry,)."""
        listed = np.array([name in set(kinds) for name in self.names["kind"]], dtype=bool)
        chosen: Mask = np.append(listed, False)[self.kind]  # the last is for no kind at all
        return chosen

    def cut(self, rows: Codes, *, days: float) -> "Entries":
        """Return only these entries, as they are so many days earlier.

        Parameters
        ----------
        rows : array of int
            In order.
        days : float
            How much less they have aged.
        """
        columns = {
            column.name: getattr(self, column.name)[rows]
            for column in fields(self)
            if column.name not in {"areas", "names", "_kept"}
        }
        columns |= {name: columns[name] - days for name in ("age", "known_age")}
        return replace(self, **columns, _kept={})

    def keep(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """Return what was made under this key before, or make it now."""
        if key not in self._kept:
            self._kept[key] = make()
        answer: Answer = self._kept[key]
        return answer


def _codes(column: "pd.Series[str]") -> tuple[Codes, Sequence[str]]:
    """Return codes in the order of the words, so that words not used at a date do not change it."""
    codes, words = pd.factorize(column.to_numpy(), sort=True)
    if len(words) and words[0] == "":
        return codes.astype(np.int64) - 1, [str(word) for word in words[1:]]
    return codes.astype(np.int64), [str(word) for word in words]


def days_before(as_of: pd.Timestamp, dates: "pd.Series[pd.Timestamp]") -> Floats:
    """Return how many days each date lies before the as-of date, shape (dates,); NaN for an empty one.

    Examples
    --------
    >>> days_before(pd.Timestamp("2024-03-01"), pd.Series(pd.to_datetime(["2024-02-28", None]))).tolist()
    [2.0, nan]
    """
    return np.asarray((as_of - dates).dt.days, dtype=np.float64)


def index_entries(concerns: pd.DataFrame, position: "pd.Index[str]", as_of: pd.Timestamp) -> Entries:
    """Turn the entries in force into arrays.

    Parameters
    ----------
    concerns : DataFrame
        Table ``concerns``, one row per entry; it may have neither rows nor columns. Entries about areas that
        are not in ``position`` are left out.
    position : Index
        The area codes in their order.
    as_of : Timestamp
        From which ages are counted.

    Examples
    --------
    >>> concerns = pd.DataFrame({
    ...     "entry_id": ["a"], "area_code": ["B"], "kind": ["savings"], "role": [""], "detail": [""],
    ...     "occurred_on": pd.to_datetime(["2024-01-01"]), "known_on": pd.to_datetime(["2024-01-09"]),
    ...     "strength": [4.0], "confidence": ["high"], "contributor": ["wren"], "link": [""],
    ...     "amount": [float("nan")], "exposure": [float("nan")]})
    >>> entries = index_entries(concerns, pd.Index(["A", "B"]), pd.Timestamp("2024-01-31"))
    >>> entries.area.tolist(), entries.age.tolist(), entries.confidence.tolist(), entries.link.tolist()
    ([1], [30.0], [0.9], [-1])
    """
    if concerns.empty:
        none, nothing = np.empty(0, dtype=np.int64), np.empty(0)
        return Entries(
            areas=len(position),
            area=none,
            kind=none,
            contributor=none,
            link=none,
            role=none,
            detail=none,
            age=nothing,
            known_age=nothing,
            strength=nothing,
            confidence=nothing,
            amount=nothing,
            exposure=nothing,
            entry_id=np.empty(0, dtype=object),
            names=dict.fromkeys(NAMED, ()),
        )
    area = position.get_indexer(pd.Index(concerns["area_code"]))
    if (area < 0).any():
        concerns, area = concerns[area >= 0], area[area >= 0]
    coded = {name: _codes(concerns[name]) for name in (*NAMED, "link")}
    sure, levels = _codes(concerns["confidence"])
    weights = [CONFIDENCES.get(level, CONFIDENCES[UNSAID_CONFIDENCE]) for level in levels]
    return Entries(
        areas=len(position),
        area=area.astype(np.int64),
        kind=coded["kind"][0],
        contributor=coded["contributor"][0],
        link=coded["link"][0],
        role=coded["role"][0],
        detail=coded["detail"][0],
        age=days_before(as_of, concerns["occurred_on"]),
        known_age=days_before(as_of, concerns["known_on"]),
        strength=concerns["strength"].to_numpy(dtype=float),
        confidence=np.array([*weights, CONFIDENCES[UNSAID_CONFIDENCE]])[sure],
        amount=concerns["amount"].to_numpy(dtype=float),
        exposure=concerns["exposure"].to_numpy(dtype=float),
        entry_id=concerns["entry_id"].to_numpy(),
        names={name: coded[name][1] for name in NAMED},
    )
