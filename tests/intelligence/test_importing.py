import csv

import openpyxl
import pandas as pd
import pytest

from earlywarn.errors import DataError, LogError, MissingTableError
from earlywarn.intelligence.importing import import_file
from earlywarn.intelligence.log import Log
from earlywarn.intelligence.template import build_template
from earlywarn.intelligence.words import import_words

AREAS = pd.DataFrame(
    {
        "area_code": ["E1", "E2", "E3"],
        "name": ["Northshire", "St Helens", "Old Town"],
        "former_codes": ["E9", "", ""],
        "active_to": pd.to_datetime([None, None, "2020-01-01"]),
    }
)
HEADER = "Area,Kind,Occurred on,Strength,Confidence,Who may see it,Note\n"
GOOD = "E1,savings,2024-05-01,3,medium,sector,three cuts\n"


@pytest.fixture
def log(empty_file, tmp_path, clock):
    """The databases are held against each other elsewhere; reading files is the same for both."""
    place = tmp_path / "log.db"
    place.write_bytes(empty_file.read_bytes())
    with Log.open(place, clock=clock) as opened:
        yield opened


@pytest.fixture
def file(tmp_path):
    folder = tmp_path / "post"
    folder.mkdir()

    def write(text, name="may.csv", encoding="utf-8"):
        path = folder / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


def rejected(path):
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def test_good_rows_are_logged_and_bad_ones_set_aside_with_number_and_reason(log, file):
    bad = "E2,saving,2024-05-01,9,medium,sector,\n"
    path = file(HEADER + GOOD + bad + "\n" + "E2,savings,2024-13-01,2,low,,x\n")
    done = import_file(log, path, by="C001")
    assert (done.rows, done.added, done.repeated, done.rejected) == (3, 1, 0, 2)
    assert log.entries()[["area_code", "kind", "note", "contributor"]].to_numpy().tolist() == [
        ["E1", "savings", "three cuts", "C001"]
    ]
    assert [(fault.row, fault.column, fault.value) for fault in done.faults] == [
        (3, "Kind", "saving"),
        (3, "Strength", "9"),
        (5, "Occurred on", "2024-13-01"),
        (5, "Who may see it", ""),
    ]
    first, second = rejected(done.rejected_file)
    assert first["Kind"] == "saving"
    assert (
        "Kind is no kind that is known: write savings, if that is meant; Strength"
        in first["Why it was not imported"]
    )
    assert "is not in the calendar" in second["Why it was not imported"]


def test_the_rejected_file_can_be_mended_and_imported(log, file):
    done = import_file(log, file(HEADER + GOOD + GOOD.replace("E1,savings", "E2,saving")), by="C001")
    assert done.rejected_file.name == "may-rejected.csv"
    text = done.rejected_file.read_text(encoding="utf-8-sig").replace("saving,", "savings,", 1)
    done.rejected_file.write_text(text, encoding="utf-8-sig")
    again = import_file(log, done.rejected_file, by="C001")
    assert (again.added, again.rejected, again.rejected_file, again.ignored) == (1, 0, None, ())
    assert log.entries()["area_code"].tolist() == ["E1", "E2"]


def test_a_rejected_file_that_is_being_mended_is_never_overwritten(log, file):
    path = file(HEADER + GOOD.replace("savings", "saving"))
    names = [import_file(log, path, by="C001").rejected_file.name for _ in range(3)]
    assert names == ["may-rejected.csv", "may-rejected-2.csv", "may-rejected-3.csv"]


def test_the_same_file_twice_adds_nothing_twice(log, file):
    path = file(HEADER + GOOD + GOOD.replace("E1", "E2") + GOOD)
    assert (import_file(log, path, by="C001").added, import_file(log, path, by="C001").added) == (2, 0)
    assert import_file(log, path, by="C001").repeated == 3


def test_what_was_withdrawn_is_told_apart_from_what_is_there(log, file):
    path = file(HEADER + GOOD + GOOD.replace("E1", "E2"))
    import_file(log, path, by="C001")
    log.retract(log.entries()["entry_id"][0], by="C001", reason="x")
    done = import_file(log, path, by="C001")
    assert (done.added, done.repeated, done.withdrawn) == (0, 1, 1)
    assert "1 in the log already, 1 withdrawn before and not logged again" in import_words(done)


