"""The verbs of a run: each opens its inputs, calls the pipeline, writes one folder whole, and is tracked.

``build`` → ``backtest`` → ``train`` → ``score`` → ``report``; ``run`` does them all and writes once.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from earlywarn.config import AUDIENCES, Config, did_you_mean, load_config
from earlywarn.errors import ConfigError, DateError, OutputError
from earlywarn.models.deployed import DeployedModel
from earlywarn.models.shipped import find_model
from earlywarn.models.storage import load_model
from earlywarn.pipeline import Pipeline
from earlywarn.reports.content import Content
from earlywarn.reports.folder import check_ours, output_folder
from earlywarn.results import (
    MODEL_FOLDER,
    PAGES,
    files_written,
    render,
    write_backtest,
    write_features,
    write_model,
    write_run,
    write_scores,
)
from earlywarn.schedule import as_date
from earlywarn.summary import paths, summary
from earlywarn.tracking.run import Recorder, tracked
from earlywarn.workflow.result import Result

__all__ = ["backtest", "build", "report", "run", "score", "train"]


Writer = Callable[[Pipeline, Path, Recorder], dict[str, pd.DataFrame]]


def build(config: Config | str | Path | None = None, *, progress: bool = False, **overrides: Any) -> Result:
    """Compute every feature at every quarter start up to the as-of date.

    Parameters
    ----------
    config : Config, path of a TOML file, or None
        The settings; None takes the defaults and the packaged England sample.
    progress : bool
        Show bars on a terminal.
    **overrides
        ``data, as_of, horizon, target, out, compare``: win over the settings.

    Returns
    -------
    Result
        Wrote ``features.parquet`` and ``run.json``.

    Raises
    ------
    EarlywarnError
        If the settings, the data or the output folder cannot be used; nothing is written then.
    """
    return _verb("build", [write_features], config, progress=progress, overrides=overrides)


def backtest(
    config: Config | str | Path | None = None, *, progress: bool = False, **overrides: Any
) -> Result:
    """Judge the model and the floors on inspections that they had not seen.

    Parameters
    ----------
    config, progress, **overrides
        As for ``build``.

    Returns
    -------
    Result
        Wrote ``backtest_predictions.csv``, ``backtest_metrics.csv`` and the verdicts; the summary gives
        them in words. With ``compare="hard,soft,hard+soft"`` also ``evidence_sets.csv`` and
        ``evidence_differences.csv``: what the model tells when it is given figures, soft evidence, or both.
    """
    return _verb("backtest", [write_backtest], config, progress=progress, overrides=overrides)


def train(config: Config | str | Path | None = None, *, progress: bool = False, **overrides: Any) -> Result:
    """Fit the model on all that was known at the as-of date, save it and register it.

    Parameters
    ----------
    config, progress, **overrides
        As for ``build``.

    Returns
    -------
    Result
        Wrote the folder ``model`` and ``model_card.md``. The card holds the back-test only in ``run``,
        which makes one.
    """
    return _verb("train", [write_model], config, progress=progress, overrides=overrides)


def score(
    config: Config | str | Path | None = None,
    *,
    model: str | Path | None = None,
    progress: bool = False,
    **overrides: Any,
) -> Result:
    """Give every area its risks, intervals, band and reasons.

    Parameters
    ----------
    config, progress, **overrides
        As for ``build``.
    model : path, optional
        A folder that ``train`` wrote, or the shipped ``models/england``; by default the ``model`` of the
        output folder.

    Returns
    -------
    Result
        Wrote ``risk_list.csv``, ``contributions.csv`` and the evidence.

    Raises
    ------
    ModelFileError
        If there is no such model, or it is not safe to load.
    DateError
        If the as-of date is earlier than the model's: it has learned from what came after.
    ConfigError
        If the model was trained for another horizon.
    """
    settings = _settings(config, overrides)
    saved = load_model(find_model(model or settings.output_folder / MODEL_FOLDER))
    _check_question(saved.meta, settings)
    return _verb("score", [write_scores], settings, progress=progress, saved=saved)


def report(
    config: Config | str | Path | None = None,
    *,
    run: str | Path | None = None,
    progress: bool = False,
    **overrides: Any,
) -> Result:
    """Write ``report.html`` and ``risk_list.xlsx`` from the files of a run folder.

    Parameters
    ----------
    config, **overrides
        As for ``build``; they name the folder when ``run`` does not.
    run : path, optional
        A folder that ``score`` or ``run`` wrote.
    progress : bool
        Taken for the sake of the other verbs: this one is quick.
    """
    del progress
    settings = _settings(config, overrides)
    target = Path(run) if run else settings.output_folder
    content = Content.read(target)  # a folder that cannot be read is not copied first
    made_for = str(content.run.get("audience", ""))
    if overrides.get("audience") not in {None, made_for}:
        message = (
            f"{target} was made for the audience {made_for!r}. A copy for another wants a run of its own: "
            f"`earlywarn run --audience {overrides['audience']} --out ANOTHER-FOLDER`."
        )
        raise ConfigError(message)
    with tracked("report", settings) as recorder, output_folder(target, keep=True) as folder:
        render(folder, recorder)
    return Result(target, "\n".join(paths(target, [*PAGES, "risk_list.xlsx"])))


def run(config: Config | str | Path | None = None, *, progress: bool = False, **overrides: Any) -> Result:
    """Do it all: features, back-test, training, scores, reasons and report, into one folder.

    Parameters
    ----------
    config, progress, **overrides
        As for ``build``.

    Returns
    -------
    Result
        With every file of the output folder; the summary gives the verdict in words.

    Examples
    --------
    >>> import earlywarn as ew
    >>> result = ew.run("my.toml", out="out/mine")  # doctest: +SKIP
    >>> print(result.summary)  # doctest: +SKIP
    """
    steps = [write_features, write_backtest, write_model, write_scores]
    return _verb("run", steps, config, progress=progress, overrides=overrides, report=True)


def _check_question(meta: Mapping[str, Any], settings: Config) -> None:
    """Refuse to put a question to a saved model that it was not trained for."""
    asked, trained, horizon = settings.question, as_date(meta["as_of"]), meta["horizon_months"]
    informed, audience = meta.get("informed_by", ""), settings.intelligence.informing
    if informed and AUDIENCES.index(informed) > AUDIENCES.index(audience):
        message = (
            f"The model has learned from entries for the audience {informed!r}, and these results are for "
            f"{audience!r}. Train for that audience: `earlywarn train --audience {audience}`."
        )
        raise ConfigError(message)
    if as_date(asked.as_of) < trained:
        message = (
            f"The model has learned from what was known up to {trained:%Y-%m-%d}, which at {asked.as_of} "
            "was the future. Choose a later date with --as-of, or train for that date: `earlywarn train`."
        )
        raise DateError(message)
    if asked.horizon_months != horizon:
        message = (
            f"The model was trained to look {horizon} months ahead, and {asked.horizon_months} are asked. "
            f"Ask with --horizon {horizon}, or train for the other horizon: `earlywarn train`."
        )
        raise ConfigError(message)


def _check_folder(target: Path, meta: Mapping[str, Any]) -> None:
    """Refuse to put the answer to one question beside the answer to another."""
    file = target / "run.json"
    before = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else dict(meta)
    other = [key for key in ("as_of", "horizon_months", "target", "audience") if before.get(key) != meta[key]]
    if before.get("fingerprints", {}).get("data") != meta["fingerprints"]["data"]:
        other.append("data")
    if other:
        message = (
            f"{target} holds results for another {' and '.join(other)}, which would be mixed with these. "
            "Name another folder with --out, or start afresh with `earlywarn run`."
        )
        raise OutputError(message)


def _settings(config: Config | str | Path | None, overrides: dict[str, Any]) -> Config:
    known = ("data", "sample", "as_of", "horizon", "target", "audience", "log", "compare", "out")
    unknown = [name for name in overrides if name not in known]
    if unknown:
        message = f"There is no override {unknown[0]!r}. {did_you_mean(unknown[0], known)}"
        raise ConfigError(message)
    return load_config(config, **overrides)


def _verb(
    verb: str,
    writers: Iterable[Writer],
    config: Config | str | Path | None,
    *,
    progress: bool,
    overrides: dict[str, Any] | None = None,
    saved: DeployedModel | None = None,
    report: bool = False,
) -> Result:
    """Run one verb: check first, compute, write into a staging folder, put it in place, sum up."""
    settings = _settings(config, overrides or {})
    target = settings.output_folder
    check_ours(target)
    work = Pipeline(settings, progress=progress, saved=saved)
    work.features, work.sets  # noqa: B018 - every fault of the input, before the slow part begins
    if verb != "run":
        _check_folder(target, work.meta)
    written: dict[str, pd.DataFrame] = {}
    with (
        tracked(verb, settings, data_fingerprint=work.panel.tables.fingerprint) as recorder,
        output_folder(target, keep=verb != "run") as folder,
    ):
        (folder / "evidence").mkdir(exist_ok=True)
        for write in writers:
            written |= write(work, folder, recorder)
        write_run(work, folder, verb)
        if report:
            with work.step("report"):
                render(folder, recorder)
            write_run(work, folder, verb)
        recorder.log_metrics({f"seconds.{name}": value for name, value in work.seconds.items()})
        recorder.log_file(folder / "run.json")
    files = files_written(work, written, rendered=report)
    return Result(target, summary(work, target, files), written)
