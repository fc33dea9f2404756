"""One self-contained page: no network, no script needed, every figure from the run folder's files."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from earlywarn.reports.added import added_tables
from earlywarn.reports.areas import area_sections
from earlywarn.reports.content import TARGETS, Content
from earlywarn.reports.entries import made_for, published_until
from earlywarn.reports.figures import reliability_curve
from earlywarn.reports.listing import list_rows, unscored_areas
from earlywarn.reports.pages import fingerprint, page_environment, resource
from earlywarn.reports.tables import Row, rows_in
from earlywarn.reports.words import BANDS, DASH, window_words
from earlywarn.schedule import date_words
from earlywarn.schema import QUESTIONS

__all__ = ["made", "model_words", "render_report"]

HEADLINES = {  # the measures that stand in the tables; the rest are in backtest_metrics.csv
    "auc": "AUC",
    "auc_within_last_judgement_and_year": "AUC within the same last judgement and year",
    "average_precision": "Average precision",
    "brier": "Brier score",
    "brier_skill": "Brier skill",
    "brier_skill_recent": "Brier skill against the last 24 months",
    "calibration_slope": "Calibration slope",
}
MODELS = {
    "default": "This model",
    "base_rate": "Base rate",
    "majority_class": "Majority class",
    "deprivation": "Deprivation only",
    "last_judgement": "Last judgement",
    "history_only": "This model, past judgements alone",
}
DEFAULT = "default"  # the deployed model
MARKS = {
    "yes": "✓ Closer to what happened",
    "no": "\u2013 Not clearly closer to what happened",
    "open": "○ No verdict",
}
REFERENCE_LEAD = 3  # months: the 90 days of the reference evaluation


def render_report(content: Content) -> str:
    """Return the report as one HTML page.

    Parameters
    ----------
    content : Content
        What ``Content.read`` found in a run folder.

    Returns
    -------
    str
        The page. It needs nothing but itself, and may be opened from a file share.
    """
    style, script = (resource(name) for name in ("report.css", "report.js"))
    rows = list_rows(content)
    verdicts = list(verdict_cards(content))
    bands = {row.band for row in rows}
    return (
        page_environment()
        .get_template("report.html.j2")
        .render(
            style=style,
            style_hash=fingerprint(style),
            script=script,
            script_hash=fingerprint(script),
            name=content.run.get("name", "run"),
            as_of=date_words(content.as_of),
            window=window_words(content.as_of, content.horizon),
            question=QUESTIONS[content.target],
            headline=next((verdict for verdict in verdicts if verdict["chosen"]), None),
            verdicts=verdicts,
            rows=rows,
            regions=sorted({row.region for row in rows if row.region}),
            bands=[band for band in BANDS if band in bands],
            scored=len(content.risks),
            signals=not content.signals.empty,
            areas=area_sections(content),
            backtests=list(backtests(content)),
            curves=list(curves(content.reliability, content.target)),
            unscored=unscored_areas(content),
            made=list(made(content.run)),
            made_for=[words for words in (published_until(content), *made_for(content)) if words],
            added=list(
                added_tables(content.sets, content.differences, content.added, in_order(content.target))
            ),
        )
    )


def in_order(target: str) -> list[str]:
    """Return the questions, the chosen one first."""
    return [target, *(other for other in TARGETS if other != target)]


def lead_words(lead: float) -> str:
    """Return a lead time in words.

    Examples
    --------
    >>> lead_words(3), lead_words(12)
    ('90 days ahead', '12 months ahead')
    """
    return "90 days ahead" if lead == REFERENCE_LEAD else f"{lead:g} months ahead"


def verdict_cards(content: Content) -> Iterator[dict[str, Any]]:
    """Yield the verdict on each question: the shortest lead first, the others below it."""
    passed = {"true": "yes", "false": "no"}
    for target in in_order(content.target):
        found = content.verdicts[content.verdicts["target"] == target].sort_values("lead_months")
        if found.empty:
            continue
        first, *later = rows_in(found)
        mark = passed.get(first.passed.lower(), "open")
        yield {
            "chosen": target == content.target,
            "title": QUESTIONS[target].capitalize(),
            "passed": mark,
            "mark": MARKS[mark],
            "lead": lead_words(first.lead_months).capitalize(),
            "plain": headline(first.text),
            "text": first.text.removeprefix(headline(first.text)).strip(),
            "later": [
                {"lead": lead_words(row.lead_months).capitalize(), "text": headline(row.text)}
                for row in later
            ],
        }


def headline(text: str) -> str:
    """Return the first sentence of a verdict, which says it plainly; the figures stand in the back-test.

    Examples
    --------
    >>> headline("Better than the last judgement alone. At 6 months' lead, ...")
    'Better than the last judgement alone.'
    """
    first, stop, _ = text.partition(". ")
    return first + stop.strip()


def backtests(content: Content) -> Iterator[dict[str, Any]]:
    """Yield a table for each question and lead; the shortest lead of each stands open."""
    shown = content.metrics[content.metrics["metric"].isin(HEADLINES)]
    for target in in_order(content.target):
        of_target = shown[shown["target"] == target]
        for number, lead in enumerate(sorted(of_target["lead_months"].unique().tolist())):
            race = of_target[of_target["lead_months"] == lead]
            title = f"{QUESTIONS[target].capitalize()}, {lead_words(lead)}"
            yield {
                "title": title,
                "open": not number,
                "table": metric_table(race, title),
            }


def metric_table(race: pd.DataFrame, caption: str) -> Markup:
    """Return the measures of all models in one race: models in rows, ours first."""
    measures = [metric for metric in HEADLINES if metric in set(race["metric"])]
    others = sorted(set(race["model"]) - set(MODELS))
    models = [model for model in (DEFAULT, *others, *list(MODELS)[1:]) if model in set(race["model"])]
    cells = {(row.model, row.metric): row for row in rows_in(race)}
    size = max(race["n"].fillna(0)), max(race["events"].fillna(0))
    head = "".join(f"<th scope=col>{escape(HEADLINES[metric])}" for metric in measures)
    body = "".join(
        f"<tr{' class=default' if model == DEFAULT else ''}><th scope=row>{escape(model_words(model))}"
        + "".join(f"<td>{metric_cell(cells.get((model, metric)))}" for metric in measures)
        for model in models
    )
    return Markup(  # noqa: S704 (the caption and the models' names are escaped)
        f"<p class=quiet>{size[0]:.0f} inspections, of which it happened at {size[1]:.0f}.</p>"
        f'<div class=scroll tabindex=0 role=region aria-label="{escape(caption)}"><table class=metrics>'
        f"<caption class=vh>{escape(caption)}</caption>"
        f"<thead><tr><th scope=col>Model{head}</thead><tbody>{body}</table></div>"
    )


def model_words(model: str) -> str:
    """Return a model's name as people say it."""
    return MODELS.get(model, model.replace("_", " ").capitalize())