def test_nothing_is_left_where_the_log_cannot_be_written(log, file, clock):
    log.add({"area_code": "E1", "kind": "data_late", "occurred_on": "2024-01-01", "tier": "open"}, by="C001")
    clock.on(-9)
    path = file(HEADER + GOOD.replace("2024-05-01", "2024-04-01") + "x\n")
    with pytest.raises(LogError, match="Set the clock"):
        import_file(log, path, by="C001")
    assert len(log.entries()) == 1
    assert [file.name for file in path.parent.iterdir()] == ["may.csv"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (HEADER + GOOD.replace("three", "naïve"), "utf-8-sig"),
        (HEADER.replace(",", ";") + GOOD.replace(",", ";").replace("three", "naïve"), "cp1252"),
        (HEADER.replace(",", "\t") + GOOD.replace(",", "\t").replace("three", "naïve"), "utf-16"),
        ((HEADER + GOOD.replace("three", "naïve")).replace("\n", "\r\n"), "utf-8"),
    ],
    ids=["Excel's UTF-8", "Excel's CSV", "Excel's Unicode text", "Windows lines"],
)
def test_what_spreadsheets_write_is_read(log, file, text, encoding):
    assert import_file(log, file(text, encoding=encoding), by="C001").added == 1
    assert log.entries()["note"].tolist() == ["naïve cuts"]


def test_the_words_of_people_are_understood(log, file):
    header = "AREA, kind ,Role,Detail,occurred_on,source type,tier,colour\n"
    row = "northshire,Change of Leadership,Director of children's services,Vacant,1/3/2024,"
    row += "A published document,Open,red\n"
    done = import_file(log, file(header + row), by="C001", areas=AREAS)
    assert (done.rejected, done.ignored, done.areas_checked) == (0, ("colour",), True)
    (entry,) = log.entries().to_dict("records")
    assert [entry[name] for name in ("area_code", "kind", "role", "detail", "source_type", "tier")] == [
        "E1",
        "leadership_change",
        "director",
        "vacant",
        "document",
        "open",
    ]
    assert entry["occurred_on"] == pd.Timestamp("2024-03-01")


def test_areas_are_checked_where_they_are_known(log, file):
    text = HEADER + "".join(
        GOOD.replace("E1", area) for area in ("E9", "St Helens", "Northshir", "E4", "Old Town")
    )
    done = import_file(log, file(text), by="C001", areas=AREAS)
    assert log.entries()["area_code"].tolist() == ["E1", "E2", "E3"]
    assert [(fault.row, fault.remedy) for fault in done.faults] == [
        (4, "write 'Northshire', if that is meant"),
        (5, "write one of the 3 areas, such as 'Northshire', 'St Helens'"),
    ]
    assert not import_file(log, file(HEADER + GOOD), by="C001").areas_checked


def test_a_row_with_too_many_cells_is_set_aside_whole(log, file):
    done = import_file(
        log, file(HEADER + GOOD.replace("three cuts", "three, cuts") + "E1,savings\n"), by="C001"
    )
    assert (done.added, done.rejected) == (0, 2)
    assert rejected(done.rejected_file)[0]["Note"] == "three, cuts"


class TestPersonal:
    ROW = GOOD.replace("three cuts", "Ring Sarah on 020 7946 0018 or at s.j@example.org")

    def test_it_warns_and_does_not_repeat_the_text(self, log, file):
        done = import_file(log, file(HEADER + GOOD + self.ROW), by="C001")
        assert (done.added, done.rejected) == (2, 0)
        assert [(fault.row, fault.column, fault.problem) for fault in done.personal] == [
            (3, "Note", "seems to hold an e-mail address"),
            (3, "Note", "seems to hold a telephone number"),
            (3, "Note", "seems to hold the name of a person"),
        ]
        assert not any("Sarah" in str(fault) for fault in done.personal)

    def test_strict_sets_the_row_aside(self, log, file):
        done = import_file(log, file(HEADER + GOOD + self.ROW), by="C001", strict=True)
        assert (done.added, done.rejected, done.personal) == (1, 1, ())
        assert "Sarah" not in "".join(map(str, done.faults))


class TestFormulas:
    NOTE = '=HYPERLINK("http://x")'

    def test_text_that_looks_like_one_is_kept_and_never_runs(self, log, file):
        quoted = '"' + self.NOTE.replace('"', '""') + '"'
        text = (
            HEADER
            + GOOD.replace("three cuts", quoted)
            + GOOD.replace("three cuts", quoted).replace("savings", "x")
        )
        done = import_file(log, file(text), by="C001")
        assert log.entries()["note"].tolist() == [self.NOTE]
        assert rejected(done.rejected_file)[0]["Note"] == "'" + self.NOTE
        mended = done.rejected_file.read_text(encoding="utf-8-sig").replace("E1,x", "E2,savings")
        import_file(log, file(mended, name="again.csv"), by="C001")
        assert log.entries()["note"].tolist() == [self.NOTE] * 2


