import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earlywarn.errors import DataError
from earlywarn.sources.native.headers import find_header, find_tables, plain
from earlywarn.sources.native.kinds import read_published
from earlywarn.sources.native.packed import check_packed
from earlywarn.sources.native.workbooks import read_sheets
from earlywarn.sources.native.written import is_blank, read_day, read_number

FILES = Path(__file__).parent / "files"
WANTED = {"area": ["authority name", "authority"], "count": ["total"]}


@pytest.fixture
def book(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Cover"
    sheet["A1"] = "  Complaints   received "
    sheet.merge_cells("A1:D1")
    sheet["B4"] = dt.datetime(2024, 3, 12, 9, 30)  # noqa: DTZ001  a workbook knows no time zone
    sheet["C4"] = 0.64
    sheet["C4"].number_format = "0%"
    sheet["D4"] = True
    hidden = book.create_sheet("Data")
    hidden.sheet_state = "hidden"
    hidden["C3"] = 412
    book.create_sheet("Empty")
    path = tmp_path / "book.xlsx"
    book.save(path)
    return path


def test_cells_come_out_as_text_numbers_and_days_where_they_stand(book):
    blank = [""] * 4
    first = ["Complaints received", "", "", ""]
    last = ["", dt.date(2024, 3, 12), 0.64, "true"]
    assert read_sheets(book) == {
        "Cover": [first, blank, blank, last],
        "Data": [[""] * 3, [""] * 3, ["", "", 412.0]],
        "Empty": [],
    }


@pytest.mark.parametrize("kind", ["ofsted", "ombudsman", "neighbours", "wide"])
def test_all_files_that_cannot_be_opened_are_named_at_once(tmp_path, kind):
    pdf, empty, other = (tmp_path / name for name in ("a.xlsx", "b.xlsx", "2021-22.csv"))
    pdf.write_bytes(b"%PDF-1.7\n\xe2\xe3\xcf\xd3")
    empty.touch()
    other.write_text("Nothing,of,that\n", encoding="utf-8")
    mapping = FILES / "wide" / "visits.toml"
    with pytest.raises(DataError) as caught:
        read_published(kind, [pdf, empty, other], **({"mapping": mapping} if kind == "wide" else {}))
    assert [fault.file for fault in caught.value.faults] == ["a.xlsx", "b.xlsx", "2021-22.csv"]


def test_a_formula_that_failed_is_not_empty(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "A & B"
    second = book.create_sheet("Second")
    book.active["A1"], second["C2"], second["AB3"] = "#N/A", "#DIV/0!", 1  # openpyxl writes them as errors
    book.save(tmp_path / "book.xlsx")
    sheets = read_sheets(tmp_path / "book.xlsx")
    assert sheets["A & B"] == [["#N/A"]]
    assert sheets["Second"][1][2] == "#DIV/0!"
    assert sheets["Second"][2][27] == 1.0
    assert is_blank("#N/A")
    assert not is_blank("#DIV/0!")


ODS = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">
<office:body><office:spreadsheet><table:table table:name="A"><table:table-row>
<table:table-cell office:value-type="float" office:value="7"><text:p>7</text:p></table:table-cell>
<table:table-cell office:value-type="{}" calcext:value-type="error"><text:p>#DIV/0!</text:p>
</table:table-cell>
</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""


@pytest.mark.parametrize("value", ['string" office:string-value="', 'float" office:value="0'])
def test_a_formula_that_failed_is_not_empty_in_ods_either(tmp_path, value):
    path = tmp_path / "book.ods"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("META-INF/manifest.xml", "<manifest/>")
        book.writestr("content.xml", ODS.format(value).replace(">\n<", "><"))
    assert read_sheets(path) == {"A": [[7.0, "#DIV/0!"]]}


def test_an_ending_does_not_say_what_a_file_is(book):
    renamed = book.rename(book.with_suffix(".csv"))
    assert list(read_sheets(renamed)) == ["Cover", "Data", "Empty"]


def packed(**parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return buffer.getvalue()


FAR_XLSX = (
    b'<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="9"><c r="XFD1048576"><v>1</v></c></row>'
)
NO_ADDRESS = b"<sheetData>" + b"<row><c><v>1</v></c></row>" * 3 + b'<row r="6000000"><c><v>1</v></c></row>'
FORMATS_ONLY = b'<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="XFD1048576" s="3"/></row>'
CELL = b'<table:table-cell office:value-type="float" office:value="1"/>'
FAR_ODS = b'<table:table><table:table-row table:number-rows-repeated="1048575"/><table:table-row>'
FAR_ODS += b'<table:table-cell table:number-columns-repeated="16383"/>' + CELL + b"</table:table-row>"
MANY_ODS = b'<table:table><table:table-row table:number-rows-repeated="1048576"><table:table-cell '
MANY_ODS += (
    b'table:number-columns-repeated="16384" office:value-type="float" office:value="1"/></table:table-row>'
)
EMPTY_END = (
    b"<table:table><table:table-row>" + CELL + b'<table:table-cell table:number-columns-repeated="16383"/>'
)
EMPTY_END += b'</table:table-row><table:table-row table:number-rows-repeated="1048575"><table:table-cell '
EMPTY_END += b'table:number-columns-repeated="16384"/></table:table-row></table:table>'


@pytest.mark.parametrize(
    ("content", "match"),
    [
        pytest.param(
            packed(xl__workbook_xml=b"", xl__worksheets__a_xml=FAR_XLSX), "17,179,869,184", id="far cell"
        ),
        pytest.param(
            packed(xl__workbook_xml=b"", xl__worksheets__a_xml=NO_ADDRESS), "6,000,000", id="far row"
        ),
        pytest.param(packed(content_xml=FAR_ODS), "17,179,869,184 cells", id="far cell of ODS"),
        pytest.param(packed(content_xml=MANY_ODS), "17,179,869,184 cells", id="one cell repeated"),
        pytest.param(packed(content_xml=EMPTY_END)[40:], "damaged", id="beginning cut off"),
        pytest.param(packed(letter_xml=b"<a/>"), "an archive, not a workbook", id="some archive"),
        pytest.param(b"PK\x03\x04 and no more", "damaged", id="cut short"),
    ],
)
def test_what_would_fill_the_memory_or_is_no_workbook_is_refused(content, match):
    with pytest.raises(DataError, match=match):
        check_packed("book.xlsx", content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(
            packed(xl__workbook_xml=b"", xl__worksheets__a_xml=FORMATS_ONLY), id="formats in far cells"
        ),
        pytest.param(packed(content_xml=EMPTY_END), id="empty rows to the end"),
    ],
)
def test_cells_without_a_value_take_no_room(content):
    check_packed("book.ods", content)


def test_locked_workbooks_are_told_apart(tmp_path):
    locked = packed(**{"content_xml": b"", "META-INF__manifest_xml": b"<manifest:encryption-data/>"})
    with pytest.raises(DataError, match="is locked with a password"):
        check_packed("book.ods", locked)
    old = tmp_path / "old.xlsx"
    old.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    with pytest.raises(
        DataError, match="locked with a password, or is a workbook in the form of before 2007"
    ):
        read_sheets(old)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7\xff\xfe", "neither a workbook nor UTF-8 text"),
        (b"a,b\n\0,1", "neither a workbook nor UTF-8 text"),
        (b'a,"b\n1,2', "cannot be read as CSV"),
    ],
)
def test_other_files_are_refused(tmp_path, content, match):
    path = tmp_path / "thing.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=match):
        read_sheets(path)


