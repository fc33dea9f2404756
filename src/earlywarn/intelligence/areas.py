"""Find areas by code or by name, as people write them."""

from collections.abc import Iterator
from difflib import get_close_matches

import pandas as pd

from earlywarn.errors import name_a_few

__all__ = ["area_codes", "area_hint"]


def area_codes(texts: pd.Series, areas: pd.DataFrame) -> pd.Series:
    """Return the code of each area that people wrote: its code, a former code or its name.

    Parameters
    ----------
    texts : Series of str, shape (rows,)
        As written.
    areas : DataFrame
        The table ``areas``.

    Returns
    -------
    Series of str, shape (rows,)
        Empty where no area, or more than one that exists today, is called so.

    Examples
    --------
    >>> areas = pd.DataFrame({"area_code": ["E1"], "name": ["Northshire"], "former_codes": ["E9"],
    ...                       "active_to": pd.to_datetime([None])})
    >>> area_codes(pd.Series(["northshire", "E9", "E1", "Southshire", ""]), areas).tolist()
    ['E1', 'E1', 'E1', '', '']
    """
    meant: dict[str, set[str]] = {}
    standing = areas["active_to"].isna()
    for some in (areas[~standing], areas[standing]):  # a name passes to the area that exists today
        named: dict[str, set[str]] = {}
        for name, code in zip(some["name"].tolist(), some["area_code"].tolist(), strict=True):
            named.setdefault(name.casefold(), set()).add(code)
        meant |= named
    for former, code in _former(areas):
        meant[former.casefold()] = {code}
    meant |= {code.casefold(): {code} for code in areas["area_code"].tolist()}
    found = {text: meant.get(text.casefold(), set()) for text in texts.unique()}
    return texts.map({text: next(iter(codes)) if len(codes) == 1 else "" for text, codes in found.items()})


def _former(areas: pd.DataFrame) -> Iterator[tuple[str, str]]:
    for listed, code in zip(areas["former_codes"].tolist(), areas["area_code"].tolist(), strict=True):
        for former in listed.split(";"):
            if former.strip():
                yield former.strip(), code


def area_hint(text: str, areas: pd.DataFrame) -> str:
    """Say what to write instead of an area that is not known.

    Examples
    --------
    >>> areas = pd.DataFrame({"area_code": ["E1", "E2"], "name": ["Northshire", "Southshire"]})
    >>> area_hint("Northshir", areas)
    "write 'Northshire', if that is meant"
    >>> area_hint("?", areas)
    "write one of the 2 areas, such as 'Northshire', 'Southshire'"
    """
    names = areas["name"].tolist()
    near = get_close_matches(text, names, n=1, cutoff=0.75)
    if near:
        return f"write {near[0]!r}, if that is meant"
    return f"write one of the {len(names):,} areas, such as {name_a_few(names[:2])}"
