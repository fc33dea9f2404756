"""Public names that are loaded from their homes only when they are asked for, so that imports stay quick."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

__all__ = ["fetcher"]


def fetcher(package: str, homes: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package whose public names live elsewhere.

    Parameters
    ----------
    package : str
        The package's name, for the message.
    homes : mapping of str to sequence of str
        Modules, and the names that each defines. A module may not be called as a name that it defines: once
        imported it would stand in that name's place.

    Raises
    ------
    AttributeError
        By the function returned, for a name that has no home.

    Examples
    --------
    >>> fetch = fetcher("shapes", {"math": ["pi"]})
    >>> round(fetch("pi"), 2)
    3.14
    >>> fetch("phi")
    Traceback (most recent call last):
    ...
    AttributeError: module 'shapes' has no attribute 'phi'
    """
    home = {name: module for module, names in homes.items() for name in names}

    def fetch(name: str) -> Any:
        if name not in home:
            message = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(message)
        return getattr(importlib.import_module(home[name]), name)

    return fetch
