"""When and with whom, settled together: quarters are chosen anew until every team can be filled."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from earlywarn.sources.programme import ProgrammeInputs
from earlywarn.targeting.candidates import Candidates
from earlywarn.targeting.capacity import read_capacity
from earlywarn.targeting.empty_places import name_empty_places
from earlywarn.targeting.joint import choose_together, places_at_most
from earlywarn.targeting.matching import match_reviewers, raising_themes
from earlywarn.targeting.optimum import Choice, bounded
from earlywarn.targeting.programme import choose
from earlywarn.targeting.reviewers import Reviewers, who_may_visit
from earlywarn.targeting.rules import Rules
from earlywarn.targeting.scored import Scored
from earlywarn.targeting.shortfalls import Remade
from earlywarn.targeting.tables import empty_part
from earlywarn.targeting.teams import Teams, asked_of_teams, make_teams, unstaffed
from earlywarn.targeting.ties import tie_order

__all__ = ["Staffed", "staff"]

TOGETHER_UP_TO = 500  # areas for which quarters and reviewers are chosen together; more take minutes
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
    reviewers. Where teams cannot all be filled then, quarters and reviewers are chosen together
    (``joint.choose_together``, for up to 500 areas): no later and no fewer reviews, then as many places
    filled as can be, then the greatest benefit. If teams fill as many places as that search says can be
    filled at most, the choice is proven; otherwise no more is proven than how far it is from the best one
    without regard to reviewers. Places that stay empty are to be named, and the shortfalls say which.

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
        teams = unstaffed(candidates, choice.quarter, themes=themes, rules=rules)
        caution = (
            "There is no list of reviewers (reviewers.csv), so every place of every team is to be named."
        )
        return Staffed(choice, teams, empty_part("shortfalls"), (caution,), LEFT_OUT.copy())
    reviewers = who_may_visit(candidates, inputs, rules)
    settled, made, proven = _with_teams(candidates, choice, reviewers, scored=scored, rules=rules)
    moved = int((settled.quarter != choice.quarter).sum())
    return Staffed(
        # while places are open, no more is proven than the best choice without regard to reviewers
        choice=settled if proven else bounded(settled, choice.bound),
        teams=made.table,
        shortfalls=name_empty_places(
            made.table, candidates, settled.quarter, scored=scored, inputs=inputs, rules=rules
        ),
        cautions=tuple(_cautions(moved, reviewers, made.gap)),
        left_out=reviewers.left_out,
        match=made.match,
        bound=made.bound,
        gap=made.gap,
        moved=moved,
    )


def _with_teams(
    candidates: Candidates,
    choice: Choice,
    reviewers: Reviewers,
    *,
    scored: Scored,
    rules: Rules,
) -> tuple[Choice, Teams, bool]:
    """Return quarters with their teams, and whether it is proven that no others are better."""
    matching = match_reviewers(scored, reviewers, rules)

    def teams(found: Choice) -> Teams:
        return make_teams(candidates, found.quarter, reviewers=reviewers, matching=matching, rules=rules)

    asked, capacity = asked_of_teams(rules), read_capacity(candidates, rules=rules).reviews
    wanted = len(rules.team.places) * int((choice.quarter >= 0).sum())
    if len(candidates.areas) > TOGETHER_UP_TO:
        made = teams(choice)
        return choice, made, not _open(made)
    here = places_at_most(candidates, choice, reviewers=reviewers, asked=asked, capacity=capacity)
    still = teams(choice) if here >= wanted else None
    if still is not None and not _open(still):
        return choice, still, True
    joint = choose_together(
        candidates,
        choice,
        reviewers=reviewers,
        asked=asked,
        capacity=capacity,
        ties=tie_order(candidates, rules=rules),
    )
    if joint is None:
        return choice, still or teams(choice), False
    again = teams(joint.choice)
    filled = len(again.table) - _open(again)
    if filled < here:  # without moving a review as many can be filled, perhaps
        still = still or teams(choice)
        if _open(still) <= _open(again):
            return choice, still, False
    return joint.choice, again, filled >= joint.places


def _open(teams: Teams) -> int:
    """Count the places that are to be named."""
    return int((teams.table["reviewer"] == "").sum())


def _cautions(moved: int, reviewers: Reviewers, gap: float) -> Iterator[str]:
    if moved:
        given = (
            "1 review was given another quarter"
            if moved == 1
            else f"{moved} reviews were given other quarters"
        )
        yield f"So that reviewers could be found for as many places as possible, {given}."
    left = reviewers.left_out
    if len(left):
        told = [f"{why} ({', '.join(who)})" for why, who in left.groupby("why")["reviewer"].agg(list).items()]
        count = f"{len(left)} of {len(reviewers.table)} reviewers"
        yield f"Under the rules {count} can visit no area: {'; '.join(told)}."
    if gap > 0:
        yield f"The teams match within {max(gap, 0.001):.1%} of the best that could be."
