"""The layouts of published files that can be read, each with its reader and the options that it takes."""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from earlywarn.errors import ConfigError, DataError, Fault
from earlywarn.sources.native.imported import Imported

__all__ = ["FILE_OPTIONS", "KINDS", "Kind", "read_published"]

FILE_OPTIONS = ("dictionary", "metadata", "mapping", "areas", "calendar")  # those that name a file


@dataclass(frozen=True)
class Kind:
    """A layout of published files.

    Attributes
    ----------
    about : str
        What the files are.
    module, reader : str
        Where its reader is, in this package.
    takes : tuple of str
        The options that it takes.
    several : bool
        Whether it reads several files at once.
    needs : tuple of str
        The options that it cannot do without.
    """

    about: str
    module: str
    reader: str
    takes: tuple[str, ...]
    several: bool = False
    needs: tuple[str, ...] = ()


KINDS = {
    "lait": Kind(
        "the long table of the Local Authority Interactive Tool",
        "lait",
        "read_lait",
        ("dictionary", "areas", "calendar", "year_types"),
    ),
    "ees": Kind(
        "a data file of explore-education-statistics",
        "ees",
        "read_ees",
        ("metadata", "mapping", "where", "areas", "calendar", "year_types"),
    ),
    "ofsted": Kind(
        "Ofsted's workbooks of local authority inspection outcomes",
        "ofsted",
        "read_ofsted",
        ("areas",),
        several=True,
    ),
    "ombudsman": Kind(
        "the Ombudsman's yearly workbooks of complaints and decisions",
        "ombudsman",
        "read_ombudsman",
        ("year", "areas", "calendar"),
        several=True,
    ),
    "neighbours": Kind(
        "workbooks of statistical neighbours",
        "statistical_neighbours",
        "read_neighbours",
        ("model", "known_on", "areas"),
        several=True,
    ),
    "wide": Kind(
        "spreadsheets with one column per period",
        "wide",
        "read_wide",
        ("mapping", "areas", "calendar"),
        several=True,
        needs=("mapping",),
    ),
}


def read_published(kind: str, files: Sequence[str | Path], **options: Any) -> Imported:
    """Read published files of one kind.

    Parameters
    ----------
    kind : str
        A key of ``KINDS``.
    files : sequence of paths
        One, or several where the kind reads several at once.
    **options
        Those that the kind takes, for its reader.

    Raises
    ------
    ConfigError
        If there is no such kind, it reads one file at a time, it takes no such option or needs another.
    DataError
        If a file is not there, or the reader refuses it.

    Examples
    --------
    >>> read_published("lait", ["bds_long.csv"], model="2025")
    Traceback (most recent call last):
    ...
    earlywarn.errors.ConfigError: The kind lait takes no 'model', but dictionary, areas, calendar, year_types.
    'model' is for: neighbours.
    """
    sources = [Path(file) for file in files]
    layout = _layout(kind, sources, options)
    reader = getattr(importlib.import_module(f"earlywarn.sources.native.{layout.module}"), layout.reader)
    read: Imported = reader(*sources, **options)
    return read


def _layout(kind: str, sources: Sequence[Path], given: Mapping[str, Any]) -> Kind:
    """Return the kind that is asked for, or say what is wrong with the question."""
    if kind not in KINDS:
        listed = ", ".join(f"{name} ({layout.about})" for name, layout in KINDS.items())
        message = f"There is no kind {kind!r} of published file. Name one of: {listed}."
        raise ConfigError(message)
    layout = KINDS[kind]
    if not sources or (len(sources) > 1 and not layout.several):
        message = (
            f"The kind {kind} reads one file at a time, and {len(sources)} are named. Import them one by one."
        )
        raise ConfigError(message)
    strange = [name for name in given if name not in layout.takes]
    if strange:
        takers = ", ".join(name for name, other in KINDS.items() if strange[0] in other.takes) or "no kind"
        message = (
            f"The kind {kind} takes no {strange[0]!r}, but {', '.join(layout.takes)}. "
            f"{strange[0]!r} is for: {takers}."
        )
        raise ConfigError(message)
    lacking = [name for name in layout.needs if name not in given]
    if lacking:
        message = f"The kind {kind} needs {lacking[0]!r}: give it with --{lacking[0]} FILE."
        raise ConfigError(message)
    named = (given[name] for name in FILE_OPTIONS if name in given)
    faults = [
        Fault(str(path), None, None, None, _not_a_file(path), "name a file that is there")
        for path in [*sources, *(Path(file) for file in named if not isinstance(file, Mapping))]
        if not path.is_file()
    ]
    if faults:
        raise DataError(faults, where=kind)
    return layout


def _not_a_file(path: Path) -> str:
    return "is a folder" if path.is_dir() else "is not there"
