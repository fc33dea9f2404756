"""Who rates concerns higher or lower than others do, and strengths with that taken out.

Each rated concern is compared with the middle of what was said of the same area within a year of it, where
another contributor was among them. A contributor's mean difference ``d`` over ``n`` such comparisons is
shrunk to the group by empirical Bayes: ``bias = (d - m) n t2 / (n t2 + s2)``, where ``m`` is the mean
difference of all, ``s2`` the variance within contributors and ``t2`` the variance between them, both by the
method of moments (the unbalanced one-way analysis of variance; ``t2`` is 0 where the means differ no more
than chance would have them) [1]_. The middle is the mean strength with the biases taken out, so the two are
found in turns, ten times over, as a mixed model of areas and contributors is fitted [1]_. The first turn
knows of no bias: of two people who differ by two points it holds each to be one point off, and only their
differences from third people tell who is.

References
----------
.. [1] Searle, Casella & McCulloch (1992), Variance Components, Wiley, sections 3.6 and 7.6.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.intelligence.kinds import STRENGTHS, Kind, read_kinds
from earlywarn.panel.entries import UNSAID_STRENGTH, Entries
from earlywarn.panel.snapshot import Snapshot
from earlywarn.schedule import DAYS_PER_YEAR

__all__ = ["calibrated_strength", "concern_kinds", "contributor_bias"]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

WITHIN = DAYS_PER_YEAR  # days either side
FEWEST = 3  # comparisons, before a difference can be told from the case in hand
PASSES = 10  # by then biases move by hundredths of a point


def concern_kinds(kinds: Mapping[str, Kind] | None = None) -> tuple[str, ...]:
    """Return the names of the kinds whose entries are concerns: worse, and counted as pressure.

    Examples
    --------
    >>> names = concern_kinds()
    >>> "whistleblowing" in names, "positive" in names, "complaints" in names
    (True, False, False)
    """
    listed = (read_kinds() if kinds is None else kinds).values()
    return tuple(sorted(kind.name for kind in listed if kind.direction == "worse" and kind.pressure))


class Windows(NamedTuple):
    """The entries of each entry's own group within a year of it, as a run of the entries in order."""

    order: Codes
    first: Codes
    last: Codes

    @property
    def size(self) -> Codes:
        """How many they are, the entry itself among them, shape (entry,)."""
        return self.last - self.first

    def mean(self, values: Floats) -> Floats:
        """Return the mean of values over each window, shape (entry,)."""
        total = np.append(0.0, np.cumsum(values[self.order]))
        middle: Floats = (total[self.last] - total[self.first]) / self.size
        return middle


def _windows(group: Codes, day: Floats) -> Windows:
    # one axis for all groups, far enough apart that no window reaches into the next
    span = day.max(initial=0.0) - day.min(initial=0.0) + 4 * WITHIN
    place = group * span + day
    order = np.argsort(place, kind="stable")
    first = np.searchsorted(place[order], place - WITHIN, side="left")
    last = np.searchsorted(place[order], place + WITHIN, side="right")
    return Windows(order, first, last)


class Habits(NamedTuple):
    """By contributor: comparisons, their mean difference (NaN without any), and that shrunk to the group."""

    compared: Codes
    difference: Floats
    bias: Floats


def _habits(entries: Entries, concerns: tuple[str, ...]) -> Habits:
    voices = len(entries.names["contributor"])
    rows = np.flatnonzero(entries.among(concerns) & ~np.isnan(entries.strength))
    area, day, strength = entries.area[rows], -entries.age[rows], entries.strength[rows]
    who = entries.contributor[rows]
    windows, own = _windows(area, day), _windows(area * (voices + 1) + who + 1, day)
    # those without a name stand among the others, but have no habit that could be learnt
    compared = (windows.size > own.size) & (who >= 0)
    found = Habits(np.zeros(voices, dtype=np.int64), np.full(voices, np.nan), np.zeros(voices))
    for _ in range(PASSES if compared.any() else 0):
        middle = windows.mean(strength - np.append(found.bias, 0.0)[who])
        found = _shrunk(who[compared], (strength - middle)[compared], voices)
    return found


