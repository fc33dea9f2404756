"""What came of it: whether a coordinator's judgement or the model did better.

The areas of a plan fall into four groups: flagged and kept, added by a coordinator, removed by a coordinator,
and neither flagged nor added. For each, this counts what inspections brought since and what reviews found. A
few overrides a year can rarely settle who was right, and the words say so wherever that is the case.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.schema import GRADE_CODES
from earlywarn.signals.intervals import wilson
from earlywarn.targeting.outcome_words import ADDED, KEPT, NEITHER, REMOVED, area_outcome, group_outcomes

__all__ = ["GROUPS", "FollowUp", "follow_up", "outcomes", "override_outcomes"]

GROUPS = (KEPT, ADDED, REMOVED, NEITHER)
COLUMNS = [
    "group", "areas", "inspected", "events", "share", "low", "high", "not_yet_known",
    "reviewed", "concerns", "concern_share", "concern_low", "concern_high",
]  # fmt: skip
OVERRIDE_COLUMNS = [
    "override_id", "area_code", "name", "action", "reason", "by", "decided_on", "inspected_on", "judgement",
    "event", "found", "words",
]  # fmt: skip


class FollowUp(NamedTuple):
    """What came of a plan and of its overrides.

    Parameters
    ----------
    table : DataFrame
        A row per group, see `outcomes`.
    overrides : DataFrame
        A row per override, see `override_outcomes`.
    words : list of str
        Whether judgement and model can be told apart, and how to read it.
    """

    table: pd.DataFrame
    overrides: pd.DataFrame
    words: list[str]

    @property
    def summary(self) -> str:
        """The words in lines, for a terminal."""
        return "\n".join(self.words)


def follow_up(
    plan_areas: pd.DataFrame,
    overrides: pd.DataFrame,
    judgements: pd.DataFrame,
    findings: pd.DataFrame,
    *,
    decided_on: pd.Timestamp,
    until: pd.Timestamp,
    target: str,
) -> FollowUp:
    """Say what came of a plan, by group, by override and in words; parameters as in `outcomes`."""
    table, each = (
        told(plan_areas, overrides, judgements, findings, decided_on=decided_on, until=until, target=target)
        for told in (outcomes, override_outcomes)
    )
    left = int((plan_areas["status"] == "elsewhere").sum())
    return FollowUp(table, each, group_outcomes(table, elsewhere=left, target=target))


def outcomes(
    plan_areas: pd.DataFrame,
    overrides: pd.DataFrame,
    judgements: pd.DataFrame,
    findings: pd.DataFrame,
    *,
    decided_on: pd.Timestamp,
    until: pd.Timestamp,
    target: str,
) -> pd.DataFrame:
    """Count what inspections and reviews have brought since, by what model and coordinator had said.

    Parameters
    ----------
    plan_areas : DataFrame
        Table ``areas`` of the plan. Areas that are taken care of elsewhere are left out.
    overrides : DataFrame
        ``override_id, area_code, action, reason, by, decided_on``; ``move`` changes no group.
    judgements : DataFrame
        ``area_code, start_date, known_on, overall``. The first inspection of an area counts that starts in
        ``[decided_on, until)`` and was published before ``until``.
    findings : DataFrame
        ``area_code, held_on, theme, finding``; reviews held in ``[decided_on, until)`` count.
    decided_on, until : Timestamp
        The plan's as-of date, and that of the later run that knows the outcomes.
    target : {"adverse", "decline", "serious"}
        The event: a judgement below good; below the last one before the plan; of inadequate.

    Returns
    -------
    DataFrame
        A row per group of ``GROUPS``: ``group, areas, inspected, events, share, low, high, not_yet_known``,
        and ``reviewed, concerns, concern_share, concern_low, concern_high``: areas with a review's findings,
        and those with a concern among them. Shares have Wilson's 95% interval, NaN where nothing is known.

    Examples
    --------
    >>> areas = pd.DataFrame({"area_code": list("ABCD"), "name": list("ABCD"), "status": "planned",
    ...     "flagged": [True, True, False, False], "last_judgement": "good"})
    >>> overrides = pd.DataFrame({"area_code": ["C"], "action": ["add"]})
    >>> judgements = pd.DataFrame({"area_code": list("AC"), "start_date": pd.to_datetime(["2025-06-02"] * 2),
    ...     "known_on": pd.to_datetime(["2025-08-01"] * 2), "overall": ["good", "inadequate"]})
    >>> findings = pd.DataFrame(columns=["area_code", "held_on", "theme", "finding"])
    >>> table = outcomes(areas, overrides, judgements, findings, decided_on=pd.Timestamp("2025-04-01"),
    ...     until=pd.Timestamp("2026-04-01"), target="adverse")
    >>> table[["group", "areas", "inspected", "events", "not_yet_known"]]
                           group  areas  inspected  events  not_yet_known
    0           flagged and kept      2          1       0              1
    1     added by a coordinator      1          1       1              0
    2   removed by a coordinator      0          0       0              0
    3  neither flagged nor added      1          0       0              1
    """
    here = plan_areas[plan_areas["status"] != "elsewhere"]
    codes = here["area_code"]
    since = _since(here, judgements, decided_on=decided_on, until=until, target=target)
    found = _found(findings, decided_on=decided_on, until=until)
    by = pd.DataFrame(
        {
            "group": _groups(here, overrides),
            "event": since["event"].reindex(codes).to_numpy(dtype=float),
            "concern": found["concern"].reindex(codes).to_numpy(dtype=float),
        }
    ).groupby("group")
    counts = pd.DataFrame(
        {
            "areas": by.size(),
            "inspected": by["event"].count(),
            "events": by["event"].sum(),
            "reviewed": by["concern"].count(),
            "concerns": by["concern"].sum(),
        }
    )
    counts = counts.reindex(GROUPS).fillna(0).astype(int).rename_axis("group").reset_index()
    shares = np.column_stack(wilson(counts["events"], counts["inspected"]))
    concerns = np.column_stack(wilson(counts["concerns"], counts["reviewed"]))
    counts[["share", "low", "high"]] = shares
    counts[["concern_share", "concern_low", "concern_high"]] = concerns
    counts["not_yet_known"] = counts["areas"] - counts["inspected"]
    return counts[COLUMNS]


def override_outcomes(
    plan_areas: pd.DataFrame,
    overrides: pd.DataFrame,
    judgements: pd.DataFrame,
    findings: pd.DataFrame,
    *,
    decided_on: pd.Timestamp,
    until: pd.Timestamp,
    target: str,
) -> pd.DataFrame:
    """Say of each override what came of its area; parameters as in `outcomes`.

    Returns
    -------
    DataFrame
        ``override_id, area_code, name, action, reason, by, decided_on, inspected_on, judgement, event, found,
        words``, in the order of the overrides. ``event`` is 1 or 0, NaN where not yet known.
    """
    since = _since(plan_areas, judgements, decided_on=decided_on, until=until, target=target)
    found = _found(findings, decided_on=decided_on, until=until)
    names = plan_areas.set_index("area_code")["name"]
    codes = overrides["area_code"]
    made = overrides.reindex(columns=OVERRIDE_COLUMNS[:7])
    made["name"] = codes.map(names).fillna(codes)
    made["inspected_on"] = codes.map(since["start_date"]).astype("datetime64[ns]")
    made["judgement"] = codes.map(since["overall"]).fillna("").astype(str).str.replace("_", " ")
    made["event"] = codes.map(since["event"]).astype(float)
    made["found"] = codes.map(found["words"]).fillna("")
    made["words"] = [
        area_outcome(event, judgement, day, target)
        for event, judgement, day in zip(made["event"], made["judgement"], made["inspected_on"], strict=True)
    ]
    return made[OVERRIDE_COLUMNS].reset_index(drop=True)


def _groups(areas: pd.DataFrame, overrides: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Return the group of each area; a removal weighs more than an addition."""
    codes = areas["area_code"]
    added, removed = (
        codes.isin(overrides.loc[overrides["action"] == action, "area_code"]) for action in ("add", "remove")
    )
    return np.select([removed, added, areas["flagged"]], [REMOVED, ADDED, KEPT], default=NEITHER)


