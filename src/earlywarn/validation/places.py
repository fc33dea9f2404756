"""What k reviews a year would find, and how long before.

Both count places: in each year of inspection start, the k highest risks are flagged, and ties go by `rank`.
Shapes and weights are those of `earlywarn.validation.metrics`.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.validation.ranking import rank
from earlywarn.validation.weighting import ratio, running_totals

__all__ = ["flagged_weights", "lead_time", "precision_at_k"]

Floats = npt.NDArray[np.float64]


def flagged_weights(
    risk: Floats,
    weights: Floats,
    *,
    years: npt.ArrayLike,
    keys: npt.ArrayLike,
    k: npt.ArrayLike,
    rows: npt.ArrayLike,
) -> Floats:
    """Return how many repetitions of some rows are among the k highest risks of their year.

    Parameters
    ----------
    risk, weights
        As in `earlywarn.validation.metrics.roc_auc`.
    years : array of shape (n,)
        The year each row competes in.
    keys : array of shape (n,)
        What breaks ties, as in `rank`; the area code.
    k : array of shape (capacities,)
        Places in each year.
    rows : array of shape (m,)
        Positions of the rows wanted; the others compete all the same.

    Returns
    -------
    array of shape (capacities, draws, m)
        Between 0 and the weight.

    Examples
    --------
    Two places a year. The second draw holds the first area three times, which fills them:

    >>> risk, keys = np.array([0.9, 0.5, 0.7]), ["Bury", "Kent", "Leeds"]
    >>> weights = np.array([[1, 1, 1], [3, 1, 1]])
    >>> flagged_weights(risk, weights, years=[2024] * 3, keys=keys, k=[2], rows=[0, 1, 2])
    array([[[1., 0., 1.],
            [2., 0., 0.]]])
    """
    places = _YearOrder(risk, years, keys)
    return places.flagged(
        running_totals(weights[:, places.order]), np.asarray(rows, dtype=np.intp), np.asarray(k)
    )


class _YearOrder:
    """Rows in order of year and rank, with the bounds of each year."""

    def __init__(self, risk: Floats, years: npt.ArrayLike, keys: npt.ArrayLike) -> None:
        self.year = pd.factorize(np.asarray(years), sort=True)[0]
        self.order = np.lexsort((rank(risk, keys), self.year))
        self.position = np.argsort(self.order)
        bounds = np.searchsorted(self.year[self.order], np.arange(self.year.max(initial=-1) + 2))
        self.start, self.end = bounds[:-1], bounds[1:]

    def flagged(self, running: Floats, rows: npt.NDArray[np.intp], k: npt.NDArray[np.int64]) -> Floats:
        """Return the repetitions of some rows among the k highest of their year, per k."""
        before = running[:, self.start[self.year[rows]]]
        above = running[:, self.position[rows]] - before
        upto = running[:, self.position[rows] + 1] - before
        return np.stack([np.minimum(upto, places) - np.minimum(above, places) for places in k])


def precision_at_k(
    y: Floats,
    risk: Floats,
    weights: Floats,
    *,
    years: npt.ArrayLike,
    keys: npt.ArrayLike,
    k: npt.ArrayLike,
) -> Floats:
    """Return the share of events among the k highest risks of each year, pooled over years.

    Parameters
    ----------
    y, risk, weights
        As in `earlywarn.validation.metrics.roc_auc`.
    years, keys, k
        As in `flagged_weights`. A year with fewer than k rows is flagged whole.

    Returns
    -------
    array of shape (capacities, draws)
        Hits over flagged, in [0, 1]. NaN where a draw is empty; one class is enough.

    Examples
    --------
    With one place a year, Kent and Leeds are tied in 2024 and the code decides for Kent, who was an event.
    With three places both years are flagged whole:

    >>> y, risk = np.array([1, 0, 0, 0]), np.array([0.7, 0.7, 0.2, 0.1])
    >>> years, keys = [2024, 2024, 2024, 2025], ["Kent", "Leeds", "Bury", "York"]
    >>> precision_at_k(y, risk, np.ones((1, 4)), years=years, keys=keys, k=[1, 3])
    array([[0.5 ],
           [0.25]])
    """
    places, capacities = _YearOrder(risk, years, keys), np.asarray(k)
    running = running_totals(weights[:, places.order])
    hits = places.flagged(running, np.flatnonzero(y == 1), capacities).sum(axis=2)
    of_year = running[:, places.end] - running[:, places.start]
    flagged = np.stack([np.minimum(of_year, capacity).sum(axis=1) for capacity in capacities])
    return ratio(hits, flagged)


def lead_time(flagged: Floats, weights: Floats, *, months: Floats) -> tuple[Floats, Floats]:
    """Return how long before events they were flagged without a break, and the share flagged.

    An event is flagged from the earliest lead at which it, and every shorter lead that it has, is
    flagged. An event that the shortest lead misses is not flagged.

    Parameters
    ----------
    flagged : array of shape (leads, draws, n)
        Repetitions of each event that were flagged at each lead, shortest lead first (`flagged_weights`).
    weights : array of shape (draws, n)
        Repetitions of each event.
    months : array of shape (leads, n)
        Event date minus as-of date, in months, rising with the lead. NaN where the event has no
        prediction at that lead, which is then passed over; never NaN at the shortest.

    Returns
    -------
    mean, share : arrays of shape (draws,)
        Mean months over the flagged events, NaN where none is flagged; and flagged events over all,
        NaN where a draw has no events.

    Examples
    --------
    Three events, each 4, 7 and 13 months ahead at the three leads. The first is flagged at 4 and 7,
    the second at 4 and 13 (broken at 7), the third at 7 and 13 only (missed at 4): 7 and 4 months.

    >>> flagged = np.array([[[1, 1, 0]], [[1, 0, 1]], [[0, 1, 1]]])
    >>> months = np.array([[4, 4, 4], [7, 7, 7], [13, 13, 13]])
    >>> mean, share = lead_time(flagged, np.ones((1, 3)), months=months)
    >>> mean, share.round(3)
    (array([5.5]), array([0.667]))
    """
    held = np.asarray(flagged[0], dtype=float)  # repetitions flagged at every lead so far
    first = held.sum(axis=1)
    reached = np.asarray(months[0], dtype=float)
    total = held @ reached
    for at_lead, month in zip(flagged[1:], months[1:], strict=True):
        known = np.isfinite(month)
        held = np.where(known, np.minimum(held, at_lead), held)
        total += held @ np.where(known, month - reached, 0.0)
        reached = np.where(known, month, reached)
    return ratio(total, first), ratio(first, weights.sum(axis=1, dtype=np.float64))
