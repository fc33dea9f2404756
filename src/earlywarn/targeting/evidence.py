"""What an audience may see of the evidence about an area, before any of it is turned into words.

A run is made for one audience, and nothing above its tier is in its folder. A programme has a second reader,
the area itself, who sees less: only what is published about it, and entries that are open. So each piece of
evidence gets a tier here, that of the most sensitive entry behind it.
"""

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import ConfigError, name_a_few
from earlywarn.features.soft import soft_features
from earlywarn.intelligence.audience import AUDIENCES, NAMELESS
from earlywarn.schema import TARGETS, TIERS
from earlywarn.targeting.scored import Scored

__all__ = [
    "OPEN",
    "SECTOR",
    "tier_limit",
    "tiers_behind",
    "visible_contributions",
    "visible_entries",
    "visible_reasons",
]

OPEN, SECTOR, RESTRICTED = range(len(TIERS))  # tiers by number, so that the greatest is the most sensitive
LOGGED = frozenset(spec.name for spec in soft_features())
LOGGED_TOO = ("pressure_", "enabler_pressure_")  # so are named the features of kinds that users add
VEILED = "soft_intelligence"  # what an audience is told of only as a whole: `earlywarn.explain.veil`
PUBLISHED_TOO = frozenset({"agency_level", "agency_change", "agency_beyond_vacancies"})
MEDIAN = re.compile(r"; the median of all areas is [^;]*?(?=\.$)")  # of what is logged about the others
HIDDEN_NAME = "(name left out)"


def tier_limit(audience: str) -> int:
    """Return the tier, as its place in ``schema.TIERS``, up to which an audience may see.

    Raises
    ------
    ConfigError
        If there is no such audience.

    Examples
    --------
    >>> tier_limit("area"), tier_limit("sector")
    (0, 1)
    >>> tier_limit("press")
    Traceback (most recent call last):
    ...
    earlywarn.errors.ConfigError: There is no audience 'press'. Choose one of 'area', 'sector', 'restricted'.
    """
    if audience not in AUDIENCES:
        message = f"There is no audience {audience!r}. Choose one of {name_a_few(AUDIENCES)}."
        raise ConfigError(message)
    return TIERS.index(AUDIENCES[audience])


def tiers_behind(evidence: pd.DataFrame, scored: Scored) -> npt.NDArray[np.int64]:
    """Return how sensitive each piece of evidence is: the tier of the most sensitive entry behind it.

    Parameters
    ----------
    evidence : DataFrame
        ``area_code, feature``: reasons or contributions.
    scored : Scored
        Uses ``trail`` and ``entries``.

    Returns
    -------
    array of int, shape (rows,)
        Places in ``schema.TIERS``. What is published is open. A number that rests on the log is as sensitive
        as its entries; an entry that is not in the run counts as restricted. Where no entry stands behind
        it, such as silence or "none logged", what is said is that the *log* holds nothing, which is the
        sector's to know. What is told only as a whole rests on entries that nobody named: restricted.
    """
    features = evidence["feature"].astype(str)
    logged = (features.isin(LOGGED) | features.str.startswith(LOGGED_TOO)).to_numpy()
    missing = np.where(features.isin(PUBLISHED_TOO), OPEN, SECTOR)
    own = pd.Series(_places(scored.entries["tier"]), index=scored.entries["entry_id"])
    own = own.groupby(level=0).max()
    behind = scored.trail.assign(place=scored.trail["entry_id"].map(own).fillna(RESTRICTED).astype(np.int64))
    most = behind.groupby(["area_code", "feature"])["place"].max()
    asked = pd.MultiIndex.from_frame(evidence[["area_code", "feature"]])
    found = most.reindex(asked).to_numpy(dtype=float)
    tiers = np.where(np.isnan(found), np.where(logged, missing, OPEN), np.nan_to_num(found)).astype(np.int64)
    tiers[features.eq(VEILED).to_numpy()] = RESTRICTED
    return tiers


