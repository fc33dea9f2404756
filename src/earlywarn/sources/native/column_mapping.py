"""A small TOML in which a user says what the columns of a published file are."""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from earlywarn.errors import DataError, Fault

__all__ = ["read_mapping"]


def read_mapping(
    mapping: str | Path | Mapping[str, Any] | None, keys: Collection[str], per_indicator: Collection[str]
) -> dict[str, Any]:
    """Read a mapping, or say everything that is wrong with it.

    Parameters
    ----------
    mapping : path, mapping or None
        A TOML file, or what one would hold; None says nothing.
    keys : collection of str
        What may stand in it. Of these ``where`` and ``indicators`` are tables, any other is a text.
    per_indicator : collection of str
        What may be said of one column in ``indicators``, each a text.

    Returns
    -------
    dict
        With every one of the keys; empty where nothing is said.

    Raises
    ------
    DataError
        If it cannot be read, or says something that no mapping says; all faults in one.

    Examples
    --------
    >>> read_mapping({"source": "Our own count"}, {"where", "source"}, ())
    {'source': 'Our own count', 'where': {}}
    """
    file = Path(mapping).name if isinstance(mapping, str | Path) else "the mapping"
    said: Mapping[str, Any] = {}
    if isinstance(mapping, Mapping):
        said = mapping
    elif mapping is not None:
        try:
            said = tomllib.loads(Path(mapping).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
            fault = Fault(file, None, None, None, f"cannot be read ({wrong})", "name a mapping in TOML")
            raise DataError([fault], where=file) from None
    tables = {"where", "indicators"}
    read = {key: said.get(key, {} if key in tables else "") for key in sorted(keys)}
    remedy = f"write {', '.join(sorted(keys))}"
    faults = [
        Fault(file, None, key, None, "is no part of a mapping", remedy) for key in said if key not in keys
    ]
    for key, value in read.items():
        wanted: type = dict if key in tables else str
        if not isinstance(value, wanted):
            faults.append(Fault(file, None, key, value, "is not what was expected", _shape(key)))
            read[key] = wanted()
    for column, entry in read.get("indicators", {}).items():
        if not isinstance(entry, Mapping):
            faults.append(Fault(file, None, column, entry, "is not what was expected", _shape("indicators")))
            continue
        remedy = f"write any of {', '.join(sorted(per_indicator))}"
        faults += [
            Fault(file, None, f"{column}.{key}", None, "is nothing that is said of an indicator", remedy)
            for key in entry
            if key not in per_indicator
        ]
    if faults:
        raise DataError(faults, where=file)
    return read


def _shape(key: str) -> str:
    if key == "indicators":
        return '[indicators.COLUMN] and below it lines such as indicator = "cin_rate"'
    return '[where] and below it lines such as category = "Total"' if key == "where" else "write a text"
