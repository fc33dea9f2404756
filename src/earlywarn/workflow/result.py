"""What a verb hands back."""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

__all__ = ["Result"]


@dataclass(frozen=True)
class Result:
    """What a verb did.

    Attributes
    ----------
    folder : Path
        Where the files are.
    summary : str
        Plain text: the verdict, where there is one, and the paths written.
    tables : dict of str to DataFrame
        The tables written, by the name of their file.
    """

    folder: Path
    summary: str
    tables: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
