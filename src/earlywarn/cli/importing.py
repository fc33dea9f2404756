"""The verb that reads published files: ``earlywarn import lait bds_long.csv --out data``."""

import importlib
from typing import Any

import click

from earlywarn.cli.group import debug_option, say

__all__ = ["import_files"]


def _pairs(_ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for value in values:
        name, equals, said = value.partition("=")
        if not equals and parameter.name == "year_types":
            name, said = "*", value  # one kind of year for all
        elif not equals or not name.strip():
            message = f"{value!r} will not do. Write it as NAME=VALUE."
            raise click.BadParameter(message)
        pairs[name.strip()] = said.strip()
    return pairs


@click.command(
    "import",
    epilog="Example:  earlywarn import lait bds_long.csv --dictionary lait_data_dictionary.csv --out data",
)
@click.argument("kind", metavar="KIND")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@click.option(
    "--out", metavar="DIR", required=True, help="Folder of tables: new, empty, or of an earlier import."
)
@click.option("--dictionary", metavar="FILE", help="The data dictionary of a lait table.")
@click.option("--metadata", metavar="FILE", help="The .meta.csv of an ees file.")
@click.option("--mapping", metavar="FILE", help="TOML that says what the columns are (ees, wide).")
@click.option(
    "--where",
    metavar="FILTER=VALUE",
    multiple=True,
    callback=_pairs,
    help="The value to take of a filter of an ees file; * for an indicator of each.",
)
@click.option("--areas", metavar="FILE", help="A table of areas. [default: England's, packaged]")
@click.option(
    "--calendar",
    metavar="FILE",
    help="TOML of days on which figures became public, before the packaged ones.",
)
@click.option(
    "--year-type",
    "year_types",
    metavar="[MEASURE=]TYPE",
    multiple=True,
    callback=_pairs,
    help="What kind of year a measure's periods are, such as financial_year.",
)
@click.option("--year", metavar="YEARS", help="The year of an ombudsman file that does not name it.")
@click.option("--model", metavar="NAME", help="The set of neighbours, such as 2025.")
@click.option("--known-on", metavar="DATE", help="The day on which a set of neighbours was published.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@debug_option
def import_files(kind: str, files: tuple[str, ...], *, out: str, quiet: bool, **options: Any) -> None:
    """Read published FILEs as they are into a folder of tables.

    KIND is their layout: lait, ees, ofsted, ombudsman, neighbours or wide. A folder is filled by several
    imports, and what was left out of each is listed with its reason.
    """
    verb = importlib.import_module("earlywarn.workflow.importing").import_files
    result = verb(kind, files, out, **options)
    if not quiet:
        say(result.summary)
