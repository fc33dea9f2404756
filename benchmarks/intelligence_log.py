"""100,000 entries into the log and out again, against pandas writing and reading them without a chain."""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import sqlalchemy as sa

from earlywarn.intelligence.export import write_entries
from earlywarn.intelligence.importing import import_file
from earlywarn.intelligence.kinds import CONFIDENCES, SOURCE_TYPES, read_kinds
from earlywarn.intelligence.log import Log
from earlywarn.schema import TIERS

COUNT, AREAS, CONTRIBUTORS = 100_000, 500, 50
AS_OF = "2100-01-01"


def made_up(count: int) -> pd.DataFrame:
    """Make up entries, in the columns that people write."""
    rng = np.random.default_rng(1)
    kinds = [name for name, kind in read_kinds().items() if kind.pressure]
    days = np.datetime64("2015-01-01") + rng.integers(0, 3_600, count).astype("timedelta64[D]")
    return pd.DataFrame(
        {
            "area_code": [f"X{area:08d}" for area in rng.integers(0, AREAS, count)],
            "kind": rng.choice(kinds, count),
            "occurred_on": days,
            "strength": rng.integers(1, 6, count),
            "confidence": rng.choice(list(CONFIDENCES), count),
            "source_type": rng.choice(list(SOURCE_TYPES), count),
            "contributor": [f"C{who:03d}" for who in rng.integers(0, CONTRIBUTORS, count)],
            "tier": rng.choice(TIERS, count),
            "note": [f"Note {number}: three team managers left in the spring" for number in range(count)],
        }
    )


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    """Print seconds for both and the ratios; an address as argument is used in place of a file."""
    home = Path(tempfile.mkdtemp())
    place = sys.argv[1] if len(sys.argv) > 1 else str(home / "log.db")
    entries = made_up(COUNT)
    csv = home / "entries.csv"
    entries.to_csv(csv, index=False)
    peer = sa.create_engine(f"sqlite:///{home / 'plain.db'}")
    with Log.open(place) as log:
        imported = seconds(lambda: import_file(log, csv, by="C001"))
        again = seconds(lambda: import_file(log, csv, by="C001"))
        replayed = seconds(lambda: log.entries(AS_OF))
        standing = seconds(lambda: log.in_force(AS_OF))
        audited = seconds(log.audit)
        exported = seconds(lambda: write_entries(log.entries(AS_OF), home / "concerns.csv"))
    plain = pd.read_csv(csv, parse_dates=["occurred_on"])
    written = seconds(lambda: plain.to_sql("plain", peer, index=False))
    read = seconds(lambda: pd.read_sql("SELECT * FROM plain", peer, parse_dates=["occurred_on"]))
    print(f"{COUNT:,} entries, {'PostgreSQL' if '://' in place else 'SQLite'}")
    print(f"import of CSV, checked and chained   {imported:6.2f} s  {imported / written:5.2f} x to_sql")
    print(f"the same file again                  {again:6.2f} s  {again / written:5.2f} x")
    print(f"replay at a date, all versions       {replayed:6.2f} s  {replayed / read:5.2f} x read_sql")
    print(f"replay at a date, those in force     {standing:6.2f} s  {standing / read:5.2f} x")
    print(f"audit of every hash                  {audited:6.2f} s  {audited / read:5.2f} x")
    print(f"export to CSV                        {exported:6.2f} s")
    print(f"peer: pandas.to_sql {written:.2f} s, pandas.read_sql {read:.2f} s, without checks or a chain")


if __name__ == "__main__":
    main()
