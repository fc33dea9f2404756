"""``earlywarn plan``: from a scored run to a programme of reviews, and what comes of it."""

import importlib
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from earlywarn.cli.group import debug_option, our_warnings, say

__all__ = ["plan"]

Command = Callable[..., None]


def _home_options(command: Command) -> Command:
    """Give a command the options that say which inputs of a coordinator to read."""
    for decorator in (
        click.option("--sample", metavar="NAME", help="Take the made-up inputs of a packaged sample."),
        click.option(
            "--inputs",
            metavar="DIR",
            help="Folder with rules.toml, reviews.csv, reviewers.csv, overrides.csv. [default: none]",
        ),
    ):
        command = decorator(command)
    return command


run_option = click.option("--run", metavar="DIR", required=True, help="A run folder that has been scored.")
set_option = click.option(
    "--set",
    "changes",
    metavar="KEY=VALUE",
    multiple=True,
    callback=lambda _ctx, _parameter, values: dict(map(_change, values)),
    help="A rule and its new value, such as capacity.per_quarter=8; may be repeated.",
)
quiet_option = click.option("--quiet", is_flag=True, help="Print nothing but errors.")


def _change(written: str) -> tuple[str, object]:
    """Read ``KEY=VALUE``; the value is written as in the rules file, and a bare word stands for itself."""
    key, equals, said = written.partition("=")
    if not equals or not key.strip() or not said.strip():
        message = f"{written!r} will not do. Write it as KEY=VALUE, such as capacity.per_quarter=8."
        raise click.BadParameter(message)
    try:
        return key.strip(), tomllib.loads(f"value = {said.strip()}")["value"]
    except tomllib.TOMLDecodeError:
        return key.strip(), said.strip()


def _verb(module: str, name: str) -> Any:
    """Return a verb of the workflow, which takes seconds to load."""
    return getattr(importlib.import_module(f"earlywarn.workflow.{module}"), name)


def _carry_out(module: str, name: str, *arguments: Any, quiet: bool, **options: Any) -> None:
    with our_warnings():
        result = _verb(module, name)(*arguments, **options)
    if not quiet:
        say(result.summary)


@click.group(
    invoke_without_command=True,
    epilog="Example:  earlywarn plan --run out/england-2025-04-01 --inputs my-programme --out out/programme",
)
@click.option("--run", metavar="DIR", help="A run folder that has been scored.")
@_home_options
@click.option("--out", metavar="DIR", help="Where the programme goes. [default: plan-NAME beside the run]")
@click.option("--since", metavar="DIR", help="An earlier run folder, to say what has changed since.")
@click.option(
    "--documents",
    metavar="NAMES",
    help="Any of page,programme,briefings,workbook,calendar,records. [default: all of them]",
)
@set_option
@quiet_option
@debug_option
@click.pass_context
def plan(ctx: click.Context, /, *, run: str | None, quiet: bool, **options: Any) -> None:
    """Plan peer reviews: whom to visit, when, with whom, asking what.

    From a scored run, and a folder with what the coordinator knows: the rules, past reviews, reviewers.
    Without a command it writes the programme: a page, Word, Excel and calendar files.
    """
    if ctx.invoked_subcommand is not None:
        return
    if run is None:
        message = "Name the run folder with --run, such as --run out/england-2025-04-01."
        raise click.UsageError(message)
    _carry_out("planning", "plan", run, quiet=quiet, progress=not quiet, **options)


@plan.command(epilog="Example:  earlywarn plan init my-programme")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--sample", metavar="NAME", help="Copy the made-up inputs of a packaged sample.")
@quiet_option
@debug_option
def init(folder: Path, *, quiet: bool, **options: Any) -> None:
    """Write a folder of inputs to fill in: the rules, and empty tables."""
    _carry_out("coordinating", "start_inputs", folder, quiet=quiet, **options)


@plan.command(
    epilog="Example:  earlywarn plan override --run DIR --inputs my-programme --area Kent --action remove ..."
)
@run_option
@click.option("--inputs", metavar="DIR", required=True, help="The folder whose overrides.csv gains rows.")
@click.option(
    "--from", "workbook", metavar="FILE", help="programme.xlsx, with its sheet Overrides filled in."
)
@click.option("--area", metavar="AREA", help="Code or name of the area.")
@click.option("--action", metavar="WORD", help="add, remove or move.")
@click.option("--quarter", metavar="QUARTER", help='Where a move or addition goes, such as "Jul-Sep 2025".')
@click.option("--after", metavar="AREA", help="An area that has to be visited first.")
@click.option("--reason", metavar="WORDS", help="Why: it is kept, and followed to the outcome.")
@click.option("--by", metavar="CODE", help="Who decided: a code or a role, not a name.")
@click.option("--on", "decided_on", metavar="DATE", help="When, as YYYY-MM-DD. [default: today]")
@quiet_option
@debug_option
def override(*, run: str, inputs: str, quiet: bool, **options: Any) -> None:
    """Add, remove or move an area, with a reason that is kept."""
    _carry_out("coordinating", "override", run, inputs, quiet=quiet, **options)


@plan.command("what-if", epilog="Example:  earlywarn plan what-if --run DIR --set capacity.per_quarter=8")
@run_option
@_home_options
@set_option
@click.option("--out", metavar="FILE", help="A CSV file for the table.")
@quiet_option
@debug_option
def what_if(*, run: str, quiet: bool, **options: Any) -> None:
    """Change rules, and see who would move: before and after."""
    _carry_out("planning", "what_if", run, quiet=quiet, **options)


@plan.command(epilog="Example:  earlywarn plan outcomes --plan out/programme --run out/england-2026-04-01")
@click.option("--plan", "planned", metavar="DIR", required=True, help="A programme written earlier.")
@click.option("--run", metavar="DIR", required=True, help="A later run, which knows what inspectors found.")
@click.option("--out", metavar="FILE", help="A CSV file for the table.")
@quiet_option
@debug_option
def outcomes(*, planned: str, run: str, quiet: bool, **options: Any) -> None:
    """Ask whether judgement or model did better, as far as is known."""
    _carry_out("coordinating", "outcomes", planned, run, quiet=quiet, **options)


@plan.command(epilog="Example:  earlywarn plan feedback --inputs my-programme --run DIR --out out/feedback")
@run_option
@click.option("--inputs", metavar="DIR", required=True, help="The folder with findings.csv.")
@click.option("--out", metavar="DIR", required=True, help="Where labels.csv and concerns.csv go.")
@quiet_option
@debug_option
def feedback(*, run: str, inputs: str, quiet: bool, **options: Any) -> None:
    """Turn what reviews found into labels, and entries for the log."""
    _carry_out("coordinating", "feedback", run, inputs, quiet=quiet, **options)
