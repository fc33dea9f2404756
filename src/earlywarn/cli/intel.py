"""``earlywarn intel``: the log of soft intelligence, and the options that its commands share."""

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from earlywarn.cli.group import debug_option, our_warnings

if TYPE_CHECKING:
    import pandas as pd

    from earlywarn.intelligence.log import Log

__all__ = [
    "area_options",
    "areas_of",
    "audience_option",
    "by_option",
    "date_of",
    "intel",
    "json_option",
    "log_options",
    "opened",
    "suppress_option",
]

Command = Callable[..., None]
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
DEFAULT_LOG = "earlywarn-log.db"


@click.group(epilog="Example:  earlywarn intel import concerns.xlsx")
@debug_option
def intel() -> None:
    """Keep the log of soft intelligence: add, import, correct, list.

    Nothing that was logged is ever edited or deleted: a correction is a later version. Every command takes
    the log from --log or EARLYWARN_LOG: a file, or a shared PostgreSQL database.
    """


def log_options(command: Command) -> Command:
    """Give a command the options that say which log."""
    for decorator in (
        debug_option,
        click.option(
            "--kinds", metavar="FILE", help="A TOML file with kinds of your own, beside the packaged ones."
        ),
        click.option(
            "--log",
            "place",
            metavar="FILE|URL",
            envvar="EARLYWARN_LOG",
            default=DEFAULT_LOG,
            help=f"The log: a file or postgresql://... [default: EARLYWARN_LOG, else {DEFAULT_LOG}]",
        ),
    ):
        command = decorator(command)
    return command


def area_options(command: Command) -> Command:
    """Give a command the options that say which areas there are."""
    for decorator in (
        click.option(
            "--sample", metavar="NAME", help="Take the areas of a packaged sample, such as england."
        ),
        click.option(
            "--data", metavar="DIR", help="Take the areas of a folder of tables; also by name then."
        ),
    ):
        command = decorator(command)
    return command


by_option = click.option(
    "--by",
    metavar="NAME",
    envvar="EARLYWARN_CONTRIBUTOR",
    default="",
    help="Pseudonym of who records it. [default: EARLYWARN_CONTRIBUTOR]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
audience_option = click.option(
    "--audience",
    type=click.Choice(["area", "sector", "restricted"]),
    default="sector",
    show_default=True,
    help="For whom: nothing above their tier is shown.",
)

suppress_option = click.option(
    "--suppress-below",
    default=5,
    show_default=True,
    type=click.IntRange(0, 100),
    help="Hide smaller counts of people; restricted sees all.",
)


def date_of(_ctx: click.Context, _parameter: click.Parameter, said: str | None) -> str | None:
    """Check a date that an option brings."""
    from datetime import date  # noqa: PLC0415  with the rest of what a command needs

    if said is None:
        return None
    try:
        date.fromisoformat(said)
    except ValueError:
        said = ""
    if not ISO_DATE.fullmatch(said):
        message = "write the date as YYYY-MM-DD"
        raise click.BadParameter(message)
    return said


@contextlib.contextmanager
def opened(place: str, kinds: str | None, *, create: bool = False) -> "Iterator[Log]":
    """Open the log for one command; what it has to say about it is shown as a note."""
    from earlywarn.intelligence.kinds import read_kinds  # noqa: PLC0415  half a second
    from earlywarn.intelligence.log import Log  # noqa: PLC0415  likewise

    with our_warnings(), Log.open(place, kinds=read_kinds(kinds), create=create) as log:
        yield log


def areas_of(data: str | None, sample: str | None) -> "pd.DataFrame | None":
    """Return the areas that entries may be about, None where nobody said."""
    if data and sample:
        message = "give --data or --sample, not both"
        raise click.UsageError(message)
    if not data and not sample:
        return None
    from earlywarn.sources.samples import sample_folder  # noqa: PLC0415  half a second
    from earlywarn.sources.tables import read_tables  # noqa: PLC0415  likewise

    return read_tables(sample_folder(sample) if sample else str(data)).areas


def words_of(options: dict[str, Any]) -> dict[str, str]:
    """Return the cells of an entry that a command was given, by canonical column."""
    named = {"area": "area_code"}
    return {named.get(name, name): word for name, word in options.items() if word is not None}
