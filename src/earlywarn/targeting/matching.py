"""How well a reviewer suits a place: skills on the reasons, and an area that is strong and alike.

Points are whole numbers, so that equals are equal. Those who can lead are few, so places to lead come first.
In the others the skill that a place asks for outweighs everything else together: first comes a reviewer who
has it, and only then who is nearest.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from earlywarn.schema import ENABLERS
from earlywarn.targeting.actionable import ENGAGEMENT, past_judgements
from earlywarn.targeting.evidence import visible_reasons
from earlywarn.targeting.reviewers import Reviewers
from earlywarn.targeting.rules import Rules
from earlywarn.targeting.scored import Scored

__all__ = ["ANY", "LEAD", "NO_THEME", "THEME", "Matching", "match_reviewers", "raising_themes"]

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LEAD, ANY, THEME = "lead", "any", "theme"
NO_THEME = -1
# The parts of a match. Without the skill that is asked for, the most is 4 + 4 + 2 + 2 = 12.
LEADS = 30  # fills a place to lead: more than any other place can be worth, and what lending twice costs
SKILL = 15  # has the skill that the place asks for: more than all else, and what lending twice costs
STRONG = 4  # the supporting area is strong on that theme
NEAR = 4  # a statistical neighbour, where neighbours come first
ALIKE = 2  # an area alike in kind, size and deprivation; a neighbour where neighbours do not come first
FURTHER = (
    2  # at most: one for each skill on another of the reasons' themes; or strength, where no theme is asked
)
RESTED = 2  # less one for each time that the area is known to have lent staff lately
LENT_MONTHS = 24
MAD_TO_SD = 1.4826  # scales a median absolute deviation to a normal's standard deviation
ALIKE_WITHIN = 1.0  # such deviations, in size and deprivation together
WORSE = ("worse", "worse_strong")
LENDING = "support_given"


@dataclass(frozen=True)
class Matching:
    """What makes a match, part by part: R reviewers, n areas, 7 themes.

    Parameters
    ----------
    themes : array of int, shape (n, 7)
        Positions in ``schema.ENABLERS`` of the themes that raise the area's risk, strongest first; -1 after.
    skills, strong : array of bool, shape (R, 7)
        What the reviewer is skilled in, and what their area is strong on.
    neighbour, alike : array of bool, shape (R, n)
        Whether their area is a statistical neighbour, and whether it is alike in kind, size and deprivation.
    lent : array of int, shape (R,)
        How often their area is known to have lent staff over 24 months.
    may : array of bool, shape (R, n)
        Who may visit whom.
    lead : array of bool, shape (R,)
        Who may lead.
    near : int
        Points for a neighbour.
    """

    themes: Ints
    skills: Flags
    strong: Flags
    neighbour: Flags
    alike: Flags
    lent: Ints
    may: Flags
    lead: Flags
    near: int

    def points(self, area: Ints, theme: Ints, lead: Flags) -> Ints:
        """Return what each reviewer is worth in each place, shape (R, places); -1 where they may not sit.

        Parameters
        ----------
        area : array of int, shape (places,)
            Positions of the areas visited.
        theme : array of int, shape (places,)
            Position of the theme that the place is for; -1 for none.
        lead : array of bool, shape (places,)
            Whether the place leads the team.
        """
        asked = theme != NO_THEME
        column = np.maximum(theme, 0)
        skilled = self.skills[:, column] & asked
        strong = self.strong[:, column] & asked
        reasons = np.zeros((len(self.themes), len(ENABLERS)), dtype=np.int64)
        rows, _ = np.nonzero(self.themes != NO_THEME)
        reasons[rows, self.themes[self.themes != NO_THEME]] = 1
        wanted = reasons[area]
        able = self.skills.astype(np.int64) @ wanted.T - skilled
        further = np.minimum(able, FURTHER)
        sound = np.minimum(self.strong.astype(np.int64) @ wanted.T, STRONG) * ~asked
        near = np.where(self.neighbour[:, area], self.near, self.alike[:, area] * ALIKE)
        rested = np.maximum(RESTED - self.lent, 0)[:, None]
        total = skilled * SKILL + strong * STRONG + sound + further + near + rested + lead * LEADS
        allowed = self.may[:, area] & (~lead | self.lead[:, None])
        return np.where(allowed, total, -1).astype(np.int64)

    def words(self, reviewer: int, area: int, theme: int, *, judged: str, apart: bool) -> str:
        """Return what makes one match; each part is true of the reviewer, their area, or the two areas.

        Parameters
        ----------
        reviewer, area : int
            Positions.
        theme : int
            Of the place; -1 for one that asks for none.
        judged : str
            The last judgement of the reviewer's area, in words.
        apart : bool
            Whether the rules ask for another region.
        """
        reasons = [int(one) for one in self.themes[area] if one != NO_THEME]
        others = [one for one in reasons if one != theme and self.skills[reviewer, one]]
        strong = [one for one in reasons if self.strong[reviewer, one] and theme in {NO_THEME, one}]
        parts = []
        if theme != NO_THEME and self.skills[reviewer, theme]:
            parts.append(f"skilled in {ENABLERS[theme]}")
        elif theme != NO_THEME:
            parts.append(f"no reviewer skilled in {ENABLERS[theme]} was free for this team")
        if others:
            parts.append(f"{'also ' if theme != NO_THEME else ''}skilled in {_and(others)}")
        home = [f"judged {judged}", *([f"strong on {_and(strong)}"] if strong else [])]
        parts.append(f"from an area {', '.join(home)}{' and in another region' if apart else ''}")
        if self.neighbour[reviewer, area]:
            parts.append("a statistical neighbour")
        elif self.alike[reviewer, area]:
            parts.append("of the same kind, and similar in size and deprivation")
        if self.lent[reviewer]:
            times = {1: "once", 2: "twice"}.get(int(self.lent[reviewer]), f"{self.lent[reviewer]} times")
            parts.append(f"which has lent staff {times} in {LENT_MONTHS} months")
        words = "; ".join(parts)
        return f"{words[:1].upper()}{words[1:]}."


def match_reviewers(scored: Scored, reviewers: Reviewers, rules: Rules) -> Matching:
    """Say what makes each match, from what the run knows of the two areas.

    An area counts as strong on a theme where the theme's figures lower its risk and none of them signals
    anything worse. Likeness is of the same kind (county, London borough, ...) and a distance of at most one
    robust standard deviation in size (as a logarithm) and deprivation; what is not known makes nobody alike.
    Neighbours count in either direction.

    Parameters
    ----------
    scored : Scored
        Uses ``risks, reasons, contributions, signals, indicators, neighbours, context, entries``.
    reviewers : Reviewers
        Of `who_may_visit`.
    rules : Rules
        Uses ``team.neighbours_first`` and ``targeted.out_of_its_hands``.
    """
    codes = pd.Index(scored.risks["area_code"])
    known = (reviewers.area >= 0)[:, None]
    own = np.maximum(reviewers.area, 0)
    return Matching(
        themes=raising_themes(scored, rules=rules),
        skills=reviewers.skills,
        strong=_strong(scored, codes)[own] & known,
        neighbour=_neighbours(scored, codes)[own] & known,
        alike=_alike(scored, codes, own) & known,
        lent=_lent(scored, codes)[own] * known[:, 0],
        may=reviewers.may,
        lead=reviewers.lead,
        near=NEAR if rules.team.neighbours_first else ALIKE,
    )


def raising_themes(scored: Scored, *, rules: Rules) -> Ints:
    """Return the themes that raise each area's risk, the strongest first.

    Parameters
    ----------
    scored : Scored
        Uses ``risks`` and the ``reasons`` that its audience may see.
    rules : Rules
        ``targeted.out_of_its_hands``, past judgements and engagement come last: a visit can ask about them,
        but not put them right.

    Returns
    -------
    array of int, shape (n, 7)
        Positions in ``schema.ENABLERS``; -1 where no further theme raises the risk.
    """
    reasons = visible_reasons(scored, str(scored.run.get("audience", "sector")))
    raising = reasons[
        (reasons["direction"] == "raises") & (reasons["contribution"] > 0) & reasons["theme"].isin(ENABLERS)
    ]
    patterns = rules.targeted.out_of_its_hands
    given = {
        name
        for name in {*raising["feature"], *raising["indicator"]}
        if name in past_judgements() or name in ENGAGEMENT or any(fnmatchcase(name, one) for one in patterns)
    }
    later = raising["feature"].isin(given) | raising["indicator"].isin(given)
    codes = pd.Index(scored.risks["area_code"])
    row, theme = (
        codes.get_indexer(pd.Index(raising["area_code"])),
        pd.Index(ENABLERS).get_indexer(pd.Index(raising["theme"])),
    )
    kept = row >= 0
    weight, any_own = np.zeros((len(codes), len(ENABLERS))), np.zeros((len(codes), len(ENABLERS)))
    np.add.at(weight, (row[kept], theme[kept]), raising["contribution"].to_numpy()[kept])
    np.add.at(any_own, (row[kept], theme[kept]), np.where(later, 0.0, raising["contribution"])[kept])
    order = np.lexsort((-weight, -any_own), axis=1)  # by what can be put right, then by all
    found = np.take_along_axis(weight, order, axis=1) > 0
    return np.where(found, order, NO_THEME).astype(np.int64)


def _strong(scored: Scored, codes: pd.Index) -> Flags:
    """Whether each area is strong on each theme, shape (n, 7)."""
    themes = pd.Index(ENABLERS)
    told = scored.contributions
    told = told[told["target"] == scored.target]
    row, theme = codes.get_indexer(pd.Index(told["area_code"])), themes.get_indexer(pd.Index(told["theme"]))
    kept = (row >= 0) & (theme >= 0)
    moved = np.zeros((len(codes), len(themes)))
    np.add.at(moved, (row[kept], theme[kept]), told["contribution"].to_numpy(dtype=float)[kept])
    signals = scored.signals[scored.signals["symbol"].isin(WORSE)]
    of = scored.indicators.drop_duplicates("indicator").set_index("indicator")["theme"]
    row = codes.get_indexer(pd.Index(signals["area_code"]))
    theme = themes.get_indexer(pd.Index(signals["indicator"].map(of)))
    kept = (row >= 0) & (theme >= 0)
    worse = np.zeros(moved.shape, dtype=bool)
    worse[row[kept], theme[kept]] = True
    return np.asarray((moved < 0) & ~worse)


def _neighbours(scored: Scored, codes: pd.Index) -> Flags:
    """Whether two areas are statistical neighbours, in either direction, shape (n, n)."""
    pairs = scored.neighbours
    one, other = (
        codes.get_indexer(pd.Index(pairs["area_code"])),
        codes.get_indexer(pd.Index(pairs["neighbour_code"])),
    )
    kept = (one >= 0) & (other >= 0)
    near = np.zeros((len(codes), len(codes)), dtype=bool)
    near[one[kept], other[kept]] = True
    return near | near.T


def _alike(scored: Scored, codes: pd.Index, own: Ints) -> Flags:
    """Whether each reviewer's area is alike to each area, shape (R, n)."""
    context = scored.context.drop_duplicates("area_code").set_index("area_code").reindex(codes)
    children = context["children"].astype(float)
    size = _spread(np.log(children.where(children > 0).to_numpy(dtype=float)))
    poverty = _spread(context["deprivation"].to_numpy(dtype=float))
    kind = context["area_type"].fillna("").to_numpy(dtype=object)
    distance = np.hypot(size[own][:, None] - size, poverty[own][:, None] - poverty)
    same = (kind[own][:, None] == kind) & (kind != "")
    return np.asarray(same & (distance <= ALIKE_WITHIN), dtype=bool)


def _spread(values: Floats) -> Floats:
    """Put figures on a scale of robust standard deviations; NaN where they do not differ."""
    seen = values[~np.isnan(values)]
    if not len(seen):
        return values
    centre = np.median(seen)
    deviation = MAD_TO_SD * np.median(np.abs(seen - centre))
    return np.asarray((values - centre) / (deviation if deviation > 0 else np.nan))


def _lent(scored: Scored, codes: pd.Index) -> Ints:
    """How often each area lent staff lately, as far as the log tells, shape (n,)."""
    since = scored.as_of - pd.DateOffset(months=LENT_MONTHS)
    told = scored.entries
    told = told[
        (told["kind"] == LENDING) & (told["occurred_on"] >= since) & (told["occurred_on"] < scored.as_of)
    ]
    facts = told.drop_duplicates(["area_code", "occurred_on"])
    row = codes.get_indexer(pd.Index(facts["area_code"]))
    return np.bincount(row[row >= 0], minlength=len(codes)).astype(np.int64)


def _and(themes: list[int]) -> str:
    words = [ENABLERS[theme] for theme in themes]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
