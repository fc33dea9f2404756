"""The deployed model, and what it says of every area."""

from functools import cached_property

import pandas as pd

from earlywarn.errors import LabelError
from earlywarn.explain.contributions import contributions
from earlywarn.models.deploy import deploy
from earlywarn.models.deployed import DeployedModel
from earlywarn.panel.cohort import cohort
from earlywarn.pipeline.race import DEFAULT, Race
from earlywarn.validation.backtest import Trial, first_trainable, rolling_origin, unfit
from earlywarn.validation.scoring import score_areas
from earlywarn.validation.splits import (
    REFERENCE_LEAD,
    may_teach,
    taught_weights,
    tested_rows,
)

__all__ = ["Scored"]


class Scored(Race):
    """The model fitted on all that was known, and its risks with what they are made of."""

    @cached_property
    def deployed(self) -> DeployedModel:
        """The model fitted on all that was known at the as-of date, or the saved one."""
        if self.saved is not None:
            return self.saved
        out_of_time = self.backtest.out_of_time[DEFAULT] if "backtest" in vars(self) else self.rehearsal
        known = may_teach(self.teaching["label_known_on"].to_numpy(), self.as_of)
        teaching = self.teaching[known]
        if reason := unfit(teaching):
            first = first_trainable(self.panel.inspections)
            later = (
                f"Choose {first:%Y-%m-%d} or later with --as-of"
                if first
                else "Add inspections with an earlier judgement"
            )
            message = f"No model can be trained as of {self.as_of:%Y-%m-%d}: {reason}. {later}."
            raise LabelError(message)
        with self.step("train"):
            rows = pd.MultiIndex.from_frame(teaching[["area_code", "as_of"]])
            return deploy(
                self.model(self.config.model.name),
                X=self.matrix.reindex(rows),
                labels=teaching,
                sample_weight=taught_weights(teaching["inspection_id"]),
                out_of_time=out_of_time[known],
                replicates=self.config.model.replicates,
                seed=self.config.model.seed,
                meta=self.meta,
                progress=self.progress,
            )

    @cached_property
    def rehearsal(self) -> pd.DataFrame:
        """Out-of-time risks of the deployed model alone, when no back-test is asked for."""
        self.matrix  # noqa: B018 - timed on its own
        with self.step("rehearsal"):
            nothing = tested_rows(self.panel.inspections, leads=[REFERENCE_LEAD], first_start=self.as_of)
            trial = Trial(
                self.matrix, self.teaching, nothing.iloc[:0], {DEFAULT: self.model(self.config.model.name)}
            )
            return rolling_origin(trial, progress=self.progress).out_of_time[DEFAULT]

    @cached_property
    def cohort(self) -> pd.DataFrame:
        """Every area, whether it is scored, and why if not."""
        return cohort(self.snapshot)

    @cached_property
    def asked(self) -> pd.DataFrame:
        """The features of the areas that are scored."""
        if "matrix" in vars(self) or self.saved is None:
            matrix = self.matrix
        else:
            with self.step("features"):
                matrix = self.built([self.as_of])
        here = matrix[matrix.index.get_level_values("as_of") == self.as_of]
        eligible = self.cohort.loc[self.cohort["eligible"], "area_code"]
        return here[here.index.get_level_values("area_code").isin(eligible)]

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Risks, intervals, rank intervals and bands, by area code."""
        asked, deployed = self.asked, self.deployed
        with self.step("score"):
            return score_areas(deployed, asked, target=self.config.question.target)

    @cached_property
    def contributions(self) -> pd.DataFrame:
        """SHAP contributions of every scored area and target."""
        asked, deployed = self.asked, self.deployed
        with self.step("explain"):
            return contributions(deployed, asked, described=self.described, seed=self.config.model.seed)

    @cached_property
    def used_indicators(self) -> list[str]:
        """The indicators that the deployed model reads, sorted."""
        found = self.described["indicator"].reindex(list(self.deployed.features))
        return sorted({name for name in found if name})

    @cached_property
    def unread(self) -> list[str]:
        """What the model was to read and no area has a figure of, by label, sorted."""
        empty = self.asked[list(self.deployed.features)].isna().all()
        lost = set(self.described["indicator"].reindex(empty.index[empty])) - {""}
        labels = self.panel.indicators.set_index("indicator")["label"]
        if self.saved is None:
            lost |= {name for name in self.config.features.vital if name not in labels}
        return sorted(str(labels.get(name, name)) for name in lost)
