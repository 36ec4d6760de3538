"""`bureau catalog responsibility`: who answers for each dataset."""

from __future__ import annotations

from typing import Annotated

import typer

from catalog.responsibility import Responsibilities, Standing
from commands._context import opened
from commands._options import AsOf, day
from commands._page import Column, Page, Table
from commands._render import emit

LINES = [
    Column("dataset", "dataset 数据集", lambda line: line.dataset),
    Column("title_zh", "title 名称", lambda line: line.title_zh),
    Column("standing", "state 状态", lambda line: line.standing),
    Column("source", "source 数源部门", lambda line: line.responsibility.source),
    Column("provider", "provider 提供部门", lambda line: line.responsibility.provider),
    Column("authority", "authority 主管部门", lambda line: line.responsibility.authority),
    Column("operator", "operator 运维单位", lambda line: line.responsibility.operator),
    Column("item", "item 数据项", lambda line: line.item),
    Column("duties", "duties 责任", lambda line: line.duties),
]
BESIDE = [
    Column("kind", "gap 缺口", lambda gap: gap.kind),
    Column("subject", "subject 对象", lambda gap: gap.subject),
    Column("department", "department 部门", lambda gap: gap.department),
    Column("message_zh", "说明", lambda gap: gap.message_zh),
    Column("message_en", "in English", lambda gap: gap.message_en),
]


def responsibility(
    ctx: typer.Context,
    department: Annotated[
        str, typer.Option(metavar="CODE", help="Only what this department provides.")
    ] = "",
    unclear: Annotated[
        bool, typer.Option("--unclear", help="Only what is not clear 仅列不明确的.")
    ] = False,
    as_of: AsOf = None,
) -> None:
    """List who answers for each dataset 责任, and what nobody or several answer for."""
    with opened(ctx) as bureau:
        found = bureau.supervision.responsibilities(department=department, as_of=day(as_of))
    lines = [line for line in found.lines if not unclear or line.standing is not Standing.CLEAR]
    parts = {
        "contested": found.contested,
        "duties_without_dataset": found.duties_without_dataset,
        "datasets_without_duty": found.datasets_without_duty,
    }
    tables = [
        Table(columns=LINES, rows=lines),
        Table(
            columns=BESIDE,
            rows=[gap for gaps in parts.values() for gap in gaps],
            title="Contested, missing, beside the duties 争议、缺失、责任之外",
        ),
    ]
    counts = {one.value: found.count(one) for one in Standing}
    data = {"datasets": lines, "counts": counts, **parts}
    emit(ctx, Page(data=data, tables=tables, notes=[_counted(found)], empty="nothing is unclear"))


def _counted(found: Responsibilities) -> str:
    return (
        f"clear 明确 {found.count(Standing.CLEAR)}/{len(found.lines)};"
        f" incomplete 不完整 {found.count(Standing.INCOMPLETE)};"
        f" orphans 无主 {found.count(Standing.ORPHAN)};"
        f" contested 争议 {found.count(Standing.CONTESTED)};"
        f" duties without a dataset 有责无目录 {len(found.duties_without_dataset)};"
        f" datasets without a duty 有目录无责 {len(found.datasets_without_duty)}"
    )
