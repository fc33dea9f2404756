"""The verbs on the command line: ``earlywarn run``, ``earlywarn score --model DIR`` and so on.

Only words are exchanged here. Everything heavy is imported by the verb that needs it, so ``--help`` is
quick. Exit codes: 0 done; 2 something to mend in the command, the configuration or the data; 1 a fault
of ours; 130 stopped by the user.
"""

import importlib
import os
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from earlywarn.errors import EarlywarnError, OutputError

__all__ = ["main", "verbs"]

MEND, OURS, STOPPED = 2, 1, 130  # exit codes; 130 is the shell's for an interrupt
STARTER = "earlywarn.toml"
OVERRIDES = ("data", "as_of", "horizon", "target", "out")


class Verbs(click.Group):
    """Commands whose every failure is one sentence on stderr."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb, and turn an error into words and an exit code."""
        ctx.ensure_object(dict)
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.Abort, click.ClickException):
            raise
        except EarlywarnError as error:
            _fail(ctx, error, f"Error: {error}", MEND)
        except KeyboardInterrupt as error:
            _fail(ctx, error, "Stopped. Nothing was half written: earlier results are as they were.", STOPPED)
        except OSError as error:
            if error.filename is None:
                _fail(ctx, error, _apology(error), OURS)
            _fail(ctx, error, f"Error: {error.filename}: {error.strerror}.", MEND)
        except Exception as error:  # noqa: BLE001  no traceback reaches a user unasked
            _fail(ctx, error, _apology(error), OURS)


def _apology(error: BaseException) -> str:
    return (
        f"Something went wrong inside earlywarn (not your data): {type(error).__name__}: {error}. "
        "Run again with --debug for the details."
    )


def _fail(ctx: click.Context, error: BaseException, message: str, code: int) -> None:
    if ctx.obj.get("debug"):
        click.echo("".join(traceback.format_exception(error)), err=True)
    click.echo(message, err=True)
    ctx.exit(code)


def _note_debug(ctx: click.Context, _parameter: click.Parameter, asked: bool) -> None:  # noqa: FBT001  click's way
    if asked:
        ctx.find_root().ensure_object(dict)["debug"] = True


def _version(ctx: click.Context, _parameter: click.Parameter, asked: bool) -> None:  # noqa: FBT001  click's way
    if asked and not ctx.resilient_parsing:
        click.echo(f"earlywarn {importlib.import_module('earlywarn').__version__}")
        ctx.exit()


Command = Callable[..., None]

debug_option = click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    callback=_note_debug,
    help="On an error, show the whole traceback; show every warning.",
)


def _common(command: Command) -> Command:
    """Give a command the argument and options that all verbs share."""
    decorators = [
        click.argument("config", metavar="[CONFIG.toml]", required=False, type=click.Path()),
        click.option(
            "--data", metavar="DIR", help="Folder of tables. [default: the packaged England sample]"
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
        click.option("--out", metavar="DIR", help="Run folder. [default: out/NAME-DATE]"),
        click.option("--quiet", is_flag=True, help="Print nothing but errors."),
        debug_option,
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def _carry_out(verb: str, config: str | None, *, quiet: bool, **options: Any) -> None:
    """Check the configuration, call the verb of the workflow, and print its summary."""
    overrides = {name: options.pop(name) for name in OVERRIDES}
    settings = importlib.import_module("earlywarn.config").load_config(config, **overrides)
    ctx = click.get_current_context()
    with warnings.catch_warnings():
        if not ctx.find_root().ensure_object(dict).get("debug"):
            warnings.simplefilter("ignore")
            warnings.filterwarnings("default", module=r"earlywarn\.")
            warnings.showwarning = _note
        workflow = importlib.import_module("earlywarn.workflow")  # seconds; so a slip is found before it
        result = getattr(workflow, verb)(settings, progress=not quiet, **options)
    if not quiet:
        _say(result.summary)


def _say(text: str) -> None:
    """Print a text, of which the reader may want only the beginning (``| head``)."""
    try:
        click.echo(text)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _note(message: Warning | str, *_where: object, **_more: object) -> None:
    """Show a warning of ours as a sentence."""
    click.echo(f"Note: {message}", err=True)


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

    Every verb takes the same configuration file (all of it optional) and the same overrides.
    `earlywarn run` does everything, on the packaged England sample unless told otherwise.
    """


@verbs.command(epilog="Example:  earlywarn build my.toml --data figures/")
@_common
def build(config: str | None, **options: Any) -> None:
    """Compute the features of every area at every as-of date."""
    _carry_out("build", config, **options)


@verbs.command(epilog="Example:  earlywarn backtest my.toml --target decline")
@_common
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


def main() -> None:
    """Run the command line, as the script ``earlywarn`` does."""
    verbs(prog_name="earlywarn")
