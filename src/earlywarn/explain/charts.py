"""Control charts for readers: figures beside the mean and limits of their series, in their own unit."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.explain.facts import STATUS_WORDS
from earlywarn.features.control_chart import MIN_FIGURES
from earlywarn.panel.snapshot import OK, Snapshot
from earlywarn.schema import UNITS
from earlywarn.signals.areas import MIN_AREAS
from earlywarn.signals.control_chart import Xmr, xmr
from earlywarn.signals.ordered import median

__all__ = ["area_charts", "drawn_limits", "national_charts", "rule_words"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
AXES = ("area", "indicator", "period")
DECIMALS = 6  # beyond what anything is published with
LEVELS = ("value", "lower", "mean", "upper")


def area_charts(snapshot: Snapshot, indicators: pd.DataFrame) -> pd.DataFrame:
    """List the control charts of every area.

    Parameters
    ----------
    snapshot : Snapshot
        What was known.
    indicators : DataFrame
        ``indicator, unit`` of those to list.

    Returns
    -------
    DataFrame
        ``area_code, indicator, period_end, status, value, lower, mean, upper, signals`` for every period in
        which anything was published for the area, sorted. ``signals`` holds the rules whose pattern the
        figure belongs to, joined by ``+``.
    """
    names = indicators["indicator"].tolist()
    cube = snapshot.values.sel(indicator=names).transpose(*AXES)  # noqa: PD011 - a cube
    sign = _sign(snapshot).loc[names].to_numpy(dtype=float)
    figures = cube.to_numpy()
    status = np.where(np.isnan(figures), 0, OK)
    if snapshot.status is not None:
        status = snapshot.status.sel(indicator=names).transpose(*cube.dims).to_numpy()
    keys = [cube[name].to_numpy() for name in cube.dims]
    index = pd.MultiIndex.from_product(keys, names=["area_code", "indicator", "period_end"])
    return _table(figures, sign, indicators["unit"].tolist(), status, index)


def national_charts(snapshot: Snapshot, indicators: pd.DataFrame) -> pd.DataFrame:
    """List the control charts of the median of all areas.

    Parameters
    ----------
    snapshot : Snapshot
        What was known.
    indicators : DataFrame
        ``indicator, unit`` of all of them.

    Returns
    -------
    DataFrame
        As ``area_charts`` without ``area_code`` and ``status``; periods in which five areas or more have a
        figure.
    """
    cube = snapshot.values.transpose(*AXES)  # noqa: PD011 - a cube
    figures = cube.to_numpy()
    middle = np.where((~np.isnan(figures)).sum(axis=0) >= MIN_AREAS, median(figures), np.nan)
    keys = [cube[name].to_numpy() for name in ("indicator", "period")]
    index = pd.MultiIndex.from_product(keys, names=["indicator", "period_end"])
    sign = _sign(snapshot).to_numpy(dtype=float)
    units = indicators.set_index("indicator")["unit"].reindex(keys[0]).tolist()
    return _table(middle, sign, units, np.where(np.isnan(middle), 0, OK), index).drop(columns="status")


def _table(
    figures: Floats,
    sign: npt.NDArray[np.floating[Any]],
    units: Sequence[str],
    status: npt.NDArray[np.int_],
    index: pd.MultiIndex,
) -> pd.DataFrame:
    chart = xmr(figures)
    lower, upper = drawn_limits(chart, sign, units)
    numbers = (figures * sign[:, None], lower, chart.mean * sign[:, None], upper)
    kept = status.ravel() > 0
    table = pd.DataFrame(
        {name: column.ravel()[kept].round(DECIMALS) for name, column in zip(LEVELS, numbers, strict=True)},
        index=index[kept],
    )
    said = rule_words({name: flags.ravel()[kept] for name, flags in chart.marked_rules.items()})
    words = pd.Series(status.ravel()[kept]).map(STATUS_WORDS).to_numpy()
    return table.assign(status=words, signals=said).reset_index()


def drawn_limits(
    chart: Xmr, sign: npt.NDArray[np.floating[Any]], units: Sequence[str]
) -> tuple[Floats, Floats]:
    """Return the lower and upper limits as they are drawn and told.

    Parameters
    ----------
    chart : Xmr
        Of figures of shape (..., indicator, period).
    sign : array, shape (indicator,)
        -1 where the figures were turned round.
    units : sequence of str
        Of the indicators: no limit lies where no figure can, such as below 0%.

    Returns
    -------
    pair of array, shape (..., indicator, period)
        With the sign of the published figures; NaN with fewer than five figures, which tell no usual range.
    """
    one, other = chart.lower * sign[:, None], chart.upper * sign[:, None]
    bounds = np.array([UNITS.get(unit, (-np.inf, np.inf)) for unit in units], dtype=float).reshape(-1, 2)
    enough = (np.asarray(chart.points) >= MIN_FIGURES)[..., None]
    lower = np.maximum(np.minimum(one, other), bounds[:, :1])
    upper = np.minimum(np.maximum(one, other), bounds[:, 1:])
    return np.where(enough, lower, np.nan), np.where(enough, upper, np.nan)


def rule_words(rules: "dict[str, Flags]") -> npt.NDArray[np.object_]:
    """Join the names of the rules that hold, of flags of shape (rows,) each.

    Examples
    --------
    >>> rule_words({"beyond": np.array([True, False]), "side": np.array([True, False])}).tolist()
    ['beyond+side', '']
    """
    names = list(rules)
    code = np.sum(
        [np.asarray(flags, dtype=int) << place for place, flags in enumerate(rules.values())], axis=0
    )
    every = [
        "+".join(name for place, name in enumerate(names) if number >> place & 1)
        for number in range(1 << len(names))
    ]
    words: npt.NDArray[np.object_] = np.array(every, dtype=object)[code]
    return words


def _sign(snapshot: Snapshot) -> "pd.Series[float]":
    sign = np.ones(len(snapshot.indicators)) if snapshot.sign is None else snapshot.sign.to_numpy()
    return pd.Series(sign, index=snapshot.indicators)
