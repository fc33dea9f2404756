"""One MLflow run for each verb: what was asked, of which data, and what came out.

A verb that calls another verb becomes the parent of its run. MLflow's own current run and address are
left alone, so a researcher's notebook can have both. With ``tracking.enabled = false`` MLflow is not
even imported: a `Recorder` then takes everything and keeps nothing.
"""

import contextlib
import math
import re
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from importlib import metadata
from pathlib import Path
from platform import python_version
from typing import Any

from earlywarn.config import Config
from earlywarn.errors import ConfigError
from earlywarn.tracking.store import Store, masked, mlflow_quietly, open_store, quietly

__all__ = ["Recorder", "tracked", "versions"]

LIBRARIES = ("earlywarn", "mlflow", "numpy", "pandas", "scikit-learn", "scipy", "statsmodels", "xarray")
LONGEST_PARAMETER = 6000  # MLflow's limits, in characters
LONGEST_TAG = 5000
BATCH = 100  # parameters, or tags, that MLflow takes at once

_enclosing: ContextVar[str | None] = ContextVar("enclosing_run", default=None)


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that a result rests on.

    Examples
    --------
    >>> sorted(versions())[:3]
    ['earlywarn', 'mlflow', 'numpy']
    """
    return {"python": python_version()} | {name: metadata.version(name) for name in LIBRARIES}


class Recorder:
    """Takes what a verb has to say into one MLflow run.

    A store that fails half-way must not cost a result: the first failure is a ``RuntimeWarning``, and
    nothing more is recorded.

    Parameters
    ----------
    client : mlflow.MlflowClient or None
        None keeps nothing.
    run_id, experiment_id : str
        MLflow's identifiers.
    store : Store or None
        Where the record lies.
    """

    def __init__(
        self, client: Any = None, *, run_id: str = "", experiment_id: str = "", store: Store | None = None
    ) -> None:
        self.client = client
        self.run_id = run_id
        self.experiment_id = experiment_id
        self.store = store

    @property
    def active(self) -> bool:
        """Whether anything is kept."""
        return self.client is not None

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Record settings; nested mappings become dotted names."""
        flat = [(_key(key), str(value)[:LONGEST_PARAMETER]) for key, value in _flat(params)]

        def entry(client: Any) -> None:
            from mlflow.entities import Param  # noqa: PLC0415  see store.mlflow_quietly

            for start in range(0, len(flat), BATCH):
                params = [Param(*pair) for pair in flat[start : start + BATCH]]
                client.log_batch(self.run_id, params=params)

        self.record(entry)

    def log_metrics(self, metrics: Mapping[str, float | None]) -> None:
        """Record numbers; one that is not known or not finite is left out."""
        known = [(_key(key), float(value)) for key, value in metrics.items() if value is not None]
        now = int(time.time() * 1000)

        def entry(client: Any) -> None:
            from mlflow.entities import Metric  # noqa: PLC0415  see store.mlflow_quietly

            finite = [Metric(key, value, now, 0) for key, value in known if math.isfinite(value)]
            client.log_batch(self.run_id, metrics=finite)

        self.record(entry)

    def log_tags(self, tags: Mapping[str, object]) -> None:
        """Record labels, under our own prefix ``earlywarn.``."""
        ours = _tags(tags)

        def entry(client: Any) -> None:
            from mlflow.entities import RunTag  # noqa: PLC0415  see store.mlflow_quietly

            client.log_batch(self.run_id, tags=[RunTag(*pair) for pair in ours.items()])

        self.record(entry)

    def log_file(self, file: str | Path, folder: str | None = None) -> None:
        """Keep a copy of one file: a table, a figure, a card."""
        self.record(lambda client: client.log_artifact(self.run_id, str(file), folder))

    def log_folder(self, folder: str | Path, into: str | None = None) -> None:
        """Keep a copy of a folder."""
        self.record(lambda client: client.log_artifacts(self.run_id, str(folder), into))

    def log_text(self, text: str, name: str) -> None:
        """Keep a text under a file's name."""
        self.record(lambda client: client.log_text(self.run_id, text, name))

    def close(self, status: str) -> None:
        """End the run as FINISHED, FAILED or KILLED."""
        self.record(lambda client: client.set_terminated(self.run_id, status))

    def record(self, entry: Callable[[Any], None]) -> None:
        """Pass the client to one entry; on a failure say so, once, and keep nothing more."""
        if self.client is None:
            return
        try:
            with quietly():
                entry(self.client)
        except Exception as error:  # noqa: BLE001  whatever the store throws, the result stands
            self.client = None
            message = f"Tracking stopped, the results are not affected: {masked(_brief(error))}"
            warnings.warn(message, RuntimeWarning, stacklevel=3)


