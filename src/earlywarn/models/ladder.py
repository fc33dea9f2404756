"""From the thresholds of an ordered model to the log-odds of the three targets.

Worked example: the ladder of log-odds of being at or below inadequate, requires improvement and good is
(-3, -1, 1) for some row. Its ``serious`` is -3 and its ``adverse`` -1. If it was last judged outstanding (3)
its ``decline`` is the rung below that, 1; if good (2), -1; if requires improvement (1), -3; if inadequate,
NaN.
"""

from typing import cast

import numpy as np
import numpy.typing as npt
from scipy.special import logit

from earlywarn.schema import GRADES

__all__ = ["HALF", "full_ladder", "read_ladder"]

Array = npt.NDArray[np.float64]

ADVERSE, SERIOUS = GRADES.index("requires_improvement"), GRADES.index("inadequate")  # highest that counts
HALF = 0.5  # rows added where a probability of 0 or 1 would be a matter of few rows (Jeffreys' prior)


def full_ladder(thresholds: Array, counts: Array) -> Array:
    """Spread the thresholds between the grades that occur over the whole scale.

    Parameters
    ----------
    thresholds : array of shape (grades that occur - 1,)
        Increasing.
    counts : array of shape (4,)
        Weight of each grade in training.

    Returns
    -------
    Array of shape (3,), finite and never decreasing.

    Examples
    --------
    No inadequate judgement among 9 rows; 4 are at the lowest grade that occurs, whose threshold is -0.2. Half
    a row of 10 has log-odds -2.94, four and a half have -0.20, so the step down is 2.74:

    >>> full_ladder(np.array([-0.2, 1.5]), np.array([0.0, 4.0, 3.0, 2.0])).round(2).tolist()
    [-2.94, -0.2, 1.5]
    """
    below = np.cumsum(counts)[:-1]
    smoothed = logit((below + HALF) / (counts.sum() + 2 * HALF))
    present = np.flatnonzero(counts)
    if len(present) == 1:
        return cast("Array", smoothed)
    lowest, highest = present[0], present[-1]
    steps = np.arange(len(GRADES) - 1)
    inside = np.clip(np.searchsorted(present, steps, side="right") - 1, 0, len(thresholds) - 1)
    ladder = thresholds[inside]
    ladder[steps < lowest] += (smoothed - smoothed[lowest])[steps < lowest]
    ladder[steps >= highest] += (smoothed - smoothed[highest - 1])[steps >= highest]
    return ladder


def read_ladder(at_or_below: Array, last: Array) -> Array:
    """Read the three targets off log-odds of being at or below each grade.

    Parameters
    ----------
    at_or_below : array of shape (..., rows, 3)
        Log-odds.
    last : array of shape (rows,)
        Code of the last judgement, 0 to 3, or NaN.

    Returns
    -------
    Array of shape (..., rows, targets); decline is NaN where there is no way down.
    """
    can_decline = last > 0
    rung = np.where(can_decline, last, 1).astype(np.int64) - 1
    decline = np.where(can_decline, at_or_below[..., np.arange(len(last)), rung], np.nan)
    return np.stack([at_or_below[..., ADVERSE], decline, at_or_below[..., SERIOUS]], axis=-1)
