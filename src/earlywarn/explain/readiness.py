"""What a run could do with a folder of tables, in sentences."""

from collections.abc import Iterator

import pandas as pd

from earlywarn.panel.panel import Panel
from earlywarn.schedule import date_words
from earlywarn.schema import GRADES

__all__ = ["readiness"]

UNJUDGED = (
    "It holds no judgements, which a run wants: add a table inspections, or let `earlywarn import ofsted` "
    "write it."
)
LEAST_LABELLED = 30  # inspections, below which no date is back-tested: see validation.backtest


def readiness(panel: Panel) -> list[str]:
    """Say from when to when a run can stand, what it can learn from, and what it would have to do without.

    Parameters
    ----------
    panel : Panel
        The tables, checked.

    Returns
    -------
    list of str
        Sentences.

    Examples
    --------
    >>> from earlywarn.sources.england import read_england
    >>> readiness(Panel(read_england()))[0]
    'An as-of date can lie from 1 August 2013 to 19 July 2025...
    """
    judged = [*_dates(panel), *_judged(panel)] if len(panel.inspections) else [UNJUDGED]
    return [*judged, *_neighbours(panel), *_soft(panel)]


def _dates(panel: Panel) -> Iterator[str]:
    first, last = panel.first_possible(), panel.last_possible()
    between = f"lie from {date_words(first)} to {date_words(last)}"
    yield (
        f"An as-of date can {between if first < last else 'only be ' + date_words(last)}: "
        "from the day after the first record to the day after the last judgement."
    )


def _judged(panel: Panel) -> Iterator[str]:
    judged = panel.inspections[panel.inspections["overall"].isin(GRADES)]
    later = int(judged.duplicated("area_code").sum())
    again = f"{f'{later:,}' if later else 'none'} of them of an area that was judged before"
    yield f"It holds {_count(len(judged), 'judgement')}, {again}: from those a model learns."
    if later < LEAST_LABELLED:
        wanted = f"a date is back-tested once {LEAST_LABELLED} of them are known"
        yield f"That is little: {wanted}. Add past inspections, or score with a shipped model."
    unjudged = set(_existing(panel)) - set(judged["area_code"])
    if unjudged:
        yield f"{_count(len(unjudged), 'area')} of today's {_have(len(unjudged))} no judgement yet."


def _neighbours(panel: Panel) -> Iterator[str]:
    today = _existing(panel)
    held = today[today.isin(set(panel.tables.neighbours["area_code"]))]
    if held.empty:
        yield "It names no statistical neighbours, so areas are compared with all others only."
    elif len(held) < len(today):
        without = len(today) - len(held)
        yield f"Statistical neighbours are named for {len(held)} of today's areas, and not for {without}."
    else:
        yield f"Statistical neighbours are named for all of today's {len(today)} areas."


def _soft(panel: Panel) -> Iterator[str]:
    tables = panel.tables
    rows = {"leadership": len(tables.leadership), "themes of reports": len(tables.report_themes)}
    there = [f"{name} ({_count(count, 'row')})" for name, count in rows.items() if count]
    absent = [name for name, count in rows.items() if not count]
    if there:
        yield f"Soft evidence: {' and '.join(there)}."
    if absent:
        yield f"It holds no {' and no '.join(absent)}, so a run does without."


def _existing(panel: Panel) -> "pd.Series[str]":
    """Return the codes of the areas that have not ended."""
    return panel.areas.loc[panel.areas["active_to"].isna(), "area_code"]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _have(number: int) -> str:
    return "has" if number == 1 else "have"
