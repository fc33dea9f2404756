"""What the made-up network says: informed concerns, rumours, good news, echoes, and entries made twice."""

from typing import Any

import numpy as np
import pandas as pd

from earlywarn.sources.synthetic.draft import draft, pick, record_after, struck, times
from earlywarn.sources.synthetic.network import Network
from earlywarn.sources.synthetic.plan import Days, Indices, Numbers, Plan
from earlywarn.sources.synthetic.quality import Quality

__all__ = ["KINDS", "voices"]

KINDS = {  # of concern, with their odds
    "leadership_concern": 0.16,
    "workforce_concern": 0.16,
    "practice_concern": 0.15,
    "front_door_backlog": 0.13,
    "caseload_concern": 0.11,
    "family_voice": 0.09,
    "partnership_concern": 0.07,
    "data_unreliable": 0.04,
    "restructure": 0.04,
    "savings": 0.03,
    "whistleblowing": 0.03,
    "innovation_concern": 0.02,
}
INFORMED, RUMOURS, GOOD_NEWS = 1.9, 0.35, 0.6  # a year, where quality is nought
WORSE, BETTER = 0.9, -0.6
SOURCES = {"peer": 0.4, "staff": 0.2, "partner": 0.2, "review": 0.2}
HEARSAY = {"press": 0.6, "peer": 0.4}
SOURCE_OF = {"family_voice": "family", "whistleblowing": "staff", "data_unreliable": "returns"}
TIERS = {"open": 0.15, "sector": 0.65, "restricted": 0.2}
TIER_OF = {"whistleblowing": "restricted"}
ECHOED, MOST_COPIES, TWICE = 0.08, 3, 0.01  # shares of what is heard
CASES, WAITING = 17.0, 45.0  # per worker; contacts and assessments


def voices(rng: np.random.Generator, plan: Plan, quality: Quality, people: Network) -> pd.DataFrame:
    """Return what is said of areas; rows that copy another name it in ``copy_of``."""
    heard = people.heard * people.readiness
    seen = times(rng, plan, quality, heard, a_year=INFORMED, worse=WORSE)
    rumoured = times(rng, plan, quality, heard, a_year=RUMOURS, worse=0)
    praised = times(rng, plan, quality, heard, a_year=GOOD_NEWS, worse=BETTER)
    own = pd.concat(
        [
            _concerns(rng, people, *seen, worse=-quality.felt(*seen), sources=SOURCES, nature="informed"),
            _concerns(
                rng, people, *rumoured, worse=np.zeros(len(rumoured[0])), sources=HEARSAY, nature="rumour"
            ),
            _praise(rng, people, *praised, better=quality.felt(*praised)),
        ],
        ignore_index=True,
    )
    return _repeated(rng, people, own)


def _concerns(
    rng: np.random.Generator,
    people: Network,
    area: Indices,
    day: Days,
    *,
    worse: Numbers,
    sources: dict[str, float],
    nature: str,
) -> pd.DataFrame:
    count = len(area)
    speaker = people.speaker(rng, area)
    kind = pick(rng, KINDS, count)
    amount = np.full(count, np.nan)
    told = rng.random(count) < 0.7  # noqa: PLR2004 - the share who know a number
    noise = rng.normal(size=count)
    cases, waiting = told & (kind == "caseload_concern"), told & (kind == "front_door_backlog")
    amount[cases] = (CASES + 2.5 * (0.8 * worse + noise)).clip(5).round(1)[cases]
    amount[waiting] = (WAITING * np.exp(0.5 * worse + 0.5 * noise)).round()[waiting]
    sure = {"low": 0.15, "medium": 0.5, "high": 0.35} if nature == "informed" else {"low": 0.8, "medium": 0.2}
    return draft(
        area=area,
        kind=kind,
        occurred_on=day,
        known_on=record_after(rng, day, usual=12),
        strength=struck(rng, worse, people.bias[speaker]),
        confidence=pick(rng, sure, count),
        source_type=_unless(kind, SOURCE_OF, pick(rng, sources, count)),
        contributor=people.names[speaker],
        tier=_unless(kind, TIER_OF, pick(rng, TIERS, count)),
        amount=amount,
        nature=nature,
    )


def _praise(
    rng: np.random.Generator, people: Network, area: Indices, day: Days, *, better: Numbers
) -> pd.DataFrame:
    speaker = people.speaker(rng, area)
    return draft(
        area=area,
        kind="positive",
        occurred_on=day,
        known_on=record_after(rng, day, usual=20),
        strength=struck(rng, better, -people.bias[speaker]),
        confidence=pick(rng, {"low": 0.1, "medium": 0.5, "high": 0.4}, len(area)),
        source_type=pick(rng, SOURCES, len(area)),
        contributor=people.names[speaker],
        tier=pick(rng, {"open": 0.4, "sector": 0.6}, len(area)),
        nature="informed",
    )


def _unless(kind: np.ndarray, fixed: dict[str, str], drawn: np.ndarray) -> np.ndarray:
    """Return what was drawn, except for the kinds that have but one."""
    for name, word in fixed.items():
        drawn = np.where(kind == name, word, drawn)
    return drawn


def _repeated(rng: np.random.Generator, people: Network, own: pd.DataFrame) -> pd.DataFrame:
    """Add echoes, which share a link with their source, and entries that somebody made twice."""
    echoed = np.flatnonzero(rng.random(len(own)) < ECHOED)
    link = own["link"].to_numpy(dtype=object)
    link[echoed] = [f"https://news.example.org/item/{n:06d}" for n in range(1, len(echoed) + 1)]
    own = own.assign(link=link)
    source = echoed.repeat(rng.integers(1, MOST_COPIES + 1, size=len(echoed)))
    only_pass_on = rng.choice(np.flatnonzero(people.echoes), size=len(source))
    anyone = rng.integers(len(people.bias), size=len(source))
    speaker = np.where(rng.random(len(source)) < 0.6, only_pass_on, anyone)  # noqa: PLR2004 - mostly those
    twice = np.flatnonzero(rng.random(len(own)) < TWICE)
    echoes = _copies(rng, own, source, usual=15, nature="echo", contributor=people.names[speaker])
    return pd.concat([own, echoes, _copies(rng, own, twice, usual=3, nature="duplicate")], ignore_index=True)


def _copies(
    rng: np.random.Generator, own: pd.DataFrame, source: Indices, *, usual: float, nature: str, **changed: Any
) -> pd.DataFrame:
    copies = own.iloc[source].reset_index(drop=True)
    known = copies["known_on"].to_numpy().astype("datetime64[D]")
    again = record_after(rng, known, usual=usual, least=2)
    return copies.assign(known_on=again.astype("datetime64[ns]"), nature=nature, copy_of=source, **changed)
