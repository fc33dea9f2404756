"""The configuration that is written beside a made-up world, with which it runs."""

from earlywarn.sources.synthetic.indicators import RECIPES
from earlywarn.sources.synthetic.plan import Plan

__all__ = ["SETTINGS", "settings_text"]

SETTINGS = "earlywarn.toml"
LEARNING = 6  # years before the first tested inspection, or fewer where the world has few
SOFT = (  # one or two of each sort: a model with few labelled rows cannot weigh them all
    "concern_pressure",
    "concern_sources",
    "pressure_positive",
    "silence",
    "leadership_changes_12",
    "leadership_stability",
    "director_months_vacant",
    "complaints_rate",
    "complaints_upheld",
    "agency_level",
    "months_since_review",
    "declined_reviews",
    "late_returns",
    "support_given",
)
TEXT = """\
# A made-up world of {areas:,} areas, {first} to {last}: {frequency} figures, seed {seed}, effect {effect:g},
# soft effect {soft:g}. Every code, name and pseudonym in it is made up, and nothing is about a real place.
# What nobody in it can know lies in the folder truth, which is never read.
# Run it with:  earlywarn run {file}

[data]
folder = "."
name = "synthetic"

[question]
# The last inspections start before this day; the log of concerns goes on to the end of the year.
as_of = {last}-04-01

[features]
# All the indicators that there are.
vital = [
{vital}
]
# One or two features of every sort of soft intelligence; the catalogue of features names them all.
soft = [
{features}
]

[backtest]
# Before this day there are inspections to learn from.
first_start = {test}-04-01
long_leads_from = {late}-04-01
# What is gained by soft intelligence: the same model with figures only, with soft evidence only, with both.
compare = ["hard", "soft", "hard+soft"]
"""


def settings_text(plan: Plan) -> str:
    """Return a commented configuration, in TOML, for the folder of a made-up world.

    Examples
    --------
    >>> import tomllib
    >>> tomllib.loads(settings_text(Plan(years=range(2010, 2020))))["backtest"]["first_start"].isoformat()
    '2015-04-01'
    """
    first, last = plan.years[0], plan.years[-1]
    learning = min(LEARNING, max(2, len(plan.years) // 2))
    return TEXT.format(
        areas=plan.areas,
        first=first,
        last=last,
        frequency=plan.frequency,
        seed=plan.seed,
        effect=plan.effect,
        soft=plan.soft_effect,
        file=SETTINGS,
        vital="\n".join(f'  "{name}",' for name in RECIPES),
        features="\n".join(f'  "{name}",' for name in SOFT),
        test=first + learning,
        late=min(first + learning + 2, last - 1),
    )
