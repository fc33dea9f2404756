"""The model registry: every deployed model is a numbered version with its card."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from platform import python_version
from typing import Any

from earlywarn.config import TARGETS
from earlywarn.models.storage import load_model
from earlywarn.tracking.run import Recorder
from earlywarn.tracking.store import mlflow_quietly, quietly

__all__ = ["Registered", "register", "shortened"]

LOADER = "earlywarn.tracking.pyfunc"
REQUIRED = ("earlywarn", "mlflow", "numpy", "pandas", "scikit-learn", "skops", "statsmodels")
LONGEST_CARD = 5000  # characters that the registry's description holds
CARD_FILE = "model_card.md"
DESCRIPTION = (
    "Risks of a worse judgement, made by earlywarn. Each version carries its own card: read it first."
)
ENVIRONMENT_FILE = "python_env.yaml"
ENVIRONMENT = """\
python: {python}
build_dependencies:
- pip
dependencies:
- -r requirements.txt
"""


@dataclass(frozen=True)
class Registered:
    """A model's place in the registry.

    Parameters
    ----------
    name : str
        ``"earlywarn-england"``, for example.
    version : int
        1 for the first of that name.
    """

    name: str
    version: int

    @property
    def uri(self) -> str:
        """What ``mlflow.pyfunc.load_model`` takes."""
        return f"models:/{self.name}/{self.version}"


def register(
    deployed_folder: str | Path,
    *,
    recorder: Recorder,
    name: str,
    card_text: str,
    metrics: Mapping[str, float | None] | None = None,
    features: Sequence[str] | None = None,
    tags: Mapping[str, object] | None = None,
) -> Registered | None:
    """Keep a saved model with the run and register it as a new version.

    The saved folder is copied as it is, so nothing is pickled on the way in or out.

    Parameters
    ----------
    deployed_folder : path
        What `earlywarn.models.storage.save_model` wrote.
    recorder : Recorder
        The run, as `tracked` yields it.
    name : str
        The model's name in the registry.
    card_text : str
        The card, in Markdown; the registry shows as much of it as it can hold.
    metrics : mapping, optional
        Recorded with the run.
    features : sequence of str, optional
        The model's columns; read from the folder if not given.
    tags : mapping, optional
        Labels of the version.

    Returns
    -------
    Registered or None
        None where nothing is tracked, or where the store failed, which is a warning and no more.
    """
    columns = list(features) if features is not None else list(load_model(Path(deployed_folder)).features)
    recorder.log_metrics(metrics or {})
    placed: list[Registered] = []

    def entry(client: Any) -> None:
        with tempfile.TemporaryDirectory(prefix="earlywarn-") as work:
            folder = Path(work) / "model"
            _save_pyfunc(Path(deployed_folder), folder, columns)
            (folder / CARD_FILE).write_text(card_text, encoding="utf-8")
            client.log_artifacts(recorder.run_id, str(folder), "model")
        source = f"{client.get_run(recorder.run_id).info.artifact_uri}/model"
        if not any(model.name == name for model in client.search_registered_models(f"name = '{name}'")):
            client.create_registered_model(name, description=DESCRIPTION)
        version = client.create_model_version(
            name,
            source,
            run_id=recorder.run_id,
            tags={key: str(value) for key, value in (tags or {}).items()},
            description=shortened(card_text),
            await_creation_for=0,
        )
        placed.append(Registered(name, int(version.version)))

    recorder.record(entry)
    return placed[0] if placed else None


def shortened(card_text: str) -> str:
    r"""Cut a card to what the registry holds, at the end of a line, and say where the rest is.

    Examples
    --------
    >>> shortened("# A card")
    '# A card'
    >>> shortened("word\n" * 2000).splitlines()[-1]
    'The whole card: model_card.md, beside the model.'
    """
    if len(card_text) <= LONGEST_CARD:
        return card_text
    rest = f"\n\nThe whole card: {CARD_FILE}, beside the model."
    return card_text[: LONGEST_CARD - len(rest)].rpartition("\n")[0] + rest


def _save_pyfunc(deployed: Path, folder: Path, columns: Sequence[str]) -> None:
    """Write the model in MLflow's layout, with the signature and requirements stated, not inferred.

    This is what ``mlflow.pyfunc.save_model`` writes, without its search of every installed package for
    mismatches, which takes longer than all the rest of the registration.
    """
    mlflow_quietly()
    with quietly():
        import mlflow.pyfunc  # noqa: PLC0415  see store.mlflow_quietly
        from mlflow.models import Model, ModelSignature  # noqa: PLC0415
        from mlflow.types import ColSpec, Schema  # noqa: PLC0415

        signature = ModelSignature(
            inputs=Schema([ColSpec("double", column) for column in columns]),
            outputs=Schema([ColSpec("double", target) for target in TARGETS]),
        )
        model = Model(signature=signature)
        mlflow.pyfunc.add_to_model(model, loader_module=LOADER, data="data", python_env=ENVIRONMENT_FILE)
        shutil.copytree(deployed, folder / "data")
        model.save(str(folder / "MLmodel"))
    requirements = [f"{library}=={metadata.version(library)}" for library in REQUIRED]
    (folder / "requirements.txt").write_text("\n".join([*requirements, ""]), encoding="utf-8")
    environment = (
        f"python: {python_version()}\nbuild_dependencies:\n- pip\ndependencies:\n- -r requirements.txt\n"
    )
    (folder / ENVIRONMENT_FILE).write_text(environment, encoding="utf-8")
