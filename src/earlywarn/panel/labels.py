"""What happened next: the outcome of each area and as-of date, and when it became known.

One example runs through this file: an area last judged good is inspected on 5 November 2024 and judged
requires improvement; the report is published on 20 December. At the as-of date 1 July 2024 with a horizon
of 12 months its label is ``adverse`` 1, ``decline`` 1, ``serious`` 0, and nobody knew it until 20 December.
"""

import numpy as np
import pandas as pd

from earlywarn.schedule import window_end
from earlywarn.schema import GRADES

__all__ = ["grade_codes", "judgement_labels", "window_labels"]

GOOD = GRADES.index("good")
INADEQUATE = GRADES.index("inadequate")
SCALE = pd.Index(GRADES, dtype=object)


def grade_codes(grades: pd.Series) -> pd.Series:
    """Code grades 0 (inadequate) to 3 (outstanding); NaN where there is none.

    Examples
    --------
    >>> grade_codes(pd.Series(["good", None, "inadequate"])).tolist()
    [2.0, nan, 0.0]
    """
    codes = SCALE.get_indexer(pd.Index(grades, dtype=object)).astype(float)
    return pd.Series(np.where(codes < 0, np.nan, codes), index=grades.index)


def window_labels(inspections: pd.DataFrame, rows: pd.DataFrame, *, horizon: int) -> pd.DataFrame:
    """Label rows by the first overall judgement that starts in ``[as_of, as_of + horizon)``.

    Parameters
    ----------
    inspections : DataFrame
        All of them, known or not: a label is the future.
    rows : DataFrame
        ``area_code`` and ``as_of``.
    horizon : int
        Months.

    Returns
    -------
    DataFrame
        The rows in their order with ``inspection_id, start_date, label_known_on, grade, last_grade,
        adverse, decline, serious``. All NaN where no inspection starts in the window: not being inspected
        is not a good outcome. ``decline`` is NaN where no judgement was known, or it was inadequate.
    """
    judged = inspections[inspections["overall"].isin(GRADES)].sort_values("start_date", kind="stable")
    judged = judged.assign(starts=judged["start_date"])
    asked = rows[["area_code", "as_of"]].reset_index(drop=True).astype({"as_of": "datetime64[ns]"})
    asked = asked.assign(asked=np.arange(len(asked)), ends=window_end(asked["as_of"], horizon))
    found = pd.merge_asof(
        asked.sort_values("as_of", kind="stable"),
        judged[["area_code", "starts", "inspection_id", "start_date", "known_on", "overall"]],
        left_on="as_of",
        right_on="starts",
        by="area_code",
        direction="forward",
    ).sort_values("asked", ignore_index=True)
    outside = ~(found["start_date"] < found["ends"])
    found.loc[outside, ["inspection_id", "overall"]] = None
    found.loc[outside, ["start_date", "known_on"]] = pd.NaT
    found = found.rename(columns={"known_on": "label_known_on"})
    return judgement_labels(inspections, found.drop(columns=["asked", "ends", "starts"]))


def judgement_labels(inspections: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Say what a judgement means beside the last one known at the as-of date.

    Parameters
    ----------
    inspections : DataFrame
        Where the last known judgement is looked up: of those with ``known_on < as_of`` the one that
        started last.
    rows : DataFrame
        ``area_code, as_of, overall`` (the judgement that followed) and any columns to keep.

    Returns
    -------
    DataFrame
        The rows with ``overall`` replaced by ``grade, last_grade`` (0 inadequate to 3 outstanding) and
        ``adverse, decline, serious`` (0, 1, or NaN where not in that target's cohort).
    """
    judged = inspections[inspections["overall"].isin(GRADES)]
    judged = judged.sort_values(["known_on", "start_date"], kind="stable")
    # a report that comes out after that of a later inspection is news, but not the last judgement
    judged = judged[judged["start_date"] >= judged.groupby("area_code")["start_date"].cummax()]
    judged = judged.rename(columns={"overall": "last_judgement"})[["area_code", "known_on", "last_judgement"]]
    found = pd.merge_asof(
        rows.astype({"as_of": "datetime64[ns]"})
        .assign(asked=np.arange(len(rows)))
        .sort_values("as_of", kind="stable"),
        judged,
        left_on="as_of",
        right_on="known_on",
        by="area_code",
        allow_exact_matches=False,  # rule one: strictly before
    ).sort_values("asked", ignore_index=True)
    grade, last = grade_codes(found["overall"]), grade_codes(found["last_judgement"])
    labelled = found.drop(columns=["asked", "known_on", "overall", "last_judgement"])
    return labelled.assign(
        grade=grade,
        last_grade=last,
        adverse=(grade < GOOD).astype(float).where(grade.notna()),
        decline=(grade < last).astype(float).where(grade.notna() & (last > INADEQUATE)),
        serious=(grade == INADEQUATE).astype(float).where(grade.notna()),
    )
