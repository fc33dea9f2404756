import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from earlywarn.errors import ConfigError
from earlywarn.signals.discovery import false_discovery

PUBLISHED = [  # Benjamini and Hochberg (1995), section 3.2: four of fifteen stand out at 0.05
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459,
    0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip

probabilities = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_the_published_example():
    assert false_discovery(PUBLISHED).rejected.tolist() == [True] * 4 + [False] * 11


def test_worked_by_hand():
    # 0.01 x 3 / 1, 0.04 x 3 / 2 and 0.05 x 3 / 3, no later one less than an earlier
    assert false_discovery([0.05, 0.01, 0.04]).q == pytest.approx([0.05, 0.03, 0.05])
    assert false_discovery([0.05, 0.01, 0.04], method="by").q == pytest.approx(np.array([5, 3, 5]) * 11 / 600)


@given(probabilities, st.sampled_from([0.01, 0.05, 0.2]))
@settings(max_examples=50, deadline=None)
def test_against_statsmodels(chance, rate):
    for method, name in (("bh", "fdr_bh"), ("by", "fdr_by")):
        found = false_discovery(chance, rate=rate, method=method)
        rejected, q, _, _ = multipletests(chance, alpha=rate, method=name)
        assert found.q == pytest.approx(q)
        certain = np.abs(q - rate) > 1e-9
        assert found.rejected[certain].tolist() == rejected[certain].tolist()


@given(probabilities)
@settings(max_examples=30, deadline=None)
def test_gaps_and_shape_and_order_count_for_nothing(chance):
    plain = false_discovery(chance).q
    gaps = np.full((2, len(chance) + 1), np.nan)
    gaps[1, 1:] = chance[::-1]
    found = false_discovery(gaps)
    assert found.q[1, :0:-1] == pytest.approx(plain)
    assert np.isnan(found.q).sum() == gaps.size - len(chance)
    assert not found.rejected[np.isnan(gaps)].any()


def test_nothing_to_compare_is_no_discovery():
    found = false_discovery([[np.nan], [np.nan]])
    assert np.isnan(found.q).all()
    assert not found.rejected.any()
    assert false_discovery([]).q.shape == (0,)


@pytest.mark.parametrize(
    ("chance", "options", "message"),
    [
        pytest.param(
            [0.2, 1.5, -1], {}, r"p: .* from 0 to 1, found 2 others, '1.5', '-1'", id="no probability"
        ),
        pytest.param([0.2], {"rate": 0}, r"rate: expected a share between 0 and 1", id="rate"),
        pytest.param(
            [0.2], {"method": "holm"}, r"method: expected one of 'bh', 'by', found 'holm'", id="method"
        ),
        pytest.param(["a"], {}, r"p: expected numbers", id="words"),
    ],
)
def test_what_cannot_be_is_refused(chance, options, message):
    with pytest.raises(ConfigError, match=message):
        false_discovery(chance, **options)
