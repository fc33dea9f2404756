"""What the figures point to: every piece of published evidence that a question could follow from.

A pointer is one row: what it is about, in keys from the closest to the widest; how telling it is among those
of its kind; the evidence in words, with who publishes it and of when; and the most sensitive tier behind it.
"""

import re

import numpy as np
import pandas as pd

from earlywarn.features.catalogue import AREA_FEATURES
from earlywarn.schedule import date_words
from earlywarn.schema import TIERS
from earlywarn.targeting.evidence import OPEN, visible_reasons
from earlywarn.targeting.scored import Scored

__all__ = [
    "COLUMNS",
    "CONCERN",
    "FIGURES",
    "GAP",
    "LOG",
    "PRACTICE",
    "REASON",
    "SIGNAL",
    "days_in_words",
    "from_reasons",
    "from_relations",
    "from_signals",
    "pointers",
]

COLUMNS = (
    "area_code", "kind", "keys", "subject", "theme", "note", "wide", "weight", "because", "source", "period",
    "tier",
)  # fmt: skip
REASON, CONCERN, SIGNAL, GAP, PRACTICE = "reason", "concern", "signal", "gap", "practice"
REASON_SHARE = 0.05  # of what moves an area's risk: a smaller part is no reason to ask
STRONG_SIGNALS = {"worse_strong": 3.0, "worse": 2.0, "better_strong": 3.0, "better": 2.0, "change": 1.0}
SHARED, ENOUGH_AREAS = 1 / 3, 10  # of areas that moved alike, where there are enough to tell
WAYS = ("worse", "better", "higher", "lower")
FOR_AREA = {spec.name: spec.polarity for spec in AREA_FEATURES}
NEUTRAL = "neutral"
# What surrounds a service and is not its doing: nobody's practice, however it lowers the risk.
SURROUNDINGS = frozenset({"neighbours_judgement", "region_judgement", "years_since_last"})
# Few upheld complaints can mean that few are heard: no practice to learn from by itself.
UNTELLING = frozenset({"complaints_upheld", "complaints_signal"})
NOT_ASKED = frozenset({"pressure_positive"})  # little good news logged is no news of anything
UNKNOWN = ("Not known, so", "Not shown and not used")  # begin the sentence of a number that is not there
NO_FIGURE = "no figure recent enough was known"
GRADED_WELL = ("good.", "outstanding.")
PUBLISHED_BY = re.compile(r" Source: (.+)\.$")
OF_WHEN = re.compile(r"\b(?:on|in the (year to)) (\d{1,2} [A-Z][a-z]+ \d{4})\b")
REPORTS = "inspection reports"
SOURCES = (("last_", REPORTS), ("previous_", REPORTS), ("theme_", REPORTS), ("director_tenure", REPORTS),
           ("director_interim", REPORTS), ("trajectory", REPORTS), ("decayed_", REPORTS))  # fmt: skip
LOG, FIGURES = "intelligence log", "the returns themselves"
BLANK: dict[str, object] = {
    "kind": "", "keys": [], "subject": "", "theme": "", "note": "", "wide": False, "weight": 0.0,
    "because": "", "source": "", "period": "", "tier": OPEN,
}  # fmt: skip
UNIT_WORDS = {"percent": "{:,.1f}%", "count": "{:,.0f}", "gbp": "£{:,.0f}", "gbp_per_week": "£{:,.0f} a week"}


