"""Read in how many reviews a reviewer can join, quarter by quarter."""

import re

from earlywarn.schedule import quarter_words, read_quarter

__all__ = ["EVERY_QUARTER", "AvailabilityError", "offered_quarters"]

EVERY_QUARTER = ""  # the key of what holds for every quarter that is not named
REMEDY = "write 1 for one review in every quarter, or name them: Apr-Jun 2025=1; Jul-Sep 2025=2"


class AvailabilityError(ValueError):
    """A text that says nothing usable about availability: the problem, and what to do."""

    def __init__(self, problem: str, remedy: str = REMEDY) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


def offered_quarters(text: str) -> dict[str, int]:
    """Return how many reviews a reviewer can join, by quarter in words.

    Parameters
    ----------
    text : str
        ``"1"`` for every quarter, or quarters joined by `;`, each with ``=`` and a number unless it is 1.
        Both go together: ``"1; Jul-Sep 2025=0"``.

    Returns
    -------
    dict of str to int
        By quarter, such as ``"Apr-Jun 2025"``; under the empty text, what holds for every other quarter.

    Raises
    ------
    AvailabilityError
        If there is nothing in it, or a part cannot be read; a ``ValueError``.

    Examples
    --------
    >>> offered_quarters("Apr-Jun 2025=2; 2025-08-01")
    {'Apr-Jun 2025': 2, 'Jul-Sep 2025': 1}
    >>> offered_quarters("none")
    Traceback (most recent call last):
    ...
    earlywarn.sources.programme_availability.AvailabilityError: names no quarter in 'none'
    """
    offered: dict[str, int] = {}
    for part in (part.strip() for part in text.split(";") if part.strip()):
        when, said, number = part.partition("=")
        if not said and re.fullmatch(r"[+-]?[\d.]+", part):
            when, number = "", part
        quarter = _named(when)
        if quarter in offered:
            problem = f"names {quarter or 'every quarter'} twice"
            raise AvailabilityError(problem, "keep one of the two")
        offered[quarter] = _count(number.strip() or "1", part)
    if not any(offered.values()):
        problem = "has no availability" if not offered else "has no availability in any quarter"
        raise AvailabilityError(problem, f"{REMEDY}; or take the reviewer off the list")
    return offered


def _named(when: str) -> str:
    if not when.strip():
        return EVERY_QUARTER
    try:
        return quarter_words(read_quarter(when))
    except ValueError:
        problem = f"names no quarter in {when.strip()!r}"
        raise AvailabilityError(problem) from None


def _count(number: str, part: str) -> int:
    if number.startswith("-"):
        problem = f"has a negative number of reviews in {part!r}"
        raise AvailabilityError(problem, "write 0 for none")
    if not re.fullmatch(r"\+?\d{1,4}(\.0+)?", number):
        problem = f"has no whole number of reviews in {part!r}"
        raise AvailabilityError(problem)
    return int(float(number))
