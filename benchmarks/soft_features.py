"""All features of the log at 25 as-of dates for 500 areas with 100,000 entries, cutting included."""

import time
from dataclasses import replace

import numpy as np
import pandas as pd

import earlywarn as ew
from earlywarn.features.matrix import build_matrix
from earlywarn.features.soft import soft_features
from earlywarn.intelligence.kinds import CONFIDENCES, ROLES, read_kinds
from earlywarn.schema import TABLES, empty_table
from earlywarn.sources.england import read_england

AREAS, ENTRIES, CONTRIBUTORS, LINKED = 500, 100_000, 300, 0.1
FIRST, DAYS = pd.Timestamp("2016-01-01"), 3_000


def concerns(rng: np.random.Generator, codes: np.ndarray) -> pd.DataFrame:
    """Make up a log in which every kind occurs, a tenth of the entries have a link and some are corrected."""
    kinds = list(read_kinds().values())
    chosen = rng.integers(len(kinds), size=ENTRIES)
    details = [kind.details or ("",) for kind in kinds]
    occurred = FIRST + pd.to_timedelta(rng.integers(DAYS, size=ENTRIES), unit="D")
    linked = rng.random(ENTRIES) < LINKED
    columns = {
        "entry_id": [f"entry-{number:06d}" for number in range(ENTRIES)],
        "version": 1,
        "area_code": rng.choice(codes, ENTRIES),
        "kind": [kinds[at].name for at in chosen],
        "role": np.where([kinds[at].role for at in chosen], rng.choice(list(ROLES), ENTRIES), ""),
        "detail": [details[at][draw % len(details[at])] for at, draw in enumerate_draws(chosen, rng)],
        "occurred_on": occurred,
        "known_on": occurred + pd.to_timedelta(rng.integers(60, size=ENTRIES), unit="D"),
        "strength": rng.integers(1, 6, size=ENTRIES).astype(float),
        "confidence": rng.choice(list(CONFIDENCES), ENTRIES),
        "contributor": rng.choice([f"contributor-{number}" for number in range(CONTRIBUTORS)], ENTRIES),
        "tier": "sector",
        "amount": np.where([bool(kinds[at].amount) for at in chosen], rng.integers(1, 60, ENTRIES), np.nan),
        "exposure": np.where([bool(kinds[at].exposure) for at in chosen], 500.0, np.nan),
        "retracted": False,
        "link": np.where(linked, [f"page-{at}" for at in rng.integers(ENTRIES // 20, size=ENTRIES)], ""),
    }
    log = pd.DataFrame(columns).reindex(columns=TABLES["concerns"].names)
    texts = [name for name, kind in empty_table("concerns").dtypes.items() if kind.kind == "O"]
    return log.fillna(dict.fromkeys(texts, ""))


def enumerate_draws(chosen: np.ndarray, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Pair each entry's kind with a number to draw its detail by."""
    return list(zip(chosen.tolist(), rng.integers(60, size=len(chosen)).tolist(), strict=True))


def main() -> None:
    """Print seconds for everything, for cutting and for each feature alone."""
    rng = np.random.default_rng(1)
    codes = np.array([f"A{number:03d}" for number in range(AREAS)])
    england = read_england()
    areas = empty_table("areas").reindex(range(AREAS)).assign(area_code=codes, name=codes)
    nothing = {
        name: empty_table(name) for name in ("observations", "neighbours", "leadership", "report_themes")
    }
    tables = replace(england, areas=areas, concerns=concerns(rng, codes), **nothing)
    panel = ew.Panel(tables)
    dates = pd.date_range("2018-06-01", periods=25, freq="QS")
    begun = time.perf_counter()
    matrix = build_matrix(panel, dates, measures=[], area_features=soft_features())
    print(f"{len(tables.concerns):,} entries, {AREAS} areas, {len(dates)} dates, {matrix.shape[1]} features")
    print(f"all, cutting included  {time.perf_counter() - begun:6.2f} s")
    begun = time.perf_counter()
    snapshots = [panel.known_at(date) for date in dates]
    print(f"cutting alone          {time.perf_counter() - begun:6.2f} s")
    begun = time.perf_counter()
    for snapshot in snapshots:
        _ = snapshot.entries
    print(f"indexing alone         {time.perf_counter() - begun:6.2f} s")
    for spec in soft_features():
        begun = time.perf_counter()
        for snapshot in snapshots:
            spec.builder(snapshot)
        print(f"  {spec.name:<40}{time.perf_counter() - begun:6.3f} s")


if __name__ == "__main__":
    main()
