"""The price of an error: how a threshold and the weight of a missed area say the same thing."""

import numpy as np

from earlywarn.errors import ConfigError
from earlywarn.validation.predictions import DECIMALS

__all__ = ["cost_ratio_of", "threshold_of"]


def threshold_of(cost_ratio: float) -> float:
    """Return the risk from which acting is worth its cost: 1 / (1 + ratio).

    Parameters
    ----------
    cost_ratio : float
        How many unneeded reviews one missed area outweighs, above 0.

    Raises
    ------
    ConfigError
        If the ratio is not a finite number above 0.

    Examples
    --------
    >>> threshold_of(3)
    0.25
    >>> threshold_of(0)
    Traceback (most recent call last):
    ...
    earlywarn.errors.ConfigError: cost ratio: expected a finite number above 0, found 0; 2 says that missing
    an area costs as much as two reviews that were not needed
    """
    if not (np.isfinite(cost_ratio) and cost_ratio > 0):
        message = (
            f"cost ratio: expected a finite number above 0, found {cost_ratio!r}; 2 says that missing an "
            "area costs as much as two reviews that were not needed"
        )
        raise ConfigError(message)
    return 1 / (1 + cost_ratio)


def cost_ratio_of(threshold: float) -> float:
    """Return how many unneeded reviews one missed area outweighs for somebody who acts from this risk.

    Raises
    ------
    ConfigError
        If the threshold is not between 0 and 1.

    Examples
    --------
    >>> cost_ratio_of(0.2)
    4.0
    """
    if not 0 < threshold < 1:
        message = (
            f"threshold: expected a risk between 0 and 1, found {threshold!r}; 0.33 weighs a missed area as "
            "two reviews that were not needed"
        )
        raise ConfigError(message)
    return round((1 - threshold) / threshold, DECIMALS)
