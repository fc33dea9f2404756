"""What a table of fairness says, and what it does not: where groups stand apart, and how to read that."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from earlywarn.signals.intervals import wilson

__all__ = [
    "ALARMS",
    "EVERYBODY",
    "JUDGED",
    "MISSED",
    "UNKNOWN",
    "WAITED",
    "fairness_sentences",
    "weak_groups",
]

EVERYBODY = "all areas"
UNKNOWN = "not known"
JUDGED = "last judgement"
WAITED, ALARMS, MISSED = "mean quarters waited", "false alarms", "missed events"


def fairness_sentences(table: pd.DataFrame, *, elsewhere: int) -> list[str]:
    """Say where the interval of a group and that of all other areas do not overlap.

    Parameters
    ----------
    table : DataFrame
        ``group, level, measure, value, low, high, n, events, reason`` and, for all other areas of the group,
        ``rest, rest_low, rest_high``.
    elsewhere : int
        How many areas are taken care of elsewhere, and in no group.

    Returns
    -------
    list of str

    Examples
    --------
    >>> row = {"group": "region", "measure": "flagged", "low": 0.3, "high": 0.7, "reason": "",
    ...        "rest": 0.5, "rest_low": 0.3, "rest_high": 0.7, "value": 0.5, "n": 20, "events": 10}
    >>> alike = pd.DataFrame([row | {"level": "North"}, row | {"level": "South"}])
    >>> print(fairness_sentences(alike, elsewhere=0)[0])
    In none of 2 comparisons do the intervals of a group and of all others stand apart. With so few areas
    only large differences could show.
    """
    return list(_sentences(table, elsewhere))


def weak_groups(table: pd.DataFrame) -> str:
    """Name the groups that the model clearly flags needlessly, or misses, more often than all others.

    Parameters
    ----------
    table : DataFrame
        Table ``fairness`` of a plan.

    Returns
    -------
    str
        Empty where there was no back-test, or no group to set against the others.

    Examples
    --------
    >>> row = {"measure": "false alarms", "reason": ""}
    >>> table = pd.DataFrame([
    ...     row | {"group": "all areas", "level": "all areas", "value": 0.3, "low": 0.2, "high": 0.4,
    ...            "n": 100, "events": 30},
    ...     row | {"group": "region", "level": "North", "value": 0.8, "low": 0.55, "high": 0.93,
    ...            "n": 15, "events": 12}])
    >>> print(weak_groups(table))
    Clearly more often than elsewhere came false alarms for region North (80%, 95% interval 55% to 93%, 12 of
    15).
    """
    tested = table[table["measure"].isin([ALARMS, MISSED]) & table["value"].notna()]
    if tested.empty:
        return ""
    whole = tested[tested["group"] == EVERYBODY].set_index("measure")[["events", "n"]]
    own = tested[(tested["group"] != EVERYBODY) & (tested["level"] != UNKNOWN)]
    own = own[own["measure"].isin(whole.index)]
    if own.empty:
        return ""
    rest = whole.reindex(own["measure"]).to_numpy(dtype=float) - own[["events", "n"]].to_numpy(dtype=float)
    high = wilson(*np.maximum(rest, 0).T).upper
    weak = own[own["low"].to_numpy(dtype=float) > high]
    said: dict[str, list[str]] = {}
    for row in weak.to_dict("records"):
        said.setdefault(str(row["measure"]), []).append(
            f"{row['group']} {row['level']} ({row['value']:.0%}, 95% interval {row['low']:.0%} to "
            f"{row['high']:.0%}, {row['events']:.0f} of {row['n']:.0f})"
        )
    if not said:
        return (
            f"In none of {len(own)} comparisons by group do false alarms or missed events clearly come more "
            "often than elsewhere."
        )
    told = "; ".join(f"{measure} for {', '.join(groups)}" for measure, groups in said.items())
    return f"Clearly more often than elsewhere came {told}."


def _sentences(table: pd.DataFrame, elsewhere: int) -> Iterator[str]:
    """Yield what the table says, and what it does not."""
    if elsewhere:
        are = "area is" if elsewhere == 1 else "areas are"
        yield f"{elsewhere} {are} taken care of elsewhere, and in no group."
    groups = table[(table["group"] != EVERYBODY) & (table["level"] != UNKNOWN)]
    compared = groups[groups[["value", "low", "rest_low"]].notna().all(axis=1)]
    apart = compared[(compared["low"] > compared["rest_high"]) | (compared["high"] < compared["rest_low"])]
    by_design = (apart["group"] == JUDGED) & ~apart["measure"].isin([ALARMS, MISSED])
    for (group, level), rows in apart[~by_design].groupby(["group", "level"], sort=False):
        said = "; ".join(_against_the_rest(row) for row in rows.to_dict("records"))
        yield f"{str(group).capitalize()}, {level}: {said}."
    if apart.empty:
        yield (
            f"In none of {len(compared)} comparisons do the intervals of a group and of all others stand "
            "apart. With so few areas only large differences could show."
        )
    else:
        yield (
            f"Elsewhere the intervals of a group and of all others overlap ({len(compared)} comparisons in "
            "all, of which about one in a hundred would stand apart by chance alone). That groups differ is "
            "not unfair in itself, as what happens in them differs too; it is a question to ask."
        )
    if by_design.any():
        yield (
            "That areas are flagged and reviewed at different times by last judgement is by design, as the "
            "model reads it; the table has the figures."
        )
    small = int((groups["reason"] != "").sum())
    if small:
        are = (
            "figure is not given, as its group is"
            if small == 1
            else "figures are not given, as their groups are"
        )
        yield f"{small} {are} too small to say."
    if not table["measure"].isin([ALARMS, MISSED]).any():
        yield "There is no back-test here, so whom the model needlessly flags or misses is not known."


def _against_the_rest(row: Mapping[Any, Any]) -> str:
    """Write one measure of a group and of all other areas."""
    measure = str(row["measure"])
    count = f"n = {row['n']:.0f}" if measure == WAITED else f"{row['events']:.0f} of {row['n']:.0f}"
    said = _figure(measure, row["value"], row["low"], row["high"])
    rest = _figure(measure, row["rest"], row["rest_low"], row["rest_high"])
    return f"{measure} {said}, {count}, against {rest} in all others"


def _figure(measure: str, value: float, low: float, high: float) -> str:
    """Write a figure with its interval.

    Examples
    --------
    >>> _figure("flagged", 0.25, 0.101, 0.4), _figure("mean quarters waited", 2.25, 1, 3.5)
    ('25% (10% to 40%)', '2.2 quarters (1.0 to 3.5)')
    """
    if measure == WAITED:
        return f"{value:.1f} quarters ({low:.1f} to {high:.1f})"
    return f"{value:.0%} ({low:.0%} to {high:.0%})"
