"""What each department has to see to, out of all that the program knows."""

from __future__ import annotations

from collections.abc import Iterator

from bureau import browsing, waiting
from bureau.catalogue_entries import published_entries
from bureau.policies import profile
from bureau.tasks import Task
from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace
from catalog.gaps import GapKind
from catalog.model import Dataset, DatasetStatus, DeliveryStatus, Department, ServiceItem
from core.actor import Role
from sharing.clocks.model import ClockState
from sharing.needs.lists import Freshness, resources_list
from sharing.needs.once_only import RepeatKind, repeats
from sharing.profiles.model import LimitName
from sharing.reviews.model import case_of
from sharing.supervision.tasks import Matter, Sort, TaskLine, task_lines

_LIMITS = frozenset(limit.value for limit in LimitName)
_UNMET = (GapKind.DUTY_WITHOUT_DATASET, GapKind.DUTY_NOT_COLLECTED)


def list_tasks(workspace: Workspace, *, department: str = "") -> list[TaskLine]:
    """Of every department, or of one: then with what waits for the roles that its people have."""
    with workspace.reading() as unit:
        whose = _whose(unit, department)
        matters = [
            *_deliveries(unit),
            *_grants(unit, profile(workspace.settings).number("grant_dormant_days"), workspace),
            *_forms(unit),
        ]
    matters += _waiting(workspace)
    matters += _gaps(workspace)
    return task_lines(one for one in matters if not whose or one.whose in whose)


def _whose(unit: ReadUnit, department: str) -> set[str]:
    if not department:
        return set()
    unit.registry.get(Department, department)
    found = {department}
    for role in Role:
        people = unit.registry.people_of([department], role)
        if any(one.department == department and role in one.roles for one in people):
            found.add(role.value)
    return found


def _waiting(workspace: Workspace) -> Iterator[Matter]:
    """What stands in somebody's inbox; what stands still waits for others."""
    limits = profile(workspace.settings)
    for task in waiting.everybodys(workspace):
        if task.paused_since is not None:
            continue
        zh, en = task.title_zh, task.title_en
        if task.limit in _LIMITS and task.role is None:
            limit = limits.limit(LimitName(task.limit))
            zh, en = limit.title_zh, limit.title_en
        overdue = task.state is ClockState.OVERDUE
        yield Matter(
            whose=task.role.value if task.role else task.department,
            sort=_sort(task),
            title_zh=zh,
            title_en=en,
            look="bureau inbox --overdue" if overdue else "bureau inbox",
            subject=task.subject,
            due_on=task.due_on,
        )


def _sort(task: Task) -> Sort:
    if task.state is ClockState.OVERDUE:
        return Sort.OVERDUE
    return Sort.UNANSWERED if task.due_on is None else Sort.DUE


def _deliveries(unit: ReadUnit) -> Iterator[Matter]:
    """What came last of each dataset, and whether it is as young as its cycle promises."""
    datasets = [
        one for one in unit.registry.list_all(Dataset) if one.status is DatasetStatus.PUBLISHED
    ]
    providers = {one.code: one.provider for one in datasets}
    newest, unknown = unit.deliveries.newest(), unit.checks.undecided()

    def matter(code: str, sort: Sort, zh: str, en: str, look: str) -> Matter:
        return Matter(
            whose=providers[code],
            sort=sort,
            title_zh=zh,
            title_en=en,
            look=look,
            subject=f"dataset:{code}",
        )

    for code, one in sorted(newest.items()):
        if code not in providers:
            continue
        look = "bureau check show {subject}"
        if one.check_run in unknown:
            zh, en = "检查未能执行，数据质量未知", "a check could not run: nobody knows of the data"
            yield matter(code, Sort.UNKNOWN, zh, en, look)
        elif not one.status.published:
            zh, en = "最近一次交付被拒收", "the newest delivery was refused"
            yield matter(code, Sort.FAILING, zh, en, look)
        elif one.status is not DeliveryStatus.ACCEPTED:
            zh, en = "最近一次交付有检查未通过", "a check of the newest delivery failed"
            yield matter(code, Sort.FAILING, zh, en, look)
    for line in resources_list(datasets, unit.deliveries.newest_published(), unit.now):
        if line.freshness is Freshness.STALE:
            zh, en = "数据超过更新周期", "the data is older than its update cycle allows"
            yield matter(line.code, Sort.FAILING, zh, en, "bureau dataset show {subject}")


def _grants(unit: ReadUnit, dormant_days: int, workspace: Workspace) -> Iterator[Matter]:
    """Grants that nobody uses, as the departments that asked for them see it."""
    grants = unit.grants.list_live(unit.now)
    evidence = unit.reviews.evidence([grant.ref for grant in grants])
    zone = workspace.settings.zone
    for grant in grants:
        case = case_of(
            grant, evidence[grant.ref], now=unit.now, zone=zone, dormant_days=dormant_days
        )
        if case.dormant and grant.department != grant.provider:
            yield Matter(
                whose=grant.department,
                sort=Sort.UNUSED,
                title_zh=f"授权{dormant_days}天以上未使用",
                title_en=f"granted, and not used for {dormant_days} days or more",
                look="bureau grant show {subject}",
                subject=f"grant:{grant.ref}",
            )


def _forms(unit: ReadUnit) -> Iterator[Matter]:
    """What forms ask of people that others share, or may share."""
    services = unit.registry.list_all(ServiceItem)
    entries = published_entries(unit) if services else []
    for one in repeats(services, entries, unit.answers.list_all()):
        finding = one.kind is RepeatKind.FINDING
        yield Matter(
            whose=one.department,
            sort=Sort.FAILING if finding else Sort.UNANSWERED,
            title_zh="表单重复收集可共享获取的数据" if finding else "表单事项可能已有共享数据",
            title_en="a form asks people for what is shared"
            if finding
            else "a form asks people for what may be shared",
            look=f"bureau catalog once-only --department {one.department}",
            subject=f"service:{one.service}",
        )


def _gaps(workspace: Workspace) -> Iterator[Matter]:
    for gap in browsing.gaps(workspace):
        unmet = gap.kind in _UNMET
        yield Matter(
            whose=gap.department or Role.AUTHORITY.value,
            sort=Sort.DUE if unmet else Sort.UNANSWERED,
            title_zh="责任清单数据尚未编目或归集" if unmet else "目录责任不明或要素缺失",
            title_en="a duty without catalogued and collected data"
            if unmet
            else "the catalogue is unclear or lacks something",
            look=f"bureau catalog gaps --department {gap.department}"
            if gap.department
            else "bureau catalog gaps",
            subject=f"{gap.kind}:{gap.subject}",
        )
