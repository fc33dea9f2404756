"""Remarks on the figures themselves, put into sentences: what to ask about before relying on them.

A weak return is a caution on whatever is read off it, and at times an early sign of a service under strain.
It is never a finding: figures are missing, late or odd for many good reasons, and the area knows them.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import ConfigError
from earlywarn.panel.areas import JOINT_DOMAIN
from earlywarn.panel.snapshot import Snapshot
from earlywarn.panel.vintage import Vintage
from earlywarn.schedule import date_words
from earlywarn.signals.quality import LATE_DAYS
from earlywarn.signals.repeats import DIGIT_SETS

__all__ = ["QUALITY_COUNTS", "Remarks", "quality_cautions", "quality_table"]

QUALITY_COUNTS = ("late", "missing", "suppressed", "copied", "heaped", "jumps", "revised")
NAMED = 3  # indicators named in a sentence; the rest are counted
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Remarks:
    """What there is to remark on each area's newest figures.

    Parameters
    ----------
    snapshot : Snapshot
        As ``Panel.known_at`` cuts it, so that it knows its ``vintage``.
    indicators : DataFrame
        ``indicator, label``, and ``domain`` where known, in the snapshot's order.
    used : collection of str, optional
        Indicators that count; all of them where not given.
    """

    snapshot: Snapshot
    indicators: pd.DataFrame
    used: Collection[str] | None = None

    @cached_property
    def vintage(self) -> Vintage:
        """The figures, and how they came to be known."""
        if self.snapshot.vintage is None:
            message = "The snapshot does not tell when its figures were known. Cut one with Panel.known_at."
            raise ConfigError(message)
        return self.snapshot.vintage

    @property
    def figures(self) -> int:
        """How many periods the indicator with most of them has."""
        return int(self.vintage.ends.shape[1])

    @cached_property
    def counted(self) -> Flags:
        """Whether an indicator counts, shape (indicator,)."""
        names = pd.Index(self.snapshot.indicators)
        return np.asarray(
            names.isin(list(self.used)) if self.used is not None else np.ones(len(names), dtype=bool)
        )

    @cached_property
    def areas(self) -> npt.NDArray[np.int64]:
        """Positions of the areas that exist."""
        return np.flatnonzero(self.snapshot.areas["exists"].to_numpy(dtype=bool))

    @cached_property
    def labels(self) -> npt.NDArray[np.object_]:
        """What people call the indicators, in the snapshot's order."""
        named = self.indicators.set_index("indicator")["label"]
        return named.reindex(self.snapshot.indicators).fillna("").to_numpy(dtype=object)

    def newest(self, cube: npt.NDArray[np.generic]) -> np.ndarray:
        """Return a cube's numbers for the newest period of each indicator, shape (area, indicator).

        Of an indicator without a newest period those of some period are returned: see ``expected``.
        """
        return np.take_along_axis(cube, self.vintage.newest[None, :, None], axis=2)[:, :, 0]

    @cached_property
    def expected(self) -> Flags:
        """The newest figures that an area had to return, shape (area, indicator)."""
        if not self.figures:
            return np.zeros((len(self.snapshot.position), len(self.snapshot.indicators)), dtype=bool)
        due = self.newest(self.vintage.quality.expected) & (self.vintage.newest >= 0) & self.counted
        there = np.zeros((len(due), 1), dtype=bool)
        there[self.areas] = True
        return np.asarray(due & there)

    @cached_property
    def flags(self) -> dict[str, Flags]:
        """Each sort of remark by its name in ``QUALITY_COUNTS``, shape (area, indicator)."""
        found = self.vintage.quality
        cubes = {
            "late": found.late,
            "missing": found.missing,
            "suppressed": found.suppressed,
            "copied": found.copies.flags,
            "heaped": found.heaps.flags,
            "jumps": found.jumps.flags,
            "revised": found.revised,
        }
        if not self.figures:
            return dict.fromkeys(cubes, self.expected)
        return {name: self.newest(cube) & self.expected for name, cube in cubes.items()}

    @cached_property
    def score(self) -> npt.NDArray[np.float64]:
        """The score of each area, shape (area,); see ``earlywarn.signals.quality.DataQuality``."""
        return self.vintage.quality.score_of(self.vintage.current & self.counted[:, None])

    @cached_property
    def partners(self) -> dict[tuple[str, pd.Timestamp], list[str]]:
        """Names of the areas that an area returned its figures of a period together with."""
        names = self.snapshot.areas.set_index("area_code")["name"]
        found: dict[tuple[str, pd.Timestamp], list[str]] = {}
        joint = self.snapshot.joint
        partners = names.reindex(joint["partner_code"]).astype(str)
        for code, end, name in zip(joint["area_code"], joint["period_end"], partners, strict=True):
            found.setdefault((code, end), []).append(name)
        return found

    @cached_property
    def joint(self) -> dict[tuple[int, int], str]:
        """With whom an area returned its newest figure of an indicator, by their positions."""
        if not self.partners or "domain" not in self.indicators:
            return {}
        domain = self.indicators.set_index("indicator")["domain"].reindex(self.snapshot.indicators)
        there = self.expected & ~self.flags["missing"] & ~self.flags["suppressed"]
        found = {}
        for indicator in np.flatnonzero(
            domain.eq(JOINT_DOMAIN).to_numpy() & (self.vintage.newest >= 0)
        ).tolist():
            end = self.end(indicator)
            for (code, period), names in self.partners.items():
                area = int(self.snapshot.position.get_indexer(pd.Index([code]))[0])
                if period == end and there[area, indicator]:
                    found[area, indicator] = _and(names)
        return found

    def end(self, indicator: int) -> pd.Timestamp:
        """Return the last day of an indicator's newest period."""
        return pd.Timestamp(self.vintage.ends[indicator, self.vintage.newest[indicator]])

    def named(self, flagged: Flags) -> str:
        """Name the first few of the indicators flagged, shape (indicator,), and count the rest."""
        return _and(list(self.labels[flagged]), most=NAMED)


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
        ``QUALITY_COUNTS``, of each indicator's newest figure. Sorted by code.

    Examples
    --------
    >>> from earlywarn.panel.panel import Panel
    >>> from earlywarn.sources.england import read_england
    >>> panel = Panel(read_england())
    >>> table = quality_table(panel.known_at(pd.Timestamp("2025-04-01")), indicators=panel.indicators)
    >>> table.set_index("area_code").loc["E10000014", "words"]  # Hampshire
    'No figure for 18 of 43 indicators in the newest period: Assessments finished within 45 working days, ...
    """
    remarks = Remarks(snapshot, indicators, used)
    numbers = {name: flags.sum(axis=1)[remarks.areas] for name, flags in remarks.flags.items()}
    said = {
        "area_code": snapshot.position[remarks.areas],
        "score": remarks.score[remarks.areas],
        "words": np.array([_area_words(remarks, area) for area in remarks.areas.tolist()], dtype=object),
    }
    return pd.DataFrame(said | {name: numbers[name] for name in QUALITY_COUNTS})


def _area_words(remarks: Remarks, area: int) -> str:
    """Say in sentences what stands out in the newest figures of an area."""
    due = int(remarks.expected[area].sum())
    if not due:
        return ""
    flags = {name: flagged[area] for name, flagged in remarks.flags.items()}
    count = {name: int(flagged.sum()) for name, flagged in flags.items()}
    some = {name: f"{number} of its newest figures" for name, number in count.items()}
    tried = int(
        (remarks.newest(remarks.vintage.quality.copies.compared)[area] & remarks.expected[area]).sum()
    )
    pile = _pile(remarks, area) if count["heaped"] else ""
    said = {
        "missing": f"No figure for {count['missing']} of {due} indicators in the newest period",
        "suppressed": f"{some['suppressed']} {_are(count['suppressed'])} suppressed because numbers are small",
        "late": f"{some['late']} came more than {LATE_DAYS:.0f} days after most areas'",
        "copied": f"{some['copied']} {_are(count['copied'])} the same as in the period before to the last digit, "
        f"more than chance would bring among {tried} compared",
        "heaped": f"{count['heaped']} of its newest counts end in {pile}, as its counts do more often than others'",
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
    for name in QUALITY_COUNTS:
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


def _are(count: int) -> str:
    """Return the verb that goes with so many."""
    return "is" if count == 1 else "are"


def _and(names: list[str], *, most: int | None = None) -> str:
    """Join names as a sentence does, counting those beyond the first few."""
    shown = names if most is None or len(names) <= most + 1 else [*names[:most], f"{len(names) - most} more"]
    return " and ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)
