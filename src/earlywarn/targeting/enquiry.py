"""What to ask: lines of enquiry for each area, drawn from the evidence an audience may see."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from earlywarn.intelligence.kinds import Kind
from earlywarn.schema import TIERS
from earlywarn.targeting.evidence import OPEN
from earlywarn.targeting.library import ANY_PRACTICE, ANY_THEME, EVERY, Enquiry, read_enquiries
from earlywarn.targeting.pointers import (
    CONCERN,
    GAP,
    LOG,
    PRACTICE,
    REASON,
    SIGNAL,
    from_reasons,
    from_relations,
    from_signals,
    pointers,
)
from earlywarn.targeting.pointers_gaps import from_engagement, from_figures
from earlywarn.targeting.pointers_logged import from_entries
from earlywarn.targeting.scored import Scored
from earlywarn.targeting.tables import COLUMNS

__all__ = ["lines_of_enquiry", "read_enquiries"]

ORDER = (
    REASON,
    CONCERN,
    SIGNAL,
    GAP,
    PRACTICE,
)  # of what points equally strongly, which is asked about first
LEAST = 4  # lines about more than practice, filled up with what any review asks
STANDING = "Little in the evidence points to a question of its own, so what any review would ask is asked."
SHOWN = 3  # pieces of evidence given with a question; the rest are counted
WORDED = 1_000  # an entry's note that names a line's words outweighs any pattern


def lines_of_enquiry(
    scored: Scored,
    *,
    library: Mapping[str, Enquiry] | None = None,
    audience: str,
    per_area: int = 8,
    practice: int = 2,
    kinds: Mapping[str, Kind] | None = None,
) -> pd.DataFrame:
    """Draw lines of enquiry for every area.

    Parameters
    ----------
    scored : Scored
        A scored run.
    library : mapping of str to Enquiry, optional
        From `read_enquiries`; the packaged lines where not given.
    audience : {"area", "sector", "restricted"}
        Who reads. The area itself sees only what is published of it and entries about it that are open.
    per_area, practice : int
        How many lines there are at most, and how many about practice to learn from besides.
    kinds : mapping of str to Kind, optional
        What there is to log; the packaged kinds where not given.

    Returns
    -------
    DataFrame
        The table ``enquiries`` of `earlywarn.targeting.tables`, by area code and ``order``. A line of the
        library occurs once in an area, with up to three pieces of evidence: ``because`` joins them by
        "Also:", ``source`` and ``period`` by "; ". ``kind`` is that of the strongest, ``tier`` the most
        sensitive of all. Where the evidence gives fewer than four lines (or ``per_area``, if that is less),
        those of the library that any review asks follow, of kind gap, and say so.

    Notes
    -----
    The order is declared, not fitted. First what more than one *kind* of evidence points to, since figures
    are to be read together with audit, feedback and what people say. Then each kind's strongest evidence
    before any kind's second strongest: reasons by their share of what moves the risk, concerns by strength,
    confidence and freshness, signals by how far they stand out, gaps in the order late, missing, copied.
    Ties follow ``ORDER`` and the library. Practice comes last. What goes well is not shown as practice where
    other evidence about the same thing raises a question.
    """
    lines = read_enquiries() if library is None else library
    evidence = [
        from_reasons(scored, audience),
        from_entries(scored, audience, kinds=kinds),
        from_signals(scored),
        from_relations(scored),
        from_figures(scored),
        *from_engagement(scored, audience),
    ]
    found = pd.concat([part for part in evidence if len(part)] or [pointers(area_code=[])], ignore_index=True)
    found = found[found["area_code"].isin(set(scored.risks["area_code"]))].reset_index(drop=True)
    found = _filled(
        _matched(_unopposed(_once(found)), lines), lines, scored.risks["area_code"], per_area=per_area
    )
    if found.empty:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS["enquiries"]})
    chosen = _chosen(_ranked(found), per_area=per_area, practice=practice)
    return _told(chosen, lines)


def _once(found: pd.DataFrame) -> pd.DataFrame:
    """Drop what is known of engagement where it is one of the area's reasons: the same fact, told twice."""
    subject = pd.MultiIndex.from_frame(found[["area_code", "subject"]])
    reasons = subject[found["kind"].isin([REASON, PRACTICE])]
    told = found["source"].eq(LOG) & found["kind"].eq(SIGNAL) & subject.isin(reasons)
    return found[~told].reset_index(drop=True)


def _unopposed(found: pd.DataFrame) -> pd.DataFrame:
    """Drop practice about a subject that raises a question in the same area."""
    subject = pd.MultiIndex.from_frame(found[["area_code", "subject"]])
    good = found["kind"].eq(PRACTICE).to_numpy()
    # entries are about different teams and days: one that goes well stands beside one that does not
    figures = ~found["subject"].str.startswith("entry:").to_numpy()
    return found[~(good & figures & subject.isin(subject[~good]))].reset_index(drop=True)


def _matched(found: pd.DataFrame, lines: Mapping[str, Enquiry]) -> pd.DataFrame:
    """Add the line that answers best to each pointer, as its place in the library; drop what has none."""
    alike = found["keys"].map("\n".join) + "\t" + found["theme"].astype(str)
    alike = alike + "\t" + found["note"].astype(str) + "\t" + found["kind"].eq(PRACTICE).astype(str)
    alike = alike + "\t" + found["wide"].astype(str)
    code, _ = pd.factorize(alike)
    first = np.unique(code, return_index=True)[1] if len(code) else np.empty(0, dtype=np.int64)
    rows = found.loc[first, ["keys", "theme", "note", "kind", "wide"]].to_numpy()
    best = np.array([_best(tuple(row), lines) for row in rows], dtype=np.int64)
    place = best[code]
    return found.assign(place=place)[place >= 0]


