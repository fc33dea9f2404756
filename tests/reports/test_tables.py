import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earlywarn.reports import read_csv, write_csv


def written(frame, tmp_path):
    write_csv(frame, tmp_path / "table.csv")
    return (tmp_path / "table.csv").read_bytes().decode("utf-8")


def test_every_kind_of_cell_as_it_is_to_stand(tmp_path):
    frame = pd.DataFrame(
        {
            "name": ["Bürgh, North", None],
            "risk": [1 / 3, float("nan")],
            "change": [-0.0, -2.5],
            "count": [1_000_000, 2],
            "day": pd.to_datetime(["2025-04-01", None]),
            "eligible": [True, False],
            "passed": [None, True],
        }
    )
    assert written(frame, tmp_path) == (
        "name,risk,change,count,day,eligible,passed\n"
        '"Bürgh, North",0.3333333333,0,1000000,2025-04-01,true,\n'
        ",,-2.5,2,,false,true\n"
    )


@pytest.mark.parametrize("text", ["=1+1", "+44", "-A1", "@SUM(A1)", "\tx", "\n=x"])
def test_text_that_a_spreadsheet_would_run_is_guarded(text, tmp_path):
    write_csv(pd.DataFrame({"note": [text]}), tmp_path / "table.csv")
    assert pd.read_csv(tmp_path / "table.csv")["note"][0] == f"'{text}"
    assert read_csv(tmp_path / "table.csv", text=("note",))["note"][0] == text


def test_negative_numbers_are_left_alone(tmp_path):
    assert written(pd.DataFrame({"a": [-1], "b": [-1.5]}), tmp_path) == "a,b\n-1,-1.5\n"


def test_a_named_index_is_written_and_an_unnamed_one_is_not(tmp_path):
    frame = pd.DataFrame({"x": [1.0]}, index=pd.Index(["E1"], name="area_code"))
    assert written(frame, tmp_path) == "area_code,x\nE1,1\n"
    assert written(frame.reset_index(drop=True), tmp_path) == "x\n1\n"


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), min_size=1), min_size=1))
def test_text_comes_back_as_it_was(texts):
    file = io.BytesIO()
    write_csv(pd.DataFrame({"key": 1, "text": texts}), file)
    file.seek(0)
    assert read_csv(file, text=("text",))["text"].tolist() == texts


def test_codes_with_leading_zeros_stay_text(tmp_path):
    write_csv(pd.DataFrame({"code": ["007"], "note": ["NA"]}), tmp_path / "table.csv")
    table = read_csv(tmp_path / "table.csv", text=("code", "note"))
    assert table.to_dict("list") == {"code": ["007"], "note": ["NA"]}


def test_line_ends_inside_text_become_one_kind(tmp_path):
    assert written(pd.DataFrame({"note": ["\r=1+1", "a\r\nb"]}), tmp_path) == 'note\n"\'\n=1+1"\n"a\nb"\n'
