"""What made-up areas return regularly: complaints, agency and vacancy shares; and what came late."""

import numpy as np
import pandas as pd

from earlywarn.sources.synthetic.draft import draft, pick, record_after, times
from earlywarn.sources.synthetic.network import Network
from earlywarn.sources.synthetic.plan import Days, Indices, Numbers, Plan
from earlywarn.sources.synthetic.quality import FELT, Quality
from earlywarn.sources.synthetic.register import Lives

__all__ = ["complaints", "data_late", "shares"]

CHILDREN, CHILDREN_SPREAD = 900.0, 0.6  # in touch with the service in a quarter: median, log-spread
COMPLAINTS = 0.012  # of the children in touch, in a quarter
MORE, SCATTER = 0.35, 0.25  # how it follows quality; log-spread beyond chance
MOST = 4.0  # of what is felt, or some areas would have more complaints than children
RETURNED = 0.94  # share of the quarters
LATER_STAGES = {"stage_2": (0.35, 0.12), "stage_3": (0.1, 0.03), "ombudsman": (0.1, 0.03)}  # said; share
HALF_YEARS = (3, 9)  # months in which they end
UPHELD, UPHELD_BETTER = 0.6, 0.4  # log-odds against, where quality is nought, and for quality one higher
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
    """Return complaints received by quarter, some of them at later stages too, and upheld by half-year."""
    received = _received(rng, plan, quality, people)
    later = [_later_stage(rng, people, received, stage=stage) for stage in LATER_STAGES]
    return pd.concat([received, *later, _upheld(rng, people, quality, received)], ignore_index=True)


def _received(rng: np.random.Generator, plan: Plan, quality: Quality, people: Network) -> pd.DataFrame:
    ends = _month_ends(plan, 3)
    area, period = _returned(rng, plan, people, ends, RETURNED)
    months = plan.month_of(ends)
    felt = quality.mean(months - 2, months)[area, period].clip(-FELT, FELT) * plan.soft
    children = CHILDREN * np.exp(CHILDREN_SPREAD * rng.normal(size=plan.areas))
    exposure = (children[area] * rng.uniform(0.85, 1.15, size=len(area))).round()
    rate = COMPLAINTS * np.exp(-MORE * felt.clip(-MOST, MOST) + SCATTER * rng.normal(size=len(area)))
    amount = rng.poisson(exposure * rate).astype(float)
    return _return(
        rng,
        people,
        area,
        ends[period],
        kind="complaints",
        detail="stage_1",
        amount=amount,
        exposure=exposure,
    )


def _later_stage(
    rng: np.random.Generator, people: Network, received: pd.DataFrame, *, stage: str
) -> pd.DataFrame:
    """Return how many of a quarter's complaints went further, for the quarters whose return says so."""
    said, share = LATER_STAGES[stage]
    own = received[rng.random(len(received)) < said]
    return _return(
        rng,
        people,
        own["area"].to_numpy(),
        own["occurred_on"].to_numpy().astype("datetime64[D]"),
        kind="complaints",
        detail=stage,
        amount=rng.binomial(own["amount"].to_numpy().astype(np.int64), share).astype(float),
        exposure=own["exposure"].to_numpy(),
    )


def _upheld(
    rng: np.random.Generator, people: Network, quality: Quality, received: pd.DataFrame
) -> pd.DataFrame:
    """Return how many complaints were decided and upheld, by half-year, if its last quarter was returned."""
    own = received[received["occurred_on"].dt.month.isin(HALF_YEARS)]
    area = own["area"].to_numpy()
    day = own["occurred_on"].to_numpy().astype("datetime64[D]")
    decided = rng.poisson(2 * COMPLAINTS * own["exposure"].to_numpy())
    chance = 1 / (1 + np.exp(UPHELD + UPHELD_BETTER * quality.felt(area, day)))
    upheld = rng.binomial(decided, chance)
    kept = decided > 0
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
