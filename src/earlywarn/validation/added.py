"""Does one set of evidence tell more than another? The answer in words, for each target.

A set tells more where the paired difference in Brier skill has a 95% interval wholly above zero. Verdicts are
not adjusted for there being several.
"""

from dataclasses import dataclass

import pandas as pd

from earlywarn.validation.contrast import Ends, contrast, lead_words, number, sign
from earlywarn.validation.splits import REFERENCE_LEAD
from earlywarn.validation.verdict import TARGET_WORDS, WITHOUT_FIGURES, too_few

__all__ = ["SET_WORDS", "added"]

SET_WORDS = {
    WITHOUT_FIGURES: "past judgements alone",
    "hard": "published figures",
    "soft": "soft evidence",
    "hard+soft": "figures and soft evidence together",
}
COLUMNS = ["target", "lead_months", "set", "other", "passed", "text"]
MORE = ("hard+soft", "hard")  # what soft evidence adds to figures, the question that matters most


def added(values: pd.DataFrame, differences: pd.DataFrame) -> pd.DataFrame:
    """Say in words what each set tells beyond each that was named before it.

    Parameters
    ----------
    values, differences : DataFrame
        As `earlywarn.validation.evidence_sets.compare_sets` returns them.

    Returns
    -------
    DataFrame
        ``target, lead_months, set, other, passed, text``, in the order of ``differences``, at the reference
        lead; without one, at the shortest. ``passed`` is True or False, and None where the inspections
        cannot say: fewer than 10 events or 10 others, or no interval.

    Examples
    --------
    >>> race = {"target": "adverse", "lead_months": 3, "n": 240, "events": 80}
    >>> values = pd.DataFrame([
    ...     {**race, "set": name, "metric": metric, "value": value}
    ...     for name, both in {"hard": (0.72, 0.14), "hard+soft": (0.73, 0.15)}.items()
    ...     for metric, value in zip(("auc", "brier_skill"), both)])
    >>> differences = pd.DataFrame([
    ...     {**race, "set": "hard+soft", "other": "hard", "metric": metric, "difference": 0.01, "low": -0.02,
    ...      "high": 0.04} for metric in ("auc", "brier_skill")])
    >>> print(added(values, differences).loc[0, "text"])
    Soft evidence adds nothing that can be told from chance. At 90 days' lead, risks of a judgement below
    good are not clearly closer to what happened with it than without (Brier skill 0.15 against 0.14;
    difference 0.01, 95% interval -0.02 to 0.04; AUC 0.73 against 0.72; difference 0.01, 95% interval -0.02
    to 0.04). 240 inspections, 80 events.
    """
    leads = set(differences["lead_months"])
    lead = REFERENCE_LEAD if REFERENCE_LEAD in leads else min(leads, default=REFERENCE_LEAD)
    told = values.set_index(["target", "lead_months", "set", "metric"])["value"]
    found = []
    here = differences[differences["lead_months"] == lead]
    for (target, entry, other), rows in here.groupby(["target", "set", "other"], sort=False):
        metrics = rows["metric"].tolist()
        sizes = rows.loc[rows["metric"] == "brier_skill", ["n", "events"]].to_numpy(dtype=int)
        pair = _Pair(
            target=str(target),
            lead_months=int(lead),
            names=(str(entry), str(other)),
            values={
                metric: tuple(
                    float(told.get((target, lead, one, metric), float("nan"))) for one in (entry, other)
                )
                for metric in metrics
            },
            between=dict(
                zip(metrics, rows[["difference", "low", "high"]].itertuples(index=False), strict=True)
            ),
            n=int(sizes[0, 0]),
            events=int(sizes[0, 1]),
        )
        found.append((target, lead, entry, other, *_judge(pair)))
    return pd.DataFrame(found, columns=COLUMNS).astype({"passed": object})


@dataclass(frozen=True)
class _Pair:
    """Two sets, what each measures and how they differ."""

    target: str
    lead_months: int
    names: tuple[str, str]
    values: dict[str, tuple[float, ...]]
    between: dict[str, Ends]
    n: int
    events: int

    def figures(self, metric: str, label: str) -> str:
        """Write both values and their difference; empty where there is no interval."""
        if sign(self.between, metric) is None:
            return ""
        return f"{label} {contrast(self.values[metric], self.between[metric])}"


def _judge(pair: _Pair) -> tuple[bool | None, str]:
    """Return whether the first set tells more than the second, and the text."""
    if few := too_few(pair.n, pair.events):
        return None, few
    better = sign(pair.between, "brier_skill")
    if better is None:
        return None, "Too little to say: the difference has no interval."
    close = {1: "closer to", 0: "not clearly closer to", -1: "further from"}[better]
    own, other = (SET_WORDS.get(name, name) for name in pair.names)
    compared = "with it than without" if pair.names == MORE else f"with {own} than with {other}"
    figures = [pair.figures("brier_skill", "Brier skill"), pair.figures("auc", "AUC")]
    risks = f"risks of {TARGET_WORDS.get(pair.target, pair.target)} are {close} what happened {compared}"
    sentences = [
        _headline(pair.names, better),
        f"At {lead_words(pair.lead_months)} lead, {risks} ({'; '.join(filter(None, figures))}).",
        _earlier(pair.between),
        f"{pair.n:,} inspections, {pair.events:,} events.",
    ]
    return better > 0, " ".join(filter(None, sentences))


def _headline(names: tuple[str, str], better: int) -> str:
    """Say it plainly, in the first sentence."""
    own, other = (SET_WORDS.get(name, name) for name in names)
    if names == MORE:
        return {
            1: "Soft evidence adds to the figures.",
            0: "Soft evidence adds nothing that can be told from chance.",
            -1: "With soft evidence the risks are less good than without it.",
        }[better]
    return {
        1: f"{own.capitalize()}: better than {other}.",
        0: f"{own.capitalize()}: no better than {other}, as far as these inspections can show.",
        -1: f"{own.capitalize()}: less good than {other}.",
    }[better]


def _earlier(between: dict[str, Ends]) -> str:
    """Say how much earlier events would have been on the list, where that can be said."""
    better = sign(between, "warning_months")
    if better is None:
        return ""
    by, low, high = (number(value) for value in between["warning_months"])
    words = {1: "come earlier", 0: "do not clearly come earlier or later", -1: "come later"}[better]
    return f"Warnings {words} (by {by} months, 95% interval {low} to {high}, over all events)."
