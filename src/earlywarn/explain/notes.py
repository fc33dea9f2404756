"""What a reader must know about an area's data before reading its risk."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from earlywarn.features.judgements import last_sub_judgement, years_since_last
from earlywarn.features.returns import latest_status
from earlywarn.panel.snapshot import MISSING, SUPPRESSED, Snapshot
from earlywarn.schedule import date_words
from earlywarn.schema import GRADES, QUESTIONS

__all__ = ["calibration_notes", "cautions", "cohort_notes", "data_notes", "quality_notes"]

COLUMNS = ["area_code", "about", "note"]
FIGURES = "figures"  # what a note is about when it is not one of the three risks

NAMED = 4  # missing figures named in a note; the rest are counted
WEAK_DATA = 90.0  # of 100: one in twelve of England's areas was scored lower in April 2025
OLD_JUDGEMENT = 5.0  # years: longer than the usual cycle of about three, and a lost inspection besides


def data_notes(snapshot: Snapshot, *, indicators: pd.DataFrame, used: list[str]) -> pd.DataFrame:
    """Write the data-quality notes of every area that exists.

    Parameters
    ----------
    snapshot : Snapshot
        What was known.
    indicators : DataFrame
        ``indicator, label``.
    used : list of str
        Indicators that the model reads: gaps in these are named.

    Returns
    -------
    DataFrame
        ``area_code, about, note``, sorted by code, ``about`` being ``figures``; an area without notes has no
        row.
    """
    areas = snapshot.areas[snapshot.areas["exists"]]
    names = snapshot.areas.set_index("area_code")["name"]
    parts = [
        _gaps(
            snapshot,
            indicators,
            used,
            MISSING,
            "{count} of the {all} figures that the model reads {are} missing",
        ),
        _gaps(
            snapshot,
            indicators,
            used,
            SUPPRESSED,
            "{count} of the {all} figures that the model reads {are} suppressed because numbers are small",
        ),
        _joint(snapshot, names),
        _facts(snapshot),
    ]
    notes = pd.concat(parts, ignore_index=True)
    notes = notes[notes["area_code"].isin(set(areas["area_code"]))].assign(about=FIGURES)[COLUMNS]
    return notes.sort_values("area_code", kind="stable", ignore_index=True)


def quality_notes(quality: pd.DataFrame) -> pd.DataFrame:
    """Write a caution for every area whose newest figures there is much to ask about.

    Parameters
    ----------
    quality : DataFrame
        ``area_code, score``, from ``earlywarn.explain.quality.quality_table``.

    Returns
    -------
    DataFrame
        ``area_code, about, note``, ``about`` being ``figures``.

    Examples
    --------
    >>> quality_notes(pd.DataFrame({"area_code": ["A", "B"], "score": [66.7, 98.0]}))["note"].tolist()
    ['Its newest figures are scored 67 of 100 for quality. Weak data can hide decline, so ask about them
    first.']
    """
    weak = quality[quality["score"] < WEAK_DATA]  # NaN compares False
    said = "Its newest figures are scored " + weak["score"].map("{:.0f}".format) + " of 100 for quality."
    notes = said + " Weak data can hide decline, so ask about them first."
    return pd.DataFrame({"area_code": weak["area_code"], "about": FIGURES, "note": notes})[COLUMNS]


def cohort_notes(snapshot: Snapshot, risks: pd.DataFrame) -> pd.DataFrame:
    """Say why an area has no risk of a question.

    Parameters
    ----------
    snapshot : Snapshot
        Gives each area's last judgement.
    risks : DataFrame
        By area code, ``risk_t`` for each target; NaN outside its cohort.
    """
    last = last_sub_judgement(snapshot).to_series()
    rows = []
    for target, question in QUESTIONS.items():
        for code in risks.index[risks[f"risk_{target}"].isna()]:
            none = np.isnan(last[code])
            why = "there is no last judgement" if none else "the last judgement was inadequate already"
            rows.append((code, target, f"No risk of {question} is given: {why}."))
    return pd.DataFrame(rows, columns=COLUMNS)


def calibration_notes(snapshot: Snapshot, found: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Write a caution for every area whose last judgement is one after which past risks proved wrong.

    Parameters
    ----------
    snapshot : Snapshot
        Gives each area's last judgement.
    found : sequence of mapping
        ``target, last_grade, said, happened, inspections``: see ``earlywarn.models.deploy.miscalibrated``.

    Returns
    -------
    DataFrame
        ``area_code, about, note``, ``about`` being the target.
    """
    codes = snapshot.position
    last = last_sub_judgement(snapshot).to_numpy()
    rows = []
    for fact in found:
        high = "high" if fact["said"] > fact["happened"] else "low"
        grade = GRADES[fact["last_grade"]].replace("_", " ")
        words = (
            f"Its risk of {QUESTIONS[fact['target']]} is likely to be too {high}: over {fact['inspections']} "
            f"past inspections of areas last judged {grade}, {fact['said']:.0%} had been said and "
            f"{fact['happened']:.0%} happened."
        )
        rows += [(code, fact["target"], words) for code in codes[last == fact["last_grade"]]]
    return pd.DataFrame(rows, columns=COLUMNS)


def _gaps(
    snapshot: Snapshot, indicators: pd.DataFrame, used: list[str], code: int, words: str
) -> pd.DataFrame:
    status = latest_status(snapshot)
    cube = snapshot.values  # noqa: PD011 - a cube, not a pandas object
    codes, known = cube["area"].to_numpy(), pd.Index(cube["indicator"].to_numpy())
    columns = known.get_indexer(pd.Index([name for name in used if name in known]))
    found = status[:, columns] == code
    labels = indicators.set_index("indicator")["label"].reindex(known[columns]).to_numpy()
    rows = []
    for area in np.flatnonzero(found.any(axis=1)):
        lost = labels[found[area]]
        count = len(lost)
        said = words.format(count=count, all=len(columns), are="is" if count == 1 else "are")
        named = ", ".join(lost[:NAMED]) + (f" and {count - NAMED} more" if count > NAMED else "")
        rows.append((codes[area], f"{said} for the newest period: {named}."))
    return pd.DataFrame(rows, columns=["area_code", "note"])


def _joint(snapshot: Snapshot, names: pd.Series) -> pd.DataFrame:
    """Say with whom an area makes its workforce return."""
    if snapshot.joint.empty:
        return pd.DataFrame({"area_code": [], "note": []})
    newest = snapshot.joint.sort_values("period_end").drop_duplicates(
        ["area_code", "partner_code"], keep="last"
    )
    said = (
        "Its workforce figures for "
        + newest["period_end"].map(date_words)
        + " are a joint return with "
        + newest["partner_code"].map(names)
        + ": both carry the same figures."
    )
    return pd.DataFrame({"area_code": newest["area_code"], "note": said})


def _facts(snapshot: Snapshot) -> pd.DataFrame:
    codes = snapshot.values["area"].to_numpy()  # noqa: PD011 - a cube, not a pandas object
    unjudged = np.isnan(last_sub_judgement(snapshot).to_numpy())
    since = years_since_last(snapshot).to_numpy()
    neighbours = snapshot.neighbours.to_numpy()
    alone = ~(neighbours >= 0).any(axis=1) if neighbours.shape[1] else np.ones(len(codes), dtype=bool)
    start = snapshot.areas["active_from"]
    new = (start > snapshot.as_of - pd.DateOffset(years=5)).to_numpy()
    rows = [
        (code, "It has no judgement yet, so no decline from one can be foreseen.") for code in codes[unjudged]
    ]
    rows += [
        (code, f"Its last judgement is {years:.0f} years old, longer than the usual cycle.")
        for code, years in zip(codes, since, strict=True)
        if years >= OLD_JUDGEMENT
    ]
    if not alone.all():
        rows += [(code, "No statistical neighbours are published for it.") for code in codes[alone]]
    rows += [
        (
            code,
            f"It was set up on {date_words(day)}; earlier figures and judgements belong to its predecessors.",
        )
        for code, day in zip(codes[new], start[new], strict=True)
    ]
    return pd.DataFrame(rows, columns=["area_code", "note"])


def cautions(notes: pd.DataFrame) -> pd.Series:
    """Join each area's notes into one cell, indexed by ``area_code``."""
    return notes.groupby("area_code")["note"].agg(" ".join)
