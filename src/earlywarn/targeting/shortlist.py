"""Which areas are offered a targeted review, and which are taken care of elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from earlywarn.errors import Fault
from earlywarn.intelligence.kinds import STRENGTHS, Kind
from earlywarn.schema import QUESTIONS
from earlywarn.sources.programme_areas import AreaNames
from earlywarn.targeting.rule_sections import ConcernRules, InterventionRules, TargetedRules
from earlywarn.targeting.scored import Scored

__all__ = ["Shortlist", "flagged_areas", "strong_concerns", "under_intervention"]

Flags = NDArray[np.bool_]
RULES_FILE = "rules.toml"
SLACK = 1e-12  # a risk that equals the threshold but for rounding reaches it


@dataclass(frozen=True)
class Shortlist:
    """Which of n areas a targeted review is offered to, in the order of the risk list.

    Parameters
    ----------
    flagged : ndarray of bool, shape (n,)
        Whether risk or concerns ask for one.
    why : list of str
        In words; empty where none is.
    """

    flagged: Flags
    why: list[str]


def flagged_areas(scored: Scored, *, rules: TargetedRules, kinds: Mapping[str, Kind]) -> Shortlist:
    """Flag the areas with a risk from the threshold on, and those with strong concerns.

    Parameters
    ----------
    scored : Scored
        Uses ``risks``, of the chosen target, and ``entries``.
    rules : TargetedRules
        ``threshold`` follows from ``cost_ratio``; ``concerns`` says what is strong.
    kinds : mapping of str to Kind
        Of the log: only entries of a kind that is worse the more there is of it are concerns.
    """
    risk = scored.risks[f"risk_{scored.target}"].to_numpy(dtype=float)
    risky = risk >= rules.threshold - SLACK  # an unknown risk reaches nothing
    concerned = strong_concerns(scored, rules=rules.concerns, kinds=kinds)
    question = QUESTIONS[scored.target]
    why = []
    for code, value, high in zip(scored.risks["area_code"], risk, risky, strict=True):
        said = [concerned[code]] if code in concerned else []
        if high:
            said.insert(
                0,
                f"Its risk of {question} is {value:.0%}, and from {rules.threshold:.0%} on a targeted review "
                "is offered.",
            )
        why.append(" ".join(said))
    strong = scored.risks["area_code"].isin(set(concerned)).to_numpy(dtype=bool)
    return Shortlist(risky | strong, why)


def strong_concerns(scored: Scored, *, rules: ConcernRules, kinds: Mapping[str, Kind]) -> dict[str, str]:
    """Find the areas of which strong concerns were voiced lately, from more than one side.

    Parameters
    ----------
    scored : Scored
        Uses the ``entries`` that were known before the as-of date.
    rules : ConcernRules
        Least strength, least number of sources, and how many months back.
    kinds : mapping of str to Kind
        Of the log.

    Returns
    -------
    dict of str to str
        What was voiced, in words, by area. Sources are contributors; entries without one count as one source
        for each type of source.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from earlywarn.intelligence.kinds import read_kinds
    >>> entries = pd.DataFrame({
    ...     "area_code": "E1", "kind": ["savings", "whistleblowing"], "strength": ["strong", "grave"],
    ...     "contributor": ["C001", "C002"], "source": "A partner agency",
    ...     "occurred_on": pd.to_datetime(["2025-01-08", "2025-02-10"]),
    ...     "known_on": pd.to_datetime(["2025-01-10", "2025-02-12"])})
    >>> run = SimpleNamespace(as_of=pd.Timestamp("2025-04-01"), entries=entries)
    >>> strong_concerns(run, rules=ConcernRules(), kinds=read_kinds())
    {'E1': '2 strong or grave concerns from 2 sources in the last 12 months.'}
    """
    entries = scored.entries
    worse = {name for name, kind in kinds.items() if kind.direction == "worse"}
    numbers = {label: number for number, label in STRENGTHS.items()}
    happened = entries["occurred_on"].fillna(entries["known_on"])
    strong = entries[
        entries["kind"].isin(worse)
        & (entries["strength"].map(numbers).fillna(0) >= rules.strength)
        & (entries["known_on"] < scored.as_of)
        & (happened < scored.as_of)
        & (happened >= scored.as_of - pd.DateOffset(months=rules.months))
    ]
    anonymous = "source type " + strong["source"].astype(str)
    by = strong["contributor"].where(strong["contributor"].ne(""), anonymous)
    counted = pd.DataFrame({"area_code": strong["area_code"], "by": by}).groupby("area_code")["by"]
    sources, voiced = counted.nunique().to_dict(), counted.size().to_dict()
    degree = " or ".join(label for number, label in STRENGTHS.items() if number >= rules.strength)
    return {
        str(
            code
        ): f"{_counted(int(voiced[code]), f'{degree} concern')} from {_counted(int(many), 'source')} in "
        f"the last {_counted(rules.months, 'month')}."
        for code, many in sources.items()
        if many >= rules.sources
    }


def under_intervention(
    scored: Scored, *, rules: InterventionRules, known: AreaNames
) -> tuple[Flags, list[Fault]]:
    """Say which areas are under formal intervention, and which names in the rules are those of no area.

    Parameters
    ----------
    scored : Scored
        Uses the last judgements of ``risks``.
    rules : InterventionRules
        The last judgements that mean intervention, and further areas by code or name.
    known : AreaNames
        Of the run.

    Returns
    -------
    intervened : ndarray of bool, shape (n,)
        In the order of the risk list.
    faults : list of Fault
        Areas of the rules that the run does not have.
    """
    codes = {text: known.code(text) for text in rules.areas}
    faults = [
        Fault(RULES_FILE, None, "[intervention] areas", text, "is not an area of the run", known.hint(text))
        for text, code in codes.items()
        if not code
    ]
    judged = scored.risks["last_judgement"].isin(set(rules.last_judgement))
    named = scored.risks["area_code"].isin(set(codes.values()))
    return (judged | named).to_numpy(dtype=bool), faults


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