def metric_cell(row: Row | None) -> str:
    """Return one measure with its interval; a dash where it does not exist."""
    if row is None or pd.isna(row.value):
        return DASH
    interval = (
        ""
        if pd.isna(row.low) or pd.isna(row.high)
        else f"<span class=ci>({row.low:.2f} to {row.high:.2f})</span>"
    )
    return f"{row.value:.2f}{interval}"


def render_curves(reliability: pd.DataFrame, target: str) -> str:
    """Return the reliability curves by themselves, as one HTML page.

    Parameters
    ----------
    reliability : DataFrame
        ``target, model, lead_months, bin, predicted, observed, low, high, n``.
    target : str
        The question that comes first.
    """
    body = Markup("").join(curves(reliability, target))
    return (
        '<!doctype html><html lang="en-GB"><meta charset="utf-8">'
        "<title>Did it happen as often as was said?</title>"
        f"<style>{resource('report.css')}</style><main>{body}</main></html>\n"
    )


def curves(reliability: pd.DataFrame, chosen: str) -> Iterator[Markup]:
    """Yield the deployed model's reliability at the shortest lead, one curve for each question."""
    table = reliability[reliability["model"] == DEFAULT]
    for target in in_order(chosen):
        curve = table[table["target"] == target]
        curve = curve[curve["lead_months"] == curve["lead_months"].min()].sort_values("bin")
        if not curve.empty:
            lead = lead_words(float(curve["lead_months"].iloc[0]))
            yield reliability_curve(curve, f"{QUESTIONS[target].capitalize()}, {lead}")


def made(run: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is needed in order to make the page again; no times, so that it comes out the same."""
    names = {
        "source": "Source of the data",
        "licence": "Licence",
        "as_of": "As-of date",
        "horizon_months": "Horizon, months",
        "target": "Question of the list",
        "model": "Model",
        "calibration": "Calibration",
        "trained_on": "Trained on",
        "not_read": "Indicators not read, because no area has a figure",
        "seed": "Seed",
        "fingerprints": "Fingerprints",
        "earlywarn": "earlywarn",
        "versions": "Versions",
    }
    for key, name in names.items():
        if run.get(key) not in (None, "", {}):
            yield name, flat(run[key])


def flat(value: Any) -> str:
    """Return a value of ``run.json`` on one line.

    Examples
    --------
    >>> flat({"rows": 280, "events": {"adverse": 97}})
    'rows 280; events: adverse 97'
    """
    if isinstance(value, Mapping):
        return "; ".join(
            f"{key}{':' if isinstance(item, Mapping) else ''} {flat(item)}" for key, item in value.items()
        )
    if isinstance(value, list | tuple):
        return ", ".join(flat(item) for item in value)
    return str(value)
