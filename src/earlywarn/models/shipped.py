"""The reference models that are installed with earlywarn."""

from importlib.resources import files
from pathlib import Path

from earlywarn.errors import ModelFileError

__all__ = ["find_model"]


def find_model(folder: str | Path) -> Path:
    """Return a model's folder; ``models/NAME`` is also found inside the installation.

    Parameters
    ----------
    folder : path
        A folder that ``earlywarn train`` wrote, or the name of a shipped model, such as ``models/england``.

    Raises
    ------
    ModelFileError
        If there is no such folder.

    Examples
    --------
    >>> find_model("models/england").name
    'england'
    """
    asked = Path(folder)
    package = Path(str(files("earlywarn")))
    places = [asked]
    if asked.parent in {Path("models"), Path()}:
        places += [package / "reference_models" / asked.name, package.parents[1] / "models" / asked.name]
    for place in places:
        if (place / "model.json").is_file():
            return place
    message = (
        f"There is no model in {asked}. Train one with `earlywarn train`, or name one with `--model`, "
        "such as the shipped models/england."
    )
    raise ModelFileError(message)
