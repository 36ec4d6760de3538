"""What the words of entries are called, in Chinese and English: their kinds, subjects and rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from catalog.model import DeliveryStatus
from sharing.ledger.faults import Fault, FaultKind

Said: TypeAlias = tuple[str, str]
"""The same in Chinese and English."""

ABOUT: Mapping[str, Said] = {
    "application": ("应用", "application"),
    "calendar": ("工作日历", "calendar"),
    "catalogue": ("目录", "catalogue"),
    "change": ("服务变更", "change of a service"),
    "check": ("质量检查", "check"),
    "contract": ("数据合同", "contract"),
    "correction": ("校核", "correction"),
    "credential": ("访问凭证", "credential"),
    "dataset": ("数据目录", "dataset"),
    "delegation": ("代理", "delegation"),
    "delivery": ("数据交付", "delivery"),
    "department": ("部门", "department"),
    "dispute": ("争议", "dispute"),
    "division": ("行政区划", "division"),
    "duties": ("归集责任", "duties"),
    "emergency": ("应急共享", "emergency"),
    "grant": ("授权", "grant"),
    "need": ("数据需求", "need"),
    "once_only": ("重复收集核查", "once only"),
    "person": ("人员", "person"),
    "provisionrule": ("归集规则", "provision rule"),
    "rates": ("指标快照", "snapshot of rates"),
    "read": ("读取数据", "read"),
    "record": ("使用记录", "record of use"),
    "request": ("共享申请", "request"),
    "return": ("数据回流", "return"),
    "serviceitem": ("政务服务事项", "service"),
    "source": ("数源", "source"),
    "transfer": ("转供", "passing on"),
    "url": ("数据链接", "link"),
    "usage": ("使用日志", "log of use"),
    "uses": ("使用计量", "uses"),
}
"""What an entry is about, by the first part of its kind."""

_ACTS: Mapping[str, str] = {
    "accepted": "验收",
    "added": "登记",
    "agreed": "同意",
    "answered": "答复",
    "approved_first": "第一人同意",
    "asked": "提出",
    "assigned": "分派",
    "authorised": "准许",
    "begun": "启动",
    "change_answered": "变更已办理",
    "change_recorded": "记录变更",
    "change_reopened": "变更重新计时",
    "changed": "变更",
    "checked": "核验",
    "closed": "办结",
    "completed": "完成",
    "confirmed": "确认",
    "consented": "同意",
    "contested": "争议",
    "corrected": "校正",
    "created": "起草",
    "decided": "裁定",
    "declined": "不同意",
    "delivered": "提供数据",
    "denied": "被拒绝",
    "disposal_proved": "提交处置证明",
    "disposal_rejected": "处置证明退回",
    "disposal_required": "要求处置",
    "disposed": "已处置",
    "disputed": "提出争议",
    "dropped": "放弃",
    "escalated": "提级",
    "expanded": "展开",
    "extended": "延期",
    "extension_asked": "申请延期",
    "extension_declined": "延期未获同意",
    "failed": "失败",
    "filed": "备案",
    "finished": "目的终止",
    "frozen": "冻结",
    "granted": "授权",
    "handed_back": "退回",
    "imported": "导入",
    "issued": "签发",
    "lapsed": "逾期终止",
    "listed": "列入清单",
    "made": "完成",
    "met": "已满足",
    "named": "确定",
    "opened": "提出",
    "prolonged": "顺延期限",
    "proposed": "报本部门审核",
    "published": "发布",
    "purged": "清除",
    "raised": "提出",
    "received": "受理",
    "reconciled": "核对",
    "rectified": "整改完成",
    "refused": "拒绝",
    "registered": "登记",
    "rejected": "拒绝",
    "renewal_asked": "申请续期",
    "renewed": "续期",
    "reopened": "重新办理",
    "resumed": "恢复",
    "returned": "退回补正",
    "reviewed": "复核",
    "revoked": "撤销",
    "rows_shown": "查看问题行",
    "run": "执行",
    "sealed": "封存",
    "settled": "解决",
    "stated": "提出",
    "submitted": "提交",
    "supplemented": "补正",
    "suspended": "暂停",
    "undisputed": "撤回争议",
    "upheld": "维持",
    "verified": "核实",
    "withdrawn": "撤回",
}

RULES: Mapping[str, Said] = {
    "closed": ("未开放读取", "not open to be read"),
    "role": ("人员无此职责", "no role for it"),
    "no_grant": ("没有授权", "no grant"),
    "department": ("不属于该部门", "of another department"),
    "dataset": ("不属于该数据目录", "of another dataset"),
    "scheduled": ("授权尚未生效", "the grant has not begun"),
    "suspended": ("授权已暂停", "the grant is suspended"),
    "ended": ("授权已到期", "the grant has ended"),
    "revoked": ("授权已撤销", "the grant is revoked"),
    "active": ("授权有效", "the grant is in force"),
    "application": ("应用不符", "another application"),
    "purpose": ("使用目的不符", "another purpose"),
    "columns": ("超出授权的列", "columns beyond the grant"),
    "need": ("超出所需", "more than is needed"),
    "terms": ("条款不符", "other terms"),
    "credential": ("访问凭证无效", "no valid credential"),
    "consent": ("未经提供部门同意", "no consent"),
    "reader": ("无权阅看使用记录", "no right to see the records"),
    "signature": ("链接签名无效", "no valid signature"),
}
"""What refused something, as entries name it."""

DELIVERIES: Mapping[DeliveryStatus, Said] = {
    DeliveryStatus.ACCEPTED: ("通过", "accepted"),
    DeliveryStatus.FLAGGED: ("有问题，已标记发布", "flagged"),
    DeliveryStatus.QUARANTINED: ("问题行已隔离", "quarantined"),
    DeliveryStatus.REFUSED: ("拒收", "refused"),
}


FAULTS: Mapping[FaultKind, str] = {
    FaultKind.EDITED: "内容被改动",
    FaultKind.UNREADABLE: "内容无法读取",
    FaultKind.MISPLACED: "位置不符",
    FaultKind.COLUMN: "索引列与内容不符",
    FaultKind.TIME: "时间早于前一条",
    FaultKind.MISSING: "缺失",
    FaultKind.ADDED: "为事后增加",
    FaultKind.ROOT: "与账本头的哈希不符",
    FaultKind.HEAD: "账本头损坏",
    FaultKind.EMPTIED: "账本被清空",
    FaultKind.GRANT: "授权表与账本不符",
    FaultKind.COUNTER: "计数与账本不符",
    FaultKind.REQUEST: "申请表与账本不符",
    FaultKind.DISPUTE: "争议表与账本不符",
    FaultKind.CLOCK: "期限表与账本不符",
    FaultKind.ROW: "数据表与账本不符",
}
"""What is wrong with a ledger, in Chinese; a fault's message says it in English."""


def fault_zh(fault: Fault) -> str:
    """Where a fault is, and what it is."""
    if fault.index is None:
        return FAULTS[fault.kind]
    last = fault.last if fault.last is not None else fault.index
    entries = f"{fault.index}" if last == fault.index else f"{fault.index} 至 {last}"
    return f"账本第 {entries} 条：{FAULTS[fault.kind]}"


def kind_title(kind: str) -> Said:
    """The kind of an entry: ("共享申请：提交", "request: submitted")."""
    about, _, act = kind.partition(".")
    zh, en = ABOUT.get(about, (about, about))
    return f"{zh}：{_ACTS.get(act, act)}", f"{en}: {act.replace('_', ' ')}"


def rule_titles(rules: Iterable[str]) -> Said:
    """The rules in their order, as one text."""
    named = [RULES.get(rule, (rule, rule)) for rule in rules]
    return "、".join(zh for zh, _ in named), ", ".join(en for _, en in named)
