"""What made-up areas return regularly: complaints, agency and vacancy shares; and what came late."""

import numpy as np
import pandas as pd

from earlywarn.sources.synthetic.draft import draft, pick, record_after, times
from earlywarn.sources.synthetic.network import Network
from earlywarn.sources.synthetic.plan import Days, Indices, Numbers, Plan
from earlywarn.sources.synthetic.quality import Quality
from earlywarn.sources.synthetic.register import Lives

__all__ = ["complaints", "data_late", "shares"]

CHILDREN, CHILDREN_SPREAD = 900.0, 0.6  # in touch with the service in a quarter: median, log-spread
COMPLAINTS = 0.012  # of the children in touch, in a quarter
MORE, SCATTER = 0.35, 0.25  # how it follows quality; log-spread beyond chance
NEXT_STAGE, UPHELD = 0.12, 0.35  # shares
ROUND_SHARES = {
    "agency_reliance": (16.0, 6.0, 0.7),
    "vacancies": (14.0, 5.0, 0.5),
}  # centre, spread, returned
STEPS = (0.6, 0.2, -0.2, -0.6)  # of the standardised share, between strengths 5, 4, 3, 2 and 1
LATE = 0.08  # further late returns a year, where quality is nought


def _month_ends(plan: Plan, every: int) -> Days:
    """Return the last days of periods of so many months, counted from 1 April."""
    starts = np.arange(
        plan.opens.astype("datetime64[M]") + every, f"{plan.years[-1] + 1}-01", dtype="datetime64[M]"
    )
    return starts[::every].astype("datetime64[D]") - 1


def _returned(
    rng: np.random.Generator, plan: Plan, people: Network, ends: Days, share: float
) -> tuple[Indices, Indices]:
    """Draw which area returned which period."""
    there = Lives(plan).exist(np.arange(plan.areas)[:, None], ends[None, :])
    drawn = rng.random(there.shape) < share * people.heard[:, None]
    area, period = np.nonzero(there & drawn)
    return area, period


def complaints(rng: np.random.Generator, plan: Plan, quality: Quality, people: Network) -> pd.DataFrame:
    """Return complaints received, by quarter and by year, and upheld, by year."""
    children = CHILDREN * np.exp(CHILDREN_SPREAD * rng.normal(size=plan.areas))
    quarters = _complaints(rng, plan, quality, people, every=3, stage="stage_1", children=children)
    years = _complaints(rng, plan, quality, people, every=12, stage="stage_2", children=children)
    return pd.concat([quarters, years, _upheld(rng, people, quality, years)], ignore_index=True)


def _complaints(
    rng: np.random.Generator,
    plan: Plan,
    quality: Quality,
    people: Network,
    *,
    every: int,
    stage: str,
    children: Numbers,
) -> pd.DataFrame:
    ends = _month_ends(plan, every)
    area, period = _returned(rng, plan, people, ends, 0.94)
    months = plan.month_of(ends)
    felt = quality.mean(months - every + 1, months)[area, period].clip(-2.5, 2.5) * plan.soft
    exposure = (children[area] * np.sqrt(every / 3) * rng.uniform(0.85, 1.15, size=len(area))).round()
    share = 1 if stage == "stage_1" else NEXT_STAGE * np.sqrt(every / 3)
    rate = COMPLAINTS * share * np.exp(-MORE * felt.clip(-4, 4) + SCATTER * rng.normal(size=len(area)))
    return _return(
        rng,
        people,
        area,
        ends[period],
        kind="complaints",
        detail=stage,
        amount=rng.poisson(exposure * rate).astype(float),
        exposure=exposure,
    )


def _upheld(rng: np.random.Generator, people: Network, quality: Quality, years: pd.DataFrame) -> pd.DataFrame:
    """Return how many of a year's complaints were decided and upheld."""
    area = years["area"].to_numpy()
    day = years["occurred_on"].to_numpy().astype("datetime64[D]")
    decided = rng.poisson(4 * COMPLAINTS * years["exposure"].to_numpy() / 2)
    chance = 1 / (1 + np.exp(0.6 + 0.4 * quality.felt(area, day)))
    kept = decided > 0
    upheld = rng.binomial(decided, chance)
    return _return(
        rng,
        people,
        area[kept],
        day[kept],
        kind="complaints_upheld",
        detail="stage_1",
        amount=upheld[kept].astype(float),
        exposure=decided[kept].astype(float),
    )


def _return(
    rng: np.random.Generator,
    people: Network,
    area: Indices,
    day: Days,
    *,
    kind: str,
    detail: str = "",
    amount: Numbers,
    exposure: Numbers | float = np.nan,
    strength: Numbers | float = np.nan,
) -> pd.DataFrame:
    return draft(
        area=area,
        kind=kind,
        detail=detail,
        occurred_on=day,
        known_on=record_after(rng, day, usual=10, least=12),
        strength=strength,
        confidence=pick(rng, {"high": 0.7, "medium": 0.3}, len(area)),
        source_type="returns",
        contributor=people.names[people.watchers[area, 0]],
        tier=pick(rng, {"open": 0.5, "sector": 0.5}, len(area)),
        amount=amount,
        exposure=exposure,
    )


def shares(rng: np.random.Generator, plan: Plan, quality: Quality, people: Network) -> pd.DataFrame:
    """Return the shares of agency staff and of vacant posts, from the regional round twice a year."""
    ends = _month_ends(plan, 6)
    parts = []
    for kind, (centre, spread, returned) in ROUND_SHARES.items():
        own = 0.4 * rng.normal(size=plan.areas)
        area, period = _returned(rng, plan, people, ends, returned)
        day = ends[period]
        high = own[area] + 0.5 * rng.normal(size=len(area)) - 0.8 * quality.felt(area, day)
        amount = (centre + spread * high).clip(0, 95).round(1)
        strength: Numbers = (np.digitize(high, STEPS[::-1]) + 1).astype(np.float64)
        parts.append(_return(rng, people, area, day, kind=kind, amount=amount, strength=strength))
    return pd.concat(parts, ignore_index=True)


def data_late(
    rng: np.random.Generator, plan: Plan, quality: Quality, people: Network, published: pd.DataFrame
) -> pd.DataFrame:
    """Return late returns: of the figures that came late, and of others that are never published.

    Parameters
    ----------
    published : DataFrame
        ``area`` (position) and ``due_on`` of each published figure that came late, whatever the quality.
    """
    area, day = times(rng, plan, quality, people.heard, a_year=LATE, worse=0.7)
    own = published["area"].to_numpy(), published["due_on"].to_numpy().astype("datetime64[D]")
    heard = rng.random(len(published)) < people.heard[own[0]]
    heard &= (own[1] >= plan.opens) & (own[1] <= plan.ends) & Lives(plan).exist(*own)
    area, day = np.concatenate([area, own[0][heard]]), np.concatenate([day, own[1][heard]])
    return draft(
        area=area,
        kind="data_late",
        occurred_on=day,
        known_on=record_after(rng, day, usual=10, least=3),
        strength=rng.integers(1, 4, size=len(area)).astype(float),
        confidence="high",
        source_type="returns",
        contributor=people.names[people.watchers[area, 0]],
        tier=pick(rng, {"open": 0.3, "sector": 0.7}, len(area)),
    )
