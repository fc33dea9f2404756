"""Who may visit whom: the hard rules of a team, over all reviewers and areas at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from earlywarn.schema import ENABLERS
from earlywarn.sources.programme import ProgrammeInputs
from earlywarn.targeting.candidates import Candidates
from earlywarn.targeting.rules import Rules

__all__ = ["Reviewers", "who_may_visit"]

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

UNKNOWN = -1  # a reviewer whose area was not scored
ELSEWHERE = "elsewhere"
NOT_SCORED = "their area is not on the risk list, so nothing is known of its own risk"
CONFLICT = "each area that they may visit is taken care of elsewhere, or is one that they name as a conflict"


@dataclass(frozen=True)
class Reviewers:
    """Reviewers by code (R), and what each may do for the areas (n) of a risk list.

    Parameters
    ----------
    table : DataFrame of R rows
        The rows of ``reviewers``, sorted by code, so that the order of the file changes nothing.
    area : array of int, shape (R,)
        Position of each reviewer's own area in the risk list, -1 where it is not there.
    home : array of int, shape (R,)
        Counts the supporting areas from 0, by code.
    homes : tuple of str
        Their codes.
    may : array of bool, shape (R, n)
        Whether the reviewer may visit the area, by every rule that no plan can change.
    capacity : array of int, shape (R, Q)
        Teams that each can join in each quarter.
    lead : array of bool, shape (R,)
        Whether the role can lead a team.
    skills : array of bool, shape (R, 7)
        By theme, in the order of ``schema.ENABLERS``.
    conflicts : array of int, shape (pairs, 2)
        Reviewers who do not sit in one team, each pair once.
    left_out : DataFrame
        ``reviewer, area_code, why``: those who can visit no area at all, and the reason in words.
    """

    table: pd.DataFrame
    area: Ints
    home: Ints
    homes: tuple[str, ...]
    may: Flags
    capacity: Ints
    lead: Flags
    skills: Flags
    conflicts: Ints
    left_out: pd.DataFrame


def who_may_visit(candidates: Candidates, inputs: ProgrammeInputs, rules: Rules) -> Reviewers:
    """Say which reviewer may visit which area, whatever the plan.

    A supporting area is judged as ``team.judged`` asks, its own risk is not in ``team.not_band``, it is not
    flagged for a targeted review itself, and it is not under formal intervention: supporting others takes
    strength from home. A reviewer visits no area that is their own, that they name as a conflict, that lies
    in a region where they do not go, or, where ``team.independence`` asks for another region, in their own.
    A region that is not known cannot be shown to be another one.

    Parameters
    ----------
    candidates : Candidates
        Uses ``areas`` (``area_code, region, last_judgement, band, flagged, status``) and ``quarters``.
    inputs : ProgrammeInputs
        Uses ``reviewers`` and their availability.
    rules : Rules
        Uses the section ``team``.

    Notes
    -----
    That an area lends nobody in the quarter in which it is visited itself depends on the plan, and so does
    the load: `teams.make_teams` and `staffed.staff` see to both.
    """
    reviewers = inputs.reviewers.sort_values("reviewer", kind="stable")
    offered = np.minimum(
        inputs.availability(candidates.quarters)[_order(inputs)], rules.team.max_per_reviewer_per_quarter
    )
    reviewers = reviewers.reset_index(drop=True)
    areas = candidates.areas.reset_index(drop=True)
    position = pd.Series(areas.index, index=areas["area_code"])
    own = reviewers["area_code"].map(position).fillna(UNKNOWN).to_numpy(dtype=np.int64)
    homes, home = np.unique(reviewers["area_code"].to_numpy(dtype=str), return_inverse=True)
    reasons = _unfit(areas, rules)
    fit = np.array([own[at] != UNKNOWN and not reasons[own[at]] for at in range(len(own))], dtype=bool)
    free = (offered > 0).any(axis=1)
    region = areas["region"].to_numpy(dtype=object)
    theirs = np.where(own == UNKNOWN, "", region[own] if len(region) else "")
    apart = _apart(theirs, region, rules)
    willing = _named(reviewers["regions"], region) | (reviewers["regions"].to_numpy() == "")[:, None]
    clear = ~_named(reviewers["conflicts"], areas["area_code"].to_numpy(dtype=object))
    clear &= own[:, None] != np.arange(len(areas))
    open_ = (areas["status"] != ELSEWHERE).to_numpy()
    may = fit[:, None] & free[:, None] & apart & willing & clear & open_
    known: Flags = np.asarray(theirs != "") | (rules.team.independence != "region")
    other, goes = np.asarray(apart.any(axis=1)), np.asarray((apart & willing).any(axis=1))
    why = _why_not(
        {
            "the region of their area is not known, and the rules ask for another region": known,
            "every area lies in their own region, and the rules ask for another": other,
            "no area that they may visit lies in a region that they go to": goes,
        },
        [NOT_SCORED if at == UNKNOWN else reasons[at] for at in own],
        free,
    )
    nobody = np.flatnonzero(~may.any(axis=1))
    left_out = reviewers.loc[nobody, ["reviewer", "area_code"]].assign(why=[why[at] for at in nobody])
    return Reviewers(
        table=reviewers,
        area=own,
        home=home.astype(np.int64),
        homes=tuple(map(str, homes)),
        may=may,
        capacity=offered.astype(np.int64),
        lead=reviewers["role"].isin(rules.team.lead_roles).to_numpy(dtype=bool),
        skills=_named(reviewers["skills"], np.array(ENABLERS, dtype=object)),
        conflicts=_pairs(reviewers),
        left_out=left_out.reset_index(drop=True).astype(object),
    )


def _order(inputs: ProgrammeInputs) -> Ints:
    codes = inputs.reviewers["reviewer"].reset_index(drop=True)
    return codes.sort_values(kind="stable").index.to_numpy(dtype=np.int64)


def _unfit(areas: pd.DataFrame, rules: Rules) -> list[str]:
    """Say of each area why it lends nobody; empty where it may."""
    judged = areas["last_judgement"].str.replace("_", " ").replace("", "by no inspection yet")
    why = pd.Series("", index=areas.index, dtype=object)
    for does, words in (
        (areas["flagged"].astype(bool), "their area is to be offered a targeted review itself"),
        (areas["band"].isin(rules.team.not_band), "the risk of their area is " + areas["band"]),
        (
            ~areas["last_judgement"].isin(rules.team.judged),
            "their area is judged " + judged + ", and the rules ask for " + _either(rules.team.judged),
        ),
        (areas["status"] == ELSEWHERE, "their area is under formal intervention"),
    ):
        why = why.mask(does, words)
    return [str(words) for words in why]


def _either(words: tuple[str, ...]) -> str:
    return " or ".join(word.replace("_", " ") for word in words) or "none"


def _apart(theirs: NDArray[np.object_], region: NDArray[np.object_], rules: Rules) -> Flags:
    if rules.team.independence != "region":
        return np.ones((len(theirs), len(region)), dtype=bool)
    known = (theirs != "")[:, None] & (region != "")
    return np.asarray(known & (theirs[:, None] != region), dtype=bool)


def _named(listed: pd.Series, names: NDArray[np.object_]) -> Flags:
    """Whether each cell, whose words are joined by `;`, holds each name; shape (rows, names)."""
    words = listed.astype(str).str.split(r"\s*;\s*", regex=True).explode()
    found = np.zeros((len(listed), len(names)), dtype=bool)
    row = words.index.to_numpy(dtype=np.int64)
    known, at = np.unique(names.astype(str), return_inverse=True)
    where = np.searchsorted(known, words.to_numpy(dtype=str))
    where = np.minimum(where, max(len(known) - 1, 0))
    if len(known):
        hit = known[where] == words.to_numpy(dtype=str)
        by_name = np.zeros((len(listed), len(known)), dtype=bool)
        by_name[row[hit], where[hit]] = True
        found = by_name[:, at]
    return found


def _pairs(reviewers: pd.DataFrame) -> Ints:
    """Return the conflicts among reviewers, each once, whichever of the two has named it."""
    codes = reviewers["reviewer"].to_numpy(dtype=object)
    named = _named(reviewers["conflicts"], codes)
    return np.argwhere(np.triu(named | named.T, 1)).astype(np.int64)


def _why_not(passed: Mapping[str, Flags], unfit: Sequence[str], free: Flags) -> list[str]:
    """Say of each reviewer what keeps them from every area, the most general cause first."""
    words = [CONFLICT if able else "they are available in no quarter of the programme" for able in free]
    for reason, clear in reversed(list(passed.items())):
        words = [words[at] if clear[at] or not free[at] else reason for at in range(len(words))]
    return [first or then for first, then in zip(unfit, words, strict=True)]
