"""A deployed model as a folder that can be read without running anything it holds.

::

    model.json          what it is, its recalibration, the checksums of the other files
    model.skops         the fitted target model
    arrays.npz          numbers of the replicates, and a probe: what the model answered when it was saved
    background.parquet  the rows that risks are explained against
    replicates.skops    only where the replicates are whole models

A checksum finds damage; it does not stop someone who writes a new one. What does is that nothing is
unpickled, and that every type named in the skops files is looked up in a short list before any is built.
"""

import hashlib
import io
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import EarlywarnError, ModelFileError, OutputError, name_a_few
from earlywarn.models.calibration import Recalibration
from earlywarn.models.deployed import DeployedModel
from earlywarn.models.replicates import ModelReplicates, OrdinalReplicates, Replicates
from earlywarn.models.skops_file import built, dumped
from earlywarn.models.targets import LAST, Graded, TargetModel

__all__ = ["load_model", "save_model"]

FORMAT, VERSION = "earlywarn model", 1
CARD, MODEL, ARRAYS, BACKGROUND, REPLICATES = (
    "model.json",
    "model.skops",
    "arrays.npz",
    "background.parquet",
    "replicates.skops",
)
PROBED = 16  # background rows whose answers are kept to be compared on loading
AGREES = 1e-9  # log-odds; another version of a library may sum in another order


def save_model(deployed: DeployedModel, folder: str | os.PathLike[str]) -> Path:
    """Write a deployed model to a folder.

    Parameters
    ----------
    deployed : DeployedModel
    folder : path
        Made if need be. An earlier model of ours in it is replaced; ``model.json`` is put in place last, so
        that a run that is killed leaves a folder that is refused, never one that mixes two models.

    Returns
    -------
    Path of the folder.

    Raises
    ------
    OutputError
        If the folder holds files of these names that are not ours.
    """
    folder = Path(folder)
    _refuse_a_stranger(folder)
    folder.mkdir(parents=True, exist_ok=True)
    contents = _contents(deployed)
    recalibration = deployed.recalibration
    card: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "meta": dict(deployed.meta),
        "features": list(deployed.features),
        "recalibration": {
            "least": recalibration.least,
            "intercept": recalibration.intercept_,
            "slope": recalibration.slope_,
            "calibrated": recalibration.calibrated_,
            "why": recalibration.why_,
            "rows": recalibration.rows_,
        },
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
    }
    card["sha256"][CARD] = _digest(card)
    contents[CARD] = (json.dumps(card, indent=2, ensure_ascii=False) + "\n").encode()
    with tempfile.TemporaryDirectory(dir=folder, prefix=".saving-") as aside:
        for name, content in contents.items():
            (Path(aside) / name).write_bytes(content)
        (folder / CARD).unlink(missing_ok=True)
        (folder / REPLICATES).unlink(missing_ok=True)
        for name in contents:
            (Path(aside) / name).replace(folder / name)
    return folder


def load_model(folder: str | os.PathLike[str]) -> DeployedModel:
    """Read a deployed model; it answers exactly as the one that was saved.

    Parameters
    ----------
    folder : path
        Written by ``save_model``.

    Raises
    ------
    ModelFileError
        If the folder is not ours, is damaged, holds a type that our models do not need, or answers
        differently under the libraries installed here.

    Examples
    --------
    >>> load_model("no/such/folder")
    Traceback (most recent call last):
    ...
    earlywarn.errors.ModelFileError: no/such/folder is not a model folder of earlywarn: it has no ...
    """
    folder = Path(folder)
    card = _read_card(folder)
    contents = {
        name: _checked(folder, name, digest) for name, digest in card["sha256"].items() if name != CARD
    }
    model = built(contents[MODEL], folder / MODEL)
    if not isinstance(model, TargetModel):
        message = (
            f"{folder / MODEL} holds a {type(model).__name__}, not a model of earlywarn; train it again."
        )
        raise ModelFileError(message)
    try:
        with np.load(io.BytesIO(contents[ARRAYS]), allow_pickle=False) as stored:
            arrays = dict(stored)
        background = pd.read_parquet(io.BytesIO(contents[BACKGROUND]))
        deployed = DeployedModel(
            model=model,
            recalibration=_recalibration(card["recalibration"]),
            replicates=_replicates(model, arrays, contents, folder),
            replicate_recalibrations=arrays["recalibrations"],
            background=background,
            meta=card["meta"],
        )
        answers = _probe(model, background)
    except (EarlywarnError, KeyError, OSError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, ModelFileError):
            raise
        message = (
            f"{folder} is not a whole model ({error}); copy it again from its source, or train it again."
        )
        raise ModelFileError(message) from error
    if not np.allclose(answers, arrays["probe"], rtol=0, atol=AGREES, equal_nan=True):
        message = (
            f"{folder} answers differently here from where it was saved, with "
            f"{card['meta'].get('versions', 'other versions')}; install those, or train it again."
        )
        raise ModelFileError(message)
    return deployed


