"""What an assignment of reviewers to places is asked for, and what one is worth."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

__all__ = ["SPREAD", "Flags", "Real", "Task", "Whole", "worth"]

Flags = npt.NDArray[np.bool_]
Real = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

SPREAD = 2  # points lost for every further reviewer that one area lends in the same quarter


@dataclass(frozen=True)
class Task:
    """Places to fill, and who may fill them.

    Parameters
    ----------
    points : array of int, shape (reviewers, places)
        What each match is worth, 0 or more; below 0 where the reviewer may not fill the place.
    team, quarter : array of int, shape (places,)
        The team and the quarter that each place belongs to, from 0; a team stays within one quarter.
    home : array of int, shape (reviewers,)
        The supporting area that each reviewer comes from, from 0.
    capacity : array of int, shape (reviewers, quarters)
        Places that each can fill in each quarter.
    limit : array of int, shape (supporting areas,)
        Places that each can be asked for in any ``year`` quarters in a row.
    conflicts : array of int, shape (pairs, 2)
        Reviewers who do not sit in one team.
    year : int
        Quarters over which ``limit`` counts.
    """

    points: Whole
    team: Whole
    quarter: Whole
    home: Whole
    capacity: Whole
    limit: Whole
    conflicts: Whole = field(default_factory=lambda: np.empty((0, 2), np.int64))
    year: int = 4

    @property
    def reward(self) -> int:
        """What filling a place is worth: more than all matches together, so none is worth an empty place."""
        return (int(self.points.max(initial=0)) + SPREAD) * int(self.points.shape[1]) + 1

    @property
    def shape(self) -> tuple[int, int, int]:
        """How many teams, quarters and supporting areas."""
        return int(self.team.max(initial=-1)) + 1, self.capacity.shape[1], len(self.limit)


def worth(task: Task, reviewer: Whole) -> float:
    """Return the reward of the places filled, plus the points of the matches, less what spreading costs.

    Examples
    --------
    >>> task = Task(points=np.array([[4]]), team=np.array([0]), quarter=np.array([0]), home=np.array([0]),
    ...             capacity=np.array([[1]]), limit=np.array([6]))
    >>> worth(task, np.array([0])) - task.reward, worth(task, np.array([-1]))
    (4.0, 0.0)
    """
    place = np.flatnonzero(reviewer >= 0)
    chosen = reviewer[place]
    _, quarters, homes = task.shape
    lent = np.zeros((homes, quarters))
    np.add.at(lent, (task.home[chosen], task.quarter[place]), 1)
    further = np.maximum(lent - 1, 0).sum()
    return float(task.points[chosen, place].sum() + task.reward * len(place) - SPREAD * further)
