"""What a new release adds to tables that are there: new rows, and revisions beside the values they replace.

Nothing that is there is changed or taken away, so that a view as of an earlier day stays as it was.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import DataError, Fault, name_a_few
from earlywarn.schema import TABLES
from earlywarn.sources.revisions import Revisions, revised_figures
from earlywarn.sources.tables import Tables

__all__ = ["Release", "compare_release"]

KEYS = {  # what tells one row of a table from another; figures are compared by themselves
    "areas": ("area_code",),
    "indicators": ("indicator",),
    "inspections": ("area_code", "start_date"),
    "neighbours": ("area_code", "neighbour_code", "model"),
    "leadership": ("area_code", "role", "in_post_since", "known_on"),
    "report_themes": ("inspection_id",),
    "concerns": ("entry_id", "version"),
    "visits": ("area_code", "start_date", "visit_type"),
}
MAY_DIFFER = {  # what publishers word or date in several ways: what is there stays, and is mentioned
    "areas": set(TABLES["areas"].names),
    "indicators": set(TABLES["indicators"].names) - {"unit", "polarity"},
    "inspections": {"framework", "inspection_type", "end_date", "known_on"},
    "neighbours": {"closeness", "known_on"},
    "visits": {"theme", "known_on"},
}
SAME_INSPECTION = pd.Timedelta(days=30)  # no area has two that begin so close
NAMES_ONLY = ("inspection_id",)  # a row may be called otherwise in the release


@dataclass(frozen=True)
class Release:
    """What is to be added, and what was found on the way.

    Attributes
    ----------
    added : dict of str to DataFrame
        Rows to add, by table, with the columns of the table; tables without any are left out.
    figures : Revisions
        The account of the figures.
    same : dict of str to int
        Rows of each other table that are there already.
    remarks : list of str
        In sentences: what the release says otherwise and was left as it is.
    """

    added: dict[str, pd.DataFrame]
    figures: Revisions
    same: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def unchanged_before(self) -> pd.Timestamp | None:
        """First day on which any added row was known: views as of that day and before stay as they were."""
        days = [rows["known_on"].min() for rows in self.added.values() if "known_on" in rows]
        return min(days) if days else None


def compare_release(old: Tables, new: Tables, *, known_on: pd.Timestamp | None = None) -> Release:
    """Find what a new release adds.

    Parameters
    ----------
    old, new : Tables
        What is there, and the release; both checked by themselves.
    known_on : Timestamp, optional
        The day on which the release came out. It dates those revised figures that the release itself dates
        no later than the values they replace, and nothing else.

    Returns
    -------
    Release
        A figure that is as it was last known adds nothing. One that differs is added under its own
        ``known_on``; new periods, areas, indicators, inspections, visits, sets of neighbours and so on are
        added as they are. What both have stays as it is there, be it fuller in the release.

    Raises
    ------
    DataError
        If an indicator has another unit or polarity, a figure covers other days, a revision is not dated
        after the value it replaces, a judgement or a published set of neighbours is another one, or a new
        inspection can only be one that is there. All faults in one.
    """
    new, remarks = _same_codes(old, new)
    new = _same_ids(old, new)
    figures, rows, faults = revised_figures(old.observations, new.observations, known_on=known_on)
    added = {"observations": rows} if len(rows) else {}
    same = {}
    for name, key in KEYS.items():
        there, came = getattr(old, name), getattr(new, name)
        if name == "neighbours":
            faults += _other_sets(there, came)
        fresh = _fresh(there, came, key)
        same[name] = int((~fresh).sum())
        if fresh.any():
            added[name] = came[fresh].reset_index(drop=True)
        wrong, told = _differences(name, there, came[~fresh], key)
        faults += wrong
        remarks += told
    faults += [*_other_themes(old.report_themes, new.report_themes), *_doubles(old.inspections, added)]
    if faults:
        raise DataError(faults, where="the new release")
    return Release(added, figures, same, remarks)


def _same_codes(old: Tables, new: Tables) -> tuple[Tables, list[str]]:
    """Call areas by the codes that they have there, also where the release uses earlier or later ones."""
    there = set(old.areas["area_code"])
    called = {former: code for code, former in _formerly(old.areas)}
    later = {code: former for code, former in _formerly(new.areas) if code not in there and former in there}
    called |= {former: later.get(code, code) for code, former in _formerly(new.areas) if former not in there}
    called |= later
    frames = {}
    for name in TABLES:
        frame = getattr(new, name)
        columns = {
            column: frame[column].replace(called)
            for column in ("area_code", "neighbour_code")
            if column in frame and frame[column].isin(called).any()
        }
        columns |= {
            column: [";".join(called.get(code, code) for code in cell.split(";")) for cell in frame[column]]
            for column in ("predecessors", "successors")
            if column in frame
        }
        frames[name] = frame.assign(**columns)
    told = [
        f"areas: {code} is called {called[code]} there, and its new rows too."
        for code in new.areas["area_code"]
        if code in called
    ]
    return replace(new, **frames), told


def _formerly(areas: pd.DataFrame) -> list[tuple[str, str]]:
    """Return each area's code beside each of its former codes."""
    pairs = zip(areas["area_code"], areas["former_codes"], strict=True)
    return [(code, former.strip()) for code, cell in pairs for former in cell.split(";") if former.strip()]


