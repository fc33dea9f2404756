"""All tables of one place, ready to be cut at any as-of date."""

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from earlywarn.errors import DateError
from earlywarn.panel.areas import JOINT_DOMAIN, exists, joint_returns
from earlywarn.panel.denominators import Denominators, denominators_of
from earlywarn.panel.entries import Entries, index_entries
from earlywarn.panel.known import is_known, known, superseded_on
from earlywarn.panel.snapshot import (
    DEFAULT_MAX_AGE,
    MISSING,
    NO_NEIGHBOUR,
    OK,
    SUPPRESSED,
    UNPUBLISHED,
    Snapshot,
)
from earlywarn.panel.vintage import Vintage, cut_vintage

if TYPE_CHECKING:
    from earlywarn.sources.tables import Tables

__all__ = ["Panel"]

STATUS_CODES = {
    "ok": OK,
    "rounded": OK,
    "missing": MISSING,
    "unavailable": MISSING,
    "unreliable": MISSING,
    "suppressed": SUPPRESSED,
    "not_applicable": UNPUBLISHED,  # nothing was to be returned
}
SLACK_MONTHS = 3  # a figure is the latest until its successor is a quarter overdue
DAYS_PER_MONTH = 30.4375
LATEST = pd.Timestamp("2200-01-01")  # from which the ages of all entries are counted, before a cut


