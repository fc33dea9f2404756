"""A bootstrap over areas: an area's rows resemble each other, so areas are drawn, not rows.

Replicates, recalibrations and the measures of a back-test all draw here, so that what is compared sees the
same draws.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["area_draws"]


def area_draws(
    groups: Iterable[object], *, draws: int, seed: int, areas: Iterable[object] | None = None
) -> npt.NDArray[np.int64]:
    """Return how often each row counts in each draw of a bootstrap over areas.

    Parameters
    ----------
    groups : iterable of str, one per row
        The area of each row.
    draws : int
        Number of draws.
    seed : int
        The same seed and areas give the same draws, in whatever order the rows stand.
    areas : iterable of str, optional
        Areas to draw from. Give the same ones twice to pair the draws of two tables, the training
        rows and the out-of-time predictions say; by default those of ``groups``.

    Returns
    -------
    array of shape (draws, rows)

    Examples
    --------
    >>> area_draws(["A", "B", "C", "A"], draws=2, seed=0).tolist()
    [[1, 1, 1, 1], [0, 0, 3, 0]]
    """
    of_row = pd.Index([str(group) for group in groups])
    drawn_from = pd.Index(sorted({str(area) for area in (of_row if areas is None else areas)}))
    position = drawn_from.get_indexer(of_row)
    if (position < 0).any():
        message = f"areas lacks {of_row[position < 0][0]!r}, which has rows."
        raise ValueError(message)
    if drawn_from.empty:
        return np.empty((draws, 0), dtype=np.int64)
    times = np.random.default_rng(seed).multinomial(
        len(drawn_from), np.full(len(drawn_from), 1 / len(drawn_from)), size=draws
    )
    return times[:, position]
