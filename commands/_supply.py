"""`bureau catalog once-only|lists`: what forms ask for twice, and the three lists."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from commands._context import opened
from commands._page import Column, Page, Table, listing
from commands._render import emit
from commands._spreadsheets import SpreadsheetSafe, defused
from commands._talk import hint


class WhichList(StrEnum):
    NEEDS = "needs"
    RESOURCES = "resources"
    RESPONSIBILITIES = "responsibilities"
    NEGATIVE = "negative"


REPEATS = [
    Column("kind", "kind 类别", lambda one: one.kind),
    Column("service", "service 事项", lambda one: one.service),
    Column("department", "department 部门", lambda one: one.department),
    Column("item", "asks for 收集项", lambda one: one.item),
    Column("asked_of", "of 对象", lambda one: one.asked_of),
    Column("dataset", "entry 目录", lambda one: one.dataset),
    Column("provider", "provider 提供部门", lambda one: one.provider),
    Column("words", "calls it 目录用词", lambda one: one.words),
    Column("ground", "ground 依据", lambda one: one.ground),
    Column("score", "likeness 相似度", lambda one: one.score, right=True),
]
NEEDS = [
    Column("ref", "need 需求", lambda line: line.ref),
    Column("state", "state 状态", lambda line: line.state),
    Column("department", "who 需求部门", lambda line: line.department),
    Column("application", "application 应用", lambda line: line.application),
    Column("title_zh", "what 名称", lambda line: line.title_zh),
    Column("items", "items 数据项", lambda line: line.items),
    Column("provider", "from whom 责任部门", lambda line: line.provider),
    Column("dataset", "entry 目录", lambda line: line.dataset),
    Column("stated_at", "stated 提出时间", lambda line: line.stated_at),
    Column("due_on", "due 到期", lambda line: line.due_on),
]
RESOURCES = [
    Column("code", "code 代码", lambda line: line.code),
    Column("title_zh", "title 数据目录名称", lambda line: line.title_zh),
    Column("items", "items 数据项", lambda line: line.items),
    Column("provider", "provider 提供单位", lambda line: line.provider),
    Column("format", "format 数据格式", lambda line: line.format),
    Column("update_cycle", "cycle 数据更新频率", lambda line: line.update_cycle),
    Column("share_type", "sharing 共享属性", lambda line: line.share_type),
    Column("share_mode", "mode 共享方式", lambda line: line.share_mode),
    Column("use_conditions", "conditions 使用条件", lambda line: line.use_conditions),
    Column("resource_class", "class 数据分类", lambda line: line.resource_class),
    Column("grade", "grade 数据分级", lambda line: line.grade),
    Column("contract", "contract 数据合同", lambda line: line.contract),
    Column("delivered_at", "delivered 最近交付", lambda line: line.delivered_at),
    Column("freshness", "freshness 鲜活", lambda line: line.freshness),
]
RESPONSIBILITIES = [
    Column("duty", "duty 责任", lambda line: line.duty),
    Column("department", "department 部门", lambda line: line.department),
    Column("item", "item 数据项", lambda line: line.item),
    Column("title_zh", "title 名称", lambda line: line.title_zh),
    Column("theme", "theme 主题", lambda line: line.theme),
    Column("legal_ground", "legal ground 依据", lambda line: line.legal_ground),
    Column("state", "state 状态", lambda line: line.state),
    Column("datasets", "entries 目录", lambda line: line.datasets),
]

NEGATIVE = [
    Column("code", "code 代码", lambda line: line.code),
    Column("title_zh", "title 数据目录名称", lambda line: line.title_zh),
    Column("items", "items 数据项", lambda line: line.items),
    Column("provider", "provider 提供单位", lambda line: line.provider),
    Column("legal_basis", "legal basis 法律依据", lambda line: line.legal_basis),
    Column("cites_law", "cites a law 援引法律", lambda line: line.cites_law),
]


def once_only(
    ctx: typer.Context,
    department: Annotated[
        str, typer.Option(metavar="CODE", help="Only the forms of this department's services.")
    ] = "",
) -> None:
    """List what forms ask citizens or firms for although it is shared 重复收集."""
    with opened(ctx) as bureau:
        found = bureau.services.once_only(department=department)
    emit(ctx, listing(found, REPEATS, empty="no form asks for what another department shares"))
    for one in found:
        if one.kind == "suggestion":
            hint(
                ctx,
                f"bureau service answer {one.service} --item '{one.item}' --dataset {one.dataset}"
                " --reason TEXT (where the two are not the same)",
            )
            break


def lists(
    ctx: typer.Context,
    which: Annotated[
        WhichList,
        typer.Option("--list", help="Which one: 需求清单, 资源清单, 责任清单 or 负面清单."),
    ],
    spreadsheet_safe: SpreadsheetSafe = False,
) -> None:
    """Make one of the lists 清单 out of catalogue, requests, needs and duties."""
    with opened(ctx) as bureau:
        lines: Sequence[Any]
        match which:
            case WhichList.NEEDS:
                lines, columns = bureau.needs.needs_list(), NEEDS
            case WhichList.RESOURCES:
                lines, columns = bureau.needs.resources_list(), RESOURCES
            case WhichList.RESPONSIBILITIES:
                lines, columns = bureau.needs.responsibilities_list(), RESPONSIBILITIES
            case WhichList.NEGATIVE:
                lines, columns = bureau.needs.negative_list(), NEGATIVE
    record = defused(columns, safe=spreadsheet_safe)
    table = Table(columns=columns, rows=lines, record=record)
    emit(ctx, Page(data=lines, tables=[table], empty="the list is empty"))
