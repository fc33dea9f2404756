import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from statsmodels.stats.proportion import proportion_confint

from earlywarn.validation.reliability import reliability, wilson_interval


@given(st.integers(0, 40), st.integers(1, 40))
def test_wilson_agrees_with_statsmodels(events, count):
    events = min(events, count)
    low, high = wilson_interval([events], [count])
    assert (low[0], high[0]) == pytest.approx(proportion_confint(events, count, method="wilson"), abs=1e-12)
    assert low[0] <= events / count <= high[0]


def test_bins_are_of_equal_size_where_no_risks_are_tied(predictions):
    table = reliability(predictions, bins=5).query("model == 'default'")
    assert set(table["n"]) == {12}
    assert (table.groupby(["target", "lead_months"])["predicted"].diff().dropna() > 0).all()


def test_nothing_is_lost_or_counted_twice(predictions):
    table = reliability(predictions)
    totals = table.assign(events=table["observed"] * table["n"], expected=table["predicted"] * table["n"])
    totals = totals.groupby(["target", "model", "lead_months"])[["n", "events", "expected"]].sum()
    plain = predictions.groupby(["target", "model", "lead_months"]).agg(
        n=("risk", "size"), events=("label", "sum"), expected=("risk", "sum")
    )
    assert_frame_equal(totals, plain, check_dtype=False)


def test_tied_risks_share_a_bin(predictions):
    floor = reliability(predictions).query("model == 'base_rate'")
    assert set(floor["n"]) == {60}
    assert set(floor["bin"]) == {3}


def test_the_order_of_rows_does_not_matter(predictions):
    assert_frame_equal(reliability(predictions.sample(frac=1, random_state=1)), reliability(predictions))


def test_a_silent_model_has_no_bins(predictions):
    silent = predictions.assign(risk=predictions["risk"].mask(predictions["model"] == "default"))
    assert "default" not in set(reliability(silent)["model"])
    assert reliability(predictions.assign(risk=np.nan)).empty
