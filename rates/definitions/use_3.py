"""USE-3 调用成功率: of the calls for a dataset, how many brought data."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, literal, select

from rates.cut import Cut
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.about import within
from rates.queries.facts import published
from rates.queries.members import Parts, Rate, dataset_columns, from_entries, worked_out
from rates.queries.source import DATASET, ENTRY, GRANT, USE, USE_DAY
from sharing.model import UseStatus

_NO_CALL = Exclusion(code="no_call", title_zh="统计期内没有调用", title_en="no call in the window")

_DEFINITION = RateDefinition(
    id="USE-3",
    version=1,
    family=Family.UTILIZATION,
    title_zh="调用成功率",
    title_en="Calls that succeeded",
    numerator="uses that were completed in the window",
    numerator_zh="统计期内成功完成的使用次数",
    denominator="those, the reads that failed or were stopped, and the calls that were refused "
    "because no grant covers them, of published datasets; the providing department's dataset counts",
    denominator_zh="成功、失败或中断的使用，以及因无授权被拒绝的调用，按已发布的数据目录统计；列在提供部门",
    exclusions="datasets without a call. What is not seen: calls with a credential that is wrong or "
    "over, what a machine is refused again within the minute, reads whose process was killed, and "
    "reads that brought no row, which used nothing",
    exclusions_zh="没有调用的数据目录。未计入：凭证错误或过期的调用、机器一分钟内重复的同一被拒调用、进程被终止的读取，以及未取得数据行的读取",
    reasons=(_NO_CALL,),
    counts=Words("次调用", "calls"),
    basis="proposed, after X-Road's counts of requests and of those that succeeded",
    basis_zh="建议口径，参照 X-Road 的请求总数与成功数",
    windowed=True,
)


def _members(cut: Cut) -> Select[Any]:
    counted = [
        DATASET.c.id,
        _completed(cut).label("completed"),
        _failed(cut).label("failed"),
        _denied(cut).label("denied"),
    ]
    found = worked_out(select(*counted).where(published(cut)), "calls_of_each")
    each = found.c
    calls = each.completed + each.failed + each.denied
    columns = [
        *dataset_columns(Parts(each.completed, calls), [(_NO_CALL, calls == 0)]),
        each.failed,
        each.denied,
    ]
    return from_entries(cut, columns).join(found, each.id == DATASET.c.id)


def _completed(cut: Cut) -> ColumnElement[int]:
    grant, counter = GRANT.alias(), USE_DAY.alias()
    return func.coalesce(
        select(func.sum(counter.c.uses))
        .select_from(grant.join(counter, counter.c.grant_number == grant.c.number))
        .where(
            grant.c.dataset == DATASET.c.code,
            grant.c.department != DATASET.c.provider,
            counter.c.day >= cut.first_day,
            counter.c.day <= cut.last_day,
        )
        .correlate_except(grant, counter)
        .scalar_subquery(),
        0,
    )


def _failed(cut: Cut) -> ColumnElement[int]:
    use = USE.alias()
    failures = (
        select(use.c.dataset, func.count().label("calls"))
        .where(use.c.status == UseStatus.FAILED.value, within(use.c.completed_at, cut))
        .group_by(use.c.dataset)
        .cte("failures")
    )
    return _of_dataset(failures.c.dataset, failures.c.calls, DATASET.c.code)


def _denied(cut: Cut) -> ColumnElement[int]:
    denials = (
        select(ENTRY.c.subject, func.count().label("calls"))
        .where(ENTRY.c.kind == "read.denied", within(ENTRY.c.recorded_at, cut))
        .group_by(ENTRY.c.subject)
        .cte("denials")
    )
    subject = literal("dataset:").concat(DATASET.c.code)
    return _of_dataset(denials.c.subject, denials.c.calls, subject)


def _of_dataset(
    key: ColumnElement[str], calls: ColumnElement[int], named: ColumnElement[str]
) -> ColumnElement[int]:
    found = select(calls).where(key == named).correlate(DATASET).scalar_subquery()
    return func.coalesce(found, 0)


def _evidence(row: Row[Any], cut: Cut) -> Words:
    if row.excluded:
        return Words("统计期内没有调用", "no call in the window")
    return Words(
        f"成功 {row.n}，失败 {row.failed}，被拒 {row.denied}",
        f"{row.n} completed, {row.failed} failed, {row.denied} refused",
    )


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
