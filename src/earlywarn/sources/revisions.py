"""Figures of a new release held against those that are there: new, revised, as they were, or gone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import Fault
from earlywarn.schema import WITH_VALUE

__all__ = ["Revisions", "revised_figures"]

KEY = ("area_code", "indicator", "period_end")
LAST = ("value", "status", "known_on")  # what a figure was last known to be
COLUMNS = [*KEY, "was", "value", "status_was", "status", "known_on_was", "known_on"]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Revisions:
    """The account of a release's figures.

    Attributes
    ----------
    new : int
        Figures of areas, indicators and periods that were not there together.
    revised : DataFrame
        ``area_code, indicator, period_end, was, value, status_was, status, known_on_was, known_on``: one row
        for each revision, the largest first, by its size against the spread of the indicator's values there.
    unchanged : int
        Figures that are as they were last known.
    older : int
        Figures that are as they once were known, before a revision that is there already. They add nothing.
    vanished : DataFrame
        ``area_code, indicator, period_end``: figures that are there and that the release, though it has the
        indicator, does not have. They stay.
    ended : int
        How many of these are of periods that the release does not have for the indicator at all.
    """

    new: int
    revised: pd.DataFrame
    unchanged: int
    older: int
    vanished: pd.DataFrame
    ended: int


def revised_figures(
    old: pd.DataFrame, new: pd.DataFrame, *, known_on: pd.Timestamp | None = None
) -> tuple[Revisions, pd.DataFrame, list[Fault]]:
    """Find the figures to add.

    Parameters
    ----------
    old, new : DataFrame
        Tables ``observations``, which hold each figure once for each day on which it was published anew.
    known_on : Timestamp, optional
        The day for revisions that are not dated after the value they replace.

    Returns
    -------
    Revisions
        The account.
    rows : DataFrame
        To be added, with the columns of ``observations``, in the order of the release.
    faults : list of Fault
        One for each indicator of which figures cover other days, or are revised but not dated later.

    Examples
    --------
    >>> days = {"period_start": pd.NaT, "period_end": pd.Timestamp("2024-03-31")}
    >>> old = pd.DataFrame([{"area_code": "E1", "indicator": "rate", **days, "value": 9.0, "status": "ok"}])
    >>> told, rows, faults = revised_figures(
    ...     old.assign(known_on=pd.Timestamp("2024-11-30")),
    ...     old.assign(known_on=pd.Timestamp("2025-11-30"), value=9.5),
    ... )
    >>> told.unchanged, rows["value"].tolist(), told.revised["was"].tolist()
    (0, [9.5], [9.0])
    """
    columns = list(old.columns)
    old, new = _numbered(old, new)
    last = old.groupby("figure", sort=False).tail(1).set_index("figure")
    for name in LAST:
        new[f"{name}_was"] = new["figure"].map(last[name])
    there = new["known_on_was"].notna().to_numpy()
    later = (new["known_on"] > new["known_on_was"]).to_numpy()
    latest = ~new["figure"].duplicated(keep="last").to_numpy()
    as_last = _alike(new["value"], new["status"], new["value_was"], new["status_was"])
    chained = np.append(False, later[:-1]) & new["figure"].duplicated().to_numpy()
    as_before = _alike(new["value"], new["status"], new["value"].shift(), new["status"].shift())
    changed = ~np.where(chained, as_before, as_last)
    behind = there & ~later & ~as_last  # revised, but not dated after what it replaces
    once = np.zeros(len(new), dtype=bool)
    once[behind] = _as_once_known(old, new[behind])
    day = pd.NaT if known_on is None else known_on
    open_to_date = behind & latest & (known_on is not None)
    dated = open_to_date & ((new["known_on_was"] < day) & (new["period_end"] <= day)).to_numpy()
    new.loc[dated, "known_on"] = day
    revised = (there & later & changed) | dated
    undated = behind & ~dated & ~(once & ~open_to_date)
    faults = [*_undated(new[undated], known_on), *_other_days(new[there], last)]
    vanished, ended = _vanished(last, new)
    account = Revisions(
        new=int(new.loc[~there, "figure"].nunique()),
        revised=_largest(new[revised], last),
        unchanged=int(new.loc[latest & there & ~revised & ~behind, "figure"].size),
        older=int((behind & latest & once & ~open_to_date).sum()),
        vanished=vanished,
        ended=ended,
    )
    return account, new[~there | revised].sort_values("place")[columns].reset_index(drop=True), faults


def _numbered(old: pd.DataFrame, new: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give every figure one number in both tables, and sort each by figure and by when it was known."""
    both = pd.concat([old[[*KEY]], new[[*KEY]]], ignore_index=True)
    figure = np.zeros(len(both), dtype=np.int64)
    for name in KEY:
        code, words = pd.factorize(both[name])
        figure = figure * (len(words) + 1) + code
    parts = (old.assign(figure=figure[: len(old)]), new.assign(figure=figure[len(old) :]))
    numbered = [part.assign(place=np.arange(len(part))).sort_values(["figure", "known_on"]) for part in parts]
    return numbered[0].reset_index(drop=True), numbered[1].reset_index(drop=True)


