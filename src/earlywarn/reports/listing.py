"""The list of areas: each one's line, made ready for the template, and those that were not scored."""

from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from earlywarn.reports.anchors import anchors, by_name
from earlywarn.reports.areas import doubts, figures
from earlywarn.reports.content import REASONS, Content
from earlywarn.reports.figures import risk_strip
from earlywarn.reports.tables import Row, rows_in
from earlywarn.reports.words import BANDS, GRADES, grade_words, percent
from earlywarn.schedule import date_words

__all__ = ["ListRow", "list_rows", "unscored_areas"]

BAND_ORDER = {"lower than most": 0, "about the same as most": 1, "higher than most": 2}


@dataclass(frozen=True)
class ListRow:
    """One area's line in the list; the orders are what the sort buttons go by, empty where unknown."""

    anchor: str
    name: str
    region: str
    judged: str
    judged_on: str
    judged_order: str
    risk: str
    risk_order: str
    strip: Markup
    band: str
    band_key: str
    band_sign: str
    band_order: str
    doubt: bool
    reason: str


def list_rows(content: Content) -> list[ListRow]:
    """Return the lines of the list, scored or not, by name."""
    risks = by_name(content.risks)
    questioned = set(content.notes.loc[content.notes["about"] == content.target, "area_code"])
    rows = [
        list_row(row, anchor, content, doubted=row.area_code in questioned and doubts(row, content.target))
        for row, anchor in zip(rows_in(risks), anchors(risks["area_code"]), strict=True)
    ]
    key, sign = BANDS["not scored"]
    rows += [
        ListRow(
            anchor=area["anchor"],
            name=area["name"],
            region="",
            judged="",
            judged_on="",
            judged_order="",
            risk="",
            risk_order="",
            strip=Markup(""),
            band="not scored",
            band_key=key,
            band_sign=sign,
            band_order="",
            doubt=False,
            reason=area["why"],
        )
        for area in unscored_areas(content)
    ]
    return sorted(rows, key=lambda row: row.name.casefold())


def list_row(row: Row, anchor: str, content: Content, *, doubted: bool) -> ListRow:
    """Return one scored area's line; `doubted` where a caution is about the risk that the list shows."""
    risk, low, high = (float(getattr(row, f"risk_{content.target}{part}")) for part in ("", "_low", "_high"))
    band = row.band or "not scored"
    key, sign = BANDS.get(band, BANDS["not scored"])
    date = row.last_judged_on
    known = date is not pd.NaT
    return ListRow(
        anchor=anchor,
        name=row.name,
        region=row.region,
        judged=grade_words(row.last_judgement).capitalize(),
        judged_on=date_words(date),
        judged_order=f"{GRADES.index(row.last_judgement)}{date:%Y%m%d}"
        if known and row.last_judgement
        else "",
        risk=figures(risk, low, high) or "not asked",
        risk_order=f"{risk:.6f}" if percent(risk) else "",
        strip=risk_strip(risk, low, high),
        band=band,
        band_key=key,
        band_sign=sign,
        band_order=str(BAND_ORDER.get(band, "")),
        doubt=doubted,
        reason=getattr(row, REASONS[0]),
    )


def unscored_areas(content: Content) -> list[dict[str, str]]:
    """Return the areas that were not scored, by name, with the reason."""
    out = content.cohort[~content.cohort["eligible"].str.lower().isin({"true", "1"})]
    out = by_name(out[~out["area_code"].isin(content.risks["area_code"])])
    marks = anchors(out["area_code"], prefix="unscored")
    return [
        {"anchor": anchor, "name": row.name, "why": row.why}
        for row, anchor in zip(rows_in(out), marks, strict=True)
    ]
