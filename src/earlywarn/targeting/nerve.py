"""Hold your nerve: indicators that worsen after a reset can be a sign of work done, and not of decline.

When thresholds are reset, hidden need comes to light: referrals, plans and entries to care can rise, and
timeliness fall, before they get better. A reader should know that before taking the figures for a decline.
"""

from fnmatch import fnmatchcase

import pandas as pd

from earlywarn.schedule import date_words
from earlywarn.targeting.evidence import visible_contributions, visible_entries
from earlywarn.targeting.pointers_logged import entry_keys
from earlywarn.targeting.scored import Scored

__all__ = ["hold_your_nerve", "resets"]

WITHIN = 24  # months after the reset
BELOW_GOOD = ("inadequate", "requires_improvement")
DIRECTOR = "director"
JUDGED, LED = "an adverse judgement", "a new director"
# Front door and protection: what a reset of thresholds moves first.
MOVED_BY_RESET = (
    "referral*", "rereferral_rate", "assessments_within_45_days", "s47_*", "icpc_*", "cin_rate",
    "cin_children", "cin_awaiting_assessment", "cpp_*", "care_application_rate", "cla_rate",
    "cla_per_100_cin", "cla_start*",
)  # fmt: skip
NAMED = 4  # indicators named; the rest are counted


def resets(scored: Scored, *, audience: str) -> pd.DataFrame:
    """Return the last reset of each area: an adverse judgement, or a new director.

    Parameters
    ----------
    scored : Scored
        Uses ``judgements, entries, contributions, trail, as_of``.
    audience : {"area", "sector", "restricted"}
        Who reads.

    Returns
    -------
    DataFrame
        ``area_code, day, what``, of the last 24 months, one row for each area: the earliest of them, since
        that is when thresholds may first have been reset. A judgement counts from its publication, a
        director from the day of the appointment or, where only the time in post is known, from its start.
    """
    since = scored.as_of - pd.DateOffset(months=WITHIN)
    judged = scored.judgements[scored.judgements["overall"].isin(BELOW_GOOD)]
    judged = judged[["area_code", "known_on"]].set_axis(["area_code", "day"], axis=1).assign(what=JUDGED)
    entries = visible_entries(scored, audience)
    keys = entry_keys(entries)
    new = (keys["role"] == DIRECTOR) & (keys["detail"] == "appointed")
    logged = entries.loc[new, ["area_code", "occurred_on"]].set_axis(["area_code", "day"], axis=1)
    shares = visible_contributions(scored, audience)
    tenure = shares[shares["feature"].eq("director_in_post") & shares["value"].notna()]
    tenure = tenure.drop_duplicates("area_code")
    days = (tenure["value"].astype(float) * 365.25).round()
    began = scored.as_of - pd.to_timedelta(days, unit="D")
    known = pd.DataFrame({"area_code": tenure["area_code"], "day": began})
    parts = [judged, logged.assign(what=LED), known.assign(what=LED)]
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    found = found[(found["day"] >= since) & (found["day"] < scored.as_of)]
    found = found.sort_values(["area_code", "day", "what"], kind="stable")
    return found.drop_duplicates("area_code", ignore_index=True)


def hold_your_nerve(scored: Scored, *, audience: str) -> "pd.Series[str]":
    """Return a note for each area whose front door or protection figures worsened soon after a reset.

    Parameters
    ----------
    scored : Scored
        Uses ``signals, indicators``, and what `resets` does.
    audience : {"area", "sector", "restricted"}
        Who reads.

    Returns
    -------
    Series of str
        By area code; areas without a note are left out. An indicator counts where its newest figure is of a
        period that ended after the reset and stands out on the worse side of its own past or, where neither
        way is worse, beyond its limits, or where its level shifted after the reset and not for the better.
    """
    after = resets(scored, audience=audience)
    signals = scored.signals
    asked = {
        name: any(fnmatchcase(name, way) for way in MOVED_BY_RESET) for name in signals["indicator"].unique()
    }
    found = signals[signals["indicator"].map(asked).astype(bool)].merge(after, on="area_code")
    labels = scored.indicators.set_index("indicator")[["label", "polarity"]]
    found = found.join(labels, on="indicator")
    worse = found["direction"].eq("worse")
    moved = found["direction"].isin(["higher", "lower"]) & found["variation"].str.contains("beyond")
    fresh = found["period_end"] >= found["day"]
    found = found[fresh & found["label"].notna() & (worse | moved | _shifted(found))]
    found = found.sort_values(["area_code", "label"], kind="stable")
    notes = {code: _words(rows, scored.as_of) for code, rows in found.groupby("area_code", sort=True)}
    return pd.Series(notes, dtype=object)


def _shifted(found: pd.DataFrame) -> "pd.Series[bool]":
    """Say whether an indicator's level shifted after the reset, other than for the better."""
    if not {"shift", "shifted_on"} <= set(found.columns):  # folders of earlier versions
        return pd.Series(data=False, index=found.index)
    size = pd.to_numeric(found["shift"])
    since = pd.to_datetime(found["shifted_on"]) >= found["day"]
    better = ((size < 0) & found["polarity"].eq("higher_is_worse")) | (
        (size > 0) & found["polarity"].eq("higher_is_better")
    )
    return since & size.notna() & ~better


def _words(rows: pd.DataFrame, as_of: pd.Timestamp) -> str:
    labels = list(dict.fromkeys(rows["label"]))
    rest = len(labels) - NAMED
    named = "; ".join(labels[:NAMED]) + (f"; and {rest} more" if rest > 0 else "")
    first = rows.iloc[0]
    newest = date_words(rows["period_end"].max())
    return (
        f"Hold your nerve: {first['what']} dates from {date_words(first['day'])}, and since then some "
        f"figures of the front door or of protection moved in a way that may look like decline: {named} "
        f"(newest figures: {newest}; as known on {date_words(as_of)}). When thresholds are reset, figures "
        "can get worse before they get better. Read them with audit and with what staff and families say "
        "before anything is concluded."
    )
