"""With which areas a conversation comes first: offers declined or unanswered, silence, overdue follow-ups."""

import pandas as pd

from earlywarn.schedule import date_words
from earlywarn.targeting.scored import Scored

__all__ = ["conversations"]

LOOK_BACK = pd.DateOffset(months=24)
ANSWER_DAYS = 60  # until an offer without an answer is asked about


def conversations(scored: Scored, reviews: pd.DataFrame) -> list[str]:
    """Say of each area why a conversation is suggested before anything else.

    It is an invitation, never a penalty: no priority, weight or deadline follows from it.

    Parameters
    ----------
    scored : Scored
        Uses ``risks`` for the order of the areas and ``context`` for what the log tells of engagement.
    reviews : DataFrame
        The history of reviews; what is dated on or after the as-of date is not history yet.

    Returns
    -------
    list of str, one per area
        In words; empty where nothing calls for one.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from earlywarn.sources.programme_tables import empty_input
    >>> context = pd.DataFrame({"area_code": ["E1"], "declined_reviews": [2.0], "silence": [0.0]})
    >>> run = SimpleNamespace(as_of=pd.Timestamp("2025-04-01"), risks=context, context=context)
    >>> conversations(run, empty_input("reviews"))
    ['2 offers of a review were declined in the last 24 months: there may be good reasons, so ask what
    would help.']
    """
    codes = scored.risks["area_code"].tolist()
    said: dict[str, list[str]] = {code: [] for code in codes}
    past = reviews.copy()
    dates = ["offered_on", "held_on", "declined_on", "followed_up_on"]
    past[dates] = past[dates].where(past[dates] < scored.as_of)
    held = past.groupby("area_code")["held_on"].max()
    recent = scored.as_of - LOOK_BACK
    later = past["area_code"].map(held)  # the last review: what came before it is settled
    declined = past[(past["declined_on"] >= recent) & ~(past["declined_on"] <= later)]
    for code, days in declined.groupby("area_code")["declined_on"]:
        said.setdefault(str(code), []).append(_declined(len(days), days.max()))
    waiting = past[
        (past["offered_on"] >= recent)
        & (past["offered_on"] < scored.as_of - pd.Timedelta(days=ANSWER_DAYS))
        & past["held_on"].isna()
        & past["declined_on"].isna()
        & ~(past["offered_on"] <= later)
    ]
    for code, days in waiting.groupby("area_code")["offered_on"]:
        said.setdefault(str(code), []).append(
            f"An offer of {date_words(days.max())} has no answer on record: a call may show what would help."
        )
    overdue = past[
        past["held_on"].eq(later)  # only the last review's recommendations can still be followed up
        & (past["follow_up_due"] < scored.as_of)
        & (past["follow_up_due"] >= recent)
        & past["followed_up_on"].isna()
    ]
    for code, days in overdue.groupby("area_code")["follow_up_due"]:
        said.setdefault(str(code), []).append(
            f"Following up a review's recommendations was agreed for {date_words(days.max())} and is not on "
            "record: ask how they got on, and what would help."
        )
    _from_the_log(said, scored, known=set(declined["area_code"]) | set(held[held >= recent].index))
    return [" ".join(said[code]) for code in codes]


def _from_the_log(said: dict[str, list[str]], scored: Scored, *, known: set[str]) -> None:
    """Add what the log tells of engagement, where the history of reviews does not tell it already."""
    context = scored.context.set_index("area_code")
    refused = context.loc[context["declined_reviews"] > 0, "declined_reviews"]
    for code, count in refused.items():
        if code in said and code not in known:
            said[str(code)].append(_declined(int(count), None))
    for code in context.index[context["silence"] == 1]:
        if code in said:
            said[str(code)].append(
                "Nothing was logged of it for a year, while most areas were spoken of, which says nothing of "
                "how it is doing: ask."
            )


def _declined(count: int, latest: pd.Timestamp | None) -> str:
    offers = "One offer of a review was" if count == 1 else f"{count} offers of a review were"
    last = "" if latest is None else f", {'on' if count == 1 else 'most recently on'} {date_words(latest)}"
    return (
        f"{offers} declined in the last 24 months{last}: there may be good reasons, so ask what would help."
    )
