"""Run the catalogue over as-of dates: a panel in, a wide matrix of features out."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd
from tqdm import tqdm

from earlywarn.features.catalogue import AREA_FEATURES, JOIN, MEASURES, FeatureSpec
from earlywarn.features.small import without
from earlywarn.panel.panel import Panel
from earlywarn.panel.snapshot import Snapshot

__all__ = ["build_matrix", "snapshot_features"]


def snapshot_features(
    snapshot: Snapshot,
    *,
    measures: Sequence[FeatureSpec] = MEASURES,
    area_features: Sequence[FeatureSpec] = AREA_FEATURES,
) -> pd.DataFrame:
    """Compute every feature of every area at one as-of date.

    Returns
    -------
    DataFrame
        Index ``(area_code, as_of)``, one column of floats per feature; NaN is not known.
    """
    indicators = snapshot.indicators
    blocks = [spec.builder(snapshot).transpose("area", "indicator").to_numpy() for spec in measures]
    # stacked last, so that an indicator's features stand together: (area, indicator, measure)
    areas = len(snapshot.position)
    wide = np.stack(blocks, axis=2).reshape(areas, -1) if blocks else np.empty((areas, 0))
    alone = [spec.builder(snapshot).to_numpy() for spec in area_features]
    names = [f"{indicator}{JOIN}{spec.name}" for indicator in indicators for spec in measures]
    names += [spec.name for spec in area_features]
    numbers = np.column_stack([wide, *alone])
    index = pd.MultiIndex.from_product([snapshot.position, [snapshot.as_of]], names=["area_code", "as_of"])
    return pd.DataFrame(numbers, index=index, columns=names)


def build_matrix(
    panel: Panel,
    as_of_dates: Iterable[pd.Timestamp],
    *,
    measures: Sequence[FeatureSpec] = MEASURES,
    area_features: Sequence[FeatureSpec] = AREA_FEATURES,
    unknown: Callable[[Snapshot], pd.DataFrame] | None = None,
    progress: bool = False,
) -> pd.DataFrame:
    """Compute every feature of every area that exists, at every as-of date.

    Parameters
    ----------
    panel : Panel
        Cut at each date by ``Panel.known_at``; a builder never sees more.
    as_of_dates : dates
        Each one midnight at which we stand.
    measures, area_features : sequences of FeatureSpec
        The catalogue, or a researcher's own.
    unknown : callable, optional
        From a snapshot to the cells of its date that are to be unknown, as `earlywarn.features.small` lists
        them.
    progress : bool
        Show a bar on a terminal.

    Returns
    -------
    DataFrame
        Index ``(area_code, as_of)`` sorted by date, then code; one column of floats per feature.
    """
    dates = sorted(set(as_of_dates))
    parts = []
    for as_of in tqdm(dates, desc="Features", unit="date", disable=None if progress else True):
        snapshot = panel.known_at(as_of)
        table = snapshot_features(snapshot, measures=measures, area_features=area_features)
        table = table if unknown is None else without(table, unknown(snapshot))
        parts.append(table[snapshot.areas["exists"].to_numpy(dtype=bool)])
    return pd.concat(parts)
