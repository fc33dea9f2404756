"""What a run leaves behind: every file of the run folder, and the entries of the record.

Each writer takes the pipeline, writes into a staging folder and returns the tables that it wrote.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from earlywarn.models.storage import save_model
from earlywarn.pipeline import DEFAULT, Pipeline
from earlywarn.reports.content import Content
from earlywarn.reports.render import render_curves, render_report
from earlywarn.reports.signals import render_signals
from earlywarn.reports.tables import write_csv
from earlywarn.reports.workbook import write_workbook
from earlywarn.tracking.card import model_card
from earlywarn.tracking.registry import register
from earlywarn.tracking.run import Recorder, versions
from earlywarn.validation.splits import REFERENCE_LEAD

__all__ = [
    "MODEL_FOLDER",
    "PAGES",
    "files_written",
    "render",
    "write_backtest",
    "write_features",
    "write_model",
    "write_run",
    "write_scores",
]

MODEL_FOLDER = "model"
PAGES = ("report.html", "signals.html")
COMPARED = ("evidence_sets.csv", "evidence_differences.csv", "evidence/added.csv")
PREDICTION_COLUMNS = [
    "area_code", "inspection_id", "as_of", "lead_months", "target", "model", "risk", "label",
    "label_known_on",
]  # fmt: skip


def write_features(work: Pipeline, folder: Path, _: Recorder) -> dict[str, pd.DataFrame]:
    """Write the feature matrix."""
    work.shown_matrix.to_parquet(folder / "features.parquet")
    return {"features.parquet": work.shown_matrix}


def write_backtest(work: Pipeline, folder: Path, recorder: Recorder) -> dict[str, pd.DataFrame]:
    """Write what the models said, how good it was, and the verdicts."""
    judged = work.judged
    order = ["target", "lead_months", "model", "as_of", "area_code"]
    tables = {
        "backtest_predictions.csv": work.backtest.predictions.sort_values(order)[PREDICTION_COLUMNS],
        "backtest_metrics.csv": judged["metrics"],
        "evidence/comparison.csv": judged["comparison"],
        "evidence/verdicts.csv": judged["verdicts"],
        "evidence/reliability.csv": judged["reliability"],
        "evidence/groups.csv": judged["groups"],
    }
    compared = dict(zip(COMPARED, work.compared.values(), strict=False))
    for name in set(COMPARED) - set(compared):
        (folder / name).unlink(missing_ok=True)  # of an earlier run into this folder
    tables |= compared
    own = _at_reference_lead(judged["metrics"])
    own = own[own["model"] == DEFAULT]
    recorder.log_metrics(dict(zip(own["target"] + "." + own["metric"], own["value"], strict=True)))
    recorder.log_text(
        render_curves(judged["reliability"], work.config.question.target), "figures/reliability.html"
    )
    return _write_tables(tables, folder, recorder)


def _at_reference_lead(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["lead_months"] == REFERENCE_LEAD]


def write_model(work: Pipeline, folder: Path, recorder: Recorder) -> dict[str, pd.DataFrame]:
    """Save the model with its card, and register it."""
    deployed = work.deployed
    card = _card(work)
    if work.veiled:  # it has learned from entries that the audience may not know of
        (folder / "model_card.md").write_text(card, encoding="utf-8")
        return {}
    save_model(deployed, folder / MODEL_FOLDER)
    for place in (folder, folder / MODEL_FOLDER):
        (place / "model_card.md").write_text(card, encoding="utf-8")
    with work.step("register"):
        register(
            folder / MODEL_FOLDER,
            recorder=recorder,
            name=f"earlywarn-{work.config.name}",
            card_text=card,
            features=deployed.features,
            tags={
                "as_of": deployed.meta["as_of"],
                "horizon_months": deployed.meta["horizon_months"],
                **{f"{of}_fingerprint": value for of, value in deployed.meta["fingerprints"].items()},
            },
        )
    return {}


def write_scores(work: Pipeline, folder: Path, recorder: Recorder) -> dict[str, pd.DataFrame]:
    """Write the risk list, what every risk is made of, and the evidence behind it."""
    tables = {"risk_list.csv": work.listed, "contributions.csv": work.told.drop(columns="hidden")}
    tables |= {f"evidence/{name}.csv": table for name, table in work.evidence.items()}
    return _write_tables(tables, folder, recorder)


def _write_tables(
    tables: dict[str, pd.DataFrame], folder: Path, recorder: Recorder
) -> dict[str, pd.DataFrame]:
    for name, table in tables.items():
        write_csv(table, folder / name)
        if "/" not in name:
            recorder.log_file(folder / name)
    return tables


def _card(work: Pipeline) -> str:
    """Write the model's card, with the back-test if one was run."""
    judged = work.judged if "judged" in vars(work) else {}
    return model_card(
        {"earlywarn": versions()["earlywarn"], "versions": versions(), **work.deployed.meta},
        features=_labelled(work),
        metrics=judged.get("metrics"),
        verdicts=judged.get("verdicts"),
        groups=judged.get("groups"),
    )


def _labelled(work: Pipeline) -> pd.DataFrame:
    """Describe the model's features, each with its indicator's label before the words."""
    listed = work.described.loc[list(work.deployed.features)]
    labels = listed["indicator"].map(work.panel.indicators.set_index("indicator")["label"]).fillna("")
    spoken = labels.where(labels == "", labels + " ") + listed["words"]
    return listed.assign(words=spoken)


def write_run(work: Pipeline, folder: Path, verb: str) -> None:
    """Write what the folder is, and how it came about."""
    file = folder / "run.json"
    before = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    about = {"earlywarn": versions()["earlywarn"], "verb": verb, **work.meta, "versions": versions()}
    if "deployed" in vars(work):
        traced = ("trained_on", "calibration")
        about |= {name: work.deployed.meta[name] for name in traced if name in work.deployed.meta}
    if "backtest" in vars(work):
        about["skipped_origins"] = work.backtest.skipped
        about["evidence_sets"] = work.sets
    if "signalled" in vars(work):
        about["not_related"] = work.unrelated
    if "unread" in vars(work):
        about["not_read"] = work.unread
    about["seconds"] = {**before.get("seconds", {}), **work.seconds}
    text = json.dumps({**before, **about}, indent=2, ensure_ascii=False)
    file.write_text(f"{text}\n", encoding="utf-8")


def render(folder: Path, recorder: Recorder) -> None:
    """Draw the pages and the workbook from the files of the folder."""
    content = Content.read(folder)
    (folder / "report.html").write_text(render_report(content), encoding="utf-8")
    (folder / "signals.html").write_text(render_signals(content), encoding="utf-8")
    write_workbook(content, folder / "risk_list.xlsx")
    for page in PAGES:
        recorder.log_file(folder / page)


def files_written(work: Pipeline, written: Iterable[str], *, rendered: bool) -> list[str]:
    """Name what a verb wrote for people to open; the evidence is left out.

    Parameters
    ----------
    work : Pipeline
        What was computed.
    written : iterable of str
        The tables that the writers wrote.
    rendered : bool
        Whether the report was drawn.
    """
    files = [*PAGES, "risk_list.xlsx"] if rendered else []
    files += [name for name in written if "/" not in name]
    if "deployed" in vars(work) and work.saved is None:
        files += ["model_card.md"] if work.veiled else ["model_card.md", MODEL_FOLDER]
    return files
