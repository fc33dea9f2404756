"""The support that might follow a review, and what speaks for it: rules as data, in ``support.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from earlywarn.errors import name_a_few
from earlywarn.intelligence.kinds import ROLES
from earlywarn.schema import GRADES, SUB_JUDGEMENTS
from earlywarn.sources.libraries import read_library, refuse_library

__all__ = ["CAPACITIES", "Clue", "SupportRules", "read_support"]

CAPACITIES = {
    "leadership": "leadership capacity in the service",
    "commitment": "the commitment of members and the council",
}
SIDES = ("present", "absent")
WAYS = ("feature", "judgement", "post", "kind")
LISTS = ("grades", "details", "note")
NUMBERS = ("at_least", "at_most", "months", "least")
WITH_MONTHS = ("post", "kind")


@dataclass(frozen=True)
class Clue:
    """One thing that speaks for a capacity being present or absent; the head of ``support.toml`` says how."""

    capacity: str
    speaks: str
    words: str
    feature: str = ""
    at_least: float = float("-inf")
    at_most: float = float("inf")
    judgement: str = ""
    grades: tuple[str, ...] = ()
    post: str = ""
    kind: str = ""
    details: tuple[str, ...] = ()
    note: tuple[str, ...] = ()
    months: float = 0.0
    least: float = 0.0


@dataclass(frozen=True)
class SupportRules:
    """Models of support and the clues for them.

    Parameters
    ----------
    labels : mapping of str to str
        What each model is called, by its name, in order.
    needs : mapping of str to mapping
        For each model, whether each of ``CAPACITIES`` is ``present`` or ``absent`` where it fits.
    clues : tuple of Clue
        What speaks for either.
    """

    labels: Mapping[str, str]
    needs: Mapping[str, Mapping[str, str]]
    clues: tuple[Clue, ...]


def read_support(path: str | Path | None = None) -> SupportRules:
    """Return the models of support: the packaged ones, or those of a file of your own instead.

    Raises
    ------
    ConfigError
        If the file cannot be read, or is not whole; all faults at once.

    Examples
    --------
    >>> list(read_support().labels.values())[1]
    'Executive partnership with a strong area'
    """
    return _packaged() if path is None else _read(Path(path))


@cache
def _packaged() -> SupportRules:
    return _read(Path(str(files("earlywarn.targeting"))) / "support.toml")


def _read(path: Path) -> SupportRules:
    said = read_library(path, what="models of support")
    models, evidence = said.get("models", {}), said.get("evidence", [])
    models = models if isinstance(models, dict) else {}
    evidence = evidence if isinstance(evidence, list) else []
    faults = [] if models else ["  [models] is missing; name at least one, such as [models.peer_support]."]
    faults += [f"  [models.{name}] {fault}" for name, model in models.items() for fault in _of_model(model)]
    faults += [
        f"  {key!r} is unknown; there are models and evidence."
        for key in said.keys() - {"models", "evidence"}
    ]
    faults += [
        f"  [[evidence]] {place}: {fault}"
        for place, clue in enumerate(evidence, start=1)
        for fault in _of_clue(clue)
    ]
    refuse_library(path, faults)
    clues = tuple(_clue(clue) for clue in evidence)
    return SupportRules(
        labels={name: model["label"] for name, model in models.items()},
        needs={name: dict(model["needs"]) for name, model in models.items()},
        clues=clues,
    )


def _clue(said: Mapping[str, Any]) -> Clue:
    given: dict[str, Any] = {key: tuple(value) if key in LISTS else value for key, value in said.items()}
    return Clue(**given)


def _of_model(model: Any) -> list[str]:
    if not isinstance(model, dict):
        return ["is not a table."]
    found = [] if isinstance(model.get("label"), str) and model["label"] else ["label is missing."]
    needs = model.get("needs")
    whole = isinstance(needs, dict) and set(needs) == set(CAPACITIES) and set(needs.values()) <= set(SIDES)
    wanted = "{ leadership = ..., commitment = ... }, each present or absent"
    return [*found, *([] if whole else [f"needs wants {wanted}, not {needs!r}."])]


def _of_clue(clue: Any) -> list[str]:
    """Return what is wrong with one piece of evidence."""
    if not isinstance(clue, dict):
        return ["is not a table."]
    known = [field.name for field in fields(Clue)]
    found = [f"unknown key {key!r}; the keys are {', '.join(known)}." for key in clue if key not in known]
    ways = [way for way in WAYS if clue.get(way)]
    if len(ways) != 1:
        found.append(f"wants one of {', '.join(WAYS)}, not {len(ways)}.")
    allowed = {
        "capacity": tuple(CAPACITIES),
        "speaks": SIDES,
        "post": ("", *ROLES),
        "judgement": ("", "overall", *SUB_JUDGEMENTS),
    }
    for key, choices in allowed.items():
        if clue.get(key, "") not in choices:
            shown = [choice for choice in choices if choice]
            found.append(f"{key} wants one of {name_a_few(shown, shown=len(shown))}, not {clue.get(key)!r}.")
    found += [f"{key} wants text in quotes." for key in ("words", "feature", "kind") if not _text(clue, key)]
    found += [f"{key} wants a list of words in quotes." for key in LISTS if not _words(clue.get(key, []))]
    found += [f"{key} wants a number." for key in NUMBERS if not _number(clue.get(key, 0))]
    if ways in (["post"], ["kind"]) and not clue.get("months"):
        found.append("months is missing: how old the news may be.")
    if not clue.get("words"):
        found.append("words are missing.")
    if _words(clue.get("grades", [])) and not set(clue.get("grades", [])) <= set(GRADES):
        found.append(f"grades wants any of {name_a_few(GRADES)}.")
    return found


def _text(clue: Mapping[str, object], key: str) -> bool:
    return isinstance(clue.get(key, ""), str)


def _words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) and word for word in value)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
