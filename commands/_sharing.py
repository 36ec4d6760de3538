"""Requests and grants as tables and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from catalog.predicate import predicate_json
from commands._page import Column, Page, Table
from commands._plain import plain, to_json
from sharing.clocks.model import Clock, next_due
from sharing.model import AccessRequest, Grant, GrantState, Terms, Use
from sharing.profiles.national import national
from sharing.requests.verdict import verdict
from sharing.safeguards import spoken

REQUESTS = [
    Column("ref", "request 申请", lambda request: request.ref),
    Column("state", "state 状态", lambda request: request.state),
    Column("department", "department 申请部门", lambda request: request.department),
    Column("dataset", "dataset 数据集", lambda request: request.terms.dataset),
    Column("application", "application 应用", lambda request: request.terms.application),
    Column("created_at", "created 创建时间", lambda request: request.created_at),
]
VERDICTS = [
    *REQUESTS[:2],
    Column("dossier", "dossier 申请单", lambda request: request.dossier),
    *REQUESTS[3:5],
    Column("verdict", "verdict 答复", lambda request: verdict(request).outcome),
    Column("rule", "rule 依据", lambda request: verdict(request).rule),
    Column("not_given", "not given 未同意数据项", lambda request: verdict(request).columns),
    Column("grant", "grant 授权", lambda request: request.grant),
]
SUSPENSIONS = [
    Column("since", "suspended 暂停时间", lambda pause: pause.since),
    Column("until", "resumed 恢复时间", lambda pause: pause.until),
    Column("reason", "reason 理由", lambda pause: pause.reason),
    Column("suspended_by", "by 暂停人", lambda pause: pause.suspended_by),
    Column("rectified_at", "rectified 整改时间", lambda pause: pause.rectified_at),
    Column("report", "report 整改情况", lambda pause: pause.report),
    Column("why_resumed", "why resumed 恢复理由", lambda pause: pause.why_resumed),
]
USES = [
    Column("authorised_at", "authorised 授权时间", lambda use: use.authorised_at),
    Column("status", "status 状态", lambda use: use.status),
    Column("rows", "rows 行数", lambda use: use.rows, right=True),
    Column("bytes", "bytes 字节", lambda use: use.bytes, right=True),
    Column("sha256", "sha256", lambda use: use.sha256[:12]),
]


def terms_columns(of: Callable[[Any], Terms]) -> list[Column]:
    """What is asked for or granted: the five things of Decree 809 Art. 20, and the rest."""
    return [
        Column("dataset", "dataset 数据集", lambda row: of(row).dataset),
        Column(
            "contract_version", "contract version 合同版本", lambda row: of(row).contract_version
        ),
        Column("application", "application 应用", lambda row: of(row).application),
        Column("legal_basis", "legal basis 使用依据", lambda row: of(row).legal_basis),
        Column("scenario", "scenario 使用场景", lambda row: of(row).scenario),
        Column("columns", "columns 使用范围", lambda row: of(row).columns),
        Column("rows", "rows 行范围", lambda row: _rows(of(row))),
        Column("safeguards", "safeguards 保护措施", lambda row: tuple(spoken(of(row).safeguards))),
        Column("mode", "mode 共享方式", lambda row: of(row).mode),
        Column("not_before", "from 起", lambda row: of(row).not_before),
        Column("not_after", "before 止", lambda row: of(row).not_after),
        Column("terms_hash", "hash of the terms 条款哈希", lambda row: of(row).hash),
    ]


def clock_columns(today: date) -> list[Column]:
    """The columns of clocks, whose state is that of `today`."""
    titles = national().limits  # a city profile names no limit anew
    return [
        Column("limit", "limit 时限", lambda clock: clock.limit),
        Column("title_zh", "事项", lambda clock: titles[clock.limit].title_zh),
        Column("title_en", "what", lambda clock: titles[clock.limit].title_en),
        Column("article", "article 条款", lambda clock: clock.article),
        Column("debtor", "whose 责任部门", lambda clock: clock.debtor),
        Column("started_on", "from 起算", lambda clock: clock.started_on),
        Column("due_on", "due 到期", _due),
        Column("ended_on", "done 完成", lambda clock: clock.ended_on),
        Column("state", "state 状态", lambda clock: clock.state_on(today)),
    ]


def paused(since: date, left: int) -> str:
    """What is said in place of the day that something is due, while its clock stands still."""
    return f"paused since {since}; {left} working day{'' if left == 1 else 's'} left"


def _due(clock: Clock) -> str | date:
    standing = clock.standing
    return clock.due_on if standing is None else paused(standing.since, standing.left)


def clock_json(clock: Clock, today: date) -> dict[str, Any]:
    return {**plain(clock), "state": clock.state_on(today)}


def due_columns(clock_of: Callable[[Any], Clock | None], today: date) -> list[Column]:
    """What is due next about a row, by when, and whether that is over."""
    return [
        Column("limit", "limit 时限", _of_clock(clock_of, lambda clock: clock.limit)),
        Column("due_on", "due 到期", _of_clock(clock_of, _due)),
        Column("due_state", "time 时限状态", _of_clock(clock_of, lambda c: c.state_on(today))),
    ]


def due_record(clock_of: Callable[[Any], Clock | None], today: date) -> list[Column]:
    """The same for CSV: what stands still has no day."""
    limit, due_on, state = due_columns(clock_of, today)
    day = _of_clock(clock_of, lambda clock: None if clock.paused else clock.due_on)
    since = _of_clock(clock_of, lambda clock: clock.standing and clock.standing.since)
    return [
        limit,
        replace(due_on, value=day),
        state,
        Column("paused_since", "paused since 中止起", since),
    ]


def _of_clock(
    clock_of: Callable[[Any], Clock | None], read: Callable[[Clock], Any]
) -> Callable[[Any], Any]:
    def value(row: Any) -> Any:
        clock = clock_of(row)
        return None if clock is None else read(clock)

    return value


def due(clocks: Sequence[Clock]) -> str:
    """When the clock that runs is due, for the end of a sentence."""
    running = [c for c in clocks if c.ended_on is None and not c.paused]
    return f", due on {running[-1].due_on}" if running else ""


def request_json(request: AccessRequest, two_approvals: Sequence[str]) -> dict[str, Any]:
    """A request, and why two persons have to agree to it while nobody has decided."""
    return {**plain(request), "two_approvals": two_approvals}


def requests_page(
    requests: Sequence[AccessRequest],
    due: Mapping[str, Clock],
    today: date,
    *,
    columns: Sequence[Column],
    empty: str,
) -> Page:
    """A list of requests in these columns, each with what of it is `due` next."""

    def clock_of(request: AccessRequest) -> Clock | None:
        return due.get(f"request:{request.ref}")

    data = [
        {**plain(one), "next_due": clock_json(clock, today) if (clock := clock_of(one)) else None}
        for one in requests
    ]
    table = Table(
        columns=[*columns, *due_columns(clock_of, today)],
        rows=requests,
        record=[*columns, *due_record(clock_of, today)],
    )
    return Page(data=data, tables=[table], empty=empty)


def request_page(
    request: AccessRequest, clocks: Sequence[Clock], two_approvals: Sequence[str], today: date
) -> Page:
    columns = [
        Column("ref", "request 申请", lambda row: row.ref),
        Column("state", "state 状态", lambda row: row.state),
        Column("department", "department 申请部门", lambda row: row.department),
        *terms_columns(lambda row: row.terms),
        Column("created_at", "created 创建时间", lambda row: row.created_at),
        Column("created_by", "created by 申请人", lambda row: row.created_by),
        Column("dossier", "dossier 申请单", lambda row: row.dossier),
        Column("submitted_at", "submitted 提交时间", lambda row: row.submitted_at),
        Column("endorsed_by", "endorsed by 申请审核人", lambda row: row.endorsed_by),
        Column("received_at", "signed for 签收时间", lambda row: row.received_at),
        Column("received_by", "by 签收人", lambda row: row.received_by),
        Column("missing", "missing 一次性告知", lambda row: row.returned and row.returned.missing),
        Column("answer", "supplement 补正", lambda row: row.returned and row.returned.supplement),
        Column("extension", "more time 延期", _extension),
        Column("two_approvals", "two approvals for 须两人同意", lambda _: two_approvals),
        Column("first_approval", "first approval 初审", _first),
        Column("verdict", "verdict 答复", lambda row: verdict(row).outcome),
        Column("rule", "rule 依据", lambda row: verdict(row).rule),
        Column("not_given", "not given 未同意数据项", lambda row: verdict(row).columns),
        Column("decided_at", "decided 决定时间", lambda row: row.decided_at),
        Column("decided_by", "decided by 决定人", lambda row: row.decided_by),
        Column("ground", "ground 理由类别", lambda row: row.ground),
        Column("reason", "reason 理由", lambda row: row.reason),
        Column("dispute", "dispute 争议", lambda row: row.dispute),
        Column("grant", "grant 授权", lambda row: row.grant),
    ]
    record = due_record(lambda _: next_due(clocks), today)
    tables = [
        Table(columns=columns, rows=[request], upright=True, record=[*columns, *record]),
        Table(columns=clock_columns(today), rows=clocks, title="Clocks 时限"),
    ]
    running = [clock_json(clock, today) for clock in clocks]
    data = request_json(request, two_approvals)
    return Page(data={**data, "verdict": verdict(request), "clocks": running}, tables=tables)


def _extension(request: AccessRequest) -> str:
    asked = request.extension
    if asked is None:
        return ""
    state = "asked for, without an answer yet"
    if asked.consented_at:
        state = f"consented to by {asked.consented_by}"
    if asked.declined_at:
        state = f"declined by {asked.declined_by} ({asked.why_declined})"
    return f"{asked.days} working days for {asked.asked_by}, {state}: {asked.reason}"


def _first(request: AccessRequest) -> str:
    first = request.first_approval
    if first is None:
        return ""
    guarded = f", under these safeguards: {first.safeguards}" if first.safeguards else ""
    return f"{first.by}: {', '.join(first.columns)}{guarded}"


def grant_columns(now: datetime) -> list[Column]:
    """The columns of a list of grants, whose state is that of the moment `now`."""
    return [
        Column("ref", "grant 授权", lambda grant: grant.ref),
        Column("state", "state 状态", lambda grant: grant.state_at(now)),
        Column("department", "department 使用部门", lambda grant: grant.department),
        Column("provider", "provider 提供部门", lambda grant: grant.provider),
        Column("dataset", "dataset 数据集", lambda grant: grant.terms.dataset),
        Column("application", "application 应用", lambda grant: grant.terms.application),
        Column("not_after", "before 止", lambda grant: grant.terms.not_after),
        Column("first_used_at", "first used 首次使用", lambda grant: grant.first_used_at),
    ]


def grant_page(
    grant: Grant,
    uses: Sequence[Use],
    clocks: Sequence[Clock],
    now: datetime,
    today: date,
    *,
    beside: Mapping[str, Any],
    tables_beside: Sequence[Table],
) -> Page:
    """A grant with its uses and clocks, and what other areas know `beside` it."""
    columns = [
        *grant_columns(now)[:4],
        Column("suspended_for", "suspended for 暂停原因", lambda row: _suspended_for(row, now)),
        Column("request", "request 申请", lambda row: row.request),
        *terms_columns(lambda row: row.terms),
        Column("granted_at", "granted 授权时间", lambda row: row.granted_at),
        Column("granted_by", "granted by 授权人", lambda row: row.granted_by),
        Column("delivered_at", "shared 共享时间", lambda row: row.delivered_at),
        Column("accepted_at", "accepted 验收时间", lambda row: row.accepted_at),
        Column("first_used_at", "first used 首次使用", lambda row: row.first_used_at),
        Column("review_due", "review before 复核期限", lambda row: row.review_due),
        Column("emergency", "emergency 应急", lambda row: row.emergency or None),
        Column("revoked_at", "revoked 撤销时间", lambda row: row.revoked_at),
        Column("revoked_by", "revoked by 撤销人", lambda row: row.revoked_by),
        Column("revoke_reason", "reason 理由", lambda row: row.revoke_reason),
        Column("finished_at", "finished 目的终止时间", lambda row: row.finished_at),
        Column("finish_cause", "because 终止原因", lambda row: row.finish_cause),
        Column("finish_reason", "in words 终止说明", lambda row: row.finish_reason),
        Column("disposed_at", "disposed of 处置确认时间", lambda row: row.disposed_at),
    ]
    record = due_record(lambda _: next_due(clocks), today)
    running = [clock_json(clock, today) for clock in clocks]
    tables = [
        Table(columns=columns, rows=[grant], upright=True, record=[*columns, *record]),
        Table(columns=clock_columns(today), rows=clocks, title="Clocks 时限"),
        Table(columns=SUSPENSIONS, rows=grant.suspensions, title="Suspensions 暂停"),
        *tables_beside,
        Table(columns=USES, rows=uses, title="Uses 使用"),
    ]
    data = {"grant": grant_json(grant, now), "uses": uses, "clocks": running, **beside}
    return Page(data=data, tables=tables)


def reading(grant: Grant) -> str:
    """The command that reads under a grant, which says what it still has to be given."""
    return f"bureau read {grant.terms.dataset} --to FILE"


def grant_json(grant: Grant, now: datetime) -> dict[str, Any]:
    return {
        **plain(grant),
        "state": grant.state_at(now),
        "suspended_for": _suspended_for(grant, now) or None,
    }


def _suspended_for(grant: Grant, now: datetime) -> str:
    """Why it is suspended: a cause, to be rectified; or a missed review, to be made."""
    if grant.state_at(now) is not GrantState.SUSPENDED:
        return ""
    return "cause" if grant.suspension_at(now) is not None else "review_overdue"


def _rows(terms: Terms) -> str:
    return "" if terms.rows is None else to_json(predicate_json(terms.rows), indent=None)
