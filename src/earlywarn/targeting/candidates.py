"""Every area as a candidate for a review: when it may be visited, by when, and what a visit is worth."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from earlywarn.errors import DataError, Fault
from earlywarn.intelligence.kinds import Kind, read_kinds
from earlywarn.schedule import quarter_start, quarter_words, read_quarter
from earlywarn.sources.programme_areas import AreaNames
from earlywarn.sources.programme_tables import ProgrammeInputs
from earlywarn.targeting.actionable import Actionable, actionable_share
from earlywarn.targeting.conversations import conversations
from earlywarn.targeting.due import Deadlines, due_days, review_deadlines
from earlywarn.targeting.inspections import Inspections, expected_inspections
from earlywarn.targeting.overrides import Decided, decide, settled
from earlywarn.targeting.rules import Rules
from earlywarn.targeting.scored import Scored
from earlywarn.targeting.shortlist import RULES_FILE, Shortlist, flagged_areas, under_intervention
from earlywarn.targeting.windows import MOST_WEEKS, Windows, review_windows

__all__ = ["EARLINESS", "MOST_WEEKS", "Candidates", "make_candidates", "programme_quarters"]

EARLINESS = 0.25  # months' worth that each quarter earlier adds, so that sooner is always better
ALL = 4  # quarters of the risk that are counted where an area can act on most of it


@dataclass(frozen=True)
class Candidates:
    """The areas of a run as candidates; n areas in the order of the risk list, Q quarters.

    Parameters
    ----------
    areas : DataFrame of n rows
        The columns of the plan's table ``areas`` that are known before anything is chosen, and ``last_held``.
    quarters : DatetimeIndex of shape (Q,)
        First days.
    allowed : ndarray of bool, shape (n, Q)
        Whether a review may be held in the quarter: in at least one of its weeks.
    blocked : ndarray of object, shape (n, Q)
        Why not, in words; empty where it may.
    weeks : ndarray of bool, shape (n, Q, 14)
        Mondays that are allowed; week w starts on the w-th Monday on or after the quarter's first day. False
        where that Monday is no longer in the quarter.
    deadline : ndarray of int, shape (n,)
        Position of the last quarter that is in time; Q where it lies beyond the programme.
    benefit : ndarray of float, shape (n, Q)
        What a review in the quarter is worth, never negative and strictly falling along the quarters.
    weight : ndarray of int, shape (n,)
        Risk in steps times quarters of what is actionable; at least 1.
    pinned : ndarray of int, shape (n,)
        Position of the quarter that a coordinator set; -1 for none.
    excluded : ndarray of bool, shape (n,)
        Taken care of elsewhere, or removed by a coordinator.
    order : tuple of pairs of int
        Positions of areas of which the first is to be visited before the second.
    step : float
        Least difference between two benefits; all of them are whole multiples of it.
    months : ndarray of int, shape (n, Q)
        Whole months from each quarter's first day to the likely inspection, as far as they count.
    """

    areas: pd.DataFrame
    quarters: pd.DatetimeIndex
    allowed: np.ndarray
    blocked: np.ndarray
    weeks: np.ndarray
    deadline: np.ndarray
    benefit: np.ndarray
    weight: np.ndarray
    pinned: np.ndarray
    excluded: np.ndarray
    order: tuple[tuple[int, int], ...] = ()
    step: float = 0.05 / 16
    months: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))


def programme_quarters(as_of: pd.Timestamp, *, rules: Rules) -> pd.DatetimeIndex:
    """Return the first days of the programme's quarters.

    Examples
    --------
    >>> programme_quarters(pd.Timestamp("2025-03-05"), rules=Rules())[0]
    Timestamp('2025-04-01 00:00:00')
    """
    named = rules.programme.first_quarter
    first = read_quarter(named) if named else quarter_start(pd.DatetimeIndex([as_of]))[0]
    if not named and first < as_of:
        first += pd.DateOffset(months=3)
    return pd.date_range(first, periods=rules.programme.quarters, freq="QS-JAN", unit="ns")


def make_candidates(
    scored: Scored, inputs: ProgrammeInputs, rules: Rules, *, kinds: Mapping[str, Kind] | None = None
) -> Candidates:
    """Work out for each area of a run when it may be visited, by when, and what a visit is worth.

    Parameters
    ----------
    scored : Scored
        The run.
    inputs : ProgrammeInputs
        What the coordinator handed in. Only reviews held before the as-of date are history; decisions
        (``overrides``) hold whenever they were made.
    rules : Rules
        Of the programme.
    kinds : mapping of str to Kind, optional
        Of the log; the packaged ones where not given.

    Raises
    ------
    DataError
        With every area or quarter that the rules or the decisions name and the run or programme lacks, and
        every decision that cannot hold.

    Notes
    -----
    The benefit of a visit is the risk in whole steps of ``fairness.risk_step``, at least one, times what the
    area can act on, times the months until the next likely inspection, of which ``useful_months`` at most
    count, with a quarter of a month for each quarter of the programme that is left. So it is never negative
    and falls along the quarters, which is what keeps a higher risk from ever making a review later.
    """
    areas = scored.risks.reset_index(drop=True)
    quarters = programme_quarters(scored.as_of, rules=rules)
    faults = _before_the_run(quarters, scored.as_of, rules)
    last_held = _last_held(inputs.reviews, areas, scored.as_of)
    inspections = expected_inspections(scored, rules=rules.inspection)
    windows = review_windows(
        inspections, last_held=last_held, quarters=quarters, as_of=scored.as_of, rules=rules
    )
    intervened, unknown = under_intervention(scored, rules=rules.intervention, known=AreaNames(areas))
    names = areas.set_index("area_code")["name"]
    open_ = ~settled(inputs.overrides, as_of=scored.as_of)
    decided, refused = decide(
        inputs.overrides[open_], names=names, quarters=quarters, windows=windows, intervened=intervened
    )
    faults += [*unknown, *refused]
    if faults:
        raise DataError(faults, where="the programme")
    shortlist = flagged_areas(scored, rules=rules.targeted, kinds=read_kinds() if kinds is None else kinds)
    excluded = (intervened & ~decided.added) | decided.removed
    targeted = (shortlist.flagged | decided.added) & ~excluded
    deadlines = review_deadlines(
        last_held,
        targeted=targeted,
        decided=decided.timed,
        earliest=decided.earliest,
        quarters=quarters,
        rules=rules,
    )
    actionable = actionable_share(scored, rules=rules.targeted)
    weight = _risk_steps(areas[f"risk_{scored.target}"], rules) * actionable.quarters
    months = inspections.months_before(quarters, rules=rules.inspection)
    gain = months + EARLINESS * np.arange(len(quarters), 0, -1)
    unit = rules.fairness.risk_step / ALL
    table = _table(
        scored, inputs, rules, last_held=last_held, inspections=inspections, windows=windows,
        quarters=quarters, decided=decided, shortlist=shortlist, intervened=intervened & ~decided.added,
        targeted=targeted, deadlines=deadlines, actionable=actionable,
    )  # fmt: skip
    return Candidates(
        areas=table,
        quarters=quarters,
        allowed=windows.allowed,
        blocked=windows.blocked,
        weeks=windows.weeks,
        deadline=deadlines.quarter,
        benefit=weight[:, None] * gain * unit,
        weight=weight,
        pinned=decided.pinned,
        excluded=excluded,
        order=decided.order,
        step=unit * EARLINESS,
        months=months,
    )


def _before_the_run(quarters: pd.DatetimeIndex, as_of: pd.Timestamp, rules: Rules) -> list[Fault]:
    if quarters[0] + pd.DateOffset(months=3) > as_of:
        return []
    begins = quarter_words(quarter_start(pd.DatetimeIndex([as_of]))[0])
    problem = f"is over before the run's as-of date, {as_of:%Y-%m-%d}"
    remedy = f"name {begins} or a later one, or leave it empty"
    found = rules.programme.first_quarter
    return [Fault(RULES_FILE, None, "[programme] first_quarter", found, problem, remedy)]


def _last_held(reviews: pd.DataFrame, areas: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    held = reviews[reviews["held_on"] < as_of].groupby("area_code")["held_on"].max()
    days: pd.Series = pd.to_datetime(areas["area_code"].map(held)).astype("datetime64[ns]")
    return days


def _risk_steps(risk: pd.Series, rules: Rules) -> NDArray[np.int64]:
    """Return risks in whole steps, at least one; a risk that is not known is one step."""
    steps = np.floor(risk.to_numpy(dtype=float) / rules.fairness.risk_step + 0.5)
    whole: NDArray[np.int64] = np.maximum(np.nan_to_num(steps, nan=1.0), 1).astype(np.int64)
    return whole


def _table(
    scored: Scored,
    inputs: ProgrammeInputs,
    rules: Rules,
    *,
    last_held: pd.Series,
    inspections: Inspections,
    windows: Windows,
    quarters: pd.DatetimeIndex,
    decided: Decided,
    shortlist: Shortlist,
    intervened: np.ndarray,
    targeted: np.ndarray,
    deadlines: Deadlines,
    actionable: Actionable,
) -> pd.DataFrame:
    """Return what is known of each area before anything is chosen."""
    risks = scored.risks.reset_index(drop=True)
    shown = ["area_code", "name", "region", "band", "last_judgement", "last_judged_on"]
    risk = {f"risk{part}": risks[f"risk_{scored.target}{part}"] for part in ("", "_low", "_high")}
    excluded = intervened | decided.removed
    last_days = quarters.append(pd.DatetimeIndex([pd.NaT]))
    flagged_why = [
        " ".join(filter(None, (why, words if added else "")))
        for why, words, added in zip(shortlist.why, decided.words, decided.added, strict=True)
    ]
    return risks[shown].assign(
        **risk,
        status=np.select([decided.removed, intervened], ["removed", "elsewhere"], "not planned"),
        kind=np.select([excluded, targeted], ["", "targeted"], "routine"),
        last_held=last_held,
        due_on=due_days(last_held, rules=rules),
        due_why=np.where(excluded, "", deadlines.why),
        deadline=last_days[np.where(excluded, len(quarters), deadlines.quarter)],
        flagged=shortlist.flagged | decided.added,
        flagged_why=flagged_why,
        expected_inspection=inspections.expected,
        expected_why=inspections.why,
        actionable=actionable.quarters / ALL,
        actionable_why=actionable.why,
        blocked=["; ".join(filter(None, row)) for row in windows.blocked],
        conversation=conversations(scored, inputs.reviews),
        override=decided.words,
        route=np.where(intervened & ~decided.removed, rules.intervention.route, ""),
    )
