"""Many small logistic regressions at once: the same rows, another weighting each time."""

import numpy as np
import numpy.typing as npt

__all__ = ["logistic_fits"]

Floats = npt.NDArray[np.float64]

STEPS = 100  # Newton steps; five or six are the rule
FAR = 0.5  # log-odds; a step that moves no row further is taken whole
STILL = 1e-6  # a Newton step this small ends the search: the error left is about its square


def logistic_fits(y: Floats, design: Floats, offset: Floats, weights: Floats) -> Floats:
    """Fit one logistic regression per draw by Newton's method; shape (draws, columns).

    The estimate must exist. All draws start from the fit to their mean weights. A Newton step that would
    move some row's log-odds far, by r, is shortened to log(1 + r): the curvature can then grow by no more
    than a factor 1 + r on the way, so that no step overshoots [1]_. NaN where `STEPS` were not enough.

    References
    ----------
    .. [1] Bach (2010), Self-concordant analysis for logistic regression, EJS 4, 384-414.
    """
    draws, columns = len(weights), design.shape[1]
    fitted = np.zeros((draws, columns))
    if draws == 0:
        return fitted
    if draws > 1:
        fitted += logistic_fits(y, design, offset, weights.mean(axis=0, keepdims=True))
    squares = (design[:, :, None] * design[:, None, :]).reshape(len(y), -1)
    ends = np.array([design.min(axis=0), design.max(axis=0)])  # of one predictor: no row moves further
    ridge = 1e-12 * np.eye(columns)  # a step stays finite where every chance is 0 or 1
    wanted = weights @ (design * y[:, None])
    result = np.full((draws, columns), np.nan)
    active = np.arange(draws)
    first, second = np.empty((2, draws, len(y)))  # fresh memory at each step would cost more than the sums
    for _ in range(STEPS):
        chance, expected = first[: len(active)], second[: len(active)]
        np.matmul(-fitted, design.T, out=chance)
        np.subtract(chance, offset, out=chance)
        with np.errstate(over="ignore"):  # a chance of 1 / infinity is 0
            np.exp(chance, out=chance)
        np.reciprocal(np.add(chance, 1.0, out=chance), out=chance)
        np.multiply(weights, chance, out=expected)
        gradient = wanted - expected @ design
        np.multiply(expected, np.subtract(1.0, chance, out=chance), out=expected)
        curvature = (expected @ squares).reshape(-1, columns, columns) + ridge
        newton = np.linalg.solve(curvature, gradient[:, :, None])[:, :, 0]
        reach = np.maximum(np.abs(newton @ ends.T).max(axis=1, keepdims=True), FAR)
        step = newton * np.where(reach > FAR, np.log1p(reach) / reach, 1.0)
        fitted = fitted + step
        left = np.abs(step).max(axis=1) > STILL
        result[active[~left]] = fitted[~left]
        if not left.any():
            break
        if 2 * left.sum() < len(active):
            active, fitted, wanted, weights = active[left], fitted[left], wanted[left], weights[left]
    return result
