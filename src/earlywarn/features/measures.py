"""What is taken of every indicator: the features whose names end in ``__measure``."""

from earlywarn.features import control_chart, funnel, level, level_shift, neighbours, returns, trend
from earlywarn.features.spec import NEUTRAL, WORSE, FeatureSpec

__all__ = ["MEASURES", "SD"]

SD = "robust standard deviations"

MEASURES: tuple[FeatureSpec, ...] = (
    FeatureSpec("level", None, "the indicator's own", NEUTRAL, level.level, "stands at {value}"),
    FeatureSpec("national_gap", None, SD, WORSE, level.national_gap, "is {value} from the national median"),
    FeatureSpec(
        "neighbour_gap", None, SD, WORSE, neighbours.neighbour_gap, "is {value} from its neighbours' median"
    ),
    FeatureSpec(
        "change_one_year",
        None,
        SD,
        WORSE,
        trend.change_one_year,
        "changed over a year by {value} against most",
    ),
    FeatureSpec(
        "change_three_years",
        None,
        SD,
        WORSE,
        trend.change_three_years,
        "changed over three years by {value} against most",
    ),
    FeatureSpec("slope", None, SD, WORSE, trend.slope, "has a three-year slope {value} from the usual"),
    FeatureSpec(
        "volatility", None, "log ratio", WORSE, trend.volatility, "moves about more than is usual, by {value}"
    ),
    FeatureSpec(
        "worsening_run", None, "figures", WORSE, trend.worsening_run, "worsened {value} figures in a row"
    ),
    FeatureSpec(
        "own_gap",
        None,
        "own standard deviations",
        WORSE,
        control_chart.own_gap,
        "is {value} from its own mean",
    ),
    FeatureSpec(
        "own_side_run",
        None,
        "figures",
        WORSE,
        control_chart.own_side_run,
        "has stood on one side of its own mean for {value} figures",
    ),
    FeatureSpec(
        "level_shift",
        None,
        "own standard deviations",
        WORSE,
        level_shift.level_shift,
        "has lately moved to another level, by {value}",
    ),
    FeatureSpec(
        "funnel_gap",
        None,
        "standard deviations",
        WORSE,
        funnel.funnel_gap,
        "is {value} from all areas, chance and usual variation allowed for",
    ),
    FeatureSpec(
        "national_rank", None, "share of areas", WORSE, level.national_rank, "is worse than {value} of areas"
    ),
    FeatureSpec(
        "unreported",
        "supporting apparatus",
        "yes or no",
        WORSE,
        returns.unreported,
        "was not reported for the newest period",
    ),
)
