"""Which areas can be scored at an as-of date, and why the others cannot."""

import pandas as pd

from earlywarn.panel.snapshot import Snapshot

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
    ended = areas["active_to"].notna() & (areas["active_to"] < snapshot.as_of)
    begun = areas["active_from"].isna() | (areas["active_from"] <= snapshot.as_of)
    why = pd.Series("", index=areas.index, dtype=object)
    why = why.mask(ended, "ended on " + areas["active_to"].dt.strftime("%-d %B %Y").fillna(""))
    why = why.mask(~begun, "not set up until " + areas["active_from"].dt.strftime("%-d %B %Y").fillna(""))
    return pd.DataFrame(
        {"area_code": areas["area_code"], "name": areas["name"], "eligible": why.eq(""), "why": why}
    )
