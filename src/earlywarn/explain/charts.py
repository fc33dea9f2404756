"""Control charts for readers: figures beside the mean and limits of their series, in their own unit."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.explain.facts import STATUS_WORDS
from earlywarn.features.level import MIN_AREAS, median
from earlywarn.panel.snapshot import OK, Snapshot
from earlywarn.signals.control_chart import Xmr, xmr

__all__ = ["area_charts", "national_charts", "rule_words", "unsigned"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
AXES = ("area", "indicator", "period")
DECIMALS = 6  # beyond what anything is published with
LEVELS = ("value", "lower", "mean", "upper")


def area_charts(snapshot: Snapshot, indicators: Sequence[str]) -> pd.DataFrame:
    """List the control charts of every area.

    Parameters
    ----------
    snapshot : Snapshot
        What was known.
    indicators : sequence of str
        Which to list.

    Returns
    -------
    DataFrame
        ``area_code, indicator, period_end, status, value, lower, mean, upper, signals`` for every period in
        which anything was published for the area, sorted. ``signals`` holds the rules whose pattern the
        figure belongs to, joined by ``+``.
    """
    cube = snapshot.values.sel(indicator=list(indicators)).transpose(*AXES)  # noqa: PD011 - a cube
    sign = _sign(snapshot).loc[list(indicators)].to_numpy(dtype=float)
    figures = cube.to_numpy()
    status = np.where(np.isnan(figures), 0, OK)
    if snapshot.status is not None:
        status = snapshot.status.sel(indicator=list(indicators)).transpose(*cube.dims).to_numpy()
    keys = [cube[name].to_numpy() for name in cube.dims]
    index = pd.MultiIndex.from_product(keys, names=["area_code", "indicator", "period_end"])
    return _table(figures, sign[:, None], status, index)


def national_charts(snapshot: Snapshot) -> pd.DataFrame:
    """List the control charts of the median of all areas.

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
    sign = _sign(snapshot).to_numpy(dtype=float)[:, None]
    return _table(middle, sign, np.where(np.isnan(middle), 0, OK), index).drop(columns="status")


def _table(
    figures: Floats, sign: npt.NDArray[np.floating[Any]], status: npt.NDArray[np.int_], index: pd.MultiIndex
) -> pd.DataFrame:
    chart = xmr(figures)
    lower, upper = unsigned(chart, sign)
    numbers = (figures * sign, lower, chart.mean * sign, upper)
    kept = status.ravel() > 0
    table = pd.DataFrame(
        {name: column.ravel()[kept].round(DECIMALS) for name, column in zip(LEVELS, numbers, strict=True)},
        index=index[kept],
    )
    said = rule_words({name: flags.ravel()[kept] for name, flags in chart.marked_rules.items()})
    words = pd.Series(status.ravel()[kept]).map(STATUS_WORDS).to_numpy()
    return table.assign(status=words, signals=said).reset_index()


def unsigned(chart: Xmr, sign: npt.NDArray[np.floating[Any]]) -> tuple[Floats, Floats]:
    """Return the lower and upper limits with the sign of the published figures."""
    one, other = chart.lower * sign, chart.upper * sign
    return np.minimum(one, other), np.maximum(one, other)


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
