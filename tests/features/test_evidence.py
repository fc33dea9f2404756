import pandas as pd
import pytest

from earlywarn.config import EVIDENCE_SETS, HISTORY_FEATURES, SOFT_FEATURES, VITAL_INDICATORS
from earlywarn.errors import ConfigError
from earlywarn.features.catalogue import describe
from earlywarn.features.evidence import evidence_sets, history_of
from earlywarn.features.selection import select_features

INDICATORS = pd.DataFrame(
    {"indicator": sorted(VITAL_INDICATORS), "label": "A figure", "polarity": "higher_is_worse"}
)
DESCRIBED = describe(INDICATORS)


def chosen(*, soft=SOFT_FEATURES, **asked):
    settings = {"vital": VITAL_INDICATORS, "measures": ["national_gap"], "history": HISTORY_FEATURES}
    return select_features(DESCRIBED, **settings | asked, soft=soft)


def test_history_stands_in_every_set_and_in_each_nothing_of_the_other_kind():
    sets = evidence_sets(DESCRIBED, chosen())
    assert tuple(sets) == EVIDENCE_SETS
    assert set(HISTORY_FEATURES) == set(sets["hard"]) & set(sets["soft"])
    assert set(sets["hard"]) - set(HISTORY_FEATURES) == {f"{name}__national_gap" for name in VITAL_INDICATORS}
    assert set(sets["soft"]) - set(HISTORY_FEATURES) == set(SOFT_FEATURES)
    assert sets["hard+soft"] == chosen()


def test_the_set_of_figures_is_the_default_model():
    assert evidence_sets(DESCRIBED, chosen())["hard"] == chosen(soft=())


def test_soft_evidence_counts_as_such_wherever_it_is_named():
    sets = evidence_sets(DESCRIBED, chosen(soft=(), history=["last_overall", "director_tenure"]))
    assert "director_tenure" not in sets["hard"]
    assert "director_tenure" in sets["soft"]


def test_every_default_is_soft_evidence_of_the_catalogue():
    assert set(SOFT_FEATURES) <= set(DESCRIBED.index[DESCRIBED["evidence"] == "soft"])


def test_what_reports_and_the_log_say_is_soft_and_all_else_is_not():
    soft = DESCRIBED["evidence"] == "soft"
    assert soft[DESCRIBED.index.str.startswith(("theme_", "director_", "pressure_"))].all()
    assert not soft[DESCRIBED["indicator"] != ""].any()
    assert not soft[DESCRIBED.index.str.startswith(("last_", "previous_"))].any()


def test_history_is_neither_figure_nor_soft():
    assert history_of(DESCRIBED, chosen()) == HISTORY_FEATURES
    assert history_of(DESCRIBED, ["director_tenure"]) == ()


def test_a_set_without_features_is_refused():
    with pytest.raises(ConfigError, match="The evidence 'soft' holds no feature"):
        evidence_sets(DESCRIBED, ["caseload__national_gap"])


def test_a_figure_is_not_taken_for_soft_evidence():
    with pytest.raises(
        ConfigError, match="soft names 2 that are not soft evidence: 'caseload__level', 'last_"
    ):
        chosen(soft=["caseload__level", "last_overall"])


def test_a_pattern_that_finds_nothing_is_refused_before_anything_is_judged():
    with pytest.raises(ConfigError, match=r"asks for 1 that no builder makes: 'thme_\*'"):
        chosen(soft=["thme_*"])
