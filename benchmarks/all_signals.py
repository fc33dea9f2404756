"""Every signal that a run tells, of every area and indicator, against one of them by pandas groupby."""

import sys
import time

import pandas as pd

import earlywarn as ew
from earlywarn.config import VITAL_INDICATORS
from earlywarn.explain.charts import area_charts, national_charts
from earlywarn.explain.funnels import funnel_limits_table, funnel_table
from earlywarn.explain.quality import quality_cautions, quality_table
from earlywarn.explain.relations import relation_table
from earlywarn.explain.signals import signal_table
from earlywarn.panel.panel import Panel
from earlywarn.sources.england import read_england

AS_OF = pd.Timestamp("2025-04-01")


def neighbours_by_groupby(tables: ew.Tables) -> pd.Series:
    """Compute the neighbours' medians the plain way: filter, take the last, join, group."""
    known = tables.observations[tables.observations["known_on"] < AS_OF].dropna(subset="value")
    last = known.sort_values("period_end").groupby(["indicator", "area_code"], observed=True)["value"].last()
    pairs = tables.neighbours[tables.neighbours["known_on"] < AS_OF]
    joined = last.reset_index().merge(pairs, left_on="area_code", right_on="neighbour_code")
    return joined.groupby(["indicator", "area_code_y"], observed=True)["value"].median()


def main() -> None:
    """Print seconds for each part, for all, and for the peer."""
    tables = ew.read_tables(sys.argv[1]) if len(sys.argv) > 1 else read_england()
    panel = Panel(tables)
    indicators = panel.indicators
    vital = indicators[indicators["indicator"].isin(VITAL_INDICATORS)]
    panel.known_at(AS_OF)  # indexed once, whatever is asked
    begun = time.perf_counter()
    snapshot = panel.known_at(AS_OF)
    doubts = quality_cautions(snapshot, indicators=indicators).set_index(["area_code", "indicator"])[
        "quality"
    ]
    parts = {
        "signals in words": lambda: signal_table(snapshot, indicators, quality=doubts),
        "control charts": lambda: (area_charts(snapshot, vital), national_charts(snapshot, indicators)),
        "funnels": lambda: (funnel_table(snapshot), funnel_limits_table(snapshot)),
        "data quality": lambda: quality_table(
            snapshot, indicators=indicators, used=vital["indicator"].tolist()
        ),
        "relations": lambda: relation_table(snapshot, indicators),
    }
    print(f"{tables.name}: {len(panel.areas)} areas, {len(indicators)} indicators")
    print(f"{'cut and cautions':22}{time.perf_counter() - begun:6.2f} s")
    for name, part in parts.items():
        start = time.perf_counter()
        part()
        print(f"{name:22}{time.perf_counter() - start:6.2f} s")
    ours = time.perf_counter() - begun
    start = time.perf_counter()
    neighbours_by_groupby(tables)
    peer = time.perf_counter() - start
    print(f"{'all':22}{ours:6.2f} s, {ours / peer:.1f} x the neighbours' median by groupby ({peer:.2f} s)")


if __name__ == "__main__":
    main()
