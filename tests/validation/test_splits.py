"""Which rows teach and which are tested, checked against a splitter that is written out by hand."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.schema import GRADES
from earlywarn.sources.england import read_england
from earlywarn.validation import splits
from earlywarn.validation.splits import may_teach, taught_weights, teaching_rows

LEADS = (3, 6, 12, 18)


def inspections(*rows):
    """Rows of area, start, publication, judgement."""
    table = pd.DataFrame(rows, columns=["area_code", "start_date", "known_on", "overall"])
    table["inspection_id"] = [f"I{number}" for number in range(len(rows))]
    return table.astype({"start_date": "datetime64[ns]", "known_on": "datetime64[ns]"})


FIRST = ("A", "2020-01-06", "2020-02-20", "good")
SECOND = ("A", "2024-11-05", "2024-12-20", "requires_improvement")


def asked_about(*rows, leads=(3,), first_start="2019-01-01", **limits):
    limits = {name: pd.Timestamp(date) for name, date in limits.items()}
    return splits.tested_rows(
        inspections(*rows), leads=leads, first_start=pd.Timestamp(first_start), **limits
    )


def origins(table):
    return dict(zip(table["lead_months"], table["as_of"].dt.strftime("%Y-%m-%d"), strict=True))


def test_an_inspection_is_asked_about_at_the_last_quarter_start_before_its_lead():
    # 2024-11-05 less 90 days is 2024-08-07; less 6, 12 and 18 months 2024-05-05, 2023-11-05 and 2023-05-05
    found = asked_about(FIRST, SECOND, leads=LEADS)
    assert origins(found) == {3: "2024-07-01", 6: "2024-04-01", 12: "2023-10-01", 18: "2023-04-01"}


@pytest.mark.parametrize(
    ("start", "origin"),
    [("2024-09-29", "2024-07-01"), ("2024-09-28", "2024-04-01")],
    ids=["90 days after a quarter start", "89 days after it"],
)
def test_the_reference_lead_is_90_days_to_the_day(start, origin):
    assert origins(asked_about(FIRST, ("A", start, "2024-12-20", "good"))) == {3: origin}


@pytest.mark.parametrize(
    ("start", "origin"),
    [("2024-10-01", "2024-04-01"), ("2024-09-30", "2024-01-01")],
    ids=["six months after a quarter start", "a day less"],
)
def test_a_lead_in_months_is_exact_to_the_day(start, origin):
    assert origins(asked_about(FIRST, ("A", start, "2024-12-20", "good"), leads=[6])) == {6: origin}


def test_what_the_judgement_means_worked_by_hand():
    row = asked_about(FIRST, SECOND).iloc[0]
    assert row[["grade", "last_grade", "adverse", "decline", "serious"]].tolist() == [1, 2, 1, 1, 0]
    assert row["inspection_id"] == "I1"
    assert row["label_known_on"] == pd.Timestamp("2024-12-20")


def test_a_first_inspection_is_not_tested():
    assert asked_about(SECOND).empty


@pytest.mark.parametrize(
    ("published", "leads"),
    [("2024-06-30", [3]), ("2024-07-01", [])],
    ids=["the day before the as-of date", "on the as-of date"],
)
def test_the_earlier_judgement_must_be_known_before_the_as_of_date(published, leads):
    found = asked_about(("A", "2020-01-06", published, "good"), SECOND)
    assert found["lead_months"].tolist() == leads


@pytest.mark.parametrize(
    ("between", "leads"),
    [("2024-03-31", [3, 6]), ("2024-04-01", [3]), ("2024-06-30", [3]), ("2024-07-01", [])],
)
def test_another_inspection_from_the_as_of_date_on_takes_the_place_of_the_one_asked_about(between, leads):
    found = asked_about(FIRST, ("A", between, "2024-06-30", "good"), SECOND, leads=[3, 6])
    found = found[found["inspection_id"] == "I2"]
    assert found["lead_months"].tolist() == leads


def test_inspections_count_from_the_first_start_to_the_last_both_included():
    rows = [
        FIRST,
        ("B", "2020-01-06", "2020-02-20", "good"),
        SECOND,
        ("B", "2024-11-06", "2024-12-20", "good"),
    ]
    window = {"first_start": "2024-11-05", "last_start": "2024-11-05"}
    assert asked_about(*rows, **window)["area_code"].tolist() == ["A"]


def test_long_leads_wait_until_there_is_something_to_learn_from():
    found = asked_about(FIRST, SECOND, leads=LEADS, long_leads_from="2024-11-06")
    assert found["lead_months"].tolist() == [3, 6]
    assert asked_about(FIRST, SECOND, leads=LEADS, long_leads_from="2024-11-05")["lead_months"].tolist() == [
        *LEADS
    ]


def test_the_order_of_the_inspections_does_not_matter():
    england = read_england().inspections
    asked = {"leads": LEADS, "first_start": pd.Timestamp("2019-01-01")}
    shuffled = splits.tested_rows(england.sample(frac=1, random_state=1), **asked)
    pd.testing.assert_frame_equal(shuffled, splits.tested_rows(england, **asked))


def test_the_england_reference_evaluation_has_its_230_inspections():
    england = read_england().inspections
    found = splits.tested_rows(
        england,
        leads=[3],
        first_start=pd.Timestamp("2019-01-01"),
        last_start=pd.Timestamp("2025-03-31"),
        long_leads_from=pd.Timestamp("2020-04-01"),
    )
    assert len(found) == found["inspection_id"].nunique() == 230
    assert found[["adverse", "decline", "serious"]].sum().tolist() == [91, 43, 30]
    assert found["decline"].count() == 199


def quarter_before(date):
    return dt.date(date.year, date.month - (date.month - 1) % 3, 1)


def months_earlier(date, months):
    year, month = divmod(date.year * 12 + date.month - 1 - months, 12)
    for day in range(date.day, 0, -1):
        try:
            return dt.date(year, month + 1, day)
        except ValueError:
            continue
    raise AssertionError


def asked_by_hand(rows, lead, first_start):
    """The tested rows, one inspection at a time; nothing is shared with the splitter."""
    found = []
    for area, start, _, grade in rows:
        if start < first_start:
            continue
        as_of = quarter_before(start - dt.timedelta(days=90) if lead == 3 else months_earlier(start, lead))
        others = [row for row in rows if row[0] == area and row[1] != start]
        if any(as_of <= other[1] < start for other in others):
            continue
        known = [other for other in others if other[2] < as_of and other[1] < start]
        if not known:
            continue
        last = GRADES.index(max(known, key=lambda row: row[1])[3])
        code = GRADES.index(grade)
        decline = float(code < last) if last > 0 else None
        found.append((area, start, as_of, code, last, float(code < 2), decline, float(code == 0)))
    return sorted(found, key=lambda row: (row[2], row[0]))


@st.composite
def histories(draw):
    """Up to four areas with up to five inspections each, published within two years."""
    rows = []
    for area in "ABCD":
        starts = draw(st.lists(st.dates(dt.date(2017, 1, 1), dt.date(2024, 12, 31)), max_size=5, unique=True))
        for start in starts:
            published = start + dt.timedelta(days=draw(st.integers(0, 700)))
            rows.append((area, start, published, draw(st.sampled_from(GRADES))))
    return rows


@settings(deadline=None, max_examples=60)
@given(histories(), st.sampled_from(LEADS))
def test_a_splitter_written_out_by_hand_agrees(rows, lead):
    first_start = dt.date(2019, 1, 1)
    table = splits.tested_rows(inspections(*rows), leads=[lead], first_start=pd.Timestamp(first_start))
    found = [
        (
            row.area_code,
            row.start_date.date(),
            row.as_of.date(),
            row.grade,
            row.last_grade,
            row.adverse,
            None if np.isnan(row.decline) else row.decline,
            row.serious,
        )
        for row in table.itertuples()
    ]
    assert found == asked_by_hand(rows, lead, first_start)


@settings(deadline=None, max_examples=30)
@given(histories())
def test_each_inspection_is_tested_at_most_once_per_lead(rows):
    found = splits.tested_rows(inspections(*rows), leads=LEADS, first_start=pd.Timestamp("2018-01-01"))
    assert not found.duplicated(["inspection_id", "lead_months"]).any()


def teaching(*rows, dates, horizon=12):
    areas = sorted({row[0] for row in rows})
    index = pd.MultiIndex.from_product([areas, pd.DatetimeIndex(dates)], names=["area_code", "as_of"])
    return teaching_rows(inspections(*rows), index, horizon=horizon)


def test_a_row_teaches_if_an_inspection_starts_in_its_half_open_window():
    # the window of 2023-11-05 ends before 2024-11-05; that of 2024-11-05 holds its own first day
    dates = ["2023-11-05", "2023-11-06", "2024-11-05", "2024-11-06"]
    found = teaching(FIRST, SECOND, dates=dates)
    assert found["as_of"].dt.strftime("%Y-%m-%d").tolist() == ["2023-11-06", "2024-11-05"]


def test_a_row_without_an_earlier_known_judgement_does_not_teach():
    found = teaching(FIRST, SECOND, dates=["2019-07-01", "2024-04-01"])
    assert found["as_of"].tolist() == [pd.Timestamp("2024-04-01")]


def test_the_first_judgement_in_the_window_is_the_label():
    later = ("A", "2025-01-07", "2025-02-10", "inadequate")
    found = teaching(FIRST, SECOND, later, dates=["2024-04-01"])
    assert found["inspection_id"].tolist() == ["I1"]
    assert found["serious"].tolist() == [0]


def test_a_label_counts_from_the_day_after_its_publication():
    published = np.array(["2024-12-20"], dtype="datetime64[ns]")
    days = ["2024-12-19", "2024-12-20", "2024-12-21"]
    assert [bool(may_teach(published, pd.Timestamp(day))[0]) for day in days] == [False, False, True]


@given(st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=40))
def test_every_inspection_weighs_one_in_all(names):
    weights = pd.Series(taught_weights(pd.Series(names))).groupby(names).sum()
    assert weights.to_numpy() == pytest.approx(1.0)
