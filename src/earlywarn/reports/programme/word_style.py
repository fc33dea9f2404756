"""The look of our Word files: one blank document, made once, whose styles can be changed in one place."""

import io
from functools import cache
from typing import cast

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

__all__ = ["RESTARTED", "blank"]

INK, QUIET, ACCENT = (RGBColor.from_string(code) for code in ("1B2430", "55606D", "0B5A6F"))
SANS, SERIF = "Arial", "Georgia"  # on every computer that has Word
RESTARTED = 90  # the numbering from which every numbered list starts anew
CALL, CALL_LINE = "FFF6DC", "A87900"


def blank() -> WordDocument:
    """Return a new, empty document in our styles: A4, British English, with a footer's tab stop."""
    return Document(io.BytesIO(template()))


@cache
def template() -> bytes:
    """Make the empty document; python-docx's own is for American paper and an old Word."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(18)
    page.top_margin, page.bottom_margin = Mm(15), Mm(16)
    page.header_distance = page.footer_distance = Mm(8)
    modern(document)
    language(document)
    styles(document)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def styles(document: WordDocument) -> None:
    """Set the styles: headings that Word's navigation knows, and a few of our own."""
    styled(document, "Normal", size=9.5, after=4, line=1.12)
    styled(document, "Title", size=22, font=SERIF, bold=True, after=1, colour=INK)
    styled(document, "Subtitle", size=10.5, after=6, colour=QUIET)
    styled(document, "Heading 1", size=13, font=SERIF, bold=True, before=8, after=2.5, colour=ACCENT)
    styled(document, "Heading 2", size=11, font=SERIF, bold=True, before=7, after=2, colour=INK)
    styled(document, "Footer", size=8, colour=QUIET)
    styled(document, "List Bullet", size=9.5, after=2, line=1.1)
    styled(document, "List Number", size=9.5, after=2, line=1.1)
    for name, size, before, after in (
        ("Kicker", 9, 0, 1),
        ("Lead", 11, 0, 4),
        ("Quiet", 8.5, 0, 3),
        ("Caution", 9.5, 3, 5),
        ("Table Head", 8.5, 1.5, 1.5),
        ("Table Text", 8.5, 1.5, 1.5),
        ("After Table", 3, 0, 0),
        ("Picture", 9.5, 2, 3),
    ):
        document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        styled(document, name, size=size, before=before, after=after)
    for spaced in document.styles["Subtitle"].element.iter(qn("w:rPr")):
        spaced.remove_all("w:spacing")  # letters set apart, in python-docx's own style
    for name in ("Kicker", "Quiet"):
        document.styles[name].font.color.rgb = QUIET
    document.styles["Table Head"].font.bold = True
    for name in ("Kicker", "Quiet", "Table Head"):  # none of them stays alone at the foot of a page
        document.styles[name].paragraph_format.keep_with_next = True
    tail = document.styles.add_style("Tail", WD_STYLE_TYPE.CHARACTER)
    tail.font.color.rgb, tail.font.size = QUIET, Pt(8)
    document.styles["Title"].element.get_or_add_pPr().remove_all("w:pBdr")
    document.styles["Title"].paragraph_format.keep_with_next = True
    document.styles["Footer"].paragraph_format.tab_stops.clear_all()
    properties = document.styles["Footer"].element.get_or_add_pPr()
    properties.remove_all("w:tabs")
    document.styles["Footer"].paragraph_format.tab_stops.add_tab_stop(Mm(174), alignment=2)
    caution = document.styles["Caution"].element.get_or_add_pPr()
    caution.append(
        parse_xml(
            f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="24" w:space="6" w:color="{CALL_LINE}"/>'
            "</w:pBdr>"
        )
    )
    caution.append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{CALL}"/>'))
    ordered(caution)
    plain_table(document)
    numbered(document)


def styled(
    document: WordDocument,
    name: str,
    *,
    size: float,
    font: str = SANS,
    bold: bool = False,
    before: float = 0,
    after: float = 0,
    line: float = 1.08,
    colour: RGBColor = INK,
) -> None:
    """Set one style's letters and spaces; sizes and spaces in points."""
    style = cast("ParagraphStyle", document.styles[name])
    style.font.name, style.font.size, style.font.bold, style.font.italic = font, Pt(size), bold, False
    style.font.color.rgb = colour
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        if "heme" in attribute:  # a theme's font would win over ours
            del fonts.attrib[attribute]
    for attribute in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(attribute), font)
    spaces = style.paragraph_format
    spaces.space_before, spaces.space_after, spaces.line_spacing = Pt(before), Pt(after), line


def ordered(properties: BaseOxmlElement) -> None:
    """Put the children of a paragraph's properties in the order that the format wants."""
    order = [
        "keepNext",
        "keepLines",
        "pBdr",
        "shd",
        "tabs",
        "spacing",
        "ind",
        "contextualSpacing",
        "jc",
        "outlineLvl",
    ]
    children = sorted(properties, key=lambda child: order.index(child.tag.split("}")[1]))
    for child in children:
        properties.append(child)


def plain_table(document: WordDocument) -> None:
    """Add a table style without lines of its own; cells bring theirs."""
    document.styles.element.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="Plain">'
            '<w:name w:val="Plain"/>'
            '<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/><w:tblPr><w:tblCellMar>'
            '<w:left w:w="60" w:type="dxa"/><w:right w:w="100" w:type="dxa"/></w:tblCellMar></w:tblPr>'
            "</w:style>"
        )
    )


def numbered(document: WordDocument) -> None:
    """Add the numbering from which every numbered list starts anew."""
    level = (
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{RESTARTED}"><w:multiLevelType w:val="singleLevel"/>'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/>'
        '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="360" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum>'
    )
    root = document.part.numbering_part.element
    first = next(child for child in root if child.tag == qn("w:num"))
    first.addprevious(parse_xml(level))


def language(document: WordDocument) -> None:
    """Say that the document is in British English, so that it is read aloud and spelt as such."""
    for found in document.styles.element.iter(qn("w:lang")):
        found.set(qn("w:val"), "en-GB")


def modern(document: WordDocument) -> None:
    """Ask Word for the layout of its present version, and drop what no paper of ours uses.

    The empty document that python-docx brings holds a hundred table styles, all styles a second time for a
    Word of 2007, and a picture of an empty page: nine tenths of a file.
    """
    compat = document.settings.element.find(qn("w:compat"))
    for setting in compat:
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    package = document.part.package
    for rels, kinds in (
        (package.rels, ("/thumbnail",)),
        (document.part.rels, ("/stylesWithEffects", "/customXml")),
    ):
        for key, relation in list(rels.items()):
            if relation.reltype.endswith(kinds):
                del rels[key]
    sheet = document.styles.element
    for style in list(sheet.findall(qn("w:style"))):
        if style.get(qn("w:type")) == "table" and style.get(qn("w:styleId")) not in ("TableNormal", "Plain"):
            sheet.remove(style)