def test_missing_files_and_folders_are_refused(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        read_sheets(tmp_path / "none.ods")
    with pytest.raises(DataError, match="is a folder"):
        read_sheets(tmp_path)


def test_a_header_is_found_below_titles_by_its_names():
    rows = [
        ["Table 1: Total"],
        [],
        ["x", "Authority name", "TOTAL [note 1]"],
        ["", "Kent", 412.0],
        ["", "", ""],
    ]
    (table,), faults = find_tables("a.xlsx", {"Data": rows, "Notes": [["Total"]]}, WANTED, ["area", "count"])
    assert faults == []
    assert (table["area"], table["count"], table.lines, table.title) == (
        ["Kent"],
        [412.0],
        [4],
        "Table 1: Total",
    )
    assert table["other"] == [""]


def test_of_several_headings_the_first_of_ours_counts():
    rows = [["Authority", "Authority name", "Total"]]
    assert find_header(rows, WANTED, ["area"]) == [(0, {"area": [1], "count": [2]})]


def test_a_heading_may_be_dressed_but_the_plain_one_comes_first():
    assert find_header([["The authority", "Latest total rating"]], WANTED, ["area"])[0][1] == {
        "area": [0],
        "count": [1],
    }
    assert find_header([["Authority", "Latest total", "Total"]], WANTED, ["area"])[0][1]["count"] == [2]
    assert find_header([["Authority", "Previous total"]], WANTED, ["area", "count"]) == []


def test_two_possible_headers_are_both_named():
    rows = [["Authority", "Total"], ["Kent", 1.0], ["Authority", "Total"], ["Kent", 2.0]]
    _, (fault,) = find_tables("a.xlsx", {"Data": rows}, WANTED, ["area", "count"])
    assert "could have its header in rows 1 and 3" in str(fault)


def test_one_heading_of_two_columns_is_a_fault():
    _, (fault,) = find_tables(
        "a.xlsx", {"Data": [["Authority", "Total", "total"]]}, WANTED, ["area", "count"]
    )
    assert str(fault).startswith("a.xlsx, sheet Data, row 1: 'Total' is the heading of 2 columns")


@given(st.text(max_size=30))
def test_plain_letters_stay_as_they_are(text):
    assert plain(plain(text)) == plain(text)


DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
FORMS = [
    "%Y-%m-%d",
    "%d-%m-%Y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d-%b-%Y",
    "%d %B %Y",
    "%d-%b-%y",
    "%Y-%m-%d 00:00:00",
]


@given(DAYS, st.sampled_from(FORMS))
def test_a_day_is_read_in_each_form(day, form):
    assert read_day(day.strftime(form)) == day
    assert read_day(float((day - dt.date(1899, 12, 30)).days)) == day
    assert read_day(day) == day


@pytest.mark.parametrize(
    "cell", ["03/25/2024", "31/06/2024", "12/03/24", "March 2024", "Not yet inspected", 3.0, ""]
)
def test_what_is_no_day_is_not_guessed(cell):
    assert read_day(cell) is None


@given(st.floats(-1e9, 1e9))
def test_a_number_is_read_with_or_without_thousands(number):
    assert read_number(f"{number:,.2f}") == read_number(f"{number:.2f}") == float(f"{number:.2f}")


@pytest.mark.parametrize("cell", ["", "-", "c", "1,2,3", "%", "12 March", dt.date(2024, 3, 12), "nan", "1e5"])
def test_what_is_no_number_is_not_guessed(cell):
    assert read_number(cell) is None


def test_nought_is_not_nothing():
    assert not is_blank(0.0)
    assert not is_blank("0")
    assert not is_blank("nil")
    assert is_blank("\N{EN DASH}")
