"""Say in words what is wrong with a file of rules, and lay what-if changes over it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

__all__ = ["laid_over", "rule_faults"]


def laid_over(said: Mapping[str, Any], changes: Mapping[str, object]) -> tuple[dict[str, Any], list[str]]:
    """Lay dotted changes over nested rules.

    Parameters
    ----------
    said : mapping
        As a TOML file holds them; not changed.
    changes : mapping of str to object
        Values by dotted key; ``None`` takes the key out.

    Returns
    -------
    rules : dict
        With the changes.
    faults : list of str
        Keys that name no rule within a section.

    Examples
    --------
    >>> laid_over({"due": {"every_months": 24}}, {"due.every_months": 30, "due.no_record": "now"})
    ({'due': {'every_months': 30, 'no_record': 'now'}}, [])
    """
    rules: dict[str, Any] = {key: _copied(value) for key, value in said.items()}
    faults = []
    for key, value in changes.items():
        *path, last = key.split(".")
        if not path or not all(path) or not last:
            faults.append(
                f"{key!r} (what-if): this names no rule; write section and key with a dot between, such as "
                "due.every_months."
            )
            continue
        table: Any = rules
        for part in path:
            table = table.setdefault(part, {}) if isinstance(table, dict) else None
        if not isinstance(table, dict):
            continue  # the file has something else where a table belongs, which is a fault of its own
        if value is None:
            table.pop(last, None)
        else:
            table[last] = value
    return rules, faults


def rule_faults(error: ValidationError, rules: type[BaseModel], *, changed: Iterable[str]) -> list[str]:
    """Word every fault: the section and key, what was found, what is wanted, and what may be meant.

    Parameters
    ----------
    error : ValidationError
        Of the rules.
    rules : type of BaseModel
        Their sections.
    changed : iterable of str
        Dotted keys that a what-if gave; they are named as such.
    """
    given = set(changed)
    faults = error.errors()
    inner = {fault["loc"][:length] for fault in faults for length in range(1, len(fault["loc"]))}
    # a list whose words are refused counts as too short as well, which says nothing new
    return [_in_words(fault, rules, given) for fault in faults if fault["loc"] not in inner]


def _in_words(fault: Any, rules: type[BaseModel], given: set[str]) -> str:
    place = [str(part) for part in fault["loc"]]
    section, model = _section(place, rules)
    depth = len(section)
    found = _shown(fault["input"])
    if depth == 0:
        word = place[0]
        if isinstance(fault["input"], dict):
            return f"[{word}] is not known. {_near(word, rules.model_fields)}"
        hint = _home(word, rules) or _near(word, rules.model_fields)
        return f"{word}: this key stands outside any section. {hint}"
    head = f"[{'.'.join(section)}]"
    if len(place) == depth:
        return f"{head}: {found} will not do; it wants a table of settings, headed {head}."
    key = place[depth]
    dotted = ".".join([*section, key])
    asked = " (what-if)" if any(name == dotted or name.startswith(f"{dotted}.") for name in given) else ""
    if fault["type"] == "extra_forbidden":
        hint = _home(key, rules) or _near(key, model.model_fields)
        return f"{head} {key}{asked}: this key is not known. {hint}"
    wanted = model.model_fields[key].description
    inner = [part for part in place[depth + 1 :] if not part.isdigit()]
    named = f" for {inner[0]!r}" if inner and inner[0] != "[key]" else ""
    return f"{head} {key}{asked}: {found}{named} will not do; it wants {wanted}."


def _section(place: list[str], rules: type[BaseModel]) -> tuple[list[str], type[BaseModel]]:
    """Return the tables that lead to a key, and the innermost of them."""
    path: list[str] = []
    model = rules
    for part in place:
        field = model.model_fields.get(part)
        kind = field.annotation if field else None
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            break
        path.append(part)
        model = kind
    return path, model


def _sections(model: type[BaseModel], path: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Return the keys of every section, by its dotted name."""
    found: dict[str, list[str]] = {}
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            inner = (*path, name)
            found[".".join(inner)] = list(kind.model_fields)
            found |= _sections(kind, inner)
    return found


def _home(word: str, rules: type[BaseModel]) -> str:
    homes = [section for section, keys in _sections(rules).items() if word in keys]
    return f"It belongs under [{homes[0]}]." if homes else ""


def _near(word: str, known: Iterable[str]) -> str:
    choices = list(known)
    near = get_close_matches(word, choices, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(map(repr, choices))}."


def _copied(value: Any) -> Any:
    return {key: _copied(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def _shown(found: object) -> str:
    """Write a value as TOML would."""
    if isinstance(found, dt.date):
        return found.isoformat()
    if isinstance(found, bool):
        return str(found).lower()
    return repr(list(found)) if isinstance(found, tuple) else repr(found)
