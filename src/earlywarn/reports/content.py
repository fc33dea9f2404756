"""What a report is drawn from: the files of one run folder, read once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pandas as pd

from earlywarn.errors import DataError, Fault, MissingTableError
from earlywarn.reports.layouts import LAYOUTS, REASONS, Layout
from earlywarn.reports.tables import read_csv
from earlywarn.schema import TARGETS

__all__ = ["REASONS", "TARGETS", "Content"]


@dataclass(frozen=True)
class Content:
    """Everything that a reader will see, as tables.

    Text columns hold ``str`` (empty where nothing is written), dates datetime64 (NaT), numbers float
    (NaN). A file that the run did not write is an empty table with all its columns, so that a page
    can say so rather than stop. The columns are those of the run folder's contract.

    Parameters
    ----------
    run : mapping
        What ``run.json`` holds: as-of date, horizon, chosen target, versions, fingerprints, seed.
    risks : DataFrame
        One row per scored area, by name; risks are probabilities in [0, 1].
    reasons, series, indicators, judgements, notes, cohort, entries, trail : DataFrame
        What stands in an area's section, in long form; ``trail`` ties ``entries`` to the features of reasons.
    reliability, verdicts, metrics : DataFrame
        The back-test.
    sets, differences, added : DataFrame
        What each set of evidence tells, how they differ, and that in words.
    signals, charts, national, funnels, funnel_limits, quality, relations : DataFrame
        What the figures themselves signal, against what they are read, how sound they are, and how they stand
        to each other.
    context, neighbours, contributions, predictions : DataFrame
        What a programme of reviews wants to know besides: size, need and engagement, similar areas, what each
        risk is made of, and the risks of the back-test with what happened.
    """

    run: Mapping[str, Any]
    risks: pd.DataFrame
    reasons: pd.DataFrame
    series: pd.DataFrame
    indicators: pd.DataFrame
    judgements: pd.DataFrame
    notes: pd.DataFrame
    cohort: pd.DataFrame
    entries: pd.DataFrame
    trail: pd.DataFrame
    reliability: pd.DataFrame
    verdicts: pd.DataFrame
    metrics: pd.DataFrame
    sets: pd.DataFrame
    differences: pd.DataFrame
    added: pd.DataFrame
    signals: pd.DataFrame
    charts: pd.DataFrame
    national: pd.DataFrame
    funnels: pd.DataFrame
    funnel_limits: pd.DataFrame
    quality: pd.DataFrame
    relations: pd.DataFrame
    context: pd.DataFrame
    neighbours: pd.DataFrame
    contributions: pd.DataFrame
    predictions: pd.DataFrame

    @classmethod
    def read(cls, folder: str | Path) -> Self:
        """Read a run folder.

        Raises
        ------
        MissingTableError
            If ``run.json`` or ``risk_list.csv`` is not there.
        DataError
            If a file lacks columns, or a column of numbers or dates holds something else.

        Examples
        --------
        >>> Content.read("nowhere")
        Traceback (most recent call last):
        ...
        earlywarn.errors.MissingTableError: nowhere: 2 faults found; nothing was written.
          run.json: is missing. To mend it: name a folder that `earlywarn run` wrote.
          risk_list.csv: is missing. To mend it: name a folder that `earlywarn run` wrote.
        """
        place = Path(folder)
        wanted = ["run.json", *(layout.file for layout in LAYOUTS.values() if layout.required)]
        remedy = "name a folder that `earlywarn run` wrote"
        lost = [
            Fault(name, None, None, None, "is missing", remedy)
            for name in wanted
            if not (place / name).is_file()
        ]
        if lost:
            raise MissingTableError(lost, where=str(folder))
        try:
            run = json.loads((place / "run.json").read_text(encoding="utf-8"))
            tables = {name: table(place, layout) for name, layout in LAYOUTS.items()}
        except json.JSONDecodeError as error:
            fault = Fault("run.json", error.lineno, None, None, "is not JSON", "run `earlywarn run` again")
            raise DataError([fault], where=str(folder)) from error
        return cls(run=run, **tables)

    @property
    def as_of(self) -> pd.Timestamp:
        """The as-of date: nothing that became known on it or later is in the report."""
        return pd.Timestamp(str(self.run["as_of"]))

    @property
    def horizon(self) -> int:
        """Length of the outcome window in months."""
        return int(self.run["horizon_months"])

    @property
    def target(self) -> str:
        """The question that the list shows."""
        return str(self.run.get("target", TARGETS[0]))


def table(place: Path, layout: Layout) -> pd.DataFrame:
    """Read one file as its layout says; an empty table where an optional one is not there."""
    path = place / layout.file
    if not path.is_file() or path.stat().st_size == 0:
        empty = pd.DataFrame(columns=[*layout.columns, *layout.later], dtype=object)
        return empty.astype(
            {
                **dict.fromkeys(layout.dates, "datetime64[ns]"),
                **dict.fromkeys(layout.numbers, float),
            }
        )
    try:
        frame = read_csv(path, dates=layout.dates, text=layout.text + layout.later)
        missing = [column for column in layout.columns if column not in frame]
        numbers = frame.astype(dict.fromkeys(layout.numbers, float)) if not missing else frame
    except (ValueError, TypeError) as error:
        fault = Fault(layout.file, None, None, None, f"cannot be read ({error})", "write the folder again")
        raise DataError([fault], where=str(place)) from error
    if missing:
        faults = [
            Fault(layout.file, 1, name, None, "is missing", "write the folder again") for name in missing
        ]
        raise DataError(faults, where=str(place))
    return numbers.assign(**{name: "" for name in layout.later if name not in numbers})
