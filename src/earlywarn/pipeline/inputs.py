"""What goes in: tables, panel, features and labels, each computed once and only when it is asked for."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import pandas as pd

from earlywarn.config import VITAL_INDICATORS, Config
from earlywarn.features.catalogue import FeatureSpec, area_features, describe, monotone
from earlywarn.features.matrix import build_matrix
from earlywarn.features.selection import select_features
from earlywarn.features.small import small_cells, without_lone_sources
from earlywarn.intelligence.audience import NAMELESS
from earlywarn.intelligence.informing import Informed, informed
from earlywarn.intelligence.kinds import Kind, read_kinds
from earlywarn.models.catalogue import PENALTY, make_model
from earlywarn.models.deployed import DeployedModel
from earlywarn.panel.panel import Panel
from earlywarn.panel.snapshot import Snapshot
from earlywarn.schedule import as_date, quarter_starts
from earlywarn.sources.samples import sample_folder
from earlywarn.sources.tables import read_tables
from earlywarn.validation.splits import teaching_rows

__all__ = ["Inputs"]


@dataclass
class Inputs:
    """One question put to one place's data: what there is to learn from.

    Parameters
    ----------
    config : Config
        Which data, which question, which model.
    progress : bool
        Show bars on a terminal.
    saved : DeployedModel, optional
        Score with this model and train none.
    """

    config: Config
    progress: bool = False
    saved: DeployedModel | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step, for ``run.json``."""
        begun = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - begun, 3)

    @cached_property
    def as_of(self) -> pd.Timestamp:
        """The midnight at which the areas are scored."""
        return as_date(self.config.question.as_of)

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """What there is to log."""
        return read_kinds(self.config.intelligence.kinds or None)

    @cached_property
    def informed(self) -> Informed:
        """The tables, with the entries of the log that the audience allows."""
        data, asked = self.config.data, self.config.intelligence
        folder = sample_folder(data.folder) if data.packaged else data.folder
        with self.step("read"):
            return informed(
                read_tables(folder),
                log=asked.log,
                kinds=self.kinds,
                audience=asked.audience,
                informing=asked.informing,
            )

    @cached_property
    def panel(self) -> Panel:
        """The tables, read and checked, at a date that they can serve."""
        informed = self.informed
        with self.step("index"):
            panel = Panel(informed.tables)
            panel.check_date(self.as_of, entries=informed.seen)
        return panel

    @cached_property
    def area_features(self) -> tuple[FeatureSpec, ...]:
        """The features of the area as a whole, those of the log for the kinds and half-life chosen."""
        return area_features(self.kinds, self.config.intelligence.half_life_days)

    @cached_property
    def snapshot(self) -> Snapshot:
        """What was known at the as-of date."""
        return self.panel.known_at(self.as_of)

    @cached_property
    def described(self) -> pd.DataFrame:
        """The catalogue of features."""
        return describe(self.panel.indicators, area_features=self.area_features)

    @cached_property
    def features(self) -> tuple[str, ...]:
        """The features that the model reads."""
        return self.chosen(self.config.features.soft)

    def chosen(self, soft: tuple[str, ...]) -> tuple[str, ...]:
        """Return the features that are asked for, with these of soft evidence."""
        asked = self.config.features
        return select_features(
            self.described,
            vital=asked.vital,
            measures=asked.measures,
            history=asked.history,
            extra=asked.extra,
            soft=soft,
            declared=asked.vital != VITAL_INDICATORS,
        )

    @cached_property
    def matrix(self) -> pd.DataFrame:
        """Every feature at every quarter start up to the as-of date, and at that date."""
        first = self.panel.first_possible()
        self.features  # noqa: B018 - a name that does not exist must be found before the slow part begins
        with self.step("features"):
            dates = quarter_starts(first, self.as_of).union([self.as_of])
            return self.built(dates)

    def built(self, dates: Iterable[pd.Timestamp]) -> pd.DataFrame:
        """Compute every feature at some dates, those unknown that rest on too few people to be shown."""
        hides = bool(self.suppress_below) and not self.panel.tables.concerns.empty
        matrix = build_matrix(
            self.panel,
            dates,
            area_features=self.area_features,
            unknown=self.small_cells if hides else None,
            progress=self.progress,
        )
        if hides and self.config.intelligence.audience in NAMELESS:
            return without_lone_sources(matrix, below=self.suppress_below)
        return matrix

    def small_cells(self, snapshot: Snapshot) -> pd.DataFrame:
        """List the numbers that rest on too few people for the audience."""
        return small_cells(snapshot, self.area_features, kinds=self.kinds, below=self.suppress_below)

    @property
    def suppress_below(self) -> int:
        """The least count of people that the audience is shown."""
        asked = self.config.intelligence
        return 0 if asked.audience == "restricted" else asked.suppress_below

    @cached_property
    def teaching(self) -> pd.DataFrame:
        """Rows whose outcome window holds an inspection."""
        horizon = self.config.question.horizon_months
        index = cast("pd.MultiIndex", self.matrix.index)
        return teaching_rows(self.panel.inspections, index, horizon=horizon)

    def model(self, name: str, *, features: tuple[str, ...] | None = None) -> Any:
        """Return a model of the catalogue, not yet fitted; it reads the chosen features if none are named."""
        return make_model(
            name,
            features=features or self.features,
            monotone=monotone(self.described),
            seed=self.config.model.seed,
            penalty=self.config.model.penalty or PENALTY,
        )

    @property
    def meta(self) -> dict[str, Any]:
        """What a reader of the results must be able to trace."""
        tables, asked = self.panel.tables, self.config.question
        return {
            "name": self.config.name,
            "as_of": f"{self.as_of:%Y-%m-%d}",
            "horizon_months": asked.horizon_months,
            "target": asked.target,
            "model": self.config.model.name,
            "seed": self.config.model.seed,
            "audience": self.config.intelligence.audience,
            "informed_by": "" if tables.concerns.empty else self.config.intelligence.informing,
            "published_until": f"{self.panel.last_published(self.as_of):%Y-%m-%d}",
            "source": tables.source,
            "licence": tables.licence,
            "fingerprints": {"data": tables.fingerprint, "config": self.config.fingerprint},
        }
