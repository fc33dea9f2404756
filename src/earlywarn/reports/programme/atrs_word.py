"""The algorithmic transparency record as a Word file, for a person to complete and to publish."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pandas as pd

from earlywarn.reports.programme.paper import Block, Grid, Item, Paper, Part, Words
from earlywarn.reports.programme.word import word_file
from earlywarn.schedule import date_words

__all__ = ["atrs_paper", "write_atrs"]

Record = Sequence[tuple[str, str, str, str]]

PERSON = "a person"  # who fills a gap
NO_DAY = pd.Timestamp("2000-01-01")  # that a file carries where no as-of date is told


def write_atrs(
    record: Record, path: str | Path, *, name: str = "", as_of: pd.Timestamp | None = None
) -> None:
    """Write a transparency record as a Word file, the same bytes for the same record.

    Parameters
    ----------
    record : sequence of (section, field, text, filled_by)
        What ``atrs_record`` returned, the sections in order.
    path : str or Path
        The .docx file.
    name : str
        Of the programme, for the title.
    as_of : Timestamp, optional
        The as-of date, which is also the file's.
    """
    Path(path).write_bytes(word_file(atrs_paper(record, name=name, as_of=as_of)))


def atrs_paper(record: Record, *, name: str = "", as_of: pd.Timestamp | None = None) -> Paper:
    """Return what the document of a transparency record says: a part for each section, a row for each field.

    Parameters
    ----------
    record, name, as_of
        As for ``write_atrs``.

    Examples
    --------
    >>> gap = ("Tier 1", "Website URL", "For a person to fill: ...", "a person")
    >>> paper = atrs_paper([("Tier 1", "Name", "Early warning", "the run"), gap], name="Our region")
    >>> [part.heading for part in paper.parts], paper.opening[0].text[:53]
    (['Tier 1'], '1 of 2 fields waits for a person, in whole or in part')
    """
    gaps = sum(by_person(row) for row in record)
    parts = [
        Part(f"section-{number}", section, [fields(section, list(rows))])
        for number, (section, rows) in enumerate(groupby(record, key=lambda row: row[0]), start=1)
    ]
    day = f" · as of {date_words(as_of)}" if as_of is not None else ""
    title = f"Transparency record{f': {name}' if name else ''}"
    opening: list[Block] = [
        Words(
            f"{gaps} of {len(record)} fields wait{'s' * (gaps == 1)} for a person, in whole or in part. "
            "Each of them says so; all others were filled from the run and its programme.",
            tone="caution",
        )
    ]
    return Paper(
        kicker=f"Algorithmic Transparency Recording Standard · tiers 1 and 2{day}",
        title=title,
        subtitle="What the tool does, on what it rests, and who answers for it",
        running=f"{title}{day}",
        as_of=NO_DAY if as_of is None else as_of,
        opening=opening,
        parts=parts,
    )


def fields(section: str, rows: Record) -> Grid:
    """Return the fields of one section."""
    return Grid(
        section,
        ("Field", "Entry", "Filled from"),
        [(Item("", lead=field), text, filled_by) for _, field, text, filled_by in rows],
        (0.24, 0.6, 0.16),
    )


def by_person(row: tuple[str, str, str, str]) -> bool:
    """Tell whether a field waits for a person."""
    return PERSON in row[3].casefold() or PERSON in row[2][:20].casefold()
