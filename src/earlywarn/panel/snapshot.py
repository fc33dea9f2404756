"""Everything that was known at one as-of date, in the shape that feature builders work on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from earlywarn.panel.denominators import Denominators
from earlywarn.panel.entries import Entries, index_entries
from earlywarn.schedule import DAYS_PER_YEAR
from earlywarn.signals.figures import close_up
from earlywarn.signals.usual import Usual, usual_variation

if TYPE_CHECKING:
    from earlywarn.panel.vintage import Vintage

__all__ = ["DEFAULT_MAX_AGE", "MISSING", "OK", "SUPPRESSED", "UNPUBLISHED", "Series", "Snapshot"]

UNPUBLISHED, OK, MISSING, SUPPRESSED = 0, 1, 2, 3  # codes in ``Snapshot.status``
DEFAULT_MAX_AGE = 18  # months after its period ends that a figure still counts as the latest
NO_NEIGHBOUR = -1


class Series(NamedTuple):
    """The published figures of each area and indicator, pushed to the end of one short axis.

    Figures of annual and monthly indicators end in different months, so the cube is mostly gaps.
    Here position -1 is each series' latest figure, -2 the one before it, and so on.

    Attributes
    ----------
    values : array, shape (area, indicator, figure)
        Signed so that higher is worse; NaN to the left where a series is shorter than the longest.
    years : array, shape (area, indicator, figure)
        When each figure's period ends, in years before the as-of date (negative); NaN likewise.
    position : array, shape (area, indicator, figure)
        Where it stands on the period axis of the cube; -1 where there is none.
    """

    values: npt.NDArray[np.float64]
    years: npt.NDArray[np.float64]
    position: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Snapshot:
    """What was known at the midnight on which ``as_of`` begins.

    Parameters
    ----------
    as_of : Timestamp
        Everything here has ``known_on < as_of``.
    values : DataArray, shape (area, indicator, period)
        In each indicator's own unit and signed so that higher is worse (``sign`` undoes it). Periods
        are named by their last day. NaN where no figure was published.
    neighbours : DataArray of int, shape (area, rank)
        Positions along ``area`` of the statistical neighbours in force; -1 where there is none.
    sign : DataArray, shape (indicator,), optional
        -1 where the published figure is better when higher, else 1.
    neutral : DataArray of bool, shape (indicator,), optional
        Whether neither direction is worse by itself.
    max_age : DataArray of int, shape (indicator,), optional
        Months for which a figure stays the latest one; 18 where not given.
    status : DataArray of int8, shape (area, indicator, period), optional
        0 not published, 1 a figure, 2 missing, 3 suppressed.
    beneath : Denominators, optional
        Which indicator each one is a share or a rate of.
    areas, inspections, leadership, report_themes, concerns, joint : DataFrame, optional
        The tidy tables, cut at the same date. ``inspections`` is sorted by area, then start
        date; ``leadership`` and ``report_themes`` by area, then ``known_on``; ``concerns`` holds the version
        in force of every entry that was not retracted, sorted by area, then ``occurred_on``.
    indexed : pair of DataFrame and Entries, optional
        A table and its entries as arrays, used while ``concerns`` is that very table.
    history : callable, optional
        Cuts how the figures came to be known at the same date; it is called when ``vintage`` is first asked
        for.

    Examples
    --------
    >>> cube = xr.DataArray(
    ...     [[[20.0, 25.0]]], dims=("area", "indicator", "period"),
    ...     coords={"area": ["A"], "indicator": ["caseload"],
    ...             "period": pd.to_datetime(["2021-09-30", "2022-09-30"])})
    >>> none = xr.DataArray(np.empty((1, 0), dtype=int), dims=("area", "rank"))
    >>> snapshot = Snapshot(as_of=pd.Timestamp("2023-04-01"), values=cube, neighbours=none)
    >>> snapshot.series.values[0, 0].tolist()
    [20.0, 25.0]
    """

    as_of: pd.Timestamp
    values: xr.DataArray
    neighbours: xr.DataArray
    sign: xr.DataArray | None = None
    neutral: xr.DataArray | None = None
    max_age: xr.DataArray | None = None
    status: xr.DataArray | None = None
    beneath: Denominators | None = None
    areas: pd.DataFrame = field(default_factory=pd.DataFrame)
    inspections: pd.DataFrame = field(default_factory=pd.DataFrame)
    leadership: pd.DataFrame = field(default_factory=pd.DataFrame)
    report_themes: pd.DataFrame = field(default_factory=pd.DataFrame)
    concerns: pd.DataFrame = field(default_factory=pd.DataFrame)
    joint: pd.DataFrame = field(default_factory=pd.DataFrame)
    indexed: tuple[pd.DataFrame, Entries] | None = field(default=None, repr=False)
    history: "Callable[[], Vintage] | None" = field(default=None, repr=False, compare=False)

    @cached_property
    def series(self) -> Series:
        """The figures of each area and indicator without the gaps between them."""
        cube = self.values.transpose("area", "indicator", "period").to_numpy()
        filled = ~np.isnan(cube)
        longest = int(filled.sum(axis=2).max(initial=0))
        order = np.argsort(filled, axis=2, kind="stable")[:, :, cube.shape[2] - longest :]
        values = np.take_along_axis(cube, order, axis=2)
        gap = np.isnan(values)
        days = (self.values["period"].to_numpy() - self.as_of.to_datetime64()) / np.timedelta64(1, "D")
        years = np.where(gap, np.nan, (days / DAYS_PER_YEAR)[order]) if longest else values
        return Series(values, years, np.where(gap, -1, order))

    @cached_property
    def oldest(self) -> npt.NDArray[np.float64]:
        """The oldest end of a period that still counts as the latest, shape (indicator,), in years."""
        months = np.full(self.values.sizes["indicator"], DEFAULT_MAX_AGE)
        if self.max_age is not None:
            months = self.max_age.to_numpy()
        cutoffs = {month: self.as_of - pd.DateOffset(months=int(month)) for month in np.unique(months)}
        return np.array([(cutoffs[month] - self.as_of).days / DAYS_PER_YEAR for month in months])

    @cached_property
    def fresh(self) -> npt.NDArray[np.bool_]:
        """Whether the newest figure still counts as the latest, shape (area, indicator)."""
        when = self.series.years
        return when[:, :, -1] >= self.oldest if when.shape[2] else np.zeros(when.shape[:2], dtype=bool)

    @cached_property
    def usual(self) -> Usual:
        """The mean of each series and the step that it usually takes, shape (area x indicator, 1)."""
        return usual_variation(close_up(self.series.values))

    @cached_property
    def position(self) -> "pd.Index[str]":
        """The area codes in their order, to look up where an area stands."""
        codes: pd.Index[str] = pd.Index(self.values["area"].to_numpy())
        return codes

    @cached_property
    def entries(self) -> Entries:
        """The entries of the log that are in force, as arrays."""
        if self.indexed is not None and self.indexed[0] is self.concerns:
            return self.indexed[1]
        return index_entries(self.concerns, self.position, self.as_of)

    @cached_property
    def vintage(self) -> "Vintage | None":
        """When each figure was first known, and as what; None where that is not told."""
        return self.history() if self.history is not None else None

    @property
    def indicators(self) -> npt.NDArray[np.object_]:
        """Names of the indicators in their order."""
        return self.values["indicator"].to_numpy()

    @cached_property
    def _templates(self) -> tuple[xr.DataArray, xr.DataArray]:
        """Labelled arrays whose numbers are replaced: making the labels anew each time costs the most."""
        coords = {name: self.values[name].to_numpy() for name in ("area", "indicator")}
        shape = tuple(len(labels) for labels in coords.values())
        both = xr.DataArray(np.zeros(shape), dims=("area", "indicator"), coords=coords)
        alone = xr.DataArray(np.zeros(shape[0]), dims=("area",), coords={"area": coords["area"]})
        return both, alone

    def per_indicator(self, numbers: npt.NDArray[np.float64]) -> xr.DataArray:
        """Label an array of shape (area, indicator)."""
        return self._templates[0].copy(deep=False, data=numbers)

    def per_area(self, numbers: npt.NDArray[np.float64]) -> xr.DataArray:
        """Label an array of shape (area,)."""
        return self._templates[1].copy(deep=False, data=numbers)

    def last_row(self, table: pd.DataFrame, *, back: int = 0) -> npt.NDArray[np.int64]:
        """Return the row of each area's last record in a tidy table, shape (area,); -1 where there is none.

        Parameters
        ----------
        table : DataFrame
            With ``area_code``, sorted by area, then time.
        back : int
            0 for the last record, 1 for the one before it, and so on.
        """
        codes = self.position.get_indexer(pd.Index(table["area_code"]))
        rows = np.full(len(self.position), -1)
        rows[codes] = np.arange(len(table))  # rows are in order, so the last one stands
        count = np.bincount(codes, minlength=len(rows))
        return np.where(count > back, rows - back, -1)

    @cached_property
    def last_report(self) -> npt.NDArray[np.int64]:
        """The row of each area's last report in ``report_themes``, shape (area,); -1 where there is none."""
        return self.last_row(self.report_themes)
