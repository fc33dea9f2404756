"""Names of files that a person can read, made from names that are data."""

import re
import unicodedata
from collections.abc import Mapping

__all__ = ["file_stem", "file_stems"]

LONGEST = 80  # letters: room for a folder and an ending in what Windows can open
RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)  # devices, on Windows


def file_stem(name: str, code: str) -> str:
    """Return a name for an area's files, without the ending.

    Letters lose their accents and all that is neither letter nor digit becomes a hyphen, so the name means
    the same on every system, and no name can lead to another folder.

    Parameters
    ----------
    name, code : str
        Of the area; the code stands in where nothing is left of the name.

    Examples
    --------
    >>> file_stem("Bath and North East Somerset", "E06000022")
    'Bath-and-North-East-Somerset'
    >>> file_stem("../Ynys Môn", "W06000001"), file_stem("???", "E1"), file_stem("Con", "E2")
    ('Ynys-Mon', 'E1', 'Con-E2')
    """
    stem, mark = readable(name)[:LONGEST].rstrip("-"), readable(code)
    if not stem:
        return mark or "area"
    return f"{stem}-{mark}" if RESERVED.match(stem) else stem


def file_stems(names: Mapping[str, str]) -> dict[str, str]:
    """Return a stem for each area code, no two the same, even where capitals do not count.

    Parameters
    ----------
    names : mapping of str to str
        The name of each area code. Names that would share a file all get their code.

    Examples
    --------
    >>> file_stems({"X1": "St Ives", "X2": "st. ives", "X3": "Bury"})
    {'X1': 'St-Ives-X1', 'X2': 'st-ives-X2', 'X3': 'Bury'}
    """
    stems = {code: file_stem(name, code) for code, name in names.items()}
    counts: dict[str, int] = {}
    for stem in stems.values():
        counts[stem.casefold()] = counts.get(stem.casefold(), 0) + 1
    made: dict[str, str] = {}
    taken = {stem.casefold() for stem in stems.values() if counts[stem.casefold()] == 1}
    for code, stem in stems.items():
        chosen = stem
        if counts[stem.casefold()] > 1:
            wanted = f"{stem}-{readable(code)}"
            chosen, number = wanted, 2
            while chosen.casefold() in taken:
                chosen, number = f"{wanted}-{number}", number + 1
            taken.add(chosen.casefold())
        made[code] = chosen
    return made


def readable(text: str) -> str:
    """Return the plain letters and digits of a text, words joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")
