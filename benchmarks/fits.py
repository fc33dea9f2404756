"""One fit of the ordered logit, against statsmodels' own."""

import time

import numpy as np
from statsmodels.miscmodels.ordinal_model import OrderedModel

from earlywarn.models.ordinal import OrdinalLogit

REPEATS = 20


def main() -> None:
    """Print milliseconds per fit for both, on data of the size that is met here."""
    rng = np.random.default_rng(0)
    for rows, features in ((280, 15), (1_100, 20)):
        X = rng.normal(size=(rows, features))
        y = np.digitize(X[:, 0] + rng.logistic(size=rows), [-1.0, 0.5, 2.0])
        begun = time.perf_counter()
        for _ in range(REPEATS):
            OrdinalLogit(penalty=1e-6).fit(X, y)
        ours = (time.perf_counter() - begun) / REPEATS
        begun = time.perf_counter()
        OrderedModel(y, X, distr="logit").fit(method="bfgs", disp=False)
        peer = time.perf_counter() - begun
        print(
            f"{rows:5} rows, {features:2} features: {1000 * ours:6.1f} ms, "
            f"statsmodels bfgs {1000 * peer:6.1f} ms, ratio {ours / peer:.3f}"
        )


if __name__ == "__main__":
    main()
