"""What there is to ask about the figures themselves, and about an area's engagement with others."""

import re

import pandas as pd

from earlywarn.schedule import date_words
from earlywarn.targeting.evidence import OPEN, SECTOR, tier_limit
from earlywarn.targeting.pointers import FIGURES, GAP, LOG, SIGNAL, pointers
from earlywarn.targeting.scored import Scored

__all__ = ["from_engagement", "from_figures"]

LONG_WITHOUT_REVIEW = 24  # months: a review at least every two years is what the sector asks for
GAPS = {  # how the sentences of `quality` begin or go on, the ones to ask about first
    "late": "came more than", "missing": "No figure for", "copied": "the same as in the period before",
    "jumps": "moved by far more", "revised": "follow revisions", "heaped": "end in",
    "joint": "were returned together with", "suppressed": "suppressed because",
}  # fmt: skip
NOTED = {  # what notes about figures say that `quality` does not
    "score": "of 100 for quality", "joint": "joint return", "old_judgement": "longer than the usual cycle",
    "new": "It was set up on",
}  # fmt: skip
NEXT_SENTENCE = re.compile(r"(?<=\.) (?=No figure for |\d+ of its newest |Some figures were )")


def from_figures(scored: Scored) -> pd.DataFrame:
    """Return what there is to ask about the figures themselves: late, missing, copied and the like.

    Parameters
    ----------
    scored : Scored
        Uses ``quality`` and ``notes`` about figures, one pointer for each sentence.
    """
    if scored.quality.empty and scored.notes.empty:
        return pointers(area_code=[])
    quality = scored.quality[scored.quality["words"] != ""]
    told = quality["words"].str.split(NEXT_SENTENCE, regex=True).explode()
    sentences = pd.DataFrame({"area_code": quality["area_code"].loc[told.index], "said": told.to_numpy()})
    sentences["gap"] = _named(sentences["said"], GAPS)
    about = scored.notes[scored.notes["about"] == "figures"]
    notes = pd.DataFrame({"area_code": about["area_code"], "said": about["note"]})
    notes["gap"] = _named(notes["said"], NOTED)
    found = pd.concat([sentences, notes], ignore_index=True)
    found = found[found["gap"] != ""].drop_duplicates(["area_code", "gap"], ignore_index=True)
    first = {name: place for place, name in enumerate(dict.fromkeys([*GAPS, *NOTED]))}
    return pointers(
        area_code=found["area_code"],
        kind=GAP,
        keys=[(f"gap:{name}",) for name in found["gap"]],
        subject="gap:" + found["gap"],
        theme="supporting apparatus",
        wide=False,
        weight=1.0 / (1 + found["gap"].map(first).astype(float)),
        because=found["said"],
        source=FIGURES,
        period=date_words(scored.as_of),
        tier=OPEN,
    )


def from_engagement(scored: Scored, audience: str) -> list[pd.DataFrame]:
    """Return what is known of an area's engagement: it can hide decline, so it is a signal and not a gap.

    Parameters
    ----------
    scored : Scored
        Uses ``context``.
    audience : {"area", "sector", "restricted"}
        Who reads. All of it comes from the sector's log, so the area itself is told nothing here.

    Returns
    -------
    list of DataFrame
        ``COLUMNS``, one table for each thing that is known of any area.
    """
    context = scored.context if tier_limit(audience) >= SECTOR else scored.context.iloc[:0]
    said = {
        "declined_reviews": ("{:.0f} offered peer review{s} declined in the last 24 months.", 1.0, 3.0),
        "months_since_review": (
            "No peer review is on record for the last {:.0f} months.",
            LONG_WITHOUT_REVIEW,
            2.0,
        ),
        "late_returns": ("{:.0f} return{s} logged as late in the last 24 months.", 1.0, 1.5),
        "silence": ("Nothing was logged of it for a year, while most areas were spoken of.", 1.0, 2.5),
    }
    parts = []
    for name, (words, least, weight) in said.items():
        found = context[pd.to_numeric(context[name]) >= least]
        if found.empty:
            continue
        values = found[name].astype(float)
        parts.append(
            pointers(
                area_code=found["area_code"],
                kind=SIGNAL,
                keys=[(name,)] * len(found),
                subject=name,
                theme="partners",
                wide=False,
                weight=weight,
                because=[words.format(value, s="" if value == 1 else "s") for value in values],
                source=LOG,
                period=date_words(scored.as_of),
                tier=SECTOR,
            )
        )
    return parts


def _named(sentences: "pd.Series[str]", parts: dict[str, str]) -> "pd.Series[str]":
    """Return what each sentence is about, empty where it is none of the parts."""
    found = [next((name for name, part in parts.items() if part in said), "") for said in sentences]
    return pd.Series(found, index=sentences.index, dtype=object)
