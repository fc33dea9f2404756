"""Who is reviewed, and when: the best programme under the rules, or the rules that cannot all be kept."""

from collections.abc import Iterable

from earlywarn.errors import PlanError
from earlywarn.targeting.candidates import Candidates
from earlywarn.targeting.capacity import read_capacity
from earlywarn.targeting.limits import Cut, Limits, Supply
from earlywarn.targeting.optimum import Choice, best_quarters, kept_in_time
from earlywarn.targeting.rules import Rules
from earlywarn.targeting.shortfalls import Remade, refusal
from earlywarn.targeting.ties import tie_order

__all__ = ["Choice", "Cut", "Supply", "choose"]

PROVEN_UP_TO = 2_000  # areas for which the best itself is proven; above it a gap of ``GAP`` will do
GAP = 0.01


def choose(
    candidates: Candidates,
    *,
    rules: Rules,
    supply: Supply | None = None,
    cuts: Iterable[Cut] = (),
    postpone: bool | None = None,
    gap: float | None = None,
    seconds: float | None = None,
    remade: Remade | None = None,
) -> Choice:
    """Return the programme that keeps every rule and is worth the most.

    The whole programme is chosen at once, by mixed-integer programming. Its aims come in this order, and
    none is ever traded for a later one:

    1. areas are visited by the day they fall due, or the fewest quarters after it;
    2. the expected benefit, ``sum of candidates.benefit``, is greatest;
    3. equals are told apart by ``rules.fairness.ties``.

    Since a benefit grows with the risk, and grows more the earlier the review, an area whose risk alone is
    higher is never visited later; not even where it falls due sooner for that, and the fewest reviews a
    quarter that reach everyone in time become more. Since further capacity takes no programme away, it
    never adds to the lateness, and never lowers the benefit of programmes as late as each other. Both hold
    where the best is proven, not within a gap, and for the same supply and cuts.

    Parameters
    ----------
    candidates : Candidates
        n areas and Q quarters.
    rules : Rules
        Uses the sections ``capacity``, ``due`` and ``fairness``.
    supply : Supply, optional
        Reviewers by quarter; left out, they do not limit the choice.
    cuts : iterable of Cut
        Further rows to keep, such as teams that cannot be staffed.
    postpone : bool, optional
        Whether areas may come later than due where there is no other way; as ``due.when_impossible`` says
        if left out. What a coordinator moved past its deadline is never a reason to refuse.
    gap : float, optional
        Share of the benefit within which the best has to be proven; 0 up to 2,000 areas and 0.01 above.
    seconds : float, optional
        Stop each search then with the best found, which makes the plan depend on the machine.
    remade : callable, optional
        Makes the candidates again under changed rules, such as ``{"due.every_months": 27}``, so that the
        error can say which interval between reviews would suffice.

    Raises
    ------
    PlanError
        If the rules cannot all be kept; the message names each, with what would suffice.
    ConfigError
        If ``capacity.by_quarter`` names a quarter outside the programme.

    Examples
    --------
    Ash and Elm fall due in the first quarter, Oak has the highest risk, and each quarter holds one review:

    >>> import numpy as np, pandas as pd
    >>> from earlywarn.targeting.rules import read_rules
    >>> three = Candidates(
    ...     areas=pd.DataFrame({"area_code": ["A", "E", "O"], "name": ["Ash", "Elm", "Oak"]}),
    ...     quarters=pd.date_range("2025-04-01", periods=2, freq="QS"),
    ...     allowed=np.ones((3, 2), dtype=bool),
    ...     blocked=np.full((3, 2), ""),
    ...     weeks=np.ones((3, 2, 14), dtype=bool),
    ...     deadline=np.array([0, 0, 2]),
    ...     benefit=np.array([[4.0, 2], [2, 1], [8, 4]]),
    ...     weight=np.array([2, 1, 4]),
    ...     pinned=np.full(3, -1),
    ...     excluded=np.zeros(3, dtype=bool),
    ...     step=1.0,
    ... )
    >>> choose(three, rules=read_rules(changes={"capacity.per_quarter": 2})).quarter
    array([0, 0, 1])
    >>> choose(three, rules=read_rules(changes={"capacity.per_quarter": 1}))
    Traceback (most recent call last):
    ...
    earlywarn.errors.PlanError: The rules of this programme cannot all be kept; nothing was planned.
      Apr-Jun 2025: capacity is 1, but 2 areas fall due by then that cannot be visited earlier. Relax one:
      raise [capacity] by_quarter for Apr-Jun 2025 to 2; or set [capacity] per_quarter = 2; or set
      [due] when_impossible = 'postpone', which leaves 1 area later than due.
    """
    limits = Limits(read_capacity(candidates, rules=rules).reviews, supply, tuple(cuts))
    if gap is None:
        gap = 0.0 if len(candidates.areas) <= PROVEN_UP_TO else GAP
    ties = tie_order(candidates, rules=rules)
    choice = best_quarters(candidates, limits, ties=ties, gap=gap, seconds=seconds)
    if postpone is None:
        postpone = rules.due.when_impossible == "postpone"
    if choice is None or not (postpone or kept_in_time(candidates, choice)):
        raise PlanError(refusal(candidates, choice, rules=rules, limits=limits, remade=remade))
    return choice
