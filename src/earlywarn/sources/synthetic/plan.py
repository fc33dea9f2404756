"""What is asked of a made-up world: its size, its years, its seed, and how strongly things follow quality."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from earlywarn.errors import ConfigError, name_a_few

__all__ = ["FREQUENCIES", "YEAR", "Days", "Indices", "Numbers", "Plan"]

Numbers = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]  # of unit day

LEAST_AREAS = 16  # one splits, two merge, and each has ten neighbours
LEAST_YEARS = 5  # or hardly any area is inspected twice
FREQUENCIES = {"annual": 12, "quarterly": 3, "monthly": 1}  # months in a period
BEFORE = 2  # years of hidden quality before the first period, for what follows it late
STREAMS = (  # each part draws its own numbers, so that a switch of one leaves the others as they were
    "quality",
    "observations",
    "inspections",
    "posts",
    "themes",
    "network",
    "voices",
    "returns",
    "engagement",
    "versions",
)
YEAR = 365.25
FIRST_YEAR, LAST_YEAR = 1980, 2200


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A made-up world before it is made.

    Parameters
    ----------
    areas : int
        How many areas there ever are, at least 16.
    seed : int
        The same seed makes the same world.
    effect : float
        How strongly everything follows hidden quality; 0 for noise.
    soft_effect : float
        How strongly soft intelligence does, as a multiple of ``effect``.
    years : sequence of int
        Years in which periods end, at least 5 and without a gap.
    frequency : {"annual", "quarterly", "monthly"}
        Length of the indicators' periods.

    Raises
    ------
    ConfigError
        If no world can be made of it; all faults at once.

    Examples
    --------
    >>> Plan(areas=20, years=range(2012, 2026)).months[[0, -1]].astype(str).tolist()
    ['2010-01', '2025-12']
    >>> Plan(areas=3, frequency="weekly")
    Traceback (most recent call last):
    ...
    earlywarn.errors.ConfigError: This world cannot be made; 2 to mend.
      areas: 3 are too few; ask for 16 or more, as some merge or split.
      frequency: 'weekly' is unknown; choose 'annual', 'quarterly', 'monthly'.
    """

    areas: int = 120
    seed: int = 0
    effect: float = 1.0
    soft_effect: float = 1.0
    years: Sequence[int] = field(default=range(2012, 2026))
    frequency: str = "annual"

    def __post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            message = "\n".join([f"This world cannot be made; {len(faults)} to mend.", *faults])
            raise ConfigError(message)

    def _faults(self) -> list[str]:
        years = list(self.years)
        found = []
        if self.areas < LEAST_AREAS:
            found.append(
                f"areas: {self.areas} are too few; ask for {LEAST_AREAS} or more, as some merge or split."
            )
        if self.seed < 0:
            found.append(f"seed: {self.seed} is below 0; ask for a whole number from 0.")
        found += [
            f"{name}: {value} will not do; ask for a number from 0, where 0 is noise."
            for name, value in (("effect", self.effect), ("soft effect", self.soft_effect))
            if not (np.isfinite(value) and value >= 0)
        ]
        if len(years) < LEAST_YEARS:
            found.append(f"years: {len(years)} are too few; ask for {LEAST_YEARS} or more.")
        elif years != list(range(years[0], years[-1] + 1)):
            found.append(
                "years: they have a gap or run backwards; ask for years in order, such as 2012-2025."
            )
        elif not FIRST_YEAR <= years[0] <= years[-1] <= LAST_YEAR:
            span = f"{FIRST_YEAR} to {LAST_YEAR}"
            found.append(f"years: {years[0]} to {years[-1]} are out of range; ask for years in {span}.")
        if self.frequency not in FREQUENCIES:
            choices = name_a_few(FREQUENCIES)
            found.append(f"frequency: {self.frequency!r} is unknown; choose {choices}.")
        return [f"  {fault}" for fault in found]

    @property
    def soft(self) -> float:
        """How strongly soft intelligence follows quality."""
        return self.effect * self.soft_effect

    @cached_property
    def months(self) -> npt.NDArray[np.datetime64]:
        """The months of hidden quality, shape (months,), of unit month."""
        return np.arange(f"{self.years[0] - BEFORE}-01", f"{self.years[-1] + 1}-01", dtype="datetime64[M]")

    @property
    def opens(self) -> np.datetime64:
        """The day on which inspections and the log of intelligence begin."""
        return np.datetime64(f"{self.years[0]}-04-01", "D")

    @property
    def closes(self) -> np.datetime64:
        """The day from which no inspection starts."""
        return np.datetime64(f"{self.years[-1]}-04-01", "D")

    @property
    def ends(self) -> np.datetime64:
        """The last day on which anything is logged."""
        return np.datetime64(f"{self.years[-1]}-12-31", "D")

    @property
    def merges(self) -> int:
        """The year in which two areas become one, on 1 April."""
        return int(self.years[len(self.years) // 2])

    @property
    def splits(self) -> int:
        """The year in which one area becomes two, on 1 April."""
        return int(self.years[2 * len(self.years) // 3])

    def month_of(self, days: Days) -> Indices:
        """Return the place of each day's month in ``months``; the first or the last outside them."""
        place = (days.astype("datetime64[M]") - self.months[0]).astype(np.int64)
        return np.asarray(place.clip(0, len(self.months) - 1))

    def rng(self, stream: str) -> np.random.Generator:
        """Return the random numbers of one part of the world."""
        return np.random.default_rng([self.seed, STREAMS.index(stream)])
