"""The verbs around a programme: its inputs, overrides, outcomes, and what reviews found."""

import datetime as dt
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pandas as pd

from earlywarn.errors import ConfigError, OutputError
from earlywarn.intelligence.kinds import read_kinds
from earlywarn.reports.folder import check_ours, output_folder
from earlywarn.reports.programme.files import read_plan
from earlywarn.reports.tables import write_csv
from earlywarn.schedule import quarter_words
from earlywarn.sources.programme import (
    ProgrammeInputs,
    read_overrides_rows,
    read_overrides_workbook,
    read_programme,
)
from earlywarn.sources.programme_tables import INPUT_COLUMNS
from earlywarn.targeting.candidates import make_candidates
from earlywarn.targeting.feedback import concerns_from, labels_from
from earlywarn.targeting.outcomes import follow_up
from earlywarn.targeting.overrides import append_overrides
from earlywarn.targeting.rules import read_rules, starter_rules
from earlywarn.workflow.planning import RULES, inputs_folder, scored_run
from earlywarn.workflow.result import Result

__all__ = ["feedback", "outcomes", "override", "start_inputs"]

OVERRIDES = "overrides.csv"
LABELS = "labels.csv"  # a folder with this file holds what came of reviews


def start_inputs(folder: str | Path, *, sample: str | None = None) -> Result:
    """Write a folder of inputs to fill in: the commented rules, and tables that hold only their header.

    Parameters
    ----------
    folder : path
        A new or empty folder, or one that lacks the files.
    sample : str, optional
        Copy the made-up inputs of a packaged sample, instead of empty ones.

    Raises
    ------
    OutputError
        If one of the files is there already; nothing is written then.
    """
    target = Path(folder)
    home = inputs_folder(None, sample)
    contents = (
        _started() if home is None else {file.name: file.read_bytes() for file in sorted(home.iterdir())}
    )
    there = sorted(name for name in contents if (target / name).exists())
    if there:
        named = ", ".join(there)
        message = (
            f"{target} holds {named} already, which was left alone. Name another folder, or move it away."
        )
        raise OutputError(message)
    target.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (target / name).write_bytes(content)
    written = "\n".join(f"  {target / name}" for name in contents)
    return Result(target, f"Written:\n{written}\nNext:  earlywarn plan --run RUN_FOLDER --inputs {target}")


def override(
    run: str | Path,
    inputs: str | Path,
    *,
    workbook: str | Path | None = None,
    decided_on: str | None = None,
    **cells: str | None,
) -> Result:
    """Add overrides to the folder of inputs: one from words, or those of a workbook's sheet.

    Parameters
    ----------
    run : path
        The scored run, which knows the areas and the programme's quarters.
    inputs : path
        The folder whose ``overrides.csv`` gains rows; what is there stays.
    workbook : path, optional
        ``programme.xlsx`` with its sheet *Overrides* filled in. Rows that are in the file already are not
        added again.
    decided_on : str, optional
        YYYY-MM-DD; by default today.
    **cells
        ``area, action, quarter, after, reason, by`` of one override.

    Raises
    ------
    ConfigError
        If both or neither are given.
    DataError
        With every fault; nothing is written.
    """
    said = {name: text for name, text in cells.items() if text}
    if bool(said) == (workbook is not None):
        message = "Give either one override (--area, --action, --reason ...) or a workbook with --from."
        raise ConfigError(message)
    scored = scored_run(run)
    home = _folder(inputs)
    areas = scored.risks[["area_code", "name", "region"]]
    given = read_programme(home, areas=areas)
    if workbook is not None:
        fresh = read_overrides_workbook(workbook, areas=areas)
    else:
        day = decided_on or f"{dt.datetime.now(tz=dt.UTC).date():%Y-%m-%d}"
        fresh = read_overrides_rows([{**said, "decided_on": day}], areas=areas)
    names = dict(zip(areas["area_code"], areas["name"], strict=True))
    whole = append_overrides(given.overrides, fresh, names=names)
    added = len(whole) - len(given.overrides)
    rules = read_rules(home / RULES if (home / RULES).is_file() else None)
    make_candidates(scored, replace(given, overrides=whole), rules)  # refuses what cannot be planned
    if not added:
        return Result(home, "Nothing new: all of it is on record already.", {"overrides": whole})
    _write_in_one_step(whole, home / OVERRIDES)
    told = [
        f"  {row['override_id']}: {row['action']} {names[row['area_code']]}"
        + (f", {quarter_words(row['quarter'])}" if pd.notna(row["quarter"]) else "")
        + (f", after {names[row['after']]}" if row["after"] else "")
        for row in whole.tail(added).to_dict("records")
    ]
    return Result(home, "\n".join([f"Added to {home / OVERRIDES}:", *told]), {"overrides": whole})


