"""Risks, intervals, ranks and bands of one list of areas."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earlywarn.schema import TARGETS
from earlywarn.validation.ranking import HIGHER, LOWER, MIDDLE
from earlywarn.validation.scoring import score_areas


class Given:
    """A model whose risks and draws are given."""

    def __init__(self, risks, draws):
        self.risks = np.asarray(risks, dtype=float)
        self.draws = np.asarray(draws, dtype=float)

    def risk(self, X):
        return pd.DataFrame(self.risks, index=X.index, columns=list(TARGETS))

    def risk_draws(self, X):
        assert len(X) == self.draws.shape[1]
        return self.draws


def areas(count):
    codes = [f"A{number:02}" for number in range(count)]
    return pd.DataFrame(
        index=pd.MultiIndex.from_product([codes, [pd.Timestamp("2025-04-01")]], names=["area_code", "as_of"])
    )


def scores(risks, draws, *, target="adverse"):
    return score_areas(Given(risks, draws), areas(len(risks)), target=target)


def same_for_all(risk):
    """One row of risks per area, the same for every target."""
    return np.repeat(np.asarray(risk, dtype=float)[:, None], len(TARGETS), axis=1)


def test_the_table_has_its_columns_and_is_indexed_by_area():
    risks = same_for_all([0.2, 0.6])
    table = scores(risks, [risks, risks])
    assert list(table) == [
        *(f"risk_{target}{end}" for target in TARGETS for end in ("", "_low", "_high")),
        "band",
        "rank_low",
        "rank_high",
    ]
    assert table.index.name == "area_code"
    assert table.index.tolist() == ["A00", "A01"]


def test_interval_worked_by_hand():
    # 41 draws 0.00, 0.01 ... 0.40: the 2.5th percentile is the second (0.01), the 97.5th the last but one
    draws = [same_for_all([step / 100]) for step in range(41)]
    table = scores(same_for_all([0.2]), draws)
    assert table.loc["A00", ["risk_adverse_low", "risk_adverse_high"]].tolist() == pytest.approx([0.01, 0.39])


def test_rank_1_is_the_highest_risk():
    risks = same_for_all([0.1, 0.9, 0.5])
    table = scores(risks, [risks] * 3)
    assert table["rank_low"].tolist() == table["rank_high"].tolist() == [3, 1, 2]


def test_ranks_follow_the_target_that_was_asked():
    risks = np.array([[0.1, 0.9, 0.5], [0.9, 0.1, 0.5]])
    assert scores(risks, [risks] * 3, target="adverse")["rank_low"].tolist() == [2, 1]
    assert scores(risks, [risks] * 3, target="decline")["rank_low"].tolist() == [1, 2]


def test_an_area_outside_the_cohort_has_no_risk_of_decline_and_keeps_the_others():
    risks = same_for_all([0.1, 0.9, 0.5])
    risks[1, TARGETS.index("decline")] = np.nan
    table = scores(risks, [risks] * 3)
    missing = table.loc["A01", [f"risk_decline{end}" for end in ("", "_low", "_high")]]
    assert missing.isna().all()
    assert table.drop(columns="band").notna().sum().sum() == 3 * 11 - 3
    assert table["rank_low"].tolist() == [3, 1, 2]


def test_with_decline_asked_an_area_outside_its_cohort_has_no_rank_and_no_band():
    risks = same_for_all([0.1, 0.9, 0.5])
    risks[1, TARGETS.index("decline")] = np.nan
    table = scores(risks, [risks] * 3, target="decline")
    assert table["rank_low"].isna().tolist() == [False, True, False]
    assert table["band"].isna().tolist() == [False, True, False]
    assert table["rank_low"].dropna().tolist() == [2, 1]


RISKS = st.floats(0.01, 0.99)


@st.composite
def drawn(draw):
    count = draw(st.integers(1, 8))
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    point = same_for_all(draw(st.lists(RISKS, min_size=count, max_size=count)))
    spread = draw(st.floats(0, 0.5))
    draws = np.clip(point + spread * rng.normal(size=(20, *point.shape)), 0, 1)
    return point, draws


@settings(deadline=None, max_examples=60)
@given(drawn())
def test_every_interval_contains_its_point_and_lies_between_0_and_1(case):
    table = scores(*case)
    for target in TARGETS:
        low, risk, high = (table[f"risk_{target}{end}"] for end in ("_low", "", "_high"))
        assert ((low >= 0) & (low <= risk) & (risk <= high) & (high <= 1)).all()


@settings(deadline=None, max_examples=60)
@given(drawn())
def test_no_interval_of_the_higher_band_overlaps_one_of_the_lower(case):
    table = scores(*case)
    assert set(table["band"]) <= {HIGHER, MIDDLE, LOWER}
    assert ((table["rank_low"] >= 1) & (table["rank_high"] <= len(table))).all()
    assert (table["rank_low"] <= table["rank_high"]).all()
    higher, lower = table[table["band"] == HIGHER], table[table["band"] == LOWER]
    if len(higher) and len(lower):
        assert higher["rank_high"].max() < lower["rank_low"].min()


@settings(deadline=None, max_examples=30)
@given(drawn())
def test_areas_with_the_same_draws_share_rank_interval_and_band(case):
    point, draws = case
    twice = np.concatenate([point, point]), np.concatenate([draws, draws], axis=1)
    table = scores(*twice)
    half = len(point)
    for column in ("band", "rank_low", "rank_high"):
        assert table[column].tolist()[:half] == table[column].tolist()[half:]


def test_areas_that_all_look_alike_are_all_in_the_middle():
    risks = same_for_all([0.3] * 6)
    assert set(scores(risks, [risks] * 5)["band"]) == {MIDDLE}
