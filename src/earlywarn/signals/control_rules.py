"""The four rules that tell a signal from usual variation, for many series at once."""

import numpy as np

__all__ = ["RULES", "Rule", "rule_beyond", "rule_side", "rule_trend", "rule_two_of_three", "run_length"]

RUN = 7  # figures on one side, or figures in a row that rise or fall (NHS Making Data Count)
RULES = ("beyond", "side", "trend", "two_of_three")

Rule = tuple[
    np.ndarray, np.ndarray
]  # where it holds (+1 higher, -1 lower, 0 not), and all figures of the pattern


def rule_beyond(past_limit: np.ndarray) -> Rule:
    """Figures beyond a limit; one exactly on it is not.

    Parameters
    ----------
    past_limit : ndarray of int8, shape (series, figure)
        +1 above the upper limit, -1 below the lower one, 0 otherwise.

    Examples
    --------
    >>> rule_beyond(np.array([[0, 1, 0]], dtype=np.int8))[0]
    array([[0, 1, 0]], dtype=int8)
    """
    return past_limit, past_limit != 0


def rule_side(side: np.ndarray, begins: np.ndarray) -> Rule:
    """Seven or more successive figures on one side of the mean; one exactly on the mean ends a run.

    Parameters
    ----------
    side : ndarray of int8, shape (series, figure)
        +1 above the mean, -1 below it, 0 on it.
    begins : ndarray of bool, shape (series, figure)
        Where a segment begins: no run goes across.

    Examples
    --------
    >>> above = np.ones((1, 8), dtype=np.int8)
    >>> holds, marked = rule_side(above, np.zeros((1, 8), dtype=bool))
    >>> holds
    array([[0, 0, 0, 0, 0, 0, 1, 1]], dtype=int8)
    >>> marked.all()
    np.True_
    """
    holds = np.where(run_length(side, begins) >= RUN, side, 0).astype(np.int8)
    return holds, _reaching_back(holds)


def rule_trend(step: np.ndarray, begins: np.ndarray) -> Rule:
    """Seven or more successive figures, hence six steps, that all rise or all fall; an equal figure ends it.

    Parameters
    ----------
    step : ndarray of int8, shape (series, figure)
        +1 where a figure is higher than the one before it, -1 lower, 0 equal or the first.
    begins : ndarray of bool, shape (series, figure)
        Where a segment begins: no trend goes across.

    Examples
    --------
    >>> rising = np.array([[0, 1, 1, 1, 1, 1, 1]], dtype=np.int8)
    >>> rule_trend(rising, np.zeros((1, 7), dtype=bool))[0]
    array([[0, 0, 0, 0, 0, 0, 1]], dtype=int8)
    """
    step = np.where(begins, 0, step)
    holds = np.where(run_length(step, begins) >= RUN - 1, step, 0).astype(np.int8)
    return holds, _reaching_back(holds)


def rule_two_of_three(outer: np.ndarray, begins: np.ndarray) -> Rule:
    """Two of three successive figures beyond two thirds of the way to the same limit, or beyond that limit.

    It holds at the second of the two; the third figure may lie anywhere.

    Parameters
    ----------
    outer : ndarray of int8, shape (series, figure)
        +1 above two thirds of the way from the mean to the upper limit, -1 likewise below, 0 otherwise.
    begins : ndarray of bool, shape (series, figure)
        Where a segment begins: no three go across.

    Examples
    --------
    >>> outer = np.array([[0, 1, 0, 1, 0]], dtype=np.int8)
    >>> holds, marked = rule_two_of_three(outer, np.zeros((1, 5), dtype=bool))
    >>> holds
    array([[0, 0, 0, 1, 0]], dtype=int8)
    >>> marked
    array([[False,  True, False,  True, False]])
    """
    holds = np.zeros_like(outer)
    marked = np.zeros(outer.shape, dtype=bool)
    segment = np.cumsum(begins, axis=1)
    for apart in (1, 2):
        later, earlier = outer[:, apart:], outer[:, :-apart]
        pair = (later != 0) & (later == earlier) & (segment[:, apart:] == segment[:, :-apart])
        holds[:, apart:][pair] = later[pair]
        marked[:, apart:] |= pair
        marked[:, :-apart] |= pair
    return holds, marked


def run_length(sign: np.ndarray, begins: np.ndarray) -> np.ndarray:
    """Count the successive figures with the same sign, up to and with each; 0 where the sign is nought.

    Examples
    --------
    >>> run_length(np.array([[1, 1, -1, 0, -1, -1]]), np.zeros((1, 6), dtype=bool))
    array([[1, 2, 1, 0, 1, 2]])
    """
    place = np.arange(sign.shape[1])
    new = begins.copy()
    new[:, 1:] |= sign[:, 1:] != sign[:, :-1]
    start = np.maximum.accumulate(np.where(new, place, 0), axis=1)
    return np.where(sign != 0, place - start + 1, 0)


def _reaching_back(holds: np.ndarray) -> np.ndarray:
    """Mark all seven figures of every run that a figure completes."""
    marked: np.ndarray = holds != 0
    found = marked.copy()
    for back in range(1, RUN):
        marked[:, :-back] |= found[:, back:]
    return marked
