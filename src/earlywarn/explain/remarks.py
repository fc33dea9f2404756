"""What there is to remark on each area's newest figures, ready to be counted and put into words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import ConfigError
from earlywarn.panel.areas import JOINT_DOMAIN
from earlywarn.panel.snapshot import Snapshot
from earlywarn.panel.vintage import Vintage

__all__ = ["REMARKS", "Remarks", "together"]

REMARKS = ("late", "missing", "suppressed", "copied", "heaped", "jumps", "revised")
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
        """Each sort of remark by its name in ``REMARKS``, shape (area, indicator)."""
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
                    found[area, indicator] = together(names)
        return found

    def end(self, indicator: int) -> pd.Timestamp:
        """Return the last day of an indicator's newest period."""
        return pd.Timestamp(self.vintage.ends[indicator, self.vintage.newest[indicator]])

    def named(self, flagged: Flags) -> str:
        """Name the first few of the indicators flagged, shape (indicator,), and count the rest."""
        names = list(self.labels[flagged])
        rest = len(names) - NAMED
        return "; ".join(names if rest <= 1 else [*names[:NAMED], f"and {rest} more"])


def together(names: Sequence[str]) -> str:
    """Join names as a sentence does.

    Examples
    --------
    >>> together(["Bury", "Kent", "Leeds"])
    'Bury, Kent and Leeds'
    """
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