def from_reasons(scored: Scored, audience: str) -> pd.DataFrame:
    """Return what the reasons point to: those that raise the risk, and as practice those that lower it.

    Parameters
    ----------
    scored : Scored
        Uses ``reasons, indicators, trail, entries, risks, target``.
    audience : {"area", "sector", "restricted"}
        Who reads.

    Returns
    -------
    DataFrame
        ``COLUMNS``. Left out: what is less than ``REASON_SHARE`` of all that moves the area's risk, a number
        that is not known, and as practice what is neither better nor worse in itself.
    """
    if scored.reasons.empty:
        return pointers(area_code=[])
    reasons = visible_reasons(scored, audience)
    sizes = scored.reasons.assign(size=scored.reasons["contribution"].abs())
    total = sizes.groupby(["area_code", "target"])["size"].sum()
    asked = pd.MultiIndex.from_frame(reasons[["area_code", "target"]])
    share = reasons["contribution"].abs() / total.reindex(asked).to_numpy()
    known = ~reasons["sentence"].str.startswith(UNKNOWN) & ~reasons["sentence"].str.contains(NO_FIGURE)
    raises = reasons["direction"].eq("raises") & ~reasons["feature"].isin(NOT_ASKED)
    kept = known & (share >= REASON_SHARE) & (raises | _good_in_itself(reasons, scored.indicators))
    found = reasons[kept]
    said = found["sentence"]
    by, when = said.str.extract(PUBLISHED_BY)[0], said.str.extract(OF_WHEN)
    period = when[0].fillna("").str.cat(when[1].fillna(""), sep=" ").str.strip()
    last = scored.risks.drop_duplicates("area_code").set_index("area_code")["last_judged_on"]
    judged = days_in_words(found["area_code"].map(last))
    own = found["feature"].map(_source_of)
    return pointers(
        area_code=found["area_code"],
        kind=np.where(raises[kept], REASON, PRACTICE),
        keys=list(zip(found["feature"], found["indicator"], strict=True)),
        subject=found["indicator"].where(found["indicator"] != "", found["feature"]),
        theme=found["theme"],
        wide=True,
        weight=share[kept],
        because=said.str.replace(PUBLISHED_BY, "", regex=True),
        source=by.fillna(own),
        period=period.where(period != "", judged.where(own == REPORTS, date_words(scored.as_of))),
        tier=found["tier"].map(TIERS.index),
    )


def _good_in_itself(reasons: pd.DataFrame, indicators: pd.DataFrame) -> "pd.Series[bool]":
    """Say of each reason whether it lowers the risk by something that a service can be credited with."""
    polarity = dict(zip(indicators["indicator"], indicators["polarity"], strict=True)) | FOR_AREA
    subject = reasons["indicator"].where(reasons["indicator"] != "", reasons["feature"])
    neutral = subject.map(polarity).fillna(NEUTRAL).eq(NEUTRAL) | subject.isin(SURROUNDINGS | UNTELLING)
    graded = reasons["feature"].str.startswith(("last_", "previous_"))
    well = ~graded | reasons["sentence"].str.endswith(GRADED_WELL)
    return reasons["direction"].eq("lowers") & ~neutral & well


def _source_of(feature: str) -> str:
    return next((source for begins, source in SOURCES if feature.startswith(begins)), _else(feature))


def _else(feature: str) -> str:
    shares = ("missing_share", "suppressed_share", "quality_score", "late_share", "copied_share")
    published = feature in shares or feature.startswith(
        ("revision_", "relation_", "signals_", "inconsistent")
    )
    return FIGURES if published else LOG


def from_signals(scored: Scored) -> pd.DataFrame:
    """Return what the newest figures signal: the worse, the better as practice, and marked changes.

    Parameters
    ----------
    scored : Scored
        Uses ``signals, indicators``.

    Returns
    -------
    DataFrame
        ``COLUMNS``. A change in an indicator of which neither way is worse counts where a point lies beyond
        its own limits or beyond 99.8% of what is usual among areas. Left out is a move from the area's own
        past that more than a third of all areas made the same way, as school absence did after the pandemic
        and prices do, unless the area stands out from the others besides: it is not this area's to explain.
    """
    if scored.signals.empty:
        return pointers(area_code=[])
    labels = scored.indicators.set_index("indicator")[["label", "unit", "theme", "source"]]
    signals = scored.signals.join(labels, on="indicator", rsuffix="_of")
    worse = signals["symbol"].isin(["worse", "worse_strong"])
    better = signals["symbol"].isin(["better", "better_strong"])
    marked = signals["variation"].str.contains("beyond") | signals["funnel"].eq("beyond_998")
    change = signals["symbol"].eq("change") & marked
    telling = ~_shared(signals) & signals["words"].ne("") & signals["label"].notna()
    kept = (worse | better | change) & telling
    found = signals[kept]
    value = [_number(value, unit) for value, unit in zip(found["value"], found["unit"], strict=True)]
    end = days_in_words(found["period_end"])
    because = found["label"] + ": " + pd.Series(value, index=found.index, dtype=object)
    because = because + " (" + end + "). " + found["words"]
    doubt = found["quality"].where(found["quality"] == "", " " + found["quality"])
    beyond = found["funnel_z"].abs().fillna(0.0).clip(upper=9.0) / 10  # tells signals of one strength apart
    return pointers(
        area_code=found["area_code"],
        kind=np.where(better[kept], PRACTICE, SIGNAL),
        keys=[(name,) for name in found["indicator"]],
        subject=found["indicator"],
        theme=found["theme"],
        wide=worse[kept] | better[kept],
        weight=found["symbol"].map(STRONG_SIGNALS) + beyond,
        because=because + doubt,
        source=found["source"],
        period=end,
        tier=OPEN,
    )


