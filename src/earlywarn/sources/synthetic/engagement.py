"""How made-up areas meet others: peer reviews offered, declined or held and followed up, and support lent."""

import numpy as np
import pandas as pd

from earlywarn.sources.synthetic.draft import draft, pick, record_after, times
from earlywarn.sources.synthetic.network import Network
from earlywarn.sources.synthetic.plan import YEAR, Days, Indices, Plan
from earlywarn.sources.synthetic.quality import Quality
from earlywarn.sources.synthetic.register import Lives

__all__ = ["peer_reviews", "support"]

EVERY = 2.2  # years between offers
DECLINE, DECLINE_WORSE = -1.3, 0.8  # log-odds where quality is nought, and for quality one lower
FOLLOWED = 0.7  # share of the reviews that are followed up
LENT, LENT_BETTER = 0.15, -0.8  # times a year where quality is nought


def peer_reviews(rng: np.random.Generator, plan: Plan, quality: Quality, people: Network) -> pd.DataFrame:
    """Return offers, and what came of each: declined, or held and perhaps followed up."""
    rounds = int((plan.ends - plan.opens).astype(np.int64) / (EVERY * YEAR)) + 1
    place = (
        np.arange(rounds)
        + rng.uniform(0, 1, size=(plan.areas, 1))
        + 0.1 * rng.normal(size=(plan.areas, rounds))
    )
    offered = plan.opens + (place.clip(0) * EVERY * YEAR).astype(np.int64)
    asked = rng.random(offered.shape) < people.heard[:, None]
    area, column = np.nonzero(asked & Lives(plan).exist(np.arange(plan.areas)[:, None], offered))
    day = offered[area, column]
    odds = DECLINE - DECLINE_WORSE * quality.felt(area, day)
    declined = rng.random(len(area)) < 1 / (1 + np.exp(-odds))
    answered = day + rng.integers(10, 40, size=len(area))
    held = day + rng.integers(60, 150, size=len(area))
    back = held + rng.integers(180, 330, size=len(area))
    followed = ~declined & (rng.random(len(area)) < FOLLOWED)
    steps = [
        (area, day, "offered"),
        (area[declined], answered[declined], "declined"),
        (area[~declined], held[~declined], "held"),
        (area[followed], back[followed], "follow_up"),
    ]
    return pd.concat(
        [_step(rng, plan, people, area=places, day=days, detail=detail) for places, days, detail in steps],
        ignore_index=True,
    )


def _step(
    rng: np.random.Generator, plan: Plan, people: Network, *, area: Indices, day: Days, detail: str
) -> pd.DataFrame:
    there = (day <= plan.ends) & Lives(plan).exist(area, day)
    area, day = area[there], day[there]
    return draft(
        area=area,
        kind="peer_review",
        detail=detail,
        occurred_on=day,
        known_on=record_after(rng, day, usual=6),
        confidence="high",
        source_type="review",
        contributor=people.names[people.watchers[area, 1]],
        tier="open" if detail == "held" else "sector",
    )


def support(rng: np.random.Generator, plan: Plan, quality: Quality, people: Network) -> pd.DataFrame:
    """Return workers lent to others: good areas lend more, and carry the load."""
    area, day = times(rng, plan, quality, people.heard, a_year=LENT, worse=LENT_BETTER)
    workers = 1.0 + rng.poisson(1.5, size=len(area))
    return draft(
        area=area,
        kind="support_given",
        occurred_on=day,
        known_on=record_after(rng, day, usual=20),
        strength=(workers + 1).clip(1, 5),
        confidence="high",
        source_type="peer",
        contributor=people.names[people.speaker(rng, area)],
        tier=pick(rng, {"open": 0.5, "sector": 0.5}, len(area)),
        amount=workers,
    )
