"""What a run and its plan can say of themselves, as words for the records: nothing that they do not know."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from earlywarn.reports.words import joined, window_words
from earlywarn.schedule import date_words, quarter_words
from earlywarn.schema import QUESTIONS
from earlywarn.targeting.fairness_words import weak_groups
from earlywarn.targeting.plan import Plan
from earlywarn.targeting.scored import Scored
from earlywarn.validation.splits import REFERENCE_LEAD
from earlywarn.validation.verdict import FLOOR_WORDS

__all__ = ["record_facts"]

MEASURES = {  # metric of the back-test: its words
    "auc": "AUC",
    "auc_within_last_judgement": "AUC within the same last judgement",
    "average_precision": "average precision",
    "brier": "Brier score",
    "brier_skill": "Brier skill against the training base rate",
    "calibration_slope": "calibration slope (1 is right)",
}
INFORMED = {
    "": "No concern reported by colleagues has informed the risks.",
    "open": "Reported concerns of the open tier have informed the risks.",
    "sector": "Reported concerns up to the sector tier have informed the risks.",
    "restricted": "Reported concerns of all tiers have informed the risks.",
}


def record_facts(plan: Plan, scored: Scored) -> dict[str, str]:
    """Return what is known, by name; what is not known is not there.

    Parameters
    ----------
    plan : Plan
        The programme.
    scored : Scored
        The run that it was made from.

    Returns
    -------
    dict of str to str
        Words that complete the sentences of ``atrs.toml``. Names and sources are data, not yet escaped.
    """
    said = {**_of_run(scored), **_of_plan(plan), **dict(_of_tests(plan, scored))}
    return {name: words for name, words in said.items() if words}


def _of_run(scored: Scored) -> dict[str, str]:
    """Return what the run says of itself."""
    run = scored.run
    versions = run.get("versions") or {}
    fingerprints = run.get("fingerprints") or {}
    source = str(run.get("source") or "").strip()
    licence = str(run.get("licence") or "").strip()
    return {
        "as_of": date_words(scored.as_of),
        "window": window_words(f"{scored.as_of:%Y-%m-%d}", scored.horizon),
        "question": QUESTIONS.get(scored.target, ""),
        "run": str(run.get("name") or ""),
        "model": str(run.get("model") or ""),
        "version": str(run.get("earlywarn") or ""),
        "versions": ", ".join(f"{name} {versions[name]}" for name in sorted(versions)),
        "data_fingerprint": str(fingerprints.get("data") or ""),
        "source": f"{source.rstrip('.')}." if source else "",
        "licence": f"{licence.rstrip('.')}." if licence else "",
        "calibration": str(run.get("calibration") or ""),
        "informed": INFORMED.get(str(run["informed_by"]), "") if "informed_by" in run else "",
        "trained": _trained(run),
        "features": _features(scored),
        "proxies": _proxies(scored),
    }


def _of_plan(plan: Plan) -> dict[str, str]:
    """Return what the plan says of itself."""
    about, areas = plan.about, plan.areas
    rules = about.get("rules") or {}
    quarters = list(about.get("quarters") or [])
    prints = about.get("fingerprints") or {}
    overridden = int((areas["override"] != "").sum())
    return {
        "name": str(about.get("name") or ""),
        "quarters": str(len(quarters)) if quarters else "",
        "first_quarter": quarter_words(quarters[0]) if quarters else "",
        "threshold": f"{float(about['threshold']):.0%}" if "threshold" in about else "",
        "cost_ratio": f"{float(about['cost_ratio']):g}" if "cost_ratio" in about else "",
        "solution": _solution(about),
        "tie_break": str(about.get("tie_break") or ""),
        "seed": str(about["seed"]) if "seed" in about else "",
        "useful": str(about.get("threshold_why") or ""),
        "every_months": str((rules.get("due") or {}).get("every_months") or ""),
        "areas": f"{len(areas):,}",
        "flagged": f"{int(areas['flagged'].sum()):,}",
        "planned": f"{int((areas['status'] == 'planned').sum()):,}",
        "elsewhere": f"{int((areas['status'] == 'elsewhere').sum()):,}",
        "overrides": f"Coordinators have changed the place of {_areas(overridden)} in this programme.",
        "shortfalls": f"{len(plan.shortfalls):,}",
        "fingerprints": ", ".join(f"{name} {str(prints[name])[:12]}" for name in sorted(prints)),
        "audience": str(about.get("audience") or ""),
    }


def _areas(count: int) -> str:
    """Write how many areas.

    Examples
    --------
    >>> _areas(0), _areas(1), _areas(1_500)
    ('no area', '1 area', '1,500 areas')
    """
    return {0: "no area", 1: "1 area"}.get(count, f"{count:,} areas")


def _solution(about: Mapping[str, Any]) -> str:
    """Say how good the plan is known to be.

    Examples
    --------
    >>> _solution({"gap": 0.0}), _solution({"gap": 0.0083})
    ('No plan under these rules that staffs as many places has a higher expected benefit.',
     'Its expected benefit is proven to be within 0.9% of the best that these rules allow.')
    """
    gap = float(about.get("gap", math.nan))
    if not math.isfinite(gap):
        return ""
    if gap <= 0:
        return "No plan under these rules that staffs as many places has a higher expected benefit."
    above = -(-gap * 1_000 // 1) / 10  # rounded up: the promise must hold
    return f"Its expected benefit is proven to be within {above:.1f}% of the best that these rules allow."


def _trained(run: Mapping[str, Any]) -> str:
    """Say on how much the model was fitted."""
    trained = run.get("trained_on") or {}
    if not {"rows", "inspections"} <= set(trained):
        return ""
    events = trained.get("events") or {}
    counts = joined([f"{count:,} with {QUESTIONS.get(name, name)}" for name, count in events.items()])
    inspections = trained["inspections"]
    told = f"{trained['rows']:,} labelled rows from {inspections:,} inspection{'s' * (inspections != 1)}"
    return f"{told}: {counts}." if counts else f"{told}."


def _features(scored: Scored) -> str:
    """List what the model reads, in the words of the data."""
    table = scored.contributions
    if table.empty:
        return ""
    own = table[(table["target"] == scored.target) & (table["feature"] != "baseline")]
    labels = dict(zip(scored.indicators["indicator"], scored.indicators["label"], strict=True))
    named = sorted(
        {
            str(labels.get(indicator) or feature.replace("__", ": ").replace("_", " "))
            for feature, indicator in zip(own["feature"], own["indicator"].fillna(""), strict=True)
        },
        key=str.casefold,
    )
    return f"{len(named)} inputs for each area: {'; '.join(named)}." if named else ""


def _proxies(scored: Scored) -> str:
    """Say whether the model reads deprivation."""
    if scored.contributions.empty:
        return ""
    read = scored.contributions["feature"].astype(str).str.contains("fsm|deprivation", regex=True).any()
    if read:
        return "It reads the share of pupils with free school meals, a measure of deprivation."
    return "It reads no measure of deprivation, though what it reads may go along with one."


def _of_tests(plan: Plan, scored: Scored) -> Iterator[tuple[str, str]]:
    """Yield what the back-test says."""
    rows = scored.metrics
    if not rows.empty:
        rows = rows[(rows["target"] == scored.target) & (rows["lead_months"] == REFERENCE_LEAD)]
        ran = set(rows["model"])
        yield "floors", "; ".join(words for name, words in FLOOR_WORDS.items() if name in ran)
        yield "performance", _performance(rows[rows["model"] == "default"])
    told = scored.verdicts
    if not told.empty:
        told = told[(told["target"] == scored.target) & (told["lead_months"] == REFERENCE_LEAD)]
        yield "verdict", " ".join(map(str, told["text"]))
    yield "weak_groups", weak_groups(plan.fairness)


def _performance(rows: pd.DataFrame) -> str:
    """Write the measures of the model, each with its interval."""
    known = {str(row["metric"]): row for row in rows.to_dict("records") if pd.notna(row["value"])}
    written = []
    for metric, words in MEASURES.items():
        if metric in known:
            row = known[metric]
            interval = (
                f" (95% interval {row['low']:.2f} to {row['high']:.2f})" if pd.notna(row["low"]) else ""
            )
            written.append(f"{words} {row['value']:.2f}{interval}")
    if not written:
        return ""
    first = next(iter(known.values()))
    return (
        f"At 90 days' lead, over {int(first['n']):,} past inspections with {int(first['events']):,} events: "
        f"{'; '.join(written)}."
    )
