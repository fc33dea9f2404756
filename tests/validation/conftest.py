"""A made-up back-test: rows that look like the real ones, from a seed."""

import numpy as np
import pandas as pd
import pytest

LOG_ODDS = {"adverse": -0.7, "decline": -1.5}


def made_up(
    *,
    inspections=60,
    areas=40,
    leads=(3, 6, 12),
    targets=("adverse", "decline"),
    skill=1.0,
    seed=0,
):
    """Predictions of a model that knows ``skill`` times the truth, and of three floors."""
    rng = np.random.default_rng(seed)
    area = np.array([f"E{number:02d}" for number in rng.integers(0, areas, inspections)])
    start = pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 900, inspections), unit="D")
    last = rng.integers(0, 4, inspections).astype(float)
    truth = rng.normal(size=inspections)
    rows = []
    for target in targets:
        about = LOG_ODDS[target] - 0.5 * (last - 1.5)
        label = (rng.random(inspections) < 1 / (1 + np.exp(-(about + truth)))).astype(float)
        for lead in leads:
            risks = {
                "default": about + skill * truth + rng.normal(size=inspections) * lead / 12,
                "base_rate": np.full(inspections, LOG_ODDS[target]),
                "majority_class": np.full(inspections, -800.0),
                "last_judgement": about,
            }
            rows += [
                pd.DataFrame(
                    {
                        "area_code": area,
                        "inspection_id": [f"I{number:03d}" for number in range(inspections)],
                        "as_of": start - pd.Timedelta(days=30 * lead + 20),
                        "start_date": start,
                        "lead_months": lead,
                        "target": target,
                        "model": model,
                        "risk": np.exp(-np.logaddexp(0, -log_odds)),
                        "label": label,
                        "label_known_on": start + pd.Timedelta(days=50),
                        "last_judgement": last,
                        "base_rate": 1 / (1 + np.exp(-LOG_ODDS[target])),
                        "recent_rate": 0.9 / (1 + np.exp(-LOG_ODDS[target])),
                    }
                )
                for model, log_odds in risks.items()
            ]
    return pd.concat(rows, ignore_index=True)


@pytest.fixture(scope="session")
def make_predictions():
    return made_up


@pytest.fixture(scope="session")
def predictions():
    return made_up()
