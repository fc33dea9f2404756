"""Who comes first among equals: a declared lottery, or whoever has waited longest."""

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from earlywarn.targeting.candidates import Candidates
from earlywarn.targeting.rules import Rules

__all__ = ["lottery", "tie_order", "tie_words"]


def lottery(area_codes: Iterable[str], *, seed: int) -> list[str]:
    """Return the ticket that each area draws; the lowest comes first.

    A ticket is a hash of the seed and the area's own code, so that an area which joins or leaves does not
    change the order of the others, and anyone can draw the same tickets again.

    Examples
    --------
    >>> tickets = lottery(["E06000001", "E06000002"], seed=7)
    >>> tickets == lottery(["E06000001", "E06000002", "E06000003"], seed=7)[:2]
    True
    >>> tickets == lottery(["E06000001", "E06000002"], seed=8)
    False
    """
    return [hashlib.blake2b(f"{seed}:{code}".encode(), digest_size=16).hexdigest() for code in area_codes]


def tie_order(candidates: Candidates, *, rules: Rules) -> NDArray[np.int64]:
    """Return each area's place among equals, shape (n,): a permutation of 0 (first) to n - 1.

    Under ``fairness.ties = "lottery"`` the tickets decide. Under "rotation" the area whose last review was
    held longest ago comes first, one without any before all others, and the tickets decide the rest.
    """
    areas = candidates.areas
    codes = areas["area_code"].astype(str)
    drawn = pd.DataFrame({"ticket": lottery(codes, seed=rules.fairness.seed), "area_code": codes.to_numpy()})
    keys = ["ticket", "area_code"]
    if rules.fairness.ties == "rotation" and "last_held" in areas:
        drawn["last_held"] = pd.to_datetime(areas["last_held"]).to_numpy()
        keys = ["last_held", *keys]
    order = drawn.sort_values(keys, na_position="first", kind="stable").index.to_numpy()
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place


def tie_words(candidates: Candidates, *, rules: Rules) -> list[str]:
    """Say for each of the n areas how it was told apart from its equals; empty where it has none.

    Equals are areas for which a review counts the same: as high a risk in steps of ``fairness.risk_step``,
    and as much of it in their own hands. What a coordinator set, or what is taken care of elsewhere, is
    no matter of ties.
    """
    open_ = ~candidates.excluded & (candidates.pinned < 0)
    weight = pd.Series(np.where(open_, candidates.weight, -1))
    equals = weight.map(weight.value_counts()).to_numpy() - 1
    way = (
        f"a lottery (seed {rules.fairness.seed})"
        if rules.fairness.ties == "lottery"
        else f"the longest time since the last review, then a lottery (seed {rules.fairness.seed}),"
    )
    step = f"{100 * rules.fairness.risk_step:g} percentage points"
    return [
        f"Risks are told apart in steps of {step}. A review counts the same for {_others(int(count))}, and "
        f"{way} decides who comes first where nothing else does."
        if free and count
        else ""
        for free, count in zip(open_, equals, strict=True)
    ]


def _others(count: int) -> str:
    return "1 other area" if count == 1 else f"{count:,} other areas"
