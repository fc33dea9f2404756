"""What moved a risk since an earlier run: the change in its log-odds, split among what the model reads."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from earlywarn.errors import ConfigError
from earlywarn.explain.feature_label import ALL_AREAS, feature_label
from earlywarn.explain.remarks import together
from earlywarn.explain.veil import VEILED, veil
from earlywarn.features.soft import soft_features
from earlywarn.schedule import date_words

__all__ = ["COLUMNS", "decompose"]

COLUMNS = ("area_code", "order", "label", "theme", "before", "now", "difference", "words")
RISK = "The risk itself"
FITTED = ("model", "trained_on", "calibration")  # what `run.json` says of the model; other words, another fit
SAME = ("horizon_months",)  # what two runs must share to be compared
NAMED = 3  # parts named in the sentence
MOST = 0.5  # of all that moved the risk that way: named until they make up so much
REFITTED = (
    "The two runs used models that were fitted on different records, so part of the change may come from "
    "refitting, and not from the area."
)
LOGGED = frozenset(spec.name for spec in soft_features())
LOGGED_TOO = ("pressure_", "enabler_pressure_")
HARDLY = 0.01  # log-odds: a smaller move is not worth a way


def decompose(
    now: pd.DataFrame,
    before: pd.DataFrame,
    *,
    now_risks: pd.DataFrame,
    before_risks: pd.DataFrame,
    now_run: Mapping[str, Any],
    before_run: Mapping[str, Any],
    indicators: pd.DataFrame,
    target: str,
    hidden: Collection[str] = (),
) -> pd.DataFrame:
    """Split each area's change in risk since an earlier run among the things that the model reads.

    Parameters
    ----------
    now, before : DataFrame
        ``area_code, target, feature, indicator, theme, contribution`` of the two runs, ``baseline`` among
        them: an area's rows sum to the log-odds of its risk.
    now_risks, before_risks : DataFrame
        ``area_code`` and ``risk_<target>`` with ``_low`` and ``_high``: the two risk lists.
    now_run, before_run : mapping
        What ``run.json`` says of the two: ``as_of, horizon_months, model, trained_on, calibration``.
    indicators : DataFrame
        ``indicator, label`` of the later run.
    target : str
        Which risk.
    hidden : collection of str
        Features of which the reader may be told only as a whole: for the area itself, those of the log.

    Returns
    -------
    DataFrame
        ``COLUMNS``, by area code and ``order``. Order 0 is the risk itself, ``before`` and ``now`` as
        probabilities, with a sentence for the area. The others are parts, the largest first, those of one
        indicator together: ``before`` and ``now`` in log-odds, and the ``difference`` column of an area's
        parts sums to the change in its log-odds. An area without an earlier risk has order 0 alone; one
        without a risk now has no row.

    Raises
    ------
    ConfigError
        If the runs cannot be compared: another horizon, no such risk, or an earlier run that is not earlier.

    Notes
    -----
    A contribution says what sets an area apart from the others at the same date, so what moved in all areas
    alike is a part of its own: "what is typical of all areas". Where the models were fitted on different
    records, a part can move although the figure behind it did not; the sentence says so. Where one run tells
    of soft evidence only as a whole, the other's is taken together too.

    Examples
    --------
    >>> rows = {"area_code": "A", "target": "adverse", "feature": ["caseload__level", "baseline"],
    ...         "indicator": ["caseload", ""], "theme": ["workforce", ""]}
    >>> risks = pd.DataFrame({"area_code": ["A"], "risk_adverse": [0.5], "risk_adverse_low": [0.4],
    ...                       "risk_adverse_high": [0.6]})
    >>> changes = decompose(
    ...     pd.DataFrame(rows | {"contribution": [1.0, -1.0]}),
    ...     pd.DataFrame(rows | {"contribution": [-0.1, -1.0]}),
    ...     now_risks=risks, before_risks=risks.assign(risk_adverse=0.25, risk_adverse_low=0.2,
    ...                                                risk_adverse_high=0.3),
    ...     now_run={"as_of": "2025-04-01"}, before_run={"as_of": "2025-01-01"},
    ...     indicators=pd.DataFrame({"indicator": ["caseload"], "label": ["Average caseload"]}),
    ...     target="adverse")
    >>> changes["words"][0]
    'The risk rose from 25% to 50% between 1 January 2025 and 1 April 2025, mostly because of “Average
    caseload”. The two intervals (20% to 30%, then 40% to 60%) do not overlap.'
    """
    _comparable(now_run, before_run, now_risks, before_risks, target)
    now, before = _alike(now, before, target, hidden)
    risks = _both(now_risks, before_risks, target)
    parts = _parts(now, before, indicators)
    parts = parts[parts["area_code"].isin(risks.index[risks["before"].notna()])]
    days = f"between {date_words(before_run['as_of'])} and {date_words(now_run['as_of'])}"
    refitted = any(now_run.get(key) != before_run.get(key) for key in FITTED)
    by_area = dict(list(parts.groupby("area_code", sort=False)))
    heads = [
        (code, 0, RISK, "", row["before"], row["now"], row["now"] - row["before"],
         _sentence(row, by_area.get(code, parts.iloc[:0]), days=days, refitted=refitted))
        for code, row in zip(risks.index, risks.to_dict("records"), strict=True)
    ]  # fmt: skip
    table = pd.concat([pd.DataFrame(heads, columns=list(COLUMNS)), parts], ignore_index=True)
    table = table.sort_values(["area_code", "order"], kind="stable", ignore_index=True)
    return table.astype({"order": float, "before": float, "now": float, "difference": float})


def _comparable(
    now_run: Mapping[str, Any],
    before_run: Mapping[str, Any],
    now_risks: pd.DataFrame,
    before_risks: pd.DataFrame,
    target: str,
) -> None:
    faults = [
        f"{key} is {now_run.get(key)!r} now and was {before_run.get(key)!r}"
        for key in SAME
        if now_run.get(key) != before_run.get(key)
    ]
    if pd.Timestamp(str(before_run["as_of"])) >= pd.Timestamp(str(now_run["as_of"])):
        faults.append(f"the earlier run is of {before_run['as_of']}, the later one of {now_run['as_of']}")
    for name, risks in (("later", now_risks), ("earlier", before_risks)):
        if f"risk_{target}" not in risks:
            faults.append(f"the {name} run has no risk_{target}")
    if faults:
        said = "; ".join(faults)
        message = f"The two runs cannot be compared: {said}. Name an earlier run of the same question."
        raise ConfigError(message)


def _alike(
    now: pd.DataFrame, before: pd.DataFrame, target: str, hidden: Collection[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep one target, and take soft evidence together in both runs where it is in one."""
    now, before = now[now["target"] == target], before[before["target"] == target]
    if not any(table["feature"].eq(VEILED).any() for table in (now, before)):
        return (_veiled(now, [*hidden]), _veiled(before, [*hidden])) if hidden else (now, before)
    features = pd.concat([now["feature"], before["feature"]]).unique()
    logged = [name for name in features if name in LOGGED or str(name).startswith(LOGGED_TOO)]
    whole = [*hidden, *logged, VEILED]
    return _veiled(now, whole), _veiled(before, whole)


