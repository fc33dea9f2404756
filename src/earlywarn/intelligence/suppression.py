"""Hide small counts in a table, and so many others that no hidden one can be worked out from the totals.

A reader who knows a total and all its parts but one knows that one too. So other counts are hidden with each
small one: always a whole *cycle* of cells along which counts could be shifted, one up and the next one down,
without any published number or total changing. A hidden count can then always be another number as well [1]_,
even to somebody who knows that no zero is ever hidden.

References
----------
.. [1] Cox (1995), Network models for complementary cell suppression, JASA 90(432), 1453-1462.
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

__all__ = ["THRESHOLD", "TOTAL", "suppressed_table", "with_totals"]

THRESHOLD = 5
TOTAL = "total"
FREE = 1e-9  # what hiding a hidden cell once more costs; zero would mean that there is no way


def with_totals(counts: pd.DataFrame) -> pd.DataFrame:
    """Add a last row and a last column of totals.

    Examples
    --------
    >>> with_totals(pd.DataFrame({"a": [1, 2], "b": [3, 4]})).to_numpy().tolist()
    [[1, 3, 4], [2, 4, 6], [3, 7, 10]]
    """
    wide = counts.assign(**{TOTAL: counts.sum(axis=1)})
    return pd.concat([wide, wide.sum().to_frame(TOTAL).T])


def suppressed_table(counts: pd.DataFrame, *, threshold: int = THRESHOLD) -> pd.DataFrame:
    """Return a table of counts with its totals, small ones hidden so that none can be worked out.

    Parameters
    ----------
    counts : DataFrame of int, shape (rows, columns)
        Without totals. Every count is 0 or more.
    threshold : int
        Counts from 1 to below this are hidden, totals too; 0 or 1 hides nothing. A count of 0 is shown.

    Returns
    -------
    DataFrame of float, shape (rows + 1, columns + 1)
        With the totals in a last row and column; NaN where a count is hidden. Each hidden count could be at
        least two numbers of 1 or more, as far as the table tells.

    Notes
    -----
    One table is protected, not two: who asks for many tables of the same entries, or for one before and one
    after an entry, can learn more from them together.

    Examples
    --------
    >>> counts = pd.DataFrame({"a": [2, 9], "b": [30, 40]}, index=["x", "y"])
    >>> suppressed_table(counts).fillna(-1).astype(int).to_numpy().tolist()
    [[-1, -1, 32], [-1, -1, 49], [11, 70, 81]]
    """
    table = with_totals(counts)
    values = table.to_numpy(dtype=np.int64)
    hidden = np.zeros(values.shape, dtype=bool)
    shielded = np.zeros(values.shape, dtype=bool)  # could be another number
    small = (values > 0) & (values < threshold)
    while (small & ~shielded).any():
        row, column = np.argwhere(small & ~shielded)[0]
        rows, columns = _cheapest_cycle(values, hidden | small, int(row), int(column))
        hidden[rows, columns] = True
        shielded[rows, columns] = True
    return table.astype(float).mask(hidden)


def _cheapest_cycle(
    values: npt.NDArray[np.int64], hidden: npt.NDArray[np.bool_], row: int, column: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the cells of the cycle through one cell along which counts can shift, hiding the fewest others.

    Rows and columns are the nodes of a graph and cells its edges, a total counting against its parts. To add
    one to a cell is to go along its edge, to take one away is to go back. A cell can lose one if it is 2 or
    more, as no zero is ever hidden; it can always gain one, if it is no zero.
    """
    height, width = values.shape
    sign = np.ones(values.shape, dtype=bool)
    sign[-1, :] = ~sign[-1, :]
    sign[:, -1] = ~sign[:, -1]
    cost = np.where(hidden, FREE, values.astype(float))
    up, down = values > 0, values > 1
    forth = np.where(sign, up, down)  # from the row to the column
    back = np.where(sign, down, up)
    forth[row, column] = back[row, column] = False  # the way round, not the way back
    graph = np.zeros((height + width, height + width))
    graph[:height, height:] = np.where(forth, cost, 0)
    graph[height:, :height] = np.where(back, cost, 0).T
    begin, end = (height + column, row) if sign[row, column] else (row, height + column)
    _, before = dijkstra(csr_matrix(graph), indices=begin, return_predecessors=True)
    nodes = [end]
    while nodes[-1] != begin:
        nodes.append(int(before[nodes[-1]]))
    steps = list(pairwise(nodes))
    rows = [row, *(min(pair) for pair in steps)]
    columns = [column, *(max(pair) - height for pair in steps)]
    return np.array(rows), np.array(columns)
