"""SHA-9 回流率: of what is on the return lists, how much came whole and on time (Decree 809 Art. 24)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, and_, cast, func, or_, select

from core.clock import local_day
from core.ids import RETURN_LIST
from rates.cut import Cut
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.about import about_columns, numbered, of_dataset_at
from rates.queries.members import Rate
from rates.queries.source import RETURN_CHECK, RETURN_FLOW

_NOT_BEGUN = Exclusion(code="not_begun", title_zh="尚未到起始日", title_en="it begins later")
_NOT_ACCEPTED = Exclusion(
    code="not_accepted",
    title_zh="接收部门未确认应用系统",
    title_en="the receiving department has not named its application",
)
_UNCHECKED = Exclusion(
    code="unchecked", title_zh="统计期内未核查", title_en="not checked in the window", unknown=True
)
_UNDECIDED = Exclusion(
    code="undecided",
    title_zh="核查无法判断是否完整或及时",
    title_en="its check could not say whether it was whole and on time",
)

_DEFINITION = RateDefinition(
    id="SHA-9",
    version=1,
    family=Family.SHARING,
    title_zh="回流率",
    title_en="Return flow rate",
    numerator="entries of the base whose last check in the window found every row and column of the "
    "area, and new data as often as promised",
    numerator_zh="分母中统计期内最近一次核查为完整且及时的",
    denominator="entries of the return lists (dataset and area) at the end of the day, confirmed by "
    "the provider or not; the providing department answers",
    denominator_zh="统计日回流清单中的条目（目录 × 区域），无论提供部门是否已确认；由提供部门负责",
    exclusions="entries that begin later, that the receiving department has named no application "
    "for, that nobody checked in the window, and whose check could not decide: no row was to be "
    "returned, or no update cycle is promised",
    exclusions_zh="尚未到起始日的、接收部门未确认的、统计期内未核查的，以及核查无法判断的（无应回流数据或未承诺更新周期）",
    reasons=(_NOT_BEGUN, _NOT_ACCEPTED, _UNCHECKED, _UNDECIDED),
    basis="Decree 809 Art. 24",
    basis_zh="条例第二十四条",
    windowed=True,
)


def _members(cut: Cut) -> Select[Any]:
    flow, check = RETURN_FLOW.c, RETURN_CHECK.c
    confirmed = and_(flow.confirmed_at.is_not(None), flow.confirmed_at < cut.until)
    accepted = and_(flow.accepted_at.is_not(None), flow.accepted_at < cut.until)
    due = func.coalesce(check.expected, 0)
    excluded = [
        (_NOT_BEGUN, flow.start_on > cut.last_day),
        (_NOT_ACCEPTED, and_(confirmed, ~accepted)),
        (_UNCHECKED, and_(confirmed, check.number.is_(None))),
        (_UNDECIDED, and_(check.number.is_not(None), _undecided(due))),
    ]
    columns = [
        *about_columns(
            cut,
            numbered(RETURN_LIST, flow.number),
            flow.dataset,
            func.coalesce(of_dataset_at(cut, flow.dataset, "provider"), ""),
            and_(confirmed, _whole(due), check.on_time),
            excluded,
        ),
        flow.application,
        flow.department.label("receiver"),
        flow.confirmed_at,
        check.checked_at,
        check.given,
        check.held,
        check.expected,
        check.on_time,
    ]
    return (
        select(*columns)
        .select_from(RETURN_FLOW)
        .outerjoin(
            RETURN_CHECK,
            and_(check.return_number == flow.number, check.number == _last_check(cut)),
        )
        .where(
            flow.entered_at < cut.until,
            or_(flow.withdrawn_at.is_(None), flow.withdrawn_at >= cut.until),
        )
    )


def _last_check(cut: Cut) -> ColumnElement[Any]:
    check = RETURN_CHECK.alias()
    return (
        select(func.max(check.c.number))
        .where(
            check.c.return_number == RETURN_FLOW.c.number,
            check.c.checked_at >= cut.since,
            check.c.checked_at < cut.until,
        )
        .correlate_except(check)
        .scalar_subquery()
    )


def _whole(due: ColumnElement[int]) -> ColumnElement[bool]:
    """The rule of `sharing.returnflow.model.ReturnCheck.complete`."""
    check = RETURN_CHECK.c
    return and_(
        check.delivery.is_not(None),
        cast(check.missing, Text) == "[]",
        check.given >= check.held,
        check.given >= due,
    )


def _undecided(due: ColumnElement[int]) -> ColumnElement[bool]:
    """What was there was whole, but there was no row; or whole, but nothing says when it is late."""
    check = RETURN_CHECK.c
    nothing = and_(check.held == 0, due == 0)
    return and_(_whole(due), or_(nothing, check.on_time.is_(None)))


def _evidence(row: Row[Any], cut: Cut) -> Words:
    to = Words(f"回流至 {row.receiver}", f"to {row.receiver}")
    if row.confirmed_at is None or row.confirmed_at >= cut.until:
        return Words(f"{to.zh}，提供部门未确认", f"{to.en}, not confirmed by the provider")
    if row.checked_at is None:
        return Words(f"{to.zh}，统计期内未核查", f"{to.en}, not checked in the window")
    day = local_day(row.checked_at, cut.zone)
    due = max(row.held, row.expected or 0)
    timely = {
        True: Words("及时", "on time"),
        False: Words("不及时", "late"),
        None: Words("未承诺周期", "no cycle promised"),
    }[row.on_time]
    return Words(
        f"{to.zh}，{day} 核查：{row.given} / {due} 行，{timely.zh}",
        f"{to.en}, checked {day}: {row.given} of {due} rows, {timely.en}",
    )


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
