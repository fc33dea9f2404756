"""The risk list: who, how high, how sure, why, and with what caution."""

import pandas as pd

from earlywarn.schema import GRADES, TARGETS

__all__ = ["risk_list"]

RISKS = [f"risk_{target}{end}" for target in TARGETS for end in ("", "_low", "_high")]
REASONS = [f"reason_{place}" for place in range(1, 6)]


def risk_list(
    scores: pd.DataFrame,
    *,
    areas: pd.DataFrame,
    inspections: pd.DataFrame,
    reasons: pd.DataFrame,
    cautions: pd.Series,
    soft: "pd.Series[float]",
    as_of: pd.Timestamp,
    horizon: int,
) -> pd.DataFrame:
    """Put together one row per scored area, in alphabetical order.

    Parameters
    ----------
    scores : DataFrame
        From ``score_areas``, by area code.
    areas : DataFrame
        ``area_code, name, region``.
    inspections : DataFrame
        Known at the as-of date, sorted by area, then start.
    reasons : DataFrame
        From ``top_reasons``, by area code.
    cautions : Series
        From ``cautions``, by area code.
    soft : Series
        From ``soft_share``, by area code.
    as_of : Timestamp
        The as-of date.
    horizon : int
        Months.

    Returns
    -------
    DataFrame
        The columns of ``risk_list.csv``. Risks in [0, 1]; empty where an area is not in that cohort.
    """
    judged = inspections[inspections["overall"].isin(GRADES)].drop_duplicates("area_code", keep="last")
    judged = judged.set_index("area_code")[["overall", "start_date"]]
    judged.columns = ["last_judgement", "last_judged_on"]
    table = areas.set_index("area_code")[["name", "region"]].join(scores, how="inner").join(judged)
    table = table.join(reasons).join(cautions.rename("caution")).join(soft)
    words = ["last_judgement", *REASONS, "caution"]
    table[words] = table[words].fillna("")
    table = table.assign(as_of=as_of, horizon_months=horizon).reset_index()
    columns = ["area_code", "name", "region", "as_of", "horizon_months", "last_judgement", "last_judged_on"]
    columns += [*RISKS, "band", "rank_low", "rank_high", "soft_share", *REASONS, "caution"]
    table = table.sort_values(["name", "area_code"], ignore_index=True)[columns]
    return table.astype({"rank_low": "Int64", "rank_high": "Int64"})
