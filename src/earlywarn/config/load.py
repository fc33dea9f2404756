"""Read one TOML file, lay overrides over it, and say every fault in words."""

import datetime as dt
import difflib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from earlywarn.config.settings import (
    AUDIENCES,
    EVIDENCE_SETS,
    MODELS,
    PACKAGED_SAMPLES,
    TARGETS,
    Config,
    OutputSettings,
    Section,
)
from earlywarn.errors import ConfigError
from earlywarn.sources.samples import sample_folder

__all__ = ["did_you_mean", "load_config", "starter_text"]

OPTIONS = {  # the settings that can be given beside the file, and their names on the command line
    ("data", "folder"): "--data",
    ("question", "as_of"): "--as-of",
    ("question", "horizon_months"): "--horizon",
    ("question", "target"): "--target",
    ("intelligence", "log"): "--log",
    ("intelligence", "audience"): "--audience",
    ("output", "folder"): "--out",
    ("backtest", "compare"): "--compare",
}
LIKENESS = 0.6  # of difflib, from 0 to 1: below it a suggestion puzzles more than it helps


def load_config(
    source: Config | str | Path | None = None,
    *,
    data: str | Path | None = None,
    sample: str | None = None,
    as_of: object = None,
    horizon: int | None = None,
    target: str | None = None,
    audience: str | None = None,
    log: str | Path | None = None,
    out: str | Path | None = None,
    compare: Sequence[str] | None = None,
) -> Config:
    """Read a TOML file, lay the overrides over it and check the whole.

    Paths in the file are relative to the file; paths given here, to the working directory.

    Parameters
    ----------
    source : Config or path, optional
        The file; a `Config` is taken as it is; without one, the defaults.
    data : path, optional
        Data folder, instead of ``data.folder``; ``"england"`` and ``"synthetic"`` are packaged samples.
        Another folder is another name, unless the file sets one.
    sample : str, optional
        A packaged sample by its name, with the settings that lie beside it; those of a file win.
    as_of : date or str, optional
        Instead of ``question.as_of``, for example ``"2024-07-01"``.
    horizon : int, optional
        Months, instead of ``question.horizon_months``.
    target : str, optional
        Instead of ``question.target``.
    audience : str, optional
        Instead of ``intelligence.audience``.
    log : path or str, optional
        A file or a database address, instead of ``intelligence.log``.
    out : path, optional
        Run folder, instead of ``output.folder``.
    compare : sequence of str, or str, optional
        Sets of evidence, instead of ``backtest.compare``; a text names them with commas between.

    Raises
    ------
    ConfigError
        With every fault of the file and of the overrides in one message.

    Examples
    --------
    >>> load_config(as_of="2024-07-01", horizon=6).output_folder.name
    'england-2024-07-01'
    >>> load_config(target="declines", horizon=40)
    Traceback (most recent call last):
    ...
    earlywarn.errors.ConfigError: The configuration has 2 faults; nothing was done.
      [question] horizon_months (--horizon): 40 will not do; it wants a whole number of months from 1 to 36.
      [question] target (--target): 'declines' will not do; it wants one of 'adverse', 'decline', 'serious'.
      Did you mean 'decline'?
    """
    file = None if source is None or isinstance(source, Config) else Path(source)
    settings: dict[str, Any] = source.model_dump() if isinstance(source, Config) else {}
    if sample is not None:
        _check_sample(sample, data)
        settings = settings or _beside(sample)
        data = sample
    if file is not None:
        settings = _laid_over(settings, _anchored(_read(file), home=file.absolute().parent))
    asked = {
        ("data", "folder"): _absolute(str(data), Path.cwd()) if data is not None else None,
        ("question", "as_of"): _plain_date(as_of),
        ("question", "horizon_months"): horizon,
        ("question", "target"): target,
        ("intelligence", "audience"): audience,
        ("intelligence", "log"): _located(str(log), Path.cwd()) if log is not None else None,
        ("output", "folder"): _absolute(str(out), Path.cwd()) if out is not None else None,
        ("backtest", "compare"): _listed(compare),
    }
    given = {place: value for place, value in asked.items() if value is not None}
    for (section, key), value in given.items():
        if isinstance(settings.setdefault(section, {}), dict):  # else it is a fault, reported below
            settings[section][key] = value
    try:
        return Config.model_validate(settings)
    except ValidationError as error:
        faults = [f"  {_in_words(fault, given)}" for fault in error.errors()]
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    raise ConfigError("\n".join([f"{file or 'The configuration'} has {count}; nothing was done.", *faults]))


