"""The rules that cannot all be kept, by name, and what would suffice: tried before it is said."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from earlywarn.targeting.candidates import Candidates
from earlywarn.targeting.capacity import fewest_per_quarter, read_capacity, reviews_by_rule
from earlywarn.targeting.diagnosis import Shortfall, find_clashes, find_shortfalls
from earlywarn.targeting.limits import Cut, Limits, Supply
from earlywarn.targeting.optimum import Choice, least_lateness, moved_late
from earlywarn.targeting.rules import Rules
from earlywarn.targeting.tables import COLUMNS

__all__ = ["Remade", "name_shortfalls", "refusal"]

Remade = Callable[[Mapping[str, object]], Candidates]

EVERY_MONTHS = range(3, 25, 3)  # months that are added to ``due.every_months`` in search of what suffices
MOST_MONTHS = 120  # that the rule takes
KINDS = dict.fromkeys(["rule", "areas", "words", "remedy"], "object") | dict.fromkeys(
    ["wanted", "found"], "float"
)


def name_shortfalls(
    candidates: Candidates,
    choice: Choice,
    *,
    rules: Rules,
    supply: Supply | None = None,
    cuts: Iterable[Cut] = (),
    remade: Remade | None = None,
) -> pd.DataFrame:
    """Return the rules that a choice could not keep, with what would suffice.

    Parameters
    ----------
    candidates, rules, supply, cuts
        What the choice was made from.
    choice : Choice
        Of `choose`.
    remade : callable, optional
        Makes the candidates again under changed rules, such as ``{"due.every_months": 27}``. Without it no
        other interval between reviews is suggested, because none could be tried.

    Returns
    -------
    DataFrame
        The plan's table ``shortfalls``; empty where every rule is kept. ``wanted`` and ``found`` are reviews,
        and quarters for the rule "override".
    """
    limits = Limits(read_capacity(candidates, rules=rules).reviews, supply, tuple(cuts))
    found = find_shortfalls(candidates, choice, limits=limits)
    refused = [one for one in found if one.rule != "override"]
    everywhere = _remedies(candidates, choice, refused, rules=rules, limits=limits, remade=remade)
    besides = ", with what the other rows name" if len(refused) > 1 else ""
    remedies = [
        _one_of([one.remedy] if one.rule == "override" else [f"{one.remedy}{besides}", *everywhere])
        for one in found
    ]
    table = pd.DataFrame([vars(one) for one in found], columns=list(COLUMNS["shortfalls"]))
    table["areas"] = ["; ".join(one.areas) for one in found]
    table["remedy"] = remedies
    table["quarter"] = pd.to_datetime(table["quarter"]).astype("datetime64[ns]")
    table = table.astype(KINDS)
    return table.sort_values(["rule", "quarter", "words"], ignore_index=True, kind="stable")


def refusal(
    candidates: Candidates,
    choice: Choice | None,
    *,
    rules: Rules,
    limits: Limits,
    remade: Remade | None = None,
) -> str:
    """Return the message of the ``PlanError``: each rule that cannot be kept, and what would suffice.

    Without a choice the overrides of coordinators contradict the rules or each other.
    """
    everywhere: list[str] = []
    if choice is None:
        found = find_clashes(candidates, limits=limits)
    else:
        found = find_shortfalls(candidates, choice, limits=limits)
        found = [one for one in found if one.rule != "override"]
        everywhere = _remedies(candidates, choice, found, rules=rules, limits=limits, remade=remade)
    head = "The rules of this programme cannot all be kept; nothing was planned."
    if len(found) == 1:
        return f"{head}\n  {found[0].words} {_one_of([found[0].remedy, *everywhere])}"
    lines = [
        f"{head} Each of these needs a remedy:",
        *(f"  {one.words} {_one_of([one.remedy])}" for one in found),
    ]
    if everywhere:
        lines.append(f"  Instead, for all of these. {_one_of(everywhere)}")
    return "\n".join(lines)


def _remedies(
    candidates: Candidates,
    choice: Choice,
    found: Sequence[Shortfall],
    *,
    rules: Rules,
    limits: Limits,
    remade: Remade | None,
) -> list[str]:
    """Return what would mend every shortfall at once, each tried by solving."""
    if not found:
        return []
    remedies = _larger_capacity(candidates, found, rules=rules, limits=limits)
    if remade is not None:
        remedies += _longer_interval(remade, rules=rules, limits=limits)
    if rules.due.when_impossible == "refuse":
        late = int((choice.late[~moved_late(candidates)] > 0).sum())
        areas = "1 area" if late == 1 else f"{late:,} areas"
        remedies.append(f"set [due] when_impossible = 'postpone', which leaves {areas} later than due")
    return remedies


def _larger_capacity(
    candidates: Candidates, found: Sequence[Shortfall], *, rules: Rules, limits: Limits
) -> list[str]:
    usual = rules.capacity.per_quarter
    if usual is None or not any(one.rule == "capacity" for one in found):
        return []
    by_rule = reviews_by_rule(candidates, rules=rules)
    fewest = fewest_per_quarter(candidates, by_rule=by_rule)
    enough = replace(limits, capacity=np.where(by_rule >= 0, by_rule, fewest))
    if fewest <= usual or least_lateness(candidates, enough) != 0:
        return []
    return [f"set [capacity] per_quarter = {fewest}"]


def _longer_interval(remade: Remade, *, rules: Rules, limits: Limits) -> list[str]:
    def suffices(months: int) -> bool:
        candidates = remade({"due.every_months": months})
        capacity = read_capacity(candidates, rules=rules).reviews
        return least_lateness(candidates, replace(limits, capacity=capacity)) == 0

    longer = [rules.due.every_months + more for more in EVERY_MONTHS]
    longer = [months for months in longer if months <= MOST_MONTHS]
    if not longer or not suffices(longer[-1]):  # the longest first: what it cannot mend none can
        return []
    return [f"set [due] every_months = {next(filter(suffices, longer))}"]


def _one_of(remedies: Sequence[str]) -> str:
    choices = "; or ".join(remedies)
    return f"{'Relax one' if '; or ' in choices else 'To mend it'}: {choices}."
