"""What a document is made of, before anybody decides whether it becomes a Word file or a page.

A paper is words in order: parts with a heading, and in them paragraphs, lists, tables and charts. It is
written once, in ``briefing.py`` or ``programme_word.py``, and printed twice, by ``word.py`` and
``briefing_html.py``, so that both say the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from earlywarn.reports.programme.drawing import Chart

__all__ = [
    "Block",
    "Bullets",
    "Cell",
    "Charts",
    "Facts",
    "Grid",
    "History",
    "Item",
    "Paper",
    "Part",
    "Picture",
    "Strip",
    "Words",
]

Tone = Literal["plain", "lead", "quiet", "caution", "heading"]  # the last is a smaller heading


@dataclass(frozen=True)
class Item:
    """A short text with an optional lead in bold and an optional tail in a quieter voice."""

    text: str
    lead: str = ""
    tail: str = ""


Cell = str | Item


@dataclass(frozen=True)
class Words:
    """A paragraph."""

    text: str
    tone: Tone = "plain"
    lead: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list; with numbers where ``ordered``."""

    items: Sequence[Item]
    ordered: bool = False


@dataclass(frozen=True)
class Facts:
    """Names and what they are, for the eye that skims."""

    rows: Sequence[tuple[str, str]]
    caption: str


@dataclass(frozen=True)
class Grid:
    """A table: head, rows as long as the head, the share of the width that each column gets."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[float]


@dataclass(frozen=True)
class Strip:
    """A risk on its interval, all three in [0, 1]; Word says it in the words beside it alone."""

    risk: float
    low: float
    high: float


@dataclass(frozen=True)
class History:
    """The overall judgements over time, n of each; Word shows the table beside it alone."""

    starts: pd.DatetimeIndex
    grades: Sequence[str]
    as_of: pd.Timestamp
    name: str


@dataclass(frozen=True)
class Charts:
    """Small charts side by side; ``key`` is what their picture is kept under for Word.

    The page has the figures under every chart; Word shows ``table`` below the picture.
    """

    charts: Sequence[Chart]
    name: str
    key: str
    table: Grid | None = None

    @property
    def alt(self) -> str:
        """What the picture shows, in words."""
        return f"Small charts of {len(self.charts)} indicators. " + " ".join(
            chart.said(self.name) for chart in self.charts
        )


@dataclass(frozen=True)
class Picture:
    """A drawing that a document brings with it under ``key``, and what it shows in words."""

    key: str
    alt: str
    width: float = 1.0  # share of the width of the text


Block = Words | Bullets | Facts | Grid | Strip | History | Charts | Picture


@dataclass(frozen=True)
class Part:
    """A heading and what stands under it."""

    key: str
    heading: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Paper:
    """A whole document.

    Parameters
    ----------
    kicker, title, subtitle : str
        The lines at its head.
    running : str
        What stands at the foot of every page.
    as_of : Timestamp
        Nothing that became known on it or later is in here; also the date that the file carries.
    opening : sequence of blocks
        What stands before the first heading.
    parts : sequence of Part
        The rest, in order.
    """

    kicker: str
    title: str
    subtitle: str
    running: str
    as_of: pd.Timestamp
    opening: Sequence[Block]
    parts: Sequence[Part]

    @property
    def charts(self) -> list[Charts]:
        """All charts of the document, in order."""
        return [block for part in self.parts for block in part.blocks if isinstance(block, Charts)]
