"""What a feature of the area as a whole is about, in a few words: a label for it, as indicators have one."""

from earlywarn.explain.contributions import BASELINE
from earlywarn.explain.veil import VEILED, VEILED_WORDS
from earlywarn.features.catalogue import AREA_FEATURES
from earlywarn.intelligence.kinds import ROLES

__all__ = ["ALL_AREAS", "feature_label"]

ALL_AREAS = "What is typical of all areas"
LABELS = {
    BASELINE: ALL_AREAS,
    VEILED: VEILED_WORDS,
    "last_overall": "The last overall judgement",
    "last_leadership": "The last judgement of leadership",
    "last_help_and_protection": "The last judgement of help and protection",
    "last_care": "The last judgement of care",
    "years_since_last": "Time since the last inspection",
    "previous_overall": "The judgement before the last one",
    "trajectory": "Which way the last judgement moved",
    "decayed_judgement": "All past judgements together",
    "neighbours_judgement": "Judgements of statistical neighbours",
    "region_judgement": "Judgements of the region's other areas",
    "director_tenure": "The director's time in post at the last report",
    "director_interim": "Whether the director was an interim at the last report",
    "missing_share": "Newest figures that are missing",
    "suppressed_share": "Newest figures that are suppressed",
    "quality_score": "Quality of the newest figures",
    "late_share": "Newest figures that came late",
    "copied_share": "Newest figures that equal those of the period before",
    "revision_size": "Size of recent revisions",
    "relation_agency_given_vacancies": "Agency workers beside vacancies",
    "relation_timeliness_given_caseload": "Assessments in time beside caseloads",
    "relation_demand_against_staffing": "Referrals against staffing over three years",
    "relation_caseload_against_timeliness": "Caseloads against timeliness over three years",
    "relation_plans_from_enquiries": "Protection plans per 100 enquiries",
    "inconsistent_figures": "Figures that contradict each other",
    "signals_worse": "Indicators that stand out on the worse side",
    "concern_pressure": "All concerns voiced together",
    "concern_sources": "Independent sources that voiced a concern",
    "gravest_concern": "The gravest concern of the last 12 months",
    "silence": "Whether anything was logged over a year",
    "leadership_changes_12": "Changes in leading posts over 12 months",
    "leadership_changes_24": "Changes in leading posts over 24 months",
    "leadership_stability": "How settled the leading posts are",
    "complaints_rate": "Complaints received per 1,000 children in touch",
    "complaints_upheld": "Complaints upheld",
    "complaints_signal": "The latest rate of complaints against the area's own past",
    "agency_level": "Agency staff, published or logged",
    "agency_change": "Change in agency staff over a year",
    "agency_beyond_vacancies": "Agency staff beyond vacancies",
    "months_since_review": "Time since the last peer review",
    "declined_reviews": "Offered peer reviews that were declined",
    "late_returns": "Returns logged as late",
    "support_given": "Workers lent to other areas",
}
POSTS = {
    f"{role}_{part}": f"{post}: {words}"
    for role, post in ROLES.items()
    for part, words in (
        ("in_post", "time in post"),
        ("months_vacant", "months vacant"),
        ("months_interim", "months held by an interim"),
    )
}
# How the words of the other features go on, once it is said what they are about.
BEGINS, GOES_ON = ("The last report mentions ",), (": what was logged", " together weigh", " {value}")
WORDS = {spec.name: spec.words for spec in AREA_FEATURES}


def feature_label(feature: str) -> str:
    """Return what a feature of the area as a whole is about, in a few words.

    Parameters
    ----------
    feature : str
        Its name; of one that the catalogue does not have, the name itself is made readable.

    Examples
    --------
    >>> feature_label("team_manager_months_vacant"), feature_label("pressure_savings")
    ('Team manager: months vacant', 'Savings')
    >>> feature_label("theme_drift_and_delay"), feature_label("made_by_a_researcher")
    ('Drift and delay in the last report', 'Made by a researcher')
    """
    known = LABELS.get(feature) or POSTS.get(feature)
    if known:
        return known
    about = WORDS.get(feature, feature.replace("__", ": ").replace("_", " "))
    for ending in GOES_ON:
        about = about.partition(ending)[0]
    if about.startswith(BEGINS):
        about = about.removeprefix(BEGINS[0]) + " in the last report"
    return about[:1].upper() + about[1:]
