"""What each figure is held against: all areas, its region, its statistical neighbours, its own past."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.features.returns import newest_period
from earlywarn.panel.snapshot import Snapshot
from earlywarn.signals.averages import england_average, neighbours_average, own_past, region_average
from earlywarn.signals.benchmarks import quartile_bands, ranks

__all__ = ["Benchmarks", "benchmarks"]

Floats = npt.NDArray[np.float64]


class Benchmarks(NamedTuple):
    """The newest figures and what they are held against, arrays of shape (area, indicator) unless said.

    All numbers are in the indicator's unit, with the sign of the published figure; NaN where not known.

    Attributes
    ----------
    figures : array of float
        Each area's figure of the newest period that most areas have reported.
    england, region, neighbours_mean, neighbours_median, own_past : array of float
        Medians of all areas and of the region, both conventions for the neighbours, and the median of the
        area's own earlier figures.
    band : array of str
        ``A`` to ``D``; empty where there is none.
    rank : array of float
        1 for the best.
    rank_of : array of int, shape (indicator,)
        How many areas have a figure.
    """

    figures: Floats
    england: Floats
    region: Floats
    neighbours_mean: Floats
    neighbours_median: Floats
    own_past: Floats
    band: npt.NDArray[np.str_]
    rank: Floats
    rank_of: npt.NDArray[np.int64]


def benchmarks(snapshot: Snapshot, *, unbanded: npt.NDArray[np.bool_]) -> Benchmarks:
    """Hold the newest figures against what people compare them with, all of one and the same period.

    Parameters
    ----------
    snapshot : Snapshot
        What was known.
    unbanded : array of bool, shape (indicator,)
        Indicators for which no quarters are shown: their publisher shows none.

    Returns
    -------
    Benchmarks
        Areas that do not exist at the as-of date count nowhere.
    """
    cube = snapshot.values.transpose("area", "indicator", "period").to_numpy()  # noqa: PD011 - a cube
    indicators = cube.shape[1]
    sign = np.ones(indicators) if snapshot.sign is None else snapshot.sign.to_numpy()
    newest = newest_period(snapshot)
    figures = np.full(cube.shape[:2], np.nan)
    if cube.shape[2]:
        picked = cube[:, np.arange(indicators), np.maximum(newest, 0)] * sign
        figures = np.where(newest >= 0, picked, np.nan)
    neutral = np.zeros(indicators, dtype=bool) if snapshot.neutral is None else snapshot.neutral.to_numpy()
    better = np.where(neutral | unbanded, "", np.where(sign < 0, "higher", "lower")).astype(object)
    placed = ranks(figures, improvement=better)
    positions = snapshot.neighbours.transpose("area", "rank").to_numpy()
    codes, _ = (
        pd.factorize(snapshot.areas["region"].replace("", None)) if len(snapshot.areas) else (None, None)
    )
    regions = np.full(len(figures), -1) if codes is None else codes
    return Benchmarks(
        figures=figures,
        england=np.broadcast_to(england_average(figures, how="median"), figures.shape),
        region=region_average(figures, regions, how="median"),
        neighbours_mean=neighbours_average(figures, positions, how="mean"),
        neighbours_median=neighbours_average(figures, positions, how="median"),
        own_past=own_past(snapshot.series.values) * sign,
        band=quartile_bands(figures, improvement=better),
        rank=placed.rank,
        rank_of=placed.of,
    )
