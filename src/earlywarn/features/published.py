"""The features of an area as a whole from what is published: judgements, leaders, returns."""

from functools import partial

from earlywarn.features import (
    contradictions,
    judgements,
    leadership,
    quality,
    relations,
    returns,
    signals_worse,
    themes,
)
from earlywarn.features.measures import SD
from earlywarn.features.spec import BETTER, NEUTRAL, SOFT, WORSE, FeatureSpec

__all__ = ["PUBLISHED_FEATURES"]

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
