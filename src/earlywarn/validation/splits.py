"""Which rows may teach and which are tested: the second rule of time.

**A training row counts at an origin only if its label was known before that origin.** It lives here and
nowhere else. One example runs through this file: an inspection that starts on 5 November 2024 and is
published on 20 December. It is tested at 90 days' lead from the as-of date 1 July 2024. It may teach
the models fitted at the origin 1 January 2025, and none fitted before.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.panel.known import is_known
from earlywarn.panel.labels import judgement_labels, window_labels
from earlywarn.schedule import lead_origin
from earlywarn.schema import GRADES

__all__ = ["REFERENCE_LEAD", "may_teach", "taught_weights", "teaching_rows", "tested_rows"]

REFERENCE_LEAD = 3  # months; its exact length is 90 days
REFERENCE_DAYS = 90


def may_teach(label_known_on: npt.NDArray[np.datetime64], origin: pd.Timestamp) -> npt.NDArray[np.bool_]:
    """Say of each labelled row whether its label was known before the origin.

    Examples
    --------
    >>> published = np.array(["2024-12-20"], dtype="datetime64[ns]")
    >>> may_teach(published, pd.Timestamp("2024-12-20")), may_teach(published, pd.Timestamp("2025-01-01"))
    (array([False]), array([ True]))
    """
    return is_known(label_known_on, origin)


def teaching_rows(inspections: pd.DataFrame, index: pd.MultiIndex, *, horizon: int) -> pd.DataFrame:
    """Label every area and as-of date whose outcome window holds an inspection.

    Parameters
    ----------
    inspections : DataFrame
        All of them.
    index : MultiIndex
        ``area_code, as_of`` of the feature matrix.
    horizon : int
        Months of the outcome window.

    Returns
    -------
    DataFrame
        ``area_code, as_of, inspection_id, start_date, label_known_on, grade, last_grade, adverse, decline,
        serious``: only rows with an outcome and with an earlier judgement, so that all three questions can
        be asked of the same history. An inspection stands in as many rows as there are as-of dates in the
        horizon before it; ``taught_weights`` makes it count once.
    """
    rows = window_labels(inspections, index.to_frame(index=False), horizon=horizon)
    return rows[rows["grade"].notna() & rows["last_grade"].notna()].reset_index(drop=True)


def taught_weights(inspection_ids: pd.Series) -> npt.NDArray[np.float64]:
    """Return one over the number of rows of each row's inspection, so that each counts once.

    Examples
    --------
    >>> taught_weights(pd.Series(["a", "a", "b"])).tolist()
    [0.5, 0.5, 1.0]
    """
    return 1.0 / inspection_ids.groupby(inspection_ids).transform("size").to_numpy(dtype=float)


def tested_rows(
    inspections: pd.DataFrame,
    *,
    leads: Sequence[int],
    first_start: pd.Timestamp,
    last_start: pd.Timestamp | None = None,  # noqa: PT028 - no test, whatever its name
    long_leads_from: pd.Timestamp | None = None,  # noqa: PT028
) -> pd.DataFrame:
    """Ask of every inspection once per lead: at the last quarter start at least so long before it starts.

    Parameters
    ----------
    inspections : DataFrame
        All of them.
    leads : sequence of int
        Months; 3 stands for 90 days.
    first_start, last_start : Timestamp
        Inspections that start in ``[first_start, last_start]`` are tested.
    long_leads_from : Timestamp, optional
        Leads of 12 months and more are tested on inspections that start from here, so that
        every lead has labels to learn from.

    Returns
    -------
    DataFrame
        As ``teaching_rows``, with ``lead_months``. Left out are inspections without an earlier judgement
        known at the as-of date, and those with another inspection of the area between the as-of date and
        their start, because the *first* judgement after the as-of date is what a label means.
    """
    judged = inspections[inspections["overall"].isin(GRADES)].sort_values(["area_code", "start_date"])
    before = judged["start_date"].shift().where(judged["area_code"].eq(judged["area_code"].shift()))
    columns = ["area_code", "inspection_id", "start_date", "known_on", "overall"]
    facts = judged[columns].rename(columns={"known_on": "label_known_on"}).assign(before=before)
    facts = facts[(facts["start_date"] >= first_start) & (facts["before"].notna())]
    if last_start is not None:
        facts = facts[facts["start_date"] <= last_start]
    parts = []
    for lead in leads:
        rows = facts
        if lead >= 12 and long_leads_from is not None:  # noqa: PLR2004 - a year
            rows = rows[rows["start_date"] >= long_leads_from]
        exact = {"days": REFERENCE_DAYS} if lead == REFERENCE_LEAD else {"months": lead}
        parts.append(rows.assign(lead_months=lead, as_of=lead_origin(rows["start_date"], **exact)))
    asked = pd.concat(parts, ignore_index=True)
    asked = asked[~(asked["before"] >= asked["as_of"])].drop(columns="before")
    rows = judgement_labels(inspections, asked.reset_index(drop=True))
    rows = rows[rows["last_grade"].notna()]
    return rows.sort_values(["lead_months", "as_of", "area_code"], ignore_index=True)