def outcomes(planned: str | Path, run: str | Path, *, out: str | Path | None = None) -> Result:
    """Ask whether judgement or model did better: what inspections and reviews have brought since a plan.

    Parameters
    ----------
    planned : path
        A folder that ``plan`` wrote; the overrides and findings are those it keeps a copy of.
    run : path
        A later run folder, whose judgements are read as far as they were known at its as-of date.
    out : path, optional
        A CSV file for the table of overrides.

    Returns
    -------
    Result
        With the tables ``outcomes``, a row for each group of areas, and ``overrides``; the summary says
        whether they can be told apart.

    Raises
    ------
    ConfigError
        If the run is not later than the plan.
    """
    plan, later = read_plan(planned), scored_run(run)
    decided_on = pd.Timestamp(str(plan.about["as_of"]))
    if later.as_of <= decided_on:
        message = (
            f"{run} is as of {later.as_of:%Y-%m-%d}, no later than the plan. Name a later run with --run."
        )
        raise ConfigError(message)
    home = Path(planned) / "inputs"
    areas = plan.areas[["area_code", "name", "region"]]
    given = read_programme(home, areas=areas) if home.is_dir() else ProgrammeInputs()
    told = follow_up(
        plan.areas,
        given.overrides,
        later.judgements,
        given.findings,
        decided_on=decided_on,
        until=later.as_of,
        target=str(plan.about["target"]),
    )
    file = Path(out) if out is not None else None
    if file is not None:
        write_csv(told.overrides, file)
    written = f"\n\nWritten:\n  {file}" if file is not None else ""
    tables = {"outcomes": told.table, "overrides": told.overrides}
    return Result(Path(planned), f"{told.summary}{written}", tables)


def feedback(run: str | Path, inputs: str | Path, *, out: str | Path) -> Result:
    """Turn what reviews found into labels for researchers, and into entries that the log can import.

    Parameters
    ----------
    run : path
        The scored run, which knows the areas.
    inputs : path
        The folder with ``findings.csv``.
    out : path
        A new or empty folder, or one that an earlier ``feedback`` wrote.

    Returns
    -------
    Result
        Wrote ``labels.csv`` and ``concerns.csv``; `earlywarn intel import` takes the latter.

    Raises
    ------
    ConfigError
        If there is no finding.
    """
    scored, home = scored_run(run), _folder(inputs)
    check_ours(out, mark=LABELS)
    given = read_programme(home, areas=scored.risks[["area_code", "name", "region"]])
    if given.findings.empty:
        message = f"{home} has no findings. Write what reviews found into findings.csv: one row for each."
        raise ConfigError(message)
    labels = labels_from(given.findings)
    concerns = concerns_from(given.findings, read_kinds(), places=scored.risks["name"].tolist())
    target = Path(out)
    with output_folder(target, mark=LABELS) as staging:
        write_csv(labels, staging / LABELS)
        write_csv(concerns, staging / "concerns.csv")
    file = target / "concerns.csv"
    told = f"{len(labels):,} labels by theme, {int(labels['label'].sum()):,} of them a concern"
    lines = [
        f"{told}; {len(concerns):,} entries for the log.",
        "Written:",
        f"  {target / LABELS}",
        f"  {file}",
        f"Next:  earlywarn intel import {file} --data DIR --by CODE",
    ]
    return Result(target, "\n".join(lines), {"labels": labels, "concerns": concerns})


def _folder(inputs: str | Path) -> Path:
    home = inputs_folder(inputs, None)
    if home is None:  # pragma: no cover - inputs were given
        message = "Name the folder of inputs with --inputs."
        raise ConfigError(message)
    return home


def _started() -> dict[str, bytes]:
    """Return the files of a new folder of inputs."""
    tables = {f"{name}.csv": f"{','.join(columns)}\n" for name, columns in INPUT_COLUMNS.items()}
    return {name: text.encode() for name, text in {RULES: starter_rules(), **tables}.items()}


def _write_in_one_step(overrides: pd.DataFrame, file: Path) -> None:
    """Write the overrides as they are read, whole or not at all."""
    written = overrides.assign(quarter=overrides["quarter"].map(quarter_words))
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    os.close(handle)
    try:
        write_csv(written, name)
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
