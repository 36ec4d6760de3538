"""SHA-6 需求满足率: of the valid requests that were closed, how many ended with data that was accepted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    cast,
    exists,
    null,
    or_,
    select,
    true,
    union_all,
)

from core.clock import local_day
from core.ids import GRANT as GRANTS
from core.ids import reference
from rates.cut import Cut
from rates.model import Exclusion, Family, RateDefinition, Words
from rates.queries.members import Rate
from rates.queries.requests import (
    LAPSED,
    OPEN,
    REFUSED,
    RETURN_FLOW,
    UNDISPUTED,
    UPHELD,
    WITHDRAWN,
    closings,
    entry_columns,
    ground_of_refusal,
    open_requests,
    returned,
)
from rates.queries.source import ENTRY, GRANT, REQUEST
from sharing.model import RefusalGround

_WITHDRAWN = Exclusion(code="withdrawn", title_zh="已撤回", title_en="withdrawn")
_LAPSED = Exclusion(
    code="lapsed", title_zh="未按期补正而失效", title_en="lapsed: its papers did not come in time"
)
_NOT_FOR_DUTY = Exclusion(
    code="not_for_duty",
    title_zh="非履职所需",
    title_en="refused as outside the department's duties",
)
_DUPLICATE = Exclusion(
    code="duplicate",
    title_zh="重复申请",
    title_en="refused while a grant to the same application gave the dataset already",
)
_OPEN = Exclusion(code="open", title_zh="未办结（积压）", title_en="open: the backlog on the day")

_DEFINITION = RateDefinition(
    id="SHA-6",
    version=1,
    family=Family.SHARING,
    title_zh="需求满足率",
    title_en="Requests satisfied",
    numerator="requests of the base whose data was provided and accepted by the department that "
    "asked, by the end of the day that is asked about",
    numerator_zh="分母中截至统计日数据已提供且经申请部门确认的申请",
    denominator="valid requests that were decided for good in the window, by agreement, refusal or "
    "the end of a dispute; one that is in dispute is open; the providing department answers",
    denominator_zh="统计期内办结的有效申请，包括同意、不同意或争议终结的；争议中的未办结；由提供部门负责",
    exclusions="requests that were withdrawn, lapsed, refused as outside duties, or refused as the "
    "department had a grant on the dataset for the application already; returns to a lower level. "
    "The ground is that of the refusal which stood. The open backlog is listed beside it",
    exclusions_zh="撤回的、失效的、因非履职所需或重复而不同意的申请，以及数据回流；以当时有效的不同意理由为准。"
    "未办结的申请（积压）一并列出",
    reasons=(RETURN_FLOW, _WITHDRAWN, _LAPSED, _NOT_FOR_DUTY, _DUPLICATE, _OPEN),
    basis="proposed; the term is in official use, without a published formula",
    basis_zh="建议口径；名称为官方用语，未见公布的公式",
    windowed=True,
)

_OUTCOMES = {
    "agreed": Words("同意", "agreed to"),
    "refused": Words("不同意", "refused"),
    "undisputed": Words("不同意，争议已撤回", "refused, and the dispute withdrawn"),
    "upheld": Words("争议维持不同意", "refused, and upheld in dispute"),
    "withdrawn": Words("撤回", "withdrawn"),
    "lapsed": Words("失效", "lapsed"),
}


def _members(cut: Cut) -> Select[Any]:
    refused = ENTRY.c.kind.in_((REFUSED, UPHELD, UNDISPUTED))
    outside = ground_of_refusal() == RefusalGround.OUTSIDE_DUTIES.value
    excluded = [
        returned(),
        (_WITHDRAWN, ENTRY.c.kind == WITHDRAWN),
        (_LAPSED, ENTRY.c.kind == LAPSED),
        (_NOT_FOR_DUTY, and_(refused, outside)),
        (_DUPLICATE, and_(refused, _had_already())),
    ]
    accepted = GRANT.c.accepted_at < cut.until
    columns = [
        *entry_columns(cut, and_(GRANT.c.number.is_not(None), accepted), excluded),
        GRANT.c.number.label("grant"),
        GRANT.c.accepted_at,
    ]
    # A grant of a later moment than the entry is not what the request closed with.
    granted = and_(GRANT.c.request == REQUEST.c.number, GRANT.c.granted_at <= ENTRY.c.recorded_at)
    closed = closings(cut, columns).outerjoin(GRANT, granted)
    nothing = (cast(null(), column.type) for column in (GRANT.c.number, GRANT.c.accepted_at))
    backlog = open_requests(cut, (_OPEN, true())).add_columns(*nothing)
    return select(union_all(closed, backlog).subquery())


def _had_already() -> ColumnElement[bool]:
    """A grant on the same dataset, to the same application, was live when it was refused."""
    other, at = GRANT.alias(), ENTRY.c.recorded_at
    return (
        exists()
        .where(
            other.c.dataset == REQUEST.c.dataset,
            other.c.department == REQUEST.c.department,
            other.c.application == REQUEST.c.terms["application"].as_string(),
            other.c.granted_at <= at,
            other.c.not_after > at,
            or_(other.c.revoked_at.is_(None), other.c.revoked_at > at),
            or_(other.c.finished_at.is_(None), other.c.finished_at > at),
        )
        .correlate_except(other)
    )


def _evidence(row: Row[Any], cut: Cut) -> Words:
    if row.kind == OPEN:
        submitted = local_day(row.recorded_at, cut.zone)
        return Words(f"{submitted} 提交，未办结", f"open, submitted on {submitted}")
    outcome = _OUTCOMES[row.kind.partition(".")[2]]
    day = local_day(row.recorded_at, cut.zone)
    more = Words("", "")
    if row.grant is not None:
        grant = reference(GRANTS, row.grant)
        more = Words(f"，{grant} 尚未确认", f", {grant} not accepted yet")
        if row.accepted_at is not None and row.accepted_at < cut.until:
            accepted = local_day(row.accepted_at, cut.zone)
            more = Words(f"，{grant} 于 {accepted} 确认", f", {grant} accepted {accepted}")
    return Words(f"{day} {outcome.zh}{more.zh}", f"{outcome.en} on {day}{more.en}")


RATE = Rate(definition=_DEFINITION, members=_members, evidence=_evidence)
