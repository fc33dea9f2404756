"""How every file of a run folder is laid out: which columns a reader of it may count on."""

from dataclasses import dataclass

from earlywarn.schema import TARGETS

__all__ = ["LAYOUTS", "REASONS", "Layout"]

RISKS = tuple(f"risk_{target}{part}" for target in TARGETS for part in ("", "_low", "_high"))
REASONS = tuple(f"reason_{number}" for number in range(1, 6))


@dataclass(frozen=True)
class Layout:
    """How one file of the run folder is laid out."""

    file: str
    required: bool
    text: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    later: tuple[str, ...] = ()  # text that folders of earlier versions lack; read as empty there

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that a reader of the file may count on."""
        return self.text + self.dates + self.numbers


LAYOUTS = {
    "risks": Layout(
        "risk_list.csv",
        required=True,
        text=("area_code", "name", "region", "last_judgement", "band", *REASONS, "caution"),
        dates=("as_of", "last_judged_on"),
        numbers=("horizon_months", *RISKS, "rank_low", "rank_high", "soft_share"),
    ),
    "reasons": Layout(
        "evidence/reasons.csv",
        required=False,
        text=("area_code", "target", "direction", "feature", "indicator", "theme", "sentence"),
        numbers=("order", "contribution"),
    ),
    "series": Layout(
        "evidence/series.csv",
        required=False,
        text=("area_code", "indicator", "status"),
        dates=("period_end",),
        numbers=("value", "neighbours", "england"),
    ),
    "indicators": Layout(
        "evidence/indicators.csv",
        required=False,
        text=("indicator", "label", "unit", "polarity", "theme", "source"),
        later=("vital", "description"),
    ),
    "judgements": Layout(
        "evidence/judgements.csv",
        required=False,
        text=("area_code", "overall", "leadership", "help_and_protection", "care", "care_leavers"),
        dates=("start_date", "known_on"),
    ),
    "notes": Layout("evidence/notes.csv", required=False, text=("area_code", "about", "note")),
    "entries": Layout(
        "evidence/entries.csv",
        required=False,
        text=(
            "area_code",
            "entry_id",
            "kind",
            "theme",
            "what",
            "strength",
            "confidence",
            "source",
            "contributor",
            "tier",
            "note",
            "link",
        ),
        dates=("occurred_on", "known_on"),
    ),
    "trail": Layout("evidence/trail.csv", required=False, text=("area_code", "feature", "entry_id")),
    "cohort": Layout("evidence/cohort.csv", required=False, text=("area_code", "name", "eligible", "why")),
    "reliability": Layout(
        "evidence/reliability.csv",
        required=False,
        text=("target", "model"),
        numbers=("lead_months", "bin", "predicted", "observed", "low", "high", "n"),
    ),
    "verdicts": Layout(
        "evidence/verdicts.csv",
        required=False,
        text=("target", "passed", "text"),
        numbers=("lead_months",),
    ),
    "sets": Layout(
        "evidence_sets.csv",
        required=False,
        text=("target", "set", "metric"),
        numbers=("lead_months", "value", "low", "high", "n", "events"),
    ),
    "differences": Layout(
        "evidence_differences.csv",
        required=False,
        text=("target", "set", "other", "metric"),
        numbers=("lead_months", "difference", "low", "high", "n", "events"),
    ),
    "added": Layout(
        "evidence/added.csv",
        required=False,
        text=("target", "set", "other", "text"),
        numbers=("lead_months",),
    ),
    "metrics": Layout(
        "backtest_metrics.csv",
        required=False,
        text=("target", "model", "metric"),
        numbers=("lead_months", "value", "low", "high", "n", "events"),
    ),
    "signals": Layout(
        "evidence/signals.csv",
        required=False,
        text=(
            "area_code",
            "indicator",
            "status",
            "variation",
            "direction",
            "assurance",
            "funnel",
            "funnel_side",
            "band",
            "significance",
            "symbol",
            "words",
            "quality",
        ),
        dates=("period_end",),
        numbers=(
            "value",
            "points",
            "provisional",
            "england",
            "region",
            "neighbours_mean",
            "neighbours_median",
            "own_past",
            "denominator",
            "funnel_z",
        ),
    ),
    "charts": Layout(
        "evidence/charts.csv",
        required=False,
        text=("area_code", "indicator", "status", "signals"),
        dates=("period_end",),
        numbers=("value", "lower", "mean", "upper"),
    ),
    "national": Layout(
        "evidence/national.csv",
        required=False,
        text=("indicator", "signals"),
        dates=("period_end",),
        numbers=("value", "lower", "mean", "upper"),
    ),
    "funnels": Layout(
        "evidence/funnels.csv",
        required=False,
        text=("indicator", "kind", "method", "basis"),
        dates=("period_end",),
        numbers=("centre",),
    ),
    "funnel_limits": Layout(
        "evidence/funnel_limits.csv",
        required=False,
        text=("indicator",),
        numbers=("denominator", "lower_998", "lower_95", "upper_95", "upper_998"),
    ),
    "quality": Layout(
        "evidence/quality.csv", required=False, text=("area_code", "words"), numbers=("score",)
    ),
    "context": Layout(
        "evidence/context.csv",
        required=False,
        text=("area_code", "area_type"),
        numbers=(
            "children",
            "deprivation",
            "silence",
            "months_since_review",
            "declined_reviews",
            "late_returns",
        ),
    ),
    "neighbours": Layout(
        "evidence/neighbours.csv", required=False, text=("area_code", "neighbour_code"), numbers=("rank",)
    ),
    "contributions": Layout(
        "contributions.csv",
        required=False,
        text=("area_code", "target", "feature", "indicator", "theme"),
        numbers=("value", "contribution"),
    ),
    "predictions": Layout(
        "backtest_predictions.csv",
        required=False,
        text=("area_code", "inspection_id", "target", "model"),
        dates=("as_of", "label_known_on"),
        numbers=("lead_months", "risk", "label"),
    ),
    "relations": Layout(
        "evidence/relations.csv",
        required=False,
        text=("area_code", "relation", "label", "words"),
        numbers=("score",),
    ),
}
