"""The tables of a plan: which columns each has, and what they mean.

Text is ``str`` (empty where there is nothing to say), dates are datetime64 (NaT), numbers float (NaN), yes
and no bool. A quarter is the Timestamp of its first day; a week that of its Monday. Every table is sorted
by its first columns, areas by name.
"""

import pandas as pd

__all__ = ["COLUMNS", "DATES", "FLAGS", "NUMBERS", "empty_part", "typed"]

COLUMNS: dict[str, tuple[str, ...]] = {
    # one row for every scored area, by name: where it stands in the programme, and why
    "areas": (
        "area_code", "name", "region",
        "status",  # planned | elsewhere (formal intervention) | removed (override) | not planned
        "kind",  # targeted | routine; empty where not planned and not flagged
        "quarter", "week",  # of the review; NaT where none is planned
        "due_on", "due_why",  # day by which a review falls due (NaT: none on record), and why, in words
        "deadline",  # first day of the last quarter that is in time; NaT where it lies beyond the programme
        "late_quarters",  # quarters past that deadline, 0 where in time
        "flagged", "flagged_why",  # whether targeted, and why: risk, strong concerns or an override
        "risk", "risk_low", "risk_high", "band", "last_judgement", "last_judged_on",
        "expected_inspection", "expected_why",  # likely next inspection and how that was guessed
        "months_before",  # months from the review's quarter to the likely inspection
        "actionable", "actionable_why",  # 0.5, 0.75 or 1: how much of it is in the area's own hands
        "benefit",  # risk x months x actionable of the quarter chosen; 0 where none
        "blocked",  # quarters in which no review can be held and why, in words joined by "; "
        "conversation",  # why a conversation is suggested first (declined offers, silence); empty where not
        "override",  # what a coordinator changed, with the reason
        "interchangeable", "interchangeable_words",  # planned areas it could change places with
        "tie",  # how equals were told apart, in words
        "route",  # where an area with status "elsewhere" is taken care of
    ),
    # one row for every place of every planned team
    "teams": (
        "area_code", "quarter", "week", "place",  # "lead", or the theme that the place is for, or "any"
        "reviewer", "reviewer_area", "reviewer_area_name", "role",  # empty reviewer: the place is to be named
        "why",  # what makes the match, in words
    ),
    # what each supporting area is asked for, by quarter
    "load": ("reviewer_area", "name", "quarter", "places", "limit", "words"),
    # rules that could not all be kept, each named; empty where the plan keeps every rule
    "shortfalls": ("rule", "quarter", "wanted", "found", "areas", "words", "remedy"),
    # pairs of planned areas whose risks cannot be told apart, in different quarters
    "interchanges": ("area_code", "other", "quarter", "other_quarter"),
    # lines of enquiry, the most telling first
    "enquiries": (
        "area_code", "order", "theme",
        "kind",  # reason | signal | concern | gap | practice
        "enquiry",  # id in the library
        "question", "look_for",
        "because", "source", "period",  # the evidence in words, who publishes it, of when
        "tier",  # open | sector | restricted: the most sensitive evidence behind it
    ),
    # support that might follow, as hypotheses
    "support": ("area_code", "model", "label", "evidence_for", "evidence_against", "standing"),
    # where an area stands on its improvement journey
    "journeys": ("area_code", "stage", "since", "words", "typical", "hold_your_nerve"),
    # what moved the risk since an earlier run; one row per area (order 0) and one per part of the change
    "changes": ("area_code", "order", "label", "theme", "before", "now", "difference", "words"),
    # for whom: shares with intervals, by group
    "fairness": ("group", "level", "measure", "value", "low", "high", "n", "events", "reason"),
    # decision curve: net benefit of acting at each threshold
    "usefulness": (
        "threshold", "cost_ratio", "strategy", "net_benefit", "low", "high", "flagged_share", "n", "events",
        "chosen",
    ),
}  # fmt: skip

DATES = (
    "quarter", "week", "due_on", "deadline", "last_judged_on", "expected_inspection", "other_quarter",
    "since",
)  # fmt: skip
FLAGS = ("flagged", "chosen")
NUMBERS = (
    "late_quarters", "risk", "risk_low", "risk_high", "months_before", "actionable", "benefit",
    "interchangeable", "places", "limit", "wanted", "found", "order", "before", "now", "difference", "value",
    "low", "high", "n", "events", "threshold", "cost_ratio", "net_benefit", "flagged_share",
)  # fmt: skip


def typed(table: pd.DataFrame) -> pd.DataFrame:
    """Give every column of a plan's table its type.

    Examples
    --------
    >>> table = typed(pd.DataFrame({"quarter": ["2025-04-01"], "reviewer": [None], "limit": ["6"]}))
    >>> table.dtypes.astype(str).tolist()
    ['datetime64[ns]', 'object', 'float64']
    """
    dates, flags, numbers = ([name for name in kind if name in table] for kind in (DATES, FLAGS, NUMBERS))
    text = [str(name) for name in table if name not in {*dates, *flags, *numbers}]
    made = table.copy()
    made[dates] = made[dates].apply(pd.to_datetime)
    made[text] = made[text].fillna("")
    kinds = dict.fromkeys(dates, "datetime64[ns]") | dict.fromkeys(flags, "bool")
    kinds |= dict.fromkeys(numbers, "float64") | dict.fromkeys(text, "object")
    whole: pd.DataFrame = made.astype(kinds)
    return whole


def empty_part(name: str) -> pd.DataFrame:
    """Return one of the tables without rows.

    Examples
    --------
    >>> empty_part("interchanges").columns.tolist()
    ['area_code', 'other', 'quarter', 'other_quarter']
    """
    return typed(pd.DataFrame(columns=list(COLUMNS[name]), dtype=object))
