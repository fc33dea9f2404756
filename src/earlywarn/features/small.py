"""Which numbers rest on too few people to be shown, and so are not given to a model either.

A number that a reader may not see must not be found out from what they may: from the other numbers, from
a contribution that is a straight line of it, or from the risk itself. So where any amount behind it is too
small, the number counts as unknown, for the model as for the reader.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from earlywarn.features.spec import FeatureSpec
from earlywarn.features.trail import trail
from earlywarn.intelligence.kinds import Kind
from earlywarn.intelligence.small import small
from earlywarn.panel.snapshot import Snapshot

__all__ = ["small_cells", "without", "without_lone_sources"]

SOURCES = "concern_sources"


def small_cells(
    snapshot: Snapshot, features: Sequence[FeatureSpec], *, kinds: Mapping[str, Kind], below: int
) -> pd.DataFrame:
    """List the numbers behind which stands an amount or an exposure of fewer people than may be shown.

    Parameters
    ----------
    snapshot : Snapshot
        What was known.
    features : sequence of FeatureSpec
        Only those made from counts of people are looked at.
    kinds : mapping of str to Kind
        What there is to log.
    below : int
        The least count that may be shown; at 0 nothing is too small.

    Returns
    -------
    DataFrame
        ``area_code, as_of, feature``, each cell once.
    """
    behind = trail(snapshot, [spec for spec in features if spec.people])
    concerns = snapshot.concerns
    few = (
        set() if concerns.empty else set(concerns.loc[small(concerns, kinds=kinds, below=below), "entry_id"])
    )
    cells = behind.loc[behind["entry_id"].isin(few), ["area_code", "feature"]].drop_duplicates()
    return cells.assign(as_of=snapshot.as_of)[["area_code", "as_of", "feature"]]


def without(matrix: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Return a matrix in which some cells are unknown.

    Parameters
    ----------
    matrix : DataFrame
        Index ``(area_code, as_of)``.
    cells : DataFrame
        From `small_cells`, of as many dates as one likes.

    Examples
    --------
    >>> day = pd.Timestamp("2024-01-01")
    >>> index = pd.MultiIndex.from_product([["A", "B"], [day]], names=["area_code", "as_of"])
    >>> matrix = pd.DataFrame({"complaints_rate": [3.0, 4.0]}, index=index)
    >>> cells = pd.DataFrame({"area_code": ["B"], "as_of": [day], "feature": ["complaints_rate"]})
    >>> without(matrix, cells)["complaints_rate"].tolist()
    [3.0, nan]
    """
    shown = matrix.copy()
    for feature, rows in cells.groupby("feature"):
        hidden = pd.MultiIndex.from_frame(rows[["area_code", "as_of"]])
        shown.loc[shown.index.isin(hidden), str(feature)] = np.nan
    return shown


def without_lone_sources(matrix: pd.DataFrame, *, below: int) -> pd.DataFrame:
    """Return a matrix in which the number of sources is unknown where they are few.

    For readers who may not know who contributed: of an area with one source they would know that one person
    said it all.

    Examples
    --------
    >>> matrix = pd.DataFrame({"concern_sources": [0.0, 1.0, 7.0]})
    >>> without_lone_sources(matrix, below=5)["concern_sources"].tolist()
    [0.0, nan, 7.0]
    """
    count = matrix[SOURCES]
    return matrix.assign(**{SOURCES: count.mask((count > 0) & (count < below))})
