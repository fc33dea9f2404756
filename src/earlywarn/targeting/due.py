"""By which quarter each area is to be visited, and why by then."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from earlywarn.schedule import date_words, quarter_words
from earlywarn.targeting.rules import Rules

__all__ = ["Deadlines", "due_days", "review_deadlines"]

Ints = NDArray[np.int64]
QUARTER = pd.DateOffset(months=3)


@dataclass(frozen=True)
class Deadlines:
    """By when n areas are to be visited in a programme of Q quarters.

    Parameters
    ----------
    quarter : ndarray of int, shape (n,)
        Position of the last quarter that is in time; Q where it lies beyond the programme.
    why : list of str
        In words.
    """

    quarter: Ints
    why: list[str]


def due_days(last_held: pd.Series, *, rules: Rules) -> pd.Series:
    """Return the day by which each area's next review falls due; NaT where none is on record.

    Examples
    --------
    >>> due_days(pd.Series(pd.to_datetime(["2023-06-30", None])), rules=Rules()).tolist()
    [Timestamp('2025-06-30 00:00:00'), NaT]
    """
    return last_held + pd.DateOffset(months=rules.due.every_months)


def review_deadlines(
    last_held: pd.Series,
    *,
    targeted: NDArray[np.bool_],
    decided: NDArray[np.bool_],
    earliest: Ints,
    quarters: pd.DatetimeIndex,
    rules: Rules,
) -> Deadlines:
    """Set the last quarter in time for each area.

    A review is in time in the quarter in which it falls due, even if that is some weeks after the day: a
    programme is planned by quarters. Where no review can be held by then, because the area is left in peace
    or an inspection is likely, the first quarter in which one can be held is in time. The quarter that a
    coordinator sets is in time. An area that is overdue when the programme begins has the quarters of
    ``due.catch_up_quarters``, so that a backlog need not be met all at once.

    Parameters
    ----------
    last_held : Series of Timestamp, shape (n,)
        Day of the last review; NaT where none is on record.
    targeted : ndarray of bool, shape (n,)
        Whether a targeted review is to be offered, which is to be soon.
    decided : ndarray of bool, shape (n,)
        Whether a coordinator set its quarter, or the area that it is to follow.
    earliest : ndarray of int, shape (n,)
        Position of the first quarter in which the area can be visited; Q for none.
    quarters : DatetimeIndex of shape (Q,)
        Of the programme.
    rules : Rules
        ``due`` and ``targeted.within_quarters``.

    Examples
    --------
    >>> no = np.zeros(2, dtype=bool)
    >>> deadlines = review_deadlines(
    ...     pd.Series(pd.to_datetime(["2023-08-15", None])), targeted=no, decided=no,
    ...     earliest=np.zeros(2, dtype=int), quarters=pd.date_range("2025-04-01", periods=8, freq="QS"),
    ...     rules=Rules())
    >>> deadlines.quarter.tolist()
    [1, 7]
    >>> deadlines.why[0]
    'The last review was held on 15 August 2023; 24 months later is 15 August 2025.'
    """
    count = len(quarters)
    due_on = due_days(last_held, rules=rules)
    without = last_held.isna().to_numpy()
    at = np.searchsorted(quarters.to_numpy(), due_on.fillna(quarters[0]).to_numpy(), side="right") - 1
    beyond = due_on.ge(quarters[-1] + QUARTER).to_numpy()
    catch_up = min(rules.due.catch_up_quarters, count) - 1
    unrecorded = count - 1 if rules.due.no_record == "spread" else catch_up
    recorded = np.where(beyond, count, np.where(at < 0, catch_up, at))
    routine = np.where(without, unrecorded, recorded)
    soon = rules.targeted.within_quarters - 1
    wanted = np.where(targeted, np.minimum(routine, min(soon, count)), routine)
    within = wanted < count
    quarter = np.where(within, np.maximum(wanted, earliest), wanted).astype(np.int64)
    why = [
        " ".join(
            [
                _due_words(held, due, quarters, rules),
                *(
                    [f"A targeted review is offered within {_quarters(soon + 1)}."]
                    if hurried and soon < last
                    else []
                ),
                *_moved_words(asked, became, quarters, decided=set_by_hand),
            ]
        )
        for held, due, hurried, set_by_hand, last, asked, became in zip(
            last_held, due_on, targeted, decided, routine, wanted, quarter, strict=True
        )
    ]
    return Deadlines(quarter, why)


def _due_words(held: pd.Timestamp, due: pd.Timestamp, quarters: pd.DatetimeIndex, rules: Rules) -> str:
    if pd.isna(held):
        if rules.due.no_record == "spread":
            return "No review is on record, so one falls due by the end of the programme."
        return f"No review is on record, so one is due now: {_catching_up(rules)}."
    words = f"The last review was held on {date_words(held)}; {rules.due.every_months} months later is "
    words += date_words(due)
    if due < quarters[0]:
        return f"{words}, before the programme begins: {_catching_up(rules)}."
    return f"{words}, after the programme ends." if due >= quarters[-1] + QUARTER else f"{words}."


def _moved_words(asked: int, became: int, quarters: pd.DatetimeIndex, *, decided: bool) -> list[str]:
    if asked == became:
        return []
    if became >= len(quarters):
        return ["No review can be held within the programme."]
    first = quarter_words(quarters[became])
    if decided:
        return [f"A coordinator's decision moves it, so {first} is in time."]
    missed = quarter_words(quarters[asked])
    return [f"None can be held by {missed}, so {first}, the first quarter in which one can, is in time."]


def _catching_up(rules: Rules) -> str:
    return f"areas that are overdue are reviewed within {_quarters(rules.due.catch_up_quarters)}"


def _quarters(count: int) -> str:
    return "1 quarter" if count == 1 else f"{count} quarters"
