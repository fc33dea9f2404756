"""How often soft evidence is found to add something, in made-up worlds where it knows something or nothing.

Run it with ``python scripts/soft_effect.py``: some quarter of an hour. In each of 100 worlds the model is
given figures alone and figures with soft evidence, as ``earlywarn backtest --compare hard,hard+soft`` does.
With ``--soft-effect 0`` (the default) the log, who leads and the themes of reports are noise, so that
whatever is found is a false alarm: a 95% interval wholly above zero promises 2.5% of them, and no more than
5% are accepted. With ``--soft-effect 1`` soft evidence knows of breaks before figures show them.
``docs/how-to/what-does-soft-evidence-add.md`` quotes it.
"""

import argparse
import sys

import pandas as pd
from scipy.stats import binomtest

from earlywarn.config import Config
from earlywarn.panel.panel import Panel
from earlywarn.pipeline import Pipeline
from earlywarn.sources.synthetic import synthetic_tables
from earlywarn.validation.splits import REFERENCE_LEAD

VITAL = ["agency_rate", "assessments_within_45_days", "caseload", "cpp_reviewed_in_time"]
METRICS = ("brier_skill", "auc")
YEARS = range(2011, 2020)


def differences(*, seed: int, areas: int, soft_effect: float, draws: int) -> pd.DataFrame:
    """Return what soft evidence adds to figures in one world: a row for each target and metric."""
    config = Config.model_validate(
        {
            "question": {"as_of": f"{YEARS[-1]}-04-01"},
            "features": {"vital": VITAL},
            "model": {"seed": seed},
            "backtest": {
                "first_start": "2015-01-01",
                "leads_months": [REFERENCE_LEAD],
                "draws": draws,
                "models": [],
                "compare": ["hard", "hard+soft"],
            },
        }
    )
    work = Pipeline(config)
    world = synthetic_tables(areas=areas, seed=seed, soft_effect=soft_effect, years=YEARS)
    work.__dict__["panel"] = Panel(world)
    table = work.compared["differences"]
    pair = (table["set"] == "hard+soft") & (table["other"] == "hard") & table["metric"].isin(METRICS)
    return table[pair].assign(seed=seed)


def main() -> None:
    """Print in how many worlds the interval lies above zero, for each target and metric."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--areas", type=int, default=120)
    parser.add_argument("--soft-effect", type=float, default=0.0)
    parser.add_argument("--draws", type=int, default=1000)
    asked = parser.parse_args()
    worlds = []
    for seed in range(asked.seeds):
        worlds.append(
            differences(seed=seed, areas=asked.areas, soft_effect=asked.soft_effect, draws=asked.draws)
        )
        sys.stderr.write(f"\r{seed + 1} of {asked.seeds} worlds")
    table = pd.concat(worlds)
    sys.stdout.write(
        f"\n{asked.seeds} worlds of {asked.areas} areas, soft effect {asked.soft_effect:g}: "
        f"{table['n'].mean():.0f} inspections each\n"
        f"{'target':10}{'metric':14}{'better':>8}{'worse':>8}{'mean':>9}   share better, 95% interval\n"
    )
    for (target, metric), rows in table.groupby(["target", "metric"]):
        better, worse = int((rows["low"] > 0).sum()), int((rows["high"] < 0).sum())
        share = binomtest(better, len(rows)).proportion_ci()
        sys.stdout.write(
            f"{target:10}{metric:14}{better:8}{worse:8}{rows['difference'].mean():9.4f}   "
            f"{better / len(rows):.1%} ({share.low:.1%} to {share.high:.1%})\n"
        )


if __name__ == "__main__":
    main()
