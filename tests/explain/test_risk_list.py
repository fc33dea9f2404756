"""The list: one row per scored area, by name."""

import numpy as np
import pandas as pd
import pytest

from earlywarn.explain.risk_list import risk_list

TARGETS = ("adverse", "decline", "serious")


def made(*, reasons=None, cautions=None, names=("Yarm", "Ashby", "Nowhere")):
    codes = ["E1", "E2", "E3"]
    scores = pd.DataFrame(
        {f"risk_{target}{end}": [0.2, 0.4] for target in TARGETS for end in ("", "_low", "_high")},
        index=pd.Index(codes[:2], name="area_code"),
    ).assign(band=["lower than most", None], rank_low=[2.0, np.nan], rank_high=[2.0, np.nan])
    areas = pd.DataFrame({"area_code": codes, "name": names, "region": ["North", "South", "East"]})
    inspections = pd.DataFrame(
        {
            "area_code": ["E1", "E1", "E1", "E3"],
            "start_date": pd.to_datetime(["2016-05-09", "2019-06-10", "2022-01-10", "2020-02-03"]),
            "overall": ["inadequate", "good", "", "good"],
        }
    )
    if reasons is None:
        reasons = pd.DataFrame(
            {f"reason_{place}": [f"Reason {place}."] for place in range(1, 6)},
            index=pd.Index(["E1"], name="area_code"),
        )
    if cautions is None:
        cautions = pd.Series({"E2": "It has no judgement yet."}, name="note").rename_axis("area_code")
    return risk_list(
        scores,
        areas=areas,
        inspections=inspections,
        reasons=reasons,
        cautions=cautions,
        soft=pd.Series({"E1": 0.25}, name="soft_share"),
        as_of=pd.Timestamp("2025-04-01"),
        horizon=12,
    )


def test_only_scored_areas_are_listed_and_by_name():
    assert made()["name"].tolist() == ["Ashby", "Yarm"]
    assert made(names=("Ashby", "Ashby", "Ashby"))["area_code"].tolist() == ["E1", "E2"]


def test_the_last_judgement_is_the_last_overall_one():
    row = made().set_index("area_code").loc["E1"]
    assert row["last_judgement"] == "good"
    assert row["last_judged_on"] == pd.Timestamp("2019-06-10")


def test_an_area_that_was_never_judged_has_no_judgement_no_date_and_no_reasons_but_its_caution():
    row = made().set_index("area_code").loc["E2"]
    assert row["last_judgement"] == ""
    assert pd.isna(row["last_judged_on"])
    assert row["reason_1"] == row["reason_5"] == ""
    assert row["caution"] == "It has no judgement yet."


def test_ranks_are_whole_numbers_or_empty():
    table = made().set_index("area_code")
    assert table["rank_low"].dtype == "Int64"
    assert table["rank_low"].isna().to_dict() == {"E1": False, "E2": True}
    assert table.loc["E1", "rank_high"] == 2


def test_every_row_says_which_question_it_answers():
    table = made()
    assert table["as_of"].eq(pd.Timestamp("2025-04-01")).all()
    assert table["horizon_months"].eq(12).all()
    assert len(table.columns) == 7 + 9 + 3 + 1 + 5 + 1


@pytest.mark.parametrize("nobody", [[], ["E9"]])
def test_nothing_to_be_said_leaves_cells_empty(nobody):
    index = pd.Index(nobody, name="area_code")
    reasons = pd.DataFrame({f"reason_{place}": "x" for place in range(1, 6)}, index=index)
    table = made(reasons=reasons, cautions=pd.Series("x", index=index, name="note"))
    assert table[["reason_1", "caution"]].eq("").all(axis=None)
