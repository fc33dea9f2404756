"""One small made-up world for this room's tests."""

import numpy as np
import pandas as pd
import pytest

FEATURES = tuple(f"practice_{number}__level" for number in range(5))


def world(*, areas=40, dates=4, seed=0):
    """Features, gaps included, and labels that follow them; each area is judged once a quarter."""
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product(
        [[f"E{area:03}" for area in range(areas)], pd.date_range("2020-01-01", periods=dates, freq="QS")],
        names=["area_code", "as_of"],
    )
    X = pd.DataFrame(rng.normal(size=(len(index), len(FEATURES))), index=index, columns=list(FEATURES))
    latent = rng.logistic(size=len(index)) - X.to_numpy() @ np.array([1.0, 0.6, 0.3, 0.0, 0.0])
    grade = np.digitize(latent, [-2.2, 0.0, 2.5])
    X = X.mask(rng.random(X.shape) < 0.1)
    last = rng.integers(0, 4, len(index)).astype(float)
    last[rng.random(len(index)) < 0.05] = np.nan
    X["last_overall"] = last
    X["years_since_last"] = rng.uniform(0, 4, len(index))
    X["fsm_primary_rate__level"] = rng.uniform(5, 40, len(index))
    labels = pd.DataFrame({"grade": grade, "last_grade": last}, index=index)
    labels["adverse"] = (grade < 2).astype(float)
    labels["decline"] = np.where(last > 0, grade < last, np.nan)
    labels["serious"] = (grade == 0).astype(float)
    return X, labels


@pytest.fixture(scope="session")
def make_world():
    return world


@pytest.fixture(scope="session")
def england():
    return world()


@pytest.fixture(scope="session")
def features():
    return FEATURES
