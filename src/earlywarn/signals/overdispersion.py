"""How much more areas differ than chance alone would let them: z-scores, phi and tau squared."""

import numpy as np

from earlywarn.signals.ordered import lowest_ranks, quantiles

__all__ = ["dispersion", "limit_at", "z_scores"]

NOUGHT = 0.5  # a count of nought has no logarithm: half an event on that scale, or what is expected if less
LARGEST = 600  # an exponent that still has a power: next to nothing expected, the limit is beyond all numbers
ROUNDING = 1e-9


def z_scores(
    observed: np.ndarray, denominator: np.ndarray, centre: np.ndarray, *, binomial: bool, log: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return unadjusted z-scores and their precision, 1 / s squared, on the scale of ``y``.

    ======================  =====================  ===========  ==========================
    counts, scale           y                      its target   s
    ======================  =====================  ===========  ==========================
    of n, square root       arcsin sqrt(O / n)     of centre    1 / (2 sqrt(n))
    rate or ratio           sqrt(O / E)            1            1 / (2 sqrt(E))
    of n, log               log(O / E)             0            sqrt((1 - centre) / E)
    rate or ratio, log      log(O / E)             0            1 / sqrt(E)
    ======================  =====================  ===========  ==========================

    E is the denominator times the centre. Square roots are those of Spiegelhalter et al. (2012); logarithms
    are those of NHS England's summary hospital-level mortality indicator (SHMI).
    """
    expected = denominator * centre
    if log:
        nothing = np.full(expected.shape, np.nan)
        seen = np.maximum(observed, np.minimum(expected, NOUGHT))
        ratio = np.divide(seen, expected, out=nothing, where=expected > 0)
        chance = np.broadcast_to(1 - centre if binomial else 1.0, expected.shape)
        precision = np.divide(expected, chance, out=np.zeros(expected.shape), where=chance > 0)
        return np.asarray(np.log(ratio) * np.sqrt(precision)), precision
    if binomial:
        share = np.divide(observed, denominator, out=np.full(expected.shape, np.nan), where=denominator > 0)
        apart = np.arcsin(np.sqrt(share)) - np.arcsin(np.sqrt(centre))
        return np.asarray(2 * np.sqrt(denominator) * apart), 4 * denominator
    return 2 * (np.sqrt(observed) - np.sqrt(expected)), 4 * expected


def limit_at(steps: np.ndarray, centre: np.ndarray, *, binomial: bool, log: bool) -> np.ndarray:
    """Return the share or rate that lies so many steps from the centre on the scale of `z_scores`."""
    if log:
        limit = centre * np.exp(np.minimum(steps, LARGEST))
        return np.asarray(np.minimum(limit, 1.0) if binomial else limit)
    if binomial:
        return np.asarray(np.sin(np.clip(np.arcsin(np.sqrt(centre)) + steps, 0, np.pi / 2)) ** 2)
    return np.asarray(centre * np.maximum(1 + steps, 0) ** 2)


def dispersion(
    z: np.ndarray, precision: np.ndarray, *, method: str, trim: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return phi and tau squared over the areas, along the first axis.

    Parameters
    ----------
    z, precision : ndarray of shape (area, ...)
        From `z_scores`. NaN is left out.
    method : {"winsorised", "truncated"}
        Whether z-scores beyond the ``trim`` quantiles are drawn in to them, or that share of areas at each
        end (rounded down) is left out, so that outliers do not widen the limits that look for them.
    trim : float
        The share at each end.

    Returns
    -------
    phi : ndarray of shape (...)
        The mean of the squared z-scores kept; 1 is chance alone. NaN with fewer than two areas.
    tau2 : ndarray of shape (...)
        The variance between areas on the scale of `z_scores`, by the method of moments of DerSimonian and
        Laird (1986): with I areas kept and w = 1 / s squared, it is the greater of 0 and
        (I phi - (I - 1)) / (sum w - sum w^2 / sum w). 0 where there are fewer than two.
    """
    there = ~np.isnan(z)
    count = there.sum(axis=0)
    if method == "winsorised":
        low, high = quantiles(z, [trim, 1 - trim])
        kept, squares = there, np.clip(z, low, high) ** 2
    else:
        middle = (lowest_ranks(z) + count + 1 - lowest_ranks(-z)) / 2  # ties share the mean of their ranks
        edge = (count + 1) * trim - ROUNDING
        kept, squares = (middle >= edge) & (middle <= count + 1 - edge), z**2
    size = kept.sum(axis=0)
    weight = np.where(kept, precision, 0.0)
    total = weight.sum(axis=0)
    phi = np.divide(
        np.sum(np.where(kept, squares, 0.0), axis=0), size, out=np.full(size.shape, np.nan), where=size > 1
    )
    spare = total - np.divide((weight**2).sum(axis=0), total, out=np.zeros(total.shape), where=total > 0)
    excess = size * phi - (size - 1)
    tau2 = np.divide(excess, spare, out=np.zeros(size.shape), where=(spare > ROUNDING * total) & (excess > 0))
    return phi, tau2
