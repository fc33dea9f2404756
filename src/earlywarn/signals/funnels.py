"""Which areas lie further from the centre than chance and usual variation between areas allow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from earlywarn.errors import ConfigError
from earlywarn.signals.counts import along, choice, counts_of, numbers, scaled_by
from earlywarn.signals.exact_limits import two_sided
from earlywarn.signals.limits import LEVELS, FunnelLimits, Kind, Model, Scale, funnel_limits, rising
from earlywarn.signals.overdispersion import dispersion, z_scores

__all__ = ["Funnel", "funnel"]

Method = Literal["winsorised", "truncated"]


@dataclass(frozen=True)
class Funnel:
    """Areas against their centre. What `funnel` returns, in the shape of what it was given.

    Parameters
    ----------
    value : ndarray
        Observed over denominator, times the multiplier. NaN where either is missing or the denominator is 0.
    centre : ndarray, without the axis of areas
        The centre line, in the same unit.
    z, adjusted_z : ndarray
        Distance from the centre before and after the adjustment for overdispersion, in standard deviations;
        positive is above the centre.
    p : ndarray
        Two-sided probability of lying as far out, by chance and usual variation. Exact where nothing is
        adjusted. Elsewhere the normal probability of ``adjusted_z``, or the exact one where that is greater:
        a small denominator, for which the normal curve is too rough, raises no alarm by itself.
    beyond : ndarray of int
        0 within the limits, +1 above or -1 below the first level only, +2 or -2 beyond the second, and so on.
        An area is beyond a level where ``p`` is less than 1 - level. 0 where there is no value.
    lower, upper : ndarray of shape (level, ...)
        Limits at each area's own denominator, in the indicator's unit.
    phi, tau2 : ndarray, without the axis of areas
        Dispersion (1 is chance alone; NaN where not estimated) and the variance between areas (0 where
        nothing is added), free of units: of arcsin(sqrt(share)) for a proportion, of sqrt(observed /
        expected) for a rate or ratio (times the centre it is that of sqrt(rate)), or of log(observed /
        expected) where truncated.
    adjusted : ndarray of bool, without the axis of areas
        Whether limits were widened for overdispersion; where not, they are exact.
    n : ndarray of int, without the axis of areas
        Areas that have a value.
    kind, scale, model, levels, multiplier : str, str, str, tuple, float
        As asked for.
    """

    value: np.ndarray
    centre: np.ndarray
    z: np.ndarray
    adjusted_z: np.ndarray
    p: np.ndarray
    beyond: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    phi: np.ndarray
    tau2: np.ndarray
    adjusted: np.ndarray
    n: np.ndarray
    kind: Kind
    scale: Scale
    model: Model
    levels: tuple[float, ...]
    multiplier: float

    def limits(self, denominator: ArrayLike) -> FunnelLimits:
        """Return the limits at other denominators, to draw the curves. See `funnel_limits`."""
        return funnel_limits(
            denominator,
            centre=self.centre,
            kind=self.kind,
            levels=self.levels,
            scale=self.scale,
            model=self.model,
            phi=np.where(self.adjusted, self.phi, 1.0),
            tau2=self.tau2,
            multiplier=self.multiplier,
        )


def funnel(
    observed: ArrayLike,
    denominator: ArrayLike,
    *,
    kind: Kind = "proportion",
    centre: ArrayLike | None = None,
    levels: float | Sequence[float] = LEVELS,
    overdispersion: Method | None = "winsorised",
    model: Model = "additive",
    trim: float = 0.1,
    axis: int = 0,
    multiplier: float = 1.0,
) -> Funnel:
    """Compare areas with their centre, allowing for chance and for usual variation between areas.

    Parameters
    ----------
    observed, denominator : array_like of shape (area, ...)
        Counts, and what they are out of ("proportion"), exposed to ("rate"), or expected to be ("ratio"). NaN
        where missing. One row of denominators, one for each area, serves all funnels.
    kind : {"proportion", "rate", "ratio"}
        Chance is binomial for a proportion, and Poisson for a rate and for a standardised ratio.
    centre : array_like, optional
        The centre line, in the indicator's unit: a target, or a published figure for England. Else the sum of
        ``observed`` over the sum of ``denominator``, or 1 (times the multiplier) for a ratio.
    levels : float or sequence of float
        Rising shares of areas that the limits hold, were chance and usual variation all.
    overdispersion : {"winsorised", "truncated", None}
        Areas commonly differ by more than chance. "winsorised": on the square-root scale, z-scores beyond
        the ``trim`` quantiles are drawn in to them before phi is worked out [2]_. "truncated": on the log
        scale, the ``trim`` share of areas at each end is left out, as in NHS England's hospital mortality
        indicator (SHMI) [3]_. None: no adjustment.
    model : {"additive", "multiplicative"}
        Widen limits by a variance between areas, tau squared, where I phi > I - 1; or multiply their width by
        the square root of phi, where phi > 1.
    trim : float
        The share of areas drawn in or left out at each end, at least 0 and less than 0.5.
    axis : int
        The axis of areas. Every other index is a funnel of its own.
    multiplier : float
        1 for shares, 100 for per cent, 10,000 for a rate per 10,000, and so on.

    Returns
    -------
    Funnel

    Raises
    ------
    ConfigError
        If counts are negative or pass the denominator of a proportion, shapes do not fit, or an argument is
        not one of those allowed.

    Notes
    -----
    Without overdispersion limits are exact, and smoothed between whole counts as in appendix A.1.1 of [1]_.
    An area is called beyond them by its exact tail probability, never by the smoothing: the published upper
    line may pass just under a count that chance brings more often than the level says.

    A spread estimated from few areas is rough, but can only widen limits. With fewer than two there is none:
    ``phi`` is NaN and limits are exact. Small denominators widen limits; they never raise an alarm by
    themselves.

    References
    ----------
    .. [1] Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202.
    .. [2] Spiegelhalter et al. (2012), Journal of the Royal Statistical Society A 175, 1-47.
    .. [3] NHS Digital, SHMI methodology specification: control limits with a 10 per cent trim.

    Examples
    --------
    >>> result = funnel([30, 2, 61], [100, 10, 100], centre=30, overdispersion=None, multiplier=100)
    >>> result.value
    array([30., 20., 61.])
    >>> result.beyond, result.upper[0].round(1)
    (array([0, 0, 2], dtype=int8), array([38.7, 56.1, 38.7]))
    >>> funnel([5], [3])
    Traceback (most recent call last):
    ...
    earlywarn.errors.ConfigError: observed: expected at most denominator, found 1 above it, '5 of 3'; ...
    """
    steps = rising(levels)
    choice("kind", kind, ("proportion", "rate", "ratio"))
    choice("overdispersion", overdispersion, ("winsorised", "truncated", None))
    choice("model", model, ("additive", "multiplicative"))
    if not 0 <= trim < 0.5:  # noqa: PLR2004 -- half at each end would leave nothing
        message = f"trim: expected a share of areas from 0 to less than 0.5, found {trim!r}"
        raise ConfigError(message)
    binomial, log = kind == "proportion", overdispersion == "truncated"
    beneath = _one_for_each_area(observed, denominator, axis)
    counts, base = counts_of(observed, beneath, within=binomial, names=("observed", "denominator"))
    if not counts.ndim:
        message = (
            "observed: expected an array with an axis of areas, found a single number; give a list of areas"
        )
        raise ConfigError(message)
    there = ~np.isnan(counts) & (base > 0)
    counts = along(np.where(there, counts, np.nan), axis, "observed")
    base = along(np.where(there, base, np.nan), axis, "observed")
    share = _centre(counts, base, kind=kind, centre=centre, multiplier=multiplier)
    z, precision = z_scores(counts, base, share, binomial=binomial, log=log)
    phi, tau2 = np.full(share.shape, np.nan), np.zeros(share.shape)
    if overdispersion is not None:
        phi, tau2 = dispersion(z, precision, method=overdispersion, trim=trim)
        # areas cannot usually vary about none, or about all, so chance alone is left
        certain = (share <= 0) | (binomial & (share >= 1))
        phi, tau2 = np.where(certain, np.nan, phi), np.where(certain, 0.0, tau2)
    if model == "multiplicative":
        adjusted, tau2 = phi > 1, np.zeros(share.shape)
        adjusted_z = z / np.sqrt(np.where(adjusted, phi, 1.0))
    else:
        adjusted = tau2 > 0
        adjusted_z = z / np.sqrt(1 + tau2 * precision)
    p = np.full(counts.shape, np.nan)
    known = ~np.isnan(z)
    everywhere = np.broadcast_to(share, counts.shape)
    p[known] = two_sided(counts[known], base[known], everywhere[known], binomial=binomial)
    p = np.where(adjusted, np.maximum(p, 2 * ndtr(-np.abs(adjusted_z))), p)
    beyond = np.sign(np.where(known, z, 0)).astype(np.int8)
    beyond *= sum((p < 1 - level).astype(np.int8) for level in steps)
    limits = funnel_limits(
        base,
        centre=share,
        kind=kind,
        levels=steps,
        scale="log" if log else "square_root",
        model=model,
        phi=np.where(adjusted, phi, 1.0),
        tau2=tau2,
    )

    def back(values: np.ndarray, first: int = 0) -> np.ndarray:
        return np.asarray(np.moveaxis(values, first, axis if axis < 0 else axis + first))

    return Funnel(
        value=back(counts / base) * multiplier,
        centre=share * multiplier,
        z=back(z),
        adjusted_z=back(adjusted_z),
        p=back(p),
        beyond=back(beyond),
        lower=back(limits.lower, 1) * multiplier,
        upper=back(limits.upper, 1) * multiplier,
        phi=phi,
        tau2=tau2,
        adjusted=adjusted,
        n=known.sum(axis=0),
        kind=kind,
        scale="log" if log else "square_root",
        model=model,
        levels=steps,
        multiplier=scaled_by(multiplier),
    )


def _one_for_each_area(observed: ArrayLike, denominator: ArrayLike, axis: int) -> ArrayLike:
    """Return the denominators so that a single row of them runs along the axis of areas."""
    counts, beneath = numbers(observed, "observed"), numbers(denominator, "denominator")
    if counts.ndim > 1 and beneath.ndim == 1 and len(beneath) == along(counts, axis, "observed").shape[0]:
        return along(beneath.reshape(-1, *[1] * (counts.ndim - 1)), 0, "denominator", to=axis)
    return denominator


def _centre(
    counts: np.ndarray, base: np.ndarray, *, kind: Kind, centre: ArrayLike | None, multiplier: float
) -> np.ndarray:
    """Return the centre as a share or a rate, of the shape of one area; NaN where no area has a value."""
    shape = counts.shape[1:]
    if centre is None:
        if kind == "ratio":
            return np.ones(shape)
        seen, total = np.nansum(counts, axis=0), np.asarray(np.nansum(base, axis=0))
        return np.asarray(np.divide(seen, total, out=np.full(shape, np.nan), where=total > 0))
    given = numbers(centre, "centre") / scaled_by(multiplier)
    if np.any((given < 0) | (given > 1 if kind == "proportion" else np.isinf(given))):
        top = f"from 0 to {multiplier:g}" if kind == "proportion" else "of nought or more"
        message = (
            f"centre: expected a {kind} {top}, in the unit that the multiplier gives, found {centre!r:.80}"
        )
        raise ConfigError(message)
    try:
        return np.array(np.broadcast_to(given, shape))
    except ValueError as error:
        message = (
            f"centre: expected one number, or one for each funnel (shape {shape}), found shape {given.shape}"
        )
        raise ConfigError(message) from error
