"""The teams of a programme: every place of every review, filled together so that the whole matches best."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from earlywarn.schema import ENABLERS
from earlywarn.targeting.assignment import Assignment, assign
from earlywarn.targeting.assignment_task import Task
from earlywarn.targeting.candidates import Candidates
from earlywarn.targeting.matching import ANY, LEAD, NO_THEME, THEME, Matching
from earlywarn.targeting.reviewers import Reviewers
from earlywarn.targeting.rules import Rules
from earlywarn.targeting.tables import COLUMNS, typed

__all__ = [
    "MANY_PLACES",
    "NOBODY_YET",
    "YEAR",
    "Asked",
    "Teams",
    "asked_of_teams",
    "make_teams",
    "unstaffed",
]

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

YEAR = 4  # quarters over which an area's load is limited
NOBODY_YET = "No list of reviewers was given."
MISSING = "No reviewer was free for it under the rules: the place is to be named."
MANY_PLACES = 2_000  # from so many on, an optimum proven to be this close will do:
CLOSE = 0.01


@dataclass(frozen=True)
class Asked:
    """What every team asks for, and the most that an area gives.

    Parameters
    ----------
    leads, others : int
        Places that only some roles can take, and all further ones.
    limit : int
        Places that one supporting area can be asked for in any four quarters in a row.
    """

    leads: int
    others: int
    limit: int


@dataclass(frozen=True)
class Teams:
    """Who fills which place.

    Parameters
    ----------
    table : DataFrame
        The plan's table ``teams``, by the name of the area visited and the order of places, without weeks.
    match, bound, gap : float
        Points of all matches, what no other teams that fill as many places can exceed, and the share of the
        bound that might be won; 0 where the best is proven.
    """

    table: pd.DataFrame
    match: float
    bound: float
    gap: float


@dataclass(frozen=True)
class _Places:
    """Every place (P) of every planned review, by area and then in the order of the rules."""

    area: Ints
    quarter: Ints
    theme: Ints
    lead: Flags

    @property
    def names(self) -> list[str]:
        """What each place is for: "lead", a theme, or "any"."""
        return [
            LEAD if lead else ANY if theme == NO_THEME else ENABLERS[theme]
            for theme, lead in zip(self.theme.tolist(), self.lead.tolist(), strict=True)
        ]


def free_capacity(reviewers: Reviewers, quarter: Ints) -> Ints:
    """Return the teams that each reviewer can join in each quarter of a choice, shape (R, Q).

    None in the quarter in which the reviewer's own area is visited.
    """
    capacity = reviewers.capacity.copy()
    own = np.where(reviewers.area >= 0, quarter[np.maximum(reviewers.area, 0)], -1)
    visited = np.flatnonzero(own >= 0)
    capacity[visited, own[visited]] = 0
    return capacity


def asked_of_teams(rules: Rules) -> Asked:
    """Return what teams ask for, as counts.

    Examples
    --------
    >>> asked_of_teams(Rules())
    Asked(leads=1, others=2, limit=6)
    """
    leads = rules.team.places.count(LEAD)
    return Asked(leads, len(rules.team.places) - leads, rules.team.max_places_per_area_per_year)


def make_teams(
    candidates: Candidates, quarter: Ints, *, reviewers: Reviewers, matching: Matching, rules: Rules
) -> Teams:
    """Fill the places of a programme: as many as the rules allow, and of all such teams the best matched.

    Parameters
    ----------
    candidates : Candidates
        n areas and Q quarters.
    quarter : array of int, shape (n,)
        Position of the quarter of each area's review, -1 for none.
    reviewers : Reviewers
        Who may visit whom.
    matching : Matching
        How well each suits.
    rules : Rules
        Uses the section ``team``.

    Notes
    -----
    Besides who may visit whom: a reviewer joins no more teams in a quarter than offered and allowed; an area
    that is visited in a quarter lends nobody in it; a team has at most one reviewer of each supporting area
    and no two who name each other as a conflict; and no area is asked for more places in any four quarters in
    a row than ``max_places_per_area_per_year``. A place that cannot be filled is to be named by a person.
    Two reviewers of one area in the same quarter cost a little, so that the load is spread. Who sat in past
    reviews is not on record, so a team may meet an area that one of them has met before.
    """
    places = _places(quarter, matching.themes, rules)
    team = np.unique(places.area, return_inverse=True)[1]
    points = matching.points(places.area, places.theme, places.lead)
    best = assign(
        Task(
            points=points,
            team=team.astype(np.int64),
            quarter=places.quarter,
            home=reviewers.home,
            capacity=free_capacity(reviewers, quarter),
            limit=np.full(len(reviewers.homes), rules.team.max_places_per_area_per_year),
            conflicts=reviewers.conflicts,
            year=YEAR,
        ),
        tolerance=CLOSE if len(team) > MANY_PLACES else 0.0,
    )
    table = _table(candidates, places, best, reviewers=reviewers, matching=matching, rules=rules)
    return Teams(table, best.value, best.bound, best.gap)


def unstaffed(candidates: Candidates, quarter: Ints, *, themes: Ints, rules: Rules) -> pd.DataFrame:
    """Return the table ``teams`` with every place to be named: the programme has no list of reviewers.

    Parameters
    ----------
    candidates, quarter, rules
        As for `make_teams`.
    themes : array of int, shape (n, 7)
        Of `matching.raising_themes`.
    """
    places = _places(quarter, themes, rules)
    rows = {
        "area_code": candidates.areas["area_code"].to_numpy()[places.area],
        "quarter": candidates.quarters[places.quarter],
        "place": places.names,
        "why": NOBODY_YET,
    }
    return _by_name(pd.DataFrame(rows), candidates, places)


def _places(quarter: Ints, themes: Ints, rules: Rules) -> _Places:
    """Give the first "theme" place of a review the theme that raises the risk most, and so on."""
    wanted = np.array(rules.team.places, dtype=object)
    visited = np.flatnonzero(quarter >= 0)
    turn = np.cumsum(wanted == THEME) - 1
    of_theme = (wanted == THEME) & (turn < themes.shape[1])
    named = np.where(of_theme, themes[visited][:, np.clip(turn, 0, themes.shape[1] - 1)], NO_THEME)
    area = np.repeat(visited, len(wanted))
    return _Places(area, quarter[area], named.ravel(), np.tile(wanted == LEAD, len(visited)))


def _table(
    candidates: Candidates,
    places: _Places,
    best: Assignment,
    *,
    reviewers: Reviewers,
    matching: Matching,
    rules: Rules,
) -> pd.DataFrame:
    areas = candidates.areas
    judged = areas["last_judgement"].astype(str).str.replace("_", " ").tolist()
    apart = rules.team.independence == "region"
    why = [
        MISSING
        if one < 0
        else matching.words(one, area, theme, judged=judged[reviewers.area[one]], apart=apart)
        for one, area, theme in zip(
            best.reviewer.tolist(), places.area.tolist(), places.theme.tolist(), strict=True
        )
    ]
    filled = np.flatnonzero(best.reviewer >= 0)
    who = best.reviewer[filled]
    people = reviewers.table.iloc[who]
    names = areas["name"].iloc[reviewers.area[who]]
    rows = pd.DataFrame(
        {
            "area_code": areas["area_code"].to_numpy()[places.area],
            "quarter": candidates.quarters[places.quarter],
            "place": places.names,
            "why": why,
        }
    ).assign(reviewer="", reviewer_area="", reviewer_area_name="", role="")
    rows.loc[filled, ["reviewer", "reviewer_area", "role"]] = people[
        ["reviewer", "area_code", "role"]
    ].to_numpy()
    rows.loc[filled, "reviewer_area_name"] = names.to_numpy()
    return _by_name(rows, candidates, places)


def _by_name(rows: pd.DataFrame, candidates: Candidates, places: _Places) -> pd.DataFrame:
    name = candidates.areas["name"].to_numpy(dtype=object)[places.area]
    order = rows.assign(name=name, turn=np.arange(len(rows))).sort_values(["name", "turn"]).index
    return typed(rows.loc[order].reindex(columns=list(COLUMNS["teams"])).reset_index(drop=True))