def _refuse_a_stranger(folder: Path) -> None:
    """Refuse to write over files that no model of ours put there."""
    there = [name for name in (CARD, MODEL, ARRAYS, BACKGROUND, REPLICATES) if (folder / name).exists()]
    if folder.exists() and not folder.is_dir():
        message = f"{folder} is a file; name a folder to save the model in."
        raise OutputError(message)
    if not there:
        return
    try:
        ours = json.loads((folder / CARD).read_bytes())["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError):
        ours = False
    if not ours:
        message = (
            f"{folder} is not a model folder of earlywarn and holds {name_a_few(there)}; name another folder."
        )
        raise OutputError(message)


def _contents(deployed: DeployedModel) -> dict[str, bytes]:
    """Return the bytes of every file but the card."""
    with io.BytesIO() as buffer:
        deployed.background.to_parquet(buffer)
        background = buffer.getvalue()
    arrays: dict[str, Any] = {
        "recalibrations": np.asarray(deployed.replicate_recalibrations, dtype=np.float64),
        "probe": _probe(deployed.model, deployed.background),
    }
    contents = {MODEL: dumped(deployed.model), BACKGROUND: background}
    replicates = deployed.replicates
    if isinstance(replicates, OrdinalReplicates):
        arrays |= {"coef": replicates.coef, "thresholds": replicates.thresholds}
    elif isinstance(replicates, ModelReplicates):
        contents[REPLICATES] = dumped(list(replicates.models))
    else:
        message = f"replicates of type {type(replicates).__name__} have no form on disk."
        raise TypeError(message)
    with io.BytesIO() as buffer:
        np.savez_compressed(buffer, **arrays)
        contents[ARRAYS] = buffer.getvalue()
    return contents


def _probe(model: TargetModel, background: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return what a model answers for a few rows, also where the background leaves out who can decline."""
    rows = background[:PROBED]
    return model.predict_log_odds(rows if LAST in rows else rows.assign(**{LAST: np.nan})).to_numpy()


def _digest(card: dict[str, Any]) -> str:
    """Checksum of the card itself, its own checksum left out."""
    sums = {name: digest for name, digest in card["sha256"].items() if name != CARD}
    return hashlib.sha256(json.dumps(card | {"sha256": sums}, sort_keys=True).encode()).hexdigest()


def _read_card(folder: Path) -> dict[str, Any]:
    """Read ``model.json`` and check that it is ours, of this version, and unchanged."""
    path = folder / CARD
    if not path.is_file():
        message = (
            f"{folder} is not a model folder of earlywarn: it has no {CARD}. "
            "Name a folder that `earlywarn train` has written."
        )
        raise ModelFileError(message)
    try:
        card = json.loads(path.read_bytes())
        form, version = card["format"], card["version"]
    except (ValueError, KeyError, TypeError) as error:
        message = f"{path} is not the card of an earlywarn model; name a folder that `earlywarn train` wrote."
        raise ModelFileError(message) from error
    if (form, version) != (FORMAT, VERSION):
        message = (
            f"{path} says {form!r} version {version!r}; this earlywarn reads {FORMAT!r} version {VERSION}. "
            "Train the model again with this version, or install the version that wrote it."
        )
        raise ModelFileError(message)
    try:
        whole = card["sha256"][CARD] == _digest(card) and {MODEL, ARRAYS, BACKGROUND} <= set(card["sha256"])
        whole &= set(card["sha256"]) <= {CARD, MODEL, ARRAYS, BACKGROUND, REPLICATES}
    except (KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        message = (
            f"{path} has been changed or damaged since it was saved; copy it again, or train the model again."
        )
        raise ModelFileError(message)
    return dict(card)


def _checked(folder: Path, name: str, digest: str) -> bytes:
    """Read one file and compare its checksum with the card's."""
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        message = f"{folder} lacks {name}, which its {CARD} lists; copy it again, or train the model again."
        raise ModelFileError(message) from error
    if hashlib.sha256(content).hexdigest() != digest:
        message = (
            f"{folder / name} has been changed or damaged since it was saved; copy it again, or train again."
        )
        raise ModelFileError(message)
    return content


def _recalibration(stored: dict[str, Any]) -> Recalibration:
    """Put a recalibration together from the card."""
    recalibration = Recalibration(least=stored["least"])
    recalibration.intercept_, recalibration.slope_ = float(stored["intercept"]), float(stored["slope"])
    recalibration.calibrated_, recalibration.why_ = bool(stored["calibrated"]), str(stored["why"])
    recalibration.rows_ = int(stored["rows"])
    return recalibration


def _replicates(
    model: TargetModel, arrays: dict[str, Any], contents: dict[str, bytes], folder: Path
) -> Replicates:
    """Put the replicates together, from arrays or from whole models."""
    if REPLICATES not in contents:
        if not isinstance(model, Graded):
            message = f"{folder} lacks {REPLICATES}; copy it again, or train the model again."
            raise ModelFileError(message)
        return OrdinalReplicates(model, arrays["coef"], arrays["thresholds"])
    models = built(contents[REPLICATES], folder / REPLICATES)
    if not isinstance(models, list) or not all(isinstance(one, TargetModel) for one in models):
        message = f"{folder / REPLICATES} does not hold models of earlywarn; train the model again."
        raise ModelFileError(message)
    return ModelReplicates(models)
