"""The kinds of entry that can be logged: data, so that a researcher can add one in a file."""

from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from earlywarn.errors import name_a_few
from earlywarn.schema import ENABLERS
from earlywarn.sources.libraries import read_library, refuse_library

__all__ = [
    "CONFIDENCES",
    "DIRECTIONS",
    "ROLES",
    "SOURCE_TYPES",
    "STRENGTHS",
    "Kind",
    "read_kinds",
]

DIRECTIONS = ("worse", "better", "neutral")
ROLES = {
    "director": "Director of children's services",
    "assistant_director": "Assistant director",
    "head_of_service": "Head of service",
    "team_manager": "Team manager",
    "chief_executive": "Chief executive",
    "lead_member": "Lead member",
}
SOURCE_TYPES = {
    "peer": "A peer in another area",
    "review": "A peer review or other visit",
    "staff": "Staff of the area",
    "family": "Children or families",
    "partner": "A partner agency",
    "document": "A published document",
    "press": "Press or social media",
    "returns": "A data return",
}
STRENGTHS = {1: "slight", 2: "some", 3: "clear", 4: "strong", 5: "grave"}
CONFIDENCES = {"low": 0.3, "medium": 0.6, "high": 0.9}  # how likely it is to hold, as weights


@dataclass(frozen=True)
class Kind:
    """One kind of concern or event.

    Parameters
    ----------
    name : str
        Lower-case letters, digits and single underscores.
    label : str
        What people call it.
    theme : str
        One of the seven enablers.
    direction : {"worse", "better", "neutral"}
        What more of it says about the service.
    guidance : str
        What to log under it.
    role : bool
        Whether every entry names one of ``ROLES``.
    details : tuple of str
        The words allowed for ``detail``; empty where the kind has none.
    amount, exposure : str
        What the two numbers count; empty where the kind has none.
    pressure : bool
        Whether entries add to concern pressure.
    people : bool
        Whether the amount counts people, so that small numbers are not shown. A kind with an exposure does.
    """

    name: str
    label: str
    theme: str
    direction: str
    guidance: str = ""
    role: bool = False
    details: tuple[str, ...] = ()
    amount: str = ""
    exposure: str = ""
    pressure: bool = True
    people: bool = False


def read_kinds(path: str | Path | None = None) -> dict[str, Kind]:
    """Return the kinds that can be logged, by name: the packaged ones, then your own.

    Parameters
    ----------
    path : path, optional
        A TOML file with further kinds, each a table such as ``[housing]``. A packaged name is replaced.

    Raises
    ------
    ConfigError
        If the file cannot be read, or a kind in it is not whole; all faults at once.

    Examples
    --------
    >>> read_kinds()["peer_review"].details
    ('offered', 'declined', 'held', 'follow_up')
    """
    kinds = dict(_packaged())
    if path is not None:
        kinds |= _read(Path(path))
    return kinds


@cache
def _packaged() -> dict[str, Kind]:
    return _read(Path(str(files("earlywarn.intelligence"))) / "kinds.toml")


def _read(path: Path) -> dict[str, Kind]:
    said = read_library(path, what="kinds", remedy="Name a TOML file in [intelligence] kinds.")
    faults = [f"  [{name}] {fault}" for name, kind in said.items() for fault in _faults(name, kind)]
    refuse_library(path, faults)
    return {
        name: Kind(name=name, **{**kind, "details": tuple(kind.get("details", ()))})
        for name, kind in said.items()
    }


def _faults(name: str, kind: Any) -> list[str]:
    """Return what is wrong with one kind, in words that follow its name."""
    if not isinstance(kind, dict):
        return [f"is not a table; begin it with the line [{name}]."]
    named = name.isascii() and name.isidentifier() and name == name.lower() and "__" not in name
    found = [] if named else ["is not a name: write lower-case letters, digits and single underscores."]
    found += [fault for key, value in kind.items() if (fault := _fault(key, value))]
    for key, allowed in (("label", ()), ("theme", ENABLERS), ("direction", DIRECTIONS)):
        if not kind.get(key):
            found.append(f"{key} is missing.")
        elif allowed and kind[key] not in allowed:
            found.append(f"{key} wants one of {name_a_few(allowed, shown=len(allowed))}, not {kind[key]!r}.")
    return found


def _fault(key: str, value: object) -> str:
    """Return what is wrong with one key, or with the type of its value; empty where all is well."""
    keys = [field.name for field in fields(Kind) if field.name != "name"]
    if key not in keys:
        near = get_close_matches(key, keys, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"The keys are {', '.join(keys)}."
        return f"has an unknown key {key!r}. {hint}"
    if key in {"role", "pressure", "people"}:
        return "" if isinstance(value, bool) else f"{key} wants true or false, not {value!r}."
    if key == "details":
        whole = isinstance(value, list) and all(isinstance(word, str) and word for word in value)
        return "" if whole else f"details wants a list of words, not {value!r}."
    return "" if isinstance(value, str) else f"{key} wants text in quotes, not {value!r}."
