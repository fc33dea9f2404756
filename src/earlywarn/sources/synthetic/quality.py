"""The hidden quality of each area: it drifts from month to month, and now and then it breaks."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from earlywarn.sources.synthetic.plan import Days, Indices, Numbers, Plan
from earlywarn.sources.synthetic.register import MERGED, PARENT, PARTS, SPLIT, Lives

__all__ = ["Quality", "hidden_quality"]

PERSISTENCE = 0.75 ** (1 / 12)  # of the drift, from month to month
BREAKS = 0.07 / 12  # chance that a month brings one: seven in a hundred area-years
LEAST_DROP, MOST_DROP = 1.5, 3.0
ONSET = 3  # months from the first day of a break to its depth: decline can be fast
RECOVERY = 0.5 ** (1 / 20)  # half of a drop is made good in twenty months
BASE = 0.4  # of quality, so that breaks do not leave most areas below good
FELT = 2.5  # beyond this nobody can tell more of a difference


@dataclass(frozen=True)
class Quality:
    """Hidden quality, higher is better, in about standard deviations.

    Parameters
    ----------
    level : array, shape (areas, months)
        At each of ``Plan.months``.
    breaks : DataFrame
        ``area`` (position), ``month`` (place in ``Plan.months``), ``drop``.
    """

    plan: Plan
    level: Numbers
    breaks: pd.DataFrame

    def at(self, area: Indices, day: Days) -> Numbers:
        """Return the quality of each area on the day beside it."""
        return np.asarray(self.level[area, self.plan.month_of(day)])

    def felt(self, area: Indices, day: Days) -> Numbers:
        """Return what those who look closely can tell of it: bounded, and 0 where soft evidence is noise."""
        return np.asarray(self.plan.soft * self.at(area, day).clip(-FELT, FELT)).clip(-FELT, FELT)

    def mean(self, first: Indices, last: Indices) -> Numbers:
        """Return the mean of each area from one month to another, both included, shape (areas, spans).

        Parameters
        ----------
        first, last : arrays, shape (spans,)
            Places in ``Plan.months``; ``first`` is not after ``last``.
        """
        zero = np.zeros((len(self.level), 1))
        total = np.concatenate([zero, self.level.cumsum(axis=1)], axis=1)
        return np.asarray((total[:, last + 1] - total[:, first]) / (last + 1 - first))


def hidden_quality(plan: Plan) -> Quality:
    """Make up quality.

    Examples
    --------
    >>> quality = hidden_quality(Plan(areas=400))
    >>> quality.level.shape
    (400, 192)
    >>> bool(0.8 < len(quality.breaks) / 400 < 1.4)  # in sixteen years
    True
    """
    rng = plan.rng("quality")
    shape = (plan.areas, len(plan.months))
    shocks = rng.normal(size=shape)
    shocks[:, 1:] *= np.sqrt(1 - PERSISTENCE**2)
    drift = _carried(shocks, PERSISTENCE)
    begun = rng.random(shape) < BREAKS
    drops = np.where(begun, rng.uniform(LEAST_DROP, MOST_DROP, size=shape), 0)
    level = BASE + drift - _carried(_over_onset(drops), RECOVERY)
    months = np.arange(shape[1])
    for child, parents, year in (
        (MERGED, PARTS, plan.merges),
        *((part, (PARENT,), plan.splits) for part in SPLIT),
    ):
        birth = int(plan.month_of(np.array(f"{year}-04-01", "datetime64[D]")))
        handed_down = level[list(parents), birth].mean() - level[child, birth]
        level[child] += handed_down * PERSISTENCE ** (months - birth).clip(0)
    area, month = np.nonzero(begun & _lives_through(plan))
    breaks = pd.DataFrame({"area": area, "month": month, "drop": drops[area, month]})
    return Quality(plan, level, breaks)


def _over_onset(drops: Numbers) -> Numbers:
    """Spread each drop over the months of its onset, so that in the last of them the drop is whole."""
    share = 1 / (RECOVERY ** np.arange(ONSET)).sum()
    spread = np.zeros_like(drops)
    for month in range(ONSET):
        spread[:, month:] += share * drops[:, : drops.shape[1] - month]
    return spread


def _carried(inflow: Numbers, kept: float) -> Numbers:
    """Return what has gathered when each month keeps a share of the month before, shape (areas, months)."""
    level = inflow.copy()
    for month in range(1, level.shape[1]):  # each month rests upon the last
        level[:, month] += kept * level[:, month - 1]
    return level


def _lives_through(plan: Plan) -> np.ndarray:
    """Say of each area and month whether the area exists at its beginning."""
    days = plan.months.astype("datetime64[D]")
    return Lives(plan).exist(np.arange(plan.areas)[:, None], days[None, :])
