"""When each area's next inspection is likely, as far as the time between inspections can tell."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from earlywarn.schedule import date_words
from earlywarn.targeting.rule_sections import InspectionRules
from earlywarn.targeting.scored import Scored

__all__ = ["Inspections", "expected_inspections"]


@dataclass(frozen=True)
class Inspections:
    """The last and the likely next inspection of n areas, in the order of the risk list.

    Parameters
    ----------
    last : Series of Timestamp, shape (n,)
        First day of the last one that is known; NaT where none is.
    expected : Series of Timestamp, shape (n,)
        The likely day; NaT where it may come any time.
    why : Series of str, shape (n,)
        How that was guessed.
    """

    last: pd.Series
    expected: pd.Series
    why: pd.Series

    def months_before(self, quarters: pd.DatetimeIndex, *, rules: InspectionRules) -> np.ndarray:
        """Return whole months from each quarter's first day to the likely inspection.

        Parameters
        ----------
        quarters : DatetimeIndex of shape (Q,)
            First days.
        rules : InspectionRules
            ``overdue_months`` is what is counted where it may come any time, and no more than
            ``useful_months`` is ever counted.

        Returns
        -------
        ndarray of int, shape (n, Q)
            Never negative and never rising along the quarters.
        """
        begins = quarters.year.to_numpy() * 12 + quarters.month.to_numpy()
        known = self.expected.notna().to_numpy()
        day = self.expected.fillna(quarters[0])
        comes = day.dt.year.to_numpy() * 12 + day.dt.month.to_numpy()
        ahead = comes[:, None] - begins[None, :]  # a quarter begins on the first of a month
        months = np.where(known[:, None], ahead, rules.overdue_months)
        return np.clip(months, 0, rules.useful_months)


def expected_inspections(scored: Scored, *, rules: InspectionRules) -> Inspections:
    """Guess each area's next inspection: the last one, and the usual months after such a judgement.

    Parameters
    ----------
    scored : Scored
        Uses ``judgements`` that were known before the as-of date, and the ``risks``' last judgements.
    rules : InspectionRules
        ``every_months`` by the last judgement.

    Notes
    -----
    A day that has passed is no guess any more: the inspection may come any time, so no week can be kept clear
    for it, and ``overdue_months`` are counted until it.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> risks = pd.DataFrame({"area_code": ["E1", "E2"], "last_judgement": ["good", "good"],
    ...                       "last_judged_on": pd.to_datetime(["2023-05-08", "2019-05-08"])})
    >>> none = pd.DataFrame(columns=["area_code", "start_date", "known_on"])
    >>> run = SimpleNamespace(as_of=pd.Timestamp("2025-04-01"), risks=risks, judgements=none)
    >>> expected_inspections(run, rules=InspectionRules()).expected.tolist()
    [Timestamp('2026-05-08 00:00:00'), NaT]
    """
    risks = scored.risks
    known = scored.judgements[
        (scored.judgements["known_on"] < scored.as_of) & (scored.judgements["start_date"] < scored.as_of)
    ]
    starts = known.groupby("area_code")["start_date"].max()
    listed = risks["last_judged_on"].where(risks["last_judged_on"] < scored.as_of)
    last = pd.to_datetime(risks["area_code"].map(starts)).fillna(listed).reset_index(drop=True)
    grade = risks["last_judgement"].reset_index(drop=True)
    expected = pd.Series(pd.NaT, index=last.index, dtype="datetime64[ns]")
    months = rules.every_months.model_dump()
    for judged, every in months.items():
        expected = expected.mask(grade.eq(judged), last + pd.DateOffset(months=every))
    overdue = expected < scored.as_of
    every_words = grade.map(months)
    why = [
        _why(day, judged, every, late=late, counted=rules.overdue_months)
        for day, judged, every, late in zip(last, grade, every_words, overdue, strict=True)
    ]
    return Inspections(last, expected.mask(overdue), pd.Series(why, dtype=object))


def _why(day: pd.Timestamp, grade: str, every: float, *, late: bool, counted: int) -> str:
    any_time = f"so it may come any time: no weeks are kept clear for it, and {_months(counted)} are counted"
    if pd.isna(day) or pd.isna(every):
        return f"No past inspection with a judgement is on record, {any_time} until it."
    since = (
        f"{every:.0f} months after the one that began on {date_words(day)} (judged {grade.replace('_', ' ')})"
    )
    if late:
        return f"It would have been due {since}, {any_time} until it."
    return f"Likely {since}."


def _months(count: int) -> str:
    return "1 month" if count == 1 else f"{count} months"
