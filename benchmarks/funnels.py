"""Funnels, intervals, bands and discovery over whole panels, against one indicator at a time."""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from earlywarn.signals.benchmarks import quartile_bands, ranks
from earlywarn.signals.discovery import false_discovery
from earlywarn.signals.funnels import funnel
from earlywarn.signals.intervals import wilson

AREAS, INDICATORS = 153, 400
LONG = 4_190  # times 153 areas: 641,070 rows of one measure and period each
LEVELS = (0.95, 0.998)


def seconds(work: Callable[[], object]) -> float:
    """Time the best of three."""
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def exact_by_scipy(events: np.ndarray, n: np.ndarray) -> None:
    """Find interpolated binomial limits, one indicator at a time."""
    for column in range(n.shape[1]):
        centre = events[:, column].sum() / n[:, column].sum()
        law = stats.binom(n[:, column], centre)
        for level in LEVELS:
            for p in ((1 - level) / 2, (1 + level) / 2):
                r = law.ppf(p)
                (r - (law.cdf(r) - p) / law.pmf(r)) / n[:, column]


def spread_by_loop(events: np.ndarray, n: np.ndarray) -> None:
    """Find phi, tau squared, adjusted z and limits, one indicator at a time."""
    for column in range(n.shape[1]):
        seen, base = events[:, column], n[:, column]
        centre = np.arcsin(np.sqrt(seen.sum() / base.sum()))
        z = 2 * np.sqrt(base) * (np.arcsin(np.sqrt(seen / base)) - centre)
        phi = np.mean(np.clip(z, *np.quantile(z, [0.1, 0.9])) ** 2)
        w = 4 * base
        tau2 = max(0, (len(z) * phi - (len(z) - 1)) / (w.sum() - (w**2).sum() / w.sum()))
        spread = np.sqrt(1 / w + tau2)
        2 * stats.norm.sf(np.abs(z / np.sqrt(1 + w * tau2)))
        for level in LEVELS:
            step = stats.norm.isf((1 - level) / 2) * spread
            np.sin(centre - step) ** 2, np.sin(centre + step) ** 2
        2 * np.minimum(stats.binom.cdf(seen, base, 0.3), stats.binom.sf(seen - 1, base, 0.3))


def main() -> None:
    """Print seconds for both and the ratio."""
    rng = np.random.default_rng(0)
    n = rng.integers(50, 5_000, (AREAS, INDICATORS)).astype(float)
    centre = rng.uniform(0.05, 0.9, INDICATORS)
    chance = rng.binomial(n.astype(int), centre).astype(float)
    logit = np.log(centre / (1 - centre)) + 0.3 * rng.normal(size=n.shape)
    varied = rng.binomial(n.astype(int), 1 / (1 + np.exp(-logit))).astype(float)
    p = rng.uniform(size=n.shape)
    wide = rng.normal(size=(AREAS, LONG))
    long = pd.DataFrame({"measure": np.tile(np.arange(LONG), AREAS), "value": wide.ravel()})
    grouped = long.groupby("measure")["value"]
    pairs = {
        "overdispersed funnels": (
            lambda: funnel(varied, n),
            lambda: spread_by_loop(varied, n),
            "a loop, numpy",
        ),
        "exact funnels": (
            lambda: funnel(chance, n, overdispersion=None),
            lambda: exact_by_scipy(chance, n),
            "a loop, scipy.stats.binom",
        ),
        "Wilson intervals": (
            lambda: wilson(varied, n),
            lambda: proportion_confint(varied, n, method="wilson"),
            "statsmodels",
        ),
        "false discovery": (
            lambda: false_discovery(p),
            lambda: multipletests(p.ravel(), method="fdr_bh"),
            "statsmodels",
        ),
        "bands, 641,070 figures": (
            lambda: quartile_bands(wide, improvement="lower"),
            lambda: [grouped.transform("quantile", q) for q in (0.25, 0.5, 0.75)],
            "pandas, cut points alone",
        ),
        "ranks, 641,070 figures": (
            lambda: ranks(wide, improvement="lower"),
            lambda: grouped.rank(method="min"),
            "pandas",
        ),
    }
    print(f"{AREAS} areas, {INDICATORS} indicators")
    for name, (ours, theirs, peer) in pairs.items():
        mine, other = seconds(ours), seconds(theirs)
        print(f"{name:24} {mine:7.3f} s   {peer:26} {other:7.3f} s   ratio {mine / other:6.3f}")


if __name__ == "__main__":
    main()
