"""Who speaks in the made-up network: pseudonyms, some harsh, some lenient, some who only echo others."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from earlywarn.sources.synthetic.plan import Indices, Numbers, Plan

__all__ = ["Network", "network"]

LEAST, AREAS_EACH = 12, 5  # contributors: so many, and one more for each so many areas
WATCHERS = 4  # of an area
ECHOES = 0.12  # share who only pass on
BIAS = 0.7  # spread of what is added to a strength
PACE = 0.4  # log-spread of how readily they write, of which half goes with bias
SILENT, HEARD = 0.12, 0.08  # share of areas of which hardly anything is heard, and how much of it is


@dataclass(frozen=True)
class Network:
    """The contributors, and which areas they watch.

    Parameters
    ----------
    bias : array, shape (contributors,)
        What each adds to a strength: above 0 is harsh, below 0 lenient.
    pace : array, shape (contributors,)
        How readily each writes; 1 is usual.
    echoes : array of bool, shape (contributors,)
        Whether each only passes on what others say.
    watchers : array, shape (areas, 4)
        Positions of the contributors who watch an area; none of them echoes.
    heard : array, shape (areas,)
        Share of what is seen that is recorded: 1, or little where an area is silent.
    """

    bias: Numbers
    pace: Numbers
    echoes: np.ndarray
    watchers: Indices
    heard: Numbers

    @cached_property
    def names(self) -> np.ndarray:
        """The pseudonyms, shape (contributors,)."""
        width = max(3, len(str(len(self.bias))))
        return np.array([f"C{n:0{width}d}" for n in range(1, len(self.bias) + 1)], dtype=object)

    @property
    def table(self) -> pd.DataFrame:
        """The truth about contributors, to be compared with what calibration finds."""
        known = {"bias": self.bias.round(3), "pace": self.pace.round(3), "echoes": self.echoes}
        return pd.DataFrame({"contributor": self.names, **known})

    @cached_property
    def readiness(self) -> Numbers:
        """How readily the watchers of an area write on average, shape (areas,)."""
        return np.asarray(self.pace[self.watchers].mean(axis=1))

    def speaker(self, rng: np.random.Generator, area: Indices) -> Indices:
        """Draw a watcher of each area, the readier more often."""
        odds = self.pace[self.watchers[area]].cumsum(axis=1)
        drawn = rng.random(len(area))[:, None] * odds[:, -1:]
        return np.asarray(self.watchers[area, (drawn > odds).sum(axis=1)])


def network(plan: Plan) -> Network:
    """Make up the contributors.

    Examples
    --------
    >>> people = network(Plan(areas=100))
    >>> len(people.names), people.names[0], bool(people.echoes[people.watchers].any())
    (32, 'C001', False)
    """
    rng = plan.rng("network")
    count = LEAST + plan.areas // AREAS_EACH
    nature, other = rng.normal(size=(2, count))
    echoes = np.zeros(count, dtype=bool)
    echoes[rng.permutation(count)[: max(1, round(ECHOES * count))]] = True
    silent = np.zeros(plan.areas, dtype=bool)
    silent[rng.permutation(plan.areas)[: round(SILENT * plan.areas)]] = True
    return Network(
        bias=BIAS * nature,
        pace=np.exp(PACE * (nature + other) / np.sqrt(2)),
        echoes=echoes,
        watchers=rng.choice(np.flatnonzero(~echoes), size=(plan.areas, WATCHERS)),
        heard=np.where(silent, HEARD, 1.0),
    )
