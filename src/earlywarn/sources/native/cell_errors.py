"""Cells of a spreadsheet whose formula failed: they say `#DIV/0!`, and are not empty."""

import html
import io
import posixpath
import re
import zipfile

__all__ = ["cell_errors"]

FAILED = re.compile(rb'<(?:\w+:)?c\s([^>]*\bt="e"[^>]*)(?<!/)>(.*?)</(?:\w+:)?c>', re.DOTALL)
ADDRESS = re.compile(rb'\br="([A-Z]+)(\d+)"')
SAID = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
SHEET = re.compile(r"<(?:\w+:)?sheet\s([^>]*)>")
RELATION = re.compile(r"<(?:\w+:)?Relationship\s([^>]*)>")
ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')


def cell_errors(content: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """Find the cells of an XLSX workbook that hold an error, which its reader hands back as empty.

    Parameters
    ----------
    content : bytes
        A workbook that ``check_packed`` has let pass.

    Returns
    -------
    dict of str to dict
        By the sheet's name, the text of each such cell by row and column, counted from 0. Workbooks of
        other kinds are not looked into.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = packed.namelist()
        parts = (name for name in names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name))
        found = {name: errors for name in parts if (errors := _in_part(packed.read(name)))}
        if not found or "xl/_rels/workbook.xml.rels" not in names:
            return {}
        book, relations = (
            packed.read(name).decode() for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
        )
    targets = {
        said.get("Id", ""): posixpath.normpath(posixpath.join("/xl", said.get("Target", "")))[1:]
        for said in (dict(ATTRIBUTE.findall(tag)) for tag in RELATION.findall(relations))
    }
    sheets = (dict(ATTRIBUTE.findall(tag)) for tag in SHEET.findall(book))
    called = {html.unescape(said.get("name", "")): targets.get(said.get("r:id", ""), "") for said in sheets}
    return {name: found[part] for name, part in called.items() if part in found}


def _in_part(content: bytes) -> dict[tuple[int, int], str]:
    """Return the cells of one sheet that hold an error."""
    if b't="e"' not in content:
        return {}
    found = {}
    for attributes, inside in FAILED.findall(content):
        address, said = ADDRESS.search(attributes), SAID.search(inside)
        if address and said:
            column = 0
            for letter in address[1]:
                column = 26 * column + letter - 64
            found[int(address[2]) - 1, column - 1] = html.unescape(said[1].decode())
    return found
