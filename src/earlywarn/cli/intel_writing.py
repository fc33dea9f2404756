"""The commands that write to the log: add, import, supersede, retract."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from earlywarn.cli.group import MEND, note, say
from earlywarn.cli.intel import area_options, areas_of, by_option, intel, log_options, opened, words_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["add", "import_", "retract", "supersede"]

Command = Callable[..., None]
LISTED = 200  # rows that are named on the screen; the file of rejected rows has them all
CELLS = {
    "area": "Code of the area, or its name with --data or --sample.",
    "kind": "What it is, such as workforce_concern.",
    "occurred-on": "The day it happened, or the last day of the period that is counted.",
    "role": "For a change of leadership: whose post.",
    "detail": "Where the kind has words for it, such as vacant.",
    "strength": "From 1, slight, to 5, grave.",
    "confidence": "low, medium or high.",
    "source-type": "Where it is from, such as peer or document.",
    "tier": "Who may see it: open, sector or restricted.",
    "amount": "A number, where the kind counts something.",
    "exposure": "The size against which the amount is read.",
    "note": "Careful words, and nobody who could be recognised.",
    "link": "Where more can be read; one link, one source.",
}


def cell_options(command: Command) -> Command:
    """Give a command one option for each cell of an entry."""
    for name, words in reversed(CELLS.items()):
        command = click.option(f"--{name}", help=words)(command)
    return command


strict_option = click.option("--strict", is_flag=True, help="Refuse what seems to hold personal data.")
FREE_TEXT = ("note", "link")


def look_over(words: Mapping[str, str], *, areas: "pd.DataFrame | None" = None, strict: bool) -> None:
    """Say before anything is logged where it seems to hold personal data; refuse it where that was asked."""
    from earlywarn.errors import DataError  # noqa: PLC0415  with the rest
    from earlywarn.intelligence.personal import personal_faults  # noqa: PLC0415  half a second

    found = personal_faults(words, areas=areas)
    if found and strict:
        raise DataError(found, where="the entry")
    for fault in found:
        note(str(fault))


def free_text(cells: Mapping[str, str | None]) -> dict[str, str]:
    """Return the cells of an entry in which people write what they like."""
    return {name: word for name in FREE_TEXT if (word := cells[name])}


@intel.command(epilog="Example:  earlywarn intel add --area E06000001 --kind data_late ...")
@cell_options
@strict_option
@area_options
@by_option
@log_options
def add(
    *,
    place: str,
    kinds: str | None,
    by: str,
    data: str | None,
    sample: str | None,
    strict: bool,
    **cells: str | None,
) -> None:
    """Log one entry."""
    from earlywarn.intelligence.adding import read_entry  # noqa: PLC0415  half a second

    areas = areas_of(data, sample)
    with opened(place, kinds, create=True) as log:
        entry = read_entry(log, words_of(cells), by=by, areas=areas)
        look_over(free_text(cells) | {"by": by}, areas=areas, strict=strict)
        added = log.add(entry, by=by)
    became = "Logged as" if added.count else "In the log already, and not logged twice:"
    became = "Withdrawn before, and not logged again:" if any(added.withdrawn) else became
    say(f"{became} {added.entry_ids[0]}")


@intel.command("import", epilog="Example:  earlywarn intel import concerns.xlsx --sample england --by C001")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Set rows aside that seem to hold personal data.")
@click.option(
    "--historic",
    is_flag=True,
    help="Keep the dates of the column known_on: entries recorded elsewhere, earlier.",
)
@area_options
@by_option
@log_options
def import_(
    *,
    file: Path,
    place: str,
    kinds: str | None,
    by: str,
    data: str | None,
    sample: str | None,
    strict: bool,
    historic: bool,
) -> None:
    """Log the rows of a CSV or XLSX file; set bad ones aside."""
    from earlywarn.intelligence.importing import import_file  # noqa: PLC0415  half a second
    from earlywarn.intelligence.screen import shown  # noqa: PLC0415
    from earlywarn.intelligence.words import import_words  # noqa: PLC0415

    areas = areas_of(data, sample)
    with opened(place, kinds, create=True) as log:
        look_over({"by": by}, strict=strict)
        done = import_file(log, file, by=by, areas=areas, strict=strict, historic=historic)
    for fault in (*done.faults, *done.personal)[:LISTED]:
        note(shown(str(fault)))
    further = len(done.faults) + len(done.personal) - LISTED
    if further > 0:
        note(f"and {further:,} more.")
    if done.ignored:
        note(f"columns that are not known were left out: {', '.join(map(shown, done.ignored))}.")
    if not done.areas_checked:
        note("areas were taken as they are; --data or --sample checks them.")
    say(import_words(done))
    if done.rejected:
        click.get_current_context().exit(MEND)


@intel.command(epilog='Example:  earlywarn intel supersede 3f9a12bc --strength 2 --reason "two left"')
@click.argument("entry")
@click.option("--reason", required=True, help="Why, in a few words. Kept for good.")
@cell_options
@strict_option
@area_options
@by_option
@log_options
def supersede(
    *,
    entry: str,
    reason: str,
    place: str,
    kinds: str | None,
    by: str,
    data: str | None,
    sample: str | None,
    strict: bool,
    **cells: str | None,
) -> None:
    """Correct an entry: log a new version of it."""
    from earlywarn.intelligence.canonical import read_changes  # noqa: PLC0415  half a second

    areas = areas_of(data, sample)
    with opened(place, kinds) as log:
        changes = read_changes(words_of(cells), log.kinds, areas)
        look_over(free_text(cells) | {"by": by, "reason": reason}, areas=areas, strict=strict)
        version = log.supersede(entry, changes, by=by, reason=reason)
    say(f"Corrected: version {version} is in force from now on.")


@intel.command(epilog='Example:  earlywarn intel retract 3f9a12bc --reason "another area"')
@click.argument("entry")
@click.option("--reason", required=True, help="Why, in a few words. Kept for good.")
@strict_option
@by_option
@log_options
def retract(*, entry: str, reason: str, place: str, kinds: str | None, by: str, strict: bool) -> None:
    """Withdraw an entry; that it was known before stays known."""
    with opened(place, kinds) as log:
        look_over({"by": by, "reason": reason}, strict=strict)
        version = log.retract(entry, by=by, reason=reason)
    say(f"Withdrawn, as version {version}.")
