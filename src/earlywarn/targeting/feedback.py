"""What reviews found comes back: as labels for researchers, and as concerns for the log.

A review sees what no figure shows. Its findings by theme are labels of their own, known from the day on
which the review was held; and they are soft intelligence like any other, to be logged by ``earlywarn intel
import``.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd

from earlywarn.errors import ConfigError, name_a_few
from earlywarn.intelligence.entries import WRITTEN, as_entries
from earlywarn.intelligence.kinds import Kind
from earlywarn.intelligence.personal import likely_personal
from earlywarn.schema import ENABLERS, TIERS

__all__ = ["CONCERN_KINDS", "LABEL_COLUMNS", "concerns_from", "labels_from"]

LABEL_COLUMNS = ("area_code", "reviewed_on", "theme", "label", "known_on")
STRENGTH_KIND = "positive"
USUAL_STRENGTH = 3  # clear: of a finding whose strength was not written down
CONFIDENCE = "high"  # a team has looked for days, and says what it saw
LEFT_OUT = "(the words are left out, as they seem to hold {what})"

CONCERN_KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {  # theme: kinds of the log, the first that is known
        "strategic approach": ("strategy_concern", "leadership_concern"),
        "leadership and governance": ("leadership_concern",),
        "workforce": ("workforce_concern",),
        "partners": ("partnership_concern",),
        "supporting apparatus": ("practice_concern",),
        "innovation": ("innovation_concern",),
        "resources": ("savings",),
    }
)


def labels_from(findings: pd.DataFrame) -> pd.DataFrame:
    """Return what reviews found as labels, one for each area, review and theme.

    They are for researchers, and not the labels that the models are trained on: a review is held where
    somebody asked for it, its themes are those that it looked at, and a theme that is not named has **no**
    label, not 0.

    Parameters
    ----------
    findings : DataFrame
        ``area_code, held_on, theme, finding`` (``concern``, ``strength`` or ``no_concern``), dates as
        datetime64. Rows without a day are left out.

    Returns
    -------
    DataFrame
        ``area_code, reviewed_on, theme, label, known_on``, sorted by the first three. ``label`` is 1 where
        any finding on the theme is a concern, else 0. ``known_on`` is the day of the review, so that a label
        counts at as-of dates after that day and at no earlier one.

    Examples
    --------
    >>> findings = pd.DataFrame({"area_code": "E1", "held_on": pd.Timestamp("2025-05-06"),
    ...     "theme": ["workforce", "workforce", "partners"],
    ...     "finding": ["strength", "concern", "no_concern"]})
    >>> labels_from(findings)[["theme", "label"]].to_dict("list")
    {'theme': ['partners', 'workforce'], 'label': [0, 1]}
    """
    known = findings[findings["held_on"].notna()]
    rows = known.assign(
        reviewed_on=pd.to_datetime(known["held_on"]).astype("datetime64[ns]"),
        label=(known["finding"] == "concern").astype(int),
    )
    labels = rows.groupby(["area_code", "reviewed_on", "theme"], sort=True)["label"].max().reset_index()
    return labels.assign(known_on=labels["reviewed_on"])[list(LABEL_COLUMNS)]


def concerns_from(
    findings: pd.DataFrame,
    kinds: Mapping[str, Kind],
    *,
    tier: str = "sector",
    contributor: str = "",
    places: Sequence[str] = (),
) -> pd.DataFrame:
    """Return what reviews found as entries that can be imported into the log.

    A concern becomes an entry of its theme's kind (``CONCERN_KINDS``), a strength one of kind ``positive``;
    what was looked at and gave no concern becomes none. Words that seem to hold personal data are left out.

    Parameters
    ----------
    findings : DataFrame
        ``area_code, held_on, theme, finding, strength`` (1 to 5, NaN for 3) and ``words``.
    kinds : mapping of str to Kind
        Those that can be logged, see ``intelligence.kinds.read_kinds``.
    tier : {"open", "sector", "restricted"}
        Who may see the entries.
    contributor : str
        Pseudonym of who vouches for them; empty for whoever imports the file.
    places : sequence of str
        Names of areas, which are not taken for people's.

    Returns
    -------
    DataFrame
        The columns that a person writes (``intelligence.entries.WRITTEN``), typed, in the order of the
        findings.

    Raises
    ------
    ConfigError
        If the tier or a theme is unknown, or none of a theme's kinds can be logged; all at once.

    Examples
    --------
    >>> from earlywarn.intelligence.kinds import read_kinds
    >>> findings = pd.DataFrame({"area_code": "E1", "held_on": pd.Timestamp("2025-05-06"),
    ...     "theme": ["workforce", "partners"], "finding": ["concern", "strength"], "strength": [4, 3],
    ...     "words": ["Posts stand empty.", "Schools come to the table."]})
    >>> entries = concerns_from(findings, read_kinds())
    >>> entries[["kind", "strength", "source_type", "tier"]].to_dict("list")
    {'kind': ['workforce_concern', 'positive'], 'strength': [4.0, 3.0], 'source_type': ['review', 'review'],
     'tier': ['sector', 'sector']}
    >>> entries.loc[1, "note"]
    'A review found a strength, on partners: Schools come to the table.'
    """
    told = findings[findings["finding"].isin(["concern", "strength"]) & findings["held_on"].notna()]
    told = told.reset_index(drop=True)
    concern = (told["finding"] == "concern").to_numpy()
    kind_of = _kinds_of(told.loc[concern, "theme"], kinds, tier)
    strength = pd.to_numeric(told["strength"]).astype(float) if "strength" in told else np.nan
    rows = pd.DataFrame(
        {
            "area_code": told["area_code"],
            "kind": told["theme"].map(kind_of).where(concern, STRENGTH_KIND),
            "occurred_on": told["held_on"],
            "strength": pd.Series(strength, index=told.index).fillna(USUAL_STRENGTH),
            "confidence": CONFIDENCE,
            "source_type": "review",
            "contributor": contributor,
            "tier": tier,
            "note": _notes(told, places=places),
        }
    )
    return as_entries(rows)[list(WRITTEN)]


def _kinds_of(themes: "pd.Series[str]", kinds: Mapping[str, Kind], tier: str) -> dict[str, str]:
    """Return the kind of a concern for each theme that was found, or refuse all that cannot be logged."""
    found = {
        theme: next((kind for kind in CONCERN_KINDS.get(theme, ()) if kind in kinds), "")
        for theme in themes.unique()
    }
    faults = []
    if tier not in TIERS:
        faults.append(f"tier: expected one of {', '.join(TIERS)}, found {tier!r}")
    unknown = [theme for theme in found if theme not in ENABLERS]
    if unknown:
        faults.append(f"theme: expected one of {', '.join(ENABLERS)}, found {name_a_few(unknown)}")
    lost = [theme for theme, kind in found.items() if not kind and theme in ENABLERS]
    if lost:
        wanted = ", ".join(" or ".join(CONCERN_KINDS[theme]) for theme in lost)
        faults.append(f"kinds: expected {wanted} among those that can be logged, and it is not there")
    if faults:
        message = f"The findings cannot be logged: {len(faults)} to mend.\n" + "\n".join(
            f"  {f}" for f in faults
        )
        raise ConfigError(message)
    return found


def _notes(told: pd.DataFrame, *, places: Sequence[str]) -> "pd.Series[str]":
    """Return the note of each entry: what was found, on which theme, in the review's words."""
    words = told["words"].fillna("").astype(str).str.strip() if "words" in told else pd.Series("", told.index)
    for what, rows in likely_personal(words, places=places):
        words = words.mask(rows, LEFT_OUT.format(what=what))
    head = "A review found a " + told["finding"] + ", on " + told["theme"]
    return (head + ": " + words).where(words != "", head + ".")
