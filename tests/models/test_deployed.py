import hashlib
import io
import json
import pickle
import zipfile

import numpy as np
import pandas as pd
import pytest
import skops.io
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import FunctionTransformer

from earlywarn.errors import ModelFileError, OutputError
from earlywarn.models.calibration import Recalibration, fit_draws
from earlywarn.models.catalogue import make_model
from earlywarn.models.deployed import DeployedModel
from earlywarn.models.replicates import (
    PRIOR_STREAM,
    ModelReplicates,
    OrdinalReplicates,
    area_draws,
    fit_replicates,
)
from earlywarn.models.storage import _digest, load_model, save_model


def deploy(england, features, name, *, draws):
    X, labels = england
    areas = X.index.get_level_values("area_code")
    model = make_model(name, features=features).fit(X, labels)
    risk = model.predict_risk(X)
    return DeployedModel(
        model=model,
        recalibration=Recalibration().fit(risk, labels),
        replicates=fit_replicates(model, X, labels, groups=areas, draws=draws, seed=1),
        replicate_recalibrations=fit_draws(risk, labels, area_draws(areas, draws=draws, seed=1)),
        background=X[:20],
        meta={"as_of": "2025-04-01", "versions": {"numpy": np.__version__}},
    )


@pytest.fixture(scope="module")
def deployed(england, features):
    return deploy(england, features, "ordinal", draws=40)


@pytest.fixture
def saved(deployed, tmp_path):
    return save_model(deployed, tmp_path / "model")


def test_log_odds_are_those_of_the_risk(deployed, england):
    X, _ = england
    risk, log_odds = deployed.risk(X), deployed.log_odds(X)
    assert np.log(risk / (1 - risk)).to_numpy() == pytest.approx(log_odds.to_numpy(), nan_ok=True)
    pd.testing.assert_frame_equal(risk, deployed.recalibration.transform(deployed.model.predict_risk(X)))


def test_draws_surround_the_risk_and_are_coherent(deployed, england):
    X, _ = england
    draws = deployed.risk_draws(X)
    assert draws.shape == (40, len(X), 3)
    assert (draws[:, :, 2] <= draws[:, :, 0]).all()
    low, high = np.quantile(draws[:, :, 0], [0, 1], axis=0)
    risk = deployed.risk(X)["adverse"]
    assert ((low <= risk) & (risk <= high)).mean() > 0.95


def test_stacked_refits_equal_refits_one_by_one(england, features):
    # gaps filled beforehand and features in standard deviations, so that preparing again changes nothing
    X, labels = england
    areas = X.index.get_level_values("area_code")
    model = make_model("ordinal", features=features).fit(X, labels)
    stacked = fit_replicates(model, X, labels, groups=areas, draws=3, seed=5)
    times = area_draws(areas, draws=3, seed=5)
    priors = np.random.default_rng([5, PRIOR_STREAM])
    assert isinstance(stacked, OrdinalReplicates)
    for draw in range(3):
        rows = np.repeat(np.arange(len(X)), times[draw])
        last = model.estimator_[-1].__class__(penalty=16.0)
        centre = priors.normal(0.0, 0.25, size=len(features))  # the prior's own spread: 1 / sqrt(16)
        written_out = last.fit(model.prepared(X)[rows], labels["grade"].to_numpy()[rows], centre=centre)
        assert stacked.coef[draw] == pytest.approx(written_out.coef_, abs=1e-5)
        assert stacked.thresholds[draw] == pytest.approx(written_out.thresholds_, abs=1e-5)


@pytest.mark.parametrize("name", ["ordinal", "logit"])
def test_a_draw_that_lost_a_grade_still_answers(name, england, features):
    X, labels = england
    rare = labels.copy()
    rare["grade"] = np.where(np.arange(len(X)) == 0, 0, np.maximum(rare["grade"], 1))
    rare["serious"] = (rare["grade"] == 0).astype(float)
    model = make_model(name, features=features).fit(X, rare)
    refits = fit_replicates(model, X, rare, groups=X.index.get_level_values(0), draws=8, seed=0)
    log_odds = refits.log_odds(X)
    assert np.isfinite(log_odds[:, :, [0, 2]]).all()
    assert (area_draws(X.index.get_level_values(0), draws=8, seed=0)[:, 0] == 0).any()


