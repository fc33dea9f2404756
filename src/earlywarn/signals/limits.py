"""Where the limits of a funnel run, at any denominator."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from earlywarn.errors import ConfigError
from earlywarn.signals.counts import choice, confident, critical, finite, numbers, scaled_by
from earlywarn.signals.exact_limits import interpolated_limit
from earlywarn.signals.overdispersion import limit_at, z_scores

__all__ = ["LEVELS", "FunnelLimits", "Kind", "Model", "Scale", "funnel_limits", "rising"]

LEVELS = (0.95, 0.998)  # about two and three standard deviations

Kind = Literal["proportion", "rate", "ratio"]
Model = Literal["additive", "multiplicative"]
Scale = Literal["square_root", "log"]


class FunnelLimits(NamedTuple):
    """Lower and upper limits, arrays of shape (level, ...) in the indicator's unit."""

    lower: np.ndarray
    upper: np.ndarray


def rising(levels: float | Sequence[float]) -> tuple[float, ...]:
    """Return levels as they are, or say what they must be."""
    each = (levels,) if isinstance(levels, (int, float, np.number)) else levels
    found = tuple(confident(level, "levels") for level in each)
    if not found or sorted(set(found)) != list(found):
        message = f"levels: expected shares between 0 and 1, each once and rising, found {levels!r}"
        raise ConfigError(message)
    return found


def funnel_limits(
    denominator: ArrayLike,
    *,
    centre: ArrayLike,
    kind: Kind = "proportion",
    levels: float | Sequence[float] = LEVELS,
    scale: Scale = "square_root",
    model: Model = "additive",
    phi: ArrayLike = 1.0,
    tau2: ArrayLike = 0.0,
    multiplier: float = 1.0,
) -> FunnelLimits:
    """Return the limits of a funnel at any denominators.

    Parameters
    ----------
    denominator : array_like
        What counts are out of or exposed to (or, for a ratio, the expected count).
    centre, phi, tau2 : array_like
        The centre line in the indicator's unit, the dispersion and the variance between areas. They
        broadcast against ``denominator``. Where ``phi`` is at most 1 (multiplicative) or ``tau2`` is 0
        (additive), limits are exact.
    kind, levels, scale, model, multiplier
        As for `funnel`.

    Returns
    -------
    FunnelLimits
        ``lower`` and ``upper`` of shape (level, ...). NaN where the denominator is 0 or missing.

    Raises
    ------
    ConfigError
        If an argument is not one of those allowed.

    Examples
    --------
    >>> limits = funnel_limits([20, 200], centre=30.0, multiplier=100, levels=(0.95,))
    >>> limits.lower.round(1), limits.upper.round(1)
    (array([[ 8.1, 23.5]]), array([[48.7, 36.2]]))
    """
    steps = rising(levels)
    times = scaled_by(multiplier)
    choice("kind", kind, ("proportion", "rate", "ratio"))
    choice("scale", scale, ("square_root", "log"))
    choice("model", model, ("additive", "multiplicative"))
    binomial, log = kind == "proportion", scale == "log"
    found = [finite(values, name) for values, name in ((denominator, "denominator"), (centre, "centre"))]
    given = (found[0], found[1] / times, numbers(phi, "phi"), numbers(tau2, "tau2"))
    try:
        n, share, inflated, between = np.broadcast_arrays(*given)
    except ValueError as error:
        message = (
            "denominator, centre, phi and tau2: expected shapes that fit, found "
            f"{', '.join(str(part.shape) for part in given)}"
        )
        raise ConfigError(message) from error
    known = (n > 0) & (share >= 0) & (share <= 1 if binomial else np.isfinite(share))
    wide = known & (share > 0) & ((inflated > 1) if model == "multiplicative" else (between > 0))
    chance = known & ~wide
    lower = np.full((len(steps), *n.shape), np.nan)
    upper = lower.copy()
    precision = z_scores(n[wide], n[wide], share[wide], binomial=binomial, log=log)[1]
    variance = (inflated[wide] / precision) if model == "multiplicative" else (1 / precision + between[wide])
    for row, level in enumerate(steps):
        tail, step = (1 - level) / 2, critical(level) * np.sqrt(variance)
        for limit, above in ((lower, False), (upper, True)):
            away = step if above else -step
            limit[row, ...][wide] = limit_at(away, share[wide], binomial=binomial, log=log)
            limit[row, ...][chance] = interpolated_limit(
                tail, n[chance], share[chance], upper=above, binomial=binomial
            )
    return FunnelLimits(lower * times, upper * times)
