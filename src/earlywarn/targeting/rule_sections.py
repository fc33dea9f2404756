"""The sections of the rules: each with its defaults, its bounds and what it wants.

The ``description`` of a field is what a fault says the key wants, so it completes "it wants ...".
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from earlywarn.schedule import as_date, quarter_words, read_quarter
from earlywarn.sources.programme_tables import REVIEWER_ROLES

__all__ = [
    "MOST_QUARTERS",
    "CapacityRules",
    "ConcernRules",
    "CoolOffRules",
    "DueRules",
    "FairnessRules",
    "InspectionIntervals",
    "InspectionRules",
    "InterventionRules",
    "ProgrammeRules",
    "RuleSection",
    "TargetedRules",
    "TeamRules",
]

MOST_QUARTERS = 8  # two years: beyond that risks, reviewers and inspections are guesses
CLOSED = r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])/(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"

Grade = Literal["inadequate", "requires_improvement", "good", "outstanding"]
Band = Literal["higher than most", "about the same as most", "lower than most"]
Place = Literal["lead", "theme", "any"]


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _days_of_a_year(spans: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse days that are in no year, such as 30 February."""
    for span in spans:
        for day in span.split("/"):
            as_date(f"2024-{day}")
    return spans


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) < len(values):
        message = "one of them twice"
        raise ValueError(message)
    return values


def _quarter(text: str) -> str:
    """Write a quarter in the one way; an empty text stays empty."""
    return quarter_words(read_quarter(text)) if text.strip() else ""


def _by_quarter(table: object) -> object:
    """Write the quarters of a table in the one way, and refuse one that is there twice."""
    if not isinstance(table, Mapping):
        return table
    named = {_quarter(str(key)): value for key, value in table.items()}
    if len(named) < len(table) or "" in named:
        message = "a quarter twice, or none"
        raise ValueError(message)
    return named


def _roles(values: tuple[str, ...]) -> tuple[str, ...]:
    if not set(values) <= set(REVIEWER_ROLES):
        message = "an unknown role"
        raise ValueError(message)
    return values


def _whole(least: int, most: int) -> str:
    return f"a whole number from {least} to {most:,}"


def _list_of(kind: Any, *checks: Any) -> Any:
    return Annotated[tuple[kind, ...], BeforeValidator(_as_tuple), *map(AfterValidator, checks)]


Count = Annotated[int, Field(ge=0, le=10_000)]
Text = Annotated[str, Field(min_length=1)]


