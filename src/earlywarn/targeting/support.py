"""What support might follow a review: three models as hypotheses, with what speaks for and against each."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from earlywarn.intelligence.audience import NAMELESS
from earlywarn.schedule import date_words
from earlywarn.targeting.evidence import visible_contributions, visible_entries
from earlywarn.targeting.pointers_logged import GRADES, entry_keys, of_posts
from earlywarn.targeting.scored import Scored
from earlywarn.targeting.support_rules import CAPACITIES, Clue, SupportRules, read_support
from earlywarn.targeting.tables import COLUMNS

__all__ = ["HYPOTHESIS", "SOURCE", "read_support", "support_models"]

SOURCE = "Local Government Association, action research into improvement in local children's services, 2016"
HYPOTHESIS = "A hypothesis in the source, not a finding."
OPEN_ONLY = "open to read "  # an area is not told that the sector knows nothing
FOR, AGAINST = "More speaks for it than against", "More speaks against it than for"
EVEN, NOT_ENOUGH = "As much speaks for it as against", "Not enough is known"


def support_models(scored: Scored, *, audience: str, rules: SupportRules | None = None) -> pd.DataFrame:
    """Set out, for each area and model of support, what speaks for and against it.

    Parameters
    ----------
    scored : Scored
        Uses ``risks, judgements, contributions, entries, trail, as_of, target``.
    audience : {"area", "sector", "restricted"}
        Who reads. Evidence above its tier is left out, as if nothing were known.
    rules : SupportRules, optional
        From `read_support`; the packaged ones where not given.

    Returns
    -------
    DataFrame
        The table ``support`` of `earlywarn.targeting.tables`, by area code and model: ``evidence_for`` and
        ``evidence_against`` in words, "Nothing that is known." where there is none, and ``standing``, which
        names a capacity of which nothing is known and always ends by saying that it is a hypothesis.

    Notes
    -----
    A model fits where leadership capacity and the commitment of members are each present or absent as it
    needs. Evidence for one of them counts once each, whatever its weight: a capacity is taken as present
    where more speaks for that than against, as absent in the other case, as open where it is even. Where
    nothing is known of a capacity, a model that depends on it does not stand better than "not enough is
    known".
    """
    rules = read_support() if rules is None else rules
    codes = sorted(set(scored.risks["area_code"]))
    found = pd.concat([_empty(), *_all_found(scored, audience, rules)], ignore_index=True)
    found = found[found["area_code"].isin(set(codes))]
    areas = pd.DataFrame({"area_code": codes}).merge(pd.DataFrame({"model": list(rules.labels)}), how="cross")
    areas["label"] = areas["model"].map(rules.labels)
    spoken = {
        capacity: {
            side: found[(found["capacity"] == capacity) & (found["speaks"] == side)]
            .groupby("area_code")["words"]
            .agg(list)
            .to_dict()
            for side in ("present", "absent")
        }
        for capacity in CAPACITIES
    }
    told = [
        _told(code, rules.needs[model], spoken, open_only=audience in NAMELESS)
        for code, model in areas[["area_code", "model"]].to_numpy()
    ]
    words = pd.DataFrame(told, columns=["evidence_for", "evidence_against", "standing"], dtype=object)
    return pd.concat([areas, words], axis=1)[list(COLUMNS["support"])]


def _empty() -> pd.DataFrame:
    return pd.DataFrame(
        {name: pd.Series(dtype=object) for name in ("area_code", "capacity", "speaks", "words")}
    )


def _all_found(scored: Scored, audience: str, rules: SupportRules) -> list[pd.DataFrame]:
    """Return the evidence that each clue finds: ``area_code, capacity, speaks, words``."""
    shares = visible_contributions(scored, audience).drop_duplicates(["area_code", "feature"])
    entries = visible_entries(scored, audience)
    entries = entries.assign(**entry_keys(entries)[["role", "detail"]])
    posts = of_posts(entries)
    parts = []
    for clue in rules.clues:
        if clue.feature:
            part = _of_feature(shares, clue)
        elif clue.judgement:
            part = _of_judgement(scored.judgements, clue)
        elif clue.post:
            part = _of_post(posts, clue, scored.as_of)
        else:
            part = _of_kind(entries, clue, scored.as_of)
        parts.append(part.assign(capacity=clue.capacity, speaks=clue.speaks))
    return parts


def _of_feature(shares: pd.DataFrame, clue: Clue) -> pd.DataFrame:
    values = shares["value"].astype(float)
    found = shares[(shares["feature"] == clue.feature) & values.between(clue.at_least, clue.at_most)]
    said = [clue.words.replace("{value}", _number(value)) for value in found["value"]]
    return pd.DataFrame({"area_code": found["area_code"].to_numpy(), "words": pd.Series(said, dtype=object)})


def _of_judgement(judgements: pd.DataFrame, clue: Clue) -> pd.DataFrame:
    graded = judgements[judgements[clue.judgement] != ""].sort_values(["area_code", "known_on", "start_date"])
    last = graded.drop_duplicates("area_code", keep="last")
    found = last[last[clue.judgement].isin(clue.grades)]
    said = [
        clue.words.replace("{value}", f"{grade.replace('_', ' ')} (inspection of {date_words(day)})")
        for grade, day in zip(found[clue.judgement], found["start_date"], strict=True)
    ]
    return pd.DataFrame({"area_code": found["area_code"].to_numpy(), "words": pd.Series(said, dtype=object)})


def _of_post(posts: pd.DataFrame, clue: Clue, as_of: pd.Timestamp) -> pd.DataFrame:
    fresh = posts["occurred_on"] >= as_of - pd.DateOffset(months=int(clue.months))
    found = posts[(posts["role"] == clue.post) & posts["detail"].isin(clue.details) & fresh]
    said = [
        clue.words.replace("{value}", f"{detail}, {date_words(day)}")
        for detail, day in zip(found["detail"], found["occurred_on"], strict=True)
    ]
    return pd.DataFrame({"area_code": found["area_code"].to_numpy(), "words": pd.Series(said, dtype=object)})


def _of_kind(entries: pd.DataFrame, clue: Clue, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return the newest entry of each area that a clue is about."""
    fresh = entries["occurred_on"] >= as_of - pd.DateOffset(months=int(clue.months))
    asked = (
        entries["kind"].eq(clue.kind) & fresh & (entries["strength"].map(GRADES).fillna(0.0) >= clue.least)
    )
    if clue.details:
        asked &= entries["detail"].isin(clue.details)
    if clue.note:
        notes = entries["note"].str.casefold()
        asked &= notes.map(lambda note: any(word in note for word in clue.note)).astype(bool)
    found = entries[asked].sort_values(["area_code", "occurred_on", "entry_id"])
    found = found.drop_duplicates("area_code", keep="last")
    said = [f"{clue.words} ({date_words(day)})" for day in found["occurred_on"]]
    return pd.DataFrame({"area_code": found["area_code"].to_numpy(), "words": pd.Series(said, dtype=object)})


