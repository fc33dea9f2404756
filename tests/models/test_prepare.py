import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earlywarn.models.prepare import Prepare

VALUES = st.lists(st.one_of(st.floats(-1e3, 1e3), st.just(np.nan)), min_size=3, max_size=20)


def test_worked_by_hand():
    # 1, 2, 9 and a gap: the median is 2; then mean 3.5, variance (6.25 + 2.25 + 30.25 + 2.25) / 4 = 10.25
    prepared = Prepare().fit_transform(pd.DataFrame({"rate": [1.0, 2.0, 9.0, np.nan]}))
    assert prepared["rate"].tolist() == pytest.approx(
        ((np.array([1, 2, 9, 2]) - 3.5) / np.sqrt(10.25)).tolist()
    )


@given(VALUES, st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5))
def test_nothing_leaves_beyond_the_cap_or_missing(training, later):
    fitted = Prepare(cap=4.0).fit(np.array(training)[:, None])
    assert np.abs(fitted.transform(np.array(later)[:, None])).max() <= 4.0


def test_a_feature_missing_everywhere_has_no_effect_later():
    training = pd.DataFrame({"rate": [1.0, 2.0, 3.0], "new": [np.nan] * 3})
    later = pd.DataFrame({"rate": [2.0, 2.0], "new": [7.0, -1e9]})
    assert (Prepare().fit(training).transform(later)["new"] == 0).all()


def test_names_and_index_come_through():
    X = pd.DataFrame({"b": [1.0, 2.0], "a": [3.0, np.nan]}, index=["Kent", "Bury"])
    fitted = Prepare().fit(X)
    assert fitted.feature_names_in_.tolist() == ["b", "a"]
    assert fitted.transform(X).index.tolist() == ["Kent", "Bury"]
    with pytest.raises(ValueError, match="feature names"):
        fitted.transform(X[["a", "b"]])


def test_the_input_is_left_alone():
    X = pd.DataFrame({"rate": [1.0, np.nan, 9.0]})
    before = X.copy()
    Prepare().fit(X).transform(X)
    pd.testing.assert_frame_equal(X, before)
