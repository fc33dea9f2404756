"""How long a risk-adjusted CUSUM chart runs, on average, before its first signal, by a Markov chain."""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, gammaln, xlog1py, xlogy

from earlywarn.errors import ConfigError

__all__ = ["RiskSteps", "risk_run_length", "risk_threshold"]

STATES = 100  # of the chain between nought and the threshold
LEAK = 1e-12  # chance of ending at any step, so that a threshold never reached leaves no singular system
LONGEST = 1e7  # figures; longer run lengths are infinite for every purpose
AT_ONCE = 128  # series whose chains are solved together, for memory
OVER = 0.001  # the search aims so far above the run length, so as not to end below it
HALVING = 3  # every third round halves the bracket, for steps that lie on a lattice of their own
ROUNDS = 21  # of the search at most; the threshold grows with log(run length), and is found in about five


@dataclass(frozen=True, eq=False)
class RiskSteps:
    """What each figure of each series can add to the chart: a step is events x log(odds ratio) - ``against``.

    Attributes
    ----------
    risk, cases : ndarray of float, shape (series, figure)
        Predicted risk, and number of cases; 0 cases: no figure.
    odds_ratio : float
        The change of odds that the chart looks for.
    """

    risk: np.ndarray
    cases: np.ndarray
    odds_ratio: float

    @property
    def against(self) -> np.ndarray:
        """What each figure takes off, whatever happens: n log(1 - p + R p)."""
        off: np.ndarray = self.cases * np.log1p(self.risk * (self.odds_ratio - 1))
        return off

    def counted(self) -> tuple[np.ndarray, np.ndarray, float]:
        """Return risk, what is taken off, and what each counted case adds, above nought.

        Where fewer events are looked for, it is the cases *without* one that are counted.
        """
        each = float(np.log(self.odds_ratio))
        if each > 0:
            return self.risk, self.against, each
        return 1 - self.risk, self.against - self.cases * each, -each


def risk_run_length(steps: RiskSteps, threshold: np.ndarray) -> np.ndarray:
    """Return the in-control average run length of each series' chart.

    Each step is drawn from the series' own figures, all alike, with the events that their risks allow. The
    total moves on a lattice of 100 states [1]_; a step that falls between two is shared out so that its mean
    is kept. Within 1% of simulated run lengths, 4% where all figures have the same risk and cases.

    Parameters
    ----------
    steps : RiskSteps
        Of the series.
    threshold : ndarray of float, shape (series,)
        Above nought.

    Returns
    -------
    ndarray of float, shape (series,)
        Infinite above ten million; NaN for a series without figures.

    References
    ----------
    .. [1] Brook & Evans (1972), An approach to the probability distribution of cusum run length,
       Biometrika 59(3), 539-549.
    """
    found = np.full(len(threshold), np.nan)
    some = np.flatnonzero((steps.cases > 0).any(axis=1))
    for first in range(0, len(some), AT_ONCE):
        rows = some[first : first + AT_ONCE]
        part = RiskSteps(steps.risk[rows], steps.cases[rows], steps.odds_ratio)
        found[rows] = _solved(_lattice(part, threshold[rows]))
    return np.where(found > LONGEST, np.inf, found)


def risk_threshold(steps: RiskSteps, run_length: float) -> np.ndarray:
    """Return the lowest threshold found at which each series' chart in control runs at least so long.

    Raises
    ------
    ConfigError
        When the run length is not between 2 and a million figures.
    """
    shortest, longest = 2, LONGEST / 10
    if not shortest <= run_length <= longest:
        message = (
            f"in_control_run_length must be between {shortest} and {longest:,.0f} figures, "
            f"but is {run_length!r}."
        )
        raise ConfigError(message)
    low, high = np.zeros(len(steps.risk)), np.full(len(steps.risk), np.inf)
    tried = np.full(len(low), np.log(run_length))
    settled = ~(steps.cases > 0).any(axis=1)
    for turn in range(ROUNDS):
        if settled.all():
            break
        reached = risk_run_length(steps, tried)
        enough = reached >= run_length
        high, low = np.where(enough & ~settled, tried, high), np.where(enough, low, tried)
        settled |= enough & (reached <= (1 + 2 * OVER) * run_length)
        wished = tried + np.log((1 + OVER) * run_length / np.minimum(reached, LONGEST))
        halfway = np.where(np.isinf(high), 2 * tried, (low + high) / 2)
        halve = (turn % HALVING == HALVING - 1) | (wished <= low) | (wished >= high)
        tried = np.where(halve, halfway, wished)
    return np.where(np.isinf(high), np.nan, high)


def _lattice(steps: RiskSteps, threshold: np.ndarray) -> np.ndarray:
    """Return the chances of moving by -STATES .. STATES cells, the ends taking all beyond, (series, move)."""
    risk, off, each = steps.counted()
    cell = (threshold / (STATES - 0.5))[:, None, None]
    reach = threshold[:, None] / each
    lowest = np.maximum(np.ceil(off / each - reach), 0)
    width = int(np.ceil(2 * reach.max())) + 1
    counts = lowest[:, :, None] + np.arange(width)  # only these move the total by less than the threshold
    cases = steps.cases[:, :, None]
    chance = np.where(counts <= cases, _binomial(counts, cases, risk[:, :, None]), 0.0)
    fewer = betainc(np.maximum(steps.cases - lowest + 1, 1), np.maximum(lowest, 1), 1 - risk)
    below = np.where(lowest > 0, fewer, 0.0)
    weight = (steps.cases > 0) / (steps.cases > 0).sum(axis=1, keepdims=True)
    move = np.clip((counts * each - off[:, :, None]) / cell, -STATES, STATES)
    floor = np.minimum(np.floor(move), STATES - 1).astype(np.intp)
    above = move - floor
    chance *= weight[:, :, None]
    moves = 2 * STATES + 1
    row = np.arange(len(risk))[:, None, None] * moves + STATES + floor
    size = len(risk) * moves
    lattice = np.bincount(row.ravel(), (chance * (1 - above)).ravel(), size)
    lattice += np.bincount(row.ravel() + 1, (chance * above).ravel(), size)
    lattice = lattice.reshape(len(risk), moves)
    lattice[:, 0] += (below * weight).sum(axis=1)
    lattice[:, -1] = 0.0  # ends the run
    return lattice


def _solved(lattice: np.ndarray) -> np.ndarray:
    """Return the mean number of steps from nought until the chain leaves its states."""
    state = np.arange(STATES)
    onward = lattice[:, STATES + state - state[:, None]]
    onward[:, :, 0] = np.cumsum(lattice, axis=1)[:, STATES - state]
    system = np.eye(STATES) - (1 - LEAK) * onward
    steps: np.ndarray = np.linalg.solve(system, np.ones((len(lattice), STATES, 1)))[:, 0, 0]
    return steps


def _binomial(counts: np.ndarray, cases: np.ndarray, risk: np.ndarray) -> np.ndarray:
    rest = np.maximum(cases - counts, 0)
    ways = gammaln(cases + 1) - gammaln(counts + 1) - gammaln(rest + 1)
    chance: np.ndarray = np.exp(ways + xlogy(counts, risk) + xlog1py(rest, -risk))
    return chance
