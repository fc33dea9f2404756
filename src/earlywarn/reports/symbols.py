"""The signs of signals and the words that stand beside them, so that nothing is said by colour alone."""

from dataclasses import dataclass

__all__ = [
    "QUARTERS",
    "SYMBOLS",
    "Symbol",
    "funnel_words",
    "signal_words",
    "symbol_of",
]


@dataclass(frozen=True)
class Symbol:
    """One sign: what the style sheet knows it by, how it looks, what it says and what that means."""

    key: str
    sign: str
    words: str
    meaning: str


SYMBOLS = {
    "worse_strong": Symbol(
        "w2",
        "▲▲",
        "worse, on both counts",
        "Further from the other areas than chance allows, and a signal in its own figures, both on the worse "
        "side.",
    ),
    "worse": Symbol("w1", "▲", "worse, on one count", "One of the two, on the worse side."),
    "better": Symbol("b1", "▼", "better, on one count", "One of the two, on the better side."),
    "better_strong": Symbol("b2", "▼▼", "better, on both counts", "Both, on the better side."),
    "change": Symbol(
        "c1",
        "◆",
        "a signal",
        "A signal where neither way is better or worse, or two that point opposite ways.",
    ),
    "usual": Symbol(
        "u",
        "·",
        "nothing stands out",
        "The latest figure is usual for the area, and not clearly apart from others.",
    ),
    "missing": Symbol("m", "\u2013", "newest figure not there", "Not returned for the newest period."),
    "none": Symbol(
        "n",
        "?",
        "too little to say",
        "No figure to judge: none that is recent, or suppressed because numbers are small.",
    ),
}
QUARTERS = {
    "A": "the quarter of areas furthest to the better side",
    "B": "the next quarter, on the better side of the middle",
    "C": "the next quarter, on the worse side of the middle",
    "D": "the quarter of areas furthest to the worse side",
}
RULES = {
    "beyond": "beyond the limits",
    "side": "7 or more in a row on one side of the mean",
    "trend": "7 or more in a row rising or falling",
    "two_of_three": "2 of 3 in a row close to one limit",
}
FUNNEL = {
    "within": "within the limits",
    "beyond_95": "beyond the 95% limits",
    "beyond_998": "beyond the 99.8% limits",
}


def symbol_of(code: str) -> Symbol:
    """Return a sign by its code; one that we do not know says too little."""
    return SYMBOLS.get(code, SYMBOLS["none"])


def signal_words(codes: str) -> str:
    """Say which rules a point of a control chart meets; empty where none.

    Examples
    --------
    >>> signal_words("beyond+side")
    'beyond the limits; 7 or more in a row on one side of the mean'
    """
    return "; ".join(RULES.get(code, code.replace("_", " ")) for code in codes.split("+") if code)


def funnel_words(place: str, side: str) -> str:
    """Say where an area lies in a funnel plot, and on which side if it lies outside.

    Examples
    --------
    >>> funnel_words("beyond_998", "worse")
    'beyond the 99.8% limits, on the worse side'
    """
    where = FUNNEL.get(place, "")
    return f"{where}, on the {side} side" if side and place not in ("", "within") else where
