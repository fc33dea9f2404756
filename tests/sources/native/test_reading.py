"""Published files of text are opened whatever program saved them, and never beyond what is safe."""

import gzip

import numpy as np
import pandas as pd
import pytest

from earlywarn.errors import DataError
from earlywarn.sources.native import reading
from earlywarn.sources.native.reading import SYMBOLS, open_published, read_figures

TABLE = "place,figure\nKent,12.5\nHull,\N{EN DASH}\n"


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["Unix", "Windows", "old Mac"])
def test_a_table_is_the_same_in_whatever_letters_and_lines_it_was_saved(tmp_path, code, end):
    path = tmp_path / "table.csv"
    path.write_bytes(TABLE.replace("\n", end).encode(code))
    read = open_published(path)
    assert read.columns["place"].cells.tolist() == ["Kent", "Hull"]
    assert read_figures(read.columns["figure"].cells).status.tolist() == ["ok", "missing"]
    assert len(read.notes) == (code in {"utf-16", "cp1252"})  # said, where it is not what is published


@pytest.mark.parametrize("first", ["place;figure", "Table 1: figures by place", "place\tfigure"])
def test_a_first_line_that_is_no_header_is_shown(tmp_path, first):
    path = tmp_path / "table.csv"
    path.write_text(f"{first}\nplace,figure\nKent,12\n", encoding="utf-8")
    with pytest.raises(DataError, match="one column in its first line") as caught:
        open_published(path)
    assert repr(first) in str(caught.value)


def test_rows_of_another_length_are_named_by_their_line(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("place,figure\nKent,12\nBristol, City of,7\nHull\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        open_published(path)
    assert [(fault.row, fault.problem) for fault in caught.value.faults] == [
        (3, "has 3 cells"),
        (4, "has 1 cells"),
    ]


def test_columns_without_a_heading_are_left_out_and_mentioned(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("place,figure,,\nKent,12,,note\n", encoding="utf-8")
    read = open_published(path)
    assert read.header == list(read.columns) == ["place", "figure"]
    assert read.notes == ["2 columns of table.csv have no heading and were not read."]


@pytest.mark.parametrize("ending", [".csv", ".csv.gz"])
def test_no_more_is_unpacked_than_is_safe(tmp_path, monkeypatch, ending):
    monkeypatch.setattr(reading, "LARGEST", 1_000)
    path = tmp_path / f"table{ending}"
    content = b"place,figure\n" + b"Kent,12\n" * 200
    path.write_bytes(gzip.compress(content) if ending.endswith("gz") else content)
    with pytest.raises(DataError, match="larger than any file of this kind"):
        open_published(path)


def test_a_parquet_file_of_too_many_rows_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_ROWS", 99)
    path = tmp_path / "table.parquet"
    pd.DataFrame({"figure": np.zeros(100)}).to_parquet(path)
    with pytest.raises(DataError, match="larger than any file of this kind"):
        open_published(path)


@pytest.mark.parametrize("mark", ["c", "x", "z", "u", "low"])
def test_the_shorthand_of_spreadsheets_means_the_same_in_brackets(mark):
    assert SYMBOLS[f"[{mark}]"] == SYMBOLS[mark]
