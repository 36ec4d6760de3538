"""What waits about requests and their grants besides the clocks that run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bureau.replying import REPLIES
from bureau.tasks import Outlook, Task, ref_of, undated
from catalog.model import Dataset
from core.actor import Role
from sharing.model import AccessRequest, RequestState
from sharing.profiles.model import LimitName


def consents(look: Outlook) -> list[Task]:
    """Extensions that are asked for: due before the reply itself is."""
    tasks = []
    for request in look.unit.requests.list_asking_extension():
        for clock in look.unit.clocks.list_by_subject(f"request:{request.ref}"):
            if clock.ended_on is None and clock.limit in REPLIES:
                task = look.task(clock, f"bureau request consent {request.ref}")
                tasks.append(
                    replace(
                        task,
                        department="",
                        role=Role.AUTHORITY,
                        title_zh=f"延期征求同意：{task.title_zh}",
                        title_en=f"Consent to an extension: {task.title_en}",
                    )
                )
    return tasks


def endorsements(look: Outlook) -> list[Task]:
    """Requests that wait for the approval of their own sharing office, which has no day."""
    return [
        undated(
            f"request:{request.ref}",
            "endorsement",
            "审核本部门的共享申请",
            "Endorse a request of the own department",
            f"bureau request endorse {request.ref}",
            department=request.department,
        )
        for request in look.unit.requests.list_in(RequestState.PROPOSED)
    ]


def second_approvals(look: Outlook) -> list[Task]:
    """Requests that one approver agreed to and a second has to: the authority may be that one."""
    tasks = []
    for request in look.unit.requests.list_in(RequestState.SECONDING):
        for clock in look.unit.clocks.list_by_subject(f"request:{request.ref}"):
            if clock.ended_on is None and clock.limit in REPLIES:
                task = as_second(look.task(clock, f"bureau request approve {request.ref}"), request)
                tasks.append(replace(task, department="", role=Role.AUTHORITY))
    return tasks


def as_second(task: Task, request: AccessRequest) -> Task:
    """The task to reply, where one approver of its department agreed: whose approval it waits for."""
    first = request.first_approval
    if first is None:
        return task
    who_zh = f"{first.by} 已同意，待 {task.department} 另一审批人或主管部门审批"
    who = f"another approver of {task.department} than {first.by}, or the data authority"
    return replace(
        task,
        title_zh=f"第二人审批（{who_zh}）：{task.title_zh}",
        title_en=f"Approve as the second person ({who}): {task.title_en}",
    )


def lapses(look: Outlook) -> list[Task]:
    """Requests whose missing papers did not come: their providers may close them."""
    tasks = []
    for clock in look.unit.clocks.list_open(limit=LimitName.SUPPLEMENT, due_before=look.today):
        request = look.unit.requests.get(ref_of(clock))
        tasks.append(
            undated(
                clock.subject,
                "lapse",
                "逾期未补正，可终止申请",
                "Close a request whose missing papers did not come",
                f"bureau request lapse {request.ref}",
                department=look.unit.registry.get(Dataset, request.terms.dataset).provider,
            )
        )
    return tasks


def resumptions(look: Outlook) -> list[Task]:
    """Suspended grants of which the cause is reported as rectified: they can be resumed."""
    return [
        undated(
            f"grant:{grant.ref}",
            "resumption",
            "整改完成，可恢复共享",
            "Resume a grant: what it was suspended for is rectified",
            f"bureau grant resume {grant.ref} --reason TEXT",
            department=grant.provider,
            role=Role.AUTHORITY if grant.suspensions[-1].by_authority else None,
        )
        for grant in look.unit.grants.list_rectified()
    ]


DERIVED: tuple[Callable[[Outlook], list[Task]], ...] = (
    endorsements,
    second_approvals,
    consents,
    lapses,
    resumptions,
)
"""Each gives the tasks of the whole city."""
