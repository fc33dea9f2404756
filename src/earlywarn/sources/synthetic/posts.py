"""Leaders of the made-up areas: which left, which posts stood vacant or had an interim, who was appointed."""

import numpy as np
import pandas as pd

from earlywarn.sources.synthetic.draft import draft, pick, record_after, times
from earlywarn.sources.synthetic.network import Network
from earlywarn.sources.synthetic.plan import YEAR, Days, Indices, Plan
from earlywarn.sources.synthetic.quality import Quality
from earlywarn.sources.synthetic.register import Lives

__all__ = ["LEAVES", "leadership", "log_posts", "posts"]

LEAVES = {  # departures a year where quality is nought
    "director": 0.22,
    "assistant_director": 0.24,
    "head_of_service": 0.2,
    "team_manager": 0.2,
    "chief_executive": 0.12,
    "lead_member": 0.12,
}
WORSE = 0.5  # by how much the logarithm of the rate rises for quality one lower
STIR, STIR_BEFORE, STIR_AFTER = 0.12, 2, 3  # chance that a leader leaves about a break; months about it
STIRRED = ("director", "assistant_director", "head_of_service")
SETTLED = 430  # days: whoever follows is in post by then, and only then may leave
APPOINTED = "appointed"
REPORTED = "director_of_childrens_services"  # the director, as inspection reports call the post


def posts(plan: Plan, quality: Quality) -> pd.DataFrame:
    """Return every change of every post, sorted by area, role and day.

    Returns
    -------
    DataFrame
        ``area`` (position), ``role``, ``detail`` (appointed, left, interim, vacant), ``day``. Each departure
        is followed by an appointment, at once or after an interim or a vacancy; what lies after the last
        day of the log is left out, so that the last of them may be open.

    Examples
    --------
    >>> from earlywarn.sources.synthetic.quality import hidden_quality
    >>> plan = Plan(areas=20)
    >>> posts(plan, hidden_quality(plan))["detail"].iloc[0]
    'appointed'
    """
    rng = plan.rng("posts")
    parts = [_role(rng, plan, quality, role) for role in LEAVES]
    changes = pd.concat(parts, ignore_index=True)
    lives = Lives(plan)
    area, day = changes["area"].to_numpy(), changes["day"].to_numpy().astype("datetime64[D]")
    changes = changes[(day < plan.ends) & (day <= lives.last[area])]
    ordered: pd.DataFrame = changes.sort_values(["area", "role", "day"], kind="stable", ignore_index=True)
    return ordered


def _role(rng: np.random.Generator, plan: Plan, quality: Quality, role: str) -> pd.DataFrame:
    area, left = _departures(rng, plan, quality, role)
    felt = quality.felt(area, left)
    direct = rng.random(len(area)) < 1 / (1 + np.exp(1.0 - 0.6 * felt))
    interim = ~direct & (rng.random(len(area)) < 0.55)  # noqa: PLR2004 - else the post stands vacant
    then_interim = ~direct & ~interim & (rng.random(len(area)) < 0.4)  # noqa: PLR2004 - a vacancy that is filled in between
    soon = rng.integers(1, 15, size=len(area))
    later = rng.integers(25, 70, size=len(area))
    filled = np.where(
        direct,
        rng.integers(1, 45, size=len(area)),
        (100 + 180 * rng.beta(2, 2, size=len(area))).astype(np.int64),
    )
    filled = (filled + np.where(direct, 0, 60 * (-felt).clip(0))).astype(np.int64)
    begun, first = _first_holders(rng, plan)
    changes = [
        (begun, first, APPOINTED),
        (area, left, "left"),
        (area[interim], (left + soon)[interim], "interim"),
        (area[~direct & ~interim], (left + soon)[~direct & ~interim], "vacant"),
        (area[then_interim], (left + later)[then_interim], "interim"),
        (area, left + filled, APPOINTED),
    ]
    return pd.concat(
        [
            pd.DataFrame(
                {"area": places, "role": role, "detail": detail, "day": days.astype("datetime64[ns]")}
            )
            for places, days, detail in changes
        ],
        ignore_index=True,
    )


