from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pandas as pd
import pytest

from earlywarn.models.calibration import Recalibration
from earlywarn.models.catalogue import make_model
from earlywarn.models.deploy import deploy
from earlywarn.models.storage import load_model, save_model
from earlywarn.tracking.registry import register, shortened
from earlywarn.tracking.run import Recorder, tracked
from earlywarn.tracking.store import quietly

FEATURES = ("caseload__national_gap", "last_overall")


@pytest.fixture(scope="module", name="X")
def matrix():
    rng = np.random.default_rng(1)
    areas = [f"E{number:03}" for number in range(60)]
    index = pd.MultiIndex.from_product([areas, [pd.Timestamp("2024-04-01")]], names=["area_code", "as_of"])
    values = {FEATURES[0]: rng.normal(size=60), FEATURES[1]: rng.integers(0, 4, 60).astype(float)}
    X = pd.DataFrame(values, index=index)
    X.iloc[3, 0] = np.nan
    return X


@pytest.fixture(scope="module")
def deployed(X, tmp_path_factory):
    """A real model, fitted on made-up rows, as it is saved."""
    rng = np.random.default_rng(2)
    grade = np.clip(X["last_overall"].to_numpy() + rng.integers(-1, 2, len(X)), 0, 3)
    labels = pd.DataFrame({"grade": grade, "last_grade": X["last_overall"]}, index=X.index)
    labels["adverse"] = (labels["grade"] < 2).astype(float)
    labels["decline"] = (labels["grade"] < labels["last_grade"]).astype(float).where(labels["last_grade"] > 0)
    labels["serious"] = (labels["grade"] == 0).astype(float)
    labels["inspection_id"] = [f"i{row}" for row in range(len(X))]
    model = deploy(
        make_model("ordinal", features=FEATURES),
        X=X,
        labels=labels,
        sample_weight=np.ones(len(X)),
        out_of_time=pd.DataFrame(np.nan, index=X.index, columns=["adverse", "decline", "serious"]),
        replicates=4,
        seed=1,
        meta={},
    )
    assert isinstance(model.recalibration, Recalibration)
    folder = tmp_path_factory.mktemp("models") / "england"
    save_model(model, folder)
    return folder


@pytest.fixture(scope="module")
def placed(config, deployed):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        with tracked("train", config) as recorder:
            first = register(
                deployed,
                recorder=recorder,
                name="earlywarn-england",
                card_text="# A card\n" + "word \n" * 2000,
                metrics={"auc": 0.77},
                tags={"target": "adverse"},
            )
            second = register(deployed, recorder=recorder, name="earlywarn-england", card_text="# Another")
    return first, second, recorder


@pytest.fixture
def loaded(placed):
    import mlflow  # noqa: PLC0415  late, as the package itself imports it

    first, _, recorder = placed
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(recorder.store.uri)
    with quietly():
        model = mlflow.pyfunc.load_model(first.uri)
    mlflow.set_tracking_uri(before)
    return model


def test_each_registration_is_the_next_version(placed):
    assert [(one.name, one.version) for one in placed[:2]] == [
        ("earlywarn-england", 1),
        ("earlywarn-england", 2),
    ]
    assert placed[0].uri == "models:/earlywarn-england/1"


def test_a_version_has_its_card_its_run_and_its_labels(placed, client):
    version = client.get_model_version("earlywarn-england", "1")
    assert version.description.startswith("# A card")
    assert len(version.description) <= 5000
    assert version.description.endswith("The whole card: model_card.md, beside the model.")
    assert version.run_id == placed[2].run_id
    assert version.tags == {"target": "adverse"}
    assert client.get_run(version.run_id).data.metrics == {"auc": 0.77}


def test_the_pyfunc_answers_as_the_saved_model_does(loaded, deployed, X):
    with quietly():
        answer = loaded.predict(X[list(reversed(FEATURES))])
    expected = load_model(deployed).risk(X)
    pd.testing.assert_frame_equal(answer, expected[["adverse", "decline", "serious"]])
    assert answer["adverse"].between(0, 1).all()


def test_a_missing_feature_is_named(loaded, X):
    with quietly(), pytest.raises(Exception, match="last_overall"):
        loaded.predict(X[[FEATURES[0]]])


def test_nothing_is_pickled(placed, client):
    source = client.get_model_version("earlywarn-england", "1").source
    folder = Path(unquote(urlsplit(client.get_run(placed[2].run_id).info.artifact_uri).path)) / "model"
    assert source.endswith("/artifacts/model")
    names = {path.name for path in folder.rglob("*") if path.is_file()}
    assert {"MLmodel", "model_card.md", "requirements.txt", "model.json", "model.skops"} <= names
    assert not [name for name in names if name.endswith((".pkl", ".pickle", ".joblib", ".cloudpickle"))]
    assert "earlywarn==" in (folder / "requirements.txt").read_text()


def test_without_tracking_nothing_is_registered(deployed):
    assert register(deployed, recorder=Recorder(), name="x", card_text="# A card") is None


def test_a_short_card_is_kept_whole_and_a_long_one_cut_at_a_line():
    assert shortened("x" * 5000) == "x" * 5000
    cut = shortened("0123456789\n" * 1000)
    assert len(cut) <= 5000
    assert cut.splitlines()[-3] == "0123456789"
