"""The door through which MLflow loads a saved model: a folder in, risks out, no pickle.

MLflow imports this module by name and calls ``_load_pyfunc``. It does not import MLflow itself.
"""

from pathlib import Path
from typing import Any

import pandas as pd

from earlywarn.models.storage import load_model

__all__ = ["RiskModel"]


class RiskModel:
    """A deployed model as MLflow calls it.

    Parameters
    ----------
    folder : path
        What `earlywarn.models.storage.save_model` wrote.
    """

    def __init__(self, folder: str | Path) -> None:
        self.deployed = load_model(Path(folder))

    def predict(self, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Return calibrated risks.

        Parameters
        ----------
        model_input : DataFrame of shape (rows, features)
            The model's features, by name and in any order; NaN where a value is not known.
        params : dict, optional
            Taken for MLflow's sake; there are none.

        Returns
        -------
        DataFrame of shape (rows, 3)
            Columns ``adverse``, ``decline``, ``serious``, each in [0, 1]; the index is the input's.
        """
        del params
        return self.deployed.risk(model_input[list(self.deployed.features)])


def _load_pyfunc(data_path: str) -> RiskModel:
    return RiskModel(data_path)
