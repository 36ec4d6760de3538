"""What each department has to see to, out of all that the program knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from bureau import browsing, disposing, waiting
from bureau.catalogue_entries import published_entries
from bureau.liability import derivation_of
from bureau.policies import profile
from bureau.replaying import replaying
from bureau.tasks import Outlook, Task
from bureau.unit_of_work import ReadUnit
from bureau.workspace import Workspace
from catalog.gaps import GapKind
from catalog.model import Dataset, DatasetStatus, DeliveryStatus, Department, ServiceItem
from core.actor import Role
from sharing.clocks.model import Clock, ClockState
from sharing.disposal.model import DisposalState
from sharing.model import Grant
from sharing.needs.lists import Freshness, resources_list
from sharing.needs.once_only import RepeatKind, repeats
from sharing.profiles.model import LimitName
from sharing.reviews.model import Evidence, case_of
from sharing.supervision.tasks import Matter, Sort, TaskLine, one_by_one, task_lines
from sharing.supervision.waiting import Waiting

NAMES = ("flawed", "refused", "stale", "unknown", "unused")
"""The matters that can be listed one by one."""

_LIMITS = frozenset(limit.value for limit in LimitName)
_UNMET = (GapKind.DUTY_WITHOUT_DATASET, GapKind.DUTY_NOT_COLLECTED)


def list_tasks(workspace: Workspace, *, department: str = "", only: str = "") -> list[TaskLine]:
    """Of every department, or of one: then with what waits for the roles that its people have.

    With `only`, each thing of the matter of that name on a line of its own.
    """
    with workspace.reading() as unit:
        look = Outlook.of(workspace, unit)
        whose = _whose(unit, department)
        grants = unit.grants.list_live(unit.now)
        evidence = unit.reviews.evidence([grant.ref for grant in grants])
        matters = [*_facts(look, None), *_unused(look, grants, evidence)]
    matters += _waiting(workspace)
    mine = [one for one in matters if not whose or one.whose in whose]
    return one_by_one(mine, only) if only else task_lines(mine)


def known_tasks(
    workspace: Workspace,
    *,
    department: str = "",
    only: str = "",
    as_of: date | None = None,
    before: datetime | None = None,
) -> list[TaskLine]:
    """What there was to see to when the day ended, or before a moment of it.

    It is read out of the ledger and of facts that have a moment. What waits for somebody without a
    day, such as an endorsement, is kept as it stands now alone, and is not in it.
    """
    with replaying(workspace, as_of, before) as replay:
        look = replay.look
        if department:
            look.unit.registry.get(Department, department, at=replay.before)
        waits, derivation = Waiting(look.zone), derivation_of(replay)
        replay.read(waits.take, derivation.take)
        live = set(waits.live(look.unit.now))
        grants = [grant for grant in look.unit.grants.list_all() if grant.ref in live]
        evidence = {ref: Evidence(last_use=waits.last_uses.get(ref)) for ref in live}
        clocks = [one for one in waits.running() if one.limit is not LimitName.DISPOSAL]
        owed = disposing.undisposed_with(
            look, derivation.open_disposals, derivation.proved_disposals
        )
        clocks += [one for _, state, one in owed if one and state is DisposalState.OWED]
        matters = [
            *_facts(look, replay.before),
            *_unused(look, grants, evidence),
            *(_clock(look, one) for one in clocks if not one.paused),
        ]
    mine = [one for one in matters if department in ("", one.whose)]
    return one_by_one(mine, only) if only else task_lines(mine)


def _facts(look: Outlook, at: datetime | None) -> Iterator[Matter]:
    """What follows from deliveries, forms and the catalogue, as they are or were just before `at`."""
    yield from _deliveries(look.unit, at)
    yield from _forms(look.unit, at)
    yield from _gaps(look, at)


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
        yield _task(task, task.role.value if task.role else task.department, zh, en)


def _clock(look: Outlook, clock: Clock) -> Matter:
    task = look.task(clock, "")
    return _task(task, task.department, task.title_zh, task.title_en)


def _task(task: Task, whose: str, zh: str, en: str) -> Matter:
    sort = Sort.UNANSWERED if task.due_on is None else Sort.DUE
    overdue = task.state is ClockState.OVERDUE
    return Matter(
        whose=whose,
        sort=Sort.OVERDUE if overdue else sort,
        title_zh=zh,
        title_en=en,
        look="bureau inbox --overdue" if overdue else "bureau inbox",
        subject=task.subject,
        due_on=task.due_on,
    )


def _deliveries(unit: ReadUnit, at: datetime | None) -> Iterator[Matter]:
    """What came last of each dataset, and whether it is as young as its cycle promises."""
    datasets = [
        one
        for one in unit.registry.list_all(Dataset, at=at)
        if one.status is DatasetStatus.PUBLISHED
    ]
    providers = {one.code: one.provider for one in datasets}
    newest, unknown = unit.deliveries.newest(at=at), unit.checks.undecided()

    def matter(code: str, name: str, sort: Sort, zh: str, en: str) -> Matter:
        look = "dataset show" if name == "stale" else "check show"
        return Matter(
            whose=providers[code],
            sort=sort,
            title_zh=zh,
            title_en=en,
            look=f"bureau {look} {{subject}}",
            subject=f"dataset:{code}",
            name=name,
        )

    for code, one in sorted(newest.items()):
        if code not in providers:
            continue
        if one.check_run in unknown:
            zh, en = "检查未能执行，数据质量未知", "a check could not run: nobody knows of the data"
            yield matter(code, "unknown", Sort.UNKNOWN, zh, en)
        elif not one.status.published:
            zh, en = "最近一次交付被拒收", "the newest delivery was refused"
            yield matter(code, "refused", Sort.FAILING, zh, en)
        elif one.status is not DeliveryStatus.ACCEPTED:
            zh, en = "最近一次交付有检查未通过", "a check of the newest delivery failed"
            yield matter(code, "flawed", Sort.FAILING, zh, en)
    for line in resources_list(datasets, unit.deliveries.newest_published(at=at), unit.now):
        if line.freshness is Freshness.STALE:
            zh, en = "数据超过更新周期", "the data is older than its update cycle allows"
            yield matter(line.code, "stale", Sort.FAILING, zh, en)


def _unused(
    look: Outlook, grants: Iterable[Grant], evidence: Mapping[str, Evidence]
) -> Iterator[Matter]:
    """Grants that nobody uses, as the departments that asked for them see it."""
    now, dormant_days = look.unit.now, look.profile.number("grant_dormant_days")
    for grant in grants:
        if grant.delivered_at is None or grant.delivered_at > now:
            continue
        case = case_of(
            grant, evidence[grant.ref], now=now, zone=look.zone, dormant_days=dormant_days
        )
        if case.dormant and grant.department != grant.provider:
            yield Matter(
                whose=grant.department,
                sort=Sort.UNUSED,
                title_zh=f"授权{dormant_days}天以上未使用",
                title_en=f"granted, and not used for {dormant_days} days or more",
                look="bureau grant show {subject}",
                subject=f"grant:{grant.ref}",
                name="unused",
            )


def _forms(unit: ReadUnit, at: datetime | None) -> Iterator[Matter]:
    """What forms ask of people that others share, or may share."""
    services = unit.registry.list_all(ServiceItem, at=at)
    entries = published_entries(unit, at=at) if services else []
    answers = [one for one in unit.answers.list_all() if one.answered_at <= unit.now]
    for one in repeats(services, entries, answers):
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


def _gaps(look: Outlook, at: datetime | None) -> Iterator[Matter]:
    for gap in browsing.gaps_in(look.unit, look.today, at=at):
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
