"""Cells of a spreadsheet whose formula failed: they say `#DIV/0!`, and are not empty."""

import html
import io
import posixpath
import re
import zipfile

__all__ = ["cell_errors", "spell_out_errors"]

FAILED = re.compile(rb'<(?:\w+:)?c\s([^>]*\bt="e"[^>]*)(?<!/)>(.*?)</(?:\w+:)?c>', re.DOTALL)
ADDRESS = re.compile(rb'\br="([A-Z]+)(\d+)"')
SAID = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
SHEET = re.compile(r"<(?:\w+:)?sheet\s([^>]*)>")
RELATION = re.compile(r"<(?:\w+:)?Relationship\s([^>]*)>")
ODS_FAILED = re.compile(rb'<table:table-cell\s[^>]*\bcalcext:value-type="error"[^>]*>')
ODS_VALUE = re.compile(rb'\s(?:office:(?:value-type|value|string-value)|calcext:value-type)="[^"]*"')
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


def spell_out_errors(content: bytes) -> bytes:
    """Return an ODS workbook in which cells that hold an error are text, which their reader would lose.

    Parameters
    ----------
    content : bytes
        A workbook that ``check_packed`` has let pass; one of another kind, or without errors, stays as it is.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        wanted = {"mimetype", "META-INF/manifest.xml", "content.xml"} & set(packed.namelist())
        parts = {name: packed.read(name) for name in sorted(wanted, reverse=True)}  # the mimetype first
    if b'calcext:value-type="error"' not in parts.get("content.xml", b""):
        return content
    parts["content.xml"] = ODS_FAILED.sub(_as_text, parts["content.xml"])
    spelt = io.BytesIO()
    with zipfile.ZipFile(spelt, "w") as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return spelt.getvalue()


def _as_text(tag: re.Match[bytes]) -> bytes:
    bare = ODS_VALUE.sub(b"", tag[0])
    return bare.replace(b"<table:table-cell", b'<table:table-cell office:value-type="string"', 1)


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
