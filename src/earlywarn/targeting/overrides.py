"""What a coordinator decides beside the rules: areas added, removed or moved, each with a reason."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from earlywarn.errors import DataError, Fault
from earlywarn.schedule import quarter_words
from earlywarn.sources.programme_overrides import numbered_ids, override_clashes
from earlywarn.targeting.windows import Windows

__all__ = ["Decided", "append_overrides", "decide", "settled"]

FILE = "overrides.csv"
SAME = ["area_code", "action", "quarter", "after", "reason"]  # what makes two decisions one and the same
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Row = Mapping[Hashable, Any]  # one decision, by column


@dataclass(frozen=True)
class Decided:
    """What the decisions do to n areas, in the order of the risk list.

    Parameters
    ----------
    added, removed : ndarray of bool, shape (n,)
        Areas that get a targeted review whatever the rules say, and those that get none.
    pinned : ndarray of int, shape (n,)
        Position of the quarter that was set; -1 for none.
    order : tuple of pairs of int
        Positions of areas of which the first is visited in an earlier quarter than the second.
    earliest : ndarray of int, shape (n,)
        Position of the first quarter that windows and decisions leave; Q for none.
    words : list of str
        The decisions with their reasons; empty where there is none.
    """

    added: Flags
    removed: Flags
    pinned: Ints
    order: tuple[tuple[int, int], ...]
    earliest: Ints
    words: list[str]

    @property
    def timed(self) -> Flags:
        """Whether a decision says when an area is visited, shape (n,)."""
        following = np.isin(np.arange(len(self.pinned)), [then for _, then in self.order])
        return (self.pinned >= 0) | following


def append_overrides(
    existing: pd.DataFrame, new: pd.DataFrame, *, names: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Add decisions to those that are on record; a decision that is there already is not added again.

    Parameters
    ----------
    existing, new : DataFrame
        The columns of ``overrides``; ids of the new ones are given here, those they have are not kept.
    names : mapping of str to str, optional
        The areas' names by code, for messages.

    Returns
    -------
    DataFrame
        The existing rows as they were, then the new ones, as ``O0001`` and so on.

    Raises
    ------
    DataError
        If decisions contradict, with every fault.

    Examples
    --------
    >>> from earlywarn.sources.programme_tables import empty_input
    >>> new = pd.DataFrame([{"override_id": "", "area_code": "E1", "action": "add", "quarter": pd.NaT,
    ...     "after": "", "reason": "a new director", "by": "C1", "decided_on": pd.Timestamp("2025-04-02")}])
    >>> once = append_overrides(empty_input("overrides"), new)
    >>> once["override_id"].tolist(), len(append_overrides(once, new))
    (['O0001'], 1)
    """
    columns = list(existing.columns)
    there = pd.concat([existing[SAME], new[SAME]], ignore_index=True).duplicated()
    fresh = new[~there.iloc[len(existing) :].to_numpy()].assign(override_id="")
    if fresh.empty:
        return existing.reset_index(drop=True)
    both = fresh if existing.empty else pd.concat([existing, fresh])
    both = both[columns].reset_index(drop=True)
    both["override_id"] = numbered_ids(both["override_id"])
    faults = _clashes(both, names or {})
    if faults:
        raise DataError(faults, where="the overrides")
    return both


