"""Warn of likely personal data in free text: people, telephone and NHS numbers, addresses, dates of birth.

A pattern cannot know a person. It finds what most often slips in, so that somebody looks again; text in which
it finds nothing may still describe somebody who can be recognised.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pandas as pd

from earlywarn.errors import Fault

__all__ = ["REMEDY", "likely_personal", "personal_faults"]

REMEDY = "leave out what could tell who somebody is"
LETTERS = [chr(code) for code in (*range(0x530), *range(0x1E00, 0x1F00))]  # Latin, Greek and Cyrillic
UPPER = "".join(filter(str.isupper, LETTERS))
LOWER = "".join(filter(str.islower, LETTERS))
WORD = rf"(?:[OD]['’])?[{UPPER}][{LOWER}]+(?:['’-][{UPPER}]?[{LOWER}]+|[{UPPER}][{LOWER}]+)*"  # noqa: RUF001  both apostrophes are met
CAPITAL = re.compile(rf"\b[{UPPER}][{LOWER}]+\b")
SHOUTED = re.compile(rf"\b(?=(?P<first>[{UPPER}]{{2,}}) (?P<second>[{UPPER}]{{2,}})\b)")  # pairs may overlap
TITLES = "Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Cllr|Councillor|Rev"
POSTS = "director|dcs|manager|head of service|chief executive|lead member|leader|worker|officer|chair"
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DAY = rf"(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|\d{{4}}-\d\d-\d\d|\d{{1,2}}(?:st|nd|rd|th)? (?:{MONTHS}))"
PLACE = "Street|Road|Avenue|Lane|House|Hospital|School|Academy|College|Centre|Square|Court|Park|Hall"
NO_FAMILY = (
    "hub|centre|court|cent|support|group|service|help|team|time|justice|information|network|practi|work"
)
INWARD = r"\d[ABD-HJLNP-UW-Z]{2}\b"
PATTERNS = {
    "an e-mail address": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "a telephone number": (
        r"(?<![\w.,/-])(?:(?:\+|00)\d{1,3}[\s-]?(?:\(0\)[\s-]?)?|\(?0(?=\d))(?:\d[\s()-]{0,2}){8,11}\d(?![\w/])"
        r"|(?i:\b(?:tel|telephone|phone|ph|mobile|mob|call|ring|text)\b)(?:[.:\s]|no\b|number\b|on\b)*"
        r"(?:\d[\s()-]{0,2}){8,11}\d(?![\w/])"
    ),
    "an NHS number": (
        r"(?<![\w.,/-])[1-9]\d\d[ -]\d{3}[ -]\d{4}(?![\w/-])|(?i:\bnhs\b)[^\d\n]{0,15}[1-9]\d{9}(?!\w)"
    ),
    "a postcode": (
        rf"\b[A-Z]{{1,2}}\d[A-Z\d]? ?{INWARD}"
        rf"|(?i:\b[A-Z]{{1,2}}\d[A-Z\d]? (?!\d(?:st|nd|rd|th|hr|pp)\b){INWARD})"
    ),
    "a date of birth": rf"(?i:\b(?:d\.?o\.?b\b\.?|date of birth|birthday))|(?i:\bborn\b)(?: on)?:? {DAY}",
}


@cache
def _listed(file: str) -> frozenset[str]:
    return frozenset((files("earlywarn.intelligence") / file).read_text(encoding="utf-8").split())


@cache
def _people() -> tuple[re.Pattern[str], ...]:
    return (
        re.compile(rf"\b(?:{TITLES})\b\.? (?:[{UPPER}]\.? ?)?(?P<who>{WORD})"),
        re.compile(rf"(?<![\w.])(?:[{UPPER}]\. ?){{1,2}}(?P<who>{WORD})"),
        re.compile(rf"\b(?i:{POSTS})(?:,| is| was|:)? (?P<who>{WORD}) (?P<more>{WORD})"),
        re.compile(rf"\b[Tt]he (?P<who>{WORD}) family\b(?! (?:{NO_FAMILY}))"),
    )


@cache
def _bare_names() -> re.Pattern[str]:
    """Find words with a capital that are no part of the name of a place."""
    saint = r"(?<!St )(?<!Saint )(?<!King )(?<!Queen )"
    return re.compile(rf"{saint}\b(?P<who>[{UPPER}][{LOWER}]+)\b(?!(?:['’]s)? (?:{PLACE})\b)")  # noqa: RUF001


def _plain(name: str) -> str:
    """Return a name without accents, as the lists have it.

    Examples
    --------
    >>> _plain("Siân")
    'Sian'
    """
    letters = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("Ł", "L"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


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
    different = different.map(lambda text: unicodedata.normalize("NFC", text))
    found = {what: different.str.contains(pattern).to_numpy(dtype=bool) for what, pattern in PATTERNS.items()}
    named = sorted((re.escape(place) for place in set(places) if place), key=len, reverse=True)
    without = (
        different.str.replace(rf"\b(?:{'|'.join(named)})\b", "somewhere", regex=True) if named else different
    )
    found["the name of a person"] = np.array([_names_somebody(text) for text in without], dtype=bool)
    return [(what, rows[codes]) for what, rows in found.items() if rows.any()]


def _names_somebody(text: str) -> bool:
    if not (CAPITAL.search(text) or SHOUTED.search(text)):
        return False
    no_person = _listed("no_person.txt")
    for pattern in _people():
        for match in pattern.finditer(text):
            if not set(match.groupdict().values()) & no_person:
                return True
    given, known = _listed("given_names.txt"), _listed("given_names.txt") | _listed("surnames.txt")
    for match in SHOUTED.finditer(text):
        pair = {_plain(word).title() for word in match.groups()}
        if pair <= known and pair & given:
            return True
    return not given.isdisjoint(map(_plain, CAPITAL.findall(text))) and any(
        _plain(match["who"]) in given for match in _bare_names().finditer(text)
    )


def personal_faults(words: Mapping[str, str], *, areas: pd.DataFrame | None = None) -> list[Fault]:
    """Return what seems to be personal data in the words of one command; the words are not repeated.

    Parameters
    ----------
    words : mapping of str to str
        Free text, by the name of its cell or option.
    areas : DataFrame, optional
        The table ``areas``; their names are no persons.

    Examples
    --------
    >>> for fault in personal_faults({"reason": "Anna Lee rang", "note": "three cuts"}):
    ...     print(fault)
    entry, row 1, column reason: seems to hold the name of a person. To mend it: leave out what could tell who
    somebody is.
    """
    places = [] if areas is None else areas["name"].tolist()
    texts = pd.Series(list(words.values()), dtype=object)
    return [
        Fault("entry", 1, name, None, f"seems to hold {what}", REMEDY)
        for what, rows in likely_personal(texts, places=places)
        for name, there in zip(words, rows, strict=True)
        if there
    ]
