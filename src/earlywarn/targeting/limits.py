"""What a choice of quarters has to keep: capacity, reviewers, and what teams have found out since."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Cut", "Limits", "Supply"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Cut:
    """One more row that a choice has to keep: ``sum(coefficients * visited[areas, quarters]) <= bound``.

    Parameters
    ----------
    areas, quarters : int array of shape (k,)
        Positions of the cells along the candidates' areas and quarters.
    coefficients : float array of shape (k,)
        What each visit counts.
    bound : float
        The most that they may come to.
    """

    areas: Ints
    quarters: Ints
    coefficients: Floats
    bound: float


@dataclass(frozen=True)
class Supply:
    """How many places of teams reviewers can fill, quarter by quarter.

    A review takes ``places`` of them, and an area that is visited in a quarter lends nobody in it::

        places * reviews[q] + sum(lends[a, q] of the areas visited in q) <= available[q]

    Parameters
    ----------
    available : float array of shape (Q,)
        Places that all reviewers together can fill in a quarter.
    lends : float array of shape (n, Q)
        How many of these come from each area.
    places : int
        Reviewers in a team.
    """

    available: Floats
    lends: Floats
    places: int


@dataclass(frozen=True)
class Limits:
    """What a choice has to keep besides each area's own windows.

    Parameters
    ----------
    capacity : int array of shape (Q,)
        Reviews that can be held in each quarter.
    supply : Supply, optional
        Reviewers by quarter; None where they do not limit the choice.
    cuts : tuple of Cut
        Further rows.
    """

    capacity: Ints
    supply: Supply | None = None
    cuts: tuple[Cut, ...] = ()