def _alike(
    value: "pd.Series[float]",
    status: "pd.Series[str]",
    other: "pd.Series[float]",
    other_status: "pd.Series[str]",
) -> Flags:
    """Say where two figures are the same, be it that both are missing for the same reason."""
    same = (value == other) | (value.isna() & other.isna())
    return (same & (status == other_status)).to_numpy()


def _as_once_known(old: pd.DataFrame, new: pd.DataFrame) -> Flags:
    """Say which figures are as they were known at some time."""
    same = ["figure", "status", "value"]
    known, asked = (pd.MultiIndex.from_frame(rows[same].fillna({"value": np.inf})) for rows in (old, new))
    return np.asarray(asked.isin(known))


def _undated(rows: pd.DataFrame, known_on: pd.Timestamp | None) -> Iterator[Fault]:
    """Report, once for each indicator, the revisions that no day can be given."""
    for indicator, found in rows.groupby("indicator", sort=False):
        first = found.iloc[0]
        problem = (
            f"differs from what is there in {len(found):,} figures that are not dated after it, such as "
            f"{first['area_code']}, {first['period_end']:%Y-%m-%d}: {_said(first)}, known on "
            f"{first['known_on']:%Y-%m-%d}, where {_said(first, '_was')} is known on "
            f"{first['known_on_was']:%Y-%m-%d}"
        )
        remedy = "say with --known-on on which day the new release came out"
        if known_on is not None:
            remedy = (
                f"give a later day than {known_on:%Y-%m-%d}, on which the new release came out, or leave out "
                "the figures of earlier releases"
            )
        yield Fault("observations of the release", None, "indicator", indicator, problem, remedy)


def _said(row: "pd.Series[Any]", which: str = "") -> str:
    value, status = row[f"value{which}"], row[f"status{which}"]
    return str(status) if pd.isna(value) else f"{value:,.10g}"


def _other_days(rows: pd.DataFrame, last: pd.DataFrame) -> Iterator[Fault]:
    """Report, once for each indicator, the figures that begin on another day than those there."""
    began = rows["figure"].map(last["period_start"])
    other = rows[(rows["period_start"] != began) & rows["period_start"].notna() & began.notna()]
    for indicator, found in other.groupby("indicator", sort=False):
        first = found.iloc[0]
        problem = (
            f"covers other days than what is there in {len(found):,} figures, such as "
            f"{first['area_code']}, {first['period_start']:%Y-%m-%d} to {first['period_end']:%Y-%m-%d}, "
            f"where the period begins on {began[found.index[0]]:%Y-%m-%d}"
        )
        remedy = "give the indicator of the release another name, or correct its periods"
        yield Fault("observations of the release", None, "indicator", indicator, problem, remedy)


def _vanished(last: pd.DataFrame, new: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the figures that the release has no more, and how many of them are of periods it has no more."""
    gone = last[last["status"].isin(WITH_VALUE) & ~last.index.isin(new["figure"])]
    gone = gone[gone["indicator"].isin(new["indicator"].unique())]
    periods = pd.MultiIndex.from_frame(new[["indicator", "period_end"]].drop_duplicates())
    covered = pd.MultiIndex.from_frame(gone[["indicator", "period_end"]]).isin(periods)
    return gone[[*KEY]].sort_values([*KEY], ignore_index=True), int((~covered).sum())


def _largest(rows: pd.DataFrame, last: pd.DataFrame) -> pd.DataFrame:
    """Return the revisions, the largest first; one to or from a gap comes after those of a size."""
    spread = rows["indicator"].map(last.groupby("indicator")["value"].std())
    size = ((rows["value"] - rows["value_was"]).abs() / spread.where(spread > 0)).fillna(-1)
    ordered = rows.assign(size=size).sort_values(["size", *KEY], ascending=[False, True, True, True])
    return ordered.rename(columns={"value_was": "was"})[COLUMNS].reset_index(drop=True)
