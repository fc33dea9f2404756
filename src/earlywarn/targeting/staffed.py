"""When and with whom, settled together: quarters are chosen anew until every team can be filled."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from earlywarn.errors import PlanError
from earlywarn.sources.programme import ProgrammeInputs
from earlywarn.targeting.candidates import Candidates
from earlywarn.targeting.capacity import read_capacity
from earlywarn.targeting.deficits import deficits
from earlywarn.targeting.empty_places import name_empty_places, teams_under
from earlywarn.targeting.limits import Cut, Supply
from earlywarn.targeting.matching import raising_themes
from earlywarn.targeting.optimum import Choice
from earlywarn.targeting.programme import choose
from earlywarn.targeting.relief import least_relief
from earlywarn.targeting.reviewers import Reviewers, who_may_visit
from earlywarn.targeting.rules import Rules
from earlywarn.targeting.scored import Scored
from earlywarn.targeting.shortfalls import Remade
from earlywarn.targeting.tables import empty_part
from earlywarn.targeting.teams import asked_of_teams, unstaffed

__all__ = ["Staffed", "staff"]

Ints = NDArray[np.int64]
Cuts = tuple[Cut, ...]

ROUNDS = 12  # of choosing anew
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
    reviewers. Where teams cannot all be filled, the sets of reviews that share too few reviewers become
    rules, and quarters are chosen anew, at most 12 times. Where keeping them would add to the quarters that
    reviews come late, or leave out a review, they give way by as few places as they can; then some places
    stay to be named, and the shortfalls say which. Where none gives way, the choice is the best of all that
    reviewers allow. Conflicts, and two reviewers of one area in a team, are settled within the teams and move
    no review. While a place is open, no more is proven of the choice than how far it is from the best one
    without regard to reviewers, and other quarters might fill more places.

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
    settled, cuts = _chosen_anew(candidates, choice, reviewers=reviewers, rules=rules, gap=gap)
    made = teams_under(candidates, settled.quarter, scored=scored, inputs=inputs, rules=rules)
    moved = int((settled.quarter != choice.quarter).sum())
    open_ = bool((made.table["reviewer"] == "").any())
    return Staffed(
        choice=_no_more_than(settled, choice) if open_ else settled,
        teams=made.table,
        shortfalls=name_empty_places(
            made.table, candidates, settled.quarter, scored=scored, inputs=inputs, rules=rules
        ),
        cautions=tuple(_cautions(moved, reviewers, made.gap)),
        left_out=reviewers.left_out,
        cuts=cuts,
        match=made.match,
        bound=made.bound,
        gap=made.gap,
        moved=moved,
    )


def _chosen_anew(
    candidates: Candidates, choice: Choice, *, reviewers: Reviewers, rules: Rules, gap: float | None
) -> tuple[Choice, Cuts]:
    """Choose quarters until flows fill every place, or no rule on quarters helps without making one late."""
    asked, capacity = asked_of_teams(rules), read_capacity(candidates, rules=rules).reviews
    first, yields = choice, False
    pool: dict[bytes, Cut] = {}
    cuts: Cuts = ()
    for _ in range(ROUNDS):
        new = {_mark(cut): cut for cut in deficits(reviewers, choice.quarter, asked)}
        if not any(_broken(cut, choice.quarter) for mark, cut in new.items() if mark not in pool):
            break
        pool |= new
        again = None if yields else _kept(candidates, tuple(pool.values()), rules, gap, first)
        if again is None:  # from now on the rules give way as little as they can
            yields, whole = True, tuple(pool.values())
            relief = least_relief(candidates, whole, capacity=capacity, quarter=first.quarter)
            if relief is None:
                break
            eased = tuple(
                replace(cut, bound=cut.bound + more) for cut, more in zip(whole, relief, strict=True)
            )
            again = _kept(candidates, eased, rules, gap, first)
        if again is None:
            break
        choice, cuts = again
    return choice, cuts


def _kept(
    candidates: Candidates, cuts: Cuts, rules: Rules, gap: float | None, first: Choice
) -> tuple[Choice, Cuts] | None:
    """Choose quarters under further rules; None where reviews come later for them, or would be left out."""
    try:
        kept = (*cuts, _as_many_reviews(candidates, first))
        choice = choose(candidates, rules=rules, cuts=kept, postpone=True, gap=gap)
    except PlanError:
        return None
    return (choice, kept) if choice.late.sum() <= first.late.sum() else None


def _no_more_than(settled: Choice, without: Choice) -> Choice:
    """Bound a choice with places still open by the best one without regard to reviewers.

    The rules about reviewers gave way somehow, and other programmes with as many open places may be worth
    more. What none can exceed is the best of those that leave any place open.
    """
    bound = max(without.bound, settled.benefit)
    gap = (bound - settled.benefit) / bound if bound else 0.0
    return replace(
        settled, bound=bound, gap=gap, status=f"within {max(gap, 0.001):.1%}" if gap else "optimal"
    )


def _as_many_reviews(candidates: Candidates, choice: Choice) -> Cut:
    """Ask for as many reviews as there are: none is given up because a place in its team is still open."""
    area, time = np.indices(candidates.allowed.shape).reshape(2, -1)
    return Cut(area, time, -np.ones(len(area)), -float((choice.quarter >= 0).sum()))


def _mark(cut: Cut) -> bytes:
    return cut.areas.tobytes() + cut.quarters.tobytes() + cut.coefficients.tobytes()


def _broken(cut: Cut, quarter: Ints) -> bool:
    visited = quarter[cut.areas] == cut.quarters
    return bool(cut.coefficients[visited].sum() > cut.bound)


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
