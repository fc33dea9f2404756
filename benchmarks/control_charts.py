"""Control charts and change points of 6,120 series at once, against the same arithmetic series by series."""

import sys
import time
from collections.abc import Callable

import numpy as np
import ruptures

from earlywarn.signals.changes import change_points
from earlywarn.signals.control_chart import xmr
from earlywarn.signals.cumulative import cusum
from earlywarn.signals.moving_average import ewma

AREAS, INDICATORS = 153, 40
MISSING = 0.05  # share of figures
RUN, PAIR = 7, 2  # figures on one side or rising; figures of three near a limit
LOOPED = 306  # series that the slow peers are timed on; their seconds are scaled up


def xmr_by_loop(series: np.ndarray) -> np.ndarray:
    """Draw one XmR chart with all four rules: numpy for the limits, a loop over the figures for the rules."""
    figures = series[~np.isnan(series)]
    ranges = np.abs(np.diff(figures))
    ranges = ranges[ranges <= 3.267 * ranges.mean()]
    half, off = 2.66 * ranges.mean(), figures - figures.mean()
    found = np.abs(off) > half
    for place in range(len(figures)):
        seven, three = off[max(0, place + 1 - RUN) : place + 1], off[max(0, place - PAIR) : place + 1]
        steps = np.diff(seven)
        rows = [seven > 0, seven < 0, steps > 0, steps < 0]
        found[place] |= len(seven) == RUN and any(row.all() for row in rows)
        found[place] |= max(np.sum(three > half * 2 / 3), np.sum(three < -half * 2 / 3)) >= PAIR
    return found


def cusum_by_loop(series: np.ndarray) -> list[float]:
    """Draw one two-sided CUSUM chart."""
    figures = series[~np.isnan(series)]
    z = (figures - figures.mean()) / (np.abs(np.diff(figures)).mean() / 1.128)
    high, low, sums = 0.0, 0.0, []
    for value in z:
        high, low = max(0.0, high + value - 0.5), max(0.0, low - value - 0.5)
        sums.append(max(high, low))
    return sums


def ewma_by_loop(series: np.ndarray) -> list[float]:
    """Draw one EWMA chart."""
    figures = series[~np.isnan(series)]
    z = (figures - figures.mean()) / (np.abs(np.diff(figures)).mean() / 1.128)
    average, averages = 0.0, []
    for value in z:
        average = 0.2 * value + 0.8 * average
        averages.append(average)
    return averages


def changes_by_ruptures(series: np.ndarray) -> list[int]:
    """Find the changes of one series with PELT."""
    figures = series[~np.isnan(series)]
    z = figures / (np.abs(np.diff(figures)).mean() / 1.128)
    return ruptures.Pelt(model="l2", min_size=3, jump=1).fit(z).predict(pen=3 * np.log(len(z)))


PAIRS: list[tuple[str, Callable[[np.ndarray], object], Callable[[np.ndarray], object]]] = [
    ("XmR, four rules", xmr, xmr_by_loop),
    ("CUSUM", cusum, cusum_by_loop),
    ("EWMA", ewma, ewma_by_loop),
    ("change points", change_points, changes_by_ruptures),
]


def main() -> None:
    """Print seconds for all series, best of three, and the ratio to the peer's."""
    lengths = [int(word) for word in sys.argv[1:]] or [13, 30, 60]
    for length in lengths:
        random = np.random.default_rng(0)
        cube = random.normal(50, 8, (AREAS, INDICATORS, length))
        cube[random.random(cube.shape) < MISSING] = np.nan
        series = cube.reshape(-1, length)
        print(f"{len(series):,} series of {length} points, {MISSING:.0%} missing")
        for name, ours, peer in PAIRS:
            ours(cube[:2])  # the run lengths are computed once
            mine = min(seconds(ours, [cube]) for _ in range(3))
            theirs = seconds(peer, series[:LOOPED]) * len(series) / LOOPED
            times = f"{mine:6.3f} s   one by one {theirs:6.2f} s   {mine / theirs:6.4f} x the peer's"
            print(f"  {name:15} {times}")


def seconds(call: Callable[[np.ndarray], object], arguments: "list[np.ndarray] | np.ndarray") -> float:
    """Time one call for each argument."""
    begun = time.perf_counter()
    for argument in arguments:
        call(argument)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
