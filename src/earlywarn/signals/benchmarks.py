"""Where an area stands among all areas: quarters, ranks, and whether it differs by more than chance."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from earlywarn.errors import ConfigError
from earlywarn.signals.counts import along, finite, numbers
from earlywarn.signals.discovery import false_discovery
from earlywarn.signals.improvement import directions
from earlywarn.signals.ordered import lowest_ranks, quantiles

__all__ = ["Comparison", "Ranks", "compare", "quartile_bands", "ranks"]

FEWEST = 4  # areas; quarters of fewer are not quarters


class Ranks(NamedTuple):
    """Each area's rank, 1 being best, and of how many."""

    rank: np.ndarray
    of: np.ndarray


class Comparison(NamedTuple):
    """Probabilities, the same after allowing for the number of comparisons, and the verdicts in words."""

    p: np.ndarray
    q: np.ndarray
    verdict: np.ndarray


def quartile_bands(values: ArrayLike, improvement: object, *, axis: int = 0) -> np.ndarray:
    """Return the quarter that each area stands in, A the best to D, as the DfE's interactive tool bands them.

    Parameters
    ----------
    values : array_like of shape (area, ...)
        Figures of one period in any unit, NaN where there is none.
    improvement : {"lower", "higher"}, None, or array_like of them
        Which way is better, one for all indicators or one for each. None (or empty) where neither is, or
        where the tool shows no quarters for the measure: then there are no bands.
    axis : int
        The axis of areas.

    Returns
    -------
    ndarray of str, in the shape of ``values``
        "A", "B", "C" or "D"; empty where there is no figure or no direction and, unlike in the tool, where
        fewer than four areas have a figure or all figures are the same: those have no quarters.

    Raises
    ------
    ConfigError
        If ``improvement`` holds another word, or does not fit.

    Notes
    -----
    Cut points are the quartiles of the areas' figures by linear interpolation (type 7). A figure **on** a cut
    point falls in the quarter of the lower figures, whichever way is better: so ties at a cut point are
    banded kindly where lower is better and sternly where higher is, as in the published tool [1]_.

    References
    ----------
    .. [1] Department for Education, Local Authority Interactive Tool, ``calculate_quartile_band``.

    Examples
    --------
    >>> quartile_bands([10, 20, 30, 40, float("nan")], improvement="lower")
    array(['A', 'B', 'C', 'D', ''], dtype='<U1')
    >>> quartile_bands([10, 20, 30, 40, 50], improvement="higher")
    array(['D', 'D', 'C', 'B', 'A'], dtype='<U1')
    """
    figures = along(finite(values, "values"), axis, "values")
    sign = directions(improvement, figures.shape[1:])
    cuts = quantiles(figures, [0.0, 0.25, 0.5, 0.75, 1.0])
    above = np.sum([figures > cut for cut in cuts[1:4]], axis=0)  # 0 in the quarter of the lowest
    place = np.where(sign > 0, 3 - above, above)
    there = ~np.isnan(figures)
    banded = there & (sign != 0) & (there.sum(axis=0) >= FEWEST) & (cuts[4] > cuts[0])
    return np.moveaxis(np.where(banded, np.array(list("ABCD"))[place], ""), 0, axis)


def ranks(values: ArrayLike, improvement: object, *, axis: int = 0) -> Ranks:
    """Return each area's rank, 1 being best, as the DfE's interactive tool ranks them.

    Ranks of neighbours in a list are mostly chance [1]_: do not print them as a league table.

    Parameters
    ----------
    values, improvement, axis
        As for `quartile_bands`.

    Returns
    -------
    Ranks
        ``rank`` in the shape of ``values``: areas that tie share the best of their ranks, and the next rank
        is left out. NaN where there is no figure or no direction. ``of``, without the axis of areas: how many
        have a figure.

    Raises
    ------
    ConfigError
        If ``improvement`` holds another word, or does not fit.

    References
    ----------
    .. [1] Goldstein and Spiegelhalter (1996), Journal of the Royal Statistical Society A 159, 385-443.

    Examples
    --------
    >>> ranks([10, 30, float("nan"), 30, 20], improvement="higher")
    Ranks(rank=array([ 4.,  1., nan,  1.,  3.]), of=array(4))
    """
    figures = along(finite(values, "values"), axis, "values")
    sign = directions(improvement, figures.shape[1:])
    rank = lowest_ranks(np.where(sign > 0, -figures, figures))
    found = np.where(sign != 0, rank, np.nan)
    return Ranks(np.moveaxis(found, 0, axis), np.asarray(np.sum(~np.isnan(figures), axis=0)))


def compare(
    z: ArrayLike,
    *,
    p: ArrayLike | None = None,
    improvement: object,
    rate: float = 0.05,
    method: Literal["bh", "by"] = "bh",
    axis: int = 0,
) -> Comparison:
    """Say which areas differ from the centre by more than chance, with all comparisons of the panel counted.

    Parameters
    ----------
    z : array_like of shape (area, ...)
        Standard deviations from the centre, positive above it: ``adjusted_z`` of `funnel`. NaN where there is
        none.
    p : array_like, in the shape of ``z``, optional
        Two-sided probabilities: ``p`` of `funnel`, which knows small denominators. Else the normal ones.
    improvement : {"lower", "higher"}, None, or array_like of them
        Which way is better, one for all indicators or one for each.
    rate, method
        As for `false_discovery`, which runs over the whole array.
    axis : int
        The axis of areas.

    Returns
    -------
    Comparison
        ``p`` and ``q`` in the shape of ``z``, and ``verdict``: "worse", "better" (or "higher", "lower" where
        there is no direction) where ``q`` is at most ``rate``, else "similar"; empty where ``z`` is NaN.

    Raises
    ------
    ConfigError
        If shapes do not fit, or an argument is not one of those allowed.

    Examples
    --------
    >>> found = compare([4.2, -0.3, -3.9, 2.0], improvement="lower")
    >>> found.verdict
    array(['worse', 'similar', 'better', 'similar'], dtype='<U7')
    >>> found.q.round(3)
    array([0.   , 0.764, 0.   , 0.061])
    """
    apart = along(numbers(z, "z"), axis, "z")
    sign = directions(improvement, apart.shape[1:])
    chance = np.asarray(2 * ndtr(-np.abs(apart))) if p is None else along(numbers(p, "p"), axis, "p")
    if chance.shape != apart.shape:
        message = f"p: expected the shape of z, areas first {apart.shape}, found {chance.shape}"
        raise ConfigError(message)
    chance = np.where(np.isnan(apart), np.nan, chance)
    q, rejected = false_discovery(chance, rate=rate, method=method)
    words = np.where(apart > 0, "higher", "lower")
    words = np.where(sign * apart > 0, "better", words)
    words = np.where(sign * apart < 0, "worse", words)
    words = np.where(rejected, words, np.where(np.isnan(q), "", "similar"))
    return Comparison(*(np.moveaxis(found, 0, axis) for found in (chance, q, words)))