def test_even_a_draw_of_one_grade_answers(england, features):
    X, labels = england
    areas = np.where(labels["grade"] == 2, "A", "B")
    model = make_model("ordinal", features=features).fit(X, labels)
    refits = fit_replicates(model, X, labels, groups=areas, draws=12, seed=0)
    assert (area_draws(areas, draws=12, seed=0).min(axis=1) == 0).any()
    assert np.isfinite(refits.log_odds(X)[:, :, 0]).all()


@given(st.permutations(list("AABBCD")), st.integers(0, 9))
def test_draws_depend_on_areas_and_not_on_the_order_of_rows(rows, seed):
    drawn = pd.DataFrame(area_draws(rows, draws=4, seed=seed), columns=rows).T.groupby(level=0).first()
    expected = pd.DataFrame(area_draws("ABCD", draws=4, seed=seed), columns=list("ABCD")).T
    assert drawn.to_numpy().tolist() == expected.to_numpy().tolist()
    assert expected.sum().tolist() == [4] * 4


def test_two_tables_can_share_their_draws():
    both = area_draws(["A", "B", "C"], draws=3, seed=0)
    one = area_draws(["B"], draws=3, seed=0, areas=["C", "A", "B"])
    assert one[:, 0].tolist() == both[:, 1].tolist()
    with pytest.raises(ValueError, match="areas lacks 'D'"):
        area_draws(["D"], draws=3, seed=0, areas=["A"])


def test_every_replicate_has_a_recalibration(deployed):
    with pytest.raises(ValueError, match=r"needs shape \(40, 2\), a row per replicate; found \(39, 2\)"):
        DeployedModel(**{**vars(deployed), "replicate_recalibrations": np.zeros((39, 2))})


@pytest.mark.parametrize(
    ("name", "draws"),
    [("ordinal", 5), ("logit", 2), ("average", 1), ("last_judgement", 2), ("majority_class", 1)],
)
def test_a_loaded_model_answers_exactly_alike(name, draws, england, features, tmp_path):
    X, _ = england
    kept = deploy(england, features, name, draws=draws)
    loaded = load_model(save_model(kept, tmp_path))
    pd.testing.assert_frame_equal(loaded.risk(X), kept.risk(X), check_exact=True)
    assert np.array_equal(loaded.risk_draws(X), kept.risk_draws(X), equal_nan=True)
    pd.testing.assert_frame_equal(loaded.background, kept.background, check_exact=True)
    assert loaded.meta == kept.meta
    assert loaded.features == kept.features
    assert vars(loaded.recalibration) == vars(kept.recalibration)


def test_saving_again_replaces_the_model_and_leaves_other_files(deployed, england, features, tmp_path):
    (tmp_path / "model_card.md").write_text("kept")
    save_model(deploy(england, features, "logit", draws=1), tmp_path)
    save_model(deployed, tmp_path)
    assert len(load_model(tmp_path).replicates) == 40
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "arrays.npz",
        "background.parquet",
        "model.json",
        "model.skops",
        "model_card.md",
    ]


@pytest.mark.parametrize("content", [b"not JSON", b"{}", b"[]"])
def test_will_not_write_over_a_strangers_files(content, deployed, tmp_path):
    (tmp_path / "model.json").write_bytes(content)
    with pytest.raises(OutputError, match=r"holds 'model.json'; name another folder"):
        save_model(deployed, tmp_path)
    assert (tmp_path / "model.json").read_bytes() == content


def test_will_not_turn_a_file_into_a_folder(deployed, tmp_path):
    (tmp_path / "model").write_text("mine")
    with pytest.raises(OutputError, match="is a file; name a folder"):
        save_model(deployed, tmp_path / "model")


def signed(folder, **changes):
    """Replace files and write checksums to match, as someone with intent would."""
    card = json.loads((folder / "model.json").read_text())
    for name, content in changes.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(content)
        card["sha256"][path.name] = hashlib.sha256(content).hexdigest()
    card["sha256"]["model.json"] = _digest(card)
    (folder / "model.json").write_text(json.dumps(card))