class RuleSection(BaseModel):
    """Frozen, strict (no "12" for 12) and closed: an unknown key is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ProgrammeRules(RuleSection):
    """How long the programme is, and when it begins."""

    name: str = Field(default="Peer reviews", min_length=1, max_length=80, description="a name, in quotes")
    quarters: int = Field(default=MOST_QUARTERS, ge=1, le=MOST_QUARTERS, description=_whole(1, MOST_QUARTERS))
    first_quarter: Annotated[str, AfterValidator(_quarter)] = Field(
        default="", description="a quarter such as 'Apr-Jun 2025', or '' for the first after the as-of date"
    )
    closed: _list_of(Annotated[str, Field(pattern=CLOSED)], _days_of_a_year) = Field(  # type: ignore[valid-type]
        default=("12-20/01-02",),
        description="a list of days of the year between which no review is held, such as ['12-20/01-02']",
    )


class CapacityRules(RuleSection):
    """How many reviews can be held."""

    per_quarter: int | None = Field(
        default=None,
        ge=0,
        le=10_000,
        description=f"{_whole(0, 10_000)}; leave the key out for the fewest that reach every area in time",
    )
    by_quarter: Annotated[dict[str, Count], BeforeValidator(_by_quarter)] = Field(
        default={},
        description="a table of quarters, each once, and whole numbers from 0 to 10,000, such as "
        "{'Jul-Sep 2025' = 4}",
    )


class DueRules(RuleSection):
    """By when every area is reviewed, and what happens if that cannot be."""

    every_months: int = Field(default=24, ge=3, le=120, description=_whole(3, 120))
    catch_up_quarters: int = Field(default=4, ge=1, le=MOST_QUARTERS, description=_whole(1, MOST_QUARTERS))
    no_record: Literal["spread", "now"] = Field(default="spread", description="one of 'spread', 'now'")
    when_impossible: Literal["refuse", "postpone"] = Field(
        default="refuse", description="one of 'refuse', 'postpone'"
    )


class ConcernRules(RuleSection):
    """How strong, how many and how fresh concerns are that ask for a targeted review by themselves."""

    strength: int = Field(default=4, ge=1, le=5, description="a whole number from 1 (slight) to 5 (grave)")
    sources: int = Field(default=2, ge=1, le=20, description=_whole(1, 20))
    months: int = Field(default=12, ge=1, le=60, description=_whole(1, 60))


class TargetedRules(RuleSection):
    """Which areas are offered a targeted review, and how soon."""

    cost_ratio: float = Field(
        default=2.0,
        gt=0,
        le=100,
        allow_inf_nan=False,
        description="a number above 0 and up to 100: how many unneeded reviews one missed area outweighs",
    )
    within_quarters: int = Field(default=4, ge=1, le=MOST_QUARTERS, description=_whole(1, MOST_QUARTERS))
    concerns: ConcernRules = Field(
        default=ConcernRules(), description="a table of settings, headed [targeted.concerns]"
    )

    out_of_its_hands: _list_of(Text, _distinct) = Field(  # type: ignore[valid-type]
        default=("fsm_primary_rate", "fsm_secondary_rate", "population_0_17"),
        description="a list of indicators or features, each once, such as ['fsm_*']",
    )

    @property
    def threshold(self) -> float:
        """The risk from which acting is worth its cost: 1 / (1 + ``cost_ratio``)."""
        return 1 / (1 + self.cost_ratio)


class CoolOffRules(RuleSection):
    """How long an area is left in peace after a review or an inspection."""

    after_review_months: int = Field(default=6, ge=0, le=60, description=_whole(0, 60))
    after_inspection_months: int = Field(default=6, ge=0, le=60, description=_whole(0, 60))


class InspectionIntervals(RuleSection):
    """Months from one inspection to the next, by the judgement of the first."""

    outstanding: int = Field(default=36, ge=6, le=120, description=_whole(6, 120))
    good: int = Field(default=36, ge=6, le=120, description=_whole(6, 120))
    requires_improvement: int = Field(default=36, ge=6, le=120, description=_whole(6, 120))
    inadequate: int = Field(default=24, ge=6, le=120, description=_whole(6, 120))


class InspectionRules(RuleSection):
    """When the next inspection is likely, and how far reviews keep away from it."""

    every_months: InspectionIntervals = Field(
        default=InspectionIntervals(), description="a table of settings, headed [inspection.every_months]"
    )
    weeks_before: int = Field(default=6, ge=0, le=52, description=_whole(0, 52))
    weeks_after: int = Field(default=4, ge=0, le=52, description=_whole(0, 52))
    useful_months: int = Field(default=12, ge=1, le=60, description=_whole(1, 60))
    overdue_months: int = Field(default=3, ge=0, le=60, description=_whole(0, 60))


class InterventionRules(RuleSection):
    """Which areas are taken care of elsewhere, and where."""

    last_judgement: _list_of(Grade, _distinct) = Field(  # type: ignore[valid-type]
        default=("inadequate",),
        description="a list, each once, out of 'inadequate', 'requires_improvement', 'good', 'outstanding'",
    )
    areas: _list_of(Text, _distinct) = Field(  # type: ignore[valid-type]
        default=(), description="a list of areas by code or name, each once, in quotes"
    )
    route: str = Field(
        default="Formal intervention is under way: support is agreed with those who lead it, and a review is "
        "held only at their request.",
        min_length=1,
        description="a sentence, in quotes",
    )


class FairnessRules(RuleSection):
    """How finely risks are told apart, and what decides between equals."""

    risk_step: float = Field(
        default=0.05, ge=0.01, le=0.5, allow_inf_nan=False, description="a number from 0.01 to 0.5"
    )
    ties: Literal["lottery", "rotation"] = Field(
        default="lottery", description="one of 'lottery', 'rotation'"
    )
    seed: int = Field(default=20250401, ge=0, lt=2**32, description="a whole number from 0 to 4,294,967,295")


class TeamRules(RuleSection):
    """Who may review whom, and how much is asked of reviewers and their areas."""

    places: _list_of(Place) = Field(  # type: ignore[valid-type]
        default=("lead", "theme", "theme"),
        min_length=1,
        max_length=12,
        description="a list of 1 to 12 places out of 'lead', 'theme', 'any'",
    )
    lead_roles: _list_of(Text, _distinct, _roles) = Field(  # type: ignore[valid-type]
        default=("director", "assistant_director"),
        description=f"a list, each once, out of {', '.join(map(repr, REVIEWER_ROLES))}",
    )
    independence: Literal["region", "none"] = Field(default="region", description="one of 'region', 'none'")
    neighbours_first: bool = Field(default=True, description="true or false, without quotes")
    max_per_reviewer_per_quarter: int = Field(default=1, ge=1, le=13, description=_whole(1, 13))
    max_places_per_area_per_year: int = Field(default=6, ge=0, le=1_000, description=_whole(0, 1_000))
    judged: _list_of(Grade, _distinct) = Field(  # type: ignore[valid-type]
        default=("good", "outstanding"),
        description="a list, each once, out of 'inadequate', 'requires_improvement', 'good', 'outstanding'",
    )
    not_band: _list_of(Band, _distinct) = Field(  # type: ignore[valid-type]
        default=("higher than most",),
        description="a list, each once, out of 'higher than most', 'about the same as most', "
        "'lower than most'",
    )
