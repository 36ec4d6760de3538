"""`bureau apply|diff|search`: the registry as a folder of YAML, and finding things in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from commands._context import opened
from commands._errors import NEGATIVE
from commands._group import ActCommand, ReadCommand, new_group
from commands._options import DryRun, Folder, Limit, document
from commands._page import Column, Page, Table, listing
from commands._plain import to_json
from commands._render import emit
from commands._talk import done, hint, say, say_doubts

if TYPE_CHECKING:
    from bureau.planning import Step

app = new_group("The registry.")


def _fields(step: Step) -> str:
    return "; ".join(
        f"{name}: {to_json(old, indent=None)} -> {to_json(new, indent=None)}"
        for name, old, new in step.fields
    )


STEPS = [
    Column("kind", "kind", lambda step: step.kind),
    Column("code", "code", lambda step: step.code),
    Column("change", "change", lambda step: step.change),
    Column("fields", "fields", _fields),
]


@app.command(cls=ReadCommand)
def diff(
    ctx: typer.Context,
    path: Folder,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 1 when there are differences.")
    ] = False,
) -> None:
    """Show what applying a folder or file of YAML would change."""
    with opened(ctx) as bureau, document(path) as file:
        steps = bureau.diff(file)
    changing = show_steps(ctx, steps)
    if changing:
        hint(ctx, f"bureau apply {path}")
    if changing and exit_code:
        raise typer.Exit(NEGATIVE)


@app.command(cls=ActCommand)
def apply(ctx: typer.Context, path: Folder, dry_run: DryRun = False) -> None:
    """Make the registry match a folder or file of YAML: all of it, or nothing."""
    with opened(ctx) as bureau, document(path) as file:
        if dry_run:
            show_steps(ctx, bureau.diff(file))
            return
        applied = bureau.apply(file)
    say_doubts(ctx, applied.doubts)
    done(
        ctx,
        _counted(applied.steps),
        applied.receipt,
        {"steps": [_step(step) for step in changes(applied.steps)]},
        then="bureau catalog gaps",
    )


@app.command(cls=ReadCommand)
def search(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Words in Chinese or English.")],
    limit: Limit = 20,
) -> None:
    """Find datasets that hold every word of the text, best first."""
    with opened(ctx) as bureau:
        found = bureau.search(text, limit=limit + 1)
    hits = found[:limit]
    columns = [
        Column("code", "code 代码", lambda hit: hit.dataset.code),
        Column("title_zh", "title 名称", lambda hit: hit.dataset.title_zh),
        Column("title_en", "English title", lambda hit: hit.dataset.title_en),
        Column("provider", "provider 提供部门", lambda hit: hit.dataset.provider),
        Column("share_type", "sharing 共享属性", lambda hit: hit.dataset.share_type),
        Column("status", "status 状态", lambda hit: hit.dataset.status),
    ]
    emit(ctx, listing(hits, columns, empty="no dataset holds all these words"))
    if len(found) > limit:
        say(ctx, f"these are the best {limit}, there are more; --limit N shows them")
    if hits:
        hint(ctx, f"bureau dataset show {hits[0].dataset.code}")


def show_steps(ctx: typer.Context, steps: Sequence[Step]) -> bool:
    """Show the steps that change something; whether there are any."""
    changing = changes(steps)
    table = Table(columns=STEPS, rows=changing)
    emit(ctx, Page(data=[_step(step) for step in changing], tables=[table]))
    say(ctx, _counted(steps))
    return bool(changing)


def changes(steps: Sequence[Step]) -> list[Step]:
    return [step for step in steps if step.change != "unchanged"]


def _step(step: Step) -> dict[str, object]:
    fields = [{"name": name, "before": old, "after": new} for name, old, new in step.fields]
    return {"kind": step.kind, "code": step.code, "change": step.change, "fields": fields}


def _counted(steps: Sequence[Step]) -> str:
    counts = dict.fromkeys(("added", "changed", "unchanged"), 0)
    for step in steps:
        counts[step.change] += 1
    return ", ".join(f"{count} {word}" for word, count in counts.items())