def starter_text() -> str:
    """Return the commented configuration that ``earlywarn init`` writes.

    Examples
    --------
    >>> tomllib.loads(starter_text())["question"]["horizon_months"]
    12
    """
    return Path(__file__).with_name("starter.toml").read_text(encoding="utf-8")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a sentence that names the nearest known word, or else all there is to choose from.

    Examples
    --------
    >>> did_you_mean("horizon", ["as_of", "horizon_months", "target"])
    "Did you mean 'horizon_months'?"
    >>> did_you_mean("colour", ["as_of", "target"])
    "Known here: 'as_of', 'target'."
    """
    choices = list(known)
    near = difflib.get_close_matches(word, choices, n=1, cutoff=LIKENESS)
    near = near or [choice for choice in choices if word and choice.startswith(word)][:1]
    return f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(map(repr, choices))}."


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        message = f"{file}: there is no such file. Write one with `earlywarn init`, or leave it out."
    except IsADirectoryError:
        message = f"{file} is a folder, not a TOML file; to use it as data write --data {file}."
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}."
    except UnicodeDecodeError as error:
        message = f"{file} is not UTF-8 text (see byte {error.start:,}); save it as UTF-8."
    except tomllib.TOMLDecodeError as error:
        message = f'{file} is not TOML: {error}. Words and paths stand in quotes: folder = "figures".'
    raise ConfigError(message)


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Return settings in which every key of the second wins; a fault in it is kept, to be reported."""
    both = {**below, **above}
    for section in below.keys() & above.keys():
        if isinstance(above[section], dict):
            both[section] = {**below[section], **above[section]}
    return both


def _check_sample(sample: str, data: str | Path | None) -> None:
    if data is not None:
        message = "--data and --sample both say which data to read. Give one of them."
        raise ConfigError(message)
    if sample not in PACKAGED_SAMPLES:
        message = f"There is no sample {sample!r}. {did_you_mean(sample, PACKAGED_SAMPLES)}"
        raise ConfigError(message)


def _beside(sample: str) -> dict[str, Any]:
    """Return the settings that lie beside a packaged sample; its paths are relative to where we work."""
    file = sample_folder(sample) / "earlywarn.toml"
    return _read(file) if file.is_file() else {}


def _located(place: str, home: Path) -> str:
    """Make the path of a log absolute; the address of a database is left as it is."""
    return place if "://" in place else _absolute(place, home)


def _absolute(folder: str, home: Path) -> str:
    """Make a path absolute, unless it names a packaged sample or nothing at all."""
    return folder if folder in {*PACKAGED_SAMPLES, ""} else str(home / Path(folder).expanduser())


def _anchored(settings: dict[str, Any], *, home: Path) -> dict[str, Any]:
    """Read every path of the file as relative to the file, that of the default run folder included."""
    settings.setdefault("output", {})
    if isinstance(settings["output"], dict):
        settings["output"].setdefault("folder", OutputSettings().folder)
    for section in ("data", "output"):
        table = settings.get(section)
        if isinstance(table, dict) and isinstance(table.get("folder"), str):
            table["folder"] = _absolute(table["folder"], home)
    table = settings.get("intelligence")
    if isinstance(table, dict):
        for key in ("log", "kinds"):
            if isinstance(table.get(key), str):
                table[key] = _located(table[key], home)
    return settings


def _listed(names: Sequence[str] | None) -> list[str] | None:
    """Return a list of names, which on the command line is one text."""
    if names is None:
        return None
    return [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)


def _plain_date(value: object) -> object:
    """Take a Timestamp at midnight for its date."""
    midnight = isinstance(value, dt.datetime) and value.time() == dt.time() and value.tzinfo is None
    return value.date() if isinstance(value, dt.datetime) and midnight else value


def _fields(section: str) -> dict[str, Any]:
    kind = Config.model_fields[section].annotation
    return dict(kind.model_fields) if isinstance(kind, type) and issubclass(kind, Section) else {}


def _in_words(fault: Mapping[str, Any], given: Iterable[tuple[str, str]]) -> str:
    """Say one of pydantic's faults as a person would: place, what was found, what is wanted."""
    section, *rest = (str(part) for part in fault["loc"])
    found = _shown(fault["input"])
    if section not in Config.model_fields and not isinstance(fault["input"], dict):
        return f"{section}: this key stands outside any section. {_right_place(section, Config.model_fields)}"
    if section not in Config.model_fields:
        return f"[{section}] is not known. {_right_place(section, Config.model_fields)}"
    if not rest:
        return f"[{section}]: {found} will not do; it wants a table of settings, headed [{section}]."
    key = rest[0]
    if fault["type"] == "extra_forbidden":
        return f"[{section}] {key}: this key is not known. {_right_place(key, _fields(section))}"
    option = f" ({OPTIONS[section, key]})" if (section, key) in given else ""
    sentence = (
        f"[{section}] {key}{option}: {found} will not do; it wants {_fields(section)[key].description}."
    )
    if fault["type"] == "literal_error" and isinstance(fault["input"], str):
        choices = {"target": TARGETS, "audience": AUDIENCES, "compare": EVIDENCE_SETS}.get(key, MODELS)
        near = did_you_mean(fault["input"], choices)
        sentence += f" {near}" if near.startswith("Did") else ""
    return sentence


def _shown(found: object) -> str:
    """Write a value as TOML would."""
    if isinstance(found, dt.date):
        return found.isoformat()
    if isinstance(found, bool):
        return str(found).lower()
    return repr(list(found)) if isinstance(found, tuple) else repr(found)


def _right_place(word: str, known: Iterable[str]) -> str:
    """Suggest the section that has this very key, or the nearest key."""
    homes = [section for section in Config.model_fields if word in _fields(section)]
    return f"It belongs under [{homes[0]}]." if homes else did_you_mean(word, known)
