"""What a plan comes to, in lines for a terminal."""

import textwrap
from collections.abc import Iterator

import pandas as pd

from earlywarn.schedule import date_words, quarter_words
from earlywarn.targeting.plan import Plan

__all__ = ["plan_summary"]

WIDTH = 110


def plan_summary(plan: Plan) -> str:
    """Say who is visited when, which rules could not be kept, and how sure the order of areas is.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from earlywarn.targeting.tables import empty_part
    >>> about = {"name": "Peer reviews", "as_of": "2025-04-01", "quarters": ["2025-04-01"], "capacity": [4],
    ...     "capacity_why": "4 reviews a quarter, as the rules say.", "status": "optimal", "benefit": 0.0,
    ...     "bound": 0.0, "gap": 0.0, "threshold_why": "", "questions": [], "cautions": []}
    >>> nothing = {name: empty_part(name) for name in ("areas", "teams", "shortfalls")}
    >>> print(plan_summary(SimpleNamespace(about=about, planned=nothing["areas"], **nothing)))
    Peer reviews, Apr-Jun 2025 to Apr-Jun 2025, from what was known before 1 April 2025
    <BLANKLINE>
    0 reviews planned of 0 areas, 0 of them targeted. 4 reviews a quarter, as the rules say.
    No plan under these rules that staffs as many places has a higher expected benefit: that is proven.
    """
    about = plan.about
    ends = [quarter_words(str(about["quarters"][place])) for place in (0, -1)]
    head = f"{about['name']}, {ends[0]} to {ends[1]}, from what was known before {date_words(about['as_of'])}"
    return "\n".join(
        [head, "", *(textwrap.fill(line, WIDTH, subsequent_indent="  ") for line in _lines(plan))]
    )


def _lines(plan: Plan) -> Iterator[str]:
    about, areas, planned = plan.about, plan.areas, plan.planned
    yield from (f"Could not be kept: {row.words} {row.remedy}" for row in plan.shortfalls.itertuples())
    targeted = int((planned["kind"] == "targeted").sum())
    yield (
        f"{len(planned):,} reviews planned of {len(areas):,} areas, {targeted:,} of them targeted. "
        f"{about['capacity_why']}"
    )
    yield from _quarters(plan)
    late = int((planned["late_quarters"] > 0).sum())
    if late:
        yield f"{_counted(late)} reviewed later than due, as the rules could not all be kept."
    elsewhere, removed = (int((areas["status"] == status).sum()) for status in ("elsewhere", "removed"))
    if elsewhere:
        yield f"{_counted(elsewhere)} taken care of elsewhere."
    if removed:
        yield f"{_counted(removed)} taken out by a coordinator."
    talks = int((areas["conversation"] != "").sum())
    if talks:
        said = "1 area" if talks == 1 else f"{talks:,} areas"
        yield f"A conversation is suggested with {said}; to suggest one changes nobody's turn."
    alike = int((planned["interchangeable"] > 0).sum())
    if alike:
        yield (
            f"{alike:,} planned areas could change places with others, because their risks cannot be told "
            "apart: the order within and between quarters is no ranking."
        )
    empty = int((plan.teams["reviewer"] == "").sum())
    if empty:
        yield f"{empty:,} of {len(plan.teams):,} places in teams are to be named."
    if about["status"] == "optimal":
        proven = "No plan under these rules that staffs as many places has a higher expected benefit"
        yield f"{proven}: that is proven."
    else:
        benefit, bound = float(about["benefit"]), float(about["bound"])
        more = f": no plan under these rules has more than {bound / benefit - 1:.1%} more" if benefit else ""
        yield f"Expected benefit {benefit:.4g} of at most {bound:.4g}{more}."
    yield from filter(None, [str(about["threshold_why"]), *map(str, about["questions"])])


def _counted(count: int) -> str:
    """Return how many areas, with the verb.

    Examples
    --------
    >>> _counted(1), _counted(1200)
    ('1 area is', '1,200 areas are')
    """
    return "1 area is" if count == 1 else f"{count:,} areas are"


def _quarters(plan: Plan) -> Iterator[str]:
    counts = plan.planned["quarter"].value_counts()
    for start, most in zip(plan.about["quarters"], plan.about["capacity"], strict=True):
        day = pd.Timestamp(str(start))
        if day in counts.index:
            yield f"  {quarter_words(day)}: {counts[day]:,} of {most:,}"
