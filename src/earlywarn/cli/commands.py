"""The verbs of the workflow: ``earlywarn run``, ``earlywarn score --model DIR`` and so on."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from earlywarn.cli.group import Verbs, debug_option, our_warnings, say
from earlywarn.errors import OutputError

__all__ = ["verbs"]

STARTER = "earlywarn.toml"
OVERRIDES = ("data", "sample", "as_of", "horizon", "target", "audience", "log", "out", "compare")


def _version(ctx: click.Context, _parameter: click.Parameter, asked: bool) -> None:  # noqa: FBT001  click's way
    if asked and not ctx.resilient_parsing:
        click.echo(f"earlywarn {importlib.import_module('earlywarn').__version__}")
        ctx.exit()


Command = Callable[..., None]


def _common(command: Command) -> Command:
    """Give a command the argument and options that all verbs share."""
    decorators = [
        click.argument("config", metavar="[CONFIG.toml]", required=False, type=click.Path()),
        click.option(
            "--data", metavar="DIR", help="Folder of tables. [default: the packaged England sample]"
        ),
        click.option(
            "--sample",
            metavar="NAME",
            help="A packaged sample, england or synthetic, with the settings beside it.",
        ),
        click.option(
            "--as-of", metavar="DATE", help="Midnight of the prediction, as YYYY-MM-DD. [default: 2025-04-01]"
        ),
        click.option("--horizon", metavar="MONTHS", type=int, help="How far ahead to look. [default: 12]"),
        click.option(
            "--target",
            metavar="NAME",
            help="What bands and ranks follow: adverse, decline or serious. [default: adverse]",
        ),
        click.option(
            "--audience",
            metavar="NAME",
            help="Whom the results are for: area, sector or restricted. [default: sector]",
        ),
        click.option(
            "--log", metavar="LOG", help="A log of soft intelligence: a file or a database address."
        ),
        click.option("--out", metavar="DIR", help="Run folder. [default: out/NAME-DATE]"),
        click.option("--quiet", is_flag=True, help="Print nothing but errors."),
        debug_option,
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


compare_option = click.option(
    "--compare",
    metavar="SETS",
    help="Sets of evidence to set against each other: any of hard,soft,hard+soft. [default: none]",
)


def _carry_out(verb: str, config: str | None, *, quiet: bool, **options: Any) -> None:
    """Check the configuration, call the verb of the workflow, and print its summary."""
    overrides = {name: options.pop(name, None) for name in OVERRIDES}
    settings = importlib.import_module("earlywarn.config").load_config(config, **overrides)
    with our_warnings():
        workflow = importlib.import_module("earlywarn.workflow")  # seconds; so a slip is found before it
        result = getattr(workflow, verb)(settings, progress=not quiet, **options)
    if not quiet:
        say(result.summary)


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example:  earlywarn run my.toml --as-of 2024-07-01",
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version."
)
@debug_option
def verbs() -> None:
    """Early warning of decline in local public services.

    `earlywarn run` does everything, on the packaged England sample unless told otherwise; build, backtest,
    train, score and report are its parts and take the same configuration file (all of it optional) and the
    same overrides. import, check and update make your own data ready.
    """


@verbs.command(epilog="Example:  earlywarn build my.toml --data figures/")
@_common
def build(config: str | None, **options: Any) -> None:
    """Compute the features of every area at every as-of date."""
    _carry_out("build", config, **options)


@verbs.command(epilog="Example:  earlywarn backtest my.toml --compare hard,soft,hard+soft")
@_common
@compare_option
def backtest(config: str | None, **options: Any) -> None:
    """Judge the model on past inspections, against floors and itself."""
    _carry_out("backtest", config, **options)


@verbs.command(epilog="Example:  earlywarn train my.toml --as-of 2025-04-01")
@_common
def train(config: str | None, **options: Any) -> None:
    """Fit the model, save it and register it."""
    _carry_out("train", config, **options)


@verbs.command(epilog="Example:  earlywarn score --model models/england --as-of 2025-04-01")
@_common
@click.option("--model", metavar="DIR", help="A saved model, used as it is. [default: the run folder's own]")
def score(config: str | None, **options: Any) -> None:
    """Give every current area its risks, intervals, band and reasons."""
    _carry_out("score", config, **options)


@verbs.command(epilog="Example:  earlywarn report --run out/england-2025-04-01")
@_common
@click.option("--run", metavar="DIR", help="A run folder to write up. [default: the configuration's own]")
def report(config: str | None, **options: Any) -> None:
    """Write the report and the workbook of a run that has been scored."""
    _carry_out("report", config, **options)


@verbs.command(epilog="Example:  earlywarn run my.toml --as-of 2024-07-01 --out out/july")
@_common
@compare_option
def run(config: str | None, **options: Any) -> None:
    """Do all of it: build, backtest, train, score and report."""
    _carry_out("run", config, **options)


@verbs.command(epilog="Example:  earlywarn init my-area")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@debug_option
def init(folder: Path) -> None:
    """Write a commented starter configuration into DIR."""
    starter_text = importlib.import_module("earlywarn.config").starter_text
    file = folder / STARTER
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(starter_text())
    except FileExistsError:
        message = f"{file} is there already and was left alone. Name another folder, or move it away."
        raise OutputError(message) from None
    click.echo(f"Wrote {file}, in which every key is explained. Next:  earlywarn run {file}")
