"""One folder answers one question, and a saved model only the question it was trained for."""

import numpy as np
import pandas as pd
import pytest

import earlywarn as ew
from earlywarn.config import load_config
from earlywarn.errors import ConfigError, DateError, OutputError
from earlywarn.models.shipped import find_model
from earlywarn.models.storage import load_model
from earlywarn.pipeline import DEFAULT, Pipeline
from earlywarn.validation import splits
from earlywarn.validation.backtest import Trial, rolling_origin
from earlywarn.validation.evaluation import compare
from earlywarn.validation.verdict import WITHOUT_FIGURES


def quiet(**sections):
    return ew.Config(tracking={"enabled": False}, **sections)


def test_a_saved_model_will_not_score_a_date_before_it_was_trained(tmp_path):
    with pytest.raises(DateError, match=r"learned from what was known up to 2025-04-01, which at 2024-12-31"):
        ew.score(quiet(), model="models/england", as_of="2024-12-31", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_saved_model_will_not_answer_for_another_horizon(tmp_path):
    with pytest.raises(ConfigError, match=r"12 months ahead, and 6 are asked. Ask with --horizon 12"):
        ew.score(quiet(), model="models/england", horizon=6, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_answers_to_two_questions_are_not_mixed_in_one_folder(tmp_path):
    out = tmp_path / "out"
    ew.score(quiet(), model="models/england", out=out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with pytest.raises(OutputError, match="results for another as_of, which would be mixed"):
        ew.score(quiet(), model="models/england", as_of="2025-05-01", out=out)
    with pytest.raises(OutputError, match="results for another target"):
        ew.score(quiet(), model="models/england", target="decline", out=out)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_the_shipped_model_scores_the_packaged_sample_on_which_it_was_trained(tmp_path):
    result = ew.score(quiet(), model="models/england", out=tmp_path / "out")
    listed = result.tables["risk_list.csv"]
    assert len(listed) == 153
    assert listed["risk_adverse"].notna().all()
    pipeline = Pipeline(load_config())
    saved = load_model(find_model("models/england"))
    assert saved.meta["fingerprints"]["data"] == pipeline.panel.tables.fingerprint


@pytest.mark.slow
def test_indicators_of_other_areas_seldom_pass_for_evidence():
    # each area keeps its judgements and is given another area's figures, the same one at all dates: there is
    # nothing to gain, so a verdict of "better" should come in few of 12 shuffles
    pipeline = Pipeline(load_config())
    matrix, codes = pipeline.matrix, sorted(set(pipeline.matrix.index.get_level_values("area_code")))
    figures = [name for name in pipeline.features if "__" in name]
    tested = splits.tested_rows(
        pipeline.panel.inspections, leads=[splits.REFERENCE_LEAD], first_start=pd.Timestamp("2019-01-01")
    )
    models = {
        DEFAULT: pipeline.model("ordinal"),
        WITHOUT_FIGURES: pipeline.model("ordinal", features=("last_overall",)),
    }
    passed = 0
    for seed in range(12):
        given = dict(zip(codes, np.random.default_rng(seed).permutation(codes), strict=True))
        index = matrix.index.to_frame(index=False)
        index["area_code"] = index["area_code"].map(given)
        shuffled = matrix[[*figures, "last_overall"]].copy()
        shuffled[figures] = matrix[figures].reindex(pd.MultiIndex.from_frame(index)).to_numpy()
        found = rolling_origin(Trial(shuffled, pipeline.teaching, tested, models)).predictions
        found = found[found["target"] == "adverse"]
        row = compare(found, draws=300).query("other == @WITHOUT_FIGURES and metric == 'brier_skill'").iloc[0]
        passed += row["low"] > 0
    assert passed <= 2


def test_an_override_that_does_not_exist_is_refused_and_the_nearest_named():
    with pytest.raises(ConfigError, match=r"There is no override 'asof'. Did you mean 'as_of'?"):
        ew.build(asof="2024-07-01")