def _departures(rng: np.random.Generator, plan: Plan, quality: Quality, role: str) -> tuple[Indices, Days]:
    """Return areas and days of departures, each long enough after the one before it."""
    area, day = times(rng, plan, quality, np.ones(plan.areas), a_year=LEAVES[role], worse=WORSE)
    broken, about = _about_breaks(rng, plan, quality)
    if role in STIRRED:
        area, day = np.concatenate([area, broken]), np.concatenate([day, about])
    order = np.lexsort([day, area])
    area, day = area[order], day[order]
    begins = np.maximum(Lives(plan).first[area], plan.opens)
    kept = (day - begins).astype(np.int64) > SETTLED // 2
    kept[1:] &= (area[1:] != area[:-1]) | ((day[1:] - day[:-1]).astype(np.int64) > SETTLED)
    return area[kept], day[kept]


def _about_breaks(rng: np.random.Generator, plan: Plan, quality: Quality) -> tuple[Indices, Days]:
    """Return departures that go with breaks: often just before; none where soft evidence is noise."""
    area = quality.breaks["area"].to_numpy()
    month = quality.breaks["month"].to_numpy() + rng.integers(-STIR_BEFORE, STIR_AFTER + 1, size=len(area))
    chosen = rng.random(len(area)) < STIR * (STIR_BEFORE + STIR_AFTER) * min(plan.soft, 1)
    inside = chosen & (month >= 0) & (month < len(plan.months))
    day = plan.months[month[inside]].astype("datetime64[D]") + rng.integers(28, size=inside.sum())
    area = area[inside]
    there = Lives(plan).exist(area, day) & (day >= plan.opens)
    return area[there], day[there]


def _first_holders(rng: np.random.Generator, plan: Plan) -> tuple[Indices, Days]:
    """Return who is in post when the log, or the area, begins."""
    area = np.arange(plan.areas)
    first = Lives(plan).first
    old = plan.opens - (30 + rng.exponential(2.5 * YEAR, size=plan.areas).clip(0, 10 * YEAR)).astype(np.int64)
    return area, np.where(first > plan.opens, first, old)


def leadership(codes: np.ndarray, changes: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``leadership``: the director in post when inspectors came, as their report says.

    Parameters
    ----------
    codes : array of str, shape (areas,)
    changes : DataFrame
        As ``posts`` returns them.
    held : DataFrame
        ``inspections``; a report on an area whose post stood vacant says nothing.
    """
    own = changes[changes["role"] == "director"].sort_values("day", kind="stable")
    own = own.assign(area_code=codes[own["area"].to_numpy()]).drop(columns=["area", "role"])
    visits = held[["area_code", "start_date", "known_on", "inspection_id"]].sort_values(
        ["start_date", "area_code"], kind="stable"
    )
    found = pd.merge_asof(visits, own, left_on="start_date", right_on="day", by="area_code")
    found = found[found["detail"].isin([APPOINTED, "interim"])]
    found = found.sort_values(["area_code", "start_date"], ignore_index=True)
    return pd.DataFrame(
        {
            "area_code": found["area_code"],
            "role": REPORTED,
            "in_post_since": found["day"],
            "interim": (found["detail"] == "interim").to_numpy(),
            "known_on": found["known_on"],
            "inspection_id": found["inspection_id"],
        }
    )


def log_posts(rng: np.random.Generator, plan: Plan, people: Network, changes: pd.DataFrame) -> pd.DataFrame:
    """Return the changes of posts as the network records them; of silent areas it records none.

    Parameters
    ----------
    changes : DataFrame
        As ``posts`` returns them.
    """
    changes = changes[people.heard[changes["area"].to_numpy()] == 1]
    area = changes["area"].to_numpy()
    day = changes["day"].to_numpy().astype("datetime64[D]")
    count = len(area)
    # none is left out at the end, or the next one would not follow
    known = np.minimum(record_after(rng, np.maximum(day, plan.opens), usual=12), plan.ends)
    return draft(
        area=area,
        kind="leadership_change",
        role=changes["role"].to_numpy(dtype=object),
        detail=changes["detail"].to_numpy(dtype=object),
        occurred_on=day,
        known_on=known,
        confidence=pick(rng, {"high": 0.8, "medium": 0.2}, count),
        source_type=pick(rng, {"peer": 0.5, "document": 0.35, "press": 0.15}, count),
        contributor=people.names[people.speaker(rng, area)],
        tier=pick(rng, {"open": 0.7, "sector": 0.3}, count),
    )
