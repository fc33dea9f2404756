"""What signals add to the reference evaluation of England when the model is given them as features.

Run it with ``python scripts/signal_features.py [FOLDER]``: some minutes. Every set is added to the features
of the default model, or takes the place of one, and is set against that default on the same inspections and
the same draws of areas, at 90 days' lead. Nothing is chosen by what it finds; there are many sets and three
questions, so that one in forty intervals would lie above nought by chance alone.
``docs/explanation/signals.md`` quotes it.
"""

import sys

import pandas as pd

from earlywarn.config import load_config
from earlywarn.features.catalogue import JOIN
from earlywarn.pipeline import DEFAULT, Pipeline
from earlywarn.validation.backtest import Trial, rolling_origin
from earlywarn.validation.evaluation import compare, evaluate
from earlywarn.validation.splits import REFERENCE_LEAD, tested_rows

METRICS = ("auc", "auc_within_last_judgement_and_year", "brier_skill")
GAP = f"{JOIN}national_gap"
ADDED = {  # a set by what is added to the default features: measures of the vital indicators, or features
    "own control chart: distance": ("own_gap",),
    "own control chart: run on one side": ("own_side_run",),
    "own change of level": ("level_shift",),
    "run of worsening figures": ("worsening_run",),
    "three-year slope": ("slope",),
    "neighbours' median": ("neighbour_gap",),
    "funnel": ("funnel_gap",),
}
REPLACED = {  # what takes the place of the gap to the national median
    "funnel for gap": "funnel_gap",
    "rank for gap": "national_rank",
    "neighbours for gap": "neighbour_gap",
}
WHOLE = {  # features of the area as a whole
    "data quality": ("quality_score", "copied_share", "late_share", "revision_size"),
    "relations between indicators": "relation_",
    "count of signals": ("signals_worse",),
}


def sets(pipeline: Pipeline) -> dict[str, tuple[str, ...]]:
    """Return the features of each set."""
    default, known = pipeline.features, list(pipeline.described.index)
    vital = [name.removesuffix(GAP) for name in default if name.endswith(GAP)]
    found = {
        name: (*default, *(f"{indicator}{JOIN}{measure}" for indicator in vital for measure in measures))
        for name, measures in ADDED.items()
    }
    for name, measure in REPLACED.items():
        found[name] = tuple(feature.replace(GAP, f"{JOIN}{measure}") for feature in default)
    for name, features in WHOLE.items():
        chosen = [one for one in known if one.startswith(features)] if isinstance(features, str) else features
        found[name] = (*default, *chosen)
    return found


def main() -> None:
    """Print each set's figures, and its difference from the default."""
    pipeline = Pipeline(load_config(data=sys.argv[1]) if len(sys.argv) > 1 else load_config())
    models = {DEFAULT: pipeline.model("ordinal")}
    models |= {name: pipeline.model("ordinal", features=read) for name, read in sets(pipeline).items()}
    tested = tested_rows(
        pipeline.panel.inspections,
        leads=[REFERENCE_LEAD],
        first_start=pd.Timestamp("2019-01-01"),
        last_start=pd.Timestamp("2025-03-31"),
    )
    found = rolling_origin(Trial(pipeline.matrix, pipeline.teaching, tested, models), progress=True)
    seed = pipeline.config.model.seed
    metrics = evaluate(found.predictions, seed=seed)
    table = metrics[metrics["metric"].isin(METRICS)].pivot_table(
        index=["target", "model"], columns="metric", values="value"
    )
    sys.stdout.write(f"{table.round(3).to_string()}\n\nLess the default, with 95% intervals over areas:\n")
    rows = compare(found.predictions, model=DEFAULT, seed=seed)
    rows = rows[rows["metric"].isin(METRICS) & rows["other"].isin(models)]
    for row in rows.sort_values(["target", "metric", "other"]).itertuples():
        # compare tells the default less the other; what is wanted is the other less the default
        sys.stdout.write(
            f"{row.target:9}{row.metric:36}{row.other:36}{-row.difference:7.3f} "
            f"({-row.high:.3f} to {-row.low:.3f}){'  *' if -row.high > 0 or -row.low < 0 else ''}\n"
        )


if __name__ == "__main__":
    main()
