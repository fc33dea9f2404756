"""TOML files that people may lay over a packaged one: opened, and refused, in the same words everywhere."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from earlywarn.errors import ConfigError

__all__ = ["read_library", "refuse_library"]


def read_library(
    path: Path, *, what: str, remedy: str = "Name a TOML file.", encoding: str = "utf-8"
) -> dict[str, Any]:
    """Return what a TOML file says, not yet checked.

    Parameters
    ----------
    path : Path
        The file.
    what : str
        What it holds, such as "kinds", for messages.
    remedy : str
        What to do where it cannot be opened.
    encoding : str
        Of the file; "utf-8-sig" passes over a byte-order mark.

    Raises
    ------
    ConfigError
        If it cannot be opened, or is not TOML.

    Examples
    --------
    >>> read_library(Path("nowhere.toml"), what="kinds")
    Traceback (most recent call last):
    ...
    earlywarn.errors.ConfigError: The kinds of nowhere.toml cannot be read: No such file or directory. Name a
    TOML file.
    """
    try:
        return tomllib.loads(path.read_bytes().decode(encoding))
    except OSError as error:
        message = f"The {what} of {path} cannot be read: {error.strerror}. {remedy}"
        raise ConfigError(message) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"The {what} of {path} are not TOML: {error}."
        raise ConfigError(message) from error


def refuse_library(path: Path, faults: Sequence[str]) -> None:
    """Refuse a file that has faults, with all of them; without any, do nothing.

    Raises
    ------
    ConfigError
        If there are faults, each a line of the message.
    """
    if faults:
        message = f"{path}: {len(faults)} to mend.\n" + "\n".join(faults)
        raise ConfigError(message)
