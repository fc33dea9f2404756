import sqlite3

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from earlywarn.panel.labels import grade_codes, judgement_labels, window_labels
from earlywarn.schedule import quarter_starts, window_end
from earlywarn.sources.england import read_england
from strategies import frame, panel_dates, panels

ORACLE = """
WITH judged AS (
  SELECT *, CASE overall WHEN 'inadequate' THEN 0 WHEN 'requires_improvement' THEN 1
                         WHEN 'good' THEN 2 WHEN 'outstanding' THEN 3 END AS grade
  FROM inspections),
first AS (
  SELECT asked.area_code, asked.as_of, judged.*, ROW_NUMBER() OVER (
    PARTITION BY asked.area_code, asked.as_of ORDER BY start_date) AS place
  FROM asked JOIN judged ON judged.area_code = asked.area_code
   AND start_date >= as_of AND start_date < ends),
last AS (
  SELECT asked.area_code, asked.as_of, judged.grade, ROW_NUMBER() OVER (
    PARTITION BY asked.area_code, asked.as_of ORDER BY start_date DESC) AS place
  FROM asked JOIN judged ON judged.area_code = asked.area_code AND known_on < as_of)
SELECT asked.area_code, asked.as_of, inspection_id, start_date, known_on AS label_known_on,
       first.grade, last.grade AS last_grade, first.grade < 2 AS adverse,
       CASE WHEN last.grade > 0 THEN first.grade < last.grade END AS decline, first.grade = 0 AS serious
FROM asked
LEFT JOIN first ON first.area_code = asked.area_code AND first.as_of = asked.as_of AND first.place = 1
LEFT JOIN last ON last.area_code = asked.area_code AND last.as_of = asked.as_of AND last.place = 1
ORDER BY asked.place
"""
NUMBERS = ["grade", "last_grade", "adverse", "decline", "serious"]


def inspected(*rows):
    columns = ("start_date", "known_on", "overall")
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    ids = [record | {"area_code": "A", "inspection_id": f"I{at}"} for at, record in enumerate(records)]
    return frame("inspections", ids)


# the example of panel/labels.py
EXAMPLE = inspected(
    ("2021-05-10", "2021-07-01", "good"),
    ("2024-11-05", "2024-12-20", "requires_improvement"),
    ("2024-12-10", "2025-02-01", "inadequate"),
)


def label(inspections, as_of, *, horizon=12):
    rows = pd.DataFrame({"area_code": ["A"], "as_of": [pd.Timestamp(as_of)]})
    return window_labels(inspections, rows, horizon=horizon).iloc[0]


def test_worked_by_hand():
    found = label(EXAMPLE, "2024-07-01")
    assert found[NUMBERS].tolist() == [1, 2, 1, 1, 0]
    assert found["inspection_id"] == "I1"
    assert found["start_date"] == pd.Timestamp("2024-11-05")
    assert found["label_known_on"] == pd.Timestamp("2024-12-20")


@pytest.mark.parametrize(
    ("as_of", "horizon", "first"),
    [
        pytest.param("2024-11-05", 1, "I1", id="starts on its first day"),
        pytest.param("2024-11-06", 1, None, id="started the day before"),
        pytest.param("2023-11-05", 12, None, id="starts on the day after its last"),
        pytest.param("2023-11-06", 12, "I1", id="starts on its last day"),
        pytest.param("2024-11-06", 12, "I2", id="the next one counts"),
        pytest.param("2024-12-11", 12, None, id="nothing starts any more"),
    ],
)
def test_windows_are_half_open_to_the_day(as_of, horizon, first):
    found = label(EXAMPLE, as_of, horizon=horizon)
    assert (found["inspection_id"] if first else None) == first
    assert pd.isna(found["inspection_id"]) == (first is None)


def test_without_an_inspection_there_is_no_label_rather_than_a_good_one():
    found = label(EXAMPLE, "2022-01-01")
    assert found[["grade", "adverse", "decline", "serious", "start_date", "label_known_on"]].isna().all()
    assert found["last_grade"] == 2


@pytest.mark.parametrize(
    ("as_of", "last"),
    [("2021-07-01", np.nan), ("2021-07-02", 2), ("2024-12-20", 2), ("2024-12-21", 1), ("2025-02-02", 0)],
)
def test_the_last_judgement_is_known_from_the_day_after_its_publication(as_of, last):
    assert label(EXAMPLE, as_of)["last_grade"] == pytest.approx(last, nan_ok=True)