def _told(
    code: str,
    needs: Mapping[str, str],
    spoken: Mapping[str, Mapping[str, Mapping[Any, list[str]]]],
    *,
    open_only: bool,
) -> tuple[str, str, str]:
    """Return what speaks for a model in an area, what against, and how it stands."""
    speaking: list[str] = []
    against: list[str] = []
    fits: list[int] = []
    unknown: list[str] = []
    for capacity, side in needs.items():
        other = "absent" if side == "present" else "present"
        matching = spoken[capacity][side].get(code, [])
        opposing = spoken[capacity][other].get(code, [])
        speaking += matching
        against += opposing
        if matching or opposing:
            fits.append((len(matching) > len(opposing)) - (len(matching) < len(opposing)))
        else:
            unknown.append(CAPACITIES[capacity])
    if any(fit < 0 for fit in fits):
        stands = AGAINST
    elif unknown:
        stands = NOT_ENOUGH
    else:
        stands = FOR if all(fits) else EVEN
    if unknown:
        stands += f"; nothing {OPEN_ONLY if open_only else ''}is known of " + " or of ".join(unknown)
    return (
        _sentence(speaking, open_only=open_only),
        _sentence(against, open_only=open_only),
        f"{stands}. {HYPOTHESIS}",
    )


def _sentence(parts: list[str], *, open_only: bool) -> str:
    said = "; ".join(parts)
    nothing = "Nothing that is open to read." if open_only else "Nothing that is known."
    return f"{said[:1].upper()}{said[1:]}." if said else nothing


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
