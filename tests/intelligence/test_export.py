import numpy as np
import openpyxl
import pandas as pd
import pytest

from earlywarn.errors import OutputError
from earlywarn.intelligence.entries import CANONICAL
from earlywarn.intelligence.export import write_entries, write_template
from earlywarn.intelligence.kinds import read_kinds
from earlywarn.intelligence.log import Log
from earlywarn.sources.synthetic import synthetic_tables
from earlywarn.sources.tables import read_tables
from earlywarn.sources.writing import write_tables


@pytest.fixture
def entries(tmp_path, clock, entry):
    cells = [
        entry(note="plain, “quoted”\nin two lines", kind="caseload_concern", amount=17.5),
        entry(note="=1+1"),
    ]
    with Log.open(tmp_path / "log.db", clock=clock) as log:
        log.add([*cells, entry(note="@x", link="-1")], by="C001")
        return log.entries()


def test_the_csv_serves_as_the_table_of_a_data_folder(entries, tmp_path):
    world = synthetic_tables(areas=30, seed=1)
    code = world.areas["area_code"].iloc[0]
    write_tables(world, tmp_path / "world")
    for former in (tmp_path / "world").glob("concerns*"):
        former.unlink()
    write_entries(entries.assign(area_code=code), tmp_path / "world" / "concerns.csv")
    read = read_tables(tmp_path / "world").concerns
    assert tuple(read.columns) == CANONICAL
    assert read["note"].tolist() == ["plain, “quoted”\nin two lines", "=1+1", "@x"]
    same = [name for name in CANONICAL if name not in {"note", "link", "area_code"}]
    pd.testing.assert_frame_equal(read[same], entries[same])


def test_no_cell_of_a_workbook_is_a_formula(entries, tmp_path):
    write_entries(entries, tmp_path / "out.xlsx")
    page = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert [cell.value for cell in page[1]] == list(CANONICAL)
    notes = page[chr(ord("A") + CANONICAL.index("note"))]
    assert [cell.value for cell in notes[1:]] == entries["note"].tolist()
    assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "inlineStr", "n", "d", "b"}
    assert page.cell(2, 1 + CANONICAL.index("occurred_on")).value == pd.Timestamp("2024-05-01")
    assert page.cell(3, 1 + CANONICAL.index("amount")).value is None


@pytest.mark.parametrize("name", ["out.txt", "out", "folder.csv"])
def test_another_kind_of_file_is_refused(entries, tmp_path, name):
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(OutputError, match=r"ends in .csv or .xlsx"):
        write_entries(entries, tmp_path / name)


def test_a_write_that_fails_leaves_the_former_file(entries, tmp_path):
    file = tmp_path / "out.csv"
    file.write_text("former")
    with pytest.raises(UnicodeEncodeError):
        write_entries(entries.assign(note="\udc80"), file)
    assert file.read_text() == "former"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.db", "out.csv"]


class TestTemplate:
    AREAS = pd.DataFrame(
        {
            "area_code": ["E1", "E2"],
            "name": ["Northshire", "Old"],
            "active_to": pd.to_datetime([None, "2020-01-01"]),
        }
    )

    @pytest.fixture
    def book(self, tmp_path):
        write_template(tmp_path / "t.xlsx", read_kinds(), self.AREAS)
        return openpyxl.load_workbook(tmp_path / "t.xlsx")

    def test_its_sheets(self, book):
        assert book.sheetnames == ["Read me", "Entries", "Kinds", "Lists"]
        assert book["Lists"].sheet_state == "hidden"
        said = " ".join(str(row[0]) for row in book["Read me"].iter_rows(values_only=True))
        assert "Write the post, never the person" in said
        assert "fail" not in said
        assert [row[0] for row in book["Kinds"].iter_rows(values_only=True)][1:] == [
            kind.label for kind in read_kinds().values()
        ]

    def test_each_column_with_set_words_offers_them(self, book):
        page, offered = book["Entries"], {}
        for check in page.data_validations.dataValidation:
            if check.type == "list":
                column = str(check.sqref).split(":")[0].rstrip("0123456789")
                cells = book["Lists"][check.formula1.partition("!")[2].replace("$", "")]
                offered[page[f"{column}1"].value] = [cell.value for (cell,) in cells]
        assert set(offered) == {
            "Area", "Kind", "Role", "Detail", "Strength", "Confidence", "Source type", "Who may see it"
        }  # fmt: skip
        assert offered["Area"] == ["Northshire"]
        assert offered["Who may see it"] == ["open", "sector", "restricted"]
        assert offered["Strength"][0] == "1 slight"
        assert len(offered["Kind"]) == len(read_kinds())

    def test_only_what_is_to_be_filled_in_is_open(self, book):
        page = book["Entries"]
        assert page.protection.sheet
        assert not page.protection.password
        assert page["A1"].protection.locked
        assert not page.column_dimensions["A"].protection.locked
        assert all(book[name].protection.sheet for name in ("Read me", "Kinds"))

    def test_a_template_that_somebody_may_have_filled_in_is_left_alone(self, book, tmp_path):
        before = (tmp_path / "t.xlsx").read_bytes()
        with pytest.raises(OutputError, match="is there already and was left alone"):
            write_template(tmp_path / "t.xlsx", read_kinds())
        assert (tmp_path / "t.xlsx").read_bytes() == before
        assert book["Entries"].freeze_panes == "A2"


def test_numbers_come_back_to_the_last_digit(tmp_path, clock, entry):
    with Log.open(tmp_path / "log.db", clock=clock) as log:
        log.add(entry(kind="caseload_concern", amount=np.nextafter(17, 18)), by="C001")
        write_entries(log.entries(), tmp_path / "out.csv")
    assert pd.read_csv(tmp_path / "out.csv", float_precision="round_trip")["amount"].tolist() == [
        np.nextafter(17, 18)
    ]
