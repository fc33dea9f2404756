"""When and with whom, settled together: quarters are chosen anew until reviewers can be found for every team."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from earlywarn.errors import PlanError
from earlywarn.schedule import quarter_words
from earlywarn.sources.programme import ProgrammeInputs
from earlywarn.targeting.candidates import Candidates
from earlywarn.targeting.deficits import deficits
from earlywarn.targeting.limits import Cut, Supply
from earlywarn.targeting.matching import LEAD, match_reviewers, raising_themes
from earlywarn.targeting.optimum import Choice
from earlywarn.targeting.programme import choose
from earlywarn.targeting.reviewers import Reviewers, who_may_visit
from earlywarn.targeting.rules import Rules
from earlywarn.targeting.scored import Scored
from earlywarn.targeting.shortfalls import Remade
from earlywarn.targeting.tables import COLUMNS, empty_part, typed
from earlywarn.targeting.teams import asked_of_teams, make_teams, unstaffed

__all__ = ["Staffed", "staff"]

Ints = NDArray[np.int64]

ROUNDS = 12  # of choosing anew
RULE = "reviewers"
LEFT_OUT = pd.DataFrame(columns=["reviewer", "area_code", "why"], dtype=object)


@dataclass(frozen=True)
class Staffed:
    """A choice of quarters, and teams for it.

    Parameters
    ----------
    choice : Choice
        Who is visited, and when.
    teams : DataFrame
        The plan's table ``teams``, without weeks; an empty ``reviewer`` is a place to be named.
    shortfalls : DataFrame
        The plan's table ``shortfalls``: one row for each quarter in which places stay empty.
    cautions : tuple of str
        What a reader has to know of the teams as a whole.
    left_out : DataFrame
        ``reviewer, area_code, why``: those who can visit no area at all.
    cuts : tuple of Cut
        The rules that reviewers put on the choice of quarters.
    supply : Supply or None
        None: what reviewers can do is in ``cuts``, more finely.
    match, bound, gap : float
        How well the teams match, the best that could be proven possible, and the share that might be won.
    moved : int
        Reviews whose quarter was chosen anew so that teams could be filled.
    """

    choice: Choice
    teams: pd.DataFrame
    shortfalls: pd.DataFrame
    cautions: tuple[str, ...]
    left_out: pd.DataFrame
    cuts: tuple[Cut, ...] = ()
    supply: Supply | None = None
    match: float = 0.0
    bound: float = 0.0
    gap: float = 0.0
    moved: int = 0


def staff(
    candidates: Candidates,
    scored: Scored,
    inputs: ProgrammeInputs,
    rules: Rules,
    *,
    remade: Remade | None = None,
    gap: float | None = None,
) -> Staffed:
    """Choose quarters and teams.

    Deadlines stand above teams, and teams above benefit: quarters are first chosen without regard to
    reviewers. Where teams cannot all be filled, the sets of reviews that share too few reviewers become rules,
    and quarters are chosen anew, at most 12 times. A rule is dropped again if keeping it would make any review
    later than due, or the programme impossible; then some places stay to be named, and the shortfalls say
    which. Conflicts and two reviewers of one area in a team are settled within the teams and move no review.

    Parameters
    ----------
    candidates : Candidates
        n areas and Q quarters.
    scored : Scored
        The run.
    inputs : ProgrammeInputs
        Uses ``reviewers``; without any, every place is to be named.
    rules : Rules
        Of the programme.
    remade : callable, optional
        As for `programme.choose`.
    gap : float, optional
        As for `programme.choose`.

    Raises
    ------
    PlanError
        If the rules on quarters cannot all be kept even without regard to reviewers.
    """
    choice = choose(candidates, rules=rules, remade=remade, gap=gap)
    if inputs.reviewers.empty:
        themes = raising_themes(scored, rules=rules)
        teams = unstaffed(candidates, choice.quarter, matching_themes=themes, rules=rules)
        caution = (
            "There is no list of reviewers (reviewers.csv), so every place of every team is to be named."
        )
        return Staffed(choice, teams, empty_part("shortfalls"), (caution,), LEFT_OUT.copy())
    reviewers = who_may_visit(candidates, inputs, rules)
    settled, cuts = _chosen_anew(candidates, choice, reviewers, rules, gap)
    matching = match_reviewers(scored, reviewers, rules)
    made = make_teams(candidates, settled.quarter, reviewers=reviewers, matching=matching, rules=rules)
    moved = int((settled.quarter != choice.quarter).sum())
    return Staffed(
        choice=settled,
        teams=made.table,
        shortfalls=_shortfalls(made.table, candidates, rules),
        cautions=tuple(_cautions(moved, reviewers, made.gap)),
        left_out=reviewers.left_out,
        cuts=cuts,
        match=made.match,
        bound=made.bound,
        gap=made.gap,
        moved=moved,
    )


def _chosen_anew(
    candidates: Candidates, choice: Choice, reviewers: Reviewers, rules: Rules, gap: float | None
) -> tuple[Choice, tuple[Cut, ...]]:
    """Choose quarters until flows fill every place, or no rule on quarters helps without making one late."""
    asked, cuts = asked_of_teams(rules), ()
    for _ in range(ROUNDS):
        new = tuple(deficits(reviewers, choice.quarter, asked))
        if not new:
            break
        again, kept = _keeping(candidates, choice, cuts, new, rules, gap)
        if not kept:
            break
        choice, cuts = again, (*cuts, *kept)
    return choice, cuts


def _keeping(
    candidates: Candidates,
    choice: Choice,
    cuts: tuple[Cut, ...],
    new: Sequence[Cut],
    rules: Rules,
    gap: float | None,
) -> tuple[Choice, tuple[Cut, ...]]:
    """Keep as many of the new rules as no review gets later for: all, or else quarter by quarter."""
    broken = [cut for cut in new if _broken(cut, choice.quarter)]
    kept: tuple[Cut, ...] = ()
    for group in [new, *([one] for one in broken)]:
        try:
            again = choose(candidates, rules=rules, cuts=(*cuts, *kept, *group), postpone=True, gap=gap)
        except PlanError:
            continue
        if again.late.sum() <= choice.late.sum():
            choice, kept = again, (*kept, *group)
            if len(group) == len(new):
                break
    return choice, kept


def _broken(cut: Cut, quarter: Ints) -> bool:
    visited = quarter[cut.areas] == cut.quarters
    return bool(cut.coefficients[visited].sum() > cut.bound)


def _shortfalls(teams: pd.DataFrame, candidates: Candidates, rules: Rules) -> pd.DataFrame:
    """Name the places that stay empty, quarter by quarter."""
    empty = teams[teams["reviewer"] == ""]
    if empty.empty:
        return empty_part("shortfalls")
    name = candidates.areas.set_index("area_code")["name"]
    rows = []
    for quarter, places in empty.groupby("quarter"):
        wanted = int((teams["quarter"] == quarter).sum())
        found = wanted - len(places)
        areas = sorted(set(places["area_code"].map(name)))
        leads = int((places["place"] == LEAD).sum())
        rows.append(
            {
                "rule": RULE,
                "quarter": quarter,
                "wanted": wanted,
                "found": found,
                "areas": "; ".join(areas),
                "words": f"{quarter_words(quarter)}: {_places(wanted)} asked for, and under the rules reviewers "
                f"were found for {found}; {_still(len(places), leads)} to be named.",
                "remedy": _remedy(len(places), leads, quarter_words(quarter), rules),
            }
        )
    return typed(pd.DataFrame(rows, columns=list(COLUMNS["shortfalls"])))


def _places(count: int) -> str:
    return "1 place is" if count == 1 else f"{count} places are"


def _still(count: int, leads: int) -> str:
    led = f", {leads} of them to lead," if 0 < leads < count else " to lead" if leads else ""
    return f"1 place{led} is" if count == 1 else f"{count} places{led} are"


def _remedy(count: int, leads: int, quarter: str, rules: Rules) -> str:
    """Say what could fill the places; none of it is certain to, so it is offered and not promised."""
    roles = " or ".join(role.replace("_", " ") for role in rules.team.lead_roles)
    led = f", {leads} of them a {roles}" if leads else ""
    region = " from other regions" if rules.team.independence == "region" else ""
    return (
        f"Find {count} more reviewer{'' if count == 1 else 's'} for {quarter}{region}{led}; or ask for fewer places in "
        "[team] places; or allow more in [team] max_places_per_area_per_year or max_per_reviewer_per_quarter. "
        "None of these was tried."
    )


def _cautions(moved: int, reviewers: Reviewers, gap: float) -> Iterator[str]:
    if moved:
        quarters = (
            "1 review was given another quarter"
            if moved == 1
            else f"{moved} reviews were given other quarters"
        )
        yield f"So that reviewers could be found for as many teams as possible, {quarters} than risk alone would give."
    if len(reviewers.left_out):
        told = "; ".join(f"{row.reviewer} ({row.why})" for row in reviewers.left_out.itertuples())
        yield f"{len(reviewers.left_out)} of {len(reviewers.table)} reviewers can visit no area under the rules: {told}."
    if gap > 0:
        yield f"The teams match within {max(gap, 0.001):.1%} of the best that could be."
