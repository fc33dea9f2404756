"""A scored run of few areas, made of whatever tables a test gives."""

from functools import cache
from types import SimpleNamespace

import pandas as pd

from earlywarn.reports.layouts import LAYOUTS

AS_OF = pd.Timestamp("2025-04-01")
TABLES = (
    "risks", "reasons", "series", "indicators", "judgements", "notes", "entries", "trail", "signals",
    "charts", "quality", "relations", "context", "neighbours", "contributions",
)  # fmt: skip
APPARATUS = "supporting apparatus"
INDICATORS = [
    ("agency_rate", "Agency social workers", "percent", "higher_is_worse", "workforce"),
    ("caseload", "Average cases per social worker", "cases_per_fte", "higher_is_worse", "workforce"),
    (
        "rereferral_rate",
        "Referrals that follow another",
        "percent",
        "higher_is_worse",
        "supporting apparatus",
    ),
    ("cpp_rate", "Children on a protection plan", "rate_per_10000", "neutral", APPARATUS),
    ("made_up_rate", "Something new", "percent", "higher_is_worse", "innovation"),
]


def table(name, rows):
    """Make a table of a run folder from records; what a record leaves out is empty."""
    layout = LAYOUTS[name]
    found = pd.DataFrame(rows)
    columns = dict.fromkeys((*layout.columns, *layout.later, *found.columns))
    found = found.reindex(columns=list(columns))
    for column in found:
        if column in layout.dates or column == "shifted_on":
            found[column] = pd.to_datetime(found[column]).astype("datetime64[ns]")
        elif (
            column in layout.text or column in layout.later or (rows and isinstance(rows[0].get(column), str))
        ):
            found[column] = found[column].astype(object).where(found[column].notna(), "")
        elif column in layout.numbers or len(found) == 0:
            found[column] = found[column].astype(float)
    return found


@cache
def blank(name):
    return table(name, [])


def scored_run(*, areas=("A",), target="adverse", **tables):
    """Return a run; ``risks`` and ``indicators`` are made up where they are not given."""
    named = [
        dict(zip(("indicator", "label", "unit", "polarity", "theme"), row, strict=True)) | {"source": "DfE"}
        for row in INDICATORS
    ]
    listed = [
        {"area_code": area, "name": area, "band": "about the same as most", "last_judged_on": "2023-05-08"}
        for area in areas
    ]
    made = {"risks": listed, "indicators": named} | tables
    found = {name: table(name, made[name]) if name in made else blank(name).copy() for name in TABLES}
    return SimpleNamespace(run={}, as_of=AS_OF, horizon=12, target=target, **found)


def reason(sentence="Said.", **others):
    """Return one reason that raises the risk."""
    given = {"area_code": "A", "target": "adverse", "order": 1, "direction": "raises", "theme": "workforce"}
    return given | {"contribution": 1.0, "sentence": sentence} | others


def entry(**others):
    """Return one entry of the log: a clear, open concern about caseloads."""
    given = {
        "area_code": "A", "entry_id": "E1", "kind": "caseload_concern", "theme": "workforce",
        "what": "Concern about caseloads", "occurred_on": "2025-02-03", "known_on": "2025-02-10",
        "strength": "strong", "confidence": "high", "source": "A peer in another area", "contributor": "C042",
        "tier": "open", "note": "",
    }  # fmt: skip
    return given | others


def signal(**others):
    """Return one signal: the newest caseload stands out on the worse side."""
    given = {
        "area_code": "A", "indicator": "caseload", "status": "ok", "variation": "beyond",
        "direction": "worse", "symbol": "worse", "words": "Outside its own usual range.",
        "period_end": "2024-09-30", "value": 21.5,
    }  # fmt: skip
    return given | others
