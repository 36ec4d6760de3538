"""How failures end a call: what is printed, and the exit code."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from catalog.naming import visible
from commands._context import Session
from core.errors import (
    AlreadyDone,
    BureauError,
    Conflict,
    Denied,
    DocumentInvalid,
    EngineFailed,
    InvalidInput,
    LedgerCorrupt,
    NotFound,
    StorageUnavailable,
    unusable,
)

EXIT_CODES: dict[type[BureauError], int] = {
    InvalidInput: 2,
    NotFound: 3,
    Conflict: 4,
    Denied: 5,
    LedgerCorrupt: 6,
    EngineFailed: 7,
    StorageUnavailable: 8,
}
"""A class that is not named here ends as the class above it does."""

OK, NEGATIVE, USAGE, BUG, INTERRUPTED = 0, 1, 2, 70, 130
MAX_PROBLEMS = 50


def exit_code(kind: type[BureauError]) -> int:
    """The exit code of a class of failures; raises KeyError for one that nobody has placed."""
    for ancestor in kind.__mro__:
        if ancestor in EXIT_CODES:
            return EXIT_CODES[ancestor]
    raise KeyError(kind.__name__)


@contextmanager
def mapped(told: Session) -> Iterator[None]:
    """Turn failures into a message on standard error and an exit code.

    Exits, help and a reader that has gone away (EPIPE) pass through.
    """
    try:
        yield
    except BureauError as error:
        raise _ended(error, told) from None
    except UnicodeEncodeError:
        # Arguments that are not UTF-8 arrive as lone surrogates, which nothing can store.
        unreadable = InvalidInput("an argument is not text in UTF-8", hint="type it again")
        raise _ended(unreadable, told) from None
    except (typer.Exit, typer.Abort):
        raise
    except typer.TyperException as error:
        if _is_help(error):
            raise
        raise _misused(error, told) from None
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        place = error.filename or "standard output or the folder for temporary files"
        raise _ended(unusable(place, error), told) from None
    except Exception as error:  # noqa: BLE001 (the last line of defence, told as a fault)
        typer.echo(f"error[bug]: {type(error).__name__}: {shown(str(error))}", err=True)
        if not told.debug:
            typer.echo("fix: this is a fault of the program; --debug shows where", err=True)
        _trace(told)
        raise typer.Exit(BUG) from None


def _is_help(error: Any) -> bool:
    """Whether this is the help that a group without a command shows."""
    context = getattr(error, "ctx", None)
    return context is not None and error.format_message() == context.get_help()


def _misused(error: Any, told: Session) -> typer.Exit:
    """What Typer says of the command line, in the form of all failures."""
    said = " ".join(error.format_message().split()).rstrip(".")
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "bureau"
    typer.echo(f"error[usage]: {shown(said[:1].lower() + said[1:])}", err=True)
    typer.echo(f"fix: {command} --help", err=True)
    _trace(told)
    return typer.Exit(USAGE)


def _ended(error: BureauError, told: Session) -> typer.Exit:
    if isinstance(error, AlreadyDone):
        return _repeated(error, told)
    for line in describe(error):
        typer.echo(line, err=True)
    _trace(told)
    return typer.Exit(exit_code(type(error)))


def _repeated(done: AlreadyDone, told: Session) -> typer.Exit:
    """A call that was made before under the same key is as good as done."""
    if not told.quiet:
        first, last = done.entries[0], done.entries[-1]
        place = f"ledger entry {first}" if first == last else f"ledger entries {first} to {last}"
        typer.echo(f"{shown(str(done))} ({place})", err=True)
    if told.json:
        from commands._plain import to_json

        answer = {
            "subject": done.subject,
            "subjects": done.subjects,
            "changed": False,
            "ledger": done.entries,
        }
        typer.echo(to_json(answer).encode())
    return typer.Exit(OK)


def _trace(told: Session) -> None:
    if told.debug:
        typer.echo(traceback.format_exc(), err=True)


def describe(error: BureauError) -> Iterator[str]:
    """The failure in lines: what, each reason or problem, and how to mend it."""
    yield f"error[{error.code}]: {shown(str(error))}"
    if isinstance(error, Denied):
        yield from (f"  {shown(reason)}" for reason in error.reasons)
    if isinstance(error, DocumentInvalid):
        problems = error.problems
        yield from (f"  {shown(str(problem))}" for problem in problems[:MAX_PROBLEMS])
        if len(problems) > MAX_PROBLEMS:
            yield f"  ... and {len(problems) - MAX_PROBLEMS} more"
    if error.hint:
        yield f"fix: {shown(error.hint)}"


def shown(text: str) -> str:
    """Text from outside, with nothing left in it that a terminal would obey."""
    return visible(text, len(text))
