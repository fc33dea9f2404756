"""Every feature at every origin of the reference evaluation, against one of them by pandas groupby."""

import sys
import time

import pandas as pd

import earlywarn as ew
from earlywarn.features.matrix import build_matrix
from earlywarn.schedule import quarter_starts
from earlywarn.sources.england import read_england

FIRST, LAST = pd.Timestamp("2018-07-01"), pd.Timestamp("2025-01-01")


def national_gap_by_groupby(tables: ew.Tables, as_of: pd.Timestamp) -> pd.Series:
    """Compute one measure the plain way: filter, take the last, group."""
    known = tables.observations[tables.observations["known_on"] < as_of].dropna(subset="value")
    last = known.sort_values("period_end").groupby(["indicator", "area_code"])["value"].last()
    grouped = last.groupby("indicator")
    spread = (last - grouped.transform("median")).abs().groupby("indicator").transform("median")
    return (last - grouped.transform("median")) / (1.4826 * spread)


def main() -> None:
    """Print seconds for both and the ratio per feature."""
    tables = ew.read_tables(sys.argv[1]) if len(sys.argv) > 1 else read_england()
    dates = quarter_starts(FIRST, LAST)
    begun = time.perf_counter()
    matrix = build_matrix(ew.Panel(tables), dates)
    ours = time.perf_counter() - begun
    begun = time.perf_counter()
    for as_of in dates:
        national_gap_by_groupby(tables, as_of)
    peer = time.perf_counter() - begun
    count = len(tables.indicators)
    measures = matrix.shape[1] / count
    print(f"{tables.name}: {len(dates)} origins, {count} indicators, {matrix.shape[1]:,} features")
    print(f"all features             {ours:6.2f} s")
    print(f"one measure, by groupby  {peer:6.2f} s")
    print(f"time per measure         {ours / measures / peer:6.3f} x the peer's")


if __name__ == "__main__":
    main()
