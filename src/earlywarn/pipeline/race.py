"""Is it any good? The back-test, what it measures, and the verdicts."""

from functools import cached_property

import pandas as pd

from earlywarn.config import SOFT_FEATURES
from earlywarn.errors import ConfigError
from earlywarn.features.evidence import evidence_sets, history_of
from earlywarn.models.catalogue import AVERAGED, FLOORS
from earlywarn.pipeline.inputs import Inputs
from earlywarn.schedule import as_date
from earlywarn.validation.added import added
from earlywarn.validation.backtest import Backtest, Trial, rolling_origin
from earlywarn.validation.evaluation import compare, evaluate
from earlywarn.validation.evidence_sets import compare_sets
from earlywarn.validation.groups import metrics_by_group
from earlywarn.validation.reliability import reliability
from earlywarn.validation.splits import tested_rows
from earlywarn.validation.verdict import WITHOUT_FIGURES, verdicts

__all__ = ["DEFAULT", "Race"]

DEFAULT = "default"  # what the deployed model is called in the race


class Race(Inputs):
    """The race of the model, the floors and the sets of evidence."""

    @cached_property
    def sets(self) -> dict[str, tuple[str, ...]]:
        """The features of each set of evidence to be compared, in the order asked; none by default."""
        asked = self.config.backtest.compare
        if not asked:
            return {}
        if self.config.model.name in FLOORS:
            message = (
                f"The model {self.config.model.name!r} reads no features, so it cannot compare evidence. "
                "Choose another under [model] name."
            )
            raise ConfigError(message)
        found = evidence_sets(self.described, self.chosen(self.config.features.soft or SOFT_FEATURES))
        return {name: found[name] for name in asked}

    @cached_property
    def backtest(self) -> Backtest:
        """The rolling-origin evaluation of every model that the configuration names, and the floors."""
        self.matrix  # noqa: B018 - timed on its own
        race = self.config.backtest
        last = self.as_of - pd.Timedelta(days=1)
        last = min(last, as_date(race.last_start)) if race.last_start else last
        tested = tested_rows(
            self.panel.inspections,
            leads=race.leads_months,
            first_start=as_date(race.first_start),
            last_start=last,
            long_leads_from=as_date(race.long_leads_from),
        )
        tested = tested[tested["as_of"] >= self.matrix.index.get_level_values("as_of").min()]
        others = [name for name in race.models if name != self.config.model.name]
        with self.step("backtest"):
            models = {DEFAULT: self.model(self.config.model.name)}
            models |= {name: self.model(name) for name in (*others, *FLOORS)}
            models |= {
                name: self.model(self.config.model.name, features=of) for name, of in self.sets.items()
            }
            past = history_of(self.described, self.features)
            if past and past != self.features and self.config.model.name not in FLOORS:
                models[WITHOUT_FIGURES] = self.model(self.config.model.name, features=past)
            averages = {}
            if "average" in models and set(AVERAGED) <= {self.config.model.name, *others}:
                del models["average"]  # its members run anyway
                averages["average"] = tuple(name if name in models else DEFAULT for name in AVERAGED)
            trial = Trial(self.matrix, self.teaching, tested.reset_index(drop=True), models, averages)
            return rolling_origin(trial, progress=self.progress)

    @cached_property
    def judged(self) -> dict[str, pd.DataFrame]:
        """The back-test's tables: metrics, comparison, verdicts, reliability, groups."""
        predictions = self.backtest.predictions
        predictions = predictions[~predictions["model"].isin(list(self.sets))]
        draws, seed = self.config.backtest.draws, self.config.model.seed
        with self.step("evaluate"):
            metrics = evaluate(predictions, draws=draws, seed=seed)
            comparison = compare(predictions, model=DEFAULT, draws=draws, seed=seed)
            return {
                "metrics": metrics,
                "comparison": comparison,
                "verdicts": verdicts(
                    comparison, metrics, model=DEFAULT, horizon=self.config.question.horizon_months
                ),
                "reliability": reliability(predictions),
                "groups": metrics_by_group(
                    predictions, self.panel.areas, model=DEFAULT, draws=draws, seed=seed
                ),
            }

    @cached_property
    def compared(self) -> dict[str, pd.DataFrame]:
        """What each set of evidence tells, how the sets differ, and that in words; empty if none is asked."""
        if not self.sets:
            return {}
        predictions = self.backtest.predictions
        draws, seed = self.config.backtest.draws, self.config.model.seed
        with self.step("compare"):
            values, differences = compare_sets(predictions, list(self.sets), draws=draws, seed=seed)
            return {"sets": values, "differences": differences, "added": added(values, differences)}
