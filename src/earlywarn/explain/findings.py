"""Everything in a folder's figures that deserves a look, in tables: one for each sort of remark.

They cover all periods, not only the newest: who has just been handed a folder wants to know its whole past.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.explain.remarks import Remarks
from earlywarn.panel.snapshot import SUPPRESSED, Snapshot
from earlywarn.panel.vintage import Vintage
from earlywarn.signals.repeats import DIGIT_SETS

__all__ = ["Findings", "coverage", "findings"]

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Findings:
    """What deserves a look, the greatest first.

    Attributes
    ----------
    jumps : DataFrame
        ``area_code, indicator, period_end, before, value, size, returned, newest``: ``size`` in robust
        standard deviations, positive is up; ``returned`` where the next figure undid it; ``newest`` where it
        is the indicator's newest period.
    late : DataFrame
        ``area_code, indicator, period_end, known_on, days, newest``: more than 30 days after most areas.
    copied : DataFrame
        ``area_code, first_end, last_end, figures, compared, newest``: one row for each area and set of
        periods with more figures of the period before than chance would bring.
    heaped : DataFrame
        ``area_code, digits, figures, compared``: areas whose counts pile up on these last digits.
    revised : DataFrame
        ``area_code, indicator, period_end, first, value, size, newest``: ``size`` in usual revisions.
    joint : DataFrame
        ``area_code, partner_code, first_end, last_end, periods``: areas that made one return together.
    """

    jumps: pd.DataFrame
    late: pd.DataFrame
    copied: pd.DataFrame
    heaped: pd.DataFrame
    revised: pd.DataFrame
    joint: pd.DataFrame


def findings(snapshot: Snapshot, *, indicators: pd.DataFrame) -> Findings:
    """Collect what deserves a look among all figures known.

    Parameters
    ----------
    snapshot, indicators
        As for `earlywarn.explain.remarks.Remarks`.

    Examples
    --------
    >>> from earlywarn.panel.panel import Panel
    >>> from earlywarn.sources.england import read_england
    >>> panel = Panel(read_england())
    >>> found = findings(panel.known_at(pd.Timestamp("2025-04-01")), indicators=panel.indicators)
    >>> found.joint[["area_code", "partner_code"]].to_numpy()[0].tolist()
    ['E06000061', 'E06000062']
    """
    vintage = Remarks(snapshot, indicators).vintage
    quality = vintage.quality
    figures = vintage.values  # noqa: PD011 - an array, not a pandas object
    before = np.full_like(figures, np.nan)
    before[..., 1:] = figures[..., :-1]
    jumps, revisions = quality.jumps, quality.revisions
    moved = {"before": before, "value": figures, "size": jumps.size, "returned": jumps.returned}
    came = {"known_on": vintage.known_on, "days": quality.days_late}
    changed = {"first": vintage.first, "value": figures, "size": revisions.size}
    return Findings(
        jumps=_listed(snapshot, vintage, jumps.flags, moved, by="size"),
        late=_listed(snapshot, vintage, quality.late, came, by="days"),
        copied=_copied(snapshot, vintage),
        heaped=_heaped(snapshot, vintage),
        revised=_listed(snapshot, vintage, revisions.flags, changed, by="size"),
        joint=_joint(snapshot),
    )


def _listed(
    snapshot: Snapshot, vintage: Vintage, flags: Flags, about: dict[str, np.ndarray], *, by: str
) -> pd.DataFrame:
    """List the figures flagged, the greatest first."""
    area, indicator, place = np.nonzero(flags)
    table = pd.DataFrame(
        {
            "area_code": snapshot.position.to_numpy()[area],
            "indicator": snapshot.indicators[indicator],
            "period_end": vintage.ends[indicator, place],
            **{name: cube[area, indicator, place] for name, cube in about.items()},
            "newest": place == vintage.newest[indicator],
        }
    )
    order = (-table[by].abs()).argsort(kind="stable")
    return table.iloc[order.to_numpy()].reset_index(drop=True)


def _copied(snapshot: Snapshot, vintage: Vintage) -> pd.DataFrame:
    """List the areas and periods with too many figures of the period before, the most first."""
    copies = vintage.quality.copies
    area, place = np.nonzero(copies.flags.any(axis=1))
    ends = [vintage.ends[copies.flags[one, :, at], at] for one, at in zip(area, place, strict=True)]
    table = pd.DataFrame(
        {
            "area_code": snapshot.position.to_numpy()[area],
            "first_end": np.array([days.min() for days in ends], dtype="datetime64[ns]"),
            "last_end": np.array([days.max() for days in ends], dtype="datetime64[ns]"),
            "figures": copies.flags.sum(axis=1)[area, place],
            "compared": copies.compared.sum(axis=1)[area, place],
            "newest": np.asarray((copies.flags & vintage.current).any(axis=1))[area, place],
        }
    )
    return table.sort_values(["last_end", "figures"], ascending=False, kind="stable", ignore_index=True)


def _heaped(snapshot: Snapshot, vintage: Vintage) -> pd.DataFrame:
    """List the areas whose counts pile up on round numbers."""
    heaps = vintage.quality.heaps
    area = np.flatnonzero(heaps.pile >= 0)
    digits = [" or ".join(map(str, DIGIT_SETS[pile])) for pile in heaps.pile[area]]
    return pd.DataFrame(
        {
            "area_code": snapshot.position.to_numpy()[area],
            "digits": np.array(digits, dtype=object),
            "figures": heaps.flags.sum(axis=(1, 2))[area],
            "compared": heaps.compared.sum(axis=(1, 2))[area],
        }
    )


def _joint(snapshot: Snapshot) -> pd.DataFrame:
    """List each pair of areas that returned together once, with the first and last period."""
    joint = snapshot.joint
    once = joint[joint["area_code"] < joint["partner_code"]]
    grouped = once.groupby(["area_code", "partner_code"])["period_end"]
    return grouped.agg(first_end="min", last_end="max", periods="nunique").reset_index()


def coverage(snapshot: Snapshot, *, indicators: pd.DataFrame) -> pd.DataFrame:
    """Count for each indicator and period the areas that have a figure.

    Parameters
    ----------
    snapshot, indicators
        As for `earlywarn.explain.remarks.Remarks`.

    Returns
    -------
    DataFrame
        ``indicator, period_end``; ``expected``, areas that had to return a figure; ``figures, missing,
        suppressed``, which add up to it; ``late``; and ``known_on``, the day from which most had one.
        Sorted by the first two.

    Examples
    --------
    >>> from earlywarn.panel.panel import Panel
    >>> from earlywarn.sources.england import read_england
    >>> panel = Panel(read_england())
    >>> table = coverage(panel.known_at(pd.Timestamp("2025-04-01")), indicators=panel.indicators)
    >>> bool((table["expected"] == table["figures"] + table["missing"] + table["suppressed"]).all())
    True
    """
    vintage = Remarks(snapshot, indicators).vintage
    there = ~np.isnan(vintage.values)
    withheld = vintage.status == SUPPRESSED
    indicator, place = np.nonzero(~np.isnat(vintage.ends))
    counts = {
        "expected": vintage.expected,
        "figures": there,
        "missing": vintage.expected & ~there & ~withheld,
        "suppressed": withheld,
        "late": vintage.quality.late,
    }
    return pd.DataFrame(
        {
            "indicator": snapshot.indicators[indicator],
            "period_end": vintage.ends[indicator, place],
            **{name: cube.sum(axis=0)[indicator, place] for name, cube in counts.items()},
            "known_on": _usual_day(vintage)[indicator, place],
        }
    )


def _usual_day(vintage: Vintage) -> npt.NDArray[np.datetime64]:
    """Return the day from which half of those with a figure had one, shape (indicator, figure)."""
    ordered = np.sort(vintage.known_on, axis=0)  # those without a day sort to the end
    count = (~np.isnat(ordered)).sum(axis=0)
    middle = np.maximum((count - 1) // 2, 0)
    return np.asarray(np.take_along_axis(ordered, middle[None], axis=0)[0])
