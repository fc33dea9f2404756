"""The plan of one programme: its tables, and what was asked to make it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from earlywarn.targeting.tables import COLUMNS

__all__ = ["Plan"]


@dataclass(frozen=True)
class Plan:
    """A programme of reviews. The columns of every table are those of ``targeting.tables.COLUMNS``.

    Parameters
    ----------
    about : mapping
        ``name, as_of, target, horizon_months, quarters`` (list of ISO dates), ``capacity`` (list),
        ``capacity_why``, ``seed``, ``tie_break``, ``threshold``, ``cost_ratio``, ``threshold_why``,
        ``benefit, bound, gap, status`` of the solution, ``rules`` (the rules in force, as nested mappings),
        ``audience``, ``counts`` (words to numbers), ``fingerprints``, ``cautions`` and ``fairness``
        (sentences), ``questions`` (where a person has to fill a gap).
    areas, teams, load, shortfalls, interchanges : DataFrame
        Who, when and with whom; see ``targeting.tables``.
    enquiries, support, journeys, changes : DataFrame
        What to ask of each area, and what is known of its way so far.
    fairness, usefulness : DataFrame
        For whom the plan is good, and whether acting on risks is.
    """

    about: Mapping[str, Any]
    areas: pd.DataFrame
    teams: pd.DataFrame
    load: pd.DataFrame
    shortfalls: pd.DataFrame
    interchanges: pd.DataFrame
    enquiries: pd.DataFrame
    support: pd.DataFrame
    journeys: pd.DataFrame
    changes: pd.DataFrame
    fairness: pd.DataFrame
    usefulness: pd.DataFrame

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by name."""
        return {name: getattr(self, name) for name in COLUMNS}

    @property
    def planned(self) -> pd.DataFrame:
        """The areas with a review, by quarter, week and name."""
        chosen = self.areas[self.areas["status"] == "planned"]
        return chosen.sort_values(["quarter", "week", "name"], ignore_index=True)
