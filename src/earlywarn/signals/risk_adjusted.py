"""Risk-adjusted CUSUM charts: whether more events happen than their predicted risks allow."""

from dataclasses import dataclass

import numpy as np

from earlywarn.errors import ConfigError, name_a_few
from earlywarn.signals.figures import Figures, close_up
from earlywarn.signals.floats import floats
from earlywarn.signals.risk_run_lengths import RiskSteps, risk_run_length, risk_threshold

__all__ = ["RiskAdjustedCusum", "risk_adjusted_cusum"]

ODDS_RATIO = 2.0  # a doubling of the odds, as in Steiner et al.
THRESHOLD = 4.5  # likewise


@dataclass(frozen=True, eq=False)
class RiskAdjustedCusum:
    """Risk-adjusted CUSUM charts of one series or many.

    Attributes
    ----------
    score : ndarray of float
        The log-likelihood ratio that each figure adds, in the shape of the outcomes: positive speaks for the
        changed odds, negative for the predicted ones. NaN where there is no figure.
    total : ndarray of float
        The chart: the sum of the scores, never below 0. NaN where there is no figure.
    signals : ndarray of bool
        The total is above the threshold.
    odds_ratio : float
        The change of odds that the chart looks for: above 1 for more events, below 1 for fewer.
    threshold : float or ndarray of float
        Of each series.
    in_control_run_length : float or ndarray of float
        Figures from start to first false signal, on average, of a series whose events happen with the
        predicted risks, drawn from its own figures again and again. Infinite above ten million; NaN for a
        series without figures.
    """

    score: np.ndarray
    total: np.ndarray
    signals: np.ndarray
    odds_ratio: float
    threshold: np.ndarray
    in_control_run_length: np.ndarray


def risk_adjusted_cusum(
    events: object,
    expected_risk: object,
    *,
    cases: object = 1,
    odds_ratio: float = ODDS_RATIO,
    threshold: float | None = None,
    in_control_run_length: float | None = None,
    axis: int = -1,
) -> RiskAdjustedCusum:
    """Draw one-sided risk-adjusted CUSUM charts of events with a predicted risk.

    Each figure is a group of ``cases`` with the same predicted risk p, of which ``events`` y had the event; a
    single case is a group of one. It adds the log-likelihood ratio of odds changed by R against the
    predicted ones, y log R - n log(1 - p + R p), to a total that never falls below 0; a signal is a total
    above the threshold [1]_. It is not set back after a signal. For a watch on both sides draw a second
    chart with the odds ratio 1 / R.

    Parameters
    ----------
    events : array-like of float
        Number of events, in the order of time along ``axis``, any shape. NaN: no figure; the total waits.
    expected_risk : float or array-like
        Predicted probability of the event, from 0 to 1, that broadcasts to the shape of the events. NaN: no
        figure.
    cases : float or array-like
        Number of cases, whole, that broadcasts likewise; 0 or NaN: no figure.
    odds_ratio : float
        Change of the odds to look for, above 0 and not 1.
    threshold : float, optional
        For the total, above 0; 4.5 unless a run length is wished for.
    in_control_run_length : float, optional
        Choose each series' threshold for this many figures to the first false signal, on average.
    axis : int
        The axis along which time runs.

    Returns
    -------
    RiskAdjustedCusum
        Its run length takes cases as independent given their risk. Events that come in clusters, or risks
        that leave out what matters, make false signals come sooner than it states.

    Raises
    ------
    ConfigError
        For events that are not whole, below 0 or above the cases, risks outside 0 to 1, both a threshold and
        a run length, or an argument that does not fit.

    References
    ----------
    .. [1] Steiner, Cook, Farewell & Treasure (2000), Monitoring surgical performance using risk-adjusted
       cumulative sum charts, Biostatistics 1(4), 441-452.

    Examples
    --------
    Of 20 cases a year with a risk of 10%, two events are expected.

    >>> chart = risk_adjusted_cusum([2, 1, 5, 6, 7, 9], 0.10, cases=20, threshold=4)
    >>> print(chart.total.round(2))
    [ 0.    0.    1.56  3.81  6.76 11.09]
    >>> print(chart.signals.nonzero()[0], round(float(chart.in_control_run_length)))
    [4 5] 347
    """
    if threshold is not None and in_control_run_length is not None:
        message = "risk_adjusted_cusum takes a threshold or an in_control_run_length, not both."
        raise ConfigError(message)
    if not (odds_ratio > 0 and odds_ratio != 1 and np.isfinite(odds_ratio)):
        message = f"odds_ratio must be above 0 and not 1, but is {odds_ratio!r}."
        raise ConfigError(message)
    if threshold is not None and not (threshold > 0 and np.isfinite(threshold)):
        message = f"threshold must be above 0, but is {threshold!r}."
        raise ConfigError(message)
    figures, risk, number = _checked(events, expected_risk, cases, axis)
    steps = RiskSteps(risk, number, odds_ratio)
    if in_control_run_length is not None:
        limit = risk_threshold(steps, in_control_run_length)
    else:
        limit = np.full(len(risk), THRESHOLD if threshold is None else float(threshold))
    score = figures.values * np.log(odds_ratio) - steps.against
    total = _totals(score)
    return RiskAdjustedCusum(
        score=figures.put_back(score, gap=np.nan),
        total=figures.put_back(total, gap=np.nan),
        signals=figures.put_back(total > limit[:, None], gap=False),
        odds_ratio=float(odds_ratio),
        threshold=figures.each(limit),
        in_control_run_length=figures.each(risk_run_length(steps, limit)),
    )


def _checked(
    events: object, expected_risk: object, cases: object, axis: int
) -> tuple[Figures, np.ndarray, np.ndarray]:
    """Return the figures, their risks and numbers of cases, (series, figure); or every fault at once."""
    given = close_up(events, axis=axis)
    happened = given.aligned(floats(events))
    risk = given.aligned(_numbers("expected_risk", expected_risk, given))
    number = given.aligned(_numbers("cases", cases, given))
    faults = {
        "expected_risk must be between 0 and 1": risk[(risk < 0) | (risk > 1)],
        "cases must be whole numbers of at least 0": number[
            (number < 0) | (number % 1 != 0) & ~np.isnan(number)
        ],
        "events must be whole numbers of at least 0": happened[
            (happened < 0) | (happened % 1 != 0) & ~np.isnan(happened)
        ],
        "events may not be more than the cases": happened[happened > number],
    }
    words = [f"{fault}: {name_a_few(found.tolist())}." for fault, found in faults.items() if found.size]
    if words:
        raise ConfigError(" ".join([*words, "Mend them, or set them to NaN."]))
    missing = np.isnan(happened) | np.isnan(risk) | np.isnan(number) | (number == 0)
    figures = close_up(given.restored(np.where(missing, np.nan, happened)), axis=axis)
    risk, number = (figures.closed(np.where(missing, 0.0, part)) for part in (risk, number))
    return figures, risk, number


def _numbers(name: str, part: object, figures: Figures) -> np.ndarray:
    try:
        return np.broadcast_to(floats(part), figures.original)
    except (TypeError, ValueError) as error:
        message = f"{name} must hold numbers that broadcast to the events' shape {figures.original}: {error}."
        raise ConfigError(message) from error


def _totals(score: np.ndarray) -> np.ndarray:
    """Return max(0, total + score) after each figure, shape (series, figure)."""
    totals = np.empty((score.shape[1], len(score)))
    before = np.zeros(len(score))
    for place, step in enumerate(np.ascontiguousarray(score.T)):  # each total needs the one before it
        before = np.maximum(before + step, 0.0)
        totals[place] = before
    return totals.T
