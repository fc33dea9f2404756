"""Small made-up candidates to draw from, with everything that real ones do."""

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from earlywarn.targeting.candidates import Candidates
from earlywarn.targeting.rules import read_rules

__all__ = ["gain", "made_up_candidates", "postponing", "refusing", "worlds"]

STEP = 0.05 / 16
FIRST = "2025-04-01"


def gain(months, quarters):
    """Quarter months that a review is worth by quarter: months to the next inspection, and earliness."""
    position = np.arange(quarters)
    return np.clip(np.asarray(months)[:, None] - 3 * position, 0, 12) * 4 + (quarters - position)


def made_up_candidates(weight, *, quarters=2, months=None, allowed=None, deadline=None, **others):
    """Make candidates A00, A01, ... from weights; what is left out asks for nothing.

    ``deadline`` and ``pinned`` are mappings of positions to quarters, ``blocked`` a list of (area, quarter).
    """
    weight = np.asarray(weight)
    n = len(weight)
    cells = np.ones((n, quarters), dtype=bool) if allowed is None else np.array(allowed, dtype=bool)
    for cell in others.pop("blocked", ()):
        cells[cell] = False
    due, pinned, excluded = np.full(n, quarters), np.full(n, -1), np.zeros(n, dtype=bool)
    for area, quarter in (deadline or {}).items():
        due[area] = quarter
    for area, quarter in others.pop("pinned", {}).items():
        pinned[area] = quarter
    excluded[list(others.pop("excluded", ()))] = True
    codes = [f"A{area:02}" for area in range(n)]
    risk = others.pop("risk", weight / 100)
    width = others.pop("width", 0.05)
    areas = {"area_code": codes, "name": [f"Area {code[1:]}" for code in codes], "risk": risk}
    areas |= {"risk_low": np.asarray(risk) - width, "risk_high": np.asarray(risk) + width}
    areas["last_held"] = pd.to_datetime(others.pop("last_held", [None] * n))
    weeks = np.zeros((n, quarters, 14), dtype=bool)
    weeks[..., :13] = cells[:, :, None]
    return Candidates(
        areas=pd.DataFrame(areas),
        quarters=pd.date_range(FIRST, periods=quarters, freq="QS"),
        allowed=cells,
        blocked=np.where(cells, "", "closed").astype(object),
        weeks=others.pop("weeks", weeks),
        deadline=due,
        benefit=weight[:, None] * gain(np.full(n, 12) if months is None else months, quarters) * STEP,
        weight=weight,
        pinned=pinned,
        excluded=excluded,
        step=STEP,
        **others,
    )


def refusing(**changes):
    """Read rules with a capacity, such as ``refusing(per_quarter=2)``; what is due late is refused."""
    return read_rules(changes={f"capacity.{key}": value for key, value in changes.items()})


def postponing(rules):
    """Return the same rules, with what cannot be in time postponed."""
    return rules.model_copy(update={"due": rules.due.model_copy(update={"when_impossible": "postpone"})})


@st.composite
def worlds(draw, *, most=12, least=6, most_quarters=4, overrides=True):
    """Draw candidates and a capacity by quarter; not every area can be reached in time."""
    n, quarters = draw(st.integers(least, most)), draw(st.integers(2, most_quarters))
    seed = draw(st.integers(0, 2**16))
    rng = np.random.default_rng(seed)
    allowed = rng.random((n, quarters)) < draw(st.sampled_from([0.5, 0.8, 1.0]))
    candidates = made_up_candidates(
        rng.integers(1, draw(st.sampled_from([3, 40])), n),
        quarters=quarters,
        months=rng.integers(0, 24, n),
        allowed=allowed,
        deadline=dict(enumerate(rng.integers(0, quarters + 2, n).clip(max=quarters))),
        excluded=np.flatnonzero(rng.random(n) < 0.1),
        last_held=pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 3, n) * 100, unit="D"),
    )
    capacity = rng.integers(0, draw(st.sampled_from([2, 4])) + 1, quarters)
    if overrides and draw(st.booleans()):
        pinned = np.where((rng.random(n) < 0.15) & allowed[:, -1] & ~candidates.excluded, quarters - 1, -1)
        capacity[-1] = max(capacity[-1], (pinned >= 0).sum())
        first, then = rng.choice(n, 2, replace=False)
        order = ((int(first), int(then)),) if pinned[then] < 0 else ()
        candidates = replace(candidates, pinned=pinned, order=order)
    named = {f"{day:%Y-%m-%d}": int(count) for day, count in zip(candidates.quarters, capacity, strict=True)}
    rules = read_rules(
        changes={
            "capacity.by_quarter": named,
            "capacity.per_quarter": 1,
            "fairness.seed": draw(st.integers(0, 9)),
            "fairness.ties": draw(st.sampled_from(["lottery", "rotation"])),
        }
    )
    return candidates, rules
