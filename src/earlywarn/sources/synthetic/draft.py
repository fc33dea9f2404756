"""Entries of the made-up log before they are numbered: one uniform frame, whoever writes into it."""

from typing import Any

import numpy as np
import pandas as pd

from earlywarn.sources.synthetic.plan import YEAR, Days, Indices, Numbers, Plan
from earlywarn.sources.synthetic.quality import FELT, Quality
from earlywarn.sources.synthetic.register import Lives

__all__ = ["COLUMNS", "draft", "pick", "record_after", "struck", "times"]

COLUMNS: dict[str, Any] = {  # with what stands in them where nothing is said
    "area": 0,
    "kind": "",
    "role": "",
    "detail": "",
    "occurred_on": np.datetime64("NaT", "D"),
    "known_on": np.datetime64("NaT", "D"),
    "strength": np.nan,
    "confidence": "",
    "source_type": "",
    "contributor": "",
    "tier": "sector",
    "amount": np.nan,
    "exposure": np.nan,
    "note": "",
    "link": "",
    "nature": "fact",  # the truth about it: informed, rumour, echo, duplicate or fact
    "copy_of": -1,  # the row of the draft that it copies
}
MOST_OFTEN = 6.0  # no area is spoken of more often than this many times the usual


def draft(**columns: Any) -> pd.DataFrame:
    """Return entries with every column of ``COLUMNS``, in order.

    Parameters
    ----------
    **columns
        Arrays of one length, or single values; ``area`` is an array.
    """
    length = len(columns["area"])
    filled = {}
    for name, nothing in COLUMNS.items():
        value = columns.get(name, nothing)
        if not isinstance(value, np.ndarray):
            value = np.full(length, value, dtype=object if isinstance(value, str) else None)
        if value.dtype.kind == "M":
            value = value.astype("datetime64[ns]")
        filled[name] = value
    return pd.DataFrame(filled)


def times(
    rng: np.random.Generator,
    plan: Plan,
    quality: Quality,
    heard: Numbers,
    *,
    a_year: float,
    worse: float,
) -> tuple[Indices, Days]:
    """Draw when something is seen, more often where quality is low.

    Parameters
    ----------
    heard : array, shape (areas,)
        Multiplies the rate of each area.
    a_year : float
        Times a year where quality is nought.
    worse : float
        By how much the log of the rate rises for quality one lower; below 0 where better areas see more.

    Returns
    -------
    tuple of arrays, shape (times,)
        Positions of the areas and the days; an area exists on its days.

    Notes
    -----
    Times are drawn at the greatest rate there can be, and each is kept as often as the true rate asks.
    """
    most = min(MOST_OFTEN, float(np.exp(abs(worse) * min(plan.soft, 1) * FELT)))
    most *= float(heard.max())
    span = int((plan.ends - plan.opens).astype(np.int64)) + 1
    count = rng.poisson(a_year * most * plan.areas * span / YEAR)
    area = rng.integers(plan.areas, size=count)
    day = plan.opens + rng.integers(span, size=count)
    rate = heard[area] * np.exp(-worse * quality.felt(area, day)).clip(1 / MOST_OFTEN, MOST_OFTEN)
    kept = (rng.random(count) < rate / most) & Lives(plan).exist(area, day)
    return area[kept], day[kept]


def record_after(rng: np.random.Generator, days: Days, *, usual: float, least: int = 1) -> Days:
    """Return when each was recorded: ``least`` days later and, on average, ``usual`` more."""
    return days + (least + rng.exponential(usual, size=len(days))).astype(np.int64)


def pick(rng: np.random.Generator, odds: dict[str, float], count: int) -> np.ndarray:
    """Draw words by their odds, shape (count,)."""
    words = np.array(list(odds), dtype=object)
    upto = np.cumsum(list(odds.values()))
    return np.asarray(words[np.searchsorted(upto, rng.random(count) * upto[-1], side="right")])


def struck(rng: np.random.Generator, worse: Numbers, bias: Numbers) -> Numbers:
    """Return strengths from 1 to 5: what is the case, what the contributor makes of it, and chance."""
    return np.asarray((2.5 + 0.6 * worse + bias + 0.6 * rng.normal(size=len(worse))).round().clip(1, 5))
