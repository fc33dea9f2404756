"""The verb that looks at a folder of tables: ``earlywarn check my-data``."""

import importlib

import click

from earlywarn.cli.group import debug_option, say

__all__ = ["check"]


@click.command(epilog="Example:  earlywarn check my-data --out out/check")
@click.argument("folder", metavar="DIR", type=click.Path())
@click.option("--out", metavar="DIR", help="Folder of the page. [default: out/check-NAME]")
@click.option(
    "--as-of", metavar="DATE", help="Look only at what was known before, as YYYY-MM-DD. [default: everything]"
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@debug_option
def check(folder: str, *, out: str | None, as_of: str | None, quiet: bool) -> None:
    """Check a folder of tables; write a page on its figures."""
    result = importlib.import_module("earlywarn.workflow.checking").check(folder, out, as_of=as_of)
    if not quiet:
        say(result.summary)
