"""What a coordinator hands in for a programme: the columns of each file, and the tables once read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from earlywarn.schedule import quarter_words
from earlywarn.sources.programme_availability import EVERY_QUARTER, offered_quarters

__all__ = [
    "ACTIONS",
    "FILLED_COLUMNS",
    "FINDINGS",
    "INPUT_COLUMNS",
    "REQUIRED_COLUMNS",
    "REVIEWER_ROLES",
    "ProgrammeInputs",
    "empty_input",
]

ACTIONS = ("add", "remove", "move")
FINDINGS = ("concern", "strength", "no_concern")
REVIEWER_ROLES = {  # the six that are logged of leaders, and the others that review teams are made of
    "director": "Director of children's services",
    "assistant_director": "Assistant director",
    "head_of_service": "Head of service",
    "team_manager": "Team manager",
    "chief_executive": "Chief executive",
    "lead_member": "Lead member",
    "principal_social_worker": "Principal social worker",
    "practitioner": "Practitioner",
    "quality_assurance": "Quality assurance lead",
    "performance": "Performance and data lead",
    "finance": "Finance lead",
    "partner": "Partner agency",
}
INPUT_COLUMNS: dict[str, dict[str, str]] = {  # by table: each column and how it is written
    "reviews": {
        "area_code": "area", "offered_on": "date", "held_on": "date", "declined_on": "date", "kind": "text",
        "recommendations": "count", "follow_up_due": "date", "followed_up_on": "date", "note": "text",
    },
    "reviewers": {
        "reviewer": "text", "area_code": "area", "role": "role", "skills": "themes", "regions": "regions",
        "available": "availability", "conflicts": "conflicts",
    },
    "overrides": {
        "override_id": "text", "area_code": "area", "action": "action", "quarter": "quarter",
        "after": "area", "reason": "text", "by": "text", "decided_on": "date",
    },
    "findings": {
        "area_code": "area", "held_on": "date", "theme": "theme", "finding": "finding",
        "strength": "strength", "words": "text",
    },
}  # fmt: skip
REQUIRED_COLUMNS = {
    "reviews": ("area_code",),
    "reviewers": ("reviewer", "area_code", "role", "available"),
    "overrides": ("area_code", "action", "reason"),
    "findings": ("area_code", "held_on", "theme", "finding"),
}
FILLED_COLUMNS: dict[str, dict[str, str]] = {  # columns in which no cell may be empty, and what to do
    "reviews": {"area_code": "name the area"},
    "reviewers": {
        "reviewer": "give every reviewer a code of their own, never a name",
        "area_code": "name the area that the reviewer comes from",
        "role": "name the role",
    },
    "overrides": {
        "area_code": "name the area",
        "action": "write add, remove or move",
        "reason": "say why, so that next year one can ask whether judgement or model did better",
    },
    "findings": {
        "area_code": "name the area",
        "held_on": "give the day of the review",
        "theme": "name one of the seven themes",
        "finding": "write concern, strength or no_concern",
    },
}
DTYPES = {"date": "datetime64[ns]", "quarter": "datetime64[ns]", "count": "float64", "strength": "float64"}


def empty_input(table: str) -> pd.DataFrame:
    """Return one of the tables without rows, every column with its type.

    Examples
    --------
    >>> empty_input("overrides")["quarter"].dtype
    dtype('<M8[ns]')
    """
    return pd.DataFrame(
        {name: pd.Series(dtype=DTYPES.get(kind, "object")) for name, kind in INPUT_COLUMNS[table].items()}
    )


@dataclass(frozen=True)
class ProgrammeInputs:
    """What a coordinator hands in; without a file its table is empty.

    Areas are codes; quarters are the Timestamps of their first days; text is ``str``, dates datetime64 (NaT)
    and numbers float (NaN).

    Parameters
    ----------
    reviews : DataFrame
        One row per offer or review: ``area_code, offered_on, held_on, declined_on, kind, recommendations,
        follow_up_due, followed_up_on, note``.
    reviewers : DataFrame
        One row per reviewer: ``reviewer`` (a code, never a name), ``area_code, role, skills, regions,
        available, conflicts``; several in one cell are joined by `;`.
    overrides : DataFrame
        One row per decision of a coordinator: ``override_id, area_code, action, quarter, after, reason, by,
        decided_on``.
    findings : DataFrame
        What reviews found: ``area_code, held_on, theme, finding, strength, words``.
    rules_path : Path or None
        The file of rules that lies in the folder.
    fingerprints : mapping of str to str
        SHA-256 of each file that was read, by its name.

    Examples
    --------
    >>> ProgrammeInputs().reviews.empty
    True
    """

    reviews: pd.DataFrame = field(default_factory=lambda: empty_input("reviews"))
    reviewers: pd.DataFrame = field(default_factory=lambda: empty_input("reviewers"))
    overrides: pd.DataFrame = field(default_factory=lambda: empty_input("overrides"))
    findings: pd.DataFrame = field(default_factory=lambda: empty_input("findings"))
    rules_path: Path | None = None
    fingerprints: Mapping[str, str] = field(default_factory=dict)

    def availability(self, quarters: pd.DatetimeIndex) -> np.ndarray:
        """Return how many reviews each reviewer can join in each quarter.

        Parameters
        ----------
        quarters : DatetimeIndex of shape (quarters,)
            First days.

        Returns
        -------
        ndarray of int, shape (reviewers, quarters)
            In the order of ``reviewers``.

        Examples
        --------
        >>> inputs = ProgrammeInputs(reviewers=pd.DataFrame({"available": ["1", "Jul-Sep 2025=2"]}))
        >>> inputs.availability(pd.DatetimeIndex(["2025-04-01", "2025-07-01"])).tolist()
        [[1, 1], [0, 2]]
        """
        named = [quarter_words(quarter) for quarter in quarters]
        offers = [offered_quarters(text) for text in self.reviewers["available"].tolist()]
        rows = [[offer.get(name, offer.get(EVERY_QUARTER, 0)) for name in named] for offer in offers]
        return np.array(rows, dtype=np.int64).reshape(len(offers), len(named))
