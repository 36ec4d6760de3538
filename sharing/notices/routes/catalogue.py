"""The catalogue and what fills it: submissions, sources, needs and returns; and delegations."""

from __future__ import annotations

from collections.abc import Mapping

from sharing.notices.audiences import (
    AUTHORITY,
    COLLEAGUES,
    KEEPERS,
    REQUESTERS,
    USERS,
    Route,
)

NEED = "bureau need show {ref}"
RETURN = "bureau return show {ref}"

CATALOGUE: Mapping[str, Route] = {
    # The catalogue, Art. 13, 16, 17 and 19.
    "catalogue.submitted": Route(
        (AUTHORITY,),
        "目录待审核",
        "Entries of the catalogue wait for review",
        "bureau catalog show {ref}",
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
    "catalogue.extension_declined": Route(
        (KEEPERS,),
        "目录更新延期未获同意",
        "More time to update the catalogue was declined",
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
