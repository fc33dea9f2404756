"""What if capacity, the threshold or a rule were another? Who moves, before and after, in one table."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from earlywarn.schedule import quarter_words

__all__ = ["MOVE_COLUMNS", "SHOWN", "Moves", "moves"]

MOVE_COLUMNS = ("part", "area_code", "name", "before", "now", "kind_before", "kind_now", "words")
SHOWN = 12  # moves that a summary lists; the table has them all
STATUSES = {
    "elsewhere": "taken care of elsewhere",
    "removed": "taken out by a coordinator",
    "not planned": "no review planned",
    "": "not in this plan",
}
FIGURES = {  # name: key of ``about``, and how the number is written
    "Expected benefit": ("benefit", ",.1f"),
    "Proven gap to the best plan": ("gap", ".1%"),
    "Risk from which areas are flagged": ("threshold", ".1%"),
}
READ = ("area_code", "name", "status", "kind", "quarter", "flagged", "late_quarters")


class Moves(NamedTuple):
    """Who moves between two plans.

    Parameters
    ----------
    table : DataFrame
        ``part, area_code, name, before, now, kind_before, kind_now, words``, all text. First the rows of the
        whole programme (``part`` is ``whole`` and ``name`` the figure), then those of the areas that move
        (``part`` is ``area``), by name. An area's ``before`` and ``now`` are quarters, or why there is no
        review.
    summary : str
        The same in lines, for a terminal.
    """

    table: pd.DataFrame
    summary: str


def moves(
    before: pd.DataFrame,
    after: pd.DataFrame,
    about_before: Mapping[str, Any],
    about_after: Mapping[str, Any],
) -> Moves:
    """Set two plans of one run side by side.

    An area moves if the quarter of its review, its kind, whether it is flagged, or its standing differs.

    Parameters
    ----------
    before, after : DataFrame
        Table ``areas`` of each plan.
    about_before, about_after : mapping
        Its ``about``: ``benefit, gap, threshold, capacity`` and ``counts`` are read; what one of the two
        lacks is not shown.

    Returns
    -------
    Moves
        With no ``area`` row where nobody moves; the summary then says so.

    Examples
    --------
    >>> one = pd.DataFrame({"area_code": ["E1", "E2"], "name": ["Bury", "Kent"], "status": "planned",
    ...     "kind": ["targeted", "routine"], "quarter": pd.to_datetime(["2025-10-01", "2026-01-01"]),
    ...     "flagged": [True, False], "late_quarters": 0})
    >>> two = one.assign(quarter=pd.to_datetime(["2025-07-01", "2026-01-01"]))
    >>> print(moves(one, two, {"benefit": 3.0}, {"benefit": 3.5}).summary)
    Expected benefit: 3.0 before, 3.5 now.
    Reviews planned: 2, as before.
    Areas flagged: 1, as before.
    Reviews later than due: 0, as before.
    1 of 2 areas moves:
      Bury: from Oct-Dec 2025 to Jul-Sep 2025.
    """
    whole = list(_whole(before, after, about_before, about_after))
    areas = list(_areas(before, after))
    count = len(set(before["area_code"]) | set(after["area_code"]))
    lines = [
        f"{row[2]}: {row[3]}, as before." if row[3] == row[4] else f"{row[2]}: {row[3]} before, {row[4]} now."
        for row in whole
    ]
    lines.append(_headline(len(areas), count))
    lines += [f"  {row[2]}: {row[-1]}." for row in areas[:SHOWN]]
    if len(areas) > SHOWN:
        lines.append(f"  and {len(areas) - SHOWN:,} more; the table has them all.")
    table = pd.DataFrame(whole + areas, columns=list(MOVE_COLUMNS), dtype=object)
    return Moves(table, "\n".join(lines))


def _headline(moved: int, count: int) -> str:
    """Say how many move.

    Examples
    --------
    >>> _headline(0, 153), _headline(1, 153)
    ('None of 153 areas moves.', '1 of 153 areas moves:')
    """
    if moved == 0:
        return f"None of {count:,} areas moves."
    return f"{moved:,} of {count:,} areas {'moves' if moved == 1 else 'move'}:"


def _whole(
    before: pd.DataFrame, after: pd.DataFrame, about_before: Mapping[str, Any], about_after: Mapping[str, Any]
) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the programme as a whole."""
    for name, (key, written) in FIGURES.items():
        if key in about_before and key in about_after:
            yield _row(
                "whole", name, *(f"{float(about[key]):{written}}" for about in (about_before, about_after))
            )
    if "capacity" in about_before and "capacity" in about_after:
        yield _row("whole", "Reviews that can be held", *map(_capacity, (about_before, about_after)))
    counted = [_counted(before), _counted(after)]
    known = {name.casefold() for name in counted[0]}
    for name in about_before.get("counts", {}):
        if name in about_after.get("counts", {}) and name.casefold() not in known:
            for counts, about in zip(counted, (about_before, about_after), strict=True):
                counts[name[:1].upper() + name[1:]] = float(about["counts"][name])
    for name, count in counted[0].items():
        yield _row("whole", name, f"{count:,.0f}", f"{counted[1][name]:,.0f}")


