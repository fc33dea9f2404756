"""What an entry of the catalogue says of a feature."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from earlywarn.panel.snapshot import Snapshot

__all__ = ["BETTER", "HARD", "NEUTRAL", "SOFT", "WORSE", "FeatureSpec"]

WORSE, BETTER, NEUTRAL = "higher_is_worse", "higher_is_better", "neutral"
HARD, SOFT = "hard", "soft"  # evidence: figures and judgements; what people wrote, saw and said


@dataclass(frozen=True)
class FeatureSpec:
    """One entry of the catalogue.

    Parameters
    ----------
    name : str
        The feature, or for a measure the part after the indicator's name.
    theme : str or None
        One of the seven enablers; None takes the indicator's.
    unit : str
        What the number counts.
    polarity : str
        ``higher_is_worse``, ``higher_is_better`` or ``neutral``, of the *feature* (a gap signed so that
        positive is worse is ``higher_is_worse`` whatever its indicator).
    builder : callable
        Snapshot to DataArray, shape (area, indicator) for a measure and (area,) otherwise.
    words : str
        How a reason speaks of it, with ``{value}`` where the number goes; for a yes or no, the words for
        yes and for no with `` | `` between them will do.
    evidence : {"hard", "soft"}
        Whether it rests on figures and judgements, or on soft intelligence: the themes of reports, leadership
        and the log.
    behind : callable, optional
        Snapshot to the rows of ``snapshot.entries`` that the numbers rest on, shape (rows,), in any order;
        None where no entry of the log stands behind it.
    people : bool
        Whether the number is made from counts of people, so that it is not shown where they are few.
    """

    name: str
    theme: str | None
    unit: str
    polarity: str
    builder: Callable[[Snapshot], xr.DataArray]
    words: str
    evidence: str = HARD
    behind: Callable[[Snapshot], npt.NDArray[np.int64]] | None = None
    people: bool = False
