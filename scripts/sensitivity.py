"""How much the reference figures rest on how hard the last judgement is shrunk.

Run it with ``python scripts/sensitivity.py``: about a minute. The default shrinks all slopes alike. The other
rows shrink the last judgement less, choose the strengths inside each training set by cross-validation over
areas, leave the last judgement out, or leave the indicators out. ``docs/explanation/choices.md`` quotes it.
"""

import sys
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold

from earlywarn.config import load_config
from earlywarn.models.catalogue import PENALTY, make_model
from earlywarn.models.targets import TargetModel
from earlywarn.pipeline import DEFAULT, Pipeline
from earlywarn.validation.backtest import Trial, rolling_origin
from earlywarn.validation.evaluation import compare, evaluate
from earlywarn.validation.splits import REFERENCE_LEAD, tested_rows

LAST = "last_overall"
LIGHTLY = 1 / 16  # of the penalty: a prior standard deviation of 1 log-odds in place of 0.25
GRID = [(penalty, factor) for penalty in (4.0, 16.0, 64.0) for factor in (LIGHTLY, 1 / 4, 1.0)]
METRICS = ["auc", "auc_within_last_judgement_and_year", "brier_skill"]


class ChosenInside(TargetModel):
    """The ordered logit with both strengths chosen on the training rows alone."""

    def __init__(self, *, features: tuple[str, ...], monotone: dict[str, int]) -> None:
        self.features = features
        self.monotone = monotone

    def _learn(self, X: pd.DataFrame, labels: pd.DataFrame, weights: Any) -> None:
        grades = labels["grade"].to_numpy(dtype=int)
        folds = list(GroupKFold(5).split(X, groups=labels["area_code"]))
        scores = []
        for penalty, factor in GRID:
            score = 0.0
            for near, far in folds:
                model = self._model(penalty, factor)
                model._learn(X.iloc[near], labels.iloc[near], weights[near])  # noqa: SLF001
                below = 1 / (1 + np.exp(-(model.thresholds_ + model.shift(X.iloc[far])[:, None])))
                edges = np.hstack([np.zeros((len(far), 1)), below, np.ones((len(far), 1))])
                chance = np.diff(edges, axis=1)[np.arange(len(far)), grades[far]]
                score += float(weights[far] @ np.log(np.maximum(chance, 1e-9)))
            scores.append(score)
        self.model_ = self._model(*GRID[int(np.argmax(scores))])
        self.model_._learn(X, labels, weights)  # noqa: SLF001

    def _log_odds(self, X: pd.DataFrame, last: Any) -> Any:
        return self.model_._log_odds(X, last)  # noqa: SLF001

    def _model(self, penalty: float, factor: float) -> Any:
        settings = {"features": self.features, "monotone": self.monotone, "penalty": penalty}
        return make_model("ordinal", **settings, penalty_factors={LAST: factor})


def main() -> None:
    """Print each variant's figures, and its difference from past judgements alone."""
    pipeline = Pipeline(load_config())
    default = pipeline.model("ordinal")
    signs = {name: -int(sign) for name, sign in default.estimator[-1].signs.items()}
    indicators = tuple(name for name in pipeline.features if name != LAST)
    lightly = {"monotone": signs, "penalty": PENALTY, "penalty_factors": {LAST: LIGHTLY}}
    models = {
        DEFAULT: default,
        "last judgement shrunk lightly": make_model("ordinal", features=pipeline.features, **lightly),
        "strengths chosen inside training": ChosenInside(features=pipeline.features, monotone=signs),
        "indicators alone": pipeline.model("ordinal", features=indicators),
        "past judgements alone": pipeline.model("ordinal", features=(LAST,)),
        "past judgements alone, lightly": make_model("ordinal", features=(LAST,), **lightly),
    }
    tested = tested_rows(
        pipeline.panel.inspections,
        leads=[REFERENCE_LEAD],
        first_start=pd.Timestamp("2019-01-01"),
        last_start=pd.Timestamp("2025-03-31"),
    )
    found = rolling_origin(Trial(pipeline.matrix, pipeline.teaching, tested, models), progress=True)
    metrics = evaluate(found.predictions, seed=pipeline.config.model.seed)
    table = metrics[metrics["metric"].isin(METRICS)].pivot_table(
        index=["target", "model"], columns="metric", values="value"
    )
    sys.stdout.write(
        f"{table.round(3).to_string()}\n\nBrier skill for adverse, less past judgements alone:\n"
    )
    for name in list(models)[:4]:
        rows = compare(found.predictions, model=name, seed=pipeline.config.model.seed)
        chosen = (rows["target"] == "adverse") & (rows["metric"] == "brier_skill")
        chosen &= rows["other"] == "past judgements alone"
        row = rows[chosen].iloc[0]
        sys.stdout.write(f"{name:34} {row.difference:6.3f} ({row.low:.3f} to {row.high:.3f})\n")


if __name__ == "__main__":
    main()
