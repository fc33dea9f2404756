"""XmR control charts: limits, four rules, variation and assurance, for many series at once."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from earlywarn.signals.control_rules import (
    RULES,
    Rule,
    rule_beyond,
    rule_side,
    rule_trend,
    rule_two_of_three,
    run_length,
)
from earlywarn.signals.figures import close_up, per_series
from earlywarn.signals.improvement import directions
from earlywarn.signals.usual import segments_of, sign_beyond_rounding, usual_variation

__all__ = ["ASSURANCES", "VARIATIONS", "Xmr", "xmr"]

TO_LIMIT = 2.66  # mean moving ranges from mean to limit: 3 / 1.128, rounded as published
FEW = 12  # figures: limits from fewer are provisional
VARIATIONS = ("", "common", "improving", "concerning", "neither_high", "neither_low")
ASSURANCES = ("", "passing", "failing", "inconsistent")
BY_WEIGHT = ("beyond", "trend", "two_of_three", "side")  # which rule names the direction, where they differ


@dataclass(frozen=True, eq=False)
class Xmr:
    """XmR charts of one series or many; what is said of each figure has the shape of the values.

    Attributes
    ----------
    lower, mean, upper : ndarray of float
        Limits and mean of the segment in which the place lies, also where there is no figure; in the values'
        unit. NaN where the baseline has no figure (limits: no two successive ones).
    moving_range : ndarray of float
        Mean moving range behind these limits, after screening.
    signals : ndarray of bool
        A rule holds at this figure, by what was known when it came. With a frozen baseline that has all its
        figures, no later one changes it.
    rules : mapping of str to ndarray of bool
        The same for each of ``beyond``, ``side``, ``trend`` and ``two_of_three``.
    direction : ndarray of int8
        Where there is a signal, +1 towards higher and -1 towards lower values; else 0. If rules differ, the
        first that holds of beyond, trend, two of three, side.
    marked : ndarray of bool
        The figures that a chart colours: the *whole* pattern behind each signal, so also the six before the
        seventh.
    marked_rules : mapping of str to ndarray of bool
        The same for each rule.
    side : ndarray of int8
        +1 above the mean, -1 below it, 0 on it or no figure.
    variation : str or ndarray of str
        At the last figure: ``common`` cause, ``improving`` or ``concerning`` special cause; ``neither_high``
        or ``neither_low`` where no direction is an improvement; empty where there is no figure.
    assurance : str or ndarray of str
        Against the target, by the limits at the last place: consistently ``passing`` or ``failing``, or
        ``inconsistent``; empty without a target, a direction or limits.
    run : int or ndarray of int
        Length of the run on one side of the mean at the last figure; 0 where that lies on the mean.
    points : int or ndarray of int
        Figures in the series.
    provisional : bool or ndarray of bool
        The baseline of the last segment has fewer than 12 figures.
    """

    lower: np.ndarray
    mean: np.ndarray
    upper: np.ndarray
    moving_range: np.ndarray
    signals: np.ndarray
    rules: Mapping[str, np.ndarray]
    direction: np.ndarray
    marked: np.ndarray
    marked_rules: Mapping[str, np.ndarray]
    side: np.ndarray
    variation: np.ndarray
    assurance: np.ndarray
    run: np.ndarray
    points: np.ndarray
    provisional: np.ndarray


def xmr(
    values: object,
    *,
    axis: int = -1,
    improvement: object = None,
    target: object = None,
    baseline: object = None,
    rebase: object = (),
    screen: bool = True,
) -> Xmr:
    """Draw XmR charts (individuals and moving ranges) of one series or a whole cube.

    The limits are mean ± 2.66 x the mean moving range, where moving ranges above 3.267 times their mean are
    left out once [1]_ [2]_ [3]_. A figure is a signal by any of four rules: beyond a limit; the seventh or
    later in a row on one side of the mean; the seventh or later in a row that rises or falls (six steps);
    with one of the two figures before it beyond two thirds of the way to the same limit [1]_ [4]_.

    Parameters
    ----------
    values : array-like of float
        Figures in the order of time along ``axis``, any shape, any unit. NaN: no figure. Gaps are skipped:
        moving ranges and runs go from one figure to the next.
    axis : int
        The axis along which time runs.
    improvement : {"lower", "higher"}, None, or array-like of them
        Which way is better; None: neither. An array broadcasts to the shape of the values without time.
    target : float or array-like, optional
        For ``assurance``; an array broadcasts likewise, NaN where a series has none.
    baseline : int or array-like of bool, optional
        Freeze mean and limits: take them from the first so many figures of each segment, or from those
        where True, and project. None: from all of a segment, so that each new figure moves them.
    rebase : sequence of int, or array-like of bool
        Positions at which a new segment starts, with a mean, limits and runs of its own; or True at each
        such place. Never done unasked.
    screen : bool
        Leave out exceptional moving ranges.

    Returns
    -------
    Xmr
        Its ``signals`` stand where a rule *becomes* true and while it stays true, so that an as-of view is
        stable; its ``marked`` colours whole patterns, as the NHS's charts do.

    Raises
    ------
    ConfigError
        For values that are not finite numbers, or an argument that does not fit them.

    Notes
    -----
    Ties: a figure on the mean is on neither side and ends a run; one equal to the one before ends a trend;
    one on a limit, or just two thirds of the way, is not beyond it. Where the moving ranges are all nought
    the limits have no width, and any figure off the mean is beyond them. Differences within rounding (a
    trillionth of the figures) are ties. In two of three, figures beyond the limit count [4]_, the third
    may lie on either side, and the first two of a series are enough, as no third could undo them; the NHS's
    package counts only those inside the limit, with all three on one side.

    False signals: of stable, independent, normal series with limits from all their figures, 9% of those with
    13 figures and 24% of those with 30 have one somewhere; at the last figure 1.5% have one. Among the charts
    of many areas and indicators, expect some.

    References
    ----------
    .. [1] NHS England, Making Data Count; its rules as in the R package NHSRplotthedots.
    .. [2] Wheeler (2000), Understanding Variation, 2nd ed., SPC Press.
    .. [3] Nelson (1982), Control charts for individual measurements, JQT 14(3), 172-173.
    .. [4] Nelson (1984), The Shewhart control chart: tests for special causes, JQT 16(4), 237-239.

    Examples
    --------
    >>> rates = [20, 23, 19, 22, 21, 20, 22, 24, 20, 21, 22, 20, 35]
    >>> chart = xmr(rates, improvement="lower", target=30, baseline=12)
    >>> print(chart.lower[0].round(2), chart.mean[0].round(2), chart.upper[0].round(2))
    15.36 21.17 26.97
    >>> print(chart.variation, chart.assurance, chart.signals.nonzero()[0])
    concerning passing [12]
    """
    figures = close_up(values, axis=axis)
    better = directions(improvement, figures.shape[:-1]).reshape(figures.count.shape)
    goal = per_series("target", np.nan if target is None else target, figures)
    segments = segments_of(rebase, figures)
    usual = usual_variation(figures, segments=segments, baseline=baseline, screen=screen)
    half = TO_LIMIT * usual.step
    within = figures.closed(segments)
    mean, width, size = (np.take_along_axis(part, within, axis=1) for part in (usual.mean, half, usual.size))
    begins = np.zeros(within.shape, dtype=bool)
    begins[:, 1:] = within[:, 1:] != within[:, :-1]
    side, ruled = _ruled(figures.values, mean, width, size, begins)
    direction = np.zeros(within.shape, dtype=np.int8)
    for name in reversed(BY_WEIGHT):
        holds = ruled[name][0]
        direction = np.where(holds != 0, holds, direction)
    rules = {name: figures.put_back(ruled[name][0] != 0, gap=False) for name in RULES}
    marked = {name: figures.put_back(ruled[name][1], gap=False) for name in RULES}
    latest = segments.max(axis=1, initial=0, keepdims=True)  # of the last place, with a figure or not
    low, high = (np.take_along_axis(usual.mean + way * half, latest, axis=1)[:, 0] for way in (-1, 1))
    return Xmr(
        lower=figures.restored(np.take_along_axis(usual.mean - half, segments, axis=1)),
        mean=figures.restored(np.take_along_axis(usual.mean, segments, axis=1)),
        upper=figures.restored(np.take_along_axis(usual.mean + half, segments, axis=1)),
        moving_range=figures.restored(np.take_along_axis(usual.step, segments, axis=1)),
        signals=np.logical_or.reduce(list(rules.values())),
        rules=rules,
        direction=figures.put_back(direction, gap=0),
        marked=np.logical_or.reduce(list(marked.values())),
        marked_rules=marked,
        side=figures.put_back(side, gap=0),
        variation=figures.each(_variation(figures.at_last(direction), better, figures.count)),
        assurance=figures.each(_assurance(low, high, goal, better)),
        run=figures.each(figures.at_last(run_length(side, begins))),
        points=figures.each(figures.count),
        provisional=figures.each(np.take_along_axis(usual.figures, latest, axis=1)[:, 0] < FEW),
    )


def _ruled(
    values: np.ndarray, mean: np.ndarray, width: np.ndarray, size: np.ndarray, begins: np.ndarray
) -> tuple[np.ndarray, dict[str, Rule]]:
    """Return on which side of the mean each figure lies, and what the four rules say of it."""
    bulk = np.maximum(np.abs(values), size)
    off = values - mean
    away = np.abs(off)
    side = sign_beyond_rounding(off, bulk)
    step = np.zeros(values.shape, dtype=np.int8)
    step[:, 1:] = sign_beyond_rounding(np.diff(values, axis=1), np.maximum(bulk[:, 1:], bulk[:, :-1]))
    past_limit = np.where(sign_beyond_rounding(away - width, bulk) > 0, side, 0).astype(np.int8)
    outer = np.where(sign_beyond_rounding(away - width * 2 / 3, bulk) > 0, side, 0).astype(np.int8)
    return side, {
        "beyond": rule_beyond(past_limit),
        "side": rule_side(side, begins),
        "trend": rule_trend(step, begins),
        "two_of_three": rule_two_of_three(outer, begins),
    }


def _variation(direction: np.ndarray, better: np.ndarray, count: np.ndarray) -> np.ndarray:
    towards = np.where(better * direction > 0, 2, 3)
    neither = np.where(direction > 0, 4, 5)
    code = np.where(direction == 0, 1, np.where(better == 0, neither, towards))
    return np.array(VARIATIONS)[np.where(count == 0, 0, code)]


def _assurance(lower: np.ndarray, upper: np.ndarray, goal: np.ndarray, better: np.ndarray) -> np.ndarray:
    above, below = goal > upper, goal < lower  # the target is never within usual variation
    passing = np.where(better < 0, above, below)
    failing = np.where(better < 0, below, above)
    code = np.where(passing, 1, np.where(failing, 2, 3))
    known = ~np.isnan(goal) & ~np.isnan(upper) & (better != 0)
    return np.array(ASSURANCES)[np.where(known, code, 0)]