class TestWorkbook:
    def filled(self, log, path, rows):
        book = build_template(log.kinds, AREAS)
        for number, cells in enumerate(rows, start=2):
            for place, cell in enumerate(cells, start=1):
                book["Entries"].cell(number, place).value = cell
        book.save(path)
        return path

    def test_the_filled_template_is_imported_and_its_bad_rows_come_back_with_drop_downs(self, log, tmp_path):
        day = pd.Timestamp("2024-04-30").to_pydatetime()
        good = ["Northshire", "Backlog at the front door", None, None, day, "4 strong", "high"]
        good += ["A data return", None, "sector", 120, None, "some wait"]
        done = import_file(
            log, self.filled(log, tmp_path / "may.xlsx", [good, ["Leeds", *good[1:]]]), by="C007", areas=AREAS
        )
        assert (done.added, done.rejected) == (1, 1)
        (entry,) = log.entries().to_dict("records")
        assert (entry["kind"], entry["strength"], entry["amount"], entry["contributor"]) == (
            "front_door_backlog",
            4,
            120,
            "C007",
        )
        book = openpyxl.load_workbook(done.rejected_file)
        page = book["Entries"]
        assert [cell.value for cell in page[1]][-1] == "Why it was not imported"
        assert page["O2"].value.startswith("Area is no area that is known")
        assert any(
            check.type == "list" and "B2" in check.sqref for check in page.data_validations.dataValidation
        )
        page["A2"].value = "St Helens"
        book.save(done.rejected_file)
        assert import_file(log, done.rejected_file, by="C007", areas=AREAS).added == 1
        assert log.entries()["area_code"].tolist() == ["E1", "E2"]

    def test_a_formula_in_a_rejected_row_stays_text(self, log, file):
        text = HEADER + GOOD.replace("three cuts", "=1+1").replace("savings", "x")
        path = file(text)
        book = openpyxl.Workbook()
        for row in csv.reader(text.splitlines()):
            book.active.append(["'=1+1" if cell == "=1+1" else cell for cell in row])
        book.save(path.with_suffix(".xlsx"))
        done = import_file(log, path.with_suffix(".xlsx"), by="C001")
        cell = openpyxl.load_workbook(done.rejected_file)["Entries"]["G2"]
        assert (cell.value.lstrip("'"), cell.data_type) == ("=1+1", "s")


class TestWholeFileFaults:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "is empty"),
            ("Area,Kind\nE1,savings\n", "column occurred_on: is missing"),
            (HEADER.replace("Note", "Kind") + GOOD, "names the column 'Kind' twice"),
            (HEADER.replace("Note", "kind ") + GOOD, "means the same as the column 'Kind'"),
            ("known_on," + HEADER + "2020-01-01," + GOOD, "import with --historic"),
            ("\0\1\2", "neither text nor a workbook"),
        ],
    )
    def test_a_file_that_is_no_table_of_entries(self, log, file, text, said):
        with pytest.raises(DataError, match=said):
            import_file(log, file(text), by="C001")
        assert log.entries().empty

    def test_a_damaged_workbook(self, log, tmp_path):
        (tmp_path / "may.xlsx").write_bytes(b"PK\x03\x04 and no more")
        with pytest.raises(DataError, match="is not a workbook that can be read"):
            import_file(log, tmp_path / "may.xlsx", by="C001")

    def test_a_file_that_is_not_there(self, log):
        with pytest.raises(MissingTableError, match="is not there"):
            import_file(log, "none.csv", by="C001")

    def test_nobody_imports_nothing(self, log, file):
        with pytest.raises(LogError, match="Nobody is named"):
            import_file(log, file(HEADER + GOOD + "x\n"), by="")


class TestHistoric:
    HEADER = "entry_id,version,known_on,retracted," + HEADER

    def test_versions_keep_their_days(self, log, file):
        text = self.HEADER + "a,1,2020-06-01,false," + GOOD.replace("2024-05-01", "2020-05-01")
        text += "a,2,2020-07-01,true," + GOOD.replace("2024-05-01", "2020-05-01")
        done = import_file(log, file(text), by="C001", historic=True)
        assert (done.added, log.audit().historic) == (2, 2)
        assert log.in_force("2020-06-02")["entry_id"].tolist() == ["a"]
        assert log.in_force("2020-07-02").empty
        assert import_file(log, file(text), by="C001", historic=True).repeated == 2

    def test_the_versions_of_an_entry_stand_or_fall_together(self, log, file):
        row = GOOD.replace("2024-05-01", "2020-05-01")
        text = self.HEADER + "a,1,2020-06-01,," + row + "a,2,,," + row + "b,1,2020-06-01,," + row
        done = import_file(log, file(text), by="C001", historic=True)
        assert log.entries()["entry_id"].tolist() == ["b"]
        assert [fault.problem for fault in done.faults] == [
            "has another version that cannot be logged",
            "is empty",
        ]