def settled(overrides: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.Series:
    """Say which decisions have done their work: made in time for a quarter that is over by the as-of date.

    They stay on record and change nothing any more. A decision for a quarter that was over when it was made
    is none of them: somebody will have mistyped it.

    Returns
    -------
    Series of bool, shape (rows,)

    Examples
    --------
    >>> overrides = pd.DataFrame({"quarter": pd.to_datetime(["2025-04-01", "2025-04-01", "2025-07-01"]),
    ...     "decided_on": pd.to_datetime(["2025-03-03", "2025-08-01", "2025-03-03"])})
    >>> settled(overrides, as_of=pd.Timestamp("2025-07-01")).tolist()
    [True, False, False]
    """
    ends = overrides["quarter"] + pd.DateOffset(months=3)
    return (ends <= as_of) & (overrides["decided_on"] < ends)


def decide(
    overrides: pd.DataFrame,
    *,
    names: pd.Series,
    quarters: pd.DatetimeIndex,
    windows: Windows,
    intervened: Flags,
) -> tuple[Decided, list[Fault]]:
    """Lay the decisions over the rules.

    Parameters
    ----------
    overrides : DataFrame
        The decisions.
    names : Series of str, shape (n,)
        The areas' names, indexed by code, in the order of the risk list.
    quarters : DatetimeIndex of shape (Q,)
        Of the programme.
    windows : Windows
        When each area can be visited: a decision may change who is visited and when, never that an area is
        left in peace or that an inspection is near.
    intervened : ndarray of bool, shape (n,)
        Areas under formal intervention, which only ``add`` brings into the programme.

    Returns
    -------
    decided : Decided
        What they do.
    faults : list of Fault
        Each decision that cannot hold.
    """
    by_code = {str(code): str(name) for code, name in names.items()}
    position = {code: at for at, code in enumerate(by_code)}
    added, removed = np.zeros(len(names), dtype=bool), np.zeros(len(names), dtype=bool)
    pinned = np.full(len(names), -1, dtype=np.int64)
    order: list[tuple[int, int, Row]] = []
    words: list[list[str]] = [[] for _ in range(len(names))]
    rows: list[Row] = list(overrides.to_dict("records"))
    faults = [*_clashes(overrides, by_code), *_strange(rows, by_code)]
    for row in rows:
        if row["area_code"] not in position or (row["after"] and row["after"] not in position):
            continue
        at = position[row["area_code"]]
        added[at] |= row["action"] == "add"
        removed[at] |= row["action"] == "remove"
        if pd.notna(row["quarter"]):
            faults += _unfit(row, by_code, blocked=windows.blocked[at], quarters=quarters)
            pinned[at] = quarters.get_indexer(pd.DatetimeIndex([row["quarter"]]))[0]
        if row["after"]:
            order.append((position[row["after"]], at, row))
        words[at].append(_words(row, by_code))
    out = {code: bool(intervened[at] and not added[at]) for code, at in position.items()}
    faults += _elsewhere(rows, by_code, elsewhere=out, removed=removed)
    earliest, late = _earliest(windows.allowed, pinned, order)
    if not faults:  # else the same decisions would be told twice
        faults += _without_a_quarter(rows, by_code, late=late, earliest=earliest, windows=windows)
    pairs = tuple(sorted({(first, then) for first, then, _ in order}))
    return Decided(added, removed, pinned, pairs, earliest, [" ".join(said) for said in words]), faults


def _clashes(overrides: pd.DataFrame, names: Mapping[str, str]) -> list[Fault]:
    rows = overrides.to_dict("records")
    return [
        _fault(rows[clash.row], names, clash.column, clash.problem, clash.remedy)
        for clash in override_clashes(overrides, names)
    ]


def _fault(row: Row, names: Mapping[str, str], column: str, problem: str, remedy: str) -> Fault:
    """Report a decision by its id and area: by now there are no lines of a file."""
    found = row[column]
    if isinstance(found, pd.Timestamp) or found is pd.NaT:
        found = quarter_words(found)
    if column == "after":
        found = names.get(found, found)
    area = names.get(str(row["area_code"]), str(row["area_code"]))
    return Fault(f"{FILE}, {row['override_id']} ({area})", None, column, found, problem, remedy)


def _strange(rows: list[Row], names: Mapping[str, str]) -> list[Fault]:
    return [
        _fault(row, names, column, "is not an area of the run", "name one of its areas")
        for row in rows
        for column in ("area_code", "after")
        if row[column] and row[column] not in names
    ]


def _unfit(
    row: Row, names: Mapping[str, str], *, blocked: NDArray[np.object_], quarters: pd.DatetimeIndex
) -> list[Fault]:
    """Refuse a quarter that is not in the programme, or in which no review can be held."""
    place = int(quarters.get_indexer(pd.DatetimeIndex([row["quarter"]]))[0])
    if place < 0:
        span = f"{quarter_words(quarters[0])} to {quarter_words(quarters[-1])}"
        remedy = f"name a quarter from {span}, or change [programme] in the rules"
        if row["quarter"] < quarters[0]:
            remedy += "; what was decided in time for a quarter that is over stays, and is set aside"
        return [_fault(row, names, "quarter", "lies outside the programme", remedy)]
    if not blocked[place]:
        return []
    free = [quarter_words(quarter) for quarter, words in zip(quarters, blocked, strict=True) if not words]
    remedy = f"choose one of {', '.join(free)}" if free else "take the override out, or change the rules"
    return [_fault(row, names, "quarter", f"is not free: {str(blocked[place]).partition(': ')[2]}", remedy)]


def _elsewhere(
    rows: list[Row], names: Mapping[str, str], *, elsewhere: Mapping[str, bool], removed: Flags
) -> list[Fault]:
    """Name the decisions that move an area without a review, or let another wait for it."""
    gone = {code for code, taken in zip(elsewhere, removed.tolist(), strict=True) if taken}
    faults = []
    for row in rows:
        if row["action"] == "move" and elsewhere.get(row["area_code"]):
            problem = "moves an area that is under formal intervention"
            remedy = "write add instead of move to bring it into the programme, with the reason"
            faults.append(_fault(row, names, "action", problem, remedy))
        if row["after"] and (elsewhere.get(row["after"]) or row["after"] in gone):
            why = "a coordinator removed it" if row["after"] in gone else "it is under formal intervention"
            problem = f"has no review to wait for: {why}"
            faults.append(_fault(row, names, "after", problem, "name another area, or leave the cell empty"))
    return faults


def _without_a_quarter(
    rows: list[Row], names: Mapping[str, str], *, late: list[Row], earliest: Ints, windows: Windows
) -> list[Fault]:
    """Name the decisions that leave an area no quarter at all."""
    if late:
        remedy = "change the quarters, or the order"
        problem = "leaves no free quarter after its own review"
        return [_fault(row, names, "after", problem, remedy) for row in late]
    position = {code: at for at, code in enumerate(names)}
    return [
        _fault(
            row,
            names,
            "action",
            f"cannot be: {'; '.join(filter(None, windows.blocked[position[row['area_code']]]))}",
            "take the override out, or change the rules",
        )
        for row in rows
        if row["action"] == "add" and earliest[position[row["area_code"]]] >= windows.allowed.shape[1]
    ]


def _earliest(allowed: Flags, pinned: Ints, order: list[tuple[int, int, Row]]) -> tuple[Ints, list[Row]]:
    """Return each area's first free quarter, and the decisions on order that leave none."""
    quarters = allowed.shape[1]
    free = np.where((pinned >= 0)[:, None], np.arange(quarters) == pinned[:, None], allowed)
    earliest = np.where(free.any(axis=1), free.argmax(axis=1), quarters).astype(np.int64)
    possible = earliest < quarters
    for _ in order:  # a chain is settled after as many rounds as it has links; a ring has its own fault
        for first, then, _row in order:
            later = free[then] & (np.arange(quarters) > earliest[first])
            earliest[then] = max(earliest[then], int(later.argmax()) if later.any() else quarters)
    late = [row for _, then, row in order if possible[then] and earliest[then] >= quarters]
    return earliest, late


def _words(row: Row, names: Mapping[str, str]) -> str:
    said = {"add": "Added", "remove": "Removed", "move": "Moved"}[str(row["action"])]
    if pd.notna(row["quarter"]):
        said += f" to {quarter_words(row['quarter'])}"
    if row["after"]:
        said += f", to follow {names[str(row['after'])]}"
    reason = str(row["reason"]).rstrip(".")
    return f"{said} by a coordinator: {reason}."
