"""Small made-up places to draw from: whole ``Tables``, with everything that real ones do."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from earlywarn.intelligence.kinds import CONFIDENCES, ROLES, SOURCE_TYPES, read_kinds
from earlywarn.panel.panel import Panel
from earlywarn.schema import GRADES, TABLES, TIERS, empty_table
from earlywarn.sources.tables import Tables

__all__ = [
    "frame",
    "log_entry",
    "made_up",
    "made_up_log",
    "panel_dates",
    "panels",
    "permuted",
    "snapshot_of",
    "tables_of",
]

SUB_JUDGED = ("overall", "leadership", "help_and_protection", "care")
THEMES = ("leadership_change", "high_caseloads", "stable_workforce_strength")
FIRST_YEAR, LAST_YEAR = 2018, 2023
KINDS = {  # of an indicator: month in which its periods end, months between them, days to publication
    "agency_rate": ("higher_is_worse", "workforce", 9, 12, 151),
    "in_time": ("higher_is_better", "front_door", 3, 12, 244),
    "care_rate": ("neutral", "care", 3, 12, np.nan),
    "referrals_monthly": ("higher_is_worse", "front_door", 1, 1, 40),
}


def frame(name, rows):
    """Make a table of the canonical folder from records; what a record leaves out is empty."""
    table = empty_table(name)
    extra = [] if name != "report_themes" else sorted({key for row in rows for key in row} - set(table))
    columns = {}
    for column in TABLES[name].columns:
        cells = [row.get(column.name) for row in rows]
        if column.kind == "date":
            columns[column.name] = pd.to_datetime(pd.Series(cells, dtype=object)).astype("datetime64[ns]")
        elif column.kind == "text":
            columns[column.name] = pd.Series([cell or "" for cell in cells], dtype=object)
        elif column.kind == "yes_no":
            columns[column.name] = pd.Series([bool(cell) for cell in cells], dtype=bool)
        else:
            columns[column.name] = pd.Series(cells, dtype=float).astype(column.dtype)
    return pd.DataFrame(columns | {theme: [row[theme] for row in rows] for theme in extra})


def tables_of(**records):
    """Make ``Tables`` from records by table name; the tables left out are empty."""
    frames = {name: frame(name, records.get(name, [])) for name in TABLES}
    return Tables(name="made up", root="", fingerprint="", licence="", source="", **frames)


def permuted(tables, *, seed=0):
    """Return the same tables with the rows of each in another order."""
    shuffled = {
        name: getattr(tables, name).sample(frac=1, random_state=seed).reset_index(drop=True)
        for name in TABLES
    }
    return Tables(**(vars(tables) | shuffled))


def _day(rng, first, last):
    return pd.Timestamp(first) + pd.Timedelta(days=int(rng.integers((last - first).days + 1)))


def _observations(rng, codes, indicators):
    rows = []
    for name in indicators:
        _, _, month, every, lag = KINDS[name]
        starts = (2021, 2022) if every == 1 else (FIRST_YEAR, LAST_YEAR)
        ends = pd.date_range(f"{starts[0]}-{month:02d}-01", f"{starts[1]}-12-31", freq=f"{every}MS")
        for end in ends + pd.offsets.MonthEnd(0):
            out = end + pd.Timedelta(days=100 if np.isnan(lag) else lag)
            for code in codes:
                fate = rng.random()
                if fate < 0.1:
                    continue  # no row at all
                status = "missing" if fate < 0.16 else "suppressed" if fate < 0.22 else "ok"
                value = rng.integers(0, 1_000) / 10 if status == "ok" else None
                key = {"area_code": code, "indicator": name, "period_end": end}
                rows.append({**key, "value": value, "status": status, "known_on": out})
                if rng.random() < 0.15:  # revised, perhaps to be withdrawn
                    later = out + pd.Timedelta(days=int(rng.integers(1, 300)))
                    again = rng.integers(0, 1_000) / 10 if rng.random() < 0.8 else None
                    status = "missing" if again is None else "ok"
                    rows.append({**key, "value": again, "status": status, "known_on": later})
    return rows


def _inspections(rng, codes):
    rows = []
    for code in codes:
        start = _day(rng, pd.Timestamp("2016-01-01"), pd.Timestamp("2019-06-30"))
        for _ in range(rng.integers(0, 4)):
            known_on = start + pd.Timedelta(days=int(rng.integers(20, 90)))
            grades = {
                of: str(rng.choice(GRADES)) for of in SUB_JUDGED if of == "overall" or rng.random() < 0.8
            }
            inspection = {"inspection_id": f"{code}_{start:%Y%m%d}", "area_code": code, "known_on": known_on}
            rows.append(inspection | grades | {"start_date": start})
            start += pd.Timedelta(days=int(rng.integers(200, 1_400)))
    return rows


def log_entry(kind, occurred_on, area_code="A", **said):
    """Make one entry of the log: clear, of high confidence, recorded on the day by one contributor."""
    usual = {
        "version": 1,
        "known_on": occurred_on,
        "strength": 5,
        "confidence": "high",
        "contributor": "wren",
        "tier": "sector",
        "source_type": "peer",
    }
    entry_id = f"{area_code}/{kind}/{occurred_on}/" + "/".join(f"{value}" for value in said.values())
    about = {"entry_id": entry_id, "area_code": area_code, "kind": kind, "occurred_on": occurred_on}
    return usual | about | said


def snapshot_of(*entries, as_of="2024-01-01", areas="ABC", **records):
    """Cut a place of which hardly more than its log is known."""
    places = records.pop("places", [{"area_code": code, "name": code} for code in areas])
    return Panel(tables_of(areas=places, concerns=entries, **records)).known_at(pd.Timestamp(as_of))


def made_up_log(seed, codes, *, entries=60):
    """Make up the rows of a log: every kind, corrections, withdrawals, echoes, and cells left empty."""
    rng = np.random.default_rng([seed, 7])
    kinds = list(read_kinds().values())
    rows = []
    for number in range(entries):
        kind = kinds[rng.integers(len(kinds))]
        occurred = _day(rng, pd.Timestamp("2017-06-01"), pd.Timestamp("2023-12-31"))
        known = occurred + pd.Timedelta(days=int(rng.integers(0, 90)))
        row = {
            "entry_id": f"entry-{number:03d}",
            "version": 1,
            "area_code": str(rng.choice(codes[:5])),
            "kind": kind.name,
            "role": str(rng.choice([*list(ROLES)[:2], *ROLES])) if kind.role else "",
            "detail": str(rng.choice(kind.details)) if kind.details else "",
            "occurred_on": occurred,
            "known_on": known,
            "strength": int(rng.integers(1, 6)) if rng.random() < 0.9 else None,
            "confidence": str(rng.choice(["", *CONFIDENCES])),
            "source_type": str(rng.choice(list(SOURCE_TYPES))),
            "contributor": str(rng.choice(["", "wren", "lark", "finch", "swift"])),
            "tier": str(rng.choice(TIERS)),
            "amount": float(rng.integers(0, 40)) if kind.amount and rng.random() < 0.9 else None,
            "exposure": float(rng.integers(1, 400)) if kind.exposure and rng.random() < 0.9 else None,
            "link": str(rng.choice(["", "", "", "page-1", "page-2", "page-3"])),
        }
        rows.append(row)
        while rng.random() < 0.2:  # corrected, perhaps to be withdrawn
            known += pd.Timedelta(days=int(rng.integers(1, 400)))
            gone = rng.random() < 0.4
            row = row | {"version": row["version"] + 1, "known_on": known, "retracted": gone}
            rows.append(row | {"strength": int(rng.integers(1, 6))})
    return rows


def made_up(seed, *, areas=7, indicators=tuple(KINDS), entries=60):
    """Make up a small place from a seed."""
    rng = np.random.default_rng(seed)
    codes = [f"E{number:02d}" for number in range(areas)]
    places = [{"area_code": code, "name": f"Area {code}", "region": f"R{rng.integers(3)}"} for code in codes]
    if areas > 2:
        places[1]["active_to"], places[2]["active_from"] = "2021-03-31", "2021-04-01"
        places[0]["region"] = ""
    said = ("polarity", "domain", "month", "every", "publication_lag_days")
    neighbours = [
        {"area_code": code, "neighbour_code": other, "rank": rank, "model": model, "known_on": known_on}
        for model, known_on in (("old", "2019-04-30"), ("new", "2022-05-31"))
        for code in codes[: None if model == "new" else -1]
        for rank, other in enumerate(rng.permutation([peer for peer in codes if peer != code])[:5], start=1)
    ]
    inspections = _inspections(rng, codes)
    reports = [{key: row[key] for key in ("area_code", "inspection_id", "known_on")} for row in inspections]
    posts = [
        {
            **report,
            "role": "director_of_childrens_services" if rng.random() < 0.8 else "lscb_chair",
            "in_post_since": report["known_on"] - pd.Timedelta(days=int(rng.integers(1, 2_000))),
            "interim": rng.random() < 0.3,
        }
        for report in reports
    ]
    themes = [
        report
        | {"words": int(rng.integers(2_000, 9_000))}
        | {theme: int(rng.integers(0, 9)) for theme in THEMES}
        for report in reports
    ]
    return tables_of(
        areas=places,
        indicators=[
            dict(zip(said, KINDS[name], strict=True)) | {"indicator": name, "label": name, "unit": "score"}
            for name in indicators
        ],
        observations=_observations(rng, codes, indicators),
        inspections=inspections,
        neighbours=neighbours,
        leadership=posts,
        report_themes=themes,
        concerns=made_up_log(seed, codes, entries=entries),
    )


def panels(*, most=9):
    """Draw the tables of a small place: suppressed and missing figures, revisions, split areas and all."""
    return st.builds(
        made_up, st.integers(0, 2**16), areas=st.integers(1, most), entries=st.sampled_from([0, 60])
    )


def panel_dates():
    """Draw an as-of date between before the first record and after the last."""
    return st.dates(pd.Timestamp("2016-01-01").date(), pd.Timestamp("2025-06-01").date()).map(pd.Timestamp)
