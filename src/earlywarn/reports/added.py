"""What soft evidence adds, as the report shows it: a verdict and a small table for each question."""

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from earlywarn.reports.tables import Row, rows_in
from earlywarn.reports.words import DASH
from earlywarn.schema import QUESTIONS
from earlywarn.validation.added import SET_WORDS
from earlywarn.validation.verdict import WITHOUT_FIGURES

__all__ = ["ADDED_COLUMNS", "added_rows", "added_tables"]

MEASURES = {  # those that stand in the report; the rest are in evidence_sets.csv
    "auc": "AUC",
    "brier_skill": "Brier skill",
    "precision_at_20": "Of 20 places a year, share that it happened at",
    "warning_months": "Months of warning",
}


def added_tables(
    sets: pd.DataFrame, differences: pd.DataFrame, added: pd.DataFrame, targets: Iterable[str]
) -> Iterator[dict[str, Any]]:
    """Yield a verdict and a table for each question that was compared.

    Parameters
    ----------
    sets, differences, added : DataFrame
        The files ``evidence_sets.csv``, ``evidence_differences.csv`` and ``evidence/added.csv``; empty where
        nothing was compared, and then nothing is yielded.
    targets : iterable of str
        In the order in which they are to stand.

    Yields
    ------
    dict
        ``title``, ``text`` (the verdict on the last set against the first), and ``table``, markup with a row
        for each set and a row for each difference from the first.
    """
    told = added.drop_duplicates("target", keep="last").set_index("target")["lead_months"]
    for target in targets:
        if target not in told.index:
            continue
        here, apart, said = (
            table[(table["target"] == target) & (table["lead_months"] == told[target])]
            for table in (sets, differences, added)
        )
        own, other = _main_pair(here["set"])
        verdict = said[(said["set"] == own) & (said["other"] == other)]
        yield {
            "title": QUESTIONS[target].capitalize(),
            "text": "".join(verdict["text"]),
            "table": _table(here, apart[apart["other"] == other], QUESTIONS[target]),
        }


ADDED_COLUMNS = [
    ("Question", 28.0, "text"),
    ("Months ahead", 9.0, "whole"),
    ("Evidence", 28.0, "text"),
    ("Less that of", 28.0, "text"),
    ("Measure", 30.0, "text"),
    ("Value or difference", 11.0, "number"),
    ("Lower end of its 95% interval", 12.0, "number"),
    ("Upper end of its 95% interval", 12.0, "number"),
    ("Inspections", 11.0, "whole"),
    ("Of which it happened", 11.0, "whole"),
]


def added_rows(sets: pd.DataFrame, differences: pd.DataFrame) -> Iterator[list[Any]]:
    """Yield the rows of the workbook's sheet, under ``ADDED_COLUMNS``: the sets, then their differences."""
    alone = sets.rename(columns={"value": "number"}).assign(other="")
    for row in rows_in(pd.concat([alone, differences.rename(columns={"difference": "number"})])):
        yield [
            QUESTIONS.get(row.target, row.target),
            row.lead_months,
            _words(row.set),
            _words(row.other),
            _measure(row.metric),
            row.number,
            row.low,
            row.high,
            row.n,
            row.events,
        ]


def _main_pair(names: pd.Series) -> tuple[str, str]:
    """Return the last set and the first, past judgements aside unless there is nothing else."""
    listed = list(dict.fromkeys(names))
    chosen = [name for name in listed if name != WITHOUT_FIGURES] or listed
    return chosen[-1], chosen[0] if len(chosen) > 1 else WITHOUT_FIGURES


def _table(values: pd.DataFrame, differences: pd.DataFrame, question: str) -> Markup:
    """Return the sets in rows, and below them what they differ by."""
    measures = [
        metric for metric in MEASURES if values.loc[values["metric"] == metric, "value"].notna().any()
    ]
    head = "".join(f"<th scope=col>{escape(MEASURES[metric])}" for metric in measures)
    rows = [
        (_words(name), values[values["set"] == name].rename(columns={"value": "number"}), "{:.2f}")
        for name in dict.fromkeys(values["set"])
    ]
    rows += [
        (f"{_words(own)}, less {_words(other)}", of_pair.rename(columns={"difference": "number"}), "{:+.2f}")
        for (own, other), of_pair in differences.groupby(["set", "other"], sort=False)
    ]
    caption = escape(f"What each kind of evidence tells: {question}")
    return Markup(  # noqa: S704 (the caption and the sets' names are escaped)
        f'<div class=scroll tabindex=0 role=region aria-label="{caption}"><table class=metrics>'
        f"<caption class=vh>{caption}</caption><thead><tr><th scope=col>Evidence{head}</thead><tbody>"
        + "".join(
            f"<tr><th scope=row>{escape(name[:1].upper() + name[1:])}"
            + "".join(f"<td>{_cell(table, metric, shape)}" for metric in measures)
            for name, table, shape in rows
        )
        + "</tbody></table></div>"
    )


def _cell(table: pd.DataFrame, metric: str, shape: str) -> str:
    """Return one number with its interval; a dash where it does not exist."""
    found: list[Row] = list(rows_in(table[table["metric"] == metric]))
    if not found or pd.isna(found[0].number):
        return DASH
    number, low, high = (shape.format(value) for value in (found[0].number, found[0].low, found[0].high))
    return number if pd.isna(found[0].low) else f"{number}<span class=ci>({low} to {high})</span>"


def _words(name: object) -> str:
    return SET_WORDS.get(str(name), str(name))


def _measure(metric: str) -> str:
    return MEASURES.get(metric, metric.replace("_", " ").capitalize())