def _since(
    areas: pd.DataFrame,
    judgements: pd.DataFrame,
    *,
    decided_on: pd.Timestamp,
    until: pd.Timestamp,
    target: str,
) -> pd.DataFrame:
    """Return the first inspection of each area since, indexed by code: ``start_date, overall, event``."""
    known = judgements[
        (judgements["start_date"] >= decided_on)
        & (judgements["start_date"] < until)
        & (judgements["known_on"] < until)
    ]
    first = known.sort_values(["area_code", "start_date"]).drop_duplicates("area_code").set_index("area_code")
    grade = first["overall"].map(GRADE_CODES).astype(float)
    if target == "decline":
        before = areas.set_index("area_code")["last_judgement"].map(GRADE_CODES).reindex(first.index)
        event = (grade < before).astype(float).where(before.notna())
    else:
        bound = GRADE_CODES["good"] if target == "adverse" else GRADE_CODES["requires_improvement"]
        event = (grade < bound).astype(float)
    return first[["start_date", "overall"]].assign(event=event.where(grade.notna()))


def _found(findings: pd.DataFrame, *, decided_on: pd.Timestamp, until: pd.Timestamp) -> pd.DataFrame:
    """Return what reviews found in each area since, indexed by code: ``concern`` (1 or 0) and ``words``."""
    held = pd.to_datetime(findings["held_on"])
    since = findings[(held >= decided_on) & (held < until)]
    since = since.assign(
        said=since["finding"].astype(str).str.replace("_", " ") + ": " + since["theme"].astype(str),
        concern=(since["finding"] == "concern").astype(float),
    ).sort_values(["area_code", "said"], kind="stable")
    by = since.groupby("area_code")
    return pd.DataFrame(
        {"concern": by["concern"].max(), "words": by["said"].agg(lambda said: "; ".join(dict.fromkeys(said)))}
    )
