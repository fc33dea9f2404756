"""How the figures came to be known: the published figures, when each was first known, and as what.

A snapshot has each figure as it stands. What went before is the *vintage*: it tells which figures came late,
and which were revised. Periods are pushed together, each indicator's own, so that the newest of all stand at
the end of one short axis and areas still stand side by side in the same period.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.panel.areas import exists
from earlywarn.panel.known import is_known
from earlywarn.panel.snapshot import OK, SUPPRESSED, UNPUBLISHED
from earlywarn.signals.quality import DataQuality, data_quality

__all__ = ["Vintage", "cut_vintage"]

COUNTS = ("count",)  # units of which the last digit counts
AMOUNTS = ("count", "gbp", "gbp_per_week")  # units that grow with the size of an area, or with its prices


@dataclass(frozen=True)
class Vintage:
    """Published figures as they stood at one as-of date, and as they first came out.

    Parameters
    ----------
    as_of : Timestamp
        Everything here was known before it.
    ends : array of dates, shape (indicator, figure)
        Last day of each period, the newest last; NaT to the left of an indicator's first.
    values : array, shape (area, indicator, figure)
        As published, in the indicator's own unit and **not** signed; NaN where there is none.
    status : array of int8, shape (area, indicator, figure)
        0 not published, 1 a figure, 2 missing, 3 suppressed, as in a snapshot.
    known_on : array of dates, shape (area, indicator, figure)
        The first day on which a figure was known; NaT where none ever was.
    first : array, shape (area, indicator, figure)
        That first figure.
    expected : array of bool, shape (area, indicator, figure)
        Whether the area was there at the end of the period, and has a row of the indicator for it or for an
        earlier one.
    fresh : array of bool, shape (indicator, figure)
        Whether the period is recent enough for its figure to be the latest one.
    units : array of str, shape (indicator,)

    Examples
    --------
    >>> from earlywarn.panel.panel import Panel
    >>> from earlywarn.sources.england import read_england
    >>> vintage = Panel(read_england()).known_at(pd.Timestamp("2024-01-01")).vintage
    >>> vintage.values.shape == vintage.first.shape, bool((vintage.known_on >= vintage.as_of).any())
    (True, False)
    """

    as_of: pd.Timestamp
    ends: npt.NDArray[np.datetime64]
    values: npt.NDArray[np.float64]
    status: npt.NDArray[np.int8]
    known_on: npt.NDArray[np.datetime64]
    first: npt.NDArray[np.float64]
    expected: npt.NDArray[np.bool_]
    fresh: npt.NDArray[np.bool_]
    units: npt.NDArray[np.object_]

    @cached_property
    def quality(self) -> DataQuality:
        """Every remark on these figures."""
        return data_quality(
            self.values,
            expected=self.expected,
            suppressed=self.status == SUPPRESSED,
            known_on=self.known_on,
            first=self.first,
            counts=np.isin(self.units, COUNTS),
            amounts=np.isin(self.units, AMOUNTS),
        )

    @cached_property
    def newest(self) -> npt.NDArray[np.int64]:
        """Place on the last axis of the newest period that most areas have reported, shape (indicator,).

        -1 where there is none, or it is too old to count.
        """
        out = self.quality.expected.any(axis=0) & self.fresh
        places = (
            out.shape[1] - 1 - out[:, ::-1].argmax(axis=1) if out.shape[1] else np.zeros(len(out), dtype=int)
        )
        return np.where(out.any(axis=1), places, -1)

    @cached_property
    def current(self) -> npt.NDArray[np.bool_]:
        """Whether a period is its indicator's newest one, shape (indicator, figure)."""
        return np.asarray(np.arange(self.values.shape[2]) == self.newest[:, None])


def cut_vintage(
    figures: Mapping[str, np.ndarray],
    *,
    as_of: pd.Timestamp,
    areas: pd.DataFrame,
    units: npt.NDArray[np.object_],
    max_age: npt.NDArray[np.int64],
) -> Vintage:
    """Return the vintage of figures that were known strictly before an as-of date.

    Parameters
    ----------
    figures : mapping of str to array, each of shape (rows,)
        ``area, indicator, period`` as positions, ``known_on``, ``value`` (as published) and ``status``,
        sorted by the first four; and ``periods``, the last day of each.
    as_of : Timestamp
        The midnight at which we stand.
    areas : DataFrame
        With ``active_from`` and ``active_to``; an area that does not exist on the day has no figures.
    units : array of str, shape (indicator,)
    max_age : array of int, shape (indicator,)
        Months for which a figure stays the latest one.
    """
    there = exists(areas, as_of).to_numpy(dtype=bool)
    rows = np.flatnonzero(is_known(figures["known_on"], as_of) & there[figures["area"]])
    area, indicator, period, value, status, known_on = (
        figures[name][rows] for name in ("area", "indicator", "period", "value", "status", "known_on")
    )
    used = np.zeros((len(units), len(figures["periods"])), dtype=bool)
    used[indicator, period] = True
    count = used.sum(axis=1)
    longest = int(count.max(initial=0))
    place = np.cumsum(used, axis=1) - 1 + (longest - count)[:, None]  # of each period on the short axis
    ends = np.full((len(units), longest), np.datetime64("NaT"), dtype="datetime64[ns]")
    which = np.nonzero(used)
    ends[which[0], place[which]] = figures["periods"][which[1]]
    cell = (area, indicator, place[indicator, period])
    shape = (len(areas), len(units), longest)
    values, first = np.full(shape, np.nan), np.full(shape, np.nan)
    states = np.zeros(shape, dtype=np.int8)
    first_known = np.full(shape, np.datetime64("NaT"), dtype="datetime64[ns]")
    values[cell], states[cell] = value, status  # rows are in order, so the last known one stands
    excused = np.zeros(shape, dtype=bool)  # it said that the figure does not apply to it
    excused[cell] = status == UNPUBLISHED
    figure = np.flatnonzero(status == OK)[::-1]  # and here the first
    early = tuple(axis[figure] for axis in cell)
    first[early], first_known[early] = value[figure], known_on[figure]
    return Vintage(
        as_of=as_of,
        ends=ends,
        values=values,
        status=states,
        known_on=first_known,
        first=first,
        expected=_expected(states, ends, areas) & ~excused,
        fresh=_fresh(ends, as_of, max_age),
        units=units,
    )


def _expected(
    status: npt.NDArray[np.int8], ends: npt.NDArray[np.datetime64], areas: pd.DataFrame
) -> npt.NDArray[np.bool_]:
    """Say where an area has a row, or was there and had one for an earlier period."""
    begun = areas["active_from"].to_numpy()[:, None, None]
    ended = areas["active_to"].to_numpy()[:, None, None]
    alive = (np.isnat(begun) | (begun <= ends)) & (np.isnat(ended) | (ended >= ends)) & ~np.isnat(ends)
    told = np.maximum.accumulate(status > 0, axis=2)
    return np.asarray((status > 0) | (told & alive))


def _fresh(
    ends: npt.NDArray[np.datetime64], as_of: pd.Timestamp, max_age: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Say which periods ended within the months for which a figure stays the latest one."""
    oldest = {
        months: (as_of - pd.DateOffset(months=int(months))).to_datetime64() for months in np.unique(max_age)
    }
    least = np.array([oldest[months] for months in max_age], dtype="datetime64[ns]")
    return np.asarray(ends >= least[:, None])
