"""Intervals by bootstrap over areas, the same draws for every model.

An area is inspected several times and its rows resemble each other, so areas are drawn, not rows: a
draw repeats or leaves out all rows of an area together. Models are compared on the same draws, and what
they share cancels.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["DRAWS", "area_draws", "percentile_interval"]

DRAWS = 1_000  # enough for two figures of a 95% interval
DEFINED = 0.9  # least share of draws in which a measure must exist for an interval to be given


def area_draws(area_codes: npt.ArrayLike, *, draws: int = DRAWS, seed: int = 0) -> npt.NDArray[np.int64]:
    """Draw areas with replacement and return how often each row is repeated.

    Parameters
    ----------
    area_codes : array of shape (n,)
        Area of each row, in any order: the draws belong to the sorted codes, not to the rows.
    draws : int
        Number of draws.
    seed : int
        The same seed and set of areas give the same draws.

    Returns
    -------
    array of shape (draws, n)
        Repetitions. In each draw the areas' repetitions add up to the number of areas.

    Examples
    --------
    Both rows of Kent go together:

    >>> area_draws(["Kent", "Bury", "Kent"], draws=4, seed=1)
    array([[1, 1, 1],
           [0, 2, 0],
           [2, 0, 2],
           [0, 2, 0]])
    """
    codes, areas = pd.factorize(np.asarray(area_codes), sort=True)
    count = len(areas)
    if count == 0:
        return np.empty((draws, 0), dtype=np.int64)
    rng = np.random.default_rng(seed)
    repetitions = rng.multinomial(count, np.full(count, 1 / count), size=draws)
    return np.asarray(repetitions[:, codes], dtype=np.int64)


def percentile_interval(values: npt.NDArray[np.float64], *, level: float = 0.95) -> tuple[float, float]:
    """Return the percentile interval of a measure over its draws.

    Parameters
    ----------
    values : array of shape (draws,)
        NaN where the measure did not exist in a draw; such draws are left out.
    level : float
        Share of the draws that the interval holds, in (0, 1).

    Returns
    -------
    low, high : float
        In the measure's unit. NaN where the measure existed in fewer than nine draws out of ten.

    Examples
    --------
    >>> percentile_interval(np.arange(101.0), level=0.5)
    (25.0, 75.0)
    >>> percentile_interval(np.array([1.0, 2.0, np.nan]))
    (nan, nan)
    """
    defined = values[np.isfinite(values)]
    if len(defined) == 0 or len(defined) < DEFINED * len(values):
        return float("nan"), float("nan")
    tail = (1 - level) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return float(low), float(high)
