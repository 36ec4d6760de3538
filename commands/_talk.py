"""What is said beside the data, on standard error: what happened, progress, what comes next."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from commands._context import session
from commands._errors import shown

if TYPE_CHECKING:
    from bureau import Receipt

BAR = 24


def say(ctx: Any, text: str) -> None:
    """Tell the person at the terminal something; not with --quiet."""
    if not session(ctx).quiet:
        typer.echo(shown(text), err=True)


def say_doubts(ctx: Any, doubts: Iterable[tuple[str, str]]) -> None:
    """Point out the entries with a word that may mark a secret, and the fields it is in."""
    for code, field in doubts:
        say(ctx, f"warning: {field} of {code} has a word that may mark a secret (涉密, Art. 3)")


def hint(ctx: Any, command: str) -> None:
    """Name the likely next command."""
    say(ctx, f"next: {command}")


def recorded(ctx: Any, sentence: str, receipt: Receipt, *, then: str = "") -> None:
    """End an act: one sentence with its place in the ledger, and the likely next command."""
    entries = receipt.entries
    if not entries:
        place = receipt.reason or "nothing changed"
    elif len(entries) == 1:
        place = f"ledger entry {entries[0]}"
    else:
        place = f"ledger entries {entries[0]} to {entries[-1]}"
    say(ctx, f"{sentence} ({place})")
    if then:
        hint(ctx, then)


def done(
    ctx: Any, sentence: str, receipt: Receipt, data: Mapping[str, Any], *, then: str = ""
) -> None:
    """End an act, and print what it made as JSON where that was asked for."""
    recorded(ctx, sentence, receipt, then=then)
    print_json(ctx, {**data, "changed": receipt.changed, "ledger": receipt.entries})


def print_json(ctx: Any, data: Mapping[str, Any]) -> None:
    """Print what an act made, where --json asks for it."""
    if session(ctx).json:
        from commands._plain import to_json

        typer.echo(to_json(data).encode())


class Progress:
    """A bar for each stage of long work; on a terminal only."""

    def __init__(self, *, visible: bool) -> None:
        self._visible = visible
        self._stage = ""

    def __call__(self, stage: str, part: float) -> None:
        if not self._visible:
            return
        if stage != self._stage:
            self.end()
            self._stage = stage
        filled = round(min(max(part, 0.0), 1.0) * BAR)
        bar = "#" * filled + "." * (BAR - filled)
        sys.stderr.write(f"\r{shown(stage):<12} [{bar}] {part:4.0%}")
        sys.stderr.flush()

    def end(self) -> None:
        if self._stage:
            sys.stderr.write("\n")
            self._stage = ""


@contextmanager
def progress(ctx: Any) -> Iterator[Progress]:
    """Progress that is shown while the block runs."""
    shows = Progress(visible=sys.stderr.isatty() and not session(ctx).quiet)
    try:
        yield shows
    finally:
        shows.end()
