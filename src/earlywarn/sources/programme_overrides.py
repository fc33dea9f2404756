"""Whether the decisions of a coordinator go together: none twice, none against another, no ring."""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from earlywarn.schedule import quarter_words

__all__ = ["Clash", "numbered_ids", "override_clashes"]

Row = dict[Hashable, Any]  # one decision, by column


class Clash(NamedTuple):
    """One decision that does not go with the others: its row, the column, the problem and the remedy."""

    row: int
    column: str
    problem: str
    remedy: str


def override_clashes(overrides: pd.DataFrame, names: Mapping[str, str]) -> list[Clash]:
    """Find the decisions that cannot all hold.

    Parameters
    ----------
    overrides : DataFrame
        The coordinator's decisions, as read.
    names : mapping of str to str
        The areas' names, by code.

    Returns
    -------
    list of Clash
        Rows that say nothing, ids that are there twice, areas that are asked for two things at once, and
        areas that each wait for the other; in the order of the rows.

    Examples
    --------
    >>> overrides = pd.DataFrame({"override_id": ["O0001", "O0002"], "area_code": ["E1", "E1"],
    ...     "action": ["add", "remove"], "quarter": pd.to_datetime([None, None]), "after": ["", ""],
    ...     "reason": ["seen", "seen"]})
    >>> override_clashes(overrides, {"E1": "Bury"})[0].problem
    'contradicts O0001, which would add Bury'
    """
    rows = overrides.to_dict("records")
    found = [*_empty(rows, names), *_twice(rows), *_against(rows, names), *_rings(rows, names)]
    return sorted(found, key=lambda clash: clash.row)


def numbered_ids(ids: pd.Series) -> pd.Series:
    """Give an id to each override that has none, after the greatest of those that are taken.

    Examples
    --------
    >>> numbered_ids(pd.Series(["O0007", "", "seen in May", ""])).tolist()
    ['O0007', 'O0008', 'seen in May', 'O0009']
    """
    taken = ids.str.extract(r"^O(\d+)$")[0].dropna().astype(int)
    last = int(taken.max()) if len(taken) else 0
    missing = ids.eq("")
    return ids.mask(missing, [f"O{last + number:04d}" for number in missing.cumsum()])


def _empty(rows: list[Row], names: Mapping[str, str]) -> Iterator[Clash]:
    for at, row in enumerate(rows):
        timed = bool(pd.notna(row["quarter"]))
        if row["action"] == "move" and not timed and not row["after"]:
            yield Clash(at, "quarter", "says nothing of when", "name the quarter, or the area to follow")
        if row["action"] == "remove" and (timed or row["after"]):
            column = "quarter" if timed else "after"
            yield Clash(at, column, "has no meaning for an area that is removed", "leave the cell empty")
        if row["after"] and row["after"] == row["area_code"]:
            problem = f"asks {_name(row['area_code'], names)} to wait for itself"
            yield Clash(at, "after", problem, "name another area")


def _twice(rows: list[Row]) -> Iterator[Clash]:
    seen: set[object] = set()
    for at, row in enumerate(rows):
        if row["override_id"] and row["override_id"] in seen:
            yield Clash(at, "override_id", "is the id of two overrides", "give each an id of its own")
        seen.add(row["override_id"])


def _against(rows: list[Row], names: Mapping[str, str]) -> Iterator[Clash]:
    kept: dict[str, list[Row]] = {}
    for at, row in enumerate(rows):
        area = _name(row["area_code"], names)
        for other in kept.setdefault(row["area_code"], []) if row["area_code"] else []:
            said = other["override_id"] or "an earlier one"
            if not row["action"] or not other["action"] or _done(other, row) or _done(row, other):
                continue
            if "remove" in {row["action"], other["action"]} and row["action"] != other["action"]:
                problem = f"contradicts {said}, which would {other['action']} {area}"
                yield Clash(at, "action", problem, "keep one of the two")
                break
            if pd.notna(row["quarter"]) and pd.notna(other["quarter"]) and row["quarter"] != other["quarter"]:
                problem = f"contradicts {said}, which sets {area} to {quarter_words(other['quarter'])}"
                yield Clash(at, "quarter", problem, "keep one of the two quarters")
                break
        kept.setdefault(row["area_code"], []).append(row)


def _done(earlier: Row, later: Row) -> bool:
    """Whether the quarter of one decision was over when the other was made, so that both could hold."""
    return bool(earlier["quarter"] + pd.DateOffset(months=3) <= later.get("decided_on", pd.NaT))


def _rings(rows: list[Row], names: Mapping[str, str]) -> Iterator[Clash]:
    """Find areas that wait for each other; each ring is told once, at the row that closes it."""
    waits: dict[object, set[object]] = {}
    for at, row in enumerate(rows):
        then, first = row["area_code"], row["after"]
        if not then or not first or then == first:
            continue
        path = _path(waits, first, then)
        if path:
            ring = " after ".join(_name(area, names) for area in [then, *path])
            remedy = "let one of them wait for none of the others"
            yield Clash(at, "after", f"closes a ring: {ring}", remedy)
        else:
            waits.setdefault(then, set()).add(first)


def _path(waits: Mapping[object, set[object]], start: object, end: object) -> list[object]:
    """Return the way from one area to another along those that they wait for; empty where there is none."""
    trail: dict[object, object] = {start: None}
    stack = [start]
    while stack:
        at = stack.pop()
        if at == end:
            path = [at]
            while trail[path[-1]] is not None:
                path.append(trail[path[-1]])
            return path[::-1]
        for further in sorted(waits.get(at, ()), key=str):
            if further not in trail:
                trail[further] = at
                stack.append(further)
    return []


def _name(code: object, names: Mapping[str, str]) -> str:
    return names.get(str(code), "") or str(code)
