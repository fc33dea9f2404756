"""What came of a plan, in words: group by group, and whether judgement and model can be told apart."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from earlywarn.schedule import date_words
from earlywarn.schema import QUESTIONS
from earlywarn.signals.intervals import wilson

__all__ = ["ADDED", "KEPT", "NEITHER", "REMOVED", "area_outcome", "difference_interval", "group_outcomes"]

KEPT, ADDED = "flagged and kept", "added by a coordinator"
REMOVED, NEITHER = "removed by a coordinator", "neither flagged nor added"
MIN_INSPECTIONS = 5  # of each group: with fewer, one area decides
ASKED = (  # two groups that tell judgement and model apart, and the question that they answer
    (ADDED, NEITHER, "judgement saw what the model did not"),
    (KEPT, REMOVED, "the model saw what judgement did not"),
)


def difference_interval(events: tuple[int, int], n: tuple[int, int]) -> tuple[float, float, float]:
    """Return the difference of two shares with its 95% interval, which holds for small counts too [1]_.

    Parameters
    ----------
    events, n : tuple of two int
        Cases, and out of how many, of the first and of the second group.

    Returns
    -------
    difference, low, high : float
        First less second, in [-1, 1]; NaN where a group is empty.

    References
    ----------
    .. [1] Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.

    Examples
    --------
    >>> [round(value, 4) for value in difference_interval((56, 48), (70, 80))]
    [0.2, 0.0524, 0.3339]
    """
    (one, two), low, high = (np.asarray(part, dtype=float) for part in wilson(list(events), list(n)))
    below = np.hypot(one - low[0], high[1] - two)
    above = np.hypot(high[0] - one, two - low[1])
    return float(one - two), float(one - two - below), float(one - two + above)


def area_outcome(event: float, judgement: str, day: pd.Timestamp, target: str) -> str:
    """Say what came of one area.

    Parameters
    ----------
    event : float
        1 or 0, NaN where it cannot be said.
    judgement : str
        Of the first inspection since, empty where there was none.
    day : Timestamp
        When that inspection started.
    target : str
        The event asked for.

    Examples
    --------
    >>> area_outcome(1.0, "inadequate", pd.Timestamp("2025-06-02"), "adverse")
    'Inspected on 2 June 2025, judged inadequate: a judgement below good.'
    >>> area_outcome(float("nan"), "", pd.NaT, "adverse")
    'No inspection since is known, so there is no outcome yet.'
    """
    if not judgement:
        return "No inspection since is known, so there is no outcome yet."
    told = f"Inspected on {date_words(day)}, judged {judgement}"
    if np.isnan(event):
        return f"{told}; there was no judgement before to compare it with."
    return f"{told}: {'' if event else 'not '}{QUESTIONS[target]}."


def group_outcomes(table: pd.DataFrame, *, elsewhere: int, target: str) -> list[str]:
    """Say whether judgement and model can be told apart.

    Parameters
    ----------
    table : DataFrame
        As `earlywarn.targeting.outcomes.outcomes` returns it.
    elsewhere : int
        How many areas of the plan are in no group.
    target : str
        The event asked for.
    """
    return list(_sentences(table, elsewhere, target))


def _sentences(table: pd.DataFrame, elsewhere: int, target: str) -> Iterator[str]:
    """Yield whether judgement and model can be told apart, and how to read it."""
    rows = {row["group"]: row for row in table.to_dict("records")}
    for one, other, question in ASKED:
        pair = rows[one], rows[other]
        said = " ".join(_group_words(row, target) for row in pair)
        unseen = [f"those {row['group']}" for row in pair if row["inspected"] == 0]
        if unseen:
            yield f"{said} Whether {question} cannot be told: nothing is known of {' and of '.join(unseen)}."
            continue
        events, n = ((pair[0][key], pair[1][key]) for key in ("events", "inspected"))
        by, low, high = (100 * value for value in difference_interval(events, n))
        told = f"{said} The difference is {by:.0f} percentage points, 95% interval {low:.0f} to {high:.0f}"
        if min(n) < MIN_INSPECTIONS:
            few = f"at least {MIN_INSPECTIONS} inspections of each are needed"
            yield f"{told}, but {few} before one can say whether {question}."
        elif low > 0:
            yield f"{told}: as far as these inspections can show, {question}."
        elif high < 0:
            yield f"{told}: it points the other way from saying that {question}."
        else:
            yield f"{told}, which holds nought: whether {question} cannot be told from these."
    yield (
        "A review may itself have changed what an inspection then found, and inspections are not held at "
        "random: such a comparison starts a discussion and settles none."
    )
    if elsewhere:
        yield f"Areas that were taken care of elsewhere ({elsewhere}) are in no group."


def _group_words(row: Mapping[Any, Any], target: str) -> str:
    """Say what came of one group."""
    areas = f"{row['areas']:,.0f} area{'' if row['areas'] == 1 else 's'} {row['group']}"
    if row["inspected"] == 0:
        return f"Of {areas}, none has been inspected since."
    return (
        f"Of {areas}, {row['inspected']:,.0f} inspected since, {row['events']:,.0f} with {QUESTIONS[target]} "
        f"({row['share']:.0%}, 95% interval {row['low']:.0%} to {row['high']:.0%})."
    )