def _shrunk(who: Codes, differences: Floats, voices: int) -> Habits:
    """Shrink each contributor's mean difference to the mean of all."""
    count = np.bincount(who, minlength=voices)
    mean = np.bincount(who, weights=differences, minlength=voices) / np.where(count > 0, count, np.nan)
    heard = np.flatnonzero(count)  # sums over these alone do not depend on who spoke later
    groups, size = len(heard), len(who)
    if groups < 2 or size <= groups:  # noqa: PLR2004 - with one contributor nothing lies between
        return Habits(count, mean, np.zeros(voices))
    grand = differences.mean()
    within = float(((differences - mean[who]) ** 2).sum()) / (size - groups)
    between = float((count[heard] * (mean[heard] - grand) ** 2).sum()) / (groups - 1)
    each = (size - float((count[heard] ** 2).sum()) / size) / (groups - 1)
    spread = max(0.0, (between - within) / each)
    known = (count >= FEWEST) & (spread > 0)
    trust = np.divide(count * spread, count * spread + within, out=np.zeros(voices), where=known)
    return Habits(count, mean, np.where(known, trust * (mean - grand), 0.0))


def contributor_bias(snapshot: Snapshot, kinds: Mapping[str, Kind] | None = None) -> pd.DataFrame:
    """List who rates concerns higher or lower than others do, from all that was known at the as-of date.

    Parameters
    ----------
    snapshot : Snapshot
        Uses ``entries``.
    kinds : dict of str to Kind, optional
        From ``read_kinds``; the packaged ones where not given. Entries that are concerns are compared.

    Returns
    -------
    DataFrame
        Indexed by ``contributor`` (a pseudonym), sorted: ``compared``, how many entries could be compared;
        ``difference``, their mean difference from that middle in points, NaN where none could be; and
        ``bias``, the same shrunk to the group, positive for who rates higher. It is 0 with fewer than three
        comparisons, and for all where contributors differ no more than chance would have them.

    Examples
    --------
    >>> import xarray as xr
    >>> cube = xr.DataArray(np.empty((1, 0, 0)), dims=("area", "indicator", "period"),
    ...                     coords={"area": ["A"], "indicator": [], "period": pd.DatetimeIndex([])})
    >>> nobody = Snapshot(as_of=pd.Timestamp("2024-01-01"), values=cube,
    ...                   neighbours=xr.DataArray(np.empty((1, 0), dtype=int), dims=("area", "rank")))
    >>> contributor_bias(nobody).columns.tolist()
    ['compared', 'difference', 'bias']
    """
    entries = snapshot.entries
    compared, difference, bias = _habits(entries, concern_kinds(kinds))
    listed = pd.DataFrame(
        {"compared": compared, "difference": difference, "bias": bias},
        index=pd.Index(list(entries.names["contributor"]), name="contributor", dtype=object),
    )
    said = entries.contributor[entries.contributor >= 0]
    return listed[np.bincount(said, minlength=len(listed)) > 0]


def calibrated_strength(snapshot: Snapshot, *, concerns: tuple[str, ...]) -> Floats:
    """Return each entry's strength less its contributor's bias.

    Parameters
    ----------
    snapshot : Snapshot
        Uses ``entries``.
    concerns : tuple of str
        The kinds that are concerns; entries of other kinds keep their strength.

    Returns
    -------
    array, shape (entry,)
        1 to 5, never beyond the scale; 3, its middle, where the entry gives no strength.
    """

    def make() -> Floats:
        entries = snapshot.entries
        bias = np.append(_habits(entries, concerns).bias, 0.0)[entries.contributor]
        strength = np.where(np.isnan(entries.strength), UNSAID_STRENGTH, entries.strength)
        rated = entries.among(concerns) & ~np.isnan(entries.strength)
        corrected: Floats = np.clip(strength - np.where(rated, bias, 0.0), min(STRENGTHS), max(STRENGTHS))
        return corrected

    return snapshot.entries.keep(("strength", concerns), make)
