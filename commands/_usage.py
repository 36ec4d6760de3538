"""How uses, their records, and two logs of them are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from commands._page import Column, Page, Table
from commands._plain import plain

if TYPE_CHECKING:
    from bureau.reconciling import UsagePage
    from sharing.usage.matching import LoggedUse
    from sharing.usage.model import DayOfUse, MeasuredUse
    from sharing.usage.reconciling import Reconciliation


def _moment(name: str) -> Callable[[Any], datetime | None]:
    """A moment of a row that is JSON already, to be shown in the city's time."""

    def value(row: Any) -> datetime | None:
        text = row[name]
        return None if text is None else datetime.fromisoformat(text)

    return value


DAYS = [
    Column("grant", "grant 授权", lambda row: row["grant"]),
    Column("department", "department 使用部门", lambda row: row["department"]),
    Column("day", "day 日期", lambda row: row["day"]),
    Column("uses", "uses 次数", lambda row: row["uses"], right=True),
    Column("rows", "rows 行数", lambda row: row["rows"], right=True),
    Column("bytes", "bytes 字节数", lambda row: row["bytes"], right=True),
    Column("file", "file 文件", lambda row: row["file"], right=True),
    Column("query", "query 查询", lambda row: row["query"], right=True),
    Column("lookup", "lookup 接口", lambda row: row["lookup"], right=True),
    Column("waiting", "waiting 待计", lambda row: row["waiting"], right=True),
]
USES = [
    Column("at", "used 使用时间", lambda use: use.at),
    Column("id", "use 编号", lambda use: use.id),
    Column("grant", "grant 授权", lambda use: use.grant),
    Column("door", "door 方式", lambda use: use.door),
    Column("rows", "rows 行数", lambda use: use.rows, right=True),
    Column("bytes", "bytes 字节数", lambda use: use.bytes, right=True),
    Column("version", "version 版本", lambda use: use.version, right=True),
    Column("credential", "credential 凭证", lambda use: use.credential),
    Column("entry", "entry 账本", lambda use: use.entry, right=True),
    Column("terms_hash", "terms 条款", lambda use: use.terms_hash[:12]),
    Column("sha256", "sha256", lambda use: use.sha256[:12]),
]
EACH = [
    *USES[:-2],
    Column("terms_hash", "terms", lambda use: use.terms_hash),
    Column("sha256", "sha256", lambda use: use.sha256),
]
"""The columns for a program: hashes are whole, so that they can be compared."""
RECORDS = [
    Column("grant", "grant 授权", lambda row: row["grant"]),
    Column("number", "no. 序号", lambda row: row["number"], right=True),
    Column("kind", "kind 类别", lambda row: row["kind"]),
    Column("title_zh", "类别", lambda row: row["title_zh"]),
    Column("text", "record 内容", lambda row: row["text"]),
    Column("recorded_at", "recorded 记录时间", _moment("recorded_at")),
    Column("recorded_by", "by 记录人", lambda row: row["recorded_by"]),
    Column("sha256", "sha256", lambda row: row["sha256"][:12]),
    Column("purged_at", "purged 清除时间", _moment("purged_at")),
]
MISSING = [
    Column("grant", "grant 授权", lambda records: records.grant),
    Column("missing", "missing 缺少的记录", lambda records: records.missing),
]
RECONCILED = [
    Column("grant", "grant 授权", lambda row: row["grant"]),
    Column("entry", "entry 账本", lambda row: row["entry"], right=True),
    Column("at", "reconciled 核对时间", lambda row: row["at"]),
    Column("by", "by 核对部门", lambda row: row["by"]),
    Column("logged", "logged 用方", lambda row: row["logged"], right=True),
    Column("measured", "measured 计量", lambda row: row["measured"], right=True),
    Column("paired", "paired 相符", lambda row: row["paired"], right=True),
    Column("differing", "differing 不符", lambda row: row["differing"], right=True),
    Column("disagrees", "disagrees 不一致", lambda row: row["disagrees"]),
]
FINDINGS = [
    Column("finding", "finding 情形", lambda row: row["finding"]),
    Column("line", "line 行", lambda row: row["line"], right=True),
    Column("at", "at 时间", lambda row: row["at"]),
    Column("id", "use 编号", lambda row: row["id"]),
    Column("rows", "rows 行数", lambda row: row["rows"], right=True),
    Column("bytes", "bytes 字节数", lambda row: row["bytes"], right=True),
    Column("sha256", "sha256", lambda row: row["sha256"]),
    Column("entry", "entry 账本", lambda row: row["entry"], right=True),
    Column("measured", "measured instead 计量为", lambda row: row["measured"]),
]
OUTCOME = [
    Column("agrees", "agrees 一致", lambda row: row["agrees"]),
    Column("from", "from 起始日", lambda row: row["from"]),
    Column("to", "to 截止日", lambda row: row["to"]),
    Column("window_s", "window, seconds 时间窗", lambda row: row["window_s"]),
    Column("logged", "logged 用方记录", lambda row: row["logged"]),
    Column("measured", "measured 计量记录", lambda row: row["measured"]),
    Column("paired", "paired 配对", lambda row: row["paired"]),
    Column("differing", "of them differing 其中不符", lambda row: row["differing"]),
    Column("logged_only", "in the log alone 仅用方有", lambda row: row["logged_only"]),
    Column("measured_only", "measured alone 仅计量有", lambda row: row["measured_only"]),
    Column("without_rows", "without rows 无数据", lambda row: row["without_rows"]),
    Column("outside", "outside the period 期外", lambda row: row["outside"]),
    Column("skew_s", "log later by, seconds 时差", lambda row: row["skew_s"]),
    Column("log_sha256", "log, sha256", lambda row: row["log_sha256"]),
]


