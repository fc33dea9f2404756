"""Intervals by bootstrap over areas, the same draws for every model (``earlywarn.models.resample``).

An area is inspected several times and its rows resemble each other, so areas are drawn, not rows: a
draw repeats or leaves out all rows of an area together. Models are compared on the same draws, and what
they share cancels.
"""

import numpy as np
import numpy.typing as npt

__all__ = ["DRAWS", "percentile_interval"]

DRAWS = 1_000  # enough for two figures of a 95% interval
DEFINED = 0.9  # least share of draws in which a measure must exist for an interval to be given


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
