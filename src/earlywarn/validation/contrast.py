"""A difference with its interval, read and written: the sign that it has, and the words for it."""

from collections.abc import Mapping

import numpy as np

from earlywarn.validation.splits import REFERENCE_LEAD

__all__ = ["Ends", "contrast", "lead_words", "number", "sign"]

Ends = tuple[float, float, float]  # a difference and the ends of its interval


def sign(between: Mapping[str, Ends], metric: str) -> int | None:
    """Return 1 or -1 where the whole interval lies above or below zero, 0 where it holds it, else None.

    Examples
    --------
    >>> between = {"auc": (0.05, 0.01, 0.09), "brier_skill": (0.05, -0.01, 0.11)}
    >>> sign(between, "auc"), sign(between, "brier_skill"), sign(between, "log_loss")
    (1, 0, None)
    """
    _, low, high = between.get(metric, (np.nan, np.nan, np.nan))
    return int(low > 0) - int(high < 0) if np.isfinite([low, high]).all() else None


def contrast(pair: tuple[float, ...], difference: Ends) -> str:
    """Write both values, their difference and its interval.

    Examples
    --------
    >>> contrast((0.77, 0.72), (0.05, 0.01, 0.09))
    '0.77 against 0.72; difference 0.05, 95% interval 0.01 to 0.09'
    """
    own, other, by, low, high = (number(value) for value in (*pair, *difference))
    return f"{own} against {other}; difference {by}, 95% interval {low} to {high}"


def number(value: float) -> str:
    """Write two decimals, or up to four where fewer would read as nought.

    Examples
    --------
    >>> number(0.123), number(-0.0042), number(0.00001)
    ('0.12', '-0.004', '0.00')
    """
    for decimals in (2, 3, 4):
        text = f"{value:.{decimals}f}"
        if float(text) != 0:
            return text
    return "0.00"


def lead_words(lead_months: int) -> str:
    """Write a lead as a possessive; the reference lead is counted in days.

    Examples
    --------
    >>> lead_words(3), lead_words(12)
    ("90 days'", "12 months'")
    """
    return "90 days'" if lead_months == REFERENCE_LEAD else f"{lead_months} months'"
