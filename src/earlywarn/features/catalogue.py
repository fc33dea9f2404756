"""Every feature: its name, its theme, which way is worse, what makes it, and the words for its reason.

The lists are explicit and ordered: ``measures`` of every indicator, whose features are named
``indicator__measure``, then those of the area as a whole, ``published`` and ``soft``, with plain names.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from earlywarn.features.measures import MEASURES
from earlywarn.features.pressure import HALF_LIFE_DAYS
from earlywarn.features.published import PUBLISHED_FEATURES
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