@contextlib.contextmanager
def tracked(
    verb: str, config: Config, *, data_fingerprint: str = "", tags: Mapping[str, object] | None = None
) -> Iterator[Recorder]:
    """Record one verb as one MLflow run.

    The run starts with every setting as a parameter and with the fingerprints, the model's name and the
    versions as tags. It ends FINISHED; FAILED, with the error as a tag, when the body raises; KILLED when
    the user interrupts.

    Parameters
    ----------
    verb : str
        ``"train"``, for example.
    config : Config
        Its ``[tracking]`` says whether and where.
    data_fingerprint : str
        SHA-256 of the data, if it is known by now; else `Recorder.log_tags` it later.
    tags : mapping, optional
        Further labels.

    Yields
    ------
    Recorder
        Takes metrics, files and figures.

    Raises
    ------
    ConfigError
        If the store cannot be opened: at once, before the slow part of the verb.

    Examples
    --------
    >>> from earlywarn.config import Config
    >>> with tracked("train", Config(tracking={"enabled": False})) as recorder:
    ...     recorder.log_metrics({"auc": 0.77})
    >>> recorder.active
    False
    """
    if not config.tracking.enabled:
        yield Recorder()
        return
    labels = {"verb": verb, "model": config.model.name, "name": config.name}
    labels |= {"config_fingerprint": config.fingerprint, "data_fingerprint": data_fingerprint}
    labels |= {f"version.{library}": version for library, version in versions().items()}
    recorder = _start(verb, config, labels | dict(tags or {}))
    token = _enclosing.set(recorder.run_id)
    try:
        asked = config.model_dump(mode="json", exclude={"output", "tracking"})
        asked["intelligence"].pop("log")  # an address may hold a password
        recorder.log_params(asked)
        yield recorder
    except BaseException as error:
        recorder.log_tags({"error": _brief(error)})
        recorder.close("FAILED" if isinstance(error, Exception) else "KILLED")
        raise
    else:
        recorder.close("FINISHED")
    finally:
        _enclosing.reset(token)


def _start(verb: str, config: Config, labels: Mapping[str, object]) -> Recorder:
    store = open_store(config)
    tags = _tags(labels) | {"mlflow.source.name": f"earlywarn {verb}", "mlflow.source.type": "LOCAL"}
    if parent := _enclosing.get():
        tags["mlflow.parentRunId"] = parent
    try:
        client = mlflow_quietly().MlflowClient(store.uri, registry_uri=store.uri)
        with quietly():
            name = config.tracking.experiment
            found = client.get_experiment_by_name(name)
            experiment = found.experiment_id if found else _new_experiment(client, name, store)
            run = client.create_run(
                experiment, tags=tags, run_name=f"{verb} {config.name} {config.question.as_of}"
            )
    except Exception as error:  # noqa: BLE001  every driver and server has errors of its own
        # not chained: a driver's own error may show the address with its password
        message = f"The record at {masked(store.uri)} cannot be opened: {masked(_brief(error))}"
        raise ConfigError(message) from None
    return Recorder(client, run_id=run.info.run_id, experiment_id=experiment, store=store)


def _new_experiment(client: Any, name: str, store: Store) -> str:
    try:
        return str(client.create_experiment(name, artifact_location=store.artifacts))
    except Exception:
        made_meanwhile = client.get_experiment_by_name(name)  # by another process
        if made_meanwhile is None:
            raise
        return str(made_meanwhile.experiment_id)


def _flat(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _tags(labels: Mapping[str, object]) -> dict[str, str]:
    return {f"earlywarn.{_key(key)}": masked(str(value))[:LONGEST_TAG] for key, value in labels.items()}


def _key(name: str) -> str:
    """Replace what MLflow does not take in a name.

    >>> _key("precision at 10 (%)")
    'precision at 10 ___'
    """
    return re.sub(r"[^\w\-. /]", "_", name)


def _brief(error: BaseException) -> str:
    """Return the first line of an error, which is all that most stores mean to say."""
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}".removesuffix(": ")
