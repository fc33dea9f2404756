"""Paragraphs and tables as the markup that Word reads; whatever comes from the data is escaped.

Written as text and parsed once, since building a table cell by cell takes ten times as long.
"""

from collections.abc import Sequence
from functools import cache

from docx.oxml.ns import nsdecls
from docx.shared import Mm
from markupsafe import escape

from earlywarn.reports.programme.paper import Cell, Facts, Grid
from earlywarn.reports.programme.word_text import clean

__all__ = ["TEXT_WIDTH", "facts_xml", "footer_xml", "grid_xml", "paragraph_xml", "runs_xml"]

TEXT_WIDTH = int(Mm(174))  # of an A4 page between its margins, in English metric units
TWIPS = 635  # English metric units to a twentieth of a point
LINE, HEAD, WASH = "D5DAD6", "55606D", "F4F6F4"


@cache
def names() -> str:
    """Return the namespaces that a piece of markup has to declare."""
    return str(nsdecls("w"))


def text_xml(words: str) -> str:
    """Return words as they stand in a run; a line end becomes a break."""
    lines = [str(escape(line)) for line in clean(words).replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)


def run_xml(words: str, *, style: str = "") -> str:
    """Return words as one run, in a character style where one is named."""
    if not words:
        return ""
    look = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    return f"<w:r>{look}{text_xml(words)}</w:r>"


def runs_xml(cell: Cell, *, below: bool = False) -> str:
    """Return a short text as runs: lead in bold, text, tail in a quieter voice (``below``: on its own line).

    Examples
    --------
    >>> runs_xml("R & D")
    '<w:r><w:t xml:space="preserve">R &amp; D</w:t></w:r>'
    """
    if isinstance(cell, str):
        return run_xml(cell)
    lead = run_xml(f"{cell.lead} ", style="Strong") if cell.lead else ""
    gap = "<w:r><w:br/></w:r>" if below else run_xml(" ")
    tail = gap + run_xml(cell.tail, style="Tail") if cell.tail else ""
    return lead + run_xml(cell.text) + tail


def paragraph_xml(style: str, runs: str, *, number: int = 0, keep: bool = False, root: bool = True) -> str:
    """Return a paragraph in a style, in list ``number`` if not 0, on a page with the next if ``keep``."""
    listed = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>' if number else ""
    kept = "<w:keepNext/>" if keep else ""
    declared = f" {names()}" if root else ""
    return f'<w:p{declared}><w:pPr><w:pStyle w:val="{style}"/>{kept}{listed}</w:pPr>{runs}</w:p>'


def footer_xml(running: str) -> str:
    """Return the line at the foot of every page: what it is, and which page of how many."""
    fields = [
        f'<w:fldSimple w:instr=" {name} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        for name in ("PAGE", "NUMPAGES")
    ]
    tab = "<w:r><w:tab/></w:r>"
    pages = f"{tab}{run_xml('Page ')}{fields[0]}{run_xml(' of ')}{fields[1]}"
    return paragraph_xml("Footer", run_xml(running) + pages)


def grid_xml(grid: Grid) -> str:
    """Return a table with a head that repeats on every page; no row breaks across pages."""
    widths = [round(TEXT_WIDTH / TWIPS * share) for share in grid.widths]
    head = "".join(
        cell_xml(paragraph_xml("TableHead", run_xml(name), root=False), width, edge=HEAD)
        for name, width in zip(grid.head, widths, strict=True)
    )
    rows = "".join(
        row_xml(
            "".join(
                cell_xml(paragraph_xml("TableText", runs_xml(cell, below=True), root=False), width)
                for cell, width in zip(row, widths, strict=True)
            )
        )
        for row in grid.rows
    )
    return table_xml(grid.caption, widths, row_xml(head, head=True) + rows, look="04A0", first_row=1)


def facts_xml(facts: Facts) -> str:
    """Return names and what they are as a table of two columns on a wash."""
    widths = [round(TEXT_WIDTH / TWIPS * share) for share in (0.22, 0.78)]
    rows = "".join(
        row_xml(
            cell_xml(
                paragraph_xml("TableText", run_xml(name, style="Strong"), root=False), widths[0], wash=True
            )
            + cell_xml(paragraph_xml("TableText", run_xml(words), root=False), widths[1], wash=True)
        )
        for name, words in facts.rows
    )
    return table_xml(facts.caption, widths, rows, look="0480", first_row=0)


def table_xml(caption: str, widths: Sequence[int], rows: str, *, look: str, first_row: int) -> str:
    """Return a table of fixed widths under its caption, which is read aloud and not printed."""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl {names()}><w:tblPr><w:tblStyle w:val="Plain"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblLook w:val="{look}" w:firstRow="{first_row}" w:lastRow="0" '
        'w:firstColumn="1" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f'<w:tblCaption w:val="{escape(clean(caption))}"/></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"
    )


def row_xml(cells: str, *, head: bool = False) -> str:
    """Return a row that stays in one piece; the head repeats on every page."""
    repeated = "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{cells}</w:tr>"


def cell_xml(paragraph: str, width: int, *, edge: str = LINE, wash: bool = False) -> str:
    """Return a cell with a line below it, in a colour of its own where it is the head's."""
    size = 8 if edge == HEAD else 4
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{WASH}"/>' if wash else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:tcBorders>'
        f'<w:bottom w:val="single" w:sz="{size}" w:space="0" w:color="{edge}"/>'
        f"</w:tcBorders>{shade}</w:tcPr>{paragraph}</w:tc>"
    )