def _shared(signals: pd.DataFrame) -> "pd.Series[bool]":
    """Say of each signal whether so many areas moved alike that it says little about this one."""
    moved = signals["direction"].ne("")
    ways = signals.assign(moved=moved).groupby(["indicator", "direction"])["moved"].transform("sum")
    areas = signals[signals["symbol"] != "missing"].groupby("indicator")["area_code"].nunique()
    many = signals["indicator"].map(areas).fillna(0.0)
    alone = signals["funnel"].eq("beyond_998") | signals["significance"].isin(WAYS)
    return moved & (ways > SHARED * many) & (many >= ENOUGH_AREAS) & ~alone


def from_relations(scored: Scored) -> pd.DataFrame:
    """Return how indicators that belong together stand apart, where that is said in words.

    Parameters
    ----------
    scored : Scored
        Uses ``relations``; what stands apart for the better is left out.
    """
    relations = scored.relations
    if relations.empty:
        return pointers(area_code=[])
    wanted = relations["words"].ne("") & relations.get("direction", pd.Series("", relations.index)).ne(
        "better"
    )
    found = relations[wanted]
    said = found["words"]
    return pointers(
        area_code=found["area_code"],
        kind=SIGNAL,
        keys=[(f"relation:{name}",) for name in found["relation"]],
        subject="relation:" + found["relation"],
        theme=found.get("theme", ""),
        wide=False,
        weight=1.0 + found["score"].abs().fillna(0.0).clip(upper=9.0) / 10,
        because=said.str.replace(PUBLISHED_BY, "", regex=True),
        source=said.str.extract(PUBLISHED_BY)[0].fillna(""),
        period=said.str.extract(r"Figures of (?:the )?(.*?)\.(?: Source| *$)")[0].fillna(""),
        tier=OPEN,
    )


def pointers(**columns: object) -> pd.DataFrame:
    """Return pointers made of these columns, in the order of ``COLUMNS``.

    Parameters
    ----------
    **columns
        Arrays or lists of shape (rows,), or one text or number for all rows; ``area_code`` gives the number
        of rows, and what is left out is blank. ``keys`` holds tuples of str, the closest first; ``subject``
        tells what is spoken of whatever says so; ``wide`` whether a line for all of the theme will do;
        ``tier`` is a place in ``schema.TIERS``.
    """
    given = BLANK | columns
    codes = given.pop("area_code")
    table = pd.DataFrame({"area_code": np.asarray(codes, dtype=object)})
    for name, value in given.items():
        if name == "keys":
            table[name] = pd.Series(value, index=table.index, dtype=object)
        else:
            table[name] = value if isinstance(value, str | int | float) else np.asarray(value)
    return table[list(COLUMNS)]


def days_in_words(days: pd.Series) -> "pd.Series[str]":
    """Return dates as "1 April 2025", on the same index; empty where there is none."""
    return pd.Series([date_words(day) for day in days], index=days.index, dtype=object)


def _number(value: float, unit: str) -> str:
    return UNIT_WORDS.get(unit, "{:,.1f}").format(value)