def _same_ids(old: Tables, new: Tables) -> Tables:
    """Call the inspections that are there as they are called there."""
    both = old.inspections.merge(new.inspections, on=["area_code", "start_date"], suffixes=("", "_new"))
    both = both[both["inspection_id"] != both["inspection_id_new"]]
    if both.empty:
        return new
    called = dict(zip(both["inspection_id_new"], both["inspection_id"], strict=True))
    renamed = {
        name: getattr(new, name).assign(inspection_id=getattr(new, name)["inspection_id"].replace(called))
        for name in ("inspections", "leadership", "report_themes")
    }
    return replace(new, **renamed)


def _fresh(there: pd.DataFrame, came: pd.DataFrame, key: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Say which rows are not there yet."""
    known = pd.MultiIndex.from_frame(there[list(key)])
    return ~pd.MultiIndex.from_frame(came[list(key)]).isin(known)


def _differences(
    name: str, there: pd.DataFrame, came: pd.DataFrame, key: Sequence[str]
) -> tuple[list[Fault], list[str]]:
    """Compare the rows that both have: faults where they must agree, remarks where what is there stays."""
    if came.empty:
        return [], []
    both = there.merge(came, on=list(key), suffixes=("", "_new"))
    faults, remarks = list[Fault](), list[str]()
    for column in TABLES[name].columns:
        if column.name in key or column.name in NAMES_ONLY or column.kind == "yes_no":
            continue
        was, now = both[column.name], both[f"{column.name}_new"]
        silent = (now == "") | now.isna()
        fuller = ((was == "") | was.isna()) & ~silent
        other = both[(was != now) & ~silent & ~fuller]
        if fuller.any():
            remarks.append(
                f"{name}: {column.name} stays empty in {int(fuller.sum()):,} rows that the release fills."
            )
        if other.empty:
            continue
        first = other.iloc[0]
        said, found = _shown(first[column.name]), _shown(first[f"{column.name}_new"])
        what = " ".join(_shown(first[part]) for part in key)
        count = f" (in {len(other):,} rows, this being the first)" if len(other) > 1 else ""
        if column.name in MAY_DIFFER.get(name, ()):
            remarks.append(
                f"{name}: {column.name} of {what} stays {said!r}; the release says {found!r}{count}."
            )
            continue
        remedy = "give the indicator another name" if name == "indicators" else "correct whichever is wrong"
        problem = f"is said of {what}, which has {said!r} there{count}"
        faults.append(Fault(f"{name} of the release", None, column.name, found, problem, remedy))
    return faults, remarks


def _other_sets(there: pd.DataFrame, came: pd.DataFrame) -> list[Fault]:
    """Report published sets of neighbours that are not the same in both: a set does not change."""
    faults = []
    sets = [frame.groupby(["model", "area_code"])["neighbour_code"].agg(frozenset) for frame in (there, came)]
    was, now = sets[0].align(sets[1], join="inner")
    for model, areas in (was != now).groupby("model"):
        if areas.any():
            who = name_a_few(areas.index.get_level_values("area_code")[areas])
            problem = f"is a set that is there already, with other neighbours of {who}"
            remedy = "call the new set otherwise, by the year it was published"
            faults.append(Fault("neighbours of the release", None, "model", model, problem, remedy))
    return faults


def _other_themes(there: pd.DataFrame, came: pd.DataFrame) -> Iterator[Fault]:
    """Report counts of other themes than those that are there: a report cannot lack a count."""
    if there.empty or came.empty or set(there) == set(came):
        return
    odd = name_a_few(sorted(map(str, set(there) ^ set(came))))
    problem, remedy = f"counts other themes than what is there: {odd}", "count the same themes in all reports"
    yield Fault("report_themes of the release", 1, None, None, problem, remedy)


def _doubles(there: pd.DataFrame, added: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Report new inspections that can only be ones that are there, with another first day."""
    if "inspections" not in added:
        return
    pairs = added["inspections"].merge(there, on="area_code", suffixes=("", "_there"))
    near = (pairs["start_date"] - pairs["start_date_there"]).abs() <= SAME_INSPECTION
    remedy = "give both the same start_date, or leave it out of the release"
    for _, row in pairs[near | (pairs["known_on"] == pairs["known_on_there"])].iterrows():
        own, theirs = (
            f"{_shown(row[f'start_date{which}'])} of one published on {_shown(row[f'known_on{which}'])}"
            for which in ("", "_there")
        )
        problem = f"of {row['area_code']}: {own} and, there, {theirs} can only be one inspection"
        yield Fault(
            "inspections of the release", None, "start_date", _shown(row["start_date"]), problem, remedy
        )


def _shown(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return f"{value:,.10g}" if isinstance(value, float) else str(value)
