"""Fitted models as skops files, built from a short list of types and no others.

skops trusts every scikit-learn estimator and asks about the rest. Here the list is closed: each type and each
kind of node that a file names is looked up before skops sees the file, and one that is not listed stops it.
"""

import io
import json
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import skops.io
from sklearn.exceptions import InconsistentVersionWarning

from earlywarn.errors import ModelFileError, name_a_few

__all__ = ["built", "dumped"]

OURS = frozenset(
    f"earlywarn.models.{name}"
    for name in (
        "average.Average",
        "baselines.Rates",
        "boosting.MonotoneBoosting",
        "ordinal.OrdinalLogit",
        "prepare.Prepare",
        "targets.Graded",
        "targets.PerTarget",
    )
)
FOREIGN = frozenset(
    {
        "builtins.dict",
        "builtins.list",
        "builtins.slice",
        "builtins.str",
        "builtins.tuple",
        "numpy.bool",
        "numpy.float64",
        "numpy.int64",
        "numpy.ndarray",
        "numpy.random._generator.Generator",
        "numpy.uint64",
        "sklearn._loss._loss.CyHalfBinomialLoss",
        "sklearn._loss.link.Interval",
        "sklearn._loss.link.LogitLink",
        "sklearn._loss.loss.HalfBinomialLoss",
        "sklearn.compose._column_transformer.ColumnTransformer",
        "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
        "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.linear_model._logistic.LogisticRegression",
        "sklearn.pipeline.Pipeline",
        "sklearn.preprocessing._encoders.OneHotEncoder",
        "sklearn.preprocessing._label.LabelEncoder",
    }
)
LOADERS = frozenset(  # skops' node kinds; none of those kept out, such as MethodNode or ReduceNode, is needed
    {
        "DictNode",
        "JsonNode",
        "ListNode",
        "LossNode",
        "NdArrayNode",
        "ObjectNode",
        "RandomGeneratorNode",
        "SliceNode",
        "TupleNode",
        "TypeNode",
    }
)


def dumped(model: Any) -> bytes:
    """Return a model, or a list of models, in skops' form."""
    return bytes(skops.io.dumps(model, compression=zipfile.ZIP_DEFLATED, compresslevel=6))


def _named(node: Any) -> Iterator[tuple[str, str]]:
    """Walk a skops schema and name the loader and type of every node that has either."""
    pending = [node]
    while pending:
        here = pending.pop()
        if isinstance(here, dict):
            if "__class__" in here or "__loader__" in here or "__module__" in here:
                yield str(here.get("__loader__")), f"{here.get('__module__')}.{here.get('__class__')}"
            pending.extend(here.values())
        elif isinstance(here, list):
            pending.extend(here)


def built(content: bytes, path: Path) -> Any:
    """Build what a skops file holds, if it holds nothing but the types that our models need.

    Parameters
    ----------
    content : bytes
        Of the file.
    path : Path
        To name it in messages.

    Raises
    ------
    ModelFileError
        If it is not a skops file, or names any other type.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> built(dumped(KMeans()), Path("model.skops"))
    Traceback (most recent call last):
    ...
    earlywarn.errors.ModelFileError: model.skops holds types that no model of earlywarn needs: ...
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            named = set(_named(json.loads(archive.read("schema.json"))))
    except (zipfile.BadZipFile, KeyError, ValueError, RecursionError) as error:
        message = (
            f"{path} is not in the skops format and was not opened; train the model again with earlywarn."
        )
        raise ModelFileError(message) from error
    unknown = sorted(
        {kind for _, kind in named if kind not in OURS | FOREIGN}
        | {loader for loader, _ in named if loader not in LOADERS}
    )
    if unknown:
        message = (
            f"{path} holds types that no model of earlywarn needs: {name_a_few(unknown)}. It was not loaded; "
            "use a model that you trained yourself or had from someone you trust."
        )
        raise ModelFileError(message)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InconsistentVersionWarning)  # the probe tells whether it matters
            return skops.io.loads(content, trusted=sorted(OURS | FOREIGN))
    except Exception as error:  # a file made to break the reader may break it anywhere
        message = f"{path} could not be read ({error}); train the model again with this version of earlywarn."
        raise ModelFileError(message) from error
