"""A made-up scored run that a test may shape: areas A, B, C ... of as many as are asked for."""

from dataclasses import dataclass, replace

import pandas as pd
import pytest

from earlywarn.reports.layouts import LAYOUTS

AS_OF = "2025-04-01"
KINDS = {"text": "object", "dates": "datetime64[ns]", "numbers": "float64"}


def empty(name):
    layout = LAYOUTS[name]
    return pd.DataFrame(
        {column: pd.Series(dtype=dtype) for kind, dtype in KINDS.items() for column in getattr(layout, kind)}
    )


def filled(name, rows):
    """Make a table of a run from records; what a record leaves out is empty."""
    table = empty(name)
    made = pd.DataFrame(rows).reindex(columns=table.columns)
    for column in table:
        if table[column].dtype == "object":
            made[column] = made[column].astype(object).where(made[column].notna(), "")
        elif table[column].dtype == "float64":
            made[column] = made[column].astype(float)
        else:
            made[column] = pd.to_datetime(made[column]).astype("datetime64[ns]")
    return made


@dataclass(frozen=True)
class MadeUp:
    """A run as the rooms of targeting read it."""

    as_of: pd.Timestamp
    horizon: int
    target: str
    risks: pd.DataFrame
    reasons: pd.DataFrame
    judgements: pd.DataFrame
    entries: pd.DataFrame
    context: pd.DataFrame

    def but(self, **tables):
        """Return the same run with some tables made anew from records."""
        return replace(self, **{name: filled(name, rows) for name, rows in tables.items()})


@pytest.fixture(scope="session")
def made_run():
    """Return a maker: ``made_run([0.1, 0.5], judged=..., inspected=...)`` has areas A and B."""

    def make(risks=(0.1, 0.5, 0.2), *, judged=None, inspected=None, as_of=AS_OF, **tables):
        codes = [chr(ord("A") + at) for at in range(len(risks))]
        judged = dict.fromkeys(codes, "good") | (judged or {})
        inspected = dict.fromkeys(codes, "2024-03-11") | (inspected or {})
        rows = [
            {
                "area_code": code, "name": f"{code}shire", "region": "North" if at % 2 else "South",
                "last_judgement": judged[code], "last_judged_on": inspected[code] or None,
                "band": "about the same as most", "as_of": as_of, "horizon_months": 12,
                "risk_adverse": risk, "risk_adverse_low": risk / 2, "risk_adverse_high": (1 + risk) / 2,
            }
            for at, (code, risk) in enumerate(zip(codes, risks, strict=True))
        ]  # fmt: skip
        judgements = [
            {
                "area_code": code, "start_date": day, "overall": judged[code],
                "known_on": pd.Timestamp(day) + pd.Timedelta(days=50),
            }
            for code, day in inspected.items()
            if day
        ]  # fmt: skip
        run = MadeUp(
            pd.Timestamp(as_of), 12, "adverse",
            *(empty(name) for name in ("risks", "reasons", "judgements", "entries", "context")),
        )  # fmt: skip
        return run.but(**{"risks": rows, "judgements": judgements} | tables)

    return make
