"""A made-up world with planted declines, in the same tables as the real one.

Each area has a hidden quality that drifts, and in some areas drops. Indicators follow it half a year behind
and with noise, inspectors grade it with noise of their own, and everything is published late, as in life.
Turn ``effect`` to nought and nothing follows anything: the world in which no model may find skill.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from earlywarn.schema import GRADES, SUB_JUDGEMENTS, TABLES, empty_table
from earlywarn.sources.tables import Tables, fingerprint
from earlywarn.sources.writing import contents

__all__ = ["synthetic_tables"]

LEAST_AREAS = 14  # two of them merge, and each has ten neighbours
LEAST_YEARS = 5  # or hardly any area is inspected twice
REGIONS = 6
NEIGHBOURS = 10
PERSISTENCE = 0.85  # of quality, from year to year
DECLINES = 0.2  # share of areas with a planted one
DROP, RECOVERY_YEARS = 1.8, 3.0
GAP_YEARS, GAP_SPREAD = 3.0, 0.5  # between inspections
PULL = 1.5  # of quality on the inspectors' score, whose noise is 1
CUTS = (-0.95, -0.05, 1.1)  # of the standardised score, between the four grades
MISSING, SUPPRESSED, LATE, REVISED = 0.02, 0.01, 0.015, 0.01  # shares of the observations
THEMES = {"leadership_change": 0.8, "agency_reliance": 0.5, "drift_and_delay": 1.5}  # mentions on average
SAID = ("label", "unit", "polarity", "domain")  # of an indicator, by its recipe
YEAR = 365.25


@dataclass(frozen=True)
class _Recipe:
    label: str
    unit: str
    polarity: str
    domain: str
    period_type: str
    ends: str  # month and day
    lag: int  # days from period end to publication
    centre: float
    spread: float
    worse: float  # how far quality one lower moves it: 1 for a full spread up, -1 for one down


RECIPES = {
    "agency_rate": _Recipe(
        "Agency social workers",
        "percent", "higher_is_worse", "workforce", "snapshot_30_september", "09-30", 151, 16, 7, 0.9,
    ),
    "assessments_within_45_days": _Recipe(
        "Assessments finished within 45 working days",
        "percent", "higher_is_better", "front_door", "year_to_31_march", "03-31", 244, 82, 8, -1.1,
    ),
    "care_application_rate": _Recipe(
        "Care applications per 10,000 children",
        "rate_per_10000", "neutral", "care", "year_to_31_march", "03-31", 244, 11, 3, 0.4,
    ),
    "caseload": _Recipe(
        "Average cases per social worker",
        "cases_per_fte", "higher_is_worse", "workforce", "snapshot_30_september", "09-30", 151, 17, 2.5, 0.9,
    ),
    "cla_per_100_cin": _Recipe(
        "Looked-after children per 100 children in need",
        "per_100", "neutral", "demand", "snapshot_31_march", "03-31", 259, 20, 5, 0.3,
    ),
    "cpp_reviewed_in_time": _Recipe(
        "Protection plans reviewed in time",
        "percent", "higher_is_better", "protection", "snapshot_31_march", "03-31", 244, 90, 5, -1.0,
    ),
    "fsm_primary_rate": _Recipe(
        "Primary pupils eligible for free school meals",
        "percent", "neutral", "context", "snapshot_31_january", "01-31", 181, 22, 7, 0.1,
    ),
    "neet_16_17_rate": _Recipe(
        "Young people not in education, employment or training",
        "percent", "higher_is_worse", "context", "financial_year", "03-31", 122, 5.5, 1.5, 0.6,
    ),
    "rereferral_rate": _Recipe(
        "Referrals that follow another within 12 months",
        "percent", "higher_is_worse", "front_door", "year_to_31_march", "03-31", 244, 21, 4, 0.9,
    ),
}  # fmt: skip


def synthetic_tables(
    *, areas: int = 120, seed: int = 0, effect: float = 1.0, years: Sequence[int] = range(2012, 2026)
) -> Tables:
    """Make up a world.

    Parameters
    ----------
    areas : int
        How many areas there ever are, at least 14. The first two merge into the last half-way through.
    seed : int
        The same seed makes the same world.
    effect : float
        How strongly indicators, grades, leadership and missing returns follow quality. At 0 all of them are
        noise, and a grade does not depend on the one before it either.
    years : sequence of int
        Years in which periods end, at least 5 and without a gap. The last inspections start before 1 April of
        the last.

    Returns
    -------
    Tables
        Named ``synthetic``; every code and name is made up. There are no visits.

    Raises
    ------
    ValueError
        If there are too few areas or years.

    Examples
    --------
    >>> world = synthetic_tables(areas=20, seed=1)
    >>> world.areas["name"].tolist()[:2], world.fingerprint == synthetic_tables(areas=20, seed=1).fingerprint
    (['Area 001', 'Area 002'], True)
    >>> synthetic_tables(areas=3)
    Traceback (most recent call last):
    ...
    ValueError: a made-up world needs at least 14 areas and 5 years, not 3 and 14.
    """
    if areas < LEAST_AREAS or len(years) < LEAST_YEARS:
        message = (
            f"a made-up world needs at least {LEAST_AREAS} areas and {LEAST_YEARS} years, "
            f"not {areas} and {len(years)}."
        )
        raise ValueError(message)
    rng = np.random.default_rng(seed)
    register = _register(areas, merger=years[len(years) // 2])
    quality = _quality(rng, areas, len(years))
    inspections, score = _inspections(rng, register, quality, years, effect)
    observations = _observations(rng, register, quality, years, effect)
    world = Tables(
        name="synthetic",
        root="",
        fingerprint="",
        licence="",
        source="Made up",
        areas=register,
        indicators=_indicators(),
        observations=observations,
        inspections=inspections,
        neighbours=_neighbours(register, observations, years),
        leadership=_leadership(rng, inspections, score, effect),
        report_themes=_report_themes(rng, inspections, score, effect),
        visits=empty_table("visits"),
    )
    return replace(world, fingerprint=fingerprint(contents(world).items()))


def _register(areas: int, *, merger: int) -> pd.DataFrame:
    number = np.arange(1, areas + 1)
    codes = np.array([f"X{n:08d}" for n in number], dtype=object)
    register = pd.DataFrame(
        {
            "area_code": codes,
            "name": [f"Area {n:03d}" for n in number],
            "region": [f"Region {chr(ord('A') + n % REGIONS)}" for n in number],
            "area_type": "Made up",
            "active_from": pd.Timestamp("1974-04-01"),
            "active_to": pd.NaT,
            "predecessors": "",
            "successors": "",
            "former_codes": "",
        }
    ).astype({"active_from": "datetime64[ns]", "active_to": "datetime64[ns]"})
    # with 2012 to 2025 the first two end on 2019-03-31 and the last begins on 2019-04-01
    register.loc[:1, "active_to"] = pd.Timestamp(merger, 3, 31)
    register.loc[:1, "successors"] = codes[-1]
    register.loc[areas - 1, "active_from"] = pd.Timestamp(merger, 4, 1)
    register.loc[areas - 1, "predecessors"] = f"{codes[0]};{codes[1]}"
    return register


def _quality(rng: np.random.Generator, areas: int, years: int) -> np.ndarray:
    """Return hidden quality, shape (areas, years), higher is better, in about standard deviations."""
    shocks = rng.normal(size=(areas, years))
    quality = shocks.copy()
    for year in range(1, years):
        fresh = np.sqrt(1 - PERSISTENCE**2) * shocks[:, year]
        quality[:, year] = PERSISTENCE * quality[:, year - 1] + fresh
    since = np.arange(years) - rng.integers(2, years, size=areas)[:, None]
    declines = rng.random(areas)[:, None] < DECLINES
    quality -= np.where(declines & (since >= 0), DROP * np.exp(-since.clip(0) / RECOVERY_YEARS), 0)
    quality[-1] = quality[:2].mean(axis=0)  # the merged area carries on from its parts
    return quality


def _exists(register: pd.DataFrame, dates: np.ndarray) -> np.ndarray:
    """Whether each area exists on each of its dates, shape (areas, dates)."""
    begins = register["active_from"].to_numpy()[:, None]
    ends = register["active_to"].fillna(pd.Timestamp("2200-01-01")).to_numpy()[:, None]
    return np.asarray((dates >= begins) & (dates <= ends))


def _observations(
    rng: np.random.Generator, register: pd.DataFrame, quality: np.ndarray, years: Sequence[int], effect: float
) -> pd.DataFrame:
    behind = np.column_stack([quality[:, 0], (quality[:, 1:] + quality[:, :-1]) / 2])
    parts = []
    for indicator, recipe in RECIPES.items():
        ends = pd.to_datetime([f"{year}-{recipe.ends}" for year in years]).to_numpy("datetime64[ns]")
        rows, columns = np.nonzero(_exists(register, np.broadcast_to(ends, quality.shape)))
        own = 0.4 * rng.normal(size=len(register))
        national = 0.1 * rng.normal(size=len(years)).cumsum()
        noise = 0.5 * rng.normal(size=len(rows)) + own[rows] + national[columns]
        values = recipe.centre + recipe.spread * (noise - effect * recipe.worse * behind[rows, columns])
        if recipe.unit == "percent":
            values = np.minimum(values, 100)
        gone = rng.random(len(rows)) < MISSING * np.exp(-0.5 * effect * behind[rows, columns])
        hidden = rng.random(len(rows)) < SUPPRESSED
        late = rng.random(len(rows)) < LATE
        end = pd.Series(ends[columns])
        snapshot = recipe.period_type.startswith("snapshot")
        parts.append(
            pd.DataFrame(
                {
                    "area_code": register["area_code"].to_numpy()[rows],
                    "indicator": indicator,
                    "period_start": end if snapshot else end - pd.DateOffset(years=1) + pd.Timedelta(days=1),
                    "period_end": end,
                    "value": np.where(gone | hidden, np.nan, values.clip(0).round(1)),
                    "status": np.select([gone, hidden], ["missing", "suppressed"], "ok"),
                    "known_on": end + pd.to_timedelta(recipe.lag + 90 * late, unit="D"),
                }
            )
        )
    first = pd.concat(parts, ignore_index=True)
    revised = first[(first["status"] == "ok") & (rng.random(len(first)) < REVISED)].copy()
    revised["value"] = (revised["value"] * rng.uniform(0.9, 1.0, size=len(revised))).round(1)
    revised["known_on"] += pd.Timedelta(days=365)
    both = pd.concat([first, revised]).sort_values(["area_code", "indicator", "period_end", "known_on"])
    return both.reset_index(drop=True)


def _inspections(
    rng: np.random.Generator, register: pd.DataFrame, quality: np.ndarray, years: Sequence[int], effect: float
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the inspections and the inspectors' standardised score of each, shape (inspections,)."""
    times = int(len(years) / (GAP_YEARS - 2 * GAP_SPREAD)) + 2
    gaps = rng.normal(GAP_YEARS, GAP_SPREAD, size=(len(register), times)).clip(GAP_YEARS - 2 * GAP_SPREAD)
    gaps[:, 0] = rng.uniform(0, GAP_YEARS, size=len(register))
    opening, closing = (np.datetime64(f"{year}-04-01", "ns") for year in (years[0], years[-1]))
    days = (gaps.cumsum(axis=1) * YEAR).astype(np.int64)
    starts = opening + days.astype("timedelta64[D]")
    rows, columns = np.nonzero(_exists(register, starts) & (starts < closing))
    start = pd.Series(starts[rows, columns])
    # the first year's quality is that of its 31 March, one day before the opening
    place = days[rows, columns] / YEAR
    before = np.floor(place).astype(np.int64).clip(0, len(years) - 2)
    share = (place - before).clip(0, 1)
    held = (1 - share) * quality[rows, before] + share * quality[rows, before + 1]
    score = (effect * PULL * held + rng.normal(size=len(rows))) / np.hypot(1, effect * PULL)
    part = {name: score + 0.4 * rng.normal(size=len(rows)) for name in SUB_JUDGEMENTS}
    code = register["area_code"].to_numpy()[rows]
    end = start + pd.Timedelta(days=4)
    table = pd.DataFrame(
        {
            "inspection_id": code + "_" + start.dt.strftime("%Y%m%d").to_numpy(dtype=object),
            "area_code": code,
            "framework": "made up",
            "inspection_type": "standard",
            "start_date": start,
            "end_date": end,
            "known_on": end + pd.to_timedelta(rng.integers(35, 75, size=len(rows)), unit="D"),
            "overall": _grades(score),
            **{name: _grades(held_part) for name, held_part in part.items()},
        }
    )
    return table, score