def visible_contributions(scored: Scored, audience: str) -> pd.DataFrame:
    """Return the contributions that an audience may see one by one.

    Parameters
    ----------
    scored : Scored
        Uses ``contributions, trail, entries``.
    audience : {"area", "sector", "restricted"}
        Who reads.

    Returns
    -------
    DataFrame
        The same columns and ``tier``; they sum to the log-odds only where nothing is left out.
    """
    return _within(scored.contributions, scored, audience)


def visible_reasons(scored: Scored, audience: str) -> pd.DataFrame:
    """Return the reasons that an audience may see, of the question that the list shows.

    Parameters
    ----------
    scored : Scored
        Uses ``reasons, trail, entries, target``.
    audience : {"area", "sector", "restricted"}
        Who reads. The area itself is shown no reason that rests on entries of which not all are open, and
        of one that rests on open entries no median of what is logged about others. A sentence that holds
        such a median is the sector's, however open the entries behind it are.

    Returns
    -------
    DataFrame
        The columns of ``reasons`` and ``tier`` (open, sector or restricted), sorted by area and ``order``,
        which keeps its gaps. An area outside the target's cohort has the reasons of the first target that it
        has a risk of; ``target`` says which.
    """
    shown = _within(_of_one_target(scored.reasons, scored.target), scored, audience)
    logged = shown["feature"].isin(LOGGED) | shown["feature"].str.startswith(LOGGED_TOO)
    plain = shown["sentence"].str.replace(MEDIAN, "", regex=True)
    if audience in NAMELESS:
        shown = shown.assign(sentence=shown["sentence"].mask(logged, plain))
    else:
        of_others = logged & plain.ne(shown["sentence"]) & shown["tier"].eq(TIERS[OPEN])
        shown = shown.assign(tier=shown["tier"].mask(of_others, TIERS[SECTOR]))
    return shown.sort_values(["area_code", "order"], kind="stable", ignore_index=True)


def visible_entries(scored: Scored, audience: str) -> pd.DataFrame:
    """Return the entries of the log that an audience may see, as it may see them.

    Parameters
    ----------
    scored : Scored
        Uses ``entries``.
    audience : {"area", "sector", "restricted"}
        Who reads. The area itself sees open entries, and never who contributed.

    Returns
    -------
    DataFrame
        The columns of ``entries``, in their order. A pseudonym that was written into a note is taken out.
    """
    entries = scored.entries
    shown = entries[_places(entries["tier"]) <= tier_limit(audience)].reset_index(drop=True)
    names = sorted({str(name) for name in entries["contributor"]} - {""}, key=lambda name: (-len(name), name))
    if names and not shown.empty:
        written = re.compile(r"\b(?:" + "|".join(map(re.escape, names)) + r")\b")
        notes = {note: written.sub(HIDDEN_NAME, note) for note in shown["note"].unique()}
        shown = shown.assign(note=shown["note"].map(notes))
    return shown.assign(contributor="") if audience in NAMELESS else shown


def _places(tiers: "pd.Series[str]") -> npt.NDArray[np.int64]:
    """Return tiers as numbers; a word that is no tier counts as the most sensitive."""
    places = {tier: place for place, tier in enumerate(TIERS)}
    return np.asarray(tiers.map(places).fillna(RESTRICTED), dtype=np.int64)


def _within(evidence: pd.DataFrame, scored: Scored, audience: str) -> pd.DataFrame:
    """Keep what an audience may see, with its tier in words.

    A run tells of veiled evidence only as a whole, because its audience may know no more. The same audience
    may read that much again; the area itself may not.
    """
    limit = tier_limit(audience)
    tiers = tiers_behind(evidence, scored)
    whole = evidence["feature"].eq(VEILED).to_numpy() & (audience not in NAMELESS)
    seen = (tiers <= limit) | whole
    words = np.array(TIERS, dtype=object)[tiers]
    return evidence.assign(tier=words)[seen].reset_index(drop=True)


def _of_one_target(reasons: pd.DataFrame, target: str) -> pd.DataFrame:
    """Keep each area's reasons of the target or, outside its cohort, of the first that it has."""
    order = [target, *(name for name in TARGETS if name != target)]
    place = reasons["target"].map({name: place for place, name in enumerate(order)}).fillna(len(order))
    first = place.groupby(reasons["area_code"]).transform("min")
    return reasons[place == first]
