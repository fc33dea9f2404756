"""The made-up figures: behind quality, noisy, late, sometimes missing, suppressed or revised."""

import numpy as np
import pandas as pd

from earlywarn.sources.synthetic.indicators import RECIPES, Recipe, period_ends, publication_lag
from earlywarn.sources.synthetic.plan import FREQUENCIES, Days, Plan
from earlywarn.sources.synthetic.quality import Quality
from earlywarn.sources.synthetic.register import Lives

__all__ = ["LATE_DAYS", "late_returns", "observations"]

MISSING, SUPPRESSED, LATE, REVISED = 0.02, 0.01, 0.015, 0.01  # shares of the figures
LATE_DAYS = 90
LAST_REVISION = 365  # days after publication
COUNTED_OVER = 6  # months of quality that a count on one day sums up
STATUSES = np.array(["ok", "missing", "suppressed"], dtype=object)


def observations(plan: Plan, codes: np.ndarray, quality: Quality) -> pd.DataFrame:
    """Return the table ``observations``, sorted by area, indicator, period and the day it was known.

    Parameters
    ----------
    codes : array of str, shape (areas,)
    """
    rng = plan.rng("observations")
    parts = [_figures(rng, plan, quality, recipe, place) for place, recipe in enumerate(RECIPES.values())]
    first = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    again = (first["status"] == 0) & (rng.random(len(first["area"])) < REVISED)
    revised = {name: values[again] for name, values in first.items()}
    revised["value"] = (revised["value"] * rng.uniform(0.9, 1.0, size=again.sum())).round(1)
    revised["known_on"] = revised["known_on"] + LAST_REVISION
    both = {name: np.concatenate([values, revised[name]]) for name, values in first.items()}
    order = np.lexsort([both[name] for name in ("known_on", "period_end", "indicator", "area")])
    both = {name: values[order] for name, values in both.items()}
    names = np.array(list(RECIPES), dtype=object)
    dates = ("period_start", "period_end", "known_on")
    return pd.DataFrame(
        {
            "area_code": codes[both["area"]],
            "indicator": names[both["indicator"]],
            **{name: both[name].astype("datetime64[ns]") for name in dates[:2]},
            "value": both["value"],
            "status": STATUSES[both["status"]],
            "known_on": both["known_on"].astype("datetime64[ns]"),
        }
    )


def _figures(
    rng: np.random.Generator, plan: Plan, quality: Quality, recipe: Recipe, place: int
) -> dict[str, np.ndarray]:
    """Return the first figures of one indicator as columns; areas, indicators and statuses as positions."""
    ends = period_ends(plan, recipe)
    length = FREQUENCIES[plan.frequency]
    last = plan.month_of(ends) - recipe.delay
    span = COUNTED_OVER if recipe.counted else length
    followed = quality.mean(last - span + 1, last)
    area, period = np.nonzero(Lives(plan).exist(np.arange(plan.areas)[:, None], ends[None, :]))
    own = 0.4 * rng.normal(size=plan.areas)
    national = 0.1 * (rng.normal(size=len(ends)) * np.sqrt(length / 12)).cumsum()
    noise = 0.7 * rng.normal(size=len(area)) + own[area] + national[period]
    followed = followed[area, period]
    values = recipe.centre + recipe.spread * (noise - plan.effect * recipe.worse * followed)
    values = values.clip(0, 100 if recipe.unit == "percent" else np.inf).round(1)
    gone = rng.random(len(area)) < MISSING * np.exp(-0.5 * plan.effect * followed)
    hidden = rng.random(len(area)) < SUPPRESSED
    late = rng.random(len(area)) < LATE  # whatever the quality: a returns clerk falls ill anywhere
    end = ends[period]
    return {
        "area": area,
        "indicator": np.full(len(area), place),
        "period_start": end if recipe.counted else _start(ends, length)[period],
        "period_end": end,
        "value": np.where(gone | hidden, np.nan, values),
        "status": np.select([gone, hidden], [1, 2], 0),
        "known_on": end + publication_lag(plan, recipe) + LATE_DAYS * late,
    }


def _start(ends: Days, length: int) -> Days:
    """Return the first day of the period of so many months that ends on the last day of a month."""
    return (ends.astype("datetime64[M]") - length + 1).astype("datetime64[D]")


def late_returns(table: pd.DataFrame, lags: "pd.Series[float]") -> pd.DataFrame:
    """Return the area and the day on which it was due of each figure that came late.

    Parameters
    ----------
    table : DataFrame
        ``observations``.
    lags : Series
        Days from period end to publication, by indicator.

    Returns
    -------
    DataFrame
        ``area_code, due_on``.
    """
    due = table["period_end"] + pd.to_timedelta(table["indicator"].map(lags), unit="D")
    came_late = (table["known_on"] - due).dt.days == LATE_DAYS  # a revision comes later still
    return pd.DataFrame({"area_code": table["area_code"], "due_on": due})[came_late].drop_duplicates()