def page(pages: Sequence[UsagePage]) -> Page:
    """What is known of the use under some grants."""
    data = [_page_json(one) for one in pages]

    def of_each(name: str) -> list[dict[str, Any]]:
        return [{**row, "grant": one["grant"]} for one in data for row in one[name]]

    days = [
        {**row, "grant": one["grant"], "department": one["department"]}
        for one in data
        for row in one["days"]
    ]
    records = [
        {**row, "title_zh": record.kind.title_zh}
        for row, record in zip(
            of_each("records"), (one for each in pages for one in each.records), strict=True
        )
    ]
    uses = [use for one in pages for use in one.newest]
    return Page(
        data=data,
        tables=[
            Table(columns=DAYS, rows=days),
            Table(columns=USES, rows=uses, title="Newest uses 最近使用"),
            Table(columns=RECORDS, rows=records, title="Records 使用记录"),
            Table(columns=RECONCILED, rows=of_each("reconciled"), title="Reconciled 核对"),
        ],
        notes=[
            f"missing of {one['grant']}: {', '.join(one['missing'])}"
            for one in data
            if one["missing"]
        ],
        empty="nothing was used",
    )


def reconciliation(found: Reconciliation) -> Page:
    """How two logs of one use compare: first what is not in both."""
    skew = found.skew
    findings = list(_findings(found))
    data = {
        "grant": found.grant,
        "agrees": found.agrees,
        "from": found.period.first,
        "to": found.period.last,
        "window_s": int(found.window.total_seconds()),
        "log_sha256": found.sha256,
        **found.counts,
        "skew_s": skew and {"least": skew.least, "median": skew.median, "most": skew.most},
        "findings": findings,
    }
    tables = [
        Table(columns=FINDINGS, rows=findings),
        Table(columns=OUTCOME, rows=[data], upright=True),
    ]
    return Page(data=data, tables=tables, empty="each use is in both")


def _findings(found: Reconciliation) -> Iterator[dict[str, Any]]:
    for pair in found.differing:
        measured = {name: getattr(pair.measured, name) for name in pair.differs}
        place = {"line": pair.logged.line, "entry": pair.measured.entry}
        yield _finding("differs", pair.logged) | place | {"measured": measured}
    for record in found.matched.logged:
        yield _finding("logged_only", record) | {"line": record.line}
    for use in found.matched.measured:
        yield _finding("measured_only", use) | {"entry": use.entry}


def _finding(finding: str, one: LoggedUse | MeasuredUse) -> dict[str, Any]:
    return {
        "finding": finding,
        "line": None,
        "entry": None,
        "at": one.at or getattr(one, "day", None),
        "id": one.id,
        "rows": one.rows,
        "bytes": one.bytes,
        "sha256": one.sha256,
        "measured": {},
    }


def _page_json(one: UsagePage) -> dict[str, Any]:
    grant = one.grant
    return {
        "grant": grant.ref,
        "dataset": grant.terms.dataset,
        "department": grant.department,
        "provider": grant.provider,
        "days": [_day_json(day) for day in one.days],
        "newest": [plain(use) for use in one.newest],
        "records": [plain(record) for record in one.records],
        "missing": list(one.missing),
        "reconciled": [
            {"entry": each.entry, "at": each.at, "by": each.by, **each.facts}
            for each in one.reconciled
        ],
    }


def _day_json(day: DayOfUse) -> dict[str, Any]:
    return {
        "day": day.day,
        "uses": day.counted.uses,
        "rows": day.counted.rows,
        "bytes": day.counted.bytes,
        **{str(door): uses for door, uses in day.by_door.items()},
        "waiting": day.waiting,
    }
