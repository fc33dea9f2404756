"""Remarks on the figures themselves, put into sentences: what to ask about before relying on them.

A weak return is a caution on whatever is read off it, and at times an early sign of a service under strain.
It is never a finding: figures are missing, late or odd for many good reasons, and the area knows them.
"""

from collections.abc import Callable, Collection

import numpy as np
import pandas as pd

from earlywarn.explain.remarks import REMARKS, Remarks
from earlywarn.panel.snapshot import Snapshot
from earlywarn.schedule import date_words
from earlywarn.signals.quality import LATE_DAYS
from earlywarn.signals.repeats import DIGIT_SETS

__all__ = ["quality_cautions", "quality_table"]


def quality_table(
    snapshot: Snapshot, *, indicators: pd.DataFrame, used: Collection[str] | None = None
) -> pd.DataFrame:
    """Score the newest figures of every area that exists, and say what there is to ask about.

    Parameters
    ----------
    snapshot, indicators, used
        As for ``Remarks``.

    Returns
    -------
    DataFrame
        ``area_code``; ``score``, 0 to 100, 100 where there is nothing to remark and NaN where no figure was
        expected; ``words``, sentences, empty where there is nothing to say; and the counts of
        ``REMARKS``, of each indicator's newest figure. Sorted by code.

    Examples
    --------
    >>> from earlywarn.panel.panel import Panel
    >>> from earlywarn.sources.england import read_england
    >>> panel = Panel(read_england())
    >>> table = quality_table(panel.known_at(pd.Timestamp("2025-04-01")), indicators=panel.indicators)
    >>> table.set_index("area_code").loc["E10000014", "words"]  # Hampshire
    'No figure for 18 of 43 indicators in the newest period: Assessments finished within 45 working days; ...
    """
    remarks = Remarks(snapshot, indicators, used)
    numbers = {name: flags.sum(axis=1)[remarks.areas] for name, flags in remarks.flags.items()}
    said = {
        "area_code": snapshot.position[remarks.areas],
        "score": remarks.score[remarks.areas],
        "words": np.array([_area_words(remarks, area) for area in remarks.areas.tolist()], dtype=object),
    }
    return pd.DataFrame(said | {name: numbers[name] for name in REMARKS})


def _area_words(remarks: Remarks, area: int) -> str:
    """Say in sentences what stands out in the newest figures of an area."""
    due = int(remarks.expected[area].sum())
    if not due:
        return ""
    flags = {name: flagged[area] for name, flagged in remarks.flags.items()}
    count = {name: int(flagged.sum()) for name, flagged in flags.items()}
    some = {name: f"{number} of its newest figures" for name, number in count.items()}
    are = {name: "is" if number == 1 else "are" for name, number in count.items()}
    compared = remarks.newest(remarks.vintage.quality.copies.compared)[area] & remarks.expected[area]
    pile = _pile(remarks, area) if count["heaped"] else ""
    said = {
        "missing": f"No figure for {count['missing']} of {due} indicators in the newest period",
        "suppressed": f"{some['suppressed']} {are['suppressed']} suppressed because numbers are small",
        "late": f"{some['late']} came more than {LATE_DAYS:.0f} days after most areas'",
        "copied": f"{some['copied']} {are['copied']} the same as in the period before to the last digit, "
        f"more than chance would bring among {compared.sum()} compared",
        "heaped": f"{some['heaped']} end in {pile}, as its counts do more often than others'",
        "jumps": f"{some['jumps']} moved by far more than is usual here or elsewhere",
        "revised": f"{some['revised']} follow revisions much greater than is usual",
    }
    told = [f"{words}: {remarks.named(flags[name])}." for name, words in said.items() if count[name]]
    together = sorted({names for (one, _), names in remarks.joint.items() if one == area})
    told += [f"Some figures were returned together with {names}: both carry the same." for names in together]
    return " ".join(told)


def quality_cautions(
    snapshot: Snapshot, *, indicators: pd.DataFrame, used: Collection[str] | None = None
) -> pd.DataFrame:
    """Say of each area's newest figure what to ask about before relying on it.

    Parameters
    ----------
    snapshot, indicators, used
        As for ``Remarks``.

    Returns
    -------
    DataFrame
        ``area_code, indicator, quality``, one row where there is something to say, sorted by both.

    Examples
    --------
    >>> from earlywarn.panel.panel import Panel
    >>> from earlywarn.sources.england import read_england
    >>> panel = Panel(read_england())
    >>> told = quality_cautions(panel.known_at(pd.Timestamp("2025-04-01")), indicators=panel.indicators)
    >>> told.set_index(["area_code", "indicator"])["quality"]["E10000014", "cin_rate"]
    'No figure for the period to 31 March 2024, which most areas have reported.'
    """
    remarks = Remarks(snapshot, indicators, used)
    told: dict[tuple[int, int], list[str]] = {}
    for name in REMARKS:
        for area, indicator in np.argwhere(remarks.flags[name]).tolist():
            told.setdefault((area, indicator), []).append(SENTENCES[name](remarks, area, indicator))
    for key, names in remarks.joint.items():
        told.setdefault(key, []).append(f"Returned together with {names}: both areas carry the same figure.")
    rows = [
        (snapshot.position[area], snapshot.indicators[indicator], " ".join(sentences))
        for (area, indicator), sentences in sorted(told.items())
    ]
    return pd.DataFrame(rows, columns=["area_code", "indicator", "quality"], dtype=object)


def _missing(remarks: Remarks, _area: int, indicator: int) -> str:
    return (
        f"No figure for the period to {date_words(remarks.end(indicator))}, which most areas have reported."
    )


def _suppressed(remarks: Remarks, _area: int, indicator: int) -> str:
    end = date_words(remarks.end(indicator))
    return f"The figure for the period to {end} is suppressed because numbers are small."


def _late(remarks: Remarks, area: int, indicator: int) -> str:
    days = remarks.vintage.quality.days_late[area, indicator, remarks.vintage.newest[indicator]]
    return f"Published {days:.0f} days after most areas'."


def _copied(remarks: Remarks, area: int, _indicator: int) -> str:
    others = int(remarks.flags["copied"][area].sum()) - 1
    also = f", as {others} other figures are" if others > 1 else ""
    return f"The same as in the period before to the last digit{also}; it may be an old one."


def _heaped(remarks: Remarks, area: int, _indicator: int) -> str:
    pile = _pile(remarks, area)
    return f"The area's counts end in {pile} more often than others'; this one may be rounded."


def _jumped(remarks: Remarks, area: int, indicator: int) -> str:
    size = remarks.vintage.quality.jumps.size[area, indicator, remarks.vintage.newest[indicator]]
    way = "up" if size > 0 else "down"
    return f"It went {way} by far more than is usual here or elsewhere; ask whether it is counted otherwise."


def _revised(remarks: Remarks, area: int, indicator: int) -> str:
    place = remarks.vintage.newest[indicator]
    itself = remarks.vintage.quality.revisions.flags[area, indicator, place]
    which = "It was" if itself else "A figure just before it was"
    return f"{which} revised by much more than is usual, so it may change again."


SENTENCES: dict[str, Callable[[Remarks, int, int], str]] = {
    "late": _late,
    "missing": _missing,
    "suppressed": _suppressed,
    "copied": _copied,
    "heaped": _heaped,
    "jumps": _jumped,
    "revised": _revised,
}


def _pile(remarks: Remarks, area: int) -> str:
    """Return the digits that an area's counts pile up on, in words."""
    return " or ".join(str(digit) for digit in DIGIT_SETS[remarks.vintage.quality.heaps.pile[area]])
