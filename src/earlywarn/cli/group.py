"""What every command shares: failures in one sentence, ``--debug``, and output that a pipe may cut short."""

import contextlib
import os
import sys
import traceback
import warnings
from collections.abc import Iterator
from typing import Any

import click

from earlywarn.errors import EarlywarnError

__all__ = ["MEND", "Verbs", "debug_option", "note", "our_warnings", "say"]

MEND, OURS, STOPPED = 2, 1, 130  # exit codes; 130 is the shell's for an interrupt


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


debug_option = click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    callback=_note_debug,
    help="On an error, show the whole traceback; show every warning.",
)


@contextlib.contextmanager
def our_warnings() -> Iterator[None]:
    """Show our own warnings as sentences and no library's, unless ``--debug`` was given."""
    with warnings.catch_warnings():
        if not click.get_current_context().find_root().ensure_object(dict).get("debug"):
            warnings.simplefilter("ignore")
            warnings.filterwarnings("default", module=r"earlywarn\.")
            warnings.showwarning = note
        yield


def say(text: str) -> None:
    """Print a text, of which the reader may want only the beginning (``| head``)."""
    try:
        click.echo(text)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def note(message: Warning | str, *_where: object, **_more: object) -> None:
    """Show a warning of ours as a sentence."""
    click.echo(f"Note: {message}", err=True)
