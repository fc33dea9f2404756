from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from earlywarn.errors import ConfigError, DataError
from earlywarn.schema import TABLES, violations
from earlywarn.sources.native.statistical_neighbours import read_neighbours
from earlywarn.sources.samples import sample_folder

FILES = Path(__file__).parent / "files" / "neighbours"


@pytest.fixture
def write(tmp_path):
    def csv(*rows, name="sn_may_2025.csv"):
        path = tmp_path / name
        path.write_text("\n".join(rows), encoding="utf-8")
        return path

    return csv


def pairs(read):
    columns = ["area_code", "neighbour_code", "rank", "closeness"]
    return [tuple(row) for row in read.tables["neighbours"][columns].to_numpy().tolist()]


def test_a_row_per_area_gives_each_neighbour_its_rank_and_closeness():
    read = read_neighbours(FILES / "sn_april_2021.xlsx")
    assert pairs(read) == [
        ("E06000010", "E06000002", 1, "Very close"),
        ("E06000010", "E06000021", 2, "Very close"),
        ("E06000010", "E08000038", 3, "Close"),
        ("E10000009", "E10000008", 1, "Extremely close"),  # the former county of Dorset, by its number
        ("E10000009", "E06000056", 2, "Somewhat close"),
        ("E10000016", "E10000012", 1, "Very close"),
        ("E10000016", "E06000056", 2, "Not close"),
    ]
    assert read.tables["neighbours"]["known_on"].unique() == pd.Timestamp("2021-04-30")
    assert read.skipped["why"].tolist() == ["'South East' is of a region"]
    assert read.notes == ["The model 2021 is taken as known from 2021-04-30."]


def test_the_tables_are_canonical():
    read = read_neighbours(FILES / "sn_april_2021.xlsx")
    for name, table in read.tables.items():
        assert table.columns.tolist() == TABLES[name].names
        assert violations(table, name) == []


def test_a_row_per_pair_says_the_same(write):
    read = read_neighbours(
        write(
            "LA,Statistical neighbour,Rank,Closeness",
            "Kent,Essex,1,very close",
            "Kent,Central Bedfordshire,2,0.53",
        )
    )
    assert pairs(read) == [("E10000016", "E10000012", 1, "Very close"), ("E10000016", "E06000056", 2, "0.53")]
    assert read.tables["neighbours"]["model"].unique() == "2025"


def test_the_england_sample_written_in_a_row_per_area_is_read_back(write):
    sample = pd.read_csv(sample_folder("england") / "neighbours.csv")
    sample = sample[sample["model"] == 2021].sort_values(["area_code", "rank"], ignore_index=True)
    cells = '"' + sample["neighbour_code"] + '","' + sample["closeness"] + '"'
    rows = (
        sample["area_code"].drop_duplicates()
        + ","
        + cells.groupby(sample["area_code"]).agg(",".join).to_numpy()
    )
    heads = ",".join(f"SN{rank},SNP" for rank in range(1, 11))
    read = read_neighbours(write(f"LA num,{heads}", *rows, name="sn_april_2021.csv"))
    columns = ["area_code", "neighbour_code", "rank", "closeness"]
    pd.testing.assert_frame_equal(read.tables["neighbours"][columns], sample[columns], check_dtype=False)


def test_a_sheet_per_area_is_called_as_the_area(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Kent"
    book.active.append(["Statistical neighbours, May 2025"])
    book.active.append(["Rank", "Neighbour"])
    book.active.append([1, "Essex"])
    book.save(tmp_path / "by area.xlsx")
    assert pairs(read_neighbours(tmp_path / "by area.xlsx")) == [("E10000016", "E10000012", 1, "")]


def test_everything_wrong_is_told_at_once(write):
    path = write(
        "LA num,LA Name,SN1,SN2,SN3",
        "886,Kent,881,881,Atlantis",
        "881,Essex,881,823,886",
        "886,Kent,823,886,881",
    )
    with pytest.raises(DataError) as wrong:
        read_neighbours(path)
    told = {str(fault).split(". To mend it")[0] for fault in wrong.value.faults}
    assert "sn_may_2025.csv, row 2, column SN3: 'Atlantis' is no area that we know" in told
    assert any("is a neighbour of E10000016 twice in the set 2025" in fault for fault in told)
    assert any("is a rank of E10000016 twice" in fault for fault in told)
    assert any("row 3, column neighbour_code: 'E10000012' is the area itself" in fault for fault in told)


def test_two_sets_stand_beside_one_another(write):
    later = write("LA,SN1,SN2", "Kent,Essex,Suffolk")
    read = read_neighbours(FILES / "sn_april_2021.xlsx", later)
    assert read.tables["neighbours"].groupby("model").size().to_dict() == {"2021": 7, "2025": 2}


def test_an_unnamed_or_undated_set_is_not_guessed(write):
    path = write("LA,SN1,SN2", "Kent,Essex,Suffolk", name="neighbours.csv")
    with pytest.raises(ConfigError, match="does not say which set of neighbours it is"):
        read_neighbours(path)
    with pytest.raises(ConfigError, match="taken as the set '2030', and we know the days of 2021, 2025 only"):
        read_neighbours(path, model="2030")
    with pytest.raises(ConfigError, match="no day"):
        read_neighbours(path, model="2030", known_on="May 2030th")
    read = read_neighbours(path, model="2030", known_on="2030-05-31")
    assert read.tables["neighbours"]["known_on"].unique() == pd.Timestamp("2030-05-31")
    with pytest.raises(ConfigError, match="was given none"):
        read_neighbours()


def test_other_files_are_refused(write):
    with pytest.raises(DataError, match="has no sheet with statistical neighbours"):
        read_neighbours(write("Authority,Total", "Kent,1"))
