import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from sklearn.metrics import roc_auc_score

from earlywarn.validation.groups import metrics_by_group


@pytest.fixture(scope="module")
def many(make_predictions):
    return make_predictions(inspections=200, leads=(3,), targets=("adverse",))


@pytest.fixture(scope="module")
def areas(many):
    codes = sorted(set(many["area_code"]))
    regions = ["North", "South"] * (len(codes) // 2) + ["South"] * (len(codes) % 2)
    types = ["county"] * (len(codes) - 2) + ["city", None]
    return pd.DataFrame({"area_code": codes, "region": regions, "area_type": types})


def test_a_group_is_measured_by_its_own_rows(many, areas):
    found = metrics_by_group(many, areas, draws=100).set_index(["group", "level", "metric"])
    rows = many[many["model"] == "default"].merge(areas, on="area_code").query("region == 'North'")
    north = found.loc[("region", "North", "auc")]
    assert north["value"] == pytest.approx(roc_auc_score(rows["label"], rows["risk"]))
    assert north["low"] < north["value"] < north["high"]
    assert (north["n"], north["events"], north["reason"]) == (len(rows), rows["label"].sum(), "")


def test_every_inspection_has_its_place_in_each_group_that_is_known(many, areas):
    found = metrics_by_group(many, areas, draws=2).query("metric == 'auc'")
    counts = found.groupby("group")["n"].sum()
    unknown = (many["area_code"] == areas["area_code"].iloc[-1]).sum() / 4
    assert counts[["last_judgement", "region", "year"]].tolist() == [200, 200, 200]
    assert counts["area_type"] == 200 - unknown
    assert set(found.query("group == 'last_judgement'")["level"]) == {
        "inadequate",
        "requires_improvement",
        "good",
        "outstanding",
    }


def test_a_small_group_has_a_reason_and_no_number(many, areas):
    city = metrics_by_group(many, areas, draws=2).query("level == 'city'")
    assert city[["value", "low", "high"]].isna().all(axis=None)
    assert city["reason"].str.fullmatch(r"inspections: \d+, and at least 20 are needed").all()


def test_groups_that_nobody_described_are_left_out(many, areas):
    found = metrics_by_group(many, areas[["area_code"]], draws=2)
    assert set(found["group"]) == {"last_judgement", "year"}
    assert_frame_equal(
        metrics_by_group(many.sample(frac=1, random_state=1), areas[["area_code"]], draws=2), found
    )


def test_a_model_that_did_not_run_has_reasons_only(many, areas):
    found = metrics_by_group(many, areas, model="absent", draws=2)
    assert set(found["reason"]) == {"inspections: 0, and at least 20 are needed"}
    assert np.isnan(found["value"]).all()
