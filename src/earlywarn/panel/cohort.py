"""Which areas can be scored at an as-of date, and why the others cannot."""

import pandas as pd

from earlywarn.panel.areas import exists
from earlywarn.panel.snapshot import Snapshot
from earlywarn.schedule import date_words

__all__ = ["cohort"]


def cohort(snapshot: Snapshot) -> pd.DataFrame:
    """Say of each area whether it is eligible at the as-of date.

    Parameters
    ----------
    snapshot : Snapshot
        With ``areas`` and ``inspections``.

    Returns
    -------
    DataFrame
        ``area_code, name, eligible, why``, sorted by code. ``why`` is empty for an eligible area. An area
        that has no judgement yet is eligible: there is a risk of an adverse judgement, though none of a
        decline from one.
    """
    areas = snapshot.areas
    there = exists(areas, snapshot.as_of)
    over = areas["active_to"].notna() & (areas["active_to"] < snapshot.as_of)
    ended = areas["active_to"].map(lambda day: f"ended on {date_words(day)}")
    coming = areas["active_from"].map(lambda day: f"not set up until {date_words(day)}")
    why = ended.where(over, coming).mask(there, "").astype(object)
    return pd.DataFrame(
        {"area_code": areas["area_code"], "name": areas["name"], "eligible": there, "why": why}
    )
