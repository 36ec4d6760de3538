"""Who is told of which kind of ledger entry, and in which words: one line a kind.

A kind that is in neither table tells nobody; a test holds that no kind is left out of both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.actor import Role


class Party(StrEnum):
    """A side of what happened. The fact of the same name says which departments it is."""

    ASKING = "department"
    PROVIDER = "provider"
    RELYING = "departments"
    DECIDER = "decider"
    """The authority or government that a dispute is before."""
    AUTHORITY = "authority"
    """The data authority is whoever has that role, in whatever department."""


DEPARTMENTS = (Party.ASKING, Party.PROVIDER, Party.RELYING, Party.DECIDER)
"""The sides that an entry names."""


@dataclass(frozen=True, slots=True)
class Audience:
    party: Party
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Route:
    """`todo` is the command to run next, for `{ref}`. With `when`, only if that fact holds."""

    told: tuple[Audience, ...]
    title_zh: str
    title_en: str
    todo: str
    when: str = ""


REQUESTERS = Audience(Party.ASKING, frozenset({Role.REQUESTER}))
OFFICE = Audience(Party.ASKING, frozenset({Role.APPROVER}))
USERS = Audience(Party.ASKING, frozenset({Role.REQUESTER, Role.APPROVER}))
CHECKERS = Audience(Party.ASKING, frozenset({Role.REQUESTER, Role.STEWARD}))
COLLEAGUES = Audience(Party.ASKING, frozenset(Role))
APPROVERS = Audience(Party.PROVIDER, frozenset({Role.APPROVER}))
STEWARDS = Audience(Party.PROVIDER, frozenset({Role.STEWARD}))
KEEPERS = Audience(Party.PROVIDER, frozenset({Role.STEWARD, Role.APPROVER}))
RELYING = Audience(Party.RELYING, frozenset({Role.REQUESTER, Role.APPROVER}))
AUTHORITY = Audience(Party.AUTHORITY, frozenset({Role.AUTHORITY}))

DISPUTANTS = Audience(
    Party.ASKING, frozenset({Role.REQUESTER, Role.STEWARD, Role.APPROVER, Role.AUTHORITY})
)
DECIDERS = Audience(Party.DECIDER, frozenset({Role.AUTHORITY, Role.APPROVER}))
DISPUTING = (DISPUTANTS, APPROVERS, DECIDERS)

REQUEST, GRANT = "bureau request show {ref}", "bureau grant show {ref}"
CORRECTION, EMERGENCY = "bureau correction show {ref}", "bureau emergency show {ref}"
CHANGE = "bureau change show {ref}"
DISPUTE = "bureau dispute show {ref}"
NEED, RETURN = "bureau need show {ref}", "bureau return show {ref}"

ROUTES: Mapping[str, Route] = {
    # Requests, Art. 20 to 22.
    "request.proposed": Route(
        (OFFICE,),
        "共享申请待本部门审核",
        "A request waits for endorsement",
        "bureau request endorse {ref}",
    ),
    "request.submitted": Route(
        (APPROVERS,),
        "共享申请待签收",
        "A request waits for receipt",
        "bureau request receive {ref}",
    ),
    "request.received": Route((REQUESTERS,), "共享申请已签收", "A request was signed for", REQUEST),
    "request.returned": Route(
        (REQUESTERS,),
        "共享申请需一次性补正",
        "A request was handed back: papers are missing",
        "bureau request supplement {ref} --answer TEXT",
    ),
    "request.supplemented": Route(
        (APPROVERS,),
        "共享申请已补正，待答复",
        "A request was supplemented and waits for a reply",
        "bureau request approve {ref}",
    ),
    "request.extension_asked": Route(
        (AUTHORITY,),
        "延期答复征求同意",
        "More time to reply is asked for",
        "bureau request consent {ref}",
    ),
    "request.extended": Route(
        (REQUESTERS, APPROVERS), "答复期限已延长", "The time to reply was extended", REQUEST
    ),
    "request.extension_declined": Route(
        (REQUESTERS, APPROVERS), "延期答复未获同意", "More time to reply was declined", REQUEST
    ),
    "request.approved_first": Route(
        (APPROVERS, AUTHORITY),
        "共享申请待第二人审批",
        "A request waits for a second approval",
        "bureau request approve {ref}",
    ),
    "request.agreed": Route(
        (REQUESTERS, APPROVERS), "同意共享", "A request was agreed to", REQUEST
    ),
    "request.refused": Route((REQUESTERS,), "不同意共享", "A request was refused", REQUEST),
    "request.withdrawn": Route(
        (APPROVERS,), "共享申请已撤回", "A request was withdrawn", REQUEST, when="submitted"
    ),
    "request.lapsed": Route(
        (REQUESTERS,),
        "共享申请逾期未补正，已终止",
        "A request lapsed: papers did not come",
        REQUEST,
    ),
    "request.reopened": Route(
        (APPROVERS,),
        "争议已协商一致，待重新答复",
        "A refused request waits for a new reply, as was settled",
        "bureau request approve {ref}",
    ),
    # Disputes, Art. 28.
    "dispute.raised": Route(DISPUTING, "收到共享争议", "A dispute was raised", DISPUTE),
    "dispute.proposed": Route(
        DISPUTING,
        "争议协商方案待确认",
        "How to settle a dispute is proposed",
        "bureau dispute settle {ref}",
    ),
    "dispute.settled": Route(DISPUTING, "争议已协商一致", "A dispute was settled", DISPUTE),
    "dispute.escalated": Route(
        DISPUTING, "争议已提交上一层级", "A dispute was taken to the next tier", DISPUTE
    ),
    "dispute.decided": Route(
        DISPUTING,
        "争议处理意见已作出，待第二人确认",
        "A dispute was decided, and waits for a second person",
        DISPUTE,
    ),
    "dispute.confirmed": Route(
        DISPUTING, "争议处理决定已生效", "The decision of a dispute took effect", DISPUTE
    ),
    "dispute.withdrawn": Route(DISPUTING, "争议已撤回", "A dispute was withdrawn", DISPUTE),
    # Grants, Art. 22, 23 and 27.
    "grant.issued": Route(
        (STEWARDS,), "数据已授权共享", "A grant was issued on your department's data", GRANT
    ),
    "grant.delivered": Route(
        (USERS,),
        "授权数据已提供，请验收",
        "What was granted has arrived",
        "bureau grant accept {ref}",
    ),
    "grant.accepted": Route((APPROVERS,), "共享数据已验收", "Shared data was accepted", GRANT),
    "grant.revoked": Route((USERS, APPROVERS), "共享授权已终止", "A grant was revoked", GRANT),
    "grant.suspended": Route(
        (USERS, APPROVERS),
        "共享授权已暂停，须整改",
        "A grant was suspended until its cause is rectified",
        "bureau grant rectify {ref} --report TEXT",
    ),
    "grant.rectified": Route(
        (USERS, APPROVERS, AUTHORITY),
        "整改情况已报告",
        "It is reported that a suspended grant was rectified",
        GRANT,
    ),
    "grant.resumed": Route((USERS, APPROVERS), "共享授权已恢复", "A grant was resumed", GRANT),
    "grant.reviewed": Route((APPROVERS,), "共享授权已复核", "A grant was reviewed", GRANT),
    "grant.finished": Route(
        (USERS, APPROVERS),
        "使用目的已终止，须处置数据",
        "The purpose of a grant ended: its data is to be disposed of",
        GRANT,
    ),
    "grant.disposal_required": Route(
        (USERS,),
        "提供部门已指定数据处置方式",
        "The provider says how to dispose of data",
        "bureau grant dispose {ref} --how METHOD --proof TEXT",
    ),
    "grant.disposal_proved": Route(
        (APPROVERS,),
        "数据处置证明待确认",
        "A proof of disposal waits to be confirmed",
        "bureau grant confirm-disposal {ref}",
    ),
    "grant.disposal_rejected": Route(
        (USERS,),
        "数据处置证明被退回",
        "A proof of disposal was rejected",
        "bureau grant dispose {ref} --how METHOD --proof TEXT",
    ),
    "grant.disposed": Route(
        (USERS,), "数据处置已确认", "The disposal of data was confirmed", GRANT
    ),
    # Transfers to a third party.
    "transfer.asked": Route(
        (APPROVERS,), "向第三方提供数据征求同意", "A transfer to a third party is asked for", GRANT
    ),
    "transfer.consented": Route(
        (USERS,), "同意向第三方提供数据", "A transfer to a third party was consented to", GRANT
    ),
    "transfer.declined": Route(
        (USERS,), "不同意向第三方提供数据", "A transfer to a third party was declined", GRANT
    ),
    "transfer.made": Route(
        (APPROVERS,), "数据已向第三方提供", "Data was transferred to a third party", GRANT
    ),
    "transfer.denied": Route(
        (APPROVERS,),
        "擅自向第三方提供数据被拒绝",
        "A transfer to a third party without consent was denied",
        GRANT,
    ),
    # Changes of a service that departments rely on, Art. 27.
    "change.begun": Route(
        (RELYING,), "数据服务变更征求意见", "You are consulted on a change of a service", CHANGE
    ),
    "change.answered": Route(
        (KEEPERS,),
        "数据服务变更意见已反馈",
        "A department answered on a change of a service",
        CHANGE,
    ),
    "change.filed": Route(
        (KEEPERS,), "数据服务变更已备案", "A change of a service was filed", CHANGE
    ),
    "change.dropped": Route(
        (AUTHORITY,), "数据服务变更已取消", "A change of a service was dropped", CHANGE
    ),
    "change.made": Route(
        (RELYING, AUTHORITY), "数据服务已变更", "A service that you rely on was changed", CHANGE
    ),
    # Emergencies.
    "emergency.opened": Route(
        (APPROVERS, AUTHORITY),
        "数据已应急开放，须事后复核",
        "Data was opened in an emergency and is to be reviewed",
        EMERGENCY,
    ),
    "emergency.reviewed": Route(
        (USERS, APPROVERS, AUTHORITY),
        "应急开放已复核",
        "The opening of data in an emergency was reviewed",
        EMERGENCY,
    ),
    # Corrections, Art. 26.
    "correction.opened": Route(
        (KEEPERS,),
        "校核申请待签收",
        "A correction is asked for",
        "bureau correction receive {ref}",
    ),
    "correction.received": Route(
        (CHECKERS,), "校核申请已签收", "A correction was signed for", CORRECTION
    ),
    "correction.verified": Route(
        (CHECKERS,), "校核申请已核实", "Data under correction was verified", CORRECTION
    ),
    "correction.corrected": Route(
        (CHECKERS,), "数据已校正", "Data was corrected by a newer delivery", CORRECTION
    ),
    "correction.closed": Route(
        (CHECKERS,), "校核结果已反馈", "A correction was reported back on", CORRECTION
    ),
    "correction.withdrawn": Route(
        (KEEPERS,), "校核申请已撤回", "A correction was withdrawn", CORRECTION
    ),
    # The catalogue, Art. 13, 16, 17 and 19.
    "catalogue.submitted": Route(
        (AUTHORITY,),
        "目录待审核",
        "Entries of the catalogue wait for review",
        "bureau catalog review {ref} --publish",
    ),
    "catalogue.published": Route(
        (KEEPERS,),
        "目录已审核发布",
        "Submitted entries were published",
        "bureau catalog show {ref}",
    ),
    "catalogue.handed_back": Route(
        (KEEPERS,), "目录被退回", "Submitted entries were handed back", "bureau catalog show {ref}"
    ),
    "catalogue.change_recorded": Route(
        (KEEPERS,),
        "目录须更新",
        "A change calls for an update of the catalogue",
        "bureau catalog submit FILE --change {ref}",
    ),
    "catalogue.change_reopened": Route(
        (KEEPERS,),
        "目录更新期限继续计算",
        "The time to update the catalogue goes on",
        "bureau catalog submit FILE --change {ref}",
    ),
    "catalogue.extension_asked": Route(
        (AUTHORITY,),
        "目录更新延期征求同意",
        "More time to update the catalogue is asked for",
        "bureau catalog consent {ref}",
    ),
    "catalogue.extended": Route(
        (KEEPERS,),
        "目录更新期限已延长",
        "The time to update the catalogue was extended",
        "bureau catalog submit FILE --change {ref}",
    ),
    "source.contested": Route(
        (AUTHORITY, KEEPERS),
        "数源有争议，待确定",
        "Several departments share one item: its source is to be named",
        "bureau catalog source {ref} DEPARTMENT --reason TEXT",
    ),
    "source.named": Route(
        (KEEPERS,),
        "已确定为数源部门",
        "Your department was named as a source",
        "bureau catalog gaps",
    ),
    # Needs and returns.
    "need.stated": Route((KEEPERS, AUTHORITY), "收到数据需求", "A need of data was stated", NEED),
    "need.assigned": Route(
        (KEEPERS, REQUESTERS), "数据需求已分派", "A need of data was assigned", NEED
    ),
    "need.met": Route((REQUESTERS,), "数据需求已满足", "A need of data was met", NEED),
    "need.declined": Route((REQUESTERS,), "数据需求未予采纳", "A need of data was declined", NEED),
    "need.withdrawn": Route(
        (KEEPERS, AUTHORITY), "数据需求已撤回", "A need of data was withdrawn", NEED
    ),
    "return.listed": Route(
        (USERS,),
        "数据回流待接收",
        "Data of your area is on the list of returns",
        "bureau return accept {ref} --application CODE",
    ),
    "return.asked": Route(
        (KEEPERS,),
        "收到数据回流申请",
        "A return of data is asked for",
        "bureau return confirm {ref}",
    ),
    "return.confirmed": Route((USERS,), "数据回流已确认", "A return of data was confirmed", RETURN),
    "return.accepted": Route((KEEPERS,), "数据回流已接收", "A return of data was accepted", RETURN),
    "return.renewed": Route(
        (USERS, KEEPERS), "数据回流已续期", "A return of data was renewed", RETURN
    ),
    "return.withdrawn": Route(
        (KEEPERS,), "数据回流已撤回", "A return of data was withdrawn", RETURN
    ),
    # Who decides in whose place: an entry names a department, and no person.
    "delegation.made": Route(
        (COLLEAGUES,), "授权代理已设立", "A delegation was made", "bureau delegation list"
    ),
    "delegation.withdrawn": Route(
        (COLLEAGUES,), "授权代理已撤回", "A delegation was withdrawn", "bureau delegation list"
    ),
}

SILENT = frozenset(
    {
        # The registry, and what departments do with their own data.
        *("division.registered", "division.changed"),
        *("department.registered", "department.changed"),
        *("person.registered", "person.changed"),
        *("application.registered", "application.changed"),
        *("provisionrule.registered", "provisionrule.changed"),
        *("serviceitem.registered", "serviceitem.changed"),
        *("dataset.registered", "dataset.changed"),
        *("catalogue.imported", "contract.published", "duties.expanded", "calendar.imported"),
        *("delivery.published", "delivery.refused", "check.run", "check.rows_shown"),
        *("once_only.answered", "return.checked"),
        # Drafts are their author's own; these go with an act that is told of.
        *("request.disputed", "request.undisputed", "request.upheld"),
        *("request.created", "grant.renewal_asked", "catalogue.change_answered"),
        # About a person, whom an entry does not name.
        *("emergency.authorised", "emergency.withdrawn"),
        # Uses are metered, and are too many to tell of one by one.
        *("read.authorised", "read.denied", "read.completed", "read.failed"),
        *("record.added", "record.denied", "record.purged"),
    }
)
"""Kinds that tell nobody."""
