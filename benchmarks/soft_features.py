"""All features of the log for 500 areas with 100,000 entries, against one of them by pandas groupby."""

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

AREAS, ENTRIES, DATES, CONTRIBUTORS, LINKED = 500, 100_000, 25, 300, 0.1
FIRST, DAYS = pd.Timestamp("2016-01-01"), 3_000


def concerns(rng: np.random.Generator, codes: np.ndarray) -> pd.DataFrame:
    """Make up a log in which every kind occurs and a tenth of the entries have a link."""
    kinds = list(read_kinds().values())
    chosen = rng.integers(len(kinds), size=ENTRIES)
    draws = rng.integers(60, size=ENTRIES)
    details = [kind.details or ("",) for kind in kinds]
    occurred = FIRST + pd.to_timedelta(rng.integers(DAYS, size=ENTRIES), unit="D")
    linked = rng.random(ENTRIES) < LINKED
    columns = {
        "entry_id": [f"entry-{number:06d}" for number in range(ENTRIES)],
        "version": 1,
        "area_code": rng.choice(codes, ENTRIES),
        "kind": [kinds[at].name for at in chosen],
        "role": np.where([kinds[at].role for at in chosen], rng.choice(list(ROLES), ENTRIES), ""),
        "detail": [details[at][draw % len(details[at])] for at, draw in zip(chosen, draws, strict=True)],
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


def pressure_by_groupby(log: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    """Compute the pressure of every kind the plain way, without links or calibration."""
    known = log[log["known_on"] < as_of].groupby("entry_id").last()
    age = (as_of - known["occurred_on"]).dt.days
    known["doubt"] = 1 - known["strength"] / 5 * known["confidence"].map(CONFIDENCES) * 0.5 ** (age / 180)
    sources = known.groupby(["area_code", "kind", "contributor"])["doubt"].min()
    return 1 - sources.groupby(["area_code", "kind"]).prod()


def main() -> None:
    """Print seconds for everything, for cutting alone and for the peer."""
    rng = np.random.default_rng(1)
    codes = np.array([f"A{number:03d}" for number in range(AREAS)])
    areas = empty_table("areas").reindex(range(AREAS)).assign(area_code=codes, name=codes)
    names = ("observations", "neighbours", "leadership", "report_themes")
    nothing = {name: empty_table(name) for name in names}
    tables = replace(read_england(), areas=areas, concerns=concerns(rng, codes), **nothing)
    dates = pd.date_range("2018-06-01", periods=DATES, freq="QS")
    begun = time.perf_counter()
    matrix = build_matrix(ew.Panel(tables), dates, measures=[], area_features=soft_features())
    ours = time.perf_counter() - begun
    panel = ew.Panel(tables)
    begun = time.perf_counter()
    for date in dates:
        panel.known_at(date)
    cutting = time.perf_counter() - begun
    begun = time.perf_counter()
    for date in dates:
        pressure_by_groupby(tables.concerns, date)
    peer = time.perf_counter() - begun
    print(f"{len(tables.concerns):,} entries, {AREAS} areas, {DATES} dates, {matrix.shape[1]} features")
    print(f"all features, cutting included  {ours:6.2f} s")
    print(f"cutting alone                   {cutting:6.2f} s")
    print(f"pressure alone, by groupby      {peer:6.2f} s")
    print(f"time for all                    {ours / peer:6.2f} x the peer's for one")


if __name__ == "__main__":
    main()
