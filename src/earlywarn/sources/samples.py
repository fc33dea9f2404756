"""Where the packaged samples lie."""

from importlib.resources import files
from pathlib import Path

from earlywarn.errors import Fault, MissingTableError

__all__ = ["sample_folder"]


def sample_folder(name: str) -> Path:
    """Return the folder of a packaged sample, in an installed wheel or in a checkout.

    Parameters
    ----------
    name : str
        Name of the sample: ``england`` or ``synthetic``.

    Raises
    ------
    MissingTableError
        If there is no such sample.

    Examples
    --------
    >>> sample_folder("england").name
    'england'
    """
    package = Path(str(files("earlywarn")))
    places = [package / "data_samples" / name, package.parents[1] / "data_samples" / name]
    for place in places:
        if (place / "areas.csv").is_file():
            return place
    remedy = "name the sample england or synthetic, or install earlywarn again"
    fault = Fault(f"data_samples/{name}", None, None, None, "is not part of this installation", remedy)
    raise MissingTableError([fault], where=f"the sample {name!r}")
