"""Figures in standard units: how many of its own standard deviations each lies from its series' centre."""

from dataclasses import dataclass

import numpy as np

from earlywarn.errors import ConfigError
from earlywarn.signals.figures import Figures, per_series
from earlywarn.signals.usual import STEP_TO_SD, sign_beyond_rounding, usual_variation

__all__ = ["TIE", "StandardUnits", "in_standard_units"]

TIE = 1e-9  # standard deviations: a sum or an average nearer to its threshold lies on it


@dataclass(frozen=True, eq=False)
class StandardUnits:
    """Many series in standard units.

    Attributes
    ----------
    z : ndarray of float, shape (series, figure)
        (value - centre) / sd, NaN behind the last figure and where either is not known. A series without
        variation: 0 on the centre, NaN off it.
    centre, sd : ndarray of float, shape (series,)
        In the values' unit.
    """

    z: np.ndarray
    centre: np.ndarray
    sd: np.ndarray


def in_standard_units(figures: Figures, *, centre: object, sd: object, baseline: object) -> StandardUnits:
    """Put figures in standard units, by a centre and standard deviation given, or those of the baseline.

    Parameters
    ----------
    figures : Figures
        The series.
    centre, sd : float, array-like or None
        Known values, that broadcast to the shape of the series; None: the mean of the baseline, and its mean
        moving range, screened once, divided by 1.128.
    baseline : None, int or array-like of bool
        As for a control chart.

    Raises
    ------
    ConfigError
        For a standard deviation that is not above nought, or an argument that does not fit.
    """
    usual = usual_variation(figures, baseline=baseline)
    middle = usual.mean[:, 0] if centre is None else per_series("centre", centre, figures)
    spread = usual.step[:, 0] / STEP_TO_SD if sd is None else per_series("sd", sd, figures)
    if sd is not None and np.any(spread <= 0):
        message = (
            f"sd must be above nought, but {int(np.sum(spread <= 0)):,} are not. Leave those series out."
        )
        raise ConfigError(message)
    off = figures.values - middle[:, None]
    bulk = np.maximum(np.abs(figures.values), np.abs(middle)[:, None])
    off = np.where(sign_beyond_rounding(off, bulk) == 0, 0 * off, off)  # within rounding is on the centre
    z = np.divide(off, spread[:, None], out=np.where(off == 0, 0.0, np.nan), where=spread[:, None] > 0)
    return StandardUnits(z, middle, spread)
