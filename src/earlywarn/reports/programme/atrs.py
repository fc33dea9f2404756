"""A record of an algorithmic tool: what the run and its plan can say, and what a person has to fill in.

The fields are those of the Algorithmic Transparency Recording Standard of the United Kingdom's public sector,
tiers 1 and 2, template of version 4.0; they stand with their texts in ``atrs.toml``. Numbers come from the
run. What nobody has told the software it does not make up: such fields are marked.
"""

import html
import string
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from earlywarn.errors import ConfigError, name_a_few
from earlywarn.reports.programme.record_facts import record_facts
from earlywarn.targeting.plan import Plan
from earlywarn.targeting.scored import Scored

__all__ = ["GAP", "AtrsField", "atrs_record", "render_markdown"]

GAP = "For a person to fill:"  # how every gap begins; those who answer for the tool close it
UNKNOWN = "this, which the run does not record."
STANDARD = "Algorithmic Transparency Recording Standard, tiers 1 and 2, after the template of version 4.0"
INTRODUCTION = f"""\
{STANDARD}. What the software could fill in stands below; whatever begins with "{GAP}" waits for somebody
who knows. Read all of it before it is published, and hold it against the template in force."""


class AtrsField(NamedTuple):
    """One field of a record.

    Parameters
    ----------
    section, field : str
        Where it stands, and its number and name.
    text : str
        Paragraphs apart by an empty line; a gap begins with ``GAP`` and is the last paragraph.
    filled_by : str
        ``the run``, ``the software`` and ``its owner``, joined by ``and``, with ``; a person has to complete
        it`` where there is a gap; ``nobody yet`` where there is nothing else.
    """

    section: str
    field: str
    text: str
    filled_by: str


def atrs_record(plan: Plan, scored: Scored, card: Mapping[str, str] | None = None) -> list[AtrsField]:
    """Fill a transparency record from a plan and its run.

    Parameters
    ----------
    plan : Plan
        The programme.
    scored : Scored
        The run that it was made from.
    card : mapping of str to str, optional
        What the tool's owner has filled in, by number of the field, such as
        ``{"1.4": "early.help@example.org"}``; it closes the gap of that field.

    Returns
    -------
    list of AtrsField
        All fields, in the order of the template. Names and sources in them are data, not yet escaped.

    Raises
    ------
    ConfigError
        If a number is none of the template's.
    """
    answers = dict(card or {})
    known = {spec["number"] for spec in _specs()}
    if unknown := [number for number in answers if number not in known]:
        message = (
            f"The record has no field {name_a_few(unknown)}. Its fields are numbered "
            f"{', '.join(spec['number'] for spec in _specs())}."
        )
        raise ConfigError(message)
    facts = record_facts(plan, scored)
    return [
        AtrsField(spec["section"], f"{spec['number']} {spec['name']}", *_filled(spec, facts, answers))
        for spec in _specs()
    ]


def render_markdown(record: list[AtrsField]) -> str:
    """Write a record as Markdown.

    Parameters
    ----------
    record : list of AtrsField
        As `atrs_record` returns it.

    Returns
    -------
    str
        Ends in a line end. What could be read as HTML is escaped.

    Examples
    --------
    >>> record = [AtrsField("Tier 1: overview", "1.1 Name", "Reviews <north>", "the run")]
    >>> lines = render_markdown(record).splitlines()
    >>> lines[0]
    '# Algorithmic transparency record'
    >>> [line for line in lines if line][-4:]
    ['## Tier 1: overview', '### 1.1 Name', 'Reviews &lt;north&gt;', '*Filled in by: the run.*']
    """
    gaps = sum(GAP in field.text for field in record)
    lines = ["# Algorithmic transparency record", INTRODUCTION, f"Fields: {len(record)}; with a gap: {gaps}."]
    section = ""
    for field in record:
        if field.section != section:
            section = field.section
            lines.append(f"## {_escaped(section)}")
        lines += [f"### {_escaped(field.field)}", _escaped(field.text), f"*Filled in by: {field.filled_by}.*"]
    return "\n\n".join(lines) + "\n"


@cache
def _specs() -> tuple[dict[str, str], ...]:
    """Return the fields of the template, each with its section."""
    text = (files("earlywarn.reports.programme") / "atrs.toml").read_text(encoding="utf-8")
    specs, section = [], ""
    for spec in tomllib.loads(text)["field"]:
        section = spec.get("section", section)
        specs.append({"text": "", "ask": "", **spec, "section": section})
    return tuple(specs)


def _filled(spec: Mapping[str, str], facts: Mapping[str, str], answers: Mapping[str, str]) -> tuple[str, str]:
    """Return the text of one field, and who filled it in."""
    parts, by = [], []
    for paragraph in spec["text"].strip().split("\n\n"):
        names = [name for _, name, _, _ in string.Formatter().parse(paragraph) if name]
        if paragraph and all(name in facts for name in names):
            parts.append(paragraph.format_map(facts))
            by.append("the run" if names else "the software")
    answer = answers.get(spec["number"], "").strip()
    if answer:
        parts.append(answer)
        by.append("its owner")
    named = " and ".join(dict.fromkeys(by))
    if not answer and (spec["ask"] or not parts):
        parts.append(f"{GAP} {spec['ask'] or UNKNOWN}")
        named = f"{named}; a person has to complete it" if named else "nobody yet"
    return "\n\n".join(parts), named


def _escaped(text: str) -> str:
    r"""Return text in which nothing can be read as HTML or as a heading of its own.

    Examples
    --------
    >>> print(_escaped("# <b>North</b>"))
    \# &lt;b&gt;North&lt;/b&gt;
    """
    lines = html.escape(text, quote=False).split("\n")
    return "\n".join(f"\\{line}" if line.startswith(("#", "|", ">", "=")) else line for line in lines)
