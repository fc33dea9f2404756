"""What entries of the log point to: fresh and strong concerns, leaders who came and went, and good news."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from earlywarn.features.pressure import HALF_LIFE_DAYS
from earlywarn.intelligence.kinds import CONFIDENCES, ROLES, STRENGTHS, Kind, read_kinds
from earlywarn.schema import TIERS
from earlywarn.targeting.evidence import visible_entries
from earlywarn.targeting.pointers import CONCERN, PRACTICE, days_in_words, pointers
from earlywarn.targeting.scored import Scored

__all__ = ["entry_keys", "from_entries", "of_posts"]

FRESH_MONTHS = 12  # since it happened: what is older, a reviewer would find changed
STRONG = 3  # "clear": weaker concerns are for a conversation, not for a line of enquiry
UNGRADED = 3.0  # how a fact without a strength weighs
# Of kinds that are in themselves neither better nor worse, what is worth a question.
ASKED_DETAILS = {"leadership_change": ("left", "interim", "vacant"), "peer_review": ("declined",)}
PASSING = ("interim", "vacant")  # states of a post that a later entry about it ends
ABOUT = "^[^:]*: (?:(" + "|".join(ROLES.values()) + ")(?:, |$))?(.*)$"  # role and detail, after the label
GRADES = {word: float(number) for number, word in STRENGTHS.items()}


def entry_keys(entries: pd.DataFrame) -> pd.DataFrame:
    """Read role and detail back from the words of entries.

    Parameters
    ----------
    entries : DataFrame
        ``kind, what``, as in a run folder: "Change of leadership: Lead member, left".

    Returns
    -------
    DataFrame
        ``kind, role, detail``, on the same index, with "" where there is none.

    Examples
    --------
    >>> entries = pd.DataFrame({"kind": ["leadership_change", "peer_review", "savings"],
    ...     "what": ["Change of leadership: Lead member, left", "Peer review: follow up", "Savings"]})
    >>> entry_keys(entries).values.tolist()
    [['leadership_change', 'lead_member', 'left'], ['peer_review', '', 'follow_up'], ['savings', '', '']]
    """
    plain = entries["what"].str.replace(r" \(.*$", "", regex=True)
    parts = plain.str.extract(ABOUT).fillna("")
    role = parts[0].map({label: role for role, label in ROLES.items()}).fillna("")
    detail = parts[1].str.replace(" ", "_")
    return pd.DataFrame({"kind": entries["kind"], "role": role, "detail": detail}).astype(object)


def of_posts(entries: pd.DataFrame) -> pd.DataFrame:
    """Return the last news of each post of each area.

    Parameters
    ----------
    entries : DataFrame
        As in a run folder.

    Returns
    -------
    DataFrame
        The entries of kind ``leadership_change``, with ``role`` and ``detail``, one for each area and role:
        the latest, and of one day the one recorded last.
    """
    posts = entries[entries["kind"] == "leadership_change"]
    posts = posts.assign(**entry_keys(posts)[["role", "detail"]])
    posts = posts.sort_values(["area_code", "role", "occurred_on", "known_on", "entry_id"], kind="stable")
    return posts.drop_duplicates(["area_code", "role"], keep="last")


def from_entries(scored: Scored, audience: str, *, kinds: Mapping[str, Kind] | None = None) -> pd.DataFrame:
    """Return what fresh entries point to.

    Parameters
    ----------
    scored : Scored
        Uses ``entries`` and ``as_of``.
    audience : {"area", "sector", "restricted"}
        Who reads.
    kinds : mapping of str to Kind, optional
        What there is to log; the packaged kinds where not given.

    Returns
    -------
    DataFrame
        The columns of `earlywarn.targeting.pointers.COLUMNS`; concerns of the last 12 months that are clear
        or stronger, or have no strength; leaders who left, and posts that are interim or vacant still;
        declined offers; and as practice, what was logged as going well.
    """
    known = read_kinds() if kinds is None else kinds
    entries = visible_entries(scored, audience)
    if entries.empty:
        return pointers(area_code=[])
    since = scored.as_of - pd.DateOffset(months=FRESH_MONTHS)
    keys = entry_keys(entries)
    direction = entries["kind"].map({name: kind.direction for name, kind in known.items()}).fillna("worse")
    grade = entries["strength"].map(GRADES)
    asked = [detail in ASKED_DETAILS.get(kind, ()) for kind, detail in keys[["kind", "detail"]].to_numpy()]
    ended = keys["detail"].isin(PASSING) & ~entries["entry_id"].isin(of_posts(entries)["entry_id"])
    better = direction.eq("better")
    worse = (direction.eq("worse") & ~(grade < STRONG)) | (
        pd.Series(asked, entries.index, dtype=bool) & ~ended
    )
    kept = (better | worse) & (entries["occurred_on"] >= since) & (entries["occurred_on"] < scored.as_of)
    found, keyed, grade = entries[kept], keys[kept], grade[kept]
    age = (scored.as_of - found["occurred_on"]).dt.days
    sure = found["confidence"].map(CONFIDENCES).fillna(CONFIDENCES["medium"])
    return pointers(
        area_code=found["area_code"],
        kind=np.where(better[kept], PRACTICE, CONCERN),
        keys=[_keys(*row) for row in keyed.to_numpy()],
        subject="entry:" + found["kind"],
        theme=found["theme"],
        note=found["note"],
        wide=True,
        weight=grade.fillna(UNGRADED) * sure * 0.5 ** (age / HALF_LIFE_DAYS),
        because=_words(found),
        source=("logged: " + found["source"].str[:1].str.lower() + found["source"].str[1:]).str.removesuffix(
            ": "
        ),
        period=days_in_words(found["occurred_on"]),
        tier=found["tier"].map(TIERS.index),
    )


def _keys(kind: str, role: str, detail: str) -> tuple[str, ...]:
    """Return the keys of an entry, from the closest to the widest."""
    parts = [part for part in (kind, role, detail) if part]
    return tuple(":".join(parts[:count]) for count in range(len(parts), 0, -1))


def _words(entries: pd.DataFrame) -> "pd.Series[str]":
    """Say what an entry reports, with strength, day and note; never who reports it."""
    graded = entries["strength"].where(entries["strength"] == "", " (" + entries["strength"] + ")")
    said = entries["what"] + graded + ", " + days_in_words(entries["occurred_on"])
    noted = ": “" + entries["note"].str.rstrip(".") + "”"
    return said + noted.where(entries["note"] != "", "") + "."
