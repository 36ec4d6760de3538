"""Groups that are imported when they are used, and commands that share their options."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, MutableMapping
from functools import cache
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, ClassVar, NamedTuple, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from commands._context import Format, Session, keep, session
from commands._errors import mapped

SHARED = frozenset({"home", "person", "behalf", "debug", "quiet"})
"""Options of the root that may also stand behind a command."""

MAX_SENTENCE = 200
"""Longest sentence of help in a list of commands."""


def new_group(help: str) -> typer.Typer:
    """A Typer object for one group of the tree."""
    return typer.Typer(help=help, no_args_is_help=True, add_completion=False, rich_markup_mode=None)


class Lazy(NamedTuple):
    """Where a group is: the Typer object `app` of `module`, or its command of the same name."""

    help: str
    module: str
    app: str = "app"
    single: bool = False


class LazyCommands(Mapping[str, Any]):
    """Commands by name; looking one up imports it, going over the names does not."""

    def __init__(self, tree: Mapping[str, Lazy]) -> None:
        self.tree = tree
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            place = self.tree[name]
            group = get_group(getattr(import_module(place.module), place.app))
            group.name = name
            self._loaded[name] = group.commands[name] if place.single else group
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tree)

    def __len__(self) -> int:
        return len(self.tree)


class Root(TyperGroup):
    """The whole program. Subclasses name its `places`; failures of every command end here."""

    places: ClassVar[Mapping[str, Lazy]] = {}

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = cast("MutableMapping[str, Any]", LazyCommands(self.places))

    def main(self, *arguments: Any, **extra: Any) -> Any:
        """Run under one name, on streams that take any text whatever their encoding."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        extra.setdefault("prog_name", self.name)
        return super().main(*arguments, **extra)

    def make_context(self, info_name: Any, args: Any, parent: Any = None, **extra: Any) -> Any:
        told = Session()
        with mapped(told):
            return super().make_context(info_name, args, parent, obj=told, **extra)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 (Typer's signature)
        return list(self.places)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.help) for name, place in self.places.items()])

    def invoke(self, ctx: Any) -> Any:
        with mapped(session(ctx)):
            return super().invoke(ctx)


class Command(TyperCommand):
    """A command behind which the options of the root are understood too."""

    def extra(self) -> list[Any]:
        """Options that commands of this kind have in common."""
        return []

    def get_params(self, ctx: Any) -> list[Any]:
        *own, help_option = super().get_params(ctx)
        root = ctx.find_root().command.params
        shared = [param for param in root if param.name in SHARED]
        return [*own, *self.extra(), *shared, help_option]

    def get_short_help_str(self, limit: int = 0) -> str:  # noqa: ARG002 (Typer's signature)
        """The first sentence, whole; the formatter wraps it."""
        return super().get_short_help_str(MAX_SENTENCE)


class ReadCommand(Command):
    """A command that shows something, in the format and to the file that is asked for."""

    def extra(self) -> list[Any]:
        return _options_of(_reading)


class ActCommand(Command):
    """A command that changes something and can say what in JSON."""

    def extra(self) -> list[Any]:
        return _options_of(_acting)


@cache
def _options_of(function: Any) -> list[Any]:
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command()(function)
    return get_command(app).params


def _reading(
    format: Annotated[
        Format,
        typer.Option("--format", help="How to show it.", callback=keep, expose_value=False),
    ] = Format.TABLE,
    json: Annotated[
        bool,
        typer.Option("--json", help="Short for --format json.", callback=keep, expose_value=False),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write to a file, not to standard output.",
            callback=keep,
            expose_value=False,
        ),
    ] = None,
) -> None:
    """Hold the options of commands that show something."""


def _acting(
    json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print what was done as JSON on standard output.",
            callback=keep,
            expose_value=False,
        ),
    ] = False,
    key: Annotated[
        str | None,
        typer.Option(
            "--key",
            metavar="TEXT",
            help="Do it once: the same call with the same key changes nothing.",
            callback=keep,
            expose_value=False,
        ),
    ] = None,
) -> None:
    """Hold the options of commands that change something."""
