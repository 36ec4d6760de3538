"""What is asked of another department and disputed: requests, disputes, corrections."""

from __future__ import annotations

from collections.abc import Mapping

from sharing.notices.audiences import (
    APPROVERS,
    AUTHORITY,
    CHECKERS,
    DISPUTING,
    KEEPERS,
    OFFICE,
    REQUESTERS,
    Route,
)

REQUEST = "bureau request show {ref}"
CORRECTION = "bureau correction show {ref}"
DISPUTE = "bureau dispute show {ref}"

REQUESTS: Mapping[str, Route] = {
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
    "request.prolonged": Route(
        (APPROVERS,),
        "答复逾期，使用时限已顺延",
        "The period of a request was moved on, as the reply is late",
        REQUEST,
    ),
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
}
