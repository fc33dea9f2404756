"""Warn of likely personal data in free text: people, telephone numbers, addresses, dates of birth.

A pattern cannot know a person. It finds what most often slips in, so that somebody looks again; text in which
it finds nothing may still describe somebody who can be recognised.
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["likely_personal"]

WORD = r"[A-Z][a-z]+(?:['’-][A-Z]?[a-z]+)*"  # noqa: RUF001  both apostrophes are met in names
CAPITAL = re.compile(r"\b[A-Z][a-z]+\b")
TITLES = "Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Cllr|Councillor|Rev"
POSTS = "director|dcs|manager|head of service|chief executive|lead member|leader|worker|officer|chair"
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DAY = rf"(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|\d{{4}}-\d\d-\d\d|\d{{1,2}}(?:st|nd|rd|th)? (?:{MONTHS}))"
PLACE = "Street|Road|Avenue|Lane|House|Hospital|School|Academy|College|Centre|Square|Court|Park|Hall"
PATTERNS = {
    "an e-mail address": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "a telephone number": (
        r"(?<![\w.,/-])(?:\+\d{1,3}[\s-]?(?:\(0\)[\s-]?)?|\(?0(?=\d))(?:\d[\s()-]{0,2}){8,11}\d(?![\w/])"
    ),
    "a postcode": r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b",
    "a date of birth": rf"(?i:\b(?:d\.?o\.?b\b\.?|date of birth|birthday))|(?i:\bborn\b)(?: on)?:? {DAY}",
}


@cache
def _listed(file: str) -> frozenset[str]:
    return frozenset((files("earlywarn.intelligence") / file).read_text(encoding="utf-8").split())


@cache
def _people() -> tuple[re.Pattern[str], ...]:
    return (
        re.compile(rf"\b(?:{TITLES})\b\.? (?:[A-Z]\.? ?)?(?P<who>{WORD})"),
        re.compile(rf"(?<![\w.])(?:[A-Z]\. ?){{1,2}}(?P<who>{WORD})"),
        re.compile(rf"\b(?i:{POSTS})(?:,| is| was|:)? (?P<who>{WORD}) (?P<more>{WORD})"),
    )


@cache
def _bare_names() -> re.Pattern[str]:
    """Find words with a capital that are no part of the name of a place."""
    saint = r"(?<!St )(?<!Saint )(?<!King )(?<!Queen )"
    return re.compile(rf"{saint}\b(?P<who>[A-Z][a-z]+)\b(?!(?:['’]s)? (?:{PLACE})\b)")  # noqa: RUF001


def likely_personal(
    texts: pd.Series, *, places: Iterable[str] = ()
) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    """Find texts that seem to hold personal data.

    Parameters
    ----------
    texts : Series of str, shape (rows,)
        Free text, links or pseudonyms.
    places : iterable of str
        Names of areas, which are no persons.

    Returns
    -------
    list of (str, array of bool of shape (rows,))
        What was found and in which rows; only what occurs.

    Examples
    --------
    >>> notes = pd.Series(["The Director of Children's Services left.", "Ring Sarah on 020 7946 0018."])
    >>> [(what, rows.tolist()) for what, rows in likely_personal(notes)]
    [('a telephone number', [False, True]), ('the name of a person', [False, True])]
    """
    codes, words = pd.factorize(texts)
    different = pd.Series(words, dtype=object)
    found = {what: different.str.contains(pattern).to_numpy(dtype=bool) for what, pattern in PATTERNS.items()}
    named = sorted((re.escape(place) for place in set(places) if place), key=len, reverse=True)
    without = (
        different.str.replace(rf"\b(?:{'|'.join(named)})\b", "somewhere", regex=True) if named else different
    )
    found["the name of a person"] = np.array([_names_somebody(text) for text in without], dtype=bool)
    return [(what, rows[codes]) for what, rows in found.items() if rows.any()]


def _names_somebody(text: str) -> bool:
    if not CAPITAL.search(text):
        return False
    no_person = _listed("no_person.txt")
    for pattern in _people():
        for match in pattern.finditer(text):
            if not set(match.groupdict().values()) & no_person:
                return True
    given = _listed("given_names.txt")
    return not given.isdisjoint(CAPITAL.findall(text)) and any(
        match["who"] in given for match in _bare_names().finditer(text)
    )
