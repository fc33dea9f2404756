"""Look into a zipped workbook before it is opened, so that a small file cannot fill the memory."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from earlywarn.errors import DataError, Fault

__all__ = ["check_packed"]

LARGEST_UNPACKED = 256 * 2**20  # bytes of all parts together
MOST_PARTS = 5_000
MOST_CELLS = 5_000_000  # of the rectangle from the first cell of a sheet to its last
# an opening tag of a row or cell, and its attributes; `covered-table-cell` lies under a merged one
ODS_TAGS = re.compile(rb"<table:(?:(table-row)|(?:covered-)?table-cell|(table))(?=[\s/>])([^>]*)>")
XLSX_TAGS = re.compile(rb"<(?:\w+:)?(?:(row)|c)(?=[\s/>])([^>]*)>")
REPEATS = re.compile(rb'number-(?:rows|columns)-repeated="(\d+)"')
ADDRESS = re.compile(rb'\br="([A-Za-z]*)(\d+)"')
SAVE_AS = "open it in a spreadsheet program and save the sheet you need as .csv"


def check_packed(name: str, content: bytes) -> None:
    """Refuse a workbook that would grow too large, or is locked or damaged.

    Parameters
    ----------
    name : str
        The file's name, for the message.
    content : bytes
        The file: a zip archive.

    Raises
    ------
    DataError
        If it has more than 5,000 parts or 256 MB once unpacked, if a sheet spans more than 5 million cells
        (a cell far away makes every cell up to it), if it is locked, damaged, or no workbook.
    """
    refusal = None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            refusal = _refusal(packed)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,
    ):  # its many ways to say so
        refusal = "is damaged: it cannot be unpacked", "download it again"
    if refusal:
        raise DataError([Fault(name, None, None, None, *refusal)], where=name)


def _refusal(packed: zipfile.ZipFile) -> tuple[str, str] | None:
    parts = packed.infolist()
    size = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or size > LARGEST_UNPACKED:
        problem = f"unpacks to {len(parts):,} parts of {size / 2**20:,.0f} MB, more than is read"
        return problem, SAVE_AS
    names = packed.namelist()
    if any(part.flag_bits & 1 for part in parts) or (
        "META-INF/manifest.xml" in names and b"encryption-data" in packed.read("META-INF/manifest.xml")
    ):
        return "is locked with a password", "save it again without a password"
    if len(set(names)) < len(names) or packed.testzip():
        return "is damaged: a part is there twice, or is not what it was", "download it again"
    if "content.xml" in names:
        spans = _ods_spans(packed.read("content.xml"))
    elif "xl/workbook.xml" in names:
        sheets = [name for name in names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]
        spans = (span for name in sheets for span in _xlsx_spans(packed.read(name)))
    else:
        return "is an archive, not a workbook", "unpack it, and name the workbook or CSV file in it"
    largest = max(spans, default=0)
    if largest > MOST_CELLS:
        return (
            f"has a sheet that spans {largest:,} cells, and {MOST_CELLS:,} is the most that is read",
            SAVE_AS,
        )
    return None


def _ods_spans(content: bytes) -> Iterator[int]:
    """Yield the cells that each sheet spans; empty cells at the end of rows and sheets do not count."""
    height = width = row = column = repeat = 0
    for tag in ODS_TAGS.finditer(content):
        is_row, is_sheet, attributes = tag[1], tag[2], tag[3]
        if is_sheet:
            yield height * width
            height = width = row = column = repeat = 0
            continue
        found = REPEATS.search(attributes)
        times = int(found[1]) if found else 1
        if is_row:
            row, column, repeat = row + repeat, 0, times
            continue
        column += times
        if b"value-type" in attributes or not attributes.endswith(b"/"):
            height, width = max(height, row + repeat), max(width, column)
    yield height * width


def _xlsx_spans(content: bytes) -> Iterator[int]:
    """Yield the cells that a sheet spans; cells with a format only do not count."""
    height = width = row = column = 0
    for tag in XLSX_TAGS.finditer(content):
        is_row, attributes = tag[1], tag[2]
        address = ADDRESS.search(attributes)
        if is_row:
            row, column = int(address[2]) if address else row + 1, 0
            continue
        if address:
            column, row = _number(address[1]), int(address[2])
        else:
            column += 1
        if not attributes.endswith(b"/"):
            height, width = max(height, row), max(width, column)
    yield height * width


def _number(letters: bytes) -> int:
    """Return the number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number
