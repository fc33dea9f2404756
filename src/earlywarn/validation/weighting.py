"""Sums over weighted rows that the measures share."""

import numpy as np
import numpy.typing as npt

__all__ = ["ratio", "running_totals"]

Floats = npt.NDArray[np.float64]


def ratio(top: Floats, bottom: Floats) -> Floats:
    """Divide, with NaN where the bottom is zero."""
    quotient: Floats = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0)
    return quotient


def running_totals(weights: Floats) -> Floats:
    """Return running totals along rows with a leading zero, shape (draws, n + 1)."""
    totals = np.zeros((weights.shape[0], weights.shape[1] + 1))
    np.cumsum(weights, axis=1, out=totals[:, 1:])
    return totals
