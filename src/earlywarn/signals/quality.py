"""How far a panel of figures can be relied on, figure by figure, and a score.

Every array has the areas along its first axis and the periods along its last; the axes between them, most
often one, are the indicators. A flag is a reason to ask, not a finding: each standard is what the other areas
did with the same indicator in the same period.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from earlywarn.signals.areas import MIN_AREAS, Flags, Numbers, fitted, panel_of
from earlywarn.signals.oddities import Jumps, Revisions, in_proportion, jumps, revisions
from earlywarn.signals.ordered import median
from earlywarn.signals.repeats import Copies, Heaps, copies, heaps

__all__ = ["DataQuality", "Gaps", "data_quality", "gaps", "lateness"]

MOST_REPORT = 0.5  # a period counts as out when this share of the areas expected has a figure
LATE_DAYS = 30.0  # after most areas
RECENT = 3  # figures of an indicator whose revisions tell of the newest
DIGITS_FROM = 5  # newest periods of each indicator whose last digits are counted
NEVER = np.datetime64("NaT")
REMARK = 0.5  # of a figure, lost by any remark; a missing one loses all of it


class Gaps(NamedTuple):
    """What was not returned, for periods that most areas have reported.

    Attributes
    ----------
    missing, suppressed : arrays of bool, shape (area, ..., period)
    out : array of bool, shape (..., period)
        Where most areas have a figure.
    """

    missing: Flags
    suppressed: Flags
    out: Flags


@dataclass(frozen=True)
class DataQuality:
    """All remarks on the figures of a panel, and a score.

    Attributes
    ----------
    expected : array of bool, shape (area, indicator, period)
        Figures that the area had to return, for periods that most areas have reported.
    days_late : array, same shape
        Days after most areas; NaN where not known.
    late, missing, suppressed : arrays of bool, same shape
    copies : Copies
    heaps : Heaps
    jumps : Jumps
    revisions : Revisions
    revised : array of bool, same shape
        Whether the figure, or one of the two before it, was revised by much more than is usual: a newest
        figure had no time yet to be revised, and those before it tell what to expect of it.
    score : array, shape (area, period)
        0 to 100, **lower is worse**: 100 where there is nothing to remark. NaN where nothing was expected.
    """

    expected: Flags
    days_late: Numbers
    late: Flags
    missing: Flags
    suppressed: Flags
    copies: Copies
    heaps: Heaps
    jumps: Jumps
    revisions: Revisions
    revised: Flags

    @property
    def remarked(self) -> Flags:
        """The figures that are there, and of which there is something to remark."""
        flags = self.late | self.copies.flags | self.heaps.flags | self.jumps.flags | self.revised
        return flags & self.expected & ~self.missing & ~self.suppressed

    def score_of(self, chosen: Flags | None = None) -> Numbers:
        """Return 100 (1 - lost / expected), where a missing figure loses 1 and one with a remark a half.

        Parameters
        ----------
        chosen : array of bool, shape (indicator, period), optional
            The periods of each indicator that count together, giving shape (area,); by default each place on
            the last axis counts by itself, giving shape (area, period).

        Notes
        -----
        A suppressed figure is withheld by law, because numbers are small: it is neither lost nor expected.
        """
        due = self.expected & ~self.suppressed
        lost = np.where(self.missing, 1.0, np.where(self.remarked, REMARK, 0.0))
        if chosen is None:
            axes: tuple[int, ...] = tuple(range(1, due.ndim - 1))
        else:
            due, axes = due & chosen, tuple(range(1, due.ndim))
        count = due.sum(axis=axes)
        share = (lost * due).sum(axis=axes) / np.maximum(count, 1)
        return np.where(count > 0, 100 * (1 - share), np.nan)

    @property
    def score(self) -> Numbers:
        """The score of each area and period."""
        return self.score_of()


def gaps(values: npt.ArrayLike, *, expected: npt.ArrayLike = True, suppressed: npt.ArrayLike = False) -> Gaps:
    """Find the figures that an area did not return, for periods that most areas have reported.

    Parameters
    ----------
    values : array, shape (area, ..., period)
        NaN where there is no figure.
    expected : array of bool, same shape, optional
        Where an area had to return one; an area with a figure or a suppressed one always had to.
    suppressed : array of bool, same shape, optional
        Where a figure is withheld because numbers are small.

    Returns
    -------
    Gaps
        Nothing is missing from a period for which fewer than half of the areas expected have a figure: it is
        not out yet.

    Raises
    ------
    ConfigError
        If the shapes differ.

    Examples
    --------
    >>> nan = np.nan
    >>> found = gaps([[5.0], [6.0], [nan], [nan]], expected=np.ones((4, 1)), suppressed=[[0], [0], [1], [0]])
    >>> found.missing[:, 0].tolist(), found.suppressed[:, 0].tolist()
    ([False, False, False, True], [False, False, True, False])
    """
    numbers = panel_of("values", values)
    withheld = fitted("suppressed", suppressed, numbers.shape, "bool")
    there = ~np.isnan(numbers)
    due = fitted("expected", expected, numbers.shape, "bool") | there | withheld
    out = there.sum(axis=0) >= np.maximum(MOST_REPORT * due.sum(axis=0), 1)
    return Gaps(due & out & ~there & ~withheld, withheld & out & ~there, out)


def lateness(known_on: npt.ArrayLike) -> Numbers:
    """Return how much later than most each area's figure was first known.

    Parameters
    ----------
    known_on : array of dates, shape (area, ..., period)
        The first day on which a figure of the area, indicator and period was known; NaT where none is.

    Returns
    -------
    array of the same shape
        Days after the median area, negative before it, **later is worse**. NaN where no figure is known, or
        fewer than five areas have one.

    Examples
    --------
    >>> days = np.array([["2024-11-30"]] * 5 + [["2025-01-15"]], dtype="datetime64[D]")
    >>> lateness(days)[:, 0].tolist()
    [0.0, 0.0, 0.0, 0.0, 0.0, 46.0]
    """
    dates = np.asarray(known_on, dtype="datetime64[D]")
    days = np.where(np.isnat(dates), np.nan, dates.astype(np.int64).astype(float))
    days = panel_of("known_on", days)
    enough = (~np.isnan(days)).sum(axis=0) >= MIN_AREAS
    return np.where(enough, days - median(days, axis=0, keepdims=True), np.nan)


def data_quality(
    values: npt.ArrayLike,
    *,
    expected: npt.ArrayLike = True,
    suppressed: npt.ArrayLike = False,
    known_on: npt.ArrayLike = NEVER,
    first: npt.ArrayLike | None = None,
    counts: npt.ArrayLike = False,
    amounts: npt.ArrayLike = False,
    late_days: float = LATE_DAYS,
) -> DataQuality:
    """Look at a whole panel of figures for all that may be wrong with them.

    Parameters
    ----------
    values : array, shape (area, indicator, period)
        The figures now in force, as published; NaN where there is none.
    expected, suppressed : arrays of bool, same shape, optional
        As for ``gaps``. By default every figure is expected, and none suppressed.
    known_on : array of dates, same shape, optional
        As for ``lateness``. By default nothing is known to be late.
    first : array, same shape, optional
        The figures as first known. By default nothing is known to be revised.
    counts, amounts : arrays of bool, shape (indicator,), optional
        Which indicators count things, so that last digits are looked at; and which grow with the size of an
        area (counts and money), so that their changes are compared in proportion. By default none.
    late_days : float
        Days after most areas beyond which a figure is late.

    Returns
    -------
    DataQuality

    Raises
    ------
    ConfigError
        If shapes differ.

    Examples
    --------
    >>> values = np.random.default_rng(1).normal(50, 5, (20, 4, 6))
    >>> values[2, 1, 5] = np.nan
    >>> data_quality(values).score[1:4, 5].tolist()
    [100.0, 75.0, 100.0]
    """
    numbers = panel_of("values", values)
    early = numbers if first is None else panel_of("first", first, numbers)
    of_size, counted = (
        fitted(name, mask, numbers.shape[1:-1], "bool")
        for name, mask in (("amounts", amounts), ("counts", counts))
    )
    gap = gaps(numbers, expected=expected, suppressed=suppressed)
    days = lateness(fitted("known_on", known_on, numbers.shape, "datetime64[D]"))
    scaled, scaled_early = (
        in_proportion(figures, amounts=of_size, like=numbers) for figures in (numbers, early)
    )
    due = (~np.isnan(numbers) | gap.missing | gap.suppressed) & gap.out
    recent = np.arange(numbers.shape[-1]) >= numbers.shape[-1] - DIGITS_FROM
    changed = revisions(scaled_early, scaled)
    return DataQuality(
        expected=due,
        days_late=days,
        late=days > late_days,
        missing=gap.missing,
        suppressed=gap.suppressed,
        copies=copies(numbers),
        heaps=heaps(np.where(counted[..., None] & recent, numbers, np.nan)),
        jumps=jumps(scaled),
        revisions=changed,
        revised=_carried(changed.flags),
    )


def _carried(flags: Flags) -> Flags:
    """Return whether a period or one of those just before it is flagged."""
    return np.asarray(np.logical_or.reduce([_shifted(flags, places) for places in range(RECENT)]))


def _shifted(flags: Flags, places: int) -> Flags:
    """Return the flags some periods later, False where there was none yet."""
    later = np.zeros_like(flags)
    places = min(places, flags.shape[-1])
    later[..., places:] = flags[..., : flags.shape[-1] - places]
    return later
