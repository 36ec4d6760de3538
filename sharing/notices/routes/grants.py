"""What was granted: its use, review and end, its service, and data opened in an emergency."""

from __future__ import annotations

from collections.abc import Mapping

from sharing.notices.audiences import (
    APPROVERS,
    AUTHORITY,
    KEEPERS,
    RELYING,
    STEWARDS,
    USERS,
    Route,
)

GRANT = "bureau grant show {ref}"
EMERGENCY = "bureau emergency show {ref}"
CHANGE = "bureau change show {ref}"

GRANTS: Mapping[str, Route] = {
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
    # What two logs of the same use say, Art. 29.
    "usage.reconciled": Route(
        (USERS, APPROVERS),
        "使用记录核对不一致",
        "A department's own log of use differs from what was measured",
        "bureau usage show {ref}",
        when="disagrees",
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
}
