"""The program as a whole: the options before every command, and where failures end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from commands._context import keep
from commands._group import Lazy, Root
from commands._options import people
from commands._version import print_version


def program(tree: Mapping[str, Lazy]) -> typer.Typer:
    """The program with these commands and groups."""

    class Program(Root):
        places = tree

    return typer.Typer(
        name="bureau",
        cls=Program,
        callback=options,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings={"help_option_names": ["--help", "-h"]},
    )


def options(
    *,
    home: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The workspace; else BUREAU_HOME, else the nearest one upward from here.",
            callback=keep,
            expose_value=False,
        ),
    ] = None,
    person: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="PERSON",
            help="Who acts; else BUREAU_AS.",
            autocompletion=people,
            callback=keep,
            expose_value=False,
        ),
    ] = None,
    behalf: Annotated[
        str | None,
        typer.Option(
            "--for",
            metavar="PERSON",
            help="In whose place, by a delegation 代理; else BUREAU_FOR.",
            autocompletion=people,
            callback=keep,
            expose_value=False,
        ),
    ] = None,
    debug: Annotated[
        bool,
        typer.Option(
            "--debug", help="Add the trace to a failure.", callback=keep, expose_value=False
        ),
    ] = False,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet", "-q", help="Say nothing but errors.", callback=keep, expose_value=False
        ),
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", is_eager=True, callback=print_version),
    ] = False,
) -> None:
    """Run a city's data bureau: collect, check, share and measure data.

    Data goes to standard output, talk to standard error. 'bureau errors' lists the exit codes.
    """
