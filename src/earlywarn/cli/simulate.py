"""The verb that makes up a world: ``earlywarn simulate --out world``."""

import importlib
import re
from typing import Any

import click

from earlywarn.cli.group import debug_option, say

__all__ = ["simulate"]

YEARS = re.compile(r"(\d{4})\s*-\s*(\d{4})")


def _years(_ctx: click.Context, _parameter: click.Parameter, value: str) -> range:
    found = YEARS.fullmatch(value.strip())
    if found is None or found[2] < found[1]:
        message = f"{value!r} will not do. Write the first and the last, such as 2012-2025."
        raise click.BadParameter(message)
    return range(int(found[1]), int(found[2]) + 1)


@click.command(epilog="Example:  earlywarn simulate --out world --areas 150 --seed 7")
@click.option(
    "--out", metavar="DIR", required=True, help="Folder of the world: new, empty, or an earlier world."
)
@click.option("--areas", metavar="N", type=int, default=120, show_default=True, help="Areas, 16 or more.")
@click.option(
    "--seed", metavar="N", type=int, default=0, show_default=True, help="The same seed makes the same world."
)
@click.option(
    "--effect",
    metavar="X",
    type=float,
    default=1.0,
    show_default=True,
    help="How strongly everything follows hidden quality; 0 for noise.",
)
@click.option(
    "--soft-effect",
    metavar="X",
    type=float,
    default=1.0,
    show_default=True,
    help="How strongly soft intelligence does; 0 for noise.",
)
@click.option(
    "--years",
    metavar="A-B",
    default="2012-2025",
    show_default=True,
    callback=_years,
    help="First and last year of figures.",
)
@click.option(
    "--frequency",
    metavar="NAME",
    default="annual",
    show_default=True,
    help="Figures: annual, quarterly or monthly.",
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@debug_option
def simulate(*, quiet: bool, **options: Any) -> None:
    """Make up a world of areas, with its log and its truth."""
    result = importlib.import_module("earlywarn.workflow").simulate(options.pop("out"), **options)
    if not quiet:
        say(result.summary)
