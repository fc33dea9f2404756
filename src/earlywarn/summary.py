"""What a verb says when it is done: plain text, paragraph by paragraph."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from earlywarn.errors import name_a_few
from earlywarn.pipeline import Pipeline
from earlywarn.reports.entries import STALE
from earlywarn.schema import QUESTIONS
from earlywarn.validation.added import SET_WORDS
from earlywarn.validation.splits import REFERENCE_LEAD
from earlywarn.validation.verdict import WITHOUT_FIGURES

__all__ = ["paths", "summary"]


def summary(work: Pipeline, target: Path, files: Iterable[str]) -> str:
    """Say in plain text what came out and where it lies.

    Parameters
    ----------
    work : Pipeline
        What was computed; nothing more is.
    target : Path
        The run folder.
    files : iterable of str
        Names of the files written into it.
    """
    paragraphs = [
        *_asked(work),
        *_judged(work),
        *_compared(work),
        *_unread(work),
        *_logged(work),
        *_scored(work),
        paths(target, files),
    ]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)


def paths(target: Path, names: Iterable[str]) -> list[str]:
    """List the files written, a line each."""
    return ["Written:", *(f"  {target / name}" for name in names)]


def _asked(work: Pipeline) -> Iterator[list[str]]:
    ahead = work.config.question.horizon_months
    yield [f"{work.config.name}, as of {work.as_of:%Y-%m-%d}, {ahead} months ahead"]


def _judged(work: Pipeline) -> Iterator[list[str]]:
    """Give the verdicts at the reference lead."""
    if "judged" not in vars(work):
        return
    told = work.judged["verdicts"]
    told = told[told["lead_months"] == REFERENCE_LEAD]
    if told.empty:
        yield ["Nothing could be tested: no inspection starts in time, so there is no verdict."]
    yield [f"{QUESTIONS[str(row.target)].capitalize()}: {row.text}" for row in told.itertuples()]
    yield [f"Not tested from {reason}" for reason in work.backtest.skipped]


def _compared(work: Pipeline) -> Iterator[list[str]]:
    """Say what the last set of evidence tells beyond the first; one alone, beyond past judgements."""
    if "judged" not in vars(work) or not work.compared:
        return
    names = list(work.sets)
    first, last = (names[0] if len(names) > 1 else WITHOUT_FIGURES), names[-1]
    told = work.compared["added"]
    told = told[(told["set"] == last) & (told["other"] == first)]
    yield [
        f"Evidence compared: {', '.join(SET_WORDS[name] for name in work.sets)}.",
        *(f"{QUESTIONS[str(row.target)].capitalize()}: {row.text}" for row in told.itertuples()),
    ]


def _unread(work: Pipeline) -> Iterator[list[str]]:
    if "listed" in vars(work) and work.unread:
        yield [f"Not read, because no area has a figure at this date: {', '.join(work.unread)}."]
    published = work.panel.last_published(work.as_of)
    if work.as_of - published > STALE:
        days = (work.as_of - published).days
        ended = f"The figures and judgements end on {published:%Y-%m-%d}, {days} days before the as-of date."
        yield [f"{ended} What was published since is not in the data, and the risks do without it."]


def _logged(work: Pipeline) -> Iterator[list[str]]:
    """Say for whom the results are made, where entries of a log inform them, and which were left out."""
    if work.meta["informed_by"]:
        scored = "listed" in vars(work)
        held = f", with {len(work.entries):,} entries about the scored areas" if scored else ""
        veiled = "; entries that it may not see inform the risks, so no model is saved" if work.veiled else ""
        yield [f"Made for the audience {work.meta['audience']!r}{held}{veiled}."]
    if len(work.too_late):
        count, last = len(work.too_late), work.too_late["known_on"].max()
        entries = "1 entry" if count == 1 else f"{count:,} entries and corrections"
        late = f"Not used: {entries} recorded on {work.as_of:%Y-%m-%d} or later, the last on {last:%Y-%m-%d}."
        yield [f"{late} To use all of them: --as-of {last + pd.Timedelta(days=1):%Y-%m-%d}."]
    if elsewhere := work.informed.elsewhere:
        yield [f"Left out: entries about areas that the data do not hold ({name_a_few(elsewhere)})."]


def _scored(work: Pipeline) -> Iterator[list[str]]:
    if "listed" in vars(work):
        bands = work.listed["band"].value_counts()
        counted = ", ".join(f"{count} {band}" for band, count in bands.items())
        yield [f"{len(work.listed)} areas scored: {counted}"]
