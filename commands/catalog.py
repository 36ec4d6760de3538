"""`bureau catalog`: what is missing, who answers, what is asked for twice, lists, imports, exports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from catalog.model import Grade, ResourceClass, Responsibility, ShareMode, ShareType
from commands import _exports, _responsibility, _submissions, _supply
from commands._context import opened
from commands._group import ActCommand, Command, ReadCommand, new_group
from commands._options import DryRun, document
from commands._page import Column, Page, Table, listing
from commands._render import emit
from commands._talk import recorded, say

app = new_group("Submit and review entries, find gaps, make the three lists, import listings 目录.")

GAPS = [
    Column("kind", "gap 缺口", lambda gap: gap.kind),
    Column("subject", "subject 对象", lambda gap: gap.subject),
    Column("department", "department 部门", lambda gap: gap.department),
    Column("message_zh", "说明", lambda gap: gap.message_zh),
    Column("message_en", "in English", lambda gap: gap.message_en),
]
RECORDS = [
    Column("position", "record", lambda record: record.position, right=True),
    Column("status", "status", lambda record: record.status),
    Column("code", "code 代码", lambda record: record.code),
    Column("title", "title 名称", lambda record: record.title),
    Column("notes", "what could not be taken", lambda record: [str(n) for n in record.notes]),
]


@app.command(cls=ReadCommand)
def gaps(
    ctx: typer.Context,
    department: Annotated[
        str, typer.Option(metavar="CODE", help="Only what this department can close.")
    ] = "",
) -> None:
    """List what is unclear, contested, orphaned or missing."""
    with opened(ctx) as bureau:
        found = bureau.gaps(department=department)
    emit(ctx, listing(found, GAPS, empty="the catalogue has no gaps"))


app.command("once-only", cls=ReadCommand)(_supply.once_only)
app.command("lists", cls=ReadCommand)(_supply.lists)
app.command("export", cls=Command)(_exports.export)
app.command("score", cls=ReadCommand)(_exports.score)
app.command("responsibility", cls=ReadCommand)(_responsibility.responsibility)


@app.command("import", cls=ReadCommand)
def import_listing(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The listing; - is standard input.")],
    form: Annotated[
        Literal["dcat-us", "csv"],
        typer.Option("--from", help="What it is: data.json of DCAT-US, or CSV with headings."),
    ],
    department: Annotated[
        str, typer.Option(metavar="CODE", help="The department that provides these datasets.")
    ],
    prefix: Annotated[str, typer.Option(metavar="TEXT", help="Put before every code.")] = "",
    share_type: Annotated[
        ShareType | None, typer.Option(help="Sharing type 共享属性 of all.")
    ] = None,
    share_mode: Annotated[
        ShareMode | None, typer.Option(help="Sharing mode 共享方式 of all.")
    ] = None,
    resource_class: Annotated[
        ResourceClass | None, typer.Option("--class", help="Resource class 类 of all.")
    ] = None,
    grade: Annotated[Grade | None, typer.Option(help="Grade 分级 of all.")] = None,
    theme: Annotated[str, typer.Option(metavar="CODE", help="Theme 主题 of all.")] = "",
    source: Annotated[
        str, typer.Option(metavar="CODE", help="Source department 数源部门 of all.")
    ] = "",
    authority: Annotated[
        str, typer.Option(metavar="CODE", help="Department in charge 主管部门 of all.")
    ] = "",
    operator: Annotated[str, typer.Option(metavar="CODE", help="Operator 运维单位 of all.")] = "",
    columns: Annotated[
        str,
        typer.Option(metavar="A,B,C", help="The columns of a CSV listing without headings."),
    ] = "",
    encoding: Annotated[
        str, typer.Option(metavar="NAME", help="Encoding of a CSV listing.")
    ] = "utf-8",
    every: Annotated[
        bool, typer.Option("--all", help="Also list the records that were taken whole.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Register the records of a listing as drafts; list what could not be taken, and why."""
    from bureau import ImportDefaults, ImportFormat

    defaults = ImportDefaults(
        provider=department,
        prefix=prefix,
        share_type=share_type,
        share_mode=share_mode,
        resource_class=resource_class,
        grade=grade,
        theme=theme,
        responsibility=Responsibility(
            source=source, provider=department, authority=authority, operator=operator
        ),
    )
    with opened(ctx) as bureau, document(file) as listed:
        imported = bureau.import_catalogue(
            listed,
            ImportFormat(form),
            defaults,
            columns=tuple(name.strip() for name in columns.split(",")) if columns else (),
            encoding=encoding,
            dry_run=dry_run,
        )
    result = imported.result
    records = [r for r in result.report if every or r.status != "taken"]
    counts = {"added": imported.added, "changed": imported.changed, "unchanged": imported.unchanged}
    data = {**counts, "counts": result.counts, "dry_run": dry_run, "records": records}
    data["ledger"] = imported.receipt.entries
    emit(ctx, Page(data=data, tables=[Table(columns=RECORDS, rows=records)]))
    by_status = ", ".join(f"{count} {status}" for status, count in result.counts.items())
    say(ctx, f"{len(result.report)} records: {by_status}")
    did = ", ".join(f"{count} {word}" for word, count in counts.items())
    if dry_run:
        say(ctx, f"nothing was changed; it would be: {did}")
    else:
        recorded(ctx, did, imported.receipt, then="bureau catalog gaps")


for _act in (
    _submissions.submit,
    _submissions.review,
    _submissions.event,
    _submissions.extend,
    _submissions.consent,
    _submissions.decline,
    _submissions.source,
):
    app.command(cls=ActCommand)(_act)
for _look in (_submissions.submissions, _submissions.show, _submissions.events):
    app.command(cls=ReadCommand)(_look)