class Malice:
    """Unpickling this makes a file; it must never appear."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


@pytest.mark.parametrize("name", ["model.json", "model.skops", "arrays.npz", "background.parquet"])
def test_a_damaged_file_is_refused(name, saved):
    content = bytearray((saved / name).read_bytes())
    content[len(content) // 2] ^= 0x01
    (saved / name).write_bytes(content)
    with pytest.raises(ModelFileError, match=r"changed or damaged|not the card"):
        load_model(saved)


@pytest.mark.parametrize("name", ["model.skops", "arrays.npz", "background.parquet"])
def test_a_lost_file_is_named(name, saved):
    (saved / name).unlink()
    with pytest.raises(ModelFileError, match=f"lacks {name}"):
        load_model(saved)


def test_a_folder_that_is_not_ours_is_refused(tmp_path):
    with pytest.raises(ModelFileError, match=r"has no model.json. Name a folder"):
        load_model(tmp_path)
    (tmp_path / "model.json").write_text('{"name": "someone else"}')
    with pytest.raises(ModelFileError, match="not the card of an earlywarn model"):
        load_model(tmp_path)


def test_another_version_of_the_format_is_refused(saved):
    card = json.loads((saved / "model.json").read_text())
    (saved / "model.json").write_text(json.dumps(card | {"version": 99}))
    with pytest.raises(ModelFileError, match="version 99; this earlywarn reads"):
        load_model(saved)


def test_a_pickle_under_another_name_is_refused_and_not_opened(saved, tmp_path):
    trace = tmp_path / "trace"
    signed(saved, model_skops=pickle.dumps(Malice(trace)))
    with pytest.raises(ModelFileError, match="not in the skops format and was not opened"):
        load_model(saved)
    assert not trace.exists()


def test_pickled_arrays_are_refused_and_not_opened(saved, tmp_path):
    trace = tmp_path / "trace"
    with io.BytesIO() as buffer:
        np.savez(buffer, probe=np.array([Malice(trace)], dtype=object))
        signed(saved, arrays_npz=buffer.getvalue())
    trace.unlink(missing_ok=True)
    with pytest.raises(ModelFileError, match="not a whole model"):
        load_model(saved)
    assert not trace.exists()


def test_a_type_that_no_model_needs_is_named_and_refused(saved):
    signed(saved, model_skops=skops.io.dumps(FunctionTransformer(np.exp)))
    with pytest.raises(ModelFileError, match=r"FunctionTransformer.*It was not loaded"):
        load_model(saved)


def test_a_call_hidden_in_the_schema_is_refused(saved, tmp_path):
    trace = tmp_path / "trace"
    with zipfile.ZipFile(io.BytesIO((saved / "model.skops").read_bytes())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    schema = json.loads(files["schema.json"])
    text = {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode", "content": f'"{trace}"'}
    arguments = {"__class__": "tuple", "__module__": "builtins", "__loader__": "TupleNode", "content": [text]}
    call = {"__class__": "mkdir", "__module__": "os", "__loader__": "ReduceNode", "content": arguments}
    schema["content"]["content"]["estimator"] = call
    with io.BytesIO() as buffer:
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in (files | {"schema.json": json.dumps(schema).encode()}).items():
                archive.writestr(name, content)
        signed(saved, model_skops=buffer.getvalue())
    with pytest.raises(ModelFileError, match=r"'ReduceNode', 'os.mkdir'"):
        load_model(saved)
    assert not trace.exists()


def test_something_that_is_no_target_model_is_refused(saved):
    signed(saved, model_skops=skops.io.dumps({"a": "dictionary"}))
    with pytest.raises(ModelFileError, match="holds a dict, not a model"):
        load_model(saved)


def test_a_model_that_answers_differently_here_is_refused(saved):
    with np.load(saved / "arrays.npz") as stored:
        arrays = dict(stored)
    with io.BytesIO() as buffer:
        np.savez(buffer, **(arrays | {"probe": arrays["probe"] + 1e-6}))
        signed(saved, arrays_npz=buffer.getvalue())
    with pytest.raises(ModelFileError, match=r"answers differently here .* \{'numpy'"):
        load_model(saved)


def test_models_of_other_kinds_are_kept_one_by_one(england):
    X, labels = england
    model = make_model("base_rate").fit(X, labels)
    refits = fit_replicates(model, X, labels, groups=X.index.get_level_values(0), draws=2, seed=0)
    assert isinstance(refits, ModelReplicates)
    assert len(refits) == 2