def _veiled(table: pd.DataFrame, features: list[str]) -> pd.DataFrame:
    columns = ["area_code", "target", "feature", "indicator", "theme", "value", "contribution"]
    return veil(table.reindex(columns=columns), features)


def _both(now: pd.DataFrame, before: pd.DataFrame, target: str) -> pd.DataFrame:
    """Return the risks of the two runs and their intervals, by area code, of areas that have one now."""
    names = {f"risk_{target}": "", f"risk_{target}_low": "_low", f"risk_{target}_high": "_high"}
    tables = [
        risks.drop_duplicates("area_code")
        .set_index("area_code")
        .reindex(columns=list(names))
        .set_axis([f"{when}{part}" for part in names.values()], axis=1)
        for when, risks in (("now", now), ("before", before))
    ]
    joined = tables[0].join(tables[1])
    return joined[joined["now"].notna()].sort_index()


def _parts(now: pd.DataFrame, before: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return what each thing that the model reads added to the log-odds, then and now."""
    labels = dict(zip(indicators["indicator"], indicators["label"], strict=True))
    sums = []
    for table in (before, now):
        group = table["indicator"].where(table["indicator"].ne(""), table["feature"])
        sums.append(table.assign(group=group).groupby(["area_code", "group"])["contribution"].sum())
    joined = pd.concat(sums, axis=1, keys=["before", "now"]).fillna(0.0).reset_index()
    rows = pd.concat([before, now])
    subject = rows["indicator"].where(rows["indicator"].ne(""), rows["feature"])
    themes = dict(zip(subject, rows["theme"], strict=True))
    joined["label"] = [labels.get(name) or feature_label(str(name)) for name in joined["group"]]
    joined["theme"] = joined["group"].map(themes).fillna("")
    joined["difference"] = joined["now"] - joined["before"]
    joined["words"] = _part_words(joined)
    joined["size"] = joined["difference"].abs().round(9)
    joined = joined.sort_values(["area_code", "size", "group"], ascending=[True, False, True])
    joined["order"] = joined.groupby("area_code").cumcount() + 1
    return joined[list(COLUMNS)].reset_index(drop=True)


def _part_words(parts: pd.DataFrame) -> "pd.Series[str]":
    """Say of each part which way it moved the risk, and whether it changed sides."""
    moved = np.select(
        [parts["difference"] >= HARDLY, parts["difference"] <= -HARDLY],
        ["Moved the risk up", "Moved the risk down"],
        "Hardly moved the risk",
    )
    far = parts["difference"].abs() >= HARDLY
    turned = np.select(
        [far & (parts["before"] < 0) & (parts["now"] > 0), far & (parts["before"] > 0) & (parts["now"] < 0)],
        ["; it lowered the risk before and raises it now", "; it raised the risk before and lowers it now"],
        "",
    )
    said = pd.Series(moved, parts.index, dtype=object) + pd.Series(turned, parts.index, dtype=object) + "."
    typical = parts["label"].eq(ALL_AREAS) & parts["difference"].abs().ge(HARDLY)
    return said.mask(typical, said.str.removesuffix(".") + ": all areas moved, not this one alone.")


def _sentence(row: Mapping[Any, Any], parts: pd.DataFrame, *, days: str, refitted: bool) -> str:
    """Say how the risk of an area moved, what moved it most, and how sure that is."""
    if pd.isna(row["before"]):
        return "There was no earlier risk of this question, so nothing can be compared."
    old, new = f"{row['before']:.0%}", f"{row['now']:.0%}"
    if old == new:
        said = f"The risk stayed at about {new} {days}."
    else:
        up = row["now"] > row["before"]
        said = f"The risk {'rose' if up else 'fell'} from {old} to {new} {days}{_because(parts, up=up)}."
    spread = (row["before_low"], row["before_high"], row["now_low"], row["now_high"])
    if not np.isnan(spread).any():
        low, high, lower, upper = (f"{value:.0%}" for value in spread)
        apart = spread[3] < spread[0] or spread[2] > spread[1]
        verdict = "do not overlap" if apart else "overlap, so it may not have changed"
        said += f" The two intervals ({low} to {high}, then {lower} to {upper}) {verdict}."
    return f"{said} {REFITTED}" if refitted else said


def _because(parts: pd.DataFrame, *, up: bool) -> str:
    """Name the parts that did most of it: fewest that make up half of all that pulled that way."""
    along = parts[(parts["difference"] > 0) if up else (parts["difference"] < 0)]
    if along.empty:
        return ""
    share = along["difference"].cumsum() / along["difference"].sum()
    count = min(int((share < MOST).sum()) + 1, NAMED)
    names = [_inside(label) for label in along["label"].head(count)]
    return f", mostly because of {together(names)}"


def _inside(label: str) -> str:
    """Write a label within a sentence; those of indicators stay as they are published, in quotes."""
    ours = label.startswith(("The last", "The judgement", "What is", "All "))
    return f"{label[:1].lower()}{label[1:]}" if ours else f"“{label}”"
