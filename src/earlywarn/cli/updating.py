"""The verb that merges a new release: ``earlywarn update figures --with new-figures``."""

import importlib

import click

from earlywarn.cli.group import debug_option, say

__all__ = ["update"]


@click.command(epilog="Example:  earlywarn update figures --with november-release --known-on 2025-11-20")
@click.argument("folder", metavar="DIR", type=click.Path())
@click.option("--with", "new", metavar="NEWDIR", required=True, help="The release, as a folder of tables.")
@click.option(
    "--out",
    metavar="DIR",
    help="Where the merged tables go: new, empty, or an earlier update. [default: DIR]",
)
@click.option(
    "--known-on",
    metavar="DATE",
    help="The day the release came out, for revised figures that it dates no later than what they replace.",
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@debug_option
def update(folder: str, new: str, out: str | None, known_on: str | None, *, quiet: bool) -> None:
    """Merge a new release into DIR; what was known before stays."""
    updating = importlib.import_module("earlywarn.workflow.updating")
    result = updating.update(folder, new, out=out, known_on=known_on)
    if not quiet:
        say(result.summary)
