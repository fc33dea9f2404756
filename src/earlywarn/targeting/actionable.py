"""How much of what raises an area's risk the area can act on."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from earlywarn.features import judgements
from earlywarn.features.published import PUBLISHED_FEATURES
from earlywarn.targeting.rule_sections import TargetedRules
from earlywarn.targeting.scored import Scored

__all__ = ["ENGAGEMENT", "Actionable", "actionable_share", "past_judgements"]

# Not engaging asks for a conversation, never for a penalty: what it adds to a risk is not weighed here.
ENGAGEMENT = ("silence", "declined_reviews", "months_since_review")
THIRDS = ((2 / 3, 4), (1 / 3, 3), (0.0, 2))  # from which share on, how many quarters of the risk are counted
UNKNOWN = 3  # quarters counted where nothing that raises the risk is known


@dataclass(frozen=True)
class Actionable:
    """What n areas can act on, in the order of the risk list.

    Parameters
    ----------
    quarters : ndarray of int, shape (n,)
        2, 3 or 4: half, three quarters or all of the risk is counted.
    why : list of str
        In words.
    """

    quarters: NDArray[np.int64]
    why: list[str]


@cache
def past_judgements() -> frozenset[str]:
    """Return the features that are made of past judgements, which nobody can change.

    Examples
    --------
    >>> sorted(past_judgements())[:3]
    ['decayed_judgement', 'last_care', 'last_help_and_protection']
    """
    makers = {
        spec.name: spec.builder.func if isinstance(spec.builder, partial) else spec.builder
        for spec in PUBLISHED_FEATURES
    }
    return frozenset(name for name, make in makers.items() if make.__module__ == judgements.__name__)


def actionable_share(scored: Scored, *, rules: TargetedRules) -> Actionable:
    """Weigh the reasons that an area can act on against all that raise its risk.

    Parameters
    ----------
    scored : Scored
        Uses the ``reasons`` of the chosen target that raise the risk.
    rules : TargetedRules
        ``out_of_its_hands`` names indicators and features of context, which together with past judgements
        cannot be acted on.

    Returns
    -------
    Actionable
        Half of the risk counts where less than a third of what raises it can be acted on, three quarters
        where less than two thirds can, and else all. Nothing known counts three quarters. The risk
        itself plays no part, and neither does engagement.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> reasons = pd.DataFrame({
    ...     "area_code": ["E1", "E1"], "target": "adverse", "direction": "raises", "indicator": "",
    ...     "feature": ["last_overall", "agency_level"], "contribution": [0.9, 0.3]})
    >>> run = SimpleNamespace(target="adverse", reasons=reasons, risks=pd.DataFrame({"area_code": ["E1"]}))
    >>> told = actionable_share(run, rules=TargetedRules())
    >>> told.quarters.tolist(), told.why[0][:48]
    ([2], '25% of what raises its risk lies in its own hand')
    """
    reasons = scored.reasons
    raising = reasons[
        (reasons["target"] == scored.target)
        & (reasons["direction"] == "raises")
        & (reasons["contribution"] > 0)
        & ~reasons["feature"].isin(ENGAGEMENT)
    ]
    given = _given(raising["feature"], rules) | _given(raising["indicator"], rules)
    codes = scored.risks["area_code"]
    total = codes.map(raising.groupby("area_code")["contribution"].sum()).fillna(0.0).to_numpy()
    own = codes.map(raising[~given].groupby("area_code")["contribution"].sum()).fillna(0.0).to_numpy()
    known = total > 0
    share = np.divide(own, total, out=np.zeros(len(codes)), where=known)
    quarters = np.select([share >= bound for bound, _ in THIRDS], [counted for _, counted in THIRDS])
    quarters = np.where(known, quarters, UNKNOWN).astype(np.int64)
    why = [
        _words(part, counted, known=told)
        for part, counted, told in zip(share.tolist(), quarters.tolist(), known.tolist(), strict=True)
    ]
    return Actionable(quarters, why)


def _given(names: "pd.Series[str]", rules: TargetedRules) -> NDArray[np.bool_]:
    """Say which names stand for what an area cannot act on."""
    fixed = {
        name
        for name in names.unique()
        if name in past_judgements() or any(fnmatchcase(name, given) for given in rules.out_of_its_hands)
    }
    return names.isin(fixed).to_numpy(dtype=bool)


def _words(own: float, quarters: int, *, known: bool) -> str:
    counted = {2: "half of its risk is", 3: "three quarters of its risk are", 4: "its whole risk is"}[
        quarters
    ]
    if not known:
        return f"What raises its risk is not known, so {counted} counted."
    if own in {0.0, 1.0}:
        where = "its own hands" if own else "past judgements or its context"
        return f"All of what raises its risk lies in {where}, so {counted} counted."
    return (
        f"{own:.0%} of what raises its risk lies in its own hands, and the rest in past judgements or its "
        f"context, so {counted} counted."
    )
