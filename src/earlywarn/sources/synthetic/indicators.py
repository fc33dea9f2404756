"""The made-up indicators: what each is called, when it is published, and how it follows quality."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from earlywarn.sources.synthetic.plan import FREQUENCIES, Days, Plan

__all__ = ["RECIPES", "Recipe", "indicators", "period_ends", "publication_lag"]

LAGS = {"quarterly": 75, "monthly": 40}  # days from period end to publication
SAID = ("label", "unit", "polarity", "domain")  # of an indicator, by its recipe


@dataclass(frozen=True)
class Recipe:
    """How one indicator is made.

    Parameters
    ----------
    label, unit, polarity, domain, period_type : str
        As in the table ``indicators``; ``period_type`` is that of annual figures.
    ends : str
        Month and day on which an annual period ends.
    lag : int
        Days from the end of an annual period to publication.
    centre, spread : float
        Mean and spread of its values, in its unit.
    worse : float
        How far quality one lower moves it: 1 for a full spread up, -1 for one down.
    delay : int
        Months by which it follows quality.
    """

    label: str
    unit: str
    polarity: str
    domain: str
    period_type: str
    ends: str
    lag: int
    centre: float
    spread: float
    worse: float
    delay: int

    @property
    def counted(self) -> bool:
        """Whether it is counted on a day, rather than over the period."""
        return self.period_type.startswith("snapshot")


RECIPES = {
    "agency_rate": Recipe(
        "Agency social workers",
        "percent", "higher_is_worse", "workforce", "snapshot_30_september", "09-30", 151, 16, 7, 0.9, 6,
    ),
    "assessments_within_45_days": Recipe(
        "Assessments finished within 45 working days",
        "percent", "higher_is_better", "front_door", "year_to_31_march", "03-31", 244, 82, 8, -1.1, 4,
    ),
    "care_application_rate": Recipe(
        "Care applications per 10,000 children",
        "rate_per_10000", "neutral", "care", "year_to_31_march", "03-31", 244, 11, 3, 0.4, 6,
    ),
    "caseload": Recipe(
        "Average cases per social worker",
        "cases_per_fte", "higher_is_worse", "workforce", "snapshot_30_september", "09-30", 151,
        17, 2.5, 0.9, 5,
    ),
    "cla_per_100_cin": Recipe(
        "Looked-after children per 100 children in need",
        "per_100", "neutral", "demand", "snapshot_31_march", "03-31", 259, 20, 5, 0.3, 9,
    ),
    "cpp_reviewed_in_time": Recipe(
        "Protection plans reviewed in time",
        "percent", "higher_is_better", "protection", "snapshot_31_march", "03-31", 244, 90, 5, -1.0, 5,
    ),
    "fsm_primary_rate": Recipe(
        "Primary pupils eligible for free school meals",
        "percent", "neutral", "context", "snapshot_31_january", "01-31", 181, 22, 7, 0.1, 9,
    ),
    "neet_16_17_rate": Recipe(
        "Young people not in education, employment or training",
        "percent", "higher_is_worse", "context", "financial_year", "03-31", 122, 5.5, 1.5, 0.6, 9,
    ),
    "rereferral_rate": Recipe(
        "Referrals that follow another within 12 months",
        "percent", "higher_is_worse", "front_door", "year_to_31_march", "03-31", 244, 21, 4, 0.9, 6,
    ),
}  # fmt: skip


def period_ends(plan: Plan, recipe: Recipe) -> Days:
    """Return the last day of every period of an indicator, shape (periods,).

    Examples
    --------
    >>> plan = Plan(years=range(2020, 2025), frequency="quarterly")
    >>> period_ends(plan, RECIPES["caseload"])[:2].astype(str).tolist()
    ['2020-03-31', '2020-06-30']
    """
    if plan.frequency == "annual":
        return np.array([f"{year}-{recipe.ends}" for year in plan.years], dtype="datetime64[D]")
    months = np.arange(f"{plan.years[0]}-01", f"{plan.years[-1] + 1}-01", dtype="datetime64[M]")
    length = FREQUENCIES[plan.frequency]
    after = months[length - 1 :: length] + 1
    return after.astype("datetime64[D]") - 1


def publication_lag(plan: Plan, recipe: Recipe) -> int:
    """Return the days from the end of a period to its publication."""
    return LAGS.get(plan.frequency, recipe.lag)


def indicators(plan: Plan) -> pd.DataFrame:
    """Return the table ``indicators``."""
    recipes = RECIPES.values()
    period = {"quarterly": "quarter", "monthly": "month"}.get(plan.frequency)
    types = [
        (f"snapshot_{period}" if recipe.counted else period) if period else recipe.period_type
        for recipe in recipes
    ]
    return pd.DataFrame(
        {
            "indicator": list(RECIPES),
            **{name: [getattr(recipe, name) for recipe in recipes] for name in SAID},
            "source": "Made up",
            "period_type": types,
            "publication_lag_days": [float(publication_lag(plan, recipe)) for recipe in recipes],
            "description": "Made up; measures nothing.",
            "denominator": "",
            "target": np.nan,
            "no_quartile": False,
        }
    )
