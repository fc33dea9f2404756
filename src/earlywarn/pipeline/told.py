"""What the audience is told: risks, reasons and evidence, and nothing that it may not see."""

from functools import cached_property

import numpy as np
import pandas as pd

from earlywarn.explain.charts import area_charts, national_charts
from earlywarn.explain.context import context_table, neighbour_table
from earlywarn.explain.contradictions import inconsistencies
from earlywarn.explain.entries import seen_entries, told_entries
from earlywarn.explain.facts import indicator_facts, indicator_series
from earlywarn.explain.funnels import funnel_limits_table, funnel_table
from earlywarn.explain.notes import (
    calibration_notes,
    cautions,
    cohort_notes,
    data_notes,
    quality_notes,
)
from earlywarn.explain.quality import quality_cautions, quality_table
from earlywarn.explain.reasons import reasons, top_reasons
from earlywarn.explain.relations import passed_over, relation_table
from earlywarn.explain.risk_list import risk_list
from earlywarn.explain.signals import signal_table
from earlywarn.explain.veil import (
    VEILED,
    VEILED_WORDS,
    mark_small,
    soft_share,
    veil,
)
from earlywarn.features.catalogue import SOFT, indicator_theme
from earlywarn.features.soft import soft_features
from earlywarn.features.trail import trail
from earlywarn.panel.known import is_known
from earlywarn.pipeline.scored import Scored

__all__ = ["Told"]

JUDGEMENT_COLUMNS = [
    "area_code", "start_date", "known_on", "overall", "leadership", "help_and_protection", "care",
    "care_leavers",
]  # fmt: skip
INDICATOR_COLUMNS = [
    "indicator", "label", "unit", "polarity", "theme", "source", "vital", "description",
]  # fmt: skip


class Told(Scored):
    """The results as one audience may see them."""

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
        return mark_small(self.contributions, self.small_cells(self.snapshot))

    @property
    def spoken(self) -> pd.DataFrame:
        """The catalogue, with words for what the audience is told of only as a whole."""
        words = {"indicator": "", "unit": "", "polarity": "neutral", "words": VEILED_WORDS, "evidence": SOFT}
        return pd.concat([self.described, pd.DataFrame(words, index=[VEILED])])

    @property
    def soft(self) -> list[str]:
        """The features of soft evidence, however they are told."""
        return [*self.described.index[self.described["evidence"] == SOFT], VEILED]

    @property
    def shown_matrix(self) -> pd.DataFrame:
        """The matrix as the audience may see it."""
        return self.matrix.drop(columns=self.logged) if self.veiled else self.matrix

    @cached_property
    def too_late(self) -> pd.DataFrame:
        """The entries that inform no risk because they were recorded on the as-of date or later."""
        seen = self.informed.seen
        return seen[~is_known(seen["known_on"].to_numpy(), self.as_of)]

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
            judgements = snapshot.inspections[JUDGEMENT_COLUMNS]
            scored = set(self.scores.index)
            return {
                **self.signalled,
                "reasons": spoken,
                "series": series[series["area_code"].isin(scored)],
                "indicators": self.shown_indicators,
                "judgements": judgements[judgements["area_code"].isin(scored)],
                "notes": self.notes,
                "cohort": self.cohort,
                "entries": self.entries,
                "trail": self.shown_trail,
                "context": self.context,
                "neighbours": neighbour_table(snapshot),
            }

    @property
    def context(self) -> pd.DataFrame:
        """The size, need and engagement of each scored area, as the audience may see them."""
        asked = self.asked.drop(columns=self.logged) if self.veiled else self.asked
        return context_table(self.snapshot, asked)

    @property
    def shown_indicators(self) -> pd.DataFrame:
        """The indicators of which any area has a figure, and whether the model reads them."""
        cube = self.snapshot.values.transpose("indicator", ...).to_numpy()  # noqa: PD011 - a cube
        there = ~np.isnan(cube).all(axis=(1, 2))
        table = self.panel.indicators.loc[there]
        vital = np.where(table["indicator"].isin(self.used_indicators), "yes", "")
        told: pd.DataFrame = table.assign(theme=table["domain"].map(indicator_theme), vital=vital)
        return told[INDICATOR_COLUMNS]

    @cached_property
    def signalled(self) -> dict[str, pd.DataFrame]:
        """What stands out in the figures of scored areas, and the charts behind it, by file name."""
        snapshot, indicators, scored = self.snapshot, self.panel.indicators, set(self.scores.index)
        with self.step("signals"):
            quality = quality_table(snapshot, indicators=indicators, used=self.used_indicators)
            doubts = _joined(
                quality_cautions(snapshot, indicators=indicators), inconsistencies(snapshot, indicators)
            )
            nation = "England" if self.panel.tables.name == "england" else "all areas together"
            tables = {
                "signals": signal_table(
                    snapshot,
                    indicators,
                    quality=doubts,
                    nation=nation,
                ),
                "charts": area_charts(
                    snapshot, indicators[indicators["indicator"].isin(self.used_indicators)]
                ),
                "quality": quality,
                "relations": relation_table(snapshot, indicators),
            }
            nationwide = {
                "national": national_charts(snapshot, indicators),
                "funnels": funnel_table(snapshot),
                "funnel_limits": funnel_limits_table(snapshot),
            }
            listed = set(self.shown_indicators["indicator"])
            tables["signals"] = tables["signals"][tables["signals"]["indicator"].isin(listed)]
            return {
                name: table[table["area_code"].isin(scored)] for name, table in tables.items()
            } | nationwide

    @property
    def unrelated(self) -> list[str]:
        """The relations between indicators that could not be looked at, and what the data lack for them."""
        return passed_over(self.panel.indicators["indicator"])

    @cached_property
    def notes(self) -> pd.DataFrame:
        """What to know of each scored area's data, and where risks like its own have been wrong before."""
        notes = data_notes(self.snapshot, indicators=self.panel.indicators, used=self.used_indicators)
        known = calibration_notes(self.snapshot, self.deployed.meta.get("cautions", []))
        absent = cohort_notes(self.snapshot, self.scores)
        weak = quality_notes(self.signalled["quality"])
        every = pd.concat([known, absent, weak, notes], ignore_index=True)
        every = every[every["area_code"].isin(set(self.scores.index))]
        return every.sort_values("area_code", kind="stable", ignore_index=True)

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


def _joined(cautions: pd.DataFrame, contradictions: pd.DataFrame) -> "pd.Series[str]":
    """Put all that is to be asked of a figure together, by area code and indicator."""
    told = contradictions.assign(indicator=contradictions["indicators"].str.split("+")).explode("indicator")
    told = told.rename(columns={"words": "quality"})[["area_code", "indicator", "quality"]]
    every = pd.concat([cautions, told], ignore_index=True)
    return every.groupby(["area_code", "indicator"])["quality"].agg(" ".join)
