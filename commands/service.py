"""`bureau service list|show|answer`: public services, and what their forms ask for."""

from __future__ import annotations

from typing import Annotated

import typer

from catalog.model import ServiceItem
from commands._context import opened
from commands._group import ActCommand, ReadCommand, new_group
from commands._options import AsOf, Reason, ServiceCode, day
from commands._page import Column, Page, Table, listing
from commands._render import emit
from commands._talk import done, hint

app = new_group("Public services, and where the data for them comes from 政务服务事项.")

SERVICES = [
    Column("code", "code 代码", lambda service: service.code),
    Column("name_zh", "name 名称", lambda service: service.name_zh),
    Column("name_en", "English name", lambda service: service.name_en),
    Column("department", "department 部门", lambda service: service.department),
    Column("channels", "channels 渠道", lambda service: service.channels),
]
SHOWN = [*SERVICES, Column("facets", "facets 分面", lambda service: service.facets)]
ITEMS = [
    Column("item", "needs 所需数据", lambda one: one.needed.item),
    Column("asked_of", "asked of 收集对象", lambda one: one.needed.asked_of),
    Column("state", "state 状态", lambda one: one.state),
    Column("dataset", "entry 目录", lambda one: one.needed.dataset or one.found),
    Column("columns", "columns 字段", lambda one: one.needed.columns),
    Column("provider", "provider 提供部门", lambda one: one.provider),
    Column("grants", "grants 授权", lambda one: one.grants),
    Column("missing", "missing 缺少", lambda one: one.missing),
]
ANSWERS = [
    Column("item", "asks for 收集项", lambda answer: answer.item),
    Column("dataset", "is not 目录", lambda answer: answer.dataset),
    Column("reason", "because 理由", lambda answer: answer.reason),
    Column("answered_by", "by 答复人", lambda answer: answer.answered_by),
    Column("answered_at", "answered 答复时间", lambda answer: answer.answered_at),
]


@app.command("list", cls=ReadCommand)
def list_services(ctx: typer.Context, as_of: AsOf = None) -> None:
    """List the services."""
    with opened(ctx) as bureau:
        services = bureau.list_items(ServiceItem, as_of=day(as_of))
    emit(ctx, listing(services, SERVICES, empty="no service is registered"))


@app.command(cls=ReadCommand)
def show(ctx: typer.Context, service: ServiceCode) -> None:
    """Show one service: of each thing it has to know, whether a live grant gives it now."""
    with opened(ctx) as bureau:
        page = bureau.services.get(service)
    tables = [
        Table(columns=SHOWN, rows=[page.service], upright=True),
        Table(columns=ITEMS, rows=page.items, title="Data items 所需数据"),
        Table(columns=ANSWERS, rows=page.answers, title="Told apart 已说明不同"),
    ]
    emit(ctx, Page(data=page, tables=tables))
    if any(one.found for one in page.items):
        hint(ctx, f"bureau catalog once-only --department {page.service.department}")


@app.command(cls=ActCommand)
def answer(
    ctx: typer.Context,
    service: ServiceCode,
    item: Annotated[str, typer.Option(metavar="TEXT", help="The item, in the form's words.")],
    dataset: Annotated[str, typer.Option(metavar="CODE", help="The entry that it was held to be.")],
    reason: Reason = "",
) -> None:
    """Say why an item of a form is not what an entry has; it is not suggested again."""
    with opened(ctx) as bureau:
        given, receipt = bureau.services.answer(service, item, dataset, reason=reason)
    done(
        ctx,
        f"told '{given.item}' of {given.service} apart from {given.dataset}",
        receipt,
        {"answer": given},
        then="bureau catalog once-only",
    )
