"""Find areas as a coordinator writes them: by code, by name, or as "Name (CODE)"."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

import pandas as pd

from earlywarn.errors import name_a_few

__all__ = ["AreaNames", "near_word"]


@dataclass(frozen=True)
class AreaNames:
    """The areas that a programme can name.

    Parameters
    ----------
    areas : DataFrame
        ``area_code, name``, and ``region`` where regions are to be told.

    Examples
    --------
    >>> known = AreaNames(pd.DataFrame({"area_code": ["E1", "E2"], "name": ["Northshire", "Southshire"]}))
    >>> known.code("northshire"), known.code("Southshire (E2)"), known.code("E1"), known.code("Eastshire")
    ('E1', 'E2', 'E1', '')
    >>> known.hint("Nortshire")
    "write 'Northshire', if that is meant"
    """

    areas: pd.DataFrame

    @cached_property
    def _codes(self) -> dict[str, str]:
        codes = [str(code) for code in self.areas["area_code"]]
        found: dict[str, str] = {}
        for name, code in zip(self.areas["name"].astype(str), codes, strict=True):
            key = _plain(name)
            found[key] = "" if key in found else code  # a name of two areas names neither
        return found | {_plain(code): code for code in codes}

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of each area, by code."""
        return dict(zip(self.areas["area_code"].astype(str), self.areas["name"].astype(str), strict=True))

    @cached_property
    def regions(self) -> dict[str, str]:
        """The regions as they are written in the run, by plain spelling; empty where none are known."""
        written = self.areas["region"].astype(str) if "region" in self.areas else pd.Series(dtype=object)
        return {_plain(region): region for region in sorted(set(written)) if region}

    def code(self, text: str) -> str:
        """Return the code of the area that is meant; empty where none is, or more than one."""
        key = _plain(text)
        if key in self._codes:
            return self._codes[key]
        named = re.fullmatch(r"(.*)\((.*)\)", text.strip())
        code = self._codes.get(_plain(named[2]), "") if named else ""
        return code if named and _plain(self.names.get(code, "")) == _plain(named[1]) else ""

    def ambiguous(self, text: str) -> bool:
        """Say whether more than one area has this name."""
        return [_plain(name) for name in self.names.values()].count(_plain(text)) > 1

    def hint(self, text: str) -> str:
        """Say what to write instead of an area that is not known."""
        if self.ambiguous(text):
            return "write its code"
        key = _plain(re.sub(r"\([^()]*\)\s*$", "", text)) or _plain(text)
        names = list(self.names.values())
        plain = {_plain(name): name for name in names}
        near = get_close_matches(key, plain, n=1, cutoff=0.75)
        if near:
            return f"write {plain[near[0]]!r}, if that is meant"
        return f"write one of the {len(names):,} areas of the run, such as {name_a_few(names[:2])}"

    def called(self, code: object) -> str:
        """Return an area's name, or its code where it has none."""
        return self.names.get(str(code), "") or str(code)


def near_word(text: str, known: Iterable[str]) -> str:
    """Say which known word may be meant, or else all of them.

    Examples
    --------
    >>> near_word("workfroce", ["workforce", "partners"])
    "write 'workforce', if that is meant"
    >>> near_word("?", ["add", "move"])
    "write one of 'add', 'move'"
    >>> near_word("?", ["director", "partner", "director"])  # one that is known by two names is said once
    "write one of 'director', 'partner'"
    """
    choices = list(dict.fromkeys(known))
    near = get_close_matches(text.casefold(), choices, n=1)
    if near:
        return f"write {near[0]!r}, if that is meant"
    return f"write one of {', '.join(map(repr, choices))}"


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
