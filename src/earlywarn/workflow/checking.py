"""The verb that looks at a folder of tables before anything is run on it."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from earlywarn.errors import ConfigError, DateError, Fault, MissingTableError
from earlywarn.explain.findings import coverage, findings
from earlywarn.explain.quality import quality_cautions, quality_table
from earlywarn.explain.readiness import readiness
from earlywarn.panel.panel import Panel
from earlywarn.reports.folder import check_ours, output_folder
from earlywarn.reports.quality import quality_text, render_quality
from earlywarn.reports.quality_lists import Checked
from earlywarn.reports.tables import write_csv
from earlywarn.schedule import as_date
from earlywarn.schema import TABLES
from earlywarn.sources.tables import Tables, read_tables
from earlywarn.workflow.result import Result

__all__ = ["check"]

LOG = "concerns"  # not looked at: not everyone who may read the page may know how much it holds
PAGE = "quality.html"  # a folder with this file holds a check
WRITTEN_BY = {  # which layout of a published file gives a required table
    "areas": "lait",
    "indicators": "lait",
    "observations": "lait",
}


def check(folder: str | Path, out: str | Path | None = None, *, as_of: object = None) -> Result:
    """Read and check a folder of tables, and write a page on the quality of what it holds.

    Parameters
    ----------
    folder : path
        The tables. Nothing is written into it.
    out : path, optional
        A new or empty folder, or one that an earlier ``check`` wrote; by default ``out/check-NAME``.
    as_of : date or str, optional
        Look only at what was known before this midnight; by default at everything.

    Returns
    -------
    Result
        Wrote ``quality.html`` and ``quality.txt``, and the tables behind them: ``areas.csv`` (a score and
        words for each area), ``figures.csv`` (what to ask about each newest figure), ``coverage.csv``, and a
        file for each sort of finding. The summary is the text.

    Raises
    ------
    DataError
        If the tables cannot be used; all faults are listed, and nothing is written.
    DateError
        If nothing was known at the as-of date.
    OutputError
        If the output folder cannot be used.

    Examples
    --------
    >>> import earlywarn as ew
    >>> print(ew.check("my-data").summary)  # doctest: +SKIP
    """
    tables = _read(Path(folder))
    panel = Panel(tables)
    day = _day(panel, as_of)
    target = Path(out) if out is not None else Path("out") / f"check-{_plain(tables.name)}"
    _keep_apart(target, Path(folder))
    check_ours(target, mark=PAGE)
    checked, written = _looked_at(panel, day)
    text = quality_text(checked)
    with output_folder(target, mark=PAGE) as staging:
        (staging / PAGE).write_text(render_quality(checked), encoding="utf-8", newline="\n")
        (staging / "quality.txt").write_text(f"{text}\n", encoding="utf-8", newline="\n")
        for name, table in written.items():
            write_csv(table, staging / f"{name}.csv")
    files = [PAGE, "quality.txt", *(f"{name}.csv" for name in written)]
    listed = "\n".join(["Written:", *(f"  {target / file}" for file in files)])
    return Result(target, f"{text}\n\n{listed}", written)


def _read(folder: Path) -> Tables:
    """Read the tables; where one is missing, say which published files give it."""
    try:
        return read_tables(folder, without=["inspections"])  # a folder in the making: figures come first
    except MissingTableError as error:
        faults = [_with_hint(fault, folder) for fault in error.faults]
        raise MissingTableError(faults, where=str(folder)) from None


def _with_hint(fault: Fault, folder: Path) -> Fault:
    """Add to the remedy of a missing table the command that makes it from published files."""
    kind = WRITTEN_BY.get(fault.file.removesuffix(".csv"))
    if kind is None or fault.problem != "is missing" or fault.row is not None:
        return fault
    hint = f"or let `earlywarn import {kind} FILE --out {folder}` write it from published files"
    return replace(fault, remedy=f"{fault.remedy}, {hint}")


def _day(panel: Panel, as_of: object) -> pd.Timestamp:
    """Return the as-of date: the one asked for, or the day after the last record."""
    first = panel.first_possible()
    if as_of is None:
        days = [panel.tables.observations["known_on"].max(), panel.inspections["known_on"].max()]
        return pd.Timestamp(max(day for day in days if not pd.isna(day))) + pd.Timedelta(days=1)
    try:
        day = as_date(as_of)
    except ValueError as error:
        raise DateError(str(error)) from None
    if day < first:
        message = f"Nothing was known at {day:%Y-%m-%d}. Choose {first:%Y-%m-%d} or a later day."
        raise DateError(message)
    return day


def _plain(name: str) -> str:
    """Return a name that every system takes for a folder's."""
    kept = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)
    return kept.strip(".-") or "tables"


def _keep_apart(target: Path, folder: Path) -> None:
    """Refuse to write into the folder that is checked."""
    if target.resolve() == folder.resolve():
        message = (
            f"{target} holds the tables themselves, and they are left alone. Name another folder with --out."
        )
        raise ConfigError(message)


def _looked_at(panel: Panel, day: pd.Timestamp) -> tuple[Checked, dict[str, pd.DataFrame]]:
    """Return what there is to say, and the tables behind it."""
    snapshot = panel.known_at(day)
    indicators, tables = panel.indicators, panel.tables
    about = snapshot.areas[["area_code", "name", "region"]]
    areas = about.merge(quality_table(snapshot, indicators=indicators), on="area_code")
    found = vars(findings(snapshot, indicators=indicators))
    covered = coverage(snapshot, indicators=indicators)
    checked = Checked(
        name=tables.name,
        source=tables.source,
        licence=tables.licence,
        as_of=day,
        rows={name: len(getattr(tables, name)) for name in TABLES if name != LOG},
        areas=areas,
        names=dict(zip(panel.areas["area_code"], panel.areas["name"], strict=True)),
        indicators=indicators[["indicator", "label", "unit", "domain"]],
        coverage=covered,
        found=found,
        ready=readiness(panel),
    )
    cautions = quality_cautions(snapshot, indicators=indicators)
    return checked, {"areas": areas, "figures": cautions, "coverage": covered, **found}