def _grades(score: np.ndarray) -> list[str]:
    return [GRADES[place] for place in np.digitize(score, CUTS)]


def _indicators() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "indicator": list(RECIPES),
            **{name: [getattr(recipe, name) for recipe in RECIPES.values()] for name in SAID},
            "source": "Made up",
            "period_type": [recipe.period_type for recipe in RECIPES.values()],
            "publication_lag_days": [float(recipe.lag) for recipe in RECIPES.values()],
            "description": "Made up; measures nothing.",
        }
    )


def _neighbours(register: pd.DataFrame, observations: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """Return two published sets, early and half-way: the ten areas nearest in free school meals."""
    meals = observations[observations["indicator"] == "fsm_primary_rate"].groupby("area_code")["value"].mean()
    parts = []
    for model, year in (("first", years[0]), ("second", years[len(years) // 2])):
        published = pd.Timestamp(year, 5, 31)
        there = register[_exists(register, np.full((len(register), 1), published.to_datetime64()))[:, 0]]
        level = meals.reindex(there["area_code"]).fillna(meals.mean()).to_numpy()
        apart = np.abs(level[:, None] - level)
        np.fill_diagonal(apart, np.inf)
        nearest = apart.argsort(axis=1, kind="stable")[:, :NEIGHBOURS]
        codes = there["area_code"].to_numpy()
        parts.append(
            pd.DataFrame(
                {
                    "area_code": codes.repeat(NEIGHBOURS),
                    "neighbour_code": codes[nearest].ravel(),
                    "rank": np.tile(np.arange(1, NEIGHBOURS + 1), len(codes)),
                    "closeness": "Close",
                    "model": model,
                    "known_on": published,
                }
            ).astype({"known_on": "datetime64[ns]"})
        )
    return pd.concat(parts, ignore_index=True)


def _leadership(
    rng: np.random.Generator, inspections: pd.DataFrame, score: np.ndarray, effect: float
) -> pd.DataFrame:
    """Return who leads, as reports say: for less long, and more often as interim, where the score is low."""
    tenure = rng.exponential(2.5 * np.exp(0.3 * effect * score)) * YEAR
    interim = rng.random(len(score)) < 1 / (1 + np.exp(2.5 + effect * score))
    return pd.DataFrame(
        {
            "area_code": inspections["area_code"],
            "role": "director_of_childrens_services",
            "in_post_since": inspections["start_date"] - pd.to_timedelta(tenure.astype(np.int64), unit="D"),
            "interim": interim,
            "known_on": inspections["known_on"],
            "inspection_id": inspections["inspection_id"],
        }
    )


def _report_themes(
    rng: np.random.Generator, inspections: pd.DataFrame, score: np.ndarray, effect: float
) -> pd.DataFrame:
    table = inspections[["area_code", "inspection_id", "known_on"]].copy()
    table["words"] = rng.integers(4000, 12000, size=len(score))
    for theme, mentions in THEMES.items():
        table[theme] = rng.poisson(mentions * np.exp(-0.3 * effect * score))
    return table[[*TABLES["report_themes"].names, *THEMES]]