def _best(pointer: tuple[object, ...], lines: Mapping[str, Enquiry]) -> int:
    """Return the place of the line that answers best, -1 where none does."""
    keys, theme, note, kind, wide = pointer
    positive, said = kind == PRACTICE, str(note).casefold()
    asked = [(place, line) for place, line in enumerate(lines.values()) if line.positive == positive]
    for key in keys if isinstance(keys, tuple) else ():
        scores = [(_score(line, str(key), said), -place) for place, line in asked if key]
        best = max(scores, default=(0, 0))
        if best[0] > 0:
            return -best[1]
    wanted = ANY_PRACTICE if positive else ANY_THEME
    spare = [place for place, line in asked if wanted in line.about and line.theme == theme]
    return spare[0] if spare and wide else -1


def _score(line: Enquiry, key: str, note: str) -> int:
    """Return how well a line answers to a key and a note; 0 where it does not."""
    close = line.answers(key)
    if not close or not line.words:
        return close
    # a line with words is about part of a kind: without them it is passed over, unless nothing else answers
    return close + WORDED if any(word in note for word in line.words) else 1


def _filled(
    found: pd.DataFrame, lines: Mapping[str, Enquiry], codes: "pd.Series[str]", *, per_area: int
) -> pd.DataFrame:
    """Add the lines that any review asks where an area has few of its own."""
    standing = [
        place for place, line in enumerate(lines.values()) if EVERY in line.about and not line.positive
    ]
    own = found.loc[found["kind"] != PRACTICE, ["area_code", "place"]].drop_duplicates()
    every = pd.MultiIndex.from_product([sorted(set(codes)), standing], names=["area_code", "place"])
    spare = every.difference(pd.MultiIndex.from_frame(own), sort=None).to_frame(index=False)
    have = spare["area_code"].map(own["area_code"].value_counts()).fillna(0)
    spare = spare[have + spare.groupby("area_code").cumcount() < min(LEAST, per_area)]
    added = pd.DataFrame({"area_code": spare["area_code"], "place": spare["place"].astype(np.int64)})
    added = added.assign(
        kind=GAP, weight=-1.0, because=STANDING, source="", period="", tier=OPEN, subject="", note=""
    )
    return pd.concat([found, added], ignore_index=True) if len(added) else found


def _ranked(found: pd.DataFrame) -> pd.DataFrame:
    """Sort pointers within each area: each kind's strongest before any kind's second strongest."""
    found = found.assign(precedence=found["kind"].map({kind: place for place, kind in enumerate(ORDER)}))
    order = ["area_code", "precedence", "weight", "place", "because"]
    found = found.sort_values(order, ascending=[True, True, False, True, True], ignore_index=True)
    # a line takes one turn for each kind that points to it, by the strongest
    once = found.drop_duplicates(["area_code", "precedence", "place"])
    turn = once.groupby(["area_code", "precedence"]).cumcount()
    keys = ["area_code", "precedence", "place"]
    found = found.merge(once[keys].assign(turn=turn), on=keys, how="left", validate="many_to_one")
    return found.sort_values(["area_code", "place", "turn", "precedence"], kind="stable", ignore_index=True)


def _chosen(ranked: pd.DataFrame, *, per_area: int, practice: int) -> pd.DataFrame:
    """Keep the evidence of the lines that are asked, with the order of each line in its area."""
    grouped = ranked.groupby(["area_code", "place"], sort=False)
    lines = grouped.agg(
        turn=("turn", "min"), precedence=("precedence", "first"), kinds=("precedence", "nunique")
    ).reset_index()
    lines["good"] = lines["precedence"] == ORDER.index(PRACTICE)
    lines = lines.sort_values(
        ["area_code", "good", "kinds", "turn", "precedence", "place"],
        ascending=[True, True, False, True, True, True],
        ignore_index=True,
    )
    within = lines.groupby(["area_code", "good"]).cumcount()
    lines = lines[within < np.where(lines["good"], practice, per_area)]
    lines = lines.assign(order=lines.groupby("area_code").cumcount() + 1)
    keys = ["area_code", "place"]
    return ranked.merge(lines[[*keys, "order"]], on=keys, validate="many_to_one")


def _told(chosen: pd.DataFrame, lines: Mapping[str, Enquiry]) -> pd.DataFrame:
    """Put the evidence of each line together, a row for each line."""
    chosen = chosen.sort_values(["area_code", "order"], kind="stable", ignore_index=True)
    chosen = chosen.drop_duplicates(["area_code", "order", "because"], ignore_index=True)
    grouped = chosen.groupby(["area_code", "order"], sort=False)
    shown = chosen[grouped.cumcount() < SHOWN]
    more = (grouped.size() - SHOWN).clip(lower=0).to_numpy()
    told = shown.groupby(["area_code", "order"], sort=False).agg(
        kind=("kind", "first"),
        place=("place", "first"),
        because=("because", " Also: ".join),
        source=("source", _each_once),
        period=("period", _each_once),
        tier=("tier", "max"),
    )
    told = told.reset_index()
    rest = [f" And {count} more of the kind." if count else "" for count in more]
    names = np.array(list(lines), dtype=object)[told["place"]]
    asked = [lines[name] for name in names]
    told = told.assign(
        order=told["order"].astype(float),
        enquiry=names,
        theme=[line.theme for line in asked],
        question=[line.question for line in asked],
        look_for=[line.look_for for line in asked],
        because=told["because"] + rest,
        tier=np.array(TIERS, dtype=object)[told["tier"].to_numpy(dtype=np.int64)],
    )
    return told[list(COLUMNS["enquiries"])]


def _each_once(texts: "pd.Series[str]") -> str:
    return "; ".join(dict.fromkeys(part for text in texts if text for part in text.split("; ")))
