"""For whom is the programme good? Who is flagged, reviewed, kept waiting, needlessly flagged or missed.

The same six measures in every group of areas, each with its interval and its count. A group that is too
small gets a reason in place of a number. A group stands apart only where its interval and that of all other
areas do not overlap, and even then the table says *that* they differ, not why: groups differ in what happens
in them, too.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t as student

from earlywarn.schema import GRADES
from earlywarn.signals.intervals import wilson
from earlywarn.targeting.fairness_words import (
    ALARMS,
    EVERYBODY,
    JUDGED,
    MISSED,
    UNKNOWN,
    WAITED,
    fairness_sentences,
)
from earlywarn.targeting.scored import Scored
from earlywarn.targeting.tables import COLUMNS
from earlywarn.validation.predictions import DECIMALS
from earlywarn.validation.ranking import TIE_DECIMALS
from earlywarn.validation.splits import REFERENCE_LEAD
from earlywarn.validation.verdict import MIN_EVENTS

__all__ = ["MIN_AREAS", "Fairness", "fairness"]

Floats = npt.NDArray[np.float64]

MIN_AREAS = 5  # with fewer, one review more or less moves a share by a quarter or more
YEAR = 4  # quarters
FLAGGED, REVIEWED, SOON = "flagged", "reviewed", "reviewed in the first four quarters"
MEASURES = (FLAGGED, REVIEWED, SOON, WAITED, ALARMS, MISSED)
COUNTED = ("areas", MIN_AREAS)  # what the count of a measure counts, and the least of which it speaks
COUNTED_BY = {
    ALARMS: ("past inspections without the event", MIN_EVENTS),
    MISSED: ("past inspections with the event", MIN_EVENTS),
    WAITED: ("areas with a review", MIN_AREAS),
}
COUNTY = "rurality (proxy: county)"  # counties hold most of rural England, and some towns
MEASURED = {"deprivation": "deprivation", "size": "children"}  # group: column of the context
THIRDS = {
    "deprivation": ("least deprived third", "middle third", "most deprived third"),
    "size": ("smallest third", "middle third", "largest third"),
}
GROUPS = (EVERYBODY, "region", *THIRDS, COUNTY, JUDGED)
LISTED = THIRDS | {JUDGED: tuple(grade.replace("_", " ") for grade in GRADES)}  # others come by name


class Fairness(NamedTuple):
    """The table, and what it says.

    Parameters
    ----------
    table : DataFrame
        ``group, level, measure, value, low, high, n, events, reason``. Shares are in [0, 1] with Wilson's 95%
        interval, ``events`` of ``n``; mean quarters waited has Student's, and NaN for ``events``. Where a
        group is too small, the value and its interval are NaN and ``reason`` says so; it is empty otherwise.
    words : list of str
        Where groups stand apart, and how such differences are to be read.
    """

    table: pd.DataFrame
    words: list[str]


def fairness(
    areas: pd.DataFrame, scored: Scored, *, quarters: Sequence[pd.Timestamp], threshold: float
) -> Fairness:
    """Say who is flagged, reviewed, kept waiting, needlessly flagged and missed, by group.

    Groups are region, thirds of deprivation (free school meals) and of size (children), counties against
    others as a proxy of rurality, and the last judgement. Areas that are taken care of elsewhere are in none.
    For the back-test an area's region, deprivation, size and kind are those of today; its last judgement is
    the one that was published before the prediction.

    Parameters
    ----------
    areas : DataFrame
        Table ``areas`` of a plan.
    scored : Scored
        The run: ``context``, ``judgements`` and ``predictions`` are read, the last for ``scored.target`` at
        the reference lead, and only for the deployed model.
    quarters : sequence of Timestamp
        First days of the programme's quarters, in order.
    threshold : float
        The risk from which areas are flagged, for the back-test.

    Returns
    -------
    Fairness
        Table and words. Without a back-test its two measures are missing, and the words say so.

    Notes
    -----
    ``false alarms`` is the share flagged of past inspections that brought no event, ``missed events`` the
    share not flagged of those that did. An area may have several past inspections, so those intervals are a
    little too narrow.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> quarters = pd.date_range("2025-04-01", periods=8, freq="QS")
    >>> areas = pd.DataFrame({"area_code": list("ABCDEF"), "region": "North", "status": "planned",
    ...     "quarter": quarters[[0, 0, 1, 2, 5, 7]], "flagged": [True] * 3 + [False] * 3,
    ...     "last_judgement": "good"})
    >>> nothing = pd.DataFrame()
    >>> scored = SimpleNamespace(
    ...     context=nothing, predictions=nothing, judgements=nothing, target="adverse")
    >>> table, words = fairness(areas, scored, quarters=list(quarters), threshold=1 / 3)
    >>> table[table["group"] == "region"].set_index("measure")["value"].to_dict()
    {'flagged': 0.5, 'reviewed': 1.0, 'reviewed in the first four quarters': 0.6666666667,
     'mean quarters waited': 2.5}
    >>> print(words[-1])
    There is no back-test here, so whom the model needlessly flags or misses is not known.
    """
    here = areas[areas["status"] != "elsewhere"].reset_index(drop=True)
    of_area = _levels(areas, scored.context)
    levels = of_area.loc[here["area_code"]]
    levels = levels.assign(**{JUDGED: _grades(here["last_judgement"]).to_numpy()})
    planned = (here["status"] == "planned").to_numpy()
    starts = pd.DatetimeIndex(list(quarters))
    waited = starts.get_indexer(pd.DatetimeIndex(here["quarter"])).astype(float)
    measures = {
        FLAGGED: here["flagged"].to_numpy(dtype=float),
        REVIEWED: planned.astype(float),
        SOON: (planned & (waited < YEAR)).astype(float),
        WAITED: np.where(planned, waited, np.nan),
    }
    cells = [_cells(name, values, levels) for name, values in measures.items()]
    cells += _back_test(scored, of_area, threshold)
    table = _ordered(pd.concat(cells, ignore_index=True))
    words = fairness_sentences(table, elsewhere=len(areas) - len(here))
    return Fairness(table[list(COLUMNS["fairness"])].reset_index(drop=True), words)


def _levels(areas: pd.DataFrame, context: pd.DataFrame) -> pd.DataFrame:
    """Return the level of each area in each group but the last judgement, indexed by code."""
    index = pd.Index(areas["area_code"])
    known = context.drop_duplicates("area_code").set_index("area_code") if "area_code" in context else context
    known = known.reindex(index=index, columns=["area_type", *MEASURED.values()])
    region = areas["region"].fillna("").replace("", UNKNOWN).to_numpy()
    levels = pd.DataFrame({EVERYBODY: EVERYBODY, "region": region}, index=index, dtype=object)
    for group, column in MEASURED.items():
        place = pd.to_numeric(known[column]).rank(pct=True)
        third = pd.Series(np.ceil(place * len(THIRDS[group])) - 1, index=index)  # equal values in one third
        levels[group] = third.map(dict(enumerate(THIRDS[group]))).fillna(UNKNOWN)
    kind = known["area_type"].fillna("").astype(str).str.casefold()
    levels[COUNTY] = np.where(kind == "", UNKNOWN, np.where(kind == "county", "county", "other"))
    return levels


def _grades(grades: "pd.Series[str]") -> "pd.Series[str]":
    """Return grades as people say them."""
    return grades.fillna("").str.replace("_", " ").replace("", "not yet judged")


def _back_test(scored: Scored, of_area: pd.DataFrame, threshold: float) -> Iterator[pd.DataFrame]:
    """Yield the cells of both errors of the deployed model; nothing where it was not tested."""
    tested = scored.predictions
    if not tested.empty:
        tested = tested[
            (tested["target"] == scored.target)
            & (tested["model"] == "default")
            & (tested["lead_months"] == REFERENCE_LEAD)
            & tested["risk"].notna()
            & tested["label"].notna()
        ]
    if tested.empty:
        return
    levels = of_area.reindex(tested["area_code"]).fillna(UNKNOWN).assign(**{EVERYBODY: EVERYBODY})
    levels[JUDGED] = _grades(_last_known(scored.judgements, tested)).to_numpy()
    risk = np.round(tested["risk"].to_numpy(dtype=float), TIE_DECIMALS)
    flagged = risk >= round(threshold, TIE_DECIMALS)
    happened = tested["label"].to_numpy(dtype=float) == 1
    yield _cells(ALARMS, np.where(happened, np.nan, flagged.astype(float)), levels)
    yield _cells(MISSED, np.where(happened, (~flagged).astype(float), np.nan), levels)


def _last_known(judgements: pd.DataFrame, tested: pd.DataFrame) -> "pd.Series[str]":
    """Return the judgement that was published last before each prediction, in the order of ``tested``."""
    if judgements.empty:
        return pd.Series("", index=tested.index, dtype=object)
    asked = tested[["area_code", "as_of"]].assign(row=np.arange(len(tested)))
    asked["as_of"] = pd.to_datetime(asked["as_of"]).astype("datetime64[ns]")
    told = judgements[["area_code", "known_on", "start_date", "overall"]].dropna(subset="known_on")
    told = told.astype({"known_on": "datetime64[ns]"}).sort_values(["known_on", "start_date"], kind="stable")
    known = pd.merge_asof(
        asked.sort_values("as_of", kind="stable"),
        told,
        left_on="as_of",
        right_on="known_on",
        by="area_code",
        allow_exact_matches=False,
    )
    return known.sort_values("row")["overall"]


def _cells(measure: str, values: Floats, levels: pd.DataFrame) -> pd.DataFrame:
    """Return one measure in every level of every group, and in the rest of that group.

    Parameters
    ----------
    measure : str
        Its name.
    values : array of shape (n,)
        0 or 1, or quarters waited; NaN for those whom the measure does not count.
    levels : DataFrame of shape (n, groups)
        The level of each.
    """
    what, least = COUNTED_BY.get(measure, COUNTED)
    made = []
    for group in map(str, levels.columns):
        by = pd.DataFrame({"level": levels[group].to_numpy(), "value": values, "square": values**2})
        sums = by.groupby("level")[["value", "square"]].sum()
        own = sums.assign(n=by.groupby("level")["value"].count().astype(float))
        cell = pd.DataFrame(_interval(measure, own), index=own.index, columns=["value", "low", "high"])
        cell[["rest", "rest_low", "rest_high"]] = _interval(measure, own.sum() - own)
        small = own["n"] < least
        cell.loc[small, ["value", "low", "high"]] = np.nan
        cell["reason"] = [
            f"{what}: {n:.0f}, and at least {least} are needed" if few else ""
            for n, few in zip(own["n"], small, strict=True)
        ]
        cell["n"], cell["events"] = own["n"], np.nan if measure == WAITED else own["value"]
        made.append(cell.reset_index().assign(group=group, measure=measure))
    return pd.concat(made, ignore_index=True).round(DECIMALS)


def _interval(measure: str, sums: pd.DataFrame) -> Floats:
    """Return value, low and high of each row of sums, shape (levels, 3); NaN where nobody is counted."""
    n, total = sums["n"].to_numpy(), sums["value"].to_numpy()
    if measure != WAITED:
        return np.column_stack(wilson(np.round(total), n))
    size, freedom = np.where(n > 0, n, np.nan), np.where(n > 1, n - 1, np.nan)
    mean = total / size
    variance = np.maximum(sums["square"].to_numpy() - size * mean**2, 0) / freedom
    half = student.ppf(0.975, freedom) * np.sqrt(variance / size)
    return np.column_stack([mean, np.maximum(mean - half, 0), mean + half])


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    """Sort by group as declared, level as listed or by name, what is not known last, measure as declared."""
    said = table[(table["level"] != UNKNOWN) | (table["n"] > 0)]
    place = {
        (group, level): number for group, levels in LISTED.items() for number, level in enumerate(levels)
    }
    keys = said.assign(
        group=said["group"].map(GROUPS.index),
        unknown=said["level"] == UNKNOWN,
        listed=[place.get(pair, len(place)) for pair in zip(said["group"], said["level"], strict=True)],
        measure=said["measure"].map(MEASURES.index),
    )
    order = keys.sort_values(["group", "unknown", "listed", "level", "measure"], kind="stable").index
    return said.loc[order]
