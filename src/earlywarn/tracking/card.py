"""The model card: what a model is, what it was worth, and what it must not be used for."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from earlywarn.config import TARGETS
from earlywarn.reports.words import window_words
from earlywarn.schedule import date_words
from earlywarn.schema import QUESTIONS

__all__ = ["model_card"]

REFERENCE_LEAD = 3  # months, standing for the 90 days of the reference evaluation
MODEL_WORDS = {
    "default": "this model",
    "base_rate": "floor: base rate",
    "majority_class": "floor: commoner outcome",
    "deprivation": "floor: deprivation",
    "last_judgement": "floor: last judgement",
}
MEASURES = {  # metric: (words, decimals)
    "auc": ("AUC", 2),
    "auc_within_last_judgement": ("AUC within the same last judgement", 2),
    "average_precision": ("Average precision", 2),
    "brier": ("Brier score", 3),
    "brier_skill": ("Brier skill against the training base rate", 2),
    "brier_skill_recent": ("Brier skill against the last 24 months' rate", 2),
    "calibration_slope": ("Calibration slope", 2),
    "calibration_in_the_large": ("Calibration in the large", 2),
}
GROUP_MEASURES = ("auc", "brier_skill", "calibration_in_the_large")
NOT_RECORDED = "not recorded"

USES = """\
## What it is for

To help sector bodies and peer-review coordinators decide where to offer early support, and what to ask
about first. It starts a conversation and a peer review. It is read with the soft intelligence that
experienced people already have, never instead of it.

## What it must not be used for

- It does not grade a service, a leader or a worker, and it does not predict what an inspector will write.
- No league table: the list is alphabetical, and two areas on either side of a band's border may not differ.
- No decision about a child, a family, a contract, a budget or a post may rest on it.
- It is not for publication as a statement about a named area."""

TURNED = """\
Gaps and changes are turned so that a positive one is worse, whichever way the indicator itself counts."""

INTERVALS = """\
## Intervals

Every risk carries a 95% interval, and every rank too, from refits on areas drawn anew, recalibration
included, and with the prior drawn anew for an ordered logit. They hold what is uncertain about the model, not
the luck of the day. Bands say where a whole rank interval lies: areas of the outer two do not overlap, and
those that cannot be told apart from the middle share the middle one."""

FAIRNESS = """\
## By group

The model sees areas, not people, and no personal data. It may still serve some kinds of area worse than
others: figures of small areas vary by chance and are suppressed more often, and inspections are few in each
region."""

HINDSIGHT = """\
The default list follows the field's research and earlier looks at England's figures, which had partly seen
the tested years; that the last judgement is shrunk as hard as the indicators was settled with sight of them
too. With strengths chosen on earlier years alone, the risks were no better than past judgements alone, though
the order of areas with the same last judgement was. To that extent the values below flatter the model;
inspections yet to come are the fair test."""

LIMITS = """\
## Limits

- **Conditional on an inspection.** The model learned from inspections that took place. When they take place
  is not random, so a watch-list of all areas will behave differently from the back-test.
- **Few events.** A handful of judgements more or fewer would move the figures above; read the intervals.
  Differences of a few hundredths between models cannot be proven here.
- **Figures are late.** Published indicators describe a year that ended months before; decline can take three
  months. A missing or late return is something to ask about.
- **Vintage.** The figures are those of the publications read, each counted from the day on which it can be
  taken as public. Earlier, unrevised values may have differed.
- **Joint returns.** Some areas report together; their figures describe both, not either.
- **Association is not cause.** A reason says what the model saw, not what an area did wrong. Recovery can
  look like decline while thresholds are reset.
