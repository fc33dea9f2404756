"""The part of the catalogue that rests on the log of soft intelligence, made for the kinds it is kept in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from earlywarn.features import agency, complaints, engagement, facts, leadership, pressure, silence
from earlywarn.features.contributors import concern_kinds
from earlywarn.features.pressure import HALF_LIFE_DAYS
from earlywarn.features.spec import BETTER, NEUTRAL, SOFT, WORSE, FeatureSpec
from earlywarn.features.spells import INTERIM, PERMANENT, VACANT
from earlywarn.intelligence.kinds import ROLES, Kind, read_kinds
from earlywarn.panel.snapshot import Snapshot
from earlywarn.schema import ENABLERS

__all__ = ["soft_features"]

POLARITY = {"worse": WORSE, "better": BETTER, "neutral": NEUTRAL}
LED, JUDGED, STAFF, DATA = (
    "leadership and governance",
    "strategic approach",
    "workforce",
    "supporting apparatus",
)
ENGAGED, MEANS = "partners", "resources"
HELD = (INTERIM, PERMANENT)


def soft_features(
    kinds: Mapping[str, Kind] | None = None, half_life_days: float = HALF_LIFE_DAYS
) -> tuple[FeatureSpec, ...]:
    """Return the features of the log, for the kinds and the half-life of a configuration.

    Parameters
    ----------
    kinds : dict of str to Kind, optional
        From ``read_kinds``; the packaged ones where not given. Every kind that counts as pressure gets a
        feature ``pressure_<kind>``.
    half_life_days : float
        After how many days an entry weighs half.

    Returns
    -------
    tuple of FeatureSpec
        In order, with unique names and ``evidence`` soft.

    Examples
    --------
    >>> own = Kind("housing", "Housing", theme="partners", direction="worse")
    >>> [spec.name for spec in soft_features(read_kinds() | {"housing": own}) if "housing" in spec.name]
    ['pressure_housing']
    """
    kinds = read_kinds() if kinds is None else kinds
    return (
        *_pressures(kinds, half_life_days),
        *_voices(kinds),
        *_posts(),
        *_leadership(),
        *(replace(spec, people=True) for spec in _complaints()),
        *_facts(),
    )


def _soft(  # noqa: PLR0917 - in the order of FeatureSpec
    name: str,
    theme: str,
    unit: str,
    polarity: str,
    builder: Callable[[Snapshot], xr.DataArray],
    words: str,
    behind: Callable[[Snapshot], npt.NDArray[np.int64]] | None,
) -> FeatureSpec:
    return FeatureSpec(name, theme, unit, polarity, builder, words, evidence=SOFT, behind=behind)


def _pressures(kinds: Mapping[str, Kind], half_life_days: float) -> Iterator[FeatureSpec]:
    concerns = concern_kinds(kinds)
    given: dict[str, Any] = {"concerns": concerns, "half_life_days": half_life_days}
    yield _soft(
        "concern_pressure",
        LED,
        "pressure",
        WORSE,
        partial(pressure.concern_pressure, **given),
        "All concerns voiced, fresh and corroborated ones counting more, together weigh {value}",
        partial(pressure.rows_of_kinds, of=concerns, **given),
    )
    for enabler in ENABLERS:
        of = tuple(name for name in concerns if kinds[name].theme == enabler)
        if of:
            yield _soft(
                f"enabler_pressure_{enabler.replace(' ', '_')}",
                enabler,
                "pressure",
                WORSE,
                partial(pressure.enabler_pressure, enabler=enabler, of=of, **given),
                f"The concerns voiced about {enabler} together weigh {{value}}",
                partial(pressure.rows_of_kinds, of=of, **given),
            )
    for kind in kinds.values():
        if kind.pressure:
            label = kind.label.replace("{", "{{").replace("}", "}}")
            yield _soft(
                f"pressure_{kind.name}",
                kind.theme,
                "pressure, 0 to 1",
                POLARITY[kind.direction],
                partial(pressure.kind_pressure, kind=kind.name, **given),
                f"{label}: what was logged weighs {{value}} on a scale from 0 to 1",
                partial(pressure.rows_of_kinds, of=(kind.name,), **given),
            )


def _voices(kinds: Mapping[str, Kind]) -> Iterator[FeatureSpec]:
    concerns = concern_kinds(kinds)
    behind = partial(pressure.rows_of_the_year, concerns=concerns)
    yield _soft(
        "concern_sources",
        LED,
        "sources",
        WORSE,
        partial(pressure.concern_sources, concerns=concerns),
        "Independent sources that voiced a concern in the last 12 months: {value}",
        behind,
    )
    yield _soft(
        "gravest_concern",
        LED,
        "strength, 1 to 5",
        WORSE,
        partial(pressure.gravest_concern, concerns=concerns),
        "The gravest concern of the last 12 months has a strength of {value} on a scale from 1 to 5",
        behind,
    )
    yield _soft(
        "silence",
        ENGAGED,
        "yes or no",
        NEUTRAL,
        silence.silence,
        "Nothing was logged of it for a year, while most areas were spoken of | "
        "Something was logged of it in the last year",
        None,
    )


def _posts() -> Iterator[FeatureSpec]:
    for role, post in ROLES.items():
        name = f"{post[:1].lower()}{post[1:]}"
        yield _soft(
            f"{role}_in_post",
            LED,
            "years",
            BETTER,
            partial(leadership.tenure, role=role),
            f"The present {name} has been in post for {{value}} years",
            partial(leadership.rows_of_post, role=role, states=HELD, present=True),
        )
        yield _soft(
            f"{role}_months_vacant",
            LED,
            "months",
            WORSE,
            partial(leadership.months_vacant, role=role),
            f"The post of {name} was vacant for {{value}} of the last 24 months",
            partial(leadership.rows_of_post, role=role, states=(VACANT,)),
        )
        yield _soft(
            f"{role}_months_interim",
            LED,
            "months",
            WORSE,
            partial(leadership.months_interim, role=role),
            f"An interim held the post of {name} for {{value}} of the last 24 months",
            partial(leadership.rows_of_post, role=role, states=(INTERIM,)),
        )


def _leadership() -> Iterator[FeatureSpec]:
    for months in (12, 24):
        yield _soft(
            f"leadership_changes_{months}",
            LED,
            "changes",
            WORSE,
            partial(leadership.leadership_changes, months=months),
            f"Changes in the posts that lead the service in the last {months} months: {{value}}",
            partial(leadership.rows_of_changes, months=months),
        )
    yield _soft(
        "leadership_stability",
        LED,
        "index, 0 to 1",
        BETTER,
        leadership.leadership_stability,
        "The posts that lead the service were settled to a degree of {value} on a scale from 0 to 1",
        partial(leadership.rows_of_changes, months=24, lasting=True),
    )


def _complaints() -> Iterator[FeatureSpec]:
    yield _soft(
        "complaints_rate",
        JUDGED,
        "complaints per 1,000 children in touch",
        NEUTRAL,
        complaints.complaints_rate,
        "Complaints received per 1,000 children in touch, by period over the last 12 months: {value}",
        complaints.rows_received,
    )
    yield _soft(
        "complaints_upheld",
        JUDGED,
        "share of those decided",
        WORSE,
        complaints.upheld_share,
        "{value} of the complaints decided in the last 12 months were upheld",
        complaints.rows_upheld,
    )
    yield _soft(
        "complaints_signal",
        JUDGED,
        "standard errors",
        WORSE,
        complaints.complaints_signal,
        "The latest rate of complaints stands {value} standard errors from the area's own past",
        partial(complaints.rows_received, ever=True),
    )


def _facts() -> Iterator[FeatureSpec]:
    yield _soft(
        "agency_level",
        STAFF,
        "percent of social workers",
        WORSE,
        agency.agency_level,
        "The newest share of agency staff, published or logged, is {value}%",
        agency.rows_of_shares,
    )
    yield _soft(
        "agency_change",
        STAFF,
        "percentage points",
        WORSE,
        agency.agency_change,
        "The share of agency staff, published or logged, changed over a year by {value} percentage points",
        agency.rows_of_shares,
    )
    yield _soft(
        "agency_beyond_vacancies",
        STAFF,
        "percentage points",
        NEUTRAL,
        agency.agency_beyond_vacancies,
        "The share of agency staff less that of vacant posts is {value} percentage points",
        partial(agency.rows_of_shares, vacancies=True),
    )
    yield _soft(
        "months_since_review",
        ENGAGED,
        "months",
        WORSE,
        engagement.months_since_review,
        "The last peer review was held {value} months before, or longer ago where none is logged",
        engagement.rows_of_reviews,
    )
    for name, theme, kind, detail, words in (
        ("declined_reviews", ENGAGED, "peer_review", "declined", "Offers of a peer review declined"),
        ("late_returns", DATA, "data_late", None, "Returns logged as late"),
    ):
        yield _soft(
            name,
            theme,
            "in 24 months",
            WORSE,
            partial(facts.fact_count, kind=kind, detail=detail),
            f"{words} in the last 24 months: {{value}}",
            partial(facts.rows_of_facts, kind=kind, detail=detail, months=24),
        )
    yield _soft(
        "support_given",
        MEANS,
        "full-time workers in 24 months",
        WORSE,
        facts.workers_lent,
        "Full-time workers lent to other areas in the last 24 months: {value}",
        partial(facts.rows_of_facts, kind="support_given", months=24),
    )