@pytest.mark.parametrize(
    ("last", "next_one", "decline"),
    [
        ("inadequate", "inadequate", np.nan),
        ("inadequate", "good", np.nan),
        ("requires_improvement", "inadequate", 1),
        ("good", "good", 0),
        ("good", "outstanding", 0),
        ("outstanding", "good", 1),
    ],
)
def test_a_decline_is_from_a_judgement_that_can_be_fallen_from(last, next_one, decline):
    both = inspected(("2020-01-06", "2020-02-20", last), ("2024-01-08", "2024-02-20", next_one))
    assert label(both, "2023-07-01")["decline"] == pytest.approx(decline, nan_ok=True)


def test_without_an_earlier_judgement_there_is_a_label_but_no_decline():
    found = label(inspected(("2024-01-08", "2024-02-20", "inadequate")), "2023-07-01")
    assert found[NUMBERS].tolist() == pytest.approx([0, np.nan, 1, np.nan, 1], nan_ok=True)


def test_a_report_that_comes_late_does_not_pass_for_the_last_judgement():
    # the inspection of January is published after that of June
    late = inspected(("2023-01-09", "2023-09-01", "inadequate"), ("2023-06-05", "2023-07-20", "good"))
    assert label(late, "2023-08-01")["last_grade"] == 2
    assert label(late, "2023-10-01")["last_grade"] == 2


def test_inspections_without_an_overall_judgement_are_not_asked():
    unjudged = inspected(("2024-01-08", "2024-02-20", ""), ("2024-05-13", "2024-06-20", "good"))
    assert label(unjudged, "2024-01-01")["inspection_id"] == "I1"


def test_grades_are_coded_from_the_worst_and_keep_their_index():
    grades = pd.Series(["outstanding", "", "requires_improvement", "good"], index=list("wxyz"))
    assert grade_codes(grades).to_dict() == pytest.approx({"w": 3, "x": np.nan, "y": 1, "z": 2}, nan_ok=True)
    assert grade_codes(pd.Series(dtype=object)).dtype == float


def test_no_rows_have_no_labels():
    rows = pd.DataFrame({"area_code": pd.Series(dtype=object), "as_of": pd.Series(dtype="datetime64[ns]")})
    assert window_labels(EXAMPLE, rows, horizon=12).empty


def test_rows_may_carry_dates_of_any_precision_and_more_columns():
    rows = pd.DataFrame({"area_code": ["A"], "overall": ["inadequate"], "note": ["kept"]})
    asked = rows.assign(as_of=pd.Timestamp("2024-07-01").as_unit("s"))
    found = judgement_labels(EXAMPLE, asked).iloc[0]
    assert found[["grade", "decline", "note"]].tolist() == [0, 1, "kept"]


def oracle(inspections, rows, *, horizon):
    base = sqlite3.connect(":memory:")
    try:
        asked = rows.assign(ends=window_end(rows["as_of"], horizon), place=range(len(rows)))
        for name, table in (("inspections", inspections), ("asked", asked)):
            dates = table.select_dtypes("datetime").columns
            text = {column: table[column].dt.strftime("%Y-%m-%d") for column in dates}
            table.assign(**text).to_sql(name, base)
        found = pd.read_sql_query(ORACLE, base, parse_dates=["as_of", "start_date", "label_known_on"])
    finally:
        base.close()
    return found.astype(dict.fromkeys(NUMBERS, float))


def assert_as_sql_finds_them(inspections, rows, horizon):
    ours, theirs = (
        window_labels(inspections, rows, horizon=horizon),
        oracle(inspections, rows, horizon=horizon),
    )
    for column in theirs:
        left, right = ours[column], theirs[column]
        assert (left.eq(right) | (left.isna() & right.isna())).all(), column


@pytest.mark.parametrize("horizon", [3, 12, 18])
def test_in_england_labels_are_as_sql_finds_them(horizon):
    england = read_england()
    dates = quarter_starts(pd.Timestamp("2014-01-01"), pd.Timestamp("2025-10-01"))
    rows = pd.MultiIndex.from_product([england.areas["area_code"], dates], names=["area_code", "as_of"])
    assert_as_sql_finds_them(england.inspections, rows.to_frame(index=False), horizon)


@settings(max_examples=25)
@given(panels(), panel_dates())
def test_in_any_place_labels_are_as_sql_finds_them(tables, as_of):
    rows = tables.areas[["area_code"]].assign(as_of=as_of).astype({"as_of": "datetime64[ns]"})
    assert_as_sql_finds_them(tables.inspections, rows, 12)


@settings(max_examples=15)
@given(panels(), panel_dates())
def test_the_order_of_rows_is_kept_and_that_of_inspections_does_not_matter(tables, as_of):
    rows = tables.areas[["area_code"]].assign(as_of=as_of).iloc[::-1]
    labels = window_labels(tables.inspections, rows, horizon=12)
    assert labels["area_code"].tolist() == rows["area_code"].tolist()
    shuffled = tables.inspections.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(window_labels(shuffled, rows, horizon=12), labels)
