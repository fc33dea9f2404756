"""Who rates concerns higher or lower than others do, and strengths with that taken out.

Each rated concern is compared with what *other* contributors said of the same area within a year of it. A
contributor's mean difference ``d`` over ``n`` such comparisons is shrunk to the group by empirical Bayes:
``bias = (d - m) n t2 / (n t2 + s2)``, where ``m`` is the mean difference of all, ``s2`` the variance within
contributors and ``t2`` the variance between them, both by the method of moments (the unbalanced one-way
analysis of variance; ``t2`` is 0 where the means differ no more than chance would have them) [1]_.
Contributors are compared with each other as they are, not as corrected: one pass.

References
----------
.. [1] Searle, Casella & McCulloch (1992), Variance Components, Wiley, section 3.6.
"""

from collections.abc import Mapping

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


def _window(group: Codes, day: Floats, strength: Floats) -> tuple[Floats, Floats]:
    """Return how many entries of each entry's own group lie within a year of it, and the sum of strengths."""
    # one axis for all groups, far enough apart that no window reaches into the next
    span = day.max(initial=0.0) - day.min(initial=0.0) + 4 * WITHIN
    place = group * span + day
    order = np.argsort(place, kind="stable")
    ordered = place[order]
    total = np.append(0.0, np.cumsum(strength[order]))
    first = np.searchsorted(ordered, place - WITHIN, side="left")
    last = np.searchsorted(ordered, place + WITHIN, side="right")
    return (last - first).astype(float), total[last] - total[first]


def _differences(entries: Entries, rows: Codes) -> Floats:
    """Return each entry's strength less the mean of what others said of the area; NaN where none did."""
    area, day, strength = entries.area[rows], -entries.age[rows], entries.strength[rows]
    voices = len(entries.names["contributor"]) + 1
    everyone, total = _window(area, day, strength)
    own, own_total = _window(area * voices + entries.contributor[rows] + 1, day, strength)
    others = everyone - own
    mean = np.divide(total - own_total, others, out=np.full(len(rows), np.nan), where=others > 0)
    difference: Floats = strength - mean
    return difference


def _bias(entries: Entries, concerns: tuple[str, ...]) -> tuple[Codes, Floats, Floats]:
    """Return every contributor's number of comparisons, their mean and the bias after shrinking."""
    voices = len(entries.names["contributor"])
    rows = np.flatnonzero(entries.among(concerns) & ~np.isnan(entries.strength))
    who, differences = entries.contributor[rows], _differences(entries, rows)
    # those without a name stand among the others, but have no habit that could be learnt
    compared = ~np.isnan(differences) & (who >= 0)
    who, differences = who[compared], differences[compared]
    count = np.bincount(who, minlength=voices)
    mean = np.bincount(who, weights=differences, minlength=voices) / np.maximum(count, 1)
    heard = np.flatnonzero(count)  # sums over these alone do not depend on who spoke later
    groups, size = len(heard), len(who)
    if groups < 2 or size <= groups:  # noqa: PLR2004 - with one contributor nothing lies between
        return count, np.where(count > 0, mean, np.nan), np.zeros(voices)
    grand = differences.mean()
    within = float(((differences - mean[who]) ** 2).sum()) / (size - groups)
    between = float((count[heard] * (mean[heard] - grand) ** 2).sum()) / (groups - 1)
    each = (size - float((count[heard] ** 2).sum()) / size) / (groups - 1)
    spread = max(0.0, (between - within) / each)
    trust = np.divide(
        count * spread, count * spread + within, out=np.zeros(voices), where=(count >= FEWEST) & (spread > 0)
    )
    return count, np.where(count > 0, mean, np.nan), trust * (mean - grand)


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
        ``difference``, their mean difference from others in points of strength, NaN where none could be; and
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
    compared, difference, bias = _bias(entries, concern_kinds(kinds))
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
        bias = np.append(_bias(entries, concerns)[2], 0.0)[entries.contributor]
        strength = np.where(np.isnan(entries.strength), UNSAID_STRENGTH, entries.strength)
        rated = entries.among(concerns) & ~np.isnan(entries.strength)
        corrected: Floats = np.clip(strength - np.where(rated, bias, 0.0), min(STRENGTHS), max(STRENGTHS))
        return corrected

    return snapshot.entries.keep(("strength", concerns), make)
