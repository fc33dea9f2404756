"""Two figures over time, of which one may rise while the other falls."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from earlywarn.errors import ConfigError
from earlywarn.signals.areas import ROUNDING
from earlywarn.signals.ordered import MAD_TO_SD, median
from earlywarn.signals.relations import LEAST, areas_last

__all__ = ["MovesApart", "moves_apart"]

Floats = npt.NDArray[np.float64]


class MovesApart(NamedTuple):
    """Two figures over time, one of which may rise while the other falls.

    Attributes
    ----------
    rise : array
        Natural log of how many times as large ``x`` has become: 0.1 is about a tenth more.
    fall : array
        Natural log of how many times as small ``y`` has become: 0.1 is about a tenth less.
    score : array
        The lesser of the two moves, each in robust standard deviations of all areas' moves: above 0 where
        ``x`` rose while ``y`` fell, **which is worse** where ``x`` is a demand and ``y`` what meets it; below
        0 the other way round; 0 where both rose, both fell or one stood still.
    """

    rise: Floats
    fall: Floats
    score: Floats


def moves_apart(x: npt.ArrayLike, y: npt.ArrayLike, *, span: int = 1, least: int = LEAST) -> MovesApart:
    """Return whether ``x`` rose while ``y`` fell, and by how much for sure.

    Both have to move: a demand that doubles while staffing stands still scores 0, and a joint move counts for
    no more than its weaker half. A move is not set against England's, so that all areas may move apart at
    once; only its size is read against how much moves differ between areas.

    Parameters
    ----------
    x, y : array, shape (..., area, time), or shapes that broadcast
        Figures above 0 at equal steps of time; NaN where one is missing.
    span : int
        Steps of time over which a move is taken, at least 1.
    least : int
        Areas with a move that a spread wants, at least 3.

    Returns
    -------
    MovesApart
        Arrays of the broadcast shape. NaN in the first ``span`` times, where a figure is missing or not above
        0, and for ``score`` also where too few areas have moved or their moves do not differ. Later times
        change nothing at earlier ones.

    Raises
    ------
    ConfigError
        If the shapes do not fit, there is no axis of areas, ``span`` is below 1 or ``least`` below 3.

    Examples
    --------
    >>> demand = [[100, 120], [100, 104], [100, 110], [100, 96]]
    >>> workers = [[50, 45], [50, 51], [50, 48], [50, 52]]
    >>> moved = moves_apart(demand, workers, least=3)
    >>> moved.score[:, 1].round(2).tolist()
    [1.78, 0.0, 0.69, -0.4]
    """
    if span < 1 or least < 3:  # noqa: PLR2004 - a spread of two moves is one difference
        message = (
            f"Moves want a span of at least 1 and at least 3 areas; found span {span!r}, least {least!r}."
        )
        raise ConfigError(message)
    first, second = areas_last(x, y, axis=-1)
    if first.ndim < 2:  # noqa: PLR2004 - areas and time
        message = (
            f"Figures that move apart want the shape (..., area, time), not {first.shape}: a move is read "
            "against how much the areas' moves differ."
        )
        raise ConfigError(message)
    rise, fall = _moves(first, span), -_moves(second, span)
    along, against = _in_spreads(rise, least), _in_spreads(fall, least)
    same = (along > 0) == (against > 0)
    lesser = np.where(same, np.sign(along) * np.minimum(np.abs(along), np.abs(against)), 0.0)
    score = np.where(np.isnan(along) | np.isnan(against), np.nan, lesser)
    return MovesApart(rise, fall, score + 0.0)


def _moves(figures: Floats, span: int) -> Floats:
    """Return the log of each figure over the one ``span`` steps before, shaped like the figures."""
    logs = np.log(figures, out=np.full(figures.shape, np.nan), where=figures > 0)
    moved = np.full(figures.shape, np.nan)
    moved[..., span:] = logs[..., span:] - logs[..., :-span]
    return moved


def _in_spreads(moves: Floats, least: int) -> Floats:
    """Divide moves by the robust spread of all areas' moves at the same time."""
    centre = median(moves, axis=-2)[..., None, :]
    spread = MAD_TO_SD * median(np.abs(moves - centre), axis=-2)
    enough = ((~np.isnan(moves)).sum(axis=-2) >= least) & (spread > ROUNDING)
    told: Floats = np.divide(
        moves, spread[..., None, :], out=np.full(moves.shape, np.nan), where=enough[..., None, :]
    )
    return told