def _counted(areas: pd.DataFrame) -> dict[str, float]:
    """Count what became of the areas of a plan."""
    return {
        "Reviews planned": float((areas["status"] == "planned").sum()),
        "Areas flagged": float(areas["flagged"].sum()),
        "Reviews later than due": float((areas["late_quarters"] > 0).sum()),
    }


def _capacity(about: Mapping[str, Any]) -> str:
    """Say how many reviews can be held, quarter by quarter where they differ.

    Examples
    --------
    >>> _capacity({"capacity": [4, 4, 4]}), _capacity({"capacity": [4, 0]})
    ('12 (4 a quarter)', '4 (4, 0)')
    """
    each = [int(places) for places in about["capacity"]]
    detail = f"{each[0]} a quarter" if len(set(each)) == 1 else ", ".join(map(str, each))
    return f"{sum(each):,} ({detail})"


def _areas(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the areas that move, by name."""
    both = before[list(READ)].merge(
        after[list(READ)], on="area_code", how="outer", suffixes=("_before", "_now"), validate="1:1"
    )
    both = both.assign(name=both["name_now"].fillna(both["name_before"]))
    for side in ("before", "now"):
        for column in ("status", "kind"):
            both[f"{column}_{side}"] = both[f"{column}_{side}"].fillna("")
        both[f"flagged_{side}"] = both[f"flagged_{side}"].eq(other=True)
        both[f"quarter_{side}"] = both[f"quarter_{side}"].where(both[f"status_{side}"] == "planned")
        both[f"late_{side}"] = both[f"late_quarters_{side}"].fillna(0)
    same = pd.concat(
        [
            both[f"{column}_before"].eq(both[f"{column}_now"])
            | (both[f"{column}_before"].isna() & both[f"{column}_now"].isna())
            for column in ("status", "kind", "quarter", "flagged", "late")
        ],
        axis=1,
    ).all(axis=1)
    for row in both[~same].sort_values(["name", "area_code"], kind="stable").to_dict("records"):
        stood, stands = (_standing(row, side) for side in ("before", "now"))
        yield _row(
            "area",
            str(row["name"]),
            stood,
            stands,
            code=str(row["area_code"]),
            kinds=(str(row["kind_before"]), str(row["kind_now"])),
            words=_words(row, stood, stands),
        )


def _standing(row: Mapping[Any, Any], side: str) -> str:
    """Say when an area is reviewed, or why it is not."""
    status = str(row[f"status_{side}"])
    return quarter_words(row[f"quarter_{side}"]) if status == "planned" else STATUSES.get(status, status)


def _words(row: Mapping[Any, Any], stood: str, stands: str) -> str:
    """Say what moved."""
    said = [f"from {stood} to {stands}"] if stood != stands else [f"still {stands}"]
    if row["flagged_before"] and not row["flagged_now"]:
        said.append("no longer targeted")
    elif row["flagged_now"] and not row["flagged_before"]:
        said.append("now targeted")
    elif row["kind_before"] != row["kind_now"] and row["kind_now"]:
        said.append(f"now a {row['kind_now']} review")
    late = int(row["late_now"])
    if late != int(row["late_before"]):
        quarters = "1 quarter" if late == 1 else f"{late} quarters"
        said.append(f"{quarters} later than due" if late else "no longer later than due")
    return ", ".join(said)


def _row(
    part: str,
    name: str,
    before: str,
    now: str,
    *,
    code: str = "",
    kinds: tuple[str, str] = ("", ""),
    words: str = "",
) -> tuple[str, ...]:
    """Return one row of the table."""
    if part == "whole":
        words = "as before" if before == now else f"from {before} to {now}"
    return (part, code, name, before, now, *kinds, words)