- **Areas that split or merged** carry a short history; the risk leans on the average more than for others."""


def model_card(
    facts: Mapping[str, Any],
    *,
    features: pd.DataFrame,
    metrics: pd.DataFrame | None = None,
    verdicts: pd.DataFrame | None = None,
    groups: pd.DataFrame | None = None,
) -> str:
    """Write the card in Markdown.

    Parameters
    ----------
    facts : mapping
        What ``run.json`` holds: ``name, as_of, horizon_months, target, model, seed, earlywarn, versions,
        fingerprints, source, licence, trained_on, calibration``. One that is missing is "not recorded".
    features : DataFrame
        The model's features, indexed by ``feature`` (or with that column), with any of ``words, theme, unit,
        polarity``; in the order in which they are to be listed.
    metrics : DataFrame, optional
        The rows of ``backtest_metrics.csv``. Without them the card says that the model was not back-tested.
    verdicts : DataFrame, optional
        ``target, lead_months, passed, text``.
    groups : DataFrame, optional
        How the model does by group, as `earlywarn.validation.groups` returns it.

    Returns
    -------
    str
        The same text for the same arguments, ending in a line end.

    Examples
    --------
    >>> facts = {"name": "england", "as_of": "2025-04-01", "horizon_months": 12, "target": "adverse"}
    >>> card = model_card(facts, features=pd.DataFrame({"feature": ["last_overall"]}))
    >>> card.splitlines()[0]
    '# Model card: england, as of 1 April 2025'
    """
    parts = [
        _heading(facts),
        USES,
        _question(facts),
        _data(facts),
        _features(features, facts.get("not_read", ())),
        _validation(metrics, verdicts),
        _calibration(facts, metrics),
        INTERVALS,
        LIMITS,
        _fairness(groups, facts.get("target")),
        _provenance(facts),
    ]
    return "\n\n".join(parts) + "\n"


def _heading(facts: Mapping[str, Any]) -> str:
    as_of = date_words(facts["as_of"])
    kind = facts.get("model", NOT_RECORDED)
    return (
        f"# Model card: {facts['name']}, as of {as_of}\n\n"
        f"A model of kind `{kind}` that gives every area the risk of a judgement, with its uncertainty and\n"
        "its reasons. It was fitted only on what was known before the as-of date."
    )


def _question(facts: Mapping[str, Any]) -> str:
    horizon = int(facts["horizon_months"])
    window = window_words(facts["as_of"], horizon)
    lines = []
    for target in TARGETS:
        chosen = " (bands and ranks follow this one)" if target == facts.get("target") else ""
        lines.append(f"- `{target}`: {QUESTIONS[target]}{chosen}")
    return "\n".join(
        [
            "## The question",
            "",
            f"If an inspection starts in the {horizon} months from {window}, how likely is",
            "",
            *lines,
            "",
            "`decline` leaves out areas whose last judgement is already inadequate, and areas that have not",
            "been judged yet: their other risks lean on their figures alone.",
        ]
    )


def _data(facts: Mapping[str, Any]) -> str:
    trained = facts.get("trained_on") or {}
    events = trained.get("events") or {}
    counts = ", ".join(f"{events[target]:,} `{target}`" for target in TARGETS if target in events)
    rows = f"{trained['rows']:,} labelled rows" if "rows" in trained else f"labelled rows ({NOT_RECORDED})"
    rows += f" from {trained['inspections']:,} inspections" if "inspections" in trained else ""
    rows += f" known before {date_words(facts['as_of'])}"
    return (
        f"## Data\n\n{facts.get('source') or f'Source: {NOT_RECORDED}'}\n\n"
        f"Trained on {rows}{f'; events: {counts}' if counts else ''}.\n"
        "An inspection counts once, however many as-of dates it labels, and its outcome counts from the day\n"
        "on which its report was published."
    )


def _features(features: pd.DataFrame, not_read: Sequence[str] = ()) -> str:
    unread = f" No figure was known for {', '.join(not_read)}, so those had no effect." if not_read else ""
    listed = features if "feature" in features else features.rename_axis("feature").reset_index()
    shown = [column for column in ("feature", "words", "theme", "unit", "polarity") if column in listed]
    table = listed[shown].rename(columns={"words": "meaning", "polarity": "which way is worse"})
    table = table.assign(feature="`" + table["feature"].astype(str) + "`")
    if "meaning" in table:  # the catalogue's words have a place for the value
        table["meaning"] = table["meaning"].str.replace(r"\{\w+\}", "...", regex=True)
    return (
        f"## Features\n\n{len(table)} in all, fixed beforehand: no step of the run chose among them.\n"
        f"{HINDSIGHT}\n\n{_markdown(table)}\n\n{TURNED}{unread}"
    )


def _validation(metrics: pd.DataFrame | None, verdicts: pd.DataFrame | None) -> str:
    title = "## What it was worth"
    if metrics is None or metrics.empty:
        return f"{title}\n\nThis model was not back-tested, so nothing is known about its worth."
    lines = [
        title,
        "",
        "Every tested inspection was predicted once for each lead, by a model that saw only what was known",
        "before. Values stand with 95% intervals from resampled areas.",
    ]
    if verdicts is not None and not verdicts.empty:
        lines += ["", "**Verdict.**", ""]
        ordered = verdicts.sort_values(["target", "lead_months"], kind="stable")
        lines += [f"- `{row['target']}`: {row['text']}" for row in ordered.to_dict("records")]
    for target in TARGETS:
        table = _races(metrics[metrics["target"] == target])
        if not table.empty:
            lines += ["", f"### `{target}`: {QUESTIONS[target]}", "", _markdown(table)]
    return "\n".join(lines)


def _races(rows: pd.DataFrame) -> pd.DataFrame:
    """One line per measure of this model at every lead, and of the floors at the reference lead."""
    wanted = rows[rows["metric"].isin(MEASURES)]
    ours = wanted["model"] == "default"
    floors = wanted["model"].isin(MODEL_WORDS) & (wanted["lead_months"] == REFERENCE_LEAD)
    floors &= ~wanted["metric"].str.startswith("calibration")  # a floor is not meant to be calibrated
    models = list(MODEL_WORDS)
    measures = list(MEASURES)
    ordered = wanted[ours | floors]
    ordered = ordered.assign(
        order=ordered["model"].map(models.index), measure=ordered["metric"].map(measures.index)
    )
    ordered = ordered.sort_values(["order", "lead_months", "measure"], kind="stable")
    lines = [
        {
            "model": MODEL_WORDS[row["model"]],
            "lead": "90 days" if row["lead_months"] == REFERENCE_LEAD else f"{row['lead_months']} months",
            **_measured(row),
        }
        for row in ordered.to_dict("records")
    ]
    return pd.DataFrame(lines)


def _measured(row: Mapping[Any, Any]) -> dict[str, str]:
    words, decimals = MEASURES[row["metric"]]
    shown = [f"{round(row[name], decimals) + 0.0:.{decimals}f}" for name in ("value", "low", "high")]
    value = shown[0]  # + 0.0 above: no "-0.00"
    if pd.isna(row["value"]):
        value = row.get("reason") or "cannot be computed"
    elif pd.isna(row["low"]) or pd.isna(row["high"]):
        value += " (no interval)"
    else:
        value += f" ({shown[1]} to {shown[2]})"
    return {
        "measure": words,
        "value": value,
        "n": f"{int(row['n']):,}",
        "events": f"{int(row['events']):,}",
    }


def _calibration(facts: Mapping[str, Any], metrics: pd.DataFrame | None) -> str:
    words = facts.get("calibration") or f"How the risks were calibrated: {NOT_RECORDED}."
    if metrics is not None and not metrics.empty:
        slopes = metrics[(metrics["model"] == "default") & (metrics["lead_months"] == REFERENCE_LEAD)]
        slopes = slopes[(slopes["metric"] == "calibration_slope") & (slopes["target"] == facts.get("target"))]
        for row in slopes.to_dict("records"):
            slope = _measured(row)["value"]
            words += (
                f" In the back-test of `{row['target']}` the calibration slope was {slope};"
                " 1 is right, below 1 the risks were too extreme."
            )
    return f"## Calibration\n\n{words}"


def _fairness(groups: pd.DataFrame | None, target: object) -> str:
    if groups is None or groups.empty:
        return f"{FAIRNESS} No table by group was computed for this model, so this is not known."
    rows = groups[(groups["model"] == "default") & (groups["lead_months"] == REFERENCE_LEAD)]
    rows = rows[(rows["target"] == target) & rows["metric"].isin(GROUP_MEASURES)]
    lines = [
        {
            "group": f"{row['group']}: {row['level']}",
            **_measured(row),
        }
        for row in rows.to_dict("records")
    ]
    return f"{FAIRNESS}\n\n`{target}`, at 90 days' lead:\n\n{_markdown(pd.DataFrame(lines))}"


def _provenance(facts: Mapping[str, Any]) -> str:
    fingerprints = facts.get("fingerprints") or {}
    versions = facts.get("versions") or {}
    listed = ", ".join(f"{name} {versions[name]}" for name in sorted(versions))
    return "\n".join(
        [
            "## Where it comes from",
            "",
            f"- Data, SHA-256: `{fingerprints.get('data', NOT_RECORDED)}`",
            f"- Configuration, SHA-256: `{fingerprints.get('config', NOT_RECORDED)}`",
            f"- Seed: {facts.get('seed', NOT_RECORDED)}",
            f"- Versions: {listed or NOT_RECORDED}",
            f"- Licence of the data: {facts.get('licence') or NOT_RECORDED}",
            "- Licence of the code and of this model: Apache-2.0",
            "- Saved without pickle; loading refuses anything else",
        ]
    )


def _markdown(table: pd.DataFrame) -> str:
    """Write a table in Markdown; pandas needs another package for that."""
    cells = [[str(column) for column in table.columns], ["---"] * table.shape[1]]
    cells += [[_cell(value) for value in row] for row in table.itertuples(index=False)]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def _cell(value: Any) -> str:
    text = "" if pd.isna(value) else str(value)
    text = text.replace("|", "\\|").replace("\n", " ")
    return text if text.startswith("`") else text.replace("_", " ")
