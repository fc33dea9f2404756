"""Every feature: its name, its theme, which way is worse, what makes it, and the words for its reason.

The list is explicit and ordered. A feature of an indicator is named ``indicator__measure``; a feature
of the area as a whole has one plain name.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd

from earlywarn.features import (
    contradictions,
    control_chart,
    funnel,
    judgements,
    leadership,
    level,
    level_shift,
    neighbours,
    quality,
    relations,
    returns,
    signals_worse,
    themes,
    trend,
)
from earlywarn.features.pressure import HALF_LIFE_DAYS
from earlywarn.features.soft import soft_features
from earlywarn.features.spec import BETTER, HARD, NEUTRAL, SOFT, WORSE, FeatureSpec
from earlywarn.intelligence.kinds import Kind

__all__ = [
    "AREA_FEATURES",
    "HARD",
    "JOIN",
    "MEASURES",
    "PUBLISHED_FEATURES",
    "SOFT",
    "FeatureSpec",
    "area_features",
    "describe",
    "indicator_theme",
    "monotone",
]

JOIN = "__"  # between an indicator and a measure in a feature's name

# Which enabler an indicator speaks to. The source names seven and does not assign indicators; this is ours.
DOMAIN_THEMES = {
    "front_door": "supporting apparatus",
    "protection": "supporting apparatus",
    "demand": "supporting apparatus",
    "care": "strategic approach",
    "care_leavers": "strategic approach",
    "workforce": "workforce",
    "education_of_vulnerable": "partners",
    "context": "partners",
    "finance": "resources",
}
OTHER_THEME = "supporting apparatus"

SD = "robust standard deviations"

MEASURES: tuple[FeatureSpec, ...] = (
    FeatureSpec("level", None, "the indicator's own", NEUTRAL, level.level, "stands at {value}"),
    FeatureSpec("national_gap", None, SD, WORSE, level.national_gap, "is {value} from the national median"),
    FeatureSpec(
        "neighbour_gap", None, SD, WORSE, neighbours.neighbour_gap, "is {value} from its neighbours' median"
    ),
    FeatureSpec(
        "change_one_year",
        None,
        SD,
        WORSE,
        trend.change_one_year,
        "changed over a year by {value} against most",
    ),
    FeatureSpec(
        "change_three_years",
        None,
        SD,
        WORSE,
        trend.change_three_years,
        "changed over three years by {value} against most",
    ),
    FeatureSpec("slope", None, SD, WORSE, trend.slope, "has a three-year slope {value} from the usual"),
    FeatureSpec(
        "volatility", None, "log ratio", WORSE, trend.volatility, "moves about more than is usual, by {value}"
    ),
    FeatureSpec(
        "worsening_run", None, "figures", WORSE, trend.worsening_run, "worsened {value} figures in a row"
    ),
    FeatureSpec(
        "own_gap",
        None,
        "own standard deviations",
        WORSE,
        control_chart.own_gap,
        "is {value} from its own mean",
    ),
    FeatureSpec(
        "own_side_run",
        None,
        "figures",
        WORSE,
        control_chart.own_side_run,
        "has stood on one side of its own mean for {value} figures",
    ),
    FeatureSpec(
        "level_shift",
        None,
        "own standard deviations",
        WORSE,
        level_shift.level_shift,
        "has lately moved to another level, by {value}",
    ),
    FeatureSpec(
        "funnel_gap",
        None,
        "standard deviations",
        WORSE,
        funnel.funnel_gap,
        "is {value} from all areas, chance and usual variation allowed for",
    ),
    FeatureSpec(
        "national_rank", None, "share of areas", WORSE, level.national_rank, "is worse than {value} of areas"
    ),
    FeatureSpec(
        "unreported",
        "supporting apparatus",
        "yes or no",
        WORSE,
        returns.unreported,
        "was not reported for the newest period",
    ),
)

JUDGED, LED = "strategic approach", "leadership and governance"

# Themes counted in inspection reports: the enabler each speaks to, and whether more mentions are worse.
REPORT_THEMES: tuple[tuple[str, str, str, str], ...] = (
    ("leadership_change", LED, WORSE, "changes of leadership"),
    ("leadership_instability", LED, WORSE, "unstable leadership"),
    ("workforce_instability", "workforce", WORSE, "an unstable workforce"),
    ("agency_reliance", "workforce", WORSE, "reliance on agency staff"),
    ("high_caseloads", "workforce", WORSE, "high caseloads"),
    ("drift_and_delay", "supporting apparatus", WORSE, "drift and delay"),
    ("threshold_inconsistency", "supporting apparatus", WORSE, "inconsistent thresholds"),
    ("backlog_unallocated", "supporting apparatus", WORSE, "backlogs and unallocated work"),
    ("supervision_weakness", "workforce", WORSE, "weak supervision"),
    ("audit_quality_assurance_weakness", "supporting apparatus", WORSE, "weak audit and quality assurance"),
    ("data_quality_weakness", "supporting apparatus", WORSE, "weak data"),
    ("partnership_weakness", "partners", WORSE, "weak partnership"),
    ("complaints", "strategic approach", NEUTRAL, "complaints"),
    ("self_evaluation_strength", "supporting apparatus", BETTER, "sound self-evaluation"),
    ("stable_leadership_strength", LED, BETTER, "stable leadership"),
    ("stable_workforce_strength", "workforce", BETTER, "a stable workforce"),
    ("improvement_support", "strategic approach", NEUTRAL, "support for improvement"),
)

# Relations between indicators that are features: name, enabler, unit, polarity, words.
RELATED: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "agency_given_vacancies",
        "workforce",
        SD,
        WORSE,
        "Its agency share is {value} from what its vacancies would suggest (above nought: worse)",
    ),
    (
        "timeliness_given_caseload",
        "supporting apparatus",
        SD,
        WORSE,
        "Its assessments in time are {value} from what its caseload would suggest (above nought: worse)",
    ),
    (
        "demand_against_staffing",
        "workforce",
        SD,
        WORSE,
        "Referrals rising while staff fall, over three years, by {value} (below nought: the reverse)",
    ),
    (
        "caseload_against_timeliness",
        "workforce",
        SD,
        WORSE,
        "Caseloads rising while timeliness falls, over three years, by {value} (below nought: the reverse)",
    ),
    (
        "plans_from_enquiries",
        "supporting apparatus",
        "plans per 100 enquiries",
        NEUTRAL,
        "For each 100 section 47 enquiries {value} protection plans were started",
    ),
)

PUBLISHED_FEATURES: tuple[FeatureSpec, ...] = (
    FeatureSpec(
        "last_overall",
        JUDGED,
        "grade, 0 to 3",
        BETTER,
        judgements.last_sub_judgement,
        "The last overall judgement was {value}",
    ),
    *(
        FeatureSpec(
            f"last_{of}",
            LED if of == "leadership" else JUDGED,
            "grade, 0 to 3",
            BETTER,
            partial(judgements.last_sub_judgement, of=of),
            f"{of.replace('_', ' ').capitalize()} was last judged {{value}}",
        )
        for of in ("leadership", "help_and_protection", "care")
    ),
    FeatureSpec(
        "years_since_last",
        JUDGED,
        "years",
        NEUTRAL,
        judgements.years_since_last,
        "The last inspection was {value} years before",
    ),
    FeatureSpec(
        "previous_overall",
        JUDGED,
        "grade, 0 to 3",
        BETTER,
        judgements.previous_overall,
        "The judgement before the last one was {value}",
    ),
    FeatureSpec(
        "trajectory",
        JUDGED,
        "grades",
        BETTER,
        judgements.trajectory,
        "The last judgement moved by {value} grades",
    ),
    FeatureSpec(
        "decayed_judgement",
        JUDGED,
        "grade, 0 to 3",
        BETTER,
        judgements.decayed_judgement,
        "All past judgements, the recent ones counting more, average {value} on a scale from 0 (inadequate) "
        "to 3 (outstanding)",
    ),
    FeatureSpec(
        "neighbours_judgement",
        "partners",
        "grade, 0 to 3",
        BETTER,
        judgements.neighbours_judgement,
        "Its statistical neighbours' latest judgements average {value} on a scale from 0 to 3",
    ),
    FeatureSpec(
        "region_judgement",
        "partners",
        "grade, 0 to 3",
        BETTER,
        judgements.region_judgement,
        "The latest judgements of the region's other areas average {value} on a scale from 0 to 3",
    ),
    FeatureSpec(
        "director_tenure",
        LED,
        "years",
        BETTER,
        leadership.director_tenure,
        "The director had been in post for {value} years at the last report that says so",
        evidence=SOFT,
    ),
    FeatureSpec(
        "director_interim",
        LED,
        "yes or no",
        WORSE,
        leadership.director_interim,
        "Director interim at the last report that says so: {value}",
        evidence=SOFT,
    ),
    FeatureSpec(
        "missing_share",
        "supporting apparatus",
        "share",
        WORSE,
        returns.missing_share,
        "{value} of its newest expected figures are missing",
    ),
    FeatureSpec(
        "suppressed_share",
        "supporting apparatus",
        "share",
        NEUTRAL,
        returns.suppressed_share,
        "{value} of its newest expected figures are suppressed because numbers are small",
    ),
    FeatureSpec(
        "quality_score",
        "supporting apparatus",
        "of 100",
        BETTER,
        quality.quality_score,
        "The quality of its newest figures is scored {value} of 100",
    ),
    FeatureSpec(
        "late_share",
        "supporting apparatus",
        "share",
        WORSE,
        quality.late_share,
        "{value} of its newest figures came more than 30 days after most areas'",
    ),
    FeatureSpec(
        "copied_share",
        "supporting apparatus",
        "share",
        WORSE,
        quality.copied_share,
        "{value} of its newest figures are those of the period before, to the last digit",
    ),
    FeatureSpec(
        "revision_size",
        "supporting apparatus",
        SD,
        WORSE,
        quality.revision_size,
        "Its recent figures were revised by {value} on average",
    ),
    *(
        FeatureSpec(
            f"relation_{name}", theme, unit, polarity, partial(relations.relation_score, name=name), words
        )
        for name, theme, unit, polarity, words in RELATED
    ),
    FeatureSpec(
        "inconsistent_figures",
        "supporting apparatus",
        "checks",
        WORSE,
        contradictions.inconsistent_figures,
        "{value} of the checks of its latest figures against each other failed",
    ),
    FeatureSpec(
        "signals_worse",
        "supporting apparatus",
        "share",
        WORSE,
        signals_worse.signals_worse,
        "{value} of its indicators stand beyond the limits of their own past or of all areas, on the worse "
        "side",
    ),
    *(
        FeatureSpec(
            f"theme_{theme}",
            enabler,
            "mentions per 1,000 words",
            polarity,
            partial(themes.theme_mentions, theme=theme),
            f"The last report mentions {words} {{value}} times per 1,000 words",
            evidence=SOFT,
        )
        for theme, enabler, polarity, words in REPORT_THEMES
    ),
)


def area_features(
    kinds: Mapping[str, Kind] | None = None, half_life_days: float = HALF_LIFE_DAYS
) -> tuple[FeatureSpec, ...]:
    """Return the features of an area as a whole: those of what is published, then those of the log.

    Parameters
    ----------
    kinds, half_life_days
        As for `earlywarn.features.soft.soft_features`.

    Examples
    --------
    >>> len(area_features()) == len(AREA_FEATURES)
    True
    """
    return (*PUBLISHED_FEATURES, *soft_features(kinds, half_life_days))


AREA_FEATURES: tuple[FeatureSpec, ...] = area_features()


def indicator_theme(domain: object) -> str:
    """Return the enabler that indicators of a domain are explained under.

    Examples
    --------
    >>> indicator_theme("front_door")
    'supporting apparatus'
    """
    return DOMAIN_THEMES.get(str(domain), OTHER_THEME)


def describe(
    indicators: pd.DataFrame,
    *,
    measures: Sequence[FeatureSpec] = MEASURES,
    area_features: Sequence[FeatureSpec] = AREA_FEATURES,
) -> pd.DataFrame:
    """List the features that a panel of these indicators yields.

    Parameters
    ----------
    indicators : DataFrame
        ``indicator, label, polarity`` and, where known, ``domain``.
    measures, area_features : sequences of FeatureSpec
        The catalogue, or a researcher's own.

    Returns
    -------
    DataFrame
        Indexed by ``feature``: ``indicator`` (empty for the area as a whole), ``measure, theme, unit,
        polarity, words, evidence``. A gap in an indicator of which neither direction is worse is
        ``neutral`` too.

    Examples
    --------
    >>> indicators = pd.DataFrame({"indicator": ["caseload"], "label": ["Caseload"],
    ...                            "polarity": ["higher_is_worse"], "domain": ["workforce"]})
    >>> describe(indicators).loc["caseload__national_gap", "theme"]
    'workforce'
    """
    rows: list[tuple[object, ...]] = []
    for row in indicators.sort_values("indicator").to_dict("records"):
        for spec in measures:
            neutral = row["polarity"] == NEUTRAL and spec.name not in {"volatility", "unreported"}
            polarity = NEUTRAL if neutral else spec.polarity
            if spec.name == "level":
                polarity = row["polarity"]
            name = f"{row['indicator']}{JOIN}{spec.name}"
            theme = spec.theme or indicator_theme(row.get("domain"))
            about = (theme, spec.unit, polarity, spec.words, spec.evidence)
            rows.append((name, row["indicator"], spec.name, *about))
    rows += [
        (spec.name, "", spec.name, spec.theme, spec.unit, spec.polarity, spec.words, spec.evidence)
        for spec in area_features
    ]
    columns = ["feature", "indicator", "measure", "theme", "unit", "polarity", "words", "evidence"]
    return pd.DataFrame(rows, columns=columns).set_index("feature")


def monotone(described: pd.DataFrame) -> dict[str, int]:
    """Return for each feature 1 where a higher value may only raise the risk, -1 lower it, 0 either."""
    sign = {WORSE: 1, BETTER: -1, NEUTRAL: 0}
    return {str(feature): sign[polarity] for feature, polarity in described["polarity"].items()}
