"""A paper as a Word file: real headings, tables whose heads repeat, pictures that come with words.

The file carries no clock: it is dated by the as-of date, and the times inside the archive are fixed, so the
same paper makes the same bytes.
"""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Emu

from earlywarn.reports.programme.paper import Block, Bullets, Charts, Facts, Grid, Item, Paper, Picture, Words
from earlywarn.reports.programme.word_style import RESTARTED, blank
from earlywarn.reports.programme.word_text import clean
from earlywarn.reports.programme.word_xml import (
    TEXT_WIDTH,
    facts_xml,
    footer_xml,
    grid_xml,
    paragraph_xml,
    runs_xml,
)

__all__ = ["word_file"]

STYLES = {"plain": "Normal", "lead": "Lead", "quiet": "Quiet", "caution": "Caution", "heading": "Heading2"}
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a ZIP archive knows
PACKED = ".png"  # packed already
LONGEST = 255  # letters in a property of a file


def word_file(paper: Paper, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """Return a paper as the bytes of a .docx file.

    Parameters
    ----------
    paper : Paper
        What to print.
    pictures : mapping of str to bytes, optional
        PNG images by the key of the block that shows them; a block without one is left out.

    Returns
    -------
    bytes
        The same for the same paper and pictures. A4, British English, with page numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> paper = Paper("A kicker", "A title", "", "At the foot", pd.Timestamp("2025-04-01"), [], [])
    >>> word_file(paper)[:2]
    b'PK'
    """
    printer = Printer(blank(), pictures or {})
    printer.properties(paper)
    printer.paragraph("Kicker", Item(paper.kicker))
    printer.paragraph("Title", Item(paper.title))
    if paper.subtitle:
        printer.paragraph("Subtitle", Item(paper.subtitle))
    printer.blocks(paper.opening)
    for part in paper.parts:
        printer.paragraph("Heading1", Item(part.heading))
        printer.blocks(part.blocks)
    printer.foot(paper.running)
    written = io.BytesIO()
    printer.document.save(written)
    return settled(written)


class Printer:
    """Prints blocks one after the other at the end of a document."""

    def __init__(self, document: WordDocument, pictures: Mapping[str, bytes]) -> None:
        self.document = document
        self.pictures = pictures
        self.end = document.element.body.sectPr
        self.numbering = document.part.numbering_part.element
        self.keep = False  # whether the next paragraph stays with what comes after it
        self.lists = max((int(one.numId) for one in self.numbering.num_lst), default=0)
        self.printed: dict[type, Callable[[Any], None]] = {
            Words: self.words,
            Bullets: self.bullets,
            Grid: self.grid,
            Facts: self.facts,
            Charts: self.charts,
            Picture: self.picture,
        }

    def blocks(self, blocks: Sequence[Block]) -> None:
        """Print blocks in order; a drawing that only the page has is passed over."""
        shown = [block for block in blocks if type(block) in self.printed]
        for block, follower in zip_longest(shown, shown[1:]):
            self.keep = isinstance(follower, Grid | Facts | Charts | Picture)
            self.printed[type(block)](block)

    def add(self, markup: str) -> None:
        """Add markup at the end."""
        self.end.addprevious(parse_xml(markup))

    def paragraph(self, style: str, item: Item, *, number: int = 0) -> None:
        """Add a paragraph in a style."""
        self.add(paragraph_xml(style, runs_xml(item), number=number))

    def words(self, block: Words) -> None:
        """Print a paragraph; one that leads up to a table or a picture stays with it."""
        runs = runs_xml(Item(block.text, lead=block.lead))
        self.add(paragraph_xml(STYLES[block.tone], runs, keep=self.keep))

    def bullets(self, block: Bullets) -> None:
        """Print a list; one with numbers starts from one."""
        style, number = "ListBullet", 0
        if block.ordered:
            self.lists += 1
            style, number = "ListNumber", self.lists
            self.numbering.append(
                parse_xml(
                    f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{RESTARTED}"/>'
                    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
                )
            )
        for item in block.items:
            self.paragraph(style, item, number=number)

    def grid(self, block: Grid) -> None:
        """Print a table, with a little room after it."""
        self.add(grid_xml(block))
        self.add(paragraph_xml("AfterTable", ""))

    def facts(self, block: Facts) -> None:
        """Print names and what they are."""
        self.add(facts_xml(block))
        self.add(paragraph_xml("AfterTable", ""))

    def charts(self, block: Charts) -> None:
        """Print the picture of charts, and the figures behind it."""
        self.picture(Picture(block.key, block.alt))
        if block.table is not None:
            self.grid(block.table)

    def picture(self, block: Picture) -> None:
        """Print a picture across its share of the text, with what it shows in words."""
        if block.key not in self.pictures:
            return
        run = self.document.add_paragraph(style="Picture").add_run()
        width = Emu(int(TEXT_WIDTH * block.width))
        shape = run.add_picture(io.BytesIO(self.pictures[block.key]), width=width)
        said = shape._inline.docPr  # noqa: SLF001 (python-docx has no other way to alternative text)
        for side in ("distT", "distB", "distL", "distR"):
            shape._inline.set(side, "0")  # noqa: SLF001 (else some programs leave a margin)
        said.set("descr", clean(block.alt))
        said.set("name", f"Picture {said.get('id')}")

    def foot(self, running: str) -> None:
        """Write the line at the foot of every page."""
        foot = self.document.sections[0].footer
        foot.is_linked_to_previous = False
        root = foot._element  # noqa: SLF001 (python-docx has no way to empty a footer)
        for old in list(root):
            root.remove(old)
        root.append(parse_xml(footer_xml(running)))

    def properties(self, paper: Paper) -> None:
        """Set what the file says of itself; its dates are the as-of date, not the clock."""
        core = self.document.core_properties
        core.title = clean(f"{paper.title}: {paper.kicker}")[:LONGEST]
        core.subject = clean(paper.subtitle)[:LONGEST]
        core.author = core.last_modified_by = "earlywarn"
        core.created = core.modified = core.last_printed = paper.as_of.to_pydatetime()
        core.language, core.comments, core.keywords, core.revision = "en-GB", "", "", 1


def settled(written: io.BytesIO) -> bytes:
    """Return an archive with fixed times, its members in one order."""
    out = io.BytesIO()
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, date_time=EPOCH)
            entry.external_attr = 0o600 << 16
            packed = name.endswith(PACKED)
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return out.getvalue()
