"""Datasets and their deliveries as tables and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from catalog.model import Dataset, Delivery, DeliveryStatus, read_as
from commands import _quality, _sharing
from commands._page import Column, Page, Table

if TYPE_CHECKING:
    from bureau.app import DatasetPage, Delivered

NEWEST = 5


def _read_as(delivery: Delivery) -> str:
    return read_as(delivery.source_format, delivery.encoding, delivery.sheet)


LISTED = [
    Column("code", "code 代码", lambda dataset: dataset.code),
    Column("title_zh", "title 名称", lambda dataset: dataset.title_zh),
    Column("title_en", "English title", lambda dataset: dataset.title_en),
    Column("provider", "provider 提供部门", lambda dataset: dataset.provider),
    Column("share_type", "sharing 共享属性", lambda dataset: dataset.share_type),
    Column("update_cycle", "cycle 更新频率", lambda dataset: dataset.update_cycle),
    Column("status", "status 状态", lambda dataset: dataset.status),
]
SHOWN = [
    *LISTED,
    Column("summary", "summary 摘要", lambda dataset: dataset.summary),
    Column("items", "items 数据项", lambda dataset: dataset.items),
    Column("format", "format 格式", lambda dataset: dataset.format),
    Column("share_mode", "mode 共享方式", lambda dataset: dataset.share_mode),
    Column("use_conditions", "conditions 使用条件", lambda dataset: dataset.use_conditions),
    Column("resource_class", "class 类", lambda dataset: dataset.resource_class),
    Column("grade", "grade 分级", lambda dataset: dataset.grade),
    Column("legal_basis", "basis 依据", lambda dataset: dataset.legal_basis),
    Column("theme", "theme 主题", lambda dataset: dataset.theme),
    Column("keywords", "keywords 关键词", lambda dataset: dataset.keywords),
    Column("facets", "facets 分面", lambda dataset: dataset.facets),
    Column("source", "source 数源部门", lambda dataset: dataset.responsibility.source),
    Column("authority", "authority 主管部门", lambda dataset: dataset.responsibility.authority),
    Column("operator", "operator 运维单位", lambda dataset: dataset.responsibility.operator),
    Column("fulfils", "fulfils 对应责任", lambda dataset: dataset.fulfils),
    Column("contract", "contract 数据合同", lambda dataset: dataset.contract),
    Column("policy", "delivery policy", lambda dataset: dataset.policy),
]
DELIVERIES = [
    Column("number", "delivery", lambda delivery: delivery.number, right=True),
    Column("delivered_at", "delivered 交付时间", lambda delivery: delivery.delivered_at),
    Column("status", "status 状态", lambda delivery: delivery.status),
    Column("read_as", "read as", _read_as),
    Column("rows_read", "rows read", lambda delivery: delivery.rows_read, right=True),
    Column("rows_published", "published", lambda delivery: delivery.rows_published, right=True),
    Column("contract_version", "contract", lambda delivery: delivery.contract_version),
    Column("lake_version", "lake version", lambda delivery: delivery.lake_version, right=True),
]
GRANTED = ("ref", "state", "department", "application", "not_after", "first_used_at")
"""What a dataset's page shows of each grant."""


def dataset_page(page: DatasetPage, now: datetime) -> Page:
    dataset, check = page.dataset, page.last_check
    newest = sorted(page.deliveries, key=lambda delivery: -delivery.number)
    data = {
        "dataset": dataset,
        "deliveries": newest,
        "last_check": _quality.summary_json(check) if check else None,
        "grants": [_sharing.grant_json(grant, now) for grant in page.grants],
        "two_approvals": page.two_approvals,
    }
    two = Column("two_approvals", "two approvals for 须两人同意", lambda _: page.two_approvals)
    grants = [column for column in _sharing.grant_columns(now) if column.key in GRANTED]
    tables = [
        Table(columns=[*SHOWN, two], rows=[dataset], upright=True),
        Table(columns=DELIVERIES, rows=newest[:NEWEST], title="Newest deliveries 最近交付"),
        Table(columns=grants, rows=page.grants, title="Grants 共享授权"),
    ]
    return Page(data=data, tables=tables, notes=["", *_quality.notes(check)] if check else [])


def history_page(
    states: Sequence[tuple[datetime, Dataset]], deliveries: Sequence[Delivery]
) -> Page:
    columns = [
        Column("recorded_at", "recorded 登记时间", lambda row: row[0]),
        Column("changed", "what changed", lambda row: row[1]),
    ]
    earlier = [None, *(state for _, state in states)]
    rows = [
        (moment, _changed(old, new))
        for (moment, new), old in zip(states, earlier[:-1], strict=True)
    ]
    ordered = sorted(deliveries, key=lambda delivery: delivery.number)
    data = {
        "states": [{"recorded_at": moment, "dataset": state} for moment, state in states],
        "deliveries": ordered,
    }
    tables = [
        Table(columns=columns, rows=rows, title="Entry 目录条目"),
        Table(columns=DELIVERIES, rows=ordered, title="Deliveries 交付"),
    ]
    return Page(data=data, tables=tables)


def delivered_page(delivered: Delivered, status: DeliveryStatus) -> Page:
    """The outcome of a delivery: what became of it, and the checks that did not pass."""
    report, delivery = delivered.report, delivered.delivery
    failing = _quality.failing(report)
    outcome: dict[str, Any] = {
        "dataset": report.dataset,
        "delivery": delivery.number if delivery else None,
        "status": status,
        "read_as": delivered.read_as,
        "rows_read": report.rows,
        "rows_published": delivery.rows_published if delivery else None,
        "failing_rows": report.failing_rows,
        "checks_not_passed": f"{len(failing)} of {len(report.results)}",
        "score": _quality.spoken(report.score),
    }
    if delivery and delivery.declared_rows is not None:
        outcome["rows_declared"] = delivery.declared_rows
    data = {
        "status": status,
        "delivery": delivery,
        "read_as": delivered.read_as,
        "repeated": delivered.repeated,
        "cut_off": delivered.cut_off,
        "check": _quality.report_json(report),
        "ledger": delivered.receipt.entries,
    }
    columns = [_outcome(key) for key in outcome]
    tables = [
        Table(columns=columns, rows=[outcome], upright=True),
        Table(columns=_quality.RESULTS, rows=failing, title="Checks that did not pass 未通过"),
    ]
    return Page(data=data, tables=tables)


def _outcome(key: str) -> Column:
    return Column(key, key.replace("_", " "), itemgetter(key))


def _changed(old: Dataset | None, new: Dataset) -> str:
    if old is None:
        return "registered"
    names = [f.name for f in fields(new) if getattr(old, f.name) != getattr(new, f.name)]
    return ", ".join(names)
