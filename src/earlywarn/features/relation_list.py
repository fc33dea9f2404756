"""The relations between indicators that are looked at: data, so that a researcher can add one in a file."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Any

from earlywarn.errors import name_a_few
from earlywarn.schema import ENABLERS
from earlywarn.sources.libraries import read_library, refuse_library

__all__ = ["APART", "CHECK", "CONVERSION", "PAIR", "Relation", "read_relations", "usable"]

PAIR, APART, CONVERSION, CHECK = "pair", "apart", "conversion", "check"

ALWAYS = ("kind", "label", "theme", "words")
WANTED = {  # keys that a kind must have besides
    PAIR: ("of", "given"),
    APART: ("rises", "falls"),
    CONVERSION: ("earlier",),
    CHECK: ("numerator",),
}
ALLOWED = {  # keys that it may have
    PAIR: (),
    APART: ("years",),
    CONVERSION: ("later", "share", "base", "part"),
    CHECK: ("denominator", "equals", "at_most", "multiplier", "tolerance", "since"),
}
EITHER = {CONVERSION: ("later", "share"), CHECK: ("equals", "at_most")}  # exactly one of the two
PLACES = {  # what may stand in braces in the words
    PAIR: {"value", "given", "side", "range"},
    APART: {"rise", "fall"},
    CONVERSION: {"value", "interval", "side", "range"},
    CHECK: {"implied", "printed"},
}
LONGEST = 10  # years over which figures may move apart


@dataclass(frozen=True)
class Relation:
    """One relation between indicators.

    Parameters
    ----------
    name : str
        Lower-case letters, digits and single underscores.
    kind : {"pair", "apart", "conversion", "check"}
        What is looked at; the other parameters are those of a kind.
    label : str
        What people call it.
    theme : str
        One of the seven enablers.
    words : str
        A sentence with places in braces.
    of, given : str
        Of a pair: the indicator looked at, and the one that it is read against.
    rises, falls : str
        Of figures that move apart: the indicator that goes up, and the one that goes down.
    years : int
        Over how long they move.
    later, share, earlier, base : str
        Of a conversion: the later and the earlier step, as rates per 10,000 of the number in ``base`` or,
        where that is empty, as counts; or the later step as a share of the earlier, in percent.
    part : bool
        Whether each of the later is one of the earlier.
    numerator, denominator : tuple of str
        Of a check: indicators that are added up.
    equals, at_most : str or float or None
        The indicator or number that they have to equal, or may not exceed; one of the two is None.
    multiplier, tolerance : float
        What the ratio is per, and a further difference that is let pass.
    since : date or None
        The first end of a period that is checked.
    """

    name: str
    kind: str
    label: str
    theme: str
    words: str
    of: str = ""
    given: str = ""
    rises: str = ""
    falls: str = ""
    years: int = 3
    later: str = ""
    share: str = ""
    earlier: str = ""
    base: str = ""
    part: bool = False
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    equals: str | float | None = None
    at_most: str | float | None = None
    multiplier: float = 1.0
    tolerance: float = 0.0
    since: dt.date | None = None

    @property
    def together(self) -> tuple[str, str]:
        """The two indicators that are read together, the one that is looked at first; empty for a check."""
        return {
            PAIR: (self.of, self.given),
            APART: (self.rises, self.falls),
            CONVERSION: (self.share or self.later, self.earlier),
        }.get(self.kind, ("", ""))

    @property
    def bound(self) -> str | float:
        """What a check compares with: an indicator or a number."""
        bound = self.at_most if self.equals is None else self.equals
        return 0.0 if bound is None else bound

    @property
    def indicators(self) -> tuple[str, ...]:
        """Every indicator that it reads, once, the one that is looked at first."""
        bound = (self.bound,) if isinstance(self.bound, str) else ()
        alone = (self.of, self.given, self.rises, self.falls, self.share, self.later, self.earlier, self.base)
        named = (*bound, *alone, *self.numerator, *self.denominator)
        return tuple(dict.fromkeys(name for name in named if name))


def read_relations(path: str | Path | None = None) -> dict[str, Relation]:
    """Return the relations that are looked at, by name: the packaged ones, then your own.

    Parameters
    ----------
    path : path, optional
        A TOML file with further relations, each a table such as ``[agency_given_sickness]``. A packaged name
        is replaced.

    Raises
    ------
    ConfigError
        If the file cannot be read, or a relation in it is not whole; all faults at once.

    Examples
    --------
    >>> read_relations()["agency_given_vacancies"].indicators
    ('agency_rate', 'vacancy_rate')
    """
    relations = dict(_packaged())
    if path is not None:
        relations |= _read(Path(path))
    return relations


def usable(
    relations: Iterable[Relation], indicators: Iterable[object]
) -> tuple[tuple[Relation, ...], dict[str, tuple[str, ...]]]:
    """Part the relations into those that the data can serve and those passed over.

    Parameters
    ----------
    relations : iterable of Relation
        Such as the values of ``read_relations()``.
    indicators : iterable of str
        Those that the data have.

    Returns
    -------
    tuple of Relation
        In their order.
    dict of str to tuple of str
        The relations passed over, by name, with the indicators that each lacks.

    Examples
    --------
    >>> pair = read_relations()["agency_given_vacancies"]
    >>> usable([pair], ["agency_rate"])
    ((), {'agency_given_vacancies': ('vacancy_rate',)})
    """
    there = set(indicators)
    listed = tuple(relations)
    lacking = {
        relation.name: tuple(name for name in relation.indicators if name not in there) for relation in listed
    }
    served = tuple(relation for relation in listed if not lacking[relation.name])
    return served, {name: missing for name, missing in lacking.items() if missing}


@cache
def _packaged() -> dict[str, Relation]:
    return _read(Path(str(files("earlywarn.features"))) / "relations.toml")


def _read(path: Path) -> dict[str, Relation]:
    said = read_library(path, what="relations", encoding="utf-8-sig")
    faults = [f"  [{name}] {fault}" for name, entry in said.items() for fault in _faults(name, entry)]
    refuse_library(path, faults)
    return {name: _relation(name, entry) for name, entry in said.items()}


def _relation(name: str, entry: Mapping[str, Any]) -> Relation:
    listed = {key: tuple(entry[key]) for key in ("numerator", "denominator") if key in entry}
    numbers = {key: float(entry[key]) for key in ("multiplier", "tolerance") if key in entry}
    return Relation(name=name, **{**entry, **listed, **numbers})


def _faults(name: str, entry: Any) -> Iterator[str]:
    """Yield what is wrong with one relation, in words that follow its name."""
    if not isinstance(entry, dict):
        yield f"is not a table; begin it with the line [{name}]."
        return
    if not (name.isascii() and name.isidentifier() and name == name.lower() and "__" not in name):
        yield "is not a name: write lower-case letters, digits and single underscores."
    kind = entry.get("kind")
    if kind not in tuple(WANTED):
        yield f"kind wants one of {name_a_few(WANTED)}, not {kind!r}."
        return
    keys = (*ALWAYS, *WANTED[kind], *ALLOWED[kind])
    for key, value in entry.items():
        if key not in keys:
            near = get_close_matches(key, keys, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"The keys of a {kind} are {', '.join(keys)}."
            yield f"has an unknown key {key!r}. {hint}"
        elif fault := _fault(key, value):
            yield fault
    missing = [key for key in (*ALWAYS, *WANTED[kind]) if entry.get(key) in (None, "", [])]
    yield from (f"{key} is missing." for key in missing)
    if kind in EITHER and sum(key in entry for key in EITHER[kind]) != 1:
        yield f"wants one of {' and '.join(EITHER[kind])}, and not both."
    yield from _places(kind, entry.get("words"))
    yield from _sums(entry)


def _fault(key: str, value: object) -> str:
    """Return what is wrong with the type or range of a value; empty where all is well."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    wanted = {
        "theme": (value in ENABLERS, f"one of {name_a_few(ENABLERS, shown=len(ENABLERS))}"),
        "part": (isinstance(value, bool), "true or false"),
        "years": (type(value) is int and 1 <= value <= LONGEST, f"a whole number from 1 to {LONGEST}"),
        "multiplier": (number and value > 0, "a number above 0"),  # type: ignore[operator]
        "tolerance": (number and value >= 0, "a number of nought or more"),  # type: ignore[operator]
        "since": (type(value) is dt.date, "a date such as 2019-03-31, without quotes"),
        "equals": (number or (isinstance(value, str) and value), "an indicator in quotes, or a number"),
        "at_most": (number or (isinstance(value, str) and value), "an indicator in quotes, or a number"),
        "numerator": (_names(value), "a list of different indicators in quotes"),
        "denominator": (_names(value), "a list of different indicators in quotes"),
    }
    right, what = wanted.get(key, (isinstance(value, str), "text in quotes"))
    return "" if right else f"{key} wants {what}, not {value!r}."


def _names(value: object) -> bool:
    whole = isinstance(value, list) and all(isinstance(word, str) and word for word in value)
    return whole and len(set(value)) == len(value)  # type: ignore[arg-type, call-overload]


def _places(kind: str, words: object) -> Iterator[str]:
    """Yield what stands in braces in the words and may not."""
    if not isinstance(words, str):
        return
    try:
        named = {field for _, field, _, _ in Formatter().parse(words) if field is not None}
    except ValueError as error:
        yield f"words have a brace that does not match: {error}."
        return
    if strange := sorted(named - PLACES[kind]):
        yield f"words know {name_a_few(sorted(PLACES[kind]))} in braces, not {name_a_few(strange)}."


def _sums(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the sums of a check."""
    above, below = entry.get("numerator"), entry.get("denominator", [])
    if not (above and _names(above) and _names(below)):
        return
    shared = set(above) & set(below)
    if shared and (shared != set(above) or shared == set(below)):
        yield (
            "a numerator stands in the denominator as a whole, with something else beside it, or not at all; "
            f"{name_a_few(sorted(shared))} does otherwise."
        )