class Panel:
    """Tables of areas, figures, judgements and facts, indexed once so that cutting them is quick.

    Parameters
    ----------
    tables : Tables
        As read by ``earlywarn.read_tables``.

    Examples
    --------
    >>> from earlywarn.sources.england import read_england
    >>> snapshot = Panel(read_england()).known_at(pd.Timestamp("2020-01-01"))
    >>> bool((snapshot.inspections["known_on"] < snapshot.as_of).all())
    True
    """

    def __init__(self, tables: "Tables") -> None:
        self.tables = tables
        self.areas = tables.areas.sort_values("area_code", ignore_index=True)
        self.indicators = tables.indicators.sort_values("indicator", ignore_index=True)
        self.inspections = tables.inspections.sort_values(
            ["area_code", "start_date", "known_on"], ignore_index=True
        )
        self._joint: dict[int, pd.DataFrame] = {}
        self.leadership = tables.leadership.sort_values(
            ["area_code", "known_on", "in_post_since", "role"], ignore_index=True
        )
        self.report_themes = tables.report_themes.sort_values(
            ["area_code", "known_on", "inspection_id"], ignore_index=True
        )

    @cached_property
    def _figures(self) -> dict[str, np.ndarray]:
        """The observations as arrays of positions, sorted so that revisions follow each other."""
        table = self.tables.observations
        periods = pd.DatetimeIndex(np.sort(table["period_end"].unique()))
        rows = pd.DataFrame(
            {
                "area": pd.Index(self.areas["area_code"]).get_indexer(table["area_code"].astype(str)),
                "indicator": pd.Index(self.indicators["indicator"]).get_indexer(
                    table["indicator"].astype(str)
                ),
                "period": periods.get_indexer(pd.DatetimeIndex(table["period_end"])),
                "known_on": table["known_on"].to_numpy(),
                "value": table["value"].to_numpy(dtype=float),
                "status": table["status"].astype(str).map(STATUS_CODES).to_numpy(dtype=np.int8),
            }
        ).sort_values(["area", "indicator", "period", "known_on"], ignore_index=True)
        arrays = {str(name): rows[name].to_numpy() for name in rows}
        arrays["value"] = arrays["value"] * self._sign.to_numpy()[arrays["indicator"]]
        arrays["superseded_on"] = superseded_on(rows, ["area", "indicator", "period"])
        arrays["periods"] = periods.to_numpy()
        return arrays

    @cached_property
    def _sign(self) -> xr.DataArray:
        better = self.indicators["polarity"].eq("higher_is_better").to_numpy()
        return self._labelled(np.where(better, -1.0, 1.0))

    @cached_property
    def beneath(self) -> Denominators:
        """Which indicator each one is a share or a rate of, in the order of ``indicators``."""
        return denominators_of(self.indicators)

    @cached_property
    def _max_age(self) -> xr.DataArray:
        """Months that a figure stays the latest: one period, its publication lag and some slack."""
        lag = pd.to_numeric(self.indicators["publication_lag_days"], errors="coerce").to_numpy(dtype=float)
        months = np.ceil(lag / DAYS_PER_MONTH) + 12 + SLACK_MONTHS
        return self._labelled(np.where(np.isnan(months), DEFAULT_MAX_AGE, months).astype(int))

    @cached_property
    def _returns(self) -> pd.DataFrame:
        """The figures that areas may have returned together."""
        chosen = self.indicators.loc[self.indicators["domain"].eq(JOINT_DOMAIN), "indicator"]
        return self.tables.observations[self.tables.observations["indicator"].isin(set(chosen))]

    def _joint_at(self, as_of: pd.Timestamp) -> pd.DataFrame:
        """Joint returns among the figures known; the same until the next of those is published."""
        returns = known(self._returns, as_of)
        if len(returns) not in self._joint:  # what is known only ever grows
            self._joint[len(returns)] = joint_returns(returns, self.indicators)
        return self._joint[len(returns)]

    @cached_property
    def _concerns(self) -> tuple[pd.DataFrame, npt.NDArray[np.datetime64]]:
        """Every version that says something, and the day its next version replaced it."""
        versions = self.tables.concerns.sort_values(["entry_id", "version"], ignore_index=True)
        versions = versions.assign(superseded_on=superseded_on(versions, ["entry_id"]))
        # in order already, so that a cut needs no sorting
        said = versions[~versions["retracted"].to_numpy(dtype=bool)].sort_values(
            ["area_code", "occurred_on", "entry_id", "version"], ignore_index=True
        )
        return said.drop(columns="superseded_on"), said["superseded_on"].to_numpy()

    @cached_property
    def _entries(self) -> tuple[Entries, npt.NDArray[np.int64]]:
        """The same versions as arrays, and where each stands in them: -1 if the area is not in the tables."""
        versions, _ = self._concerns
        position = pd.Index(self.areas["area_code"])
        there = versions["area_code"].isin(position).to_numpy()
        return index_entries(versions, position, LATEST), np.where(there, np.cumsum(there) - 1, -1)

    def _concerns_at(self, as_of: pd.Timestamp) -> tuple[pd.DataFrame, Entries]:
        """Return the version in force of every entry that was known and not retracted, and as arrays."""
        versions, replaced = self._concerns
        entries, places = self._entries
        in_force = is_known(versions["known_on"].to_numpy(), as_of) & ~is_known(replaced, as_of)
        rows = np.flatnonzero(in_force)
        table = versions.take(rows).set_axis(pd.RangeIndex(len(rows)), axis=0)
        coded = places[rows]
        return table, entries.cut(coded[coded >= 0], days=float((LATEST - as_of).days))

    def _labelled(self, numbers: np.ndarray) -> xr.DataArray:
        coords = {"indicator": self.indicators["indicator"].to_numpy()}
        return xr.DataArray(numbers, dims=("indicator",), coords=coords)

    def first_possible(self) -> pd.Timestamp:
        """Return the first as-of date at which any figure or judgement is known."""
        days = [self.tables.observations["known_on"].min(), self.inspections["known_on"].min()]
        return pd.Timestamp(min(day for day in days if not pd.isna(day))) + pd.Timedelta(days=1)

    def last_possible(self, entries: pd.DataFrame | None = None) -> pd.Timestamp:
        """Return the last as-of date the tables can serve: the day after the last judgement or entry.

        Parameters
        ----------
        entries : DataFrame, optional
            The entries that may be spoken of; all of them where not given.
        """
        entries = self.tables.concerns if entries is None else entries
        days = [self.inspections["known_on"].max(), entries["known_on"].max()]
        return pd.Timestamp(max(day for day in days if not pd.isna(day))) + pd.Timedelta(days=1)

    def last_published(self, as_of: pd.Timestamp) -> pd.Timestamp:
        """Return the last day before an as-of date on which a figure or judgement was published."""
        tables = (self.tables.observations, self.inspections)
        days = [known(table[["known_on"]], as_of)["known_on"].max() for table in tables]
        return pd.Timestamp(max(day for day in days if not pd.isna(day)))

    def check_date(self, as_of: pd.Timestamp, *, entries: pd.DataFrame | None = None) -> None:
        """Refuse an as-of date that the tables cannot serve.

        Parameters
        ----------
        as_of : Timestamp
            The date.
        entries : DataFrame, optional
            The entries that may be spoken of; all of them where not given.

        Raises
        ------
        DateError
            Before any record is known, or after the last judgement and entry; says which dates are possible.
        """
        first, last = self.first_possible(), self.last_possible(entries)
        if not first <= as_of <= last:
            relation = "before anything was known" if as_of < first else "after the last record"
            message = (
                f"The as-of date {as_of:%Y-%m-%d} is {relation} in the data of {self.tables.name!r}. "
                f"Choose a date from {first:%Y-%m-%d} to {last:%Y-%m-%d}."
            )
            raise DateError(message)

    def known_at(self, as_of: pd.Timestamp) -> Snapshot:
        """Return what was known strictly before the as-of date.

        Parameters
        ----------
        as_of : Timestamp
            The midnight at which we stand; a record of that same day is not yet known.

        Returns
        -------
        Snapshot
            With every area of the tables along ``area``, sorted by code; those that do not exist on
            the day are marked in ``areas["exists"]``, have no figures and are nobody's neighbour.
        """
        there = exists(self.areas, as_of).to_numpy(dtype=bool)
        concerns, entries = self._concerns_at(as_of)
        values, status = self._cube(as_of, there)
        return Snapshot(
            as_of=as_of,
            values=values,
            status=status,
            neighbours=self._neighbours(as_of, there),
            sign=self._sign,
            neutral=self._labelled(self.indicators["polarity"].eq("neutral").to_numpy()),
            max_age=self._max_age,
            beneath=self.beneath,
            areas=self.areas.assign(exists=there),
            inspections=known(self.inspections, as_of),
            leadership=known(self.leadership, as_of),
            report_themes=known(self.report_themes, as_of),
            concerns=concerns,
            indexed=(concerns, entries),
            joint=self._joint_at(as_of),
            history=lambda: self._vintage(as_of),
        )

    @cached_property
    def _published(self) -> dict[str, np.ndarray]:
        """The same arrays with the figures as they were published, not signed."""
        figures = self._figures
        return figures | {"value": figures["value"] * self._sign.to_numpy()[figures["indicator"]]}

    def _vintage(self, as_of: pd.Timestamp) -> Vintage:
        return cut_vintage(
            self._published,
            as_of=as_of,
            areas=self.areas,
            units=self.indicators["unit"].to_numpy(),
            max_age=self._max_age.to_numpy(),
        )

    def _cube(self, as_of: pd.Timestamp, there: npt.NDArray[np.bool_]) -> tuple[xr.DataArray, xr.DataArray]:
        figures = self._figures
        in_force = is_known(figures["known_on"], as_of) & ~is_known(figures["superseded_on"], as_of)
        in_force &= there[figures["area"]]
        area, indicator, period, value, status = (
            figures[name][in_force] for name in ("area", "indicator", "period", "value", "status")
        )
        used, period = np.unique(period, return_inverse=True)
        shape = (len(self.areas), len(self.indicators), len(used))
        cube = np.full(shape, np.nan)
        cube[area, indicator, period] = value
        states = np.zeros(shape, dtype=np.int8)
        states[area, indicator, period] = status
        coords = {
            "area": self.areas["area_code"].to_numpy(),
            "indicator": self.indicators["indicator"].to_numpy(),
            "period": figures["periods"][used],
        }
        dims = ("area", "indicator", "period")
        return xr.DataArray(cube, dims=dims, coords=coords), xr.DataArray(states, dims=dims, coords=coords)

    def _neighbours(self, as_of: pd.Timestamp, there: npt.NDArray[np.bool_]) -> xr.DataArray:
        """Positions of the neighbours in each area's newest set that was known, shape (area, rank)."""
        table = known(self.tables.neighbours, as_of)
        codes = pd.Index(self.areas["area_code"])
        table = table[table["known_on"] == table.groupby("area_code")["known_on"].transform("max")]
        ranks = np.arange(1, int(table["rank"].max()) + 1 if len(table) else 1)
        positions = np.full((len(codes), len(ranks)), NO_NEIGHBOUR)
        positions[codes.get_indexer(table["area_code"]), table["rank"].to_numpy(dtype=int) - 1] = (
            codes.get_indexer(table["neighbour_code"])
        )
        positions[~there[positions]] = NO_NEIGHBOUR  # those without one already are -1, and stay so
        coords = {"area": codes.to_numpy(), "rank": ranks}
        return xr.DataArray(positions, dims=("area", "rank"), coords=coords)
