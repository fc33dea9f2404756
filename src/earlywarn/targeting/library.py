"""The library of lines of enquiry: what a peer reviewer might ask, as data that anyone can edit."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from earlywarn.errors import name_a_few
from earlywarn.schema import ENABLERS
from earlywarn.sources.libraries import read_library, refuse_library

__all__ = ["ANY_PRACTICE", "ANY_THEME", "EVERY", "SIGNAL", "Enquiry", "read_enquiries"]

ANY_THEME, ANY_PRACTICE = "theme", "practice"  # what answers to all that has no better line under a theme
EVERY = "every"  # what any review asks, where little else is known
SIGNAL = "signal:"  # names a signal of the sources, for readers; no evidence is matched by it
REQUIRED = ("theme", "about", "question", "look_for")
LISTS = ("about", "words")


@dataclass(frozen=True)
class Enquiry:
    """One line of enquiry.

    Parameters
    ----------
    name : str
        Its id in the library: lower-case letters, digits and single underscores.
    theme : str
        One of the seven enablers.
    about : tuple of str
        What it answers to: indicators, features, kinds of entry, gaps or relations; ``*`` stands for
        anything. See the head of ``enquiries.toml``.
    question : str
        What to ask.
    look_for : str
        Documents, people and data to look at.
    words : tuple of str
        Words in an entry's note, in small letters, that point here rather than elsewhere.
    positive : bool
        Whether it is about practice that others may learn from.
    """

    name: str
    theme: str
    about: tuple[str, ...]
    question: str
    look_for: str
    words: tuple[str, ...] = ()
    positive: bool = False

    def answers(self, key: str) -> int:
        """Return how closely it answers to one thing: letters named, 0 where it does not.

        Examples
        --------
        >>> line = read_enquiries()["interim_appointments"]
        >>> line.answers("leadership_change:director:interim") > line.answers("director_months_interim") > 0
        True
        >>> line.answers("caseload")
        0
        """
        found = (pattern for pattern in self.about if fnmatchcase(key, pattern))
        return max((2 * len(pattern.replace("*", "")) + ("*" not in pattern) for pattern in found), default=0)


def read_enquiries(path: str | Path | None = None) -> dict[str, Enquiry]:
    """Return the lines of enquiry by name: the packaged ones, then your own laid over them.

    Parameters
    ----------
    path : path, optional
        A TOML file with further lines, each a table such as ``[housing]``. A packaged name is replaced,
        in its place.

    Raises
    ------
    ConfigError
        If the file cannot be read, or a line in it is not whole; all faults at once.

    Examples
    --------
    >>> read_enquiries()["caseload"].question
    'What is on the desk of the busiest workers this week, how was it allocated, and what would they have
    to let go to do it well?'
    """
    lines = dict(_packaged())
    if path is not None:
        lines |= _read(Path(path))
    return lines


@cache
def _packaged() -> Mapping[str, Enquiry]:
    return _read(Path(str(files("earlywarn.targeting"))) / "enquiries.toml")


def _read(path: Path) -> dict[str, Enquiry]:
    said = read_library(path, what="lines of enquiry")
    faults = [f"  [{name}] {fault}" for name, line in said.items() for fault in _faults(name, line)]
    refuse_library(path, faults)
    return {name: _line(name, line) for name, line in said.items()}


def _line(name: str, said: Mapping[str, Any]) -> Enquiry:
    words = tuple(word.casefold() for word in said.get("words", ()))
    return Enquiry(name=name, **{**said, "about": tuple(said["about"]), "words": words})


def _faults(name: str, line: Any) -> list[str]:
    """Return what is wrong with one line, in words that follow its name."""
    if not isinstance(line, dict):
        return [f"is not a table; begin it with the line [{name}]."]
    named = name.isascii() and name.isidentifier() and name == name.lower() and "__" not in name
    found = [] if named else ["is not a name: write lower-case letters, digits and single underscores."]
    found += [fault for key, value in line.items() if (fault := _fault(key, value))]
    found += [f"{key} is missing." for key in REQUIRED if not line.get(key)]
    theme = line.get("theme")
    if isinstance(theme, str) and theme and theme not in ENABLERS:
        found.append(f"theme wants one of {name_a_few(ENABLERS, shown=len(ENABLERS))}, not {theme!r}.")
    return found


def _fault(key: str, value: object) -> str:
    """Return what is wrong with one key, or with the type of its value; empty where all is well."""
    keys = [field.name for field in fields(Enquiry) if field.name != "name"]
    if key not in keys:
        near = get_close_matches(key, keys, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"The keys are {', '.join(keys)}."
        return f"has an unknown key {key!r}. {hint}"
    if key == "positive":
        return "" if isinstance(value, bool) else f"{key} wants true or false, not {value!r}."
    if key in LISTS:
        whole = isinstance(value, list) and all(isinstance(word, str) and word for word in value)
        return "" if whole else f"{key} wants a list of words in quotes, not {value!r}."
    return "" if isinstance(value, str) else f"{key} wants text in quotes, not {value!r}."
