"""What a run computes, each part once and only when it is asked for.

The order of the rooms can be read off here: tables, panel, features, models, validation, explanation.
Nothing is written and nothing is tracked; the verbs of ``workflow`` do that.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import numpy as np
import pandas as pd

from earlywarn.config import SOFT_FEATURES, VITAL_INDICATORS, Config
from earlywarn.errors import ConfigError, LabelError
from earlywarn.explain.contributions import contributions
from earlywarn.explain.entries import people_counted, seen_entries, told_entries
from earlywarn.explain.facts import indicator_facts, indicator_series
from earlywarn.explain.notes import calibration_notes, cautions, cohort_notes, data_notes, unread_notes
from earlywarn.explain.reasons import reasons, top_reasons
from earlywarn.explain.risk_list import risk_list
from earlywarn.explain.veil import (
    VEILED,
    VEILED_WORDS,
    blank_small_counts,
    small_counts,
    soft_share,
    veil,
)
from earlywarn.features.catalogue import SOFT, FeatureSpec, area_features, describe, indicator_theme, monotone
from earlywarn.features.evidence import evidence_sets, history_of
from earlywarn.features.matrix import build_matrix
from earlywarn.features.selection import select_features
from earlywarn.features.soft import soft_features
from earlywarn.features.trail import trail
from earlywarn.intelligence.informing import informed
from earlywarn.intelligence.kinds import Kind, read_kinds
from earlywarn.models.catalogue import AVERAGED, FLOORS, PENALTY, make_model
from earlywarn.models.deploy import deploy
from earlywarn.models.deployed import DeployedModel
from earlywarn.panel.cohort import cohort
from earlywarn.panel.known import is_known
from earlywarn.panel.panel import Panel
from earlywarn.panel.snapshot import Snapshot
from earlywarn.schedule import as_date, quarter_starts
from earlywarn.sources.samples import sample_folder
from earlywarn.sources.tables import read_tables
from earlywarn.validation.added import added
from earlywarn.validation.backtest import Backtest, Trial, first_trainable, rolling_origin, unfit
from earlywarn.validation.evaluation import compare, evaluate
from earlywarn.validation.evidence_sets import compare_sets
from earlywarn.validation.groups import metrics_by_group
from earlywarn.validation.reliability import reliability
from earlywarn.validation.scoring import score_areas
from earlywarn.validation.splits import (
    REFERENCE_LEAD,
    may_teach,
    taught_weights,
    teaching_rows,
    tested_rows,
)
from earlywarn.validation.verdict import WITHOUT_FIGURES, verdicts

__all__ = ["DEFAULT", "Pipeline"]

DEFAULT = "default"  # what the deployed model is called in the race
JUDGEMENT_COLUMNS = [
    "area_code", "start_date", "known_on", "overall", "leadership", "help_and_protection", "care",
    "care_leavers",
]  # fmt: skip
INDICATOR_COLUMNS = ["indicator", "label", "unit", "polarity", "theme", "source"]


@dataclass
class Pipeline:
    """One question put to one place's data.

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
    elsewhere: list[str] = field(default_factory=list)

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
    def panel(self) -> Panel:
        """The tables, read and checked, at a date that they can serve."""
        with self.step("read"):
            data = self.config.data
            folder = sample_folder(data.folder) if data.packaged else data.folder
            asked = self.config.intelligence
            found = informed(read_tables(folder), log=asked.log, kinds=self.kinds, audience=asked.informing)
            self.elsewhere = found.elsewhere
            panel = Panel(found.tables)
            panel.check_date(self.as_of)
        return panel

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """What there is to log."""
        return read_kinds(self.config.intelligence.kinds or None)

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
            return build_matrix(self.panel, dates, area_features=self.area_features, progress=self.progress)

    @cached_property
    def teaching(self) -> pd.DataFrame:
        """Rows whose outcome window holds an inspection."""
        horizon = self.config.question.horizon_months
        index = cast("pd.MultiIndex", self.matrix.index)
        return teaching_rows(self.panel.inspections, index, horizon=horizon)

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
            "published_until": f"{self.panel.last_published():%Y-%m-%d}",
            "source": tables.source,
            "licence": tables.licence,
            "fingerprints": {"data": tables.fingerprint, "config": self.config.fingerprint},
        }

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
                matrix = build_matrix(self.panel, [self.as_of], area_features=self.area_features)
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

    @property
    def veiled(self) -> bool:
        """Whether entries inform the risks that the audience may not know of."""
        return self.config.intelligence.veiled and not self.panel.tables.concerns.empty

    @cached_property
    def trail(self) -> pd.DataFrame:
        """The entries behind each feature of each area, whoever may see them."""
        return trail(self.snapshot, self.area_features)

    @cached_property
    def logged(self) -> list[str]:
        """The features that rest on entries of the log."""
        return [spec.name for spec in soft_features(self.kinds, self.config.intelligence.half_life_days)]

    @cached_property
    def told(self) -> pd.DataFrame:
        """The contributions as the audience may see them, with a column ``hidden`` for values left out."""
        if self.veiled:
            return veil(self.contributions, self.logged).assign(hidden=False)
        counts = people_counted(self.trail, self.snapshot.concerns, kinds=self.kinds)
        return blank_small_counts(self.contributions, counts, below=self.suppress_below)

    @property
    def suppress_below(self) -> int:
        """The least count of people that the audience is shown."""
        asked = self.config.intelligence
        return 0 if asked.audience == "restricted" else asked.suppress_below

    @cached_property
    def shown_matrix(self) -> pd.DataFrame:
        """The matrix as the audience may see it."""
        if self.panel.tables.concerns.empty:
            return self.matrix
        if self.veiled:
            return self.matrix.drop(columns=self.logged)
        shown = self.matrix.copy()
        for as_of in shown.index.unique("as_of"):
            snapshot = self.panel.known_at(as_of)
            behind = trail(snapshot, self.area_features)
            few = small_counts(
                people_counted(behind, snapshot.concerns, kinds=self.kinds), below=self.suppress_below
            )
            here = shown.index.get_level_values("as_of") == as_of
            codes = shown.index.get_level_values("area_code")
            for feature, rows in few.groupby("feature"):
                shown.loc[here & codes.isin(rows["area_code"]), str(feature)] = np.nan
        return shown

    @cached_property
    def too_late(self) -> pd.DataFrame:
        """The entries that inform no risk because they were recorded on the as-of date or later."""
        concerns = self.panel.tables.concerns
        return concerns[~is_known(concerns["known_on"].to_numpy(), self.as_of)]

    @cached_property
    def entries(self) -> pd.DataFrame:
        """The entries in force about scored areas, in words, as the audience may see them."""
        seen = seen_entries(
            self.snapshot.concerns, self.panel.tables.concerns, audience=self.config.intelligence.audience
        )
        seen = seen[seen["area_code"].isin(set(self.scores.index))]
        return told_entries(seen, kinds=self.kinds, suppress_below=self.suppress_below)

    @cached_property
    def shown_trail(self) -> pd.DataFrame:
        """Of the entries behind the features that the model reads, those that the audience may see."""
        read = self.trail[self.trail["feature"].isin(self.deployed.features)]
        if self.veiled:
            read = read.assign(feature=VEILED).drop_duplicates()
        return read[read["entry_id"].isin(set(self.entries["entry_id"]))].reset_index(drop=True)

    @cached_property
    def used_indicators(self) -> list[str]:
        """The indicators that the deployed model reads, sorted."""
        found = self.described["indicator"].reindex(list(self.deployed.features))
        return sorted({name for name in found if name})

    @cached_property
    def evidence(self) -> dict[str, pd.DataFrame]:
        """What the report is drawn from, by the name of its file."""
        panel, snapshot = self.panel, self.snapshot
        shares, used = self.told, self.used_indicators
        with self.step("words"):
            indicators = panel.indicators
            spoken = reasons(
                shares,
                facts=indicator_facts(snapshot),
                indicators=indicators,
                described=self.spoken,
                typical=self.asked.median(),
            )
            series = indicator_series(snapshot, used)
            shown = indicators[indicators["indicator"].isin(used)]
            judgements = snapshot.inspections[JUDGEMENT_COLUMNS]
            scored = set(self.scores.index)
            return {
                "reasons": spoken,
                "series": series[series["area_code"].isin(scored)],
                "indicators": shown.assign(theme=shown["domain"].map(indicator_theme))[INDICATOR_COLUMNS],
                "judgements": judgements[judgements["area_code"].isin(scored)],
                "notes": self.notes,
                "cohort": self.cohort,
                "entries": self.entries,
                "trail": self.shown_trail,
            }

    @property
    def spoken(self) -> pd.DataFrame:
        """The catalogue, with words for what the audience is told of only as a whole."""
        words = {"indicator": "", "unit": "", "polarity": "neutral", "words": VEILED_WORDS, "evidence": SOFT}
        return pd.concat([self.described, pd.DataFrame(words, index=[VEILED])])

    @cached_property
    def notes(self) -> pd.DataFrame:
        """What to know of each scored area's data, and where risks like its own have been wrong before."""
        notes = data_notes(self.snapshot, indicators=self.panel.indicators, used=self.used_indicators)
        known = calibration_notes(self.snapshot, self.deployed.meta.get("cautions", []))
        absent = cohort_notes(self.snapshot, self.scores)
        unread = unread_notes(self.scores.index, self.unread)
        every = pd.concat([known, absent, unread, notes], ignore_index=True)
        every = every[every["area_code"].isin(set(self.scores.index))]
        return every.sort_values("area_code", kind="stable", ignore_index=True)

    @cached_property
    def unread(self) -> list[str]:
        """What the model was to read and no area has a figure of, by label, sorted."""
        empty = self.asked[list(self.deployed.features)].isna().all()
        lost = set(self.described["indicator"].reindex(empty.index[empty])) - {""}
        labels = self.panel.indicators.set_index("indicator")["label"]
        if self.saved is None:
            lost |= {name for name in self.config.features.vital if name not in labels}
        return sorted(str(labels.get(name, name)) for name in lost)

    @property
    def soft(self) -> list[str]:
        """The features of soft evidence, however they are told."""
        return [*self.described.index[self.described["evidence"] == SOFT], VEILED]

    @cached_property
    def listed(self) -> pd.DataFrame:
        """The risk list: one row per scored area, by name."""
        told = top_reasons(self.evidence["reasons"], target=self.config.question.target)
        return risk_list(
            self.scores,
            areas=self.panel.areas,
            inspections=self.snapshot.inspections,
            reasons=told,
            cautions=cautions(self.evidence["notes"]),
            soft=soft_share(self.told, soft=self.soft, target=self.config.question.target),
            as_of=self.as_of,
            horizon=self.config.question.horizon_months,
        )
