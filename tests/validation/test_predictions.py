import numpy as np
import pandas as pd
import pytest

from earlywarn.errors import DataError
from earlywarn.validation.predictions import races


def test_a_race_is_one_target_at_one_lead(predictions):
    field = list(races(predictions))
    assert [(race.target, race.lead_months) for race in field] == [
        (target, lead) for target in ("adverse", "decline") for lead in (3, 6, 12)
    ]
    for race in field:
        assert list(race.area_codes) == sorted(race.area_codes)
        assert list(race.risks) == ["base_rate", "default", "last_judgement", "majority_class"]
        assert race.months == pytest.approx((30 * race.lead_months + 20) / (365.25 / 12))


def test_rows_find_their_model_whatever_their_order(predictions):
    shuffled = predictions.sample(frac=1, random_state=0)
    for race, other in zip(races(predictions), races(shuffled), strict=True):
        assert (race.inspection_ids == other.inspection_ids).all()
        assert (race.y == other.y).all()
        for model, risk in race.risks.items():
            assert (risk == other.risks[model]).all()
    rows = predictions.set_index(["target", "lead_months", "model", "inspection_id"])["risk"]
    race = next(races(predictions))
    one = race.inspection_ids[7]
    assert race.risks["default"][7] == pytest.approx(rows[("adverse", 3, "default", one)], abs=1e-12)


def test_a_model_that_gave_no_risk_is_missing_and_others_stay(predictions):
    fewer = predictions.drop(predictions.index[predictions["model"] == "default"][0])
    race = next(races(fewer))
    assert np.isnan(race.risks["default"]).sum() == 1
    assert np.isfinite(race.risks["base_rate"]).all()


def test_rows_without_a_label_are_left_out(predictions):
    unknown = predictions.assign(label=predictions["label"].where(predictions["inspection_id"] != "I000"))
    assert all("I000" not in race.inspection_ids for race in races(unknown))
    assert list(races(predictions.assign(label=np.nan))) == []


def test_every_fault_is_named_at_once(predictions):
    bad = pd.concat([predictions, predictions.iloc[[0]]], ignore_index=True)
    bad.loc[1, "risk"] = 1.5
    bad.loc[2, "label"] = 2
    with pytest.raises(DataError, match="outside 0 to 1") as caught:
        next(races(bad))
    assert [fault.column for fault in caught.value.faults] == ["inspection_id", "risk", "label", "label"]
    assert [fault.row for fault in caught.value.faults] == [2, 3, 4, None]


def test_missing_columns_are_named(predictions):
    with pytest.raises(DataError, match="column base_rate: is missing") as caught:
        next(races(predictions.drop(columns=["risk", "base_rate"])))
    assert [fault.column for fault in caught.value.faults] == ["risk", "base_rate"]
