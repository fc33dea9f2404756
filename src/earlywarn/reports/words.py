"""How the report says things: risks, places, dates and grades in plain words.

The wording follows *how we talk about risk*: an area is at higher risk than most, it is not
graded, and nothing is put more exactly than the interval allows.
"""

import math
from collections.abc import Sequence

import pandas as pd

from earlywarn.schedule import date_words, window_end
from earlywarn.schema import GRADES

__all__ = [
    "BANDS",
    "DASH",
    "GRADES",
    "amount",
    "band_sentence",
    "grade_words",
    "joined",
    "percent",
    "place_words",
    "risk_words",
    "unit_words",
    "window_words",
]

BANDS = {  # name: (key for the style sheet, sign that does not need colour)
    "higher than most": ("higher", "▲"),
    "about the same as most": ("same", "●"),
    "lower than most": ("lower", "▼"),
    "not scored": ("none", "○"),
}
UNITS = {
    "percent": "percent",
    "rate_per_10000": "per 10,000 children",
    "per_100": "per 100",
    "count": "number",
    "gbp": "pounds",
    "gbp_per_week": "pounds a week",
    "cases_per_fte": "cases per full-time worker",
    "score": "score",
}
DASH = "\u2013"  # what stands in a table where nothing is known
CERTAIN = 0.995  # beyond it a risk in hundredths would read "100 in 100"
TENTHS = (0.095, 0.945)  # between them a risk reads well in tenths
TEENS = (11, 12, 13)
THOUSAND = 1_000


def risk_words(risk: float, low: float, high: float) -> str:
    """Say a risk and its 95% interval in natural frequencies.

    Parameters
    ----------
    risk, low, high : float
        Probabilities in [0, 1]; ``risk`` NaN where the question was not asked, the limits NaN where
        there is no interval.

    Examples
    --------
    >>> risk_words(0.41, 0.22, 0.58)
    'about 4 in 10, between 2 and 6'
    >>> risk_words(0.034, 0.001, 0.08)
    'about 3 in 100, between fewer than 1 and 8'
    >>> risk_words(0.3, float("nan"), float("nan"))
    'about 3 in 10'
    >>> risk_words(float("nan"), float("nan"), float("nan"))
    'not asked'
    """
    if math.isnan(risk):
        return "not asked"
    shown = [value for value in (low, risk, high) if not math.isnan(value)]
    out_of = 10 if TENTHS[0] <= risk <= TENTHS[1] and min(shown) >= 0.05 and max(shown) < 0.95 else 100  # noqa: PLR2004
    words = f"about {times(risk, out_of)} in {out_of}"
    if risk < 1 / (2 * out_of):
        words = f"fewer than 1 in {out_of}"
    if math.isnan(low) or math.isnan(high):
        return words
    least, most = times(low, out_of), times(high, out_of)
    return words if least == most else f"{words}, between {least} and {most}"


def times(risk: float, out_of: int) -> str:
    """Return how many times in so many, as words at the ends."""
    if risk < 1 / (2 * out_of):
        return "fewer than 1"
    if risk > CERTAIN:
        return f"nearly {out_of}"
    return str(math.floor(risk * out_of + 0.5))


def percent(risk: float) -> str:
    """Return a probability as a whole percentage, empty where unknown.

    Examples
    --------
    >>> percent(0.414), percent(0.002), percent(float("nan"))
    ('41%', '<1%', '')
    """
    if math.isnan(risk):
        return ""
    return "<1%" if risk < 0.005 else ">99%" if risk > CERTAIN else f"{math.floor(risk * 100 + 0.5)}%"  # noqa: PLR2004


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th and so on.

    Examples
    --------
    >>> [ordinal(number) for number in (1, 2, 3, 11, 21, 112)]
    ['1st', '2nd', '3rd', '11th', '21st', '112th']
    """
    ending = "th" if number % 100 in TEENS else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def place_words(low: float, high: float, count: int) -> str:
    """Say a rank interval, so that no one reads it as a place; empty where there is none.

    Examples
    --------
    >>> place_words(3, 60, 153)
    'between 3rd and 60th of 153'
    """
    if math.isnan(low) or math.isnan(high):
        return ""
    if low == high:
        return f"{ordinal(int(low))} of {count}"
    return f"between {ordinal(int(low))} and {ordinal(int(high))} of {count}"


def window_words(as_of: object, horizon: int) -> str:
    """Name the first and the last day of the outcome window.

    Examples
    --------
    >>> window_words("2025-04-01", 12)
    '1 April 2025 to 31 March 2026'
    """
    start = pd.Timestamp(str(as_of))
    return f"{date_words(start)} to {date_words(window_end(start, horizon) - pd.Timedelta(days=1))}"


def grade_words(grade: object) -> str:
    """Return a grade as people say it, empty where there is none.

    Examples
    --------
    >>> grade_words("requires_improvement")
    'requires improvement'
    """
    return grade.replace("_", " ") if isinstance(grade, str) else ""


def band_sentence(band: str, question: str) -> str:
    """Say a band in a sentence.

    Examples
    --------
    >>> band_sentence("higher than most", "a judgement below good")
    'At higher risk of a judgement below good than most areas.'
    """
    sentences = {
        "higher than most": f"At higher risk of {question} than most areas.",
        "about the same as most": f"At about the same risk of {question} as most areas.",
        "lower than most": f"At lower risk of {question} than most areas.",
    }
    return sentences.get(band, "Not scored for this question.")


def unit_words(unit: str) -> str:
    """Return a unit in words; one that we do not know is shown as it is written.

    Examples
    --------
    >>> unit_words("rate_per_10000"), unit_words("days_late")
    ('per 10,000 children', 'days late')
    """
    return UNITS.get(unit, unit.replace("_", " "))


def amount(value: float, unit: str) -> str:
    """Return an indicator's value as it is written in running text, empty where unknown.

    Examples
    --------
    >>> amount(12.345, "percent"), amount(1234.5, "gbp"), amount(float("nan"), "count")
    ('12.3%', '£1,235', '')
    >>> amount(3.0, "percent"), amount(7.98, "rate_per_10000"), amount(0.044, "rate_per_10000")
    ('3.0%', '8.0', '0.044')
    """
    if math.isnan(value):
        return ""
    if unit.startswith("gbp"):
        return f"£{math.floor(value + 0.5):,}"
    if unit == "count" and value == int(value):
        return f"{value:,.0f}"
    figure = (
        f"{value:,.0f}" if abs(value) >= THOUSAND else f"{value:,.1f}" if abs(value) >= 1 else f"{value:.2g}"
    )
    return f"{figure}%" if unit == "percent" else figure


def joined(words: Sequence[str]) -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> joined(["last judgement", "base rate", "deprivation"])
    'last judgement, base rate and deprivation'
    """
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
